/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../helper/login/login.h"
#include "ctl.h"
#include "error.h"
#include "import.h"
#include "state.h"
#include "text.h"
#include "token_name.h"
#include "user.h"
#include "userfile.h"

/*
 * The file is read twice: first to see that all of it is right, then, inside
 * the transaction, to add its tokens.
 */
struct importing {
	int (*parse)(FILE *in, const struct import_sink *sink, struct import_error *error);
	const char *path, *user, *name;		/* user, name: NULL when not given */
	char *data;
	size_t size;
	struct state st;
	bool write;				/* the second time */
	unsigned int added, known, left_out;
	struct change *changes;			/* what is logged in the end */
	size_t room;
	char refusal[160];			/* why token() ended it; "": it did not */
};

static void
remark_line(const struct importing *m, unsigned int line, const char *text)
{
	char path[SHOW_MAX], shown[SHOW_MAX];

	if (m->write)
		return;
	(void)complain(CTL_DONE, "%s:%u: %s", show(path, sizeof(path), m->path), line,
	    show(shown, sizeof(shown), text));
}

static void
remark(void *arg, const struct import_error *what)
{
	remark_line(arg, what->line, what->text);
}

/* ---- one token ---- */

static bool
has_key(const struct token *tokens, size_t count, const struct secret *key)
{
	size_t i;
	bool found = false;

	for (i = 0; i < count; i++)
		found |= tokens[i].key.len == key->len &&
		    secret_equal(tokens[i].key.data, key->data, key->len);
	return found;
}

/* What will be said of it in the log, once it is there. */
static int
note(struct importing *m, const char *user, const struct token *t)
{
	struct change c = { .event = "import" };

	if (m->added >= m->room) {
		size_t room = m->room == 0 ? 16 : m->room * 2;
		struct change *grown = reallocarray(m->changes, room, sizeof(c));

		if (grown == NULL)
			return MFA_E_MEMORY;
		m->changes = grown;
		m->room = room;
	}
	if ((c.user = strdup(user)) == NULL)
		return MFA_E_MEMORY;
	change_add(&c, "token", t->name);
	change_add(&c, "kind", otp_kind_name(t->params.kind));
	m->changes[m->added++] = c;
	return state_record(&m->st, &m->changes[m->added - 1]);
}

static int
add(struct importing *m, const char *user, const struct import_token *found,
    const struct token *tokens, size_t count)
{
	struct token t = { .params = found->params, .key = found->key, .last = found->last,
	    .resync = -1 };
	int r;

	token_name_free(tokens, count, m->name != NULL ? m->name : found->name, t.name);
	if ((r = store_token_add(m->st.store, user, &t, m->st.now)) == MFA_OK)
		r = note(m, user, &t);
	secret_wipe(&t.key);
	return r;
}

static int
weigh(struct importing *m, const char *user, const struct import_token *found)
{
	struct token tokens[TOKENS_MAX];
	size_t count = 0;
	int r = MFA_OK;

	if (m->st.store != NULL && (r = store_tokens(m->st.store, user, tokens, &count)) != MFA_OK)
		goto out;
	if (has_key(tokens, count, &found->key)) {
		remark_line(m, found->line, "the user has this key already: left out");
		m->known += !m->write;
	} else if (count >= TOKENS_MAX) {
		(void)snprintf(m->refusal, sizeof(m->refusal), "line %u: more than %d tokens of "
		    "one user", found->line, TOKENS_MAX);
		r = MFA_E_REFUSED;
	} else if (m->write) {
		r = add(m, user, found, tokens, count);
	} else {
		m->added++;
	}
	if (found->key.len < OTP_KEY_MIN && r == MFA_OK)
		remark_line(m, found->line, "a short key: enroll the user anew before long");
out:
	explicit_bzero(tokens, sizeof(tokens));
	return r;
}

static int
token(void *arg, const struct import_token *found)
{
	struct importing *m = arg;
	const char *user = found->user[0] != '\0' ? found->user : m->user;
	char text[160];
	uint32_t uid, gid;
	int r = user != NULL ? user_find(user, &uid, &gid) : MFA_E_INVALID;

	if (r == MFA_E_ABSENT) {
		(void)snprintf(text, sizeof(text), "there is no user %.100s: left out", user);
		remark_line(m, found->line, text);
		m->left_out += !m->write;
		return MFA_OK;
	}
	return r == MFA_OK ? weigh(m, user, found) : r;
}

/* ---- the file ---- */

static int
read_through(struct importing *m, struct import_error *error)
{
	const struct import_sink sink = { token, remark, m };
	char buffer[BUFSIZ];
	FILE *in = fmemopen(m->data, m->size, "r");
	int r = MFA_E_SYSTEM;

	if (in == NULL)
		return r;
	if (setvbuf(in, buffer, _IOFBF, sizeof(buffer)) == 0)
		r = m->parse(in, &sink, error);
	(void)fclose(in);
	explicit_bzero(buffer, sizeof(buffer));
	return r;
}

