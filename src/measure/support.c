// SPDX-License-Identifier: MIT
/* What bench.h offers for setting up, and the undoing of it. Nothing runs in a window. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure/calls.h"
#include "measure/support.h"

#define LEAK_FDS 64   /* descriptors that may leak: a loop's is the lowest free one */
#define PAINT	 0x5a /* what a fresh buffer is full of */

long bench_param(const struct bench_run *run, const char *name)
{
	const struct variant *v = run->variant;

	for (unsigned int i = 0; i < v->n_params; i++)
		if (!strcmp(v->param_name[i], name))
			return v->param[i];
	fprintf(stderr, "syscost: benchmark '%s' has no parameter '%s'\n", v->id, name);
	abort();
}

int bench_verdict(struct bench_run *run, enum outcome_status status, const char *fmt, ...)
{
	va_list ap;

	run->outcome.status = status;
	va_start(ap, fmt);
	vsnprintf(run->outcome.reason, sizeof(run->outcome.reason), fmt, ap);
	va_end(ap);
	return status == OUTCOME_SKIP ? BENCH_SKIP : BENCH_FAIL;
}

bool errno_is_refusal(int err)
{
	static const int refusals[] = {
		EPERM,	ENOSYS, EOPNOTSUPP, EAFNOSUPPORT, EPROTONOSUPPORT, EMFILE,
		ENFILE, ENOMEM, EAGAIN,	    EACCES,	  ENODEV,	   ENOENT,
		EROFS,	ENOSPC, EDQUOT,	    EFBIG,
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (err == refusals[i])
			return true;
	return false;
}

int bench_errno(struct bench_run *run, const char *what)
{
	int err = errno;

	return bench_verdict(run, errno_is_refusal(err) ? OUTCOME_SKIP : OUTCOME_FAIL,
			     "%s: %s", what, strerror(err));
}

int bench_buffer(struct bench_run *run, size_t len)
{
	void *buf = mmap(NULL, len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (buf == MAP_FAILED)
		return bench_errno(run, "mmap of a buffer");
	memset(buf, PAINT, len);
	run->buf = buf;
	run->buf_len = len;
	return 0;
}

int bench_open(struct bench_run *run, int i, const char *path, int flags)
{
	run->fd[i] = open(path, flags | O_CLOEXEC, 0600);
	return run->fd[i] < 0 ? bench_errno(run, path) : 0;
}

int bench_file(struct bench_run *run, int i, const char *name)
{
	char path[BENCH_PATH_MAX];
	int ret = bench_open(run, i, bench_path(run, name, path, sizeof(path)),
			     O_RDWR | O_CREAT | O_EXCL);

	if (!ret)
		unlink(path);
	return ret;
}

int bench_memfd(struct bench_run *run, int i)
{
	run->fd[i] = memfd_create("syscost", MFD_CLOEXEC);
	return run->fd[i] < 0 ? bench_errno(run, "memfd_create") : 0;
}

int bench_pwrite(struct bench_run *run, int i, const void *buf, size_t len, off_t off)
{
	errno = ENOSPC;
	return pwrite(run->fd[i], buf, len, off) == (ssize_t)len
		       ? 0
		       : bench_errno(run, "pwrite");
}

int bench_peer(struct bench_run *run, int cpu, int (*fn)(struct bench_run *run))
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return bench_errno(run, "fork of a peer");
	if (!pid) {
		cpu_set_t set;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		CPU_ZERO(&set);
		CPU_SET(cpu < 0 ? run->cpu : cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			_exit(1);
		_exit(fn(run));
	}
	run->peer = pid;
	return 0;
}

char *bench_path(const struct bench_run *run, const char *name, char *buf, size_t len)
{
	snprintf(buf, len, "%s/%s", run->dir, name);
	return buf;
}

int bench_needs_two_cpus(struct bench_run *run)
{
	return run->other_cpu >= 0
		       ? 0
		       : bench_skip(run, "needs a second CPU that it may use");
}

/*
 * The vDSO is an ELF object that the kernel maps into every process (vdso(7)), with its
 * section headers: look the name up among its dynamic symbols. Static programs have no
 * dlsym() to do it.
 */
void *bench_vdso(const char *name)
{
	const char *base = (const char *)getauxval(AT_SYSINFO_EHDR), *strings;
	const Elf64_Ehdr *eh = (const void *)base;
	const Elf64_Phdr *ph;
	const Elf64_Shdr *sh;
	const Elf64_Sym *symbol;
	ptrdiff_t shift = 0;

	if (!base)
		return NULL;
	ph = (const void *)(base + eh->e_phoff);
	for (int i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_LOAD)
			shift = (ptrdiff_t)base + ph[i].p_offset - ph[i].p_vaddr;
	sh = (const void *)(base + eh->e_shoff);
	for (int i = 0; i < eh->e_shnum; i++) {
		if (sh[i].sh_type != SHT_DYNSYM)
			continue;
		symbol = (const void *)(base + sh[i].sh_offset);
		strings = base + sh[sh[i].sh_link].sh_offset;
		for (size_t n = sh[i].sh_size / sizeof(*symbol); n--; symbol++)
			if (symbol->st_shndx != SHN_UNDEF &&
			    !strcmp(strings + symbol->st_name, name))
				return (void *)(symbol->st_value + shift);
	}
	return NULL;
}

static unsigned int open_fds(void)
{
	unsigned int n = 0;

	for (int fd = 0; fd < LEAK_FDS; fd++)
		n += SYS(fcntl, fd, F_GETFD) >= 0;
	return n;
}

/* Does this CPU's Linux have the calls that the loop makes by their numbers? */
static int needs_calls(struct bench_run *run)
{
	const struct bench *b = run->bench;
	char lacking[CALL_NAME_MAX];

	if (b->via != VIA_INLINE && b->via != VIA_SYSCALL && b->via != VIA_SHIELDED)
		return 0; /* the library knows another way */
	if (!b->calls || !calls_check(b->calls, lacking))
		return 0;
	return bench_skip(run, "this CPU's Linux has no %s system call", lacking);
}

int run_setup(struct running *r, const struct variant *v, int cpu, int other_cpu,
	      const char *dir, bool first)
{
	struct bench_run *run = &r->run;
	const struct bench *b = v->bench;
	int ret;

	memset(r, 0, sizeof(*r));
	r->fds_before = open_fds();
	run->bench = b;
	run->variant = v;
	run->cpu = cpu;
	run->other_cpu = other_cpu;
	run->dir = dir;
	run->first = first;
	run->outcome.overflow = -1;
	run->batch = 1;
	memset(run->fd, -1, sizeof(run->fd));
	for (unsigned int i = 0; i < v->n_params; i++) {
		if (!strcmp(v->param_name[i], "batch"))
			run->batch = v->param[i];
		else if (!strcmp(v->param_name[i], "bytes"))
			run->bytes = v->param[i];
	}
	run->want = b->want == WANT_ANY	    ? BENCH_ANY
		    : b->want == WANT_ZERO  ? 0
		    : b->want == WANT_BYTES ? (long)(run->batch * run->bytes)
					    : b->want;
	ret = needs_calls(run) ?: (b->needs ? b->needs(run) : 0);
	if (ret)
		return ret;
	run->state = calloc(1, b->state ?: 1);
	if (!run->state)
		return bench_errno(run, "state");
	return b->setup ? b->setup(run) : 0;
}

int run_teardown(struct running *r)
{
	struct bench_run *run = &r->run;
	unsigned int fds;

	if (run->state && run->bench->teardown)
		run->bench->teardown(run);
	if (run->peer && !kill(run->peer, SIGKILL))
		waitpid(run->peer, NULL, 0);
	for (int i = 0; i < BENCH_FDS; i++)
		if (run->fd[i] >= 0)
			close(run->fd[i]);
	if (run->buf)
		munmap(run->buf, run->buf_len);
	free(run->state);
	run->state = NULL;
	if (run->outcome.status != OUTCOME_OK)
		return 0; /* there is a reason already */
	fds = open_fds();
	if (fds > r->fds_before)
		return bench_fail(run, "leaked %u file descriptors", fds - r->fds_before);
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return bench_fail(run, "left a child process behind");
	return 0;
}
