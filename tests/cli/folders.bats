# What report, compare, export and batch take for a result folder: the same, by one
# reader.

setup() {
	SYSCOST=$PWD/${BUILD:-build}/syscost
	GOLDEN=$BATS_TEST_DIRNAME/../golden/batch
	TMPDIR=$(mktemp -d)
	export TMPDIR XDG_STATE_HOME=$TMPDIR/state
	cd "$TMPDIR" || return 1
	cp -r "$GOLDEN" good
	more='"calibration":{"ticks_per_ns":2},"environment":{"kernel":"6.1"},'
	sed -i 's/"schema": 1,/&'"$more/" good/run.json
}

teardown() {
	cd / && rm -rf "$TMPDIR"
}

# compare that is not refused; the rounds of these folders are too few to decide.
undecided() {
	"$SYSCOST" compare "$@" || [ $? -eq 3 ]
}

# refused FOLDER MESSAGE: by all four commands, in one line with the message in it.
refused() {
	local command
	for command in "report $1" "compare good $1" "compare $1 good" \
		"export $1 --format go" "batch $1"; do
		# shellcheck disable=SC2086
		run timeout 60 "$SYSCOST" $command
		echo "$command: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ "$output" == "syscost: $1"*"$2"* ]]
	done
}

@test "a good folder is taken by all four commands" {
	cp -r good other
	undecided good other >/dev/null
	"$SYSCOST" export good --format go >/dev/null
	"$SYSCOST" batch good >/dev/null
	"$SYSCOST" report good
}

@test "a program without what measures reads them, and says the same" {
	local readers=${SYSCOST%/*}/readers
	cp -r good other
	for command in "compare good other" "export good --format openmetrics" \
		"batch good --format csv"; do
		# shellcheck disable=SC2086
		"$SYSCOST" $command >want || [ $? -eq 3 ]
		# shellcheck disable=SC2086
		"$readers" $command | diff want -
		[ -s want ]
	done
	"$readers" report good
	[ -s good/report.html ]
	# Nothing in it was compiled from what measures.
	for name in run_all worker_main registry_load bench_; do
		nm "$SYSCOST" | grep -q " $name"
		[ "$(nm "$readers" | grep -c " $name")" -eq 0 ]
	done
}

@test "a folder of a future schema is refused, before its columns are" {
	cp -r good future
	sed -i 's/"schema": 1/"schema": 2/' future/run.json
	sed -i '1s/^id,/key,/' future/results.csv
	refused future "run.json: not of schema 1"
	cp -r good none
	sed -i 's/"schema": 1,//' none/run.json
	refused none "run.json: not of schema 1"
}

@test "a comparison of a future schema is refused; an old one has none" {
	cp -r good other
	undecided good other -o comparison --no-plots >/dev/null
	grep -q '"schema": 1' comparison/compare.json
	"$SYSCOST" export comparison --format junit >/dev/null
	sed -i 's/"schema": 1,//' comparison/compare.json
	"$SYSCOST" export comparison --format junit >/dev/null
	sed -i 's/^{/{"schema": 2,/' comparison/compare.json
	run "$SYSCOST" export comparison --format junit
	[ "$status" -eq 2 ]
	[ "$output" = "syscost: comparison/compare.json: not of schema 1" ]
}

@test "an id that stands there twice is refused, and a row without one" {
	cp -r good twice
	sed -n 2p good/results.csv >>twice/results.csv
	refused twice "has the row "
	cp -r good without
	sed -i '2s/^[^,]*,/,/' without/results.csv
	refused without "has a row without an id"
}

@test "nothing but regular files is read" {
	for file in results.csv rounds.csv run.json; do
		rm -rf odd
		cp -r good odd
		rm "odd/$file"
		mkfifo "odd/$file"
		refused odd "/$file: not a file"
		rm "odd/$file"
		mkdir "odd/$file"
		refused odd "/$file: not a file"
	done
}

@test "what a command does not need may be missing" {
	cp -r good rows
	rm rows/run.json
	"$SYSCOST" batch rows >/dev/null
	cp -r good lone
	rm lone/rounds.csv
	"$SYSCOST" export lone --format bencher >/dev/null
	for command in "report lone" "compare good lone" "batch lone" "report rows" \
		"compare good rows" "export rows --format bencher"; do
		# shellcheck disable=SC2086
		run "$SYSCOST" $command
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ "$output" == *": No such file or directory" ]]
	done
}
