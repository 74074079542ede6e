/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_MFAD_WORLD_H
#define TESTS_MFAD_WORLD_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A server of build/ that runs for a test, as nobody, on ports of the loopback
 * of its own: 127.0.0.1 with TLS, and without.  Everything that must happen is
 * waited for, up to PATIENCE_MS.
 */
#define PATIENCE_MS	20000
#define REPLY_MAX	(20 * 1024 * 1024)

struct mfad {
	char dir[64];
	uint16_t tls_port, plain_port;
	pid_t pid;
	int notify;		/* what it says to systemd */
	int log;		/* what it logs, to read */
	char logged[65536];	/* so far */
	size_t logged_len;
	unsigned long descriptors;	/* at most; 0: as many as we have */
	unsigned long watchdog_us;	/* 0: none */
	bool steered;			/* its wall clock is mfad_clock's */
	bool activated;			/* with sockets from systemd: tls_port, and "socket" */
};

/* program: "mfad" or "tests/held"; more: further lines of its configuration. */
void mfad_prepare(struct mfad *m, const char *more);	/* directory, ports, files */
void mfad_configure(const struct mfad *m, const char *text);	/* instead, the whole of it */
void mfad_start(struct mfad *m, const char *program);	/* and wait for READY=1 */
void mfad_start_failing(struct mfad *m, const char *program, int status);
void mfad_clock(const struct mfad *m, int64_t off);	/* from now on, in seconds */
int mfad_wait(struct mfad *m);				/* its exit status */
void mfad_stop(struct mfad *m);				/* SIGTERM, and expect 0 */
void mfad_drop(struct mfad *m);				/* remove its files, kill it */

void mfad_certificate(const struct mfad *m, const char *name, const char *subject);
bool mfad_notified(struct mfad *m, const char *state);	/* waits for it */
bool mfad_logged(struct mfad *m, const char *part);	/* waits for it */
const char *mfad_path(const struct mfad *m, const char *name);

/* Is it in its database, or in what SQLite puts beside that? */
bool mfad_keeps(const struct mfad *m, const char *text);

struct client {
	int fd;
	SSL *ssl;
	SSL_CTX *context;
	char *reply;		/* the last, head and body; terminated */
	size_t len, head;	/* of it; of its head */
	bool ended;		/* the server closed behind it */
};

int client_socket(uint16_t port);	/* connected to 127.0.0.1 */
void client_plain(struct client *c, const struct mfad *m);
void client_unix(struct client *c, const struct mfad *m);
void client_tls(struct client *c, const struct mfad *m, const char *certificate);
void client_close(struct client *c);
void client_reset(struct client *c);			/* without a farewell */
void client_send(struct client *c, const char *bytes);
void client_write(struct client *c, const void *bytes, size_t len);
bool client_try_write(struct client *c, const void *bytes, size_t len);

/* Reads one reply and returns its status; 0 when the server closed instead. */
int client_reply(struct client *c);
const char *client_body(const struct client *c);
bool client_has(const struct client *c, const char *part);	/* anywhere in it */
bool client_ended(struct client *c);			/* waits for the server's close */
bool client_quiet(struct client *c);			/* nothing is there to read now */

/* On a connection of its own. */
int get(const struct mfad *m, const char *path, char *body, size_t size);
long metric(const struct mfad *m, const char *name);	/* "NAME" or "NAME{labels}" */
bool metric_becomes(const struct mfad *m, const char *name, long value);
bool body_becomes(const struct mfad *m, const char *path, const char *body);
void mfad_pause(void);	/* between two looks at what is waited for */
int64_t now_ms(void);

#endif
