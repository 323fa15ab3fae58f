#!/bin/bash
# self-test-noise.sh [COMPARISONS] [FOLDER]: A/A until so many benchmark comparisons are
# made (10,000), the last tenth of them with a neighbour load that comes and goes. No
# false alarm is allowed in either part. It goes on where an earlier one was interrupted.
# Exit status 1 if there was a false alarm.
set -eu
cd "$(dirname "$0")/.."
syscost=${SYSCOST:-build/syscost}
wanted=${1:-10000}
dir=${2:-results/self-test-noise}
mkdir -p "$dir"

count() { # FILE KEY: a total of a noise file, 0 where there is none
	[ -e "$1" ] || { echo 0; return; }
	"$syscost" noise --runs 0 --noise "$1" --format json |
		sed -n "s/^ *\"$2\": \([0-9]*\),*$/\1/p"
}

# A busy loop, on every CPU in turn, on and off: no period that a round could hide in.
neighbour() {
	while :; do
		for cpu in $(seq 0 $(($(nproc) - 1))); do
			timeout 1.7 taskset -c "$cpu" sh -c 'while :; do :; done' || true
			sleep 1.3
		done
	done
}

part() { # NAME COMPARISONS
	local file=$dir/$1.json
	while [ "$(count "$file" comparisons)" -lt "$2" ]; do
		"$syscost" noise --runs 1 --quick --noise "$file" >/dev/null
		echo "$1: $(count "$file" comparisons) of $2 comparisons," \
			"$(count "$file" false_alarms) false alarms"
	done
}

part alone $((wanted - wanted / 10))
neighbour &
load=$!
trap 'kill "$load" 2>/dev/null || true' EXIT
part beside-a-neighbour $((wanted / 10))

alarms=$(($(count "$dir/alone.json" false_alarms) +
	$(count "$dir/beside-a-neighbour.json" false_alarms)))
"$syscost" noise --runs 0 --noise "$dir/alone.json"
"$syscost" noise --runs 0 --noise "$dir/beside-a-neighbour.json"
echo "$alarms false alarms"
[ "$alarms" -eq 0 ]
