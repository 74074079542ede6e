/* SPDX-License-Identifier: BSD-2-Clause */
#include "e164.h"

#include <string.h>

#define DIGITS_MIN	7
#define DIGITS_MAX	15

/* ---- countries ---- */

/* Codes that are assigned (ITU-T E.164, list of 2016 and later notices), those of
 * one and two digits as three with "x".  Left out: global services and networks
 * (800, 808, 870 to 888, 979 …), which nobody is called at. */
static const char codes[] =
	"1xx 7xx 20x 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 "
	"234 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 "
	"256 257 258 260 261 262 263 264 265 266 267 268 269 27x 290 291 297 298 299 30x 31x 32x "
	"33x 34x 350 351 352 353 354 355 356 357 358 359 36x 370 371 372 373 374 375 376 377 378 "
	"379 380 381 382 383 385 386 387 389 39x 40x 41x 420 421 423 43x 44x 45x 46x 47x 48x 49x "
	"500 501 502 503 504 505 506 507 508 509 51x 52x 53x 54x 55x 56x 57x 58x 590 591 592 593 "
	"594 595 596 597 598 599 60x 61x 62x 63x 64x 65x 66x 670 672 673 674 675 676 677 678 679 "
	"680 681 682 683 685 686 687 688 689 690 691 692 81x 82x 84x 850 852 853 855 856 86x 880 "
	"886 90x 91x 92x 93x 94x 95x 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 "
	"976 977 98x 992 993 994 995 996 998";

size_t
e164_country(const char *digits)
{
	const char *c;
	size_t n;

	for (c = codes; *c != '\0'; c += c[3] == ' ' ? 4 : 3) {
		n = c[1] == 'x' ? 1 : c[2] == 'x' ? 2 : 3;
		if (strncmp(digits, c, n) == 0)
			return n;
	}
	return 0;
}

/* Where the digits after the code are known to be so many, and those whose
 * national numbers begin with a zero of their own. */
static const struct plan {
	const char *code;
	size_t min, max;
	bool own_zero;
} plans[] = {
	{ "1", 10, 10, false },		/* North America */
	{ "31", 9, 11, false },		/* Netherlands; 097 for machines is longer */
	{ "32", 8, 9, false },		/* Belgium */
	{ "33", 9, 9, false },		/* France */
	{ "34", 9, 9, false },		/* Spain: no zero is written */
	{ "352", 4, 11, false },	/* Luxembourg */
	{ "39", 6, 12, true },		/* Italy */
	{ "378", 6, 10, true },		/* San Marino */
	{ "379", 6, 12, true },		/* Vatican City */
	{ "225", 10, 10, true },	/* Côte d'Ivoire */
	{ "241", 7, 8, true },		/* Gabon */
	{ "242", 9, 9, true },		/* Congo */
	{ "229", 8, 10, true },		/* Benin */
	{ "41", 9, 12, false },		/* Switzerland */
	{ "44", 7, 10, false },		/* United Kingdom */
	{ "45", 8, 8, false },		/* Denmark */
	{ "49", 5, 13, false },		/* Germany */
};

static const struct plan *
plan_of(const char *digits, size_t n)
{
	static const struct plan any = { "", 4, DIGITS_MAX, false };
	size_t i;

	for (i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		if (strlen(plans[i].code) == n && strncmp(plans[i].code, digits, n) == 0)
			return &plans[i];
	return &any;
}

/* ---- reading ---- */

/* The digits of what was typed; *plus when it begins with the sign. */
static enum e164_fault
digits_of(const char *typed, char digits[E164_TYPED_MAX], bool *plus)
{
	size_t i, n = 0, open = 0;

	*plus = false;
	for (i = 0; typed[i] != '\0'; i++) {
		if (i == E164_TYPED_MAX - 1)
			return E164_LENGTH;
		if (typed[i] >= '0' && typed[i] <= '9') {
			digits[n++] = typed[i];
		} else if (typed[i] == '+' && n == 0 && !*plus) {
			*plus = true;
		} else if (typed[i] == '(' && open == 0) {
			open = 1;
		} else if (typed[i] == ')' && open == 1) {
			open = 0;
		} else if (strchr(" -./", typed[i]) == NULL) {
			return E164_FORM;
		}
	}
	digits[n] = '\0';
	return open != 0 || n == 0 ? E164_FORM : E164_OK;
}

static enum e164_fault
put(const char *code, size_t n, const char *national, const struct plan *plan,
    char out[E164_MAX])
{
	size_t len = strlen(national);

	if (len < plan->min || len > plan->max || n + len < DIGITS_MIN || n + len > DIGITS_MAX)
		return E164_LENGTH;
	out[0] = '+';
	memcpy(out + 1, code, n);
	memcpy(out + 1 + n, national, len + 1);
	return E164_OK;
}

enum e164_fault
e164_read(const char *typed, const char *country, char out[E164_MAX])
{
	char digits[E164_TYPED_MAX];
	const struct plan *plan;
	const char *at = digits, *code;
	enum e164_fault fault;
	bool plus;
	size_t n;

	out[0] = '\0';
	if ((fault = digits_of(typed, digits, &plus)) != E164_OK)
		return fault;
	if (!plus && strncmp(at, "00", 2) == 0) {
		plus = true;
		at += 2;
	}
	if (!plus && (country == NULL || at[0] != '0'))
		return E164_COUNTRY;
	code = plus ? at : country;
	if ((n = e164_country(code)) == 0 || (!plus && code[n] != '\0'))
		return E164_COUNTRY;
	at += plus ? n : 0;
	plan = plan_of(code, n);
	if (at[0] == '0' && !plan->own_zero)
		at++;
	if (at[0] == '0' && !plan->own_zero)
		return E164_LENGTH;
	return put(code, n, at, plan, out);
}

const char *
e164_fault_text(enum e164_fault fault)
{
	switch (fault) {
	case E164_OK:
		return "a telephone number";
	case E164_COUNTRY:
		return "begin with + and the country's code, as in +31612345678";
	case E164_LENGTH:
		return "it has too few or too many digits for a number of that country";
	case E164_FORM:
	default:
		return "digits, after a + and the country's code, as in +31612345678";
	}
}

bool
e164_is(const char *number)
{
	char again[E164_MAX];

	return number[0] == '+' && e164_read(number, NULL, again) == E164_OK &&
	    strcmp(number, again) == 0;
}

/* ---- showing ---- */

void
e164_mask(const char *number, char out[E164_MASKED_MAX])
{
	static const char dot[] = "\xe2\x80\xa2";
	size_t n = number[0] == '+' ? e164_country(number + 1) : 0, len = strlen(number), i;

	out[0] = '\0';
	if (n == 0 || len < n + 4 || len >= E164_MAX)
		return;
	memcpy(out, number, n + 1);
	out[n + 1] = ' ';
	out += n + 2;
	for (i = n + 1; i < len - 2; i++, out += 3)
		memcpy(out, dot, 3);
	memcpy(out, number + len - 2, 3);
}
