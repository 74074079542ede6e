/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secrets at rest: what opens, what does not, and the file that holds the key.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../suite.h"
#include "error.h"
#include "seal.h"

static const struct seal_key key = { .bytes = { 1, 2, 3, 4, 5, 6, 7, 8 } };

#define SEALED_MAX (SECRET_MAX + SEAL_OVERHEAD)

static size_t
seal_text(const char *bound, size_t len, unsigned char sealed[SEALED_MAX])
{
	struct secret plain = { .len = len };
	size_t sealed_len;

	memset(plain.data, 'p', len);
	memset(sealed, 0, SEALED_MAX);
	ck_assert_int_eq(seal(&key, bound, &plain, sealed, SEALED_MAX, &sealed_len), MFA_OK);
	ck_assert_uint_eq(sealed_len, len + SEAL_OVERHEAD);
	return sealed_len;
}

static void
does_not_open(const struct seal_key *k, const char *bound, const unsigned char *sealed, size_t len)
{
	struct secret plain;

	memset(&plain, 'x', sizeof(plain));
	ck_assert_int_eq(unseal(k, bound, sealed, len, &plain), MFA_E_CRYPTO);
	ck_assert_uint_eq(plain.len, 0);
	ck_assert_uint_eq(plain.data[0], 0);
	ck_assert_ptr_null(memchr(plain.data, 'p', sizeof(plain.data)));
}

START_TEST(what_was_sealed_opens)
{
	unsigned char sealed[SEALED_MAX];
	struct secret plain;
	size_t len, n;

	for (len = 0; len <= SECRET_MAX; len++) {
		n = seal_text("token alice 7", len, sealed);
		ck_assert_ptr_null(len < 8 ? NULL : memmem(sealed, n, "pppppppp", 8));
		ck_assert_int_eq(unseal(&key, "token alice 7", sealed, n, &plain), MFA_OK);
		ck_assert_uint_eq(plain.len, len);
		ck_assert_uint_eq(plain.data[len], 0);
		ck_assert_uint_eq(strspn((char *)plain.data, "p"), len);
	}
}
END_TEST

START_TEST(every_changed_bit_is_noticed)
{
	unsigned char sealed[SEALED_MAX];
	size_t i, n = seal_text("token alice 7", 20, sealed);
	int bit;

	for (i = 0; i < n; i++) {
		for (bit = 0; bit < 8; bit++) {
			sealed[i] ^= (unsigned char)(1 << bit);
			does_not_open(&key, "token alice 7", sealed, n);
			sealed[i] ^= (unsigned char)(1 << bit);
		}
	}
}
END_TEST

START_TEST(every_other_length_is_noticed)
{
	unsigned char sealed[SEALED_MAX + 2] = { 0 };
	size_t len, n = seal_text("token alice 7", 20, sealed);

	for (len = 0; len <= SEALED_MAX + 1; len++) {
		if (len != n)
			does_not_open(&key, "token alice 7", sealed, len);
	}
}
END_TEST

START_TEST(another_row_does_not_open)
{
	static const char *const others[] = { "", "token alice 8", "token bob 7",
		"token alice 7 ", "token alice ", "Token alice 7" };
	unsigned char sealed[SEALED_MAX];
	size_t i, n = seal_text("token alice 7", 20, sealed);

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		does_not_open(&key, others[i], sealed, n);
}
END_TEST

START_TEST(another_key_does_not_open)
{
	unsigned char sealed[SEALED_MAX];
	size_t i, n = seal_text("", 20, sealed);

	for (i = 0; i < SEAL_KEY_LEN; i++) {
		struct seal_key other = key;

		other.bytes[i] ^= 1;
		does_not_open(&other, "", sealed, n);
	}
}
END_TEST

START_TEST(no_nonce_comes_twice)
{
	unsigned char a[SEALED_MAX], b[SEALED_MAX];
	size_t n = seal_text("", 20, a);

	ck_assert_uint_eq(seal_text("", 20, b), n);
	ck_assert_mem_ne(a + 1, b + 1, 12);
	ck_assert_mem_ne(a + 13, b + 13, 20);
}
END_TEST

