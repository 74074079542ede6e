/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_JOBS_H
#define MFAD_JOBS_H

#include "answer.h"
#include "api.h"
#include "body.h"
#include "caller.h"
#include "model.h"

/*
 * A request that writes, on its way: it is held, its work is done in the
 * writer's transaction, and answered in the loop when that is durable.  Its
 * peer may leave meanwhile; what was done stays done, and wakes whom it
 * concerns all the same.
 */
struct work {
	struct job job;
	size_t size;			/* of what begins with this */
	struct api *api;
	struct request *request;	/* NULL: the peer left */
	struct model_caller caller;
	int64_t now;
	struct body body;
	char key[65];			/* Idempotency-Key, or "" */
	struct model_once once;
	int (*slow)(struct db *db, struct work *w);
	/* Set by the resource. */
	int (*run)(struct db *db, struct work *w);	/* in the writer's thread */
	/* Or NULL: after MFA_OK of run, instead of an answer; gives it on, and is
	 * then NULL. */
	void (*then)(struct work *w);
	void (*answer)(struct work *w);	/* after MFA_OK; not called when the peer left */
	void (*concluded)(struct work *w);	/* or NULL; always, before it is freed */
	const char *refused;		/* a sentence for people; NULL: none */
};

/* For a request of this kind of caller (0: anybody).  size bytes, of a struct
 * that begins with its struct work, are zeros but for that.  NULL: the request
 * has been answered. */
void *work_begin(struct request *r, unsigned int kind, size_t size);

/* Reads the body into the work's own members (offsets from *w); false: the
 * request has been answered, and the work is freed. */
bool work_body(struct work *w, const struct body_member *members);

/* Copies a {name} of the path, which does not live as long; the same. */
bool work_param(struct work *w, const char *name, char *out, size_t size);

/* The same of one that is a number as we write them. */
bool work_number(struct work *w, const char *name, int64_t *out);

/* Answers now with a problem, and frees it. */
void work_refuse(struct work *w, int result, const char *field, const char *detail);

/* Frees it when the request has been answered without any writing. */
void work_drop(struct work *w);

/* Holds the request and gives the work to the writer, or first to a worker: then
 * `slow` is run there, and `run` (or NULL) only if that returned MFA_OK.  w is not the
 * caller's any more. */
void work_submit(struct work *w);
void work_submit_slow(struct work *w, int (*slow)(struct db *db, struct work *w));

/* The latter for one that is on its way already: in `then`. */
void work_go_slow(struct work *w, int (*slow)(struct db *db, struct work *w));

/* For a model function: NULL when there is no key. */
const struct model_once *work_once(const struct work *w);

/* An `answer` for those that have none: 204. */
void work_done(struct work *w);

/* Begins the answer to an administrator who asks for a list; false: the request has
 * been answered.  answer_finish ends it. */
bool jobs_list(struct request *r, struct answer *a, const char *name);

/* Answers what went wrong in a request that only reads. */
void jobs_problem(struct request *r, int result);

#endif
