# shellcheck disable=SC2016 # a $ in single quotes is for sed
# Exports, each checked by the rules of the program that reads it (tests/export/check.py).
# The folders are made by hand, with hostile text in them (tests/export/folder.py).

load common

FORMATS="github-action-benchmark bencher google-benchmark go junit markdown
github-annotations otava openmetrics"

# Debian's Python has the modules; another one that comes first in PATH has not.
python() {
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 \
		"$BATS_TEST_DIRNAME/../export/$1.py" "${@:2}"
}

export_and_check() { # format, kind, options…
	"$SYSCOST" export "${2%-relative}" --format "$1" "${@:3}" >"$1.out"
	python check "$1" "$2" "$1.out"
}

@test "the formats that are listed are those that are tested" {
	[ "$("$SYSCOST" export --format list | awk '{ print $1 }' | sort)" = \
		"$(tr ' ' '\n' <<<"$FORMATS" | sort)" ]
	for f in $FORMATS; do
		"$SYSCOST" export --help | grep -q "^  $f "
	done
}

@test "export of a run: every format is what its reader takes" {
	python folder run run
	for f in $FORMATS; do
		export_and_check "$f" run
	done
	export_and_check github-action-benchmark run-relative --relative
}

@test "export of a comparison: verdicts, and the rows of both arms" {
	python folder comparison comparison
	for f in $FORMATS; do
		export_and_check "$f" comparison
	done
	export_and_check github-action-benchmark comparison-relative --relative
}

@test "advisory verdicts are no failures, and what disturbed a comparison is said" {
	python folder advisory advisory
	"$SYSCOST" export advisory --format junit >out.xml
	grep -q 'failures="1" ' out.xml # the row that failed
	grep -q '<skipped message="regressed, advisory: 1.1 times (1.09 to 1.11)' out.xml
	xmllint --noout --schema "$BATS_TEST_DIRNAME/../export/junit.xsd" out.xml
	"$SYSCOST" export advisory --format github-annotations >out.txt
	[ "$(grep -c '^::' out.txt)" -eq "$(wc -l <out.txt)" ]
	grep -q '^::notice.*; contaminated: says .*; advisory only: says ' out.txt
	"$SYSCOST" export advisory --format markdown >out.md
	grep -q '^Contaminated: says ' out.md
	grep -q '^Advisory only: says ' out.md
}

@test "what a comparison could not tell is said, and what is suspected is named" {
	python folder undecided undecided
	"$SYSCOST" export undecided --format junit >out.xml
	grep -q 'failures="1" ' out.xml # the row that failed
	grep -q '<skipped message="suspected: 130 times (130 to 130)[^"]*at first' out.xml
	xmllint --noout --schema "$BATS_TEST_DIRNAME/../export/junit.xsd" out.xml
	"$SYSCOST" export undecided --format github-annotations >out.txt
	head -1 out.txt | grep -q '^::warning title=suspected some/suspected::130 times'
	grep -q '^::notice.*1 suspected.*; cannot tell: undecided: 2 of 3 bench' out.txt
	"$SYSCOST" export undecided --format markdown >out.md
	grep -q '^\*\*Cannot tell\*\*: undecided: 2 of 3 benchmarks\.' out.md
	grep -q '^| \*\*suspected\*\* | <code>some/suspected</code> | 130 times' out.md
	"$SYSCOST" export undecided --format openmetrics >out.om
	grep -q 'id="some/suspected",syscost_verdict="suspected"} 1$' out.om
}

