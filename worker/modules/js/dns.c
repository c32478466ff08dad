/*
 * Names, for lib/dns.js: each question is there until its answer, which comes as one event.
 */
#include <stdlib.h>
#include <string.h>

#include "js.h"

struct question {
	struct js *js;
	eddy_dns_query *handle;
	double id;
};

/* The last of a question: its answer, or the code of what went wrong. */
static void
question_tell(struct question *question, int err, JSValueRef answer)
{
	struct js *js = question->js;
	JSValueRef args[3] = {JSValueMakeNumber(js->ctx, question->id),
			      err == 0 ? js_undefined(js) : js_text(js, eddy_error_name(err)),
			      answer};

	js_table_remove(&js->questions, question->id);
	free(question);
	js_dispatch(js, JS_DNS, 3, args);
}

static void
array_put(const struct js *js, JSObjectRef array, size_t i, JSValueRef value)
{
	JSObjectSetPropertyAtIndex(js->ctx, array, (unsigned)i, value, NULL);
}

/* [address, family, address, family, …] */
static void
looked_up(int err, const eddy_dns_address *addresses, size_t n, void *arg)
{
	struct question *question = arg;
	const struct js *js = question->js;
	JSObjectRef array = JSObjectMakeArray(js->ctx, 0, NULL, NULL);

	for (size_t i = 0; i < n; i++) {
		array_put(js, array, 2 * i, js_text(js, addresses[i].address));
		array_put(js, array, 2 * i + 1, JSValueMakeNumber(js->ctx, addresses[i].family));
	}
	question_tell(question, err, array);
}

static void
reversed(int err, const char *const *names, size_t n, void *arg)
{
	struct question *question = arg;
	const struct js *js = question->js;
	JSObjectRef array = JSObjectMakeArray(js->ctx, 0, NULL, NULL);

	for (size_t i = 0; i < n; i++)
		array_put(js, array, i, js_latin1_text(js, names[i], strlen(names[i])));
	question_tell(question, err, array);
}

static void
set_text(const struct js *js, JSObjectRef object, const char *name, const char *text)
{
	if (text != NULL)
		js_set(js, object, name, js_latin1_text(js, text, strlen(text)));
}

static void
set_number(const struct js *js, JSObjectRef object, const char *name, double number)
{
	js_set(js, object, name, JSValueMakeNumber(js->ctx, number));
}

/* The strings that a TXT record is made of. */
static JSValueRef
record_strings(const struct js *js, const eddy_dns_record *record)
{
	JSObjectRef array = JSObjectMakeArray(js->ctx, 0, NULL, NULL);
	const char *at = record->value;

	for (size_t i = 0; i < record->nlengths; at += record->lengths[i++])
		array_put(js, array, i, js_latin1_text(js, at, record->lengths[i]));
	return array;
}

/* All that a record may have; lib/dns.js takes what its type has, under Node's names. */
static JSValueRef
record_object(const struct js *js, const eddy_dns_record *record)
{
	JSObjectRef object = JSObjectMake(js->ctx, NULL, NULL);

	js_set(js, object, "value", js_latin1_text(js, record->value, record->size));
	set_number(js, object, "ttl", record->ttl);
	set_number(js, object, "priority", record->priority);
	set_number(js, object, "weight", record->weight);
	set_number(js, object, "port", record->port);
	set_number(js, object, "critical", record->critical);
	set_text(js, object, "tag", record->tag);
	set_text(js, object, "flags", record->flags);
	set_text(js, object, "service", record->service);
	set_text(js, object, "regexp", record->regexp);
	if (strcmp(record->type, "TXT") == 0)
		js_set(js, object, "strings", record_strings(js, record));
	if (strcmp(record->type, "SOA") != 0)
		return object;
	set_text(js, object, "hostmaster", record->hostmaster);
	set_number(js, object, "serial", record->serial);
	set_number(js, object, "refresh", record->refresh);
	set_number(js, object, "retry", record->retry);
	set_number(js, object, "expire", record->expire);
	set_number(js, object, "minttl", record->minimum_ttl);
	return object;
}

static void
resolved(int err, const eddy_dns_record *const *records, size_t n, void *arg)
{
	struct question *question = arg;
	const struct js *js = question->js;
	JSObjectRef array = JSObjectMakeArray(js->ctx, 0, NULL, NULL);

	for (size_t i = 0; i < n; i++)
		array_put(js, array, i, record_object(js, records[i]));
	question_tell(question, err, array);
}

/* functions ----------------------------------------------------------------------- */

static struct question *
question_new(struct js *js)
{
	struct question *question = calloc(1, sizeof(*question));

	if (question == NULL)
		return NULL;
	question->js = js;
	question->id = js_table_add(&js->questions, question);
	if (question->id != 0)
		return question;
	free(question);
	return NULL;
}

/* The id of a question that is under way; 0 for one that cannot be asked: the worker ends. */
static JSValueRef
question_id(const struct js *js, struct question *question)
{
	double id = 0;

	if (question != NULL && question->handle != NULL) {
		id = question->id;
	} else if (question != NULL) {
		js_table_remove(&question->js->questions, question->id);
		free(question);
	}
	return JSValueMakeNumber(js->ctx, id);
}

