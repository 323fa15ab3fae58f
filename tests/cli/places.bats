# Bad places: full disks, filters, missing programs, limits, closed streams, kills. Each
# is one clear line and the right exit status, leaves nothing behind and loses nothing.
#
# shellcheck disable=SC2317 # functions that run by their names

load common

# Of the sanitizers, the leak checker attaches by ptrace, which the filter withholds.
in_container() { # errno, command…
	local asan=${ASAN_OPTIONS:-}

	env ASAN_OPTIONS="$asan${asan:+:}detect_leaks=0" \
		"${SYSCOST%/*}/helpers/container" "$@"
}

# Run the function `$1` in a mount namespace of its own.
elsewhere() {
	local how=-m

	[ "$(id -u)" -eq 0 ] || how=-rm
	unshare $how true || skip "this machine allows no mount namespace"
	export -f "${1?}"
	export SYSCOST
	unshare $how bash -eu -c "$1"
}

# `run` with standard error apart, in `err`, so that its lines can be counted.
try() {
	status=0
	"$@" >out.txt 2>err.txt || status=$?
	err=$(cat err.txt)
	echo "status $status: $err"
}

one_line() { # pattern
	[ "$(wc -l <err.txt)" -eq 1 ]
	grep -q "^syscost: .*$1" err.txt
}

@test "disk full: one line, no folder and no half of a file" {
	on_full_disk() {
		mkdir full
		mount -t tmpfs -o size=8k none full
		status=0
		"$SYSCOST" run --seconds 1 --no-plots -o full/out 'null/*' 'floor/*' \
			>out.txt 2>err.txt || status=$?
		find full -mindepth 1 >left.txt
		echo "$status" >status.txt
	}
	elsewhere on_full_disk
	cat err.txt
	[ "$(cat status.txt)" -eq 2 ]
	one_line 'full/out/.*cannot be written: No space left on device'
	[ ! -s left.txt ]
	clean
}

