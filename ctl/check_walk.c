/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules are those of libpam's dispatcher: an impression (none yet, good,
 * bad) and a status go from line to line; a bad impression stays; "done" and
 * "die" end the substack that they are in; a jump counts what is on its own
 * level, a substack as one.
 */
#include "check_walk.h"

#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define NODES_MAX 50000

enum { UNDEFINED, GOOD, BAD };

static void *
must(void *p)
{
	if (p == NULL)
		exit(complain(CTL_STATE, "out of memory"));
	return p;
}

/* ---- ways ---- */

static bool
same(const struct walk_node *a, const struct walk_node *b)
{
	return a->at == b->at && a->flags == b->flags && a->culprit == b->culprit &&
	    a->value == b->value && a->impression == b->impression &&
	    a->success == b->success && a->saved == b->saved;
}

static void
add(struct walk *w, const struct walk_node *n)
{
	uint32_t i;

	for (i = w->first[n->at]; i != 0; i = w->nodes[i - 1].next)
		if (same(&w->nodes[i - 1], n))
			return;
	if (w->count == NODES_MAX) {
		w->whole = false;
		return;
	}
	if (w->count == w->room) {
		w->room = w->room == 0 ? 256 : 2 * w->room;
		w->nodes = must(reallocarray(w->nodes, w->room, sizeof(*w->nodes)));
	}
	w->nodes[w->count] = *n;
	w->nodes[w->count].next = w->first[n->at];
	w->first[n->at] = ++w->count;
}

/* ---- where it goes on ---- */

/* Behind the end of the substack that line i is in. */
static uint32_t
behind_level(const struct stack *s, uint32_t i)
{
	unsigned int level = s->lines[i].level;

	for (i++; i < s->count && s->lines[i].level >= level; i++)
		;
	return i;
}

/* Past `skip` more lines of line i's level; *bad when there are not so many. */
static uint32_t
behind_jump(const struct stack *s, uint32_t i, int skip, bool *bad)
{
	unsigned int level = s->lines[i].level;

	while (i + 1 < s->count && s->lines[i + 1].level >= level && skip > 0) {
		do
			i++;
		while (i + 1 < s->count && s->lines[i + 1].level > level);
		skip--;
	}
	*bad = skip > 0;
	return i + 1;
}

static bool
skips_ours(const struct stack *s, uint32_t from, uint32_t to)
{
	for (from++; from < to; from++)
		if (s->lines[from].kind == MODULE_JUDGE)
			return true;
	return false;
}

/* ---- one result ---- */

#define SAVED_BITS 3

static void
save(struct walk_node *n, unsigned int level)
{
	unsigned int shift = SAVED_BITS * level;
	uint64_t bits = (uint64_t)(n->impression | n->success << 2);

	n->saved = (n->saved & ~((uint64_t)7 << shift)) | bits << shift;
}

static void
restore(struct walk_node *n, unsigned int level)
{
	unsigned int bits = (unsigned int)(n->saved >> (SAVED_BITS * level)) & 7;

	n->impression = bits & 3;
	n->success = (uint8_t)(bits >> 2);
}

static void
act(const struct stack *s, struct walk_node *n, int value)
{
	const struct stack_line *l = &s->lines[n->at];
	int action = l->actions[value];
	uint32_t from = n->at;
	bool bad = false;

	n->at++;
	if (action == ACTION_RESET) {
		restore(n, l->level);
	} else if (action == ACTION_OK || action == ACTION_DONE) {
		if (n->impression == UNDEFINED || (n->impression == GOOD && n->success)) {
			n->impression = GOOD;
			n->success = value == PAM_SUCCESS;
		}
		if (n->impression == GOOD && action == ACTION_DONE)
			n->at = behind_level(s, from);
	} else if (action == ACTION_BAD || action == ACTION_DIE) {
		n->impression = BAD;
		n->success = false;
		if (action == ACTION_DIE)
			n->at = behind_level(s, from);
	} else if (action > 0) {
		n->at = behind_jump(s, from, action, &bad);
		if (bad) {
			n->impression = BAD;
			n->success = false;
		}
	}
	if (n->culprit == 0 && (n->flags & WALK_GRANTED) == 0 && skips_ours(s, from, n->at)) {
		n->culprit = (uint16_t)(from + 1);
		n->value = (uint8_t)value;
	}
}

