# SPDX-License-Identifier: MIT
# Each benchmark's ratio with its interval, over the band of what is too small to count.
set xlabel "cost of the head over the base's, log axis (point: median; line: interval; grey: within delta)" \
	noenhanced
set logscale x
set xrange [xmin:xmax]
# gnuplot marks only decades of a log axis where there is one: here are about eight marks.
set xtics ()
decades = log10(xmax) - log10(xmin)
if (decades < 0.9) {
	rough = (xmax - xmin) / 8
	unit = 10 ** floor(log10(rough))
	step = unit * (rough <= unit ? 1 : rough <= 2 * unit ? 2 : rough <= 5 * unit ? 5 : 10)
	set for [i=ceil(xmin / step):floor(xmax / step)] xtics add (sprintf('%g', i * step) i * step)
} else {
	first = floor(log10(xmin))
	last = ceil(log10(xmax))
	every = decades > 8 ? ceil(decades / 8) : 1
	set for [d=first:last:every] xtics add (sprintf('%g', 10.0 ** d) 10.0 ** d)
	if (decades < 4) {
		set for [d=first:last] xtics add (sprintf('%g', 2 * 10.0 ** d) 2 * 10.0 ** d)
		set for [d=first:last] xtics add (sprintf('%g', 5 * 10.0 ** d) 5 * 10.0 ** d)
	}
}
set yrange [rows - 0.4:-0.6]
set ytics font ',10'
if (fmt eq 'png') {
	set ytics font ',8'
}
set key outside right top samplen 1 Left reverse
set arrow 1 from 1,graph 0 to 1,graph 1 nohead lc rgb '#808080' lw 1
plot fig.'.dat' using 3:2:6:7:($2-0.42):($2+0.42):ytic(1) \
		with boxxyerror fs solid 0.25 noborder lc rgb '#808080' notitle, \
	for [i=1:keys] NaN with points pt 7 lc rgb key_rgb[i] title key_name[i], \
	fig.'.dat' using 3:2:4:5:8 with xerrorbars pt -1 lw 1.5 lc rgb variable notitle, \
	'' using 3:2:8 with points pt 7 ps 0.7 lc rgb variable notitle, \
	'' using 5:2:9 with labels left offset 0.7,0 font ',9' notitle
