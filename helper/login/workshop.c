/* SPDX-License-Identifier: BSD-2-Clause */
#include "workshop.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "../sandbox.h"
#include "approval.h"
#include "error.h"
#include "log.h"
#include "paths.h"
#include "text.h"

int
workshop_warm_up(void)
{
	int r = otp_warm_up();

	if (r == MFA_OK)
		r = seal_warm_up();
	return r != MFA_OK ? r : approval_warm_up();
}

void
workshop_configure(struct config **config, struct config_error *error)
{
	char place[CONFIG_PLACE_MAX];

	*error = (struct config_error){ .line = 0 };
	if (config_load(MFA_CONF, MFA_CONF_DIR, config, error) != MFA_OK)
		log_line(LOG_ERR, "configuration unusable, every login is denied: %s%s",
		    config_error_place(error, place), error->text);
}

/* The boot id tells this boot's audit session numbers from another's. */
static void
read_boot_id(char *boot, size_t size)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, boot, size - 1);

	if (fd != -1)
		(void)close(fd);
	boot[n > 0 ? n : 0] = '\0';
	boot[strcspn(boot, "\n")] = '\0';
	if (!text_printable(boot, strlen(boot)))
		boot[0] = '\0';
}

static void
open_store(struct workshop *w)
{
	struct seal_key key;
	const char *why = "";
	int r = seal_key_read(MFA_STATE_KEY, &key, &why);

	if (r == MFA_OK)
		(void)store_open(MFA_STATEDIR, &key, STORE_LOGIN, &w->store, w->store_error,
		    sizeof(w->store_error));
	else
		(void)snprintf(w->store_error, sizeof(w->store_error), "%s: %s", MFA_STATE_KEY,
		    why);
	seal_key_wipe(&key);
}

/* Without them no phone is believed; a server that is configured says so. */
static void
read_authorities(struct workshop *w)
{
	const struct settings *s = w->config != NULL ? config_service(w->config, "") : NULL;
	const char *why = "";
	unsigned int line = 0;

	if (s == NULL || s->server == NULL || s->authorities == NULL ||
	    authorities_read(s->authorities, 0, w->authorities, AUTHORITIES_MAX,
	    &w->authority_count, &line, &why) == MFA_OK)
		return;
	if (line > 0)
		log_line(LOG_ERR, "no phone is believed: %s:%u: %s", s->authorities, line, why);
	else
		log_line(LOG_ERR, "no phone is believed: %s: %s", s->authorities, why);
}

void
workshop_open(struct workshop *w, const struct config *config, const struct config_error *error)
{
	*w = (struct workshop){ .config = config, .config_error = *error };
	read_boot_id(w->boot, sizeof(w->boot));
	w->logind = open(MFA_LOGIND_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	read_authorities(w);
	open_store(w);
}

int
workshop_seclude(void)
{
	static const char *const readable[] = { MFA_LOGIND_DIR, NULL };

	return sandbox_enter(MFA_STATEDIR, readable);
}

void
workshop_tidy(struct workshop *w)
{
	int64_t now;

	if (w->store != NULL && w->config != NULL && wall_clock(&now) == MFA_OK)
		store_tidy(w->store, now, config_service(w->config, "")->audit_days);
}

int
workshop_user(unsigned int *uid, unsigned int *gid)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getpwnam_r(MFA_USER, &pw, buf, sizeof(buf), &found) != 0 || found == NULL)
		return MFA_E_ABSENT;
	*uid = pw.pw_uid;
	*gid = pw.pw_gid;
	return MFA_OK;
}

int
workshop_caller(int fd, struct caller *out)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	struct passwd pw, *found = NULL;
	char buf[16384];

	*out = (struct caller){ .uid = UID_UNSET };
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == -1 || len != sizeof(peer))
		return MFA_E_PEER;
	out->uid = peer.uid;
	out->root = peer.uid == 0;
	if (out->root)
		return MFA_OK;
	if (getpwuid_r(peer.uid, &pw, buf, sizeof(buf), &found) != 0 || found == NULL)
		return MFA_E_PEER;
	return text_copy(out->name, sizeof(out->name), pw.pw_name);
}
