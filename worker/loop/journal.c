/*
 * Entries for journald; see journal.h.
 */
#include "loop/journal.h"

#include <errno.h>
#include <stdint.h>

#ifdef EDDY_HAVE_JOURNAL

#include <string.h>
#include <sys/uio.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#define FIELDS_MAX 32

int
journal_put(const char *line, size_t n)
{
	struct iovec fields[FIELDS_MAX];
	int count = 0;

	while (n > 0 && count < FIELDS_MAX) {
		size_t len = strnlen(line, n);

		fields[count++] = (struct iovec){(void *)(uintptr_t)line, len};
		line += len;
		n -= len;
		if (n > 0) { /* the NUL between two */
			line++;
			n--;
		}
	}
	return sd_journal_sendv(fields, count);
}

#else

int
journal_put(const char *line, size_t n)
{
	(void)line;
	(void)n;
	return -ENOSYS;
}

#endif
