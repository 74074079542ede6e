/* SPDX-License-Identifier: BSD-2-Clause */
#include "log.h"

#include <stdarg.h>
#include <syslog.h>
#include <time.h>

void
log_open(const char *name)
{
	tzset();	/* reads /etc/localtime, which the sandbox would refuse */
	openlog(name, LOG_NDELAY | LOG_PID, LOG_AUTHPRIV);
}

void
log_to_stderr(const char *name)
{
	closelog();
	openlog(name, LOG_NDELAY | LOG_PID | LOG_PERROR, LOG_AUTHPRIV);
}

void
log_line(int priority, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsyslog(LOG_AUTHPRIV | priority, format, ap);
	va_end(ap);
}
