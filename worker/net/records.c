/*
 * Records; see records.h. c-ares parses a reply into a list of its own, which stays: the records
 * point into it. What it does not give, the lifetimes of all but A and AAAA, is read from the
 * packet.
 */
#include "net/records.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SOA_NUMBERS 20				       /* bytes */
#define ADDRESSES_MAX (NS_MAXMSG / (NS_RRFIXEDSZ + 4)) /* that fit in a packet, and more */

/* A reply that is being taken apart. */
struct packet {
	const unsigned char *bytes;
	int n;
	int type;
	const char *type_name;
};

typedef int parse_fn(struct records *records, const struct packet *packet);

int
dns_error(int status)
{
	switch (status) {
	case ARES_SUCCESS:
		return 0;
	case ARES_ENOMEM:
		return EDDY_ENOMEM;
	case ARES_EDESTRUCTION:
		return EDDY_DNS_ECANCELLED;
	case ARES_EBADSTR:
		return EDDY_DNS_EBADNAME;
	case ARES_ENONAME:
		return EDDY_DNS_ENOTFOUND;
	default:
		if ((status >= ARES_ENODATA && status <= ARES_ETIMEOUT) ||
		    status == ARES_ECANCELLED)
			return EDDY_DNS_ENODATA + 1 - status;
		return EDDY_DNS_ESERVFAIL;
	}
}

/* Room for n records, all with the type's name. 0 or EDDY_ENOMEM. */
static int
records_alloc(struct records *records, const struct packet *packet, size_t n)
{
	records->records = calloc(n + 1, sizeof(*records->records));
	records->pointers = calloc(n + 1, sizeof(*records->pointers));
	if (records->records == NULL || records->pointers == NULL)
		return EDDY_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		records->records[i].type = packet->type_name;
		records->pointers[i] = &records->records[i];
	}
	records->n = n;
	return 0;
}

static void
record_set_value(eddy_dns_record *record, const char *value)
{
	record->value = value;
	record->size = strlen(value);
}

/* The lifetimes ------------------------------------------------------------------- */

static unsigned
get16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* Behind the name at `at`; -1: there is none. */
static int
name_skip(const struct packet *packet, int at)
{
	char *name;
	long n;

	if (at >= packet->n || ares_expand_name(packet->bytes + at, packet->bytes, packet->n, &name,
						&n) != ARES_SUCCESS)
		return -1;
	ares_free_string(name);
	return at + (int)n;
}

/*
 * Where the fixed part of the next answer of the packet's type is; -1: there is none. *at and *left
 * (answers) are where the search stands, and begin as packet_begin says.
 */
static int
packet_next(const struct packet *packet, int *at, unsigned *left)
{
	for (; *left > 0; --*left) {
		int fixed = name_skip(packet, *at);

		if (fixed < 0 || packet->n - fixed < NS_RRFIXEDSZ)
			return -1;
		*at = fixed + NS_RRFIXEDSZ + (int)get16(packet->bytes + fixed + 8);
		if ((int)get16(packet->bytes + fixed) != packet->type)
			continue;
		--*left;
		return fixed;
	}
	return -1;
}

/* Behind the question. */
static int
packet_begin(const struct packet *packet, unsigned *left)
{
	int at = name_skip(packet, NS_HFIXEDSZ);

	*left = at >= 0 ? get16(packet->bytes + 6) : 0;
	return at + NS_QFIXEDSZ;
}

/* Gives the records, which c-ares has read in the packet's order, their lifetimes. */
static void
records_set_ttl(struct records *records, const struct packet *packet)
{
	unsigned left;
	int at = packet_begin(packet, &left), fixed;

	for (size_t i = 0; i < records->n; i++) {
		fixed = packet_next(packet, &at, &left);
		if (fixed < 0)
			return;
		records->records[i].ttl = get32(packet->bytes + fixed + 4);
	}
}

/* One function for each shape of reply ------------------------------------------- */

