/* SPDX-License-Identifier: BSD-2-Clause */
#include "call_world.h"

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "error.h"

static int line = -1;
static char dir[64], path[96];

static void
listen_here(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(dir, sizeof(dir), "/tmp/mfa-call-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chmod(dir, 0755), 0);
	snprintf(path, sizeof(path), "%s/sock", dir);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	line = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(line, (const struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(chmod(path, 0666), 0);
	ck_assert_int_eq(listen(line, 16), 0);
}

const char *
call_world_listen(const char *more)
{
	static char text[512];

	listen_here();
	snprintf(text, sizeof(text), "%scall_socket = %s\nissuer = Acme\ncountry = 31\n%s",
	    strstr(more, "telephone =") == NULL ? "telephone = call, text\n" : "", path, more);
	return text;
}

void
call_world_start(const char *more)
{
	api_start(call_world_listen(more));
}

void
call_world_steer(const char *more)
{
	signal(SIGPIPE, SIG_IGN);
	mfad_prepare(&api, call_world_listen(more));
	api.steered = true;
	mfad_clock(&api, 0);
	mfad_start(&api, "mfad");
}

void
call_world_deaf(void)
{
	if (line != -1)
		close(line);
	line = -1;
	(void)unlink(path);
}

void
call_world_stop(void)
{
	api_stop();
	call_world_deaf();
	(void)rmdir(dir);
}

static bool
is_there(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

int
call_world_accept(struct dial *asked)
{
	int fd;

	ck_assert(is_there(line, PATIENCE_MS));
	ck_assert_int_ne(fd = accept(line, NULL, NULL), -1);
	ck_assert_int_eq(dial_recv(fd, asked, deadline_in(PATIENCE_MS)), MFA_OK);
	ck_assert_uint_eq(asked->version, DIAL_VERSION);
	return fd;
}

bool
call_world_quiet(int ms)
{
	return !is_there(line, ms);
}

bool
call_world_goes_on(int fd, int ms)
{
	return !is_there(fd, ms);
}

/* What browsers fill in: the last word, behind a "#". */
void
call_world_code(const struct dial *d, char code[CALL_CODE_MAX])
{
	const unsigned char *at = memrchr(d->text, '#', d->text_len);
	size_t len;

	ck_assert_ptr_nonnull(at);
	len = (size_t)(d->text + d->text_len - ++at);
	ck_assert_uint_lt(len, CALL_CODE_MAX);
	memcpy(code, at, len);
	code[len] = '\0';
	ck_assert_uint_eq(strspn(code, "0123456789"), len);
}

void
call_world_tell(int fd, const struct dial *d)
{
	ck_assert_int_eq(dial_send(fd, d, deadline_in(PATIENCE_MS)), MFA_OK);
}

void
call_world_pick_up(int fd)
{
	struct dial d = { .type = DIAL_PROGRESS, .progress = DIAL_ANSWERED };

	call_world_tell(fd, &d);
}

void
call_world_keys(int fd, const char *keys)
{
	struct dial d = { .type = DIAL_KEYS };

	snprintf(d.keys, sizeof(d.keys), "%s", keys);
	call_world_tell(fd, &d);
}

void
call_world_end(int fd, enum dial_outcome outcome)
{
	struct dial d = { .type = DIAL_ENDED, .outcome = outcome, .units = 3, .words = "as played" };

	call_world_tell(fd, &d);
	close(fd);
}

void
call_world_nobody(int fd, unsigned int ms)
{
	struct dial d = { .type = DIAL_ENDED, .outcome = DIAL_NO_ANSWER, .ms_left = ms };

	call_world_tell(fd, &d);
	close(fd);
}

void
call_world_hear(int fd, unsigned int type, struct dial *d)
{
	ck_assert_int_eq(dial_recv(fd, d, deadline_in(PATIENCE_MS)), MFA_OK);
	ck_assert_uint_eq(d->type, type);
}

bool
call_world_hung_up(int fd)
{
	struct dial d;
	int r = dial_recv(fd, &d, deadline_in(PATIENCE_MS));

	close(fd);
	return r == MFA_E_CLOSED;
}

void
call_world_telephone(const char *user, const char *number)
{
	char keys[16], body[128];
	struct dial d;
	int fd;

	snprintf(body, sizeof(body), "{\"number\":\"%s\",\"language\":\"nl\","
	    "\"vouched\":true}", number);
	ck_assert_int_eq(api_call(ADMIN, "POST", api_path("/v1/users/%s/telephones", user), body),
	    201);
	snprintf(keys, sizeof(keys), "%s", api_world_text("number"));
	fd = call_world_accept(&d);
	ck_assert_uint_eq(d.type, DIAL_CALL);
	ck_assert_uint_eq(d.form, DIAL_WANTS_CODE);
	call_world_keys(fd, keys);
	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, DIAL_THANKS);
	call_world_end(fd, DIAL_DONE);
}

void
call_world_login(const struct api_host *h, const char *user, const char *members, char id[32])
{
	const char *body = api_login_body(user, 60);

	ck_assert_int_eq(api_call(h->credential, "POST", "/v1/logins",
	    api_path("%.*s,%s}", (int)strlen(body) - 1, body, members)), 201);
	snprintf(id, 32, "%s", api_world_text("login"));
}

void
call_world_poll(const struct api_host *h, const char *login, struct asked *a)
{
	api_world_ask(a, h->credential, "GET", api_path("/v1/logins/%s?wait=50", login), NULL);
}

const char *
call_world_state(const struct api_host *h, const char *login)
{
	struct asked a;

	call_world_poll(h, login, &a);
	ck_assert_int_eq(api_answer(&a), 200);
	return api_world_text("state");
}
