package config

import (
	"os"
	"path/filepath"
)

// isMounted reports whether a file is in a directory into which Docker, Kubernetes or
// systemd mounts secrets. Such a secret belongs to root, and its mode may allow
// others to read it: a user who can see the directory may read its files.
func isMounted(name string) bool {
	file, err := filepath.EvalSymlinks(name)
	if err != nil {
		return false
	}
	file, err = filepath.Abs(file)
	if err != nil {
		return false
	}
	for _, dir := range []string{"/run/secrets", os.Getenv("CREDENTIALS_DIRECTORY")} {
		dir, err = filepath.EvalSymlinks(dir)
		if err != nil || !filepath.IsAbs(dir) {
			continue
		}
		inside, err := filepath.Rel(dir, file)
		if err == nil && filepath.IsLocal(inside) {
			return true
		}
	}
	return false
}
