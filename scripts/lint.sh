#!/bin/sh
# What a reviewer should not have to look for: shellcheck, clang-format, and the warnings of
# both compilers. Needs what `scripts/install-deps.sh --dev` installs.
set -eu
cd "$(dirname "$0")/.."
for tool in shellcheck clang-format clang gcc; do
	if ! command -v $tool >/dev/null; then
		echo "syscost: $tool is not installed: scripts/install-deps.sh --dev" >&2
		exit 2
	fi
done

# Also files that are not committed yet. That every test has variables of its own is how
# bats works (SC2030, SC2031).
git ls-files -z -co --exclude-standard -- '*.sh' '*.bats' '*.bash' .ci/run |
	xargs -0 shellcheck -e SC2030,SC2031
git ls-files -z -co --exclude-standard -- '*.c' '*.h' |
	xargs -0 clang-format --dry-run -Werror
for cc in gcc clang; do
	make -s -j "$(nproc)" CC=$cc BUILD="${BUILD:-build}/lint-$cc" all unit helpers
done
scripts/check-layers.sh
