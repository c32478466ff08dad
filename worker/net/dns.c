/*
 * The life of a query; see dns.h.
 */
#include "net/dns.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/dns_query.h"

/*
 * A lookup is two packets each way, and an answer takes about a kilobyte of the 208 KB that a
 * socket's buffer may have where nothing was tuned.
 */
#define WIRE_BURST 64
#define WIRE_PACE_MS 10 /* until the next burst, if there are no answers */

/* Moving on ----------------------------------------------------------------------- */

static void
query_stand(struct dns_query *query, struct dns_queue *queue)
{
	TAILQ_INSERT_TAIL(queue, query, in);
	query->queue = queue;
}

static void
query_step_out(struct dns_query *query)
{
	if (query->queue != NULL)
		TAILQ_REMOVE(query->queue, query, in);
	query->queue = NULL;
}

static void
channel_unref(struct dns_channel *channel)
{
	if (--channel->refs > 0)
		return;
	LIST_REMOVE(channel, link);
	dns_channel_free(channel);
}

static void
query_free(struct dns_query *query)
{
	if (query->channel != NULL)
		channel_unref(query->channel);
	answer_fini(query);
	free(query);
}

/*
 * The last task of a query, or the one of its cancelling: then what is still busy with it posts
 * another.
 */
static void
query_run(struct task *task)
{
	struct dns_query *query =
		(struct dns_query *)(void *)((char *)task - offsetof(struct dns_query, task));
	static const struct dns_answer cancelled = {.err = EDDY_DNS_ECANCELLED};

	query->posted = false;
	if (!query->over) {
		query->over = true;
		LIST_REMOVE(query, link);
		loop_unref(query->dns->loop);
		query->done(query->arg, query->cancelled ? &cancelled : &query->answer);
	}
	if (!query->busy && !query->posted)
		query_free(query);
}

static void
query_post(struct dns_query *query)
{
	struct dns *dns = query->dns;

	if (query->posted)
		return;
	query->posted = true;
	query->task.run = query_run;
	if (dns->closed) { /* there is no next turn */
		task_post(&dns->loop->later, &query->task);
		return;
	}
	if (dns->over.first == NULL)
		loop_again(dns->loop, &dns->turn);
	task_post(&dns->over, &query->task);
}

/* Those that were over before: what they ask is for the next turn. */
static void
dns_turn(struct task *task)
{
	struct dns *dns = (struct dns *)(void *)((char *)task - offsetof(struct dns, turn));
	struct task *over = dns->over.first, *next;

	task_queue_init(&dns->over);
	for (; over != NULL; over = next) {
		next = over->next;
		over->run(over);
		loop_run_ticks(dns->loop);
	}
}

static void
query_fail(struct dns_query *query, int err)
{
	answer_error(query, err);
	query_post(query);
}

/* The servers --------------------------------------------------------------------- */

/* c-ares is done with it. */
static void
query_landed(struct dns_query *query)
{
	struct dns *dns = query->dns;

	query->busy = false;
	if (dns->room < WIRE_BURST)
		dns->room++;
	query_post(query);
}

static void
query_looked_up(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
	struct dns_query *query = arg;

	(void)timeouts;
	if (status == ARES_SUCCESS)
		answer_addrinfo(query, found);
	else
		answer_error(query, dns_error(status));
	if (found != NULL)
		ares_freeaddrinfo(found);
	query_landed(query);
}

static void
query_resolved(void *arg, int status, int timeouts, unsigned char *packet, int n)
{
	struct dns_query *query = arg;

	(void)timeouts;
	if (status == ARES_SUCCESS)
		answer_packet(query, packet, (size_t)n);
	else
		answer_error(query, dns_error(status));
	query_landed(query);
}

static void
query_send(struct dns_query *query)
{
	struct ares_addrinfo_hints hints = {.ai_family = query->family};
	struct dns_channel *channel = query->channel;
	char arpa[ARPA_MAX];
	const char *name = query->name;

	query->busy = true;
	if (query->kind == DNS_REVERSE) {
		address_to_arpa(&query->address, arpa);
		name = arpa;
	}
	if (query->kind == DNS_LOOKUP)
		ares_getaddrinfo(channel->ares, name, NULL, &hints, query_looked_up, query);
	else
		ares_query(channel->ares, name, ns_c_in, query->type, query_resolved, query);
	dns_channel_watch(channel);
}

/* Sends what there is room for. */
static void
dns_pump(struct dns *dns)
{
	struct dns_query *query;

	while (dns->room > 0 && (query = TAILQ_FIRST(&dns->wire)) != NULL) {
		query_step_out(query);
		dns->room--;
		query_send(query);
	}
	if (!TAILQ_EMPTY(&dns->wire) && !evtimer_pending(&dns->pace, NULL))
		evtimer_add(&dns->pace, &(struct timeval){.tv_usec = WIRE_PACE_MS * 1000});
}

static void
dns_paced(evutil_socket_t fd, short what, void *arg)
{
	struct dns *dns = arg;

	(void)fd;
	(void)what;
	loop_enter(dns->loop);
	dns->room = WIRE_BURST;
	dns_pump(dns);
	loop_leave(dns->loop);
}

