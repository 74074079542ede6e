/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An enrolment: only the phone that saw the secret is taken, and exactly with
 * the key that it sent.
 */

#include "../suite.h"
#include "device_world.h"
#include "enrol.h"

static const unsigned char secret[ENROL_SECRET_LEN] = "0123456789abcdef0123456789abcde";
static char text[RECORD_MAX + 1];
static unsigned char mac[ENROL_MAC_LEN];
static size_t len;

static void
make(enum device_kind kind)
{
	ck_assert_int_eq(enrol_format(&world_certificates[kind].device, text, sizeof(text), &len),
	    MFA_OK);
	ck_assert_int_eq(enrol_mac(secret, text, len, mac), MFA_OK);
}

static enum refusal
verify(const unsigned char *key, size_t text_len, size_t mac_len, const char *user)
{
	static const struct device none;
	enum refusal why = REFUSAL_NONE;
	struct device d;
	int r;

	memset(&d, 7, sizeof(d));
	r = enrol_verify(key, text, text_len, mac, mac_len, user, &d, &why);
	ck_assert((r == MFA_OK) == (why == REFUSAL_NONE));
	ck_assert(r == MFA_OK || memcmp(&d, &none, sizeof(d)) == 0);
	return why;
}

START_TEST(the_phone_that_saw_the_secret_is_taken)
{
	enum refusal why;
	struct device d;

	make((enum device_kind)_i);
	ck_assert_int_eq(enrol_verify(secret, text, len, mac, sizeof(mac), WORLD_USER, &d, &why),
	    MFA_OK);
	ck_assert(memcmp(&d, &world_certificates[_i].device, sizeof(d)) == 0);
}
END_TEST

START_TEST(every_changed_bit_is_refused)
{
	unsigned char other[ENROL_SECRET_LEN];
	size_t i;

	make((enum device_kind)_i);
	for (i = 0; i < 8 * len; i++) {
		text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
		ck_assert_int_eq(verify(secret, len, sizeof(mac), WORLD_USER), REFUSAL_PROOF);
		text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
	}
	for (i = 0; i < 8 * sizeof(mac); i++) {
		mac[i / 8] ^= (unsigned char)(1 << i % 8);
		ck_assert_int_eq(verify(secret, len, sizeof(mac), WORLD_USER), REFUSAL_PROOF);
		mac[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	memcpy(other, secret, sizeof(other));
	for (i = 0; i < 8 * sizeof(other); i++) {
		other[i / 8] ^= (unsigned char)(1 << i % 8);
		ck_assert_int_eq(verify(other, len, sizeof(mac), WORLD_USER), REFUSAL_PROOF);
		other[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	ck_assert_int_eq(verify(secret, len, sizeof(mac), WORLD_USER), REFUSAL_NONE);
}
END_TEST

START_TEST(other_lengths_are_refused)
{
	size_t i;

	make(DEVICE_P256);
	for (i = 0; i < len; i++)
		ck_assert_int_eq(verify(secret, i, sizeof(mac), WORLD_USER), REFUSAL_PROOF);
	for (i = 0; i < sizeof(mac); i++)
		ck_assert_int_eq(verify(secret, len, i, WORLD_USER), REFUSAL_PROOF);
	ck_assert_int_eq(verify(secret, RECORD_MAX + 1, sizeof(mac), WORLD_USER), REFUSAL_FORM);
}
END_TEST

START_TEST(another_user_is_refused)
{
	make(DEVICE_P256);
	ck_assert_int_eq(verify(secret, len, sizeof(mac), "bob"), REFUSAL_USER);
	ck_assert_int_eq(verify(secret, len, sizeof(mac), ""), REFUSAL_USER);
}
END_TEST

START_TEST(a_right_hmac_makes_no_enrolment_of_other_lines)
{
	make(DEVICE_P256);
	text[len++] = '\n';
	ck_assert_int_eq(enrol_mac(secret, text, len, mac), MFA_OK);
	ck_assert_int_eq(verify(secret, len, sizeof(mac), WORLD_USER), REFUSAL_FORM);
	len = 0;
	ck_assert_int_eq(enrol_mac(secret, text, len, mac), MFA_OK);
	ck_assert_int_eq(verify(secret, len, sizeof(mac), WORLD_USER), REFUSAL_FORM);
	memcpy(text, world_signed[DEVICE_P256].text, len = world_signed[DEVICE_P256].len);
	ck_assert_int_eq(enrol_mac(secret, text, len, mac), MFA_OK);
	ck_assert_int_eq(verify(secret, len, sizeof(mac), WORLD_USER), REFUSAL_FORM);
}
END_TEST

START_TEST(an_unsound_device_is_neither_written_nor_read)
{
	struct device d = world_certificates[DEVICE_P256].device;
	struct record_error e;
	char *key;

	d.key.data[9] ^= 1;
	ck_assert_int_eq(enrol_format(&d, text, sizeof(text), &len), MFA_E_INVALID);
	ck_assert(len == 0 && text[0] == '\0');
	make(DEVICE_P256);
	key = strstr(text, "\nkey ") + 10;
	*key = *key == 'A' ? 'B' : 'A';
	ck_assert_int_eq(enrol_parse(text, len, &d, &e), MFA_E_INVALID);
	ck_assert_uint_eq(e.line, 5);
	make(DEVICE_WEBAUTHN_ES256);
	memcpy(strstr(text, "https"), "httpx", 5);
	ck_assert_int_eq(enrol_parse(text, len, &d, &e), MFA_E_INVALID);
	ck_assert_uint_eq(e.line, 6);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("enrol");
	TCase *t = tcase_create("enrol");

	tcase_add_checked_fixture(t, world_make, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, the_phone_that_saw_the_secret_is_taken, 1, WORLD_KINDS);
	tcase_add_loop_test(t, every_changed_bit_is_refused, 1, WORLD_KINDS);
	tcase_add_test(t, other_lengths_are_refused);
	tcase_add_test(t, another_user_is_refused);
	tcase_add_test(t, a_right_hmac_makes_no_enrolment_of_other_lines);
	tcase_add_test(t, an_unsound_device_is_neither_written_nor_read);
	suite_add_tcase(s, t);
	return suite_run(s);
}
