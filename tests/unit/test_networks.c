/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and sets of prefixes, also against a matcher that is too simple to
 * be wrong.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../suite.h"
#include "error.h"
#include "networks.h"

static char why[NETWORKS_WHY_MAX];

static struct address
address(const char *s)
{
	struct address a;

	if (address_parse(s, &a) != MFA_OK)
		ck_abort_msg("%s", s);
	return a;
}

/* ---- addresses ---- */

static const struct {
	const char *text, *shown;	/* NULL: refused */
} addresses[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "::ffff:192.0.2.1", "192.0.2.1" },
	{ "::FFFF:c000:201", "192.0.2.1" },
	{ "0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1" },
	{ "::", "::" },
	{ "::1", "::1" },
	{ "2001:DB8::1", "2001:db8::1" },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	{ "fe80::1%eth0", "fe80::1" },
	{ "fe80::1%2", "fe80::1" },
	{ "febf::1%wlan0.5", "febf::1" },
	{ "fe80::1", "fe80::1" },
	{ "", NULL }, { " ", NULL }, { "localhost", NULL }, { "office.example", NULL },
	{ "192.0.2", NULL }, { "192.0.2.1.5", NULL }, { "192.0.2.256", NULL },
	{ "192.0.2.01", NULL }, { "192.0.2.1 ", NULL }, { " 192.0.2.1", NULL },
	{ "0xc0.0.2.1", NULL }, { "3221225985", NULL }, { "192.0.2.-1", NULL },
	{ "192.0.2.1:22", NULL }, { "[::1]", NULL }, { "[::1]:22", NULL }, { "1::2::3", NULL },
	{ ":::", NULL }, { "12345::", NULL }, { "::g", NULL }, { "1:2:3:4:5:6:7:8:9", NULL },
	{ "fe80::1%", NULL }, { "fe80::1%eth0%eth1", NULL }, { "fe80::1%a b", NULL },
	{ "fe80::1%sixteencharslong", NULL }, { "2001:db8::1%eth0", NULL }, { "::1%lo", NULL },
	{ "192.0.2.1%eth0", NULL }, { "::ffff:169.254.0.1%eth0", NULL }, { "fec0::1%eth0", NULL },
	{ "192.0.2.1/24", NULL }, { "UNKNOWN", NULL },
	{ "0000000000000000000000000000000000000000000000000000000000000000000::1", NULL },
};

START_TEST(addresses_are_numeric_or_none)
{
	char text[ADDRESS_TEXT_MAX];
	struct address a, kept;

	memset(&a, 7, sizeof(a));
	kept = a;
	if (addresses[_i].shown == NULL) {
		ck_assert_msg(address_parse(addresses[_i].text, &a) == MFA_E_INVALID, "%s",
		    addresses[_i].text);
		ck_assert_mem_eq(&a, &kept, sizeof(a));
		return;
	}
	a = address(addresses[_i].text);
	ck_assert_str_eq(address_format(&a, text), addresses[_i].shown);
	kept = address(text);
	ck_assert_mem_eq(&a, &kept, sizeof(a));
}
END_TEST

/* ---- one prefix ---- */

