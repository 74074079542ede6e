/* SPDX-License-Identifier: BSD-2-Clause */
/* What is filled into a text by number. */
#include <check.h>
#include <string.h>

#include "../suite.h"
#include "catalogue.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

static const char *const names[] = { "one", "two", "%1" };

static const struct {
	const char *text, *filled;
	size_t count;
} texts[] = {
	{ "", "", 3 }, { "nothing", "nothing", 3 }, { "%1", "one", 3 },
	{ "%2 before %1.", "two before one.", 3 }, { "%1%1", "oneone", 3 },
	{ "what is filled in is not: %3", "what is filled in is not: %1", 3 },
	{ "%3", "%3", 2 }, { "%9", "%9", 3 }, { "%0 %/ %: %s %n", "%0 %/ %: %s %n", 3 },
	{ "%", "%", 3 }, { "%%1", "%one", 3 }, { "%\xff", "%\xff", 3 }, { "%1", "%1", 0 },
};

START_TEST(a_number_is_the_place_of_its_argument)
{
	char filled[64];

	ck_assert_uint_eq(catalogue_fill(filled, sizeof(filled), texts[_i].text, names,
	    texts[_i].count), strlen(texts[_i].filled));
	ck_assert_str_eq(filled, texts[_i].filled);
}
END_TEST

START_TEST(what_does_not_fit_is_left_out)
{
	static const char whole[] = "to two.";
	char filled[sizeof(whole) + 1];
	size_t size, len;

	for (size = 1; size <= sizeof(whole); size++) {
		memset(filled, '!', sizeof(filled));
		len = catalogue_fill(filled, size, "to %2.", names, 3);
		ck_assert_uint_eq(len, size - 1);
		ck_assert_mem_eq(filled, whole, len);
		ck_assert_int_eq(filled[len], '\0');
		ck_assert_int_eq(filled[size], '!');
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("catalogue");
	TCase *t = tcase_create("catalogue");

	tcase_add_loop_test(t, a_number_is_the_place_of_its_argument, 0, COUNT(texts));
	tcase_add_test(t, what_does_not_fit_is_left_out);
	suite_add_tcase(s, t);
	return suite_run(s);
}
