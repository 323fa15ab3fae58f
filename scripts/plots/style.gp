# SPDX-License-Identifier: MIT
# What all figures share. Set by the caller: fmt, width, height, title_text.
reset
set encoding utf8
if (fmt eq 'svg') {
	set terminal svg size width,height dynamic noenhanced font 'sans,14'
} else {
	set terminal pngcairo size width,height noenhanced font 'sans,11' \
		background rgb 'white'
}
set output fig.'.'.fmt
set datafile separator "\t"
set datafile missing '?'
set datafile commentschars ''
# The title stands at the left edge of the canvas, where it has most room.
set label 1 title_text at screen 0.012,(1 - 22.0 / height) left noenhanced font ',15'
if (fmt eq 'png') {
	set label 1 font ',12'
}
set tmargin 3
set style fill solid 0.85 noborder
set border 3 lw 1
set tics nomirror noenhanced
set ytics scale 0
set grid lc rgb '#a0a0a0' lw 0.5 dt 3
set key noenhanced
# Core cycles at the bottom, and what they are in nanoseconds at the top.
if (x2text ne '') {
	set tmargin 6.5
	set border 7
	set x2label x2text noenhanced
	set x2range [xmin / clock:xmax / clock]
	set x2tics noenhanced
}
set errorbars small
