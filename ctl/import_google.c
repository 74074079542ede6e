/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * .google_authenticator: the key on the first line, then options (lines that
 * begin with a double quote and a blank) and scratch codes.
 */
#include <stdbool.h>
#include <string.h>

#include "error.h"
#include "import_line.h"
#include "text.h"

#define TOKEN_NAME	"google-authenticator"
#define OPTION_MAX	32	/* characters of an option's name */
#define SCRATCH_LEN	8
#define WINDOW_DEFAULT	3

struct google {
	struct import_reader r;
	struct import_token token;
	bool totp, hotp;
	int64_t next;			/* HOTP: the counter that is accepted next */
	int64_t spent;			/* TOTP: the highest step that was used, or -1 */
	unsigned int seen;		/* a bit for each option, by its row */
	unsigned int scratch_codes, scratch_line;
};

/* ---- options ---- */

static int
no_value(struct google *g, const char *option)
{
	if (import_word(&g->r) != NULL)
		return import_fail(&g->r, "%s takes no value", option);
	return MFA_OK;
}

/* The one number behind an option. */
static int
one_number(struct google *g, const char *option, int64_t least, int64_t most, int64_t *out)
{
	const char *word = import_word(&g->r);

	*out = 0;
	if (word == NULL || import_counter(word, out) != MFA_OK || *out < least || *out > most ||
	    import_word(&g->r) != NULL)
		return import_fail(&g->r, "%s is not followed by one number from %lld to %lld",
		    option, (long long)least, (long long)most);
	return MFA_OK;
}

/* Any number of numbers; *highest only grows. */
static int
all_numbers(struct google *g, const char *option, int64_t *highest)
{
	const char *word;
	int64_t n;

	while ((word = import_word(&g->r)) != NULL) {
		if (import_counter(word, &n) != MFA_OK)
			return import_fail(&g->r, "%s is not followed by numbers", option);
		if (n > *highest)
			*highest = n;
	}
	return MFA_OK;
}

static int
read_totp_auth(struct google *g, const char *option)
{
	g->totp = true;
	return no_value(g, option);
}

static int
read_hotp_counter(struct google *g, const char *option)
{
	g->hotp = true;
	return one_number(g, option, 1, INT64_MAX - 1, &g->next);
}

static int
read_step_size(struct google *g, const char *option)
{
	int64_t n;
	int e = one_number(g, option, 1, 60, &n);

	if (e != MFA_OK)
		return e;
	if (n != 30 && n != 60)
		return import_fail(&g->r, "STEP_SIZE is neither 30 nor 60: enrol the user anew");
	g->token.params.period = (unsigned int)n;
	return MFA_OK;
}

static int
read_window_size(struct google *g, const char *option)
{
	int64_t n;
	int e = one_number(g, option, 1, 100, &n);

	if (e == MFA_OK && n != WINDOW_DEFAULT)
		import_remark(&g->r, "WINDOW_SIZE %lld is not moved: the window is a setting in "
		    "pam_mfa.conf", (long long)n);
	return e;
}

/* The time steps that were used: what the window has left behind is gone. */
static int
read_disallow_reuse(struct google *g, const char *option)
{
	return all_numbers(g, option, &g->spent);
}

/* Tries and interval, then the times of late: limits are pam_mfa's own. */
static int
read_rate_limit(struct google *g, const char *option)
{
	int64_t highest = -1;
	int e = all_numbers(g, option, &highest);

	if (e == MFA_OK && highest == -1)
		e = import_fail(&g->r, "RATE_LIMIT is not followed by numbers");
	return e;
}

static int
read_time_skew(struct google *g, const char *option)
{
	(void)option;
	import_remark(&g->r, "TIME_SKEW is not moved: the clock of the phone or of this host is "
	    "wrong");
	return MFA_OK;
}

/* What it had gathered for a TIME_SKEW. */
static int
drop(struct google *g, const char *option)
{
	(void)g;
	(void)option;
	return MFA_OK;
}

