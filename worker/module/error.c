/*
 * The names and sentences of eddy.h's error codes.
 *
 * Three ranges: eddy's own, c-ares's (EDDY_DNS_…), and the system's (EDDY_ERRNO), whose texts are
 * the C library's.
 */
#include <string.h>

#include "eddy.h"

struct error_text {
	const char *name, *text;
};

#define DNS_BASE 2000
#define ERRNO_BASE 1000

static const struct error_text own[] = {
	[-EDDY_OK] = {"OK", "no error"},
	[-EDDY_EINVAL] = {"EINVAL", "an argument is not what the function takes"},
	[-EDDY_ENOMEM] = {"ENOMEM", "out of memory"},
	[-EDDY_EAGAIN] = {"EAGAIN", "not now, try again later"},
	[-EDDY_ETOOBIG] = {"ETOOBIG", "larger than the limit"},
	[-EDDY_EHEADERS_SENT] = {"EHEADERS_SENT", "the head has been written already"},
	[-EDDY_EWRITE_AFTER_END] = {"EWRITE_AFTER_END", "it has been ended already"},
	[-EDDY_ECLOSED] = {"ECLOSED", "it is closed already"},
	[-EDDY_ECONTENT_LENGTH] = {"ECONTENT_LENGTH",
				   "more or fewer body bytes than the Content-Length header says"},
	[-EDDY_EHEADER] = {"EHEADER", "a header name or value with bytes that may not be there"},
	[-EDDY_EABORTED] = {"EABORTED", "the other side left before the body had come whole"},
	[-EDDY_ETIMEOUT] = {"ETIMEOUT", "it took too long"},
	[-EDDY_EBADMSG] = {"EBADMSG", "the other side sent a message with broken framing"},
	[-EDDY_ETHREAD] = {"ETHREAD", "called on another thread than the loop's"},
};

static const struct error_text dns[] = {
	[-EDDY_DNS_ENODATA - DNS_BASE] = {"ENODATA", "the name has no record of that type"},
	[-EDDY_DNS_EFORMERR -
		DNS_BASE] = {"EFORMERR", "the DNS server did not understand the question"},
	[-EDDY_DNS_ESERVFAIL - DNS_BASE] = {"ESERVFAIL", "the DNS server failed"},
	[-EDDY_DNS_ENOTFOUND - DNS_BASE] = {"ENOTFOUND", "there is no such name"},
	[-EDDY_DNS_ENOTIMP - DNS_BASE] = {"ENOTIMP", "the DNS server does not do that"},
	[-EDDY_DNS_EREFUSED - DNS_BASE] = {"EREFUSED", "the DNS server refused"},
	[-EDDY_DNS_EBADQUERY - DNS_BASE] = {"EBADQUERY", "the question cannot be asked"},
	[-EDDY_DNS_EBADNAME - DNS_BASE] = {"EBADNAME", "what was asked for is no host name"},
	[-EDDY_DNS_EBADFAMILY - DNS_BASE] = {"EBADFAMILY", "the address family is not known"},
	[-EDDY_DNS_EBADRESP -
		DNS_BASE] = {"EBADRESP", "the DNS server's answer cannot be understood"},
	[-EDDY_DNS_ECONNREFUSED - DNS_BASE] = {"ECONNREFUSED", "no DNS server could be reached"},
	[-EDDY_DNS_ETIMEOUT - DNS_BASE] = {"ETIMEOUT", "no DNS server answered in time"},
	[-EDDY_DNS_ECANCELLED - DNS_BASE] = {"ECANCELLED", "the query was cancelled"},
};

static const struct error_text *
text_at(const struct error_text *texts, size_t n, int at)
{
	return at >= 0 && (size_t)at < n && texts[at].name != NULL ? &texts[at] : NULL;
}

static const struct error_text *
text_find(int error)
{
	if (error > -ERRNO_BASE)
		return text_at(own, sizeof(own) / sizeof(own[0]), -error);
	if (error > -DNS_BASE - ERRNO_BASE)
		return text_at(dns, sizeof(dns) / sizeof(dns[0]), -error - DNS_BASE);
	return NULL;
}

/* errno's number, or 0: it is none. */
static int
errno_of(int error)
{
	return error < -ERRNO_BASE && error > -DNS_BASE ? -error - ERRNO_BASE : 0;
}

const char *
eddy_strerror(int error)
{
	const struct error_text *text = text_find(error);
	const char *system = strerrordesc_np(errno_of(error));

	if (text != NULL)
		return text->text;
	return errno_of(error) != 0 && system != NULL ? system : "unknown error";
}

const char *
eddy_error_name(int error)
{
	const struct error_text *text = text_find(error);
	const char *system = strerrorname_np(errno_of(error));

	if (text != NULL)
		return text->name;
	return errno_of(error) != 0 && system != NULL ? system : "EUNKNOWN";
}
