/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures: the keys that may be used, and the one form that each signature
 * has.
 */
#include <check.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <string.h>

#include "../suite.h"
#include "error.h"
#include "sign.h"

#define rows(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const char message[] = "pam_mfa";

static struct sign_key
new_key(enum signature_algorithm a)
{
	struct sign_key key;

	ck_assert_int_eq(sign_key_new(a, &key), MFA_OK);
	ck_assert_int_eq(signature_key_check(a, &key.public), MFA_OK);
	return key;
}

static int
verify(const struct sign_key *key, const struct blob *sig)
{
	return signature_verify(key->algorithm, &key->public, message, strlen(message), sig->data,
	    sig->len);
}

START_TEST(a_signature_counts_for_its_key_and_data_only)
{
	enum signature_algorithm a = _i == 0 ? SIGNATURE_P256 : SIGNATURE_ED25519;
	struct sign_key key = new_key(a), other = new_key(a);
	struct blob sig;

	ck_assert_int_eq(sign(&key, message, strlen(message), &sig), MFA_OK);
	ck_assert_int_eq(verify(&key, &sig), MFA_OK);
	ck_assert_int_eq(verify(&other, &sig), MFA_E_REFUSED);
	ck_assert_int_eq(signature_verify(a, &key.public, message, strlen(message) - 1, sig.data,
	    sig.len), MFA_E_REFUSED);
	ck_assert_int_eq(signature_verify(a, &key.public, message, strlen(message) + 1, sig.data,
	    sig.len), MFA_E_REFUSED);
	/* A key of one kind is none of the other. */
	ck_assert_int_eq(signature_verify(a == SIGNATURE_P256 ? SIGNATURE_ED25519 : SIGNATURE_P256,
	    &key.public, message, strlen(message), sig.data, sig.len), MFA_E_INVALID);
	ck_assert_int_eq(signature_verify((enum signature_algorithm)0, &key.public, message,
	    strlen(message), sig.data, sig.len), MFA_E_INVALID);
}
END_TEST

