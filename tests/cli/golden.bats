# Plots and page from a small folder of made-up rows, with hostile text in each field that
# may hold text. tests/golden/update.sh draws the wanted plots anew.

load common

setup_file() {
	export GOLDEN=$BATS_TEST_DIRNAME/../golden
}

# drawn [NAME]: the folder `out`, of tests/golden/NAME.
drawn() {
	rm -rf out
	mkdir out
	cp "$GOLDEN/${1:-plots}"/*.{csv,json} out
	"$SYSCOST" report out
}

@test "plots are the same to the byte" {
	there=$(cat "$GOLDEN/plots/gnuplot-version") here=$(gnuplot --version)
	[ "$here" = "$there" ] || skip "drawn by $there, here is $here"
	for name in plots levels; do
		drawn "$name"
		[ "$(cd out && echo *.svg)" = "$(cd "$GOLDEN/$name" && echo *.svg)" ]
		for f in "$GOLDEN/$name"/*.svg; do
			"$GOLDEN/normal.sh" "out/${f##*/}" | diff -u "$f" -
		done
	done
	run "$SYSCOST" compare --no-noise -o changes "$GOLDEN"/forest/{base,head}
	[ "$status" -eq 1 ]
	"$GOLDEN/normal.sh" changes/forest.svg | diff -u "$GOLDEN/forest/forest.svg" -
}

@test "changes have a log axis: a hundredfold one is where it belongs" {
	run "$SYSCOST" compare --no-noise -o changes "$GOLDEN"/forest/{base,head}
	[ "$status" -eq 1 ]
	xmllint --noout --nonet changes/forest.svg
	xmllint --xpath '//*[local-name()="text"]/text()' changes/forest.svg >texts
	for t in x179 +20.0\ % -40.0\ % 1 10 100; do
		grep -qxF -- "$t" texts
	done
}

@test "plots hold every row and its text as text" {
	drawn
	for f in all clocks ecdf null read; do
		xmllint --noout --nonet "out/$f.svg"
		[ -s "out/$f.png" ]
		run grep -ciE '<script|<image|javascript:| on[a-z]+=' "out/$f.svg"
		[ "$output" = 0 ]
	done
	texts() { # figure: what stands in it
		xmllint --xpath '//*[local-name()="text"]/text()' "out/$1.svg"
	}
	texts null >null.txt
	# shellcheck disable=SC2016 # text, to be found as it is
	for t in 'null/$(touch pwned)' "'; system 'touch pwned'; '" 'null/getppid-libc' \
		'&lt;script&gt;alert(1)&lt;/script&gt;'; do
		grep -qF -- "$t" null.txt
	done
	# A bar for each row of the two families, and its figure.
	[ "$(grep -c '^\(null\|floor\)/' null.txt)" -eq \
		"$(grep -c '^"\?\(null\|floor\)/' out/results.csv)" ]
	grep -qx '150 ns' null.txt
	# No gnuplot markup, no underscore made a subscript.
	texts all | grep -qx 'clock/monotonic-vdso'
}

@test "the page escapes what comes from the files" {
	drawn
	# The one script is the page's own.
	[ "$(grep -ciE '<script' out/report.html)" -eq 1 ]
	[ "$(grep -ciE '<(img|b>bold|i>down)' out/report.html)" -eq 0 ]
	grep -qF '&lt;script&gt;alert(1)&lt;/script&gt;' out/report.html
	grep -qF '&lt;script&gt;alert(2)&lt;/script&gt;' out/report.html
	grep -qF '&lt;img src=x onerror=alert(3)&gt;' out/report.html
	grep -qF '&lt;script&gt;alert(4)&lt;/script&gt;' out/report.html
	# No element has an attribute that runs something.
	[ "$(grep -oE '<[a-z][^>]* on[a-z]+=' out/report.html | wc -l)" -eq 0 ]
	grep -q 'größe 漢字' out/report.html
}

@test "a drawing that was not made here is in the page only if it can run nothing" {
	mkdir out
	cp "$GOLDEN"/plots/{results.csv,rounds.csv,run.json} out
	page_has() { # what stands in the drawing
		echo "<svg>$1<text>marked</text></svg>" >out/null.svg
		PATH=/nowhere "$SYSCOST" report out 2>/dev/null
		grep -q '<text>marked</text>' out/report.html
	}
	page_has '<g id="a"/><use xlink:href="#a"/><text>n = 8, on n = 9</text>'
	for evil in '<g onclick="x"/>' '<g title=">" onclick="x"/>' \
		"<g a=b\" title='>' c=\" onload = 'x'/>" '<script>x</script>' \
		'<a href="java&#115;cript:x">y</a>' '<a xlink:href="http://e.org">y</a>' \
		'<use href = "http://e.org"/>' '<set attributeName="href" to="x"/>'; do
		run page_has "$evil"
		echo "$evil"
		[ "$status" -eq 1 ]
	done
}

@test "nothing of it is executed, and nothing is left behind" {
	HOME=$TMPDIR drawn
	[ -z "$(find "$TMPDIR" -name '*pwned*')" ]
	[ -z "$(find "$GOLDEN" -name '*pwned*')" ]
	[ "$(cd "$TMPDIR" && echo *)" = out ]
}

@test "few rounds, or one, draw what there is" {
	for n in 1 2 3; do
		mkdir -p out
		cp "$GOLDEN"/plots/{results.csv,run.json} out
		head -n $n "$GOLDEN/plots/rounds.csv" >out/rounds.csv
		"$SYSCOST" report out
		[ -s out/null.svg ]
	done
	[ -s out/ecdf.svg ]
}
