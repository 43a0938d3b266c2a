package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// stub takes the place of the package with the client of the database.
const stub = `package postgres

import (
	"context"

	"mailpipe/internal/spool"
)

type UsageError struct {
	error
	Hint string
}

func IsURL(string) bool                            { return false }
func Open(string) (*spool.Spool, error)            { return nil, nil }
func Init(context.Context, string) (string, error) { return "", nil }
`

// binarySize compares the size of the program with that of one that has no client of the
// database.
func (b *bench) binarySize() error {
	const bound = 1.4
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "mailpipe/internal/spool/postgres").Output()
	if err != nil {
		return err
	}
	dir := strings.TrimSpace(string(out))
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	replace := map[string]string{filepath.Join(dir, "stub.go"): b.path("stub.go")}
	for _, name := range sources {
		replace[name] = "" // as if it did not exist
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"stub.go": stub, "overlay.json": string(overlay)} {
		if err := os.WriteFile(b.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	without, err := b.build("without", "mailpipe", "-overlay", b.path("overlay.json"))
	if err != nil {
		return err
	}
	var sizes []float64 // in MB
	for _, name := range []string{b.mailpipe, without} {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		sizes = append(sizes, float64(info.Size())/1e6)
	}
	ratio, result := sizes[0]/sizes[1], "held"
	if ratio > bound {
		result = "**missed**"
	}
	fmt.Printf("| size of the program : without the client of the database | %.1f MB | %.1f MB | %.2f | %v | %s |\n",
		sizes[0], sizes[1], ratio, bound, result)
	return nil
}