START_TEST(every_changed_bit_is_refused)
{
	struct sign_key key = new_key(_i == 0 ? SIGNATURE_P256 : SIGNATURE_ED25519);
	struct blob sig;
	size_t i;

	ck_assert_int_eq(sign(&key, message, strlen(message), &sig), MFA_OK);
	for (i = 0; i < 8 * sig.len; i++) {
		sig.data[i / 8] ^= (unsigned char)(1 << i % 8);
		ck_assert_int_eq(verify(&key, &sig), MFA_E_REFUSED);
		sig.data[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	ck_assert_int_eq(verify(&key, &sig), MFA_OK);
}
END_TEST

START_TEST(every_other_length_is_refused)
{
	struct sign_key key = new_key(_i == 0 ? SIGNATURE_P256 : SIGNATURE_ED25519);
	struct blob sig;
	size_t len;

	ck_assert_int_eq(sign(&key, message, strlen(message), &sig), MFA_OK);
	for (len = 0; len <= sizeof(sig.data); len++)
		if (len != sig.len)
			ck_assert_int_eq(signature_verify(key.algorithm, &key.public, message,
			    strlen(message), sig.data, len), MFA_E_REFUSED);
}
END_TEST

START_TEST(nothing_is_left_in_openssls_queue)
{
	static const struct blob zeros = { .len = SIGNATURE_P256_KEY };
	static const unsigned char sig[] = { 0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02 };
	struct blob infinity = zeros;
	struct sign_key key = new_key(SIGNATURE_P256);

	ERR_clear_error();
	infinity.data[0] = 0x04;
	ck_assert_int_eq(signature_key_check(SIGNATURE_P256, &infinity), MFA_E_INVALID);
	ck_assert_int_eq(signature_verify(SIGNATURE_P256, &key.public, "", 0, sig, sizeof(sig)),
	    MFA_E_REFUSED);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	ck_assert_int_eq(signature_warm_up(), MFA_OK);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}
END_TEST

/* ---- P-256 ---- */

START_TEST(points_that_are_no_keys_are_refused)
{
	struct sign_key key = new_key(SIGNATURE_P256);
	struct blob b = key.public;
	size_t i;

	b.data[64] ^= 1;			/* off the curve */
	ck_assert_int_eq(signature_key_check(SIGNATURE_P256, &b), MFA_E_INVALID);
	b = key.public;
	b.data[1] ^= 0x80;
	ck_assert_int_eq(signature_key_check(SIGNATURE_P256, &b), MFA_E_INVALID);
	for (i = 0; i < 256; i++) {		/* compressed, hybrid, infinity, nonsense */
		b = key.public;
		b.data[0] = (unsigned char)i;
		ck_assert_int_eq(signature_key_check(SIGNATURE_P256, &b),
		    i == 4 ? MFA_OK : MFA_E_INVALID);
		b.len = 33;
		ck_assert_int_eq(signature_key_check(SIGNATURE_P256, &b), MFA_E_INVALID);
		b.len = 1;
		ck_assert_int_eq(signature_key_check(SIGNATURE_P256, &b), MFA_E_INVALID);
	}
	b = key.public;
	for (b.len = 0; b.len <= sizeof(b.data); b.len++)
		ck_assert_int_eq(signature_key_check(SIGNATURE_P256, &b),
		    b.len == 65 ? MFA_OK : MFA_E_INVALID);
	memset(b.data, 0xff, sizeof(b.data));	/* coordinates above the prime */
	b.len = 65;
	b.data[0] = 4;
	ck_assert_int_eq(signature_key_check(SIGNATURE_P256, &b), MFA_E_INVALID);
	memset(b.data + 1, 0, 64);		/* (0, 0) */
	ck_assert_int_eq(signature_key_check(SIGNATURE_P256, &b), MFA_E_INVALID);
}
END_TEST

/* r and s as numbers, written as DER wants or otherwise. */
static void
read_numbers(const struct blob *sig, BIGNUM **r, BIGNUM **s)
{
	const unsigned char *at = sig->data + 2;

	*r = BN_bin2bn(at + 2, at[1], NULL);
	at += 2 + at[1];
	*s = BN_bin2bn(at + 2, at[1], NULL);
	ck_assert(*r != NULL && *s != NULL);
}

static size_t
write_number(const BIGNUM *n, size_t zeros, unsigned char *to)
{
	unsigned char bytes[64];
	size_t len = (size_t)BN_bn2bin(n, bytes);

	to[0] = 2;
	to[1] = (unsigned char)(len + zeros);
	memset(to + 2, 0, zeros);
	memcpy(to + 2 + zeros, bytes, len);
	return 2 + zeros + len;
}

/* Zeros before a number: those that it needs, and more. */
static void
write_signature(const BIGNUM *r, const BIGNUM *s, size_t more, struct blob *out)
{
	size_t len = 0;

	out->data[0] = 0x30;
	len += write_number(r, (BN_num_bits(r) % 8 == 0) + more, out->data + 2);
	len += write_number(s, BN_num_bits(s) % 8 == 0, out->data + 2 + len);
	out->data[1] = (unsigned char)len;
	out->len = len + 2;
}

static BIGNUM *
order(void)
{
	BIGNUM *n = NULL;

	ck_assert(BN_hex2bn(&n, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"));
	return n;
}

START_TEST(der_has_one_spelling)
{
	struct sign_key key = new_key(SIGNATURE_P256);
	struct blob sig, other;
	BIGNUM *r, *s;

	do {	/* with room for a zero too many, and a zero that is needed */
		ck_assert_int_eq(sign(&key, message, strlen(message), &sig), MFA_OK);
	} while (sig.len >= SIGNATURE_P256_MAX || sig.data[3] != 33);
	read_numbers(&sig, &r, &s);
	write_signature(r, s, 0, &other);
	ck_assert(other.len == sig.len && memcmp(other.data, sig.data, sig.len) == 0);
	write_signature(r, s, 1, &other);			/* a zero too many */
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	other = sig;						/* a negative number */
	memmove(other.data + 4, sig.data + 5, sig.len - 5);
	other.data[1]--;
	other.data[3]--;
	other.len--;
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	other = sig;						/* the long form of a length */
	memmove(other.data + 3, sig.data + 2, sig.len - 2);
	other.data[1] = 0x81;
	other.data[2] = sig.data[1];
	other.len++;
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	other = sig;						/* something behind it */
	other.data[other.len++] = 0;
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	other.data[1]++;
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	other = sig;						/* no sequence */
	other.data[0] = 0x31;
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	BN_free(r);
	BN_free(s);
}
END_TEST

START_TEST(numbers_out_of_range_are_refused_and_either_s_is_taken)
{
	struct sign_key key = new_key(SIGNATURE_P256);
	BIGNUM *n = order(), *zero = BN_new(), *x = BN_new(), *r, *s;
	struct blob sig, other;

	BN_zero(zero);
	ck_assert_int_eq(sign(&key, message, strlen(message), &sig), MFA_OK);
	read_numbers(&sig, &r, &s);
	ck_assert(BN_sub(x, n, s));
	write_signature(r, x, 0, &other);
	ck_assert_int_eq(verify(&key, &other), MFA_OK);
	write_signature(zero, s, 0, &other);
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	write_signature(r, zero, 0, &other);
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	write_signature(zero, zero, 0, &other);
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	write_signature(r, n, 0, &other);
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	write_signature(n, n, 0, &other);
	ck_assert_int_eq(verify(&key, &other), MFA_E_REFUSED);
	BN_free(n);
	BN_free(zero);
	BN_free(x);
	BN_free(r);
	BN_free(s);
}
END_TEST

/* ---- Ed25519 ---- */

/* Every form of the points of small order, canonical or not, and of y that is
 * not reduced: hexadecimal, little-endian, without the sign. */
static const char *const unsound[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static unsigned char
nibble(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

START_TEST(points_of_small_order_and_unreduced_ones_are_refused)
{
	/* R and S that the point of order 1 "signs" everything with. */
	unsigned char sig[SIGNATURE_ED25519_LEN] = { 1 };
	struct blob key = { .len = SIGNATURE_ED25519_KEY };
	size_t i;

	for (i = 0; i < 32; i++)
		key.data[i] = (unsigned char)(nibble(unsound[_i][2 * i]) << 4 |
		    nibble(unsound[_i][2 * i + 1]));
	ck_assert_int_eq(signature_key_check(SIGNATURE_ED25519, &key), MFA_E_INVALID);
	ck_assert_int_eq(signature_verify(SIGNATURE_ED25519, &key, message, strlen(message), sig,
	    sizeof(sig)), MFA_E_INVALID);
	key.data[31] |= 0x80;
	ck_assert_int_eq(signature_key_check(SIGNATURE_ED25519, &key), MFA_E_INVALID);
	ck_assert_int_eq(signature_verify(SIGNATURE_ED25519, &key, message, strlen(message), sig,
	    sizeof(sig)), MFA_E_INVALID);
}
END_TEST

START_TEST(keys_of_other_lengths_are_refused)
{
	struct sign_key key = new_key(SIGNATURE_ED25519);
	struct blob b = key.public;

	for (b.len = 0; b.len <= sizeof(b.data); b.len++)
		ck_assert_int_eq(signature_key_check(SIGNATURE_ED25519, &b),
		    b.len == 32 ? MFA_OK : MFA_E_INVALID);
}
END_TEST

/* RFC 8032 section 5.1.7: S is below L. */
START_TEST(s_with_the_order_added_is_refused)
{
	static const unsigned char l[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6,
		0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	struct sign_key key = new_key(SIGNATURE_ED25519);
	unsigned int i, carry = 0;
	struct blob sig;

	ck_assert_int_eq(sign(&key, message, strlen(message), &sig), MFA_OK);
	for (i = 0; i < 32; i++) {
		carry += (unsigned int)sig.data[32 + i] + l[i];
		sig.data[32 + i] = (unsigned char)carry;
		carry >>= 8;
	}
	ck_assert_uint_eq(carry, 0);
	ck_assert_int_eq(verify(&key, &sig), MFA_E_REFUSED);
}
END_TEST

/* ---- keys to sign with ---- */

START_TEST(a_kept_key_is_the_same_key)
{
	struct sign_key p = new_key(SIGNATURE_P256), e = new_key(SIGNATURE_ED25519), again;
	struct blob sig;

	ck_assert_int_eq(sign_key_p256(p.secret, &p.public, &again), MFA_OK);
	ck_assert_int_eq(sign(&again, message, strlen(message), &sig), MFA_OK);
	ck_assert_int_eq(verify(&p, &sig), MFA_OK);
	ck_assert_int_eq(sign_key_ed25519(e.secret, &again), MFA_OK);
	ck_assert_mem_eq(again.public.data, e.public.data, 32);
	p.public.data[7] ^= 1;
	ck_assert_int_eq(sign_key_p256(p.secret, &p.public, &again), MFA_E_INVALID);
	ck_assert_uint_eq(again.secret[0] | again.secret[31], 0);
	ck_assert_int_eq(sign_key_new((enum signature_algorithm)3, &again), MFA_E_INVALID);
	ck_assert_int_eq(sign(&again, message, strlen(message), &sig), MFA_E_CRYPTO);
	ck_assert_uint_eq(sig.len, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("signature");
	TCase *t = tcase_create("signature");

	tcase_add_loop_test(t, a_signature_counts_for_its_key_and_data_only, 0, 2);
	tcase_add_loop_test(t, every_changed_bit_is_refused, 0, 2);
	tcase_add_loop_test(t, every_other_length_is_refused, 0, 2);
	tcase_add_test(t, nothing_is_left_in_openssls_queue);
	tcase_add_test(t, points_that_are_no_keys_are_refused);
	tcase_add_test(t, der_has_one_spelling);
	tcase_add_test(t, numbers_out_of_range_are_refused_and_either_s_is_taken);
	tcase_add_loop_test(t, points_of_small_order_and_unreduced_ones_are_refused, 0,
	    rows(unsound));
	tcase_add_test(t, keys_of_other_lengths_are_refused);
	tcase_add_test(t, s_with_the_order_added_is_refused);
	tcase_add_test(t, a_kept_key_is_the_same_key);
	suite_add_tcase(s, t);
	return suite_run(s);
}