/* What a result says. */
static void
note(const struct walk_node *from, struct walk_node *n, enum module_kind kind, int value)
{
	bool success = value == PAM_SUCCESS;

	if (kind == MODULE_JUDGE && success) {
		n->flags |= WALK_GRANTED;
	} else if (kind == MODULE_SPLIT && value == PAM_IGNORE) {
		n->flags |= WALK_SPLIT;
	} else if (kind == MODULE_JUDGE || kind == MODULE_SPLIT) {
		n->culprit = (uint16_t)(from->at + 1);
		n->value = (uint8_t)value;
	} else if (kind == MODULE_ROOTOK && success) {
		n->flags |= WALK_ROOT;
	} else if (kind == MODULE_PASSWORD || kind == MODULE_FACTOR) {
		/* An expired password was right all the same. */
		success |= value == PAM_NEW_AUTHTOK_REQD;
		n->flags |= success ? WALK_PROVED : value != PAM_IGNORE ? WALK_WRONG : 0;
	}
}

static void
try_value(struct walk *w, struct walk_node n, int value)
{
	const struct walk_node from = n;

	note(&from, &n, w->stack->lines[n.at].kind, value);
	act(w->stack, &n, value);
	add(w, &n);
}

/* ---- what a module can return ---- */

static const int judge_auth[] = { PAM_SUCCESS, PAM_AUTH_ERR, PAM_MAXTRIES,
    PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR, PAM_MODULE_UNKNOWN, -1 };
static const int judge_account[] = { PAM_SUCCESS, PAM_PERM_DENIED, PAM_MODULE_UNKNOWN, -1 };
static const int split_auth[] = { PAM_IGNORE, PAM_AUTH_ERR, PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR,
    PAM_MODULE_UNKNOWN, -1 };
static const int rootok[] = { PAM_SUCCESS, PAM_AUTH_ERR, -1 };
static const int permit[] = { PAM_SUCCESS, -1 };
static const int deny[] = { PAM_AUTH_ERR, -1 };
static const int broken[] = { PAM_PERM_DENIED, -1 };

static const int *
values_of(enum module_kind kind, enum stack_type type)
{
	switch (kind) {
	case MODULE_JUDGE:
		return type == STACK_AUTH ? judge_auth : judge_account;
	case MODULE_SPLIT:
		return split_auth;
	case MODULE_ROOTOK:
		return rootok;
	case MODULE_PERMIT:
		return permit;
	case MODULE_DENY:
		return deny;
	case MODULE_BROKEN:
		return broken;
	case MODULE_OTHER:
	case MODULE_PASSWORD:
	case MODULE_FACTOR:
	case MODULE_CONDITION:
	case MODULE_SUBSTACK:
		break;
	}
	return NULL;
}

/* Any module may succeed, have no opinion, or fail; of the ways to fail, one
 * for each action is enough. */
static void
try_any(struct walk *w, const struct walk_node *n)
{
	const int *actions = w->stack->lines[n->at].actions;
	int value, earlier;

	try_value(w, *n, PAM_SUCCESS);
	try_value(w, *n, PAM_IGNORE);
	for (value = 0; value < _PAM_RETURN_VALUES; value++) {
		if (value == PAM_SUCCESS || value == PAM_IGNORE || value == PAM_INCOMPLETE)
			continue;
		for (earlier = 1; earlier < value; earlier++)
			if (earlier != PAM_IGNORE && actions[earlier] == actions[value])
				break;
		if (earlier == value)
			try_value(w, *n, value);
	}
}

static void
step(struct walk *w, const struct walk_node *at)
{
	const struct stack_line *l = &w->stack->lines[at->at];
	const int *values = values_of(l->kind, w->type);
	struct walk_node n = *at;

	if (l->kind == MODULE_SUBSTACK) {
		save(&n, l->level + 1);
		n.at++;
		add(w, &n);
	} else if (values == NULL) {
		try_any(w, &n);
	} else {
		for (; *values != -1; values++)
			try_value(w, n, *values);
	}
}

/* A line leads to later lines only. */
void
walk_run(struct walk *w, const struct stack *s, enum stack_type type)
{
	const struct walk_node start = { .at = 0 };
	uint32_t line, i;

	*w = (struct walk){ .stack = s, .type = type, .whole = true };
	w->first = must(calloc(s->count + 1, sizeof(*w->first)));
	add(w, &start);
	for (line = 0; line < s->count; line++)
		for (i = w->first[line]; i != 0; i = w->nodes[i - 1].next) {
			struct walk_node n = w->nodes[i - 1];	/* nodes may move */

			step(w, &n);
		}
}

void
walk_free(struct walk *w)
{
	free(w->nodes);
	free(w->first);
	w->nodes = NULL;
	w->first = NULL;
}

bool
walk_passes(const struct walk *w, const struct walk_node *n)
{
	return n->at == w->stack->count && n->impression == GOOD && n->success;
}
