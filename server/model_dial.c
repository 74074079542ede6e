/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What calls and texts may cost: how many in an hour, of a user, of a number,
 * and in all.
 */
#include "error.h"
#include "model_private.h"
#include "model_telephone.h"

static const char user_sql[] =
	"SELECT count(*) FROM dialled WHERE user = ?1 AND at > ?2";
static const char number_sql[] =
	"SELECT count(*) FROM dialled WHERE mac = ?1 AND at > ?2";
static const char all_sql[] = "SELECT count(*) FROM dialled WHERE at > ?1";
static const char note_sql[] =
	"INSERT INTO dialled (at, kind, user, mac) VALUES (?1, ?2, ?3, ?4)";

static const char undo_sql[] =
	"DELETE FROM dialled WHERE n = (SELECT max(n) FROM dialled"
	" WHERE user = ?1 AND mac = ?2 AND kind = ?3)";

/* A clock that was set back lets what is ahead of it count for an hour of its own. */
static int
within(struct db *db, const char *sql, const struct arg *args, unsigned int most)
{
	int64_t n;
	int r = db_number(db, sql, args, 0, &n);

	return r != MFA_OK ? r : n >= most ? PROBLEM_TOO_MANY_CALLS : MFA_OK;
}

int
model_dial_room(struct db *db, const struct model_dial_rules *rules, int64_t now)
{
	return within(db, all_sql, ARGS(NUMBER(now - MODEL_DIAL_TIME),), rules->per_hour);
}

/* "" as the user: nobody's. */
static int
place(struct db *db, const struct model_dial_rules *rules, enum model_dial kind,
    const char *user, const char *number, int64_t now)
{
	unsigned char mac[MODEL_HASH_LEN];
	int64_t since = now - MODEL_DIAL_TIME;
	int r;

	if (!(kind == MODEL_DIAL_CALL ? rules->call : rules->text))
		return PROBLEM_NO_GATEWAY;
	if ((r = model_telephone_mac(db, number, mac)) != MFA_OK ||
	    (user[0] != '\0' && (r = within(db, user_sql, ARGS(TEXT(user), NUMBER(since),),
	    rules->per_user)) != MFA_OK) ||
	    (r = within(db, number_sql, ARGS(BYTES(mac, MODEL_HASH_LEN), NUMBER(since),),
	    rules->per_number)) != MFA_OK ||
	    (r = model_dial_room(db, rules, now)) != MFA_OK)
		return r;
	return db_do(db, note_sql, ARGS(NUMBER(now), NUMBER(kind), TEXT(user),
	    BYTES(mac, MODEL_HASH_LEN),), NULL);
}

int
model_dial(struct db *db, const struct model_dial_rules *rules, enum model_dial kind,
    const char *user, const char *number, int64_t now)
{
	return place(db, rules, kind, user, number, now);
}

int
model_dial_notice(struct db *db, const struct model_dial_rules *rules, const char *number,
    int64_t now)
{
	return place(db, rules, MODEL_DIAL_TEXT, "", number, now);
}

int
model_dial_undo(struct db *db, enum model_dial kind, const char *user, const char *number)
{
	unsigned char mac[MODEL_HASH_LEN];
	int r = model_telephone_mac(db, number, mac);

	return r != MFA_OK ? r : db_do(db, undo_sql, ARGS(TEXT(user), BYTES(mac, MODEL_HASH_LEN),
	    NUMBER(kind),), NULL);
}
