/*
 * The logs' files, opened by the master: at the start, for a reload, and again when it is told that
 * they have been moved away.
 *
 * The workers write to the access log, each by itself; but their user may not be able to open it.
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

/*
 * The same for eddyd's own log: *fd is -1 if that is no file.
 */
int own_log_open(const struct conf *conf, bool check, int *fd, struct conf_errors *errors);

#endif
