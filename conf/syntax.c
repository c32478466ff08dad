/*
 * Holds the tokens of a conf file against the schema, statement by statement.
 *
 * libconfuse stops at the first statement that does not fit its schema. Here each of them is
 * reported, and blanked out of the text that libconfuse is then given, so that one reading finds
 * all there is to find. A section whose closing brace is missing is taken to end where a statement
 * begins that can only stand outside of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/private.h"

#define NAMES_MAX 32 /* more than any section has keys */

struct walk {
	struct syntax *out;
	const struct conf_file *file;
	const struct token *at;
	const cfg_opt_t *top;
	struct conf_errors *errors;
	bool balanced; /* as many "}" as "{" */
	bool lost;     /* a statement of the section at hand is not kept */
	int rc;
};

/* What has become of a statement. */
enum fate {
	FATE_KEEP,    /* libconfuse shall see it */
	FATE_DONE,    /* what is worth keeping has been kept already */
	FATE_LOST,    /* its section is not whole */
	FATE_MISSING, /* and what other sections refer to may be gone with it */
};

/* Where a statement stands: the keys there are, and how to call the place. */
struct scope {
	const cfg_opt_t *opts;
	const char *name; /* NULL: the top level */
	bool free;	  /* any key */
};

#define IN(scope) (scope)->name ? " in " : "", (scope)->name ? (scope)->name : ""

#define walk_error(walk, at_line, ...)                                                      \
	conf_errors_add((walk)->errors, (struct conf_where){(walk)->file->name, (at_line)}, \
			__VA_ARGS__)

static const cfg_opt_t *
opt_find(const cfg_opt_t *opts, const char *name)
{
	for (; opts->name; opts++)
		if (strcmp(opts->name, name) == 0)
			return opts;
	return NULL;
}

/* what is kept --------------------------------------------------------------------------------- */

static void
tokens_keep(struct walk *walk, const struct token *from, const struct token *to)
{
	for (; from < to; from++)
		memcpy(walk->out->text + from->start, walk->file->bytes + from->start,
		       from->end - from->start);
}

static void
tokens_blank(struct walk *walk, const struct token *from, const struct token *to)
{
	for (size_t i = from->start; i < to->start; i++)
		if (walk->out->text[i] != '\n')
			walk->out->text[i] = ' ';
}

static void
section_keep(struct walk *walk, unsigned line)
{
	struct syntax_section *grown;

	grown = reallocarray(walk->out->sections, walk->out->nsections + 1, sizeof(*grown));
	if (!grown) {
		walk->rc = -ENOMEM;
		return;
	}
	walk->out->sections = grown;
	grown[walk->out->nsections++] = (struct syntax_section){.line = line};
}

static void
option_keep(struct walk *walk, const char *name)
{
	char **grown;

	for (size_t i = 0; i < walk->out->noptions; i++)
		if (strcmp(walk->out->options[i], name) == 0)
			return;
	grown = reallocarray(walk->out->options, walk->out->noptions + 1, sizeof(*grown));
	if (grown) {
		walk->out->options = grown;
		grown[walk->out->noptions] = strdup(name);
		if (grown[walk->out->noptions]) {
			walk->out->noptions++;
			return;
		}
	}
	walk->rc = -ENOMEM;
}

/* what is skipped ------------------------------------------------------------------------------ */

static bool
is_text(const struct token *token)
{
	return token->type == TOKEN_WORD || token->type == TOKEN_STRING || token->type == TOKEN_BAD;
}

/* From an opening token to behind the one that closes it. */
static void
balanced_skip(struct walk *walk, const char *name)
{
	enum token_type open = walk->at->type,
			close = open == TOKEN_OPEN ? TOKEN_CLOSE : TOKEN_PAREN_CLOSE;
	unsigned line = walk->at->line;
	size_t depth = 0;

	for (; walk->at->type != TOKEN_END; walk->at++) {
		if (walk->at->type == open) {
			depth++;
		} else if (walk->at->type == close && --depth == 0) {
			walk->at++;
			return;
		}
	}
	walk->out->incomplete = true;
	walk_error(walk, line, "the \"%c\" of \"%s\" is not closed: a \"%c\" is missing", open,
		   name, close);
}

