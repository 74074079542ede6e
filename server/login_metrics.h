/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_LOGIN_METRICS_H
#define MFAD_LOGIN_METRICS_H

#include "model_code.h"
#include "model_login.h"
#include "writer.h"

/* What is counted of logins, codes and enrolments, in the loop's thread. */
void login_metrics_add(void);
void login_count_opened(void);
void login_count_answer(enum model_decision d);
void login_count_outcome(enum login_state s);	/* how one ended; once for each */
void login_count_code(enum model_code_result r);
enum enrol_step { ENROL_OPENED, ENROL_OFFERED, ENROL_DONE };
void login_count_enrolment(enum enrol_step step);

/* The writer's, as they are when somebody looks. */
void login_metrics_writer(struct writer *w);

#endif
