/*
 * The files of a new module; see new_module.h. Their texts are here, with @ for the module's name.
 */
#include "daemon/new_module.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define NAME_LENGTH 32 /* characters: it is a file's name and part of functions' */
#define PATH_SIZE (2 * NAME_LENGTH + 16)

enum { EXIT_REFUSED = 1 };

static const char source[] =
	"/*\n"
	" * @: answers with a greeting that comes from the conf.\n"
	" */\n"
	"#include <eddy.h>\n"
	"#include <stdio.h>\n"
	"#include <stdlib.h>\n"
	"\n"
	"/* One for each worker: what `load` makes, all other functions are given. */\n"
	"struct @_state {\n"
	"\tconst char *greeting;\n"
	"\tunsigned long requests;\n"
	"};\n"
	"\n"
	"/* Called once in each worker, before it serves. */\n"
	"static int\n"
	"@_load(eddy_module *self, void **state)\n"
	"{\n"
	"\tstruct @_state *own = calloc(1, sizeof(*own));\n"
	"\n"
	"\tif (own == NULL)\n"
	"\t\treturn eddy_module_fail(self, \"out of memory\");\n"
	"\town->greeting = eddy_module_option(self, \"greeting\", \"Hello\");\n"
	"\t*state = own;\n"
	"\treturn 0;\n"
	"}\n"
	"\n"
	"/* The last call, when no request is left. */\n"
	"static void\n"
	"@_unload(void *state)\n"
	"{\n"
	"\tfree(state);\n"
	"}\n"
	"\n"
	"/* Called for each request. It may also keep `res` and answer later, from a callback. */\n"
	"static void\n"
	"@_request(eddy_request *req, eddy_response *res, void *state)\n"
	"{\n"
	"\tstruct @_state *own = state;\n"
	"\teddy_str path = eddy_request_path(req);\n"
	"\tchar text[512];\n"
	"\tint n = snprintf(text, sizeof(text), \"%s from @: request %lu, for %.*s\\n\", "
	"own->greeting,\n"
	"\t\t\t ++own->requests, (int)path.n, path.p);\n"
	"\n"
	"\tif (n >= (int)sizeof(text))\n"
	"\t\tn = (int)sizeof(text) - 1;\n"
	"\teddy_response_send(res, 200, \"text/plain; charset=utf-8\", text, (size_t)n);\n"
	"}\n"
	"\n"
	"/* What the conf may set in options { }; eddyd refuses the rest. NULL ends it. */\n"
	"static const char *const options[] = {\"greeting\", NULL};\n"
	"\n"
	"EDDY_MODULE(.name = \"@\", .load = @_load, .unload = @_unload, .request = @_request,\n"
	"\t    .options = options);\n";

static const char makefile[] =
	"# make        builds @.so\n"
	"# make check  and has eddyd look at it and at @.conf\n"
	"# make run    and serves it, until Ctrl-C\n"
	"# make reload and has that take it anew, without losing a request\n"
	"\n"
	"# eddyd is in a folder for administrators, which is not in everybody's PATH.\n"
	"export PATH := $(PATH):/usr/local/sbin:/usr/sbin\n"
	"EDDYD ?= eddyd\n"
	"EDDYCTL ?= eddyctl\n"
	"PKG_CONFIG ?= pkg-config\n"
	"CFLAGS ?= -O2 -g -Wall -Wextra\n"
	"\n"
	"# The new one takes the old one's place as a whole: a server may have that loaded.\n"
	"@.so: @.c\n"
	"\tflags=$$($(PKG_CONFIG) --cflags eddy) && \\\n"
	"\t\t$(CC) $$flags $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -shared -fPIC -o $@.new $< && \\\n"
	"\t\tmv $@.new $@\n"
	"\n"
	".PHONY: check run reload clean\n"
	"check: @.so\n"
	"\t$(EDDYD) -t -c @.conf\n"
	"\n"
	"# Its control socket is in here, whatever other eddyd runs on this machine.\n"
	"run: @.so\n"
	"\tRUNTIME_DIRECTORY=$(CURDIR) $(EDDYD) -c @.conf\n"
	"\n"
	"reload: @.so\n"
	"\tRUNTIME_DIRECTORY=$(CURDIR) $(EDDYCTL) reload\n"
	"\n"
	"clean:\n"
	"\trm -f @.so @.so.new\n";

