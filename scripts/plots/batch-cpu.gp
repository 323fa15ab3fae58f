# SPDX-License-Identifier: MIT
# Time that an operation takes against CPU time that it uses, on all CPUs.
set xlabel 'nanoseconds an operation, log scale' noenhanced
set ylabel 'CPU time an operation, nanoseconds, log scale' noenhanced
set logscale xy
set format '%g'
set xrange [xmin:xmax]
set yrange [xmin:xmax]
set key outside right top samplen 1 Left reverse
plot for [i=1:keys] NaN with points pt key_pt[i] lc rgb key_rgb[i] title key_name[i], \
	x with lines lw 1 lc rgb '#808080' title 'one CPU', \
	2 * x with lines lw 1 dt 2 lc rgb '#808080' title 'two CPUs', \
	fig.'.dat' using 1:2:3:4:5:6:7 with xyerrorbars pt -1 lc rgb variable notitle, \
	'' using 1:2:8:7 with points pt variable ps 0.9 lc rgb variable notitle, \
	'names.dat' using 2:3:1 with labels right offset -0.8,0.3 font ',9' notitle
