# The rows of the batch/ family: they run, and say what they must. No timing is judged.

load common

# cells COLUMN… <results.csv: these columns of each row, one a line, tabs between.
cells() {
	awk -v want="$*" '
	function split_csv(line, cell,    n, c, i, quoted, text) {
		for (i = 1; i <= length(line); i++) {
			c = substr(line, i, 1)
			if (c == "\"") quoted = !quoted
			else if (c == "," && !quoted) { cell[++n] = text; text = "" }
			else text = text c
		}
		cell[++n] = text
		return n
	}
	{ n = split_csv($0, cell) }
	NR == 1 {
		for (i = 1; i <= n; i++)
			at[cell[i]] = i
		k = split(want, names, " ")
		next
	}
	{
		for (i = 1; i <= k; i++)
			printf "%s%s", cell[at[names[i]]], i < k ? "\t" : "\n"
	}'
}

@test "every batch row names what it does and how" {
	"$SYSCOST" run --seconds 0.1 --no-output --format csv 'batch/*-nop-*' \
		'batch/setup-*' | cells id workload strategy >out
	[ "$(wc -l <out)" -gt 150 ]
	run grep -P '\t\t|\t$' out
	[ -z "$output" ]
}

@test "batch rows run once, or say why not" {
	run "$SYSCOST" run --seconds 0.1 --no-plots -o out 'batch/*'
	grep ' failed: ' <<<"$output" || true # to be seen where one failed
	[ "$status" -eq 0 ]
	cells status reason workload strategy <out/results.csv >rows
	[ "$(wc -l <rows)" -gt 1900 ]
	run grep -vP '^(ok|noisy|skip\t[^\t]+|noisy\t[^\t]+)\t.*[^\t]+\t[^\t]+$' rows
	echo "$output" | head
	[ -z "$output" ]
}

@test "a file in memory is punted, /dev/null and a pipe are not" {
	"$SYSCOST" run --seconds 4 --no-output --format csv 'batch/write-memfd-uring' \
		'batch/write-null-uring:batch=1:bytes=64' \
		'batch/write-pipe-uring:batch=1:bytes=64' | cells id mode >out
	[ "$(grep -c '^batch/write-memfd-uring.*	punted$' out)" -eq 3 ]
	[ "$(grep -cE '^batch/write-(null|pipe)-.*	inline$' out)" -eq 2 ]
}

@test "flags that were asked for are in force; a mode that is refused is skipped" {
	"$SYSCOST" run --seconds 2 --no-output --format csv \
		'batch/ring-nop-defer:batch=8' test/ring_future |
		cells id status reason flags_asked flags_in_force >out
	flags='SINGLE_ISSUER DEFER_TASKRUN, ring fd registered'
	grep -q "defer.*	$flags	$flags\$" out ||
		grep -q 'defer.*	skip	.*needs Linux 6.1' out
	reason='io_uring_setup(0x80000000): Invalid argument; needs '
	grep -q "^test/ring_future	skip	$reason" out
}

@test "SQPOLL is refused where its thread would have the caller's CPU" {
	cpu=$(taskset -pc $$ | sed 's/.*[:,-] *//')
	run taskset -c "$cpu" "$SYSCOST" run --seconds 1 --no-output --format csv \
		'batch/ring-nop-sqpoll:batch=8'
	[ "$status" -eq 77 ]
	grep -q ',skip,needs a second CPU' <<<"$output"
}

@test "completions without room are a failure" {
	run "$SYSCOST" run --seconds 1 --no-output test/ring_overflow
	[ "$status" -eq 2 ]
	[[ "$output" == *"completions overflowed their queue"* ]]
}
