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
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Visible: libraries call each other's by the same names. */
#define CALL(type, name, parameters, arguments, error, failure) \
	type __real_##name parameters; \
	__attribute__((visibility("default"))) type __wrap_##name parameters; \
	type __wrap_##name parameters \
	{ \
		if (!fault_next(#name)) \
			return __real_##name arguments; \
		errno = error; \
		return failure; \
	}

#ifndef CALLS
#define CALLS "calls.h"
#endif
#include CALLS