@test "disk full: --force does not lose the older result" {
	on_full_disk() {
		mkdir full
		mount -t tmpfs -o size=16k none full
		mkdir full/out
		for f in results.csv rounds.csv run.json; do
			echo "precious $f" >"full/out/$f"
		done
		status=0
		"$SYSCOST" run --seconds 1 --no-plots --force -o full/out 'null/*' \
			'floor/*' >out.txt 2>err.txt || status=$?
		find full/out -type f | sort >left.txt
		cat full/out/* >kept.txt
		echo "$status" >status.txt
	}
	elsewhere on_full_disk
	cat err.txt
	[ "$(cat status.txt)" -eq 2 ]
	one_line 'No space left on device'
	[ "$(cat left.txt)" = "full/out/results.csv
full/out/rounds.csv
full/out/run.json" ]
	[ "$(cat kept.txt)" = "precious results.csv
precious rounds.csv
precious run.json" ]
}

@test "a limit on the size of files is an error, not a death" {
	small() {
		ulimit -f 4
		exec "$SYSCOST" run --seconds 1 --no-plots -o out null/getppid-inline \
			floor/empty
	}
	export -f small
	export SYSCOST
	try bash -c small
	[ "$status" -eq 2 ]
	one_line 'cannot be written: File too large'
	[ ! -e out ]
	clean
}

@test "names that are no UTF-8, and a reader that stops early, lose no result" {
	dir=$'a\xff\e[1m'
	"$SYSCOST" run --seconds 0.5 --no-plots -o "$dir" null/getppid-inline | true
	(cd "$dir" && python3 -c '
import json
r = json.load(open("run.json"))
assert r["complete"] and "-o a?" in r["command"], r["command"]')
	"$SYSCOST" compare --format json "$dir" "$dir" -o both >out.json
	python3 -c '
import json
c = json.load(open("both/compare.json"))
assert c["base"] == c["head"] == ["a?\x1b[1m"], c
assert json.load(open("out.json"))["summary"]["compared"] == 1'
	run "$SYSCOST" compare "$dir" $'nowhere\n\e[1m'
	[ "$status" -eq 2 ]
	[[ "$output" == "syscost: nowhere??[1m"* ]]
}

@test "standard output full or closed: one line, exit status 2" {
	for args in --help --version "list" "list --format json" "explain null/*" \
		"run --seconds 0.5 --no-output null/getppid-inline"; do
		# shellcheck disable=SC2086
		for way in full closed; do
			status=0
			if [ $way = full ]; then
				"$SYSCOST" $args >/dev/full 2>err.txt || status=$?
			else
				"$SYSCOST" $args >&- 2>err.txt || status=$?
			fi
			echo "$args, $way: $status $(cat err.txt)"
			[ "$status" -eq 2 ]
			one_line 'standard output: '
		done
	done
}

@test "all standard streams closed: the result is whole" {
	status=0
	"$SYSCOST" run --seconds 1 --no-plots -o out null/getppid-inline file/open-close \
		<&- >&- 2>&- || status=$?
	[ "$status" -eq 2 ]
	head -1 out/results.csv | grep -q '^id,group,name,'
	[ "$(grep -cE ',(ok|noisy),' out/results.csv)" -eq 2 ]
	"$SYSCOST" report out
}

container_run() { # errno, its text
	try in_container "$1" "$SYSCOST" run --seconds 2 --no-plots -o out \
		'uring/*:batch=8' null/getppid-inline process/pthread-create-join \
		process/fork-wait ipc/pipe
	[ "$status" -eq 0 ]
	[ "$(grep -c '^uring/' out/results.csv)" -ge 4 ]
	[ "$(grep '^uring/' out/results.csv | grep -vc ",skip,.*$2")" -eq 0 ]
	[ "$(grep -cE '^(null|process|ipc)/.*,(ok|noisy),' out/results.csv)" -eq 4 ]
	grep -qE '"seccomp": "2"' out/run.json
	clean
}

@test "a container's filter that says EPERM: io_uring rows are skipped, with the reason" {
	container_run EPERM 'Operation not permitted'
}

@test "a filter that says ENOSYS: io_uring rows are skipped, with the reason" {
	container_run ENOSYS 'Function not implemented'
}

@test "doctor warns of a filter" {
	in_container EPERM "$SYSCOST" doctor >out.txt
	grep -q '^warn  a seccomp filter is on this process' out.txt
	"$SYSCOST" doctor | grep -qE '^ok    no seccomp filter is on this process' ||
		grep -q '^Seccomp:[[:space:]]*[12]' /proc/self/status
}

@test "no gnuplot: the run succeeds and says so" {
	try env PATH=/nowhere "$SYSCOST" run --seconds 1 -o out null/getppid-inline
	[ "$status" -eq 0 ]
	[ "$(grep -c 'gnuplot is not installed: no plots' err.txt)" -eq 1 ]
	grep -q '</html>' out/report.html
	[ -z "$(find out -name '*.svg')" ]
	grep -q '"complete": true' out/run.json
	clean
}

@test "a current folder that is read-only" {
	read_only() {
		mkdir here
		mount -t tmpfs -o ro none here
		cd here
		status=0
		"$SYSCOST" run --seconds 1 null/getppid-inline 2>../err.txt >/dev/null ||
			status=$?
		echo "$status" >../status.txt
		"$SYSCOST" run --seconds 1 --no-plots -o "$TMPDIR/out" \
			null/getppid-inline >/dev/null
		"$SYSCOST" list >/dev/null
	}
	elsewhere read_only
	cat err.txt
	[ "$(cat status.txt)" -eq 2 ]
	one_line 'Read-only file system'
	[ -s out/results.csv ]
	clean
}

# The process $1 has a worker that is in pause(2): it measures test/hang.
hangs() {
	local where

	worker=$(worker_of "$1") || return 1
	where=$(cat "/proc/$worker/wchan") || return 1
	case $where in
	*pause*) return 0 ;;
	'' | 0) grep -q '^State:.S' "/proc/$worker/status" ;; # where it sleeps is hidden
	*) return 1 ;;
	esac
}

@test "a worker that is killed takes only its own row with it" {
	"$SYSCOST" run --seconds 3 --timeout 60 --no-plots -o out \
		test/hang null/getppid-inline 2>err.txt >/dev/null &
	pid=$!
	wait_until hangs $pid
	kill -KILL "$worker"
	status=0
	wait $pid || status=$?
	[ "$status" -eq 2 ]
	grep -q '^test/hang,.*,fail,crashed: Killed' out/results.csv
	grep -qE '^null/getppid-inline,.*,(ok|noisy),' out/results.csv
	grep -q '"complete": true' out/run.json
	clean
}

# Rounds of the result in out/; 0: there is none yet.
rounds() {
	local n

	n=$(sed -n 's/^  "rounds": \([0-9]*\).*/\1/p' out/run.json 2>/dev/null) || true
	echo "${n:-0}"
}

more_rounds_than() { # number
	[ "$(rounds)" -gt "$1" ]
}

@test "a run that is killed leaves its last whole state" {
	"$SYSCOST" run --seconds 100 --precision 0.01 --checkpoint 0.2 --no-plots -o out \
		'null/*' 'floor/*' >/dev/null 2>&1 &
	pid=$!
	wait_until more_rounds_than 0
	wait_until more_rounds_than "$(rounds)" # the second checkpoint replaced the first
	kill -KILL $pid
	wait $pid || true
	grep -q '"complete": false' out/run.json
	[ "$(grep -cE '^(null|floor)/.*,(ok|noisy),' out/results.csv)" -ge 10 ]
	# The files are of one state: as many rounds in the one as rows in the other.
	[ "$(grep -c '^null/getppid-inline,' out/rounds.csv)" -eq "$(rounds)" ]
	"$SYSCOST" report out
	grep -q 'This run was cut off' out/report.html
	# No worker outlives it.
	only_files_are_left() {
		rm -rf "$TMPDIR"/syscost.*
		clean
	}
	wait_until only_files_are_left
}

@test "an older page and older plots do not stay beside a new result" {
	mkdir out
	touch out/report.html out/null.svg out/null.png out/mine.svg
	"$SYSCOST" run --seconds 1 --no-plots --force -o out null/getppid-inline \
		>/dev/null
	[ "$(cd out && find . -type f | sort | tr '\n' ' ')" = \
		"./mine.svg ./results.csv ./rounds.csv ./run.json ./windows.csv " ]
}

@test "colours on a terminal only, and not with NO_COLOR" {
	cmd="$SYSCOST run --seconds 0.5 --no-output null/getppid-inline 2>/dev/null"
	esc=$(printf '\033')
	script -qec "$cmd" /dev/null | grep -q "$esc\[1m"
	script -qec "NO_COLOR=1 $cmd" /dev/null >plain.txt
	grep -q getppid-inline plain.txt
	[ "$(grep -c "$esc" plain.txt)" -eq 0 ]
	[ "$(eval "$cmd" | grep -c "$esc")" -eq 0 ]
}