static void
dns_worked(void *arg)
{
	dns_pump(arg);
}

/* The thread ---------------------------------------------------------------------- */

/* Touches nothing but the batch, the hosts channel, and channels that are not ready. */
static void
dns_work(struct job *job)
{
	struct dns *dns = (struct dns *)(void *)((char *)job - offsetof(struct dns, job));
	struct dns_query *query;

	if (dns->hosts == NULL)
		dns->hosts = resolver_open_hosts(&dns->resolver);
	TAILQ_FOREACH(query, &dns->batch, in) {
		if (!query->channel->ready && query->channel->ares == NULL)
			dns_channel_open(query->channel);
		if (query->ask_hosts && dns->hosts != NULL)
			hosts_ask(dns->hosts, query);
		else if (query->ask_hosts)
			answer_error(query, EDDY_ENOMEM);
	}
}

static void dns_post(struct dns *dns);

/* Where a query goes on that the thread has had. */
static void
query_go_on(struct dns_query *query, bool failed)
{
	struct dns_channel *channel = query->channel;

	query->busy = false;
	channel->ready = channel->ares != NULL;
	if (query->cancelled || query->answered)
		query_post(query);
	else if (failed || !channel->ready)
		query_fail(query, EDDY_ENOMEM);
	else
		query_stand(query, &query->dns->wire);
}

static void
dns_batch_done(struct dns *dns, bool failed)
{
	struct dns_query *query;

	dns->working = false;
	while ((query = TAILQ_FIRST(&dns->batch)) != NULL) {
		query_step_out(query);
		query_go_on(query, failed);
	}
	dns_pump(dns);
}

static void
dns_done_work(struct job *job)
{
	struct dns *dns = (struct dns *)(void *)((char *)job - offsetof(struct dns, job));

	dns_batch_done(dns, job->dropped);
	dns_post(dns);
}

/* Gives what waits to a thread: one batch at a time, so that the hosts channel has one user. */
static void
dns_post(struct dns *dns)
{
	struct dns_query *query;

	if (dns->working || TAILQ_EMPTY(&dns->waiting))
		return;
	while ((query = TAILQ_FIRST(&dns->waiting)) != NULL) {
		query_step_out(query);
		query_stand(query, &dns->batch);
		query->busy = true;
	}
	dns->working = true;
	dns->job.work = dns_work;
	dns->job.done = dns_done_work;
	if (threads_post(dns->threads, &dns->job) != 0)
		dns_batch_done(dns, true);
}

/* Asking -------------------------------------------------------------------------- */

static struct dns_channel *
dns_channel_now(struct dns_source *source)
{
	struct dns_channel *channel = source->channel;
	struct dns *dns = source->dns;

	if (channel == NULL) {
		channel = dns_channel_new(dns->loop, &dns->resolver, &source->settings, dns_worked,
					  dns);
		if (channel == NULL)
			return NULL;
		LIST_INSERT_HEAD(&dns->channels, channel, link);
		channel->refs = 1;
		source->channel = channel;
	}
	channel->refs++;
	return channel;
}

static struct dns_query *
query_new(struct dns *dns, enum dns_kind kind, const char *name, dns_done *done, void *arg)
{
	size_t n = strlen(name) + 1;
	struct dns_query *query = dns->closed ? NULL : malloc(sizeof(*query) + n);

	if (query == NULL)
		return NULL;
	*query = (struct dns_query){.dns = dns, .kind = kind, .done = done, .arg = arg};
	memcpy(query->name, name, n);
	LIST_INSERT_HEAD(&dns->queries, query, link);
	loop_ref(dns->loop);
	return query;
}

/* Lets it begin, or end if it has its answer already. */
static struct dns_query *
query_start(struct dns_query *query, struct dns_source *source)
{
	struct dns *dns = query->dns;

	if (!query->answered)
		query->channel = dns_channel_now(source);
	if (!query->answered && query->channel == NULL)
		answer_error(query, EDDY_ENOMEM);
	if (query->answered) {
		query_post(query);
		return query;
	}
	if (query->ask_hosts || !query->channel->ready) {
		query_stand(query, &dns->waiting);
		dns_post(dns);
	} else {
		query_stand(query, &dns->wire);
		dns_pump(dns);
	}
	return query;
}

/* Whether packets to [::1] have a way: without IPv6 it comes behind 127.0.0.1 (RFC 6724 5, 1). */
static bool
has_loopback6(void)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_port = htons(9), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool there;

	if (fd < 0)
		return false;
	there = connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0;
	close(fd);
	return there;
}

static void
answer_localhost(struct dns_query *query)
{
	struct net_address list[2] = {{.family = AF_INET6, .bytes[15] = 1},
				      {.family = AF_INET, .bytes = {127, 0, 0, 1}}},
			   six = list[0];

	if (query->family == AF_INET6)
		answer_addresses(query, list, 1);
	else if (query->family == AF_INET)
		answer_addresses(query, list + 1, 1);
	else {
		if (!has_loopback6()) {
			list[0] = list[1];
			list[1] = six;
		}
		answer_addresses(query, list, 2);
	}
}

