/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "error.h"
#include "text.h"

/*
 * The main file and, behind a line "%%", a drop-in.  What is loaded is within
 * every limit; what is not loaded leaves a sentence that can be shown, and
 * nothing else.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64], conf[96], drop_ins[96], drop_in[112];

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
remove_all(void)
{
	unlink(conf);
	unlink(drop_in);
	rmdir(drop_ins);
	rmdir(dir);
}

static void
prepare(void)
{
	if (dir[0] != '\0')
		return;
	snprintf(dir, sizeof(dir), "/dev/shm/mfa-fuzz-XXXXXX");
	check(mkdtemp(dir) != NULL);
	snprintf(conf, sizeof(conf), "%s/conf", dir);
	snprintf(drop_ins, sizeof(drop_ins), "%s/d", dir);
	snprintf(drop_in, sizeof(drop_in), "%s/d/a.conf", dir);
	check(mkdir(drop_ins, 0755) == 0);
	atexit(remove_all);
}

static void
put(const char *path, const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	check(fd != -1 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

static void
put_both(const uint8_t *data, size_t size)
{
	const uint8_t *cut = memmem(data, size, "%%\n", 3);
	size_t len = cut != NULL ? (size_t)(cut - data) : size;

	put(conf, data, len);
	if (cut != NULL)
		put(drop_in, cut + 3, size - len - 3);
	else
		unlink(drop_in);
}

static void
check_names(const struct names *n)
{
	size_t i;

	check(n->word != NULL && n->word[n->count] == NULL);
	for (i = 0; i < n->count; i++)
		check(n->word[i][0] != '\0' && text_printable(n->word[i], strlen(n->word[i])));
}

static void
check_limits(const struct settings *s)
{
	check(s->tries >= 1 && s->tries <= 10);
	check(s->deadline >= 10 && s->deadline <= 600);
	check(s->max_failures >= 5 && s->max_failures < 100);
	check(s->delay <= s->delay_max && s->delay_after >= 1);
	check(s->delay_after <= s->max_failures);
	check(s->totp_window <= 10 && s->hotp_look_ahead >= 1 && s->hotp_look_ahead <= 50);
	check(s->hotp_resync <= 1000 && s->remember <= 24 * 3600);
	check(s->combined_digits >= 6 && s->combined_digits <= 8);
	check(s->audit_days >= 1 && s->grace_logins <= 100);
	check(s->unenrolled <= UNENROLLED_ALLOW && s->remember_for <= REMEMBER_ORIGIN);
	check(s->unenrolled != UNENROLLED_ALLOW || s->grace_until > 0);
	check(s->issuer != NULL && text_printable(s->issuer, strlen(s->issuer)));
}

static void
check_settings(const struct settings *s)
{
	size_t i;

	check_limits(s);
	check(s->factors[0] != FACTOR_NONE && s->factors[FACTOR_COUNT - 1] == FACTOR_NONE);
	for (i = 0; i < FACTOR_COUNT; i++)
		check(s->factors[i] < FACTOR_SERVER_CODE && s->offline[i] < FACTOR_SERVER_CODE);
	/* What only another vouches for is in no list but its own. */
	for (i = 0; i < FACTOR_COUNT; i++)
		check(s->attested[i] == FACTOR_NONE || s->attested[i] >= FACTOR_SERVER_CODE);
	check_names(&s->only_users);
	check_names(&s->except_users);
	check_names(&s->only_groups.names);
	check_names(&s->except_groups.names);
	check((s->only_groups.gid != NULL) == (s->only_groups.names.count > 0));
	check(networks_count(s->trusted) == 0 || s->trusted_networks.count > 0 ||
	    s->trusted_networks_file != NULL);
}

static void
check_loaded(struct config *c)
{
	const struct names *services = config_services(c);
	unsigned int line;
	size_t i, k;

	check_settings(config_service(c, ""));
	for (i = 0; i < services->count; i++)
		check_settings(config_service(c, services->word[i]));
	for (k = 0; k < config_key_count; k++)
		check((config_where(c, "", config_keys[k].name, &line) != NULL) == (line > 0));
	(void)config_stale(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *c = NULL;
	struct config_error e;
	int r;

	prepare();
	put_both(data, size);
	r = config_load(conf, drop_ins, &c, &e);
	check((r == MFA_OK) == (c != NULL));
	if (r == MFA_OK) {
		check_loaded(c);
	} else {
		check(r == MFA_E_CONFIG);
		check(e.file[0] == '/' && strnlen(e.file, sizeof(e.file)) < sizeof(e.file));
		check(e.text[0] != '\0' && strnlen(e.text, sizeof(e.text)) < sizeof(e.text));
		check(text_printable(e.text, strlen(e.text)));
		check(e.line <= size + 1);
	}
	config_free(&c);
	return 0;
}
