/*
 * Opening and loading modules; see module.h. A module is closed only with its worker: code of it
 * may stand in a callback.
 */
#include "module/module.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "api.h"
#include "module/explain.h"
#include "net/server.h"
#include "worker.h"

#define ENTRY "eddy_module_entry" /* what EDDY_MODULE exports */

/* What the first eddy.h had of a definition. */
#define DEF_SIZE_FIRST \
	(offsetof(struct eddy_module_def, handlers) + sizeof(const struct eddy_handler *))

static int __attribute__((format(printf, 3, 4)))
refuse(char *why, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, size, fmt, ap);
	va_end(ap);
	return -1;
}

/*
 * Takes the definition over, if it is one for this worker. A module that was built with an older
 * eddy.h has a shorter one: what it lacks is NULL. Of a newer one's, this worker sees what it knows.
 */
static int
module_take_entry(struct eddy_module *module, const char *path, char *why, size_t size)
{
	const struct eddy_module_def *def = module->entry;
	const char *name = module->conf->name;

	if (def->abi != EDDY_ABI)
		return refuse(why, size,
			      "module \"%s\": %s was built for ABI %u of eddy, this worker has ABI "
			      "%d: build it "
			      "again with this version's eddy.h",
			      name, path, def->abi, EDDY_ABI);
	if (def->size < DEF_SIZE_FIRST)
		return refuse(
			why, size,
			"module \"%s\": %s has a definition of %u bytes, and the first eddy.h "
			"had %zu: define it with EDDY_MODULE",
			name, path, def->size, DEF_SIZE_FIRST);
	module->known = (struct eddy_module_def){0};
	memcpy(&module->known, def,
	       def->size < sizeof(module->known) ? def->size : sizeof(module->known));
	module->def = &module->known;
	return 0;
}

/*
 * What a table without an end leads to is reached here, while the module is to blame, and not at
 * some route. 0 or -1.
 */
static int
module_read_tables(const struct eddy_module *module, char *why, size_t size)
{
	const struct eddy_handler *handler = module->def->handlers;
	const char *const *option = module->def->options;

	for (; handler != NULL && handler->name != NULL; handler++)
		if (handler->name[0] == '\0' || handler->request == NULL)
			return refuse(why, size,
				      "module \"%s\": its handler \"%s\" has no function or no "
				      "name: does .handlers end with {NULL, NULL}?",
				      module->conf->name, handler->name);
	for (; option != NULL && *option != NULL; option++)
		if ((*option)[0] == '\0')
			return refuse(why, size,
				      "module \"%s\": one of its .options has no name: do they end "
				      "with NULL?",
				      module->conf->name);
	return 0;
}

/*
 * Whether the file has all the bytes that its ELF headers speak of: dlopen maps them unchecked, and
 * a module that is being copied over at this moment would end the worker by SIGBUS. What is not ELF
 * at all, dlopen says best. 0 or -1.
 */
static int
module_is_whole(const struct eddy_module *module, const char *path, char *why, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = 0;
	ElfW(Ehdr) head;
	ElfW(Phdr) part;
	struct stat st;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    pread(fd, &head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_phentsize != sizeof(part))
		goto out;
	for (size_t i = 0; i < head.e_phnum && result == 0; i++) {
		off_t at = (off_t)(head.e_phoff + i * sizeof(part));

		if (pread(fd, &part, sizeof(part), at) != sizeof(part) ||
		    (part.p_type == PT_LOAD &&
		     part.p_offset + part.p_filesz > (uint64_t)st.st_size))
			result = refuse(
				why, size,
				"module \"%s\": %s is cut short after %lld bytes: was it being "
				"written? Install modules by renaming them into place",
				module->conf->name, path, (long long)st.st_size);
	}
out:
	close(fd);
	return result;
}

static int
module_find_entry(struct eddy_module *module, const char *path, const char *dir, char *why,
		  size_t size)
{
	module->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module->object == NULL) {
		module_explain_open(module->conf, path, dir, dlerror(), why, size);
		return -1;
	}
	module->entry = dlsym(module->object, ENTRY);
	if (module->entry == NULL)
		return refuse(why, size,
			      "module \"%s\": %s is not a module of eddy: it exports no " ENTRY
			      " (EDDY_MODULE in its source makes it)",
			      module->conf->name, path);
	return 0;
}

