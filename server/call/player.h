/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_PLAYER_H
#define MFA_CALL_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "prompts.h"

struct aufile;

/* A prompt's files, one after the other, as samples.  All zeros is one that plays
 * nothing. */
struct player {
	struct prompt prompt;
	unsigned int next;	/* piece */
	struct aufile *file;
	size_t left;		/* samples that this file may still have */
};

void player_start(struct player *p, const struct prompt *prompt);
void player_stop(struct player *p);

/* Fills samples, with silence where there is nothing (more).  True when this was
 * the prompt's end: once for each prompt. */
bool player_read(struct player *p, int16_t *samples, size_t count);

#endif
