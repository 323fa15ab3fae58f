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
set title title_text noenhanced left offset graph 0,0 font ',16'
if (fmt eq 'png') {
	set title font ',13'
}
set style fill solid 0.85 noborder
set border 3 lw 1
set tics nomirror noenhanced
set grid lc rgb '#a0a0a0' lw 0.5 dt 3
set key noenhanced
set errorbars small
