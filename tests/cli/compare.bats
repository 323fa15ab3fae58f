# compare, on folders written by hand: every figure below is made up, none was measured.

setup() {
	SYSCOST=$PWD/${BUILD:-build}/syscost
	REFERENCE=$PWD/results/reference-epyc-zen4
	TMPDIR=$(mktemp -d)
	export TMPDIR XDG_STATE_HOME=$TMPDIR/state
	cd "$TMPDIR" || return 1
}

teardown() {
	cd / && rm -rf "$TMPDIR"
}

# folder DIR ID=NS… : twenty rounds of each row, jittering by 1 % the same way everywhere.
# NS may be skip or fail. PAIRING, KERNEL, LEVEL, PROBE (of a contended run) are optional.
folder() {
	local dir=$1 row
	shift
	mkdir "$dir"
	head -1 "$REFERENCE/results.csv" >"$dir/results.csv"
	head -1 "$REFERENCE/rounds.csv" >"$dir/rounds.csv"
	for row in "$@"; do
		awk -F, -v id="${row%%=*}" -v ns="${row#*=}" '{
			for (i = 1; i <= NF; i++) {
				v = ""
				if ($i == "id") v = id
				if ($i == "status") v = ns + 0 ? "ok" : ns
				if ($i == "reason" && !(ns + 0)) v = "because"
				if ($i == "ops") v = 1
				printf "%s%s", (i > 1 ? "," : ""), v
			}
			print ""
		}' <(head -1 "$REFERENCE/results.csv") >>"$dir/results.csv"
		[[ ${row#*=} == [0-9]* ]] || continue
		awk -F, -v id="${row%%=*}" -v ns="${row#*=}" -v probe="$PROBE" '{
			for (r = 0; r < 20; r++) {
				t = ns * 2.5 * (1 + (r * 7 % 11 - 5) / 500)
				for (i = 1; i <= NF; i++) {
					v = ""
					if ($i == "id") v = id
					if ($i == "round") v = r
					if ($i == "n") v = 100
					if ($i == "ticks" && !probe) v = t
					if ($i == "contended_ticks" && probe) v = t
					if ($i == "probe") v = probe ? probe : 1
					printf "%s%s", (i > 1 ? "," : ""), v
				}
				print ""
			}
		}' <(head -1 "$REFERENCE/rounds.csv") >>"$dir/rounds.csv"
	done
	cat >"$dir/run.json" <<-END
	{"schema": 1, "pairing": "${PAIRING-one}",
	 "calibration": {"ticks_per_ns": 2.5, "quiet_probe_cycles": ${LEVEL:-2000}},
	 "environment": {"model name": "Made up", "kernel": "${KERNEL:-6.1}"}}
	END
}

@test "compare: no regression" {
	folder base a/x=1000 a/y=500 control/chain=700
	folder head a/x=1003 a/y=500 control/chain=700
	run "$SYSCOST" compare base head
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == "no regression in 3 benchmarks" ]]
	[[ "$output" == *"3 same"* ]]
	[[ "$output" != *"+0.3 %"* ]]
	[[ "$output" == *"probably slower, by too little to count: a/x"* ]]
	[[ "$output" == *"unit: pairs of rounds"* ]]
	run "$SYSCOST" compare --all base head
	[ "$status" -eq 0 ]
	[[ "$output" == *"a/x"*"+0.3 %"* ]]
}

@test "compare: a regression is exit status 1, worst first" {
	folder base a/x=1000 a/y=500 a/z=100 a/same=100 control/chain=700
	folder head a/x=1050 a/y=600 a/z=90 a/same=100 control/chain=700
	run "$SYSCOST" compare base head
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == "regressed: 2 of 5 benchmarks, most of all a/y by +20.0 %" ]]
	[[ "$output" == *"regressed"*"a/y"*"regressed"*"a/x"*"improved"*"a/z"* ]]
	[[ "$output" == *"2 regressed, 0 suspected, 1 improved, 2 same"* ]]
}

@test "compare: csv and json say the same" {
	folder base a/x=1000 a/y=500
	folder head a/x=1050 a/y=500
	run "$SYSCOST" compare --format csv base head
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == id,verdict,reason,ratio,ratio_lo,ratio_hi,level,delta,* ]]
	[[ "${lines[1]}" == a/x,regressed,* ]]
	[[ "${lines[2]}" == a/y,same,* ]]
	run "$SYSCOST" compare --format json base head
	[ "$status" -eq 1 ]
	python3 -c '
