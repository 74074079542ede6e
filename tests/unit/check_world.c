/* SPDX-License-Identifier: BSD-2-Clause */
#include "check_world.h"

#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As pam-auth-update of Debian 12 writes them, without its comments. */
static const char debian[] =
    "== common-auth\n"
    "auth	[success=1 default=ignore]	pam_unix.so nullok\n"
    "auth	requisite			pam_deny.so\n"
    "auth	required			pam_permit.so\n"
    "auth	required			pam_mfa.so\n"
    "auth	optional			pam_cap.so\n"
    "== common-account\n"
    "account	[success=1 new_authtok_reqd=done default=ignore]	pam_unix.so\n"
    "account	requisite			pam_deny.so\n"
    "account	required			pam_permit.so\n"
    "account	required			pam_mfa.so\n"
    "== common-session\n"
    "session	[default=1]			pam_permit.so\n"
    "session	requisite			pam_deny.so\n"
    "session	required			pam_permit.so\n"
    "session	required			pam_unix.so\n"
    "session	optional			pam_mfa.so\n"
    "== other\n"
    "@include common-auth\n"
    "@include common-account\n"
    "@include common-session\n";

void
check_world_make(struct check_world *w)
{
	static const char *const names[] = { "etc", "etc/key", "state", "helper", "run",
	    "run/socket", "etc/host.key", "run/http" };
	char path[128];
	size_t i;

	memset(w, 0, sizeof(*w));
	config_world_make(&w->files);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		snprintf(w->paths_of[i], 96, "%s/%s", w->files.dir, names[i]);
	snprintf(w->pam_dir, sizeof(w->pam_dir), "%s/pam.d", w->files.dir);
	snprintf(w->conf, sizeof(w->conf), "%s/conf", w->files.dir);
	snprintf(w->conf_dir, sizeof(w->conf_dir), "%s/d", w->files.dir);
	snprintf(w->sshd, sizeof(w->sshd), "%s/sshd", w->files.dir);
	snprintf(w->sshd_config, sizeof(w->sshd_config), "%s/sshd_config", w->files.dir);
	w->pam_dirs[0] = w->pam_dir;
	w->sshd_configs[0] = w->sshd_config;
	w->modules[0] = config_world_path(&w->files, "*.so", w->glob);
	ck_assert_int_eq(mkdir(config_world_path(&w->files, "pam.d", path), 0755), 0);
	check_world_put(w, "pam.d", debian);
	config_world_put(&w->files, "conf", "");
	w->paths = (struct check_paths){ .conf = w->conf, .conf_dir = w->conf_dir,
	    .etc_dir = w->paths_of[0], .key = w->paths_of[1], .state_dir = w->paths_of[2],
	    .helper = w->paths_of[3], .run_dir = w->paths_of[4], .socket = w->paths_of[5],
	    .host_key = w->paths_of[6], .http_socket = w->paths_of[7],
	    .user = "daemon", .http_user = "daemon", .modules = w->modules, .pam_dirs = w->pam_dirs, .sshd = w->sshd,
	    .sshd_configs = w->sshd_configs };
}

void
check_world_drop(struct check_world *w)
{
	config_world_drop(&w->files);
}

void
check_world_put(const struct check_world *w, const char *under, const char *text)
{
	const char *end;
	char name[96];
	int n;

	while (strncmp(text, "== ", 3) == 0) {
		n = (int)strcspn(text + 3, "\n");
		snprintf(name, sizeof(name), "%.30s/%.*s", under, n, text + 3);
		text += 3 + n + 1;
		if (strncmp(text, "== ", 3) == 0)
			end = text;
		else if ((end = strstr(text, "\n== ")) == NULL)
			end = text + strlen(text);
		else
			end++;
		config_world_put_bytes(&w->files, name, text, (size_t)(end - text));
		text = end;
	}
}

static struct json_object *
parse(const struct findings *f)
{
	struct json_object *o;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	findings_print_json(f, out);
	fclose(out);
	o = json_tokener_parse(text);
	ck_assert_ptr_nonnull(o);
	free(text);
	return o;
}

static const char *
text_of(struct json_object *o, const char *key)
{
	return json_object_get_string(json_object_object_get(o, key));
}

static void
list_one(struct json_object *o, FILE *out)
{
	struct json_object *services = json_object_object_get(o, "services");
	const char *file = text_of(o, "file"), *slash = strrchr(file, '/');
	size_t i;

	ck_assert_uint_gt(strlen(text_of(o, "what")), 0);
	ck_assert_uint_gt(strlen(text_of(o, "todo")), 0);
	fprintf(out, "%s %s %s:%d", text_of(o, "level"), text_of(o, "id"),
	    slash != NULL ? slash + 1 : file,
	    json_object_get_int(json_object_object_get(o, "line")));
	for (i = 0; i < json_object_array_length(services); i++)
		fprintf(out, "%s%s", i == 0 ? " " : ",",
		    json_object_get_string(json_object_array_get_idx(services, i)));
	fprintf(out, "\n");
}

char *
check_world_list(const struct findings *f)
{
	struct json_object *o = parse(f), *list = json_object_object_get(o, "findings");
	char *text = NULL;
	size_t len, i;
	FILE *out = open_memstream(&text, &len);

	for (i = 0; i < json_object_array_length(list); i++)
		list_one(json_object_array_get_idx(list, i), out);
	fclose(out);
	json_object_put(o);
	return text;
}
