# SPDX-License-Identifier: MIT
# Cost of an operation over the size of its batch: a panel for each size in bytes.
columns = panels > 1 ? 2 : 1
lines = (panels + columns - 1) / columns
foot = (20.0 * (keys / 2 + 1) + 30) / height
head = 64.0 / height
each = (1.0 - foot - head) / lines
set logscale x 2
set logscale y
set format y '%g'
set xtics 4
set xrange [xmin / 1.15:xmax * 1.15]
set label 2 'operations a batch, log scale' at screen 0.5,(foot + 4.0 / height) center noenhanced
set multiplot
do for [p=1:panels] {
	row = (p - 1) / columns
	col = (p - 1) % columns
	set lmargin at screen (col + 0.075 * columns) / columns
	set rmargin at screen (col + 1 - 0.022 * columns) / columns
	set tmargin at screen 1 - head - row * each - 4.0 / height
	set bmargin at screen 1 - head - (row + 1) * each + 50.0 / height
	if (panel_max[p] < 20 * panel_min[p]) {
		set logscale y 2
		set ytics 2
	} else {
		set logscale y 10
		set ytics autofreq
	}
	set yrange [panel_min[p] / 1.4:panel_max[p] * 1.4]
	set title panel_name[p] noenhanced offset 0,-0.6
	set ylabel col == 0 ? 'ns an operation, log scale' : '' noenhanced
	if (p == 1) {
		set key at screen 0.05,(foot - 8.0 / height) left top Left reverse \
			samplen 2.5 maxrows keys / 2 + 1 width 1
	} else {
		unset key
		unset label 1
		unset label 2
	}
	plot for [k=1:keys] 'curves.dat' index ((p - 1) * keys + k - 1) using 1:3:4 \
			with filledcurves fs transparent solid 0.2 lc rgb key_rgb[k] notitle, \
		for [k=1:keys] '' index ((p - 1) * keys + k - 1) using 1:2 \
			with lines lw 1.6 dt key_dt[k] lc rgb key_rgb[k] notitle, \
		for [k=1:keys] fig.'.dat' index ((p - 1) * keys + k - 1) using 1:2:3:4 \
			with yerrorbars pt key_pt[k] ps 0.7 lc rgb key_rgb[k] notitle, \
		'names.dat' index (p - 1) using 1:2:3 \
			with points pt 6 ps 2 lw 2 lc rgb variable notitle, \
		for [k=1:keys] NaN with linespoints pt key_pt[k] dt key_dt[k] lw 1.6 \
			lc rgb key_rgb[k] title key_name[k], \
		NaN with points pt 6 ps 1.6 lw 2 lc rgb '#808080' title 'break-even'
}
unset multiplot
