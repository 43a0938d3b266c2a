package cli

// hostCallers are the programs of Debian that run on a host, other than cron.
var hostCallers = []hostCaller{
	{
		"at", `(umask 077 && : >/var/spool/cron/atjobs/.SEQ)
chown daemon:daemon /var/spool/cron/atjobs/.SEQ
echo 'printf é' | at -m now
atd -b 0
`,
		[]string{`<host@example.org> to admin@example.org
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
		[]string{`<host@example.org> to admin@example.org
From: nobody@web1 <host@example.org>
To: root <admin@example.org>
Subject: *** SECURITY information for web1 ***
Content-Type: text/plain; charset=utf-8

web1 : TIME : nobody : PWD=/ ; USER=root ; COMMAND=/bin/true é`,
			`<host@example.org> to admin@example.org
From: nobody@web1 <host@example.org>
To: root <admin@example.org>
Subject: *** SECURITY information for web1 ***
Content-Type: text/plain; charset=utf-8

web1 : TIME : nobody : PWD=/ ; USER=root ; COMMAND=/bin/true é ; EXIT=0`},
	},
	// anacron writes a charset without MIME-Version.
	{
		"anacron", `mkdir -p /var/spool/anacron
echo '1 0 jobé printf déjà' >/etc/anacrontab
anacron -d -n -f -t /etc/anacrontab
`,
		[]string{`<host@example.org> to admin@example.org
From: root@web1 (Anacron) <host@example.org>
To: root <admin@example.org>
Subject: Anacron job 'jobé' on web1
Content-Type: text/plain; charset=utf-8

déjà`},
	},
	{
		"mime-construct", `printf 'text\n.\nend' | mime-construct --to root --subject é --file -
`,
		[]string{`<host@example.org> to admin@example.org
From: root <host@example.org>
To: root <admin@example.org>
Subject: é
Content-Type: 

text
.
end`},
	},
	{
		"logwatch", `cat >/var/log/auth.log <<'END'
Nov 30 12:00:00 web1 sshd[1]: é
.
Nov 30 12:00:01 web1 sshd[1]: .
Nov 30 12:00:02 web1 sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2
END
logwatch --output mail --mailto root --range all --service sshd
`,
		[]string{`<host@example.org> to admin@example.org
From: root@web1 <host@example.org>
To: root <admin@example.org>
Subject: Logwatch for web1 (Linux)
Content-Type: text/plain; charset=utf-8

 
 ################### Logwatch 7.7 (07/22/22) #################### 
        Processing Initiated: TIME
        Date Range Processed: all
        Detail Level of Output: 0
        Type of Output/Format: mail / text
        Logfiles for Host: web1
 ################################################################## 
 
 --------------------- SSHD Begin ------------------------ 

 Failed logins from:
    192.0.2.1: 1 Time
 
 **Unmatched Entries**
 . : 1 Time
 é : 1 Time
 
 ---------------------- SSHD End ------------------------- 

 
 ###################### Logwatch End ######################### `},
	},
	{
		"systemd-cron", `mkdir /standin
cat >/standin/systemctl <<'END'
#!/bin/sh
case $1,$3 in
show,--property=User) echo User=root ;;
show,--property=Environment) echo Environment=MAILTO=root LANG=C ;;
status,) printf '\303\227 %s\n.\ndéjà\n' $2; exit 3 ;;
esac
END
chmod 755 /standin/systemctl
PATH=/standin:$PATH /lib/systemd-cron/mail_on_failure cron-é.service
`,
		[]string{`<host@example.org> to admin@example.org
From: root@web1 (systemd-cron) <host@example.org>
To: root <admin@example.org>
Subject: [web1] job cron-é.service failed
Content-Type: text/plain; charset=utf-8

× cron-é.service
.
déjà`},
	},
	// No program, but the least that mailpipe needs.
	{
		"no privileges", `unshare --mount sh -ec 'mount -o remount,bind,ro /
if touch /tmp/x; then exit 1; fi
printf "To: root\nSubject: é\n\ndéjà\n" |
	env --ignore-environment setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs /usr/sbin/sendmail -t'
`,
		[]string{`<host@example.org> to admin@example.org
From: nobody <host@example.org>
To: root <admin@example.org>
Subject: é
Content-Type: text/plain; charset=utf-8

déjà`},
	},
	// While nothing listens at the relay, anacron reports the exit status. A spool keeps
	// the mails; each user has a directory there.
	{
		"relay that is down", `(
ln -s sendmail /usr/sbin/mailpipe
server=$(sed -n 's/^server = "smtp:..127.0.0.1:\(.*\)"/smtp:\/\/relay:\1/p' /etc/mailpipe/config.toml)
export MAILPIPE_SERVER="$server"
echo '127.0.0.9 relay' >>/etc/hosts
echo '1 0 kept echo déjà' >/etc/anacrontab
anacron -d -n -f -t /etc/anacrontab 2>&1 | grep 'sendmail) exited with status 75'
install -d -m 1733 /var/spool/mailpipe
export MAILPIPE_SPOOL=system:
anacron -d -n -f -t /etc/anacrontab
printf kept | setpriv --reuid=65534 --regid=65534 --clear-groups mime-construct --to root --subject kept --file -
sed -i s/127.0.0.9/127.0.0.1/ /etc/hosts
mailpipe queue flush --all --all-users
)
`,
		[]string{`<host@example.org> to admin@example.org
From: root@web1 (Anacron) <host@example.org>
To: root <admin@example.org>
Subject: Anacron job 'kept' on web1
Content-Type: text/plain; charset=utf-8

déjà`,
			`<host@example.org> to admin@example.org
From: nobody <host@example.org>
To: root <admin@example.org>
Subject: kept
Content-Type: 

kept`},
	},
}
