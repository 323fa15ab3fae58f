# SPDX-License-Identifier: MIT
# How far comparisons of a thing with itself lie apart: all benchmarks, and the widest.
set xlabel 'change of an arm against itself, % (dashed: the default delta)' noenhanced
set ylabel 'share of comparisons at or below' noenhanced
set xrange [xmin:xmax]
set yrange [0:1.02]
set key outside right top samplen 2 Left reverse
set arrow 1 from 2,graph 0 to 2,graph 1 nohead dt 2 lc rgb '#808080'
set arrow 2 from (100 / 1.02 - 100),graph 0 to (100 / 1.02 - 100),graph 1 nohead dt 2 \
	lc rgb '#808080'
plot for [i=1:keys] fig.'.dat' index (i-1) using 1:2 with steps \
	lw (key_pt[i] == 1 ? 3 : 1.5) lc rgb key_rgb[i] title key_name[i]
