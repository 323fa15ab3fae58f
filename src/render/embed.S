/* SPDX-License-Identifier: MIT */
/* The gnuplot scripts, style sheet and script that the binary carries, as C strings. No code. */
	.macro embed name, file
	.globl \name
\name:
	.incbin "\file"
	.byte 0
	.endm

	.section .rodata
	embed plot_style_gp, "scripts/plots/style.gp"
	embed plot_null_gp, "scripts/plots/null.gp"
	embed plot_all_gp, "scripts/plots/all.gp"
	embed plot_batch_cost_gp, "scripts/plots/batch-cost.gp"
	embed plot_batch_breakeven_gp, "scripts/plots/batch-breakeven.gp"
	embed plot_batch_cpu_gp, "scripts/plots/batch-cpu.gp"
	embed plot_batch_wait_gp, "scripts/plots/batch-wait.gp"
	embed plot_read_gp, "scripts/plots/read.gp"
	embed plot_clocks_gp, "scripts/plots/clocks.gp"
	embed plot_ecdf_gp, "scripts/plots/ecdf.gp"
	embed plot_forest_gp, "scripts/plots/forest.gp"
	embed plot_aa_gp, "scripts/plots/aa.gp"
	embed report_css, "src/render/report.css"
	embed report_js, "src/render/report.js"
	.section .note.GNU-stack,"",@progbits
