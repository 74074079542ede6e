/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_PROMPTS_H
#define MFA_CALL_PROMPTS_H

#include <stdbool.h>

#include "call_settings.h"
#include "deadline.h"
#include "words.h"

/*
 * The sound of the words: the organisation's own recording, where there is one
 * (NAME.LANGUAGE.wav in prompt_dir), else what espeak-ng made of the text,
 * which is kept in cache_dir under a digest of text and voice.  All of them are
 * WAV, 8 kHz, mono, 16 bits, which is what a telephone carries.
 */
#define PROMPT_PATH_MAX		256
#define PROMPT_RATE		8000
#define PROMPT_BYTES_MAX	(60 * PROMPT_RATE * 2)	/* of one piece */

struct prompt {
	unsigned int count;
	char path[WORDS_PIECES][PROMPT_PATH_MAX];
};

/* Is every file there, of all that a call may say? */
bool prompts_ready(const struct call_settings *s, const struct dial *asked);

/* Makes those that are not; a second in all, as a rule.  MFA_E_ABSENT: nothing to
 * make them with; MFA_E_INVALID (what was made is no sound), MFA_E_SYSTEM,
 * MFA_E_MEMORY, MFA_E_DEADLINE. */
int prompts_make(const struct call_settings *s, const struct dial *asked,
    struct deadline deadline);

/* The same in a process of its own, which has nothing else of ours, so that the
 * telephone is called meanwhile by one that can run no program.  *fd: -1 if all are
 * there already, else a pipe (not blocking) that ends when it is done, well or not.
 * MFA_E_ABSENT, MFA_E_SYSTEM. */
int prompts_start(const struct call_settings *s, const struct dial *asked,
    struct deadline deadline, int *fd);

/* Where a prompt's pieces are.  MFA_E_INVALID: a path that is too long. */
int prompts_find(const struct call_settings *s, const struct dial *asked,
    enum conversation_prompt which, struct prompt *prompt);

#endif
