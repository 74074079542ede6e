/* SPDX-License-Identifier: BSD-2-Clause */
#include "render.h"

#include <endian.h>
#include <speex/speex_resampler.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "newfile.h"
#include "program.h"
#include "prompts.h"

#define SPOKEN_MAX	(60 * 22050 * 2 + 4096)	/* what espeak-ng may write */
#define HEADER		44
#define TAIL		(PROMPT_RATE / 4)	/* of silence, between two pieces */
#define QUALITY		8			/* of speexdsp, 0 to 10 */

struct sound {
	uint32_t rate;
	const int16_t *samples;
	uint32_t count;
};

/* ---- WAV ---- */

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
put32(unsigned char *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

/* espeak-ng's own: one header of 44 bytes, whose sizes are not known when it is
 * written.  buf is aligned for samples. */
static int
read_sound(const unsigned char *buf, size_t len, struct sound *sound)
{
	static const unsigned char pcm_mono[] = { 16, 0, 0, 0, 1, 0, 1, 0 };

	if (len <= HEADER || memcmp(buf, "RIFF", 4) != 0 || memcmp(buf + 8, "WAVEfmt ", 8) != 0 ||
	    memcmp(buf + 16, pcm_mono, sizeof(pcm_mono)) != 0 || buf[34] != 16 || buf[35] != 0 ||
	    memcmp(buf + 36, "data", 4) != 0)
		return MFA_E_INVALID;
	sound->rate = get32(buf + 24);
	sound->samples = (const int16_t *)(const void *)(buf + HEADER);
	sound->count = (uint32_t)(len - HEADER) / 2;
	return sound->rate >= PROMPT_RATE && sound->rate <= 48000 && sound->count > 0 ?
	    MFA_OK : MFA_E_INVALID;
}

static void
write_header(unsigned char *buf, uint32_t bytes)
{
	static const unsigned char head[HEADER] = "RIFF....WAVEfmt \x10\0\0\0\1\0\1\0"
	    "........\2\0\x10\0data....";

	memcpy(buf, head, HEADER);
	put32(buf + 4, bytes + HEADER - 8);
	put32(buf + 24, PROMPT_RATE);
	put32(buf + 28, PROMPT_RATE * 2);
	put32(buf + 40, bytes);
}

/* ---- to the rate of a telephone ---- */

static int
resample(const struct sound *from, int16_t *to, uint32_t *count)
{
	uint32_t taken = from->count;
	int error = 0;
	SpeexResamplerState *st = speex_resampler_init(1, from->rate, PROMPT_RATE, QUALITY, &error);

	if (st == NULL)
		return MFA_E_MEMORY;
	error = speex_resampler_skip_zeros(st);
	if (error == 0)
		error = speex_resampler_process_int(st, 0, from->samples, &taken, to, count);
	speex_resampler_destroy(st);
	return error == 0 && taken == from->count ? MFA_OK : MFA_E_INVALID;
}

/* A file's bytes, of malloc. */
static int
convert(const struct sound *sound, unsigned char **file, size_t *len)
{
	uint32_t room = (uint32_t)((uint64_t)sound->count * PROMPT_RATE / sound->rate) + 2;
	uint32_t count = room;
	int r;

	*file = calloc(1, HEADER + ((size_t)room + TAIL) * 2);
	if (*file == NULL)
		return MFA_E_MEMORY;
	r = resample(sound, (int16_t *)(void *)(*file + HEADER), &count);
	*len = HEADER + ((size_t)count + TAIL) * 2;
	if (r == MFA_OK && *len - HEADER > PROMPT_BYTES_MAX)
		r = MFA_E_INVALID;
	write_header(*file, (uint32_t)(*len - HEADER));
	return r;
}

/* ---- */

int
render(const char *espeak, const char *language, const char *text, const char *path,
    struct deadline deadline)
{
	const char *voice = strcmp(language, "nl") == 0 ? "nl" : "en-gb";
	const char *const argv[] = { espeak, "-b", "1", "-s", "140", "-v", voice, "--stdin",
		"--stdout", NULL };
	unsigned char *spoken = malloc(SPOKEN_MAX), *file = NULL;
	struct sound sound = { 0 };
	size_t len = 0;
	int r = MFA_E_MEMORY;

	if (spoken == NULL)
		goto out;
	r = program_filter(argv, text, spoken, SPOKEN_MAX, &len, deadline);
	if (r == MFA_OK)
		r = read_sound(spoken, len, &sound);
	if (r == MFA_OK)
		r = convert(&sound, &file, &len);
	if (r == MFA_OK)
		r = newfile_write(path, file, len, 0600);
	if (r == MFA_E_EXISTS)
		r = MFA_OK;
out:
	free(file);
	free(spoken);
	return r;
}
