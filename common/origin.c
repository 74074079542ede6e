/* SPDX-License-Identifier: BSD-2-Clause */
#include "origin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "lines.h"
#include "text.h"

static const struct origin unknown = { .kind = ORIGIN_UNKNOWN, .from = "nothing" };

const char *
origin_format(const struct origin *o, char *dst)
{
	if (o->kind == ORIGIN_ADDRESS)
		return address_format(&o->address, dst);
	(void)text_copy(dst, ORIGIN_TEXT_MAX, o->kind == ORIGIN_CONSOLE ? "console" : "unknown");
	return dst;
}

int
origin_parse(const char *s, struct origin *out)
{
	*out = unknown;
	if (strcmp(s, "unknown") == 0)
		return MFA_OK;
	if (strcmp(s, "console") == 0) {
		out->kind = ORIGIN_CONSOLE;
		return MFA_OK;
	}
	if (address_parse(s, &out->address) != MFA_OK)
		return MFA_E_INVALID;
	out->kind = ORIGIN_ADDRESS;
	return MFA_OK;
}

static bool
same(const struct address *a, const struct address *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static void
set_address(struct origin *out, const struct address *a, const char *from)
{
	*out = (struct origin){ .kind = ORIGIN_ADDRESS, .address = *a, .from = from };
}

static bool
is_session_phase(const struct msg *m)
{
	return m->phase == PHASE_OPEN || m->phase == PHASE_CLOSE;
}

/* ---- SSH_CONNECTION ---- */

static int
peer_of_ssh(const char *connection, struct address *out)
{
	char word[ADDRESS_TEXT_MAX];
	size_t len = strcspn(connection, " ");

	if (len >= sizeof(word))
		return MFA_E_INVALID;
	memcpy(word, connection, len);
	word[len] = '\0';
	return address_parse(word, out);
}

/* sshd sets PAM_RHOST to the address, or with UseDNS to a name.  Without one
 * it was not sshd that set SSH_CONNECTION: pam_env can read it from a file of
 * the user's, in a stack of sudo's for instance. */
static bool
rhost_agrees(const struct msg *m, const struct address *peer)
{
	struct address rhost;

	if (address_parse(m->rhost, &rhost) == MFA_OK)
		return same(&rhost, peer);
	return !is_session_phase(m) && m->rhost[0] != '\0';
}

static void
from_ssh(const struct msg *m, struct origin *out)
{
	struct address peer;

	if (peer_of_ssh(m->ssh_connection, &peer) == MFA_OK && rhost_agrees(m, &peer))
		set_address(out, &peer, "SSH_CONNECTION");
	else
		out->from = "SSH_CONNECTION";
}

/* ---- terminals ---- */

static bool
is_virtual_terminal(const char *tty)
{
	unsigned long n;

	if (strncmp(tty, "/dev/", 5) == 0)
		tty += 5;
	return strncmp(tty, "tty", 3) == 0 && text_number(tty + 3, 1, 63, &n) == MFA_OK;
}

/* ":0" or ":0.0"; with a host before it, it is another's. */
static bool
is_local_display(const char *s)
{
	static const char digits[] = "0123456789";
	size_t len;

	if (*s++ != ':' || (len = strspn(s, digits)) == 0)
		return false;
	s += len;
	if (*s == '.' && (len = strspn(s + 1, digits)) > 0)
		s += 1 + len;
	return *s == '\0';
}

static void
from_terminal(const struct msg *m, bool display_manager, struct origin *out)
{
	if (is_virtual_terminal(m->tty))
		out->from = "tty";
	else if (display_manager && (is_local_display(m->xdisplay) || is_local_display(m->tty)))
		out->from = "display";
	else
		return;
	out->kind = ORIGIN_CONSOLE;
}

int
origin_of_login(const struct msg *begin, bool display_manager, struct origin *out)
{
	struct address peer;

	*out = unknown;
	if (begin->ssh_connection[0] != '\0') {
		from_ssh(begin, out);
	} else if (begin->sessionid != UID_UNSET && !is_session_phase(begin)) {
		return MFA_E_ABSENT;
	} else if (begin->rhost[0] != '\0') {
		out->from = "PAM_RHOST";
		if (address_parse(begin->rhost, &peer) == MFA_OK)
			set_address(out, &peer, "PAM_RHOST");
	} else {
		from_terminal(begin, display_manager, out);
	}
	return MFA_OK;
}

/* ---- logind ---- */

#define LOGIND_LINE_MAX	1024
#define LOGIND_FILE_MAX	65536

struct logind {			/* the values that were seen; "" for none */
	char audit[16], remote[4], host[ADDRESS_TEXT_MAX], seat[64], vt[8], state[16];
	bool odd;		/* something given twice, or too long */
};

static void
take(struct logind *l, const char *key, const char *value)
{
	const struct {
		const char *key;
		char *dst;
		size_t size;
	} wanted[] = {
		{ "AUDIT", l->audit, sizeof(l->audit) },
		{ "REMOTE", l->remote, sizeof(l->remote) },
		{ "REMOTE_HOST", l->host, sizeof(l->host) },
		{ "SEAT", l->seat, sizeof(l->seat) },
		{ "VTNR", l->vt, sizeof(l->vt) },
		{ "STATE", l->state, sizeof(l->state) },
	};
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (strcmp(key, wanted[i].key) == 0 && (wanted[i].dst[0] != '\0' ||
		    text_copy(wanted[i].dst, wanted[i].size, value) != MFA_OK))
			l->odd = true;
}

static int
read_logind(int fd, struct logind *l)
{
	struct lines lines;
	char *line, *equals;
	const char *why;
	int r;

	lines_start(&lines, fd, LOGIND_LINE_MAX, LOGIND_FILE_MAX);
	while ((r = lines_next(&lines, &line, &why)) == MFA_OK) {
		if (line[0] == '#' || (equals = strchr(line, '=')) == NULL)
			continue;
		*equals = '\0';
		take(l, line, equals + 1);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

static void
judge(const struct logind *l, const char *id, struct origin *out)
{
	struct address peer;
	unsigned long n;

	out->from = "logind";
	if (l->odd || (l->audit[0] != '\0' && strcmp(l->audit, id) != 0))
		return;
	/* The person has left, and what still runs in it (a tmux, say) may
	 * have been taken over from anywhere. */
	if (strcmp(l->state, "closing") == 0)
		return;
	if (strcmp(l->remote, "1") == 0) {
		if (address_parse(l->host, &peer) == MFA_OK)
			set_address(out, &peer, "logind");
	} else if (strcmp(l->remote, "0") == 0) {
		if (l->host[0] == '\0' && l->seat[0] != '\0' &&
		    text_number(l->vt, 1, 63, &n) == MFA_OK)
			out->kind = ORIGIN_CONSOLE;
	}
}

int
origin_of_logind(int dirfd, uint32_t sessionid, struct origin *out)
{
	struct logind l = { .odd = false };
	char id[16];
	int fd, r;

	*out = unknown;
	(void)snprintf(id, sizeof(id), "%lu", (unsigned long)sessionid);
	fd = openat(dirfd, id, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return errno == ENOENT ? MFA_E_ABSENT : MFA_E_SYSTEM;
	if ((r = read_logind(fd, &l)) == MFA_OK)
		judge(&l, id, out);
	(void)close(fd);
	return r;
}
