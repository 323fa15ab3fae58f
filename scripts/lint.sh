#!/bin/sh
# What a reviewer should not have to look for: shellcheck, clang-format, and warnings of
# both compilers, also in what `make check` does not build. Also lines and files that are
# too long, headers that do not say what they are for, and notes to oneself. Needs what
# `scripts/install-deps.sh --dev` installs. Exit status 1, and the places, where something
# is found.
set -eu
cd "$(dirname "$0")/.."
for tool in shellcheck clang-format clang gcc; do
	if ! command -v $tool >/dev/null; then
		echo "syscost: $tool is not installed: scripts/install-deps.sh --dev" >&2
		exit 2
	fi
done

# Files by their patterns, also those that are not committed yet, each ended by a NUL.
files() {
	git ls-files -z -co --exclude-standard -- "$@"
}

# That every test has variables of its own is how bats works (SC2030, SC2031).
files '*.sh' '*.bats' '*.bash' .ci/run | xargs -0 shellcheck -e SC2030,SC2031
files '*.c' '*.h' | xargs -0 clang-format --dry-run -Werror

# Ninety columns, a tab up to the next multiple of eight; a character of UTF-8 is one. A
# line that is nothing but a text (of --help, mostly) cannot be broken. clang-format puts
# the backslash of a macro into the next column.
# shellcheck disable=SC2016 # awk's own variables
wide='
/^\t*"([^"\\]|\\.)*"[,;)]*( *\\)?$/ { next }
{
	line = $0
	if (FILENAME ~ /\.[ch]$/)
		sub(/[ \t]*\\$/, "", line)
	gsub(/[\200-\277]/, "", line)
	n = split(line, part, "\t")
	columns = length(part[n])
	for (i = 1; i < n; i++)
		before += length(part[i]) + 8 - (before + length(part[i])) % 8
	columns += before
	before = 0
	if (columns > 90)
		print FILENAME ":" FNR ": " columns " columns"
}'
found=$(
	files '*.c' '*.h' '*.sh' '*.bats' '*.bash' .ci/run | LC_ALL=C xargs -0 awk "$wide"
	files 'src/*' 'bench/*' 'include/*' | xargs -0 wc -l |
		awk '$1 > 500 && $2 != "total" { print $2 ": " $1 " lines" }'
	files 'src/*.h' 'include/*.h' | xargs -0 awk 'FNR == 2 && !/^\/\*/ {
		print FILENAME ": does not open with what it is for" }'
	files '*.c' '*.h' '*.sh' '*.bats' '*.bash' Makefile '*.gp' |
		xargs -0 grep -nwE 'TOD[O]|FIXM[E]|XX[X]' || :
)
if [ -n "$found" ]; then
	printf '%s\n' "$found"
	exit 1
fi

for cc in gcc clang; do
	build=${BUILD:-build}/lint-$cc
	make -s -j "$(nproc)" CC=$cc BUILD="$build" all unit helpers tools
done
make -s -j "$(nproc)" BUILD="${BUILD:-build}" fuzz
scripts/check-layers.sh
