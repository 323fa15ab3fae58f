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

# Nothing of ours is left: no temporary folder, no process of this program.
clean() {
	[ -z "$(find "$TMPDIR" -maxdepth 1 -name 'syscost*.*')" ] || return 1
	[ -z "$(find /proc -maxdepth 2 -name exe -lname "$SYSCOST" 2>/dev/null)" ]
}

# Is the program built with a sanitizer?
instrumented() {
	nm "$SYSCOST" | grep -q ' __asan_init'
}
