/*
 * Names; see names.h.
 */
#include "net/names.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LABEL_MAX 63
#define NAME_MAX_BYTES 253     /* RFC 1035 2.3.4: 255 on the wire */
#define ASKABLE_MAX_BYTES 1016 /* the same with every byte escaped ("\000") */

static bool
is_host_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c >= 0x80;
}

bool
name_is_host(const char *name)
{
	size_t n = strlen(name), label = 0;

	if (n > 0 && name[n - 1] == '.')
		n--;
	if (n == 0 || n > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (name[i] == '.' && label > 0)
			label = 0;
		else if (!is_host_byte((unsigned char)name[i]) || ++label > LABEL_MAX)
			return false;
	}
	return label > 0;
}

bool
name_is_askable(const char *name)
{
	size_t n = 0;

	for (; name[n] != '\0'; n++)
		if ((unsigned char)name[n] <= ' ' || name[n] == 0x7f || n == ASKABLE_MAX_BYTES)
			return false;
	return n > 0;
}

bool
name_is_localhost(const char *name)
{
	static const char localhost[] = "localhost";
	size_t n = strlen(name), own = sizeof(localhost) - 1;

	if (n > 0 && name[n - 1] == '.')
		n--;
	return n >= own && strncasecmp(name + n - own, localhost, own) == 0 &&
	       (n == own || name[n - own - 1] == '.');
}

/* The number of an interface, which may be written as such. 0: there is none of that name. */
static unsigned
zone_find(const char *zone)
{
	unsigned number = 0;

	if (zone[0] == '\0' || strspn(zone, "0123456789") != strlen(zone))
		return if_nametoindex(zone);
	for (; *zone != '\0' && number < UINT16_MAX; zone++)
		number = number * 10 + (unsigned)(*zone - '0');
	return number;
}

bool
name_is_address(const char *name, struct net_address *address)
{
	const char *zone = strchr(name, '%');
	size_t n = zone != NULL ? (size_t)(zone - name) : strlen(name);
	char text[INET6_ADDRSTRLEN];

	*address = (struct net_address){.family = memchr(name, ':', n) ? AF_INET6 : AF_INET};
	if (n >= sizeof(text) || (zone != NULL && address->family != AF_INET6))
		return false;
	memcpy(text, name, n);
	text[n] = '\0';
	if (inet_pton(address->family, text, address->bytes) != 1)
		return false;
	if (zone != NULL)
		address->zone = zone_find(zone + 1);
	return zone == NULL || address->zone != 0;
}

void
address_format(const struct net_address *address, char text[ADDRESS_TEXT_MAX])
{
	char name[IF_NAMESIZE];
	size_t n;

	inet_ntop(address->family, address->bytes, text, INET6_ADDRSTRLEN);
	n = strlen(text);
	if (address->zone == 0)
		return;
	if (if_indextoname(address->zone, name) != NULL)
		snprintf(text + n, ADDRESS_TEXT_MAX - n, "%%%s", name);
	else
		snprintf(text + n, ADDRESS_TEXT_MAX - n, "%%%u", address->zone);
}

void
address_to_arpa(const struct net_address *address, char name[ARPA_MAX])
{
	const uint8_t *bytes = address->bytes;

	if (address->family == AF_INET) {
		sprintf(name, "%u.%u.%u.%u.in-addr.arpa", bytes[3], bytes[2], bytes[1], bytes[0]);
		return;
	}
	for (int i = 15; i >= 0; i--)
		name += sprintf(name, "%x.%x.", bytes[i] & 15u, bytes[i] >> 4);
	strcpy(name, "ip6.arpa");
}