static const struct {
	const char *prefix;
	const char *says;	/* NULL: good */
} prefixes[] = {
	{ "192.0.2.0/24", NULL }, { "192.0.2.1", NULL }, { "192.0.2.1/32", NULL },
	{ "!192.0.2.0/24", NULL }, { "10.0.0.0/8", NULL }, { "128.0.0.0/1", NULL },
	{ "2001:db8::/32", NULL }, { "!2001:db8::1", NULL }, { "::1/128", NULL },
	{ "::ffff:192.0.2.0/120", NULL }, { "fe80::/10", NULL }, { "8000::/1", NULL },
	{ "0.0.0.0/1", NULL }, { "::/97", NULL }, { "::1:0:0:0/80", NULL },
	{ "192.0.2.1/24", "write 192.0.2.0/24 for the network" },
	{ "!192.0.2.255/25", "write 192.0.2.128/25 for the network" },
	{ "2001:db8::1/32", "write 2001:db8::/32 for the network" },
	{ "::ffff:192.0.2.1/120", "write 192.0.2.0/24 for the network" },
	{ "0.0.0.0/0", "every IPv4 address" }, { "!0.0.0.0/0", "every IPv4 address" },
	{ "1.2.3.4/0", "every IPv4 address" },
	{ "::/0", "every IPv6 address" }, { "!::/0", "every IPv6 address" },
	{ "2001:db8::/0", "every IPv6 address" },
	{ "::ffff:0:0/96", "every IPv4 address" }, { "::ffff:0.0.0.0/96", "every IPv4 address" },
	{ "::/80", "every IPv4 address" }, { "::/8", "every IPv4 address" },
	{ "::/1", "every IPv4 address" }, { "!::/64", "every IPv4 address" },
	{ "::fffe:0:0/95", "every IPv4 address" },
	{ "office.example", "names are never looked up" },
	{ "localhost/8", "names are never looked up" },
	{ "192.0.2", "ADDRESS or ADDRESS/LENGTH was expected" },
	{ "192.0.2/24", "ADDRESS/LENGTH was expected" }, { "", "was expected" },
	{ "!", "was expected" }, { "!!192.0.2.1", "was expected" }, { "! 192.0.2.1", "was expected" },
	{ "/24", "was expected" }, { "192.0.2.0 /24", "was expected" }, { "*", "was expected" },
	{ "192.0.2.0/", "a number from 1 to 32" }, { "192.0.2.0/33", "a number from 1 to 32" },
	{ "192.0.2.0/-1", "a number from 1 to 32" }, { "192.0.2.0/024", "a number from 1 to 32" },
	{ "192.0.2.0/24/24", "a number from 1 to 32" }, { "192.0.2.0/ 24", "a number from 1 to 32" },
	{ "192.0.2.0/255.255.255.0", "a number from 1 to 32" },
	{ "2001:db8::/129", "a number from 1 to 128" }, { "2001:db8::/x", "a number from 1 to 128" },
	{ "fe80::%eth0/64", "no zone" }, { "fe80::1%eth0", "no zone" },
	{ "192.0.2.0-192.0.2.255", "was expected" }, { "192.0.2.*", "was expected" },
};

START_TEST(prefix_is_taken_or_the_sentence_says_what_was_expected)
{
	struct networks_builder *b = networks_builder_new();
	int r = networks_add(b, prefixes[_i].prefix, why);

	if (prefixes[_i].says == NULL) {
		ck_assert_msg(r == MFA_OK, "%s: %s", prefixes[_i].prefix, why);
	} else {
		ck_assert_msg(r == MFA_E_INVALID, "%s was taken", prefixes[_i].prefix);
		ck_assert_msg(strstr(why, prefixes[_i].says) != NULL, "%s: %s",
		    prefixes[_i].prefix, why);
	}
	networks_builder_free(&b);
	ck_assert_ptr_null(b);
}
END_TEST

/* ---- sets ---- */

static int
build(const char *const *list, struct networks **out, unsigned int *line)
{
	struct networks_builder *b = networks_builder_new();
	int r;

	for (; *list != NULL; list++)
		if (networks_add(b, *list, why) != MFA_OK)
			ck_abort_msg("%s: %s", *list, why);
	r = networks_build(&b, out, line, why);
	ck_assert_ptr_null(b);
	return r;
}

static const struct {
	const char *address;
	bool in;
	const char *by;
} lookups[] = {
	{ "192.0.1.255", false, "-" }, { "192.0.2.0", true, "192.0.2.0/24" },
	{ "192.0.2.127", true, "192.0.2.0/24" }, { "192.0.2.128", false, "!192.0.2.128/25" },
	{ "192.0.2.200", true, "192.0.2.200/32" }, { "192.0.2.201", false, "!192.0.2.128/25" },
	{ "192.0.2.255", false, "!192.0.2.128/25" }, { "192.0.3.0", false, "-" },
	{ "::ffff:192.0.2.1", true, "192.0.2.0/24" },
	{ "255.255.255.255", true, "255.255.255.255/32" }, { "0.0.0.0", true, "0.0.0.0/32" },
	{ "2001:db8::1", true, "2001:db8::/32" }, { "2001:db8:1::1", false, "!2001:db8:1::/48" },
	{ "2001:db9::", false, "-" }, { "::", true, "::/128" }, { "::1", false, "-" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true, "fff0::/12" },
	{ "fff0::", true, "fff0::/12" }, { "ffef:ffff::", false, "-" },
	{ "::c000:201", false, "-" },
};