/* A relative path starts at the file of the conf that says it, as with include. 0 or -1: too long. */
static int
path_from_conf(const struct conf_module *conf, const char *said, char *path, size_t size)
{
	const char *said_in = conf->where.file != NULL ? strrchr(conf->where.file, '/') : NULL;
	int n;

	if (said[0] == '/' || said_in == NULL)
		n = snprintf(path, size, "%s", said);
	else
		n = snprintf(path, size, "%.*s/%s", (int)(said_in - conf->where.file),
			     conf->where.file, strncmp(said, "./", 2) == 0 ? said + 2 : said);
	return n >= 0 && (size_t)n < size ? 0 : -1;
}

/* Where a module's file is: one without a slash is in the module directory. 0 or -1. */
static int
module_path(const struct conf_module *conf, const char *dir, char *path, size_t size)
{
	int n;

	if (strchr(conf->path, '/') != NULL)
		return path_from_conf(conf, conf->path, path, size);
	n = snprintf(path, size, "%s/%s", dir, conf->path);
	return n >= 0 && (size_t)n < size ? 0 : -1;
}

int
module_open(struct eddy_module *module, const struct conf_module *conf, const char *dir,
	    struct calls *calls, char *why, size_t size)
{
	char path[PATH_MAX];
	int result;

	module->conf = conf;
	if (module_path(conf, dir, path, sizeof(path)) != 0)
		return refuse(why, size, "module \"%s\": the path is too long", conf->name);
	if (module_is_whole(module, path, why, size) != 0)
		return -1;
	call_begin(calls, module, SLOT_LOAD, 0); /* its constructors run in dlopen */
	result = module_find_entry(module, path, dir, why, size);
	if (result == 0)
		result = module_take_entry(module, path, why, size);
	if (result == 0)
		result = module_read_tables(module, why, size);
	call_end(calls);
	return result;
}

/* Whether the module takes such an option, as far as it says which it does. */
static bool
module_takes(const struct eddy_module *module, const char *key)
{
	const char *const *option = module->def->options;

	while (option != NULL && *option != NULL && strcmp(*option, key) != 0)
		option++;
	return option == NULL || *option != NULL;
}

int
module_check_options(const struct eddy_module *module, size_t *index, char *why, size_t size)
{
	const struct conf_module *conf = module->conf;
	char instead[512];

	for (*index = 0; *index < conf->noptions; ++*index) {
		const char *key = conf->options[*index].key;

		if (module_takes(module, key))
			continue;
		module_explain_option(module, key, instead, sizeof(instead));
		return refuse(why, size, "module \"%s\" has no option \"%s\": %s", conf->name, key,
			      instead);
	}
	return 0;
}

int
module_load(struct eddy_module *module, struct calls *calls, char *why, size_t size)
{
	int result;

	if (module->def->load == NULL) {
		module->loaded = true;
		return 0;
	}
	call_begin(calls, module, SLOT_LOAD, 0);
	result = module->def->load(module, &module->state);
	call_end(calls);
	if (result != 0)
		return refuse(why, size, "module \"%s\": load failed: %s", module->conf->name,
			      module->reason != NULL ? module->reason : "it gave no reason");
	module->loaded = true;
	return 0;
}

int
module_check(struct eddy_module *module, struct calls *calls, char *why, size_t size)
{
	int result;

	if (module->def->check == NULL)
		return 0;
	call_begin(calls, module, SLOT_LOAD, 0);
	result = module->def->check(module);
	call_end(calls);
	return result == 0
		       ? 0
		       : refuse(why, size, "module \"%s\": check failed: %s", module->conf->name,
				module->reason != NULL ? module->reason : "it gave no reason");
}

void
module_drain(struct eddy_module *module, struct calls *calls)
{
	if (!module->loaded || module->drained || module->def->drain == NULL)
		return;
	module->drained = true;
	call_begin(calls, module, SLOT_DRAIN, 0);
	module->def->drain(module->state);
	call_end(calls);
}

