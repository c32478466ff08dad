/*
 * resolve: asks the DNS and answers in JSON.
 *
 *	module "resolve" { options { servers = "192.0.2.53"  timeout = "2000" } }
 *	route "/resolve" { module = "resolve" }
 *
 * GET /resolve?name=example.org is a lookup: the addresses, as a program gets them that connects.
 * With &type=MX (A, AAAA, CAA, CNAME, NAPTR, NS, PTR, SOA, SRV, TXT) it is the records of that type,
 * and with an address as the name the names that it has. `servers` and `timeout` (ms, for one try)
 * are for all modules of the worker; without them it is what /etc/resolv.conf says.
 */
#include <arpa/inet.h>
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 1024 /* bytes of a parameter: no name is longer */

/* JSON ---------------------------------------------------------------------------- */

/* A string of n bytes. What is no ASCII may be anything: each such byte is told by its number. */
static void
json_string(FILE *out, const char *p, size_t n)
{
	fputc('"', out);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void
json_member(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	json_string(out, text, strlen(text));
}

/* The answer's body is written into memory, and sent when it is whole. */
struct answer {
	FILE *out;
	char *body;
	size_t n;
};

static FILE *
answer_open(struct answer *answer)
{
	answer->out = open_memstream(&answer->body, &answer->n);
	return answer->out;
}

static void
answer_send(struct answer *answer, eddy_response *res, int status)
{
	fputc('\n', answer->out);
	if (fclose(answer->out) == 0)
		eddy_response_send(res, status, "application/json", answer->body, answer->n);
	else
		eddy_response_send(res, 500, NULL, NULL, 0);
	free(answer->body);
}

static int
error_status(int err)
{
	switch (err) {
	case EDDY_DNS_ENOTFOUND:
	case EDDY_DNS_ENODATA:
		return 404;
	case EDDY_EINVAL:
	case EDDY_DNS_EBADNAME:
	case EDDY_DNS_EBADQUERY:
		return 400;
	case EDDY_DNS_ETIMEOUT:
		return 504;
	case EDDY_ENOMEM:
	case EDDY_DNS_ECANCELLED: /* the worker goes */
		return 503;
	default:
		return 502;
	}
}

static void
send_error_as(eddy_response *res, int err, const char *message)
{
	struct answer answer;

	if (answer_open(&answer) == NULL) {
		eddy_response_send(res, 500, NULL, NULL, 0);
		return;
	}
	fputs("{\"error\":", answer.out);
	json_string(answer.out, eddy_error_name(err), strlen(eddy_error_name(err)));
	json_member(answer.out, "message", message);
	fputc('}', answer.out);
	answer_send(&answer, res, error_status(err));
}

static void
send_error(eddy_response *res, int err)
{
	send_error_as(res, err, eddy_strerror(err));
}

/* What the DNS says --------------------------------------------------------------- */

/* Opens the array of answers; false: an error has been sent instead. */
static bool
answer_begin(struct answer *answer, eddy_response *res, int err)
{
	if (err == 0 && answer_open(answer) == NULL)
		err = EDDY_ENOMEM;
	if (err != 0) {
		send_error(res, err);
		return false;
	}
	fputc('[', answer->out);
	return true;
}

static void
looked_up(int err, const eddy_dns_address *addresses, size_t n, void *arg)
{
	struct answer answer;

	if (!answer_begin(&answer, arg, err))
		return;
	for (size_t i = 0; i < n; i++)
		fprintf(answer.out, "%s{\"address\":\"%s\",\"family\":%d}", i > 0 ? "," : "",
			addresses[i].address, addresses[i].family);
	fputc(']', answer.out);
	answer_send(&answer, arg, 200);
}

static void
reversed(int err, const char *const *names, size_t n, void *arg)
{
	struct answer answer;

	if (!answer_begin(&answer, arg, err))
		return;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fputc(',', answer.out);
		json_string(answer.out, names[i], strlen(names[i]));
	}
	fputc(']', answer.out);
	answer_send(&answer, arg, 200);
}

