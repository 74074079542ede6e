/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CTL_H
#define MFA_CTL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * mfactl: the administrator's program.  One file per subcommand; mfactl.c has
 * the table of them.
 */
#define CTL_VERSION "0.1"

/* Exit statuses; mfactl(1) has the same list. */
enum ctl_exit {
	CTL_DONE = 0,
	CTL_NO = 1,		/* why: denied; check, status: something is wrong */
	CTL_USAGE = 2,		/* the command line */
	CTL_ROOT = 3,		/* only root may */
	CTL_ABSENT = 4,		/* no such user, token, file */
	CTL_REFUSED = 5,	/* a wrong code, a name that is taken, a bad file, an
				 * interruption: nothing was changed */
	CTL_CONFIG = 6,		/* the configuration cannot be used */
	CTL_STATE = 7,		/* the state, its key or the system failed */
	CTL_SERVICE = 8,		/* the approval service cannot be reached, or failed */
};

struct command {
	const char *name;
	int (*run)(int argc, char **argv);	/* argv[0] is name; returns a ctl_exit */
	const char *usage;			/* what follows the name, in lines */
	const char *help;			/* one line */
};

int cmd_authority(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_enroll(int argc, char **argv);
int cmd_forget(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_join(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_lock(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_pass(int argc, char **argv);
int cmd_phone(int argc, char **argv);
int cmd_recovery(int argc, char **argv);
int cmd_remove(int argc, char **argv);
int cmd_rename(int argc, char **argv);
int cmd_rotate(int argc, char **argv);
int cmd_server(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_unlock(int argc, char **argv);
int cmd_why(int argc, char **argv);

/* "mfactl: what is wrong: what to do" on standard error; returns status. */
int complain(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Text for a person: as it is when it is printable and fits, else escaped
 * (text_escape).  size is 4 or more.  Returns dst. */
const char *show(char *dst, size_t size, const char *src);
#define SHOW_MAX 300

/* ---- options ---- */

/* "--name VALUE" when value is set, else "--name", which sets flag. */
struct opt {
	const char *name;
	const char **value;
	bool *flag;
};

/* Reads the options of a subcommand, which may stand among its operands
 * ("--" ends them), and moves the operands to the end: argv[*first] is the
 * first of them.  CTL_DONE, or CTL_USAGE after a complaint, also when there
 * are fewer than min or more than max operands. */
int opts_read(int argc, char **argv, const struct opt *opts, size_t count, int min, int max,
    int *first);

/* A number for option `name`; CTL_DONE, or CTL_USAGE after a complaint. */
int opts_number(const char *name, const char *text, unsigned long min, unsigned long max,
    unsigned int *out);

/* ---- users, as operands ---- */

/* A name that a login could have; CTL_USAGE after a complaint. */
int user_valid(const char *user);
/* One that NSS knows, so that a typing error is seen; CTL_ABSENT, CTL_STATE. */
int user_known(const char *user);

#endif
