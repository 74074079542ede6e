/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TEST_HTTP_WORLD_H
#define MFA_TEST_HTTP_WORLD_H

#include "device_world.h"
#include "query.h"

/*
 * mfa-http as a test plays it, at its real socket: an honest service and phone,
 * but for what an act spoils.  The number reaches it as it reaches a person,
 * from what the login shows.
 */
struct http_answer {
	struct statement statement;	/* as asked, with the number, to be signed */
	struct certificate certificate;	/* of alice's device */
	struct sign_key *authority;	/* that signs it */
	enum device_kind kind;
	struct query out;		/* QUERY_ANSWERED, once it is signed */
};

struct http_act {
	const char *name;
	enum device_kind kind;		/* 0: p256 */
	uint32_t methods;		/* 0: a phone */
	uint32_t compulsory_from;
	uint32_t begin_failure, push_failure;	/* enum query_failure; 0: none */
	uint32_t preferred;		/* enum query_method */
	bool ends;			/* QUERY_ENDED instead of an answer */
	uint32_t why;			/* with it */
	const char *keys[4];		/* keyed in during a call, one after each WRONG;
					 * RIGHT_KEYS: the number; NULL: no more is asked for */
	void (*call)(int fd);		/* instead: a call as the test plays it, after PUSHED */
	bool answers;			/* but a push, as it is answered without */
	bool by_text;			/* the code was that of the message */
	bool silent;			/* no answer at all */
	bool revokes;			/* METHODS brings a revocation of the device */
	uint32_t coded;			/* to a code: enum query_code_result; 0: nothing */
	void (*code)(int fd, struct query *coded);	/* says that, and spoils it */
	void (*before)(struct http_answer *a);	/* spoils what is signed */
	void (*after)(struct http_answer *a);	/* spoils what is sent */
};

/* What was seen, shared with the test. */
struct http_seen {
	char number[STATEMENT_DIGITS_MAX + 1];
	volatile bool has_number;
	volatile uint32_t begins, pushes, ends, outcome;
	volatile uint32_t decoys;	/* of the pushes */
	volatile bool busy;		/* for the test: the process has said that it is */
	volatile bool waited_idle;	/* asked the service before it said so */
	volatile uint32_t codes;	/* that were asked about */
	char code[SECRET_MAX + 1];	/* the last of them */
	volatile uint32_t wrongs;	/* keys that were said to be wrong */
	volatile uint32_t outcomes[8];	/* all that were said, in turn */
	struct query push;
	struct query answer;		/* the last that was sent */
	unsigned char bytes[65536];	/* all that the helper sent */
	volatile size_t len;
};

extern struct http_seen *http_seen;

void http_start(const struct http_act *act);

#define RIGHT_KEYS "="

/* For an act's "call": the number is keyed in, or what else is said. */
void http_key_in(int fd, const char *keys);

/* For an act's "code". */
void http_say(int fd, struct query *q);
void http_stop(void);

/* It serves on, at a place that only http_way finds: as one that a module has
 * run.  http_way is a login_script's "reach". */
void http_hide(void);
int http_way(void);

/* A login_script's "seen": finds the number in what the person sees. */
void http_person_reads(const char *text);

#endif