import json, sys
c = json.load(sys.stdin)
x, y = c["verdicts"]
assert c["summary"]["regressed"] == 1 and c["summary"]["same"] == 1, c
assert x["verdict"] == "regressed" and abs(x["ratio"] - 1.05) < 1e-6, x
assert x["confirm_ratio"] is None and x["rounds"] == 20, x
' <<<"$output"
}

@test "compare: runs that are no arms of one ab are not paired, and need 5 %" {
	PAIRING='' folder base a/x=1000 a/y=1000
	PAIRING='' folder head a/x=1045 a/y=1090
	run "$SYSCOST" compare base head --format csv
	[ "$status" -eq 1 ]
	[[ "$output" == *"a/x,inconclusive,"* || "$output" == *"a/x,same,"* ]]
	[[ "$output" == *"a/y,regressed,"* ]]
	run "$SYSCOST" compare --delta 2 base head --format csv
	[ "$status" -eq 1 ]
	[[ "$output" == *"a/x,regressed,"* ]]
	PAIRING=two folder other a/x=1000 a/y=1000
	PAIRING=three folder another a/x=1000 a/y=1000
	run "$SYSCOST" compare other another
	[ "$status" -eq 0 ]
	[[ "$output" == *"unit: rounds of separate runs"* ]]
}

@test "compare: different machines are refused with what differs, or advisory" {
	folder base a/x=1000
	KERNEL=6.12 folder head a/x=1500
	run "$SYSCOST" compare base head
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ "$output" == "syscost: base and head are of different machines: kernel: "* ]]
	[[ "$output" == *"kernel: '6.1' against '6.12'; --force"* ]]
	run "$SYSCOST" compare --force base head
	[ "$status" -eq 0 ]
	[[ "$output" == *"advisory only: "*"kernel"* ]]
	[[ "$output" == *"1 regressed"* ]]
	run "$SYSCOST" compare --force --strict base head
	[ "$status" -eq 3 ]
}

@test "compare: a control that moved, or another quiet level, is never red" {
	folder base a/x=1000 control/chain=700
	folder head a/x=1300 control/chain=750
	run "$SYSCOST" compare base head
	[ "$status" -eq 3 ]
	[[ "${lines[0]}" == "contaminated: the control moved by +7.1 %"* ]]
	[[ "$output" == *"0 regressed"*"2 contaminated"* ]]
	LEVEL=2500 folder slow a/x=1300 control/chain=700
	run "$SYSCOST" compare base slow
	[ "$status" -eq 3 ]
	[[ "${lines[0]}" == "contaminated: the probe's quiet level moved by +25.0 %"* ]]
}

@test "compare: quiet never meets contended" {
	folder base a/x=1000
	PROBE=1.3 folder head a/x=1300
	run "$SYSCOST" compare base head
	[ "$status" -eq 3 ]
	[[ "${lines[0]}" == "contaminated: a neighbour came and went: 1 of 1 rows"* ]]
	[[ "$output" == *"inconclusive"*"a/x"* ]]
	PROBE=1.3 folder busy a/x=1000
	run "$SYSCOST" compare busy head
	[ "$status" -eq 1 ]
	[[ "$output" == *"next to a busy neighbour"* ]]
	PROBE=1.5 folder busier a/x=1300
	run "$SYSCOST" compare busy busier
	[ "$status" -eq 3 ]
	[[ "$output" == *"no rounds of the same contention state, probe"* ]]
	PAIRING=other PROBE=1.5 folder alone a/x=1300
	run "$SYSCOST" compare busy alone
	[ "$status" -eq 3 ]
	[ "${lines[0]}" = "undecided: 1 of 1 benchmarks" ]
	[[ "$output" == *"not equally busy"* ]]
}

@test "compare: more undecided than decided is exit status 3; a minority is neutral" {
	PAIRING=one folder base a/{1..12}=1000 control/chain=700
	PAIRING=other folder head a/{1..12}=1050 control/chain=700
	run "$SYSCOST" compare base head
	[ "$status" -eq 3 ]
	[[ "${lines[0]}" == "undecided: 12 of 13 benchmarks" ]]
	[[ "$output" != *"no regression"* ]]
	run "$SYSCOST" compare --format json base head
	[ "$status" -eq 3 ]
	[[ "$output" == *'"can_tell": false'*'"undecided": 12'* ]]
	rm -r base head
	PAIRING=one folder base a/{1..5}=1000 b/{1..6}=1000 control/chain=700
	PAIRING=other folder head a/{1..5}=1050 b/{1..6}=1000 control/chain=700
	run "$SYSCOST" compare base head
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == "no regression in 7 of 12 benchmarks, 5 undecided" ]]
	run "$SYSCOST" compare --strict base head
	[ "$status" -eq 3 ]
}

