/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_THREAD_H
#define MFAD_THREAD_H

#include <pthread.h>

/* A thread that no signal is delivered to: they are the loop's.  MFA_E_SYSTEM. */
int thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg);

#endif
