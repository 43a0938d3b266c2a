package cli

import "strings"

// cron takes the charset of its own locale, and runs jobs with its own HOME. The jobs
// run once, in the first minute that begins after all daemons have started. That of
// busybox sends the output about 10 seconds later.
const cronScript = `mkdir /etc/cron.d /etc/cron.utf-8 /etc/cron.busybox
cat >/etc/cron.d/jobs <<'END'
SHELL=/bin/sh
NEXT * * * root printf 'd\303\251j\303\240\n'; : é
NEXT * * * nobody printf '10\045\r20\045\r'; head -c 5000 /dev/zero | tr '\0' x; printf '\0'
MAILTO=nobody,root
MAILFROM=daemon
NEXT * * * root printf '\303\251'
END
cat >/etc/cron.utf-8/jobs <<'END'
NEXT * * * root printf 'd\303\251j\303\240\n'
END
cat >/etc/cron.busybox/root <<'END'
MAILTO=root
NEXT * * * printf 'd\303\251j\303\240\n'; : é
END
sed -i "s/^NEXT/$(date -d '65 seconds' '+%M %H')/" /etc/cron.*/*
cron -f &
unshare --mount sh -ec 'mount -t tmpfs tmpfs /run
mount --bind /etc/cron.utf-8 /etc/cron.d
LANG=C.UTF-8 exec cron -f' &
busybox crond -f -c /etc/cron.busybox &
`

var cronCallers = []hostCaller{{"cron", cronScript, []string{
	`<host@example.org> to admin@example.org
From: root@web1 (Cron Daemon) <host@example.org>
To: root <admin@example.org>
Subject: Cron <root@web1> printf 'd\303\251j\303\240\n'; : é
Content-Type: text/plain; charset=utf-8

déjà`,
	`<host@example.org> to nobody@example.com
From: root@web1 (Cron Daemon) <host@example.org>
To: nobody <nobody@example.com>
Subject: Cron <nobody@web1> printf '10\045\r20\045\r'; head -c 5000 /dev/zero | tr '\0' x; printf '\0'
Content-Type: text/plain; charset=us-ascii

` + "10%\r20%\r" + strings.Repeat("x", 5000) + "\x00",
	`<host@example.org> to nobody@example.com, admin@example.org
From: daemon@web1 <host@example.org>
To: nobody <nobody@example.com>, root <admin@example.org>
Subject: Cron <root@web1> printf '\303\251'
Content-Type: text/plain; charset=utf-8

é`,
	`<host@example.org> to admin@example.org
From: root@web1 (Cron Daemon) <host@example.org>
To: root <admin@example.org>
Subject: Cron <root@web1> printf 'd\303\251j\303\240\n'
Content-Type: text/plain; charset=utf-8

déjà`,
	`<host@example.org> to admin@example.org
From: root <host@example.org>
To: root <admin@example.org>
Subject: cron: printf 'd\303\251j\303\240\n'; : é
Content-Type: text/plain; charset=utf-8

déjà`,
}}}
