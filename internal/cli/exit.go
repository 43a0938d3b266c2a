package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/buffer"
	"mailpipe/internal/config"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/message"
	"mailpipe/internal/stdio"
	"mailpipe/wire"
)

// The exit statuses of sysexits.h.
const (
	exitOK          = 0
	exitUsage       = 64 // invalid flags, addresses or headers on the command line
	exitData        = 65 // the message cannot be sent
	exitNoInput     = 66 // an input file cannot be read
	exitNoUser      = 67 // every recipient was refused permanently
	exitNoHost      = 68 // no such host
	exitUnavailable = 69 // a permanent refusal, or only some recipients were accepted
	exitSoftware    = 70 // an internal error in mailpipe
	exitCantCreate  = 73 // output cannot be created
	exitIO          = 74 // read or write error
	exitTemporary   = 75 // try again later
	exitProtocol    = 76 // the server does not speak SMTP
	exitNotAllowed  = 77 // login refused, TLS cannot be verified
	exitConfig      = 78 // the configuration file is invalid
)

// A failure is an error whose exit status is known where it happens.
type failure struct {
	code int
	err  error
	hint string // what the user can do about it, or empty
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// fail returns err with an exit status, or nil if err is nil.
func fail(code int, err error) error {
	if err == nil {
		return nil
	}
	return &failure{code: code, err: err}
}

// usage returns the error for an invalid command line.
func usage(format string, args ...any) *failure {
	return &failure{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// exitCode is the one place where errors become exit statuses. An error of the
// content is inside one of wire, so the causes are asked for first.
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	var known *failure
	if errors.As(err, &known) {
		return known.code
	}
	var internal *internalError
	if errors.As(err, &internal) {
		return exitSoftware
	}
	var stream *stdio.Error
	if errors.As(err, &stream) {
		return exitIO
	}
	for _, row := range codes {
		if errors.Is(err, row.err) {
			return row.code
		}
	}
	var content *message.Error
	if errors.As(err, &content) {
		return exitData
	}
	if code, ok := configCode(err); ok {
		return code
	}
	var argument *address.Error
	if errors.As(err, &argument) {
		return exitUsage
	}
	if e := dialogueError(err); e != nil {
		return kindCode(e.Kind)
	}
	return systemCode(err)
}

var codes = []struct {
	err  error
	code int
}{
	{compose.ErrArgument, exitUsage},
	{compose.ErrEmpty, exitData},
	{compose.ErrTooBig, exitData},
	{compose.ErrChanged, exitIO},
	{inputfile.ErrChanged, exitIO},
	{inputfile.ErrRead, exitIO},
	{buffer.ErrFile, exitIO},
}

// systemCode returns the exit status of an error of the operating system.
func systemCode(err error) int {
	var path *fs.PathError
	if errors.As(err, &path) {
		return exitNoInput
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return exitIO
	}
	return exitSoftware
}

func configCode(err error) (int, bool) {
	var setting *config.SettingError
	var secret *config.SecretError
	switch {
	case errors.As(err, &setting) && setting.InFile():
		return exitConfig, true
	case errors.As(err, &setting):
		return exitUsage, true
	case errors.As(err, &secret):
		return exitNotAllowed, true
	}
	return 0, false
}

func kindCode(kind wire.Kind) int {
	switch kind {
	case wire.KindTemporary:
		return exitTemporary
	case wire.KindPermanent:
		return exitUnavailable
	case wire.KindNoRecipient:
		return exitNoUser
	case wire.KindNoHost:
		return exitNoHost
	case wire.KindProtocol:
		return exitProtocol
	case wire.KindAuthOrTLS:
		return exitNotAllowed
	case wire.KindBadMessage:
		return exitData
	case wire.KindInvalidArgument:
		return exitUsage
	}
	return exitSoftware
}
