/*
 * What a master hands over: the whole of it, and what is the master's own; see handover.h.
 */
#include "daemon/handover.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/master.h"
#include "daemon/options.h"
#include "daemon/privileges.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define WHY_BYTES 512
#define LINE_BYTES 1024

/* what both sides must agree on -------------------------------------------------------------- */

/* The workers go on as they are: nothing that they and the master share may be different. */
struct contract_form {
	size_t version, slots;
	size_t slot_bytes;
	size_t mark; /* the part of a slot behind the counters moves when these change */
};

static const struct contract_form contract_own = {
	.version = CONTRACT_VERSION,
	.slots = SLOTS_MAX,
	.slot_bytes = sizeof(struct slot),
	.mark = offsetof(struct slot, callback),
};

static void
contract_fields(struct pack *top, struct contract_form *form)
{
	pack_number(top, "contract", form->version);
	pack_number(top, "slots", form->slots);
	pack_number(top, "slot_bytes", form->slot_bytes);
	pack_number(top, "slot_mark", form->mark);
}

/* 0, or -1 with the reason in `why`, of WHY_BYTES. */
static int
form_check(struct pack *top, char *why)
{
	struct contract_form form = {0};
	unsigned version = 0;
	char *by = NULL;
	int rc = -1;

	if (!top->object) {
		snprintf(why, WHY_BYTES, "what is handed over is no state of an eddyd");
		return -1;
	}
	pack_number(top, "handover", version);
	pack_text(top, "version", &by);
	contract_fields(top, &form);
	if (version != HANDOVER_VERSION)
		snprintf(why, WHY_BYTES,
			 "eddyd %s hands over a state of version %u, and eddyd %s takes version "
			 "%d: restart eddyd instead",
			 by ? by : "?", version, PACKAGE_VERSION, HANDOVER_VERSION);
	else if (memcmp(&form, &contract_own, sizeof(form)) != 0)
		snprintf(why, WHY_BYTES,
			 "the workers of eddyd %s do not speak as eddyd %s does (contract %zu and "
			 "%zu, slots of %zu and %zu bytes): restart eddyd instead",
			 by ? by : "?", PACKAGE_VERSION, form.version, contract_own.version,
			 form.slot_bytes, contract_own.slot_bytes);
	else
		rc = 0;
	free(by);
	return rc;
}

/* the file ----------------------------------------------------------------------------------- */

static int
text_write(int fd, const char *text)
{
	size_t size = strlen(text);

	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0)
			return -errno;
		text += n;
		size -= (size_t)n;
	}
	return 0;
}

static int
whole_to_fd(const struct pack_whole *whole)
{
	char *text = whole->failed ? NULL : json_dumps(whole->root, JSON_INDENT(1));
	int fd, error = -ENOMEM;

	if (!text)
		return error;
	fd = memfd_create("eddy-handover", MFD_CLOEXEC);
	error = fd < 0 ? -errno : text_write(fd, text);
	free(text);
	if (error && fd >= 0)
		close(fd);
	return error ? error : fd;
}

static struct pack
whole_from_fd(struct pack_whole *whole, int fd)
{
	struct stat st = {0};
	struct pack top;
	char *text = MAP_FAILED;

	if (fstat(fd, &st) == 0 && st.st_size > 0)
		text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	top = pack_read(whole, text == MAP_FAILED ? "" : text,
			text == MAP_FAILED ? 0 : (size_t)st.st_size);
	if (text != MAP_FAILED)
		munmap(text, (size_t)st.st_size);
	return top;
}

/* generations -------------------------------------------------------------------------------- */

/* What the shared memory does not have: which routes have killed workers, and when. */
static void
quarantine_memory(struct pack *pack, struct quarantine *quarantine)
{
	pack_raw(pack, "deaths", quarantine->routes,
		 quarantine->board.routes * sizeof(*quarantine->routes));
}

static void
generation_write(struct handover *handover, struct generation *generation)
{
	struct pack pack = pack_add(&handover->top, "generations");
	int deadline_ms = timer_left_ms(generation->deadline);

	pack_number(&pack, "number", generation->number);
	pack_number(&pack, "state", generation->state);
	pack_number(&pack, "killed", generation->killed);
	pack_number(&pack, "hurried", generation->hurried);
	pack_number(&pack, "started", generation->started);
	pack_number(&pack, "deadline_ms", deadline_ms);
	pack_fd(&pack, "conf", &generation->snapshot);
	pack_fd(&pack, "log", &generation->log_fd);
	pack_fd(&pack, "quarantine", &generation->quarantine.fd);
	quarantine_memory(&pack, &generation->quarantine);
	handover_identity(&pack, &generation->identity);
	handover_listens_write(handover, &pack, generation);
	handover_workers_write(handover, &pack, generation);
}

