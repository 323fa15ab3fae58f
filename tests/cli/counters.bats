# Counters, as far as they are the same on a machine with a PMU and on one without.

setup() {
	SYSCOST=$PWD/${BUILD:-build}/syscost
	TMPDIR=$(mktemp -d)
	export TMPDIR
	cd "$TMPDIR" || return 1
}

teardown() {
	cd / && rm -rf "$TMPDIR"
}

@test "doctor says whether cycles are counted, or why not and what to do" {
	out=$("$SYSCOST" doctor)
	[ "$(grep -cE 'can be counted|not counted: ' <<<"$out")" -eq 1 ]
	if grep 'not counted: ' <<<"$out"; then
		grep -qE 'not counted: .*(virtual PMU|sysctl|CAP_PERFMON|seccomp|built without|taken|perf_event_open)' <<<"$out"
	fi
}

@test "doctor says who else traces, or what is hidden" {
	"$SYSCOST" doctor | grep -qE 'no tracer, audit or tracing|hidden from this process: |trace events are|kernel tracer is|audit subsystem is|BPF programs for'
}
