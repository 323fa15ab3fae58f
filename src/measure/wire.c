// SPDX-License-Identifier: MIT
/*
 * Bytes to structs and back. It opens, reads and waits for nothing.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "measure/wire.h"

#define PLAN_MAGIC    0x73797364u
#define REFERENCE_MAX 1e12		  /* core cycles: minutes */
#define TICKS_MAX     (UINT64_C(1) << 56) /* months: a double holds it closely enough */

/* Appends to a buffer; what does not fit is a programming error. */
struct writer {
	uint8_t *at, *end;
};

static void put(struct writer *w, uint64_t value, int bytes)
{
	if (w->end - w->at < bytes)
		abort();
	for (int i = 0; i < bytes; i++, value >>= 8)
		*w->at++ = value;
}

static void put_double(struct writer *w, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	put(w, bits, 8);
}

static void put_bytes(struct writer *w, const void *data, size_t len)
{
	put(w, len, 2);
	if ((size_t)(w->end - w->at) < len)
		abort();
	memcpy(w->at, data, len);
	w->at += len;
}

static void put_text(struct writer *w, const char *text)
{
	put_bytes(w, text, strlen(text));
}

/* Takes from a buffer. Once something is wrong, everything that follows is 0. */
struct reader {
	const uint8_t *at, *end;
	bool bad;
};

static uint64_t get(struct reader *r, int bytes)
{
	uint64_t value = 0;

	if (r->bad || r->end - r->at < bytes) {
		r->bad = true;
		return 0;
	}
	for (int i = 0; i < bytes; i++)
		value |= (uint64_t)*r->at++ << 8 * i;
	return value;
}

