# An upgrade keeps the configuration, also if the next version has another one.
apt-get install ./mailpipe_*.deb ./mailpipe-mta_*.deb
update-alternatives --set mailx /usr/bin/mailpipe
echo 'default = "relay"' >>/etc/mailpipe/config.toml
echo secret >/var/lib/mailpipe/password
cp /etc/mailpipe/config.toml /kept

# next LINE builds the packages of version 9, with a line more in the configuration.
next() {
	for package in ./mailpipe_*.deb ./mailpipe-mta_*.deb; do
		dpkg-deb --raw-extract "$package" next
		sed -i "s/^Version: .*/Version: 9-1/; s/(= .*)/(= 9-1)/" next/DEBIAN/control
		[ ! -e next/etc ] || echo "$1" >>next/etc/mailpipe/config.toml
		dpkg-deb -Znone --build next "next-${package#./}"
		rm -r next
	done
}
next '# new'
apt-get -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install ./next-*.deb
test "$(dpkg-query -W -f '${Version} ' mailpipe mailpipe-mta)" = '9-1 9-1 '
cmp /kept /etc/mailpipe/config.toml
grep '^# new$' /etc/mailpipe/config.toml.dpkg-dist
grep '^secret$' /var/lib/mailpipe/password
test "$(stat -c '%U:%G %a' ~mailpipe)" = 'mailpipe:mailpipe 700'
update-alternatives --query mailx | grep '^Status: manual$'
test "$(readlink --canonicalize /usr/bin/mail)" = /usr/bin/mailpipe
