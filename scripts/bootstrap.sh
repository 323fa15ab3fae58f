#!/bin/sh
# bootstrap.sh TARGET: installs what is missing and runs `make TARGET` (bench, check, …).
set -eu

if [ $# -ne 1 ]; then
	echo "usage: scripts/bootstrap.sh bench|check|all" >&2
	exit 2
fi
cd "$(dirname "$0")/.."
scripts/install-deps.sh
exec make -j "$(nproc)" "$1"