@test "the cycles of a round are its own; a verdict shows what was compared" {
	python folder comparison comparison
	change() { # file, id, COLUMN=VALUE…
		/usr/bin/python3 -c '
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
for r in rows:
    if r["id"] == sys.argv[2]:
        r.update(x.split("=") for x in sys.argv[3:])
out = csv.DictWriter(open(sys.argv[1], "w"), rows[0], lineterminator="\n")
out.writeheader()
out.writerows(rows)' "$@"
	}
	change comparison/head/rounds.csv null/plain cycles=321.5
	"$SYSCOST" export comparison --format go >go.out
	[ "$(grep -c '^BenchmarkNull/plain-1 .* 321.5 estimated-c' go.out)" -eq 10 ]
	grep -q '^BenchmarkBatch/x/batch=8-1 .* 58.59375 estimated-c' go.out
	"$SYSCOST" export comparison --format google-benchmark >google.out
	[ "$(grep -c '"cycles_estimated": 321.5,\?$' google.out)" -eq 10 ]
	change comparison/verdicts.csv many/r11 metric=cycles base=400 head=484
	"$SYSCOST" export comparison --format markdown |
		grep -q '<code>many/r11</code> .*| 400 cycles | 484 cycles |'
	"$SYSCOST" export comparison --format github-annotations |
		grep -q 'many/r11::1.21 times .*; 484 cycles, the base 400 cycles: '
	"$SYSCOST" export comparison --format junit |
		grep -q '484 cycles, the base 400 cycles'
}

@test "export of verdicts alone: what needs rounds says that there are none" {
	python folder verdicts verdicts
	for f in $FORMATS; do
		case $f in
		go | google-benchmark)
			run "$SYSCOST" export verdicts --format "$f"
			[ "$status" -eq 77 ]
			[ "${#lines[@]}" -eq 1 ]
			;;
		otava)
			run "$SYSCOST" export verdicts --format otava
			[ "$status" -eq 2 ]
			[[ "$output" == *--time* ]]
			export_and_check otava verdicts --time 2026-01-31T12:00:00+01:00
			;;
		*)
			export_and_check "$f" verdicts
			;;
		esac
	done
}

@test "a step summary stays below its limit and counts what it left out" {
	python folder big big
	"$SYSCOST" export big --format markdown >out.md
	python check markdown big out.md
}

@test "no figure at all: 77 for formats of figures, the others say so" {
	python folder skips skips
	for f in github-action-benchmark bencher google-benchmark go otava; do
		run "$SYSCOST" export skips --format "$f"
		[ "$status" -eq 77 ]
		[ "${#lines[@]}" -eq 1 ]
	done
	"$SYSCOST" export skips --format markdown | grep -q '1 ok, 1 skip, 1 fail'
	"$SYSCOST" export skips --format junit |
		grep -q 'failures="1" errors="0" skipped="2"'
	"$SYSCOST" export skips --format openmetrics | grep -q '^# EOF$'
}

@test "the checks refuse what is broken" {
	python folder run run
	python folder comparison comparison
	broken() { # format, kind, sed script
		"$SYSCOST" export "$2" --format "$1" | sed -E "$3" >broken.out
		! cmp -s broken.out <("$SYSCOST" export "$2" --format "$1") || return 1
		run python check "$1" "$2" broken.out
		echo "$1 $3: $output"
		[ "$status" -eq 1 ] && [[ "${lines[0]}" == broken:* ]]
	}
	for f in github-action-benchmark bencher google-benchmark; do
		broken $f run '0,/100\.5/s//NaN/'
		broken $f run 's/"(value|real_time)"/"wert"/'
		broken $f run 's/noisy|-bencher-ignore//g'
	done
	broken github-action-benchmark run 's/"range": "100.25 to 101"/"extra": "x"/'
	broken bencher run 's/"lower_value": 100.25/"lower_value": 100.75/'
	broken google-benchmark run 's/"cpu_time"/"cpu"/'
	broken google-benchmark run 's/"caches"/"cashes"/'
	broken google-benchmark run '0,/"repetition_index": 1,/s//"repetition_index": 2,/'
	broken go run 's/^BenchmarkNull/Benchmarknull/'
	broken go run 's/-1 6000 / 6000 /'
	broken go run 's/ ns\/op//'
	broken go run 's/^# noisy.*$/status: noisy/'
	broken go run 's/\\x20/ /g'
	broken junit run 's/&lt;/</'
	broken junit run 's/failures="1"/failures="2"/'
	broken junit run 's/(time="[0-9.]+)"/\1e-9"/'
	broken junit comparison 's/<skipped/<ignored/'
	broken markdown run 's/&#124;/|/'
	broken markdown run 's/&#60;/</g; s/&#62;/>/g'
	broken markdown run 's/&#42;/*/g'
	broken github-annotations comparison '1s/%2C/,/'
	broken github-annotations comparison '1s/%3A/:/'
	broken github-annotations run '1s/%25/%/'
	# shellcheck disable=SC2016 # sed's $, the last line
	broken github-annotations comparison '$d'
	broken github-annotations comparison '2p'
	# shellcheck disable=SC2016
	broken otava run '$s/100\.5/-/'
	broken otava run 's/$/,branch/'
	# shellcheck disable=SC2016
	broken openmetrics run '$d'
	broken openmetrics run 's/\\"/"/'
	broken openmetrics run 's/^# UNIT (.*) seconds/# UNIT \1 ns/'
	broken openmetrics run 's/(syscost_status="ok"\}) 1/\1 2/'
	broken openmetrics run 's/ [0-9.]+e-07$/ NaN/'
}

