/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * place GATEWAY SETTING=VALUE...: one call, with this program as mfad.  It prints
 * what it hears and says, a line for each, and ends when the call has; the status
 * is 0 if DIAL_ENDED was heard and the other side then left.
 *
 * Settings of call_settings.h by their names, and: to, form (number, hash, code),
 * language, organisation, host, service, ms (of the whole call); number: what the
 * keys are compared with, as mfad would (one more try); cancel=, leave=: ringing,
 * answered, keys: when mfad cancels, or goes; clock=yes: each line that it hears
 * begins with the time, seconds of the day.
 */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../server/call/call.h"
#include "error.h"
#include "log.h"
#include "text.h"

struct play {
	const char *number, *cancel, *leave, *clock;
	unsigned int tries, twice;
};

static struct call_settings settings = { .call_units = 3 };
static struct dial asked = { .type = DIAL_CALL, .version = DIAL_VERSION, .ms_left = 60000,
	.to = "+31612345678", .id = "t1", .form = DIAL_WANTS_NUMBER, .digits = 2,
	.language = "en", .organisation = "Example", .host = "web1", .service = "sshd" };
static struct play play = { .number = "55" };
static struct secret password;

/* ---- arguments ---- */

static const struct { const char *name; const char **at; } texts[] = {
	{ "sip_server", &settings.sip_server }, { "sip_user", &settings.sip_user },
	{ "sip_auth_user", &settings.sip_auth_user }, { "sip_address", &settings.sip_address },
	{ "sip_ca", &settings.sip_ca }, { "call_command", &settings.call_command },
	{ "prompt_dir", &settings.prompt_dir }, { "cache_dir", &settings.cache_dir },
	{ "espeak_path", &settings.espeak_path }, { "number", &play.number },
	{ "cancel", &play.cancel }, { "leave", &play.leave }, { "clock", &play.clock },
};

static const struct { const char *name; uint32_t *at; } numbers[] = {
	{ "rtp_low", &settings.rtp_low }, { "rtp_high", &settings.rtp_high },
	{ "ring_seconds", &settings.ring_seconds }, { "ms", &asked.ms_left },
};

static const struct { const char *name; char *at; size_t size; } names[] = {
	{ "to", asked.to, sizeof(asked.to) }, { "language", asked.language, sizeof(asked.language) },
	{ "organisation", asked.organisation, sizeof(asked.organisation) },
	{ "host", asked.host, sizeof(asked.host) }, { "service", asked.service, sizeof(asked.service) },
};

static int
take_word(const char *name, const char *value)
{
	if (strcmp(name, "form") == 0)
		asked.form = value[0] == 'n' ? DIAL_WANTS_NUMBER : value[0] == 'h' ?
		    DIAL_WANTS_HASH : DIAL_WANTS_CODE;
	else if (strcmp(name, "sip_media") == 0)
		settings.sip_media = strcmp(value, "srtp") == 0 ? SIP_MEDIA_SRTP :
		    strcmp(value, "srtp-mandatory") == 0 ? SIP_MEDIA_SRTP_MANDATORY :
		    strcmp(value, "dtls") == 0 ? SIP_MEDIA_DTLS : SIP_MEDIA_NONE;
	else if (strcmp(name, "sip_register") == 0)
		settings.sip_register = strcmp(value, "yes") == 0;
	else if (strcmp(name, "sip_password") == 0) {
		settings.sip_password = &password;
		return secret_set(&password, value, strlen(value));
	} else
		return MFA_E_INVALID;
	return MFA_OK;
}

static int
take(const char *name, const char *value)
{
	unsigned long n;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(name, texts[i].name) == 0) {
			*texts[i].at = value;
			return MFA_OK;
		}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i].name) == 0)
			return text_copy(names[i].at, names[i].size, value);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(name, numbers[i].name) == 0) {
			if (text_number(value, 0, 1000000, &n) != MFA_OK)
				return MFA_E_INVALID;
			*numbers[i].at = (uint32_t)n;
			return MFA_OK;
		}
	return take_word(name, value);
}

static int
take_all(char **argv)
{
	for (; *argv != NULL; argv++) {
		char *equals = strchr(*argv, '=');

		if (equals == NULL)
			return MFA_E_INVALID;
		*equals = '\0';
		if (take(*argv, equals + 1) != MFA_OK) {
			(void)fprintf(stderr, "place: %s\n", *argv);
			return MFA_E_INVALID;
		}
	}
	return MFA_OK;
}

/* ---- mfad ---- */

