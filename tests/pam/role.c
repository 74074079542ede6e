/* SPDX-License-Identifier: BSD-2-Clause */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "paths.h"
#include "stage.h"

/* The helper that plays a role: a process of its own at the real path. */

struct played *played;
static pid_t helper;

static int
listen_at(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)unlink(path);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    chmod(path, 0666) == -1 || listen(fd, 16) == -1)
		err(1, "%s", path);
	return fd;
}

static _Noreturn void
serve(int fd, role_fn *play)
{
	struct role r = { .played = played };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((r.fd = accept(fd, NULL, NULL)) != -1) {
		played->served++;
		play(&r);
		close(r.fd);
	}
	_exit(0);
}

/* SO_PEERCRED tells who called listen(2). */
static _Noreturn void
serve_as(role_fn *play, uid_t uid, int ready)
{
	int fd;

	if (uid != 0 && (chown(MFA_RUNDIR, uid, uid) == -1 || setresgid(uid, uid, uid) == -1 ||
	    setresuid(uid, uid, uid) == -1))
		err(1, "becoming %u", uid);
	fd = listen_at(MFA_SOCKET);
	close(ready);
	serve(fd, play);
}

void
stage_helper_start_as(role_fn *play, uid_t uid)
{
	int ready[2];
	char byte;

	if (played == NULL)
		played = mmap(NULL, sizeof(*played), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(played, MAP_FAILED);
	memset(played, 0, sizeof(*played));
	ck_assert_int_eq(pipe(ready), 0);
	helper = fork();
	ck_assert_int_ne(helper, -1);
	if (helper == 0) {
		close(ready[0]);
		serve_as(play, uid, ready[1]);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 0);
	close(ready[0]);
}

void
stage_helper_start(role_fn *play)
{
	stage_helper_start_as(play, 0);
}

void
stage_helper_stop(void)
{
	/* A test that has become somebody else leaves it to PR_SET_PDEATHSIG. */
	if (helper > 0 && kill(helper, SIGKILL) == 0) {
		waitpid(helper, NULL, 0);
		helper = 0;
		if (geteuid() == 0 && chown(MFA_RUNDIR, 0, 0) == -1)
			err(1, MFA_RUNDIR);
	}
	(void)unlink(MFA_SOCKET);
}

void
stage_heard(unsigned int count)
{
	int64_t end = stage_now() + 30000;

	while (played->count < count && stage_now() < end)
		role_pause(10);
	ck_assert_uint_ge(played->count, count);
}

/* ---- lines of a role ---- */

void
role_hear(struct role *r)
{
	struct played *p = r->played;
	struct msg m;

	if (msg_recv(r->fd, &m, deadline_in(30000)) != MFA_OK) {
		p->gone = true;
		return;
	}
	if (p->count < sizeof(p->heard) / sizeof(p->heard[0]))
		p->heard[p->count++] = m;
}

void
role_raw(struct role *r, const void *data, size_t len)
{
	(void)send(r->fd, data, len, MSG_NOSIGNAL);
}

void
role_send(struct role *r, const struct msg *m)
{
	unsigned char buf[MSG_MAX];
	size_t len;

	if (msg_pack(m, buf, &len) != MFA_OK)
		errx(1, "a role sends what cannot be packed");
	role_raw(r, buf, len);
}

static void
send_text(struct role *r, enum msg_type type, const char *text, uint32_t echo)
{
	struct msg m = { .type = type, .echo = echo };

	snprintf(m.text, sizeof(m.text), "%s", text);
	role_send(r, &m);
}

void
role_prompt(struct role *r, const char *text, bool echo)
{
	send_text(r, MSG_PROMPT, text, echo);
}

void
role_info(struct role *r, const char *text)
{
	send_text(r, MSG_INFO, text, 0);
}

void
role_error(struct role *r, const char *text)
{
	send_text(r, MSG_ERROR, text, 0);
}

void
role_waiting(struct role *r, const char *text)
{
	send_text(r, MSG_WAITING, text, 0);
}

void
role_verdict(struct role *r, uint32_t verdict)
{
	struct msg m = { .type = MSG_VERDICT, .verdict = verdict };

	role_send(r, &m);
}

static void
note_way(struct played *p, int fd)
{
	struct ucred peer = { .uid = UINT32_MAX };
	socklen_t len = sizeof(peer);

	p->way = true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0)
		p->way_uid = peer.uid;
}

int
role_reach(struct role *r)
{
	static const struct msg question = { .type = MSG_REACH };
	struct played *p = r->played;
	struct msg m;
	int fd;

	role_send(r, &question);
	if (msg_recv_reached(r->fd, &m, &fd, deadline_in(30000)) != MFA_OK) {
		p->gone = true;
		return -1;
	}
	p->heard[p->count++] = m;
	if (fd != -1)
		note_way(p, fd);
	return fd;
}

void
role_split(struct role *r, uint32_t digits)
{
	struct msg m = { .type = MSG_VERDICT, .verdict = VERDICT_SPLIT, .digits = digits };

	role_send(r, &m);
}

void
role_pause(int ms)
{
	(void)poll(NULL, 0, ms);
}

void
role_hang(void)
{
	for (;;)
		role_pause(60000);
}
