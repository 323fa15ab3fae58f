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
	grep -q "clock moved from 4.20 to 4.61 GHz in 98 of 100 readings: nanos" $page
	grep -q '<li>An inline getppid costs ~450 cycles ±0.4 % (103 ns); ' $page
	grep -q 'wrapper costs 9.9 % (9.7 to 10.4) more.</li>' $page
	grep -q 'vDSO, and as a call 8.00 (7.97 to 8.03) times that.</li>' $page
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
	loop='A loop of one inline call a pass costs ~473 cycles ±0.5 % (107 ns): '
	grep -qF "$loop"'5.0 % (4.8 to 5.6) more than the call. lmbench, ' $page
	# shellcheck disable=SC2016 # text, to be found as it is
	{
		grep -qF 'Some of the windows of 5 of 8 rows stand on several' $page
		grep -qF ' null/&lt;b&gt;$(touch pwned)&lt;/b&gt; stands most often' $page
		grep -qF '(50 % of its quiet windows in this run) at 420 cycles; ' $page
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
	# From the second to the last but one of 65 quantiles.
	texts ecdf | grep -q '^97 % of the quiet windows of a null call lie within'
}

# rounds_of METRIC: the golden folder of levels without windows, compared in METRIC.
rounds_of() {
	folder levels
	rm out/windows.csv
	python3 - "$1" <<-'EOF'
		import csv, sys
		rows = list(csv.DictReader(open("out/results.csv", newline="")))
		for row in rows:
		    row["metric"] = sys.argv[1]
		with open("out/results.csv", "w", newline="") as f:
		    w = csv.DictWriter(f, rows[0].keys())
		    w.writeheader()
		    w.writerows(rows)
	EOF
}

@test "without windows the ECDF is of all rounds, and claims what they are" {
	rounds_of cycles
	# One round far away: nothing is trimmed.
	sed -i '/^null\/getppid-libc,0,/s/^\(.*,\)[^,]*,\([^,]*\)$/\1990,\2/' \
		out/rounds.csv
	"$SYSCOST" report out
	texts ecdf | grep -qx 'share of rounds at or below'
	texts ecdf | grep -q '^estimated core cycles an operation (below: the most'
	texts ecdf | grep -q '^The rounds of a null call lie within 10.\.. % .*libc)$'
	# In time, levels of cycles have no place on the axis.
	rounds_of time
	"$SYSCOST" report out
	texts ecdf | grep -qx 'time-stamp counter ticks an operation'
	[ "$(texts ecdf | grep -c 'level\|GHz')" -eq 0 ]
	# One round spreads nowhere: nothing is claimed.
	rounds_of cycles
	sed -i '/,[1-9][0-9]*,[0-9]*,100,40,/d' out/rounds.csv
	"$SYSCOST" report out
	texts ecdf | grep -qx 'How the rounds of the null calls are distributed'
}

@test "an older folder names no metric: it is drawn in time, as it is compared" {
	folder plots
	"$SYSCOST" report out
	texts null | grep -q '^nanoseconds an operation (bar: median;'
	texts ecdf | grep -qx 'share of rounds at or below'
	texts ecdf | grep -qx 'time-stamp counter ticks an operation'
	for f in null clocks read all ecdf; do
		[ "$(texts $f | grep -c 'cycles\|GHz')" -eq 0 ]
	done
	[ "$(grep -cE 'clock moved|sharp levels|Rows in time|one inline call a pass' \
		out/report.html)" -eq 0 ]
	cp -r out head
	run "$SYSCOST" compare --format csv --no-plots out head
	[ "$(grep -c ',cycles,' <<<"$output")" -eq 0 ]
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
	grep -q '<li>An inline getppid costs 100 ns ±1.0 %;' out/report.html
	grep -q '<td>null/getppid-inline</td><td>inline</td><td class=n [^>]*>100.0 ' \
		out/report.html
	[ "$(grep -c 'Rows in time' out/report.html)" -eq 0 ]
}

@test "rows that cost nothing, or no end, in one unit draw what there is" {
	for costs in '0 100' '-3 100' '1e300 100' '1e300 1e-300' '1e-300 1e300' \
		'1.7e308 1.7e308' '1e308 5e305'; do
		folder levels
		mv out/results.csv rows.csv
		# shellcheck disable=SC2086
		python3 - $costs <<-'EOF' >out/results.csv
			import csv, sys
			rows = list(csv.DictReader(open("rows.csv", newline="")))
			w = csv.DictWriter(sys.stdout, rows[0].keys())
			w.writeheader()
			for row in rows:
			    row["cycles"], row["ns"] = sys.argv[1:]
			    w.writerow(row)
		EOF
		echo "$costs"
		"$SYSCOST" report out
		[ -s out/null.svg ]
		[ -s out/ecdf.svg ]
	done
}

