/*
 * From a limit of open files to one of connections.
 *
 * The worker uses it, and the master, which says so where the conf asks for more than there can be.
 */
#include "conf/conf.h"

#define FILES_KEPT 64 /* standard streams, link, loop, logs, and what modules open */

unsigned
conf_connections(const struct conf *conf, uint64_t files)
{
	uint64_t kept = FILES_KEPT + conf->nlistens, most;

	if (kept > files / 2)
		kept = files / 2;
	most = files - kept;
	if (most > CONF_CONNECTIONS_MAX)
		most = CONF_CONNECTIONS_MAX;
	if (most == 0)
		most = 1;
	if (conf->worker_connections != 0 && conf->worker_connections < most)
		most = conf->worker_connections;
	return (unsigned)most;
}
