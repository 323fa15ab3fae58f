# What leads with core cycles, and what does not: pages, plots and `explain`, of a folder
# with levels and windows, of an older one, and of one that has no cycles at all.

load common

setup_file() {
	export GOLDEN=$BATS_TEST_DIRNAME/../golden
}

folder() { # NAME of tests/golden
	rm -rf out
	mkdir out
	cp "$GOLDEN/$1"/*.{csv,json} out
}

texts() { # FIGURE: what stands in it
	xmllint --xpath '//*[local-name()="text"]/text()' "out/$1.svg"
}

# The golden folder of older rows, with no cycles in any column.
without_cycles() {
	folder plots
	python3 - <<-'EOF'
		import csv
		for name in "results.csv", "rounds.csv":
		    rows = list(csv.DictReader(open("out/" + name, newline="")))
		    for row in rows:
		        for key in row:
		            if key.startswith("cycles"):
		                row[key] = ""
		    with open("out/" + name, "w", newline="") as f:
		        w = csv.DictWriter(f, rows[0].keys())
		        w.writeheader()
		        w.writerows(rows)
	EOF
}

@test "the page leads with cycles, and says how the clock moved" {
	folder levels
	"$SYSCOST" report out
	page=out/report.html
	grep -q "clock moved from 4.20 to 4.61 GHz: nanoseconds move with it" $page
	grep -q '<li>An inline getppid costs ~450 cycles (103 ns)' $page
	# The first figure of a row is in cycles, and its mark is there.
	grep -q '<td>null/getppid-inline</td><td>inline</td><td [^>]*>~450.3 ' $page
	grep -q '<td>read/pread[^<]*</td><td>inline</td><td [^>]*>1500 ' $page
	# What is compared in time leads with it, behind the reason.
	sed -n '/Rows in time/,$p' out/report.html >time.txt
	grep -q 'These rows sleep, or another core' time.txt
	grep -q '<td>switch/[a-z-]*</td><td>inline</td><td class=n [^>]*>2030 ' time.txt
	[ "$(sed '/<h2 id=reasons/,$d' time.txt | grep -c '<td>null/')" -eq 0 ]
}

@test "the page says what the levels and the classic loop do" {
	folder levels
	"$SYSCOST" report out
	page=out/report.html
	grep -q 'prints ~473 cycles (107 ns): 5.0 % (4.8 to 5.6) more than' $page
	# shellcheck disable=SC2016 # text, to be found as it is
	{
		grep -qF 'The windows of 5 of 8 rows stand on several sharp' $page
		grep -qF ' null/&lt;b&gt;$(touch pwned)&lt;/b&gt; mostly (50 %)' $page
		grep -qF ', null/&lt;b&gt;$(touch pwned)&lt;/b&gt; lie between two' $page
	}
	[ "$(grep -ciE '<b>\$' $page)" -eq 0 ]
	[ -z "$(find . -name '*pwned*')" ]
}

@test "plots have core cycles on their axis and nanoseconds at the top" {
	folder levels
	"$SYSCOST" report out
	for f in null clocks; do
		texts $f | grep -q '^estimated core cycles .* (bar: median'
		texts $f | grep -qx 'nanoseconds at 4.39 GHz, the median clock of the run'
	done
	texts read | grep -q '^core cycles for 4 KiB'
	texts read | grep -q '; a time alone: the row is compared in time$'
	texts all | grep -q '; hollow: compared in time$'
	texts read | grep -qx '433 ns'
	texts null | grep -qx '~450 (103 ns)'
	texts ecdf | grep -qx 'share of quiet windows at or below'
	texts ecdf | grep -q '^estimated core cycles an operation (below: the most'
	texts ecdf | grep -q '^98 % of the quiet windows'
}

@test "an older folder has its cycles too, and the ECDF of its rounds" {
	folder plots
	"$SYSCOST" report out
	for f in null clocks read all; do
		texts $f | grep -q '^estimated core cycles'
	done
	texts ecdf | grep -qx 'share of rounds at or below'
	texts ecdf | grep -qx 'estimated core cycles an operation'
	[ "$(grep -cE 'clock moved|sharp levels|Rows in time|one call a pass' \
		out/report.html)" -eq 0 ]
}

@test "without cycles all plots and the page are in nanoseconds" {
	without_cycles
	"$SYSCOST" report out
	texts null | grep -q '^nanoseconds an operation (bar: median;'
	texts clocks | grep -q '^nanoseconds a reading'
	texts read | grep -q '^nanoseconds for 4 KiB'
	texts all | grep -q '^nanoseconds an operation, log scale'
	texts ecdf | grep -qx 'time-stamp counter ticks an operation'
	for f in null clocks read all ecdf; do
		[ "$(texts $f | grep -c 'cycles\|GHz')" -eq 0 ]
	done
	texts null | grep -qx '150 ns'
	grep -q '<li>An inline getppid costs 100 ns' out/report.html
	grep -q '<td>null/getppid-inline</td><td>inline</td><td class=n [^>]*>100.0 ' \
		out/report.html
	[ "$(grep -c 'Rows in time' out/report.html)" -eq 0 ]
}

@test "rows that cost nothing in one unit draw what there is" {
	without_cycles
	for cycles in 0 -3 1e300; do
		cp out/results.csv rows.csv
		python3 - "$cycles" <<-'EOF' >out/results.csv
			import csv, sys
			rows = list(csv.DictReader(open("rows.csv", newline="")))
			w = csv.DictWriter(sys.stdout, rows[0].keys())
			w.writeheader()
			for row in rows:
			    if row["ns"]:
			        row["cycles"] = sys.argv[1]
			    w.writerow(row)
		EOF
		"$SYSCOST" report out
		[ -s out/null.svg ]
		[ -s out/ecdf.svg ]
	done
}

@test "windows of a folder are read strictly, and odd ones draw what there is" {
	folder levels
	echo 'id,share' >out/windows.csv
	run "$SYSCOST" report out
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ "$output" == *windows.csv* ]]
	# Not ascending, beyond 1, negative, infinite; one point alone.
	printf '%s\n' id,share,cycles null/a,0.5,100 null/a,0.4,90 null/a,2,200 \
		null/a,0.9,-4 null/b,0.5, null/c,1,300 >out/windows.csv
	"$SYSCOST" report out
	texts ecdf | grep -qx 'share of quiet windows at or below'
	texts ecdf | grep -qx a
	texts ecdf | grep -qx c
	# Windows of other rows alone: the rounds are drawn.
	printf '%s\n' id,share,cycles write/null,0.5,100 >out/windows.csv
	"$SYSCOST" report out
	texts ecdf | grep -qx 'share of rounds at or below'
}

@test "explain says what of the loop and the call site is in the figure" {
	"$SYSCOST" explain null/getppid-inline | tr -s ' \n' ' ' >got
	grep -q 'the instruction itself and the one that keeps the result are in' got
	grep -q 'no user-space call or return is' got
	grep -q '64 operations a pass' got
	"$SYSCOST" explain null/getppid-libc null/getppid-syscall | tr -s ' \n' ' ' >got
	[ "$(grep -o 'the return after a system call costs' got | wc -l)" -eq 2 ]
	"$SYSCOST" explain null/getppid-loop | grep -q 'one iteration a pass'
	# Every row has both lines.
	"$SYSCOST" explain '*' >got
	[ "$(grep -c '^  call site ' got)" -eq "$("$SYSCOST" list | wc -l)" ]
	[ "$(grep -c '^  loop ' got)" -eq "$("$SYSCOST" list | wc -l)" ]
}

@test "explain --from prints what a folder has of a row" {
	folder levels
	"$SYSCOST" explain --from out null/getppid-inline >got
	grep -qx '  stored in    out' got
	grep -qx '  cycles       ~450.3 (449.4 to 452.1), estimated from ticks' got
	grep -q '^  nanoseconds  102.9 (' got
	grep -q '^  clock        The core.s clock moved from 4.20 to 4.61 GHz' got
	grep -q '^  reference    437.6 (437.2 to 438.5) cycles at the reference state' got
	grep -q '^  levels       4; the lowest at 437.5 (437.4 to 437.8) cycles,' got
	grep -q '^ *the most frequent at 450.3 (.*), with 61 % of the quiet windows' got
	[ "$(grep -c 'lies between' got)" -eq 0 ]
	"$SYSCOST" explain --from out null/getppid-libc | grep -q 'The median lies'
	"$SYSCOST" explain --from out switch/pipe-process-same | grep -A1 '^  status' |
		grep -q '^  nanoseconds  2030 .* compared in: it sleeps'
	"$SYSCOST" explain --from out null/gettid-inline >other
	grep -qx '  not stored   in out' other
	LC_ALL=C.UTF-8 awk 'length > 100' got | diff /dev/null -
}

@test "explain --from takes an older folder, and refuses what is none" {
	folder plots
	rm out/run.json out/rounds.csv
	"$SYSCOST" explain --from out null/getppid-libc >got
	grep -qx '  cycles       ~450.0 (447.8 to 454.5), estimated from ticks' got
	[ "$(grep -cE '^  (clock|reference|levels)' got)" -eq 0 ]
	run "$SYSCOST" explain --from nowhere null/getppid-libc
	[ "$status" -eq 2 ]
	[ "$output" = "syscost: nowhere/results.csv: No such file or directory" ]
	# A row without a figure has its reason alone.
	"$SYSCOST" list | grep -q '^null/getuid-inline'
	skipped=null/getuid-inline,null,getuid-inline,inline,,skip,"not here",
	sed -i "s|^floor.*|$skipped$(printf ',%.0s' {1..35})|" out/results.csv
	"$SYSCOST" explain --from out null/getuid-inline >got
	[ "$(tail -n 1 got)" = '  status       skip: not here' ]
}

@test "explain --from lets no control character of a folder through" {
	folder levels
	esc=$(printf '\033')
	sed -i "s|^null/getppid-inline,null,getppid-inline,inline,,ok,|&${esc}[31mred|" \
		out/results.csv
	mv out "o${esc}[1mt"
	"$SYSCOST" explain --from "o${esc}[1mt" null/getppid-inline >got
	grep -q 'status       ok: ?\[31mred' got
	[ "$(grep -c "$esc" got)" -eq 0 ]
}
