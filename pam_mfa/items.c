/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <security/pam_appl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "module.h"
#include "text.h"
#include "user.h"

/* "" for an item that is not set; NULL when that cannot be known. */
static const char *
item(const struct request *rq, int type)
{
	const void *value = NULL;

	if (pam_get_item(rq->pamh, type, &value) != PAM_SUCCESS)
		return NULL;
	return value == NULL ? "" : value;
}

/* A name that somebody is let in by must arrive as it is or not at all. */
static int
copy_name(struct request *rq, char *dst, size_t size, const char *src)
{
	if (src == NULL)
		return MFA_E_INTERNAL;
	if (src[0] != '\0' && text_copy(dst, size, src) == MFA_OK &&
	    text_printable(dst, strlen(dst)))
		return MFA_OK;
	(void)text_escape(rq->at, sizeof(rq->at), src);
	return MFA_E_INVALID;
}

/* A hint about where the person is.  One that is too long or unprintable
 * becomes "?", which is no address, terminal or display: the origin is then
 * unknown and trusted nowhere, and nobody is locked out by a strange name. */
static void
copy_hint(char *dst, size_t size, const char *src)
{
	if (src == NULL || text_copy(dst, size, src) != MFA_OK || !text_printable(dst, strlen(dst)))
		(void)text_copy(dst, size, "?");
}

/* A process outside any audit session reads 4294967295, which is UID_UNSET, and
 * so is a kernel without audit.  One that is there and cannot be read is a
 * fault: what is said inside another's session must not pass for the console. */
static int
read_audit(struct request *rq, const char *path, uint32_t *out)
{
	unsigned long n;
	char buf[16];
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*out = UID_UNSET;
	if (fd == -1 && errno == ENOENT)
		return MFA_OK;
	len = fd == -1 ? -1 : read(fd, buf, sizeof(buf) - 1);
	rq->saved_errno = errno;
	if (fd != -1)
		(void)close(fd);
	buf[len > 0 ? len : 0] = '\0';
	if (len == -1 || text_number(buf, 0, UINT32_MAX, &n) != MFA_OK) {
		rq->what = "the audit session cannot be read from /proc/self";
		return MFA_E_SYSTEM;
	}
	*out = (uint32_t)n;
	return MFA_OK;
}

static int
gather_user(struct request *rq)
{
	const char *user = item(rq, PAM_USER);
	bool may_ask = rq->phase == PHASE_AUTH || rq->phase == PHASE_SPLIT;

	if (user != NULL && user[0] == '\0' && may_ask &&
	    (pam_get_user(rq->pamh, &user, NULL) != PAM_SUCCESS || user == NULL))
		return MFA_E_CONV;
	rq->what = "PAM_USER is missing, too long or unprintable";
	if (copy_name(rq, rq->begin.user, sizeof(rq->begin.user), user) != MFA_OK)
		return MFA_E_INVALID;
	rq->what = "PAM_SERVICE is missing, too long or unprintable";
	if (copy_name(rq, rq->begin.service, sizeof(rq->begin.service),
	    item(rq, PAM_SERVICE)) != MFA_OK)
		return MFA_E_INVALID;
	rq->what = NULL;
	return MFA_OK;
}

/* What getgrouplist(3) leaves in errno when it has left out a group. */
static bool
groups_left_out(int error)
{
	return error == ENOMEM || error == EMFILE || error == ENFILE || error == EIO;
}

/* The groups decide who is in scope: all of them, or none and a denial. */
static int
look_up_groups(struct request *rq, gid_t primary, struct msg *out)
{
	gid_t groups[MSG_GROUPS_MAX];
	int i, count = MSG_GROUPS_MAX;

	errno = 0;
	if (getgrouplist(rq->begin.user, primary, groups, &count) == -1) {
		rq->what = "the user is in more groups than a message holds";
		return MFA_E_INVALID;
	}
	if (groups_left_out(errno)) {
		rq->what = "the group database cannot be read";
		return MFA_E_SYSTEM;
	}
	for (i = 0; i < count; i++)
		out->groups[i] = groups[i];
	out->group_count = (uint32_t)count;
	return MFA_OK;
}

/* A user that NSS does not know has neither id nor groups; one that it cannot
 * look up is a fault, or "out of scope" could come of a broken directory. */
int
items_look_up(struct request *rq, struct msg *out)
{
	uint32_t uid = UID_UNSET, gid = UID_UNSET;
	unsigned int taken;
	int r;

	*out = (struct msg){ .type = MSG_IDS };
	taken = low_fds_occupy();
	r = room_to_look_up() ? user_find(rq->begin.user, &uid, &gid) : MFA_E_SYSTEM;
	if (r == MFA_OK)
		r = look_up_groups(rq, gid, out);
	rq->saved_errno = errno;
	low_fds_release(taken);
	if (r == MFA_E_SYSTEM && rq->what == NULL)
		rq->what = "the user database cannot be read";
	out->uid = uid;
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

int
items_gather(struct request *rq)
{
	struct msg *m = &rq->begin;
	const char *ssh;
	int r;

	m->type = MSG_BEGIN;
	m->version = MSG_VERSION;
	m->phase = rq->phase;
	if ((r = gather_user(rq)) != MFA_OK ||
	    (r = read_audit(rq, "/proc/self/loginuid", &m->loginuid)) != MFA_OK ||
	    (r = read_audit(rq, "/proc/self/sessionid", &m->sessionid)) != MFA_OK)
		return r;
	copy_hint(m->ruser, sizeof(m->ruser), item(rq, PAM_RUSER));
	copy_hint(m->rhost, sizeof(m->rhost), item(rq, PAM_RHOST));
	copy_hint(m->tty, sizeof(m->tty), item(rq, PAM_TTY));
	copy_hint(m->xdisplay, sizeof(m->xdisplay), item(rq, PAM_XDISPLAY));
	ssh = pam_getenv(rq->pamh, "SSH_CONNECTION");
	copy_hint(m->ssh_connection, sizeof(m->ssh_connection), ssh == NULL ? "" : ssh);
	return MFA_OK;
}

bool
items_same_user(const struct request *rq)
{
	const char *user = item(rq, PAM_USER);

	return user != NULL && strcmp(user, rq->begin.user) == 0;
}
