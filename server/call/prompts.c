/* SPDX-License-Identifier: BSD-2-Clause */
#include "prompts.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "error.h"
#include "render.h"

#define CACHE_VERSION	"1"	/* of how files are made */
#define NAME_BYTES	20	/* of the digest, in a file's name */

static const char *
espeak_of(const struct call_settings *s)
{
	return s->espeak_path != NULL ? s->espeak_path : "/usr/bin/espeak-ng";
}

static bool
fits(int printed)
{
	return printed > 0 && printed < PROMPT_PATH_MAX;
}

/* ---- one piece ---- */

static int
cached(const struct call_settings *s, const char *language, const char *text, char *path)
{
	char all[WORDS_MAX + 32], hex[2 * NAME_BYTES + 1];
	unsigned char md[EVP_MAX_MD_SIZE];
	int i, n = snprintf(all, sizeof(all), CACHE_VERSION "/%s/%s", language, text);

	if (n < 0 || (size_t)n >= sizeof(all) ||
	    EVP_Digest(all, (size_t)n, md, NULL, EVP_sha256(), NULL) != 1)
		return MFA_E_CRYPTO;
	for (i = 0; i < NAME_BYTES; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", md[i]);
	return fits(snprintf(path, PROMPT_PATH_MAX, "%s/%s.wav", s->cache_dir, hex)) ?
	    MFA_OK : MFA_E_INVALID;
}

static int
find(const struct call_settings *s, const char *language, const struct words *words, char *path)
{
	if (s->prompt_dir != NULL && words->name != NULL &&
	    fits(snprintf(path, PROMPT_PATH_MAX, "%s/%s.%s.wav", s->prompt_dir, words->name,
	    language)) && access(path, R_OK) == 0)
		return MFA_OK;
	return cached(s, language, words->text, path);
}

/* ---- all that a call may say ---- */

int
prompts_find(const struct call_settings *s, const struct dial *asked,
    enum conversation_prompt which, struct prompt *prompt)
{
	struct words words[WORDS_PIECES];
	unsigned int i;
	int r = MFA_OK;

	prompt->count = words_of(asked, which, words);
	for (i = 0; i < prompt->count && r == MFA_OK; i++)
		r = find(s, asked->language, &words[i], prompt->path[i]);
	return r;
}

bool
prompts_ready(const struct call_settings *s, const struct dial *asked)
{
	struct prompt prompt;
	unsigned int which, i;

	for (which = PROMPT_GREETING; which <= PROMPT_OVER; which++) {
		if (prompts_find(s, asked, which, &prompt) != MFA_OK)
			return false;
		for (i = 0; i < prompt.count; i++)
			if (access(prompt.path[i], R_OK) != 0)
				return false;
	}
	return true;
}

static int
make(const struct call_settings *s, const struct dial *asked, enum conversation_prompt which,
    struct deadline deadline)
{
	struct words words[WORDS_PIECES];
	char path[PROMPT_PATH_MAX];
	unsigned int i, n = words_of(asked, which, words);
	int r = MFA_OK;

	for (i = 0; i < n && r == MFA_OK; i++) {
		r = find(s, asked->language, &words[i], path);
		if (r == MFA_OK && access(path, R_OK) != 0)
			r = render(espeak_of(s), asked->language, words[i].text, path, deadline);
	}
	return r;
}

static bool
can_make(const struct call_settings *s)
{
	return s->cache_dir != NULL && access(espeak_of(s), X_OK) == 0;
}

int
prompts_make(const struct call_settings *s, const struct dial *asked, struct deadline deadline)
{
	unsigned int which;
	int r = MFA_OK;

	if (prompts_ready(s, asked))
		return MFA_OK;
	if (!can_make(s))
		return MFA_E_ABSENT;
	for (which = PROMPT_GREETING; which <= PROMPT_OVER && r == MFA_OK; which++)
		r = make(s, asked, which, deadline);
	return r;
}

/* ---- in a process of its own ---- */

/* Of what we have open it keeps the pipe alone, whose end must be its own: mfad
 * should see at once that the call has ended. */
static _Noreturn void
make_and_leave(const struct call_settings *s, const struct dial *asked,
    struct deadline deadline, int fd)
{
	if (dup2(fd, 0) == 0 && syscall(SYS_close_range, 3U, ~0U, 0U) == 0)
		(void)prompts_make(s, asked, deadline);
	_exit(0);
}

int
prompts_start(const struct call_settings *s, const struct dial *asked,
    struct deadline deadline, int *fd)
{
	int ends[2], r = MFA_OK;
	pid_t pid;

	*fd = -1;
	if (prompts_ready(s, asked))
		return MFA_OK;
	if (!can_make(s))
		return MFA_E_ABSENT;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
		return MFA_E_SYSTEM;
	pid = fork();
	if (pid == 0)
		make_and_leave(s, asked, deadline, ends[1]);
	(void)close(ends[1]);
	if (pid == -1) {
		(void)close(ends[0]);
		r = MFA_E_SYSTEM;
	} else {
		*fd = ends[0];
	}
	return r;
}
