/*
 * Where the program of this process is: what an upgrade starts.
 */
#ifndef EDDY_DAEMON_PROGRAM_H
#define EDDY_DAEMON_PROGRAM_H

/*
 * The path that it was started by, made absolute, if it is that program; so symbolic links to the
 * version in use are followed anew. Else the kernel's path to it. The caller's to free; NULL: it
 * cannot be told.
 */
char *program_path(const char *argv0);

#endif