START_TEST(limits_are_kept)
{
	struct secret plain = { .len = 20 };
	unsigned char sealed[SEALED_MAX];
	char bound[4098];
	size_t len = 9;

	ck_assert_int_eq(seal(&key, "", &plain, sealed, 20 + SEAL_OVERHEAD - 1, &len),
	    MFA_E_INVALID);
	ck_assert_uint_eq(len, 0);
	memset(bound, 'b', sizeof(bound) - 1);
	bound[4097] = '\0';
	ck_assert_int_eq(seal(&key, bound, &plain, sealed, sizeof(sealed), &len), MFA_E_INVALID);
	bound[4096] = '\0';
	ck_assert_int_eq(seal(&key, bound, &plain, sealed, sizeof(sealed), &len), MFA_OK);
	ck_assert_int_eq(unseal(&key, bound, sealed, len, &plain), MFA_OK);
	plain.len = SECRET_MAX + 1;
	ck_assert_int_eq(seal(&key, "", &plain, sealed, sizeof(sealed), &len), MFA_E_INVALID);
}
END_TEST

/* ---- the key file (as root, since it must be root's) ---- */

static char dir[] = "/tmp/mfa-seal-XXXXXX";
static char path[64], other[64];

static void
make_dir(void)
{
	ck_assert_msg(geteuid() == 0, "run this as root");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/state.key", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
}

static void
remove_dir(void)
{
	(void)unlink(path);
	(void)unlink(other);
	(void)rmdir(path);
	ck_assert_int_eq(rmdir(dir), 0);	/* nothing else is left in it */
	memcpy(dir + strlen(dir) - 6, "XXXXXX", 6);
}

