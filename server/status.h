/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_STATUS_H
#define MFA_STATUS_H

/* The phrase of a status that mfad answers with; "Unknown" for another. */
const char *status_phrase(int status);

#endif
