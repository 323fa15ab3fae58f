# What the timed loops are compiled with on 64-bit RISC-V: nothing of its own.
HOT_ARCH =
