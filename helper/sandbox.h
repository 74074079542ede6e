/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SANDBOX_H
#define MFA_SANDBOX_H

/*
 * What a process of ours gives up before it reads a byte from its caller.
 * The steps are one-way; any that fails (other than a kernel without
 * Landlock) is an error, and the process must not go on.
 */

/* Becomes the user and group for good, with no other groups.  Does nothing
 * when it is that user already; MFA_E_PEER when it is another and not root. */
int sandbox_become(unsigned int uid, unsigned int gid);

/*
 * no_new_privs, no core file, no children, few descriptors, a CPU limit;
 * Landlock: `write_dir` to read and write, `read_dirs` (NULL-terminated) to
 * read, nothing else; seccomp: the system calls of a login, AF_UNIX sockets
 * to reach syslog; exec, ptrace and the like end the process.
 */
int sandbox_enter(const char *write_dir, const char *const *read_dirs);

#endif
