/* SPDX-License-Identifier: BSD-2-Clause */
#include "service_reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "deadline.h"
#include "error.h"
#include "paths.h"
#include "query.h"
#include "text.h"

static int
ask(int fd, struct query *q, struct deadline deadline)
{
	static const struct query begin = { .type = QUERY_BEGIN, .version = QUERY_VERSION,
	    .ms_left = SERVICE_REACH_MS, .user = MFA_USER };
	static const struct query bye = { .type = QUERY_CLOSE, .outcome = QUERY_CANCELLED };
	int r = query_send(fd, &begin, deadline);

	if (r == MFA_OK)
		r = query_recv(fd, q, deadline);
	if (r == MFA_OK && q->type != QUERY_METHODS && q->type != QUERY_FAILED)
		r = MFA_E_PROTOCOL;
	if (r == MFA_OK)
		(void)query_send(fd, &bye, deadline);
	return r;
}

int
service_reach(char *words, size_t size)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = MFA_HTTP_SOCKET };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct query *q = calloc(1, sizeof(*q));
	int r = MFA_E_ABSENT;

	words[0] = '\0';
	if (q == NULL || fd == -1 || connect(fd, (const struct sockaddr *)&at, sizeof(at)) == -1)
		(void)snprintf(words, size, "nobody listens on %s: root's logins run one each, "
		    "screen lockers cannot: systemctl start mfa-http.socket",
		    MFA_HTTP_SOCKET);
	else if ((r = ask(fd, q, deadline_in(SERVICE_REACH_MS))) != MFA_OK)
		(void)snprintf(words, size, "no answer on %s: %s", MFA_HTTP_SOCKET,
		    mfa_strerror(r));
	else if (q->type == QUERY_FAILED) {
		r = MFA_E_REFUSED;
		(void)snprintf(words, size, "%s", text_printable(q->words, strlen(q->words)) ?
		    q->words : "it says something unreadable");
	}
	if (fd != -1)
		(void)close(fd);
	free(q);
	return r;
}
