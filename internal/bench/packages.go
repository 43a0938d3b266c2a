package main

import (
	"fmt"
	"os/exec"
	"strings"
)

// packages runs the benchmarks that stand beside the code.
func (b *setup) packages() error {
	if !b.wanted("packages") {
		return nil
	}
	fmt.Printf("\n## Packages\n\nThe benchmarks beside the code: encoders, dot-stuffing, delivery, detection.\n\n```\n")
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", ".", "-benchtime", b.sizes.benchtime, "mailpipe/compose", "mailpipe/wire", "mailpipe/internal/message", "mailpipe/detect")
	out, err := cmd.Output()
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "Benchmark") {
			fmt.Println(line)
		}
	}
	fmt.Println("```")
	return err
}
