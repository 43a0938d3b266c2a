package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// memory streams ever larger files and looks at the peak.
func (b *setup) memory() error {
	if !b.wanted("memory") {
		return nil
	}
	fmt.Printf("\n## Peak memory\n\nBound 24 MiB, flat; goal 16 MiB.\n\n| attachment | `compose` | `deliver` | `send` | `deliver`, STARTTLS |\n| --- | ---: | ---: | ---: | ---: |\n")
	smtp := "smtp://" + b.count.addr
	deliver := []string{b.mailpipe, "deliver", "-S", smtp, "--tls", "none"}
	secure := []string{b.mailpipe, "deliver", "-S", smtp, "--tls", "required", "--tls-ca", b.ca}
	sparse := filepath.Join(b.dir, "sparse.bin")
	for _, size := range []int64{1 << 20, 16 << 20, 256 << 20, 1 << 30, 4 << 30} {
		if b.sizes.attachment < 256<<20 && size > 256<<20 {
			break
		}
		f, err := os.Create(sparse)
		if err != nil {
			return err
		}
		f.Close()
		if err := os.Truncate(sparse, size); err != nil {
			return err
		}
		row := fmt.Sprintf("| %d MiB", size>>20)
		compose := append([]string{b.mailpipe}, composeArgs(sparse)...)
		send := append([]string{b.mailpipe, "send", "-S", smtp, "--tls", "none"}, composeArgs(sparse)[1:]...)
		for _, commands := range [][][]string{{compose, deliver}, {send}, {compose, secure}} {
			o, err := (job{Commands: commands}).run()
			if err != nil {
				return err
			}
			if m := <-b.count.mails; m.size < size*4/3 {
				return fmt.Errorf("%d octets of %d arrived", m.size, size)
			}
			for i, peak := range o.Peak {
				if len(commands) == 2 && i == 0 && &commands[1][0] == &secure[0] {
					continue // compose again
				}
				row += fmt.Sprintf(" | %.1f MiB", float64(peak)/1024)
			}
		}
		fmt.Println(row + " |")
	}
	return nil
}
