#!/bin/bash
# update.sh: draw the plots of tests/golden/plots, levels and forest anew, after a change
# that was wanted. Look at the difference before it is committed. Only the SVG
# files are kept, and with them the version of gnuplot: they are the same to the byte only
# for the same version.
set -eu
cd "$(dirname "$0")"
syscost=$PWD/../../${BUILD:-build}/syscost
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for name in plots levels; do
	mkdir "$dir/$name"
	cp "$name"/*.{csv,json} "$dir/$name"
	"$syscost" report "$dir/$name"
	rm -f "$name"/*.svg
	for f in "$dir/$name"/*.svg; do
		./normal.sh "$f" >"$name/${f##*/}"
	done
done
"$syscost" compare --no-noise -o "$dir/forest" forest/base forest/head >/dev/null ||
	[ $? -eq 1 ]
./normal.sh "$dir/forest/forest.svg" >forest/forest.svg
gnuplot --version >plots/gnuplot-version
git status --short .
