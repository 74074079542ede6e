/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_WORLD_H
#define CONFIG_WORLD_H

#include "config.h"

/* A directory with "conf" and drop-ins in "d". */
struct config_world {
	char dir[64];
};

void config_world_make(struct config_world *w);
void config_world_drop(struct config_world *w);

/* Returns dst, which holds 128 bytes. */
const char *config_world_path(const struct config_world *w, const char *name, char *dst);

void config_world_put(const struct config_world *w, const char *name, const char *text);
void config_world_put_bytes(const struct config_world *w, const char *name, const void *data,
    size_t len);

/* Loads it, or fails the test with the error. */
struct config *config_world_load(const struct config_world *w);

#endif
