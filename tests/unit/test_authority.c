/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Authorities in files: what a host believes is read whole or not at all, and a
 * private key only when nobody else could have.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../suite.h"
#include "authority_key.h"
#include "error.h"
#include "newfile.h"

#define rows(a) ((int)(sizeof(a) / sizeof((a)[0])))

static char dir[64], path[96], public[112];

static void
enter(void)
{
	snprintf(dir, sizeof(dir), "%s", "/tmp/mfa-authority-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/key", dir);
	snprintf(public, sizeof(public), "%s.pub", path);
}

static void
leave(void)
{
	unlink(path);
	unlink(public);
	ck_assert_int_eq(rmdir(dir), 0);	/* nothing else is left */
}

static void
put(const char *name, const char *text, size_t len, mode_t mode)
{
	int fd;

	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ck_assert_int_ne(fd, -1);
	ck_assert(write(fd, text, len) == (ssize_t)len && fchmod(fd, mode) == 0);
	close(fd);
}

static int
read_list(size_t max, size_t *count, unsigned int *line, const char **why)
{
	struct authority list[AUTHORITIES_MAX];

	*why = NULL;
	return authorities_read(path, (uint32_t)getuid(), list, max, count, line, why);
}

/* ---- one line ---- */

#define KEY "XPaW9S_uWmIy2yOqxphpInoAwFvoVLUnjazUP-opHco"

