/* SPDX-License-Identifier: BSD-2-Clause */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../server/api.h"
#include "../../server/model_code.h"
#include "../../server/model_device.h"
#include "../../server/model_host.h"
#include "../../server/model_login.h"
#include "../../server/resources.h"
#include "../../server/route.h"
#include "../../server/server.h"
#include "error.h"
#include "otp.h"

/*
 * Each request of the API that has a body, with the code that answers it and a
 * state behind it, and in the place of HTTP and threads what stands here:
 *
 *	WHO METHOD PATH LF BODY
 *
 * WHO is h (a host), d (its user's phone), a (the administrator) or n (nobody); in
 * PATH, $h, $d, $e, $l and $u are ids that there are, and a user.  Every request is
 * answered once, with a status of the API that is not a fault of ours, in JSON.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct request {
	enum http_method method;
	struct route_match match;
	const char *body;
	size_t len;
	char who;
	unsigned int answers;
	bool held;
};

static struct api api;
static struct mfad_config config;
static struct db *db;
static struct job *queue[8];
static size_t queued;
static char credentials[2][MODEL_CREDENTIAL_MAX + sizeof("Bearer ")];
static struct { char letter; char id[MODEL_NAME_MAX]; } ids[] = { { 'h', "" }, { 'd', "" },
    { 'e', "" }, { 'l', "" }, { 'u', "anna" } };

static void
check(bool promise)
{
	if (!promise)
		abort();
}

/* ---- what is HTTP elsewhere ---- */

enum http_method request_method(const struct request *r) { return r->method; }
void *request_context(const struct request *r) { (void)r; return &api; }
struct server *request_server(const struct request *r) { (void)r; return NULL; }
bool request_is_admin(const struct request *r) { return r->who == 'a'; }
const char *request_peer(const struct request *r) { (void)r; return "unix"; }
const struct address *request_address(const struct request *r) { (void)r; return NULL; }
const struct tls_peer *request_certificate(const struct request *r) { (void)r; return NULL; }
bool server_may_complain(struct server *s) { (void)s; return false; }

const char *
request_param(const struct request *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->match.count; i++)
		if (strlen(name) == r->match.params[i].name_len &&
		    memcmp(name, r->match.params[i].name, strlen(name)) == 0)
			return r->match.params[i].value;
	abort();
}

const char *
request_param_at(const struct request *r, size_t i)
{
	return i < r->match.count ? r->match.params[i].value : NULL;
}

const char *
request_field(const struct request *r, enum http_field f)
{
	if (f == HTTP_CONTENT_TYPE)
		return "application/json";
	if (f == HTTP_IDEMPOTENCY_KEY && r->len % 2 == 1)
		return "AAAAAAAAAAAAAAAAAAAAAA";
	if (f != HTTP_AUTHORIZATION || (r->who != 'h' && r->who != 'd'))
		return NULL;
	return credentials[r->who == 'd'];
}

const char *
request_body(const struct request *r, size_t *len)
{
	*len = r->len;
	return r->body;
}

int
request_query(const struct request *r, const char *name, char *out, size_t size)
{
	(void)r;
	(void)name;
	if (size > 0)
		out[0] = '\0';
	return MFA_E_ABSENT;
}

int
request_query_number(const struct request *r, const char *name, unsigned long max,
    unsigned long otherwise, unsigned long *out)
{
	(void)r;
	(void)name;
	(void)max;
	*out = otherwise;
	return MFA_OK;
}

void
reply_field(struct request *r, const char *name, const char *value)
{
	check(r->answers == 0 && strpbrk(name, "\r\n:") == NULL && strpbrk(value, "\r\n") == NULL);
}

void
reply(struct request *r, int status, const char *type, const void *body, size_t len)
{
	struct json_tokener *t;
	struct json_object *o;

	check(r->answers++ == 0);
	check(status == 200 || status == 201 || status == 204 || (status >= 400 && status < 500));
	check(status == 204 ? len == 0 : type == NULL || len > 0);
	if (len == 0)
		return;
	check(strcmp(type, status < 400 ? "application/json" : "application/problem+json") == 0);
	check((t = json_tokener_new()) != NULL);
	json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, body, (int)len);
	check(o != NULL && json_object_is_type(o, json_type_object));
	json_object_put(o);
	json_tokener_free(t);
}