@test "many long ids that begin alike have a curve each, as far as there is room" {
	folder levels
	mv out/results.csv out/rounds.csv .
	python3 - <<-'EOF'
		ids = ["null/" + 63 * "a" + "%02d" % i for i in range(40)]
		with open("out/results.csv", "w") as f:
		    f.write(open("results.csv").readline())
		with open("out/rounds.csv", "w") as f:
		    f.write(open("rounds.csv").readline())
		with open("out/windows.csv", "w") as f:
		    f.write("id,share,cycles\n")
		    for i, id in enumerate(ids):
		        for k in range(3):
		            f.write("%s,%g,%d\n" % (id, k / 2, 100 + i + k))
	EOF
	"$SYSCOST" report out
	[ "$(texts ecdf | grep -c '^a\{63\}$')" -eq 32 ]
	texts ecdf | grep -qx 'share of quiet windows at or below; 8 rows are left out'
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
	# A row that cannot be used does not hide the rounds.
	printf '%s\n' id,share,cycles null/a,0.5, null/b,7,100 >out/windows.csv
	"$SYSCOST" report out
	texts ecdf | grep -qx 'share of rounds at or below'
	# One point spreads nowhere: nothing is claimed.
	printf '%s\n' id,share,cycles null/a,0.5,100 >out/windows.csv
	"$SYSCOST" report out
	texts ecdf | grep -qx 'How the quiet windows of the null calls are distributed'
	# Windows of other rows alone: the rounds are drawn.
	printf '%s\n' id,share,cycles write/null,0.5,100 >out/windows.csv
	"$SYSCOST" report out
	texts ecdf | grep -qx 'share of rounds at or below'
}

@test "explain says what of the loop and the call site is in the figure" {
	"$SYSCOST" explain null/getppid-inline | tr -s ' \n' ' ' >got
	grep -q 'holds the instruction and the one that keeps its result; no user' got
	grep -q 'up to 64 operations a pass: with as many next to nothing of' got
	"$SYSCOST" explain null/getppid-libc null/getppid-syscall | tr -s ' \n' ' ' >got
	[ "$(grep -o 'return after a system call then costs more' got | wc -l)" -eq 2 ]
	# A loop of several calls, or one that calls nothing, is not one call.
	"$SYSCOST" explain clock/monotonic-libc file/open-close memory/fault-anon \
		floor/call 'read/mmap-*' 'batch/*-copy' null/getppid-loop \
		null/getpid-cached >got
	[ "$(grep '^  call site' got | sort -u | cut -d: -f1)" = \
		'  call site    all that the loop does for an operation' ]
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
	grep -q '^  reference    ~437.6 (437.2 to 438.5) cycles at the reference' got
	tr -s ' \n' ' ' <got | grep -qF 'state (ENOSYS 249.1, getuid 264.8 cycles); never'
	grep -q '^  levels       4; the lowest at ~437.5 (437.4 to 437.8) cycles,' got
	grep -q '^ *the most frequent at ~450.3 (.*), with 61 % of the quiet windows' got
	[ "$(grep -c 'lies between' got)" -eq 0 ]
	"$SYSCOST" explain --from out null/getppid-libc | grep -q 'The figure lies betw'
	# How its loop went, by the n that is stored.
	grep -q '^  loop         64 operations a pass in this run: ' got
	for n in 15 63; do
		sed "/^null.getppid-inline/s/,480,1,100,1,/,480,1,$n,1,/" \
			"$GOLDEN/levels/results.csv" >out/results.csv
		"$SYSCOST" explain --from out null/getppid-inline | grep '^  loop' >>loops
	done
	grep -q 'one operation a pass in this run, 15 a window: the branch' loops
	grep -q 'up to 16 operations a pass in this run, 63 a window' loops
	# What is neither counted nor estimated is called neither.
	for source in counted ''; do
		sed "/^null.getppid-inline/s/,estimated,/,$source,/" \
			"$GOLDEN/levels/results.csv" >out/results.csv
		"$SYSCOST" explain --from out null/getppid-inline >>sources
	done
	grep -qx '  cycles       450.3 (449.4 to 452.1), counted by the CPU' sources
	grep -qx '  cycles       450.3 (449.4 to 452.1)' sources
	"$SYSCOST" explain --from out switch/pipe-process-same | grep -A1 '^  status' |
		grep -q '^  nanoseconds  2030 .* compared in: it sleeps'
	"$SYSCOST" explain --from out null/gettid-inline >other
	grep -qx '  not stored   in out' other
	LC_ALL=C.UTF-8 awk 'length > 100' got | diff /dev/null -
}

@test "explain --from takes the head of a comparison" {
	folder levels
	mkdir -p ab
	mv out ab/head
	"$SYSCOST" compare --no-noise --force -o verdicts --no-plots ab/head ab/head \
		>said || [ $? -ne 2 ]
	cp verdicts/verdicts.csv ab
	"$SYSCOST" explain --from ab null/getppid-inline >got
	grep -qx '  stored in    ab/head' got
	grep -q '^  cycles       ~450.3 ' got
	# The rows of an older run beside it are not those that were compared.
	sed 's/,450.3,estimated/,999.9,estimated/' ab/head/results.csv >ab/results.csv
	"$SYSCOST" explain --from ab null/getppid-inline | grep -q '  cycles  *~450.3 '
}

@test "explain --from takes an older folder, and refuses what is none" {
	folder plots
	rm out/run.json out/rounds.csv
	"$SYSCOST" explain --from out null/getppid-libc >got
	grep -qx '  cycles       ~450.0 (447.8 to 454.5), estimated from ticks' got
	grep -q '^  loop         up to 64 operations a pass: ' got
	[ "$(grep -cE '^  (clock|reference|levels)' got)" -eq 0 ]
	run "$SYSCOST" explain --from nowhere null/getppid-libc
	[ "$status" -eq 2 ]
	[ "$output" = "syscost: nowhere has neither results.csv nor verdicts.csv: it is \
no result folder" ]
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
