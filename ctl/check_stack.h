/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CHECK_STACK_H
#define MFA_CHECK_STACK_H

#include <security/pam_appl.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A PAM stack as libpam sees it: the lines of one type of one service, with
 * everything that is included in their place (pam.d(5)).
 */
#define STACK_LEVELS	16	/* libpam's limit for files within files */
#define STACK_LINES	1000

enum stack_type { STACK_AUTH, STACK_ACCOUNT, STACK_SESSION, STACK_PASSWORD };

/* What a return value makes of the stack; a number above 0 is a jump. */
enum {
	ACTION_IGNORE = 0,
	ACTION_OK = -1,
	ACTION_DONE = -2,
	ACTION_BAD = -3,
	ACTION_DIE = -4,
	ACTION_RESET = -5,
};

/* Kinds of module, by what their success says. */
enum module_kind {
	MODULE_OTHER,
	MODULE_JUDGE,		/* ours */
	MODULE_SPLIT,		/* ours, before the password in combined mode */
	MODULE_PASSWORD,
	MODULE_FACTOR,		/* another way to prove who somebody is */
	MODULE_CONDITION,	/* who or where somebody is, without proof */
	MODULE_ROOTOK,
	MODULE_PERMIT,
	MODULE_DENY,
	MODULE_BROKEN,		/* libpam lets such a line fail */
	MODULE_SUBSTACK,	/* no module: what follows one level deeper */
};

struct stack_line {
	char *file;
	unsigned int line;
	unsigned int level;			/* of substacks */
	enum module_kind kind;
	char *module;				/* as written; "" for MODULE_BROKEN */
	char *arguments;			/* with one blank between them */
	int actions[_PAM_RETURN_VALUES];
};

struct stack {
	struct stack_line *lines;
	size_t count;
	/* What is wrong with a file of it; "" for nothing. */
	char fault[256], fault_file[256];
	unsigned int fault_line;
};

/* Reads it from the first of dirs that has the file.  False when none has.
 * To be freed with stack_free in any case.  The program ends (CTL_STATE) when
 * memory is short. */
bool stack_read(const char *const *dirs, const char *service, enum stack_type type,
    struct stack *out);
void stack_free(struct stack *s);

/* Has it a line of this kind?  Its index, or -1. */
int stack_find(const struct stack *s, enum module_kind kind);

/* Does the list of arguments have this word? */
bool stack_has_argument(const struct stack_line *l, const char *word);

/* "auth_err" and the like, for a return value of PAM. */
const char *stack_value_name(int value);

#endif