@test "compare: many inconclusive rows are summed up by reason, few are listed" {
	PAIRING=one folder base a/{1..12}=1000 b/x=1000
	PAIRING=other folder head a/{1..12}=1050 b/x=130000
	# Of one row there are too few rounds.
	awk -F, '$1 != "b/x" || n++ < 5' head/rounds.csv >few && mv few head/rounds.csv
	run "$SYSCOST" compare base head
	[ "$status" -eq 3 ]
	[[ "$output" == *$'\ninconclusive, with --all one by one:\n'* ]]
	[[ "$output" == *$'\n    12 rows: the interval, +-'*' % in the median, is'* ]]
	[[ "$output" == *$'\n     1 row: too few rounds a side\n'* ]]
	[[ "$output" != *$'\ninconclusive a/1 '* ]]
	# Of what has no interval it is not said that it is little.
	[[ "$output" != *"by too little to count: "*"b/x"* ]]
	run "$SYSCOST" compare --all base head
	[ "$status" -eq 3 ]
	[[ "$output" == *$'\ninconclusive a/1 '* ]]
	[[ "$output" != *"one by one"* ]]
	rm -r base head
	PAIRING=one folder base a/{1..10}=1000
	PAIRING=other folder head a/{1..10}=1050
	run "$SYSCOST" compare base head
	[ "$status" -eq 3 ]
	[[ "$output" == *$'\ninconclusive a/1 '* ]]
	[[ "$output" != *"one by one"* ]]
}

@test "compare: what fails in head alone is exit status 2, a skip is not" {
	folder base a/x=1000 a/y=1000
	folder head a/x=1000 a/y=fail
	run "$SYSCOST" compare base head
	[ "$status" -eq 2 ]
	[[ "$output" == *"skip"*"a/y"*"failed in head: because"* ]]
	folder skips a/x=1000 a/y=skip
	run "$SYSCOST" compare base skips
	[ "$status" -eq 0 ]
	[[ "$output" == *"skipped in head: because"* ]]
	run "$SYSCOST" compare head base
	[ "$status" -eq 0 ]
	folder nothing b/z=10
	run "$SYSCOST" compare base nothing
	[ "$status" -eq 77 ]
	[[ "${lines[0]}" == "nothing to compare"* ]]
}

