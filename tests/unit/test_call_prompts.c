/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../server/call/program.h"
#include "../../server/call/prompts.h"
#include "../../server/call/render.h"
#include "../suite.h"
#include "error.h"

static char dir[64];
static struct call_settings settings;

static struct dial
asked(const char *language, enum dial_form form)
{
	struct dial d = { .type = DIAL_CALL, .form = form, .digits = 2 };

	(void)snprintf(d.language, sizeof(d.language), "%s", language);
	(void)snprintf(d.organisation, sizeof(d.organisation), "Example");
	(void)snprintf(d.host, sizeof(d.host), "web1");
	(void)snprintf(d.service, sizeof(d.service), "sshd");
	return d;
}

static void
set_up(void)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/prompts.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	settings = (struct call_settings){ .cache_dir = dir };
}

static int
files(void)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	int n = 0;

	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static void
tear_down(void)
{
	char path[512];
	DIR *d = opendir(dir);
	const struct dirent *e;

	while ((e = readdir(d)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_name[0] != '.')
			(void)unlink(path);
	}
	(void)closedir(d);
	(void)rmdir(dir);
}

/* ---- words ---- */

START_TEST(every_prompt_has_words_in_both_languages)
{
	struct dial en = asked("en", (enum dial_form)(_i + 1));
	struct dial nl = asked("nl", (enum dial_form)(_i + 1));
	struct words a[WORDS_PIECES], b[WORDS_PIECES];
	unsigned int which, i, n;

	for (which = PROMPT_GREETING; which <= PROMPT_OVER; which++) {
		n = words_of(&en, which, a);
		ck_assert_uint_gt(n, 0);
		ck_assert_uint_eq(n, words_of(&nl, which, b));
		for (i = 0; i < n; i++) {
			ck_assert_uint_gt(strlen(a[i].text), 10);
			ck_assert_str_ne(a[i].text, b[i].text);
			ck_assert_ptr_null(strpbrk(a[i].text, "%<>&["));
			ck_assert_ptr_null(strpbrk(b[i].text, "%<>&["));
		}
	}
}
END_TEST

START_TEST(the_greeting_names_organisation_host_and_service)
{
	struct dial d = asked("en", DIAL_WANTS_NUMBER);
	struct words w[WORDS_PIECES];

	ck_assert_uint_eq(words_of(&d, PROMPT_GREETING, w), 4);
	ck_assert_str_eq(w[0].text, "Hello. This is Example.");
	ck_assert_str_eq(w[1].text, "Somebody is logging in with your name, on web1, with sshd.");
	ck_assert_ptr_nonnull(strstr(w[2].text, "number on your screen"));
	ck_assert_ptr_nonnull(strstr(w[3].text, "zero"));
}
END_TEST

START_TEST(the_form_decides_what_is_to_be_keyed_in)
{
	struct dial hash = asked("en", DIAL_WANTS_HASH), code = asked("en", DIAL_WANTS_CODE),
	    consent = asked("en", DIAL_WANTS_CONSENT);
	struct words w[WORDS_PIECES];

	(void)words_of(&hash, PROMPT_GREETING, w);
	ck_assert_str_eq(w[2].text, "If this is you, key in hash, to approve.");
	ck_assert_uint_eq(words_of(&code, PROMPT_GREETING, w), 2);
	ck_assert_ptr_nonnull(strstr(w[1].text, "number on your screen"));
	ck_assert_uint_eq(words_of(&consent, PROMPT_GREETING, w), 3);
	ck_assert_str_eq(w[1].text, "Another telephone is to be called for your logins.");
	ck_assert_ptr_nonnull(strstr(w[2].text, "If this is you, key in the number"));
}
END_TEST

START_TEST(markup_in_a_name_is_not_spoken)
{
	struct dial d = asked("en", DIAL_WANTS_NUMBER);
	struct words w[WORDS_PIECES];

	(void)snprintf(d.host, sizeof(d.host), "a<b>[[k]]&c;%%1\"d|e");
	(void)words_of(&d, PROMPT_GREETING, w);
	ck_assert_str_eq(w[1].text,
	    "Somebody is logging in with your name, on a b   k   c  1 d e, with sshd.");
}
END_TEST

START_TEST(the_longest_names_fit)
{
	struct dial d = asked(_i ? "nl" : "en", DIAL_WANTS_NUMBER);
	struct words w[WORDS_PIECES];

	memset(d.host, 'h', sizeof(d.host) - 1);
	memset(d.service, 's', sizeof(d.service) - 1);
	(void)words_of(&d, PROMPT_GREETING, w);
	ck_assert_str_eq(w[1].text + strlen(w[1].text) - 2, "s.");
}
END_TEST

/* ---- sound ---- */

static size_t
read_file(const char *path, unsigned char *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd == -1 ? -1 : read(fd, buf, size);

	if (fd != -1)
		(void)close(fd);
	ck_assert_int_gt(n, 44);
	return (size_t)n;
}

static long
loudest(const unsigned char *wav, size_t len)
{
	long max = 0, v;
	size_t i;

	for (i = 44; i + 1 < len; i += 2) {
		v = labs((long)(int16_t)(wav[i] | wav[i + 1] << 8));
		max = v > max ? v : max;
	}
	return max;
}

