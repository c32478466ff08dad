/*
 * Listening addresses as they are written in the conf.
 *
 * Numbers only: a name would have to be looked up, which waits, and may mean something else
 * tomorrow.
 */
#include "conf/conf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#define UNIX_PREFIX "unix:"
#define FD_NAME_MAX 255 /* systemd's limit */

static int
refuse(const char **why, const char *reason)
{
	*why = reason;
	return -EINVAL;
}

/*
 * "@name" is the abstract namespace: no file, so that nothing is left behind and no directory is
 * needed.
 */
static int
unix_parse(const char *path, struct sockaddr_un *un, socklen_t *addrlen, const char **why)
{
	size_t len = strlen(path);

	if (path[0] != '/' && path[0] != '@')
		return refuse(why, "a unix socket needs an absolute path, such as "
				   "\"unix:/run/eddy/web.sock\", "
				   "or a name after \"@\"");
	if (len == 1)
		return refuse(why, "the name of the unix socket is missing");
	if (len >= sizeof(un->sun_path))
		return refuse(why, "the path of a unix socket is at most 107 bytes long");
	if (path[0] == '/' && path[len - 1] == '/')
		return refuse(why, "the path of the unix socket names a directory");
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, len + 1);
	*addrlen = sizeof(*un);
	if (path[0] == '@') {
		un->sun_path[0] = '\0';
		*addrlen = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	}
	return 0;
}

static int
port_parse(const char *text, unsigned min, in_port_t *port, const char **why)
{
	unsigned long n = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9' && n <= UINT16_MAX; p++)
		n = n * 10 + (unsigned long)(*p - '0');
	if (p == text || *p != '\0' || n < min || n > UINT16_MAX)
		return refuse(why, min ? "the port must be a number from 1 to 65535"
				       : "the port must be a number from 0 to 65535");
	*port = htons((uint16_t)n);
	return 0;
}

/* `host` is what stands between the brackets. */
static int
inet6_parse(const char *host, const char *port, unsigned min, struct sockaddr_in6 *in6,
	    socklen_t *addrlen, const char **why)
{
	if (strchr(host, '%'))
		return refuse(
			why,
			"zones (\"%\") are not supported: give an address that is not link-local");
	if (inet_pton(AF_INET6, host, &in6->sin6_addr) != 1)
		return refuse(why, "what is in the brackets is not an IPv6 address");
	in6->sin6_family = AF_INET6;
	*addrlen = sizeof(*in6);
	return port_parse(port, min, &in6->sin6_port, why);
}

static int
inet_parse(const char *host, const char *port, unsigned min, struct sockaddr_in *in,
	   socklen_t *addrlen, const char **why)
{
	if (host[0] == '\0' || strcmp(host, "*") == 0)
		in->sin_addr.s_addr = htonl(INADDR_ANY);
	else if (inet_pton(AF_INET, host, &in->sin_addr) != 1)
		return refuse(why, strspn(host, "0123456789.") == strlen(host)
					   ? "this is not an IPv4 address"
					   : "names are not looked up: give a number, such as "
					     "\"127.0.0.1:8080\"");
	in->sin_family = AF_INET;
	*addrlen = sizeof(*in);
	return port_parse(port, min, &in->sin_port, why);
}

/* `min` is the lowest port. */
static int
address_parse(const char *text, unsigned min, struct sockaddr_storage *addr, socklen_t *addrlen,
	      const char **why)
{
	char host[INET6_ADDRSTRLEN + 16];
	const char *colon = strrchr(text, ':'), *end;
	bool brackets = text[0] == '[';
	size_t len;

	memset(addr, 0, sizeof(*addr));
	if (strncmp(text, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0)
		return unix_parse(text + strlen(UNIX_PREFIX), (struct sockaddr_un *)addr, addrlen,
				  why);
	if (text[0] == '/')
		return refuse(why, "a unix socket is written \"unix:/path\"");
	if (brackets) {
		end = strchr(text, ']');
		if (!end)
			return refuse(why, "the closing \"]\" is missing");
		if (end[1] != ':')
			return refuse(why, "the port is missing: write \"[address]:port\", such as "
					   "\"[::]:8080\"");
		colon = end + 1;
		text++;
	} else if (text[0] && text[strspn(text, "0123456789")] == '\0') {
		return refuse(why, "this is a port alone: write for example \"*:8080\" for all "
				   "addresses, or \"127.0.0.1:8080\" for this machine only");
	} else if (strstr(text, "://")) {
		return refuse(why, "this is a URL: an address is written \"address:port\", such as "
				   "\"127.0.0.1:8080\"");
	} else if (!colon) {
		return refuse(why,
			      "an address is written \"address:port\", such as \"127.0.0.1:8080\"");
	} else if (strchr(text, ':') != colon) {
		return refuse(why, "an IPv6 address stands in brackets, such as \"[::]:8080\"");
	} else {
		end = colon;
	}
	len = (size_t)(end - text);
	if (len >= sizeof(host))
		return refuse(why, "this is too long for an address");
	memcpy(host, text, len);
	host[len] = '\0';
	if (brackets)
		return inet6_parse(host, colon + 1, min, (struct sockaddr_in6 *)addr, addrlen, why);
	return inet_parse(host, colon + 1, min, (struct sockaddr_in *)addr, addrlen, why);
}

int
conf_address_parse(const char *text, struct sockaddr_storage *addr, socklen_t *addrlen,
		   const char **why)
{
	return address_parse(text, 1, addr, addrlen, why);
}

int
conf_address_parse_any_port(const char *text, struct sockaddr_storage *addr, socklen_t *addrlen,
			    const char **why)
{
	return address_parse(text, 0, addr, addrlen, why);
}

/* What systemd takes for a FileDescriptorName=. */
static bool
fd_name_is_valid(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (name[i] < ' ' || name[i] > '~' || name[i] == ':')
			return false;
	return len > 0 && len <= FD_NAME_MAX;
}

int
conf_listen_parse(const char *text, struct sockaddr_storage *addr, socklen_t *addrlen,
		  const char **why)
{
	if (strncmp(text, CONF_FD_PREFIX, strlen(CONF_FD_PREFIX)) != 0)
		return conf_address_parse(text, addr, addrlen, why);
	if (!fd_name_is_valid(text + strlen(CONF_FD_PREFIX)))
		return refuse(why, "behind \"fd:\" stands the name of a socket that is passed, as "
				   "the socket unit has it in FileDescriptorName=: \"fd:web\"");
	memset(addr, 0, sizeof(*addr));
	addr->ss_family = AF_UNSPEC;
	*addrlen = sizeof(addr->ss_family);
	return 0;
}