@test "compare: delta from the noise file of this class of machines" {
	folder base a/x=1000 a/y=1000
	folder head a/x=1050 a/y=1050
	"$SYSCOST" compare base head --format csv | grep -q '^a/x,regressed,'
	run "$SYSCOST" compare --noise <(true) base head
	[ "$status" -eq 2 ]
	[[ "$output" == *"not a file"* ]]
	noise() {
		cat <<-END
		{"kind": "syscost noise", "schema": 3, "machine": "$1",
		 "system": "", "runs": 3, "contaminated": 0, "flagged": 0,
		 "state": null, "rows": {"a/x": {
		 "metric": "time", "comparisons": 3, "regressed": 0, "improved": 0,
		 "ln_ratio": [0.08, 0.01, -0.02], "apart": [${2:-}]}}}
		END
	}
	noise 0000000000000000 >noise.json
	run "$SYSCOST" compare --noise noise.json base head
	[ "$status" -eq 2 ]
	[[ "$output" == *"another class of machines (0000000000000000) than "* ]]
	[[ "$output" == *"than this ("* ]]
	class=${output##*this (}
	class=${class%%)*}
	mkdir -p state/syscost
	noise "$class" >"state/syscost/noise-$class.json"
	run "$SYSCOST" compare base head --format csv
	[ "$status" -eq 1 ]
	[[ "$output" == *"a/x,same,"*"a/y,regressed,"* ]]
	run "$SYSCOST" compare --no-noise base head --format csv
	[ "$status" -eq 1 ]
	[[ "$output" == *"a/x,regressed,"* ]]
	# Separate runs: by what separate runs showed, where that is known.
	PAIRING='' folder old a/x=1000 a/y=1000
	PAIRING='' folder new a/x=1045 a/y=1045
	run "$SYSCOST" compare old new --format csv
	[ "$status" -eq 0 ]
	noise "$class" '6.9, 6.901, 6.902, 6.903' >"state/syscost/noise-$class.json"
	run "$SYSCOST" compare old new --format csv
	[ "$status" -eq 1 ]
	[[ "$output" == *"a/x,regressed,"* && "$output" != *"a/y,regressed,"* ]]
	run "$SYSCOST" compare --delta 9 old new --format csv
	[ "$status" -eq 0 ]
	noise "$class" '6.9, 6.92, 6.94, 6.96' >"state/syscost/noise-$class.json"
	run "$SYSCOST" compare --delta 1 old new --format csv
	[ "$status" -eq 1 ]
	[[ "$output" == *"a/x,same,"*"a/y,regressed,"* ]]
	echo '{' >"state/syscost/noise-$class.json"
	run "$SYSCOST" compare base head
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "compare: several folders a side" {
	for i in 1 2 3 4 5 6 7 8; do
		PAIRING='' folder b$i a/x=100$i
		PAIRING='' folder h$i a/x=110$i
	done
	args=()
	for i in 1 2 3 4 5 6 7 8; do args+=(--base "b$i" --head "h$i"); done
	run "$SYSCOST" compare "${args[@]}"
	[ "$status" -eq 1 ]
	[[ "$output" == *"unit: folders"* ]]
	run "$SYSCOST" compare "${args[@]:0:24}"
	[ "$status" -eq 3 ]
	[[ "$output" == *"6 quiet, 0 contended of 6; 8 of one kind are needed"* ]]
}

@test "compare: other kernels bind with fifteen folders a side, on one class" {
	args=()
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		PAIRING='' folder b$i a/x=$((1000 + i))
		PAIRING='' KERNEL=6.12 folder h$i a/x=$((1200 + i))
		args+=(--base "b$i" --head "h$i")
	done
	run "$SYSCOST" compare "${args[@]}"
	[ "$status" -eq 2 ]
	run "$SYSCOST" compare --force "${args[@]}"
	[ "$status" -eq 1 ]
	[[ "$output" != *"advisory"* ]]
	run "$SYSCOST" compare --force "${args[@]:0:56}"
	[ "$status" -eq 0 ]
	[[ "$output" == *"advisory only"* ]]
	sed -i 's/Made up/Another/' h3/run.json
	run "$SYSCOST" compare --force "${args[@]}"
	[ "$status" -eq 0 ]
	[[ "$output" == *"advisory only"* ]]
}

@test "compare -o writes whole files, and refuses a folder that exists" {
	folder base a/x=1000
	folder head a/x=1050
	run "$SYSCOST" compare --no-plots -o out base head
	[ "$status" -eq 1 ]
	[ "$(cut -d, -f1,2 out/verdicts.csv)" = $'id,verdict\na/x,regressed' ]
	grep -q '"regressed": 1' out/compare.json
	grep -q '"unit": "pairs of rounds of one ab"' out/compare.json
	run "$SYSCOST" compare -o out base head
	[ "$status" -eq 2 ]
	[ "$output" = "syscost: out exists: choose another with -o" ]
	run "$SYSCOST" compare -o no/such/dir base head
	[ "$status" -eq 2 ]
}

@test "compare -o draws the changes, and the A/A distribution where it is known" {
	folder base a/x=1000 "it's\`x\$y=10"
	folder head a/x=1050 "it's\`x\$y=10"
	run "$SYSCOST" compare -o out base head
	[ "$status" -eq 1 ]
	grep -q 'a/x' out/forest.svg
	grep -q '+5.0 %' out/forest.svg
	[ ! -e out/aa.svg ]
	cat >noise.json <<-END
	{"kind": "syscost noise", "schema": 3, "machine": "0000000000000000",
	 "system": "", "runs": 30, "contaminated": 0, "flagged": 0,
	 "state": null, "rows": {"a/x": {
	 "metric": "time", "comparisons": 30, "regressed": 0, "improved": 0,
	 "ln_ratio": [$(seq -s, -0.014 0.001 0.015)], "apart": []}}}
	END
	run "$SYSCOST" compare --force --noise noise.json -o aa base head
	[ "$status" -eq 1 ]
	grep -q '99 of 100 comparisons of a thing with itself lie within 1.48 %' aa/aa.svg
	[ -z "$(find . -name '*.part' -o -name '.*.new')" ]
}

@test "compare: bad usage and damaged folders are one line and exit status 2" {
	folder base a/x=1000
	folder head a/x=1000
	folder bad1 a/x=1000
	folder bad2 a/x=1000
	folder bad3 a/x=1000
	folder bad4 a/x=1000
	echo garbage >bad1/results.csv
	echo '{"schema": 1}' >bad2/run.json
	echo '{"schema": 9}' >bad3/run.json
	rm bad4/rounds.csv
	for args in "" "base" "base head base" "--base base" "--base base head" \
		"--delta x base head" "--format xml base head" "--nonsense base head" \
		"base nowhere" "base bad1" "base bad2" "base bad3" "base bad4" \
		"--noise nowhere base head"; do
		# shellcheck disable=SC2086
		run "$SYSCOST" compare $args
		echo "$args: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
	"$SYSCOST" compare --help | grep -q 'Exit status'
}
