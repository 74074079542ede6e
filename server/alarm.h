/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_ALARM_H
#define MFAD_ALARM_H

/*
 * A command of the administrator's that is told what must not go unseen.  mfad
 * itself starts no program: a child that was made before the sandbox does,
 * without a shell, one at a time.
 */
struct alarm;

/* ---- all limits ---- */
#define ALARM_TEXT_MAX	2048	/* bytes on the command's standard input */
#define ALARM_SECONDS	30	/* then the command is killed */

/* Before there are threads and before the sandbox.  command is an absolute path
 * and outlives it.  MFA_E_SYSTEM, MFA_E_MEMORY. */
int alarm_start(const char *command, struct alarm **out);

/* Runs "COMMAND report" with the text on its standard input, soon; what is lost
 * when too many are under way is logged. */
void alarm_raise(struct alarm *a, const char *text);

/* A command that runs goes on. */
void alarm_stop(struct alarm **a);

#endif
