/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_QR_H
#define MFA_QR_H

#include <stdio.h>

/*
 * Prints text as a QR code for a terminal that shows UTF-8 and ANSI colours
 * (the caller's to know): half blocks, black on white whatever the terminal's
 * own colours, with its quiet zone, in at most QR_COLUMNS columns.  Every line
 * ends with the colours put back.  Copies of the text are wiped, but not what
 * is in out's buffer.
 *
 * MFA_E_INVALID when the text is empty or needs more columns (about 450
 * characters), and then nothing is printed; MFA_E_MEMORY; MFA_E_SYSTEM (errno)
 * when out does not take it.
 */
#define QR_COLUMNS 80

int qr_print(FILE *out, const char *text);

#endif
