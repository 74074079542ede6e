/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CONFINE_H
#define MFA_CONFINE_H

#include <linux/filter.h>
#include <sys/resource.h>

/*
 * The pieces of which every process of ours makes its own sandbox.  They are
 * one-way; any that fails (other than a kernel without Landlock) is an error,
 * MFA_E_SYSTEM, and the process must not go on.
 */

/* Becomes the user and group for good, with no other groups.  Does nothing
 * when it is that user already; MFA_E_PEER when it is another and not root. */
int confine_user(unsigned int uid, unsigned int gid);

/* The same, with the groups that NSS knows this user to be in. */
int confine_user_and_groups(const char *name, unsigned int uid, unsigned int gid);

/* No privileges from an exec, no core file, nobody of our user looks inside. */
int confine_privileges(void);

/* Lowers a limit for good; one that is lower already stays. */
int confine_limit(__rlimit_resource_t what, rlim_t most);

/* Landlock: `write_dir` (NULL: none) to read and write, `read_paths` (files, and
 * directories with all below them; NULL-terminated) to read, nothing else.  One
 * that is not there is none. */
int confine_files(const char *write_dir, const char *const *read_paths);

/* seccomp (confine_calls.h has what a filter is made of). */
int confine_calls(const struct sock_filter *filter, unsigned short len);

#endif
