/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_PROVIDER_MFAD_PRIVATE_H
#define MFA_HTTP_PROVIDER_MFAD_PRIVATE_H

#include "provider_mfad.h"

/* What provider_mfad_read.c and provider_mfad_poll.c share. */

struct json_object;

struct mfad_word {		/* a table ends with a word that is NULL */
	const char *word;
	uint32_t meaning;	/* not 0 */
};

/* The states of a login; the meanings are enum query_type but for one. */
#define MFAD_WAITING 1
extern const struct mfad_word mfad_states[];

/* A member that must be one of the words; *out is 0 with MFA_E_INVALID. */
int mfad_read_word(struct json_object *o, const char *name, const struct mfad_word *words,
    uint32_t *out);

/* One that may be null, left out, or a word that is new to us: *out is 0 then.
 * MFA_E_INVALID for another type. */
int mfad_read_choice(struct json_object *o, const char *name, const struct mfad_word *words,
    uint32_t *out);

/* The object of a reply with the status that is wanted, the caller's to drop; MFA_OK
 * and none, with *out filled in, for a reply that says that it failed. */
int mfad_open_reply(const struct fetch_reply *r, long wanted, struct query *out,
    struct json_object **o);

#endif
