/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "module.h"

static bool
room_for_descriptors(void)
{
	int fds[ROOM_DESCRIPTORS], fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), n;

	for (n = 0; fd != -1 && n < ROOM_DESCRIPTORS; n++) {
		fds[n] = fd;
		fd = fcntl(fds[0], F_DUPFD_CLOEXEC, 0);
	}
	if (fd != -1)
		(void)close(fd);
	fd = n;
	while (n > 0)
		(void)close(fds[--n]);
	return fd == ROOM_DESCRIPTORS;
}

/* Asked for and given back: no page of it is ever touched. */
static bool
room_for_memory(void)
{
	void *room = mmap(NULL, ROOM_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return room != MAP_FAILED && munmap(room, ROOM_BYTES) == 0;
}

bool
room_to_look_up(void)
{
	return room_for_descriptors() && room_for_memory();
}
