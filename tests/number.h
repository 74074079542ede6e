/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_NUMBER_H
#define TESTS_NUMBER_H

/* For programs of the tests: a decimal number of a command line or a rule, at
 * most 10^9.  Anything else ends the program with a line that says so. */
int number(const char *text);

/* Of a process: "VmRSS:" and others of /proc/PID/status, and processor time in
 * ticks of 10 ms. */
long process_status(int pid, const char *key);
long process_ticks(int pid);

#endif
