/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread.h"

#include <signal.h>

#include "error.h"

int
thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
	sigset_t all, old;
	int error;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(thread, NULL, run, arg);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error == 0 ? MFA_OK : MFA_E_SYSTEM;
}
