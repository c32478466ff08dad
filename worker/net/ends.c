/*
 * The two ends of a stream; see ends.h.
 */
#include "net/ends.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "net/names.h"

bool
end_get(struct end *end, int fd, bool remote)
{
	struct sockaddr *address = (struct sockaddr *)&end->address;

	*end = (struct end){.size = sizeof(end->address)};
	return (remote ? getpeername(fd, address, &end->size)
		       : getsockname(fd, address, &end->size)) == 0;
}

eddy_str
end_format(const struct end *end, char text[END_TEXT_MAX])
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&end->address;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&end->address;
	const struct sockaddr_un *un = (const struct sockaddr_un *)&end->address;
	size_t before = offsetof(struct sockaddr_un, sun_path);
	size_t path = end->size > before ? end->size - before : 0;
	struct net_address name = {.family = end->address.ss_family};

	if (name.family == AF_INET6) {
		name.zone = in6->sin6_scope_id;
		memcpy(name.bytes, &in6->sin6_addr, sizeof(in6->sin6_addr));
		address_format(&name, text);
	} else if (name.family == AF_INET) {
		memcpy(name.bytes, &in->sin_addr, sizeof(in->sin_addr));
		address_format(&name, text);
	} else if (path > 0 && un->sun_path[0] == '\0') {
		snprintf(text, END_TEXT_MAX, "unix:@%.*s", (int)path - 1, un->sun_path + 1);
	} else {
		snprintf(text, END_TEXT_MAX, "unix:%.*s", (int)path, un->sun_path);
	}
	return (eddy_str){text, strlen(text)};
}

unsigned
end_port(const struct end *end)
{
	if (end->address.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&end->address)->sin_port);
	if (end->address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&end->address)->sin6_port);
	return 0;
}
