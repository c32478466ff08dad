/*
 * Taking URLs apart; see url.h.
 */
#include "http/url.h"

#include <string.h>

#include "http/chars.h"
#include "http/host.h"

/* "http://" at the start, in any case: its length, or 0. */
static size_t
scheme_length(const char *text)
{
	static const char scheme[] = "http://";

	for (size_t i = 0; i < sizeof(scheme) - 1; i++)
		if (char_lower((unsigned char)text[i]) != scheme[i])
			return 0;
	return sizeof(scheme) - 1;
}

/* Splits "host:port", which host_is_valid has found good. */
static const char *
authority_split(struct url *url, const char *p, size_t n)
{
	const char *end = p + n, *colon;

	colon = p[0] == '[' ? (const char *)memchr(p, ']', n) + 1 : memchr(p, ':', n);
	if (colon == NULL)
		colon = end;
	url->host = (eddy_str){p, (size_t)(colon - p)};
	url->port = 0;
	for (const char *digit = colon + 1; digit < end; digit++)
		url->port = url->port * 10 + (unsigned)(*digit - '0');
	if (colon + 1 >= end)
		url->port = URL_PORT_HTTP;
	if (memchr(p, '%', url->host.n) != NULL)
		return "the url's host has a percent sign, which no host name has";
	return url->port == 0 ? "the url's port is 0" : NULL;
}

static const char *
url_split(struct url *url, const char *text)
{
	const char *p = text + scheme_length(text), *fragment;
	size_t n;

	if (p == text)
		return "the url does not begin with http://";
	n = strcspn(p, "/?#");
	if (n == 0)
		return "the url has no host";
	if (memchr(p, '@', n) != NULL)
		return "the url has user information, which belongs into a header";
	if (!host_is_valid(p, n) || p[0] == ':')
		return "the url's host or port is malformed";
	fragment = strchr(p, '#');
	url->target.p = p + n;
	url->target.n = fragment != NULL ? (size_t)(fragment - p) - n : strlen(p + n);
	url->rootless = url->target.n == 0 || url->target.p[0] == '?';
	if (!chars_all_or_none(url->target.p, url->target.n, CHAR_TARGET) ||
	    (fragment != NULL &&
	     !chars_all_or_none(fragment + 1, strlen(fragment + 1), CHAR_TARGET)))
		return "the url's path or query has bytes that must be percent-encoded";
	return authority_split(url, p, n);
}

int
url_parse(struct url *url, const char *text, const char **why)
{
	*url = (struct url){.port = 0};
	*why = text != NULL ? url_split(url, text) : "there is no url";
	return *why == NULL ? 0 : EDDY_EINVAL;
}
