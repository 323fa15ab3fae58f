#!/bin/bash
# self-test-power.sh [TRIES] [FOLDER]: slow random benchmarks down by a known amount. Does
# the gate find them? Of TRIES (100) each, at 5 % and at 3 %, 95 of 100 must be found.
# What is measured must grow with what is injected: slope 1 +- 0.03.
# A comparison is of 70 benchmarks chosen at random, of which some are slowed down. It
# takes as long as `ab` by default, 110 seconds. As a user would, this first learns what 5
# A/A comparisons of all benchmarks show here. Those take longer, so that a benchmark has
# as much time in them as in a comparison of 70.
# It goes on where an earlier one was interrupted. Exit status 1 if a bound is missed.
set -eu
cd "$(dirname "$0")/.."
syscost=${SYSCOST:-build/syscost}
tries=${1:-100}
dir=${2:-results/self-test-power}
rows=25 # slowed down in one comparison, of so many:
all=70
learning=$((110 * $("$syscost" list --format csv | sed '1d; /^batch\//d' | wc -l) / all))
trap 'exit 130' INT
mkdir -p "$dir"

whole() { # FOLDER: it was not interrupted
	[ -e "$1/compare.json" ] && ! grep -q '"stopped": true' "$1/compare.json"
}
noise=$dir/noise.json

learnt() { # comparisons that taught something; 0 where there is no file
	[ -e "$noise" ] || { echo 0; return; }
	"$syscost" noise --runs 0 --noise "$noise" --format json | awk -F'[:,]' '
		/"runs"/ { runs = $2 }
		/"runs_contaminated"/ { bad = $2 }
		END { print runs - bad }'
}

for _ in $(seq 1 15); do
	[ "$(learnt)" -lt 5 ] || break
	"$syscost" noise --runs 1 --seconds "$learning" --noise "$noise" >/dev/null
	echo "A/A: comparison $(learnt) of 5 done"
done

for share in 5 3; do
	for i in $(seq 1 $(((tries + rows - 1) / rows))); do
		out=$dir/$share-$i
		! whole "$out" || continue
		rm -rf "$out"
		status=0
		mapfile -t some < <("$syscost" list --format csv |
			sed '1d; s/,.*//; /^batch\//d' | shuf -n $all)
		"$syscost" ab --base self --head self --inject $share \
			--inject-rows $rows --noise "$noise" \
			-o "$out" "${some[@]}" \
			>/dev/null || status=$?
		[ $status -le 1 ] || [ $status -eq 3 ] || exit $status
		echo "$share %: comparison $i done"
	done
done

# "SHARE FOUND SLOPE" of every row that was slowed down; texts may hold commas: cut them.
for share in 5 3; do
	sed -s 's/"[^"]*"//g' "$dir/$share"-*/verdicts.csv | awk -F, -v share=$share '
		$1 == "id" { for (i = 1; i <= NF; i++) column[$i] = i; next }
		$column["injected"] > 1 {
			slope = "-"
			if ($column["ratio"] != "")
				slope = ($column["ratio"] - 1) / ($column["injected"] - 1)
			print share, $column["verdict"] == "regressed", slope
		}'
done >"$dir/rows"

bad=0
for share in 5 3; do
	awk -v share=$share -v need=95 -v tries="$tries" '
		$1 == share { tried++; found += $2 }
		END {
			printf "+%d %%: %d of %d found (wanted: %d %%)\n", share, found,
				tried, need
			exit tried < tries || 100 * found < need * tried
		}' "$dir/rows" || bad=1
done
# The median, and the order statistics that hold it with 95 % confidence.
awk '$3 != "-" { print $3 }' "$dir/rows" | sort -g | awk '
	{ slope[NR] = $1 }
	END {
		k = int((NR - 1.96 * sqrt(NR)) / 2)
		if (k < 1)
			k = 1
		mid = (slope[int((NR + 1) / 2)] + slope[int(NR / 2) + 1]) / 2
		printf "measured over injected: %.3f (95 %%: %.3f to %.3f, ",
			mid, slope[k], slope[NR + 1 - k]
		print "wanted: 0.97 to 1.03)"
		exit mid < 0.97 || mid > 1.03
	}' || bad=1
exit $bad