static struct conf *
conf_read(int fd, struct conf_errors *errors)
{
	struct conf_snapshot snapshot = {0};
	struct conf *conf = NULL;
	int error = conf_snapshot_from_fd(&snapshot, fd);

	if (error)
		conf_errors_add(errors, (struct conf_where){0}, "cannot read the conf in use: %s",
				strerror(-error));
	else
		conf = conf_parse(&snapshot, errors);
	conf_snapshot_fini(&snapshot);
	return conf;
}

static int
generation_fill(struct handover *handover, struct pack *pack, struct generation *generation)
{
	int deadline_ms = -1, quarantine = -1, error;

	pack_number(pack, "state", generation->state);
	pack_number(pack, "killed", generation->killed);
	pack_number(pack, "hurried", generation->hurried);
	pack_number(pack, "started", generation->started);
	pack_number(pack, "deadline_ms", deadline_ms);
	pack_fd(pack, "log", &generation->log_fd);
	handover_identity(pack, &generation->identity);
	pack_fd(pack, "quarantine", &quarantine);
	quarantine_fini(&generation->quarantine);
	error = quarantine_init(&generation->quarantine, generation, quarantine);
	if (!error)
		quarantine_memory(pack, &generation->quarantine);
	if (!error)
		error = handover_listens_read(handover, pack, generation);
	if (!error)
		error = handover_workers_read(handover, pack, generation);
	if (deadline_ms >= 0)
		timer_set(generation->deadline, (unsigned)deadline_ms);
	if (generation->state == GENERATION_RUNNING)
		handover->master->running = generation;
	return error;
}

static int
generation_read(struct handover *handover, struct pack *pack)
{
	struct conf_errors errors = {0};
	struct generation *generation = NULL;
	struct conf *conf;
	unsigned number = 0;
	int fd = -1;

	pack_number(pack, "number", number);
	pack_fd(pack, "conf", &fd);
	conf = conf_read(fd, &errors);
	if (conf)
		generation = generation_new(handover->master, number, conf, fd);
	free(reload_errors_tell(&handover->master->log, &errors));
	conf_errors_fini(&errors);
	return generation ? generation_fill(handover, pack, generation) : -EPROTO;
}

/* The newest is the first in the list, and was the last that was put into it. */
static int
generations_read(struct handover *handover)
{
	int error = 0;

	for (size_t n = pack_count(&handover->top, "generations"); !error && n > 0; n--) {
		struct pack item = pack_at(&handover->top, "generations", n - 1);

		error = generation_read(handover, &item);
	}
	return error || handover->master->running ? error : -EPROTO;
}

/* the master's own --------------------------------------------------------------------------- */

static void
result_fields(struct pack *pack, struct reload_result *result)
{
	pack_number(pack, "ok", result->ok);
	pack_number(pack, "code", result->code);
	pack_text(pack, "error", &result->error);
	pack_number(pack, "generation", result->generation);
	pack_number(pack, "at", result->at);
	pack_number(pack, "took_ms", result->took_ms);
}

static void
master_fields(struct pack *top, struct master *master)
{
	pack_number(top, "started_ns", master->started_ns);
	pack_number(top, "serial", master->reload.serial);
	pack_number(top, "looked_ns", master->hangs.looked_ns);
	pack_number(top, "log_dropped", master->log.dropped);
	pack_number(top, "log_lost", master->log.lost);
}

static void
log_write_state(struct pack *top, struct log *log)
{
	pack_number(top, "log", log->where);
	pack_fd(top, "log_file", &log->file);
	pack_text(top, "log_path", &log->path);
}

static void
log_read_state(struct pack *top, struct log *log)
{
	enum conf_log where = CONF_LOG_OFF;
	char *path = NULL;
	int file = -1;

	pack_number(top, "log", where);
	pack_fd(top, "log_file", &file);
	pack_text(top, "log_path", &path);
	log_use(log, where, file, path);
	free(path);
}

static int
scoreboard_read(struct handover *handover)
{
	int fd = -1;

	pack_fd(&handover->top, "scoreboard", &fd);
	return fd < 0 ? -EPROTO : slots_adopt(&handover->master->slots, fd);
}

