# SPDX-License-Identifier: MIT
# Every row that has a figure, sorted, coloured by family.
set xlabel xtext noenhanced
set logscale x
set format x '%g'
if (x2text ne '') {
	set logscale x2
	set format x2 '%g'
}
set xrange [xmin:xmax]
set yrange [rows - 0.4:-0.6]
set ytics font ',10'
if (fmt eq 'png') {
	set ytics font ',8'
}
set key outside right top samplen 1 Left reverse
plot for [i=1:keys] NaN with points pt key_pt[i] lc rgb key_rgb[i] title key_name[i], \
	fig.'.dat' using 3:2:4:5:7:ytic(1) with xerrorbars pt -1 lw 1.5 lc rgb variable \
		notitle, \
	'' using 3:2:8:7 with points pt variable ps 0.7 lc rgb variable notitle
