#!/bin/bash
# sanitize.sh BUILD: the tests and a run of every row, with a program built with
# sanitizers in BUILD. What they find goes to files: a finding in a worker, whose standard
# error a test may not look at, counts as well. Exit status 1 if there was one.
set -u
cd "$(dirname "$0")/.." || exit 2
build=$1
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
chmod 1777 "$reports" # one test runs as somebody else

# A benchmark that crashes on purpose has to die of its signal.
export ASAN_OPTIONS=handle_segv=0:log_path=$reports/report
export UBSAN_OPTIONS=print_stacktrace=1:log_path=$reports/report
failed=0

tests/run.sh "$build" || failed=1
if ! "$build/syscost" run --seconds 8 -o "$reports/out" '*' '!test/*' >/dev/null; then
	echo "FAILED: a run of every row"
	failed=1
fi
if compgen -G "$reports/report*" >/dev/null; then
	cat "$reports"/report*
	echo "FAILED: the sanitizers found something"
	failed=1
fi
exit $failed