int
handover_write(struct handover *handover, struct master *master)
{
	struct contract_form form = contract_own;
	struct generation *generation;
	unsigned version = HANDOVER_VERSION;
	char *by = (char *)(uintptr_t)PACKAGE_VERSION;
	struct pack result;

	*handover = (struct handover){.master = master};
	handover->top = pack_write(&handover->whole);
	pack_number(&handover->top, "handover", version);
	pack_text(&handover->top, "version", &by);
	contract_fields(&handover->top, &form);
	pack_fd(&handover->top, "scoreboard", &master->slots.fd);
	master_fields(&handover->top, master);
	log_write_state(&handover->top, &master->log);
	result = pack_object(&handover->top, "reload");
	result_fields(&result, &master->reload.result);
	handover_sockets_write(handover);
	TAILQ_FOREACH(generation, &master->generations, entry)
		generation_write(handover, generation);
	handover_control_write(handover);
	return whole_to_fd(&handover->whole);
}

void
handover_fini(struct handover *handover)
{
	if (handover->whole.reading)
		for (size_t i = 0; i < handover->nlisteners; i++)
			listener_unref(handover->listeners[i]);
	free(handover->listeners);
	free(handover->shared);
	pack_fini(&handover->whole);
}

static int
parts_read(struct handover *handover)
{
	struct master *master = handover->master;
	struct pack result = pack_object(&handover->top, "reload");
	int error = scoreboard_read(handover);

	log_read_state(&handover->top, &master->log);
	master_fields(&handover->top, master);
	pack_text(&handover->top, "version", &master->upgrade.before);
	result_fields(&result, &master->reload.result);
	if (!error)
		error = handover_sockets_read(handover);
	if (!error)
		error = generations_read(handover);
	if (!error)
		error = handover_control_read(handover);
	return error || !handover->whole.failed ? error : -EPROTO;
}

int
handover_read(struct master *master, int fd)
{
	struct handover handover = {.master = master};
	char why[WHY_BYTES] = "";
	int error = 0;

	handover.top = whole_from_fd(&handover.whole, fd);
	if (form_check(&handover.top, why) < 0)
		error = -EPROTO;
	else if ((error = parts_read(&handover)) < 0)
		snprintf(why, sizeof(why), "%s", strerror(-error));
	if (error)
		log_write(&master->log, LOG_CRIT, "eddyd %s cannot take over: %s", PACKAGE_VERSION,
			  why);
	handover_fini(&handover);
	close(fd);
	return error;
}

/* checking ----------------------------------------------------------------------------------- */

static int
confs_check(struct pack *top)
{
	struct conf_errors errors = {0};
	char line[LINE_BYTES];
	int code = HANDOVER_EXIT_FIT;

	for (size_t i = 0; i < pack_count(top, "generations"); i++) {
		struct pack item = pack_at(top, "generations", i);
		struct conf *conf;
		int fd = -1;

		pack_fd(&item, "conf", &fd);
		conf = conf_read(fd, &errors);
		if (!conf)
			code = EX_CONFIG;
		conf_free(conf);
	}
	for (size_t i = 0; i < errors.count; i++) {
		conf_error_format(&errors.list[i], line, sizeof(line));
		fprintf(stderr, "%s\n", line);
	}
	conf_errors_fini(&errors);
	return code;
}

int
handover_check(const struct options *options, int fd)
{
	struct pack_whole whole;
	struct pack top = whole_from_fd(&whole, fd);
	char why[WHY_BYTES];
	int code = EX_SOFTWARE;

	if (form_check(&top, why) < 0)
		fprintf(stderr, "%s\n", why);
	else if (access(options->worker, X_OK) < 0)
		fprintf(stderr, "cannot run the worker program %s: %s\n", options->worker,
			strerror(errno));
	else
		code = confs_check(&top);
	pack_fini(&whole);
	return code;
}

int
handover_fd(bool *check)
{
	static const char prefix[] = "check:";
	const char *said = getenv(HANDOVER_ENV);
	char *end;
	long fd;

	*check = said && strncmp(said, prefix, sizeof(prefix) - 1) == 0;
	if (*check)
		said += sizeof(prefix) - 1;
	fd = said ? strtol(said, &end, 10) : -1;
	if (said && (end == said || *end || fd <= STDERR_FILENO || fd > INT16_MAX * 32L))
		fd = -1;
	unsetenv(HANDOVER_ENV);
	return (int)fd;
}
