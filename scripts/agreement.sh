#!/bin/bash
# agreement.sh [-n RUNS] [-p SECONDS] [-s SECONDS]: do whole runs of the floor and null
# families agree with each other? A neighbour comes and goes on the next CPU meanwhile.
#   -n  how many runs (default 5)
#   -p  pause between two runs (default 120)
#   -s  seconds that a run measures (default 20)
# Rows that a run marks noisy do not count in that run. Prints the spread of each row's
# figures, and the verdict. Exit status 0: within 2 %; 1: not; 3: too few figures to say.
set -eu
cd "$(dirname "$0")/.."
syscost=${BUILD:-build}/syscost
runs=5 pause=120 seconds=20

while getopts n:p:s: opt; do
	case $opt in
	n) runs=$OPTARG ;;
	p) pause=$OPTARG ;;
	s) seconds=$OPTARG ;;
	*)
		sed -n '2,7s/^# //p' "$0" >&2
		exit 2
		;;
	esac
done

# "0-3,8" as words
cpus() {
	local part
	for part in ${1//,/ }; do
		seq -s ' ' "${part%-*}" "${part#*-}"
	done
}

# Measure on the last CPU; the neighbour is its sibling thread, or else any other.
allowed=$(cpus "$(taskset -pc $$ | sed 's/.*: //')" | tr '\n' ' ')
cpu=${allowed% } cpu=${cpu##* }
topology=/sys/devices/system/cpu/cpu$cpu/topology
siblings=$(cat "$topology/thread_siblings_list" 2>/dev/null ||
	echo "$cpu")
beside=
for c in $(cpus "$siblings") $allowed; do
	[ -n "$beside" ] || [ "$c" = "$cpu" ] || [[ " $allowed" != *" $c "* ]] ||
		beside=$c
done

# Busy for one to four seconds, gone for as long, again and again.
neighbour() {
	while :; do
		taskset -c "$beside" timeout $((RANDOM % 4 + 1)) \
			sh -c 'while :; do :; done' || :
		sleep $((RANDOM % 4 + 1))
	done
}

dir=$(mktemp -d)
busy=
leave() {
	[ -z "$busy" ] || {
		kill "$busy" 2>/dev/null
		pkill -P "$busy" || :
	}
	rm -rf "$dir"
}
trap leave EXIT
trap 'exit 2' INT TERM

if [ -n "$beside" ]; then
	echo "measuring on CPU $cpu, the neighbour comes and goes on CPU $beside"
	neighbour 2>/dev/null &
	busy=$!
else
	echo "measuring on CPU $cpu; there is no other CPU for a neighbour"
fi
for ((i = 1; i <= runs; i++)); do
	[ "$i" -eq 1 ] || sleep "$pause"
	"$syscost" run --cpu "$cpu" --seconds "$seconds" --no-plots -o "$dir/$i" \
		'null/*' 'floor/*' >/dev/null 2>"$dir/err" || {
		cat "$dir/err" >&2
		exit 2
	}
	echo "run $i of $runs: $(grep -c ',ok,' "$dir/$i/results.csv") rows ok," \
		"$(grep -c ',noisy,' "$dir/$i/results.csv" || :) noisy"
done

# An ok row has no reason, and no field before its figure has a comma.
cat "$dir"/*/results.csv | awk -F, '
	$6 == "ok" {
		n[$1]++
		if (n[$1] == 1 || $8 < lo[$1]) lo[$1] = $8
		if (n[$1] == 1 || $8 > hi[$1]) hi[$1] = $8
	}
	END {
		printf "%-28s %5s %12s %12s %8s\n", "row", "runs", "least ns", "most ns",
			"spread"
		for (id in n) {
			spread = (hi[id] / lo[id] - 1) * 100
			printf "%-28s %5d %12.4g %12.4g %7.2f%%\n", id, n[id], lo[id],
				hi[id], spread | "sort"
			if (n[id] < 2) continue
			rows++
			if (spread > worst) { worst = spread; which = id }
		}
		close("sort")
		if (!rows) { print "verdict: no row was ok in two runs"; exit 3 }
		printf "verdict: %d rows, widest %.2f %% (%s): %swithin 2 %%\n", rows,
			worst,
			which, worst > 2 ? "not " : ""
		exit worst > 2
	}'
