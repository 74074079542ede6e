/* SPDX-License-Identifier: BSD-2-Clause */
#include "wrap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls, fail_at;
static const char *failed;

void
fault_arm(long n)
{
	failed = NULL;
	atomic_store(&calls, 0);
	atomic_store(&fail_at, n);
}

bool
fault_fired(void)
{
	long n = atomic_load(&fail_at);

	return n > 0 && atomic_load(&calls) >= n;
}

long
fault_calls(void)
{
	return atomic_load(&calls);
}

const char *
fault_name(void)
{
	return failed != NULL ? failed : "-";
}

static bool
fails(const char *name)
{
	if (atomic_fetch_add(&calls, 1) + 1 != atomic_load(&fail_at))
		return false;
	failed = name;
	return true;
}

#define CALL(type, name, parameters, arguments, error, failure) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type __wrap_##name parameters \
	{ \
		if (!fails(#name)) \
			return __real_##name arguments; \
		errno = error; \
		return failure; \
	}

#ifndef CALLS
#define CALLS "calls.h"
#endif
#include CALLS
