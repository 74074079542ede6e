/* SPDX-License-Identifier: BSD-2-Clause */
/* Who owns the files, and who may write to them. */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "ctl.h"
#include "error.h"
#include "user.h"

enum owner { OWNER_ROOT, OWNER_US, OWNER_EITHER };

struct rule {
	const char *path;
	mode_t type;		/* S_IFREG … */
	enum owner owner;
	mode_t needed;		/* bits that must be set */
	mode_t forbidden;	/* and those that must not be */
	const char *todo;	/* for owner and mode */
	const char *missing;	/* what to do when it is not there; NULL: may be missing */
};

#define OTHERS	(S_IRWXO | S_IRWXG)
#define WRITE	(S_IWGRP | S_IWOTH)
#define READ	(S_IRUSR | S_IRGRP | S_IROTH)
#define RUN	(S_IXUSR | S_IXGRP | S_IXOTH)

static bool
is_owner(enum owner owner, uint32_t uid, uint32_t us)
{
	return (uid == 0 && owner != OWNER_US) || (uid == us && owner != OWNER_ROOT);
}

static void
check_one(const struct rule *rule, uint32_t us, struct findings *f)
{
	const struct spot at = { rule->path, 0, "" };
	struct stat st;

	if (lstat(rule->path, &st) == -1) {
		if (errno != ENOENT || rule->missing != NULL)
			finding_add(f, LEVEL_ERROR, "missing", at,
			    rule->missing != NULL ? rule->missing : rule->todo, "%s",
			    strerror(errno));
		return;
	}
	if ((st.st_mode & S_IFMT) != rule->type)
		finding_add(f, LEVEL_ERROR, "wrong_kind", at, "install pam_mfa again",
		    "it is not a %s", S_ISDIR(rule->type) ? "directory" :
		    S_ISSOCK(rule->type) ? "socket" : "regular file");
	else if (!is_owner(rule->owner, st.st_uid, us))
		finding_add(f, LEVEL_ERROR, "wrong_owner", at, rule->todo,
		    "it belongs to user %lu", (unsigned long)st.st_uid);
	else if ((st.st_mode & rule->forbidden) != 0)
		finding_add(f, LEVEL_ERROR, "wrong_mode", at, rule->todo,
		    "its mode is %04o: others can %s it", (unsigned int)(st.st_mode & 07777),
		    (st.st_mode & rule->forbidden & WRITE) != 0 ? "change" : "read");
	else if ((st.st_mode & rule->needed) != rule->needed)
		finding_add(f, LEVEL_ERROR, "wrong_mode", at, rule->todo,
		    "its mode is %04o: whoever needs it cannot use it",
		    (unsigned int)(st.st_mode & 07777));
}

/* The module: at one place at least, and everywhere root's alone. */
static void
check_modules(const struct check_paths *paths, uint32_t us, struct findings *f)
{
	size_t i, j, found = 0;
	glob_t g;

	for (i = 0; paths->modules[i] != NULL; i++) {
		if (glob(paths->modules[i], 0, NULL, &g) != 0)
			continue;
		for (j = 0; j < g.gl_pathc; j++) {
			const struct rule rule = { g.gl_pathv[j], S_IFREG, OWNER_ROOT, READ,
			    WRITE, "chown root and chmod 0644", "install pam_mfa again" };

			check_one(&rule, us, f);
			found++;
		}
		globfree(&g);
	}
	if (found == 0)
		finding_add(f, LEVEL_ERROR, "missing", (struct spot){ "pam_mfa.so", 0, "" },
		    "install pam_mfa again", "the module is not where libpam looks for it");
}

