/*
 * A conf as a conf file, with all its defaults: what `eddyd -T` shows.
 *
 * What is printed parses back to the same conf, byte for byte when it is printed again.
 */
#include "conf/conf.h"

#include <sys/un.h>

/* Quoted, so that libconfuse's scanner reads the same bytes again. */
static void
string_print(FILE *out, const char *text)
{
	fputc('"', out);
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\' || *p == '$')
			fprintf(out, "\\%c", *p);
		else if (*p == '\n')
			fputs("\\n", out);
		else if (*p == '\t')
			fputs("\\t", out);
		else if (*p < ' ' || *p == 0x7f)
			fprintf(out, "\\x%02x",
				*p); /* an octal one would take in digits behind it */
		else
			fputc(*p, out);
	}
	fputc('"', out);
}

static void
value_print(FILE *out, const char *key, const char *value)
{
	fprintf(out, "%s = ", key);
	string_print(out, value);
	fputc('\n', out);
}

static void
duration_print(FILE *out, const char *key, unsigned ms)
{
	char buf[32];

	value_print(out, key, conf_duration_format(ms, buf));
}

static void
size_print(FILE *out, const char *key, uint64_t bytes)
{
	char buf[32];

	value_print(out, key, conf_size_format(bytes, buf));
}

static void
globals_print(const struct conf *conf, FILE *out)
{
	if (conf->workers_auto)
		fputs("workers = auto\n", out);
	else
		fprintf(out, "workers = %u\n", conf->workers);
	if (conf->worker_connections)
		fprintf(out, "worker_connections = %u\n", conf->worker_connections);
	else
		fputs("worker_connections = auto\n", out);
	if (conf->user)
		value_print(out, "user", conf->user);
	if (conf->group)
		value_print(out, "group", conf->group);
	if (conf->control)
		value_print(out, "control", conf->control);
	value_print(out, "log", conf->log_place);
	duration_print(out, "drain_timeout", conf->drain_timeout_ms);
	duration_print(out, "hang_timeout", conf->hang_timeout_ms);
	duration_print(out, "quarantine", conf->quarantine_ms);
	fprintf(out, "fs_threads = %u\n", conf->fs_threads);
}

static void
http_print(const struct conf_http *http, FILE *out)
{
	fputs("\nhttp {\n", out);
	duration_print(out, "\tkeepalive_timeout", http->keepalive_timeout_ms);
	duration_print(out, "\theader_timeout", http->header_timeout_ms);
	duration_print(out, "\tbody_timeout", http->body_timeout_ms);
	duration_print(out, "\twrite_timeout", http->write_timeout_ms);
	fprintf(out, "\tkeepalive_requests = %u\n", http->keepalive_requests);
	size_print(out, "\tmin_rate", http->min_rate);
	size_print(out, "\tmax_request_line", http->max_request_line);
	fprintf(out, "\tmax_headers = %u\n", http->max_headers);
	size_print(out, "\tmax_head", http->max_head);
	size_print(out, "\tmax_body", http->max_body);
	fprintf(out, "\tconnections_per_address = %u\n", http->connections_per_address);
	value_print(out, "\taccess_log", http->access_log);
	value_print(out, "\taccess_format", http->access_format);
	fputs("}\n", out);
}

static void
head_print(FILE *out, const char *section, const char *title)
{
	fprintf(out, "\n%s ", section);
	string_print(out, title);
	fputs(" {\n", out);
}

static void
listen_print(const struct conf *conf, const struct conf_listen *listen, FILE *out)
{
	head_print(out, "listen", listen->address);
	value_print(out, "\tprotocol", listen->protocol == CONF_TCP ? "tcp" : "http");
	if (listen->protocol == CONF_TCP)
		value_print(out, "\tmodule", conf->modules[listen->module].name);
	fprintf(out, "\tbacklog = %d\n", listen->backlog);
	if (listen->addr.ss_family != AF_UNIX && listen->addr.ss_family != AF_UNSPEC)
		value_print(out, "\taccept",
			    listen->accept == CONF_ACCEPT_REUSEPORT ? "reuseport" : "shared");
	if (listen->addr.ss_family == AF_INET6)
		fprintf(out, "\tipv6only = %s\n", listen->ipv6only ? "true" : "false");
	/* the first byte of an abstract socket's path is NUL: it has no mode */
	if (listen->addr.ss_family == AF_UNIX &&
	    ((const struct sockaddr_un *)&listen->addr)->sun_path[0])
		fprintf(out, "\tmode = \"%04o\"\n", (unsigned)listen->mode);
	fputs("}\n", out);
}

static void
module_print(const struct conf_module *module, FILE *out)
{
	head_print(out, "module", module->name);
	value_print(out, "\tpath", module->path);
	if (module->noptions) {
		fputs("\toptions {\n", out);
		for (size_t i = 0; i < module->noptions; i++) {
			fprintf(out, "\t\t%s = ", module->options[i].key);
			string_print(out, module->options[i].value);
			fputc('\n', out);
		}
		fputs("\t}\n", out);
	}
	fputs("}\n", out);
}

static void
route_print(const struct conf *conf, const struct conf_route *route, FILE *out)
{
	head_print(out, "route", route->path);
	value_print(out, "\tmodule", conf->modules[route->module].name);
	if (route->handler)
		value_print(out, "\thandler", route->handler);
	if (route->nmethods) {
		fputs("\tmethods = {", out);
		for (size_t i = 0; i < route->nmethods; i++) {
			fputs(i ? ", " : " ", out);
			string_print(out, route->methods[i]);
		}
		fputs(" }\n", out);
	}
	size_print(out, "\tmax_body", route->max_body);
	duration_print(out, "\tbody_timeout", route->body_timeout_ms);
	duration_print(out, "\twrite_timeout", route->write_timeout_ms);
	size_print(out, "\tmin_rate", route->min_rate);
	value_print(out, "\taccess_log", route->access_log ? "on" : "off");
	fputs("}\n", out);
}

void
conf_print(const struct conf *conf, FILE *out)
{
	globals_print(conf, out);
	http_print(&conf->http, out);
	for (size_t i = 0; i < conf->nlistens; i++)
		listen_print(conf, &conf->listens[i], out);
	for (size_t i = 0; i < conf->nmodules; i++)
		module_print(&conf->modules[i], out);
	for (size_t i = 0; i < conf->nroutes; i++)
		route_print(conf, &conf->routes[i], out);
}
