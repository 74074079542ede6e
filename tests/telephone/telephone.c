/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * telephone SOCKET DIR: mfa-call and everybody's telephone as a test plays them, one call
 * or text after another.  DIR/log gets a line for all that mfad says:
 *
 *   call NUMBER FORM HOST      text NUMBER CODE      say N      cancel      gone
 *
 * and these files, put there by the test, are done once: keys (a line that is keyed in),
 * end (an enum dial_outcome: the call, or the next text, ends so).
 */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../number.h"
#include "dial.h"
#include "error.h"
#include "text.h"

#define LOOK_MS 20

static const char *dir;
static FILE *log_file;

/* The file's line, once. */
static bool
take(const char *name, char line[DIAL_KEYS_MAX])
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((f = fopen(path, "re")) == NULL)
		return false;
	if (fgets(line, DIAL_KEYS_MAX, f) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	(void)fclose(f);
	return unlink(path) == 0;
}

static void
say(int fd, const struct dial *d)
{
	(void)dial_send(fd, d, deadline_in(5000));
}

static void
end(int fd, uint32_t outcome)
{
	struct dial d = { .type = DIAL_ENDED, .outcome = outcome };

	say(fd, &d);
}

/* The code stands behind the last "#". */
static void
serve_text(int fd, const struct dial *asked)
{
	const char *code = memrchr(asked->text, '#', asked->text_len);
	char outcome[DIAL_KEYS_MAX];
	int len = code != NULL ? (int)((const char *)asked->text + asked->text_len - code - 1) : 0;

	fprintf(log_file, "text %s %.*s\n", asked->to, len, code != NULL ? code + 1 : "");
	end(fd, take("end", outcome) ? (uint32_t)number(outcome) : DIAL_DONE);
}

/* False: it is over. */
static bool
hear(int fd)
{
	struct dial d;

	if (dial_recv(fd, &d, deadline_in(5000)) != MFA_OK) {
		fprintf(log_file, "gone\n");
		return false;
	}
	if (d.type == DIAL_CANCEL) {
		fprintf(log_file, "cancel\n");
		end(fd, DIAL_CANCELLED);
		return false;
	}
	fprintf(log_file, "say %lu\n", (unsigned long)d.say);
	if (d.say == DIAL_ONCE_MORE || d.say == DIAL_TWICE)
		return true;
	end(fd, DIAL_DONE);
	return false;
}

static void
serve_call(int fd, const struct dial *asked)
{
	struct dial keys = { .type = DIAL_KEYS }, up = { .type = DIAL_PROGRESS,
	    .progress = DIAL_ANSWERED };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char outcome[DIAL_KEYS_MAX];

	fprintf(log_file, "call %s %lu %s\n", asked->to, (unsigned long)asked->form, asked->host);
	say(fd, &up);
	for (;;) {
		if (poll(&p, 1, LOOK_MS) != 0) {
			if (!hear(fd))
				return;
		} else if (take("keys", keys.keys)) {
			say(fd, &keys);
		} else if (take("end", outcome)) {
			end(fd, (uint32_t)number(outcome));
			return;
		}
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	static struct dial asked;
	char path[256];
	int line, fd;

	if (argc != 3 || text_copy(at.sun_path, sizeof(at.sun_path), argv[1]) != MFA_OK)
		errx(2, "usage: telephone SOCKET DIR");
	dir = argv[2];
	snprintf(path, sizeof(path), "%s/log", dir);
	if ((log_file = fopen(path, "ae")) == NULL)
		err(1, "%s", path);
	setvbuf(log_file, NULL, _IOLBF, 0);
	(void)unlink(argv[1]);
	line = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (line == -1 || bind(line, (const struct sockaddr *)&at, sizeof(at)) == -1 ||
	    chmod(argv[1], 0666) == -1 || listen(line, 16) == -1)
		err(1, "%s", argv[1]);
	while ((fd = accept(line, NULL, NULL)) != -1) {
		if (dial_recv(fd, &asked, deadline_in(5000)) == MFA_OK) {
			if (asked.type == DIAL_CALL)
				serve_call(fd, &asked);
			else if (asked.type == DIAL_TEXT)
				serve_text(fd, &asked);
		}
		close(fd);
	}
	err(1, "accept");
}
