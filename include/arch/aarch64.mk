# What the timed loops are compiled with on 64-bit Arm: no BTI, no pointer authentication.
HOT_ARCH = -mbranch-protection=none
