/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CONFINE_CALLS_H
#define MFA_CONFINE_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

/* What a filter of system calls is made of. */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#else
#error "name this machine's AUDIT_ARCH_ here"
#endif

#define STMT(code, k)		BPF_STMT(code, k)
#define LOAD(field)		STMT(BPF_LD | BPF_W | BPF_ABS, \
	(uint32_t)offsetof(struct seccomp_data, field))
#define RETURN(what)		STMT(BPF_RET | BPF_K, what)
#define IF_NOT(value, skip)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define ALLOW(call)		IF_NOT(SYS_##call, 1), RETURN(SECCOMP_RET_ALLOW)
#define KILL(call)		IF_NOT(SYS_##call, 1), RETURN(SECCOMP_RET_KILL_PROCESS)
/* Argument n's low half against a value, on little-endian machines. */
#define LOW(n)			STMT(BPF_LD | BPF_W | BPF_ABS, \
	(uint32_t)(offsetof(struct seccomp_data, args) + (n) * sizeof(uint64_t)))
/* Only when argument n is exactly this. */
#define ALLOW_IF(call, n, value) \
	IF_NOT(SYS_##call, 4), LOW(n), IF_NOT(value, 1), RETURN(SECCOMP_RET_ALLOW), \
	RETURN(SECCOMP_RET_ERRNO | EACCES)
/* Only without these bits in argument n. */
#define ALLOW_WITHOUT(call, n, bits) \
	IF_NOT(SYS_##call, 4), LOW(n), \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 1, 0), RETURN(SECCOMP_RET_ALLOW), \
	RETURN(SECCOMP_RET_ERRNO | EACCES)
/* Only with all of these bits in argument n. */
#define ALLOW_WITH(call, n, bits) \
	IF_NOT(SYS_##call, 5), LOW(n), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits), \
	IF_NOT(bits, 1), RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_ERRNO | EACCES)

/* Without what sends signals to others of our user, as tgkill(2) would: one
 * child that was taken over must not stop the listener. */
#define ALLOW_FCNTL \
	IF_NOT(SYS_fcntl, 6), LOW(1), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN, 3, 0), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN_EX, 2, 0), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETSIG, 1, 0), \
	RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_ERRNO | EACCES)

/* A filter begins with this: no other machine's calls. */
#define BEGIN_FILTER \
	LOAD(arch), \
	IF_NOT(ARCH, 1), BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), RETURN(SECCOMP_RET_KILL_PROCESS), \
	LOAD(nr)

#endif
