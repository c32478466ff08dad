/*
 * eddyd: the master process of eddy.
 *
 * It reads the conf, binds the listeners, starts the workers and looks after them until it is told
 * to stop. It serves nothing itself, and loads no module.
 */
#include "daemon/handover.h"
#include "daemon/master.h"
#include "daemon/options.h"

#include <event2/event.h>

#include <stdio.h>
#include <sysexits.h>

static const char *
conf_name(const struct options *options)
{
	const char *path = options_conf_path(options);

	return path ? path : "built-in conf";
}

/* eddyd -T */
static int
conf_dump(const struct options *options)
{
	struct conf_snapshot snapshot = {0};
	struct conf_errors errors = {0};
	struct conf *conf;
	char line[1024];
	int bad;

	bad = conf_snapshot_read(&snapshot, options_conf_path(options), &errors);
	conf = conf_parse(&snapshot, &errors);
	if (conf && !bad)
		conf_print(conf, stdout);
	for (size_t i = 0; i < errors.count; i++) {
		conf_error_format(&errors.list[i], line, sizeof(line));
		fprintf(stderr, "%s\n", line);
	}
	bad = bad || !conf;
	conf_free(conf);
	conf_errors_fini(&errors);
	conf_snapshot_fini(&snapshot);
	if (fflush(stdout) == EOF) {
		perror("eddyd: cannot write the conf");
		return EX_IOERR;
	}
	return bad ? EX_CONFIG : EX_OK;
}

int
main(int argc, char **argv)
{
	static struct master master;
	struct options options;
	bool check;
	int handover = handover_fd(&check), code = options_parse(&options, argc, argv);

	if (code != OPTIONS_GO_ON)
		return code;
	if (check)
		return handover_check(&options, handover);
	if (options.dump)
		return conf_dump(&options);

	master_signals_block();
	code = master_init(&master, &options) < 0 ? EX_SOFTWARE : master_run(&master, handover);
	master_fini(&master);
	libevent_global_shutdown();
	if (options.check && code == EX_OK)
		printf("eddyd: %s: ok\n", conf_name(&options));
	return code;
}
