#!/bin/sh
# Data flows one way: a folder includes only from itself and from the folders behind it in
# this list. `render` and `compare`, and the commands that only read, see stored rows and
# nothing that measures. No two files include each other, in any number of steps. Exit
# status 1, and the lines, where that is broken.
set -eu

layers="cli render drive compare measure machine row stats base"
bad=0
behind=
for layer in $(printf '%s\n' "$layers" | tr ' ' '\n' | tac); do
	behind="$layer $behind"
	allowed=$(printf '%s' "$behind" | sed 's/ *$//; s/ /|/g')
	more='|(bench|ring|layer)\.h'
	case $layer in
	cli) more='' ;;
	render) allowed='render|compare|row|stats|base' more='' ;;
	compare) allowed='compare|row|stats|base' more='' ;;
	machine) more='|(arch/arch|flags)\.h' ;;
	row | stats | base) more='' ;;
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
for reader in batch compare export report verdict option command; do
	if grep -nE '^#include "' src/cli/$reader.[ch] |
		grep -E '"((drive|measure|machine)/|[a-z]+\.h)'; then
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
