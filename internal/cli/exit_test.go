package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
	"testing"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/buffer"
	"mailpipe/internal/config"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/message"
	"mailpipe/internal/stdio"
	"mailpipe/wire"
)

func TestExitCode(t *testing.T) {
	content := func(kind message.Kind) error { return &message.Error{Kind: kind} }
	dialogue := func(kind wire.Kind, err error) error { return &wire.Error{Kind: kind, Err: err} }
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{usage("unknown flag %s", "-x"), 64},
		{fmt.Errorf("subject: %w", compose.ErrArgument), 64},
		{addressError("--to", &address.Error{}), 64},
		{&config.SettingError{Origin: config.Origin{Name: "--tls"}}, 64},
		{dialogue(wire.KindInvalidArgument, nil), 64},
		{compose.ErrEmpty, 65},
		{fmt.Errorf("--plain: %w", compose.ErrTooBig), 65},
		{content(message.ErrEmpty), 65},
		{content(message.ErrHeader), 65},
		{content(message.ErrStructure), 65},
		{content(message.ErrSeries), 65},
		{content(message.ErrCutOff), 65},
		{content(message.ErrContent), 65},
		{&message.Error{Kind: message.ErrAddress, Err: &address.Error{}}, 65},
		{content(message.ErrRecipient), 65},
		{content(message.ErrSender), 65},
		{dialogue(wire.KindBadMessage, nil), 65},
		{dialogue(wire.KindBadMessage, fmt.Errorf("content: %w", content(message.ErrCutOff))), 65},
		{fileError("x", fs.ErrNotExist), 66},
		{&fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}, 66},
		{&stdio.Error{Err: &fs.PathError{Op: "read", Path: "/dev/stdin", Err: syscall.EISDIR}}, 66},
		{dialogue(wire.KindNoRecipient, nil), 67},
		{dialogue(wire.KindNoHost, nil), 68},
		{dialogue(wire.KindPermanent, nil), 69},
		{errors.New("unexpected"), 70},
		{dialogue(0, nil), 70},
		{dialogue(wire.KindBadMessage, fmt.Errorf("content: %w", &internalError{})), 70},
		{dialogue(wire.KindTemporary, fail(exitCantCreate, "%w", fs.ErrPermission)), 73},
		{fmt.Errorf("a.log: %w", compose.ErrChanged), 74},
		{fmt.Errorf("a.log: %w", inputfile.ErrChanged), 74},
		{fmt.Errorf("a.log: %w: %w", inputfile.ErrRead, syscall.EIO), 74},
		{dialogue(wire.KindBadMessage, fmt.Errorf("a.log: %w", inputfile.ErrChanged)), 74},
		{&stdio.Error{Err: syscall.EIO}, 74},
		{dialogue(wire.KindBadMessage, &stdio.Error{Err: syscall.EIO}), 74},
		{syscall.ENOSPC, 74},
		{fmt.Errorf("%w: %w", buffer.ErrFile, &fs.PathError{Op: "open", Path: "/tmp/x", Err: fs.ErrPermission}), 74},
		{dialogue(wire.KindTemporary, io.ErrUnexpectedEOF), 75},
		{dialogue(wire.KindProtocol, nil), 76},
		{dialogue(wire.KindAuthOrTLS, nil), 77},
		{dialogue(wire.KindAuthOrTLS, &config.SecretError{}), 77},
		{&config.SecretError{}, 77},
		{&config.SettingError{Origin: config.Origin{File: "config.toml"}}, 78},
		{&failure{err: dialogue(wire.KindNoRecipient, nil)}, 67},
	} {
		if got := exitCode(tt.err); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.err, got, tt.want)
		}
	}
}
