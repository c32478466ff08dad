/*
 * The machine, for lib/os.js: what the kernel knows, which no disk is waited for, and the user's entry,
 * which may lie on one or with a directory service, and is looked up while the script loads only.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "js.h"

#define TEXT_BLOCK 16384

static JSValueRef
number(const struct js *js, double value)
{
	return JSValueMakeNumber(js->ctx, value);
}

/* What a call has failed with, as lib/os.js takes it: below 0. */
static JSValueRef
failure(const struct js *js, int err)
{
	return number(js, -err);
}

/* osKernel(file): the text of one of the files of /proc that tell of processors, memory and this process, or -errno. */
static JSValueRef
os_kernel(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	static const char *const files[] = {"/proc/stat", "/proc/cpuinfo", "/proc/meminfo",
					    "/proc/self/status"};
	unsigned which = (unsigned)js_int(js, js_arg(js, argc, argv, 0), 0);
	char *text = NULL, *more;
	JSValueRef value;
	size_t n = 0;
	ssize_t got;
	int fd, err = 0;

	(void)exception;
	if (which >= sizeof(files) / sizeof(files[0]))
		return failure(js, EINVAL);
	fd = open(files[which], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return failure(js, errno);
	do {
		more = realloc(text, n + TEXT_BLOCK);
		if (more == NULL) {
			err = ENOMEM;
			break;
		}
		text = more;
		got = read(fd, text + n, TEXT_BLOCK);
		if (got < 0)
			err = errno;
		else
			n += (size_t)got;
	} while (got > 0);
	close(fd);
	value = err == 0 ? js_text_n(js, text, n) : failure(js, err);
	free(text);
	return value;
}

/* osLoads(): the averages of 1, 5 and 15 minutes. */
static JSValueRef
os_loads(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	double loads[3] = {0};
	JSValueRef values[3];

	(void)argc;
	(void)argv;
	getloadavg(loads, 3);
	for (int i = 0; i < 3; i++)
		values[i] = number(js, loads[i]);
	return JSObjectMakeArray(js->ctx, 3, values, exception);
}

/* osParallelism(): how many processors this process may run on. */
static JSValueRef
os_parallelism(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	cpu_set_t set;

	(void)argc;
	(void)argv;
	(void)exception;
	if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
		return number(js, CPU_COUNT(&set));
	return number(js, (double)sysconf(_SC_NPROCESSORS_ONLN));
}

/* osUptime(): of the machine, in seconds and hundredths. */
static JSValueRef
os_uptime(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct timespec now = {0};

	(void)argc;
	(void)argv;
	(void)exception;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return number(js, (double)now.tv_sec + (double)(now.tv_nsec / 10000000) / 100);
}

/* osGetPriority(pid): the priority, or -100 - errno, for priorities may be below 0 themselves. */
static JSValueRef
os_get_priority(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	int priority;

	(void)exception;
	errno = 0;
	priority = getpriority(PRIO_PROCESS, (id_t)js_int(js, js_arg(js, argc, argv, 0), 0));
	if (priority == -1 && errno != 0)
		return number(js, -100.0 - errno);
	return number(js, priority);
}

/* osSetPriority(pid, priority): 0 or -errno. */
static JSValueRef
os_set_priority(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	id_t pid = (id_t)js_int(js, js_arg(js, argc, argv, 0), 0);
	int priority = js_int(js, js_arg(js, argc, argv, 1), 0);

	(void)exception;
	return setpriority(PRIO_PROCESS, pid, priority) == 0 ? number(js, 0) : failure(js, errno);
}

/*
 * osUser(): [user's id, group's id, name, home, shell] of who this process is; -errno; undefined when it
 * cannot be looked up now, since the worker serves.
 */
static JSValueRef
os_user(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct passwd entry, *found = NULL;
	JSValueRef values[5], value;
	size_t size = 1024;
	char *text = NULL, *more;
	int err;

	(void)argc;
	(void)argv;
	if (!js->loading)
		return js_undefined(js);
	do { /* entries of directory services can be long */
		size *= 2;
		more = realloc(text, size);
		if (more == NULL) {
			err = ENOMEM;
			break;
		}
		text = more;
		err = getpwuid_r(geteuid(), &entry, text, size, &found);
	} while (err == ERANGE);
	if (found != NULL) {
		values[0] = number(js, entry.pw_uid);
		values[1] = number(js, entry.pw_gid);
		values[2] = js_text(js, entry.pw_name);
		values[3] = js_text(js, entry.pw_dir);
		values[4] = js_text(js, entry.pw_shell);
		value = JSObjectMakeArray(js->ctx, 5, values, exception);
	} else {
		value = failure(js, err != 0 ? err : ENOENT);
	}
	free(text);
	return value;
}

/* The hardware address of the interface `name`, of 6 bytes as all are that have one. */
static const unsigned char *
hardware_address(const struct ifaddrs *all, const char *name)
{
	static const unsigned char none[6];

	for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next)
		if (one->ifa_addr != NULL && one->ifa_addr->sa_family == AF_PACKET &&
		    strcmp(one->ifa_name, name) == 0)
			return ((const struct sockaddr_ll *)(const void *)one->ifa_addr)->sll_addr;
	return none;
}

