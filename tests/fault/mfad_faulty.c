/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfad with wrapped calls (wrap.h): which one fails is said by the test, through
 * the file "fault" beside the configuration.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "wrap.h"

__attribute__((constructor)) static void
share(int argc, char **argv)
{
	const char *conf = argc > 1 ? argv[argc - 1] : "", *slash = strrchr(conf, '/');
	char path[512];
	void *plan;
	int fd;

	if (slash == NULL)
		return;
	(void)snprintf(path, sizeof(path), "%.*s/fault", (int)(slash - conf), conf);
	if ((fd = open(path, O_RDWR | O_CLOEXEC)) == -1)
		abort();
	plan = mmap(NULL, sizeof(struct fault_plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (plan == MAP_FAILED)
		abort();
	(void)close(fd);
	fault_share(plan);
}