struct dns_query *
dns_lookup(struct dns *dns, const char *host, int family, dns_done *done, void *arg)
{
	struct dns_query *query = query_new(dns, DNS_LOOKUP, host, done, arg);

	if (query == NULL)
		return NULL;
	query->family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
	query->ask_hosts = true;
	if (family != 0 && family != 4 && family != 6)
		answer_error(query, EDDY_DNS_EBADFAMILY);
	else if (name_is_address(host, &query->address)) {
		if (family == 0 || query->family == query->address.family)
			answer_addresses(query, &query->address, 1);
		else
			answer_error(query, EDDY_DNS_ENODATA);
	} else if (!name_is_host(host))
		answer_error(query, EDDY_DNS_EBADNAME);
	else if (name_is_localhost(host))
		answer_localhost(query);
	return query_start(query, &dns->own);
}

struct dns_query *
dns_resolve(struct dns_source *source, const char *name, const char *type, dns_done *done,
	    void *arg)
{
	struct dns_query *query = query_new(source->dns, DNS_RESOLVE, name, done, arg);

	if (query == NULL)
		return NULL;
	query->type = record_type(type);
	if (query->type < 0)
		answer_error(query, EDDY_EINVAL);
	else if (!name_is_askable(name))
		answer_error(query, EDDY_DNS_EBADNAME);
	return query_start(query, source);
}

struct dns_query *
dns_reverse(struct dns_source *source, const char *address, dns_done *done, void *arg)
{
	struct dns_query *query = query_new(source->dns, DNS_REVERSE, address, done, arg);

	if (query == NULL)
		return NULL;
	query->type = ns_t_ptr;
	query->ask_hosts = true;
	if (!name_is_address(address, &query->address))
		answer_error(query, EDDY_EINVAL);
	return query_start(query, source);
}

void
dns_cancel(struct dns_query *query)
{
	if (query->cancelled)
		return;
	query->cancelled = true;
	if (!query->busy)
		query_step_out(query);
	query_post(query);
}

void
dns_set(struct dns_source *source, const struct dns_settings *settings)
{
	struct dns_channel *before = source->channel;

	source->settings = *settings;
	source->channel = NULL;
	if (before != NULL)
		channel_unref(before);
}

struct dns_source *
dns_source_new(struct dns *dns, const struct dns_settings *settings)
{
	struct dns_source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return NULL;
	source->dns = dns;
	source->settings = *settings;
	LIST_INSERT_HEAD(&dns->sources, source, link);
	return source;
}

void
dns_source_free(struct dns_source *source)
{
	LIST_REMOVE(source, link);
	if (source->channel != NULL)
		channel_unref(source->channel);
	free(source);
}

/* --------------------------------------------------------------------------------- */

int
dns_init(struct dns *dns, struct loop *loop, struct threads *threads)
{
	*dns = (struct dns){.loop = loop, .threads = threads, .room = WIRE_BURST};
	TAILQ_INIT(&dns->waiting);
	TAILQ_INIT(&dns->batch);
	TAILQ_INIT(&dns->wire);
	dns->own.dns = dns;
	LIST_INIT(&dns->sources);
	LIST_INIT(&dns->channels);
	LIST_INIT(&dns->queries);
	handles_init(&dns->handles, HANDLE_QUERY);
	handles_init(&dns->of_resolvers, HANDLE_RESOLVER);
	evtimer_assign(&dns->pace, loop->base, dns_paced, dns);
	task_queue_init(&dns->over);
	dns->turn.run = dns_turn;
	return resolver_init(&dns->resolver, &dns->own.settings.servers);
}

void
dns_close(struct dns *dns)
{
	struct task *task, *next;
	struct dns_query *query;

	dns->closed = true;
	for (task = dns->over.first; task != NULL; task = next) {
		next = task->next;
		task_post(&dns->loop->later, task);
	}
	task_queue_init(&dns->over);
	LIST_FOREACH(query, &dns->queries, link)
		dns_cancel(query);
}

/* What c-ares still has of cancelled queries goes, and with its last query each channel. */
void
dns_fini(struct dns *dns)
{
	struct dns_channel *channel;
	struct dns_source *source;

	if (dns->loop == NULL)
		return;
	while ((source = LIST_FIRST(&dns->sources)) != NULL)
		dns_source_free(source);
	if (dns->own.channel != NULL)
		dns_set(&dns->own, &dns->own.settings);
	while ((channel = LIST_FIRST(&dns->channels)) != NULL) {
		ares_cancel(channel->ares);
		loop_leave(dns->loop);
	}
	event_del(&dns->pace);
	if (dns->hosts != NULL)
		ares_destroy(dns->hosts);
	resolver_fini(&dns->resolver);
	handles_fini(&dns->handles);
	handles_fini(&dns->of_resolvers);
	dns->loop = NULL;
}