void
module_unload(struct eddy_module *module, struct calls *calls)
{
	if (module->loaded && module->def->unload != NULL) {
		call_begin(calls, module, SLOT_UNLOAD, 0);
		module->def->unload(module->state);
		call_end(calls);
	}
	module->loaded = false;
	free(module->reason);
	module->reason = NULL;
}

eddy_request_handler *
module_handler(const struct eddy_module *module, const char *name)
{
	const struct eddy_handler *handler = module->def->handlers;

	if (name == NULL)
		return module->def->request;
	for (; handler != NULL && handler->name != NULL; handler++)
		if (strcmp(handler->name, name) == 0)
			return handler->request;
	return NULL;
}

/* API ----------------------------------------------------------------------------- */

const char *
eddy_module_name(const eddy_module *self)
{
	return api_check(api_is_module(self), __func__) == 0 ? self->conf->name : "";
}

const char *
eddy_module_option(const eddy_module *self, const char *key, const char *fallback)
{
	if (api_check(api_is_module(self) && key != NULL, __func__) != 0)
		return fallback;
	if (!module_takes(self, key))
		eddy_log((eddy_module *)(uintptr_t)self, LOG_WARNING,
			 "eddy_module_option: \"%s\" is not in the module's .options, and so "
			 "cannot be "
			 "set",
			 key);
	for (size_t i = 0; i < self->conf->noptions; i++)
		if (strcmp(self->conf->options[i].key, key) == 0)
			return self->conf->options[i].value;
	return fallback;
}

int
eddy_module_path(const eddy_module *self, const char *path, char *buf, size_t n)
{
	int error = api_check(api_is_module(self) && path != NULL && path[0] != '\0' &&
				      buf != NULL && n > 0,
			      __func__);

	if (error != 0)
		return error;
	return path_from_conf(self->conf, path, buf, n) == 0 ? 0 : EDDY_ETOOBIG;
}

const char *
eddy_module_route(const eddy_module *self, size_t i)
{
	const struct conf *conf = worker_self->conf;

	if (api_check(api_is_module(self), __func__) != 0)
		return NULL;
	for (size_t r = 0; r < conf->nroutes; r++)
		if (&worker_self->modules[conf->routes[r].module] == self && i-- == 0)
			return conf->routes[r].path;
	return NULL;
}

const char *
eddy_module_listen(const eddy_module *self, size_t i)
{
	const struct conf *conf = worker_self->conf;

	if (api_check(api_is_module(self), __func__) != 0)
		return NULL;
	for (size_t l = 0; l < conf->nlistens; l++)
		if (conf->listens[l].protocol == CONF_TCP &&
		    &worker_self->modules[conf->listens[l].module] == self && i-- == 0)
			return conf->listens[l].address;
	return NULL;
}

/* Whether this worker is on its way to be ready, and a module may still keep it from that. */
static bool
may_refuse(void)
{
	return worker_self->net.starting && !worker_self->draining && !worker_self->refused;
}

int
eddy_module_fail(eddy_module *self, const char *fmt, ...)
{
	int error = api_check(api_is_module(self) && fmt != NULL, __func__);
	char *reason = NULL;
	va_list ap;

	if (error != 0)
		return error;
	if (self->loaded && !may_refuse())
		return EDDY_ECLOSED;
	va_start(ap, fmt);
	if (vasprintf(&reason, fmt, ap) < 0)
		reason = NULL;
	va_end(ap);
	free(self->reason);
	self->reason = reason;
	if (self->loaded)
		worker_refused(worker_self, self, reason != NULL ? reason : "no memory");
	return EDDY_EINVAL;
}

int
eddy_module_hold(eddy_module *self)
{
	int error = api_check(api_is_module(self), __func__);

	if (error != 0)
		return error;
	if (!may_refuse())
		return EDDY_ECLOSED;
	self->held++;
	worker_self->net.nasked++;
	return 0;
}

int
eddy_module_release(eddy_module *self)
{
	int error = api_check(api_is_module(self) && self->held > 0, __func__);

	if (error != 0)
		return error;
	self->held--;
	if (self->loaded)
		servers_settle(&worker_self->net);
	else
		worker_self->net.nasked--;
	return 0;
}
