# SPDX-License-Identifier: MIT
# Horizontal bars, coloured by the way it is made, for one page.
set xlabel xtext noenhanced
set xrange [0:xmax]
set yrange [rows - 0.4:-0.6]
set grid noytics
set key outside right top samplen 1 Left reverse
plot for [i=1:keys] NaN with points pt 5 ps 1.5 lc rgb key_rgb[i] title key_name[i], \
	fig.'.dat' using 3:2:(0):3:($2-0.36):($2+0.36):7:ytic(1) \
		with boxxyerror lc rgb variable notitle, \
	'' using 3:2:4:5 with xerrorbars pt -1 lc rgb 'black' lw 1.2 notitle, \
	'' using 5:2:6 with labels left offset 0.7,0 notitle