static const char conf[] = "# Serves the module of this folder: eddyd -c @.conf\n"
			   "listen \"127.0.0.1:8081\" { }\n"
			   "\n"
			   "module \"@\" {\n"
			   "\tpath = \"./@.so\"\n"
			   "\toptions { greeting = \"Hello\" }\n"
			   "}\n"
			   "\n"
			   "route \"/*\" { module = \"@\" }\n";

static const char next[] =
	"@/@.c, @/Makefile and @/@.conf are written. Next:\n"
	"\n"
	"  cd @\n"
	"  make run                    # builds it, and serves until Ctrl-C\n"
	"\n"
	"and from another terminal\n"
	"\n"
	"  curl http://127.0.0.1:8081/\n"
	"  make reload                 # after a change, without losing a request\n";

static const struct file {
	const char *suffix; /* behind the folder; @ is the name */
	const char *text;
} files[] = {{"@.c", source}, {"Makefile", makefile}, {"@.conf", conf}};

#define NFILES (sizeof(files) / sizeof(files[0]))

/* A text with the name in place of each @, but for make's own $@. */
static void
text_write(FILE *out, const char *text, const char *name)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '@' && (p == text || p[-1] != '$'))
			fputs(name, out);
		else
			fputc(*p, out);
	}
}

static void
file_path(char path[PATH_SIZE], const struct file *file, const char *name)
{
	snprintf(path, PATH_SIZE, "%s/%s%s", name, file->suffix[0] == '@' ? name : "",
		 file->suffix + (file->suffix[0] == '@'));
}

/* 0, or -1 with errno. */
static int
file_write(const struct file *file, const char *name)
{
	char path[PATH_SIZE];
	int error;
	FILE *out;

	file_path(path, file, name);
	out = fopen(path, "wxe");
	if (out == NULL)
		return -1;
	text_write(out, file->text, name);
	error = ferror(out) || fflush(out) == EOF ? errno : 0;
	if (fclose(out) == EOF && error == 0)
		error = errno;
	errno = error;
	return error == 0 ? 0 : -1;
}

static void
folder_remove(const char *name)
{
	char path[PATH_SIZE];

	for (size_t i = 0; i < NFILES; i++) {
		file_path(path, &files[i], name);
		unlink(path);
	}
	rmdir(name);
}

/* The locale decides nothing here. */
static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_identifier(const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		if (!is_letter(*p) && (p == name || (*p != '_' && (*p < '0' || *p > '9'))))
			return false;
	return *name != '\0';
}

/* What is wrong with a name; NULL: nothing. */
static const char *
name_trouble(const char *name)
{
	if (!is_identifier(name))
		return "a module's name is part of C functions' names: letters, digits and _, and "
		       "a letter first";
	if (strlen(name) > NAME_LENGTH)
		return "a module's name has 32 characters at most";
	if (strncmp(name, "eddy", 4) == 0 && (name[4] == '_' || name[4] == '\0'))
		return "names with eddy_ are those of its own functions";
	return NULL;
}

/* The exit code; what is wrong has been said. */
static int
folder_make(const char *name)
{
	if (mkdir(name, 0777) == 0)
		return EX_OK;
	if (errno == EEXIST) {
		fprintf(stderr,
			"eddyctl: there is a %s here already: choose another name, or move it "
			"away\n",
			name);
		return EXIT_REFUSED;
	}
	fprintf(stderr, "eddyctl: cannot make the folder %s: %s\n", name, strerror(errno));
	return EX_CANTCREAT;
}

static int
folder_fill(const char *name)
{
	for (size_t i = 0; i < NFILES; i++) {
		if (file_write(&files[i], name) == 0)
			continue;
		fprintf(stderr, "eddyctl: cannot write into the folder %s: %s\n", name,
			strerror(errno));
		folder_remove(name);
		return EX_CANTCREAT;
	}
	return EX_OK;
}

int
new_module(const char *name)
{
	const char *trouble = name_trouble(name);
	int code;

	if (trouble != NULL) {
		fprintf(stderr, "eddyctl: bad name \"%s\": %s\n", name, trouble);
		return EX_USAGE;
	}
	code = folder_make(name);
	if (code == EX_OK)
		code = folder_fill(name);
	if (code == EX_OK)
		text_write(stdout, next, name);
	return code;
}
