/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfad: the approval service.  See mfad(8).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "config_mfad.h"
#include "crypto.h"
#include "dialler.h"
#include "error.h"
#include "log.h"
#include "paths_mfad.h"
#include "seclude.h"
#include "server.h"
#include "service.h"
#include "sockets.h"
#include "systemd.h"
#include "tls.h"

#define EXIT_CONFIG 2	/* the configuration cannot be used */

struct options {
	const char *config;
	bool test;
};

static int
usage(void)
{
	(void)fputs("usage: mfad [-et] [-f FILE]\n"
	    "  -f FILE  the configuration, instead of " MFAD_CONF "\n"
	    "  -t       say what is wrong with it, or with the certificate, and end\n"
	    "  -e       write the log to standard error as well\n", stderr);
	return EXIT_CONFIG;
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = getopt(argc, argv, "ef:t")) != -1) {
		if (c == 'e')
			log_to_stderr("mfad");
		else if (c == 'f')
			o->config = optarg;
		else if (c == 't')
			o->test = true;
		else
			return false;
	}
	return optind == argc;
}

static int
read_config(const struct options *o, struct mfad_config **config)
{
	char place[CONFIG_PLACE_MAX];
	struct config_error e;

	if (mfad_config_load(o->config, config, &e) == MFA_OK)
		return EXIT_SUCCESS;
	(void)fprintf(stderr, "mfad: %s%s\n", config_error_place(&e, place), e.text);
	log_line(LOG_ERR, "%s%s", config_error_place(&e, place), e.text);
	return EXIT_CONFIG;
}

static bool
wants_tls(const struct listening *sockets, size_t count)
{
	size_t i;

	for (i = 0; i < count && !sockets[i].tls; i++)
		;
	return i < count;
}

/* The key is read as the user that will read it anew when it changes. */
static int
read_certificate(const struct mfad_config *c, struct tls **tls)
{
	tls_start();
	return tls_open(c->certificate, c->certificate_key, c->host_ca, tls);
}

/* What a start would refuse, and what clients would. */
static int
look_only(const struct mfad_config *c)
{
	struct tls *tls = NULL;
	int status = EXIT_CONFIG;

	if (c->listen.count == 0)
		return EXIT_SUCCESS;
	log_to_stderr("mfad");
	if (seclude_user() != MFA_OK)
		return EXIT_FAILURE;
	if (read_certificate(c, &tls) == MFA_OK && tls_in_time(tls) == MFA_OK)
		status = EXIT_SUCCESS;
	tls_close(&tls);
	return status;
}

static int
serve(struct api *api, struct tls *tls, const struct listening *sockets, size_t count)
{
	struct server *s;
	int r = server_new(api->config, tls, sockets, count, &s);

	if (r != MFA_OK) {
		log_line(LOG_ERR, "cannot serve: %s", mfa_strerror(r));
		return EXIT_FAILURE;
	}
	if ((r = service_start(api, s)) == MFA_OK)
		r = server_run(s);
	service_stop(api);
	server_free(&s);
	return r == MFA_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* What starts the administrator's command has no sandbox to do it in. */
static int
start_alarm(struct api *api)
{
	const char *command = api->config->alert_command;
	int r = command != NULL ? alarm_start(command, &api->alarm) : MFA_OK;

	if (r != MFA_OK)
		log_line(LOG_ERR, "alert_command cannot be prepared: %s", mfa_strerror(r));
	return r;
}

static int
run(const struct mfad_config *c)
{
	struct listening sockets[SOCKETS_MAX];
	struct tls *tls = NULL;
	struct api api;
	size_t count;
	int status = EXIT_FAILURE;

	dialler_look_up();
	if (sockets_open(c, sockets, &count) != MFA_OK || seclude_user() != MFA_OK)
		return EXIT_FAILURE;
	if (wants_tls(sockets, count) && read_certificate(c, &tls) != MFA_OK)
		return EXIT_CONFIG;
	/* It serves all the same: phones and hosts say what they do not take. */
	if (tls != NULL)
		(void)tls_in_time(tls);
	systemd_notify("STATUS=starting");
	if (service_keys(&api, c) != MFA_OK)
		status = EXIT_CONFIG;
	else if (start_alarm(&api) == MFA_OK && seclude(c) == MFA_OK)
		status = serve(&api, tls, sockets, count);
	service_free(&api);
	tls_close(&tls);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o = { .config = MFAD_CONF };
	struct mfad_config *c;
	int status;

	(void)umask(077);
	log_open("mfad");
	if (!read_options(argc, argv, &o))
		return usage();
	if (crypto_start_for_tls() != MFA_OK) {
		log_line(LOG_ERR, "OpenSSL cannot be used");
		return EXIT_FAILURE;
	}
	if ((status = read_config(&o, &c)) != EXIT_SUCCESS)
		return status;
	status = o.test ? look_only(c) : run(c);
	mfad_config_free(&c);
	return status;
}
