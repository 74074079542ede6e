/* SPDX-License-Identifier: BSD-2-Clause */
#include "mfad_world.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define NOBODY 65534

int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
mfad_pause(void)
{
	(void)poll(NULL, 0, 10);
}

const char *
mfad_path(const struct mfad *m, const char *name)
{
	static char paths[8][256];
	static int next;
	char *path = paths[next++ % 8];

	snprintf(path, 256, "%s/%s", m->dir, name);
	return path;
}

/* ---- before it starts ---- */

/* By rename: mfad may look at any time. */
void
mfad_certificate(const struct mfad *m, const char *name, const char *subject)
{
	char key[80], certificate[80], to[80];

	snprintf(key, sizeof(key), "%s.new.key", name);
	snprintf(certificate, sizeof(certificate), "%s.new.crt", name);
	OPENSSL(m->dir, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
	    "-nodes", "-subj", subject, "-days", "30", "-addext", "subjectAltName=IP:127.0.0.1",
	    "-keyout", key, "-out", certificate);
	ck_assert_int_eq(chown(mfad_path(m, key), NOBODY, (gid_t)-1), 0);
	ck_assert_int_eq(chmod(mfad_path(m, key), 0600), 0);
	ck_assert_int_eq(chmod(mfad_path(m, certificate), 0644), 0);
	snprintf(to, sizeof(to), "%s.key", name);
	ck_assert_int_eq(rename(mfad_path(m, key), mfad_path(m, to)), 0);
	snprintf(to, sizeof(to), "%s.crt", name);
	ck_assert_int_eq(rename(mfad_path(m, certificate), mfad_path(m, to)), 0);
}

static bool
file_has(const char *path, const char *text)
{
	static char all[4 << 20];
	FILE *f = fopen(path, "re");
	size_t len = f != NULL ? fread(all, 1, sizeof(all), f) : 0;

	if (f != NULL)
		fclose(f);
	ck_assert_uint_lt(len, sizeof(all));
	return len > 0 && memmem(all, len, text, strlen(text)) != NULL;
}

bool
mfad_keeps(const struct mfad *m, const char *text)
{
	ck_assert(file_has(mfad_path(m, "state/mfad.db"), "SQLite format 3"));
	return file_has(mfad_path(m, "state/mfad.db"), text) ||
	    file_has(mfad_path(m, "state/mfad.db-wal"), text);
}

/* One that is free now, below those that the kernel gives to whoever connects; who takes it
 * meanwhile makes the test fail, and no more. */
static uint16_t
free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	uint16_t n = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), i;

	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(getrandom(&n, sizeof(n), 0), sizeof(n));
		n = (uint16_t)(20000 + n % 12000);
		at.sin_port = htons(n);
		if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
			break;
	}
	ck_assert_int_lt(i, 100);
	close(fd);
	return n;
}

static void
open_notify(struct mfad *m)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/notify", m->dir);
	m->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(m->notify, (struct sockaddr *)&at, sizeof(at)), 0);
	chmod(at.sun_path, 0666);
}

void
mfad_configure(const struct mfad *m, const char *text)
{
	FILE *f;

	ck_assert_ptr_nonnull(f = fopen(mfad_path(m, "conf"), "w"));
	fputs(text, f);
	fclose(f);
}

/* Its directory of state, and the keys as they are installed. */
static void
make_state(const struct mfad *m)
{
	static const char seed[] = "ed25519-private AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n";
	char key[32];
	FILE *f;

	memset(key, 'k', sizeof(key));
	ck_assert_int_eq(mkdir(mfad_path(m, "state"), 0700), 0);
	ck_assert_int_eq(chown(mfad_path(m, "state"), NOBODY, NOBODY), 0);
	ck_assert_ptr_nonnull(f = fopen(mfad_path(m, "state.key"), "w"));
	ck_assert_uint_eq(fwrite(key, sizeof(key), 1, f), 1);
	fclose(f);
	ck_assert_int_eq(chown(mfad_path(m, "state.key"), 0, NOBODY), 0);
	ck_assert_int_eq(chmod(mfad_path(m, "state.key"), 0640), 0);
	ck_assert_ptr_nonnull(f = fopen(mfad_path(m, "state/authority.key"), "w"));
	fputs(seed, f);
	fclose(f);
	ck_assert_int_eq(chown(mfad_path(m, "state/authority.key"), NOBODY, NOBODY), 0);
	ck_assert_int_eq(chmod(mfad_path(m, "state/authority.key"), 0600), 0);
}

