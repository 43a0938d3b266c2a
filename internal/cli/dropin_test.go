package cli

import (
	"io"
	"os"
	"strings"
	"testing"
)

// The name of the program is the last element of argv[0], cut at its first dot. It
// selects a drop-in, and error messages begin with it.
func TestProgramNames(t *testing.T) {
	const (
		needsValue  = ": option requires an argument -- 'L'\n"
		readsNoMail = ": -L: reads no mail\n"
		noFlag      = "mailpipe: unknown flag -L\n"
	)
	for argv0, want := range map[string]string{
		"sendmail": "sendmail" + needsValue, "/usr/sbin/sendmail": "sendmail" + needsValue,
		"sendmail.exe": "sendmail" + needsValue, "./a.b/sendmail.postfix.1": "sendmail" + needsValue,
		"mailq.exe": "mailq" + needsValue, "newaliases.x": "newaliases" + needsValue,
		"mail": "mail" + readsNoMail, "mail.exe": "mail" + readsNoMail, "/usr/bin/mail.mailutils": "mail" + readsNoMail,
		"Mail.exe": "Mail" + readsNoMail, "mailx.exe": "mailx" + readsNoMail,
		"mailpipe": noFlag, "mailpipe.exe": noFlag, "": noFlag, ".mail": noFlag, "-sendmail": noFlag, "x.sendmail": noFlag,
		"MAIL": noFlag, "Sendmail": noFlag, "Mailx": noFlag, "mailé": noFlag, "sendmail/x": noFlag,
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		code := Run([]string{argv0, "-L"}, &Env{Stdin: os.Stdin, Stdout: w, Stderr: w, Getenv: os.Getenv})
		w.Close()
		text, err := io.ReadAll(r)
		r.Close()
		if err != nil || code != exitUsage || !strings.HasPrefix(string(text), want) {
			t.Errorf("%q: exit status %d, %v, %s", argv0, code, err, text)
		}
	}
}
