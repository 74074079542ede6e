/* SPDX-License-Identifier: BSD-2-Clause */
#include "http_login.h"

#include <stdio.h>
#include <time.h>

#include "../suite.h"
#include "error.h"

#define TEST_SECONDS 60

static struct login_world *world;

void
http_login_world(struct login_world *w, const char *configuration, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "%s%s", configuration, more);
	login_world_make(w, text);
	w->authorities[0] = world_authority;
	w->authority_count = 1;
}

void
http_login_drop(struct login_world *w)
{
	http_stop();
	if (w->store != NULL)
		login_world_drop(w);
}

struct login_script
http_login_script(const char *answer)
{
	struct login_script s = login_script(WORLD_USER, answer);

	s.pause_ms = PATIENCE_MS;
	s.seen = http_person_reads;
	return s;
}

struct user_state
http_login_state(struct login_world *w)
{
	struct user_state u;

	ck_assert_int_eq(store_user(w->store, WORLD_USER, time(NULL), &u), MFA_OK);
	return u;
}

static void
teardown(void)
{
	http_login_drop(world);
}

int
http_login_main(struct login_world *w, const char *name, void (*add)(TCase *t))
{
	Suite *suite = suite_create(name);
	TCase *t = tcase_create(name);

	world = w;
	tcase_add_checked_fixture(t, world_make, teardown);
	tcase_set_timeout(t, TEST_SECONDS);
	add(t);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
