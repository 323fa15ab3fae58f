# Two arms side by side. Nothing here depends on how fast or how quiet the machine is.
# What a busy one cannot tell is inconclusive, and that is as good an answer here.

load common

ROWS="null/getppid-inline floor/enosys-inline"

# The verdict of a row in out/verdicts.csv.
verdict_of() {
	grep "^$1," out/verdicts.csv | cut -d, -f2
}

@test "an arm against itself is never slower; the folder has both arms" {
	# shellcheck disable=SC2086
	run "$SYSCOST" ab --base self --head self --no-noise --rounds 16 --no-plots \
		-o out $ROWS
	echo "$output"
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	[[ "$(verdict_of null/getppid-inline)" =~ ^(same|suspected|inconcl|contamin) ]]
	[ -n "$(verdict_of control/chain)" ]
	for arm in base head; do
		grep -q '^null/getppid-inline,' "out/$arm/rounds.csv"
		grep -q '"pairing": "[0-9]*"' "out/$arm/run.json"
	done
	[ "$(grep '"pairing"' out/base/run.json)" = \
		"$(grep '"pairing"' out/head/run.json)" ]
	clean
}

@test "an arm written over the folder of a run leaves none of its windows" {
	mkdir -p out/head
	echo 'id,share,cycles' >out/head/windows.csv
	run "$SYSCOST" ab --base self --head self --no-noise --rounds 2 --no-plots \
		--force -o out floor/enosys-inline
	[ "$status" -ne 2 ]
	[ -s out/head/results.csv ]
	[ ! -e out/head/windows.csv ]
	clean
}

@test "a call made three times as slow is found, or the machine is too busy to tell" {
	run "$SYSCOST" ab --base self --head self --no-noise --rounds 20 --no-plots \
		-o out --inject 200 floor/enosys-inline
	echo "$output"
	# It is the only row: what cannot be told of it cannot be told at all.
	case $(verdict_of floor/enosys-inline) in
	regressed) [ "$status" -eq 1 ] ;;
	suspected | inconclusive | contaminated) [ "$status" -eq 3 ] ;;
	*) false ;;
	esac
	[[ "$(verdict_of control/chain)" =~ ^(same|inconclusive|contaminated)$ ]]
	# What was measured is what was added, within a third.
	sed 's/"[^"]*"//g' out/verdicts.csv | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		$1 == "floor/enosys-inline" {
			print $c["ratio"], $c["injected"]
			share = $c["ratio"] / $c["injected"]
			exit !($c["injected"] > 2 && share > 0.67 && share < 1.5)
		}'
	clean
}

@test "too few rounds are never green, whatever they hide" {
	# shellcheck disable=SC2086
	run "$SYSCOST" ab --base self --head self --no-noise --rounds 3 --no-plots \
		-o out --inject 200 $ROWS
	echo "$output"
	[ "$status" -eq 3 ]
	[[ "$output" =~ ^(undecided: 2 of 3 benchmarks|contaminated: ) ]]
	[[ "$output" != *"too little"* ]]
	grep -q '"can_tell": false' out/compare.json
	clean
}

@test "what is slowed down: by a share of the base, and not what is too cheap" {
	run "$SYSCOST" ab --base self --head self --no-noise --seconds 6 --no-plots \
		-o out --inject 50 floor/empty null/getppid-inline
	echo "$output"
	[[ "$status" =~ ^[013]$ ]]
	# Half of an empty loop is less than what counts. The control never is.
	sed 's/"[^"]*"//g' out/verdicts.csv | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		{ print $1, $c["injected"], $c["pilot_rounds"] }
		$c["pilot_rounds"] != 16 { bad = 1 }
		($c["injected"] != "") != ($1 ~ /^null/) { bad = 1 }
		$1 ~ /^null/ && ($c["injected"] < 1.3 || $c["injected"] > 1.8) { bad = 1 }
		END { exit bad || NR != 4 }'
	clean
}

@test "arms: a wrapper, a variable, a filter, another build" {
	cp "$SYSCOST" other
	for arm in "exec:env A=b {}" env:A=b layer:seccomp:50 "$PWD/other"; do
		# shellcheck disable=SC2086
		run "$SYSCOST" ab --base self --head "$arm" --no-noise --rounds 2 \
			--no-output --format csv $ROWS
		echo "$arm: $status $output"
		[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
		grep -q '^null/getppid-inline,' <<<"$output"
	done
	clean
}

@test "arms that cannot be: one line, exit status 2, nothing left" {
	for arm in /no/such exec: env:x layer:ptrace layer:seccomp:9999 "$PWD" \
		"exec:/no/such/command {}" "exec:false {}" /bin/true; do
		run "$SYSCOST" ab --base self --head "$arm" --no-noise --rounds 2 -o out \
			floor/enosys-inline
		echo "$arm: $status $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[ ! -e out ]
	done
	for args in "" "--base self" "--base self --head self --rounds x" \
		"--base self --head self no/such" \
		"--base self --head self --noise /no/such"; do
		# shellcheck disable=SC2086
		run "$SYSCOST" ab $args
		echo "$args: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
	clean
}


# Page faults of the children that process $1 has waited for: cminflt in proc(5).
faults_of_workers() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f9
}

