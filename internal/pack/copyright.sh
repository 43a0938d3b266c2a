#!/bin/sh
# Prints the licenses of all code that is in the program: its own, that of Go and
# those of the modules.
set -eu
cd "$(dirname "$0")/../.."
cat LICENSE
goroot=$(go env GOROOT)
{
	echo "Go $goroot"
	go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' . | sort -u
} | while read -r name dir; do
	for file in "$dir"/LICENSE* "$dir"/LICENCE* "$dir"/COPYING* "$dir"/NOTICE*; do
		[ -e "$file" ] || continue
		printf '\n%s\n\n' "$name (${file##*/}):"
		cat "$file"
	done
done