void
reply_problem(struct request *r, int status, const char *type, const char *title,
    const char *detail)
{
	(void)type;
	(void)title;
	(void)detail;
	reply(r, status, NULL, NULL, 0);
}

void
reply_json(struct request *r, int status, const char *json)
{
	reply(r, status, "application/json", json, strlen(json));
}

void
request_hold(struct request *r, unsigned int ms,
    void (*again)(struct request *r, void *arg), void (*gone)(void *arg), void *arg)
{
	(void)ms;
	(void)again;
	(void)gone;
	(void)arg;
	r->held = true;
}

/* ---- what is a thread elsewhere ---- */

int
writer_submit(struct writer *w, struct job *job)
{
	(void)w;
	check(queued < sizeof(queue) / sizeof(queue[0]));
	job->wakes = NULL;
	queue[queued++] = job;
	return MFA_OK;
}

int
worker_submit(struct worker *w, struct job *job)
{
	(void)w;
	return writer_submit(NULL, job);
}

/* Nobody starts them here. */
void writer_counts(struct writer *w, struct writer_counts *out) { (void)w; (void)out; abort(); }
void writer_stop(struct writer **w) { (void)w; abort(); }
void worker_stop(struct worker **w) { (void)w; abort(); }

/* One after another, as they come; a fault of the state is one of ours. */
static void
work(void)
{
	struct wake *wakes;
	struct job *job;

	while (queued > 0) {
		job = queue[--queued];
		job->result = db_try(db, job->run, job->arg);
		check(job->result >= 0);
		job->field = db_blamed(db);
		job->why[0] = '\0';
		job->wakes = wakes = db_take_wakes(db);
		if (job->done != NULL)
			job->done(job);
		wakes_free(&wakes);
	}
}

/* ---- the state ---- */

static void
id_is(char letter, const char *id)
{
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i].letter == letter)
			(void)snprintf(ids[i].id, sizeof(ids[i].id), "%s", id);
}

static void
certify(const char *host, const char *enrolment, int64_t now)
{
	static char text[MODEL_CERTIFICATE_MAX];
	struct model_enrolled e;

	check(model_enrolment(db, host, enrolment, now, &e) == MFA_OK);
	(void)snprintf(text, sizeof(text), "pam_mfa device 1\nuser %s\ndevice %s\nkind %s\nkey %s\n"
	    "origin %s\ncreated %lld\nexpires %lld\nauthority AAAAAAAAAAAAAAAAAAAAAA\n"
	    "signature BBBB\n", e.user, e.device, e.kind, e.key, e.origin, (long long)now,
	    (long long)now + 86400);
	check(model_enrol_certify(db, host, enrolment, text, now) == MFA_OK);
}

static void
populate(void)
{
	static const struct model_offer offer = { .name = "phone", .kind = "p256", .origin = "-",
	    .key = "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    .proof = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	struct model_login_asked asked = { .user = "anna", .service = "sshd",
	    .origin = "192.0.2.1", .nonce = "AAAAAAAAAAAAAAAAAAAAAA", .digits = 6, .push = true };
	struct secret key = { .len = 20, .data = "12345678901234567890" };
	int64_t now = time(NULL), retry, id;
	struct model_join_token token;
	struct model_enrolment e;
	struct model_offered d;
	struct model_joined h;
	struct model_login_opened l;

	asked.expires = now + 90;
	check(model_join_token_new(db, NULL, NULL, 3600, "root", now, &token) == MFA_OK);
	check(model_host_join(db, NULL, token.token, "web1", now, &h) == MFA_OK);
	check(model_enrol_open(db, NULL, h.host, "anna", 600, now, &e) == MFA_OK);
	check(model_enrol_offer(db, NULL, e.id, &offer, now, &d) == MFA_OK);
	certify(h.host, e.id, now);
	check(model_token_add(db, "anna", "app", &otp_default, &key, -1, "root", now, &id) ==
	    MFA_OK);
	check(model_login_open(db, NULL, h.host, &asked, now, &l, &retry) == MFA_OK);
	id_is('h', h.host);
	id_is('d', d.device);
	id_is('l', l.login);
	check(model_enrol_open(db, NULL, h.host, "bert", 600, now, &e) == MFA_OK);
	id_is('e', e.id);
	(void)snprintf(credentials[0], sizeof(credentials[0]), "Bearer %s.%s", h.host, h.key);
	(void)snprintf(credentials[1], sizeof(credentials[1]), "Bearer %s.%s", d.device, d.secret);
}

