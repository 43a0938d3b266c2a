package cli

import (
	"errors"
	"io/fs"
	"syscall"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/alias"
	"mailpipe/internal/buffer"
	"mailpipe/internal/config"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/message"
	"mailpipe/internal/spool"
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

// exitCode is the one place where errors become exit statuses. Of an error of
// the content inside one of wire, the inner one counts.
func exitCode(err error) int {
	known, _ := errors.AsType[*failure](err)
	setting, _ := errors.AsType[*config.SettingError](err)
	dialogue := dialogueError(err)
	inSpool, _ := errors.AsType[*spool.Error](err)
	switch {
	case err == nil:
		return exitOK
	case known != nil && known.code == 0:
		return exitCode(known.err)
	case known != nil:
		return known.code
	case is[*internalError](err):
		return exitSoftware
	case errors.Is(err, compose.ErrArgument):
		return exitUsage
	case errors.Is(err, compose.ErrEmpty), errors.Is(err, compose.ErrTooBig), is[*message.Error](err):
		return exitData
	case is[*stdio.Error](err) && errors.Is(err, syscall.EISDIR): // standard input
		return exitNoInput
	case is[*stdio.Error](err), errors.Is(err, compose.ErrChanged), errors.Is(err, inputfile.ErrChanged),
		errors.Is(err, inputfile.ErrRead), errors.Is(err, buffer.ErrFile):
		return exitIO
	case setting != nil && setting.InFile(), is[*alias.Error](err):
		return exitConfig
	case setting != nil, is[*address.Error](err):
		return exitUsage
	case is[*config.SecretError](err):
		return exitNotAllowed
	case is[*spool.DamageError](err):
		return exitIO
	case dialogue != nil:
		return dialogueCode(dialogue.Kind)
	case errors.Is(err, spool.ErrAmbiguous):
		return exitUsage
	case errors.Is(err, spool.ErrNotFound):
		return exitNoInput
	case errors.Is(err, spool.ErrInUse):
		return exitTemporary
	case inSpool != nil:
		return spoolCode(inSpool.Kind)
	case is[*fs.PathError](err):
		return exitNoInput
	case is[syscall.Errno](err):
		return exitIO
	}
	return exitSoftware
}

// is reports whether err is or wraps an error of type E.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func spoolCode(kind spool.Kind) int {
	switch kind {
	case spool.Unsafe, spool.NotAllowed:
		return exitNotAllowed
	case spool.Unreachable:
		return exitTemporary
	case spool.BadSchema:
		return exitConfig
	case spool.IO:
		return exitIO
	}
	return exitCantCreate
}

func dialogueCode(kind wire.Kind) int {
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
