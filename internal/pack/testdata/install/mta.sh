# The package mailpipe-mta replaces Postfix.
apt-get install ./mailpipe_*.deb ./mailpipe-mta_*.deb
dpkg --status postfix | grep '^Status: deinstall ok config-files$'
for name in /usr/sbin/sendmail /usr/lib/sendmail /usr/bin/mailq /usr/bin/newaliases; do
	test "$(readlink --canonicalize $name)" = /usr/bin/mailpipe
done
for page in 8/sendmail.8 1/mailq.1 1/newaliases.1; do
	test "$(readlink --canonicalize /usr/share/man/man$page.gz)" = /usr/share/man/man1/mailpipe-sendmail.1.gz
done

# Mail of cron arrives. The jobs of the host do not run.
cp /etc/mailpipe/config.toml /examples
# example ACCOUNT prints an account of the packaged configuration.
example() { sed -n "/^# \[accounts.$1\]/,/^#\$/s/^# //p" /examples | sed "s,smtp://[^\"]*,smtp://$SINK,"; }
mailpipe sink --listen "$SINK" --count 2 eml:/mail &
server=$!
example relay >/etc/mailpipe/config.toml
echo 'root: alice@example.org' >/etc/aliases
rm -rf /etc/cron* /var/spool/cron/crontabs /run/crond.*
mkdir -p /etc/cron.d /var/spool/cron/crontabs
echo '@reboot root echo the job is done' >/etc/cron.d/job
cron -f -L 15 &

# A user submits mail with the units. Only the user mailpipe can read the login.
test "$(stat -c '%U:%G %a' ~mailpipe)" = 'mailpipe:mailpipe 700'
test "$(getent passwd mailpipe | cut -d : -f 7)" = /usr/sbin/nologin
mkdir -p ~mailpipe/.config/mailpipe
example relay >~mailpipe/.config/mailpipe/config.toml
chown -R mailpipe ~mailpipe/.config
(
	cd /usr/lib/systemd/system || exit
	systemd-analyze verify mailpipe-submit.socket mailpipe-submit@x.service
	# value KEY prints a setting of the units.
	value() { cat mailpipe-submit* | sed -n "s/^$1=//p"; }
	mkdir /run/mailpipe
	# shellcheck disable=SC2046 # a command and its arguments
	exec systemd-socket-activate --accept --inetd -l "$(value ListenStream)" \
		setpriv --reuid="$(value User)" --regid=mailpipe --clear-groups env HOME=/var/lib/mailpipe \
		$(value ExecStart)
) &
until [ -S /run/mailpipe/submit ]; do sleep 0.1; done
chmod 666 /run/mailpipe/submit # as systemd makes it
example host >/host.toml
setpriv --reuid=65534 --regid=65534 --clear-groups \
	mailpipe send --config /host.toml -f bob@example.org -t carol@example.org -s submitted --body text

wait $server
grep -l '^the job is done' /mail/*.eml | xargs grep '^Delivered-To: alice@example.org'
grep -l '^Subject: submitted' /mail/*.eml | xargs grep '^Delivered-To: carol@example.org'
