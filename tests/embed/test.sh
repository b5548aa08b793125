#!/bin/sh
# That the library can be used from outside: test.sh BUILD PLAN
# Installs BUILD into a temporary folder and looks at what came there.

# shellcheck disable=SC2086 # lists of options are to be split
set -eu

build=$1
plan=$2
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
meson=${MESON:-meson}
cc=${CC:-cc}
cxx=${CXX:-c++}
warnings='-Wall -Wextra -Wpedantic -Werror'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# Runs a command that is to succeed, and shows what it says only if it does not.
must() {
	what=$1
	shift
	"$@" >"$work/said" 2>&1 || {
		cat "$work/said" >&2
		fail "$what"
	}
}

must "meson install of $build" \
	"$meson" install -C "$build" --no-rebuild --tags devel,runtime --destdir "$work/installed"
pc=$(find "$work/installed" -name stpfin.pc)
[ -n "$pc" ] || fail "stpfin.pc is not installed"
if find "$work/installed" -name libstpfin.so -exec nm -D {} + | grep -q __asan_; then
	echo "built with a sanitizer: skipped"
	exit 77
fi
prefix="$work/installed$(sed -n 's/^prefix=//p' "$pc")"
folder=$(dirname "$pc")
include="$prefix/include"
library=$(dirname "$folder")
[ -f "$include/stpfin/stpfin.h" ] || fail "stpfin/stpfin.h is not installed in $include"
for file in libstpfin.so libstpfin.a; do
	[ -f "$library/$file" ] || fail "$file is not installed in $library"
done
echo "installed: headers, shared and static library, stpfin.pc"

stpfin_config() {
	PKG_CONFIG_PATH=$folder pkg-config --define-variable=prefix="$prefix" "$@" stpfin
}

must "pkg-config cannot read stpfin.pc" stpfin_config --exists --print-errors
declared=$(sed -n 's/.*define STPFIN_VERSION "\(.*\)".*/\1/p' "$include/stpfin/version.h")
[ "$(stpfin_config --modversion)" = "$declared" ] ||
	fail "stpfin.pc has version $(stpfin_config --modversion), version.h $declared"
echo "pkg-config: version $declared, as in version.h"

n=0
for header in "$include"/stpfin/*.h; do
	name=stpfin/$(basename "$header")
	printf '#include <%s>\nextern int alone;\n' "$name" >"$work/alone.c"
	cp "$work/alone.c" "$work/alone.cpp"
	must "$name does not compile alone as C17" \
		"$cc" -std=c17 $warnings -fsyntax-only -I"$include" "$work/alone.c"
	must "$name does not compile alone as C++17" \
		"$cxx" -std=c++17 $warnings -fsyntax-only -I"$include" "$work/alone.cpp"
	n=$((n + 1))
done
echo "headers: each of $n compiles alone as C17 and as C++17"

# The linker adds the ends of its sections.
nm -D --defined-only "$library/libstpfin.so" | awk '{ print $NF }' |
	grep -vx -e __bss_start -e _edata -e _end >"$work/exported" || true
[ -s "$work/exported" ] || fail "libstpfin.so exports nothing"
! grep -v '^stpfin_' "$work/exported" || fail "libstpfin.so exports the above, without stpfin_"
! grep '__' "$work/exported" || fail "libstpfin.so exports the above, which are private"
nm -g --defined-only "$library/libstpfin.a" | awk 'NF == 3 { print $3 }' >"$work/global"
! grep -v '^stpfin_' "$work/global" || fail "libstpfin.a defines the above, without stpfin_"
echo "symbols: $(wc -l <"$work/exported") exported and $(wc -l <"$work/global") global," \
	"all beginning with stpfin_"

# Every function the headers declare is there, and no other.
cat "$include"/stpfin/*.h | tr '\n' ' ' | sed 's/STPFIN_EXPORT/\
&/g' |
	sed -n 's/^STPFIN_EXPORT [^(]*\(stpfin_[a-z0-9_]*\)(.*/\1/p' | sort -u >"$work/declared"
sort "$work/exported" | must "what is exported is not what the headers declare" \
	diff "$work/declared" -
echo "symbols: those that the headers declare, and no other"

# The static library alone, so that the linker has no choice.
mkdir "$work/static"
cp "$library/libstpfin.a" "$work/static"

build_and_run() {
	kind=$1
	language=$2
	shift 2
	program="$work/use-$kind-$language"
	must "the $language program does not build against the $kind library" "$@" -o "$program"
	LD_LIBRARY_PATH=$library "$program" "$plan" >"$work/gap" 2>&1 || {
		cat "$work/gap" >&2
		fail "the $language program with the $kind library cannot read $plan"
	}
	[ -s "$work/gap" ] || fail "the $language program with the $kind library prints nothing"
	[ -f "$work/first" ] || cp "$work/gap" "$work/first"
	cmp -s "$work/gap" "$work/first" ||
		fail "the $language program with the $kind library prints another gap"
	if LD_LIBRARY_PATH=$library "$program" "$work/no such plan" >"$work/error" 2>&1; then
		fail "the $language program with the $kind library takes no plan for one"
	fi
	grep -q "no such plan" "$work/error" ||
		fail "the $language program with the $kind library does not say what is wrong:" \
			"$(cat "$work/error")"
	echo "$kind library: a $language program builds, reads the plan and tells an error"
}

cflags=$(stpfin_config --cflags)
shared=$(stpfin_config --libs)
static="-L$work/static $(stpfin_config --static --libs | sed "s|-L$library||g")"
build_and_run shared C "$cc" -std=c17 $warnings $cflags "$here/use.c" $shared
build_and_run shared C++ "$cxx" -std=c++17 $warnings $cflags "$here/use.cpp" $shared
build_and_run static C "$cc" -std=c17 $warnings $cflags "$here/use.c" $static
build_and_run static C++ "$cxx" -std=c++17 $warnings $cflags "$here/use.cpp" $static
echo "England's total gap: $(tail -n 1 "$work/first")"

project="$work/project"
mkdir -p "$project/subprojects"
ln -s "$source" "$project/subprojects/stpfin"
cp "$here/use.c" "$project"
cat >"$project/meson.build" <<'MESON'
project('use', 'c', default_options: ['c_std=c17'])
stpfin = dependency('stpfin', fallback: 'stpfin',
  default_options: ['tests=false', 'benchmarks=false', 'default_library=static'])
executable('use', 'use.c', dependencies: stpfin)
MESON
must "meson setup of a project with stpfin as a subproject" \
	"$meson" setup --force-fallback-for stpfin "$project/build" "$project"
must "meson compile of a project with stpfin as a subproject" \
	"$meson" compile -C "$project/build" use
"$project/build/use" "$plan" >"$work/gap" || fail "the project with stpfin as a subproject does not run"
cmp -s "$work/gap" "$work/first" || fail "the project with stpfin as a subproject prints another gap"
echo "subproject: a Meson project builds with stpfin in subprojects and runs"
