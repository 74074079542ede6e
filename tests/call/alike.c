/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alike WHOLE.wav PART.wav: where in the whole the part is heard best, in
 * milliseconds, and how much alike the two are there, in hundredths (100: the same
 * but for loudness).  Both are 8 kHz, mono, 16 bits, with a header of 44 bytes.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define HEADER	44
#define MAX	(120 * 8000)

struct sound {
	size_t count;
	int16_t at[MAX];
};

static struct sound whole, part;

static int
read_sound(const char *path, struct sound *s)
{
	FILE *f = fopen(path, "rb");

	if (f == NULL || fseek(f, HEADER, SEEK_SET) != 0) {
		perror(path);
		return 0;
	}
	s->count = fread(s->at, sizeof(s->at[0]), MAX, f);
	(void)fclose(f);
	return s->count > 0;
}

/* A sample of each few finds the place; all of them decide. */
static double
alike(size_t lag, size_t step)
{
	double ab = 0, aa = 0, bb = 0;
	size_t i;

	for (i = 0; i < part.count; i += step) {
		double a = whole.at[lag + i], b = part.at[i];

		ab += a * b;
		aa += a * a;
		bb += b * b;
	}
	return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

int
main(int argc, char **argv)
{
	double best = 0, now;
	size_t lag, where = 0;

	if (argc != 3 || !read_sound(argv[1], &whole) || !read_sound(argv[2], &part))
		return 2;
	for (lag = 0; lag + part.count <= whole.count; lag++) {
		now = alike(lag, 16);
		if (now > best) {
			best = now;
			where = lag;
		}
	}
	(void)printf("%zu %.0f\n", where / 8, whole.count >= part.count ?
	    100 * alike(where, 1) : 0.0);
	return 0;
}
