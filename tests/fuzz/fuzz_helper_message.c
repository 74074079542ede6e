/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../helper/login/login.h"
#include "error.h"

/*
 * The helper's side of the messages: a module made of bytes, in front of a
 * real state.  The first byte says who calls; then each datagram is two bytes
 * of length and its content.  Nothing in the configuration lets anybody in
 * without a code, and no code can be known: a grant is only what decides
 * nothing (the session phases, the guard that is off).
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BEGIN_AHEAD 8	/* datagrams that are sent before anybody listens */

static struct workshop shop;

static void
must(int r, const char *what)
{
	if (r == MFA_OK)
		return;
	fprintf(stderr, "%s: %s\n", what, mfa_strerror(r));
	exit(1);
}

static void
enrol(const char *user)
{
	struct token t = { .name = "t", .params = otp_default, .last = -1, .resync = -1 };

	must(otp_key_new(OTP_SHA1, &t.key), "key");
	must(store_begin(shop.store, 1000), "begin");
	must(store_token_add(shop.store, user, &t, time(NULL)), "token");
	must(store_commit(shop.store, false), "commit");
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char conf[] = "tries = 2\ndelay = 0\nmax_failures = 99\n"
	    "[service xrdp-sesman]\ncombined = yes\n";
	static char dir[] = "/tmp/mfa-fuzz-XXXXXX";
	struct config *config = NULL;
	struct config_error e;
	struct seal_key key = { { 1 } };
	char path[64], why[256];
	FILE *f;

	(void)argc;
	(void)argv;
	if (mkdtemp(dir) == NULL)
		must(MFA_E_SYSTEM, dir);
	snprintf(path, sizeof(path), "%s/conf", dir);
	if ((f = fopen(path, "w")) == NULL || fputs(conf, f) == EOF || fclose(f) == EOF ||
	    chmod(path, 0644) == -1)
		must(MFA_E_SYSTEM, path);
	must(config_load(path, "/nonexistent", &config, &e), e.text);
	shop = (struct workshop){ .config = config, .logind = -1, .boot = "boot" };
	must(store_open(dir, &key, STORE_CREATE, &shop.store, why, sizeof(why)), "store");
	enrol("alice");
	return 0;
}

/* Sends what the input holds; the far end is then closed for writing. */
static void
send_all(int fd, const uint8_t *data, size_t size)
{
	int i;

	for (i = 0; i < BEGIN_AHEAD && size >= 2; i++) {
		size_t len = (size_t)data[0] << 8 | data[1];

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		if (len > 0)
			(void)send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		data += len;
		size -= len;
	}
	(void)shutdown(fd, SHUT_WR);
}

/* A module whose begin is well-formed, so that the rest is reached too. */
static void
send_begin(int fd, uint8_t kind)
{
	struct msg m = { .type = MSG_BEGIN, .version = MSG_VERSION, .phase = PHASE_AUTH,
	    .loginuid = UID_UNSET, .sessionid = UID_UNSET, .ms_left = 500,
	    .service = "sshd", .user = "alice", .ssh_connection = "192.0.2.1 1 192.0.2.2 22" };

	if (kind & 8)
		snprintf(m.user, sizeof(m.user), "nobody-here");
	must(msg_send(fd, &m, deadline_in(100)), "begin");
}

static void
check_verdicts(int fd, bool known_phase)
{
	struct msg m;

	while (msg_recv(fd, &m, deadline_in(10)) == MFA_OK)
		if (m.type == MSG_VERDICT && m.verdict == VERDICT_GRANT && known_phase)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct caller caller = { .uid = 0, .root = true };
	int pair[2];
	bool phase_auth;

	if (size < 1 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return 0;
	if (data[0] & 1)
		caller = (struct caller){ .uid = 1000, .name = "alice" };
	phase_auth = (data[0] & 2) != 0;
	if (phase_auth)
		send_begin(pair[0], data[0]);
	send_all(pair[0], data + 1, size - 1);
	login_serve(&shop, &caller, pair[1]);
	close(pair[1]);
	check_verdicts(pair[0], phase_auth);
	close(pair[0]);
	return 0;
}
