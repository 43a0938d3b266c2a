package cli

// hostCallers are the programs of Debian that run on a host, other than cron.
var hostCallers = []hostCaller{
	{
		"at", `(umask 077 && : >/var/spool/cron/atjobs/.SEQ)
chown daemon:daemon /var/spool/cron/atjobs/.SEQ
atd -b 0
echo 'printf é' | at -m now
`,
		[]string{`for admin@example.org
From: root <host@example.org>
To: root <admin@example.org>
Subject: Output from your job        1
Content-Type: text/plain; charset=utf-8

é`},
	},
	// sudo mails once before the command and once after it.
	{
		"sudo", `cat >/etc/sudoers <<'END'
Defaults mail_always
Defaults mailto="root"
nobody ALL=(ALL) NOPASSWD: ALL
END
setpriv --reuid=65534 --regid=65534 --clear-groups sudo -n /bin/true é
`,
		[]string{`for admin@example.org
From: nobody@web1 <host@example.org>
To: root <admin@example.org>
Subject: *** SECURITY information for web1 ***
Content-Type: text/plain; charset=utf-8

web1 : TIME : nobody : PWD=/ ; USER=root ; COMMAND=/bin/true é`,
			`for admin@example.org
From: nobody@web1 <host@example.org>
To: root <admin@example.org>
Subject: *** SECURITY information for web1 ***
Content-Type: text/plain; charset=utf-8

web1 : TIME : nobody : PWD=/ ; USER=root ; COMMAND=/bin/true é ; EXIT=0`},
	},
}
