/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_PROVIDER_MFAD_H
#define MFA_HTTP_PROVIDER_MFAD_H

#include "provider.h"

/* The replies of mfad, as struct provider_op has them. */
int mfad_read_begin(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out);
int mfad_read_choose(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out);
int mfad_read_poll(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out);
int mfad_read_keys(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out);
int mfad_read_code(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out);
int mfad_read_cancel(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out);

#endif
