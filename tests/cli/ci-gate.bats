# The recipe for CI: scripts/ci-gate.sh with a stand-in for `ab`, so that each exit status
# comes up, and once with the real one. Also what the README quotes.

load common

TOP=$PWD

# A syscost whose `ab` measures nothing: it leaves the folder of tests/export/folder.py
# and returns $AB_STATUS. Everything else is the real one's.
stand_in() {
	cat >syscost <<-'END'
		#!/bin/bash
		if [ "$1" != ab ]; then
			exec "$REAL" "$@"
		fi
		printf '%s\n' "$@" >ab.args
		[ "$AB_STATUS" -ne 2 ] || { echo "syscost: no such arm" >&2; exit 2; }
		/usr/bin/python3 -B "$TOP/tests/export/folder.py" comparison out
		exit "$AB_STATUS"
	END
	chmod +x syscost
	export REAL=$SYSCOST SYSCOST=$PWD/syscost TOP
}

check() {
	/usr/bin/python3 -B "$TOP/tests/export/check.py" "$@"
}

@test "the exit status is that of ab; summary, annotations and junit.xml are made" {
	stand_in
	export GITHUB_STEP_SUMMARY=$PWD/summary.md AB_STATUS
	for AB_STATUS in 0 1 3; do
		rm -rf out summary.md
		echo '# before' >summary.md
		run "$TOP/scripts/ci-gate.sh" 'a base' head out --strict 'null/*'
		echo "$output"
		[ "$status" -eq "$AB_STATUS" ]
		[ "$(tr '\n' '|' <ab.args)" = \
			'ab|--base|a base|--head|head|-o|out|--strict|null/*|' ]
		check junit comparison out/junit.xml
		[ "$(head -1 summary.md)" = '# before' ]
		sed 1d summary.md >rest.md
		check markdown comparison rest.md
		echo "$output" >annotations
		check github-annotations comparison annotations
	done
}

@test "away from GitHub there is no workflow command" {
	stand_in
	unset GITHUB_STEP_SUMMARY
	AB_STATUS=1 run "$TOP/scripts/ci-gate.sh" base head out
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ -s out/junit.xml ]
}

@test "trouble stays trouble: no arm, no folder, no arguments" {
	stand_in
	AB_STATUS=2 run "$TOP/scripts/ci-gate.sh" base head out
	[ "$status" -eq 2 ]
	[ "$output" = "syscost: no such arm" ]
	run "$TOP/scripts/ci-gate.sh" base
	[ "$status" -eq 2 ]
	mkdir gone && export GITHUB_STEP_SUMMARY=$PWD/gone
	AB_STATUS=0 run "$TOP/scripts/ci-gate.sh" base head out
	[ "$status" -eq 2 ]
}

@test "with the real ab, a build against itself" {
	export SYSCOST
	run "$TOP/scripts/ci-gate.sh" "$SYSCOST" self out --no-noise --rounds 2 \
		--no-plots null/getppid-inline
	echo "$output"
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	grep -q 'name="getppid-inline"' out/junit.xml
	xmllint --noout --schema "$TOP/tests/export/junit.xsd" out/junit.xml
	"$SYSCOST" export out/head --format go |
		grep -q '^BenchmarkNull/getppid-inline-1 ' ||
		grep -q '^null/getppid-inline,.*,noisy,' out/head/results.csv
}

@test "the scripts are clean shell, and the README quotes the workflow as it is" {
	shellcheck "$TOP"/scripts/*.sh
	/usr/bin/python3 -B - "$TOP" <<-'END'
		import subprocess, sys, yaml
		top = sys.argv[1]
		text = open(top + "/scripts/ci-gate.yml").read()
		readme = open(top + "/README.md").read()
		assert "```yaml\n" + text + "```\n" in readme, "not quoted"
		steps = yaml.safe_load(text)["jobs"]["gate"]["steps"]
		assert all(("run" in s) != ("uses" in s) for s in steps)
		runs = [s["run"] for s in steps if "run" in s]
		for r in runs:
		    subprocess.run(["shellcheck", "-s", "bash", "-"], input=r, text=True,
		                   check=True)
		gate = "scripts/ci-gate.sh ../base/build/syscost build/syscost ab"
		assert any(gate in r for r in runs)
	END
	for f in $("$SYSCOST" export --format list | awk '{ print $1 }'); do
		grep -q "^| \`$f\` |" "$TOP/README.md"
		grep -qF ".B ${f//-/\\-}" "$TOP/man/syscost.1"
	done
}
