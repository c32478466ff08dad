/*
 * libFuzzer: conf files, and snapshots as a worker is handed them.
 *
 * The input is the files of a snapshot, one after the other with a byte 0xff between them; or, if
 * it begins with the magic of a packed snapshot, the bytes of the memfd. Held against what must be
 * true of every input: libconfuse never finds an error that we have not, an error is one line, and
 * a good conf prints to a conf that prints to the same.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/conf.h"

#define FILES_MAX 8
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool truth, const char *what, const char *detail)
{
	if (truth)
		return;
	fprintf(stderr, "fuzz_conf: %s: %s\n", what, detail);
	abort();
}

static void
errors_require(const struct conf_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++) {
		const char *text = errors->list[i].text;

		require(strncmp(text, "libconfuse:", 11) != 0, "libconfuse found more than we did",
			text);
		for (; *text; text++)
			require((unsigned char)*text >= ' ', "a control byte in an error",
				errors->list[i].text);
	}
}

/* What the conf of this snapshot prints, or NULL if it has errors. */
static char *
snapshot_print(const struct conf_snapshot *snapshot)
{
	struct conf_errors errors = {0};
	struct conf *conf = conf_parse(snapshot, &errors);
	char *text = NULL;
	size_t size;
	FILE *out;

	errors_require(&errors);
	require(!conf == !!errors.count, "neither a conf nor an error, or both", "");
	if (conf) {
		out = open_memstream(&text, &size);
		conf_print(conf, out);
		fclose(out);
	}
	conf_free(conf);
	conf_errors_fini(&errors);
	return text;
}

static void
snapshot_require(const struct conf_snapshot *snapshot)
{
	char *first = snapshot_print(snapshot), *second;
	struct conf_file file = {.name = (char *)"printed", .bytes = first};

	if (!first)
		return;
	file.size = strlen(first);
	second = snapshot_print(&(struct conf_snapshot){.files = &file, .count = 1});
	require(second && strcmp(first, second) == 0, "printed again, the conf is not the same",
		first);
	free(first);
	free(second);
}

static void
packed_try(const uint8_t *data, size_t size)
{
	struct conf_snapshot snapshot;
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		abort();
	if (conf_snapshot_from_fd(&snapshot, fd) == 0)
		snapshot_require(&snapshot);
	conf_snapshot_fini(&snapshot);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char names[FILES_MAX][8] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	struct conf_file files[FILES_MAX];
	struct conf_snapshot snapshot = {.files = files};
	const uint8_t *end = data + size, *next;

	if (size >= 8 && memcmp(data, "eddyconf", 8) == 0) {
		packed_try(data, size);
		return 0;
	}
	while (data && snapshot.count < FILES_MAX) {
		struct conf_file *file = &files[snapshot.count];

		next = data < end ? memchr(data, 0xff, (size_t)(end - data)) : NULL;
		file->name = names[snapshot.count++];
		file->size = (size_t)((next ? next : end) - data);
		file->bytes = malloc(file->size + 1);
		if (!file->bytes)
			abort();
		memcpy(file->bytes, data, file->size);
		file->bytes[file->size] = '\0';
		data = next ? next + 1 : NULL;
	}
	snapshot_require(&snapshot);
	for (size_t i = 0; i < snapshot.count; i++)
		free(files[i].bytes);
	return 0;
}
