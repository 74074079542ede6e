/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CTL_SERVER_H
#define MFA_CTL_SERVER_H

#include "remote.h"

/*
 * mfactl --server: administers an approval service, on its own machine.
 * server.c has the table; the subcommands have a file each.  They are given an
 * api that is open, and return an enum ctl_exit after a complaint.
 */
int server_backup(struct api *a, int argc, char **argv);
int server_devices(struct api *a, int argc, char **argv);
int server_enroll(struct api *a, int argc, char **argv);
int server_hosts(struct api *a, int argc, char **argv);
int server_lock(struct api *a, int argc, char **argv);
int server_log(struct api *a, int argc, char **argv);
int server_method(struct api *a, int argc, char **argv);
int server_pass(struct api *a, int argc, char **argv);
int server_recovery(struct api *a, int argc, char **argv);
int server_remove(struct api *a, int argc, char **argv);
int server_telephone(struct api *a, int argc, char **argv);
int server_telephones(struct api *a, int argc, char **argv);
int server_token(struct api *a, int argc, char **argv);
int server_tokens(struct api *a, int argc, char **argv);
int server_unlock(struct api *a, int argc, char **argv);
int server_users(struct api *a, int argc, char **argv);
int server_waiting(struct api *a, int argc, char **argv);
int server_whose(struct api *a, int argc, char **argv);

/* Asks for something whose answer has no body. */
int server_do(struct api *a, struct fetch_request *rq);

/* ---- server_rows.c: lists ---- */

enum column_kind { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_TIME, COLUMN_DAY, COLUMN_FLAG };

struct column {
	const char *member;	/* of each object of the list */
	enum column_kind kind;
	const char *title;
};

struct rows {
	const char *list;		/* the member that has them */
	const struct column *columns;	/* at most TABLE_COLUMNS; the last is broken */
	size_t count;
	const char *none;		/* said when there are none */
	bool pages;			/* asked for by name, page after page */
};

/* Shows what is at path.  Members that are not there, or null, are "-". */
int rows_show(struct api *a, const struct rows *rows, const char *path, bool json);

/* A subcommand "USER [--json]" that shows the user's devices, or tokens. */
int rows_of_user(struct api *a, int argc, char **argv, const struct rows *rows, const char *what);

/* One member as text, in dst; a ctl_exit. */
#define CELL_MAX 300
int rows_cell(struct json_object *o, const struct column *c, char dst[CELL_MAX]);
/* The members of an object, for --json, as they are called and typed there. */
struct json_object *rows_json(struct json_object *o, const struct column *columns, size_t count);

#endif
