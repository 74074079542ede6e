/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state when its files are damaged, missing or not ours to write: an error
 * with words, never a crash; and all is well when the fault is gone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "store_world.h"

#define NOBODY 65534
#define FILES 3

static const char *const names[FILES] = { "state.db", "state.db-wal", "state.db-shm" };

static struct store_world w;

/* The files as they were, sound. */
static struct {
	unsigned char *bytes;
	size_t size;
} sound[FILES];

/* What a child told. */
static struct {
	volatile int result;
	char why[256];
} *told;

static void
save(void)
{
	struct stat st;
	int i, fd;

	for (i = 0; i < FILES; i++) {
		fd = open(store_world_path(&w, names[i]), O_RDONLY);
		ck_assert_int_ne(fd, -1);
		ck_assert_int_eq(fstat(fd, &st), 0);
		sound[i].size = (size_t)st.st_size;
		sound[i].bytes = malloc(sound[i].size + 1);
		ck_assert_int_eq(read(fd, sound[i].bytes, sound[i].size), st.st_size);
		(void)close(fd);
	}
}

static void
put(int file, const unsigned char *bytes, size_t size)
{
	int fd = open(store_world_path(&w, names[file]), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	(void)close(fd);
}

static void
restore(void)
{
	int i;

	for (i = 0; i < FILES; i++)
		put(i, sound[i].bytes, sound[i].size);
}

/* A login of alice; its process ends without closing, as they do. */
static int
spend(int64_t step)
{
	struct token tokens[TOKENS_MAX];
	struct audit a = { .event = "login", .user = "alice" };
	struct user_state u;
	struct store *s;
	size_t count = 0;
	int r = store_open(w.dir, &w.key, STORE_LOGIN, &s, told->why, sizeof(told->why));

	if (r != MFA_OK)
		return r;
	if ((r = store_begin(s, 2000)) == MFA_OK) {
		if ((r = store_user(s, "alice", NOW, &u)) == MFA_OK &&
		    (r = store_tokens(s, "alice", tokens, &count)) == MFA_OK)
			r = count == 1 ? MFA_OK : MFA_E_ABSENT;
		if (r == MFA_OK && (r = store_token_spend(s, tokens[0].id, step, NOW)) == MFA_OK &&
		    (r = store_audit(s, &a, NOW)) == MFA_OK)
			r = store_commit(s, true);
		store_rollback(s);
	}
	(void)snprintf(told->why, sizeof(told->why), "%s", store_message(s));
	return r;
}

/* The same in a process of its own, which must not crash or hang. */
static int
login(int64_t step)
{
	int status;
	pid_t pid;

	memset(told, 0, sizeof(*told));
	if ((pid = fork()) == 0) {
		(void)alarm(20);
		told->result = spend(step);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return told->result;
}

static void
is_well_again(void)
{
	restore();
	ck_assert_msg(login(1000) == MFA_OK, "%s", told->why);
}

static void
setup(void)
{
	if (access("/dev/shm", W_OK) == 0)
		store_world_base = "/dev/shm";
	store_world_make(&w);
	store_world_enrol(w.store, "alice", "phone");
	store_close(&w.store);
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(told, MAP_FAILED);
	/* Part of it lies in the log. */
	ck_assert_int_eq(login(1), MFA_OK);
	ck_assert_int_eq(login(2), MFA_OK);
	save();
}

static void
teardown(void)
{
	store_world_drop(&w);
}

/* ---- bytes ---- */

START_TEST(a_damaged_header_is_an_error_or_nothing)
{
	size_t i, errors = 0;

	for (i = 0; i < 100; i++) {
		restore();
		sound[0].bytes[i] ^= 0xff;
		put(0, sound[0].bytes, sound[0].size);
		put(1, sound[1].bytes, 0);
		sound[0].bytes[i] ^= 0xff;
		(void)login(3);
		ck_assert_int_le(told->result, MFA_OK);
		if (told->result != MFA_OK) {
			errors++;
			ck_assert_int_eq(told->result, MFA_E_STATE);
			ck_assert_ptr_nonnull(strstr(told->why, "state.db"));
		}
		is_well_again();
	}
	ck_assert_uint_gt(errors, 16);
}
END_TEST

START_TEST(a_file_that_is_no_database_says_so)
{
	static const unsigned char text[8192] = "this was a database once";

	put(0, text, sizeof(text));
	put(1, text, 0);
	ck_assert_int_eq(login(3), MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(told->why, "is damaged"));
	ck_assert_ptr_nonnull(strstr(told->why, "backup"));
	is_well_again();
}
END_TEST

START_TEST(damaged_pages_crash_nobody)
{
	unsigned char *copy = malloc(sound[0].size);
	size_t at, errors = 0;
	int r;

	for (at = 4096; at < sound[0].size; at += 509) {
		restore();
		memcpy(copy, sound[0].bytes, sound[0].size);
		memset(copy + at, (int)(at * 37 % 256),
		    64 < sound[0].size - at ? 64 : sound[0].size - at);
		put(0, copy, sound[0].size);
		put(1, copy, 0);
		r = login(3);
		errors += r != MFA_OK;
		ck_assert(r == MFA_OK || r == MFA_E_STATE || r == MFA_E_CRYPTO ||
		    r == MFA_E_REFUSED || r == MFA_E_ABSENT);
	}
	ck_assert_uint_gt(errors, 0);
	is_well_again();
	free(copy);
}
END_TEST

START_TEST(a_database_cut_short_lets_nobody_in)
{
	size_t size;

	for (size = 0; size <= sound[0].size / 2; size += size < 200 ? 50 : 2000) {
		restore();
		put(0, sound[0].bytes, size);
		put(1, sound[1].bytes, 0);
		ck_assert_msg(login(3) == MFA_E_STATE, "%zu bytes: %d", size, told->result);
	}
	is_well_again();
}
END_TEST

/* A log holds whole transactions up to the damage, and none after it. */
START_TEST(a_damaged_log_ends_at_the_damage)
{
	size_t at;
	int r;

	for (at = 0; at < sound[1].size; at += 701) {
		restore();
		put(1, sound[1].bytes, at);
		r = login(3);
		ck_assert_msg(r == MFA_OK, "cut at %zu: %s", at, told->why);
		ck_assert_int_eq(store_world_sql(&w, "SELECT last FROM token"), 3);
		restore();
		sound[1].bytes[at] ^= 0x10;
		put(1, sound[1].bytes, sound[1].size);
		sound[1].bytes[at] ^= 0x10;
		r = login(2);
		ck_assert_msg(r == MFA_OK || r == MFA_E_REFUSED || (at < 32 && r == MFA_E_STATE),
		    "flipped at %zu: %s", at, told->why);
		ck_assert_int_eq(store_world_sql(&w,
		    "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
	}
	is_well_again();
}
END_TEST

START_TEST(a_damaged_index_of_the_log_is_made_anew)
{
	unsigned char *garbage = malloc(sound[2].size);

	memset(garbage, 0x5a, sound[2].size);
	put(2, garbage, sound[2].size);
	ck_assert_int_eq(login(2), MFA_E_REFUSED);
	ck_assert_int_eq(login(3), MFA_OK);
	free(garbage);
}
END_TEST

/* ---- rights ---- */

/* As somebody whom rights bind. */
static int
login_of_nobody(int64_t step)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		if (geteuid() == 0 && (setgid(NOBODY) == -1 || setuid(NOBODY) == -1))
			_exit(2);
		memset(told, 0, sizeof(*told));
		told->result = spend(step);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return told->result;
}

static void
give_to_nobody(void)
{
	static const char *const all[] = { "state.db", "state.db-wal", "state.db-shm", "lock" };
	size_t i;

	if (geteuid() != 0)
		return;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		ck_assert_int_eq(chown(store_world_path(&w, all[i]), NOBODY, NOBODY), 0);
	ck_assert_int_eq(chown(w.dir, NOBODY, NOBODY), 0);
}

START_TEST(a_directory_that_cannot_be_written_is_an_error_with_words)
{
	give_to_nobody();
	ck_assert_msg(login_of_nobody(3) == MFA_OK, "%s", told->why);
	ck_assert_int_eq(unlink(store_world_path(&w, "lock")), 0);
	ck_assert_int_eq(chmod(w.dir, 0500), 0);
	ck_assert_int_eq(login_of_nobody(4), MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(told->why, "lock: Permission denied"));
	ck_assert_int_eq(chmod(w.dir, 0700), 0);
	ck_assert_int_eq(login_of_nobody(4), MFA_OK);
	ck_assert_int_eq(unlink(store_world_path(&w, "state.db-shm")), 0);
	ck_assert_int_eq(chmod(w.dir, 0500), 0);
	ck_assert_int_eq(login_of_nobody(5), MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(told->why, "state.db"));
	ck_assert_int_eq(chmod(w.dir, 0700), 0);
	ck_assert_int_eq(login_of_nobody(5), MFA_OK);
}
END_TEST

START_TEST(files_that_cannot_be_written_or_read_are_errors_with_words)
{
	static const char *const all[] = { "state.db", "state.db-wal", "lock" };
	static const mode_t modes[] = { 0400, 0 };
	int64_t step = 10;
	size_t i, j;

	give_to_nobody();
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		for (j = 0; j < sizeof(modes) / sizeof(modes[0]); j++) {
			ck_assert_int_eq(chmod(store_world_path(&w, all[i]), modes[j]), 0);
			ck_assert_msg(login_of_nobody(++step) == MFA_E_STATE, "%s %o: %d", all[i],
			    modes[j], told->result);
			ck_assert_ptr_nonnull(strstr(told->why, w.dir));
			ck_assert_ptr_nonnull(strstr(told->why, "Permission denied"));
			ck_assert_int_eq(chmod(store_world_path(&w, all[i]), 0600), 0);
			ck_assert_int_eq(login_of_nobody(step), MFA_OK);
		}
	}
}
END_TEST

START_TEST(links_are_not_followed)
{
	char target[128];

	snprintf(target, sizeof(target), "%s", store_world_path(&w, "elsewhere"));
	ck_assert_int_eq(rename(store_world_path(&w, "lock"), target), 0);
	ck_assert_int_eq(symlink(target, store_world_path(&w, "lock")), 0);
	ck_assert_int_eq(login(3), MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(told->why, "lock"));
	ck_assert_int_eq(unlink(store_world_path(&w, "lock")), 0);
	ck_assert_int_eq(login(3), MFA_OK);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_damaged_header_is_an_error_or_nothing, a_file_that_is_no_database_says_so,
		damaged_pages_crash_nobody, a_database_cut_short_lets_nobody_in,
		a_damaged_log_ends_at_the_damage, a_damaged_index_of_the_log_is_made_anew,
		a_directory_that_cannot_be_written_is_an_error_with_words,
		files_that_cannot_be_written_or_read_are_errors_with_words, links_are_not_followed,
		NULL
	};

	return store_world_run("store_damage", setup, teardown, 100, tests);
}
