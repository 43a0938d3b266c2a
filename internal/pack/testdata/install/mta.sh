# The package mailpipe-mta replaces Postfix. Mail of cron arrives.
apt-get -y install ./mailpipe_*.deb ./mailpipe-mta_*.deb
dpkg --status postfix | grep '^Status: deinstall ok config-files$'
for name in /usr/sbin/sendmail /usr/lib/sendmail /usr/bin/mailq /usr/bin/newaliases; do
	test "$(readlink --canonicalize $name)" = /usr/bin/mailpipe
done
for page in 8/sendmail.8 1/mailq.1 1/newaliases.1; do
	test "$(readlink --canonicalize /usr/share/man/man$page.gz)" = /usr/share/man/man1/mailpipe-sendmail.1.gz
done

# The password of the user mailpipe is safe.
test "$(stat -c '%U:%G %a' ~mailpipe)" = 'mailpipe:mailpipe 700'
test "$(getent passwd mailpipe | cut -d : -f 7)" = /usr/sbin/nologin
systemctl enable mailpipe-submit.socket
systemd-analyze verify mailpipe-submit.socket mailpipe-submit@x.service

# The jobs of the host do not run.
rm -rf /etc/cron* /var/spool/cron/crontabs /run/crond.*
mkdir -p /etc/cron.d /var/spool/cron/crontabs
echo '@reboot root echo the job is done' >/etc/cron.d/job
mailpipe sink --listen 127.0.0.1:2525 --count 1 eml:/mail &
sed -i 's/^# \(\[accounts.relay\]\|from =\)/\1/; s/^# server = "smtp:.*/server = "smtp:\/\/127.0.0.1:2525"/' \
	/etc/mailpipe/config.toml
echo 'root: alice@example.org' >/etc/aliases
cron -f -L 15 &
wait %1
grep '^Delivered-To: alice@example.org' /mail/*.eml
grep '^From: "*root' /mail/*.eml
grep '^the job is done' /mail/*.eml
