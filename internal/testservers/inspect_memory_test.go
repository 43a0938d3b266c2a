//go:build linux

package testservers

import (
	"strconv"
	"strings"
	"testing"
)

// inspect reads a mail of 256 MiB from a pipe in constant memory, whatever it consists of.
func TestInspectMemory(t *testing.T) {
	t.Parallel()
	NeedTime(t)
	Need(t, "python3")
	const header = `printf 'From: a@b.org\nMIME-Version: 1.0\nContent-Transfer-Encoding: %s\nContent-Type: %s\n\n'`
	const attachment = `{ truncate -s 200M file; mailpipe compose -f a@b.org -t b@b.org --body hi -a file; }`
	const lines = `yes 'a line of text, of about as many octets as most lines have, =3D=' | head -c 256M`
	for _, c := range []struct{ name, mail, flags string }{
		{"attachment", attachment, ""},
		{"JSON and checksums", attachment, "--json --sha256"},
		{"one line", `{ ` + header + ` 8bit text/plain; head -c 256M /dev/zero | tr '\0' x; }`, ""},
		{"text", `{ ` + header + ` 8bit 'text/plain; charset=iso-8859-1'; ` + lines + `; }`, "--text"},
		{"part", `{ ` + header + ` quoted-printable text/plain; ` + lines + `; }`, "--part 1"},
		{"HTML", `{ ` + header + ` 8bit text/html; yes '<p>one<img src="cid:x">' | head -c 100M; }`, ""},
		{"one tag", `{ ` + header + ` 8bit text/html; printf '<p x="'; head -c 100M /dev/zero | tr '\0' x; }`, ""},
		{"page of an image", `{ ` + header + ` base64 image/png; yes QUJDREVGR0hJSktM | head -c 256M; }`, "--html"},
		{"page of a text", `{ ` + header + ` 8bit 'text/plain; charset=utf-8'; ` + lines + `; }`, "--html"},
		{"page of HTML", `{ ` + header + ` 8bit text/html; yes '<p>one<img src="cid:x">' | head -c 100M; }`, "--html"},
	} {
		t.Run(c.name, func(t *testing.T) {
			builtWorkspace(t).checkPeak(c.mail, "mailpipe inspect "+c.flags)
		})
	}
}

// maxMemory is the memory that mailpipe may use, in KiB.
const maxMemory = 24 << 10

// checkPeak runs a command that reads the output of another, and asserts that its peak
// memory is at most maxMemory. Python starts it, because the peak memory of the test
// would count as that of its child processes.
func (w workspace) checkPeak(input, command string) result {
	w.t.Helper()
	w.write("peak.py", `import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
`)
	r := w.sh(input + " | timeout 300 python3 peak.py " + command)
	peak, err := strconv.Atoi(strings.TrimSpace(r.out))
	if err != nil || peak < 1024 || peak > maxMemory {
		w.t.Errorf("%q KiB, %v\n%s", r.out, err, r.err)
	}
	return r
}
