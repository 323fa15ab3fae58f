# SPDX-License-Identifier: MIT
# How long a whole batch takes, which is what its first operation waits.
set xlabel 'operations a batch, log scale' noenhanced
set ylabel 'microseconds a batch, log scale' noenhanced
set logscale x 2
set logscale y
set format y '%g'
if (ymax < 20 * ymin) {
	set logscale y 2
	set ytics 2
}
set xtics 4
set xrange [xmin:xmax]
set yrange [ymin / 1.2:ymax * 1.2]
foot = 22.0 * ((keys + 1) / 2)
set bmargin at screen (foot + 70) / height
set key at screen 0.05,((foot + 16) / height) left top Left reverse samplen 2 \
	maxrows (keys + 1) / 2 width 1
plot for [i=1:keys] fig.'.dat' index (i-1) using 1:3:4 \
		with filledcurves fs transparent solid 0.25 lc rgb key_rgb[i] notitle, \
	for [i=1:keys] fig.'.dat' index (i-1) using 1:2 \
		with linespoints pt key_pt[i] ps 0.8 lw 1.6 lc rgb key_rgb[i] \
		title key_name[i]
