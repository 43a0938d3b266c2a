package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// spoolMemory keeps ever larger messages in a spool, and sends and lists many.
func (b *bench) spoolMemory() error {
	if !strings.Contains("peak memory", b.only) {
		return nil
	}
	fmt.Printf("\n## Peak memory with a spool\n\nThe bound is %d MiB, whatever the size or number.\n\n", maxPeak>>10)
	fmt.Print("| work | peak | |\n| --- | ---: | --- |\n")
	for _, mib := range []int64{16, 256, 4 << 10} {
		if b.quick && mib > 16 {
			break
		}
		if err := b.keepMemory(mib); err != nil {
			return err
		}
	}
	return b.manyMemory(b.path("spool-memory"), b.amount(10000, 100))
}

// keepMemory sends an attachment from a pipe and from a file. What comes from a pipe
// is written to the spool meanwhile.
func (b *bench) keepMemory(mib int64) error {
	sparse, message := b.path("sparse.bin"), b.path("sparse.eml")
	defer os.Remove(sparse)
	defer os.Remove(message)
	if err := makeSparse(sparse, mib<<20); err != nil {
		return err
	}
	write := pipeline(b.compose(sparse))
	write.stdout = message
	deliver := b.deliver("--spool", b.path("spool-memory"))
	pipe, file := pipeline(b.compose(sparse), deliver), reading(message, deliver)
	file.before = func() error {
		_, _, err := write.run()
		return err
	}
	for _, row := range []struct {
		source string
		job
	}{{"pipe", pipe}, {"file", file}} {
		_, peaks, err := row.run()
		if err != nil {
			return err
		}
		r, err := b.server.next()
		if err == nil && r.Size < mib<<20/3*4 {
			err = fmt.Errorf("%d octets arrived of an attachment of %d MiB", r.Size, mib)
		}
		if err != nil {
			return err
		}
		printPeak(fmt.Sprintf("`deliver --spool` of a %s, attachment of %d MiB", row.source, mib), peaks)
	}
	return nil
}

// manyMemory lists and sends n messages.
func (b *bench) manyMemory(dir string, n int) error {
	s, err := startSink(0)
	if err != nil {
		return err
	}
	defer s.close()
	if err := b.fillSpool(dir, "smtp://"+s.addr(), n); err != nil {
		return err
	}
	list := []string{b.mailpipe, "queue", "list", "--config", "none", "--spool", dir}
	for _, words := range [][]string{list, b.flush(dir)} {
		_, peaks, err := pipeline(words).run()
		if err != nil {
			return err
		}
		printPeak(fmt.Sprintf("`queue %s` of %d mails", words[2], n), peaks)
	}
	if mails, _ := s.counts(); mails != n {
		return fmt.Errorf("%d of %d messages arrived", mails, n)
	}
	return nil
}

// printPeak prints a row.
func printPeak(work string, peaks []int64) {
	peak, result := slices.Max(peaks), "held"
	if peak > maxPeak {
		result = "**missed**"
	}
	fmt.Printf("| %s | %.1f MiB | %s |\n", work, float64(peak)/1024, result)
}
