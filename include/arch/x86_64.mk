# What the timed loops are compiled with on x86-64, beside the flags for all CPUs: no ENDBR.
HOT_ARCH = -fcf-protection=none