/* The members that only some types have. */
static void
json_record(FILE *out, const eddy_dns_record *record)
{
	const char *type = record->type;

	fprintf(out, "{\"type\":\"%s\",\"ttl\":%u,\"value\":", type, record->ttl);
	json_string(out, record->value, record->size);
	if (strcmp(type, "MX") == 0 || strcmp(type, "SRV") == 0)
		fprintf(out, ",\"priority\":%u", record->priority);
	if (strcmp(type, "SRV") == 0)
		fprintf(out, ",\"weight\":%u,\"port\":%u", record->weight, record->port);
	if (strcmp(type, "CAA") == 0) {
		fprintf(out, ",\"critical\":%u", record->critical);
		json_member(out, "tag", record->tag);
	}
	if (strcmp(type, "NAPTR") == 0) {
		fprintf(out, ",\"order\":%u,\"preference\":%u", record->priority, record->weight);
		json_member(out, "flags", record->flags);
		json_member(out, "service", record->service);
		json_member(out, "regexp", record->regexp);
	}
	if (strcmp(type, "SOA") == 0) {
		json_member(out, "hostmaster", record->hostmaster);
		fprintf(out,
			",\"serial\":%u,\"refresh\":%u,\"retry\":%u,\"expire\":%u,"
			"\"minimum_ttl\":%u",
			record->serial, record->refresh, record->retry, record->expire,
			record->minimum_ttl);
	}
	fputc('}', out);
}

static void
resolved(int err, const eddy_dns_record *const *records, size_t n, void *arg)
{
	struct answer answer;

	if (err == EDDY_EINVAL) {
		send_error_as(arg, err,
			      "type is one of A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, CAA and "
			      "NAPTR");
		return;
	}
	if (!answer_begin(&answer, arg, err))
		return;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fputc(',', answer.out);
		json_record(answer.out, records[i]);
	}
	fputc(']', answer.out);
	answer_send(&answer, arg, 200);
}

/* The question -------------------------------------------------------------------- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Decodes n bytes of a query ("%41", "+" for a space) into a string. False: a "%" without two hex
 * digits, a NUL, or too long.
 */
static bool
decode(const char *p, size_t n, char text[TEXT_MAX])
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		int c = p[i] == '+' ? ' ' : (unsigned char)p[i];

		if (c == '%') {
			int high = i + 2 < n ? hex_digit(p[i + 1]) : -1;
			int low = i + 2 < n ? hex_digit(p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = high * 16 + low;
			i += 2;
		}
		if (c == '\0' || used == TEXT_MAX - 1)
			return false;
		text[used++] = (char)c;
	}
	text[used] = '\0';
	return true;
}

/* The value of a parameter of the query ("name=…&type=…"); empty if it is not there. */
static bool
query_param(eddy_str query, const char *key, char text[TEXT_MAX])
{
	const char *p = query.p, *end = query.p + query.n, *next;
	size_t n = strlen(key);

	text[0] = '\0';
	for (; p != NULL && p < end; p = next + 1) {
		next = memchr(p, '&', (size_t)(end - p));
		if (next == NULL)
			next = end;
		if ((size_t)(next - p) > n && p[n] == '=' && memcmp(p, key, n) == 0)
			return decode(p + n + 1, (size_t)(next - p) - n - 1, text);
	}
	return true;
}

/* The client has the answer, or has left: then nobody waits for one. */
static void
resolve_close(eddy_response *res, void *query)
{
	(void)res;
	eddy_dns_cancel(query);
}

static void
resolve_request(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_response_events events = {.close = resolve_close};
	char name[TEXT_MAX], type[TEXT_MAX], address[sizeof(struct in6_addr)];
	eddy_str asked = eddy_request_query(req);
	eddy_dns_query *query;

	(void)state;
	if (!query_param(asked, "name", name) || !query_param(asked, "type", type)) {
		send_error(res, EDDY_DNS_EBADQUERY);
		return;
	}
	if (type[0] != '\0')
		query = eddy_dns_resolve(name, type, resolved, res);
	else if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1)
		query = eddy_dns_reverse(name, reversed, res);
	else
		query = eddy_dns_lookup(name, 0, looked_up, res);
	if (query == NULL)
		send_error(res, EDDY_ENOMEM);
	else
		eddy_response_on(res, &events, query);
}

static int
resolve_load(eddy_module *self, void **state)
{
	const char *servers = eddy_module_option(self, "servers", NULL);
	const char *timeout = eddy_module_option(self, "timeout", "0");
	char *end;
	unsigned long ms = strtoul(timeout, &end, 10);

	(void)state;
	if (servers != NULL && eddy_dns_set_servers(servers) != 0)
		return eddy_module_fail(self,
					"bad servers \"%s\": addresses separated by commas, such "
					"as \"192.0.2.1,[2001:db8::1]:5353\"",
					servers);
	if (*end != '\0' || ms > 60000 || eddy_dns_set_timeout((unsigned)ms, 0) != 0)
		return eddy_module_fail(self, "bad timeout \"%s\": milliseconds, at most 60000",
					timeout);
	return 0;
}

static const char *const options[] = {"servers", "timeout", NULL};

EDDY_MODULE(.name = "resolve", .version = "1", .load = resolve_load, .request = resolve_request,
	    .options = options);
