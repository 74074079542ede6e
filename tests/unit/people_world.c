/* SPDX-License-Identifier: BSD-2-Clause */
#include "people_world.h"

struct model_world model;
struct model_joined web, db;
struct model_offered anna, bert;
int64_t people_retry;

void
people_make(void)
{
	model_world_make(&model);
	web = model_world_host(&model, "web");
	db = model_world_host(&model, "db");
	anna = model_world_device(&model, web.host, "anna");
	bert = model_world_device(&model, web.host, "bert");
}

void
people_drop(void)
{
	model_world_drop(&model);
}

int
people_ask(const struct model_login_asked *in, int64_t now, struct model_login_opened *out)
{
	return WRITE(&model, model_login_open(model.db, NULL, web.host, in, now, out,
	    &people_retry));
}

int
people_open(int64_t now, struct model_login_opened *out)
{
	struct model_login_asked in = model_world_asked("anna", now);

	return people_ask(&in, now, out);
}

int
people_answer(const char *device, const char *login, enum model_decision d, int64_t now)
{
	struct model_answer in = model_world_approval;
	struct model_answered out;

	in.decision = d;
	return WRITE(&model, model_device_answer(model.db, NULL, device, login, &in, now, &out));
}

void
people_finish(const char *login, enum login_state outcome, int64_t now)
{
	DONE(&model, model_login_close(model.db, web.host, login, outcome, now));
}
