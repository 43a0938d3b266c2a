# A purge leaves no file, also if the package was used.
names() { find /etc /usr /var -xdev -path /var/tmp -prune -o -print | sort; }
apt-get purge postfix
names >/tmp/before
apt-get install ./mailpipe_*.deb ./mailpipe-mta_*.deb
echo 'default = "relay"' >>/etc/mailpipe/config.toml
mkdir -p /var/lib/mailpipe/.config/mailpipe
cp /etc/mailpipe/config.toml /var/lib/mailpipe/.config/mailpipe
systemctl enable mailpipe-submit.socket
names | grep /etc/systemd/system/sockets.target.wants/mailpipe-submit.socket
apt-get purge mailpipe mailpipe-mta
names >/tmp/after
diff /tmp/before /tmp/after
