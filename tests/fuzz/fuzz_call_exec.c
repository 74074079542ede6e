/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "../../server/call/exec_line.h"
#include "error.h"
#include "text.h"

/*
 * What the administrator's program writes, in pieces as the pipe gives them.  A line
 * that is taken is one of the few, printable, its keys are digits that fit; and
 * however it is cut, the same lines are read.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int promise)
{
	if (!promise)
		abort();
}

struct sum {
	unsigned int lines, taken, hash;
	int ended;
};

static void
take(const char *line, struct sum *sum)
{
	struct exec_said said;
	const char *c;

	sum->lines++;
	for (c = line; *c != '\0'; c++)
		sum->hash = sum->hash * 31 + (unsigned char)*c;
	check(text_printable(line, strlen(line)) && strlen(line) <= EXEC_LINE_MAX);
	if (exec_read(line, &said) != MFA_OK)
		return;
	sum->taken++;
	check(said.word >= EXEC_RINGING && said.word <= EXEC_ENDED);
	check(strspn(said.keys, "0123456789") == strlen(said.keys));
	check(said.words >= line || said.words[0] == '\0');
	if (said.word == EXEC_ENDED)
		check(said.outcome >= DIAL_DONE && said.outcome <= DIAL_GATEWAY &&
		    said.outcome != DIAL_CANCELLED);
}

static void
read_all(const uint8_t *data, size_t size, size_t piece, struct sum *sum)
{
	struct exec_lines l = { 0 };
	const char *line;
	size_t n;
	int r = MFA_E_ABSENT;

	while (size > 0 && r == MFA_E_ABSENT) {
		n = exec_room(&l);
		check(n > 0);
		n = n < piece ? n : piece;
		n = n < size ? n : size;
		memcpy(l.buf + l.len, data, n);
		l.len += n;
		data += n;
		size -= n;
		while ((r = exec_next(&l, &line)) == MFA_OK)
			take(line, sum);
	}
	sum->ended = r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sum whole = { 0 }, cut = { 0 };

	if (size == 0)
		return 0;
	read_all(data + 1, size - 1, sizeof(((struct exec_lines *)NULL)->buf), &whole);
	read_all(data + 1, size - 1, (size_t)data[0] + 1, &cut);
	check(whole.lines == cut.lines && whole.hash == cut.hash && whole.taken == cut.taken);
	check(whole.ended == cut.ended);
	return 0;
}
