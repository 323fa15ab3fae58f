# Options: --help, the man page and the completions hold what the tables hold, no more and
# no less. What a value may be is in tests/unit/test_option.c.

load common

setup_file() {
	export ROOT=$BATS_TEST_DIRNAME/../..
}

commands() {
	"$SYSCOST" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'
}

# The options in what --help prints, with what stands for their values.
of_help() {
	"$SYSCOST" "$1" --help | sed -nE 's/^  (-., |    )--/--/p' |
		sed -E 's/  .*//' | grep -v '^--help$' | sort
}

# Those below the man page's heading of this command.
of_man() {
	sed 's/\\-/-/g; s/\\f[BIR]//g; s/"//g; s/  */ /g' "$ROOT/man/syscost.1" |
		awk -v want="$1" '/^\.S[SH] / { on = $0 == ".SS " want }
				  on && heading { print }
				  { heading = $0 == ".TP" }' |
		sed -E 's/^\.[BI]+ //; s/.*(--)/\1/; s/ *$//' | sort
}

@test "the man page lists the options of every command, as --help does" {
	[ "$(commands | wc -l)" -ge 11 ]
	for c in $(commands); do
		echo "$c"
		diff <(of_help "$c") <(of_man "$c")
	done
	[ "$(of_help run | wc -l)" -ge 15 ]
	of_help run | grep -qx -- '--layer NAME\[:K\]'
	# No heading of a command that is not there.
	while read -r c; do
		commands | grep -qx "$c"
	done < <(sed -n 's/^\.SS //p' "$ROOT/man/syscost.1")
}

@test "the man page is well formed" {
	command -v groff >/dev/null || skip "needs groff"
	[ -z "$(groff -man -ww -Tascii "$ROOT/man/syscost.1" 2>&1 >/dev/null)" ]
}

@test "help: behind any command, among other options, or before its name" {
	"$SYSCOST" help >all
	"$SYSCOST" --help | diff all -
	"$SYSCOST" -h | diff all -
	for c in $(commands); do
		"$SYSCOST" help "$c" >want
		grep -q "^usage: syscost $c" want
		for args in --help -h "a b --help" "x -h --nonsense"; do
			# shellcheck disable=SC2086
			"$SYSCOST" "$c" $args | diff want -
		done
		[ "$(LC_ALL=C.UTF-8 awk 'length > 90' want | wc -l)" -eq 0 ]
	done
	"$SYSCOST" run --quick --seed 3 --help 'null/*' | grep -q -- '--seed N'
	[ -z "$(find . -name 'syscost-*')" ]
}

@test "--version is the man page's" {
	page=$(sed -n 's/^\.TH SYSCOST 1 [^ ]* "\(.*\)" .*/\1/p' "$ROOT/man/syscost.1")
	[ "$("$SYSCOST" --version)" = "$page" ]
}

@test "a wrong option is one line that says what is wanted, and exit status 2" {
	seed='a whole number from 0 to 18446744073709551615'
	rounds='a whole number from 1 to 4000'
	while IFS='|' read -r args want; do
		# shellcheck disable=SC2086
		run "$SYSCOST" $args
		echo "$args: $status $output"
		[ "$status" -eq 2 ]
		[ "$output" = "syscost: $want" ]
	done <<END
rum|'rum' is not a command: did you mean 'run'?
exprot|'exprot' is not a command: did you mean 'export'?
nonsense|'nonsense' is not a command: see 'syscost --help'
help nonsense|'nonsense' is not a command: see 'syscost --help'
run --secnods 3|there is no option --secnods: did you mean --seconds?
run --nonsense|there is no option --nonsense: --help lists them
run -x|there is no option -x: --help lists them
run --no|--no is short for --no-output and for --no-noise
run --force=yes|--force takes no value, not 'yes'
run --seconds|--seconds wants a number from 0.1 to 86400
run --seconds nan|--seconds wants a number from 0.1 to 86400, not 'nan'
run --seed 0.5|--seed wants $seed, not '0.5'
run --seed 18446744073709551616|--seed wants $seed, not '18446744073709551616'
run --cpu 0.5|--cpu wants a whole number from 0 to 1000000, not '0.5'
noise --cpu 1.5|--cpu wants a whole number from 0 to 1000000, not '1.5'
noise --runs 0.5|--runs wants a whole number from 0 to 1000000, not '0.5'
noise --apart --pause -1|--pause wants a number from 0 to 86400, not '-1'
noise --pause 1|--pause is between separate runs: it wants --apart
noise --apart=6|--apart takes no value, not '6'
ab --rounds 0.5|--rounds wants $rounds, not '0.5'
ab --rounds 99999999999999999999|--rounds wants $rounds, not '99999999999999999999'
ab --inject-rows 1e3|--inject-rows wants a whole number from 1 to 1000000, not '1e3'
ab --base self|ab wants --base ARM and --head ARM: see 'syscost ab --help'
list --format xml|--format wants table, json or csv, not 'xml'
doctor --format csv|--format wants table or json, not 'csv'
noise --format csv|--format wants table or json, not 'csv'
run --output=|--output wants DIR, not ''
compare --noise= a b|--noise wants FILE, not ''
explain|explain wants [--from DIR] PATTERN…: see 'syscost explain --help'
report|report wants DIR: see 'syscost report --help'
report a b|report takes no 'b': see 'syscost report --help'
doctor extra|doctor takes no 'extra': see 'syscost doctor --help'
END
	[ -z "$(ls)" ]
}