# The process $1 has had fifteen times as many workers as when it was first looked at.
is_measuring() {
	local now

	now=$(faults_of_workers "$1")
	[ "$first" -ne 0 ] || first=$now
	[ "$first" -ne 0 ] && [ "$now" -ge $((15 * first)) ]
}

@test "an interrupted comparison decides nothing: exit status 3, and it says so" {
	# shellcheck disable=SC2086
	"$SYSCOST" ab --base self --head self --no-noise --rounds 4000 --no-plots -o out \
		$ROWS >said 2>&1 &
	pid=$!
	first=0
	wait_until is_measuring $pid
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	cat said
	[ "$status" -eq 3 ]
	grep -q '"stopped": true' out/compare.json
	grep -q 'interrupted' out/compare.json
	rm said
	clean
}

@test "noise: A/A is remembered, and counted on" {
	# shellcheck disable=SC2086
	run "$SYSCOST" noise --runs 1 --seconds 4 --noise n.json --format json $ROWS
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q '"false_alarms": 0' <<<"$output"
	grep -q '"runs": 1' <<<"$output"
	# shellcheck disable=SC2086
	"$SYSCOST" noise --runs 1 --seconds 4 --noise n.json $ROWS
	"$SYSCOST" noise --runs 0 --noise n.json --format json | grep -q '"runs": 2'
	echo '{"trunc' >n.json
	run "$SYSCOST" noise --runs 0 --noise n.json
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	clean
}

@test "noise --apart: separate runs are kept as they end, and printed" {
	# shellcheck disable=SC2086
	run "$SYSCOST" noise --apart --runs 2 --pause 0 --seconds 1 --noise n.json \
		--format json $ROWS
	echo "$output"
	[ "$status" -eq 0 ]
	python3 -c '
import json, sys
said, kept = json.load(sys.stdin), json.load(open("n.json"))
assert said["runs_made"] == 2 and said["apart"]["compared_learnt"] is None, said
assert said["apart"]["compared"]["pairs"] == 1, said
assert kept["schema"] == 3 and kept["state"] is None, kept
assert len(kept["system"]) == 16, kept
for row in kept["rows"].values():
	assert row["metric"] == "cycles" and len(row["apart"]) <= 2, row
' <<<"$output"
	# What a busy machine makes noisy is not kept: user code is the last to be.
	is_learnt() {
		"$SYSCOST" noise --apart --runs 1 --pause 0 --seconds 2 --noise n.json \
			floor/empty floor/call >/dev/null
		python3 -c '
import json
rows = json.load(open("n.json"))["rows"].values()
assert any(row["apart"] for row in rows), rows
'
	}
	wait_until is_learnt
	# A/A goes into the same file, and both stay.
	cp n.json before.json
	"$SYSCOST" noise --runs 1 --seconds 4 --noise n.json floor/enosys-inline
	python3 -c '
import json
before, now = json.load(open("before.json")), json.load(open("n.json"))
assert now["runs"] == 1, now
assert any(row["apart"] for row in before["rows"].values()), before
for i, row in before["rows"].items():
	assert now["rows"][i]["apart"] == row["apart"], (i, now)
'
	run "$SYSCOST" noise --apart --runs 0 --noise n.json
	[ "$status" -eq 0 ]
	[[ "$output" == *"0 separate runs made, up to "* ]]
	# Of another system, they start anew; of that alone a line is printed.
	sed -i 's/"system": "[0-9a-f]*"/"system": "0123456789abcdef"/' n.json
	run "$SYSCOST" noise --apart --runs 1 --seconds 1 --noise n.json \
		floor/enosys-inline
	[ "$status" -eq 0 ]
	[[ "$output" == *"n.json are of another system ("*"): runs of this one start "* ]]
	[[ "$output" == *"1 separate runs made, up to 1 known"* ]]
	python3 -c '
import json
now = json.load(open("n.json"))
assert now["system"] != "0123456789abcdef" and now["runs"] == 1, now
for i, row in now["rows"].items():
	assert len(row["apart"]) == (i == "floor/enosys-inline"), (i, row)
'
	sed -i 's/"schema": 3/"schema": 2/' n.json
	run "$SYSCOST" noise --apart --runs 1 --noise n.json
	[ "$status" -eq 2 ]
	[ "$output" = "syscost: n.json: written by another version of syscost; move it \
away to start anew" ]
	clean
}

@test "noise --apart: interrupted in a pause, it ends at once and keeps what is done" {
	"$SYSCOST" noise --apart --runs 3 --pause 3600 --seconds 1 --noise n.json \
		floor/enosys-inline >said 2>&1 &
	pid=$!
	wait_until test -e n.json
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	cat said
	[ "$status" -eq 0 ]
	grep -q '1 separate runs made' said
	rm said
	clean
}

@test "noise: two at once lose nothing" {
	for i in 1 2; do
		"$SYSCOST" noise --runs 1 --seconds 4 --noise n.json floor/empty \
			>said$i 2>&1 &
	done
	"$SYSCOST" noise --apart --runs 2 --pause 0 --seconds 1 --noise n.json floor/empty
	wait
	cat said*
	"$SYSCOST" noise --runs 0 --noise n.json --format json | grep -q '"runs": 2'
	rm said*
	clean
}
