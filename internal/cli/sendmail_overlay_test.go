package cli

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/sink"
	"mailpipe/internal/testservers"
)

// unpack unpacks packages in $root, without their cron jobs. The directory of the
// packages is the working directory.
const unpack = `
for package in *.deb; do
	dpkg --fsys-tarfile $package | tar -x --keep-directory-symlink -C $root
done
rm -rf $root/etc/cron* $root/var/spool/cron/crontabs $root/usr/sbin/sendmail
mkdir -p $root/var/spool/cron/crontabs $root/run
ln -sf ../sbin/sendmail $root/usr/bin/mail
`

// A hostCaller is a program that sends mail by itself.
type hostCaller struct {
	name   string
	script string   // starts it
	mails  []string // what arrives, as decodedMail returns it
}

// TestHostCallers runs programs of Debian that send mail by themselves. They share
// one copy of the root directory, and run while cron waits for its minute.
func TestHostCallers(t *testing.T) {
	testservers.NeedTime(t)
	testservers.NeedRoot(t)
	testservers.Need(t, "cron", "unshare", "setpriv", "python3", "perl")
	testservers.NeedFiles(t, packages+"/*.deb", ".ci/callers")
	callers := slices.Concat(cronCallers, hostCallers, mailxHostCallers)
	got := runHost(t, callers)
	for _, c := range callers {
		t.Run(c.name, func(t *testing.T) {
			for _, mail := range c.mails {
				at := slices.Index(got, mail)
				if at < 0 {
					t.Errorf("this mail did not arrive:\n%.500q", mail)
					continue
				}
				got = slices.Delete(got, at, at+1)
			}
		})
	}
	for _, mail := range got {
		t.Errorf("unexpected mail:\n%.500q", mail)
	}
}

const packages = "../../testdata/callers"

// runHost runs the programs until all their mails have arrived, and returns these.
func runHost(t *testing.T, callers []hostCaller) []string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := testservers.Overlay(ctx, hostFiles(t, l.Addr().String(), callers), unpack)
	cmd.Dir = packages
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cmd.Wait()
		cancel() // no more mails
	}()
	count := 0
	for _, c := range callers {
		count += len(c.mails)
	}
	box := t.TempDir()
	if err := sink.Serve(ctx, l, sink.Options{Dir: box, Count: count}); err != nil {
		t.Error(err)
	}
	cancel()
	<-ended
	var mails []string
	for _, mail := range received(t, box) {
		mails = append(mails, decodedMail(t, mail))
	}
	if len(mails) < count {
		t.Errorf("%d of %d mails arrived\n%s", len(mails), count, output.String())
	}
	return mails
}

// hostFiles returns a directory with the files that the programs find in /.
func hostFiles(t *testing.T, server string, callers []hostCaller) string {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, c := range callers {
		script.WriteString(c.script)
	}
	dir := t.TempDir()
	for _, f := range []struct {
		name, content string
		mode          fs.FileMode
	}{
		{"usr/sbin/sendmail", string(text), 0o755},
		{"etc/mailpipe/config.toml", fmt.Sprintf("[accounts.x]\nserver = \"smtp://%s\"\nfrom = %q\n"+
			"[sendmail]\ndomain = \"example.com\"\n", server, accountFrom), 0o644},
		{"etc/aliases", "root: admin@example.org\n", 0o644},
		{"etc/hosts", "127.0.0.1 localhost\n127.0.1.1 web1\n", 0o644},
		{"script", script.String() + "wait\n", 0o644},
	} {
		path := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.content), f.mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var times = regexp.MustCompile(`\b([A-Z][a-z]{2} ){1,2}[ 123]\d \d\d:\d\d:\d\d( \d{4})?\b`)

// decodedMail returns the recipients, the most important fields and the text of a
// mail. It checks that the mail has all fields that it needs, and each once.
func decodedMail(t *testing.T, mail string) string {
	t.Helper()
	e := readMail(t, mail)
	for name, values := range e.Root.Header {
		if len(values) > 1 && name != "Delivered-To" && name != "X-Cron-Env" {
			t.Errorf("%s occurs %d times\n%s", name, len(values), mail)
		}
	}
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-Id", "Mime-Version"} {
		if e.GetHeader(name) == "" {
			t.Errorf("missing %s\n%s", name, mail)
		}
	}
	addresses := func(field string) string {
		list, err := e.AddressList(field)
		if err != nil {
			t.Errorf("%s: %v", field, err)
		}
		var all []string
		for _, a := range list {
			all = append(all, a.Name+" <"+a.Address+">")
		}
		return strings.Join(all, ", ")
	}
	text := strings.ReplaceAll(strings.TrimRight(e.Text, "\r\n"), "\r\n", "\n")
	return e.GetHeader("Return-Path") + " to " + strings.Join(e.Root.Header.Values("Delivered-To"), ", ") +
		"\nFrom: " + addresses("From") + "\nTo: " + addresses("To") + "\nSubject: " + e.GetHeader("Subject") +
		"\nContent-Type: " + strings.ToLower(strings.ReplaceAll(e.Root.Header.Get("Content-Type"), `"`, "")) +
		"\n\n" + times.ReplaceAllString(text, "TIME")
}