/* Why nothing was changed. */
static int
explain(const struct importing *m, int r, const struct import_error *error)
{
	char path[SHOW_MAX];

	show(path, sizeof(path), m->path);
	if (m->refusal[0] != '\0')
		return complain(CTL_REFUSED, "%s: %s: nothing was changed", path, m->refusal);
	if (r == MFA_E_INVALID && error->line > 0)
		return complain(CTL_REFUSED, "%s:%u: %s: nothing was changed", path, error->line,
		    error->text);
	if (r == MFA_E_INVALID)
		return complain(CTL_REFUSED, "%s: %s: nothing was changed", path, error->text);
	return state_fault(&m->st, r);
}

static int
write_all(struct importing *m, struct import_error *error)
{
	int r;

	m->write = true;
	m->added = 0;
	if ((r = store_begin(m->st.store, CTL_STORE_MS)) != MFA_OK)
		return r;
	if ((r = wall_clock(&m->st.now)) == MFA_OK && (r = read_through(m, error)) == MFA_OK)
		r = store_commit(m->st.store, true);
	if (r != MFA_OK)
		store_rollback(m->st.store);
	return r;
}

static void
tell(const struct importing *m, bool dry)
{
	size_t i;

	for (i = 0; m->write && i < m->added; i++)
		state_log(&m->st, &m->changes[i]);
	(void)printf("%u token%s%s imported", m->added, m->added == 1 ? "" : "s",
	    dry ? " would be" : "");
	if (m->known > 0)
		(void)printf(", %u known already", m->known);
	if (m->left_out > 0)
		(void)printf(", %u of users who do not exist left out", m->left_out);
	(void)puts(".");
}

static int
import(struct importing *m, bool dry)
{
	struct import_error error = { .line = 0 };
	int r = read_through(m, &error);

	if (r != MFA_OK)
		return explain(m, r, &error);
	if (m->added == 0 && !dry) {
		tell(m, dry);
		return complain(CTL_REFUSED, "nothing was changed");
	}
	if (!dry && (r = write_all(m, &error)) != MFA_OK)
		return explain(m, r, &error);
	tell(m, dry);
	return CTL_DONE;
}

/* ---- the command line ---- */

static int
parse(struct importing *m, int count, char **words)
{
	bool google = strcmp(words[0], "google") == 0;

	if (!google && strcmp(words[0], "oath") != 0)
		return complain(CTL_USAGE, "import: neither google nor oath: see mfactl help "
		    "import");
	if (count != (google ? 3 : 2))
		return complain(CTL_USAGE, "import: see mfactl help import for what follows %s",
		    words[0]);
	if (!google && m->name != NULL)
		return complain(CTL_USAGE, "import: --name is for google: an oath file has many");
	m->parse = google ? import_google : import_oath;
	m->path = words[1];
	m->user = google ? words[2] : NULL;
	return m->name != NULL ? token_name_valid(m->name) : CTL_DONE;
}

static int
read_file(struct importing *m)
{
	uint32_t owner = UID_UNSET, gid;
	int r;

	if (m->user != NULL && (r = user_known(m->user)) != CTL_DONE)
		return r;
	if (m->user != NULL && user_find(m->user, &owner, &gid) != MFA_OK)
		return complain(CTL_STATE, "the user cannot be looked up: try again");
	if ((r = userfile_read(m->path, owner, &m->data, &m->size)) != CTL_DONE)
		return r;
	if (m->size == 0)
		return complain(CTL_REFUSED, "the file is empty: nothing was changed");
	return CTL_DONE;
}

static void
clean(struct importing *m)
{
	size_t i;

	for (i = 0; m->write && i < m->added; i++)
		free((void *)(uintptr_t)m->changes[i].user);
	free(m->changes);
	userfile_free(&m->data, m->size);
}

int
cmd_import(int argc, char **argv)
{
	struct importing m = { .path = NULL };
	bool dry = false;
	const struct opt opts[] = { { "name", &m.name, NULL }, { "dry-run", NULL, &dry } };
	int first, r;

	if ((r = opts_read(argc, argv, opts, 2, 2, 3, &first)) != CTL_DONE ||
	    (r = parse(&m, argc - first, argv + first)) != CTL_DONE ||
	    (r = need_root()) != CTL_DONE || (r = read_file(&m)) != CTL_DONE)
		goto out;
	r = state_open(&m.st, STATE_SEAL | (dry ? STATE_MAYBE : STATE_CHANGE | STATE_MAKE));
	if (r == CTL_DONE)
		r = import(&m, dry);
	state_close(&m.st);
out:
	clean(&m);
	return r;
}
