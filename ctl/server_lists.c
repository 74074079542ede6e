/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server users, devices, hosts, waiting: tables of columns.
 */
#include <stdio.h>

#include "ctl.h"
#include "server.h"

#define COUNT(columns) (sizeof(columns) / sizeof((columns)[0]))

static const struct column user_columns[] = {
	{ "user", COLUMN_TEXT, "user" },
	{ "devices", COLUMN_NUMBER, "phones" },
	{ "tokens", COLUMN_NUMBER, "tokens" },
	{ "push_locked", COLUMN_FLAG, "phones locked" },
	{ "locked", COLUMN_FLAG, "locked" },
};
static const struct rows user_rows =
	{ "users", user_columns, COUNT(user_columns), "There is no user.", true };

static const struct column device_columns[] = {
	{ "device", COLUMN_TEXT, "phone" },
	{ "kind", COLUMN_TEXT, "kind" },
	{ "created", COLUMN_DAY, "since" },
	{ "expires", COLUMN_DAY, "until" },
	{ "last_used", COLUMN_DAY, "used" },
	{ "name", COLUMN_TEXT, "name" },
};
static const struct rows device_rows =
	{ "devices", device_columns, COUNT(device_columns), "The user has no phone.", false };

static const struct column host_columns[] = {
	{ "host", COLUMN_TEXT, "host" },
	{ "created", COLUMN_DAY, "since" },
	{ "last_seen", COLUMN_TIME, "seen" },
	{ "name", COLUMN_TEXT, "name" },
};
static const struct rows host_rows =
	{ "hosts", host_columns, COUNT(host_columns), "No host has joined.", false };

static const struct column waiting_columns[] = {
	{ "expires", COLUMN_TIME, "until" },
	{ "user", COLUMN_TEXT, "user" },
	{ "service", COLUMN_TEXT, "service" },
	{ "origin", COLUMN_TEXT, "from" },
	{ "host", COLUMN_TEXT, "host" },
};
static const struct rows waiting_rows =
	{ "logins", waiting_columns, COUNT(waiting_columns), "Nobody waits.", false };

static int
list(struct api *a, int argc, char **argv, const struct rows *rows, const char *path)
{
	bool json = false;
	const struct opt opts[] = { { "json", NULL, &json } };
	int first, r = opts_read(argc, argv, opts, 1, 0, 0, &first);

	return r != CTL_DONE ? r : rows_show(a, rows, path, json);
}

int
server_users(struct api *a, int argc, char **argv)
{
	return list(a, argc, argv, &user_rows, "/v1/users");
}

int
server_hosts(struct api *a, int argc, char **argv)
{
	return list(a, argc, argv, &host_rows, "/v1/hosts");
}

int
server_waiting(struct api *a, int argc, char **argv)
{
	return list(a, argc, argv, &waiting_rows, "/v1/logins");
}

int
rows_of_user(struct api *a, int argc, char **argv, const struct rows *rows, const char *what)
{
	char user[API_SEGMENT_MAX], path[FETCH_PATH_MAX];
	bool json = false;
	const struct opt opts[] = { { "json", NULL, &json } };
	int first, r;

	if ((r = opts_read(argc, argv, opts, 1, 1, 1, &first)) != CTL_DONE ||
	    (r = user_valid(argv[first])) != CTL_DONE)
		return r;
	(void)snprintf(path, sizeof(path), "/v1/users/%s/%s", api_segment(user, argv[first]), what);
	return rows_show(a, rows, path, json);
}

int
server_devices(struct api *a, int argc, char **argv)
{
	return rows_of_user(a, argc, argv, &device_rows, "devices");
}