/* The i-th address as text, which is kept behind those before it, and its lifetime. */
static void
record_set_address(struct records *records, size_t i, int family, const void *address, int ttl)
{
	char *text = records->text + i * INET6_ADDRSTRLEN;

	inet_ntop(family, address, text, INET6_ADDRSTRLEN);
	record_set_value(&records->records[i], text);
	records->records[i].ttl = (uint32_t)ttl;
}

/* Room for n records with an address each. 0 or EDDY_ENOMEM. */
static int
records_alloc_addresses(struct records *records, const struct packet *packet, size_t n)
{
	records->text = malloc(n * INET6_ADDRSTRLEN + 1);
	return records->text != NULL ? records_alloc(records, packet, n) : EDDY_ENOMEM;
}

static int
parse_a(struct records *records, const struct packet *packet)
{
	struct ares_addrttl *found = calloc(ADDRESSES_MAX, sizeof(*found));
	int n = ADDRESSES_MAX, err = EDDY_ENOMEM;

	if (found != NULL)
		err = dns_error(ares_parse_a_reply(packet->bytes, packet->n, NULL, found, &n));
	if (err == 0)
		err = records_alloc_addresses(records, packet, (size_t)n);
	for (int i = 0; i < n && err == 0; i++)
		record_set_address(records, (size_t)i, AF_INET, &found[i].ipaddr, found[i].ttl);
	free(found);
	return err;
}

static int
parse_aaaa(struct records *records, const struct packet *packet)
{
	struct ares_addr6ttl *found = calloc(ADDRESSES_MAX, sizeof(*found));
	int n = ADDRESSES_MAX, err = EDDY_ENOMEM;

	if (found != NULL)
		err = dns_error(ares_parse_aaaa_reply(packet->bytes, packet->n, NULL, found, &n));
	if (err == 0)
		err = records_alloc_addresses(records, packet, (size_t)n);
	for (int i = 0; i < n && err == 0; i++)
		record_set_address(records, (size_t)i, AF_INET6, &found[i].ip6addr, found[i].ttl);
	free(found);
	return err;
}

/* An alias stands for one name. */
static int
parse_cname(struct records *records, const struct packet *packet)
{
	int err =
		dns_error(ares_parse_a_reply(packet->bytes, packet->n, &records->host, NULL, NULL));

	if (err != 0)
		return err;
	if (records->host->h_aliases[0] == NULL) /* a name that is no alias */
		return EDDY_DNS_ENODATA;
	err = records_alloc(records, packet, 1);
	if (err != 0)
		return err;
	record_set_value(&records->records[0], records->host->h_name);
	records_set_ttl(records, packet);
	return 0;
}

/* NS and PTR: c-ares makes a host of the reply, with the names as its aliases. */
static int
parse_names(struct records *records, const struct packet *packet)
{
	size_t n = 0;
	int status, err;

	if (packet->type == ns_t_ns)
		status = ares_parse_ns_reply(packet->bytes, packet->n, &records->host);
	else
		status = ares_parse_ptr_reply(packet->bytes, packet->n, NULL, 0, AF_INET,
					      &records->host);
	err = dns_error(status);
	if (err != 0)
		return err;
	while (records->host->h_aliases[n] != NULL)
		n++;
	err = records_alloc(records, packet, n);
	if (err != 0)
		return err;
	for (size_t i = 0; i < n; i++)
		record_set_value(&records->records[i], records->host->h_aliases[i]);
	records_set_ttl(records, packet);
	return 0;
}

/* As many records as the list at c-ares's reply has members; they all begin with `next`. */
static int
records_alloc_list(struct records *records, const struct packet *packet)
{
	size_t n = 0;
	int err;

	for (void **at = records->reply; at != NULL; at = *at)
		n++;
	if (n == 0)
		return EDDY_DNS_ENODATA;
	err = records_alloc(records, packet, n);
	if (err == 0)
		records_set_ttl(records, packet);
	return err;
}

