/* SPDX-License-Identifier: BSD-2-Clause */
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "config_mfad.h"
#include "error.h"
#include "log.h"
#include "paths_mfad.h"
#include "systemd.h"
#include "text.h"
#include "user.h"

#define BACKLOG	4096	/* that wait to be accepted; the kernel may have less */

/* ---- places ---- */

static int
read_path(const char *text, struct socket_place *out, const char **why)
{
	out->at.un.sun_family = AF_UNIX;
	out->len = sizeof(out->at.un);
	if (text_copy(out->at.un.sun_path, sizeof(out->at.un.sun_path), text) == MFA_OK)
		return MFA_OK;
	*why = "the path of a socket has at most 107 bytes";
	return MFA_E_INVALID;
}

/* Splits "[ADDRESS]:PORT" or "ADDRESS:PORT"; brackets are IPv6's. */
static bool
split_port(char *text, char **address, bool *six, unsigned long *port)
{
	char *colon = strrchr(text, ':');

	if (colon == NULL || text_number(colon + 1, 1, 65535, port) != MFA_OK)
		return false;
	*colon = '\0';
	*six = text[0] == '[';
	*address = text + *six;
	if (*six && (colon == text + 1 || colon[-1] != ']'))
		return false;
	if (*six)
		colon[-1] = '\0';
	return true;
}

static int
read_address(const char *text, struct socket_place *out, const char **why)
{
	char copy[INET6_ADDRSTRLEN + 16], *address;
	unsigned long port;
	bool six;

	*why = "ADDRESS:PORT was expected, as 192.0.2.1:443 or [2001:db8::1]:443";
	if (text_copy(copy, sizeof(copy), text) != MFA_OK ||
	    !split_port(copy, &address, &six, &port))
		return MFA_E_INVALID;
	if (six) {
		out->at.in6.sin6_family = AF_INET6;
		out->at.in6.sin6_port = htons((uint16_t)port);
		out->len = sizeof(out->at.in6);
		return inet_pton(AF_INET6, address, &out->at.in6.sin6_addr) == 1 ?
		    MFA_OK : MFA_E_INVALID;
	}
	out->at.in.sin_family = AF_INET;
	out->at.in.sin_port = htons((uint16_t)port);
	out->len = sizeof(out->at.in);
	return inet_pton(AF_INET, address, &out->at.in.sin_addr) == 1 ? MFA_OK : MFA_E_INVALID;
}

static bool
is_loopback(const struct socket_place *p)
{
	if (p->at.any.sa_family == AF_INET)
		return ntohl(p->at.in.sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&p->at.in6.sin6_addr);
}

int
socket_place(const char *text, bool tls, struct socket_place *out, const char **why)
{
	memset(out, 0, sizeof(*out));
	if (text[0] == '/' && !tls)
		return read_path(text, out, why);
	if (read_address(text, out, why) != MFA_OK)
		return MFA_E_INVALID;
	if (tls || is_loopback(out))
		return MFA_OK;
	*why = "without TLS only an address of the loopback, or a path, is listened on";
	return MFA_E_INVALID;
}

/* ---- our own ---- */

/* A path that nobody listens on any more is in the way. */
static int
bind_path(int fd, const struct socket_place *p, mode_t mode)
{
	struct stat st;

	if (lstat(p->at.un.sun_path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(p->at.un.sun_path);
	if (bind(fd, &p->at.any, p->len) == -1)
		return -1;
	return chmod(p->at.un.sun_path, mode);
}

static int
bind_address(int fd, const struct socket_place *p)
{
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1)
		return -1;
	if (p->at.any.sa_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == -1)
		return -1;
	return bind(fd, &p->at.any, p->len);
}

static int
open_one(const char *text, bool tls, mode_t mode)
{
	struct socket_place p;
	const char *why;
	int fd, r;

	if (socket_place(text, tls, &p, &why) != MFA_OK)
		return -1;
	fd = socket(p.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	r = p.at.any.sa_family == AF_UNIX ? bind_path(fd, &p, mode) : bind_address(fd, &p);
	if (r == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	r = errno;
	(void)close(fd);
	errno = r;
	return -1;
}

static int
open_list(const struct names *list, bool tls, struct listening out[SOCKETS_MAX], size_t *count)
{
	size_t i;

	for (i = 0; i < list->count && *count < SOCKETS_MAX; i++) {
		int fd = open_one(list->word[i], tls, 0666);

		if (fd == -1) {
			log_line(LOG_ERR, "cannot listen on %s: %s", list->word[i],
			    strerror(errno));
			return MFA_E_SYSTEM;
		}
		out[(*count)++] = (struct listening){ fd, tls, false };
	}
	return MFA_OK;
}

static bool
give(const char *path, uint32_t uid, uint32_t gid)
{
	return geteuid() != 0 || lchown(path, uid, gid) == 0;
}

/* The directory is there after a start of the machine only if something made
 * it. */
static bool
make_directory(const char *path, uint32_t uid, uint32_t gid)
{
	char dir[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	char *slash;

	if (text_copy(dir, sizeof(dir), path) != MFA_OK)
		return false;
	if ((slash = strrchr(dir, '/')) == dir)
		return true;
	*slash = '\0';
	if (mkdir(dir, 0755) == -1)
		return errno == EEXIST;
	return chmod(dir, 0755) == 0 && give(dir, uid, gid);
}

/* Its umask lets nobody in before its mode is set. */
static int
open_admin(const char *path, struct listening out[SOCKETS_MAX], size_t *count)
{
	uint32_t uid = 0, gid = 0;
	int fd = -1;

	if (path == NULL)
		return MFA_OK;
	if (geteuid() == 0)
		(void)user_find(MFAD_USER, &uid, &gid);
	if (make_directory(path, uid, gid) && *count < SOCKETS_MAX &&
	    (fd = open_one(path, false, 0600)) != -1 && give(path, uid, gid)) {
		out[(*count)++] = (struct listening){ fd, false, true };
		return MFA_OK;
	}
	log_line(LOG_ERR, "cannot listen on %s: %s", path, *count < SOCKETS_MAX ?
	    strerror(errno) : "there are too many sockets");
	return MFA_E_SYSTEM;
}

/* ---- systemd's ---- */

static int
take_over(const struct mfad_config *c, int n, struct listening out[SOCKETS_MAX], size_t *count)
{
	int i;

	for (i = 0; i < n; i++) {
		struct socket_place p = { .len = sizeof(p.at) };
		int fd = SYSTEMD_FD + i;
		bool file;

		if (getsockname(fd, &p.at.any, &p.len) == -1)
			return MFA_E_SYSTEM;
		file = p.at.any.sa_family == AF_UNIX;
		out[(*count)++] = (struct listening){ fd, !file, file && c->admin_socket != NULL &&
		    strncmp(p.at.un.sun_path, c->admin_socket, sizeof(p.at.un.sun_path)) == 0 };
	}
	return MFA_OK;
}

int
sockets_open(const struct mfad_config *c, struct listening out[SOCKETS_MAX], size_t *count)
{
	int n = systemd_sockets(SOCKETS_MAX), r;

	*count = 0;
	if (n < 0) {
		log_line(LOG_ERR, "the sockets from systemd cannot be used");
		return MFA_E_CONFIG;
	}
	if (n > 0)
		return take_over(c, n, out, count);
	if ((r = open_list(&c->listen, true, out, count)) != MFA_OK ||
	    (r = open_list(&c->listen_plain, false, out, count)) != MFA_OK)
		return r;
	return open_admin(c->admin_socket, out, count);
}
