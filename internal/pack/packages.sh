#!/bin/sh
# Builds the packages in the directory OUT, or in dist:
#
#	internal/pack/packages.sh [OUT]
#
# version.sh prints the version. ARCH is the processor, as in the names of archives, and
# MAINTAINER who builds the packages. The same SOURCE_DATE_EPOCH gives the same packages.
set -eu
umask 022
cd "$(dirname "$0")/../.."
mkdir -p "${1:-dist}"
out=$(cd "${1:-dist}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

: "${SOURCE_DATE_EPOCH:=$(git -c safe.directory='*' log -1 --format=%ct 2>/dev/null || date -r CHANGELOG.md +%s)}"
case $SOURCE_DATE_EPOCH in
*[!0-9]*)
	echo "packages: invalid SOURCE_DATE_EPOCH $SOURCE_DATE_EPOCH: use seconds since 1970" >&2
	exit 1
	;;
esac
: "${ARCH:=$(go env GOARCH)}"
: "${MAINTAINER:=The mailpipe authors <mailpipe@example.org>}"
export SOURCE_DATE_EPOCH MAINTAINER
unset GOOS GOARCH # programs that this script builds run here
version=$(internal/pack/version.sh deb)

# The files of the package mailpipe, below /usr.
go run ./internal/pack tree "$work/root" "linux/$ARCH"
doc=$work/root/share/doc/mailpipe
mkdir "$work/root/share/doc" "$doc"
gzip -9n "$work"/root/share/man/*/*
gzip -9n <CHANGELOG.md >"$doc/changelog.gz"
internal/pack/copyright.sh >"$doc/copyright"
gzip -9n >"$work/changelog.Debian.gz" <<END
mailpipe ($version-1) unstable; urgency=medium

  * See changelog.gz.

 -- $MAINTAINER  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
cp -r internal/pack/nfpm "$work"
chmod -R u=rwX,go=rX "$work" # whatever the modes of this copy are
find "$work" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +

# package NAME FORMAT builds a package.
package() {
	version=$(internal/pack/version.sh "$2")
	(cd "$work" && ARCH=$(echo "$ARCH" | sed s/armv/arm/) VERSION=$version \
		go run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2 package \
		--config "nfpm/$1.yaml" --packager "$2" --target "$out")
}
for format in rpm apk archlinux; do
	package mailpipe "$format"
done
zsh=$work/root/share/zsh
mv "$zsh/site-functions" "$zsh/vendor-completions" # where Debian's zsh looks
package mailpipe deb
package mailpipe-mta deb
