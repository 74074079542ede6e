/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include <stdio.h>
#include <string.h>

#include "ctl.h"

static const struct {
	const char *name;
	int (*run)(struct api *a, int argc, char **argv);
	const char *usage, *help;
} commands[] = {
	{ "users", server_users, "[--json]", "show who has phones and tokens, and who is locked" },
	{ "devices", server_devices, "USER [--json]", "show the phones of a user" },
	{ "tokens", server_tokens, "USER [--json]", "show the tokens of a user" },
	{ "hosts", server_hosts, "[--json]", "show the hosts that have joined" },
	{ "waiting", server_waiting, "[--json]", "show who waits for an approval now" },
	{ "enroll", server_enroll,
	    "USER [--name NAME] [--kind totp|hotp]\n"
	    "      [--algorithm SHA1|SHA256|SHA512] [--digits 6|7|8] [--period 30|60]\n"
	    "      [--key-stdin] [--counter N] [--json]",
	    "set up an authenticator app or a hardware token, for all hosts" },
	{ "recovery", server_recovery, "USER [--json]", "make ten new recovery codes" },
	{ "remove", server_remove, "PHONE|HOST, or USER TOKEN",
	    "take back a phone or a host, by its id, or a token" },
	{ "telephones", server_telephones, "USER [--json]", "list a user's telephones" },
	{ "telephone", server_telephone,
	    "USER NUMBER [--text] [--language en|nl] [--vouch] [--json]\n"
	    "      or USER --remove ID",
	    "give a user a telephone, which is called or sent a code at once" },
	{ "whose", server_whose, "NUMBER [--json]", "say whose telephone has a number" },
	{ "method", server_method, "USER push|call|text|none",
	    "what a user is asked with first" },
	{ "token", server_token, "[--name HOST] [--life TIME] [--json]",
	    "make a token for a host to join with" },
	{ "lock", server_lock, "USER [--phones] [--reason TEXT]",
	    "let a user in nowhere, or not by phone" },
	{ "unlock", server_unlock, "USER [--phones]", "end a lock" },
	{ "pass", server_pass, "USER [--life TIME] [--uses N] [--json]",
	    "issue a temporary access pass" },
	{ "log", server_log, "[--user USER] [--limit N] [--json]",
	    "show what was decided and changed, newest last" },
	{ "backup", server_backup, "FILE", "copy the state while the service runs" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

int
server_do(struct api *a, struct fetch_request *rq)
{
	struct api_reply reply = { .json = NULL };
	int r = remote_ask(a, rq, false, &reply);

	api_reply_free(&reply);
	return r;
}

static int
overview(void)
{
	size_t i;

	(void)puts("usage: mfactl --server SUBCOMMAND ..., on the machine of mfad\n");
	for (i = 0; i < COMMANDS; i++)
		(void)printf("  %s %s\n      %s\n", commands[i].name, commands[i].usage,
		    commands[i].help);
	return CTL_DONE;
}

int
cmd_server(int argc, char **argv)
{
	struct api a = { .heed = -1 };
	char shown[SHOW_MAX], name[32];
	size_t i;
	int r;

	if (argc < 2)
		return overview();
	for (i = 0; i < COMMANDS && strcmp(argv[1], commands[i].name) != 0; i++)
		;
	if (i == COMMANDS)
		return complain(CTL_USAGE, "%s is no subcommand of --server: see mfactl help "
		    "--server", show(shown, sizeof(shown), argv[1]));
	(void)snprintf(name, sizeof(name), "--server %s", commands[i].name);
	argv[1] = name;		/* for complaints */
	if ((r = remote_open_admin(&a)) == CTL_DONE)
		r = commands[i].run(&a, argc - 1, argv + 1);
	remote_close(&a);
	return r;
}
