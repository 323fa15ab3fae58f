#!/bin/sh
# Data flows one way: a folder includes only from itself and from the folders behind it in
# this list. `render` and `compare`, and the commands that only read, see stored rows and
# nothing that measures. Benchmarks see the headers for them alone, and main the commands.
# No two files include each other, in any number of steps. Exit status 1, and the lines,
# where that is broken.
set -eu

layers="cli render drive compare measure machine row stats base"
bad=0
behind=
for layer in $(printf '%s\n' "$layers" | tr ' ' '\n' | tac); do
	behind="$layer $behind"
	allowed=$(printf '%s' "$behind" | sed 's/ *$//; s/ /|/g')
	more=
	case $layer in
	render) allowed='render|compare|row|stats|base' ;;
	compare) allowed='compare|row|stats|base' ;;
	measure) more='|(bench|ring|layer)\.h' ;;
	machine) more='|(arch/arch|flags)\.h' ;;
	esac
	[ -d "src/$layer" ] || { echo "src/$layer is not there"; bad=1; continue; }
	if grep -nE '^#include "' "src/$layer"/*.[ch] |
		grep -vE "#include \"(($allowed)/[^\"]*$more)\""; then
		bad=1
	fi
done
if grep -nE '^#include "' bench/*.c bench/*/*.c |
	grep -vE '#include "(bench|ring|handle|batch|layer)\.h"'; then
	bad=1
fi
if grep -nE '^#include "' include/*.h include/arch/*.h |
	grep -vE '"(attributes|bench|handle|ring|arch/[a-z0-9_]+|base/err)\.h"'; then
	bad=1
fi
if grep -HnE '^#include "' src/main.c | grep -v '"cli/command\.h"'; then
	bad=1
fi
# As READERS in the Makefile.
readers='batch|cli|command|compare|export|learnt|option|report|verdict'
below='render|compare|row|stats|base'
for reader in $(printf '%s\n' "$readers" | tr '|' ' '); do
	if grep -HnE '^#include "' "src/cli/$reader".[ch] |
		grep -vE "\"(cli/($readers)|($below)/[^\"]*)\.h\""; then
		bad=1
	fi
done
# A module is a header with its source file.
cd src
for file in $(find . -name '*.[ch]' | sed 's,^\./,,'); do
	sed -nE 's/^#include "(.*)\.h".*/\1/p' "$file" | while read -r module; do
		[ ! -e "$module.h" ] || [ "$module" = "${file%.*}" ] ||
			echo "${file%.*} $module"
	done
done | sort -u | tsort >/dev/null || bad=1
exit $bad
