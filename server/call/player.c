/* SPDX-License-Identifier: BSD-2-Clause */
#include "player.h"

#include <string.h>
#include <syslog.h>

#include "log.h"
#include "stack.h"

void
player_stop(struct player *p)
{
	p->file = mem_deref(p->file);
	p->prompt.count = p->next = 0;
}

void
player_start(struct player *p, const struct prompt *prompt)
{
	player_stop(p);
	p->prompt = *prompt;
}

/* The recordings are the administrator's: a wrong one is said, and is silence. */
static void
open_next(struct player *p)
{
	const char *path = p->prompt.path[p->next++];
	struct aufile_prm prm;
	int err = aufile_open(&p->file, &prm, path, AUFILE_READ);

	if (err == 0 && prm.srate == PROMPT_RATE && prm.channels == 1 && prm.fmt == AUFMT_S16LE) {
		p->left = PROMPT_BYTES_MAX / sizeof(int16_t);
		return;
	}
	p->file = mem_deref(p->file);
	log_line(LOG_ERR, "sound is not WAV of 8 kHz, mono, 16 bits: %s", path);
}

/* Samples of the file that is open; 0 at its end. */
static size_t
read_file(struct player *p, int16_t *samples, size_t count)
{
	size_t bytes = (count < p->left ? count : p->left) * sizeof(*samples);

	if (bytes == 0 || aufile_read(p->file, (uint8_t *)samples, &bytes) != 0)
		return 0;
	p->left -= bytes / sizeof(*samples);
	return bytes / sizeof(*samples);
}

bool
player_read(struct player *p, int16_t *samples, size_t count)
{
	size_t got = 0, n;

	memset(samples, 0, count * sizeof(*samples));
	while (p->prompt.count > 0 && got < count) {
		if (p->file == NULL && p->next == p->prompt.count) {
			player_stop(p);
			return true;
		}
		if (p->file == NULL)
			open_next(p);
		n = p->file != NULL ? read_file(p, samples + got, count - got) : 0;
		got += n;
		if (n == 0)
			p->file = mem_deref(p->file);
	}
	return false;
}
