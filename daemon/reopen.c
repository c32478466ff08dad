/*
 * Opening the log files again; see reopen.h.
 */
#include "daemon/reopen.h"
#include "daemon/access_log.h"
#include "daemon/generation.h"
#include "daemon/master.h"
#include "daemon/reload.h"

static int
generation_reopen(struct generation *generation, struct conf_errors *errors)
{
	struct child *child;
	int fd;

	if (generation->conf->http.log != CONF_LOG_FILE || generation->check)
		return 0;
	if (access_log_open(generation->conf, false, &fd, errors) < 0)
		return -1;
	generation_log_set(generation, fd);
	TAILQ_FOREACH(child, &generation->children, entry)
		child_reopen(child, fd);
	return 0;
}

int
reopen_logs(struct master *master, const char *who, char **error)
{
	struct generation *generation;
	struct conf_errors errors = {0};
	int rc = 0;

	log_notice(&master->log, "reopening log files, asked for by %s", who);
	TAILQ_FOREACH(generation, &master->generations, entry)
		if (generation_reopen(generation, &errors) < 0)
			rc = -1;
	*error = reload_errors_tell(&master->log, &errors);
	conf_errors_fini(&errors);
	return rc;
}