START_TEST(longest_prefix_decides)
{
	static const char *const list[] = { "192.0.2.0/24", "!192.0.2.128/25", "192.0.2.200",
	    "2001:db8::/32", "!2001:db8:1::/48", "255.255.255.255", "0.0.0.0", "fff0::/12", "::",
	    "192.0.2.0/24", NULL };
	char text[ADDRESS_TEXT_MAX];
	struct networks *n;
	unsigned int line;
	size_t i;

	ck_assert_int_eq(build(list, &n, &line), MFA_OK);
	ck_assert_uint_eq(networks_count(n), 9);	/* one is there twice */
	for (i = 0; i < sizeof(lookups) / sizeof(lookups[0]); i++) {
		struct address a = address(lookups[i].address);

		ck_assert_msg(networks_contain(n, &a) == lookups[i].in, "%s", lookups[i].address);
		ck_assert_str_eq(networks_explain(n, &a, text, sizeof(text)), lookups[i].by);
	}
	networks_free(&n);
	ck_assert_ptr_null(n);
}
END_TEST

START_TEST(empty_set_and_no_set_hold_nothing)
{
	static const char *const list[] = { NULL };
	struct address a = address("192.0.2.1");
	struct networks *n, *none = NULL;
	char text[ADDRESS_TEXT_MAX];
	unsigned int line;

	ck_assert_int_eq(build(list, &n, &line), MFA_OK);
	ck_assert(!networks_contain(n, &a) && !networks_contain(NULL, &a));
	ck_assert_str_eq(networks_explain(NULL, &a, text, sizeof(text)), "-");
	ck_assert_uint_eq(networks_count(n) + networks_count(NULL), 0);
	networks_free(&n);
	networks_free(&none);
}
END_TEST

START_TEST(prefix_both_included_and_excluded_is_an_error)
{
	static const char *const list[] = { "192.0.2.0/24", "10.0.0.0/8", "!::ffff:192.0.2.0/120",
	    NULL };
	struct networks *n;
	unsigned int line = 9;

	ck_assert_int_eq(build(list, &n, &line), MFA_E_INVALID);
	ck_assert_ptr_null(n);
	ck_assert_uint_eq(line, 0);
	ck_assert_msg(strstr(why, "192.0.2.0/24 is both") == why, "%s", why);
}
END_TEST

/* ---- against a matcher that looks at every prefix ---- */

struct naive {
	unsigned char bytes[16];
	unsigned int length;
	bool exclude;
};