static void
put(const char *where, size_t len, uid_t owner, mode_t mode)
{
	int fd = open(where, O_WRONLY | O_CREAT | O_EXCL, 0600);

	ck_assert_int_ne(fd, -1);
	while (len-- > 0)
		ck_assert_int_eq(write(fd, "k", 1), 1);
	ck_assert_int_eq(fchown(fd, owner, 0), 0);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static const struct {
	size_t len;
	uid_t owner;
	mode_t mode;
	int wanted;
	const char *why;
} files[] = {
	{ 32, 0, 0640, MFA_OK, "" },
	{ 32, 0, 0600, MFA_OK, "" },
	{ 32, 0, 0440, MFA_OK, "" },
	{ 32, 0, 0400, MFA_OK, "" },
	{ 32, 0, 0644, MFA_E_CONFIG, "has a mode wider than 0640" },
	{ 32, 0, 0660, MFA_E_CONFIG, "has a mode wider than 0640" },
	{ 32, 0, 0642, MFA_E_CONFIG, "has a mode wider than 0640" },
	{ 32, 0, 0641, MFA_E_CONFIG, "has a mode wider than 0640" },
	{ 32, 0, 0700, MFA_E_CONFIG, "has a mode wider than 0640" },
	{ 32, 0, 04640, MFA_E_CONFIG, "has a mode wider than 0640" },
	{ 32, 1, 0640, MFA_E_CONFIG, "is not owned by root" },
	{ 32, 65534, 0600, MFA_E_CONFIG, "is not owned by root" },
	{ 31, 0, 0640, MFA_E_CONFIG, "does not hold exactly 32 bytes; restore it from a copy" },
	{ 33, 0, 0640, MFA_E_CONFIG, "does not hold exactly 32 bytes; restore it from a copy" },
	{ 0, 0, 0640, MFA_E_CONFIG, "does not hold exactly 32 bytes; restore it from a copy" },
};

/* What seal_key_read makes of what is at the path; on error no key is left. */
static int
read_key(const char **why)
{
	static const struct seal_key none;
	struct seal_key k;
	int r;

	memset(&k, 'x', sizeof(k));
	*why = NULL;
	r = seal_key_read(path, &k, why);
	ck_assert_ptr_nonnull(*why);
	if (r == MFA_OK)
		ck_assert_mem_eq(k.bytes, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", 32);
	else
		ck_assert_mem_eq(&k, &none, sizeof(k));
	return r;
}

START_TEST(key_file_of_others_is_refused)
{
	const char *why;

	make_dir();
	put(path, files[_i].len, files[_i].owner, files[_i].mode);
	ck_assert_int_eq(read_key(&why), files[_i].wanted);
	ck_assert_str_eq(why, files[_i].why);
	remove_dir();
}
END_TEST

START_TEST(key_file_that_is_no_file_is_refused)
{
	const char *why;

	make_dir();
	ck_assert_int_eq(read_key(&why), MFA_E_ABSENT);
	ck_assert_str_eq(why, "is missing; restore it from a copy");

	put(other, 32, 0, 0640);
	ck_assert_int_eq(symlink(other, path), 0);
	ck_assert_int_eq(read_key(&why), MFA_E_CONFIG);
	ck_assert_str_eq(why, "is a symbolic link");
	ck_assert_int_eq(unlink(path), 0);

	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(read_key(&why), MFA_E_CONFIG);
	ck_assert_str_eq(why, "is not a regular file");
	ck_assert_int_eq(rmdir(path), 0);

	ck_assert_int_eq(mkfifo(path, 0600), 0);	/* and nobody writes to it */
	ck_assert_int_eq(read_key(&why), MFA_E_CONFIG);
	ck_assert_str_eq(why, "is not a regular file");
	remove_dir();
}
END_TEST

START_TEST(key_file_that_one_may_not_read_is_an_error)
{
	const char *why;
	int status;
	pid_t child;

	make_dir();
	ck_assert_int_eq(chmod(dir, 0755), 0);
	put(path, 32, 0, 0600);
	ck_assert_int_ne(child = fork(), -1);
	if (child == 0) {
		struct seal_key k;

		if (setgid(65534) == -1 || setuid(65534) == -1)
			_exit(2);
		_exit(seal_key_read(path, &k, &why) != MFA_E_SYSTEM || errno != EACCES ||
		    strcmp(why, "cannot be opened") != 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	remove_dir();
}
END_TEST

START_TEST(new_key_file_is_whole_and_never_replaces_one)
{
	struct seal_key first, again;
	struct stat st;
	const char *why;

	make_dir();
	ck_assert_int_eq(seal_key_create(path, 7), MFA_OK);
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0640);
	ck_assert_uint_eq(st.st_uid, 0);
	ck_assert_uint_eq(st.st_gid, 7);
	ck_assert_uint_eq(st.st_nlink, 1);	/* nothing is left beside it */
	ck_assert_int_eq(seal_key_read(path, &first, &why), MFA_OK);

	ck_assert_int_eq(seal_key_create(path, 0), MFA_E_EXISTS);
	ck_assert_int_eq(seal_key_read(path, &again, &why), MFA_OK);
	ck_assert_mem_eq(&first, &again, sizeof(first));

	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("nowhere", path), 0);
	ck_assert_int_eq(seal_key_create(path, 0), MFA_E_EXISTS);

	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(seal_key_create(path, 0), MFA_OK);
	ck_assert_int_eq(seal_key_read(path, &again, &why), MFA_OK);
	ck_assert_mem_ne(&first, &again, sizeof(first));
	remove_dir();
}
END_TEST

START_TEST(new_key_file_needs_its_directory)
{
	ck_assert_int_eq(seal_key_create("/nonexistent/state.key", 0), MFA_E_SYSTEM);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("seal");
	TCase *t = tcase_create("seal");

	tcase_add_test(t, what_was_sealed_opens);
	tcase_add_test(t, every_changed_bit_is_noticed);
	tcase_add_test(t, every_other_length_is_noticed);
	tcase_add_test(t, another_row_does_not_open);
	tcase_add_test(t, another_key_does_not_open);
	tcase_add_test(t, no_nonce_comes_twice);
	tcase_add_test(t, limits_are_kept);
	tcase_add_loop_test(t, key_file_of_others_is_refused, 0,
	    (int)(sizeof(files) / sizeof(files[0])));
	tcase_add_test(t, key_file_that_is_no_file_is_refused);
	tcase_add_test(t, key_file_that_one_may_not_read_is_an_error);
	tcase_add_test(t, new_key_file_is_whole_and_never_replaces_one);
	tcase_add_test(t, new_key_file_needs_its_directory);
	suite_add_tcase(s, t);
	return suite_run(s);
}
