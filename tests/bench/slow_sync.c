/* SPDX-License-Identifier: BSD-2-Clause */
/* To be preloaded: every sync takes 2 ms more, as a slower disk's would. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SLOWER_NS 2000000L

static int
slower(long call, int fd)
{
	const struct timespec more = { .tv_nsec = SLOWER_NS };

	(void)nanosleep(&more, NULL);
	return (int)syscall(call, fd);
}

__attribute__((visibility("default"))) int
fsync(int fd)
{
	return slower(SYS_fsync, fd);
}

__attribute__((visibility("default"))) int
fdatasync(int fd)
{
	return slower(SYS_fdatasync, fd);
}
