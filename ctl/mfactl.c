/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl: administers the second factors of this host.  See mfactl(1).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "ctl.h"
#include "error.h"
#include "log.h"

static const struct command commands[] = {
	{ "enroll", cmd_enroll,
	    "USER [--name NAME] [--replace NAME] [--kind totp|hotp]\n"
	    "[--algorithm SHA1|SHA256|SHA512] [--digits 6|7|8] [--period 30|60]\n"
	    "[--key-stdin] [--counter N] [--json]",
	    "set up an authenticator app or a hardware token" },
	{ "list", cmd_list, "[USER] [--json]", "show users and their tokens" },
	{ "remove", cmd_remove, "USER NAME", "remove a token" },
	{ "rename", cmd_rename, "USER FROM TO", "give a token another name" },
	{ "recovery", cmd_recovery, "USER [--count] [--json]",
	    "make ten new recovery codes, or count those left" },
	{ "pass", cmd_pass, "USER [--length N] [--life TIME] [--uses N] [--json]\nUSER --revoke",
	    "issue a temporary access pass" },
	{ "lock", cmd_lock, "USER [--reason TEXT]", "refuse every code of a user" },
	{ "unlock", cmd_unlock, "USER", "end a lock, and forget failures" },
	{ "forget", cmd_forget, "USER\n--all", "forget remembered logins" },
	{ "log", cmd_log,
	    "[--user USER] [--service SERVICE] [--since TIME] [--limit N]\n[--json]",
	    "show what was decided and changed, newest last" },
	{ "why", cmd_why,
	    "USER --service SERVICE [--from ADDRESS|console|unknown]\n[--at TIME] [--json]",
	    "explain what a login would be asked, and why" },
	{ "check", cmd_check, "[--json]", "look for mistakes in configuration and PAM stacks" },
	{ "status", cmd_status, "[--json]", "show whether everything is in place" },
	{ "import", cmd_import,
	    "google FILE USER [--name NAME] [--dry-run]\noath FILE [--dry-run]",
	    "take over tokens of google-authenticator or pam_oath" },
	{ "phone", cmd_phone,
	    "USER [--authority KEY [--life TIME]] [--json]\n"
	    "USER --request REQUEST [--json]\nUSER --certificate CERTIFICATE [--json]",
	    "enrol a phone that approves logins" },
	{ "test", cmd_test, "USER [push|call|text]",
	    "try one approval on a phone, a call or a text, hop by hop" },
	{ "join", cmd_join, "URL [--name HOST] [--ca FILE] [--yes] [--force]",
	    "make this host known to an approval service" },
	{ "rotate", cmd_rotate, "", "give this host another key at its approval service" },
	{ "authority", cmd_authority,
	    "init KEY\nshow KEY\nsign KEY REQUEST CERTIFICATE [--life TIME]\n"
	    "revoke KEY USER DEVICE REVOCATION",
	    "vouch for people's phones, with a key that is kept in a file" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *
find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int
unknown(const char *name)
{
	char shown[SHOW_MAX];

	return complain(CTL_USAGE, "%s is no subcommand: see mfactl help",
	    show(shown, sizeof(shown), name));
}

static void
print_overview(FILE *out)
{
	size_t i;

	(void)fputs("usage: mfactl SUBCOMMAND ...\n\n", out);
	for (i = 0; i < COMMANDS; i++)
		(void)fprintf(out, "  %-10s%s\n", commands[i].name, commands[i].help);
	(void)fputs("\n  mfactl help --server     how an approval service is administered\n"
	    "  mfactl help SUBCOMMAND   how it is used\n"
	    "  mfactl --version         which version this is\n"
	    "  man mfactl               everything about them, with examples\n", out);
}

/* A usage of several lines is one command continued, unless a line begins a
 * form of its own: then it does not begin with "[". */
static void
print_usage(const struct command *c)
{
	const char *at = c->usage;
	size_t len;

	(void)printf("%s: %s\n\n", c->name, c->help);
	for (; *at != '\0'; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		if (at == c->usage || *at != '[')
			(void)printf("  mfactl %s %.*s\n", c->name, (int)len, at);
		else
			(void)printf("      %.*s\n", (int)len, at);
	}
	(void)puts("\nSee mfactl(1).");
}

static int
help(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		print_overview(stdout);
		return CTL_DONE;
	}
	if (strcmp(argv[1], "--server") == 0)
		return cmd_server(1, argv + 1);
	if (argc > 2)
		return complain(CTL_USAGE, "help: one word too many: see mfactl help");
	if ((c = find(argv[1])) == NULL)
		return unknown(argv[1]);
	print_usage(c);
	return CTL_DONE;
}

static int
dispatch(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		print_overview(stderr);
		return CTL_USAGE;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return help(argc - 1, argv + 1);
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("mfactl (pam_mfa) " CTL_VERSION);
		return CTL_DONE;
	}
	if (strcmp(argv[1], "--server") == 0)
		return cmd_server(argc - 1, argv + 1);
	if ((c = find(argv[1])) == NULL)
		return unknown(argv[1]);
	if (argc == 3 && strcmp(argv[2], "--help") == 0) {
		print_usage(c);
		return CTL_DONE;
	}
	return c->run(argc - 1, argv + 1);
}

/* A standard descriptor that is closed would be the next file that is opened,
 * the state or the log for instance, and a key would be shown to that.  What
 * stands in for it still fails when it is read or written. */
static bool
fill_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_WRONLY);
	while (fd == STDIN_FILENO);
	if (fd == STDOUT_FILENO) {
		(void)close(fd);
		if (open("/dev/null", O_RDONLY) == -1)
			return false;
		fd = open("/dev/null", O_WRONLY);
	}
	if (fd > STDERR_FILENO)
		(void)close(fd);
	return fd != -1;
}

/* Keys and codes pass through here: no core file, and no file for others. */
static int
guard(void)
{
	const struct rlimit none = { 0, 0 };

	(void)umask(077);
	if (setrlimit(RLIMIT_CORE, &none) == -1 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return complain(CTL_STATE, "core files cannot be forbidden: %s", strerror(errno));
	return CTL_DONE;
}

int
main(int argc, char **argv)
{
	static char out[BUFSIZ];	/* keys and codes are shown through it: wiped */
	int r;

	if (!fill_descriptors())
		return CTL_STATE;
	if ((r = guard()) != CTL_DONE)
		return r;
	if (crypto_start_for_tls() != MFA_OK)
		return complain(CTL_STATE, "OpenSSL cannot be used");
	(void)setvbuf(stdout, out, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof(out));
	log_open("mfactl");
	r = dispatch(argc, argv);
	if ((fflush(stdout) != 0 || ferror(stdout)) && (r == CTL_DONE || r == CTL_NO))
		r = complain(CTL_STATE, "the output could not be written: %s", strerror(errno));
	explicit_bzero(out, sizeof(out));
	return r;
}