void
mfad_prepare(struct mfad *m, const char *more)
{
	char text[2048];

	memset(m, 0, sizeof(*m));
	snprintf(m->dir, sizeof(m->dir), "/tmp/mfad-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(m->dir));
	chmod(m->dir, 0755);
	umask(022);
	m->tls_port = free_port();
	m->plain_port = free_port();
	open_notify(m);
	mfad_certificate(m, "tls", "/CN=127.0.0.1");
	make_state(m);
	snprintf(text, sizeof(text), "listen = 127.0.0.1:%u\nlisten_plain = 127.0.0.1:%u\n"
	    "certificate = %s/tls.crt\ncertificate_key = %s/tls.key\n"
	    "admin_socket = %s/state/admin.sock\nstate = %s/state/mfad.db\n"
	    "state_key = %s/state.key\nauthority_key = %s/state/authority.key\n%s", m->tls_port,
	    m->plain_port, m->dir, m->dir, m->dir, m->dir, m->dir, m->dir, more);
	mfad_configure(m, text);
}

/* ---- its life ---- */

static void
set_environment(const struct mfad *m, char **envp)
{
	static char asan[256], notify[128], watchdog[64], pid[64], fds[] = "LISTEN_FDS=2";
	static char preload[256], clock[128];
	const char *build = getenv("BUILD");

	if (getenv("ASAN_OPTIONS") != NULL) {
		snprintf(asan, sizeof(asan), "ASAN_OPTIONS=%s", getenv("ASAN_OPTIONS"));
		*envp++ = asan;
	}
	snprintf(notify, sizeof(notify), "NOTIFY_SOCKET=%s/notify", m->dir);
	*envp++ = notify;
	if (m->watchdog_us > 0) {
		snprintf(watchdog, sizeof(watchdog), "WATCHDOG_USEC=%lu", m->watchdog_us);
		*envp++ = watchdog;
	}
	if (m->steered) {
		snprintf(preload, sizeof(preload), "LD_PRELOAD=%s/tests/wall_clock.so",
		    build != NULL ? build : "build");
		snprintf(clock, sizeof(clock), "WALL_CLOCK=%s", mfad_path(m, "clock"));
		*envp++ = preload;
		*envp++ = clock;
	}
	if (m->activated) {
		snprintf(pid, sizeof(pid), "LISTEN_PID=%d", (int)getpid());
		*envp++ = pid;
		*envp++ = fds;
	}
}

/* As systemd does: an Internet socket and one in the file system, from 3 on. */
static void
hand_down_sockets(const struct mfad *m)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(m->tls_port),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int a = socket(AF_INET, SOCK_STREAM, 0), b = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s/socket", m->dir);
	if (bind(a, (struct sockaddr *)&in, sizeof(in)) == -1 || listen(a, 64) == -1 ||
	    bind(b, (struct sockaddr *)&un, sizeof(un)) == -1 || listen(b, 64) == -1)
		_exit(97);
	a = fcntl(a, F_DUPFD, 20);
	b = fcntl(b, F_DUPFD, 20);
	if (dup2(a, 3) == -1 || dup2(b, 4) == -1)
		_exit(96);
}

static void
run(const struct mfad *m, const char *program)
{
	struct rlimit few = { m->descriptors, m->descriptors };
	char path[512], conf[256], log_option[] = "-e", file_option[] = "-f";
	char *envp[10] = { NULL }, *argv[] = { path, log_option, file_option, conf, NULL };

	snprintf(path, sizeof(path), "%s", tool_built(program));
	snprintf(conf, sizeof(conf), "%s", mfad_path(m, "conf"));
	if (m->activated)
		hand_down_sockets(m);
	set_environment(m, envp);
	dup2(open("/dev/null", O_RDWR), 0);
	dup2(open(mfad_path(m, "log"), O_WRONLY | O_CREAT | O_APPEND, 0644), 2);
	dup2(2, 1);
	if (m->descriptors > 0)
		setrlimit(RLIMIT_NOFILE, &few);
	if (geteuid() == 0 && (setgroups(0, NULL) == -1 || setresgid(NOBODY, NOBODY, NOBODY) == -1 ||
	    setresuid(NOBODY, NOBODY, NOBODY) == -1))
		_exit(99);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execve(path, argv, envp);
	_exit(98);
}

static void
start(struct mfad *m, const char *program)
{
	m->pid = fork();
	ck_assert_int_ne(m->pid, -1);
	if (m->pid == 0)
		run(m, program);
	m->log = open(mfad_path(m, "log"), O_RDONLY | O_CREAT | O_CLOEXEC, 0644);
}

void
mfad_start_failing(struct mfad *m, const char *program, int status)
{
	start(m, program);
	ck_assert_int_eq(mfad_wait(m), status);
}

