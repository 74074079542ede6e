/* SPDX-License-Identifier: BSD-2-Clause */
#include "wrap.h"

#include <stdio.h>

static struct fault_plan own, *plan = &own;

void
fault_share(struct fault_plan *with)
{
	plan = with;
}

void
fault_arm(long n)
{
	plan->failed[0] = '\0';
	atomic_store(&plan->calls, 0);
	atomic_store(&plan->fail_at, n);
}

bool
fault_fired(void)
{
	long n = atomic_load(&plan->fail_at);

	return n > 0 && atomic_load(&plan->calls) >= n;
}

long
fault_calls(void)
{
	return atomic_load(&plan->calls);
}

const char *
fault_name(void)
{
	return plan->failed[0] != '\0' ? plan->failed : "-";
}

bool
fault_next(const char *name)
{
	if (atomic_fetch_add(&plan->calls, 1) + 1 != atomic_load(&plan->fail_at))
		return false;
	(void)snprintf(plan->failed, sizeof(plan->failed), "%s", name);
	return true;
}
