/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times and tables as mfactl reads and writes them.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../ctl/ctl.h"
#include "../../ctl/table.h"
#include "../../ctl/when.h"
#include "../suite.h"
#include "error.h"

#define NOW	1790000000	/* 2026-09-21T14:13:20Z */
#define ZONE	"CET-1CEST,M3.5.0,M10.5.0/3"

static void
set_zone(void)
{
	setenv("TZ", ZONE, 1);
	tzset();
}

static const struct {
	const char *text;
	int64_t wanted;		/* 0: refused */
} times[] = {
	{ "2026-09-21T16:13:20", NOW },
	{ "2026-09-21 16:13:20", NOW },
	{ "2026-09-21T16:13", NOW - 20 },
	{ "2026-09-21T14:13:20Z", NOW },
	{ "2026-09-21T14:13:20+00:00", NOW },
	{ "2026-09-21T07:13:20-07:00", NOW },
	{ "2026-09-21T19:43:20+05:30", NOW },
	{ "2026-09-21", 1789941600 },		/* midnight here, in summer */
	{ "2026-12-21", 1797807600 },		/* and in winter */
	{ "2028-02-29T00:00:00Z", 1835395200 },
	{ "90s", NOW - 90 },
	{ "30m", NOW - 1800 },
	{ "8h", NOW - 28800 },
	{ "2d", NOW - 172800 },
	{ "366d", NOW - 31622400 },
	{ "367d", 0 },
	{ "", 0 }, { "d", 0 }, { "2", 0 }, { "0d", 0 }, { "-1d", 0 }, { "+1d", 0 }, { "1w", 0 },
	{ "2 d", 0 }, { "1d1h", 0 }, { "99999999999999999999d", 0 },
	{ "2026-02-29", 0 }, { "2026-04-31", 0 }, { "2026-13-01", 0 }, { "2026-00-10", 0 },
	{ "2026-09-21T24:61", 0 }, { "2026-09-21T16", 0 }, { "2026-09-21T16:13:20x", 0 },
	{ "2026-09-21T16:13:20+1", 0 }, { "2026-09-21T16:13:20+0100", 0 },
	{ "2026-09-21T16:13:20+99:00", 0 }, { "26-09-21", 0 }, { "+2026-09-21", 0 },
	{ " 2026-09-21", 0 }, { "1969-12-31T00:00:00Z", 0 }, { "now", 0 }, { "@0", 0 },
};

START_TEST(a_time_is_read_as_written_or_refused)
{
	int64_t t = 0;
	int r;

	set_zone();
	r = when_parse(times[_i].text, NOW, &t);
	ck_assert_msg(r == (times[_i].wanted != 0 ? MFA_OK : MFA_E_INVALID) &&
	    t == times[_i].wanted, "%s: %d, %lld", times[_i].text, r, (long long)t);
}
END_TEST

START_TEST(what_is_written_is_read_back)
{
	char text[WHEN_MAX];
	int64_t t, back;

	set_zone();
	for (t = 1; t < 4102444800; t += 86399 * 7) {
		ck_assert_int_eq(when_parse(when_format_full(text, t), NOW, &back), MFA_OK);
		ck_assert_int_eq(back, t);
	}
	ck_assert_str_eq(when_format_full(text, NOW), "2026-09-21T16:13:20+02:00");
	ck_assert_str_eq(when_format(text, NOW), "2026-09-21T16:13:20");
	setenv("TZ", "XXX3:30", 1);
	tzset();
	ck_assert_str_eq(when_format_full(text, NOW), "2026-09-21T10:43:20-03:30");
}
END_TEST

START_TEST(a_time_that_no_calendar_has_is_still_shown)
{
	char text[WHEN_MAX];

	ck_assert_str_eq(when_format(text, INT64_MAX), "@9223372036854775807");
	ck_assert_str_eq(when_format_full(text, INT64_MIN), "@-9223372036854775808");
}
END_TEST

/* ---- tables ---- */

static char printed[8192];

