/*
 * Answers in the form of eddy.h, each in one piece of memory that goes with its query.
 */
#include <ares.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "net/dns_query.h"

void
answer_error(struct dns_query *query, int err)
{
	query->answered = true;
	query->answer = (struct dns_answer){.err = err};
}

void
answer_addresses(struct dns_query *query, const struct net_address *addresses, size_t n)
{
	eddy_dns_address *list = malloc(n * (sizeof(*list) + ADDRESS_TEXT_MAX) + 1);
	char *text = (char *)(list + n);

	if (list == NULL) {
		answer_error(query, EDDY_ENOMEM);
		return;
	}
	for (size_t i = 0; i < n; i++, text += ADDRESS_TEXT_MAX) {
		address_format(&addresses[i], text);
		list[i] = (eddy_dns_address){.address = text,
					     .family = addresses[i].family == AF_INET ? 4 : 6};
	}
	query->block = list;
	query->answered = true;
	query->answer = (struct dns_answer){.addresses = list, .n = n};
}

void
answer_addrinfo(struct dns_query *query, const struct ares_addrinfo *found)
{
	const struct ares_addrinfo_node *node;
	struct net_address *list;
	size_t n = 0;

	for (node = found->nodes; node != NULL; node = node->ai_next)
		n++;
	list = calloc(n + 1, sizeof(*list));
	if (list == NULL || n == 0) {
		answer_error(query, list == NULL ? EDDY_ENOMEM : EDDY_DNS_ENODATA);
		free(list);
		return;
	}
	n = 0;
	for (node = found->nodes; node != NULL; node = node->ai_next, n++) {
		const void *bytes =
			node->ai_family == AF_INET
				? (void *)&((struct sockaddr_in *)(void *)node->ai_addr)->sin_addr
				: (void *)&((struct sockaddr_in6 *)(void *)node->ai_addr)
					  ->sin6_addr;

		list[n].family = node->ai_family;
		memcpy(list[n].bytes, bytes, node->ai_family == AF_INET ? 4 : 16);
	}
	answer_addresses(query, list, n);
	free(list);
}

/* Each name once. */
static void
answer_names(struct dns_query *query, const char *const *names, size_t n)
{
	size_t bytes = 0, kept = 0;
	const char **list;
	char *text;

	for (size_t i = 0; i < n; i++)
		bytes += strlen(names[i]) + 1;
	list = malloc(n * sizeof(*list) + bytes + 1);
	if (list == NULL) {
		answer_error(query, EDDY_ENOMEM);
		return;
	}
	text = (char *)(list + n);
	for (size_t i = 0, known; i < n; i++) {
		for (known = 0; known < kept && strcmp(list[known], names[i]) != 0; known++)
			;
		if (known < kept)
			continue;
		list[kept++] = strcpy(text, names[i]);
		text += strlen(text) + 1;
	}
	query->block = list;
	query->answered = true;
	query->answer = (struct dns_answer){.names = list, .n = kept};
}

/* A line of the hosts file: the name, then its aliases. */
void
answer_host(struct dns_query *query, const struct hostent *host)
{
	const char **names;
	size_t n = 1;

	while (host->h_aliases[n - 1] != NULL)
		n++;
	names = malloc(n * sizeof(*names));
	if (names == NULL) {
		answer_error(query, EDDY_ENOMEM);
		return;
	}
	names[0] = host->h_name;
	memcpy(names + 1, host->h_aliases, (n - 1) * sizeof(*names));
	answer_names(query, names, n);
	free(names);
}

void
answer_packet(struct dns_query *query, const unsigned char *packet, size_t n)
{
	struct records *records = &query->records;
	int err = records_parse(records, query->type, packet, n);
	const char **names;

	answer_error(query, err);
	if (err != 0)
		return;
	if (query->kind == DNS_RESOLVE) {
		query->answer.records = records->pointers;
		query->answer.n = records->n;
		return;
	}
	names = malloc(records->n * sizeof(*names));
	if (names == NULL) {
		answer_error(query, EDDY_ENOMEM);
		return;
	}
	for (size_t i = 0; i < records->n; i++)
		names[i] = records->records[i].value;
	answer_names(query, names, records->n);
	free(names);
}

void
answer_fini(struct dns_query *query)
{
	records_fini(&query->records);
	free(query->block);
	query->block = NULL;
}
