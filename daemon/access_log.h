/*
 * The access log's file, opened by the master: the workers' user may not be able to.
 *
 * The workers write to it, each by itself; the master only opens it, at the start, for a reload,
 * and again when it is told that the file has been moved away.
 */
#ifndef EDDY_DAEMON_ACCESS_LOG_H
#define EDDY_DAEMON_ACCESS_LOG_H

#include "conf/conf.h"

#include <stdbool.h>

/*
 * Opens what the conf names: *fd is -1 if it takes no file. With `check`, nothing is made that is
 * not there, and nothing stays open. 0, or -1 and an error added.
 */
int access_log_open(const struct conf *conf, bool check, int *fd, struct conf_errors *errors);

#endif
