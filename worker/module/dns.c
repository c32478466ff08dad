/*
 * The dns functions of eddy.h, on net/dns.h.
 *
 * A question remembers the module that asked, so that its callback is charged to that one. The
 * handle that a module has of it means nothing from the callback on.
 */
#include <stdlib.h>

#include "worker.h"

#define TIMEOUT_MAX_MS 3600000 /* it doubles with each try, and has to stay a number */
#define TRIES_MAX 16

struct question {
	struct worker *worker;
	struct eddy_module *module;
	struct dns_query *query;
	void *handle;
	union {
		void (*lookup)(int err, const eddy_dns_address *addresses, size_t n, void *arg);
		void (*resolve)(int err, const eddy_dns_record *const *records, size_t n,
				void *arg);
		void (*reverse)(int err, const char *const *names, size_t n, void *arg);
	} cb;
	void *arg;
};

static struct question *
question_new(void *arg)
{
	struct worker *worker = worker_self;
	struct question *question = malloc(sizeof(*question));

	if (question == NULL)
		return NULL;
	*question =
		(struct question){.worker = worker, .module = worker->calls.running, .arg = arg};
	question->handle = handle_new(&worker->dns.handles, question);
	if (question->handle == NULL) {
		free(question);
		return NULL;
	}
	return question;
}

static void
question_free(struct question *question)
{
	handle_free(&question->worker->dns.handles, question->handle);
	free(question);
}

/* The question is under way if there is a query. */
static eddy_dns_query *
question_ask(struct question *question, struct dns_query *query)
{
	if (query == NULL) {
		question_free(question);
		return NULL;
	}
	question->query = query;
	return question->handle;
}

/* Around the callback: the question is over with it. */
static struct question
question_answer(struct question *question)
{
	struct question answered = *question;

	question_free(question);
	call_begin(&answered.worker->calls, answered.module, SLOT_DNS, 0);
	return answered;
}

static void
looked_up(void *arg, const struct dns_answer *answer)
{
	struct question question = question_answer(arg);

	question.cb.lookup(answer->err, answer->addresses, answer->n, question.arg);
	call_end(&question.worker->calls);
}

static void
resolved(void *arg, const struct dns_answer *answer)
{
	struct question question = question_answer(arg);

	question.cb.resolve(answer->err, answer->records, answer->n, question.arg);
	call_end(&question.worker->calls);
}

static void
reversed(void *arg, const struct dns_answer *answer)
{
	struct question question = question_answer(arg);

	question.cb.reverse(answer->err, answer->names, answer->n, question.arg);
	call_end(&question.worker->calls);
}

eddy_dns_query *
eddy_dns_lookup(const char *host, int family,
		void (*cb)(int err, const eddy_dns_address *addresses, size_t n, void *arg),
		void *arg)
{
	struct question *question;

	if (api_check(host != NULL && cb != NULL, __func__) != 0)
		return NULL;
	question = question_new(arg);
	if (question == NULL)
		return NULL;
	question->cb.lookup = cb;
	return question_ask(question,
			    dns_lookup(&worker_self->dns, host, family, looked_up, question));
}

static eddy_dns_query *
source_resolve(struct dns_source *source, const char *name, const char *type,
	       void (*cb)(int err, const eddy_dns_record *const *records, size_t n, void *arg),
	       void *arg)
{
	struct question *question = question_new(arg);

	if (question == NULL)
		return NULL;
	question->cb.resolve = cb;
	return question_ask(question, dns_resolve(source, name, type, resolved, question));
}

static eddy_dns_query *
source_reverse(struct dns_source *source, const char *address,
	       void (*cb)(int err, const char *const *names, size_t n, void *arg), void *arg)
{
	struct question *question = question_new(arg);

	if (question == NULL)
		return NULL;
	question->cb.reverse = cb;
	return question_ask(question, dns_reverse(source, address, reversed, question));
}

eddy_dns_query *
eddy_dns_resolve(const char *name, const char *type,
		 void (*cb)(int err, const eddy_dns_record *const *records, size_t n, void *arg),
		 void *arg)
{
	if (api_check(name != NULL && type != NULL && cb != NULL, __func__) != 0)
		return NULL;
	return source_resolve(&worker_self->dns.own, name, type, cb, arg);
}

eddy_dns_query *
eddy_dns_reverse(const char *address,
		 void (*cb)(int err, const char *const *names, size_t n, void *arg), void *arg)
{
	if (api_check(address != NULL && cb != NULL, __func__) != 0)
		return NULL;
	return source_reverse(&worker_self->dns.own, address, cb, arg);
}

