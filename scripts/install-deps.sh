#!/bin/sh
# Installs what building, testing and plotting need. Debian and Ubuntu only; elsewhere it
# says what is needed. Uses sudo when not root. With --dev also what `make lint`,
# `make sanitize CC=clang` and scripts/figures.sh need.
set -eu

packages="gcc make pkg-config libc6-dev liburing-dev libjansson-dev libpfm4-dev
libseccomp-dev libcmocka-dev gnuplot-nox fonts-dejavu-core bats binutils procps shellcheck
libxml2-utils python3-jsonschema python3-prometheus-client python3-yaml libbenchmark-tools
cmark-gfm"
dev="clang clang-format libclang-rt-dev time zsh fish groff-base"
[ "${1:-}" != --dev ] || packages="$packages $dev"

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
	echo "syscost: this is not Debian or Ubuntu; install what these packages hold:" \
		>&2
	echo "$packages" >&2
	exit 2
fi

missing=
for p in $packages; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	sudo=sudo
	if ! command -v sudo >/dev/null 2>&1; then
		echo "syscost: not root and no sudo; as root: apt-get install$missing" >&2
		exit 2
	fi
fi
$sudo apt-get update -q
# shellcheck disable=SC2086 # a list of words
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
	--no-install-recommends $missing
