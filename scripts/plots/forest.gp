# SPDX-License-Identifier: MIT
# Each benchmark's change with its interval, over the band of what is too small to count.
set xlabel 'change of the head against the base, % (point: median; line: interval; grey: within delta)' \
	noenhanced
set xrange [xmin:xmax]
set yrange [rows - 0.4:-0.6]
set ytics font ',10'
if (fmt eq 'png') {
	set ytics font ',8'
}
set key outside right top samplen 1 Left reverse
set arrow 1 from 0,graph 0 to 0,graph 1 nohead lc rgb '#808080' lw 1
plot fig.'.dat' using 3:2:6:7:($2-0.42):($2+0.42):ytic(1) \
		with boxxyerror fs solid 0.25 noborder lc rgb '#808080' notitle, \
	for [i=1:keys] NaN with points pt 7 lc rgb key_rgb[i] title key_name[i], \
	fig.'.dat' using 3:2:4:5:8 with xerrorbars pt -1 lw 1.5 lc rgb variable notitle, \
	'' using 3:2:8 with points pt 7 ps 0.7 lc rgb variable notitle, \
	'' using 5:2:9 with labels left offset 0.7,0 font ',9' notitle