@test "without a command: the commands on standard error, exit status 2" {
	run "$SYSCOST"
	[ "$status" -eq 2 ]
	"$SYSCOST" --help >help
	"$SYSCOST" 2>&1 >/dev/null | diff help -
}

@test "completions: commands, options, their values, benchmarks" {
	"$SYSCOST" complete -- '' | cut -f 1 | sort >got
	(commands && printf '%s\n' --help --version) | sort | diff - got
	for c in $(commands); do
		"$SYSCOST" complete -- "$c" -- | cut -f 1 | sed '/^--help$/d' | sort >got
		of_help "$c" | sed 's/ .*//' | diff - got
	done
	complete() { "$SYSCOST" complete -- "$@" | cut -f 1 | tr '\n' ' '; }
	[ "$(complete r)" = "run report " ]
	[ "$(complete run --se)" = "--seconds --seed " ]
	[ "$(complete run --format '')" = "table json csv " ]
	[ "$(complete noise --format '')" = "table json " ]
	[ "$(complete run --format=j)" = "--format=json " ]
	[ "$(complete run --format = j)" = "json " ]
	[ "$(complete run --format =)" = "table json csv " ]
	[ "$(complete run --seconds '')" = "" ]
	[ "$(complete run -o '')" = "/folders " ]
	[ "$(complete ab --noise '')" = "/files " ]
	[ "$(complete compare '')" = "/folders " ]
	[ "$(complete help exp)" = "explain export " ]
	[ "$(complete run floor/enosys-i)" = "floor/enosys-inline " ]
	[ "$(complete doctor '')" = "" ]
	[ "$(complete nonsense '')" = "" ]
	complete export x --format '' | grep -qw github-action-benchmark
	# All of a benchmark's rows by its name, and none for tests alone.
	"$SYSCOST" complete -- explain '' | cut -f 1 >got
	[ "$(grep -c '[:=]' got)" -eq 0 ]
	[ "$(grep -c '^test/' got)" -eq 0 ]
	"$SYSCOST" list | sed 's/[ :].*//' | sort -u | diff - <(sort got)
}

@test "bash completes" {
	mkdir -p bin here && ln -s "$SYSCOST" bin/syscost
	# shellcheck disable=SC2016 # the other shell's variables
	run env PATH="$PWD/bin:$PATH" bash -c '
		source "$ROOT/scripts/completions/syscost.bash"
		complete -p syscost
		ask() {
			COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
			_syscost "$1" "${*: -1}" "${*: -2:1}"
			echo "${COMPREPLY[*]}"
		}
		ask syscost ru
		ask syscost run --prec
		ask syscost export x --format open
		ask syscost report he'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "complete -F _syscost syscost
run
--precision
openmetrics
here" ]
}

@test "zsh completes" {
	command -v zsh >/dev/null || skip "needs zsh"
	mkdir bin && ln -s "$SYSCOST" bin/syscost
	zsh -n "$ROOT/scripts/completions/_syscost"
	# The shell's own functions need a terminal; here they say what they are given.
	# shellcheck disable=SC2016 # the other shell's variables
	run env PATH="$PWD/bin:$PATH" zsh -fc '
		compdef() { print -r -- compdef "$@" }
		_files() { print -r -- files "$@" }
		_describe() { print -rl -- $found }
		source $ROOT/scripts/completions/_syscost
		ask() { words=("$@") CURRENT=$#; _syscost }
		ask syscost ru
		ask syscost run --seed
		ask syscost run -o ""
		ask syscost run --format=j'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "compdef _syscost syscost
run:measure, print a table, write a result folder
--seed:seed of the shuffles (default\: random, stored)
files -/
--format=json:" ]
}

@test "fish completes" {
	command -v fish >/dev/null || skip "needs fish"
	mkdir -p bin here home && ln -s "$SYSCOST" bin/syscost
	fish --no-execute "$ROOT/scripts/completions/syscost.fish"
	# shellcheck disable=SC2016
	run env HOME="$PWD/home" PATH="$PWD/bin:$PATH" fish --no-config -c '
		source $ROOT/scripts/completions/syscost.fish
		complete -C "syscost ru"
		complete -C "syscost run --prec"
		complete -C "syscost export x --format open"
		complete -C "syscost report he"
		complete -C "syscost run "'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "run	measure, print a table, write a result folder" ]
	[[ ${lines[1]} == "--precision	"* ]]
	[ "${lines[2]}" = openmetrics ]
	[[ ${lines[3]} == "here/"* ]]
	grep -q '^null/getppid-inline	' <<<"$output"
}

@test "make install puts everything in its place, make uninstall takes it away" {
	build=$(dirname "$SYSCOST")
	for goal in install uninstall; do
		env -u MAKEFLAGS -u MAKELEVEL make -s -C "$ROOT" BUILD="$build" \
			DESTDIR="$TMPDIR/dest" PREFIX=/usr $goal >/dev/null
		(cd dest/usr && find . -type f | sort) >$goal
	done
	diff - install <<'END'
./bin/syscost
./share/bash-completion/completions/syscost
./share/fish/vendor_completions.d/syscost.fish
./share/man/man1/syscost.1
./share/zsh/site-functions/_syscost
END
	[ ! -s uninstall ]
}
