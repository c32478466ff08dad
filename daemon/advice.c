/*
 * Words of advice; see advice.h.
 */
#include "daemon/advice.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PORT_START 1024 /* of the ports for everybody, if the kernel does not say */
#define PORT_START_FILE "/proc/sys/net/ipv4/ip_unprivileged_port_start"

static unsigned
port_start(void)
{
	unsigned start = PORT_START;
	FILE *in = fopen(PORT_START_FILE, "re");

	if (in && fscanf(in, "%u", &start) != 1)
		start = PORT_START;
	if (in)
		fclose(in);
	return start;
}

static bool
may_bind_all(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};

	return syscall(SYS_capget, &header, sets) == 0 &&
	       (sets[0].effective & (UINT32_C(1) << CAP_NET_BIND_SERVICE));
}

const char *
advice_for_port(char text[ADVICE_BYTES])
{
	char self[128] = "eddyd";
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0)
		self[n] = '\0';
	snprintf(text, ADVICE_BYTES,
		 "ports below %u need root or CAP_NET_BIND_SERVICE: a unit of systemd's gives it "
		 "with AmbientCapabilities=CAP_NET_BIND_SERVICE, or binds the port itself as a "
		 "socket unit; `setcap cap_net_bind_service=+ep %s` gives it to the program; or "
		 "take a higher port",
		 port_start(), self);
	return text;
}

static unsigned
listen_port(const struct conf_listen *listen)
{
	const struct sockaddr_in *in = (const void *)&listen->addr;
	const struct sockaddr_in6 *in6 = (const void *)&listen->addr;

	if (listen->addr.ss_family == AF_INET)
		return ntohs(in->sin_port);
	return listen->addr.ss_family == AF_INET6 ? ntohs(in6->sin6_port) : UINT16_MAX;
}

static void
ports_look(struct log *log, const struct conf *conf)
{
	unsigned start = port_start();
	char text[ADVICE_BYTES];

	for (size_t i = 0; i < conf->nlistens && !may_bind_all(); i++)
		if (listen_port(&conf->listens[i]) < start)
			log_write_at(log, LOG_WARNING, conf->listens[i].where,
				     "listen \"%s\": whoever runs this check could not: %s",
				     conf->listens[i].address, advice_for_port(text));
}

/* Whether a start could bind the address at some port: an interface may come up later. */
static const char *
address_missing(const struct conf_listen *listen)
{
	struct sockaddr_storage addr = listen->addr;
	int family = addr.ss_family, fd, error;

	if (family == AF_INET)
		((struct sockaddr_in *)&addr)->sin_port = 0;
	else if (family == AF_INET6)
		((struct sockaddr_in6 *)&addr)->sin6_port = 0;
	else
		return NULL;
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno == EAFNOSUPPORT ? "this machine has IPv6 switched off" : NULL;
	error = bind(fd, (const struct sockaddr *)&addr, listen->addrlen) < 0 ? errno : 0;
	close(fd);
	return error == EADDRNOTAVAIL ? "no interface of this machine has that address" : NULL;
}

static void
addresses_look(struct log *log, const struct conf *conf)
{
	const char *why;

	for (size_t i = 0; i < conf->nlistens; i++) {
		why = address_missing(&conf->listens[i]);
		if (why)
			log_write_at(log, LOG_WARNING, conf->listens[i].where,
				     "listen \"%s\": a start would fail now: %s",
				     conf->listens[i].address, why);
	}
}

static void
routes_look(struct log *log, const struct conf *conf)
{
	for (size_t i = 0; i < conf->nlistens && !conf->nroutes; i++)
		if (conf->listens[i].protocol == CONF_HTTP)
			log_write_at(log, LOG_WARNING, conf->listens[i].where,
				     "listen \"%s\" answers 404 to everything: there is no route, "
				     "such as route \"/\" { module = \"%s\" }",
				     conf->listens[i].address, conf->modules[0].name);
}

/* The workers inherit the limit of open files. */
static void
connections_look(struct log *log, const struct conf *conf)
{
	struct rlimit files = {.rlim_cur = RLIM_INFINITY};
	unsigned most;

	getrlimit(RLIMIT_NOFILE, &files);
	most = conf_connections(conf, files.rlim_cur);
	if (most < conf->worker_connections)
		log_write_at(log, LOG_WARNING, conf->worker_connections_where,
			     "worker_connections = %u is more than the limit of open files (%llu) "
			     "has room for: each worker takes %u; LimitNOFILE= in the unit, or "
			     "ulimit -n, raises it",
			     conf->worker_connections, (unsigned long long)files.rlim_cur, most);
}

void
advice_give(struct log *log, const struct conf *conf, bool check)
{
	connections_look(log, conf);
	routes_look(log, conf);
	if (check) {
		ports_look(log, conf);
		addresses_look(log, conf);
	}
}