static const char *const no_lines[] = {
	"", "ed25519", "ed25519 ", KEY, "ed25519 " KEY " ", " ed25519 " KEY, "ed25519  " KEY,
	"ed25519\t" KEY, "Ed25519 " KEY, "ed25519 " KEY "=", "ed25519 " KEY "A",
	"ed25519 XPaW9S/uWmIy2yOqxphpInoAwFvoVLUnjazUP+opHco",
	"ed25519 XPaW9S_uWmIy2yOqxphpInoAwFvoVLUnjazUP-opHcp",	/* spare bits */
	"ed25519 XPaW9S_uWmIy2yOqxphpInoAwFvoVLUnjazUP-opHc",
	"ed25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",	/* small order */
	"ed25519 AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

START_TEST(a_public_key_has_one_spelling)
{
	static const struct authority none;
	struct authority a;

	memset(&a, 7, sizeof(a));
	ck_assert_int_eq(authority_parse(no_lines[_i], &a), MFA_E_INVALID);
	ck_assert(memcmp(&a, &none, sizeof(a)) == 0);
}
END_TEST

START_TEST(a_public_key_comes_back_from_its_line)
{
	char line[AUTHORITY_LINE_MAX], id[AUTHORITY_ID_MAX];
	struct authority a;

	ck_assert_int_eq(authority_parse("ed25519 " KEY, &a), MFA_OK);
	authority_format(&a, line);
	ck_assert_str_eq(line, "ed25519 " KEY);
	ck_assert_str_eq(authority_id(&a, id), "Or82_DOXJkQrE2wBYg-3lw");
}
END_TEST

/* ---- files of them ---- */

#define LINE	"ed25519 " KEY "\n"
#define OTHER	"ed25519 WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY\n"

static const struct { const char *text; size_t count; unsigned int line; } lists[] = {
	{ LINE, 1, 0 },
	{ "ed25519 " KEY, 1, 0 },
	{ "# the one on the shelf\n\n" LINE OTHER "\n", 2, 0 },
	{ "", 0, 0 },
	{ "# nothing\n", 0, 0 },
	{ LINE LINE, 0, 2 },
	{ LINE "x\n", 0, 2 },
	{ "\n" LINE OTHER "ed25519\n", 0, 4 },
	{ LINE "ed25519-private " KEY "\n", 0, 2 },
	{ LINE "\r\n", 0, 2 },
	{ LINE "\033\n", 0, 2 },
};

START_TEST(a_list_is_read_whole_or_not_at_all)
{
	const char *why;
	unsigned int line;
	size_t count;
	int r;

	put(path, lists[_i].text, strlen(lists[_i].text), 0644);
	r = read_list(AUTHORITIES_MAX, &count, &line, &why);
	ck_assert_int_eq(r, lists[_i].count > 0 ? MFA_OK : MFA_E_CONFIG);
	ck_assert_uint_eq(count, lists[_i].count);
	if (r != MFA_OK) {
		ck_assert_uint_eq(line, lists[_i].line);
		ck_assert_str_ne(why, "");
	}
}
END_TEST

START_TEST(a_list_has_room_for_so_many)
{
	const char *why;
	unsigned int line;
	size_t count;

	put(path, LINE OTHER, strlen(LINE OTHER), 0644);
	ck_assert_int_eq(read_list(2, &count, &line, &why), MFA_OK);
	ck_assert_int_eq(read_list(1, &count, &line, &why), MFA_E_CONFIG);
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(line, 2);
}
END_TEST

START_TEST(a_list_that_others_can_write_is_not_believed)
{
	static const mode_t modes[] = { 0664, 0646, 0666, 0620 };
	const char *why;
	unsigned int line;
	size_t count, i;

	for (i = 0; i < (size_t)rows(modes); i++) {
		put(path, LINE, strlen(LINE), modes[i]);
		ck_assert_int_eq(read_list(1, &count, &line, &why), MFA_E_CONFIG);
	}
	put(public, LINE, strlen(LINE), 0644);
	unlink(path);
	ck_assert_int_eq(symlink(public, path), 0);
	ck_assert_int_eq(read_list(1, &count, &line, &why), MFA_E_CONFIG);
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(read_list(1, &count, &line, &why), MFA_E_CONFIG);
	unlink(path);
	ck_assert_int_eq(read_list(1, &count, &line, &why), MFA_E_ABSENT);
	if (getuid() == 0) {
		put(path, LINE, strlen(LINE), 0644);
		ck_assert_int_eq(chown(path, 65534, 0), 0);
		ck_assert_int_eq(read_list(1, &count, &line, &why), MFA_E_CONFIG);
		ck_assert_str_eq(why, "is owned by somebody else");
	}
}
END_TEST

/* ---- private keys ---- */

START_TEST(a_new_key_is_read_back)
{
	struct authority a, list[1];
	struct sign_key key;
	struct stat st;
	unsigned int line;
	const char *why;
	size_t count;

	ck_assert_int_eq(authority_key_create(path, &a), MFA_OK);
	ck_assert_int_eq(authority_key_read(path, &key, &why), MFA_OK);
	ck_assert_mem_eq(key.public.data, a.key, sizeof(a.key));
	ck_assert_int_eq(authorities_read(public, (uint32_t)getuid(), list, 1, &count, &line,
	    &why), MFA_OK);
	ck_assert(memcmp(&list[0], &a, sizeof(a)) == 0);
	ck_assert(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
	ck_assert_int_eq(authority_key_create(path, &a), MFA_E_EXISTS);
	ck_assert_uint_eq(a.key[0] | a.key[31], 0);
	/* A private key without its public one keeps its place too. */
	unlink(public);
	ck_assert_int_eq(authority_key_create(path, &a), MFA_E_EXISTS);
	ck_assert_int_eq(access(public, F_OK), -1);
	ck_assert_int_eq(authority_key_read(path, &key, &why), MFA_OK);
}
END_TEST

#define SECRET "ed25519-private " KEY "\n"

static const struct { const char *text; size_t len; mode_t mode; } keys[] = {
	{ SECRET, 60, 0600 },		/* the only right one */
	{ SECRET, 60, 0640 }, { SECRET, 60, 0604 }, { SECRET, 60, 0610 }, { SECRET, 60, 0700 },
	{ SECRET, 60, 04600 }, { SECRET, 60, 0602 },
	{ SECRET, 59, 0600 }, { SECRET "\n", 61, 0600 }, { SECRET, 0, 0600 },
	{ "ed25519-private XPaW9S_uWmIy2yOqxphpInoAwFvoVLUnjazUP-opHcp\n", 60, 0600 },
	{ "ed25519-private XPaW9S_uWmIy2yOqxphpInoAwFvoVLUnjazUP+opHco\n", 60, 0600 },
	{ "ed25519-private " KEY " ", 60, 0600 },
	{ "ed25519-private " KEY "\0", 60, 0600 },
	{ "ed25519-privatex" KEY "\n", 60, 0600 },
};

START_TEST(a_private_key_is_whole_and_its_owners)
{
	struct sign_key key;
	const char *why;
	int r;

	put(path, keys[_i].text, keys[_i].len, keys[_i].mode);
	r = authority_key_read(path, &key, &why);
	ck_assert_int_eq(r, _i == 0 ? MFA_OK : MFA_E_CONFIG);
	if (r != MFA_OK) {
		ck_assert_uint_eq(key.secret[0] | key.secret[31], 0);
		ck_assert_str_ne(why, "");
	}
}
END_TEST

START_TEST(a_new_file_takes_nobodys_place)
{
	char text[8] = "";
	struct stat st;
	int fd;

	ck_assert_int_eq(newfile_write(path, "one", 3, 0644), MFA_OK);
	ck_assert_int_eq(newfile_write(path, "two", 3, 0644), MFA_E_EXISTS);
	fd = open(path, O_RDONLY);
	ck_assert(read(fd, text, sizeof(text)) == 3 && memcmp(text, "one", 3) == 0);
	close(fd);
	ck_assert(stat(path, &st) == 0 && (st.st_mode & 07777) == 0644);
	unlink(path);
	ck_assert_int_eq(symlink("/nowhere/at/all", path), 0);
	ck_assert_int_eq(newfile_write(path, "two", 3, 0644), MFA_E_EXISTS);
	unlink(path);
	ck_assert_int_eq(newfile_write("/nowhere/at/all", "two", 3, 0644), MFA_E_SYSTEM);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("authority");
	TCase *t = tcase_create("authority");

	tcase_add_checked_fixture(t, enter, leave);
	tcase_add_loop_test(t, a_public_key_has_one_spelling, 0, rows(no_lines));
	tcase_add_test(t, a_public_key_comes_back_from_its_line);
	tcase_add_loop_test(t, a_list_is_read_whole_or_not_at_all, 0, rows(lists));
	tcase_add_test(t, a_list_has_room_for_so_many);
	tcase_add_test(t, a_list_that_others_can_write_is_not_believed);
	tcase_add_test(t, a_new_key_is_read_back);
	tcase_add_loop_test(t, a_private_key_is_whole_and_its_owners, 0, rows(keys));
	tcase_add_test(t, a_new_file_takes_nobodys_place);
	suite_add_tcase(s, t);
	return suite_run(s);
}
