package main

import (
	"fmt"
	"os"
)

// inspects compares how long programs take to read a mail with a large attachment.
// reformime decodes nothing; munpack and ripmime write the parts to files.
func (b *bench) inspects() error {
	dir := b.path("unpacked")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	work := fmt.Sprintf("`inspect` of a mail with %d MB : ", b.largeMB)
	ours := reading(b.lf, []string{b.mailpipe, "inspect"})
	return b.pairs("Reading", []pair{
		{work: work + "`reformime -i`", bound: 1, ours: ours, theirs: reading(b.lf, []string{"reformime", "-i"})},
		{work: work + "`munpack`", bound: 1, ours: ours, theirs: reading(b.lf, []string{"munpack", "-f", "-q", "-C", dir})},
		{work: work + "`ripmime`", bound: 1, ours: ours,
			theirs: reading(b.lf, []string{"ripmime", "--overwrite", "-i", "-", "-d", dir})},
	})
}
