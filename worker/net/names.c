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

bool
name_is_address(const char *name, struct net_address *address)
{
	address->family = strchr(name, ':') != NULL ? AF_INET6 : AF_INET;
	return inet_pton(address->family, name, address->bytes) == 1;
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