void
eddy_dns_cancel(eddy_dns_query *query)
{
	struct question *question = api_find(&worker_self->dns.handles, query, __func__);

	if (question != NULL)
		dns_cancel(question->query);
}

int
eddy_dns_set_servers(const char *servers)
{
	struct dns *dns = &worker_self->dns;
	struct dns_settings settings = dns->own.settings;
	int err = api_check(servers != NULL && dns_servers_parse(&settings.servers, servers) == 0,
			    __func__);

	if (err == 0)
		dns_set(&dns->own, &settings);
	return err;
}

eddy_str
eddy_dns_get_servers(void)
{
	struct dns *dns = &worker_self->dns;
	size_t n;

	if (!api_here(__func__))
		return (eddy_str){NULL, 0};
	n = dns_servers_format(&dns->own.settings.servers, dns->servers);
	return (eddy_str){dns->servers, n};
}

int
eddy_dns_set_timeout(unsigned ms, unsigned tries)
{
	struct dns *dns = &worker_self->dns;
	struct dns_settings settings = dns->own.settings;
	int err = api_check(ms <= TIMEOUT_MAX_MS && tries <= TRIES_MAX, __func__);

	if (err != 0)
		return err;
	if (ms != 0)
		settings.timeout_ms = ms;
	if (tries != 0)
		settings.tries = tries;
	dns_set(&dns->own, &settings);
	return 0;
}

/* Resolvers ----------------------------------------------------------------------- */

/* What the options change of the settings. 0 or EDDY_EINVAL. */
static int
resolver_settings(struct dns_settings *settings, const eddy_dns_resolver_options *options,
		  const char *what)
{
	int err = api_check_as(options->size >= sizeof(*options), what,
			       API_NO_SIZE(eddy_dns_resolver_options));

	if (err == 0)
		err = api_check(options->timeout <= TIMEOUT_MAX_MS && options->tries <= TRIES_MAX,
				what);
	if (err == 0 && options->servers != NULL)
		err = api_check(dns_servers_parse(&settings->servers, options->servers) == 0, what);
	if (err != 0)
		return err;
	if (options->timeout != 0)
		settings->timeout_ms = options->timeout;
	if (options->tries != 0)
		settings->tries = options->tries;
	return 0;
}

eddy_dns_resolver *
eddy_dns_create_resolver(const eddy_dns_resolver_options *options)
{
	struct dns *dns = &worker_self->dns;
	struct dns_settings settings;
	struct dns_source *source;

	if (!api_here(__func__))
		return NULL;
	settings = dns->own.settings;
	if (options != NULL && resolver_settings(&settings, options, __func__) != 0)
		return NULL;
	source = dns_source_new(dns, &settings);
	if (source == NULL)
		return NULL;
	source->handle = handle_new(&dns->of_resolvers, source);
	if (source->handle == NULL) {
		dns_source_free(source);
		return NULL;
	}
	return source->handle;
}

eddy_dns_query *
eddy_dns_resolver_resolve(eddy_dns_resolver *resolver, const char *name, const char *type,
			  void (*cb)(int err, const eddy_dns_record *const *records, size_t n,
				     void *arg),
			  void *arg)
{
	struct dns_source *source = api_find(&worker_self->dns.of_resolvers, resolver, __func__);

	if (source == NULL || api_check(name != NULL && type != NULL && cb != NULL, __func__) != 0)
		return NULL;
	return source_resolve(source, name, type, cb, arg);
}

eddy_dns_query *
eddy_dns_resolver_reverse(eddy_dns_resolver *resolver, const char *address,
			  void (*cb)(int err, const char *const *names, size_t n, void *arg),
			  void *arg)
{
	struct dns_source *source = api_find(&worker_self->dns.of_resolvers, resolver, __func__);

	if (source == NULL || api_check(address != NULL && cb != NULL, __func__) != 0)
		return NULL;
	return source_reverse(source, address, cb, arg);
}

void
eddy_dns_resolver_destroy(eddy_dns_resolver *resolver)
{
	struct dns *dns = &worker_self->dns;
	struct dns_source *source = api_find(&dns->of_resolvers, resolver, __func__);

	if (source == NULL)
		return;
	handle_free(&dns->of_resolvers, resolver);
	dns_source_free(source);
}
