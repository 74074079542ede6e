/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <unistd.h>

#include "module.h"

unsigned int
low_fds_occupy(void)
{
	unsigned int taken = 0;
	int fd;

	while ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) != -1 && fd <= STDERR_FILENO)
		taken |= 1U << fd;
	if (fd != -1)
		(void)close(fd);
	return taken;
}

void
low_fds_release(unsigned int taken)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (taken & 1U << fd)
			(void)close(fd);
}
