/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk through a stack and the real libpam come to the same end, on random
 * stacks of pam_permit and pam_deny with random control values, included files
 * and substacks.
 */
#include <check.h>
#include <dlfcn.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../ctl/check_walk.h"
#include "../suite.h"
#include "check_world.h"

#define ROUNDS	3000
#define DEPTH	3

static struct check_world w;
static unsigned int state = 20261124;

static unsigned int
chance(unsigned int below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static const char *
action(void)
{
	static const char *const actions[] = { "ok", "ok", "done", "bad", "die", "ignore", "ignore",
	    "reset", "1", "1", "2", "3" };

	return actions[chance(sizeof(actions) / sizeof(actions[0]))];
}

static void
write_control(FILE *out)
{
	static const char *const words[] = { "required", "requisite", "sufficient", "optional" };

	switch (chance(3)) {
	case 0:
		fprintf(out, "%s", words[chance(4)]);
		break;
	case 1:
		fprintf(out, "[success=%s auth_err=%s]", action(), action());
		break;
	default:
		fprintf(out, "[success=%s default=%s]", action(), action());
		break;
	}
}

/* A file of some lines; those that it includes are numbered on from it. */
static unsigned int
write_file(unsigned int number, unsigned int depth)
{
	static const char *const ways[] = { "auth include", "auth substack", "@include" };
	unsigned int i, lines = chance(5), next = number + 1;
	char name[32], *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (number == 0)
		fprintf(out, "account required pam_permit.so\n");
	for (i = 0; i <= lines; i++) {
		if (depth < DEPTH && chance(4) == 0) {
			/* libpam 1.5 looks in /etc/pam.d for any other name */
			fprintf(out, "%s %s/f%u\n", ways[chance(3)], w.pam_dir, next);
			next = write_file(next, depth + 1);
			continue;
		}
		fprintf(out, "auth ");
		write_control(out);
		fprintf(out, " %s\n", chance(2) == 0 ? "pam_permit.so" : "pam_deny.so");
	}
	fclose(out);
	snprintf(name, sizeof(name), "pam.d/f%u", number);
	config_world_put_bytes(&w.files, name, text, len);
	free(text);
	return next;
}

static int
converse(int n, const struct pam_message **m, struct pam_response **r, void *arg)
{
	(void)n;
	(void)m;
	(void)r;
	(void)arg;
	return PAM_CONV_ERR;
}

static struct {
	int (*start)(const char *, const char *, const struct pam_conv *, const char *,
	    pam_handle_t **);
	int (*authenticate)(pam_handle_t *, int);
	int (*end)(pam_handle_t *, int);
} pam;

static void
find(void *library, const char *name, void *out)
{
	void *found = dlsym(library, name);

	ck_assert_msg(found != NULL, "%s", name);
	memcpy(out, &found, sizeof(found));
}

static bool
libpam_passes(void)
{
	const struct pam_conv conv = { .conv = converse };
	pam_handle_t *pamh = NULL;
	int r;

	ck_assert_int_eq(pam.start("f0", "nobody", &conv, w.pam_dir, &pamh), PAM_SUCCESS);
	r = pam.authenticate(pamh, PAM_SILENT);
	pam.end(pamh, r);
	return r == PAM_SUCCESS;
}

static bool
walk_says_it_passes(void)
{
	struct stack s;
	struct walk walk;
	bool passes = false;
	uint32_t i;

	ck_assert(stack_read(w.pam_dirs, "f0", STACK_AUTH, &s));
	ck_assert_msg(s.fault[0] == '\0', "%s:%u: %s", s.fault_file, s.fault_line, s.fault);
	walk_run(&walk, &s, STACK_AUTH);
	ck_assert(walk.whole);
	for (i = walk.first[s.count]; i != 0; i = walk.nodes[i - 1].next)
		passes |= walk_passes(&walk, &walk.nodes[i - 1]);
	walk_free(&walk);
	stack_free(&s);
	return passes;
}

START_TEST(walk_ends_as_libpam_does)
{
	void *library = dlopen("libpam.so.0", RTLD_NOW);
	unsigned int round, passed = 0;

	ck_assert_ptr_nonnull(library);
	find(library, "pam_start_confdir", &pam.start);
	find(library, "pam_authenticate", &pam.authenticate);
	find(library, "pam_end", &pam.end);
	check_world_make(&w);
	config_world_put(&w.files, "pam.d/other", "auth required pam_deny.so\n");
	for (round = 0; round < ROUNDS; round++) {
		bool real;

		(void)write_file(0, 0);
		real = libpam_passes();
		ck_assert_msg(walk_says_it_passes() == real, "round %u, see %s: libpam %s", round,
		    w.pam_dir, real ? "passes" : "denies");
		passed += real;
	}
	check_world_drop(&w);
	/* the test would prove little if nearly all were the same */
	ck_assert_uint_gt(passed, ROUNDS / 10);
	ck_assert_uint_lt(passed, ROUNDS - ROUNDS / 10);
	dlclose(library);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("check_walk");
	TCase *t = tcase_create("check_walk");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, walk_ends_as_libpam_does);
	suite_add_tcase(s, t);
	return suite_run(s);
}