static void
check_state(const struct check_paths *paths, uint32_t us, struct findings *f)
{
	static const char *const names[] = { "state.db", "state.db-wal", "state.db-shm", "lock" };
	char path[512];
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct rule rule = { path, S_IFREG, OWNER_US, S_IRUSR | S_IWUSR, OTHERS,
		    "chown pam_mfa and chmod 0600", NULL };

		(void)snprintf(path, sizeof(path), "%s/%s", paths->state_dir, names[i]);
		check_one(&rule, us, f);
	}
	(void)snprintf(path, sizeof(path), "%s/state.db", paths->state_dir);
	if (lstat(path, &st) == 0 && lstat(paths->key, &st) == -1 && errno == ENOENT)
		finding_add(f, LEVEL_ERROR, "missing", (struct spot){ paths->key, 0, "" },
		    "put it back from your copy: no other key opens the database",
		    "there is a database, but not the key that opens it");
	else if (lstat(path, &st) == -1 && errno == ENOENT)
		finding_add(f, LEVEL_NOTE, "nobody_enrolled", (struct spot){ path, 0, "" },
		    "mfactl enroll USER", "nobody is enrolled on this host yet");
}

static void
check_key(const struct check_paths *paths, uint32_t gid, struct findings *f)
{
	const struct spot at = { paths->key, 0, "" };
	struct stat st;

	if (lstat(paths->key, &st) == -1)
		return;
	if ((st.st_mode & S_IRGRP) == 0 || st.st_gid != gid)
		finding_add(f, LEVEL_ERROR, "wrong_owner", at, "chgrp pam_mfa and chmod 0640",
		    "the helper cannot read it");
	if (st.st_size != 32)
		finding_add(f, LEVEL_ERROR, "wrong_size", at, "put it back from your copy",
		    "it has %lld bytes instead of 32", (long long)st.st_size);
}

static void
check_socket(const struct check_paths *paths, struct findings *f)
{
	struct stat st;

	if (lstat(paths->socket, &st) == -1 && errno == ENOENT)
		finding_add(f, LEVEL_WARNING, "no_socket", (struct spot){ paths->socket, 0, "" },
		    "systemctl enable --now mfa-helper.socket",
		    "nobody listens: root's logins start a helper each, screen lockers and other "
		    "programs that are not root are denied");
}

void
check_files(const struct check_paths *paths, struct findings *f)
{
	const struct rule rules[] = {
		{ paths->etc_dir, S_IFDIR, OWNER_ROOT, READ | RUN, WRITE,
		    "chown root and chmod 0755", "install pam_mfa again" },
		{ paths->key, S_IFREG, OWNER_ROOT, S_IRUSR, WRITE | S_IRWXO,
		    "chown root and chmod 0640", NULL },
		{ paths->state_dir, S_IFDIR, OWNER_US, S_IRWXU, OTHERS,
		    "chown pam_mfa and chmod 0700", "systemd-tmpfiles --create" },
		{ paths->helper, S_IFREG, OWNER_ROOT, READ | RUN, WRITE,
		    "chown root and chmod 0755", "install pam_mfa again" },
		{ paths->run_dir, S_IFDIR, OWNER_ROOT, RUN, WRITE,
		    "chown root and chmod 0755", "systemd-tmpfiles --create" },
		{ paths->socket, S_IFSOCK, OWNER_EITHER, 0, 0,
		    "systemctl restart mfa-helper.socket", NULL },
	};
	uint32_t uid, gid;
	size_t i;

	if (user_find(paths->user, &uid, &gid) != MFA_OK) {
		finding_add(f, LEVEL_ERROR, "no_user", (struct spot){ "/etc/passwd", 0, "" },
		    "systemd-sysusers, or install pam_mfa again",
		    "there is no user %s for the helper to run as", paths->user);
		return;
	}
	if (uid == 0 || gid == 0)
		finding_add(f, LEVEL_ERROR, "user_is_root", (struct spot){ "/etc/passwd", 0, "" },
		    "give it a user id of its own", "user %s is root", paths->user);
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		check_one(&rules[i], uid, f);
	check_key(paths, gid, f);
	check_state(paths, uid, f);
	check_modules(paths, uid, f);
	check_socket(paths, f);
}
