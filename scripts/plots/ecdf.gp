# SPDX-License-Identifier: MIT
# How the null calls spread: narrow and steep is repeatable. A mark below the curves is a
# level on which windows stand.
set xlabel xtext noenhanced
set ylabel ytext noenhanced
if (logx) {
	set logscale x
	if (x2text ne '') {
		set logscale x2
	}
}
set format x '%g'
set format x2 '%g'
set xrange [xmin:xmax]
set yrange [(marks ? -0.1 : 0):1.02]
set ytics 0,0.2
set key outside right top samplen 2 Left reverse
plot for [i=1:keys] fig.'.dat' index (i-1) using 1:2 with steps lw 2 \
	dt key_pt[i] lc rgb key_rgb[i] title key_name[i], \
	'curves.dat' index 0 using 1:(-0.08):(0):(0.06):2 with vectors nohead lw 2 \
		lc rgb variable notitle, \
	'' index 1 using 1:(-0.08):(0):(0.06):2 with vectors nohead lw 1.5 dt 3 \
		lc rgb variable notitle
