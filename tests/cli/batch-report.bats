# syscost batch, on a small folder of made-up rows whose curves are known. writev is 258/n
# + 2.6, io_uring 480/n + 226 but for a batch of one, and fixed 390/n + 102. On the pipe
# io_uring has a knee at 64, and vmsplice no curve at all.

load common

setup_file() {
	export GOLDEN=$BATS_TEST_DIRNAME/../golden/batch
}

@test "batch prints the advice, the curves and the break-evens" {
	"$SYSCOST" batch "$GOLDEN" >out
	diff -u "$GOLDEN/expected.txt" out
}

@test "batch --format csv has a row for each strategy and baseline" {
	"$SYSCOST" batch --format csv "$GOLDEN" >out
	diff -u "$GOLDEN/expected.csv" out
}

@test "batch --format json has the same fields" {
	"$SYSCOST" batch --format json "$GOLDEN" >out
	[ "$(grep -c '"workload"' out)" -eq $(($(wc -l <"$GOLDEN/expected.csv") - 1)) ]
	grep -q '"pays": "never"' out
	grep -q '"knee_n": 64' out
}

@test "batch chooses workloads, and the newest folder by itself" {
	mkdir syscost-20200101-000000
	cp "$GOLDEN"/{results.csv,rounds.csv,run.json} syscost-20200101-000000
	mkdir syscost-20190101-000000
	echo broken >syscost-20190101-000000/results.csv
	run "$SYSCOST" batch --short
	[ "$status" -eq 0 ]
	[[ "$output" == *"rows of syscost-20200101-000000"* ]]
	[[ "$output" == *"pipe "*"write-null "* ]]
	run "$SYSCOST" batch --short "$GOLDEN" 'write-*/64'
	[ "$status" -eq 0 ]
	[[ "$output" != *pipe* ]]
	[[ "$output" == *write-null* ]]
	run "$SYSCOST" batch --short "$GOLDEN" '!write-*'
	[ "$status" -eq 0 ]
	[[ "$output" == *pipe* ]]
	[[ "$output" != *write-null* ]]
}

@test "bad usage of batch is one line and exit status 2" {
	mkdir none twice
	head -1 "$GOLDEN/results.csv" >none/results.csv
	head -1 "$GOLDEN/rounds.csv" >none/rounds.csv
	cp "$GOLDEN"/rounds.csv twice
	sed 's/batch=2 /batch=1 /' "$GOLDEN/results.csv" >twice/results.csv
	for args in "batch" "batch nowhere" "batch none" "batch twice" \
		"batch --nonsense" "batch --format xml $GOLDEN" \
		"batch $GOLDEN no-such"; do
		# shellcheck disable=SC2086
		run "$SYSCOST" $args
		echo "$args: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "report of a sweep has its advice and figures; without one there are none" {
	command -v gnuplot >/dev/null || skip "needs gnuplot"
	cp -r "$GOLDEN" out
	"$SYSCOST" report out
	for figure in batch-cost-write-null batch-cost-pipe batch-breakeven batch-cpu \
		batch-wait; do
		grep -q '</svg>' "out/$figure.svg"
		[ -s "out/$figure.png" ]
	done
	[ ! -e out/batch-cost-setup-ring.svg ]
	grep -q 'writev in batches of 64 saves 95 % of single calls' \
		out/batch-cost-write-null.svg
	grep -q 'Which batching strategy pays off' out/report.html
	grep -q '<td>nothing beats pwrite</td>' out/report.html
	head -1 "$GOLDEN/results.csv" >out/results.csv
	head -1 "$GOLDEN/rounds.csv" >out/rounds.csv
	"$SYSCOST" report out
	[ -z "$(find out -name 'batch-*.svg' -o -name 'batch-*.png')" ]
	[ "$(grep -c 'Which batching strategy' out/report.html)" -eq 0 ]
}