static double get_double(struct reader *r)
{
	uint64_t bits = get(r, 8);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* At most `most` bytes into `to`; returns how many. */
static size_t get_bytes(struct reader *r, void *to, size_t most)
{
	size_t len = get(r, 2);

	if (r->bad || len > most || (size_t)(r->end - r->at) < len) {
		r->bad = true;
		return 0;
	}
	memcpy(to, r->at, len);
	r->at += len;
	return len;
}

/* A text that fits into `size` bytes with its NUL, and has none within. */
static void get_text(struct reader *r, char *to, size_t size)
{
	size_t len = get_bytes(r, to, size - 1);

	to[len] = '\0';
	if (strlen(to) != len)
		r->bad = true;
}

/*
 * The same for text that is stored: a path in it may be of any bytes, or be cut within a
 * character.
 */
static void get_utf8(struct reader *r, char *to, size_t size)
{
	get_text(r, to, size);
	utf8_repair(to);
}

static void put_outcome(struct writer *w, const struct outcome *o)
{
	put(w, o->status, 1);
	put(w, o->overflow, 8);
	put_text(w, o->mode);
	put_text(w, o->asked);
	put_text(w, o->in_force);
	put_text(w, o->reason);
}

static void get_outcome(struct reader *r, struct outcome *o)
{
	o->status = get(r, 1);
	o->overflow = get(r, 8);
	get_utf8(r, o->mode, sizeof(o->mode));
	get_utf8(r, o->asked, sizeof(o->asked));
	get_utf8(r, o->in_force, sizeof(o->in_force));
	get_utf8(r, o->reason, sizeof(o->reason));
	if (o->status > OUTCOME_FAIL)
		r->bad = true;
}

static void put_reading(struct writer *w, const struct reading *from)
{
	put_outcome(w, &from->outcome);
	put(w, from->n, 8);
	put_double(w, from->faults);
	put_double(w, from->switches);
	put_double(w, from->enters);
	put(w, COUNT_MAX, 1);
	for (size_t i = 0; i < COUNT_MAX; i++)
		put_double(w, from->count[i]);
	put(w, from->n_windows, 1);
	for (size_t i = 0; i < from->n_windows; i++) {
		put(w, from->windows[i].ticks, 8);
		put(w, from->windows[i].probe, 4);
		put(w, from->windows[i].drop, 4);
		put(w, from->windows[i].cpu, 8);
		put_double(w, from->windows[i].rate);
		for (size_t k = 0; k < REFERENCES; k++)
			put_double(w, from->windows[i].ref[k]);
	}
}

static void get_window(struct reader *r, struct window *to)
{
	to->ticks = get(r, 8);
	to->probe = get(r, 4);
	to->drop = get(r, 4);
	to->cpu = get(r, 8);
	to->rate = get_double(r);
	if (!(to->rate > 0 && to->rate < WINDOW_RATE_MAX) || to->ticks > TICKS_MAX)
		r->bad = true;
	for (size_t k = 0; k < REFERENCES; k++) {
		double cycles = get_double(r);

		if (!(cycles >= 0 && cycles <= REFERENCE_MAX))
			r->bad = true;
		to->ref[k] = cycles;
	}
}

static void get_reading(struct reader *r, struct reading *to)
{
	get_outcome(r, &to->outcome);
	to->n = get(r, 8);
	to->faults = get_double(r);
	to->switches = get_double(r);
	to->enters = get_double(r);
	if (get(r, 1) != COUNT_MAX)
		r->bad = true;
	for (size_t i = 0; i < COUNT_MAX; i++)
		to->count[i] = get_double(r);
	to->n_windows = get(r, 1);
	if (to->n_windows > WINDOWS)
		r->bad = true;
	/* A figure of a window without iterations would be a division by zero. */
	if ((to->n_windows && !to->n) ||
	    (to->outcome.status == OUTCOME_OK && !to->n_windows) ||
	    !isfinite(to->faults + to->switches + to->enters))
		r->bad = true;
	for (size_t i = 0; i < to->n_windows && !r->bad; i++)
		get_window(r, &to->windows[i]);
}

size_t wire_length(const uint8_t prefix[WIRE_PREFIX])
{
	struct reader r = { prefix, prefix + WIRE_PREFIX, false };
	size_t len = get(&r, WIRE_PREFIX);

	return len <= WIRE_MESSAGE_MAX ? len : 0;
}

size_t wire_put_message(uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX],
			const struct message *msg)
{
	struct writer prefix = { buf, buf + WIRE_PREFIX };
	struct writer w = { buf + WIRE_PREFIX, buf + WIRE_PREFIX + WIRE_MESSAGE_MAX };

	put(&w, msg->type, 1);
	put(&w, msg->item, 4);
	if (msg->type == MESSAGE_READY) {
		put_outcome(&w, &msg->reading.outcome);
	} else if (msg->type == MESSAGE_DONE) {
		put_reading(&w, &msg->reading);
	}
	put(&prefix, w.at - prefix.end, WIRE_PREFIX);
	return w.at - buf;
}

int wire_get_message(const uint8_t *data, size_t len, struct message *msg)
{
	struct reader r = { data, data + len, false };
	struct message got = { .type = get(&r, 1), .item = get(&r, 4) };

	if (got.type == MESSAGE_READY) {
		get_outcome(&r, &got.reading.outcome);
	} else if (got.type == MESSAGE_DONE) {
		get_reading(&r, &got.reading);
	} else if (got.type != MESSAGE_START) {
		return -EPROTO;
	}
	if (r.bad || r.at != r.end)
		return -EPROTO;
	*msg = got;
	return 0;
}

/*
 * The attr of an event is the kernel's own struct (perf_event_open(2)), which has its
 * size in it; the two ends run on one kernel.
 */
static void put_event(struct writer *w, const struct event *event)
{
	put_text(w, event->name);
	put(w, event->slot, 1);
	put_bytes(w, &event->attr, sizeof(event->attr));
}

static void get_event(struct reader *r, struct event *event)
{
	get_text(r, event->name, sizeof(event->name));
	event->slot = get(r, 1);
	if (get_bytes(r, &event->attr, sizeof(event->attr)) != sizeof(event->attr) ||
	    event->slot >= COUNT_MAX)
		r->bad = true;
}

