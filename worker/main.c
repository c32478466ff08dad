/*
 * eddy-worker: started by eddyd, never by hand. The story of a worker from its first message to its
 * last connection.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/entries.h"
#include "worker.h"

/* Whether fd 3 is what eddyd leaves there. */
static bool
link_is_there(void)
{
	int type = 0, domain = 0;
	socklen_t size = sizeof(int);

	return getsockopt(CONTRACT_LINK_FD, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	       type == SOCK_SEQPACKET &&
	       getsockopt(CONTRACT_LINK_FD, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
	       domain == AF_UNIX;
}

int
main(int argc, char **argv)
{
	static struct worker worker;
	int code = CONTRACT_EXIT_REFUSED;

	(void)argv;
	if (argc > 1 || !link_is_there()) {
		fprintf(stderr, "eddy-worker " PACKAGE_VERSION
				": a worker process of eddyd, which starts it; it is of no use "
				"when started by hand.\nStart eddyd instead: see eddyd --help.\n");
		return CONTRACT_EXIT_USAGE;
	}
	entries_init();
	if (worker_init(&worker, CONTRACT_LINK_FD) == 0 && worker_load(&worker) == 0) {
		if (worker.hello.check)
			link_ready(&worker);
		if (worker.hello.check || worker_run(&worker) == 0)
			code = CONTRACT_EXIT_DRAINED;
	}
	if (!worker_fini(&worker))
		_exit(code);
	return code;
}
