# mail(1) is an alternative, with its names and man pages.
target() { readlink --canonicalize "$1"; }
apt-get install ./mailpipe_*.deb
for name in mailx mail Mail; do
	test "$(target /usr/bin/$name)" = /usr/bin/mailpipe
	test "$(target /usr/share/man/man1/$name.1.gz)" = /usr/share/man/man1/mailpipe-mailx.1.gz
done
update-alternatives --query mailx | grep '^Priority: 10$'

# bsd-mailx has a higher priority, until the administrator chooses.
apt-get install ./bsd-mailx_*.deb ./liblockfile*.deb
test "$(target /usr/bin/mailx)" = /usr/bin/bsd-mailx
update-alternatives --set mailx /usr/bin/mailpipe
for name in mailx mail Mail; do
	test "$(target /usr/bin/$name)" = /usr/bin/mailpipe
	test "$(target /usr/share/man/man1/$name.1.gz)" = /usr/share/man/man1/mailpipe-mailx.1.gz
	echo text | MAILPIPE_SERVER=sink:/Mail MAILPIPE_FROM=alice@example.org $name -s "from $name" bob@example.org
	grep "^Subject: from $name" -r /Mail/new
done

apt-get remove mailpipe
test "$(target /usr/bin/mailx)" = /usr/bin/bsd-mailx
