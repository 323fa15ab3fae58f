#!/bin/sh
# Data flows one way: a folder includes only from itself and from the folders behind it in
# this list. Exit status 1, and the lines, where that is broken.
set -eu

layers="cli render compare store measure stats"
bad=0
behind=
for layer in $(printf '%s\n' "$layers" | tr ' ' '\n' | tac); do
	behind="$layer $behind"
	[ -d "src/$layer" ] || continue
	allowed=$(printf '%s' "$behind" | sed 's/ *$//; s/ /|/g')
	if grep -nE '^#include "' "src/$layer"/*.[ch] |
		grep -vE "#include \"(($allowed)/|(bench|ring)\.h)"; then
		bad=1
	fi
done
if grep -nE '^#include "' bench/*.c | grep -vE '#include "(bench|ring|batch)\.h"'; then
	bad=1
fi
exit $bad
