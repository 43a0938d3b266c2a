# Beside Postfix, the package leaves its sendmail alone.
sha256sum /usr/sbin/sendmail /usr/bin/mailq /usr/bin/newaliases >/sums
apt-get install ./mailpipe_*.deb
sha256sum --check /sums
test "$(readlink /usr/lib/sendmail)" = ../sbin/sendmail
dpkg --status postfix | grep '^Status: install ok installed$'
mailpipe send -f alice@example.org -t bob@example.org -s x --body text -S sink:/Mail
test "$(find /Mail/new -type f | wc -l)" = 1
for section in 1:mailpipe 1:mailpipe-send 5:mailpipe-config 7:mailpipe-examples; do
	man --where "${section%:*}" "${section#*:}"
done

# The shells find the completions.
bash -c '. /usr/share/bash-completion/completions/mailpipe; complete -p mailpipe'
zsh -c 'autoload -U compinit; compinit -u -D; whence -w _mailpipe'
fish --command 'complete --do-complete "mailpipe comp"' | grep '^compose.write a MIME message'
