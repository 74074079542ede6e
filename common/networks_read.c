/* SPDX-License-Identifier: BSD-2-Clause */
/* Prefixes as text: one, or a file of them. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "lines.h"
#include "networks_set.h"
#include "text.h"

#define SHOWN_MAX 64	/* of what was written, in a sentence about it */

struct networks_builder {
	struct entry *entries;
	size_t count, room;
};

/* ---- addresses as numbers ---- */

struct bits128
bits128_of(const struct address *a)
{
	struct bits128 n = { 0, 0 };
	int i;

	for (i = 0; i < 8; i++) {
		n.hi = n.hi << 8 | a->bytes[i];
		n.lo = n.lo << 8 | a->bytes[i + 8];
	}
	return n;
}

struct bits128
bits128_host(unsigned int length)
{
	return (struct bits128){
		.hi = length >= 64 ? 0 : UINT64_MAX >> length,
		.lo = length >= 128 ? 0 : length <= 64 ? UINT64_MAX : UINT64_MAX >> (length - 64),
	};
}

static bool
is_mapped(const struct entry *e)
{
	return e->length >= 96 && e->first.hi == 0 && e->first.lo >> 32 == 0xffff;
}

const char *
entry_format(const struct entry *e, char *dst)
{
	char text[ADDRESS_TEXT_MAX];
	struct address a;
	int i;

	for (i = 0; i < 8; i++) {
		a.bytes[i] = (unsigned char)(e->first.hi >> (56 - 8 * i));
		a.bytes[i + 8] = (unsigned char)(e->first.lo >> (56 - 8 * i));
	}
	(void)snprintf(dst, ADDRESS_TEXT_MAX, "%s%s/%d", e->exclude ? "!" : "",
	    address_format(&a, text), is_mapped(e) ? e->length - 96 : e->length);
	return dst;
}

/* ---- one prefix ---- */

