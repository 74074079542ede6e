/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_RESOURCES_H
#define MFA_RESOURCES_H

#include "http.h"
#include "networks.h"

/* Every resource's table, one file each. */

/* GET /v1/health: whether the server serves, for load balancers and people. */
extern const struct route health_routes[];

/* GET /metrics, for those in the set (and for Unix sockets); NULL: nobody else. */
extern const struct route metrics_routes[];
void metrics_start(const struct networks *readers);

#endif
