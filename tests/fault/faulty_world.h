/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FAULTY_WORLD_H
#define FAULTY_WORLD_H

/* The mfad of api_world.h, whose calls fail as fault_arm (wrap.h) says; with these lines
 * of configuration. */
void faulty_start(const char *more);

#endif
