/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_STORE_H
#define MFA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "onetime.h"
#include "otp.h"
#include "seal.h"
#include "secret.h"

/*
 * The state of this host: /var/lib/pam_mfa/state.db, SQLite in WAL mode, and
 * beside it "lock", a file whose lock writers queue on in order, so that
 * nobody sleeps and polls.  Times are seconds since 1970
 * unless a name says otherwise.  Functions return 0 or an mfa_error;
 * MFA_E_STATE covers whatever SQLite says (full, read-only, damaged, newer
 * schema), MFA_E_BUSY a lock not had in time; store_message says it in words.
 *
 * Whoever opens it must already be the user pam_mfa, so that no file of
 * SQLite's ever belongs to another.
 */
struct store;

enum store_mode {
	STORE_LOGIN,	/* read and write; must exist with the current schema or
			 * an older one, which is migrated; an empty file is
			 * damage, not a state without users */
	STORE_READ,	/* nothing is written (mfactl why, list, log) */
	STORE_CREATE,	/* as STORE_LOGIN, made when it is missing */
};

/* dir is the directory that holds it.  key is copied; NULL where no secret is
 * sealed or unsealed.  Also loads the schema and prepares the statements of a
 * login.  On error *out is NULL and why (size bytes) says it in words. */
int store_open(const char *dir, const struct seal_key *key, enum store_mode mode,
    struct store **out, char *why, size_t size);

/* Closes, wipes and frees; *s may be NULL and becomes it.  (A login process
 * exits without this: the last close would checkpoint.) */
void store_close(struct store **s);

/* The last error in words; owned by s; valid until the next call. */
const char *store_message(const struct store *s);

/*
 * One transaction.  store_begin waits at most `ms` for its turn and takes the
 * write lock; everything read after it is current.  Nothing is written outside
 * of one (MFA_E_INTERNAL).  store_commit returns when it is durable (fdatasync)
 * — or, with durable false, when it survives the death of processes but maybe
 * not of the machine: only for audit records of grants that no counter stands
 * behind.  Others may see what was committed a moment before it is durable; a
 * later durable commit makes the earlier ones durable too.  store_rollback may
 * be called at any time and never fails.
 */
int store_begin(struct store *s, int ms);
int store_commit(struct store *s, bool durable);
void store_rollback(struct store *s);

/* After the verdict has left: checkpoints when the write-ahead log has grown,
 * and now and then deletes what is out of date (audit records older than
 * audit_days, expired grants, passes and codes that are used up or expired for
 * 30 days, sessions of an earlier boot).  Never fails a login. */
void store_tidy(struct store *s, int64_t now, unsigned int audit_days);

/* ---- users: failures and locks ---- */

#define STORE_NOTICE_MAX 192

struct user_state {
	bool exists;			/* there is a row */
	unsigned int tokens;		/* enrolled tokens (totp, hotp) */
	unsigned int recovery;		/* unused recovery codes */
	unsigned int passes;		/* passes valid at `now` */
	unsigned int failures;		/* in a row */
	int64_t last_failure;
	bool locked;			/* by an administrator, or by max_failures */
	int64_t locked_at;
	char lock_reason[128];
	unsigned int grace_used;	/* grace logins */
	bool approved;			/* has logged in by the approval service, here, at least
					 * once: no grace any more */
	char notice[STORE_NOTICE_MAX];	/* what changed since the last success, or "" */
};

/* Everything the policy asks about a user; zeros for one without a row. */
int store_user(struct store *s, const char *user, int64_t now, struct user_state *out);

/* The user has a row after this, so that what follows is counted. */
int store_user_make(struct store *s, const char *user);

/* Counts one failure.  A user without a row stays without one (and MFA_OK),
 * but the same work is done. */
int store_user_failed(struct store *s, const char *user, int64_t now);
int store_user_succeeded(struct store *s, const char *user);	/* failures = 0, no notice */
/* What the person is told at the next success: the last change of a binding. */
int store_user_notice(struct store *s, const char *user, const char *notice);
int store_user_grace(struct store *s, const char *user);	/* grace_used + 1 */
int store_user_lock(struct store *s, const char *user, int64_t now, const char *reason);
int store_user_unlock(struct store *s, const char *user);	/* also failures = 0 */

/* Every user with a row, in order of name; *fn returns false to stop. */
int store_users(struct store *s, bool (*fn)(void *arg, const char *user), void *arg);

/* ---- tokens ---- */

struct token {
	int64_t id;
	char name[OTP_NAME_MAX];
	struct otp_params params;
	struct secret key;		/* unsealed; wiped by the caller */
	int64_t last;			/* last step or counter that was spent; -1: none.
					 * HOTP: the next counter is last + 1 */
	int64_t resync;			/* HOTP: a far counter that was seen once; -1: none */
	int64_t created, used;		/* used: 0 never */
};

#define TOKENS_MAX 16	/* per user */

/* The user's tokens, in order of creation, at most TOKENS_MAX; keys are
 * unsealed when the store has a key, else empty.  Read inside the
 * transaction that spends. */
int store_tokens(struct store *s, const char *user, struct token *tokens, size_t *count);

/* Which kinds the user's tokens are; keys are not touched. */
int store_token_kinds(struct store *s, const char *user, bool *totp, bool *hotp);

/* Adds one (id, created are filled in).  MFA_E_EXISTS when the name is taken,
 * MFA_E_REFUSED beyond TOKENS_MAX. */
int store_token_add(struct store *s, const char *user, struct token *t, int64_t now);

/* Spends: last becomes `counter` only if it is greater than the stored one,
 * else MFA_E_REFUSED; clears resync; sets used. */