static int
parse_mx(struct records *records, const struct packet *packet)
{
	struct ares_mx_reply *reply = NULL;
	int err = dns_error(ares_parse_mx_reply(packet->bytes, packet->n, &reply));

	records->reply = reply;
	if (err == 0)
		err = records_alloc_list(records, packet);
	for (size_t i = 0; err == 0 && reply != NULL; i++, reply = reply->next) {
		record_set_value(&records->records[i], reply->host);
		records->records[i].priority = reply->priority;
	}
	return err;
}

static int
parse_srv(struct records *records, const struct packet *packet)
{
	struct ares_srv_reply *reply = NULL;
	int err = dns_error(ares_parse_srv_reply(packet->bytes, packet->n, &reply));

	records->reply = reply;
	if (err == 0)
		err = records_alloc_list(records, packet);
	for (size_t i = 0; err == 0 && reply != NULL; i++, reply = reply->next) {
		record_set_value(&records->records[i], reply->host);
		records->records[i].priority = reply->priority;
		records->records[i].weight = reply->weight;
		records->records[i].port = reply->port;
	}
	return err;
}

static int
parse_caa(struct records *records, const struct packet *packet)
{
	struct ares_caa_reply *reply = NULL;
	int err = dns_error(ares_parse_caa_reply(packet->bytes, packet->n, &reply));

	records->reply = reply;
	if (err == 0)
		err = records_alloc_list(records, packet);
	for (size_t i = 0; err == 0 && reply != NULL; i++, reply = reply->next) {
		records->records[i].value = (const char *)reply->value;
		records->records[i].size = reply->length;
		records->records[i].critical = (uint8_t)reply->critical;
		records->records[i].tag = (const char *)reply->property;
	}
	return err;
}

static int
parse_naptr(struct records *records, const struct packet *packet)
{
	struct ares_naptr_reply *reply = NULL;
	int err = dns_error(ares_parse_naptr_reply(packet->bytes, packet->n, &reply));

	records->reply = reply;
	if (err == 0)
		err = records_alloc_list(records, packet);
	for (size_t i = 0; err == 0 && reply != NULL; i++, reply = reply->next) {
		record_set_value(&records->records[i], reply->replacement);
		records->records[i].priority = reply->order;
		records->records[i].weight = reply->preference;
		records->records[i].flags = (const char *)reply->flags;
		records->records[i].service = (const char *)reply->service;
		records->records[i].regexp = (const char *)reply->regexp;
	}
	return err;
}

/* The name at *at, which ends before `end`; NULL: there is none. *at is then behind it. */
static char *
name_expand(const struct packet *packet, int *at, int end)
{
	char *name;
	long n;

	if (*at >= end || ares_expand_name(packet->bytes + *at, packet->bytes, packet->n, &name,
					   &n) != ARES_SUCCESS)
		return NULL;
	*at += (int)n;
	return name;
}

/* The rest of it is five numbers. */
static int
soa_read(struct records *records, const struct packet *packet, const char *nsname,
	 const char *hostmaster, const unsigned char *numbers)
{
	size_t n = strlen(nsname) + 1;
	eddy_dns_record *record;

	records->text = malloc(n + strlen(hostmaster) + 1);
	if (records->text == NULL || records_alloc(records, packet, 1) != 0)
		return EDDY_ENOMEM;
	record = &records->records[0];
	record_set_value(record, strcpy(records->text, nsname));
	record->hostmaster = strcpy(records->text + n, hostmaster);
	record->serial = get32(numbers);
	record->refresh = get32(numbers + 4);
	record->retry = get32(numbers + 8);
	record->expire = get32(numbers + 12);
	record->minimum_ttl = get32(numbers + 16);
	records_set_ttl(records, packet);
	return 0;
}

