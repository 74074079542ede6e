/* SPDX-License-Identifier: BSD-2-Clause */
#include "login_metrics.h"

#include "metrics.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct metric opened = {
	.name = "mfad_logins_opened_total", .help = "Logins that hosts opened."
};

#define ANSWER(decision) { .name = "mfad_logins_answered_total", \
	.labels = "decision=\"" decision "\"", .help = "Logins that phones answered." }
static struct metric answers[] = { ANSWER("approve"), ANSWER("deny"), ANSWER("report") };

#define OUTCOME(outcome) { .name = "mfad_logins_ended_total", \
	.labels = "outcome=\"" outcome "\"", .help = "Logins that ended, by how." }
static struct metric outcomes[] = {
	OUTCOME("cancelled"), OUTCOME("expired"), OUTCOME("granted"), OUTCOME("wrong_number"),
	OUTCOME("refused"), OUTCOME("code"),
};

#define CODE(result) { .name = "mfad_codes_total", .labels = "result=\"" result "\"", \
	.help = "Codes that were tried." }
static struct metric codes[] = {
	CODE("refused"), CODE("accepted"), CODE("replayed"), CODE("too-soon"), CODE("locked"),
};

#define ENROLMENT(step) { .name = "mfad_enrolments_total", .labels = "step=\"" step "\"", \
	.help = "Enrolments that came so far." }
static struct metric enrolments[] = {
	ENROLMENT("opened"), ENROLMENT("offered"), ENROLMENT("done"),
};

static struct metric queue[] = {
	{ .name = "mfad_writer_queue", .kind = METRIC_GAUGE,
	    .help = "Requests that wait to be written." },
	{ .name = "mfad_writer_jobs_total", .help = "Requests that were written, or refused." },
	{ .name = "mfad_writer_commits_total", .help = "Transactions that were committed." },
	{ .name = "mfad_writer_failed_total", .help = "Transactions that failed." },
	{ .name = "mfad_writer_busy_total", .help = "Requests that found the queue full." },
};

void
login_metrics_add(void)
{
	metrics_add(&opened, 1);
	metrics_add(answers, COUNT(answers));
	metrics_add(outcomes, COUNT(outcomes));
	metrics_add(codes, COUNT(codes));
	metrics_add(enrolments, COUNT(enrolments));
	metrics_add(queue, COUNT(queue));
}

void
login_count_opened(void)
{
	metric_count(&opened, 1);
}

void
login_count_answer(enum model_decision d)
{
	if (d >= MODEL_APPROVE && d <= MODEL_REPORT)
		metric_count(&answers[d - MODEL_APPROVE], 1);
}

void
login_count_outcome(enum login_state s)
{
	if (s >= MODEL_CANCELLED && s <= MODEL_CODE)
		metric_count(&outcomes[s - MODEL_CANCELLED], 1);
}

void
login_count_code(enum model_code_result r)
{
	if ((size_t)r < COUNT(codes))
		metric_count(&codes[r], 1);
}

void
login_count_enrolment(enum enrol_step step)
{
	if ((size_t)step < COUNT(enrolments))
		metric_count(&enrolments[step], 1);
}

void
login_metrics_writer(struct writer *w)
{
	struct writer_counts n;

	writer_counts(w, &n);
	metric_set(&queue[0], n.waiting);
	metric_set(&queue[1], (int64_t)n.jobs);
	metric_set(&queue[2], (int64_t)n.commits);
	metric_set(&queue[3], (int64_t)n.failed);
	metric_set(&queue[4], (int64_t)n.refused_busy);
}
