/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../helper/login/login.h"
#include "../helper/sandbox.h"
#include "by.h"
#include "ctl.h"
#include "error.h"
#include "paths.h"
#include "user.h"

int
need_root(void)
{
	if (geteuid() != 0)
		return complain(CTL_ROOT, "only root may do this: try it with sudo");
	return CTL_DONE;
}

int
need_config(struct config **out)
{
	struct config_error e = { .line = 0 };
	char place[CONFIG_PLACE_MAX];

	if (config_load(MFA_CONF, MFA_CONF_DIR, out, &e) == MFA_OK)
		return CTL_DONE;
	return complain(CTL_CONFIG, "%s%s", config_error_place(&e, place), e.text);
}

/* ---- opening ---- */

static int
database_exists(bool *exists)
{
	struct stat st;

	*exists = lstat(MFA_STATE_DB, &st) == 0;
	if (!*exists && errno != ENOENT)
		return complain(CTL_STATE, "%s: %s", MFA_STATE_DB, strerror(errno));
	return CTL_DONE;
}

/* The key is missing.  One is made only when there is nothing yet that only
 * the old one opens. */
static int
make_key(bool database, uint32_t gid)
{
	int r;

	if (database)
		return complain(CTL_STATE, "%s is missing, and no other key opens what is in the "
		    "database: put it back from your copy", MFA_STATE_KEY);
	r = seal_key_create(MFA_STATE_KEY, gid);
	if (r != MFA_OK && r != MFA_E_EXISTS)
		return complain(CTL_STATE, "%s cannot be made: %s", MFA_STATE_KEY, strerror(errno));
	return CTL_DONE;
}

/* *usable: the key was read.  Without one, a command that seals nothing goes
 * on where there is a database.  CTL_ABSENT, without a complaint, when there
 * is neither. */
static int
read_key(struct seal_key *key, bool *usable, unsigned int flags, uint32_t gid)
{
	const char *why = "";
	bool database;
	int r = seal_key_read(MFA_STATE_KEY, key, &why), status = database_exists(&database);

	*usable = r == MFA_OK;
	if (status != CTL_DONE)
		return status;
	if (!database && (flags & STATE_MAKE) == 0)
		return CTL_ABSENT;
	if (r == MFA_OK || (database && (flags & STATE_SEAL) == 0))
		return CTL_DONE;
	if (r == MFA_E_ABSENT) {
		if ((status = make_key(database, gid)) != CTL_DONE)
			return status;
		r = seal_key_read(MFA_STATE_KEY, key, &why);
	}
	*usable = r == MFA_OK;
	if (r != MFA_OK)
		return complain(CTL_STATE, "%s: %s", MFA_STATE_KEY, why);
	return CTL_DONE;
}

static int
open_store(struct state *st, const struct seal_key *key, unsigned int flags)
{
	enum store_mode mode = flags & STATE_MAKE ? STORE_CREATE :
	    flags & STATE_CHANGE ? STORE_LOGIN : STORE_READ;
	char why[256] = "";
	int r = store_open(MFA_STATEDIR, key, mode, &st->store, why, sizeof(why));

	if (r != MFA_OK)
		return complain(CTL_STATE, "the state cannot be opened: %s", why);
	return CTL_DONE;
}

int
state_open(struct state *st, unsigned int flags)
{
	struct seal_key key;
	uint32_t uid, gid;
	bool usable = false;
	int r;

	*st = (struct state){ .now = 0 };
	if ((r = need_root()) != CTL_DONE ||
	    ((flags & STATE_CONFIG) != 0 && (r = need_config(&st->config)) != CTL_DONE))
		return r;
	if (wall_clock(&st->now) != MFA_OK)
		return complain(CTL_STATE, "the clock cannot be read, or is before 1970");
	if (user_find(MFA_USER, &uid, &gid) != MFA_OK)
		return complain(CTL_STATE, "there is no user %s: install pam_mfa again", MFA_USER);
	by_whom(st->by, sizeof(st->by));
	r = read_key(&key, &usable, flags, gid);
	if (r == CTL_ABSENT && (flags & STATE_MAYBE) == 0)
		r = complain(CTL_ABSENT, "nobody is enrolled on this host yet: mfactl enroll USER "
		    "begins");
	else if ((r == CTL_DONE || r == CTL_ABSENT) && sandbox_become(uid, gid) != MFA_OK)
		r = complain(CTL_STATE, "cannot become user %s: %s", MFA_USER, strerror(errno));
	else if (r == CTL_DONE)
		r = open_store(st, usable && (flags & STATE_SEAL) != 0 ? &key : NULL, flags);
	else if (r == CTL_ABSENT)
		r = CTL_DONE;
	seal_key_wipe(&key);
	return r;
}

void
state_close(struct state *st)
{
	store_close(&st->store);
	config_free(&st->config);
}

int
state_fault(const struct state *st, int error)
{
	bool told = error == MFA_E_STATE || error == MFA_E_BUSY || error == MFA_E_CRYPTO;
	const char *words = told ? store_message(st->store) : mfa_strerror(error);

	return complain(CTL_STATE, "the state: %s; nothing was changed: see mfactl status", words);
}

int
state_user(struct state *st, const char *user, struct user_state *u)
{
	char shown[SHOW_MAX];
	int r = store_user(st->store, user, st->now, u);

	if (r != MFA_OK)
		return state_fault(st, r);
	if (!u->exists)
		return complain(CTL_ABSENT, "%s is not enrolled: see mfactl list",
		    show(shown, sizeof(shown), user));
	return CTL_DONE;
}
