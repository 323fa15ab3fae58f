#!/bin/bash
# agreement.sh [-n RUNS] [-p SECONDS] [-s SECONDS] [-b]: do whole runs of the standard
# profile agree with each other, in what each row is compared in?
#   -n  how many runs (default 5)
#   -p  pause between two runs (default 120)
#   -s  seconds that a run measures (default 50)
#   -b  a neighbour comes and goes on the next CPU meanwhile
# Rows that a run marks noisy do not count in that run. Prints the spread of each row,
# (largest - least) / median over the runs, and the verdict. Exit status 1: it is too
# large; 3: there are too few figures to say. 0: half of all rows are within 1 %, of the
# user and vdso rows within 0.3 %, of null within 1.5 %, of file, ipc and poll within 2 %,
# and none is beyond 4 %.
set -eu
cd "$(dirname "$0")/.."
syscost=${BUILD:-build}/syscost
runs=5 pause=120 seconds=50 busy=

while getopts n:p:s:b opt; do
	case $opt in
	n) runs=$OPTARG ;;
	p) pause=$OPTARG ;;
	s) seconds=$OPTARG ;;
	b) busy=wanted ;;
	*)
		sed -n '2,12s/^# //p' "$0" >&2
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
pid=
leave() {
	[ -z "$pid" ] || {
		kill "$pid" 2>/dev/null
		pkill -P "$pid" || :
	}
	rm -rf "$dir"
}
trap leave EXIT
trap 'exit 2' INT TERM

if [ -z "$busy" ]; then
	echo "measuring on CPU $cpu, without a neighbour of ours"
elif [ -n "$beside" ]; then
	echo "measuring on CPU $cpu, the neighbour comes and goes on CPU $beside"
	neighbour 2>/dev/null &
	pid=$!
else
	echo "measuring on CPU $cpu; there is no other CPU for a neighbour"
fi
for ((i = 1; i <= runs; i++)); do
	[ "$i" -eq 1 ] || sleep "$pause"
	"$syscost" run --cpu "$cpu" --seconds "$seconds" --no-plots -o "$dir/$i" \
		>/dev/null 2>"$dir/err" || {
		cat "$dir/err" >&2
		exit 2
	}
	echo "run $i of $runs: $(grep -c ',ok,' "$dir/$i/results.csv") rows ok," \
		"$(grep -c ',noisy,' "$dir/$i/results.csv" || :) noisy"
done

# An ok row has no reason, and no field of it has a comma: fields can be counted.
cat "$dir"/*/results.csv | awk -F, '
	function sort(x, n,    i, k, t) {
		for (i = 2; i <= n; i++)
			for (k = i; k > 1 && x[k - 1] > x[k]; k--) {
				t = x[k]; x[k] = x[k - 1]; x[k - 1] = t
			}
	}
	function median(x, n) {
		sort(x, n)
		return n % 2 ? x[(n + 1) / 2] : (x[n / 2] + x[n / 2 + 1]) / 2
	}
	function judge(name, want, bound,    id, n, list, m) {
		n = 0
		for (id in spread)
			if (want == "" || kind[id] ~ want) list[++n] = spread[id]
		if (!n) return
		m = median(list, n)
		printf "verdict: %-16s %3d rows, half within %.2f %% (%.1f wanted)\n",
			name, n, m, bound
		if (m > bound) bad = 1
	}
	$1 == "id" { for (i = 1; i <= NF; i++) column[$i] = i; next }
	$column["status"] == "ok" {
		unit[$1] = $column["metric"] == "cycles" ? "cycles" : "ns"
		kind[$1] = $column["group"] " " $column["via"]
		value[$1, ++n[$1]] = $column[unit[$1]]
	}
	END {
		for (id in n) {
			if (n[id] < 2) continue
			for (i = 1; i <= n[id]; i++) x[i] = value[id, i] + 0
			m = median(x, n[id])
			spread[id] = (x[n[id]] - x[1]) / m * 100
			printf "%-34s %d runs %12.4g %-6s %7.2f %%\n", id, n[id], m,
				unit[id], spread[id] | "sort"
			if (spread[id] > worst) { worst = spread[id]; which = id }
			rows++
		}
		close("sort")
		if (!rows) { print "verdict: no row was ok in two runs"; exit 3 }
		judge("all", "", 1)
		judge("user and vdso", " (user|vdso|cached)$", 0.3)
		judge("null", "^null ", 1.5)
		judge("file, ipc, poll", "^(file|ipc|poll) ", 2)
		printf "verdict: widest %.2f %% (%s; 4.0 wanted)\n", worst, which
		exit bad || worst > 4
	}'
