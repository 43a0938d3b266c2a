#!/bin/sh
# Prints the version in the form of a package format:
#
#	internal/pack/version.sh deb|rpm|apk|archlinux
#
# It is VERSION, else the tag of this commit. In every format v1.0.0-rc.1 is before
# v1.0.0. Without a tag, or if a file was changed, it is before every version.
set -eu
cd "$(dirname "$0")/../.."
: "${VERSION:=$(git -c safe.directory='*' describe --tags --exact-match --match 'v[0-9]*' --dirty \
	2>/dev/null || echo -dirty)}"
case $VERSION in
*-dirty) VERSION=v0.0.0-dev ;;
esac
form='v[0-9]+\.[0-9]+\.[0-9]+(-[a-z]+(\.?[0-9]+)?)?'
if ! printf %s "$VERSION" | grep -Eqxz "$form"; then
	echo "packages: invalid VERSION $VERSION: use a form such as v1.2.3 or v1.2.3-rc.1" >&2
	exit 1
fi
case $1 in
deb | rpm) form='s/-/~/' ;;
apk) form='s/-dev$/_git/; s/-\([a-z]*\)\.*/_\1/' ;;
archlinux) form='s/-//' ;;
esac
echo "${VERSION#v}" | sed "$form"
