/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_PRIVATE_H
#define MFAD_MODEL_PRIVATE_H

#include "model.h"
#include "model_login.h"

/* What the files of the model share. */

/* ---- model_text.c: the forms of what comes and goes ---- */

/* A new id of this letter; MFA_E_SYSTEM. */
int model_id_new(char letter, char id[MODEL_ID_MAX]);
/* One that begins with the time, so that ids of the same second are neighbours in
 * an index; 96 bits of it are random. */
int model_id_timed(char letter, int64_t now, char id[MODEL_ID_MAX]);
bool model_id_is(char letter, const char *id);

/* So many, at most MODEL_PROOF_MAX - 1; each number as likely as the others. */
int model_digits_new(unsigned int count, char digits[MODEL_PROOF_MAX]);

/* A new secret, and what is kept of it. */
int model_secret_new(char text[MODEL_SECRET_MAX], unsigned char hash[MODEL_HASH_LEN]);
int model_hash(const void *data, size_t len, unsigned char hash[MODEL_HASH_LEN]);

/* "ID.SECRET" into its id and its hash; PROBLEM_UNAUTHENTICATED. */
int model_credential(char letter, const char *text, char id[MODEL_ID_MAX],
    unsigned char hash[MODEL_HASH_LEN]);

/* PROBLEM_INVALID, with the member's name, unless … */
int model_check_text(struct db *db, const char *field, const char *s, size_t size);
int model_check_base64(struct db *db, const char *field, const char *s, size_t size);
int model_check_range(struct db *db, const char *field, int64_t n, int64_t min, int64_t max);

/* ---- model_once.c ---- */

/* Looks for the first answer: MFA_OK and *found with answer (size bytes)
 * filled in; or not found, and then model_once_keep stores it. */
int model_once_find(struct db *db, const struct model_once *once, const char *request,
    int64_t now, void *answer, size_t size, bool *found);
int model_once_keep(struct db *db, const struct model_once *once, const char *request,
    int64_t now, const void *answer, size_t size);

/* ---- model_audit.c ---- */

/* One record; a member that is NULL is "". */
struct model_event {
	const char *event, *user, *host, *service, *origin, *device, *outcome, *by;
};
int model_note(struct db *db, const struct model_event *e, int64_t now);

/* ---- model_user.c ---- */

/* The user has a row after this. */
int model_user_make(struct db *db, const char *user);

/* The user's phones should look: wakes them; and, for what is no login and so
 * is not seen in those that wait, counts up. */
void model_user_wake(struct db *db, const char *user);
int model_user_push(struct db *db, const char *user);

/* ---- model_login.c ---- */

/* PROBLEM_TOO_MANY_UNANSWERED and *retry, where the times that sql names of this user
 * (?1) later than ?2, newest first and at most ?3 of them, are too many. */
int model_check_unanswered(struct db *db, const char *sql, const char *user, int64_t now,
    int64_t *retry);

/* Ends one that waits or was answered; nothing when it is over already. */
int model_login_end(struct db *db, const char *login, const char *user, enum login_state state);

/* Ends whatever waits of a user or a host. */
int model_login_cancel_user(struct db *db, const char *user, int64_t now);
int model_login_cancel_host(struct db *db, const char *host, int64_t now);
/* The user's, and what was approved and its host has not taken. */
int model_login_stop_user(struct db *db, const char *user, int64_t now);

/* ---- model_login_dial.c ---- */

/* May a telephone of the user's be asked?  Fills in `out`, and dials. */
int model_login_dial(struct db *db, const struct model_user *u,
    const struct model_login_asked *in, int64_t now, struct model_login_opened *out);
/* Notes that in the row of the login. */
int model_login_dialled(struct db *db, const struct model_login_asked *in,
    const struct model_login_opened *out);
/* Ends what waits of a telephone that is the user's no more. */
int model_login_cancel_telephone(struct db *db, const char *user, int64_t telephone,
    int64_t now);
/* MFA_OK: the digits are those of the text of this login (NULL: of none);
 * MFA_E_REFUSED. */
int model_login_text_is(struct db *db, const char *login, const char *digits);

/* ---- model_telephone.c ---- */

/* A keyed hash of what could be guessed; `what` says of which kind. */
int model_mac(struct db *db, const char *what, const char *text,
    unsigned char mac[MODEL_HASH_LEN]);

/* ---- model_proof.c ---- */

/* What proves a telephone, over a call or by a text, and what is kept of it. */
int model_proof_new(enum model_dial by, const struct model_dial_rules *rules,
    char proof[MODEL_PROOF_MAX]);
int model_proof_mac(struct db *db, int64_t id, enum model_dial over, const char *keys,
    unsigned char mac[MODEL_HASH_LEN]);
/* PROBLEM_NAME_TAKEN: the number is somebody's. */
int model_number_free(struct db *db, const unsigned char mac[MODEL_HASH_LEN]);
/* PROBLEM_NO_CONSENT: the user has a telephone, and none of them has consented lately to
 * another. */
int model_consent_check(struct db *db, const char *user, int64_t now);

/* ---- model_method.c ---- */

/* "call" or "text" of a user who has no telephone any more becomes none. */
int model_method_review(struct db *db, const char *user, const char *by, int64_t now);

/* ---- model_answer.c ---- */

/* id, name of the host, user, service, origin, nonce, expires, digits. */
void model_read_pending(struct db *db, sqlite3_stmt *st, struct model_pending *p);

#endif
