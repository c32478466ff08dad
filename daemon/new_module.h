/*
 * `eddyctl new-module NAME`: a folder with a module that builds and serves, to go on from.
 */
#ifndef EDDY_DAEMON_NEW_MODULE_H
#define EDDY_DAEMON_NEW_MODULE_H

/*
 * Writes NAME/NAME.c, NAME/Makefile and NAME/NAME.conf in the current folder, and says on stdout
 * what to do next. The exit code; what is wrong has been said on stderr. A folder that is there is
 * left alone, and a new one does not stay if it could not be written whole.
 */
int new_module(const char *name);

#endif
