#!/bin/sh
# normal.sh FILE: an SVG file of gnuplot without its version, and without what draws
# nothing. That is the definitions of its symbols, which are always the same, empty groups
# and empty lines.
exec sed -z 's/Produced by GNUPLOT [^<]*/Produced by gnuplot/
	s/<defs>.*<\/defs>\n//
	s/<g fill="none"[^>]*>\n<\/g>\n//g
	s/\n\n*/\n/g' "$1"
