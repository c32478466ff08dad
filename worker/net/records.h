/*
 * DNS replies as records of eddy.h: what a server has sent, checked and taken apart by c-ares.
 *
 * Nothing in a reply is trusted: lengths, counts and pointers are c-ares's business, and a host
 * name with bytes that no host name has is a broken reply.
 */
#ifndef EDDY_NET_RECORDS_H
#define EDDY_NET_RECORDS_H

#include <stddef.h>

#include "eddy.h"

/* All that the records point to; records_fini frees it. Zero: none. */
struct records {
	const eddy_dns_record **pointers; /* n of them, into `records` */
	eddy_dns_record *records;
	size_t n;
	char *text;	      /* what c-ares does not have as text */
	size_t *lengths;      /* of the strings of all TXT records */
	void *reply;	      /* c-ares's own */
	struct hostent *host; /* the same, for types that it takes for hosts */
};

/* The number of a type ("MX"), in capitals or not; -1: none that is known here. */
int record_type(const char *name);

/* Reads the records of this type from a packet. 0, EDDY_ENOMEM or EDDY_DNS_…. */
int records_parse(struct records *records, int type, const unsigned char *packet, size_t n);
void records_fini(struct records *records);

/* What eddy.h has for a status of c-ares's; 0: it is ARES_SUCCESS. */
int dns_error(int status);

#endif