START_TEST(espeak_makes_what_a_telephone_carries)
{
	static const unsigned char format[] = { 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0 };
	static unsigned char wav[PROMPT_BYTES_MAX + 44];
	struct dial d = asked(_i ? "nl" : "en", DIAL_WANTS_NUMBER);
	struct prompt p;
	size_t len;

	ck_assert(!prompts_ready(&settings, &d));
	ck_assert_int_eq(prompts_make(&settings, &d, deadline_in(20000)), MFA_OK);
	ck_assert(prompts_ready(&settings, &d));
	ck_assert_int_eq(files(), 11);
	ck_assert_int_eq(prompts_find(&settings, &d, PROMPT_GREETING, &p), MFA_OK);
	ck_assert_uint_eq(p.count, 4);
	len = read_file(p.path[2], wav, sizeof(wav));
	ck_assert_mem_eq(wav + 20, format, sizeof(format));
	ck_assert_uint_gt(len, 2 * 16000);	/* two seconds and more */
	ck_assert_uint_lt(len, 12 * 16000);
	ck_assert_int_gt(loudest(wav, len), 4000);
}
END_TEST

START_TEST(what_is_cached_needs_no_synthesizer)
{
	struct dial d = asked("en", DIAL_WANTS_HASH);

	ck_assert_int_eq(prompts_make(&settings, &d, deadline_in(20000)), MFA_OK);
	settings.espeak_path = "/nowhere";
	ck_assert_int_eq(prompts_make(&settings, &d, deadline_in(0)), MFA_OK);
	(void)snprintf(d.host, sizeof(d.host), "web2");
	ck_assert_int_eq(prompts_make(&settings, &d, deadline_in(0)), MFA_E_ABSENT);
}
END_TEST

START_TEST(the_organisations_recording_comes_first)
{
	struct dial d = asked("nl", DIAL_WANTS_NUMBER);
	struct prompt p;
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/number.nl.wav", dir);
	settings.prompt_dir = dir;
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	(void)close(fd);
	ck_assert_int_eq(prompts_find(&settings, &d, PROMPT_GREETING, &p), MFA_OK);
	ck_assert_str_eq(p.path[2], path);
	ck_assert_str_ne(p.path[3], path);
}
END_TEST

/* A synthesizer that fails, lies or does not end leaves no file. */
static const struct { const char *script; int want; } synthesizers[] = {
	{ "exit 1", MFA_E_INVALID },
	{ "echo no sound at all, but more than forty-four bytes of text", MFA_E_INVALID },
	{ "exec cat /dev/zero", MFA_E_INVALID },
	{ "exec sleep 100", MFA_E_DEADLINE },
	{ "sleep 100 & exit 0", MFA_E_DEADLINE },
};

START_TEST(a_bad_synthesizer_leaves_no_file)
{
	char program[128], wav[128];
	FILE *f;

	(void)snprintf(program, sizeof(program), "%s/espeak", dir);
	(void)snprintf(wav, sizeof(wav), "%s/x.wav", dir);
	f = fopen(program, "w");
	ck_assert_ptr_nonnull(f);
	(void)fprintf(f, "#!/bin/sh\n%s\n", synthesizers[_i].script);
	(void)fclose(f);
	(void)chmod(program, 0755);
	ck_assert_int_eq(render(program, "en", "text", wav, deadline_in(500)),
	    synthesizers[_i].want);
	ck_assert_int_eq(access(wav, F_OK), -1);
}
END_TEST

START_TEST(a_program_gets_nothing_of_ours)
{
	static const char *const argv[] = { "/bin/sh", "-c",
	    "cat; echo; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL=; ls /proc/self/fd | wc -l", NULL };
	char out[300];
	size_t len;

	(void)setenv("SECRET", "canary", 1);
	ck_assert_int_ne(open("/etc/passwd", O_RDONLY), -1);
	ck_assert_int_eq(program_filter(argv, "-w /tmp/x", out, sizeof(out) - 1, &len,
	    deadline_in(5000)), MFA_OK);
	out[len] = '\0';
	/* 0 to 2, and the directory itself */
	ck_assert_str_eq(out, "-w /tmp/x\n4\n");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("call_prompts");
	TCase *t = tcase_create("call_prompts");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, every_prompt_has_words_in_both_languages, 0, 3);
	tcase_add_test(t, the_greeting_names_organisation_host_and_service);
	tcase_add_test(t, the_form_decides_what_is_to_be_keyed_in);
	tcase_add_test(t, markup_in_a_name_is_not_spoken);
	tcase_add_loop_test(t, the_longest_names_fit, 0, 2);
	tcase_add_loop_test(t, espeak_makes_what_a_telephone_carries, 0, 2);
	tcase_add_test(t, what_is_cached_needs_no_synthesizer);
	tcase_add_test(t, the_organisations_recording_comes_first);
	tcase_add_loop_test(t, a_bad_synthesizer_leaves_no_file, 0,
	    sizeof(synthesizers) / sizeof(synthesizers[0]));
	tcase_add_test(t, a_program_gets_nothing_of_ours);
	suite_add_tcase(s, t);
	return suite_run(s);
}
