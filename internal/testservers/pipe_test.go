//go:build linux

package testservers

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// On a host with an MTA, its sendmail -bs is the server, for root and for others.
func TestSendmailOfTheHost(t *testing.T) {
	t.Parallel()
	Need(t, "nsenter", "setpriv")
	server := startPostfix(t)
	w := publicWorkspace(t)
	spool := server.sandbox.path("spool")
	script := fmt.Sprintf(`chgrp postdrop %[1]s/maildrop %[1]s/public
		chmod 1730 %[1]s/maildrop
		mount --bind %[2]s /etc/postfix`, spool, server.sandbox.path("conf")) // postdrop reads no other configuration
	enter := []string{"-t", strconv.Itoa(server.sandbox.pid), "-m", "-p", "--", "timeout", "60"}
	run(t, w.command("nsenter", append(enter, "sh", "-ec", script)...)).want(t, 0)
	for _, uid := range []string{"0", "65534"} {
		mail := small(w)
		args := append(enter, "setpriv", "--reuid="+uid, "--regid="+uid, "--clear-groups", w.program(), "deliver", "--trace",
			"-S", "pipe:/usr/sbin/sendmail -bs", bob)
		cmd := w.command("nsenter", args...)
		cmd.Stdin = strings.NewReader(mail)
		r := run(t, cmd)
		r.want(t, 0, "S: 250 2.0.0 Ok: queued as ")
		checkMail(t, server.wait(t, 1)[0].data, mail)
	}
}
