/*
 * The format of the access log: a text with Apache's % directives in it, taken apart.
 *
 * Both programs read it: eddyd to say what is wrong with it and where, the workers to make lines by
 * it. "combined" and "json" are formats like any other, written down here.
 */
#include "conf/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A directive is "%" with the argument in braces, if it has one, and the letters. */
static const struct {
	const char *letters, *argument;
	enum conf_format_kind kind;
} directives[] = {
	{"h", NULL, CONF_FORMAT_ADDRESS},	 {"a", NULL, CONF_FORMAT_ADDRESS},
	{"p", "remote", CONF_FORMAT_PORT},	 {"l", NULL, CONF_FORMAT_NOTHING},
	{"u", NULL, CONF_FORMAT_NOTHING},	 {"t", NULL, CONF_FORMAT_TIME},
	{"t", "iso", CONF_FORMAT_TIME_ISO},	 {"t", "sec", CONF_FORMAT_TIME_SEC},
	{"r", NULL, CONF_FORMAT_LINE},		 {"r", "url", CONF_FORMAT_URL},
	{"r", "unparsed", CONF_FORMAT_UNPARSED}, {"m", NULL, CONF_FORMAT_METHOD},
	{"U", NULL, CONF_FORMAT_PATH},		 {"q", NULL, CONF_FORMAT_QUERY},
	{"H", NULL, CONF_FORMAT_PROTOCOL},	 {"s", NULL, CONF_FORMAT_STATUS},
	{">s", NULL, CONF_FORMAT_STATUS},	 {"b", NULL, CONF_FORMAT_BYTES_OR_DASH},
	{"B", NULL, CONF_FORMAT_BYTES},		 {"D", NULL, CONF_FORMAT_TOOK_US},
	{"T", "us", CONF_FORMAT_TOOK_US},	 {"T", "ms", CONF_FORMAT_TOOK_MS},
	{"T", "s", CONF_FORMAT_TOOK_S},		 {"T", NULL, CONF_FORMAT_TOOK_S},
	{"k", NULL, CONF_FORMAT_KEPT},		 {"P", NULL, CONF_FORMAT_PID},
	{"n", "route", CONF_FORMAT_ROUTE},	 {"n", "module", CONF_FORMAT_MODULE},
	{"n", "worker", CONF_FORMAT_WORKER},	 {"n", "generation", CONF_FORMAT_GENERATION},
};

static const char there_are[] =
	"there are %% %h %a %{remote}p %l %u %t %{iso}t %{sec}t %r %{url}r %{unparsed}r %m %U %q "
	"%H %s %>s %b %B %D %T %{ms}T %{us}T %{s}T %k %P %{Name}i (a header of the request) "
	"%{route}n %{module}n %{worker}n %{generation}n";

static const char combined[] = "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"";

static const char json[] =
	"{\"time\":%{iso}t,\"remote\":%h,\"port\":%{remote}p,\"method\":%m,\"url\":%{url}r,"
	"\"version\":%H,\"unparsed\":%{unparsed}r,\"status\":%s,\"bytes\":%B,"
	"\"referer\":%{Referer}i,\"user_agent\":%{User-Agent}i,\"duration_ms\":%{ms}T,"
	"\"route\":%{route}n,\"module\":%{module}n,\"worker\":%{worker}n,\"kept\":%k}";

static int
item_add(struct conf_format *format, enum conf_format_kind kind, const char *text, size_t n)
{
	struct conf_format_item *items =
		reallocarray(format->items, format->count + 1, sizeof(*items));
	char *copy = text ? strndup(text, n) : NULL;

	if (items)
		format->items = items;
	if (!items || (text && !copy)) {
		free(copy);
		return -ENOMEM;
	}
	items[format->count++] =
		(struct conf_format_item){.kind = kind, .text = copy, .size = copy ? n : 0};
	return 0;
}

