/* SPDX-License-Identifier: BSD-2-Clause */
#include "api_world.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct mfad api;
bool api_plain;

static struct json_object *answer;
static char *raw;		/* head and body */
static const char *raw_body;

void
api_start(const char *more)
{
	signal(SIGPIPE, SIG_IGN);
	mfad_prepare(&api, more);
	mfad_start(&api, "mfad");
}

static void
forget(void)
{
	json_object_put(answer);
	answer = NULL;
	free(raw);
	raw = NULL;
	raw_body = "";
}

void
api_drop(void)
{
	forget();
	mfad_drop(&api);
}

void
api_stop(void)
{
	mfad_stop(&api);
	api_drop();
}

const char *
api_path(const char *format, ...)
{
	static char paths[8][256];
	static int next;
	char *path = paths[next++ % 8];
	va_list ap;

	va_start(ap, format);
	vsnprintf(path, 256, format, ap);
	va_end(ap);
	return path;
}

/* ---- what is recorded ---- */

static void
put(struct json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, json_object_new_string(text));
}

static struct json_object *
headers(void)
{
	struct json_object *o = json_object_new_object();
	char line[512], *colon;
	const char *at = raw, *end;

	while ((end = strstr(at, "\r\n")) != NULL && end != at) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - at), at);
		at = end + 2;
		if ((colon = strstr(line, ": ")) == NULL)
			continue;
		*colon = '\0';
		for (char *c = line; *c != '\0'; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
		put(o, line, colon + 2);
	}
	return o;
}

static void
record(const struct asked *a, int status)
{
	const char *file = getenv("API_RECORD"), *line;
	struct json_object *o, *all, *type = NULL;
	int fd;

	if (file == NULL)
		return;
	o = json_object_new_object();
	all = headers();
	put(o, "method", a->method);
	put(o, "path", a->path);
	json_object_object_add(o, "status", json_object_new_int(status));
	json_object_object_get_ex(all, "content-type", &type);
	put(o, "type", type != NULL ? json_object_get_string(type) : "");
	if (type != NULL && strncmp(json_object_get_string(type), "text/plain", 10) == 0)
		put(o, "type", "text/plain");
	json_object_object_add(o, "headers", all);
	json_object_object_add(o, "body", status < 300 ? json_tokener_parse(a->body) : NULL);
	json_object_object_add(o, "answer", answer != NULL ? json_object_get(answer) :
	    json_object_new_string(raw_body));
	line = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	ck_assert_int_ne(fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), -1);
	ck_assert_int_eq(dprintf(fd, "%s\n", line), (int)strlen(line) + 1);
	close(fd);
	json_object_put(o);
}

/* ---- asking ---- */

static void
connect_admin(struct client *c)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	memset(c, 0, sizeof(*c));
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", mfad_path(&api, "state/admin.sock"));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(c->fd, (struct sockaddr *)&at, sizeof(at)), 0);
}

static void
ask(struct asked *a, const char *who, const char *method, const char *path, const char *body,
    const char *key)
{
	bool admin = who != NULL && strcmp(who, ADMIN) == 0;
	char text[8192], length[96] = "";

	memset(a, 0, sizeof(*a));
	if (admin)
		connect_admin(&a->client);
	else if (api_plain)
		client_plain(&a->client, &api);
	else
		client_tls(&a->client, &api, NULL);
	snprintf(a->method, sizeof(a->method), "%s", method);
	snprintf(a->path, sizeof(a->path), "%s", path);
	snprintf(a->body, sizeof(a->body), "%s", body != NULL ? body : "");
	if (body != NULL)
		snprintf(length, sizeof(length), "Content-Type: application/json\r\n"
		    "Content-Length: %zu\r\n", strlen(body));
	snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: a\r\n%s%s%s%s%s%s%s\r\n%s", method,
	    path, admin || who == NULL ? "" : "Authorization: Bearer ",
	    admin || who == NULL ? "" : who, admin || who == NULL ? "" : "\r\n",
	    key != NULL ? "Idempotency-Key: " : "", key != NULL ? key : "",
	    key != NULL ? "\r\n" : "", length, body != NULL ? body : "");
	a->sent = client_try_write(&a->client, text, strlen(text));
}