/* What belongs to a statement that has gone wrong, as far as its form shows. */
static void
rest_skip(struct walk *walk, const char *name)
{
	if (walk->at->type == TOKEN_STRING || walk->at->type == TOKEN_BAD)
		walk->at++;
	if (walk->at->type == TOKEN_SET || walk->at->type == TOKEN_APPEND) {
		walk->at++;
		if (is_text(walk->at) && walk->at[1].type != TOKEN_SET)
			walk->at++;
		else if (walk->at->type == TOKEN_OPEN)
			balanced_skip(walk, name);
		return;
	}
	if (walk->at->type == TOKEN_WORD && walk->at[1].type == TOKEN_OPEN)
		walk->at++;
	if (walk->at->type == TOKEN_OPEN || walk->at->type == TOKEN_PAREN_OPEN)
		balanced_skip(walk, name);
}

/* What cannot be part of any statement, up to where the next one may begin in the same line. */
static void
strays_skip(struct walk *walk, unsigned line)
{
	for (const struct token *t = walk->at; t->line == line; walk->at = ++t) {
		if (t->type == TOKEN_OPEN || t->type == TOKEN_CLOSE || t->type == TOKEN_END)
			return;
		if (t->type != TOKEN_WORD)
			continue;
		if (t[1].type == TOKEN_SET || t[1].type == TOKEN_APPEND ||
		    t[1].type == TOKEN_OPEN ||
		    (is_text(&t[1]) && t[2].type == TOKEN_OPEN && t[1].line == line))
			return;
	}
}

/* What a token looks like in a message. */
static const char *
token_show(const struct token *token, char buf[64])
{
	if (token->type == TOKEN_END)
		snprintf(buf, 64, "the end of the file");
	else if (token->type == TOKEN_APPEND)
		snprintf(buf, 64, "\"+=\"");
	else if (token->text)
		snprintf(buf, 64, "\"%.40s%s\"", token->text,
			 strlen(token->text) > 40 ? "..." : "");
	else
		snprintf(buf, 64, "\"%c\"", token->type);
	return buf;
}

/* statements ----------------------------------------------------------------------------------- */

/* A value to show what would be right: the default, or one to fill in. */
static const char *
opt_example(const cfg_opt_t *opt)
{
	return opt->def.string ? opt->def.string : "...";
}

/* Whether the word in a line after the "=" is not its value, but the name of the next statement. */
static bool
is_next_statement(const struct token *word, const struct token *equal)
{
	if (word->type != TOKEN_WORD || word->line == equal->line)
		return false;
	if (is_text(&word[1]))
		return word[1].line == word->line && word[2].type == TOKEN_OPEN;
	return word[1].type != TOKEN_CLOSE && word[1].type != TOKEN_END;
}

/* True: a value stands there. */
static bool
value_expect(struct walk *walk, const struct token *name, const struct token *equal,
	     const char *example)
{
	const struct token *value = walk->at;

	if (value->type == TOKEN_BAD) {
		walk->at++;
		strays_skip(walk, value->line);
		return false;
	}
	if (is_text(value) && !is_next_statement(value, equal))
		return true;
	if (value->type == TOKEN_OPEN) {
		walk_error(walk, value->line, "%s takes one value, not a list: write %s = \"%s\"",
			   name->text, name->text, example);
		balanced_skip(walk, name->text);
		return false;
	}
	walk_error(walk, equal->line, "the value of %s is missing: write %s = \"%s\"", name->text,
		   name->text, example);
	if (value->line == equal->line)
		strays_skip(walk, equal->line);
	return false;
}

/* Without the ";" that other conf files have behind a value. */
static size_t
plain_length(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && text[len - 1] == ';' ? len - 1 : len;
}

/* Whether a word is the begin of a statement, good or not, rather than a part of what is before it. */
static bool
begins_statement(const struct walk *walk, const struct token *word)
{
	const struct token *next = word + 1;

	if (word->text[0] == ';' || opt_find(walk->top, word->text))
		return true;
	return next->line == word->line &&
	       (next->type == TOKEN_SET || next->type == TOKEN_APPEND || next->type == TOKEN_OPEN ||
		next->type == TOKEN_PAREN_OPEN || is_text(next));
}