/* The first one. c-ares finds none behind an alias, and does not tell broken from absent. */
static int
parse_soa(struct records *records, const struct packet *packet)
{
	char *nsname = NULL, *hostmaster = NULL;
	unsigned left;
	int at = packet_begin(packet, &left), fixed, end, err = EDDY_DNS_EBADRESP;

	if (at < NS_HFIXEDSZ || get16(packet->bytes + 4) != 1)
		return err;
	fixed = packet_next(packet, &at, &left);
	if (fixed < 0)
		return left == 0 ? EDDY_DNS_ENODATA : err;
	end = at;
	at = fixed + NS_RRFIXEDSZ;
	if (end <= packet->n) {
		nsname = name_expand(packet, &at, end);
		hostmaster = name_expand(packet, &at, end);
	}
	if (nsname != NULL && hostmaster != NULL && end - at == SOA_NUMBERS)
		err = soa_read(records, packet, nsname, hostmaster, packet->bytes + at);
	ares_free_string(nsname);
	ares_free_string(hostmaster);
	return err;
}

/*
 * How many records, strings, and bytes with a NUL behind each record: one is several strings, to be
 * joined.
 */
static size_t
txt_count(const struct ares_txt_ext *reply, size_t *strings, size_t *bytes)
{
	size_t n = 0;

	*strings = *bytes = 0;
	for (; reply != NULL; reply = reply->next) {
		n += reply->record_start;
		*bytes += reply->length + reply->record_start;
		++*strings;
	}
	return n;
}

static int
parse_txt(struct records *records, const struct packet *packet)
{
	struct ares_txt_ext *reply = NULL, *part;
	int err = dns_error(ares_parse_txt_reply_ext(packet->bytes, packet->n, &reply));
	eddy_dns_record *record = NULL;
	size_t strings, bytes, n = txt_count(reply, &strings, &bytes), *length;
	char *at;

	records->reply = reply;
	if (err != 0)
		return err;
	if (n == 0)
		return EDDY_DNS_ENODATA;
	at = records->text = calloc(1, bytes);
	length = records->lengths = calloc(strings, sizeof(*length));
	if (at == NULL || length == NULL || records_alloc(records, packet, n) != 0)
		return EDDY_ENOMEM;
	for (part = reply; part != NULL; part = part->next) {
		if (record == NULL)
			record = records->records;
		else if (part->record_start) {
			record++;
			at++; /* over the NUL */
		}
		if (part->record_start) {
			record->value = at;
			record->lengths = length;
		}
		memcpy(at, part->txt, part->length);
		record->size += part->length;
		record->nlengths++;
		*length++ = part->length;
		at += part->length;
	}
	records_set_ttl(records, packet);
	return 0;
}

/* --------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int type;
	parse_fn *parse;
} types[] = {
	{"A", ns_t_a, parse_a},	      {"AAAA", ns_t_aaaa, parse_aaaa},
	{"CAA", 257, parse_caa},      {"CNAME", ns_t_cname, parse_cname},
	{"MX", ns_t_mx, parse_mx},    {"NAPTR", ns_t_naptr, parse_naptr},
	{"NS", ns_t_ns, parse_names}, {"PTR", ns_t_ptr, parse_names},
	{"SOA", ns_t_soa, parse_soa}, {"SRV", ns_t_srv, parse_srv},
	{"TXT", ns_t_txt, parse_txt},
};

int
record_type(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcasecmp(types[i].name, name) == 0)
			return types[i].type;
	return -1;
}

int
records_parse(struct records *records, int type, const unsigned char *packet, size_t n)
{
	struct packet reply = {.bytes = packet, .n = (int)n, .type = type};
	int err = EDDY_EINVAL;

	*records = (struct records){0};
	if (n < NS_HFIXEDSZ || n > NS_MAXMSG)
		return EDDY_DNS_EBADRESP;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type != type)
			continue;
		reply.type_name = types[i].name;
		err = types[i].parse(records, &reply);
	}
	if (err == 0 && records->n == 0)
		err = EDDY_DNS_ENODATA;
	if (err != 0)
		records_fini(records);
	return err;
}

void
records_fini(struct records *records)
{
	if (records->reply != NULL)
		ares_free_data(records->reply);
	if (records->host != NULL)
		ares_free_hostent(records->host);
	free(records->text);
	free(records->lengths);
	free(records->records);
	free(records->pointers);
	*records = (struct records){0};
}
