#!/bin/bash
# self-test-relink.sh [PAIRS] [FOLDER]: link the same objects in another order, with
# padding between them, and compare that with the program as built. It does so PAIRS (20)
# times. Where code lies is no regression: no alarm is allowed. It goes on where an
# earlier one stopped.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
pairs=${1:-20}
dir=${2:-results/self-test-relink}
mkdir -p "$dir"

whole() { # FOLDER: it was not interrupted
	[ -e "$1/compare.json" ] && ! grep -q '"stopped": true' "$1/compare.json"
}
objects=$(find "$build/src" "$build/bench" -name '*.o' | sort)
libs=$(make -s print-libs)

alarms=0
for i in $(seq 1 "$pairs"); do
	out=$dir/$i
	if ! whole "$out"; then
		rm -rf "$out"
		# Padding of a random size in front of each third of the objects.
		for part in 1 2 3; do
			echo ".text; .skip $((RANDOM % 4096)), 0x90" |
				as -o "$dir/pad-$part.o" -
		done
		# shellcheck disable=SC2046,SC2086 # lists of words
		${CC:-cc} -Wl,-z,now -Wl,--build-id -o "$dir/syscost-$i" \
			"$dir/pad-1.o" $(printf '%s\n' $objects "$dir/pad-2.o" \
				"$dir/pad-3.o" | shuf) $libs
		status=0
		"$build/syscost" ab --base "$build/syscost" --head "$dir/syscost-$i" \
			--quick -o "$out" >/dev/null || status=$?
		[ $status -le 1 ] || [ $status -eq 3 ] || exit $status
		rm -f "$dir/syscost-$i" "$dir"/pad-*.o
	fi
	found=$(cut -d, -f2 "$out/verdicts.csv" |
		grep -cE '^(regressed|improved)$' || true)
	alarms=$((alarms + found))
	echo "pair $i: $found alarms"
done
echo "$alarms alarms in $pairs rebuilt pairs"
[ "$alarms" -eq 0 ]
