/* SPDX-License-Identifier: BSD-2-Clause */
#include "faulty_world.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/api_world.h"
#include "wrap.h"

void
faulty_start(const char *more)
{
	struct fault_plan *plan;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	setenv("ASAN_OPTIONS", "detect_leaks=0:abort_on_error=1", 1);
	api_plain = true;
	mfad_prepare(&api, more);
	fd = open(mfad_path(&api, "fault"), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fchmod(fd, 0666), 0);
	ck_assert_int_eq(ftruncate(fd, sizeof(*plan)), 0);
	plan = mmap(NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(plan, MAP_FAILED);
	close(fd);
	fault_share(plan);
	mfad_start(&api, "tests/fault/mfad_faulty");
}