static bool
argument_is(const char *argument, size_t n, const char *wanted)
{
	if (!argument || !wanted)
		return !argument && !wanted;
	return strlen(wanted) == n && memcmp(argument, wanted, n) == 0;
}

/* The directive at *p, behind its "%"; *p moves behind it. 0, -EINVAL, -ENOMEM. */
static int
directive_take(struct conf_format *format, const char **p)
{
	const char *argument = NULL, *letters = *p, *end;
	size_t n = 0;

	if (*letters == '{') {
		argument = letters + 1;
		end = strchr(argument, '}');
		if (!end)
			return -EINVAL;
		n = (size_t)(end - argument);
		letters = end + 1;
	}
	if (argument && *letters == 'i' && n > 0 && strspn(argument, CONF_TOKEN_CHARS) >= n) {
		*p = letters + 1;
		return item_add(format, CONF_FORMAT_HEADER, argument, n);
	}
	for (size_t i = 0; i < COUNT(directives); i++) {
		if (strncmp(letters, directives[i].letters, strlen(directives[i].letters)) != 0 ||
		    !argument_is(argument, n, directives[i].argument))
			continue;
		*p = letters + strlen(directives[i].letters);
		return item_add(format, directives[i].kind, NULL, 0);
	}
	return -EINVAL;
}

/* How a wrong directive is shown: up to the letter behind its braces, or as far as it goes. */
static int
directive_length(const char *p)
{
	size_t n = 0;

	if (p[1] == '{')
		n = strcspn(p, "}");
	else if (p[1] == '>')
		n = 1;
	n += strnlen(p + n, 2);
	return n > 48 ? 48 : (int)n;
}

static int
items_take(struct conf_format *format, const char *text, char *why, size_t size)
{
	const char *p = text;
	int rc = 0;

	while (*p && rc == 0) {
		size_t n = strcspn(p, "%");

		if (p[0] == '%' && p[1] == '%') {
			rc = item_add(format, CONF_FORMAT_TEXT, p, 1);
			p += 2;
		} else if (n > 0) {
			rc = item_add(format, CONF_FORMAT_TEXT, p, n);
			p += n;
		} else {
			const char *at = p++;

			rc = directive_take(format, &p);
			if (rc == -EINVAL)
				snprintf(why, size, "unknown directive \"%.*s\": %s",
					 directive_length(at), at, there_are);
		}
	}
	return rc;
}

int
conf_format_parse(const char *text, struct conf_format *format, char *why, size_t size)
{
	static const char *const names[] = {"combined", "json"};
	const char *near = conf_nearest(text, names, COUNT(names));
	int rc;

	*format = (struct conf_format){.json = strcmp(text, names[1]) == 0};
	if (format->json)
		return items_take(format, json, why, size);
	if (strcmp(text, names[0]) == 0)
		return items_take(format, combined, why, size);
	rc = -EINVAL;
	if (!strchr(text, '%') && near)
		snprintf(why, size, "did you mean \"%s\"?", near);
	else if (!strchr(text, '%'))
		snprintf(why, size,
			 "give \"combined\", \"json\" or a text with directives in it, such as "
			 "\"%%h %%r %%>s\"");
	else if (text[strcspn(text, "\n\r")])
		snprintf(why, size, "a line of the log has no line ends in it");
	else
		rc = items_take(format, text, why, size);
	if (rc == 0 && format->count > CONF_FORMAT_ITEMS_MAX) {
		rc = -EINVAL;
		snprintf(why, size, "it has more than %d parts", CONF_FORMAT_ITEMS_MAX);
	}
	if (rc == 0 && strlen(text) > CONF_FORMAT_SIZE_MAX) {
		rc = -EINVAL;
		snprintf(why, size, "it is longer than %d bytes", CONF_FORMAT_SIZE_MAX);
	}
	return rc;
}

void
conf_format_fini(struct conf_format *format)
{
	for (size_t i = 0; i < format->count; i++)
		free(format->items[i].text);
	free(format->items);
	*format = (struct conf_format){0};
}
