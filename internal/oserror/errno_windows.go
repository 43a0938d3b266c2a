package oserror

import "golang.org/x/sys/windows"

var (
	refused    = []error{windows.WSAECONNREFUSED}
	reset      = []error{windows.WSAECONNRESET, windows.WSAECONNABORTED}
	brokenPipe = []error{windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA}
)
