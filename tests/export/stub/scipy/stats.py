"""As much of SciPy as compare.py of google-benchmark wants; the real one is large.

The U test is the normal approximation, with mid-ranks and no correction for ties: enough
to tell that the figures reach it.
"""
import math
from collections import namedtuple

from numpy import array

Result = namedtuple("Result", "pvalue")


def mannwhitneyu(x, y, alternative):
    assert alternative == "two-sided" and x and y
    u = sum((a > b) + 0.5 * (a == b) for a in x for b in y)
    mean = len(x) * len(y) / 2
    sd = math.sqrt(len(x) * len(y) * (len(x) + len(y) + 1) / 12)
    return Result(max(math.erfc(abs(u - mean) / sd / math.sqrt(2)), 1e-300))


def gmean(rows):
    return array(math.exp(sum(math.log(row[i]) for row in rows) / len(rows))
                 for i in range(2))
