/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_RESOURCES_H
#define MFA_RESOURCES_H

#include "http.h"
#include "networks.h"

struct writer;

/* Every resource's table, one file each. */

/* GET /v1/health: whether the server serves, for load balancers and people. */
extern const struct route health_routes[];

/* GET /metrics, for those in the set (and for Unix sockets); NULL: nobody else. */
extern const struct route metrics_routes[];
void metrics_start(const struct networks *readers, struct writer *w);	/* w: or NULL */

/* Login hosts, and the tokens that they join with. */
extern const struct route host_routes[];
/* Logins, by the hosts that open them. */
extern const struct route login_routes[];
/* The same, by phones. */
extern const struct route device_routes[];
/* New phones. */
extern const struct route enrolment_routes[];
/* What hosts ask about users. */
extern const struct route user_routes[];

#endif
