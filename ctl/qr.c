/* SPDX-License-Identifier: BSD-2-Clause */
#include "qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>
#include <string.h>

#include "error.h"

/* Modules of white around it: four by the standard (ISO/IEC 18004 section
 * 9.1), two where four do not fit; every reader that we know takes two. */
#define QUIET		4
#define QUIET_LEAST	2

#define BLACK_ON_WHITE	"\033[30;47m"
#define AS_BEFORE	"\033[0m"

/* Where there is no module there is white. */
static bool
is_dark(const QRcode *qr, int x, int y)
{
	if (x < 0 || y < 0 || x >= qr->width || y >= qr->width)
		return false;
	return (qr->data[y * qr->width + x] & 1) != 0;
}

/* Two rows of modules: y and the one below. */
static bool
print_line(FILE *out, const QRcode *qr, int quiet, int y)
{
	static const char *const halves[2][2] = { { " ", "▄" }, { "▀", "█" } };
	int x;

	if (fputs(BLACK_ON_WHITE, out) == EOF)
		return false;
	for (x = -quiet; x < qr->width + quiet; x++) {
		if (fputs(halves[is_dark(qr, x, y)][is_dark(qr, x, y + 1)], out) == EOF)
			return false;
	}
	return fputs(AS_BEFORE "\n", out) != EOF;
}

static int
print_lines(FILE *out, const QRcode *qr)
{
	int quiet = qr->width + 2 * QUIET <= QR_COLUMNS ? QUIET : QUIET_LEAST;
	int y;

	if (qr->width + 2 * quiet > QR_COLUMNS)
		return MFA_E_INVALID;
	for (y = -quiet; y < qr->width + quiet; y += 2) {
		if (!print_line(out, qr, quiet, y))
			return MFA_E_SYSTEM;
	}
	return fflush(out) == 0 ? MFA_OK : MFA_E_SYSTEM;
}

int
qr_print(FILE *out, const char *text)
{
	QRcode *qr;
	int r;

	if (*text == '\0')
		return MFA_E_INVALID;
	errno = 0;
	/* The lowest level of correction makes the smallest code, and a screen
	 * has no scratches. */
	qr = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	if (qr == NULL)
		return errno == ERANGE || errno == EINVAL ? MFA_E_INVALID : MFA_E_MEMORY;
	r = print_lines(out, qr);
	explicit_bzero(qr->data, (size_t)qr->width * (size_t)qr->width);
	QRcode_free(qr);
	return r;
}
