/*
 * libFuzzer: replies of DNS servers, taken apart as records of each type.
 *
 * The first byte of the input says which type was asked for; the rest is the reply, in a place of
 * just its size. Either there are records, each whole and of that type, or there is an error and
 * nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const types[] = {"A",  "AAAA", "CAA", "CNAME", "MX", "NAPTR",
				    "NS", "PTR",  "SOA", "SRV",	  "TXT"};

static void
require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "fuzz_records: %s\n", what);
	abort();
}

/* Reads all of a text, which the sanitizer looks at. */
static void
require_text(const char *text, const char *what)
{
	require(text != NULL && strlen(text) < 65536, what);
}

static void
require_record(const eddy_dns_record *record, const char *type)
{
	require(strcmp(record->type, type) == 0, "a record of another type");
	require(record->value != NULL, "a record without a value");
	require(record->value[record->size] == '\0', "a value without its end");
	if (strcmp(type, "TXT") != 0 && strcmp(type, "CAA") != 0)
		require(strlen(record->value) == record->size, "a name with a NUL in it");
	if (strcmp(type, "CAA") == 0)
		require_text(record->tag, "no tag");
	if (strcmp(type, "SOA") == 0)
		require_text(record->hostmaster, "no hostmaster");
	if (strcmp(type, "NAPTR") != 0)
		return;
	require_text(record->flags, "no flags");
	require_text(record->service, "no service");
	require_text(record->regexp, "no regexp");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct records records;
	const char *type;
	unsigned char *packet;
	int err;

	if (size == 0)
		return 0;
	type = types[data[0] % (sizeof(types) / sizeof(types[0]))];
	packet = malloc(size - 1);
	require(packet != NULL || size == 1, "no memory");
	if (size > 1)
		memcpy(packet, data + 1, size - 1);
	err = records_parse(&records, record_type(type), packet, size - 1);
	free(packet); /* nothing points into it */
	require(err <= 0, "no error that there is");
	require((err == 0) == (records.n > 0), "an error with records, or none without");
	require(err == 0 || (records.pointers == NULL && records.records == NULL),
		"something left");
	for (size_t i = 0; i < records.n; i++)
		require_record(records.pointers[i], type);
	records_fini(&records);
	require(records.n == 0, "records that are left");
	return 0;
}
