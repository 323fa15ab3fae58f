# Counters, as far as they are the same on a machine with a PMU and on one without.

load common

@test "doctor says whether cycles are counted, or why not and what to do" {
	out=$("$SYSCOST" doctor)
	[ "$(grep -cE 'can be counted|not counted: ' <<<"$out")" -eq 1 ]
	if grep 'not counted: ' <<<"$out"; then
		reason='virtual PMU|sysctl|CAP_PERFMON|seccomp|built without|taken'
		grep -qE "not counted: .*($reason|perf_event_open)" <<<"$out"
	fi
}

@test "doctor says who else traces, or what is hidden" {
	"$SYSCOST" doctor >out
	one='trace events are|kernel tracer is|audit subsystem is|BPF programs for'
	grep -qE "no tracer, audit or tracing|hidden from this process: |$one" out
}

# The column of one row, by its name: column results.csv ID NAME
column() {
	awk -F, -v id="$2" -v name="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i }
		$1 == id { print $c }' "$1"
}

# Only windows between quiet probes count: on a busy machine there may be none, and then
# nothing is said. What is said must be right.
@test "--events counts what it names, an operation" {
	events=PAGE-FAULTS:u,perf::CONTEXT-SWITCHES:u
	run "$SYSCOST" run --seconds 0.1 --no-output --events $events test/good
	echo "$output"
	if [ "$status" -ne 0 ]; then
		[ "$status" -eq 2 ]
		[[ "$output" == "syscost: event '"*"' cannot be counted: "* ]]
		skip "perf events are refused here"
	fi
	for try in 1 2 3 4 5; do
		"$SYSCOST" run --seconds 0.5 --no-plots --force -o out --events $events \
			memory/fault-anon null/getppid-inline
		sed -i 's/"[^"]*"//g' out/results.csv # no comma inside of a field
		fault=$(column out/results.csv memory/fault-anon events)
		getppid=$(column out/results.csv null/getppid-inline events)
		[[ "$fault" =~ ^(PAGE-FAULTS:u=1 perf::CONTEXT-SWITCHES:u=0)?$ ]]
		[[ "$getppid" =~ ^(PAGE-FAULTS:u=0 perf::CONTEXT-SWITCHES:u=0)?$ ]]
		[ -z "$fault" ] || [ -z "$getppid" ] || return 0
		echo "try $try: no quiet window"
	done
	skip "the machine is too busy to count next to"
}

@test "counted cycles say so and add up; without a PMU the columns are empty, not zero" {
	"$SYSCOST" run --seconds 0.5 --no-plots -o out test/good
	sed -i 's/"[^"]*"//g' out/results.csv
	user=$(column out/results.csv test/good cycles_user)
	kernel=$(column out/results.csv test/good cycles_kernel)
	source=$(column out/results.csv test/good cycles_source)
	if [ -n "$user" ] && [ -n "$kernel" ]; then
		[ "$source" = counted ]
	else
		[ "$source" = estimated ]
		[ -z "$(column out/results.csv test/good instructions_kernel)" ]
	fi
	[ -z "$(column out/results.csv test/good events)" ]
}

@test "an event that is not known, or not countable, ends before anything is made" {
	for list in no_such_event PAGE-FAULTS,no_such_event 'PAGE-FAULTS,' ''; do
		run "$SYSCOST" run --seconds 0.5 --no-plots -o out --events "$list" \
			test/good
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ "$output" == "syscost: "* ]]
		[ ! -e out ]
	done
	run "$SYSCOST" run --events PAGE-FAULTS,no_such_event
	[ "$status" -eq 2 ]
	[[ "$output" == *"'no_such_event'"* ]]
	[ -d /sys/bus/event_source/devices/cpu ] && return
	run "$SYSCOST" run --no-output --events CYCLES:u test/good
	[ "$status" -eq 2 ]
	[[ "$output" == "syscost: event 'CYCLES:u' cannot be counted: "* ]]
}

# What it finds depends on the machine. That it says so, by line and status, is ours.
@test "doctor --self-test: seven verdicts, and the exit status that follows from them" {
	run "$SYSCOST" doctor --self-test --format json
	[ "$(grep -c '"verdict": "\(pass\|noisy\|fail\|skip\)"' <<<"$output")" -eq 7 ]
	want=0
	grep -q '"verdict": "noisy"' <<<"$output" && want=3
	grep -q '"verdict": "fail"' <<<"$output" && want=2
	[ "$status" -eq "$want" ]
	[ "$(grep -c '"bound_hi": ' <<<"$output")" -eq 7 ]
}