/* dnsLookup(host, family): an id. */
static JSValueRef
dns_lookup(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *host = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	struct question *question = host != NULL ? question_new(js) : NULL;

	(void)exception;
	if (question != NULL)
		question->handle = eddy_dns_lookup(host, js_int(js, js_arg(js, argc, argv, 1), 0),
						   looked_up, question);
	free(host);
	return question_id(js, question);
}

static eddy_dns_resolver *
resolver_arg(const struct js *js, size_t argc, const JSValueRef argv[], size_t i)
{
	return js_table_get(&js->resolvers, js_number(js, js_arg(js, argc, argv, i), 0));
}

/* dnsResolve(name, type, resolver): an id; without a resolver the worker's servers are asked. */
static JSValueRef
dns_resolve(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *name = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	char *type = js_utf8(js, js_arg(js, argc, argv, 1), NULL);
	struct question *question = name != NULL && type != NULL ? question_new(js) : NULL;
	eddy_dns_resolver *resolver = resolver_arg(js, argc, argv, 2);

	(void)exception;
	if (question != NULL && resolver != NULL)
		question->handle =
			eddy_dns_resolver_resolve(resolver, name, type, resolved, question);
	else if (question != NULL)
		question->handle = eddy_dns_resolve(name, type, resolved, question);
	free(name);
	free(type);
	return question_id(js, question);
}

/* dnsReverse(address, resolver): an id. */
static JSValueRef
dns_reverse(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *address = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	struct question *question = address != NULL ? question_new(js) : NULL;
	eddy_dns_resolver *resolver = resolver_arg(js, argc, argv, 1);

	(void)exception;
	if (question != NULL && resolver != NULL)
		question->handle = eddy_dns_resolver_reverse(resolver, address, reversed, question);
	else if (question != NULL)
		question->handle = eddy_dns_reverse(address, reversed, question);
	free(address);
	return question_id(js, question);
}

/* dnsCancel(id): its answer says ECANCELLED. */
static JSValueRef
dns_cancel(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct question *question =
		js_table_get(&js->questions, js_number(js, js_arg(js, argc, argv, 0), 0));

	(void)exception;
	if (question != NULL)
		eddy_dns_cancel(question->handle);
	return js_undefined(js);
}

/* dnsServers(servers): sets them, if they are given, and tells which there are. */
static JSValueRef
dns_servers(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_str servers;
	char *text;

	if (argc > 0) {
		text = js_utf8(js, argv[0], NULL);
		if (text == NULL || eddy_dns_set_servers(text) != 0)
			js_throw(js, exception, "ERR_DNS_SET_SERVERS_FAILED",
				 "c-ares failed to set servers: \"%s\" [%s]: at most 16 addresses",
				 eddy_strerror(EDDY_EINVAL), text != NULL ? text : "");
		free(text);
	}
	servers = eddy_dns_get_servers();
	return servers.p != NULL ? js_text_n(js, servers.p, servers.n) : js_undefined(js);
}

/* dnsResolver(servers, timeout, tries): an id. */
static JSValueRef
dns_resolver(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *servers = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	eddy_dns_resolver_options options = {
		.size = sizeof(options),
		.servers = servers,
		.timeout = js_unsigned(js, js_arg(js, argc, argv, 1)),
		.tries = js_unsigned(js, js_arg(js, argc, argv, 2)),
	};
	eddy_dns_resolver *resolver = eddy_dns_create_resolver(&options);
	double id = resolver != NULL ? js_table_add(&js->resolvers, resolver) : 0;

	if (id == 0)
		js_throw(js, exception, "ERR_DNS_SET_SERVERS_FAILED",
			 "c-ares failed to set servers: \"%s\" [%s]: at most 16 addresses",
			 eddy_strerror(EDDY_EINVAL), servers != NULL ? servers : "");
	if (id == 0 && resolver != NULL)
		eddy_dns_resolver_destroy(resolver);
	free(servers);
	return JSValueMakeNumber(js->ctx, id);
}

/* dnsResolverDestroy(id) */
static JSValueRef
dns_resolver_destroy(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_dns_resolver *resolver = resolver_arg(js, argc, argv, 0);

	(void)exception;
	if (resolver == NULL)
		return js_undefined(js);
	js_table_remove(&js->resolvers, js_number(js, js_arg(js, argc, argv, 0), 0));
	eddy_dns_resolver_destroy(resolver);
	return js_undefined(js);
}

const struct js_binding js_dns_bindings[] = {
	{"dnsLookup", dns_lookup},
	{"dnsResolve", dns_resolve},
	{"dnsReverse", dns_reverse},
	{"dnsCancel", dns_cancel},
	{"dnsServers", dns_servers},
	{"dnsResolver", dns_resolver},
	{"dnsResolverDestroy", dns_resolver_destroy},
	{NULL, NULL},
};
