/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_REPLY_HEAD_H
#define FUZZ_REPLY_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "../../helper/http/fetch_reply.h"

/* Gives the lines up to and with an empty one to what reads heads; what is left
 * is the body. */
void reply_head(const uint8_t **data, size_t *size, struct fetch_incoming *in);

#endif
