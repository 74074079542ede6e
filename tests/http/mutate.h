/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MUTATE_H
#define MUTATE_H

#include <stddef.h>

/* Changes len bytes of text in buf (size bytes), as its number says and always
 * the same for one number: some bytes, a part cut out, put in twice or put in
 * elsewhere, the end.  Returns the new length. */
size_t mutate(char *buf, size_t len, size_t size, unsigned int number);

#endif
