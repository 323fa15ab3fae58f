# shellcheck shell=bash
# What the tests of the program share: a private folder, and the look at what is left.

setup() {
	SYSCOST=$PWD/${BUILD:-build}/syscost
	TMPDIR=$(mktemp -d)
	export TMPDIR
	cd "$TMPDIR" || return 1
}

teardown() {
	cd / && rm -rf "$TMPDIR"
}

# Wait until the command succeeds; two minutes are too long on any machine.
wait_until() {
	local end=$((SECONDS + 120))

	until "$@"; do
		if ((SECONDS >= end)); then
			echo "waited in vain for: $*"
			return 1
		fi
		sleep 0.02
	done
}

# The worker that the process $1 has at the moment; fails if it has none.
worker_of() {
	local pid

	for pid in $(pgrep -P "$1"); do
		if [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == *" round "* ]]; then
			echo "$pid"
			return 0
		fi
	done 2>/dev/null
	return 1
}

# Nothing of ours is left: no temporary folder, no process of this program.
clean() {
	[ -z "$(find "$TMPDIR" -maxdepth 1 -name 'syscost*.*')" ] || return 1
	[ -z "$(find /proc -maxdepth 2 -name exe -lname "$SYSCOST" 2>/dev/null)" ]
}

# Is the program built with a sanitizer?
instrumented() {
	nm "$SYSCOST" | grep -q ' __asan_init'
}
