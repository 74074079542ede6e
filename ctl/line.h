/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LINE_H
#define MFA_LINE_H

/*
 * How a call or a text ended, as the service calls it ("busy"): what an administrator
 * does about it.  Never NULL; one that is not known is a line that does not work.
 */
#define LINE_END_MAX 16
const char *line_end_words(const char *end);

#endif
