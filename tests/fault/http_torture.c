/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_torture URL CA: whole dialogues with the service of the tests, which
 * refuses a code and brings a denial, in which every call that can fail fails in
 * turn: the first, the second, the third … until one has passed that made no
 * failing call.  Built with AddressSanitizer and UBSan.  Never a crash, a leak
 * or a hang; and nothing is heard that the service did not say.  Allocations within
 * libcurl stay out: 7.88 frees a name twice when one fails while it keeps a TLS
 * session, which ends the process of one login and nothing else.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../helper/http/dialogue.h"
#include "../../helper/http/fetch.h"
#include "error.h"
#include "paths.h"
#include "query.h"
#include "text.h"
#include "wrap.h"

int __lsan_do_recoverable_leak_check(void);

#define ROUNDS_MAX	20000	/* far more calls than a dialogue makes */
#define HANG_SECONDS	20

enum heard { HEARD_ALL, HEARD_PART, HEARD_LIES };

/* ---- the helper's side, in a process of its own ---- */

static struct query q;

static void
say(int fd, struct query *what)
{
	(void)query_send(fd, what, deadline_in(1000));
}

/* True when it is of that type; what is said must be true in any case. */
static bool
hears(int fd, unsigned int type)
{
	if (query_recv(fd, &q, deadline_in(HANG_SECONDS * 1000)) != MFA_OK)
		return false;
	if ((q.type == QUERY_CODED && q.result != QUERY_CODE_REFUSED) ||
	    (q.type == QUERY_ANSWERED && q.decision != DECISION_DENY) ||
	    (q.type == QUERY_METHODS && q.methods != (QUERY_CAN_PUSH | QUERY_CAN_CODE)))
		_exit(HEARD_LIES);
	return q.type == type;
}

static _Noreturn void
help(int fd)
{
	static struct query begin = { .type = QUERY_BEGIN, .version = QUERY_VERSION,
	    .ms_left = 10000, .user = "anna" };
	static struct query push = { .type = QUERY_PUSH, .method = QUERY_BY_PUSH,
	    .service = "sshd", .origin = "console",
	    .nonce_len = STATEMENT_NONCE_LEN, .digits = 6, .expires = 1790000090 };
	static struct query code = { .type = QUERY_CODE, .code = { .len = 6, .data = "123456" } };
	static struct query bye = { .type = QUERY_CLOSE, .outcome = QUERY_REFUSED };
	bool all;

	say(fd, &begin);
	all = hears(fd, QUERY_METHODS);
	if (all) {
		say(fd, &push);
		all = hears(fd, QUERY_PUSHED);
	}
	if (all) {
		say(fd, &code);
		all = hears(fd, QUERY_CODED) || q.type == QUERY_ANSWERED;
		all = all && hears(fd, q.type == QUERY_CODED ? QUERY_ANSWERED : QUERY_CODED);
	}
	say(fd, &bye);
	_exit(all ? HEARD_ALL : HEARD_PART);
}

/* ---- one dialogue ---- */

static struct service service;

static int
converse(long n)
{
	int pair[2], status;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		abort();
	if ((pid = fork()) == 0) {
		fault_arm(0);
		(void)close(pair[1]);
		help(pair[0]);
	}
	(void)close(pair[0]);
	(void)alarm(HANG_SECONDS);
	fault_arm(n);
	dialogue_run(&service, pair[1]);
	(void)alarm(0);
	(void)close(pair[1]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return HEARD_LIES;
	return WEXITSTATUS(status);
}

int
main(int argc, char **argv)
{
	int heard = HEARD_PART;
	const char *why;
	bool fired = true;
	long n;

	if (argc != 3 || text_copy(service.url, sizeof(service.url), argv[1]) != MFA_OK ||
	    text_copy(service.ca, sizeof(service.ca), argv[2]) != MFA_OK ||
	    host_key_read(MFA_HOST_KEY, &service.key, &why) != MFA_OK)
		return 1;
	(void)signal(SIGPIPE, SIG_IGN);
	if (fetch_start_up() != MFA_OK || converse(0) != HEARD_ALL)
		return 1;
	for (n = 1; fired && n < ROUNDS_MAX; n++) {
		heard = converse(n);
		fired = fault_fired();
		if (heard != HEARD_LIES && __lsan_do_recoverable_leak_check() == 0)
			continue;
		printf("with %s, call %ld, failing it %s\n", fault_name(), n,
		    heard == HEARD_LIES ? "lied" : "leaked");
		return 1;
	}
	printf("%ld calls\n", n - 2);
	return !fired && heard == HEARD_ALL ? 0 : 1;
}
