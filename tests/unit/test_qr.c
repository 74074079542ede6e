/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QR codes as a terminal shows them, read back by another program (zbarimg).
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../ctl/qr.h"
#include "../suite.h"
#include "error.h"
#include "otp.h"
#include "tool.h"

#define SIDE	120	/* cells either way, more than any code needs */
#define SCALE	4	/* pixels a module */
#define MARGIN	12	/* modules of the terminal's own colour around it */

/* What the terminal shows: a module a cell, two cells a character. */
struct screen {
	int columns, rows;	/* in modules */
	char dark[SIDE][SIDE];
};

static char *
printed(const char *text, int wanted)
{
	char *shown = NULL;
	size_t len;
	FILE *out = open_memstream(&shown, &len);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(qr_print(out, text), wanted);
	ck_assert_int_eq(fclose(out), 0);
	return shown;
}

static const char *
skip(const char *s, const char *prefix)
{
	ck_assert_msg(strncmp(s, prefix, strlen(prefix)) == 0, "no %s at: %.20s", prefix, s);
	return s + strlen(prefix);
}

/* One line must be: colours, half blocks, colours put back. */
static const char *
read_line(const char *s, struct screen *to)
{
	static const struct { const char *glyph; char upper, lower; } glyphs[] = {
		{ " ", 0, 0 }, { "▀", 1, 0 }, { "▄", 0, 1 }, { "█", 1, 1 },
	};
	int column = 0;
	size_t i;

	s = skip(s, "\033[30;47m");
	for (; *s != '\033'; column++) {
		for (i = 0; i < 4 && strncmp(s, glyphs[i].glyph, strlen(glyphs[i].glyph)) != 0; i++)
			;
		ck_assert_msg(i < 4, "no half block: %.20s", s);
		ck_assert_int_lt(column, SIDE);
		to->dark[to->rows][column] = glyphs[i].upper;
		to->dark[to->rows + 1][column] = glyphs[i].lower;
		s += strlen(glyphs[i].glyph);
	}
	ck_assert_int_le(column, QR_COLUMNS);
	ck_assert(to->rows == 0 || column == to->columns);
	to->columns = column;
	to->rows += 2;
	ck_assert_int_lt(to->rows, SIDE);
	return skip(s, "\033[0m\n");
}

static void
read_screen(const char *shown, struct screen *to)
{
	memset(to, 0, sizeof(*to));
	while (*shown != '\0')
		shown = read_line(shown, to);
}

/* Two modules of white at least, on every side. */
static void
has_quiet_zone(const struct screen *s)
{
	int i, j;

	for (i = 0; i < s->columns; i++) {
		for (j = 0; j < 2; j++) {
			ck_assert_int_eq(s->dark[j][i], 0);
			ck_assert_int_eq(s->dark[s->rows - 1 - j][i], 0);
			ck_assert_int_eq(s->dark[i][j], 0);
			ck_assert_int_eq(s->dark[i][s->columns - 1 - j], 0);
		}
	}
}

/* A photograph of it in a terminal of this colour (0 black, 255 white). */
static void
write_image(const struct screen *s, int background, const char *path)
{
	int x, y, across = s->columns + 2 * MARGIN, down = s->rows + 2 * MARGIN;
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fprintf(f, "P5\n%d %d\n255\n", across * SCALE, down * SCALE);
	for (y = 0; y < down * SCALE; y++) {
		for (x = 0; x < across * SCALE; x++) {
			int column = x / SCALE - MARGIN, row = y / SCALE - MARGIN;

			if (column < 0 || row < 0 || column >= s->columns || row >= s->rows)
				putc(background, f);
			else	/* 47 is a light grey to many terminals */
				putc(s->dark[row][column] ? 0 : 170, f);
		}
	}
	ck_assert_int_eq(fclose(f), 0);
}

