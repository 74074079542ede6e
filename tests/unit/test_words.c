/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other language: what is looked up, and what a person then reads.
 */
#include <check.h>
#include <string.h>

#include "../../helper/login/words.h"
#include "http_login.h"
#include "http_world.h"
#include "login_world.h"

static struct login_world w;

START_TEST(a_text_has_its_translation_or_is_itself)
{
	static const struct { const char *english, *dutch; } rows[] = {
		{ "p for your phone", "p voor uw telefoon" },
		{ ", or ", ", of " },
		{ "Your telephone is busy. Type a code: ", "Uw telefoon is in gesprek. Typ een code: " },
		{ "%s Waiting for it.", "%s Er wordt op gewacht." },
		{ "no text of ours", "no text of ours" }, { "", "" }, { "\xff", "\xff" },
		{ "!", "!" }, { "Zzz", "Zzz" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_str_eq(words(LANGUAGE_NL, rows[i].english), rows[i].dutch);
		ck_assert_ptr_eq(words(LANGUAGE_EN, rows[i].english), rows[i].english);
	}
}
END_TEST

/* Each has its first prompt. */
static const struct {
	const char *settings;
	struct http_act act;
	const char *prompt;
} prompts[] = {
	{ "language = nl\n", { .name = "busy", .push_failure = QUERY_WAITING },
	    "Er wacht al een verzoek op uw telefoon. Typ een code: " },
	{ "language = en\n", { .name = "busy", .push_failure = QUERY_WAITING },
	    "A request is already waiting on your phone. Type a code: " },
	{ "language = en\n[service sshd]\nlanguage = nl\n",
	    { .name = "busy", .push_failure = QUERY_LOCKED },
	    "Verzoeken aan uw telefoon zijn geblokkeerd. Typ een code, of vertel het uw "
	    "beheerder: " },
	{ "language = nl\n", { .name = "silent", .silent = true }, "Keur goed op uw telefoon: nummer " },
};

START_TEST(a_person_reads_the_language_of_the_service)
{
	struct login_script s = login_script(WORLD_USER, NULL);
	struct login_result r;

	http_login_world(&w, HTTP_CONFIGURATION, prompts[_i].settings);
	http_start(&prompts[_i].act);
	r = login_run(&w, &s);
	ck_assert_msg(strncmp(r.prompt, prompts[_i].prompt, strlen(prompts[_i].prompt)) == 0, "%s",
	    r.prompt);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, a_text_has_its_translation_or_is_itself);
	tcase_add_loop_test(t, a_person_reads_the_language_of_the_service, 0,
	    sizeof(prompts) / sizeof(prompts[0]));
}

int
main(void)
{
	return http_login_main(&w, "words", add);
}
