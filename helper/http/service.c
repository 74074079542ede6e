/* SPDX-License-Identifier: BSD-2-Clause */
#include "service.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "error.h"
#include "log.h"
#include "paths.h"
#include "text.h"

/* ---- addresses ---- */

/* The end of a name of letters, digits, dots and hyphens, or of an address in
 * brackets; NULL when it is neither. */
static const char *
skip_host(const char *s)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-";
	size_t len;

	if (*s != '[') {
		len = strspn(s, name);
		return len > 0 && *s != '-' && *s != '.' ? s + len : NULL;
	}
	len = strspn(s + 1, "0123456789abcdefABCDEF:.");
	return len > 1 && s[1 + len] == ']' ? s + len + 2 : NULL;
}

int
service_url(const char *text, const char *scheme, char out[SERVICE_URL_MAX])
{
	size_t len = strlen(scheme);
	unsigned long port;
	const char *end;
	char *slash, *colon;

	out[0] = '\0';
	if (strncmp(text, scheme, len) != 0 || strncmp(text + len, "://", 3) != 0 ||
	    (end = skip_host(text + len + 3)) == NULL ||
	    text_copy(out, SERVICE_URL_MAX, text) != MFA_OK)
		return MFA_E_INVALID;
	colon = out + (end - text);
	if ((slash = strchr(colon, '/')) != NULL && slash[1] == '\0')
		*slash = '\0';
	if (*colon == '\0' || (*colon == ':' && text_number(colon + 1, 1, 65535, &port) == MFA_OK))
		return MFA_OK;
	out[0] = '\0';
	return MFA_E_INVALID;
}

/* ---- reading ---- */

static void fault(struct service *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The first that is wrong. */
static void
fault(struct service *s, const char *format, ...)
{
	va_list ap;

	if (s->fault[0] != '\0')
		return;
	va_start(ap, format);
	(void)vsnprintf(s->fault, sizeof(s->fault), format, ap);
	va_end(ap);
	log_line(LOG_ERR, "the approval service cannot be asked: %s", s->fault);
}

static void
look_at(const char *path, struct stat *st)
{
	if (path == NULL || path[0] == '\0' || stat(path, st) == -1)
		memset(st, 0, sizeof(*st));
}

static void
read_config(struct service *s)
{
	struct config_error error = { .line = 0 };
	char place[CONFIG_PLACE_MAX];
	const struct settings *v;

	if (config_load(MFA_CONF, MFA_CONF_DIR, &s->config, &error) != MFA_OK) {
		fault(s, "%s%s", config_error_place(&error, place), error.text);
		return;
	}
	v = config_service(s->config, "");
	if (v->server == NULL)
		fault(s, "no server is configured");
	else if (service_url(v->server, "https", s->url) != MFA_OK)
		fault(s, "server is not https://, a host name and perhaps a port");
	if (v->server_proxy != NULL && service_url(v->server_proxy, "http", s->proxy) != MFA_OK)
		fault(s, "server_proxy is not http://, a host name and a port");
	if (v->server_ca != NULL && text_copy(s->ca, sizeof(s->ca), v->server_ca) != MFA_OK)
		fault(s, "server_ca is too long");
}

/* Beside a certificate it may be missing, but not be wrong. */
static void
read_key(struct service *s)
{
	const char *why;
	int r = host_key_read(MFA_HOST_KEY, &s->key, &why);

	if (r != MFA_OK && (r != MFA_E_ABSENT || s->certificate.data == NULL))
		fault(s, "%s %s", MFA_HOST_KEY, why);
}

static void
read_pem(struct service *s, const char *path, bool secret, struct pem *out, struct stat *st)
{
	const char *why;

	if (path == NULL)
		return;
	look_at(path, st);
	if (pem_read(path, secret, out, &why) != MFA_OK)
		fault(s, "%s %s", path, why);
}

static void
read_certificate(struct service *s)
{
	const struct settings *v;

	if (s->config == NULL)
		return;
	v = config_service(s->config, "");
	read_pem(s, v->host_certificate, false, &s->certificate, &s->certificate_file);
	read_pem(s, v->host_certificate_key, true, &s->certificate_key,
	    &s->certificate_key_file);
}

void
service_drop(struct service *s)
{
	config_free(&s->config);
	pem_free(&s->certificate);
	pem_free(&s->certificate_key);
	explicit_bzero(s, sizeof(*s));
}

void
service_load(struct service *s)
{
	service_drop(s);
	look_at(MFA_HOST_KEY, &s->key_file);
	read_config(s);
	look_at(s->ca, &s->ca_file);
	if (s->url[0] != '\0') {
		read_certificate(s);
		read_key(s);
	}
}

static bool
same(const char *path, const struct stat *then)
{
	struct stat now;

	look_at(path, &now);
	return now.st_dev == then->st_dev && now.st_ino == then->st_ino &&
	    now.st_mode == then->st_mode && now.st_size == then->st_size &&
	    now.st_ctim.tv_sec == then->st_ctim.tv_sec &&
	    now.st_ctim.tv_nsec == then->st_ctim.tv_nsec;
}

bool
service_stale(const struct service *s)
{
	const struct settings *v;

	if (s->config == NULL || config_stale(s->config))
		return true;
	v = config_service(s->config, "");
	return !same(MFA_HOST_KEY, &s->key_file) || !same(s->ca, &s->ca_file) ||
	    !same(v->host_certificate, &s->certificate_file) ||
	    !same(v->host_certificate_key, &s->certificate_key_file);
}
