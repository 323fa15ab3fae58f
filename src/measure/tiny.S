/* The static program that exec benchmarks run: built from bench/tiny/true.c. */
	.section .rodata
	.globl tiny_true, tiny_true_end
tiny_true:
	.incbin "tiny_true"
tiny_true_end:
	.section .note.GNU-stack,"",@progbits
