/* SPDX-License-Identifier: MIT */
/*
 * Control variates: what a window would have cost in a stated state of the core, told by
 * reference calls measured right beside it. Pure: no I/O, no globals; aborts without
 * memory.
 *
 * All values are of one unit, mostly cycles an operation. y[i] is window i, x[i * k + j]
 * its reference j, round[i] the round that it belongs to; windows of a round follow one
 * another. NAN: not measured. The model is
 *	y = a + sum over j of b_j (x_j - m_j), m_j the median of reference j.
 *
 * How it is fitted: windows with any value more than CONTROL_OFF off its median are left
 * out (an interrupt fell into it). Then least squares, weighted anew until the slopes
 * stand still, with Huber's weights min(1, 1.345 s / |residual|) (Huber, "Robust
 * estimation of a location parameter", 1964; 1.345 gives 95 % of the efficiency of least
 * squares on normal residuals: Holland and Welsch, "Robust regression using iteratively
 * reweighted least squares", 1977). s is 1.4826 times the median absolute residual.
 * Huber's, not Tukey's: residuals stand on levels of their own, and Tukey's weights could
 * settle on one of them.
 *
 * Which references count: one that does not vary, or that the ones before it explain to
 * 99 %, has the slope 0. Then each round is left out in turn, and its median corrected by
 * the slopes of the other rounds. Unless this narrows the mean deviation of these medians
 * and the interval of their median by a tenth each, all slopes are 0: the references tell
 * nothing, or there are too few rounds to say what, or most rounds agree already. Both
 * are of the same windows, those that control_apply() takes. Without this, k useless
 * references would widen the variance over runs by about k / (rounds - k - 2) (Lavenberg
 * and Welch, "A perspective on the use of control variables to increase the efficiency of
 * Monte Carlo simulations", 1981).
 *
 * Slopes are in [0, most], CONTROL_SLOPE for each call of an operation: a call passes in
 * and out as the reference does, so a state makes both dearer by about as much. It may be
 * more: a state of 9 cycles in ENOSYS has 14 in getppid (Zen 5 in a KVM guest). A
 * negative slope has no cause in the core, and a large one would mostly multiply the
 * noise of the reference.
 *
 * Never use it across the arms of a comparison: a change that slows the reference calls
 * as well would be taken for a state of the core, and hidden.
 */
#ifndef SYSCOST_STATS_CONTROL_H
#define SYSCOST_STATS_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_MAX    4    /* references */
#define CONTROL_ROUNDS 6    /* with fewer there is no slope */
#define CONTROL_OFF    0.12 /* levels of a call are within it, an interrupt is not */
/* A spread after the correction over that before, at most. Our choice. */
#define CONTROL_NARROWS 0.9
#define CONTROL_SLOPE	1.5 /* for a bound: of an operation that is one call */

struct control_windows {
	const double *y, *x;
	const uint32_t *round;
	size_t n;
	unsigned int k;
	double most; /* bound of the slopes */
};

struct control_fit {
	unsigned int k;
	bool corrects; /* false: all slopes are 0 */
	double a;
	double centre[CONTROL_MAX]; /* m_j; NAN: never measured */
	double slope[CONTROL_MAX];  /* b_j */
	/*
	 * Covariances of b_j without bounds, by the jackknife over rounds (Efron, "The
	 * jackknife, the bootstrap and other resampling plans", 1982). Where the true
	 * slopes are within the bounds, these bring an estimate nearer to them. So the
	 * covariances are enough for slopes of 0; `bound` says that one is at `most`,
	 * where the true one may be beyond.
	 */
	double covariance[CONTROL_MAX][CONTROL_MAX];
	double error[CONTROL_MAX]; /* standard errors: the roots of their diagonal */
	bool bound;
	size_t used;   /* windows of the fit */
	size_t rounds; /* that have any which control_apply() takes */
};

/* Fit the model. 0, or -EINVAL (k is 0 or above CONTROL_MAX; no bound; no window). */
int control_fit(const struct control_windows *w, struct control_fit *fit);

/*
 * One window at the reference state x0[0..k): y - sum of b_j (x_j - x0_j). NAN where a
 * reference with a slope is NAN or more than CONTROL_OFF off its centre.
 */
double control_apply(const struct control_fit *fit, const double *x0, double y,
		     const double *x);

#endif