void
api_world_ask(struct asked *a, const char *who, const char *method, const char *path, const char *body)
{
	ask(a, who, method, path, body, NULL);
}

static int
read_answer(struct asked *a)
{
	int status = client_reply(&a->client);

	forget();
	if (status == 0)
		return 0;
	ck_assert_ptr_nonnull(raw = strdup(a->client.reply));
	raw_body = raw + a->client.head;
	if (client_has(&a->client, "Content-Type: application/json\r\n") ||
	    client_has(&a->client, "Content-Type: application/problem+json\r\n"))
		ck_assert_msg((answer = json_tokener_parse(raw_body)) != NULL, "no JSON: %s",
		    raw_body);
	record(a, status);
	client_close(&a->client);
	return status;
}

int
api_answer(struct asked *a)
{
	int status = read_answer(a);

	ck_assert(a->sent);
	ck_assert_msg(status != 0, "no answer to %s %s", a->method, a->path);
	return status;
}

bool
api_waits(struct asked *a, int ms)
{
	struct pollfd p = { .fd = a->client.fd, .events = POLLIN };

	/* TLS 1.3 may still bring a ticket; mfad sends none. */
	return poll(&p, 1, ms) == 0;
}

int
api_call_once(const char *who, const char *method, const char *path, const char *body,
    const char *key)
{
	struct asked a;

	ask(&a, who, method, path, body, key);
	return api_answer(&a);
}

int
api_try(const char *who, const char *method, const char *path, const char *body, const char *key)
{
	struct asked a;
	int status;

	ask(&a, who, method, path, body, key);
	if ((status = read_answer(&a)) == 0)
		client_close(&a.client);
	return status;
}

int
api_call(const char *who, const char *method, const char *path, const char *body)
{
	return api_call_once(who, method, path, body, NULL);
}

