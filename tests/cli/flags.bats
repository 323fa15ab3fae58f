# What the timed loops were compiled with: it is recorded, and never a mixture.

load common

# Build one object of the suite with these CFLAGS; in `built`, when that was done.
build() {
	make -s -C "$BATS_TEST_DIRNAME/../.." BUILD="$TMPDIR/b" CFLAGS="$1" \
		"$TMPDIR/b/bench/control.o"
	built=$(stat -c %y b/bench/control.o)
}

@test "all flags of the timed loops are in run.json" {
	"$SYSCOST" run --seconds 0.1 --no-plots -o out test/good >/dev/null
	recorded=$(sed -n 's/^    "flags": "\(.*\)",$/\1/p' out/run.json)
	[[ "$recorded" == *" -std=gnu11 "* ]]
	[[ "$recorded" != *" -I"* ]] # a path changes no code
	grep -qF "\"$recorded\"" "${SYSCOST%/*}/flags.h"
}

@test "another flag is another record, and builds everything anew" {
	build "-O1 -DWORDS='\"a b\"' -ffile-prefix-map=$PWD=."
	first=$built
	grep -qF 'SYSCOST_FLAGS "-O1 -DWORDS='"'"'\"a b\"'"'"' -O2' b/flags.h
	build "-O1 -DWORDS='\"a b\"' -ffile-prefix-map=$PWD=."
	[ "$built" = "$first" ]
	build "-O1"
	[ "$built" != "$first" ]
	grep -qF 'SYSCOST_FLAGS "-O1 -O2' b/flags.h
}
