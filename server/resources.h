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
/* Codes whose tokens are here. */
extern const struct route code_routes[];
/* What gateways on the network ask about calls. */
extern const struct route callback_routes[];
/* What all hosts are told to do. */
extern const struct route policy_routes[];

/* The administrator's: users and their phones, */
extern const struct route admin_routes[];
/* their locks, */
extern const struct route lock_routes[];
/* their telephones, */
extern const struct route telephone_routes[];
/* their tokens, */
extern const struct route token_routes[];
/* recovery codes, */
extern const struct route recovery_routes[];
/* temporary access passes, */
extern const struct route pass_routes[];
/* who waits, who did what, and a copy of it all. */
extern const struct route record_routes[];

/* The description of all of these. */
extern const struct route openapi_routes[];

#endif
