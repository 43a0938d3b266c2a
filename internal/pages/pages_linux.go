package pages

import "syscall"

// advise asks for a huge page. That there is none does not matter.
func advise(p []byte) { _ = syscall.Madvise(p, syscall.MADV_HUGEPAGE) }
