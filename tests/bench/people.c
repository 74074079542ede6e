/* SPDX-License-Identifier: BSD-2-Clause */
#include "people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../server/db.h"
#include "error.h"

#define ONE_COMMIT 5000		/* people */

void
people_must(int r, const char *what, const char *why)
{
	if (r == MFA_OK)
		return;
	fprintf(stderr, "%s: %d %s\n", what, r, why);
	exit(2);
}

void
person_name(unsigned long i, char name[PERSON_NAME_MAX])
{
	(void)snprintf(name, PERSON_NAME_MAX, "user%07lu", i);
}

static void
add_person(struct db *db, struct people *p, unsigned long i, int64_t now)
{
	static const struct model_offer offer = { "phone", "ed25519",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "-",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	struct model_enrolment e;
	struct model_offered d;
	char user[PERSON_NAME_MAX], text[512];

	person_name(i, user);
	people_must(model_enrol_open(db, NULL, p->host.host, user, 600, now, &e), "enrol", db_message(db));
	people_must(model_enrol_offer(db, NULL, e.id, &offer, now, &d), "offer", db_message(db));
	(void)snprintf(text, sizeof(text), "pam_mfa device 1\nuser %s\ndevice %s\nkind %s\nkey %s\n"
	    "origin -\ncreated %lld\nexpires %lld\nauthority AAAAAAAAAAAAAAAAAAAAAA\n"
	    "signature %s%s\n", user, d.device, offer.kind, offer.key, (long long)now,
	    (long long)now + 86400 * 300, offer.key, offer.key);
	people_must(model_enrol_certify(db, p->host.host, e.id, text, now), "certify", db_message(db));
	memcpy(p->all[i].device, d.device, sizeof(d.device));
	memcpy(p->all[i].secret, d.secret, sizeof(d.secret));
}

void
people_commit(struct db *db)
{
	struct wake *wakes = db_take_wakes(db);

	wakes_free(&wakes);
	people_must(db_commit(db), "commit", db_message(db));
}

void
people_make(struct db *db, unsigned long count, int64_t now, struct people *p)
{
	struct model_join_token t;

	*p = (struct people){ .count = count, .all = calloc(count, sizeof(*p->all)) };
	people_must(p->all != NULL ? MFA_OK : MFA_E_MEMORY, "people", "");
	people_must(db_begin(db), "begin", db_message(db));
	people_must(model_join_token_new(db, NULL, "web", 60, "root", now, &t), "token",
	    db_message(db));
	people_must(model_host_join(db, NULL, t.token, NULL, now, &p->host), "join",
	    db_message(db));
	for (unsigned long i = 0; i < count; i++) {
		add_person(db, p, i, now);
		if (i % ONE_COMMIT == ONE_COMMIT - 1) {
			people_commit(db);
			people_must(db_begin(db), "begin", db_message(db));
		}
	}
	people_commit(db);
}