int store_token_spend(struct store *s, int64_t id, int64_t counter, int64_t now);
int store_token_resync(struct store *s, int64_t id, int64_t counter);
/* Gives token `id` (of `user`) the key, parameters and last of *t, in place:
 * the old key stays until this commits.  MFA_E_ABSENT. */
int store_token_replace(struct store *s, const char *user, int64_t id, struct token *t,
    int64_t now);
int store_token_rename(struct store *s, const char *user, const char *from, const char *to);
int store_token_remove(struct store *s, const char *user, const char *name); /* MFA_E_ABSENT */

/* ---- recovery codes and passes ---- */

/* The user's salt for slow hashes; MFA_E_ABSENT when the user has neither a
 * recovery code nor a pass.  One salt a user, so one hash serves all rows. */
int store_salt(struct store *s, const char *user, unsigned char salt[ONETIME_SALT_LEN]);
/* The same, made (random) when there is none; inside a transaction. */
int store_salt_make(struct store *s, const char *user, unsigned char salt[ONETIME_SALT_LEN]);

/* Replaces all of the user's recovery codes. */
int store_recovery_set(struct store *s, const char *user,
    unsigned char hashes[][ONETIME_HASH_LEN], size_t count, int64_t now);
/* Spends the unused code with this hash; *left is how many remain.
 * MFA_E_REFUSED when there is none (or it is used). Compares every row. */
int store_recovery_spend(struct store *s, const char *user,
    const unsigned char hash[ONETIME_HASH_LEN], int64_t now, unsigned int *left);

#define PASSES_MAX 16	/* valid ones, per user */
struct pass {
	int64_t id;
	int64_t created, expires;
	unsigned int uses;		/* left */
	char by[64];			/* who issued it */
};
/* MFA_E_REFUSED beyond PASSES_MAX that are valid when it is created. */
int store_pass_add(struct store *s, const char *user,
    const unsigned char hash[ONETIME_HASH_LEN], const struct pass *pass);
/* Spends one use of an unexpired pass with this hash. MFA_E_REFUSED. */
int store_pass_spend(struct store *s, const char *user,
    const unsigned char hash[ONETIME_HASH_LEN], int64_t now, unsigned int *left);
/* Those valid at now. */
int store_passes(struct store *s, const char *user, int64_t now, struct pass *passes,
    size_t *count);
int store_passes_remove(struct store *s, const char *user);	/* all of them */

/* ---- remembered grants ---- */

/* key: who and where, made by the policy ("session BOOT SID", "origin ADDR
 * CLASS").  Finds one that has not expired: MFA_OK with *expires, or
 * MFA_E_ABSENT. */
int store_grant_find(struct store *s, const char *user, const char *key, int64_t now,
    int64_t *expires);
int store_grant_add(struct store *s, const char *user, const char *key, int64_t now,
    int64_t expires);
/* All of a user's, or everybody's with user NULL; *count is how many. */
int store_grants_forget(struct store *s, const char *user, unsigned int *count);
int store_grants(struct store *s, const char *user, int64_t now,
    bool (*fn)(void *arg, const char *user, const char *key, int64_t created, int64_t expires),
    void *arg);

/* ---- approvals ---- */

#define STORE_DEVICE_MAX 65	/* an id, with the terminator */

/* Spends the approval of the push with this nonce; MFA_E_REFUSED when it was
 * spent before. */
int store_approval_spend(struct store *s, const unsigned char *nonce, size_t len,
    const char *user, const char *device, int64_t now);

/* From now on the user counts as somebody with a phone. */
int store_user_approved(struct store *s, const char *user, int64_t now);

/* A device that an authority has revoked stays revoked here, whatever the
 * service says later.  MFA_OK also for one that is known. */
int store_revocation_add(struct store *s, const char *device, const char *user, int64_t now);
int store_revocations(struct store *s, const char *user,
    bool (*fn)(void *arg, const char *device), void *arg);

/* ---- what the approval service said last ---- */

#define STORE_COMPULSORY "compulsory_from"	/* seconds since 1970; 0: never */

/* MFA_E_ABSENT (and 0) when it never said so. */
int store_told(struct store *s, const char *name, int64_t *value);
int store_told_set(struct store *s, const char *name, int64_t value, int64_t now);

/* ---- origins of audit sessions ---- */

/* boot is the kernel's boot id.  The first record of a session stands:
 * MFA_E_EXISTS for another. */
int store_session_open(struct store *s, const char *boot, uint32_t sessionid, const char *user,
    const char *service, const char *origin, int64_t now);
int store_session_close(struct store *s, const char *boot, uint32_t sessionid,
    const char *service);
/* origin holds size bytes; MFA_E_ABSENT. */
int store_session_find(struct store *s, const char *boot, uint32_t sessionid, char *origin,
    size_t size);

/* ---- audit ---- */

struct audit {
	int64_t id, at;			/* filled in when read */
	char event[32];			/* "login", "try", "enrol", "remove", "lock" … */
	char verdict[16];		/* "grant", "deny", "" */
	char user[257], service[65], origin[64];
	char factor[16];
	char reason[192];
	char by[64];			/* "helper", or the administrator's login name */
	unsigned int ms;
};

int store_audit(struct store *s, const struct audit *a, int64_t now);

struct audit_filter {
	const char *user, *service, *event;	/* NULL: any */
	int64_t since, until;			/* 0: open */
	unsigned int limit;			/* newest first, that many; 0: all */
};
int store_audit_read(struct store *s, const struct audit_filter *f,
    bool (*fn)(void *arg, const struct audit *a), void *arg);

#endif
