/*
 * What the files of conf/ share among themselves; nobody else includes this.
 *
 *	snapshot.c   files  ->  struct conf_snapshot, following include()
 *	scan.c       bytes  ->  tokens with their places; reports bad strings and comments
 *	syntax.c     tokens ->  a text that libconfuse takes; reports bad statements
 *	parse.c      that text  ->  (libconfuse)  values with their places  ->  struct conf
 *	format.c     the access log's format  ->  its parts
 *	foreign.c    a word of another server  ->  eddy's
 *	check.c      what has to fit together in a struct conf
 */
#ifndef EDDY_CONF_PRIVATE_H
#define EDDY_CONF_PRIVATE_H

#include <confuse.h>
#include <stdarg.h>

#include "conf/conf.h"

/* default.c */
extern const char conf_default_name[];
extern const char conf_default_text[];

/* errors.c */
void conf_errors_vadd(struct conf_errors *errors, struct conf_where where, const char *fmt,
		      va_list ap);
/* Into the order of the snapshot's files and their lines. */
void conf_errors_sort(struct conf_errors *errors, const struct conf_snapshot *snapshot);

#define CONF_TOKEN_CHARS /* RFC 9110 5.6.2 */ \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789!#$%&'*+-.^`|~"

/* scan.c --------------------------------------------------------------------------------------- */

enum token_type {
	TOKEN_WORD,   /* without quotes */
	TOKEN_STRING, /* with quotes */
	TOKEN_OPEN = '{',
	TOKEN_CLOSE = '}',
	TOKEN_PAREN_OPEN = '(',
	TOKEN_PAREN_CLOSE = ')',
	TOKEN_SET = '=',
	TOKEN_APPEND = '+',
	TOKEN_COMMA = ',',
	TOKEN_BAD = -2, /* something with an error, which has been reported */
	TOKEN_END = -1, /* of the file; always the last */
};

struct token {
	enum token_type type;
	unsigned line;
	size_t start, end; /* in the file's bytes */
	char *text;	   /* what the word or string says; NULL for the others */
};

struct tokens {
	struct token *list;
	size_t count;
};

/*
 * Splits a file into tokens. Errors are added to `errors` unless that is NULL. 0 or -ENOMEM;
 * conf_tokens_fini frees.
 */
int conf_scan(const struct conf_file *file, struct tokens *tokens, struct conf_errors *errors);
void conf_tokens_fini(struct tokens *tokens);

/* syntax.c ------------------------------------------------------------------------------------- */

/* The section that takes any key. */
#define CONF_FREE_SECTION "options"

struct syntax_section {
	unsigned line;
	bool whole; /* no statement of it has been blanked out */
};

/*
 * What is left of a file when everything that libconfuse would stop at has been blanked out, at the
 * same lines.
 */
struct syntax {
	char *text;
	size_t size;
	struct syntax_section *sections; /* the titled ones in it, in their order */
	size_t nsections;
	char **options; /* the names of the keys that its free sections have */
	size_t noptions;
	bool incomplete; /* something is gone that other sections may refer to */
};

/*
 * Holds a file against the schema: what does not fit is reported. 0 or -ENOMEM; conf_syntax_fini
 * frees.
 */
int conf_syntax_check(struct syntax *syntax, const struct conf_file *file, const cfg_opt_t *schema,
		      struct conf_errors *errors);
void conf_syntax_fini(struct syntax *syntax);

/* foreign.c ------------------------------------------------------------------------------------ */

/* What eddy has for a word of another server's conf, as the rest of a sentence; or NULL. */
const char *conf_foreign(const char *word);

/* check.c -------------------------------------------------------------------------------------- */

/* The module that a route or a listen names, until all of them are known. */
struct module_given {
	char *name;		 /* NULL: none was given */
	struct conf_where where; /* of that */
};

/* What is known of a listen beyond its struct while the conf is being read. */
struct listen_given {
	struct module_given module;
	bool whole; /* nothing of the listen has been lost to an error, its protocol is known */
};

/* What is known of a route beyond its struct while the conf is being read. */
struct route_given {
	struct module_given module;
	bool whole; /* nothing of the route has been lost to an error */
	/* whether it has its own */
	bool max_body, body_timeout, write_timeout, min_rate;
};

/* NULL, or what is wrong with the path of a route; `buf` is room for the sentence. */
const char *conf_route_path_check(const char *path, char *buf, size_t size);
/* NULL, or what is wrong with the method. */
const char *conf_method_check(const char *method, char *buf, size_t size);

/* No two listens and no two modules that clash. */
void conf_duplicates_check(const struct conf *conf, struct conf_errors *errors);
/* Gives each listen for TCP the index of its module; given[i] is of conf->listens[i]. */
void conf_listens_resolve(struct conf *conf, const struct listen_given *given,
			  struct conf_errors *errors);
/*
 * Gives each route the index of its module, and no two take the same requests; given[i] is of
 * conf->routes[i].
 */
void conf_routes_resolve(struct conf *conf, const struct route_given *given,
			 struct conf_errors *errors);
/* What must be there. */
void conf_presence_check(const struct conf *conf, struct conf_errors *errors);

#endif
