#!/bin/sh
# R's own check of the package, offline: check.sh R TARBALL
# Passes if there is no error, warning or note.
set -eu

r=$1
tarball=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
export MAKEFLAGS="-j$(nproc)" LC_ALL=C.UTF-8

"$r" CMD check --no-manual "$tarball" >check.log 2>&1 || true
grep -vE '\.\.\. OK$|^\*( using|  *this)' check.log
find stpfin.Rcheck -name '*.Rout.fail' -exec cat {} +
grep -qx 'Status: OK' check.log
