package cli

import (
	"cmp"
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

// exitCode is the one place where errors become exit statuses. Of an error of
// the content inside one of wire, the inner one counts.
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	return cmp.Or(ownCode(err), contentCode(err), settingCode(err), dialogueCode(err), systemCode(err), exitSoftware)
}

// ownCode returns the exit status of an error of the command line, of mailpipe
// itself or of a standard stream, or 0.
func ownCode(err error) int {
	if e, ok := errors.AsType[*failure](err); ok {
		return e.code
	}
	if _, ok := errors.AsType[*internalError](err); ok {
		return exitSoftware
	}
	if _, ok := errors.AsType[*stdio.Error](err); ok {
		return exitIO
	}
	return 0
}

// contentCode returns the exit status of an error of a message or a file in it, or 0.
func contentCode(err error) int {
	for _, row := range []struct {
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
	} {
		if errors.Is(err, row.err) {
			return row.code
		}
	}
	if _, ok := errors.AsType[*message.Error](err); ok {
		return exitData
	}
	return 0
}

// settingCode returns the exit status of an error of a setting or an address, or 0.
func settingCode(err error) int {
	if e, ok := errors.AsType[*config.SettingError](err); ok {
		if e.InFile() {
			return exitConfig
		}
		return exitUsage
	}
	if _, ok := errors.AsType[*config.SecretError](err); ok {
		return exitNotAllowed
	}
	if _, ok := errors.AsType[*address.Error](err); ok {
		return exitUsage
	}
	return 0
}

// dialogueCode returns the exit status of an error of wire, or 0.
func dialogueCode(err error) int {
	e := dialogueError(err)
	if e == nil {
		return 0
	}
	return map[wire.Kind]int{
		wire.KindTemporary:       exitTemporary,
		wire.KindPermanent:       exitUnavailable,
		wire.KindNoRecipient:     exitNoUser,
		wire.KindNoHost:          exitNoHost,
		wire.KindProtocol:        exitProtocol,
		wire.KindAuthOrTLS:       exitNotAllowed,
		wire.KindBadMessage:      exitData,
		wire.KindInvalidArgument: exitUsage,
	}[e.Kind]
}

// systemCode returns the exit status of an error of the operating system, or 0.
func systemCode(err error) int {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return exitNoInput
	}
	if _, ok := errors.AsType[syscall.Errno](err); ok {
		return exitIO
	}
	return 0
}
