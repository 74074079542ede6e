/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage.h"

/* After a login no writable memory of the application holds the password or
 * the code: the module has wiped every copy that it made or was given. */

#define SPLIT		"auth required @ split deadline=10\n"
#define JUDGE		"auth required @ deadline=10\n"
#define PERMIT		"auth required pam_permit.so\n"

static struct login l;

static void
play_forgetful(struct role *r)
{
	role_hear(r);
	if (played->heard[played->count - 1].phase == PHASE_SPLIT) {
		role_split(r, 6);
	} else {
		role_prompt(r, "Authentication code: ", true);
		role_hear(r);
		role_verdict(r, VERDICT_GRANT);
	}
	role_hear(r);
	explicit_bzero(r->played, sizeof(*r->played));
}

enum part { WHOLE, PASSWORD, CODE };

/* The answer and the needles are made from this, so that none lies in this
 * program's own memory when it is searched. */
static void
make_answer(char *to, enum part part)
{
	static const char veiled[] = "Hl0nnqdu^Rdbsdu\"\"918273";	/* each byte off by one */
	size_t end = sizeof(veiled) - 1, split = end - 6, i;

	for (i = part == CODE ? split : 0; i < (part == PASSWORD ? split : end); i++)
		*to++ = (char)(veiled[i] ^ 1);
	*to = '\0';
}

static unsigned int
count_in(const unsigned char *buf, size_t n, const char *veiled_needle, size_t len)
{
	unsigned int found = 0;
	size_t i, j;

	for (i = 0; i + len <= n; i++) {
		for (j = 0; j < len && (buf[i + j] ^ 0x55) == (unsigned char)veiled_needle[j]; j++)
			continue;
		found += j == len;
	}
	return found;
}

/* In every writable region of this process. */
static unsigned int
count_in_memory(const char *veiled_needle, size_t len)
{
	static unsigned char page[1 << 16];
	FILE *maps = fopen("/proc/self/maps", "r"), *mem = fopen("/proc/self/mem", "r");
	unsigned long from, to, at;
	unsigned int found = 0;
	char line[512], *rest;
	size_t n;

	setvbuf(mem, NULL, _IONBF, 0);
	while (fgets(line, sizeof(line), maps) != NULL) {
		from = strtoul(line, &rest, 16);
		to = strtoul(rest + 1, &rest, 16);
		if (rest[0] != ' ' || rest[2] != 'w')	/* " rw-p …" */
			continue;
		for (at = from; at < to; at += sizeof(page) - len) {
			fseek(mem, (long)at, SEEK_SET);
			n = to - at < sizeof(page) ? to - at : sizeof(page);
			n = fread(page, 1, n, mem);
			found += count_in(page, n, veiled_needle, len);
			explicit_bzero(page, sizeof(page));
		}
	}
	fclose(maps);
	fclose(mem);
	return found;
}

static char *answer;

static int
converse(int n, const struct pam_message **m, struct pam_response **r, void *arg)
{
	(void)n;
	(void)m;
	(void)arg;
	*r = calloc(1, sizeof(**r));
	(*r)->resp = malloc(128);
	make_answer((*r)->resp, WHOLE);
	answer = (*r)->resp;
	return PAM_SUCCESS;
}

static const struct pam_conv veiled_conv = { converse, NULL };

static unsigned int
search(enum part part)
{
	char needle[64];
	size_t i, len;
	unsigned int found;

	make_answer(needle, part);
	len = strlen(needle);
	for (i = 0; i < len; i++)
		needle[i] = (char)(needle[i] ^ 0x55);
	found = count_in_memory(needle, len);
	explicit_bzero(needle, sizeof(needle));
	return found;
}

static const char *const wiped_stacks[] = {
	SPLIT PERMIT JUDGE,
	SPLIT PERMIT,				/* never judged: pam_end wipes */
	SPLIT "auth requisite pam_debug.so auth=auth_err\n" JUDGE,
	JUDGE,					/* the whole answer as an answer */
};

START_TEST(no_secret_is_left_in_memory)
{
	int r;

	stage_helper_start(play_forgetful);
	login_begin(&l, "anna", wiped_stacks[_i]);
	ck_assert_int_eq(pam_set_item(l.pamh, PAM_CONV, &veiled_conv), PAM_SUCCESS);
	r = login_call(&l, AUTH, PAM_SILENT);
	ck_assert_ptr_nonnull(answer);
	login_end(&l, r);
	role_pause(100);
	ck_assert_uint_eq(search(WHOLE), 0);
	ck_assert_uint_eq(search(CODE), 0);
	ck_assert_uint_eq(search(PASSWORD), 0);
}
END_TEST

START_TEST(the_search_finds_what_is_there)
{
	char here[64];

	make_answer(here, WHOLE);
	ck_assert_uint_ge(search(WHOLE), 1);
	ck_assert_uint_ge(search(CODE), 1);
	ck_assert_uint_ge(search(PASSWORD), 1);
	explicit_bzero(here, sizeof(here));
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static TCase *
wiped(void)
{
	TCase *t = tcase_create("wiped");

	tcase_add_checked_fixture(t, NULL, stage_helper_stop);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, the_search_finds_what_is_there);
	tcase_add_loop_test(t, no_secret_is_left_in_memory, 0, COUNT(wiped_stacks));
	return t;
}

int
main(void)
{
	TCase *(*const cases[])(void) = { wiped };

	return stage_run(cases, 1, "wiped");
}
