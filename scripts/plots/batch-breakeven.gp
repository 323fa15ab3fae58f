# SPDX-License-Identifier: MIT
# From which batch size on a strategy is cheaper than single calls, with intervals.
set xlabel 'operations a batch, log scale' noenhanced
set label 2 'point: break-even, line: 95 % interval, arrow: open' \
	at screen 0.012,(14.0 / height) left noenhanced font ',10'
set logscale x 2
set xtics 4
set xrange [xmin:xmax]
set yrange [rows - 0.4:-0.6]
set ytics font ',10'
if (fmt eq 'png') {
	set ytics font ',8'
	set label 2 font ',9'
}
set key at screen 0.99,(1 - 36.0 / height) right top horizontal samplen 1 Left reverse
set tmargin 5
# Column 7, the upper end, is -1 where it is open; so is column 5, the break-even.
plot for [i=1:keys] NaN with points pt 7 lc rgb key_rgb[i] title key_name[i], \
	fig.'.dat' using 6:2:($7 < 0 ? 0 : $7 - $6):(0):4 \
		with vectors nohead lw 2 lc rgb variable notitle, \
	'' using ($7 < 0 ? $6 : NaN):2:(xmax / 1.3 - $6):(0):4 \
		with vectors head filled size screen 0.008,20 lw 2 lc rgb variable notitle, \
	'' using ($5 < 0 ? NaN : $5):2:4:ytic(1) with points pt 7 ps 0.9 lc rgb variable notitle, \
	'' using ($7 < 0 && $5 < 0 ? $6 / 1.2 : NaN):2:3 with labels right font ',9' notitle, \
	'' using ($7 < 0 ? NaN : $7):2:3 with labels left offset 0.7,0 font ',9' notitle, \
	'' using ($7 < 0 && $5 > 0 ? $6 / 1.2 : NaN):2:3 with labels right font ',9' notitle
