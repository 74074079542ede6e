/* SPDX-License-Identifier: BSD-2-Clause */
#include "line.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "../../helper/http/service.h"
#include "../paths_mfad.h"
#include "error.h"
#include "log.h"
#include "text.h"

static void fault(struct line *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The first that is wrong. */
static void
fault(struct line *l, const char *format, ...)
{
	va_list ap;

	if (l->fault[0] != '\0')
		return;
	va_start(ap, format);
	(void)vsnprintf(l->fault, sizeof(l->fault), format, ap);
	va_end(ap);
	if (!l->quiet)
		log_line(LOG_ERR, "nobody can be called or texted: %s", l->fault);
}

static void
look_at(const char *path, struct stat *st)
{
	if (path == NULL || stat(path, st) == -1)
		memset(st, 0, sizeof(*st));
}

/* One line, and nothing that would end a header. */
static int
take_secret(const struct pem *text, struct secret *out)
{
	size_t len = text->len;

	if (len > 0 && text->data[len - 1] == '\n')
		len--;
	if (len == 0 || !text_printable(text->data, len))
		return MFA_E_INVALID;
	return secret_set(out, text->data, len);
}

static void
read_secret(struct line *l, const char *path, struct secret *out, struct stat *st)
{
	struct pem text = { .data = NULL };
	const char *why;

	if (path == NULL)
		return;
	look_at(path, st);
	if (pem_read(path, true, &text, &why) != MFA_OK)
		fault(l, "%s %s%s", path, why, access(path, R_OK) == -1 && errno == EACCES ?
		    " by user " MFAD_CALL_USER ": is its group that, and its mode 0640?" : "");
	else if (take_secret(&text, out) != MFA_OK)
		fault(l, "%s does not hold one line of at most %d bytes", path, SECRET_MAX);
	pem_free(&text);
}

void
line_drop(struct line *l)
{
	const char *path = l->path;
	bool quiet = l->quiet;

	call_config_free(&l->config);
	explicit_bzero(l, sizeof(*l));
	l->path = path;
	l->quiet = quiet;
}

void
line_load(struct line *l)
{
	struct config_error e = { .line = 0 };
	char place[CONFIG_PLACE_MAX];

	line_drop(l);
	look_at(l->path, &l->file);
	if (call_config_load(l->path, &l->config, &e) != MFA_OK) {
		fault(l, "%s%s", config_error_place(&e, place), e.text);
		return;
	}
	if (l->config->text_gateway == TEXT_BY_HTTP)
		read_secret(l, l->config->text_http_secret_file, &l->text_secret,
		    &l->text_secret_file);
	if (l->config->call_gateway == CALL_BY_SIP)
		read_secret(l, l->config->sip_password_file, &l->sip_password,
		    &l->sip_password_file);
	if (l->config->call_gateway == CALL_BY_TWILIO)
		read_secret(l, l->config->twilio_token_file, &l->twilio_token,
		    &l->twilio_token_file);
}

static bool
same(const char *path, const struct stat *then)
{
	struct stat now;

	look_at(path, &now);
	return now.st_dev == then->st_dev && now.st_ino == then->st_ino &&
	    now.st_mode == then->st_mode && now.st_uid == then->st_uid &&
	    now.st_size == then->st_size && now.st_ctim.tv_sec == then->st_ctim.tv_sec &&
	    now.st_ctim.tv_nsec == then->st_ctim.tv_nsec;
}

bool
line_stale(const struct line *l)
{
	const struct call_config *c = l->config;

	if (c == NULL)
		return !same(l->path, &l->file);
	if (call_config_stale(c))
		return true;
	if (c->text_gateway == TEXT_BY_HTTP &&
	    !same(c->text_http_secret_file, &l->text_secret_file))
		return true;
	if (c->call_gateway == CALL_BY_SIP)
		return !same(c->sip_password_file, &l->sip_password_file);
	return c->call_gateway == CALL_BY_TWILIO &&
	    !same(c->twilio_token_file, &l->twilio_token_file);
}
