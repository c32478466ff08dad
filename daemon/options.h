/*
 * The command line of eddyd.
 */
#ifndef EDDY_DAEMON_OPTIONS_H
#define EDDY_DAEMON_OPTIONS_H

#include <stdbool.h>

struct options {
	const char *conf;    /* as given with -c; NULL: the default file, or the built-in conf */
	bool check;	     /* -t */
	bool dump;	     /* -T */
	const char *worker;  /* the worker program */
	char **argv;	     /* the whole command line */
	const char *modules; /* where module paths without a slash are looked up */
};

#define OPTIONS_GO_ON (-1)

/*
 * Reads argv. OPTIONS_GO_ON, or the exit code of an option that has done it all (-h, -V) or is
 * wrong (EX_USAGE).
 */
int options_parse(struct options *options, int argc, char **argv);

/*
 * The file to read now: the one given, or the default one if it is there; NULL: the built-in conf.
 */
const char *options_conf_path(const struct options *options);

#endif
