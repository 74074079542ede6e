/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SOCKETS_H
#define MFA_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>

struct mfad_config;

#define SOCKETS_MAX 16	/* that are listened on, of either kind */

/* A place to listen on. */
struct socket_place {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} at;
	socklen_t len;
};

struct listening {
	int fd;
	bool tls;
	bool admin;	/* for root, and the user that we are */
};

/* Reads "192.0.2.1:443", "[2001:db8::1]:443" or an absolute path.  Without TLS
 * only an address of the loopback, or a path, is taken; with TLS no path.
 * MFA_E_INVALID, and *why is a sentence. */
int socket_place(const char *text, bool tls, struct socket_place *out, const char **why);

/* The sockets that systemd gave us: an Internet one speaks TLS, one in the
 * file system does not, and the one at admin_socket is the administrator's.
 * Without any: those of the configuration, made here.
 * The fault is logged.  MFA_E_SYSTEM, MFA_E_CONFIG. */
int sockets_open(const struct mfad_config *c, struct listening out[SOCKETS_MAX], size_t *count);

#endif
