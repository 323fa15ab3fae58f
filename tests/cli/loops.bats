# The timed loops, as the compiler made them.

load common

# Pairs of a loop and a callee, of the program: where a call or a jump leaves the loop.
# The part that the compiler thinks unlikely (.cold) belongs to its loop. The names are
# those of bench/, because the command `batch` has functions with such names, too.
pairs_made() {
	bench=$(dirname "$SYSCOST")/bench
	nm "$bench"/*.o "$bench"/*/*.o |
		awk '/ t batch_/ { sub(/\.cold$/, "", $3); print $3 }' | sort -u >loops
	[ "$(wc -l <loops)" -ge 200 ] || return 1
	objdump -d --no-show-raw-insn "$SYSCOST" | awk -F '\t' '
		FILENAME == "loops" { loop[$1] = 1; next }
		/^[0-9a-f]+ </ { name = $1; gsub(/.* <|>:$|\.cold/, "", name); next }
		name in loop && $2 ~ /^(notrack )?(call|j[a-z]+|bl|blr|b|b\.[a-z]+) / {
			callee = "*" # through a pointer, of which nothing is known
			if (match($2, /<[^>]*>$/)) {
				callee = substr($2, RSTART + 1, RLENGTH - 2)
				sub(/[@+].*/, "", callee)
				sub(/\.cold$/, "", callee)
			}
			if (callee != name)
				print substr(name, 7), callee
		}' loops - | sort -u
}

pairs_listed() {
	awk '/^#/ { next }
	     /:/ { n = split(substr($0, 1, index($0, ":") - 1), callee, " ")
		   $0 = substr($0, index($0, ":") + 1) }
	     { for (i = 1; i <= NF; i++)
		for (k = 1; k <= n; k++)
			print $i, callee[k] }' "$BATS_TEST_DIRNAME/../callees" | sort -u
}

@test "a timed loop calls what tests/callees lists, and nothing else" {
	instrumented && skip "a sanitizer's checks are calls"
	pairs_made >made
	pairs_listed >listed
	# Lines with < are no longer made, those with > are not listed.
	diff listed made
}