/* What stands behind a value in its line: a ";" at its end, or another word, as in "10 s". */
static bool
value_end_walk(struct walk *walk, const struct token *name, const struct token *value)
{
	const struct token *next = value + 1;
	size_t len = value->type == TOKEN_WORD ? strlen(value->text) : 0;

	if (len && plain_length(value->text) < len) {
		walk_error(walk, value->line, "\";\" is not needed: write %s = \"%.*s\"",
			   name->text, (int)len - 1, value->text);
		return false;
	}
	if (next->type != TOKEN_WORD || next->line != value->line || begins_statement(walk, next))
		return true;
	walk->at++;
	len = plain_length(next->text);
	if (value->text[strspn(value->text, "0123456789")] == '\0')
		walk_error(walk, value->line, "a value is one word: write %s = \"%s%.*s\"",
			   name->text, value->text, (int)len, next->text);
	else
		walk_error(walk, value->line,
			   "a value with a space in it stands in quotes: write %s = \"%s %.*s\"",
			   name->text, value->text, (int)len, next->text);
	return false;
}

static bool
value_walk(struct walk *walk, const struct token *name, const char *example)
{
	const struct token *equal = walk->at;

	if (equal->type == TOKEN_APPEND) {
		walk_error(walk, equal->line, "\"+=\" is for lists: write %s = \"%s\"", name->text,
			   example);
		rest_skip(walk, name->text);
		return false;
	}
	if (equal->type != TOKEN_SET) {
		if (equal->text && equal->line == name->line && equal[1].type != TOKEN_SET)
			example = equal->text;
		walk_error(walk, name->line, "%s needs \"=\" and a value: write %s = \"%.*s\"",
			   name->text, name->text, (int)plain_length(example), example);
		if (is_text(equal) && equal->line == name->line && equal[1].type != TOKEN_SET)
			walk->at += equal[1].type != TOKEN_OPEN;
		rest_skip(walk, name->text);
		return false;
	}
	walk->at++;
	if (!value_expect(walk, name, equal, example))
		return false;
	return value_end_walk(walk, name, walk->at++);
}

/* Behind the "{" of a list, to behind its "}". */
static bool
list_walk(struct walk *walk, const struct token *name, const struct token *open)
{
	char shown[64];
	bool good = true;

	while (is_text(walk->at)) {
		good = good && walk->at->type != TOKEN_BAD;
		walk->at++;
		if (walk->at->type == TOKEN_COMMA) {
			walk->at++;
		} else if (is_text(walk->at) && walk->at[1].type != TOKEN_SET) {
			walk_error(walk, walk->at->line,
				   "a \",\" is missing before %s in the list %s",
				   walk->at->text ? token_show(walk->at, shown) : "the next value",
				   name->text);
			good = false;
		} else {
			break;
		}
	}
	if (walk->at->type == TOKEN_CLOSE) {
		walk->at++;
		if (walk->at == open + 2) {
			walk_error(walk, open->line,
				   "%s is empty: leave it out, or list values as in { \"GET\", "
				   "\"POST\" }",
				   name->text);
			return false;
		}
		return good;
	}
	walk_error(walk, open->line,
		   "the \"{\" of the list %s is not closed: a \"}\" is missing before %s",
		   name->text, token_show(walk->at, shown));
	return false;
}

static bool
list_statement(struct walk *walk, const struct token *name)
{
	const struct token *equal = walk->at;

	if (equal->type != TOKEN_SET && equal->type != TOKEN_APPEND) {
		walk_error(walk, name->line,
			   "%s needs \"=\" and a list: write %s = { \"GET\", \"POST\" }",
			   name->text, name->text);
		rest_skip(walk, name->text);
		return false;
	}
	walk->at++;
	if (walk->at->type == TOKEN_OPEN) {
		walk->at++;
		return list_walk(walk, name, walk->at - 1);
	}
	if (!value_expect(walk, name, equal, "GET"))
		return false;
	walk->at++;
	return true;
}

