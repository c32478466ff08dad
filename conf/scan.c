/*
 * Splits a conf file into tokens, by the rules of libconfuse's own scanner, but strictly.
 *
 * libconfuse knows no more than the line it is at, drops bytes that it does not know, puts
 * environment variables into strings, and carries an unclosed string over into the next file that
 * it reads. So each file is scanned here first, where every such thing is an error with its place,
 * and libconfuse is given only what has passed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/private.h"

/* What ends a word; what else is printable, and all bytes above ASCII, belong to it. */
#define WORD_ENDS " \t\r\n#\"'={}(),"

struct scan {
	const char *p, *start, *bytes, *end;
	unsigned line;
	const char *name;
	struct conf_errors *errors;
	struct tokens *tokens;
	char *buf; /* the text of the string being read; never longer than the file */
	size_t len;
};

#define scan_error(scan, at, ...)                                                                \
	do {                                                                                     \
		if ((scan)->errors)                                                              \
			conf_errors_add((scan)->errors, (struct conf_where){(scan)->name, (at)}, \
					__VA_ARGS__);                                            \
	} while (0)

static int
token_add(struct scan *scan, enum token_type type, unsigned line, const char *text, size_t len)
{
	struct tokens *tokens = scan->tokens;
	struct token *grown;
	char *copy = NULL;

	if ((tokens->count & (tokens->count - 1)) == 0) {
		grown = reallocarray(tokens->list, tokens->count ? tokens->count * 2 : 1,
				     sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		tokens->list = grown;
	}
	if (text) {
		copy = strndup(text, len);
		if (!copy)
			return -ENOMEM;
	}
	tokens->list[tokens->count++] = (struct token){
		.type = type,
		.line = line,
		.start = (size_t)(scan->start - scan->bytes),
		.end = (size_t)(scan->p - scan->bytes),
		.text = copy,
	};
	return 0;
}

static void
line_comment_skip(struct scan *scan)
{
	while (scan->p < scan->end && *scan->p != '\n')
		scan->p++;
}

static int
block_comment_skip(struct scan *scan)
{
	unsigned line = scan->line;

	for (scan->p += 2; scan->p < scan->end; scan->p++) {
		if (scan->p[0] == '*' && scan->p[1] == '/') {
			scan->p += 2;
			return 0;
		}
		if (*scan->p == '\n')
			scan->line++;
	}
	scan_error(scan, line, "this comment is not closed: the \"*/\" is missing");
	return token_add(scan, TOKEN_BAD, line, NULL, 0);
}

static unsigned
digits_read(struct scan *scan, unsigned base, size_t max)
{
	unsigned n = 0;

	for (size_t i = 0; i < max; i++, scan->p++) {
		char c = *scan->p;
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (unsigned)((c | 0x20) - 'a' + 10);
		else
			break;
		if (digit >= base)
			break;
		n = n * base + digit;
	}
	return n;
}

/* \nnn and \xhh. False: there is an error, which has been reported. */
static bool
escape_number(struct scan *scan, const char *escape)
{
	bool hex = *scan->p == 'x';
	unsigned n;
	const char *digits;

	scan->p += hex;
	digits = scan->p;
	n = digits_read(scan, hex ? 16 : 8, hex ? 2 : 3);
	if (!hex)
		while (*scan->p >= '0' &&
		       *scan->p <= '9') { /* libconfuse takes all the digits, and then refuses */
			scan->p++;
			n = 256;
		}
	if (n >= 1 && n <= 255 && scan->p > digits) {
		scan->buf[scan->len++] = (char)n;
		return true;
	}
	scan_error(scan, scan->line,
		   "bad escape \"%.*s\" in a string: give one byte as \\001 to \\377 or \\x01 to "
		   "\\xff",
		   (int)(scan->p - escape), escape);
	return false;
}

/* What follows a backslash in a double-quoted string. */
static bool
escape_read(struct scan *scan)
{
	static const char letters[] = "nrbfaetv", meanings[] = "\n\r\b\f\a\033\t\v";
	const char *escape = scan->p++, *letter;

	if ((*scan->p >= '0' && *scan->p <= '9') || *scan->p == 'x')
		return escape_number(scan, escape);
	if (*scan->p == '\n') {
		scan->line++;
	} else {
		letter = strchr(letters, *scan->p);
		scan->buf[scan->len++] = letter ? meanings[letter - letters] : *scan->p;
	}
	scan->p++;
	return true;
}

/* Single quotes know \\ and \' only. */
static void
single_escape_read(struct scan *scan)
{
	scan->p++;
	if (*scan->p == '\n')
		scan->line++;
	else if (*scan->p != '\\' && *scan->p != '\'')
		scan->buf[scan->len++] = '\\';
	if (*scan->p != '\n')
		scan->buf[scan->len++] = *scan->p;
	scan->p++;
}

static int
string_read(struct scan *scan)
{
	char quote = *scan->p++;
	unsigned line = scan->line;
	bool good = true;

	scan->len = 0;
	while (scan->p < scan->end && *scan->p != quote && *scan->p != '\n') {
		if (*scan->p == '\\' && scan->p + 1 < scan->end) {
			if (quote == '\'')
				single_escape_read(scan);
			else if (!escape_read(scan))
				good = false;
			continue;
		}
		if (quote == '"' && scan->p[0] == '$' && scan->p[1] == '{') {
			scan_error(scan, scan->line,
				   "\"${\" in a string: environment variables are not put in; "
				   "for the two characters themselves write \"\\${\"");
			good = false;
		}
		scan->buf[scan->len++] = *scan->p++;
	}
	if (scan->p == scan->end || *scan->p == '\n') {
		scan_error(scan, line, "this string is not closed: a %s is missing at its end",
			   quote == '"' ? "double quote (\")" : "single quote (')");
		good = false;
	} else {
		scan->p++;
	}
	return token_add(scan, good ? TOKEN_STRING : TOKEN_BAD, line, good ? scan->buf : NULL,
			 scan->len);
}

/* What libconfuse would drop, replace, or take for a comment: it may only stand in a string. */
static bool
needs_quotes(const char *p)
{
	return *p == '$' || *p == '*' || *p == '+' || (*p == '/' && (p[1] == '/' || p[1] == '*'));
}

/* "${name}" as libconfuse would replace it; its end, or NULL: there is none here. */
static const char *
variable_end(const struct scan *scan)
{
	size_t len = strcspn(scan->p, "}\n");

	return scan->p[0] == '$' && scan->p[1] == '{' && scan->p[len] == '}' ? scan->p + len : NULL;
}

/* The quotes of word processors, in UTF-8: U+2018 to U+201F, U+00AB, U+00BB. */
static bool
is_fancy_quote(const char *p)
{
	const unsigned char *c = (const unsigned char *)p;

	return (c[0] == 0xe2 && c[1] == 0x80 && c[2] >= 0x98 && c[2] <= 0x9f) ||
	       (c[0] == 0xc2 && (c[1] == 0xab || c[1] == 0xbb));
}

static int
word_read(struct scan *scan)
{
	bool good = true, variable = false, fancy = is_fancy_quote(scan->p);
	const char *end;

	for (; scan->p < scan->end; scan->p++) {
		unsigned char c = (unsigned char)*scan->p;

		if (c <= ' ' || c == 0x7f || strchr(WORD_ENDS, c) ||
		    (c == '+' && scan->p[1] == '='))
			break;
		good = good && !fancy && !needs_quotes(scan->p);
		end = variable_end(scan);
		variable = variable || end;
		if (end)
			scan->p = end;
	}
	if (good)
		return token_add(scan, TOKEN_WORD, scan->line, scan->start,
				 (size_t)(scan->p - scan->start));
	scan_error(
		scan, scan->line, "\"%.*s\" %s", (int)(scan->p - scan->start), scan->start,
		variable ? "refers to the environment, which is not put in: write the value itself"
		: fancy	 ? "has typographic quotes: write plain ones (\")"
			 : "has to stand in quotes");
	return token_add(scan, TOKEN_BAD, scan->line, NULL, 0);
}

static int
control_refuse(struct scan *scan)
{
	unsigned char c = (unsigned char)*scan->p++;

	scan_error(scan, scan->line, "stray control byte 0x%02x", c);
	return token_add(scan, TOKEN_BAD, scan->line, NULL, 0);
}

/* One token, or what stands between two. */
static int
scan_step(struct scan *scan)
{
	char c = *scan->p;

	scan->start = scan->p;
	switch (c) {
	case '\n':
		scan->line++;
		/* fallthrough */
	case ' ':
	case '\t':
	case '\r':
		scan->p++;
		return 0;
	case '#':
		line_comment_skip(scan);
		return 0;
	case '/':
		if (scan->p[1] == '/')
			line_comment_skip(scan);
		else if (scan->p[1] == '*')
			return block_comment_skip(scan);
		else
			return word_read(scan);
		return 0;
	case '"':
	case '\'':
		return string_read(scan);
	case '+':
		if (scan->p[1] != '=')
			return word_read(scan);
		scan->p++;
		/* fallthrough */
	case '{':
	case '}':
	case '(':
	case ')':
	case '=':
	case ',':
		scan->p++;
		return token_add(scan, (enum token_type)c, scan->line, NULL, 0);
	default:
		return (unsigned char)c < 0x20 || c == 0x7f ? control_refuse(scan)
							    : word_read(scan);
	}
}

static bool
bytes_begin(const struct scan *scan, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(scan->end - scan->bytes) >= len && memcmp(scan->bytes, with, len) == 0;
}

/* A NUL byte means that this is no text: one error, instead of one for everything that follows. */
static int
nul_refuse(struct scan *scan)
{
	const char *nul = memchr(scan->bytes, '\0', (size_t)(scan->end - scan->bytes));
	unsigned line = 1;

	if (!nul)
		return 0;
	for (const char *p = scan->bytes; p < nul; p++)
		line += *p == '\n';
	if (bytes_begin(scan, "\177ELF"))
		scan_error(scan, 0, "this is a program or a compiled module, not a conf file");
	else if (bytes_begin(scan, "\xff\xfe") || bytes_begin(scan, "\xfe\xff"))
		scan_error(scan, 0, "this is UTF-16: save it as UTF-8");
	else
		scan_error(scan, line, "a NUL byte: this is not a text file");
	scan->start = scan->p = scan->end;
	return token_add(scan, TOKEN_BAD, line, NULL, 0);
}

int
conf_scan(const struct conf_file *file, struct tokens *tokens, struct conf_errors *errors)
{
	struct scan scan = {
		.p = file->bytes,
		.start = file->bytes,
		.bytes = file->bytes,
		.end = file->bytes + file->size,
		.line = 1,
		.name = file->name,
		.errors = errors,
		.tokens = tokens,
	};
	int rc;

	*tokens = (struct tokens){0};
	scan.buf = malloc(file->size + 1);
	if (!scan.buf)
		return -ENOMEM;
	/* the mark that some editors put before UTF-8 */
	if (bytes_begin(&scan, "\xef\xbb\xbf"))
		scan.p += 3;
	rc = nul_refuse(&scan);
	while (rc == 0 && scan.p < scan.end)
		rc = scan_step(&scan);
	scan.start = scan.p;
	if (rc == 0)
		rc = token_add(&scan, TOKEN_END, scan.line, NULL, 0);
	free(scan.buf);
	if (rc < 0)
		conf_tokens_fini(tokens);
	return rc;
}

void
conf_tokens_fini(struct tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++)
		free(tokens->list[i].text);
	free(tokens->list);
	*tokens = (struct tokens){0};
}
