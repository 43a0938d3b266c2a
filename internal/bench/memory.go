package main

import (
	"fmt"
	"slices"
	"strings"
)

const maxPeak = 24 << 10 // KiB

// peakMemory sends ever larger files.
func (b *bench) peakMemory() error {
	if !strings.Contains("peak memory", b.only) {
		return nil
	}
	fmt.Printf("\n## Peak memory\n\nThe bound is %d MiB, whatever the size.\n\n", maxPeak>>10)
	fmt.Println("| attachment | `compose` | `deliver` | `send` | `compose` | `deliver`, STARTTLS | |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
	sparse := b.path("sparse.bin")
	compose := b.compose(sparse)
	deliver := b.deliver()
	secure := []string{b.mailpipe, "deliver", "-S", b.url(), "--tls-ca", b.ca}
	for _, mib := range []int64{1, 16, 256, 1 << 10, 4 << 10} {
		if b.quick && mib > 16 {
			break
		}
		if err := makeSparse(sparse, mib<<20); err != nil {
			return err
		}
		var peaks []int64
		for _, j := range []job{pipeline(compose, deliver), pipeline(b.send(sparse)), pipeline(compose, secure)} {
			_, p, err := j.run()
			if err != nil {
				return err
			}
			r, err := b.server.next()
			if err != nil {
				return err
			}
			if r.Size < mib<<20/3*4 {
				return fmt.Errorf("%s: %d octets arrived of an attachment of %d MiB", j, r.Size, mib)
			}
			peaks = append(peaks, p...)
		}
		fmt.Printf("| %d MiB |", mib)
		for _, p := range peaks {
			fmt.Printf(" %.1f MiB |", float64(p)/1024)
		}
		if slices.Max(peaks) > maxPeak {
			fmt.Println(" **missed** |")
		} else {
			fmt.Println(" held |")
		}
	}
	return nil
}
