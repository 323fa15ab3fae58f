#!/bin/sh
# ci-gate.sh BASE HEAD OUT [OPTION | PATTERN]...
#
# Did system calls get slower? Measures two arms side by side with `syscost ab`, and keeps
# the result folder OUT with a junit.xml in it. On GitHub it adds a step summary and
# annotations. BASE and HEAD are paths of two builds of syscost, or other arms, such as
# 'exec:setpriv --no-new-privs {}'; the rest goes to `ab`. SYSCOST is the program that
# drives it.
#
# Exit status: 0 fine; 1 something got slower; 2 trouble; 3 undecided: contaminated,
# suspected, or mostly inconclusive; 77 nothing could be compared.
set -u

if [ $# -lt 3 ]; then
	echo "usage: ci-gate.sh BASE HEAD OUT [OPTION | PATTERN]..." >&2
	exit 2
fi
syscost=${SYSCOST:-build/syscost}
base=$1 head=$2 out=$3
shift 3

"$syscost" ab --base "$base" --head "$head" -o "$out" "$@"
status=$?
case $status in
0 | 1 | 3) ;;
*) [ -f "$out/verdicts.csv" ] || exit $status ;;
esac

"$syscost" export "$out" --format junit -o "$out/junit.xml" || exit 2
if [ -n "${GITHUB_STEP_SUMMARY-}" ]; then
	"$syscost" export "$out" --format markdown >>"$GITHUB_STEP_SUMMARY" || exit 2
	"$syscost" export "$out" --format github-annotations || exit 2
fi
exit $status
