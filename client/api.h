/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CLIENT_API_H
#define MFA_CLIENT_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../helper/http/fetch.h"
#include "../helper/http/json.h"

/*
 * Asking an approval service, as the programs of people do: mfactl and
 * mfa-phone.  What comes back is outside data; words of the service's are
 * printable and bounded before anybody sees them.
 */

/* ---- all limits ---- */
#define API_MS		30000	/* for one request that is not held, with its repetitions */
#define API_WAIT	50	/* seconds that a held one asks for */
#define API_HELD_MS	((API_WAIT + 10) * 1000)
#define API_TRIES	3	/* of a request that may be repeated, when no reply comes */
#define API_PAUSE_MS	500	/* between them */
#define API_PROBLEM_MAX	48	/* of a problem's name */

struct api {
	struct service service;	/* filled in by the caller: url or socket, ca, key */
	struct fetch *fetch;
	int heed;		/* whoever can read from it wants us to stop; -1: nobody */
	bool held_done;		/* the held request's end has not been told yet */
};

struct api_reply {
	long status;		/* 0: none came */
	struct json_object *json;	/* NULL where there is no body */
	char problem[API_PROBLEM_MAX];	/* its name, or "" */
	char words[QUERY_WORDS_MAX];	/* why there is no answer; printable */
	uint32_t retry_after;	/* seconds; 0: not said */
};

/* MFA_E_MEMORY, MFA_E_SYSTEM; api_close in any case, which wipes the key. */
int api_open(struct api *a);
void api_close(struct api *a);

/* A request; a path that is too long is cut, and then unknown to the service. */
void api_request(struct fetch_request *rq, const char *method, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Gives it an Idempotency-Key, so that it can be repeated.  MFA_E_SYSTEM. */
int api_once(struct fetch_request *rq);
/* text as one segment of a path, or one value of a query: percent-encoded. */
#define API_SEGMENT_MAX (3 * STATEMENT_USER_MAX)
const char *api_segment(char dst[API_SEGMENT_MAX], const char *text);

/*
 * Asks, and waits for the answer.  MFA_OK: the service did it.  Otherwise
 * reply->words say why: MFA_E_REFUSED, it would not (reply->problem); MFA_E_ABSENT, it
 * cannot be reached; MFA_E_CONFIG, we cannot ask; MFA_E_PROTOCOL, what came is no answer;
 * MFA_E_CLOSED, api->heed; MFA_E_MEMORY, MFA_E_SYSTEM.  api_reply_free in any
 * case; rq is wiped.
 */
int api_ask(struct api *a, struct fetch_request *rq, struct deadline deadline,
    struct api_reply *reply);
void api_reply_free(struct api_reply *reply);

/* What a reply of fetch.h says; the same results. */
int api_read(const struct fetch_reply *in, struct api_reply *out);

/* The same in two steps, for one request that the service holds: API_HELD_MS at
 * most.  api_wait comes back as fetch_wait does, with FETCH_HELD_DONE when it is
 * answered, and then api_held says what. */
int api_hold(struct api *a, struct fetch_request *rq);
enum fetch_event api_wait(struct api *a, int fd, struct deadline deadline);
int api_held(struct api *a, struct api_reply *reply);

/* ---- api_json.c: members of what came ---- */

/* As json_text, and printable, and not empty. */
int api_text(struct json_object *o, const char *name, char *out, size_t size);
int api_number(struct json_object *o, const char *name, int64_t min, int64_t max, int64_t *out);
/* "X_" and 22 characters. */
int api_id(struct json_object *o, const char *name, char letter, char *out, size_t size);
/* 43 characters of base64url; the copy in o is wiped. */
#define API_SECRET_MAX 44
int api_secret(struct json_object *o, const char *name, char out[API_SECRET_MAX]);
/* Each object of an array, until fn returns other than MFA_OK, which is then
 * returned.  MFA_E_INVALID for an element of another type, or too many. */
int api_objects(struct json_object *o, const char *name, size_t max,
    int (*fn)(void *arg, struct json_object *element), void *arg);

/* A text of several lines, as a member of what is written. */
void api_put_lines(struct json_writer *w, const char *name, const char *value);
void api_put_true(struct json_writer *w, const char *name);

#endif