static enum fate
include_statement(struct walk *walk, const struct token *name)
{
	const struct token *t = walk->at;

	if (t[0].type == TOKEN_PAREN_OPEN && is_text(&t[1]) && t[2].type == TOKEN_PAREN_CLOSE) {
		walk->at += 3;
		return t[1].type != TOKEN_BAD ? FATE_KEEP : FATE_MISSING;
	}
	walk_error(walk, name->line,
		   "include takes one file or pattern in parentheses: write "
		   "include(\"conf.d/*.conf\")");
	if (is_text(t) && t->line == name->line)
		walk->at++;
	else
		rest_skip(walk, name->text);
	return FATE_MISSING;
}

static void scope_walk(struct walk *walk, const struct scope *scope, const struct token *open);

static const char *
title_kind(const char *section)
{
	if (strcmp(section, "listen") == 0)
		return "an address";
	return strcmp(section, "route") == 0 ? "a path" : "a name";
}

/* What is wrong with the head of a section, reported; or false. */
static bool
section_head_wrong(struct walk *walk, const struct token *name, const cfg_opt_t *opt, bool title)
{
	bool titled = opt->flags & CFGF_TITLE;
	const struct token *at = walk->at;
	char head[128];

	if (at->type == TOKEN_BAD)
		return true;
	if (titled)
		snprintf(head, sizeof(head), "%s \"%.64s\"", name->text,
			 title ? at->text : opt_example(opt));
	else
		snprintf(head, sizeof(head), "%s", name->text);

	if (at->type == TOKEN_SET || at->type == TOKEN_APPEND || at->type == TOKEN_PAREN_OPEN)
		walk_error(walk, name->line, "%s is a section: write %s { ... }", name->text, head);
	else if (titled && !title)
		walk_error(walk, name->line, "%s needs %s: write %s { ... }", name->text,
			   title_kind(name->text), head);
	else if (!titled && title && at[1].type == TOKEN_OPEN)
		walk_error(walk, name->line, "%s takes no title: write %s { ... }", name->text,
			   head);
	else if (at[titled].type != TOKEN_OPEN)
		walk_error(walk, name->line, "a \"{\" is missing: write %s { ... }", head);
	else
		return false;
	return true;
}

/*
 * Keeps what it finds itself: what stands in a section may be in order where another part of it is
 * not.
 */
static enum fate
section_statement(struct walk *walk, const struct token *name, const cfg_opt_t *opt)
{
	struct scope scope = {opt->subopts, name->text, opt->flags & CFGF_KEYSTRVAL};
	bool title = is_text(walk->at) && walk->at->line == name->line;
	size_t nsections = walk->out->nsections;
	const struct token *open;

	if (section_head_wrong(walk, name, opt, title)) {
		walk->at += title;
		rest_skip(walk, name->text);
		if (walk->at->type == TOKEN_OPEN)
			balanced_skip(walk, name->text);
		return FATE_MISSING;
	}
	if (opt->flags & CFGF_TITLE) {
		section_keep(walk, name->line);
		walk->lost = false;
		walk->at++;
	}
	open = walk->at++;
	scope_walk(walk, &scope, open);
	if (walk->at->type != TOKEN_CLOSE || walk->rc < 0) {
		tokens_blank(walk, name, walk->at);
		walk->out->nsections = nsections;
		return FATE_MISSING;
	}
	if (opt->flags & CFGF_TITLE)
		walk->out->sections[nsections].whole = !walk->lost;
	walk->at++;
	tokens_keep(walk, name, open + 1);
	tokens_keep(walk, walk->at - 1, walk->at);
	return FATE_DONE;
}

/* The section at the top level that has such a key, or NULL. */
static const cfg_opt_t *
section_of(const cfg_opt_t *top, const char *key)
{
	for (; top->name; top++)
		if (top->type == CFGT_SEC && opt_find(top->subopts, key))
			return top;
	return NULL;
}

