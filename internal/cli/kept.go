package cli

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/queue"
	"mailpipe/internal/spool"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// sayKept says where the mail is kept and why.
func (k *keeper) sayKept(err error) {
	e := &k.entry.Envelope
	left, all := e.Pending(), k.d.receipt.Recipients
	if e.State == spool.Failed {
		left = slices.Collect(maps.Keys(k.outcomes()))
	}
	dialogue := dialogueError(err)
	switch {
	case e.State == spool.Held && !uncertain(err): // sayFailed says why
		k.noteKept("; it is held", "")
	case err == nil:
		k.noteKept("", "")
	case uncertain(err):
		k.noteKept("; it may have been delivered", certainWords(dialogue))
	case k.down:
		k.note("kept as %s: %s", shortID(e.ID), err)
	case len(left) < len(all):
		i := slices.IndexFunc(all, func(to wire.Recipient) bool { return slices.Contains(left, to.Address) })
		to := all[max(i, 0)]
		k.note("kept as %s for %d of %d recipients: %s: %s: %s", shortID(e.ID), len(left), len(all),
			termtext.Line(to.Address), k.outcomes()[to.Address], k.d.reasonFor(to))
	case e.State == spool.Failed: // the error says why
		k.noteKept("", "")
	default:
		k.noteKept("", err.Error())
	}
}

// certainWords returns the words of an error without those that say that the
// outcome is unknown.
func certainWords(e *wire.Error) string {
	plain := *e
	plain.Err = errors.Unwrap(e.Err)
	return plain.Error()
}

// noteKept says where the mail is kept. how and why may be empty.
func (k *keeper) noteKept(how, why string) {
	text := "kept as " + shortID(k.entry.ID) + how
	if how == "" {
		text = k.words(k.entry)
	}
	if why != "" {
		text += ": " + why
	}
	k.note("%s", text)
}

// words returns the words that say where an entry of the spool in use is.
func (k *keeper) words(e *spool.Entry) string {
	return "kept as " + shortID(e.ID) + " in " + k.d.shortPath(k.spools.current().Name())
}

func (k *keeper) note(format string, args ...any) { k.d.note(format, args...) }

// noteError notes a failure of the spool that does not matter for the mail.
func (k *keeper) noteError(err error) {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			k.noteError(err)
		}
	} else if err != nil && !slices.Contains(k.said, err.Error()) {
		k.said = append(k.said, err.Error())
		k.note("%s", k.d.shortPath(err.Error()))
	}
}

// cannotKeep returns the failure that the mail cannot be kept in a spool.
func (k *keeper) cannotKeep(err error) *failure {
	k.said = append(k.said, err.Error())
	f := fail(exitCode(err), "cannot be kept in %s", k.d.shortPath(err.Error()))
	if e, ok := errors.AsType[*spool.Error](err); ok {
		f.hint = e.Hint
		if errors.Is(err, spool.ErrUncertain) {
			f.err = fmt.Errorf("may have been kept in %w", e)
		}
	}
	return f
}

// sayFailed says which spools cannot be written.
func (k *keeper) sayFailed(isLost bool) {
	for _, err := range k.spools.failures() {
		if slices.Contains(k.said, err.Error()) {
			continue
		}
		f := k.cannotKeep(err)
		if isLost || errors.Is(err, spool.ErrUncertain) {
			k.d.explain(f)
		} else {
			k.note("%s", f)
		}
	}
}

// unknownOutcome returns the error that a message of the spool may have been
// delivered, or nil.
func unknownOutcome(e queue.Event) error {
	switch {
	case e.Kind == queue.Held:
		return fmt.Errorf("%s: held: %w", shortID(e.ID), e.Err)
	case e.Kind == queue.Interrupted, e.Kind == queue.Deferred && uncertain(e.Err):
		return fmt.Errorf("%s: may have been delivered: %w", shortID(e.ID), e.Err)
	}
	return nil
}

// notePassword says that a flush needs a password that is not in the spool.
func (k *keeper) notePassword() {
	d := k.d
	if d.settings.PasswordInEnv() {
		k.note("the password in $MAILPIPE_PASSWORD is not kept: a flush needs it again")
	}
	for _, a := range d.line.args {
		if a.flag == "password-command" && hasSecret(a) {
			k.note("--password-command is not kept, because it may contain a password: a flush needs $MAILPIPE_PASSWORD")
		}
	}
}

// warnWaiting warns of older messages that no flush sends.
func (k *keeper) warnWaiting() {
	if k.d.flags.Bool("quiet") {
		return
	}
	now := k.now()
	s := k.spools.current()
	flushed, err := s.Flushed()
	if err != nil || !flushed.IsZero() && now.Sub(flushed) < time.Hour {
		return
	}
	ids, err := s.IDs()
	if err != nil || len(ids) == 0 {
		return
	}
	count, oldest := 0, now
	err = s.Scan(spool.Before(ids, now.Add(-time.Hour)), func(id string, e *spool.Envelope, err error) {
		isOwn := k.entry != nil && id == k.entry.ID
		if err != nil || isOwn || e.State != spool.Queued || now.Sub(e.Created) < time.Hour { // after queue retry
			return
		}
		count++
		if e.Created.Before(oldest) {
			oldest = e.Created
		}
	})
	if err != nil || count == 0 {
		return
	}
	messages, last := "messages", "last flush "+span(now.Sub(flushed))+" ago"
	if count == 1 {
		messages = "message"
	}
	if flushed.IsZero() {
		last = "no flush yet"
	}
	k.note("%d older %s waiting in %s, the oldest for %s; %s", count, messages, k.d.shortPath(s.Name()),
		span(now.Sub(oldest)), last)
	fmt.Fprintln(k.d.progress, "hint: mailpipe queue flush sends them; "+
		"mailpipe-queue(1) shows how to run it from cron or systemd")
}

// shortID returns the part of an ID that people type.
func shortID(id string) string { return id[strings.LastIndexByte(id, '-')+1:] }

// shortPath returns a path with ~ for the home directory.
func (c *call) shortPath(path string) string {
	home := filepath.Clean(c.Getenv("HOME"))
	if rest, ok := strings.CutPrefix(path, home+"/"); ok && home != "/" && home != "." {
		return "~/" + rest
	}
	return path
}

// span returns a duration in words.
func span(d time.Duration) string {
	unit, name := time.Second, "s"
	switch {
	case d >= 48*time.Hour:
		unit, name = 24*time.Hour, "days"
	case d >= 2*time.Hour:
		unit, name = time.Hour, "h"
	case d >= 2*time.Minute:
		unit, name = time.Minute, "min"
	}
	return fmt.Sprintf("%d %s", max(d.Round(unit)/unit, 0), name)
}