static const struct {
	const char *name;
	int (*read)(struct google *g, const char *option);
} options[] = {
	{ "TOTP_AUTH", read_totp_auth },
	{ "HOTP_COUNTER", read_hotp_counter },
	{ "STEP_SIZE", read_step_size },
	{ "WINDOW_SIZE", read_window_size },
	{ "DISALLOW_REUSE", read_disallow_reuse },
	{ "RATE_LIMIT", read_rate_limit },
	{ "TIME_SKEW", read_time_skew },
	{ "RESETTING_TIME_SKEW", drop },
};

#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

static bool
is_option_name(const char *s)
{
	size_t len = strlen(s);

	return len > 0 && len <= OPTION_MAX &&
	    strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == len;
}

static int
read_option(struct google *g)
{
	const char *name;
	size_t i;

	g->r.rest = g->r.text + 1;	/* behind the quote */
	if (*g->r.rest != ' ' || (name = import_word(&g->r)) == NULL || !is_option_name(name))
		return import_fail(&g->r, "a double quote without an option behind it");
	for (i = 0; i < N_OPTIONS && strcmp(name, options[i].name) != 0; i++)
		;
	if (i == N_OPTIONS) {
		import_remark(&g->r, "the option %s is unknown and not moved", name);
		return MFA_OK;
	}
	if ((g->seen & 1U << i) != 0)
		return import_fail(&g->r, "%s a second time", name);
	g->seen |= 1U << i;
	return options[i].read(g, options[i].name);
}

/* ---- the file ---- */

static int
read_key(struct google *g)
{
	int e = import_next(&g->r);

	if (e == MFA_E_CLOSED)
		return import_fail(&g->r, "an empty file");
	if (e != MFA_OK)
		return e;
	g->token.line = g->r.line;
	if (otp_key_import(g->r.text, &g->token.key) != MFA_OK)
		return import_fail(&g->r, "the first line is not a key in base32 of %d to %d bytes",
		    OTP_KEY_MIN, OTP_KEY_MAX);
	return MFA_OK;
}

static int
read_line(struct google *g)
{
	const char *text = g->r.text;

	if (*text == '"')
		return read_option(g);
	if (*text == '\0')
		return MFA_OK;
	if (strlen(text) != SCRATCH_LEN || strspn(text, "0123456789") != SCRATCH_LEN ||
	    *text == '0')
		return import_fail(&g->r, "neither an option nor a scratch code of 8 digits");
	if (g->scratch_codes++ == 0)
		g->scratch_line = g->r.line;
	return MFA_OK;
}

/* HOTP where there is a counter, whatever else there is. */
static int
choose_kind(struct google *g)
{
	if (!g->hotp && !g->totp) {
		g->r.line = 0;
		return import_fail(&g->r, "neither TOTP_AUTH nor HOTP_COUNTER");
	}
	if (g->hotp) {
		g->token.params.kind = OTP_HOTP;
		g->token.params.period = 0;
		g->token.last = g->next - 1;
	} else {
		g->token.last = g->spent;
	}
	return text_copy(g->token.name, sizeof(g->token.name), TOKEN_NAME);
}

static int
read_file(struct google *g)
{
	int e = read_key(g);

	while (e == MFA_OK && (e = import_next(&g->r)) == MFA_OK)
		e = read_line(g);
	if (e != MFA_E_CLOSED)
		return e;
	if ((e = choose_kind(g)) != MFA_OK)
		return e;
	g->r.line = g->scratch_line;
	if (g->scratch_codes > 0)
		import_remark(&g->r, "%u scratch codes are not moved: make new recovery codes",
		    g->scratch_codes);
	return g->r.sink->token(g->r.sink->arg, &g->token);
}

int
import_google(FILE *in, const struct import_sink *sink, struct import_error *error)
{
	struct google g = { .spent = -1, .token.params = otp_default };
	int e;

	import_begin(&g.r, in, sink, error);
	e = read_file(&g);
	import_end(&g.r);
	explicit_bzero(&g, sizeof(g));
	return e;
}
