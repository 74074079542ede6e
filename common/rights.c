/* SPDX-License-Identifier: BSD-2-Clause */
#include "rights.h"

#include <string.h>

/* The space of one ends with padding, in which a second would fit. */
#define LENGTH CMSG_LEN(sizeof(int))

void
rights_give(struct msghdr *h, union rights *room, int fd)
{
	h->msg_control = NULL;
	h->msg_controllen = 0;
	if (fd == -1)
		return;
	memset(room, 0, sizeof(*room));
	room->header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	    .cmsg_len = LENGTH };
	memcpy(CMSG_DATA(&room->header), &fd, sizeof(fd));
	h->msg_control = room;
	h->msg_controllen = sizeof(*room);
}

void
rights_await(struct msghdr *h, union rights *room)
{
	memset(room, 0, sizeof(*room));
	h->msg_control = room;
	h->msg_controllen = LENGTH;
}

int
rights_take(struct msghdr *h)
{
	const struct cmsghdr *m = CMSG_FIRSTHDR(h);
	int fd = -1;

	if (m != NULL && m->cmsg_level == SOL_SOCKET && m->cmsg_type == SCM_RIGHTS &&
	    m->cmsg_len == LENGTH)
		memcpy(&fd, CMSG_DATA(m), sizeof(fd));
	return fd;
}