int
api_get(const char *who, const char *format, ...)
{
	char path[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(path, sizeof(path), format, ap);
	va_end(ap);
	return api_call(who, "GET", path, NULL);
}

/* ---- the last answer ---- */

struct json_object *
api_json(void)
{
	return answer;
}

static struct json_object *
member(const char *name, enum json_type type)
{
	struct json_object *m = NULL;

	ck_assert_msg(answer != NULL && json_object_object_get_ex(answer, name, &m) &&
	    json_object_is_type(m, type), "no %s in: %s", name, raw);
	return m;
}

const char *
api_world_text(const char *name)
{
	return json_object_get_string(member(name, json_type_string));
}

int64_t
api_world_number(const char *name)
{
	return json_object_get_int64(member(name, json_type_int));
}

const char *
api_body(void)
{
	return raw_body;
}

bool
api_has(const char *part)
{
	return strstr(raw, part) != NULL;
}

void
api_problem(int line, int status, const char *problem, const char *field, int is)
{
	struct json_object *f = NULL;
	char type[80];

	snprintf(type, sizeof(type), "urn:pam-mfa:problem:%s", problem);
	ck_assert_msg(is == status && strcmp(api_world_text("type"), type) == 0,
	    "line %d: %d %s was expected, not %s", line, status, problem, raw);
	(void)json_object_object_get_ex(answer, "field", &f);
	ck_assert_msg(field == NULL ? f == NULL :
	    f != NULL && strcmp(json_object_get_string(f), field) == 0,
	    "line %d: field %s was expected: %s", line, field != NULL ? field : "none", raw);
	ck_assert(api_has("Content-Type: application/problem+json\r\n"));
}

/* ---- who and what there is ---- */

void
api_token(const char *name, char token[80])
{
	char body[256];

	snprintf(body, sizeof(body), name != NULL ? "{\"name\":\"%s\",\"life\":3600}" :
	    "{\"life\":3600}", name);
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/join-tokens", body), 201);
	snprintf(token, 80, "%s", api_world_text("token"));
}

struct api_host
api_host(const char *name)
{
	struct api_host h = { .id = "" };
	char token[80], body[256];

	api_token(name, token);
	snprintf(body, sizeof(body), "{\"token\":\"%s\"}", token);
	ck_assert_int_eq(api_call(ANYBODY, "POST", "/v1/hosts", body), 201);
	snprintf(h.id, sizeof(h.id), "%s", api_world_text("host"));
	snprintf(h.name, sizeof(h.name), "%s", api_world_text("name"));
	snprintf(h.credential, sizeof(h.credential), "%s.%s", h.id, api_world_text("key"));
	return h;
}

void
api_enrolment(const struct api_host *h, const char *user, char id[32])
{
	char body[256];

	snprintf(body, sizeof(body), "{\"user\":\"%s\",\"life\":600}", user);
	ck_assert_int_eq(api_call(h->credential, "POST", "/v1/enrolments", body), 201);
	snprintf(id, 32, "%s", api_world_text("enrolment"));
}

/* A key that the curve has: the generator of P-256; the base point of Ed25519
 * is none that one may have, so that is another. */
const char *
api_offer(const char *kind)
{
	static char body[512];
	bool ec = strcmp(kind, "p256") == 0 || strcmp(kind, "webauthn-es256") == 0;

	snprintf(body, sizeof(body), "{\"name\":\"Anna's phone\",\"kind\":\"%s\",\"key\":\"%s\","
	    "\"origin\":\"%s\",\"proof\":\"%043d\"}", kind, ec ?
	    "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU" :
	    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", strncmp(kind, "webauthn", 8) == 0 ?
	    "https://mfa.example.org" : "-", 0);
	return body;
}

struct api_phone
api_phone(const struct api_host *h, const char *user)
{
	struct api_phone p = { .id = "" };
	char e[32];

	api_enrolment(h, user, e);
	ck_assert_int_eq(api_call(ANYBODY, "PUT", api_path("/v1/enrolments/%s/device", e),
	    api_offer("p256")), 201);
	snprintf(p.id, sizeof(p.id), "%s", api_world_text("device"));
	snprintf(p.user, sizeof(p.user), "%s", user);
	snprintf(p.credential, sizeof(p.credential), "%s.%s", p.id, api_world_text("secret"));
	ck_assert_int_eq(api_call(h->credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{\"sign\":true}"), 200);
	return p;
}

const char *
api_login_body(const char *user, int64_t life)
{
	static char body[512];

	snprintf(body, sizeof(body), "{\"user\":\"%s\",\"service\":\"sshd\",\"origin\":"
	    "\"192.0.2.1\",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"expires\":%lld,\"digits\":6}",
	    user, (long long)time(NULL) + life);
	return body;
}

void
api_login(const struct api_host *h, const char *user, char id[32])
{
	ck_assert_int_eq(api_call(h->credential, "POST", "/v1/logins", api_login_body(user, 60)),
	    201);
	snprintf(id, 32, "%s", api_world_text("login"));
}

int
api_reply(const struct api_phone *p, const char *login, const char *decision)
{
	char body[128];

	snprintf(body, sizeof(body), "{\"decision\":\"%s\",\"signature\":\"c2ln\"}", decision);
	return api_call(p->credential, "POST", api_path("/v1/device/logins/%s/answer", login),
	    body);
}

int
api_world_close(const struct api_host *h, const char *login, const char *outcome)
{
	return api_call(h->credential, "POST", api_path("/v1/logins/%s/close", login),
	    api_path("{\"outcome\":\"%s\"}", outcome));
}

const char *
api_state(const struct api_phone *p, const char *login)
{
	ck_assert_int_eq(api_get(p->credential, "/v1/device/logins/%s", login), 200);
	return api_world_text("state");
}

bool
api_state_becomes(const struct api_phone *p, const char *login, const char *state, int ms)
{
	int64_t end = now_ms() + ms;

	do {
		if (strcmp(api_state(p, login), state) == 0)
			return true;
		mfad_pause();
	} while (now_ms() < end);
	return false;
}
