package main

import (
	"fmt"
	"os"
)

// inspects compares how long programs take to read a mail with a large attachment.
// reformime decodes nothing; munpack and ripmime write the parts to files.
func (b *bench) inspects() error {
	file, mail, dir := b.path("inspect.bin"), b.path("inspect.eml"), b.path("unpacked")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if err := random(file, b.largeMB<<20); err != nil {
		return err
	}
	compose := pipeline(b.compose(file))
	compose.stdout = mail
	if _, _, err := compose.run(); err != nil {
		return err
	}
	defer os.Remove(file)
	defer os.Remove(mail)
	defer os.RemoveAll(dir)
	work := fmt.Sprintf("`inspect` of a mail with %d MB : ", b.largeMB)
	ours := reading(mail, []string{b.mailpipe, "inspect"})
	return b.pairs("Reading", []pair{
		{work: work + "`reformime -i`", bound: 1, ours: ours, theirs: reading(mail, []string{"reformime", "-i"})},
		{work: work + "`munpack`", bound: 1, ours: ours, theirs: reading(mail, []string{"munpack", "-f", "-q", "-C", dir})},
		{work: work + "`ripmime`", bound: 1, ours: ours,
			theirs: reading(mail, []string{"ripmime", "--overwrite", "-i", "-", "-d", dir})},
	})
}