static void
say(int fd, enum dial_say what)
{
	static const char *const shown[] = { "", "thanks", "once-more", "wrong", "reported", "over",
	    "twice" };
	struct dial m = { .type = DIAL_SAY, .say = what };

	(void)printf("say %s\n", shown[what]);
	(void)dial_send(fd, &m, deadline_in(1000));
}

static void
judge(int fd, const char *keys)
{
	if (strcmp(keys, "0") == 0)
		say(fd, DIAL_REPORTED);
	else if (strcmp(keys, play.number) == 0 || (keys[0] == '\0' && asked.form == DIAL_WANTS_HASH))
		say(fd, DIAL_THANKS);
	else if (text_repeats(keys))
		say(fd, play.twice++ == 0 ? DIAL_TWICE : DIAL_OVER);
	else
		say(fd, play.tries++ == 0 ? DIAL_ONCE_MORE : DIAL_WRONG);
}

/* True when mfad goes. */
static int
interfere(int fd, const char *now)
{
	struct dial m = { .type = DIAL_CANCEL };

	if (play.cancel != NULL && strcmp(play.cancel, now) == 0) {
		(void)printf("cancel\n");
		(void)dial_send(fd, &m, deadline_in(1000));
	}
	return play.leave != NULL && strcmp(play.leave, now) == 0;
}

static const char *const outcomes[] = { "", "done", "no-answer", "busy", "declined", "hung-up",
	"no-keys", "cancelled", "gateway", "refused", "misconfigured" };

static void
show_time(void)
{
	struct timespec now;

	if (play.clock != NULL && clock_gettime(CLOCK_REALTIME, &now) == 0)
		(void)printf("%ld.%03ld ", (long)now.tv_sec % 86400, now.tv_nsec / 1000000);
}

/* 1: go on. */
static int
hear(int fd, const struct dial *m)
{
	const char *now = m->progress == DIAL_RINGING ? "ringing" : "answered";

	show_time();
	switch (m->type) {
	case DIAL_PROGRESS:
		(void)printf("%s\n", now);
		return !interfere(fd, now);
	case DIAL_KEYS:
		(void)printf("keys [%s]\n", m->keys);
		if (interfere(fd, "keys"))
			return 0;
		if (play.cancel == NULL || strcmp(play.cancel, "keys") != 0)
			judge(fd, m->keys);
		return 1;
	case DIAL_ENDED:
		(void)printf("ended %s units=%u words=[%s]\n", outcomes[m->outcome], m->units,
		    m->words);
		return 0;
	default:
		(void)printf("unexpected %u\n", m->type);
		return 0;
	}
}

static int
listen_to(int fd)
{
	struct deadline end = deadline_in((int64_t)asked.ms_left + 5000);
	struct dial_dialogue dialogue = { 0 };
	struct dial m;
	int r;

	(void)dial_permit(&dialogue, DIAL_MFAD, DIAL_CALL);
	while ((r = dial_recv(fd, &m, end)) == MFA_OK) {
		if (dial_permit(&dialogue, DIAL_MFA_CALL, m.type) != MFA_OK)
			return MFA_E_PROTOCOL;
		r = hear(fd, &m);
		(void)fflush(stdout);
		if (m.type == DIAL_KEYS)
			dialogue.asked = false;
		if (r == 0)
			break;
	}
	return r;
}

/* ---- mfa-call ---- */

static void
become_call(int fd, const struct call_gateway *gateway)
{
	struct call call = { .fd = fd, .asked = &asked, .settings = &settings };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)dial_permit(&call.dialogue, DIAL_MFAD, DIAL_CALL);
	call.deadline = deadline_in(asked.ms_left);
	if (call_asked_well(&asked) != MFA_OK)
		call_ended(&call, DIAL_MISCONFIGURED, "asked badly");
	else
		gateway->place(&call);
	exit(0);
}

int
main(int argc, char **argv)
{
	const struct call_gateway *const gateways[] = { &call_gateway_sip, &call_gateway_exec };
	int ends[2], r, status = 0;
	size_t i;
	pid_t pid;

	log_open("place");
	log_to_stderr("place");
	if (argc < 2 || take_all(argv + 2) != MFA_OK)
		return 2;
	for (i = 0; i < 2 && strcmp(gateways[i]->name, argv[1]) != 0; i++)
		;
	if (i == 2 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		return 2;
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		become_call(ends[1], gateways[i]);
	}
	(void)close(ends[1]);
	r = listen_to(ends[0]);
	(void)close(ends[0]);
	(void)waitpid(pid, &status, 0);
	if (status != 0)
		(void)printf("mfa-call ended badly: %d\n", status);
	return r == 0 && status == 0 ? 0 : 1;
}
