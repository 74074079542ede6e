/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a user is asked with first.  A call or a text needs a telephone that counts.
 */
#include <string.h>

#include "error.h"
#include "model_private.h"
#include "model_telephone.h"

static const char telephone_sql[] =
	"SELECT 1 FROM telephone WHERE user = ?1 AND proved IS NOT NULL";
static const char method_sql[] = "UPDATE user SET method = nullif(?2, '') WHERE name = ?1";
static const char review_sql[] =
	"UPDATE user SET method = NULL WHERE name = ?1 AND method IN ('call', 'text')"
	" AND NOT EXISTS (SELECT 1 FROM telephone WHERE user = ?1 AND proved IS NOT NULL)";

static int
note(struct db *db, const char *user, const char *method, const char *by, int64_t now)
{
	return model_note(db, &(struct model_event){ .event = "method", .user = user,
	    .outcome = method[0] != '\0' ? method : "none", .by = by }, now);
}

static int
check(struct db *db, const char *user, const char *method)
{
	int64_t has;
	int r = model_check_text(db, "user", user, MODEL_NAME_MAX);

	if (r != MFA_OK || method[0] == '\0' || strcmp(method, "push") == 0)
		return r;
	if (strcmp(method, "call") != 0 && strcmp(method, "text") != 0) {
		db_blame(db, "method");
		return PROBLEM_INVALID;
	}
	r = db_number(db, telephone_sql, ARGS(TEXT(user),), 0, &has);
	return r == MFA_OK && has == 0 ? PROBLEM_NO_DEVICE : r;
}

int
model_method_set(struct db *db, const char *user, const char *method, const char *by,
    int64_t now)
{
	int r;

	if ((r = check(db, user, method)) != MFA_OK ||
	    (r = model_user_make(db, user)) != MFA_OK ||
	    (r = db_do(db, method_sql, ARGS(TEXT(user), TEXT(method),), NULL)) != MFA_OK)
		return r;
	return note(db, user, method, by, now);
}

int
model_method_review(struct db *db, const char *user, const char *by, int64_t now)
{
	int changes, r = db_do(db, review_sql, ARGS(TEXT(user),), &changes);

	return r != MFA_OK || changes == 0 ? r : note(db, user, "", by, now);
}