void
mfad_start(struct mfad *m, const char *program)
{
	start(m, program);
	ck_assert_msg(mfad_notified(m, "READY=1"), "not ready: look into %s/log", m->dir);
}

void
mfad_clock(const struct mfad *m, int64_t off)
{
	int fd = open(mfad_path(m, "clock"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(pwrite(fd, &off, sizeof(off), 0), (int)sizeof(off));
	close(fd);
}

int
mfad_wait(struct mfad *m)
{
	int64_t end = now_ms() + PATIENCE_MS;
	int status = -1;
	pid_t pid;

	while ((pid = waitpid(m->pid, &status, WNOHANG)) == 0 && now_ms() < end)
		mfad_pause();
	ck_assert_int_eq(pid, m->pid);
	m->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void
mfad_stop(struct mfad *m)
{
	ck_assert_int_eq(kill(m->pid, SIGTERM), 0);
	ck_assert_int_eq(mfad_wait(m), 0);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
mfad_drop(struct mfad *m)
{
	if (m->pid > 0) {
		kill(m->pid, SIGKILL);
		waitpid(m->pid, NULL, 0);
	}
	close(m->notify);
	close(m->log);
	(void)nftw(m->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

bool
mfad_notified(struct mfad *m, const char *state)
{
	struct pollfd p = { .fd = m->notify, .events = POLLIN };
	int64_t end = now_ms() + PATIENCE_MS;
	char said[256];
	ssize_t n;

	while (now_ms() < end) {
		if (poll(&p, 1, 100) == 0 && kill(m->pid, 0) == -1)
			return false;
		if ((n = recv(m->notify, said, sizeof(said) - 1, MSG_DONTWAIT)) < 0)
			continue;
		said[n] = '\0';
		if (strcmp(said, state) == 0)
			return true;
	}
	return false;
}

bool
mfad_logged(struct mfad *m, const char *part)
{
	int64_t end = now_ms() + PATIENCE_MS;
	ssize_t n;

	do {
		n = read(m->log, m->logged + m->logged_len, sizeof(m->logged) - 1 - m->logged_len);
		m->logged_len += n > 0 ? (size_t)n : 0;
		m->logged[m->logged_len] = '\0';
		if (strstr(m->logged, part) != NULL)
			return true;
		mfad_pause();
	} while (now_ms() < end);
	return false;
}

/* ---- clients ---- */

int
client_socket(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	ck_assert_int_ne(fd, -1);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	ck_assert_msg(connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0, "connect: %s",
	    strerror(errno));
	return fd;
}

static void
connect_to(struct client *c, uint16_t port)
{
	memset(c, 0, sizeof(*c));
	c->fd = client_socket(port);
}

void
client_unix(struct client *c, const struct mfad *m)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	memset(c, 0, sizeof(*c));
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/socket", m->dir);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(c->fd, (struct sockaddr *)&at, sizeof(at)), 0);
}

void
client_plain(struct client *c, const struct mfad *m)
{
	connect_to(c, m->plain_port);
}

void
client_tls(struct client *c, const struct mfad *m, const char *certificate)
{
	char file[128];

	connect_to(c, m->tls_port);
	c->context = SSL_CTX_new(TLS_client_method());
	ck_assert_int_eq(SSL_CTX_load_verify_locations(c->context, mfad_path(m, "tls.crt"), NULL), 1);
	SSL_CTX_set_verify(c->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_options(c->context, SSL_OP_IGNORE_UNEXPECTED_EOF);
	if (certificate != NULL) {
		snprintf(file, sizeof(file), "%s.crt", certificate);
		ck_assert_int_eq(SSL_CTX_use_certificate_file(c->context, mfad_path(m, file),
		    SSL_FILETYPE_PEM), 1);
		snprintf(file, sizeof(file), "%s.key", certificate);
		ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(c->context, mfad_path(m, file),
		    SSL_FILETYPE_PEM), 1);
	}
	c->ssl = SSL_new(c->context);
	SSL_set_fd(c->ssl, c->fd);
	ck_assert_int_eq(SSL_connect(c->ssl), 1);
}

void
client_close(struct client *c)
{
	if (c->ssl != NULL)
		(void)SSL_shutdown(c->ssl);
	SSL_free(c->ssl);
	SSL_CTX_free(c->context);
	if (c->fd != -1)
		close(c->fd);
	free(c->reply);
	memset(c, 0, sizeof(*c));
	c->fd = -1;
}

void
client_reset(struct client *c)
{
	struct linger none = { .l_onoff = 1 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(c->fd);
	c->fd = -1;
	if (c->ssl != NULL)
		SSL_set_quiet_shutdown(c->ssl, 1);
	client_close(c);
}

bool
client_try_write(struct client *c, const void *bytes, size_t len)
{
	if (c->ssl != NULL)
		return SSL_write(c->ssl, bytes, (int)len) == (int)len;
	return send(c->fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len;
}

void
client_write(struct client *c, const void *bytes, size_t len)
{
	ck_assert(client_try_write(c, bytes, len));
}

void
client_send(struct client *c, const char *bytes)
{
	client_write(c, bytes, strlen(bytes));
}

/* -1: nothing came in time; 0: the end. */
static ssize_t
read_some(struct client *c, char *to, size_t size, int ms)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	int n;

	if ((c->ssl == NULL || SSL_pending(c->ssl) == 0) && poll(&p, 1, ms) == 0)
		return -1;
	n = c->ssl != NULL ? SSL_read(c->ssl, to, (int)size) : (int)recv(c->fd, to, size, 0);
	return n > 0 ? n : 0;
}

/* Of the whole reply; 0 as long as its head is not here. */
static size_t
reply_length(struct client *c)
{
	const char *end = strstr(c->reply, "\r\n\r\n");
	const char *length = strstr(c->reply, "Content-Length: ");

	if (end == NULL)
		return 0;
	c->head = (size_t)(end - c->reply) + 4;
	if (length == NULL || length > end)
		return c->head;
	return c->head + strtoul(length + strlen("Content-Length: "), NULL, 10);
}

int
client_reply(struct client *c)
{
	size_t want = 0, size = 65536;
	ssize_t n;

	free(c->reply);
	ck_assert_ptr_nonnull(c->reply = malloc(size));
	c->reply[0] = '\0';
	c->len = 0;
	while (want == 0 || c->len < want) {
		/* A reply is read to its end and no further: byte by byte at first. */
		size_t room = want == 0 ? 1 : want - c->len;

		if (c->len + room + 1 > size)
			ck_assert_ptr_nonnull(c->reply = realloc(c->reply, size = c->len + room + 1));
		n = read_some(c, c->reply + c->len, room, PATIENCE_MS);
		ck_assert_msg(n != -1, "no reply in time, but: %s", c->reply);
		if (n == 0) {
			ck_assert_msg(c->len == 0, "a reply that is cut off: %s", c->reply);
			c->ended = true;
			return 0;
		}
		c->len += (size_t)n;
		c->reply[c->len] = '\0';
		if (want == 0)
			want = reply_length(c);
	}
	ck_assert(strncmp(c->reply, "HTTP/1.1 ", 9) == 0);
	return (int)strtol(c->reply + 9, NULL, 10);
}

const char *
client_body(const struct client *c)
{
	return c->reply + c->head;
}

bool
client_has(const struct client *c, const char *part)
{
	return strstr(c->reply, part) != NULL;
}

bool
client_ended(struct client *c)
{
	int64_t end = now_ms() + PATIENCE_MS;
	char byte;
	ssize_t n;

	do
		n = read_some(c, &byte, 1, 100);
	while (n != 0 && now_ms() < end);
	return n == 0;
}

bool
client_quiet(struct client *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

int
get(const struct mfad *m, const char *path, char *body, size_t size)
{
	struct client c;
	char request[512];
	int status;

	client_plain(&c, m);
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
	    path);
	client_send(&c, request);
	status = client_reply(&c);
	if (body != NULL)
		snprintf(body, size, "%s", status != 0 ? client_body(&c) : "");
	client_close(&c);
	return status;
}

long
metric(const struct mfad *m, const char *name)
{
	static char text[65536];
	const char *at = text;
	size_t len = strlen(name);

	ck_assert_int_eq(get(m, "/metrics", text, sizeof(text)), 200);
	while ((at = strstr(at, name)) != NULL) {
		if ((at == text || at[-1] == '\n') && at[len] == ' ')
			return strtol(at + len + 1, NULL, 10);
		at++;
	}
	ck_abort_msg("no metric %s", name);
}

bool
metric_becomes(const struct mfad *m, const char *name, long value)
{
	int64_t end = now_ms() + PATIENCE_MS;
	long is;

	while ((is = metric(m, name)) != value && now_ms() < end)
		mfad_pause();
	return is == value;
}

bool
body_becomes(const struct mfad *m, const char *path, const char *body)
{
	int64_t end = now_ms() + PATIENCE_MS;
	char is[1024];

	do {
		(void)get(m, path, is, sizeof(is));
		if (strcmp(is, body) == 0)
			return true;
		mfad_pause();
	} while (now_ms() < end);
	return false;
}
