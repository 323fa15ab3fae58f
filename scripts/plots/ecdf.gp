# SPDX-License-Identifier: MIT
# How the rounds of the null calls spread: narrow and steep is repeatable.
set xlabel xtext noenhanced
set ylabel 'share of rounds at or below' noenhanced
if (logx) {
	set logscale x
}
set format x '%g'
set xrange [xmin:xmax]
set yrange [0:1.02]
set key outside right top samplen 2 Left reverse
plot for [i=1:keys] fig.'.dat' index (i-1) using 1:2 with steps lw 2 \
	dt key_pt[i] lc rgb key_rgb[i] title key_name[i]