/* What zbarimg reads in it; up to size - 1 bytes. */
static void
decode(const char *path, char *out, size_t size)
{
	int status = tool_run(&(struct tool){ .said = out, .size = size, .output_only = true,
	    .argv = ARGV("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", path) });
	size_t have = strlen(out);

	ck_assert_msg(status == 0, "zbarimg reads nothing");
	ck_assert_uint_gt(have, 0);
	ck_assert_int_eq(out[have - 1], '\n');
	out[have - 1] = '\0';
}

static void
is_read_back(const char *text)
{
	char path[] = "/tmp/mfa-qr-XXXXXX", *shown = printed(text, MFA_OK), read_back[2048];
	struct screen s;
	int background;

	ck_assert_int_ne(close(mkstemp(path)), -1);
	read_screen(shown, &s);
	has_quiet_zone(&s);
	for (background = 0; background <= 255; background += 255) {
		write_image(&s, background, path);
		decode(path, read_back, sizeof(read_back));
		ck_assert_str_eq(read_back, text);
	}
	unlink(path);
	free(shown);
}

/* ---- the promises ---- */

static const char *const users[] = { "alice", "bob@example.org", "Ünïcødé",
	"a.very.long.user.name" };
static const char *const issuers[] = { "Example", "host.example.org", "Müller & Söhne (100%)" };

/* All algorithms, kinds, digits, in turn, with a new key each. */
static void
some_url(int i, struct secret *url)
{
	struct otp_params p = { i % 4 == 3 ? OTP_HOTP : OTP_TOTP,
	    (enum otp_algorithm)(OTP_SHA1 + i % 3), 6 + (unsigned int)i % 3,
	    i % 2 == 0 ? 30 : 60 };
	struct secret key;

	ck_assert_int_eq(otp_key_new(p.algorithm, &key), MFA_OK);
	ck_assert_int_eq(otp_url(&p, &key, issuers[i % 3], users[i % 4], (uint64_t)i, url), MFA_OK);
}

START_TEST(urls_are_read_back_as_they_were)
{
	struct secret url;

	some_url(_i, &url);
	is_read_back((const char *)url.data);
}
END_TEST

START_TEST(usual_url_fits_in_80_columns_and_30_lines)
{
	struct secret key, url;
	struct screen s;
	char *shown;

	ck_assert_int_eq(otp_key_new(OTP_SHA1, &key), MFA_OK);
	ck_assert_int_eq(otp_url(&otp_default, &key, "server01.example.org", "alice", 0, &url),
	    MFA_OK);
	shown = printed((const char *)url.data, MFA_OK);
	read_screen(shown, &s);
	ck_assert_int_le(s.columns, 80);
	ck_assert_int_le(s.rows / 2, 30);
	free(shown);
}
END_TEST

/* The text of each length: the longest that is printed can be read too. */
START_TEST(text_that_needs_more_columns_is_refused)
{
	char text[601], longest[601] = "";
	char *shown;
	size_t len;

	for (len = 300; len < sizeof(text); len++) {
		FILE *out = open_memstream(&shown, &(size_t){ 0 });
		int r;

		memset(text, 'x', len);
		text[len] = '\0';
		r = qr_print(out, text);
		fclose(out);
		if (r == MFA_OK)
			memcpy(longest, text, len + 1);
		else
			ck_assert_str_eq(shown, "");
		ck_assert(r == MFA_OK || r == MFA_E_INVALID);
		free(shown);
	}
	ck_assert_uint_ge(strlen(longest), 400);
	ck_assert_uint_lt(strlen(longest), 500);
	is_read_back(longest);
	free(printed("", MFA_E_INVALID));
}
END_TEST

START_TEST(full_disk_is_an_error)
{
	FILE *full = fopen("/dev/full", "w");

	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(qr_print(full, "otpauth://totp/x?secret=AAAA"), MFA_E_SYSTEM);
	fclose(full);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("qr");
	TCase *t = tcase_create("qr");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, urls_are_read_back_as_they_were, 0, 24);
	tcase_add_test(t, usual_url_fits_in_80_columns_and_30_lines);
	tcase_add_test(t, text_that_needs_more_columns_is_refused);
	tcase_add_test(t, full_disk_is_an_error);
	suite_add_tcase(s, t);
	return suite_run(s);
}
