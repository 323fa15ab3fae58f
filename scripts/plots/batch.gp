# SPDX-License-Identifier: MIT
# Cost of a write over the batch size; ribbons are 95 % intervals.
set xlabel 'operations a batch, log scale' noenhanced
set ylabel 'nanoseconds an operation, log scale (ribbon: 95 % interval)' noenhanced
set logscale x 2
set logscale y
set format y '%g'
set xrange [xmin:xmax]
set yrange [ymin:ymax]
set ytics ymin, 2
set key outside right top samplen 2 Left reverse
plot for [i=1:keys] fig.'.dat' index (i-1) using 1:3:4 \
		with filledcurves fs transparent solid 0.25 lc rgb key_rgb[i] notitle, \
	for [i=1:keys] fig.'.dat' index (i-1) using 1:2 \
		with linespoints pt key_pt[i] ps 0.8 lw 2 lc rgb key_rgb[i] \
		title key_name[i]
