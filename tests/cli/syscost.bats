# The program as a user meets it. Nothing here depends on how fast the machine is.

load common

@test "list names at least seventy rows, as many as CSV has" {
	n=$("$SYSCOST" list | wc -l)
	[ "$n" -ge 70 ]
	[ "$("$SYSCOST" list --format csv | wc -l)" -eq $((n + 1)) ]
	[ "$("$SYSCOST" list --format json | grep -c '"id"')" -eq "$n" ]
}

@test "run measures, and writes what report can read" {
	"$SYSCOST" run --seconds 1 --no-plots -o out null/getppid-inline \
		floor/enosys-inline
	columns=id,group,name,via,params,status,reason,ns,ns_lo,ns_hi
	columns=$columns,ticks,ticks_lo,ticks_hi,cycles,cycles_source,
	head -1 out/results.csv | grep -q "^$columns"
	[ "$(grep -cE '^(null|floor)/.*,(ok|noisy),' out/results.csv)" -eq 2 ]
	grep -q '"fingerprint": "[0-9a-f]\{16\}"' out/run.json
	"$SYSCOST" report out
	grep -q '</html>' out/report.html
	clean
}

@test "an existing folder is not touched without --force" {
	mkdir out && echo precious >out/results.csv
	run "$SYSCOST" run --seconds 1 -o out test/good
	[ "$status" -eq 2 ]
	[[ "$output" == *"--force"* ]]
	[ "$(cat out/results.csv)" = precious ]
}

@test "a crash, a hang, a failure and a leak fail alone" {
	run "$SYSCOST" run --seconds 2 --timeout 1 --no-output --format csv 'test/*'
	[ "$status" -eq 2 ]
	grep -q '^test/crash,.*,fail,crashed: Segmentation fault' <<<"$output"
	grep -q '^test/hang,.*,fail,hung: killed after 1 s' <<<"$output"
	grep -q '^test/fail,.*,fail,the operation failed: Bad file descriptor' \
		<<<"$output"
	grep -q '^test/leak,.*,fail,leaked 1 file descriptors' <<<"$output"
	grep -q '^test/unverified,.*,fail,"not verified, on purpose"' <<<"$output"
	grep -q '^test/skip,.*,skip,refused on purpose' <<<"$output"
	grep -qE '^test/good,.*,(ok|noisy),' <<<"$output"
	clean
}

@test "only skips: exit status 77" {
	run "$SYSCOST" run --seconds 1 --no-output test/skip
	[ "$status" -eq 77 ]
}

@test "an interrupt keeps what is done" {
	"$SYSCOST" run --seconds 60 --precision 0.01 --checkpoint 0.2 --no-plots -o out \
		null/getppid-inline 'process/*' &
	pid=$!
	wait_until grep -qsE '^null/getppid-inline,.*,(ok|noisy),' out/results.csv
	kill -TERM $pid
	wait $pid
	grep -qE '^null/getppid-inline,.*,(ok|noisy),' out/results.csv
	grep -q '"stopped": true' out/run.json
	clean
}

@test "bad usage is one line and exit status 2" {
	for args in nonsense "run --nonsense" "run --seconds x" "run no/such" \
		"run --cpu 9999" "list no/such" "list --format xml" "explain no/such" \
		"doctor extra" \
		"report nowhere" "run --seed -1"; do
		# shellcheck disable=SC2086
		run "$SYSCOST" $args
		echo "$args: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
	[ -z "$(ls)" ]
}

@test "an unwritable place is refused before anything is measured" {
	run "$SYSCOST" run -o /proc/nowhere/out test/good
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "a noise file that cannot be used is refused before anything is measured" {
	export XDG_STATE_HOME=$PWD/state
	file=$("$SYSCOST" noise --runs 0 --format json |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["file"])')
	mkdir -p "$(dirname "$file")"
	echo '{"trunc' >"$file"
	for args in "run -o out" "noise --runs 1" "noise --apart --runs 1" \
		"ab --base self --head self -o out"; do
		# shellcheck disable=SC2086
		run "$SYSCOST" $args floor/empty
		echo "$args: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ "$output" == *"$file"* ]]
		[ ! -e out ]
	done
	"$SYSCOST" run --seconds 0.5 --no-noise --no-output floor/empty
	run "$SYSCOST" run --noise nowhere --no-output floor/empty
	[ "$status" -eq 2 ]
	"$SYSCOST" noise --runs 0 --noise mine.json
	echo '{"trunc' >mine.json
	run "$SYSCOST" run --noise mine.json --no-output floor/empty
	[ "$status" -eq 2 ]
	[[ "$output" == *mine.json* ]]
	rm -r state mine.json
}

@test "few descriptors: rows that need more are skipped" {
	run bash -c "ulimit -n 16; '$SYSCOST' run --seconds 1 --no-output --format csv \
		'poll/*fds=256*' null/getppid-inline"
	[ "$status" -eq 0 ]
	grep -q '^poll/poll:.*,skip,' <<<"$output"
}

@test "one CPU: what needs two is skipped, the rest is measured" {
	cpu=$(taskset -pc $$ | sed 's/.*[:,-] *//')
	run taskset -c "$cpu" "$SYSCOST" run --seconds 1 --no-output --format csv \
		null/getppid-inline 'switch/pipe-*'
	[ "$status" -eq 0 ]
	grep -q '^switch/pipe-thread-cross,.*,skip,' <<<"$output"
	grep -qE '^switch/pipe-thread-same,.*,(ok|noisy),' <<<"$output"
}

@test "a folder that cannot be written, not being root" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to become somebody else"
	cp "$SYSCOST" . && chmod 755 . syscost
	run setpriv --reuid 65534 --regid 65534 --clear-groups env TMPDIR=/tmp \
		./syscost run --seconds 1 null/getppid-inline
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	run setpriv --reuid 65534 --regid 65534 --clear-groups env TMPDIR=/tmp \
		./syscost run --seconds 1 --no-output null/getppid-inline
	[ "$status" -eq 0 ]
}

@test "hostile rows are refused with their place" {
	mkdir out
	echo 'id,group' >out/results.csv
	run "$SYSCOST" report out
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "explain says what is measured and what it is read against" {
	run "$SYSCOST" explain null/getppid-libc
	[ "$status" -eq 0 ]
	[[ "$output" == *"read against null/getppid-inline"* ]]
}

@test "doctor finds the clock" {
	"$SYSCOST" doctor | grep -q 'time-stamp counter runs at'
	"$SYSCOST" doctor --format json | grep -q '"level": "ok"'
}

@test "the README's example of a benchmark compiles" {
	sed -n '/^#include <unistd.h>/,/^```/p' "$BATS_TEST_DIRNAME/../../README.md" |
		grep -v '^```' >example.c
	gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror \
		-I"$BATS_TEST_DIRNAME/../../include" -c -o /dev/null example.c
}
