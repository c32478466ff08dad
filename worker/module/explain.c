/*
 * The words of explain.h. dlopen's are for those who know what it does; here is what a module's
 * author, or who writes the conf, can do about it.
 */
#include "module/explain.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES_MAX 256 /* of modules in a folder, of handlers, of options */
#define SHARED_OBJECT ".so"
#define UNDEFINED "undefined symbol: " /* dlerror's */
#define NOT_THERE ": cannot open shared object file: No such file or directory"

struct names {
	const char *list[NAMES_MAX];
	size_t count;
};

/* The nearest of them, or all that there are. False: there is none that is near. */
static bool
names_offer(const struct names *names, const char *wanted, const char *none, char *text,
	    size_t size)
{
	const char *near = conf_nearest(wanted, names->list, names->count);
	char *all;

	if (names->count == 0) {
		snprintf(text, size, "%s", none);
	} else if (near != NULL) {
		snprintf(text, size, "did you mean \"%s\"?", near);
	} else {
		all = conf_names_join(names->list, names->count);
		snprintf(text, size, "there %s %s", names->count == 1 ? "is" : "are",
			 all != NULL ? all : "others");
		free(all);
	}
	return near != NULL;
}

/* files ---------------------------------------------------------------------------- */

static int
name_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The shared objects of a folder; names_free frees. 0 or -errno. */
static int
folder_read(const char *dir, struct names *names)
{
	DIR *folder = opendir(dir);
	const struct dirent *entry;

	if (folder == NULL)
		return -errno;
	while ((entry = readdir(folder)) != NULL && names->count < NAMES_MAX) {
		size_t len = strlen(entry->d_name), suffix = strlen(SHARED_OBJECT);
		char *name;

		if (len <= suffix || strcmp(entry->d_name + len - suffix, SHARED_OBJECT) != 0)
			continue;
		name = strdup(entry->d_name);
		if (name != NULL)
			names->list[names->count++] = name;
	}
	closedir(folder);
	qsort(names->list, names->count, sizeof(*names->list), name_compare);
	return 0;
}

static void
names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free((char *)(uintptr_t)names->list[i]);
}

static void
explain_missing(const struct conf_module *conf, const char *path, const char *dir, char *why,
		size_t size)
{
	struct names names = {.count = 0};
	char offer[1024], cwd[PATH_MAX] = "";
	bool near = false;
	int error;

	if (strchr(conf->path, '/') != NULL) {
		if (path[0] != '/' && getcwd(cwd, sizeof(cwd) - 1) != NULL)
			strcat(cwd, "/");
		snprintf(why, size, "module \"%s\": there is no %s%s: has it been built?%s",
			 conf->name, cwd, strncmp(path, "./", 2) == 0 ? path + 2 : path,
			 conf->path[0] == '/' ? "" : " A relative path starts at the conf file");
		return;
	}
	error = folder_read(dir, &names);
	if (error != 0)
		snprintf(offer, sizeof(offer), "that folder cannot be read: %s", strerror(-error));
	else
		near = names_offer(&names, conf->path, "that folder has no modules", offer,
				   sizeof(offer));
	names_free(&names);
	snprintf(why, size,
		 "module \"%s\": there is no %s in %s, where a path without a slash is looked up: "
		 "%s%s%s%s",
		 conf->name, conf->path, dir, offer,
		 near ? "" : "; for a file of your own write path = \"./", near ? "" : conf->path,
		 near ? "" : "\"");
}

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len > n && strcmp(text + len - n, end) == 0;
}

/* What the file is instead of a shared object; NULL: that cannot be told. */
static const char *
file_kind(const char *path)
{
	union {
		Elf64_Ehdr elf;
		char bytes[sizeof(Elf64_Ehdr)];
	} head = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, head.bytes, sizeof(head.bytes));

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return NULL;
	if (ends_with(path, ".c") || ends_with(path, ".cc") || ends_with(path, ".cpp"))
		return "is source code: compile it with cc -shared -fPIC (eddyctl new-module "
		       "writes a Makefile that does), and name the .so";
	if (n == 0)
		return "is empty: was it being written?";
	if (strncmp(head.bytes, "!<arch>\n", 8) == 0)
		return "is a static library: link a shared object, with cc -shared";
	if (memcmp(head.bytes, ELFMAG, SELFMAG) != 0)
		return "is no shared object: a module is compiled with cc -shared -fPIC (eddyctl "
		       "new-module writes a Makefile that does)";
	if (n == sizeof(head) && head.elf.e_type == ET_REL)
		return "is an object file: link it, with cc -shared";
	return NULL;
}

/* What dlopen says of a file that is one. */
static void
explain_said(const char *name, const char *path, const char *said, char *why, size_t size)
{
	const char *symbol = strstr(said, UNDEFINED);
	size_t len = strcspn(said, ":");

	if (symbol != NULL && strncmp(symbol + strlen(UNDEFINED), "eddy_", 5) == 0)
		snprintf(why, size,
			 "module \"%s\": %s calls %s, which eddy " PACKAGE_VERSION
			 " does not have: was it built for a newer one, or is the name misspelt?",
			 name, path, symbol + strlen(UNDEFINED));
	else if (symbol != NULL)
		snprintf(why, size,
			 "module \"%s\": %s needs %s, which nothing defines: a source file, or a "
			 "library (-l...), is missing where it is linked",
			 name, path, symbol + strlen(UNDEFINED));
	else if (ends_with(said, NOT_THERE) && strncmp(said, path, len) != 0)
		snprintf(why, size,
			 "module \"%s\": %s needs %.*s, which is not installed (`ldd %s` shows all "
			 "that it needs)",
			 name, path, (int)len, said, path);
	else
		snprintf(why, size, "module \"%s\": cannot open: %s", name, said);
}

void
module_explain_open(const struct conf_module *conf, const char *path, const char *dir,
		    const char *said, char *why, size_t size)
{
	const char *name = conf->name, *kind;
	struct stat st;

	if (stat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		explain_missing(conf, path, dir, why, size);
		return;
	}
	if (access(path, R_OK) < 0 && errno == EACCES) {
		snprintf(why, size,
			 "module \"%s\": the workers (user id %u) may not read %s: give them the "
			 "right to, and to enter all folders above it",
			 name, geteuid(), path);
		return;
	}
	kind = S_ISDIR(st.st_mode) ? "is a folder: name the .so in it" : file_kind(path);
	if (kind != NULL)
		snprintf(why, size, "module \"%s\": %s %s", name, path, kind);
	else
		explain_said(name, path, said, why, size);
}

/* handlers and options --------------------------------------------------------------- */

void
module_explain_handler(const struct eddy_module *module, const char *name, char *text, size_t size)
{
	const struct eddy_handler *handler = module->def->handlers;
	struct names names = {.count = 0};

	for (; handler != NULL && handler->name != NULL && names.count < NAMES_MAX; handler++)
		names.list[names.count++] = handler->name;
	names_offer(&names, name, "it has only the one that a route without `handler` calls", text,
		    size);
}

void
module_explain_option(const struct eddy_module *module, const char *key, char *text, size_t size)
{
	struct names names = {.count = 0};

	for (; module->def->options[names.count] != NULL && names.count < NAMES_MAX; names.count++)
		names.list[names.count] = module->def->options[names.count];
	names_offer(&names, key, "it takes none", text, size);
}