@test "patterns choose rows; -o writes a whole file or none" {
	python folder run run
	"$SYSCOST" export run --format otava -o out.csv 'null/*' 'batch/x'
	[ "$(head -1 out.csv)" = \
		"time,commit,noisy_rows,null/plain_ns,batch/x:batch=8_ns" ]
	"$SYSCOST" export run --format otava -o out.csv --commit 'a,"b"' '!evil/*'
	grep -q '^2026-01-31T12:00:00Z,"a,""b""",0,100.5,12.5$' out.csv
	[ -z "$(find . -maxdepth 1 -name '.*.new')" ]
	"$SYSCOST" export run --format junit -o /dev/stderr 2>&1 >/dev/null |
		grep -q '</testsuite>'
	echo precious >kept
	run "$SYSCOST" export run --format junit -o kept 'no/such*'
	[ "$status" -eq 2 ]
	[ "$(cat kept)" = precious ]
	run "$SYSCOST" export run --format junit -o nowhere/file
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "bad usage of export and bad folders are one line and exit status 2" {
	python folder run run
	mkdir empty
	cp -r run broken && sed -i 's/100\.5/1O0.5/' broken/results.csv
	cp -r run norun && rm norun/run.json
	cp -r run badrun && echo '{' >badrun/run.json
	python folder comparison badwhole && echo '{' >badwhole/compare.json
	cp -r run twice && grep '^null/plain' run/results.csv >>twice/results.csv
	cp -r run noid && sed -i 's/^null.plain,/,/' noid/results.csv
	for args in "" "run" "run --format xml" "--format go" "nowhere --format go" \
		"empty --format go" "broken --format go" "norun --format go" \
		"badrun --format go" "badwhole --format go" "twice --format go" \
		"noid --format go" "run --format go no/such" \
		"run --format go --nonsense" "run --format go --relative" \
		"run --format go --commit x" "run --format otava --time yesterday" \
		"run/results.csv --format go" "run --format go -o /proc/nowhere/x"; do
		# shellcheck disable=SC2086
		run "$SYSCOST" export $args
		echo "$args: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "a real run goes through every format" {
	"$SYSCOST" run --seconds 1 --no-plots -o out null/getppid-inline test/skip \
		>/dev/null
	for f in $FORMATS; do
		"$SYSCOST" export out --format "$f" >"$f.out"
		[ -s "$f.out" ]
		[ "$(grep -icw nan "$f.out")" -eq 0 ]
	done
	grep -q '^BenchmarkNull/getppid-inline-1 [0-9]' go.out
}
