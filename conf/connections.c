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
	uint64_t kept = FILES_KEPT, most;

	for (size_t i = 0; i < conf->nlistens; i++)
		kept += conf->listens[i].accept == CONF_ACCEPT_REUSEPORT ? conf->workers : 1;
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
