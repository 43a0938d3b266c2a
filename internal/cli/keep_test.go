package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"mailpipe/internal/config"
	"mailpipe/internal/stdio"
	"mailpipe/wire"
)

// What a mail is kept for if no recipient was accepted. That a recipient was refused
// permanently is in scripts, because a flag decides it.
func TestWanted(t *testing.T) {
	dialogue := func(kind wire.Kind, err error) error { return &wire.Error{Kind: kind, Err: err} }
	k := &keeper{d: new(deliveryRequest)}
	for _, tt := range []struct {
		err    error
		status int
		want   bool
	}{
		{nil, 0, false},
		{usage("unknown flag"), 64, false},
		{fileError("x", fs.ErrNotExist), 66, false},
		{dialogue(wire.KindNoHost, nil), 68, true},
		{errors.New("unexpected"), 70, false},
		{dialogue(wire.KindBadMessage, &internalError{}), 70, false},
		{dialogue(wire.KindTemporary, fail(exitCantCreate, "%w", fs.ErrPermission)), 73, false},
		{&stdio.Error{Err: syscall.EIO}, 74, false},
		{dialogue(wire.KindBadMessage, fmt.Errorf("content: %w", &stdio.Error{Err: syscall.EIO})), 74, false},
		{dialogue(wire.KindTemporary, nil), 75, true},
		{&wire.Error{Kind: wire.KindTemporary, Uncertain: true}, 75, true},
		{dialogue(wire.KindProtocol, nil), 76, true},
		{dialogue(wire.KindAuthOrTLS, nil), 77, true},
		{&config.SettingError{Origin: config.Origin{File: "config.toml"}}, 78, false},
	} {
		if got := k.wanted(tt.err); got != tt.want || exitCode(tt.err) != tt.status {
			t.Errorf("%v, exit status %d: %t, want %t", tt.err, exitCode(tt.err), got, tt.want)
		}
	}
}
