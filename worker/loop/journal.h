/*
 * The journal as a writer's sink: one line is one entry.
 */
#ifndef EDDY_LOOP_JOURNAL_H
#define EDDY_LOOP_JOURNAL_H

#include <stddef.h>

/*
 * The line's fields (NAME=value) are separated by NULs. 0 or -errno (-ENOSYS: built without
 * libsystemd). May wait for journald.
 */
int journal_put(const char *line, size_t n);

#endif
