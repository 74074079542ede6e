/* SPDX-License-Identifier: BSD-2-Clause */
#include "module_script.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"
#include "message.h"
#include "paths.h"
#include "sibling.h"

#define CONNECTIONS_MAX 16
#define DATAGRAM_MAX 8300	/* a little more than is allowed */

struct module_script module_script;

static int far_ends[CONNECTIONS_MAX];

void
module_script_start(const uint8_t *data, size_t size)
{
	memset(&module_script, 0, sizeof(module_script));
	module_script.at = data;
	module_script.end = data + size;
}

void
module_script_end(void)
{
	while (module_script.opened > 0)
		close(far_ends[--module_script.opened]);
}

uint8_t
module_script_byte(void)
{
	return module_script.at < module_script.end ? *module_script.at++ : 0;
}

int
module_script_next_fd(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

/* Written without the code under test. */
static bool
is_verdict(const uint8_t *data, size_t len)
{
	return len == 9 && data[0] == 7;
}

static void
play_datagram(int fd)
{
	struct module_script *s = &module_script;
	size_t len = module_script_byte();

	len = (len << 8 | module_script_byte()) % DATAGRAM_MAX;
	if (len > (size_t)(s->end - s->at))
		len = (size_t)(s->end - s->at);
	if (send(fd, s->at, len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)len)
		return;
	s->over = s->over || len == 0;		/* reads like the end of the stream */
	if (!s->over) {
		s->ends_in_grant = is_verdict(s->at, len) && memcmp(s->at + 1, "gran", 4) == 0;
		s->has_verdict = s->has_verdict || is_verdict(s->at, len);
	}
	s->at += len;
}

/* mfa-http: gone at once, or none. */
static int
open_http(int *fd)
{
	int pair[2];

	if (module_script_byte() % 2 == 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return MFA_E_ABSENT;
	close(pair[1]);
	*fd = pair[0];
	return MFA_OK;
}

int
sibling_open(const struct sibling *what, struct deadline deadline, int *fd)
{
	unsigned int n;
	int pair[2];

	*fd = -1;
	if (strcmp(what->user, MFA_HTTP_USER) == 0)
		return open_http(fd);
	n = module_script_byte() % 32;
	module_script.ends_in_grant = module_script.has_verdict = module_script.over = false;
	if (deadline_left(deadline) == 0)
		return MFA_E_DEADLINE;
	if (module_script.opened == CONNECTIONS_MAX ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return MFA_E_ABSENT;
	while (n-- > 0)
		play_datagram(pair[1]);
	/* It says no more and goes on listening. */
	(void)shutdown(pair[1], SHUT_WR);
	far_ends[module_script.opened++] = pair[1];
	*fd = pair[0];
	return MFA_OK;
}

/* It is nobody's to run. */
int
sibling_run(const struct sibling *what, int *fd)
{
	(void)what;
	*fd = -1;
	return MFA_E_ABSENT;
}