/* "workers: 2", as in YAML. False: it is something else. */
static bool
colon_report(struct walk *walk, const struct token *name, const struct scope *scope)
{
	size_t len = strlen(name->text);
	const struct token *value = walk->at;
	bool given = is_text(value) && value->text && value->line == name->line;
	char key[64];

	if (len < 2 || len > sizeof(key) || name->text[len - 1] != ':')
		return false;
	snprintf(key, sizeof(key), "%.*s", (int)len - 1, name->text);
	if (!opt_find(scope->opts, key))
		return false;
	walk_error(walk, name->line, "%s is set with \"=\", not \":\": write %s = \"%s\"", key, key,
		   given ? value->text : "...");
	walk->at += given;
	return true;
}

static enum fate
unknown_report(struct walk *walk, const struct token *name, const struct scope *scope)
{
	const cfg_opt_t *home = section_of(walk->top, name->text);
	bool section = walk->at->type == TOKEN_OPEN ||
		       (is_text(walk->at) && walk->at[1].type == TOKEN_OPEN);
	const char *names[NAMES_MAX], *near, *foreign, *kind = section ? "section" : "key";
	size_t count = 0;
	char *all;

	if (colon_report(walk, name, scope))
		return FATE_LOST;

	for (const cfg_opt_t *opt = scope->opts; opt->name && count < NAMES_MAX; opt++)
		names[count++] = opt->name;
	near = conf_nearest(name->text, names, count);
	/* a key of a module's own may have any name */
	foreign = opt_find(scope->opts, CONF_FREE_SECTION) ? NULL : conf_foreign(name->text);
	if (name->text[0] == ';') {
		walk_error(walk, name->line,
			   "\";\" is not needed: a statement ends with its value");
	} else if (scope->name && opt_find(walk->top, name->text)) {
		walk_error(walk, name->line,
			   "unknown %s \"%s\"%s%s: it belongs at the top level, outside of any "
			   "section",
			   kind, name->text, IN(scope));
	} else if (home) {
		walk_error(walk, name->line, "unknown %s \"%s\"%s%s: it belongs in %s { ... }",
			   kind, name->text, IN(scope), home->name);
	} else if (near) {
		walk_error(walk, name->line, "unknown %s \"%s\"%s%s: did you mean \"%s\"?", kind,
			   name->text, IN(scope), near);
	} else if (foreign) {
		walk_error(walk, name->line, "unknown %s \"%s\"%s%s: %s", kind, name->text,
			   IN(scope), foreign);
	} else {
		all = conf_names_join(names, count);
		walk_error(walk, name->line, "unknown %s \"%s\"%s%s: there are %s%s", kind,
			   name->text, IN(scope), all ? all : "others",
			   opt_find(scope->opts, CONF_FREE_SECTION)
				   ? "; what the module itself knows stands in " CONF_FREE_SECTION
				     " { ... }"
				   : "");
		free(all);
	}
	rest_skip(walk, name->text);
	return section ? FATE_MISSING : FATE_LOST;
}

/* A key of a section that takes any: its name is added to the schema. */
static bool
free_statement(struct walk *walk, const struct token *name, const struct scope *scope)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	if (name->text[strspn(name->text, good)] != '\0') {
		walk_error(walk, name->line,
			   "bad key \"%s\"%s%s: keys are made of letters, digits, \"_\", \".\" and "
			   "\"-\"",
			   name->text, IN(scope));
		rest_skip(walk, name->text);
		return false;
	}
	if (!value_walk(walk, name, "..."))
		return false;
	option_keep(walk, name->text);
	return true;
}

static enum fate
statement_walk(struct walk *walk, const struct token *name, const struct scope *scope)
{
	const cfg_opt_t *opt;
	bool good;

	if (scope->free)
		return free_statement(walk, name, scope) ? FATE_KEEP : FATE_LOST;
	opt = opt_find(scope->opts, name->text);
	if (!opt)
		return unknown_report(walk, name, scope);
	if (opt->type == CFGT_SEC)
		return section_statement(walk, name, opt);
	if (opt->type == CFGT_FUNC)
		return include_statement(walk, name);
	if (opt->flags & CFGF_LIST)
		good = list_statement(walk, name);
	else
		good = value_walk(walk, name, opt_example(opt));
	return good ? FATE_KEEP : FATE_LOST;
}