/* Room for all of a plan but its items, and more than one item takes. */
#define HEAD_MAX (1024 + COUNT_MAX * (sizeof(struct event) + 16))

static bool written(FILE *out, const uint8_t *buf, const struct writer *w)
{
	return fwrite(buf, 1, w->at - buf, out) == (size_t)(w->at - buf);
}

int wire_write_plan(FILE *out, const struct plan *plan)
{
	uint8_t buf[HEAD_MAX];
	struct writer w = { buf, buf + sizeof(buf) };

	put(&w, PLAN_MAGIC, 4);
	put(&w, WIRE_VERSION, 4);
	put(&w, plan->cpu, 4);
	put(&w, plan->other_cpu, 4);
	put(&w, plan->step, 4);
	put(&w, plan->probe_passes, 4);
	put(&w, plan->round_us, 4);
	for (size_t k = 0; k < REFERENCES; k++)
		put(&w, plan->reference_n[k], 4);
	put_double(&w, plan->ticks_per_us);
	put_text(&w, plan->dir);
	put_text(&w, plan->layers);
	put(&w, plan->events.n, 1);
	put(&w, plan->events.n_own, 1);
	for (size_t i = 0; i < plan->events.n; i++)
		put_event(&w, &plan->events.event[i]);
	put(&w, plan->n_items, 4);
	if (!written(out, buf, &w))
		return -EIO;
	for (size_t i = 0; i < plan->n_items; i++) {
		w.at = buf;
		put_text(&w, plan->items[i].id);
		put(&w, plan->items[i].n, 8);
		put(&w, plan->items[i].chain, 8);
		if (!written(out, buf, &w))
			return -EIO;
	}
	return 0;
}

int wire_read_plan(const void *data, size_t len, struct plan *plan)
{
	struct reader r = { data, (const uint8_t *)data + len, false };
	struct plan got = { 0 };

	if (get(&r, 4) != PLAN_MAGIC)
		return -EPROTO;
	if (get(&r, 4) != WIRE_VERSION || r.bad)
		return -EBADMSG;
	got.cpu = get(&r, 4);
	got.other_cpu = get(&r, 4);
	got.step = get(&r, 4);
	got.probe_passes = get(&r, 4);
	got.round_us = get(&r, 4);
	for (size_t k = 0; k < REFERENCES; k++) {
		got.reference_n[k] = get(&r, 4);
		if (got.reference_n[k] > REFERENCE_N_MAX ||
		    !got.reference_n[k] != !got.reference_n[0])
			r.bad = true;
	}
	got.ticks_per_us = get_double(&r);
	get_text(&r, got.dir, sizeof(got.dir));
	get_text(&r, got.layers, sizeof(got.layers));
	got.events.n = get(&r, 1);
	got.events.n_own = get(&r, 1);
	if (got.events.n > COUNT_MAX || got.events.n_own > COUNT_OWN ||
	    got.events.n_own > got.events.n ||
	    got.events.n - got.events.n_own > COUNT_MAX - COUNT_OWN)
		r.bad = true;
	for (size_t i = 0; i < got.events.n && !r.bad; i++)
		get_event(&r, &got.events.event[i]);
	got.n_items = get(&r, 4);
	/*
	 * An item takes more than one byte: no count can make us allocate without bound.
	 */
	if (r.bad || got.n_items > (size_t)(r.end - r.at))
		return -EPROTO;
	got.items = calloc(got.n_items + 1, sizeof(*got.items));
	if (!got.items)
		return -ENOMEM;
	for (size_t i = 0; i < got.n_items; i++) {
		get_text(&r, got.items[i].id, sizeof(got.items[i].id));
		got.items[i].n = get(&r, 8);
		got.items[i].chain = get(&r, 8);
	}
	if (r.bad || r.at != r.end) {
		free(got.items);
		return -EPROTO;
	}
	*plan = got;
	return 0;
}

void wire_free_plan(struct plan *plan)
{
	free(plan->items);
	plan->items = NULL;
}
