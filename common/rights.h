/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_RIGHTS_H
#define MFA_RIGHTS_H

#include <sys/socket.h>

/*
 * A descriptor that goes along with a message on a Unix socket (SCM_RIGHTS):
 * one, or none.
 */
union rights {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

/* Has h take fd along, which stays the caller's; -1: nothing.  room lives as
 * long as h. */
void rights_give(struct msghdr *h, union rights *room, int fd);

/* Makes room in h for one and no more: the kernel drops what else comes, and
 * says so (MSG_CTRUNC).  Once for each recvmsg(2). */
void rights_await(struct msghdr *h, union rights *room);

/* What came with it, which is the caller's from now on; -1: nothing. */
int rights_take(struct msghdr *h);

#endif