static int refuse(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int
refuse(char *why, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(why, NETWORKS_WHY_MAX, format, ap);
	va_end(ap);
	return MFA_E_INVALID;
}

/* Takes the address off the front of s; *slash is what follows "/", or NULL. */
static int
split_address(const char *s, struct address *a, const char **slash, char *why)
{
	char text[ADDRESS_TEXT_MAX], shown[SHOWN_MAX];
	size_t len = strcspn(s, "/");

	*slash = s[len] == '/' ? s + len + 1 : NULL;
	(void)text_escape(shown, sizeof(shown), s);
	if (len < sizeof(text)) {
		memcpy(text, s, len);
		text[len] = '\0';
		if (strchr(text, '%') != NULL)
			return refuse(why, "%s: a prefix has no zone (\"%%\"): leave it out",
			    shown);
		if (address_parse(text, a) == MFA_OK)
			return MFA_OK;
	}
	return refuse(why, "%s is not a numeric prefix (names are never looked up): "
	    "ADDRESS or ADDRESS/LENGTH was expected, as 192.0.2.0/24 or 2001:db8::/32", shown);
}

static int
check_bits(const struct entry *e, const char *s, char *why)
{
	struct bits128 host = bits128_host(e->length);
	char network[ADDRESS_TEXT_MAX], shown[SHOWN_MAX];
	struct entry good = *e;

	if ((e->first.hi & host.hi) == 0 && (e->first.lo & host.lo) == 0)
		return MFA_OK;
	good.first.hi &= ~host.hi;
	good.first.lo &= ~host.lo;
	return refuse(why, "%s has bits set behind its length: write %s for the network, "
	    "or the address alone for one host", text_escape(shown, sizeof(shown), s),
	    entry_format(&good, network) + (e->exclude ? 1 : 0));
}

/* ::ffff:0:0/96 is where IPv4 lies, so what covers that covers all of IPv4. */
static int
check_breadth(const struct entry *e, const char *s, char *why)
{
	struct bits128 host = bits128_host(e->length);
	bool covers = (e->first.hi & ~host.hi) == 0 &&
	    (e->first.lo & ~host.lo) == (0xffff00000000 & ~host.lo);
	char shown[SHOWN_MAX];

	if (e->length > 96 || !covers)
		return MFA_OK;
	return refuse(why, "%s would be every %s address: name the networks that are meant",
	    text_escape(shown, sizeof(shown), s), e->length == 0 ? "IPv6" : "IPv4");
}

static int
parse(const char *s, struct entry *e, char *why)
{
	struct address a = { .bytes = { 0 } };
	const char *slash;
	unsigned long length, max;
	bool four;
	int r;

	e->exclude = *s == '!';
	s += e->exclude;
	if ((r = split_address(s, &a, &slash, why)) != MFA_OK)
		return r;
	four = memchr(s, ':', strcspn(s, "/")) == NULL;
	length = max = four ? 32 : 128;
	if (slash != NULL && text_number(slash, 0, max, &length) != MFA_OK)
		return refuse(why, "the length behind \"/\" is not a number from 1 to %lu", max);
	e->length = (uint8_t)(length + (four ? 96 : 0));
	e->first = bits128_of(&a);
	if ((r = check_breadth(e, s, why)) != MFA_OK)
		return r;
	return check_bits(e, s, why);
}

/* ---- the builder ---- */

struct networks_builder *
networks_builder_new(void)
{
	return calloc(1, sizeof(struct networks_builder));
}

static int
make_room(struct networks_builder *b, char *why)
{
	size_t room = b->room == 0 ? 16 : 2 * b->room;
	struct entry *entries;

	if (b->count < b->room)
		return MFA_OK;
	if ((entries = realloc(b->entries, room * sizeof(*entries))) == NULL) {
		(void)refuse(why, "out of memory");
		return MFA_E_MEMORY;
	}
	b->entries = entries;
	b->room = room;
	return MFA_OK;
}

static int
add(struct networks_builder *b, const char *prefix, unsigned int line, char *why)
{
	struct entry e = { .line = line };
	int r = parse(prefix, &e, why);

	if (r == MFA_OK && b->count >= NETWORKS_MAX)
		r = refuse(why, "more than %d prefixes", NETWORKS_MAX);
	if (r == MFA_OK && (r = make_room(b, why)) == MFA_OK)
		b->entries[b->count++] = e;
	return r;
}

int
networks_add(struct networks_builder *b, const char *prefix, char *why)
{
	return add(b, prefix, 0, why);
}

/* Without its comment and the blanks around it. */
static char *
strip(char *line)
{
	size_t len;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " ");
	for (len = strlen(line); len > 0 && line[len - 1] == ' '; len--)
		line[len - 1] = '\0';
	return line;
}

int
networks_add_fd(struct networks_builder *b, int fd, unsigned int *line, char *why)
{
	struct lines l;
	const char *words = "";
	char *text;
	int r;

	lines_start(&l, fd, NETWORKS_LINE_MAX, NETWORKS_FILE_MAX);
	while ((r = lines_next(&l, &text, &words)) == MFA_OK) {
		text = strip(text);
		if (*text != '\0' && (r = add(b, text, l.number, why)) != MFA_OK)
			break;
	}
	*line = r == MFA_E_SYSTEM || r == MFA_E_MEMORY ? 0 : l.number;
	if (r == MFA_E_SYSTEM)
		(void)refuse(why, "%s: %s", words, strerror(errno));
	else if (words[0] != '\0')
		(void)refuse(why, "%s: one prefix a line was expected, at most %d bytes", words,
		    NETWORKS_LINE_MAX);
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

struct entry *
builder_take(struct networks_builder *b, size_t *count)
{
	struct entry *entries = b->entries;

	*count = b->count;
	b->entries = NULL;
	b->count = b->room = 0;
	return entries;
}

void
networks_builder_free(struct networks_builder **b)
{
	if (*b == NULL)
		return;
	free((*b)->entries);
	free(*b);
	*b = NULL;
}
