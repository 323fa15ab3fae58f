/* SPDX-License-Identifier: MIT */
/*
 * What the files of the batch/ family share: the axes that are swept, and the descriptor
 * of a strategy. An operation is one piece of `bytes` bytes; an iteration makes `batch`
 * of them, so that its time over `batch` is what the rows carry. Strategies of one
 * workload do the same work on the same pieces.
 */
#ifndef SYSCOST_BATCH_H
#define SYSCOST_BATCH_H

#include "handle.h"

/*
 * Axes. SWEEP is for an operation whose cost may depend on how many there are. It looks
 * most closely at 64 bytes. COARSE is for variants of such a strategy. PLAIN is where the
 * cost may not depend on it, which three sizes are to prove.
 */
#define N_32	    "1,2,3,4,6,8,12,16,24,32"
#define N_256	    N_32 ",64,128,256"
#define N_1024	    N_256 ",512,1024"
#define POWERS_256  "1,2,4,8,16,32,64,128,256"
#define POWERS_1024 POWERS_256 ",512,1024"
#define ENDS	    "batch=1,16 bytes=1,65536"
#define SWEEP	    "batch=" N_1024 " bytes=64; batch=" POWERS_1024 " bytes=4096; " ENDS
#define SWEEP_256   "batch=" N_256 " bytes=64; batch=" POWERS_256 " bytes=4096; " ENDS
#define COARSE	    "batch=" POWERS_256 " bytes=64; batch=1,4,16,64,256 bytes=4096"
#define PLAIN	    "batch=1,16,256 bytes=64,4096; " ENDS

/* As many as the default limits of a socket's buffer let in. */
#define UDP_AXES \
	"batch=" N_256 " bytes=64; batch=1,2,4,8,16,32 bytes=4096; batch=1,16 bytes=1"
#define UDP_PLAIN  "batch=1,16,256 bytes=64; batch=1,16 bytes=1,4096"
#define UNIX_AXES  UDP_AXES "; batch=1 bytes=65536"
#define UNIX_PLAIN UDP_PLAIN "; batch=1 bytes=65536"

/* STRATEGY(slug, work, …): the descriptor of one way of doing the work. */
#define STRATEGY(slug, work, ...)                        \
	BENCHMARK(.id = "batch/" slug, .workload = work, \
		  .flags = BENCH_SWEEP | BENCH_CPU, __VA_ARGS__)
/* The same of pieces, with a way as `.arg`. */
#define PIECES_STRATEGY(slug, work, ...) \
	STRATEGY(slug, work, .want = WANT_ZERO, OF_PIECES, __VA_ARGS__)

/* Rings, for TO(): see ring.h. */
#define ON_DEFAULT .mode = RING_DEFAULT
#define ON_FIXED   .mode = RING_DEFAULT, .fixed = true
#define ON_DEFER   .mode = RING_DEFER, .fixed = true
#define ON_SQPOLL  .mode = RING_SQPOLL, .fixed = true

/* Of a request, behind what prepares it: its file is the fixed one; it is linked. */
#define FIXED_FILE sqe->flags |= IOSQE_FIXED_FILE
#define LINKED	   sqe->flags |= (i + 1 < batch) << IOSQE_IO_LINK_BIT

#endif
