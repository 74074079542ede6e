/* SPDX-License-Identifier: BSD-2-Clause */
/* What Twilio posts, and whether it was Twilio. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../../server/call/twilio_form.h"
#include "../suite.h"
#include "error.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

static struct twilio_form form;

static int
take(const char *body)
{
	return twilio_form_read((const unsigned char *)body, strlen(body), &form);
}

START_TEST(fields_are_decoded)
{
	ck_assert_int_eq(take("b=1%2B2+3&a=%C3%A9%26%3d&c=&d&Z=x=y"), MFA_OK);
	ck_assert_uint_eq(form.count, 5);
	ck_assert_str_eq(twilio_form_value(&form, "b"), "1+2 3");
	ck_assert_str_eq(twilio_form_value(&form, "a"), "\303\251&=");
	ck_assert_str_eq(twilio_form_value(&form, "c"), "");
	ck_assert_str_eq(twilio_form_value(&form, "d"), "");
	ck_assert_str_eq(twilio_form_value(&form, "Z"), "x=y");
	ck_assert_str_eq(twilio_form_value(&form, "e"), "");
	ck_assert_str_eq(form.fields[0].name, "Z");
	ck_assert_int_eq(take(""), MFA_OK);
	ck_assert_uint_eq(form.count, 0);
}
END_TEST

static const char *const broken[] = {
	"a=%", "a=%2", "a=%zz", "a=%2g", "a=%00", "%00=a", "=a", "&a=b", "a=b&", "a=b&&c=d", "a=1&a=1",
	"a=1&b=2&a=3", "a=1&%61=1", "&", "=",
};

START_TEST(what_can_be_read_in_two_ways_is_not)
{
	ck_assert_msg(take(broken[_i]) == MFA_E_INVALID, "%s", broken[_i]);
}
END_TEST

START_TEST(there_are_limits)
{
	static char body[TWILIO_BODY_MAX + 2];
	char *at = body;
	int i;

	for (i = 0; i < TWILIO_FIELDS_MAX; i++)
		at += snprintf(at, 16, "%sf%d=", i > 0 ? "&" : "", i);
	ck_assert_int_eq(take(body), MFA_OK);
	memcpy(at, "&x=", 4);
	ck_assert_int_eq(take(body), MFA_E_INVALID);
	memset(body, 'a', TWILIO_BODY_MAX);
	ck_assert_int_eq(take(body), MFA_OK);
	memset(body, 'a', TWILIO_BODY_MAX + 1);
	ck_assert_int_eq(take(body), MFA_E_INVALID);
}
END_TEST

/* Of Twilio's own documentation. */
#define URL	"https://mycompany.com/myapp.php?foo=1&bar=2"
#define BODY	"CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030" \
	"&To=%2B18005551212"
#define SIGNATURE	"0/KCTR6DLpKmkAf8muzZqo1nDgQ="

START_TEST(a_signature_is_over_the_address_and_the_fields)
{
	struct secret token, other;

	ck_assert_int_eq(secret_set(&token, "12345", 5), MFA_OK);
	ck_assert_int_eq(secret_set(&other, "12346", 5), MFA_OK);
	ck_assert_int_eq(take(BODY), MFA_OK);
	ck_assert(twilio_signed(&token, URL, &form, SIGNATURE));
	ck_assert(!twilio_signed(&other, URL, &form, SIGNATURE));
	ck_assert(!twilio_signed(&token, URL "&", &form, SIGNATURE));
	ck_assert(!twilio_signed(&token, URL, &form, ""));
	ck_assert(!twilio_signed(&token, URL, &form, SIGNATURE "="));
	ck_assert(!twilio_signed(&token, URL, &form, "0/KCTR6DLpKmkAf8muzZqo1nDgR="));
	ck_assert_int_eq(take("To=%2B18005551212&" "Digits=1234&Caller=%2B12349013030&"
	    "From=%2B12349013030&CallSid=CA1234567890ABCDE"), MFA_OK);
	ck_assert(twilio_signed(&token, URL, &form, SIGNATURE));
	ck_assert_int_eq(take(BODY "&x="), MFA_OK);
	ck_assert(!twilio_signed(&token, URL, &form, SIGNATURE));
	secret_wipe(&token);
	ck_assert(!twilio_signed(&token, URL, &form, SIGNATURE));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("call_twilio");
	TCase *t = tcase_create("twilio");

	tcase_add_test(t, fields_are_decoded);
	tcase_add_loop_test(t, what_can_be_read_in_two_ways_is_not, 0, COUNT(broken));
	tcase_add_test(t, there_are_limits);
	tcase_add_test(t, a_signature_is_over_the_address_and_the_fields);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
