/*
 * The command line of eddyd.
 */
#include "daemon/options.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

static const char help[] =
	"usage: eddyd [options]\n"
	"\n"
	"Serves HTTP from loadable modules: a master process that supervises its workers.\n"
	"It runs in the foreground and logs to stderr.\n"
	"\n"
	"  -c, --conf FILE     the conf file; default: " EDDY_CONF_FILE ",\n"
	"                      and without that file the welcome page on 127.0.0.1:8080\n"
	"  -t, --test          check the conf and the modules, say what is wrong, and exit\n"
	"  -T, --dump          print the effective conf, defaults included, and exit\n"
	"  -m, --modules DIR   where module paths without a slash are looked up; default:\n"
	"                      " EDDY_MODULEDIR "\n"
	"  -w, --worker FILE   the worker program; default: " EDDY_LIBEXECDIR "/eddy-worker\n"
	"  -V, --version       print the version and exit\n"
	"  -h, --help          print this and exit\n"
	"\n"
	"signals: TERM, INT  stop gracefully; a second one: at once    QUIT  stop at once\n"
	"         HUP        reload: new workers with the new conf, then drain the old ones\n"
	"         USR1       open the log files again, after they have been moved away\n"
	"         USR2       become the eddyd that is installed now; workers stay\n"
	"exit codes: 0 done, 64 usage, 69 cannot bind, 70 internal, 78 conf or module\n"
	"\n"
	"eddyctl shows, reloads and stops a running eddyd.\n";

static const struct option longs[] = {
	{"conf", required_argument, NULL, 'c'},	  {"test", no_argument, NULL, 't'},
	{"dump", no_argument, NULL, 'T'},	  {"modules", required_argument, NULL, 'm'},
	{"worker", required_argument, NULL, 'w'}, {"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},	  {0},
};

static int
usage(void)
{
	fputs("try eddyd --help\n", stderr);
	return EX_USAGE;
}

int
options_parse(struct options *options, int argc, char **argv)
{
	int c;

	*options = (struct options){
		.worker = EDDY_LIBEXECDIR "/eddy-worker",
		.modules = EDDY_MODULEDIR,
		.argv = argv,
	};
	while ((c = getopt_long(argc, argv, "c:tTm:w:Vh", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			options->conf = optarg;
			break;
		case 't':
			options->check = true;
			break;
		case 'T':
			options->dump = true;
			break;
		case 'm':
			options->modules = optarg;
			break;
		case 'w':
			options->worker = optarg;
			break;
		case 'V':
			puts("eddyd " PACKAGE_VERSION);
			return 0;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			return usage();
		}
	}
	if (optind < argc) {
		fprintf(stderr, "eddyd: unexpected argument \"%s\"\n", argv[optind]);
		return usage();
	}
	return OPTIONS_GO_ON;
}

const char *
options_conf_path(const struct options *options)
{
	if (options->conf)
		return options->conf;
	/* A file that is there but cannot be read is an error that the reading reports. */
	return access(EDDY_CONF_FILE, F_OK) == 0 ? EDDY_CONF_FILE : NULL;
}