static JSValueRef
address_text(const struct js *js, const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (address != NULL && address->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
			  text, sizeof(text));
	else if (address != NULL && address->sa_family == AF_INET6)
		inet_ntop(AF_INET6,
			  &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text,
			  sizeof(text));
	return js_text(js, text);
}

/* [name, address, netmask, family, hardware address, internal, scope] */
static JSValueRef
interface_of(const struct js *js, const struct ifaddrs *all, const struct ifaddrs *one,
	     JSValueRef *exception)
{
	const unsigned char *mac = hardware_address(all, one->ifa_name);
	int family = one->ifa_addr->sa_family;
	JSValueRef values[7];
	char text[18];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5]);
	values[0] = js_text(js, one->ifa_name);
	values[1] = address_text(js, one->ifa_addr);
	values[2] = address_text(js, one->ifa_netmask);
	values[3] = number(js, family == AF_INET ? 4 : 6);
	values[4] = js_text(js, text);
	values[5] = JSValueMakeBoolean(js->ctx, (one->ifa_flags & IFF_LOOPBACK) != 0);
	values[6] = number(js, 0);
	if (family == AF_INET6)
		values[6] = number(
			js,
			((const struct sockaddr_in6 *)(const void *)one->ifa_addr)->sin6_scope_id);
	return JSObjectMakeArray(js->ctx, 7, values, exception);
}

/* osInterfaces(): an array for each address of those that are up, or -errno. */
static JSValueRef
os_interfaces(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	JSObjectRef list = JSObjectMakeArray(js->ctx, 0, NULL, exception);
	struct ifaddrs *all = NULL;
	unsigned n = 0;

	(void)argc;
	(void)argv;
	if (getifaddrs(&all) < 0)
		return failure(js, errno);
	for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
		if ((one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_RUNNING) == 0 ||
		    one->ifa_addr == NULL ||
		    (one->ifa_addr->sa_family != AF_INET && one->ifa_addr->sa_family != AF_INET6))
			continue;
		JSObjectSetPropertyAtIndex(js->ctx, list, n++,
					   interface_of(js, all, one, exception), exception);
	}
	freeifaddrs(all);
	return list;
}

const struct js_binding js_os_bindings[] = {
	{"osKernel", os_kernel},
	{"osLoads", os_loads},
	{"osParallelism", os_parallelism},
	{"osUptime", os_uptime},
	{"osGetPriority", os_get_priority},
	{"osSetPriority", os_set_priority},
	{"osUser", os_user},
	{"osInterfaces", os_interfaces},
	{NULL, NULL},
};