/* Prints a table of three rows and keeps what it looked like. */
static void
print_rows(const char *const (*rows)[3], size_t count, size_t indent)
{
	struct table t = { .columns = 3 };
	FILE *file = tmpfile();
	int kept;
	size_t i, n;

	ck_assert_ptr_nonnull(file);
	for (i = 0; i < count; i++)
		table_row(&t, rows[i]);
	fflush(stdout);
	kept = dup(STDOUT_FILENO);
	dup2(fileno(file), STDOUT_FILENO);
	table_print(&t, indent);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	rewind(file);
	n = fread(printed, 1, sizeof(printed) - 1, file);
	printed[n] = '\0';
	fclose(file);
}

START_TEST(columns_are_as_wide_as_their_widest_cell)
{
	static const char *const rows[][3] = {
		{ "a", "b", "c d" },
		{ "longer", "\xc3\xa9\xc3\xa9\xc3\xa9", "" },
		{ "", "bb", "e" },
	};

	print_rows(rows, 3, 2);
	ck_assert_str_eq(printed,
	    "  a       b    c d\n"
	    "  longer  \xc3\xa9\xc3\xa9\xc3\xa9  \n"
	    "          bb   e\n");
}
END_TEST

START_TEST(the_last_column_goes_on_below_itself)
{
	static const char *const rows[][3] = { { "step", "decides",
	    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen" } };

	print_rows(rows, 1, 0);
	ck_assert_str_eq(printed,
	    "step  decides  one two three four five six seven eight nine ten eleven twelve\n"
	    "               thirteen fourteen\n");
}
END_TEST

START_TEST(a_last_column_without_room_stands_on_a_line_of_its_own)
{
	static const char *const rows[][3] = { {
	    "a-very-long-name-of-a-user-that-some-directory-made-up", "and-another", "the rest" } };

	print_rows(rows, 1, 0);
	ck_assert_str_eq(printed,
	    "a-very-long-name-of-a-user-that-some-directory-made-up  and-another\n"
	    "    the rest\n");
}
END_TEST

START_TEST(no_line_is_longer_than_a_terminal_unless_a_word_is)
{
	char words[2000] = "";
	const char *rows[][3] = { { "x", "y", words } };
	const char *line;
	size_t i, len;

	for (i = 0; i + 20 < sizeof(words); i += strlen(words + i))
		snprintf(words + i, sizeof(words) - i, "%s%.*s", i > 0 ? " " : "",
		    (int)(1 + i * 7 % 13), "abcdefghijklmnop");
	print_rows((const char *const (*)[3])rows, 1, 4);
	for (line = printed; *line != '\0'; line += len + 1) {
		len = strcspn(line, "\n");
		ck_assert_uint_le(len, TABLE_WIDTH);
	}
}
END_TEST

START_TEST(what_a_terminal_would_obey_is_escaped)
{
	char shown[SHOW_MAX];

	ck_assert_str_eq(show(shown, sizeof(shown), "Bob's phone"), "Bob's phone");
	ck_assert_str_eq(show(shown, sizeof(shown), "Bj\xc3\xb6rn"), "Bj\xc3\xb6rn");
	ck_assert_str_eq(show(shown, sizeof(shown), ""), "-");
	ck_assert_str_eq(show(shown, sizeof(shown), "a\033[2J b"), "a\\x1b[2J\\x20b");
	ck_assert_str_eq(show(shown, sizeof(shown), "\xff"), "\\xff");
	ck_assert_str_eq(show(shown, 8, "12345678"), "1234...");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mfactl_text");
	TCase *t = tcase_create("mfactl_text");

	tcase_add_loop_test(t, a_time_is_read_as_written_or_refused, 0,
	    (int)(sizeof(times) / sizeof(times[0])));
	tcase_add_test(t, what_is_written_is_read_back);
	tcase_add_test(t, a_time_that_no_calendar_has_is_still_shown);
	tcase_add_test(t, columns_are_as_wide_as_their_widest_cell);
	tcase_add_test(t, the_last_column_goes_on_below_itself);
	tcase_add_test(t, a_last_column_without_room_stands_on_a_line_of_its_own);
	tcase_add_test(t, no_line_is_longer_than_a_terminal_unless_a_word_is);
	tcase_add_test(t, what_a_terminal_would_obey_is_escaped);
	suite_add_tcase(s, t);
	return suite_run(s);
}
