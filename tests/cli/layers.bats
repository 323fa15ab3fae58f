# Layers: what a user writes, where they are recorded, and that they go away.

load common

@test "layers of a run are in its rows and its record" {
	"$SYSCOST" run --seconds 0.5 --no-plots -o out --layer seccomp:100 \
		--layer seccomp:7 null/getppid-inline
	head -1 out/results.csv | grep -q ',layers,'
	tail -1 out/results.csv | grep -q ',"seccomp:100,seccomp:7",'
	grep -q '"layers": "seccomp:100,seccomp:7"' out/run.json
	clean
}

@test "layers of an arm are in its record" {
	"$SYSCOST" ab --base self --head layer:seccomp:100 --no-noise --rounds 2 \
		--no-plots -o out null/getppid-inline || [ $? -eq 3 ]
	grep -q '"layers": ""' out/base/run.json
	grep -q '"layers": "seccomp:100"' out/head/run.json
}

@test "a layer in a parent and one on the machine measure, and go away" {
	export SYSCOST_TEST_LAYER=$PWD/layer
	"$SYSCOST" run --seconds 0.5 --no-plots -o out --layer test-machine \
		--layer test-parent null/getppid-inline test/good
	[ "$(grep -cE ',(ok|noisy),' out/results.csv)" -eq 2 ]
	[ ! -e layer ]
	clean
}

@test "a crash below a layer is the benchmark's, and the layer goes away" {
	export SYSCOST_TEST_LAYER=$PWD/layer
	run "$SYSCOST" run --seconds 0.5 --no-plots -o out --layer test-machine \
		--layer test-parent test/crash test/good
	[ "$status" -eq 2 ]
	grep -q '^test/crash,.*,fail,crashed: Segmentation fault,' out/results.csv
	grep -qE '^test/good,.*,(ok|noisy),' out/results.csv
	[ ! -e layer ]
	clean
}

@test "an interrupted run takes its layer away" {
	export SYSCOST_TEST_LAYER=$PWD/layer
	"$SYSCOST" run --seconds 60 --no-output --layer test-machine test/hang \
		>/dev/null 2>&1 &
	pid=$!
	wait_until [ -e layer ]
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	echo "status $status"
	[ "$status" -eq 77 ] # the one row that there is was not measured
	[ ! -e layer ]
	clean
}

@test "a layer that the machine refuses: one line, nothing is left" {
	run "$SYSCOST" run --no-plots -o out --layer test-refused:3 null/getppid-inline
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ "$output" == *"the layer test-refused: refused on purpose (3)"* ]]
	[ ! -e out ]
	clean
}

@test "a layer that is none: one line that names those that there are" {
	for layer in nope seccomp seccomp:0 seccomp:x test-parent:1 ''; do
		run "$SYSCOST" run -o out --layer "$layer" null/getppid-inline
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[ ! -e out ]
	done
	run "$SYSCOST" run --help
	[ "$status" -eq 0 ]
	[[ "$output" == *"seccomp:K "* ]]
	[[ "$output" != *"test-"* ]]
}