static char dir[] = "/tmp/mfa-fuzz-XXXXXX";

static void
end(void)
{
	static const char *const names[] = { "mfad.db", "mfad.db-wal", "mfad.db-shm" };
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(dir);
}

static void
begin(void)
{
	static char path[64], why[256], issuer[] = "Example";

	check(mkdtemp(dir) != NULL);
	(void)snprintf(path, sizeof(path), "%s/mfad.db", dir);
	check(seal_warm_up() == MFA_OK);
	memset(api.key.bytes, 7, sizeof(api.key.bytes));
	check(db_open(path, &api.key, DB_CREATE, &db, why, sizeof(why)) == MFA_OK);
	config.certificate_days = 90;
	config.issuer = issuer;
	api.rules = model_code_default;
	api.config = &config;
	api.db = db;
	check((api.waiters = waiters_new()) != NULL);
	check(sign_key_new(SIGNATURE_ED25519, &api.authority) == MFA_OK);
	api.has_authority = true;
	check(db_begin(db) == MFA_OK);
	populate();
	check(db_commit(db) == MFA_OK && atexit(end) == 0);
}

/* ---- a request ---- */

/* With the ids that there are. */
static void
expand(const char *from, size_t len, char *to, size_t size)
{
	size_t i, at = 0, n = sizeof(ids) / sizeof(ids[0]);

	for (; len > 0 && at + MODEL_NAME_MAX < size; from++, len--) {
		for (i = 0; *from == '$' && len > 1 && i < n; i++)
			if (ids[i].letter == from[1])
				break;
		if (*from == '$' && len > 1 && i < n) {
			at += (size_t)snprintf(to + at, size - at, "%s", ids[i].id);
			from++;
			len--;
		} else {
			to[at++] = *from;
		}
	}
	to[at] = '\0';
}

static void
find(struct request *r, char *path)
{
	static const struct route *const tables[] = { host_routes, login_routes, device_routes,
	    enrolment_routes, user_routes, code_routes, admin_routes, lock_routes, pass_routes,
	    token_routes, recovery_routes };
	size_t i;

	for (i = 0; r->match.route == NULL && i < sizeof(tables) / sizeof(tables[0]); i++) {
		memset(&r->match, 0, sizeof(r->match));
		route_find(tables[i], r->method, path, &r->match);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const methods[] = { "POST ", "PUT " };
	static char path[4096], body[8192];
	struct request r = { .method = HTTP_METHODS };
	const uint8_t *line = memchr(data, '\n', size);
	size_t i, skip = 0;

	if (db == NULL)
		begin();
	if (size < 8 || line == NULL || data[1] != ' ' || memchr(data, '\0', (size_t)(line - data)))
		return -1;
	for (i = 0; i < 2; i++)
		if (strncmp((const char *)data + 2, methods[i], strlen(methods[i])) == 0) {
			r.method = i == 0 ? HTTP_POST : HTTP_PUT;
			skip = 2 + strlen(methods[i]);
		}
	if (r.method == HTTP_METHODS || data + skip >= line)
		return -1;
	expand((const char *)data + skip, (size_t)(line - data) - skip, path, sizeof(path));
	expand((const char *)line + 1, (size_t)(data + size - line) - 1, body, sizeof(body));
	r.who = (char)data[0];
	r.body = body;
	r.len = strlen(body);
	find(&r, path);
	if (r.match.route == NULL || route_cut(&r.match) != MFA_OK)
		return -1;
	check(db_begin(db) == MFA_OK);
	r.match.route->handle(&r);
	check(r.answers == 1 || r.held);
	work();
	check(r.answers == 1 && db_in_transaction(db));
	db_rollback(db);
	return 0;
}
