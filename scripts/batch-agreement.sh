#!/bin/bash
# batch-agreement.sh FOLDER FOLDER…: do whole sweeps of 'batch/*' agree on break-evens? Of
# every strategy and baseline that all of them have: does one number lie in the 95 %
# intervals of all? Prints those for which it does not, and the share for which it does.
# An interval that holds the median with 95 % leaves one of 20 out. So a pair of runs is
# expected to part now and then. Exit status 1 if more than one of ten part.
set -eu
syscost=${SYSCOST:-$(dirname "$0")/../build/syscost}
if [ $# -lt 2 ]; then
	sed -n '2,6s/^# //p' "$0" >&2
	exit 2
fi

# Fields before the interval hold no comma, or are quoted: their commas become semicolons.
for folder in "$@"; do
	"$syscost" batch --format csv "$folder" |
		awk 'BEGIN { FS = OFS = "\"" }
			{ for (i = 2; i <= NF; i += 2) gsub(",", ";", $i) } 1'
done | awk -F, -v runs=$# '
	$1 == "workload" { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["breakeven_n_lo"] == "" { next }
	{
		id = $1 ", " $2 " bytes: " $3 " against " $4
		lo = $c["breakeven_n_lo"] + 0
		hi = $c["breakeven_n_hi"] == "" ? 1e9 : $c["breakeven_n_hi"] + 0 # open
		n[id]++
		if (n[id] == 1 || lo > low[id]) low[id] = lo
		if (n[id] == 1 || hi < high[id]) high[id] = hi
		shown[id] = shown[id] sprintf("  %g to %g", lo, hi)
	}
	END {
		for (id in n) {
			if (n[id] < runs) continue
			all++
			if (low[id] <= high[id]) { agree++; continue }
			print id ":" shown[id] | "sort"
		}
		close("sort")
		if (!all) {
			print "no break-even with an interval is in all folders"
			exit 1
		}
		printf "%d of %d break-evens agree (%.1f %%)\n", agree, all,
			100 * agree / all
		exit agree < 0.9 * all
	}'