static bool
covers(const struct naive *p, const struct address *a)
{
	unsigned int i;

	for (i = 0; i < p->length; i++)
		if ((p->bytes[i / 8] ^ a->bytes[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static bool
naive_contain(const struct naive *set, size_t count, const struct address *a)
{
	const struct naive *best = NULL;
	size_t i;

	for (i = 0; i < count; i++)
		if (covers(&set[i], a) && (best == NULL || set[i].length > best->length))
			best = &set[i];
	return best != NULL && !best->exclude;
}

static unsigned int state;

static unsigned int
chance(unsigned int below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

/* Few different bytes, so that prefixes lie inside each other and end where
 * others begin. */
static void
random_bytes(unsigned char *bytes, bool four)
{
	static const unsigned char likely[] = { 0, 0, 1, 0x7f, 0x80, 0xff, 0xff, 0xfe };
	int i;

	for (i = 0; i < 16; i++)
		bytes[i] = likely[chance(sizeof(likely))];
	if (four) {
		memset(bytes, 0, 10);
		bytes[10] = bytes[11] = 0xff;
	}
}

static void
random_prefix(struct naive *p, char *text, size_t size)
{
	bool four = chance(2) == 0;
	char shown[ADDRESS_TEXT_MAX];
	struct address a;
	unsigned int i;

	random_bytes(p->bytes, four);
	p->length = four ? 97 + chance(32) : 81 + chance(48);
	p->exclude = chance(3) == 0;
	for (i = p->length; i < 128; i++)
		p->bytes[i / 8] &= (unsigned char)~(0x80 >> i % 8);
	memcpy(a.bytes, p->bytes, 16);
	address_format(&a, shown);
	snprintf(text, size, "%s%s/%u", p->exclude ? "!" : "", shown,
	    strchr(shown, ':') != NULL ? p->length : p->length - 96);
}

static size_t
random_set(struct naive *set, size_t max, struct networks **out)
{
	struct networks_builder *b = networks_builder_new();
	size_t i, j, count = 0;
	char text[ADDRESS_TEXT_MAX + 8];
	unsigned int line;

	for (i = 0; i < max; i++) {
		random_prefix(&set[count], text, sizeof(text));
		for (j = 0; j < count; j++)
			if (set[j].length == set[count].length &&
			    memcmp(set[j].bytes, set[count].bytes, 16) == 0)
				break;
		/* one that covers all of IPv4 (::fffe:0:0/95) is refused */
		if (j == count && networks_add(b, text, why) == MFA_OK)
			count++;
	}
	ck_assert_int_eq(networks_build(&b, out, &line, why), MFA_OK);
	ck_assert_uint_eq(networks_count(*out), count);
	return count;
}

START_TEST(random_sets_agree_with_a_naive_matcher)
{
	struct naive set[60];
	struct networks *n;
	struct address a;
	int round, i;

	state = 4711;
	for (round = 0; round < 1000; round++) {
		size_t count = random_set(set, 1 + chance(60), &n);

		for (i = 0; i < 100; i++) {
			if (chance(2) == 0 && count > 0) {
				memcpy(a.bytes, set[chance((unsigned int)count)].bytes, 16);
				a.bytes[15] = (unsigned char)(a.bytes[15] + chance(3) - 1);
			} else {
				random_bytes(a.bytes, chance(2) == 0);
			}
			ck_assert(networks_contain(n, &a) == naive_contain(set, count, &a));
		}
		networks_free(&n);
	}
}
END_TEST

/* ---- files ---- */

static int
file_of(const char *text, size_t len)
{
	int fd = memfd_create("networks", MFD_CLOEXEC);

	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int
read_text(const char *text, size_t len, struct networks **out, unsigned int *line)
{
	struct networks_builder *b = networks_builder_new();
	int fd = file_of(text, len), r;

	*out = NULL;
	r = networks_add_fd(b, fd, line, why);
	if (r == MFA_OK)
		r = networks_build(&b, out, line, why);
	networks_builder_free(&b);
	close(fd);
	return r;
}

START_TEST(file_has_comments_and_blank_lines)
{
	static const char text[] = "# offices\n\n192.0.2.0/24\t# Utrecht\n   \n"
	    "  !192.0.2.128/25  \n# caf\xc3\xa9\n2001:db8::/32";
	struct address a = address("192.0.2.1"), b = address("192.0.2.129");
	struct networks *n;
	unsigned int line;

	if (read_text(text, sizeof(text) - 1, &n, &line) != MFA_OK)
		ck_abort_msg("%u: %s", line, why);
	ck_assert_uint_eq(networks_count(n), 3);
	ck_assert(networks_contain(n, &a) && !networks_contain(n, &b));
	networks_free(&n);
}
END_TEST

#define X32 "################################"
static const struct {
	const char *text;
	size_t len;
	unsigned int line;
	const char *says;
} bad_files[] = {
#define BAD(text, line, says) { text, sizeof(text) - 1, line, says }
	BAD("192.0.2.0/24\noffice.example\n", 2, "names are never looked up"),
	BAD("\n\n192.0.2.1/24 # x\n", 3, "write 192.0.2.0/24"),
	BAD("192.0.2.0/24 10.0.0.0/8\n", 1, "a number from 1 to 32"),
	BAD("192.0.2.0/24,10.0.0.0/8\n", 1, "a number from 1 to 32"),
	BAD("10.0.0.0/8\n192.0.2.0/24\n!192.0.2.0/24\n", 3, "both included and excluded"),
	BAD("192.0.2.0/24\0\n", 1, "not text"),
	BAD("# \xff\n", 1, "not text"),
	BAD("192.0.2.0/24\r\n", 1, "CR LF"),
	BAD("192.0.2.0/24\n\x1b[31m\n", 2, "not text"),
	BAD(X32 X32 X32 X32 "x\n", 1, "too long"),
	BAD("\n" X32 X32 X32 X32 "x", 2, "too long"),
	BAD("0.0.0.0/0\n", 1, "every IPv4"),
#undef BAD
};

START_TEST(mistake_in_a_file_is_named_with_its_line)
{
	struct networks *n;
	unsigned int line = 99;
	int r = read_text(bad_files[_i].text, bad_files[_i].len, &n, &line);

	ck_assert_int_eq(r, MFA_E_INVALID);
	ck_assert_ptr_null(n);
	ck_assert_msg(strstr(why, bad_files[_i].says) != NULL, "%s", why);
	ck_assert_uint_eq(line, bad_files[_i].line);
}
END_TEST

START_TEST(file_that_cannot_be_read_is_no_empty_set)
{
	struct networks_builder *b = networks_builder_new();
	unsigned int line = 99;

	ck_assert_int_eq(networks_add_fd(b, -1, &line, why), MFA_E_SYSTEM);
	ck_assert_uint_eq(line, 0);
	networks_builder_free(&b);
}
END_TEST

static char *
many(unsigned int count, size_t *len)
{
	char *text = malloc((size_t)count * 24 + 1);
	unsigned int i;

	*len = 0;
	for (i = 0; i < count; i++)
		*len += (size_t)snprintf(text + *len, 24, "10.%u.%u.%u/32\n", i * 7 % 256, i / 256 % 256,
		    i / 65536);
	return text;
}

START_TEST(hundred_thousand_prefixes_are_read_and_one_more_is_too_many)
{
	struct networks *n;
	unsigned int line;
	size_t len;
	char *text = many(NETWORKS_MAX, &len);

	if (read_text(text, len, &n, &line) != MFA_OK)
		ck_abort_msg("%u: %s", line, why);
	ck_assert_uint_eq(networks_count(n), NETWORKS_MAX);
	networks_free(&n);
	free(text);
	text = many(NETWORKS_MAX + 1, &len);
	ck_assert_int_eq(read_text(text, len, &n, &line), MFA_E_INVALID);
	ck_assert_uint_eq(line, NETWORKS_MAX + 1);
	ck_assert_ptr_nonnull(strstr(why, "more than"));
	free(text);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("networks");
	TCase *t = tcase_create("networks");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, addresses_are_numeric_or_none, 0, COUNT(addresses));
	tcase_add_loop_test(t, prefix_is_taken_or_the_sentence_says_what_was_expected, 0,
	    COUNT(prefixes));
	tcase_add_test(t, longest_prefix_decides);
	tcase_add_test(t, empty_set_and_no_set_hold_nothing);
	tcase_add_test(t, prefix_both_included_and_excluded_is_an_error);
	tcase_add_test(t, random_sets_agree_with_a_naive_matcher);
	tcase_add_test(t, file_has_comments_and_blank_lines);
	tcase_add_loop_test(t, mistake_in_a_file_is_named_with_its_line, 0, COUNT(bad_files));
	tcase_add_test(t, file_that_cannot_be_read_is_no_empty_set);
	tcase_add_test(t, hundred_thousand_prefixes_are_read_and_one_more_is_too_many);
	suite_add_tcase(s, t);
	return suite_run(s);
}
