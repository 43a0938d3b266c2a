package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// dist writes an archive for each of the platforms to dir, and the file SHA256SUMS with
// their checksums. If only is empty, it writes the archives for all platforms.
func dist(dir string, only []string) error {
	if len(only) == 0 {
		only = platforms
	}
	for _, p := range only {
		if !slices.Contains(platforms, p) {
			return fmt.Errorf("unknown platform %s: use one of %s", p, strings.Join(platforms, ", "))
		}
	}
	date, err := date()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, p := range only {
		name, data, err := archive(p, date)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), name)
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// archive returns the archive for a platform, and its name. All its files are in
// one directory.
func archive(platform string, date time.Time) (name string, data []byte, err error) {
	files, err := documents()
	if err != nil {
		return "", nil, err
	}
	tree, err := installed(platform)
	if err != nil {
		return "", nil, err
	}
	version, err := version(tree[0].data)
	if err != nil {
		return "", nil, err
	}
	files = append(files, tree...)
	name = "mailpipe-" + version + "-" + strings.ReplaceAll(platform, "/", "-")
	for i := range files {
		files[i].name = name + "/" + files[i].name
	}
	write, format := writeTar, ".tar.gz"
	if suffix(platform) == ".exe" {
		write, format = writeZip, ".zip"
	}
	var b bytes.Buffer
	err = write(&b, files, date)
	return name + format, b.Bytes(), err
}
