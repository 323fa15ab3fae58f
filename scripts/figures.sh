#!/bin/bash
# figures.sh [SECONDS]: what the program itself costs. It measures a clean build, the
# start of `syscost list`, and the memory of a run (of SECONDS; default: a standard one).
# Exit status 1 if one of them is beyond its limit.
set -eu
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0

say() { # what, figure, unit, limit
	local verdict=fine
	awk "BEGIN { exit !($2 > $4) }" && verdict="too much" bad=1
	printf '%-48s %8s %-4s (limit %s): %s\n' "$1" "$2" "$3" "$4" "$verdict"
}

start=$EPOCHREALTIME
make -s -j "$(nproc)" BUILD="$dir/build" all
seconds=$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $start }")
say "clean build, make -j $(nproc)" "$seconds" s 20

# Median milliseconds of 50 starts, with the shell's fork.
starts() {
	local i start
	for ((i = 0; i < 50; i++)); do
		start=$EPOCHREALTIME
		"$@" >/dev/null
		echo $((${EPOCHREALTIME/[.,]/} - ${start/[.,]/}))
	done | sort -n | awk 'NR == 25 { printf "%.1f", $1 / 1000 }'
}
say "syscost list, median of 50 (/bin/true: $(starts /bin/true) ms)" \
	"$(starts "$dir/build/syscost" list)" ms 10

# The kernel's figure is of the largest process: the program or one of its workers.
/usr/bin/time -f %M -o "$dir/memory" "$dir/build/syscost" run ${1:+--seconds "$1"} \
	-o "$dir/out" >/dev/null 2>"$dir/err" || {
	tail -1 "$dir/err" >&2
	echo "syscost: the run failed, or was too short for a figure" >&2
	exit 2
}
say "peak memory of a run, its largest process" \
	"$(awk 'END { printf "%.1f", $1 / 1024 }' "$dir/memory")" MiB 64
exit $bad
