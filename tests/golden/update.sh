#!/bin/bash
# update.sh: draw the plots of tests/golden/plots anew, after a change that was wanted.
# Look at the difference before it is committed. Only the SVG files are kept, and with
# them the version of gnuplot: they are the same to the byte only for the same version.
set -eu
cd "$(dirname "$0")/plots"
syscost=$PWD/../../../${BUILD:-build}/syscost
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp results.csv rounds.csv run.json "$dir"
"$syscost" report "$dir"
rm -f ./*.svg
for f in "$dir"/*.svg; do
	../normal.sh "$f" >"${f##*/}"
done
gnuplot --version >gnuplot-version
git status --short .
