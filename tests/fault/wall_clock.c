/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To be preloaded: a wall clock that is as many seconds off as the file says
 * (an int64_t) that WALL_CLOCK names.  Other clocks go as they do.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PUBLIC __attribute__((visibility("default")))

static const int64_t right, *volatile off = &right;
static int (*real)(clockid_t clock, struct timespec *ts);

/* Before there is a sandbox. */
__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("WALL_CLOCK");
	void *symbol = dlsym(RTLD_NEXT, "clock_gettime"), *map;
	int fd;

	memcpy(&real, &symbol, sizeof(real));
	if (path == NULL || (fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	map = mmap(NULL, sizeof(*off), PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (map != MAP_FAILED)
		off = map;
}

PUBLIC int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	int r;

	if (real == NULL)
		begin();
	r = real(clock, ts);
	if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		ts->tv_sec += *(const volatile int64_t *)off;
	return r;
}

PUBLIC int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &ts) == -1)
		return -1;
	*tv = (struct timeval){ ts.tv_sec, (suseconds_t)(ts.tv_nsec / 1000) };
	return 0;
}

PUBLIC time_t
time(time_t *out)
{
	struct timespec ts = { .tv_sec = 0 };

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return ts.tv_sec;
}
