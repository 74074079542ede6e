/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * That OpenSSL, once warm, needs nothing that the sandbox of a login refuses.
 */
#include <check.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../suite.h"
#include "crypto.h"
#include "device_world.h"
#include "error.h"
#include "onetime.h"
#include "otp.h"
#include "seal.h"

#define KILL(call) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

/* Whatever takes a name or makes a descriptor or a process. */
static struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, nr)),
	KILL(openat), KILL(openat2), KILL(faccessat), KILL(faccessat2), KILL(newfstatat),
	KILL(statx), KILL(readlinkat), KILL(socket), KILL(socketpair), KILL(connect),
	KILL(pipe2), KILL(memfd_create), KILL(clone), KILL(clone3), KILL(execve),
#ifdef SYS_open
	KILL(open), KILL(access), KILL(stat), KILL(lstat), KILL(readlink), KILL(fork),
#endif
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static int
seclude(void)
{
	struct sock_fprog program = { .len = sizeof(filter) / sizeof(filter[0]), .filter = filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int
warm_up(void)
{
	int r = otp_warm_up();

	if (r == MFA_OK)
		r = seal_warm_up();
	return r == MFA_OK ? approval_warm_up() : r;
}

/* How a child ends that does it without being able to open anything. */
static int
status_of(int (*work)(void))
{
	pid_t child;
	int status;

	if (work != warm_up)
		ck_assert_int_eq(warm_up(), MFA_OK);
	ck_assert_int_ne(child = fork(), -1);
	if (child == 0)
		_exit(seclude() == -1 ? 99 : work() == MFA_OK ? 0 : 1);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static int
all_codes(void)
{
	struct secret key = { .len = 64 };
	struct otp_params p = otp_default;
	char code[OTP_CODE_MAX];
	uint64_t match;
	int r = MFA_OK;

	for (; r == MFA_OK && p.algorithm <= OTP_SHA512; p.algorithm++) {
		if ((r = otp_code(&p, &key, 5, code)) == MFA_OK)
			r = otp_find(&p, &key, code, 0, 200, &match);
	}
	return r == MFA_OK ? otp_key_new(OTP_SHA1, &key) : r;
}

static int
all_seals(void)
{
	struct secret plain = { .len = 20 };
	struct seal_key key = { .bytes = { 1 } };
	unsigned char sealed[20 + SEAL_OVERHEAD];
	size_t len;
	int r = seal(&key, "bound", &plain, sealed, sizeof(sealed), &len);

	if (r == MFA_OK)
		r = unseal(&key, "bound", sealed, len, &plain);
	if (r == MFA_OK && unseal(&key, "other", sealed, len, &plain) != MFA_E_CRYPTO)
		r = MFA_E_INTERNAL;
	return r;
}

static int
slow_hash(void)
{
	unsigned char salt[ONETIME_SALT_LEN], hash[ONETIME_HASH_LEN];
	struct secret text;
	int r = secret_set(&text, "abcdefghijklmnop", 16);

	if (r == MFA_OK && (r = onetime_salt(salt)) == MFA_OK)
		r = onetime_hash(&text, salt, hash);
	return r;
}

/* Keys and signatures are made here too, before: what is left is verifying. */
static int
all_approvals(void)
{
	static struct world_assertion a[WORLD_KINDS];
	static struct evidence e[WORLD_KINDS];
	struct approval out;
	int i, r = MFA_OK;

	if (world_statement.expires == 0) {
		world_make();
		for (i = DEVICE_P256; i < WORLD_KINDS; i++)
			world_answer((enum device_kind)i, &world_statement, &a[i], &e[i]);
		return MFA_OK;
	}
	for (i = DEVICE_P256; r == MFA_OK && i < WORLD_KINDS; i++)
		r = approval_verify(&world_statement, world_signed[i].text, world_signed[i].len,
		    &world_trust, &e[i], WORLD_NOW, &out);
	return r;
}

static int
opens_a_file(void)
{
	(void)access("/", F_OK);
	return MFA_OK;
}

START_TEST(warming_up_reads_no_configuration)
{
	ck_assert_int_eq(status_of(warm_up), 0);
}
END_TEST

START_TEST(codes_open_nothing_once_warm)
{
	ck_assert_int_eq(status_of(all_codes), 0);
}
END_TEST

START_TEST(seals_open_nothing_once_warm)
{
	ck_assert_int_eq(status_of(all_seals), 0);
}
END_TEST

START_TEST(slow_hash_opens_nothing_once_warm)
{
	ck_assert_int_eq(status_of(slow_hash), 0);
}
END_TEST

START_TEST(approvals_open_nothing_once_warm)
{
	ck_assert_int_eq(all_approvals(), MFA_OK);
	ck_assert_int_eq(status_of(all_approvals), 0);
}
END_TEST

START_TEST(this_test_would_notice)
{
	ck_assert(WIFSIGNALED(status_of(opens_a_file)));
}
END_TEST

START_TEST(random_bytes_fill_the_whole_buffer)
{
	unsigned char a[1000] = { 0 }, seen[1000] = { 0 };
	size_t i, n;

	for (n = 0; n < 40; n++) {
		ck_assert_int_eq(crypto_random(a, sizeof(a)), MFA_OK);
		for (i = 0; i < sizeof(a); i++)
			seen[i] |= a[i];
	}
	ck_assert_ptr_null(memchr(seen, 0, sizeof(seen)));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("crypto");
	TCase *t = tcase_create("crypto");

	tcase_add_test(t, warming_up_reads_no_configuration);
	tcase_add_test(t, codes_open_nothing_once_warm);
	tcase_add_test(t, seals_open_nothing_once_warm);
	tcase_add_test(t, slow_hash_opens_nothing_once_warm);
	tcase_add_test(t, approvals_open_nothing_once_warm);
	tcase_add_test(t, this_test_would_notice);
	tcase_add_test(t, random_bytes_fill_the_whole_buffer);
	suite_add_tcase(s, t);
	return suite_run(s);
}
