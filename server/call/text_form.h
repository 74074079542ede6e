/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_TEXT_FORM_H
#define MFA_CALL_TEXT_FORM_H

#include "call_config.h"
#include "template.h"

/* What is written in text_http_*, before anything is sent by it. */

/* ---- all limits ---- */
#define TEXT_FORM_WHY_MAX	160
#define TEXT_FORM_HEADER_MAX	256

/* Is it a request that can be made, and made safely?  MFA_E_INVALID: *key is the one
 * that is wrong, and why says how; MFA_E_MEMORY. */
int text_form_check(const struct call_config *c, const char **key, char why[TEXT_FORM_WHY_MAX]);

/* The next of a list "NAME: VALUE, NAME: VALUE", from *at, which moves behind it.
 * false: there is none; line is "" for one that is too long. */
bool text_form_header(const char **at, char line[TEXT_FORM_HEADER_MAX]);

/* How placeholders of the body are escaped. */
enum template_place text_form_body_place(const struct call_config *c);

#endif
