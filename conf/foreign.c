/*
 * The words of other servers, for those who come from them: what eddy calls the same thing, or what
 * it does instead.
 *
 * Only words that eddy's own conf does not have stand here. packaging/migration.md has the whole of it.
 */
#include <string.h>

#include "conf/private.h"

static const struct {
	const char *word, *ours;
} words[] = {
	/* nginx */
	{"worker_processes", "in eddy it is workers = auto"},
	{"worker_rlimit_nofile", "eddyd takes as many open files as it may; LimitNOFILE= in its "
				 "unit says how many"},
	{"worker_cpu_affinity", "eddy leaves that to the kernel, or to CPUAffinity= in its unit"},
	{"events", "in eddy worker_connections stands at the top level"},
	{"server", "in eddy listen \"0.0.0.0:8080\" { } and route \"/\" { ... } stand at the top "
		   "level, and all routes are for all listens"},
	{"server_name", "eddy serves the same routes for every name; the Host is the module's to "
			"look at"},
	{"location", "in eddy it is route \"/path\" { module = \"...\" }, or \"/path/*\" for all "
		     "below it"},
	{"load_module", "in eddy it is module \"name\" { path = \"/path/name.so\" }"},
	{"upstream", "eddy is no proxy: a module asks other servers, as the example fetch does"},
	{"proxy_pass", "eddy is no proxy: a module asks other servers, as the example fetch does"},
	{"stream", "in eddy it is listen \"...\" { protocol = \"tcp\"  module = \"...\" }"},
	{"root", "eddy serves no files by itself: a module does, with eddy_response_send_file"},
	{"client_max_body_size", "in eddy it is max_body, in http { } or a route"},
	{"client_body_timeout", "in eddy it is body_timeout, in http { } or a route"},
	{"client_header_timeout", "in eddy it is header_timeout, in http { }"},
	{"large_client_header_buffers", "in eddy it is max_head, in http { }"},
	{"send_timeout", "in eddy it is write_timeout, in http { } or a route"},
	{"worker_shutdown_timeout", "in eddy it is drain_timeout"},
	{"limit_conn", "in eddy it is connections_per_address, in http { }"},
	{"limit_except", "in eddy it is methods = { \"GET\", \"HEAD\" } in a route"},
	{"error_log", "in eddy it is log"},
	{"log_format", "in eddy it is access_format, in http { }"},
	{"pid", "eddyd writes no pid file: `eddyctl status` says its pid"},
	{"daemon", "eddyd stays in the foreground: systemd, or another supervisor, has it in the "
		   "background"},
	{"ssl_certificate", "eddy does no TLS: put a proxy in front of it"},
	/* Kore */
	{"bind", "in eddy it is listen \"address:port\" { }"},
	{"load", "in eddy it is module \"name\" { path = \"./name.so\" }"},
	{"domain", "in eddy routes stand at the top level, and are the same for every name"},
	{"worker_max_connections", "in eddy it is worker_connections"},
	{"http_body_max", "in eddy it is max_body, in http { } or a route"},
	{"http_header_max", "in eddy it is max_head, in http { }"},
	{"runas", "in eddy it is user = \"name\""},
	{"tls", "eddy does no TLS: put a proxy in front of it"},
	/* HAProxy, lighttpd, and what one might try */
	{"frontend", "in eddy it is listen \"address:port\" { }"},
	{"backend", "eddy is no proxy: a module asks other servers, as the example fetch does"},
	{"nbproc", "in eddy it is workers"},
	{"nbthread", "in eddy it is workers: processes, one thread each"},
	{"threads", "in eddy it is workers: processes, one thread each"},
	{"processes", "in eddy it is workers"},
	{"port", "in eddy it is listen \"0.0.0.0:8080\" { }"},
	{"address", "in eddy it is listen \"0.0.0.0:8080\" { }"},
	{"host", "in eddy it is listen \"0.0.0.0:8080\" { }"},
	{"path", "in eddy it is route \"/path\" { module = \"...\" }"},
	{"timeout", "there are keepalive_timeout, header_timeout, body_timeout and write_timeout, "
		    "in http { }"},
};

const char *
conf_foreign(const char *word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].ours;
	return NULL;
}
