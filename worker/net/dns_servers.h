/*
 * DNS servers as they are written: "192.0.2.1,192.0.2.2:5353,[2001:db8::1]:5353".
 */
#ifndef EDDY_NET_DNS_SERVERS_H
#define EDDY_NET_DNS_SERVERS_H

#include <stddef.h>
#include <stdint.h>

#define DNS_SERVERS_MAX 16			/* resolv.conf knows three */
#define DNS_SERVERS_TEXT (DNS_SERVERS_MAX * 56) /* bytes: "[", an address, "]:65535," */

struct dns_server {
	int family; /* AF_INET, AF_INET6 */
	uint8_t address[16];
	uint16_t port; /* 0: 53 */
};

struct dns_servers {
	struct dns_server list[DNS_SERVERS_MAX];
	size_t n;
};

/* 0; -EINVAL: it is not of that form, or names none or more than DNS_SERVERS_MAX. */
int dns_servers_parse(struct dns_servers *servers, const char *text);

/* Writes them in that form, without ports that are 53, and a NUL; how many bytes before it. */
size_t dns_servers_format(const struct dns_servers *servers, char text[DNS_SERVERS_TEXT]);

#endif