/* Whether a section begins here that can only stand at the top level, and a "}" is missing. */
static bool
is_outer_section(const struct walk *walk, const struct scope *scope)
{
	const struct token *t = walk->at;
	const cfg_opt_t *outer;

	if (walk->balanced || t->type != TOKEN_WORD)
		return false;
	outer = opt_find(walk->top, t->text);
	if (!outer || outer->type != CFGT_SEC)
		return false;
	if (outer->flags & CFGF_TITLE)
		return is_text(&t[1]) && t[2].type == TOKEN_OPEN;
	return t[1].type == TOKEN_OPEN && (scope->free || !opt_find(scope->opts, t->text));
}

/* One statement, or what is none. */
static enum fate
scope_step(struct walk *walk, const struct scope *scope)
{
	const struct token *name = walk->at++;
	enum fate fate;
	char shown[64];

	if (name->type == TOKEN_WORD) {
		fate = statement_walk(walk, name, scope);
		if (fate == FATE_KEEP)
			tokens_keep(walk, name, walk->at);
		return fate;
	}
	if (name->type == TOKEN_CLOSE) {
		walk_error(walk, name->line, "unexpected \"}\": no section is open here");
	} else if (name->type != TOKEN_BAD) {
		token_show(name, shown);
		walk_error(walk, name->line,
			   "unexpected %s: the name of a key or section was expected", shown);
	}
	if (name->type != TOKEN_CLOSE)
		strays_skip(walk, name->line);
	return FATE_MISSING;
}

/* Statements up to the "}" of the scope, or to where it must have been meant to be. */
static void
scope_walk(struct walk *walk, const struct scope *scope, const struct token *open)
{
	enum fate fate;

	while (walk->rc == 0 && walk->at->type != TOKEN_END) {
		if (open && walk->at->type == TOKEN_CLOSE)
			return;
		if (open && is_outer_section(walk, scope)) {
			walk_error(
				walk, open->line,
				"the \"{\" of %s is not closed: a \"}\" is missing before line %u",
				scope->name, walk->at->line);
			return;
		}
		fate = scope_step(walk, scope);
		walk->lost = walk->lost || fate == FATE_LOST || fate == FATE_MISSING;
		if (fate == FATE_MISSING)
			walk->out->incomplete = true;
	}
	if (open && walk->rc == 0)
		walk_error(walk, open->line, "the \"{\" of %s is not closed: a \"}\" is missing",
			   scope->name);
}

static bool
braces_balance(const struct tokens *tokens)
{
	size_t open = 0, close = 0;

	for (size_t i = 0; i < tokens->count; i++) {
		open += tokens->list[i].type == TOKEN_OPEN;
		close += tokens->list[i].type == TOKEN_CLOSE;
	}
	return open == close;
}

int
conf_syntax_check(struct syntax *syntax, const struct conf_file *file, const cfg_opt_t *schema,
		  struct conf_errors *errors)
{
	struct walk walk = {.out = syntax, .file = file, .top = schema, .errors = errors};
	struct scope top = {.opts = schema};
	struct tokens tokens;

	*syntax = (struct syntax){.size = file->size};
	walk.rc = conf_scan(file, &tokens, errors);
	if (walk.rc < 0)
		return walk.rc;
	syntax->text = malloc(file->size + 1);
	if (!syntax->text) {
		walk.rc = -ENOMEM;
		goto out;
	}
	for (size_t i = 0; i < file->size; i++)
		syntax->text[i] = file->bytes[i] == '\n' ? '\n' : ' ';
	syntax->text[file->size] = '\0';
	walk.at = tokens.list;
	walk.balanced = braces_balance(&tokens);
	/* a comment that is not closed may have swallowed the rest */
	syntax->incomplete = tokens.count > 1 && tokens.list[tokens.count - 2].type == TOKEN_BAD;
	scope_walk(&walk, &top, NULL);
out:
	conf_tokens_fini(&tokens);
	if (walk.rc < 0)
		conf_syntax_fini(syntax);
	return walk.rc;
}

void
conf_syntax_fini(struct syntax *syntax)
{
	free(syntax->text);
	free(syntax->sections);
	for (size_t i = 0; i < syntax->noptions; i++)
		free(syntax->options[i]);
	free(syntax->options);
	*syntax = (struct syntax){0};
}
