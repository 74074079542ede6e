/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces of mfad by themselves: counting by address, and the table of paths. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../server/metrics.h"
#include "../../server/peers.h"
#include "../../server/route.h"
#include "../suite.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))
#define MOST		3

/* ---- addresses ---- */

static struct peers *peers;

static void
setup(void)
{
	ck_assert_ptr_nonnull(peers = peers_new());
}

static void
teardown(void)
{
	peers_free(&peers);
}

static struct peer *
enter(const char *text)
{
	struct address a;

	ck_assert_int_eq(address_parse(text, &a), 0);
	return peers_enter(peers, &a, MOST);
}

static const struct {
	const char *one, *other;
	bool together;
} pairs[] = {
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "::ffff:192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true },
	{ "2001:db8:0:1::1", "2001:db8:0:2::1", false },
	{ "::1", "127.0.0.1", false },
};

START_TEST(who_counts_together)
{
	struct peer *in[MOST], *another;
	int i;

	for (i = 0; i < MOST; i++)
		ck_assert_ptr_nonnull(in[i] = enter(pairs[_i].one));
	ck_assert_ptr_null(enter(pairs[_i].one));
	another = enter(pairs[_i].other);
	ck_assert((another == NULL) == pairs[_i].together);
	peers_leave(peers, &another);
	peers_leave(peers, &in[1]);
	ck_assert_ptr_null(in[1]);
	ck_assert_ptr_nonnull(in[1] = enter(pairs[_i].one));
	for (i = 0; i < MOST; i++)
		peers_leave(peers, &in[i]);
}
END_TEST

/* More addresses than buckets, in and out in another order. */
START_TEST(many_addresses)
{
	static struct peer *in[20000];
	struct address a = { .bytes = { [10] = 0xff, [11] = 0xff, [12] = 10 } };
	int i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < 20000; i++) {
			a.bytes[14] = (unsigned char)(i >> 8);
			a.bytes[15] = (unsigned char)i;
			ck_assert_ptr_nonnull(in[i] = peers_enter(peers, &a, 1));
			ck_assert_ptr_null(peers_enter(peers, &a, 1));
		}
		for (i = 0; i < 20000; i++)
			peers_leave(peers, &in[(i * 7919) % 20000]);
	}
}
END_TEST

/* ---- paths ---- */

static void
handle(struct request *r)
{
	(void)r;
}

static const struct route table[] = {
	{ HTTP_GET, "/", handle },
	{ HTTP_GET, "/v1/logins", handle },
	{ HTTP_POST, "/v1/logins", handle },
	{ HTTP_GET, "/v1/logins/{id}", handle },
	{ HTTP_DELETE, "/v1/logins/{id}", handle },
	{ HTTP_GET, "/v1/{a}/x/{b}", handle },
	{ HTTP_GET, "/v1/logins/mine", handle },
	{ .handle = NULL },
};

static const struct {
	enum http_method method;
	const char *path;
	int row;		/* -1: none */
	const char *allow;	/* of the path */
	const char *first, *second;
} looks[] = {
	{ HTTP_GET, "/", 0, "GET", NULL, NULL },
	{ HTTP_GET, "/v1", -1, "", NULL, NULL },
	{ HTTP_GET, "/v1/logins", 1, "GET, POST", NULL, NULL },
	{ HTTP_POST, "/v1/logins", 2, "GET, POST", NULL, NULL },
	{ HTTP_PUT, "/v1/logins", -1, "GET, POST", NULL, NULL },
	{ HTTP_GET, "/v1/logins/", -1, "", NULL, NULL },
	{ HTTP_GET, "/v1/login", -1, "", NULL, NULL },
	{ HTTP_GET, "/v1/loginss", -1, "", NULL, NULL },
	{ HTTP_GET, "/v1/logins/7", 3, "GET, DELETE", "7", NULL },
	{ HTTP_DELETE, "/v1/logins/{id}", 4, "GET, DELETE", "{id}", NULL },
	{ HTTP_GET, "/v1/logins/7/8", -1, "", NULL, NULL },
	{ HTTP_GET, "/v1/q/x/r", 5, "GET", "q", "r" },
	{ HTTP_GET, "/v1/q/y/r", -1, "", NULL, NULL },
	{ HTTP_GET, "/v1//x/r", -1, "", NULL, NULL },
	{ HTTP_GET, "/v1/logins/mine", 3, "GET, DELETE", "mine", NULL },	/* the first */
};

START_TEST(a_path_finds_its_row)
{
	struct route_match m = { .route = NULL };
	char path[64], allow[ROUTE_ALLOW_MAX];

	strncpy(path, looks[_i].path, sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	route_find(table, looks[_i].method, path, &m);
	ck_assert_ptr_eq(m.route, looks[_i].row == -1 ? NULL : &table[looks[_i].row]);
	ck_assert_str_eq(route_allow(&m, allow), looks[_i].allow);
	if (m.route == NULL)
		return;
	route_cut(&m);
	ck_assert_int_eq((int)m.count, (looks[_i].first != NULL) + (looks[_i].second != NULL));
	if (m.count > 0)
		ck_assert_str_eq(m.params[0].value, looks[_i].first);
	if (m.count > 1)
		ck_assert_str_eq(m.params[1].value, looks[_i].second);
}
END_TEST

/* ---- metrics ---- */

START_TEST(metrics_have_their_form)
{
	static struct metric numbers[] = {
		{ .name = "a_total", .labels = "k=\"1\"", .help = "As.", .kind = METRIC_COUNTER },
		{ .name = "a_total", .labels = "k=\"2\"", .help = "As.", .kind = METRIC_COUNTER },
		{ .name = "b", .help = "Bs.", .kind = METRIC_GAUGE },
	};
	char *text;
	size_t len;

	metrics_add(numbers, 3);
	metrics_add(numbers, 3);
	metric_count(&numbers[1], 2);
	metric_set(&numbers[2], -1);
	ck_assert_ptr_nonnull(text = metrics_text(&len));
	ck_assert_str_eq(text, "# HELP a_total As.\n# TYPE a_total counter\n"
	    "a_total{k=\"1\"} 0\na_total{k=\"2\"} 2\n# HELP b Bs.\n# TYPE b gauge\nb -1\n");
	ck_assert_uint_eq(len, strlen(text));
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mfad_parts");
	TCase *t = tcase_create("parts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, who_counts_together, 0, COUNT(pairs));
	tcase_add_test(t, many_addresses);
	tcase_add_loop_test(t, a_path_finds_its_row, 0, COUNT(looks));
	tcase_add_test(t, metrics_have_their_form);
	suite_add_tcase(s, t);
	return suite_run(s);
}
