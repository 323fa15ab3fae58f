#!/bin/bash
# run.sh BUILD: every test, then one line with the counts. Exit status 1 if one failed.
set -u
cd "$(dirname "$0")/.." || exit 2
export BUILD=${1:-build}
passed=0 failed=0

count() { # name, exit status
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

scripts/check-layers.sh
count "layers" $?

for source in tests/unit/test_*.c; do
	t=$BUILD/unit/$(basename "$source" .c)
	out=$("$t" 2>&1)
	status=$?
	ok=$(grep -c '^\[       OK \]' <<<"$out")
	# Once as it fails, once in the summary.
	bad=$(($(grep -c '^\[  FAILED  \] test_' <<<"$out") / 2))
	# It died, is not there, or holds no test.
	if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
		bad=1
	fi
	[ "$bad" -eq 0 ] || printf '%s\nFAILED: %s\n' "$out" "$t"
	passed=$((passed + ok)) failed=$((failed + bad))
done

out=$(bats --tap tests/cli 2>&1)
status=$?
echo "$out"
bad=$(grep -cE '^not ok ' <<<"$out")
grep -qE '^1\.\.[1-9]' <<<"$out" || status=1
[ "$bad" -eq 0 ] && [ "$status" -ne 0 ] && bad=1
passed=$((passed + $(grep -cE '^ok ' <<<"$out")))
failed=$((failed + bad))

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
