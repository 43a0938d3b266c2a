package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sync"
)

// A file is part of an installation or of an archive.
type file struct {
	name string // with slashes, relative to the prefix
	mode fs.FileMode
	data []byte
}

// installed returns all files of an installation for a platform, in a fixed order.
// Archives, make install and the packages have the same ones.
func installed(platform string) ([]file, error) {
	dir, err := os.MkdirTemp("", "pack")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "mailpipe")
	if err := build(platform, program); err != nil {
		return nil, err
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	files := []file{{"bin/mailpipe" + suffix(platform), 0o755, binary}}
	pages, err := filepath.Glob("man/*.[1-9]")
	if err != nil {
		return nil, err
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			return nil, err
		}
		section := path.Ext(page)[1:]
		files = append(files, file{"share/man/man" + section + "/" + filepath.Base(page), 0o644, text})
	}
	scripts, err := completions()
	return append(files, scripts...), err
}

// documents returns the files of an archive that are not installed.
func documents() ([]file, error) {
	var files []file
	for _, name := range []string{"README.md", "LICENSE"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, 0o644, text})
	}
	return files, nil
}

// completions returns the completion scripts, under the names that the shells look for.
// The program that was built prints them.
var completions = sync.OnceValues(func() ([]file, error) {
	dir, err := os.MkdirTemp("", "pack")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "mailpipe")
	if err := build(native, program); err != nil {
		return nil, err
	}
	var files []file
	for _, script := range []struct{ shell, name string }{
		{"bash", "share/bash-completion/completions/mailpipe"},
		{"zsh", "share/zsh/site-functions/_mailpipe"},
		{"fish", "share/fish/vendor_completions.d/mailpipe.fish"},
	} {
		text, err := exec.Command(program, "completion", script.shell).Output()
		if err != nil {
			return nil, fmt.Errorf("completion %s: %w", script.shell, err)
		}
		files = append(files, file{script.name, 0o644, text})
	}
	return files, nil
})

// tree writes the files of an installation to a directory.
func tree(dir, platform string) error {
	files, err := installed(platform)
	if err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := f.write(name); err != nil {
			return err
		}
	}
	return nil
}

// write writes the file under a name. It replaces an existing file atomically, because
// that may be a program that is running.
func (f file) write(name string) error {
	temp, err := os.CreateTemp(filepath.Dir(name), ".mailpipe*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	if _, err := temp.Write(f.data); err != nil {
		return err
	}
	if err := temp.Chmod(f.mode); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}
