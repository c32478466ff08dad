/*
 * The command line of eddyd.
 */
#include "daemon/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define FLAGS "tTVh" /* options without a value */

static const char help[] =
	"usage: eddyd [options]\n"
	"\n"
	"Serves HTTP from loadable modules: a master process that supervises its workers.\n"
	"It runs in the foreground and logs to stderr, or as the conf says.\n"
	"\n"
	"  -c, --conf FILE     the conf file; default: " EDDY_CONF_FILE ",\n"
	"                      and without that file the welcome page on 127.0.0.1:8080\n"
	"  -t, --test          check the conf and the modules, say what is wrong\n"
	"  -T, --dump          print the effective conf, defaults included, and exit\n"
	"  -m, --modules DIR   where module paths without a slash are looked up; default:\n"
	"                      " EDDY_MODULEDIR "\n"
	"  -w, --worker FILE   the worker program; default:\n"
	"                      " EDDY_LIBEXECDIR "/eddy-worker\n"
	"  -V, --version       print the version        -h, --help  print this\n"
	"\n"
	"signals: TERM, INT  stop gracefully; a second one: at once    QUIT  stop at once\n"
	"         HUP        reload: new workers with the new conf; the old ones drain\n"
	"         USR1       open the log files again, after they have been moved away\n"
	"         USR2       become the eddyd that is installed now; workers stay\n"
	"         TTIN TTOU  one worker more, one fewer, until the next reload\n"
	"exit codes: 0 done, 64 usage, 69 cannot bind, 70 internal, 78 conf or module\n"
	"\n"
	"eddyctl shows, reloads and stops a running eddyd; see also man eddyd, eddy.conf\n";

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

/* `c` is what getopt has found: ":" for a value that is missing. */
static int
option_wrong(int c, char **argv)
{
	if (c == ':')
		fprintf(stderr, "eddyd: %s needs a value behind it\n", argv[optind - 1]);
	else if (optopt && strchr(FLAGS, optopt)) /* which are there: --test=yes */
		fprintf(stderr, "eddyd: it takes no value: %s\n", argv[optind - 1]);
	else if (optopt)
		fprintf(stderr, "eddyd: there is no option -%c\n", optopt);
	else
		fprintf(stderr, "eddyd: there is no option %s\n", argv[optind - 1]);
	return usage();
}

static int
argument_wrong(const char *argument)
{
	const char *suffix = strrchr(argument, '.');

	if (suffix && strcmp(suffix, ".conf") == 0)
		fprintf(stderr, "eddyd: unexpected argument \"%s\": did you mean -c %s?\n",
			argument, argument);
	else if (strcmp(argument, "start") == 0)
		fputs("eddyd: unexpected argument \"start\": eddyd alone starts it, in the "
		      "foreground; `systemctl start eddy` as a service\n",
		      stderr);
	else if (strcmp(argument, "stop") == 0 || strcmp(argument, "reload") == 0)
		fprintf(stderr, "eddyd: unexpected argument \"%s\": did you mean eddyctl %s?\n",
			argument, argument);
	else
		fprintf(stderr, "eddyd: unexpected argument \"%s\"\n", argument);
	return usage();
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
	opterr = 0; /* getopt's words name the program by its path */
	while ((c = getopt_long(argc, argv, ":c:tTm:w:Vh", longs, NULL)) != -1) {
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
			return option_wrong(c, argv);
		}
	}
	if (optind < argc)
		return argument_wrong(argv[optind]);
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
