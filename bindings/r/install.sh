#!/bin/sh
# Installs a package into a library, unless that was done since it was made:
# install.sh R TARBALL LIBRARY LOG
set -eu

if [ "$4" -nt "$2" ] && [ -d "$3/stpfin" ]; then
	exit 0
fi
mkdir -p "$3"
MAKEFLAGS=-j$(nproc) "$1" CMD INSTALL --library="$3" "$2" >"$4.new" 2>&1 || {
	cat "$4.new"
	exit 1
}
mv "$4.new" "$4"
