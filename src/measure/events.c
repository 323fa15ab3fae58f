// SPDX-License-Identifier: MIT
/* Makes lists of events; libpfm4 translates what a user names. It opens no counter. */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "measure/events.h"
/* libpfm4 brings a copy of the kernel's header that clashes with it: leave it out. */
#define __PERFMON_PERF_EVENT_H__
#include <perfmon/pfmlib_perf_event.h>

#define FORMAT                                                \
	(PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | \
	 PERF_FORMAT_TOTAL_TIME_RUNNING)

/*
 * libpfm4 is loaded only when a name is to be understood. Otherwise its tables would be
 * relocated at every start of a process, and at every round, which costs 6 ms and 170
 * pages. A static program has it inside, where they are in place already.
 */
typeof(pfm_initialize) pfm_initialize __attribute__((weak));
typeof(pfm_get_os_event_encoding) pfm_get_os_event_encoding __attribute__((weak));
typeof(pfm_strerror) pfm_strerror __attribute__((weak));

struct pfm {
	typeof(pfm_initialize) *initialize;
	typeof(pfm_get_os_event_encoding) *encode;
	typeof(pfm_strerror) *strerror;
};

/* 0, or -ENOENT with one line in err. */
static int pfm_load(struct pfm *pfm, struct err *err)
{
	void *lib = pfm_initialize ? NULL : dlopen("libpfm.so.4", RTLD_NOW);

	*pfm = (struct pfm){ pfm_initialize, pfm_get_os_event_encoding, pfm_strerror };
	if (lib) {
		pfm->initialize = dlsym(lib, "pfm_initialize");
		pfm->encode = dlsym(lib, "pfm_get_os_event_encoding");
		pfm->strerror = dlsym(lib, "pfm_strerror");
	}
	if (pfm->initialize && pfm->encode && pfm->strerror &&
	    pfm->initialize() == PFM_SUCCESS)
		return 0;
	return err_set(err, -ENOENT,
		       "--events needs libpfm4, which cannot be loaded here: "
		       "install the package libpfm4");
}

static int encode_event(const struct pfm *pfm, const char *name, uint32_t slot,
			struct event *e)
{
	pfm_perf_encode_arg_t arg = { .size = sizeof(arg) };
	int ret;

	*e = (struct event){ .slot = slot, .attr.size = sizeof(e->attr) };
	arg.attr = &e->attr;
	ret = pfm->encode(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &arg);
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->attr.read_format = FORMAT;
	return ret;
}

void events_own(struct event_list *list)
{
	static const struct {
		const char *name;
		uint64_t config;
		bool user;
	} own[COUNT_OWN] = {
		[COUNT_CYCLES_USER] = { "CYCLES:u", PERF_COUNT_HW_CPU_CYCLES, true },
		[COUNT_CYCLES_KERNEL] = { "CYCLES:k", PERF_COUNT_HW_CPU_CYCLES, false },
		[COUNT_INSTRUCTIONS_USER] = { "INSTRUCTIONS:u",
					      PERF_COUNT_HW_INSTRUCTIONS, true },
		[COUNT_INSTRUCTIONS_KERNEL] = { "INSTRUCTIONS:k",
						PERF_COUNT_HW_INSTRUCTIONS, false },
	};

	for (uint32_t i = 0; i < COUNT_OWN; i++) {
		struct event *e = &list->event[i];

		*e = (struct event){ .slot = i,
				     .attr = { .size = sizeof(e->attr),
					       .type = PERF_TYPE_HARDWARE,
					       .config = own[i].config,
					       .read_format = FORMAT,
					       .exclude_user = !own[i].user,
					       .exclude_kernel = own[i].user,
					       .exclude_hv = 1,
					       .exclude_guest = 1 } };
		snprintf(e->name, sizeof(e->name), "%s", own[i].name);
	}
	list->n = list->n_own = COUNT_OWN;
}

int events_parse(const char *text, struct event_list *list, struct err *err)
{
	struct event_list longer = *list;
	uint32_t slot = COUNT_OWN;
	struct pfm pfm;

	if (pfm_load(&pfm, err))
		return -ENOENT;

	for (const char *at = text, *end;; at = end + 1) {
		char name[sizeof(longer.event[0].name)];
		int ret;

		end = strchrnul(at, ',');
		if (end == at || end - at >= (long)sizeof(name))
			return err_set(
				err, -EINVAL,
				"--events wants names between its commas, each shorter "
				"than %zu bytes, not '%s'",
				sizeof(name), text);
		if (slot == COUNT_MAX)
			return err_set(err, -EINVAL, "--events takes at most %d events",
				       COUNT_MAX - COUNT_OWN);
		snprintf(name, sizeof(name), "%.*s", (int)(end - at), at);
		ret = encode_event(&pfm, name, slot++, &longer.event[longer.n++]);
		if (ret != PFM_SUCCESS)
			return err_set(
				err, -EINVAL,
				"event '%s' is not known to libpfm4 on this CPU (%s): "
				"examples are PAGE-FAULTS, CYCLES:u, perf_raw::r00c0",
				name, pfm.strerror(ret));
		if (!*end)
			break;
	}
	*list = longer;
	return 0;
}
