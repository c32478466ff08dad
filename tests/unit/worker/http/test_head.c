/*
 * The head parser: what it accepts and says about it, what it refuses and with which status.
 *
 * Every case is read three times: in one piece, cut in two at every byte, and byte by byte. Between
 * two calls the bytes move to another place and the parser's own struct is wiped and brought back
 * by head_save and head_load, as a connection does it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "../suite.h"
#include "http/head.h"

#define MAX 16384  /* bytes of a head and of its request line, where a case does not say */
#define FIELDS 100 /* the same of fields */

enum {
	CHUNKED = 1,
	LENGTH = 2,
	CLOSE = 4,
	KEEP_ALIVE = 8,
	CONTINUE = 16,
	UPGRADE = 32,
	IS_HEAD = 64,
	IS_CONNECT = 128,
};

/* A head that is fine. NULL: what nearly all of them have, or none. */
struct accepted {
	const char *name;
	const char *bytes;
	size_t n;
	const char *method;    /* NULL: GET */
	const char *target;    /* NULL: / */
	const char *path;      /* NULL: as the target */
	const char *query;     /* NULL: none */
	const char *authority; /* NULL: none */
	const char *fields;    /* "name=value|…"; NULL: Host=a */
	int minor_0;	       /* HTTP/1.0 */
	int flags;
	uint64_t length;
	size_t behind; /* bytes at the end that are not the head's */
	bool trailer;  /* a trailer section */
};

struct refused {
	int status;
	const char *name;
	const char *bytes;
	size_t n;
	bool trailer;
};

#define IN(text) .bytes = (text), .n = sizeof(text) - 1
#define HOST "Host: a\r\n"
#define END "\r\n"
#define LINE "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\n" HOST

static const struct accepted accepted[] = {
	/* request line */
	{"the shortest request", IN(LINE HOST END)},
	{"HTTP/1.0", IN("GET / HTTP/1.0\r\n" HOST END), .minor_0 = 1},
	{"HTTP/1.0 without Host", IN("GET / HTTP/1.0\r\n\r\n"), .minor_0 = 1, .fields = ""},
	{"a higher minor version is 1.1 to us", IN("GET / HTTP/1.9\r\n" HOST END)},
	{"HEAD", IN("HEAD / HTTP/1.1\r\n" HOST END), .method = "HEAD", .flags = IS_HEAD},
	{"head is another method", IN("head / HTTP/1.1\r\n" HOST END), .method = "head"},
	{"a method of one letter", IN("X / HTTP/1.1\r\n" HOST END), .method = "X"},
	{"a method of all the token's signs", IN("!#$%&'*+-.^_`|~09 / HTTP/1.1\r\n" HOST END),
	 .method = "!#$%&'*+-.^_`|~09"},
	{"a method of 32 bytes", IN("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1\r\n" HOST END),
	 .method = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF"},
	{"an empty line before the request", IN("\r\n" LINE HOST END)},
	{"two empty lines before the request", IN("\r\n\r\n" LINE HOST END)},

	/* target */
	{"a path", IN("GET /a/b.c HTTP/1.1\r\n" HOST END), .target = "/a/b.c"},
	{"a path of two slashes", IN("GET // HTTP/1.1\r\n" HOST END), .target = "//"},
	{"dots in a path are left alone", IN("GET /../a/./ HTTP/1.1\r\n" HOST END),
	 .target = "/../a/./"},
	{"percent signs are left alone", IN("GET /%2F%zz% HTTP/1.1\r\n" HOST END),
	 .target = "/%2F%zz%"},
	{"every byte that a target may have",
	 IN("GET /!\"$%&'()*+,-.:;<=>@[\\]^_`{|}~?!\" HTTP/1.1\r\n" HOST END),
	 .target = "/!\"$%&'()*+,-.:;<=>@[\\]^_`{|}~?!\"",
	 .path = "/!\"$%&'()*+,-.:;<=>@[\\]^_`{|}~", .query = "!\""},
	{"a query", IN("GET /a?b=c HTTP/1.1\r\n" HOST END), .target = "/a?b=c", .path = "/a",
	 .query = "b=c"},
	{"an empty query", IN("GET /a? HTTP/1.1\r\n" HOST END), .target = "/a?", .path = "/a",
	 .query = ""},
	{"a query with question marks", IN("GET /a?b?c?/d HTTP/1.1\r\n" HOST END),
	 .target = "/a?b?c?/d", .path = "/a", .query = "b?c?/d"},
	{"a URL inside the path", IN("GET /http://b/c HTTP/1.1\r\n" HOST END),
	 .target = "/http://b/c"},
	{"OPTIONS *", IN("OPTIONS * HTTP/1.1\r\n" HOST END), .method = "OPTIONS", .target = "*"},
	{"OPTIONS of a path", IN("OPTIONS /a HTTP/1.1\r\n" HOST END), .method = "OPTIONS",
	 .target = "/a"},
	{"an absolute target", IN("GET http://b/c HTTP/1.1\r\n" HOST END), .target = "http://b/c",
	 .path = "/c", .authority = "b"},
	{"an absolute target with everything",
	 IN("GET http://b.example:80/c/d?e=f HTTP/1.1\r\n" HOST END),
	 .target = "http://b.example:80/c/d?e=f", .path = "/c/d", .query = "e=f",
	 .authority = "b.example:80"},
	{"an absolute target without a path is /", IN("GET http://b HTTP/1.1\r\n" HOST END),
	 .target = "http://b", .path = "/", .authority = "b"},
	{"an absolute target with a query alone", IN("GET http://b?c HTTP/1.1\r\n" HOST END),
	 .target = "http://b?c", .path = "/", .query = "c", .authority = "b"},
	{"an absolute target with an IPv6 address",
	 IN("GET http://[2001:db8::1]:8080/ HTTP/1.1\r\n" HOST END),
	 .target = "http://[2001:db8::1]:8080/", .path = "/", .authority = "[2001:db8::1]:8080"},
	{"a scheme of all that it may have", IN("GET aZ0+-.://b/c HTTP/1.1\r\n" HOST END),
	 .target = "aZ0+-.://b/c", .path = "/c", .authority = "b"},
	{"another scheme, in upper case", IN("GET HTTPS://b/c HTTP/1.1\r\n" HOST END),
	 .target = "HTTPS://b/c", .path = "/c", .authority = "b"},
	{"CONNECT to host and port", IN("CONNECT b.example:443 HTTP/1.1\r\n" HOST END),
	 .method = "CONNECT", .target = "b.example:443", .path = "/", .authority = "b.example:443",
	 .flags = IS_CONNECT},
	{"CONNECT to an IPv6 address and port", IN("CONNECT [::1]:443 HTTP/1.1\r\n" HOST END),
	 .method = "CONNECT", .target = "[::1]:443", .path = "/", .authority = "[::1]:443",
	 .flags = IS_CONNECT},

	/* fields */
	{"no space behind the colon", IN(LINE "Host:a\r\n\r\n")},
	{"blanks around a value are not its own", IN(LINE "Host: \t a \t \r\n\r\n")},
	{"blanks inside a value are its own", IN(LINE HOST "X: a \t b\r\n\r\n"),
	 .fields = "Host=a|X=a \t b"},
	{"an empty value", IN(LINE HOST "X:\r\n\r\n"), .fields = "Host=a|X="},
	{"a value of blanks alone is empty", IN(LINE HOST "X: \t \r\n\r\n"), .fields = "Host=a|X="},
	{"colons in a value", IN(LINE HOST "X: :a:b:\r\n\r\n"), .fields = "Host=a|X=:a:b:"},
	{"bytes above ASCII in a value", IN(LINE HOST "X: \x80\xff\xc3\xa4\r\n\r\n"),
	 .fields = "Host=a|X=\x80\xff\xc3\xa4"},
	{"every printable sign in a value",
	 IN(LINE HOST "X: !\"#$%&'()*+,-./0:;<=>?@A[\\]^_`a{}~\r\n\r\n"),
	 .fields = "Host=a|X=!\"#$%&'()*+,-./0:;<=>?@A[\\]^_`a{}~"},
	{"a name of all the token's signs", IN(LINE HOST "!#$%&'*+-.^_`|~09: b\r\n\r\n"),
	 .fields = "Host=a|!#$%&'*+-.^_`|~09=b"},
	{"the same field several times keeps its order",
	 IN(LINE "X: 1\r\n" HOST "x: 2\r\nX: 3\r\n\r\n"), .fields = "X=1|Host=a|x=2|X=3"},
	{"names and values of several lengths",
	 IN(LINE HOST "A: b\r\nAccept: */*\r\nUser-Agent: x/1.0 (y)\r\n\r\n"),
	 .fields = "Host=a|A=b|Accept=*/*|User-Agent=x/1.0 (y)"},

	/* Host */
	{"Host in another case", IN(LINE "hOST: a\r\n\r\n"), .fields = "hOST=a"},
	{"an empty Host", IN(LINE "Host:\r\n\r\n"), .fields = "Host="},
	{"a Host with a port", IN(LINE "Host: a.example:65535\r\n\r\n"),
	 .fields = "Host=a.example:65535"},
	{"a Host with an empty port", IN(LINE "Host: a:\r\n\r\n"), .fields = "Host=a:"},
	{"a Host that is an IPv4 address", IN(LINE "Host: 127.0.0.1:80\r\n\r\n"),
	 .fields = "Host=127.0.0.1:80"},
	{"a Host that is an IPv6 address", IN(LINE "Host: [::ffff:127.0.0.1]\r\n\r\n"),
	 .fields = "Host=[::ffff:127.0.0.1]"},
	{"a Host that is an IPv6 address with a port", IN(LINE "Host: [FE80::1]:80\r\n\r\n"),
	 .fields = "Host=[FE80::1]:80"},
	{"a Host with underscores and signs", IN(LINE "Host: _a-b~c!$&'()*+,;=%41\r\n\r\n"),
	 .fields = "Host=_a-b~c!$&'()*+,;=%41"},

	/* length of the body */
	{"Content-Length", IN(POST "Content-Length: 42\r\n\r\n"), .method = "POST",
	 .fields = "Host=a|Content-Length=42", .flags = LENGTH, .length = 42},
	{"a Content-Length of nothing", IN(POST "content-length:0\r\n\r\n"), .method = "POST",
	 .fields = "Host=a|content-length=0", .flags = LENGTH},
	{"a Content-Length with zeros before it",
	 IN(POST "Content-Length: 00000000000000000000000000000017\r\n\r\n"), .method = "POST",
	 .fields = "Host=a|Content-Length=00000000000000000000000000000017", .flags = LENGTH,
	 .length = 17},
	{"the largest Content-Length", IN(POST "Content-Length: 9223372036854775807\r\n\r\n"),
	 .method = "POST", .fields = "Host=a|Content-Length=9223372036854775807", .flags = LENGTH,
	 .length = INT64_MAX},
	{"a Content-Length in HTTP/1.0", IN("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\n"),
	 .method = "POST", .minor_0 = 1, .fields = "Content-Length=3", .flags = LENGTH,
	 .length = 3},
	{"a Content-Length of a GET", IN(LINE HOST "Content-Length: 3\r\n\r\n"),
	 .fields = "Host=a|Content-Length=3", .flags = LENGTH, .length = 3},
	{"chunked", IN(POST "Transfer-Encoding: chunked\r\n\r\n"), .method = "POST",
	 .fields = "Host=a|Transfer-Encoding=chunked", .flags = CHUNKED},
	{"chunked in another case", IN(POST "transfer-ENCODING: Chunked\r\n\r\n"), .method = "POST",
	 .fields = "Host=a|transfer-ENCODING=Chunked", .flags = CHUNKED},
	{"chunked between empty elements", IN(POST "Transfer-Encoding: , \t,chunked ,\r\n\r\n"),
	 .method = "POST", .fields = "Host=a|Transfer-Encoding=, \t,chunked ,", .flags = CHUNKED},

	/* Connection */
	{"Connection: close", IN(LINE HOST "Connection: close\r\n\r\n"),
	 .fields = "Host=a|Connection=close", .flags = CLOSE},
	{"Connection: keep-alive", IN("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
	 .minor_0 = 1, .fields = "Connection=Keep-Alive", .flags = KEEP_ALIVE},
	{"Connection: Upgrade", IN(LINE HOST "Connection: Upgrade\r\n\r\n"),
	 .fields = "Host=a|Connection=Upgrade", .flags = UPGRADE},
	{"Connection with several options",
	 IN(LINE HOST "Connection: ,x, CLOSE\t,upgrade,,keep-alive\r\n\r\n"),
	 .fields = "Host=a|Connection=,x, CLOSE\t,upgrade,,keep-alive",
	 .flags = CLOSE | UPGRADE | KEEP_ALIVE},
	{"Connection several times",
	 IN(LINE HOST "Connection: close\r\nConnection: upgrade\r\n\r\n"),
	 .fields = "Host=a|Connection=close|Connection=upgrade", .flags = CLOSE | UPGRADE},
	{"options that only begin like ours",
	 IN(LINE HOST "Connection: closed, keep-alive2, upgrades, clos\r\n\r\n"),
	 .fields = "Host=a|Connection=closed, keep-alive2, upgrades, clos"},
	{"an empty Connection", IN(LINE HOST "Connection:\r\n\r\n"),
	 .fields = "Host=a|Connection="},
	{"Proxy-Connection means nothing", IN(LINE HOST "Proxy-Connection: close\r\n\r\n"),
	 .fields = "Host=a|Proxy-Connection=close"},

	/* Expect */
	{"Expect: 100-continue", IN(POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n"),
	 .method = "POST", .fields = "Host=a|Expect=100-Continue|Content-Length=1",
	 .flags = CONTINUE | LENGTH, .length = 1},
	{"Expect in HTTP/1.0 means nothing",
	 IN("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"),
	 .method = "POST", .minor_0 = 1, .fields = "Expect=100-continue|Content-Length=1",
	 .flags = LENGTH, .length = 1},
	{"an unknown Expect in HTTP/1.0 means nothing", IN("GET / HTTP/1.0\r\nExpect: tea\r\n\r\n"),
	 .minor_0 = 1, .fields = "Expect=tea"},

	/* names as long as those that mean something */
	{"names of the lengths that are looked at",
	 IN(LINE HOST "Hosu: 1\r\nExpecu: 2\r\nConnectiom: close\r\nContent-Lengti: 3\r\n"
		      "Transfer-Encodinh: chunked\r\n\r\n"),
	 .fields = "Host=a|Hosu=1|Expecu=2|Connectiom=close|Content-Lengti=3|"
		   "Transfer-Encodinh=chunked"},

	/* what follows */
	{"what follows is left alone", IN(LINE HOST END "\0rubbish"), .behind = 8},
	{"the next request is left alone", IN(LINE HOST END LINE HOST END), .behind = 27},
	{"an empty line behind is left alone", IN(LINE HOST END "\r\n"), .behind = 2},

	/* trailer section */
	{"an empty trailer section", IN("\r\n"), .trailer = true, .fields = ""},
	{"a trailer section with a field", IN("X: y\r\n\r\n"), .trailer = true, .fields = "X=y"},
	{"a trailer section with two fields", IN("X: y\r\nZ:\r\n\r\nGET"), .trailer = true,
	 .fields = "X=y|Z=", .behind = 3},
	{"framing fields mean nothing in a trailer section",
	 IN("Content-Length: x\r\nTransfer-Encoding: gzip\r\nHost: /\r\nConnection: close\r\n"
	    "Expect: tea\r\n\r\n"),
	 .trailer = true,
	 .fields = "Content-Length=x|Transfer-Encoding=gzip|Host=/|Connection=close|Expect=tea"},
};

static const struct refused refused[] = {
	/* request line */
	{400, "nothing but empty lines", IN("\r\n\r\n\r\n")},
	{400, "three empty lines before the request", IN("\r\n\r\n\r\n" LINE HOST END)},
	{400, "a bare LF before the request", IN("\n" LINE HOST END)},
	{400, "a bare CR before the request", IN("\rGET / HTTP/1.1\r\n" HOST END)},
	{400, "a space before the method", IN(" GET / HTTP/1.1\r\n" HOST END)},
	{400, "an empty method", IN(" / HTTP/1.1\r\n" HOST END)},
	{400, "a method with a separator", IN("G(T / HTTP/1.1\r\n" HOST END)},
	{400, "a method with a control byte", IN("G\001T / HTTP/1.1\r\n" HOST END)},
	{400, "a method with a NUL", IN("G\0T / HTTP/1.1\r\n" HOST END)},
	{400, "a method with a byte above ASCII", IN("G\xc4T / HTTP/1.1\r\n" HOST END)},
	{400, "a method of 33 bytes",
	 IN("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n" HOST END)},
	{400, "a method of 33 bytes and more to come", IN("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG")},
	{400, "a TAB behind the method", IN("GET\t/ HTTP/1.1\r\n" HOST END)},
	{400, "a method and nothing else", IN("GET\r\n\r\n")},
	{400, "two spaces behind the method", IN("GET  / HTTP/1.1\r\n" HOST END)},
	{400, "two spaces behind the target", IN("GET /  HTTP/1.1\r\n" HOST END)},
	{400, "a space in the target", IN("GET /a b HTTP/1.1\r\n" HOST END)},
	{400, "a TAB behind the target", IN("GET /\tHTTP/1.1\r\n" HOST END)},
	{400, "a space behind the version", IN("GET / HTTP/1.1 \r\n" HOST END)},
	{400, "HTTP/0.9 without a version", IN("GET /\r\n\r\n")},
	{400, "no target", IN("GET HTTP/1.1\r\n" HOST END)},
	{400, "a bare LF behind the request line", IN("GET / HTTP/1.1\n" HOST END)},
	{400, "a bare CR behind the request line", IN("GET / HTTP/1.1\rX" HOST END)},
	{400, "two CRs behind the request line", IN("GET / HTTP/1.1\r\r\n" HOST END)},

	/* version */
	{400, "a version in lower case", IN("GET / http/1.1\r\n" HOST END)},
	{400, "another protocol", IN("GET / ICAP/1.1\r\n" HOST END)},
	{400, "a version without a minor", IN("GET / HTTP/1\r\n" HOST END)},
	{400, "a version with an empty minor", IN("GET / HTTP/1.\r\n" HOST END)},
	{400, "a version with two digits behind the dot", IN("GET / HTTP/1.10\r\n" HOST END)},
	{400, "a version with two digits before the dot", IN("GET / HTTP/11.1\r\n" HOST END)},
	{400, "a version with a comma", IN("GET / HTTP/1,1\r\n" HOST END)},
	{400, "a version of letters", IN("GET / HTTP/a.b\r\n" HOST END)},
	{400, "a minor that is a letter", IN("GET / HTTP/1.x\r\n" HOST END)},
	{400, "an empty version", IN("GET / \r\n" HOST END)},
	{400, "a version with a NUL", IN("GET / HTTP/1.\0\r\n" HOST END)},
	{400, "a version that does not end", IN("GET / HTTP/1.1x")},
	{505, "HTTP/2.0", IN("GET / HTTP/2.0\r\n" HOST END)},
	{505, "HTTP/0.9", IN("GET / HTTP/0.9\r\n" HOST END)},
	{505, "HTTP/9.9", IN("GET / HTTP/9.9\r\n" HOST END)},

	/* target */
	{400, "a target with a fragment", IN("GET /a#b HTTP/1.1\r\n" HOST END)},
	{400, "a target with a control byte", IN("GET /\001 HTTP/1.1\r\n" HOST END)},
	{400, "a target with a NUL", IN("GET /\0 HTTP/1.1\r\n" HOST END)},
	{400, "a target with a DEL", IN("GET /\177 HTTP/1.1\r\n" HOST END)},
	{400, "a target with a byte above ASCII", IN("GET /\xc3\xa4 HTTP/1.1\r\n" HOST END)},
	{400, "a target with a bare CR", IN("GET /\ra HTTP/1.1\r\n" HOST END)},
	{400, "a target with a bare LF", IN("GET /\na HTTP/1.1\r\n" HOST END)},
	{400, "a target without a slash", IN("GET a HTTP/1.1\r\n" HOST END)},
	{400, "a target that is a query", IN("GET ?a HTTP/1.1\r\n" HOST END)},
	{400, "an asterisk for GET", IN("GET * HTTP/1.1\r\n" HOST END)},
	{400, "an asterisk with more behind it", IN("OPTIONS *a HTTP/1.1\r\n" HOST END)},
	{400, "options in lower case has no asterisk", IN("options * HTTP/1.1\r\n" HOST END)},
	{400, "an absolute target without a host", IN("GET http:// HTTP/1.1\r\n" HOST END)},
	{400, "an absolute target with an empty host", IN("GET http:///a HTTP/1.1\r\n" HOST END)},
	{400, "an absolute target without a scheme", IN("GET ://b/ HTTP/1.1\r\n" HOST END)},
	{400, "a scheme that begins with a digit", IN("GET 1a://b/ HTTP/1.1\r\n" HOST END)},
	{400, "a scheme that begins with a plus", IN("GET +a://b/ HTTP/1.1\r\n" HOST END)},
	{400, "a scheme with a tilde", IN("GET a~b://b/ HTTP/1.1\r\n" HOST END)},
	{400, "a scheme with an underscore", IN("GET a_b://b/ HTTP/1.1\r\n" HOST END)},
	{400, "an absolute target with one slash", IN("GET http:/b HTTP/1.1\r\n" HOST END)},
	{400, "an absolute target with user information",
	 IN("GET http://u:p@b/ HTTP/1.1\r\n" HOST END)},
	{400, "an absolute target with a bad port", IN("GET http://b:x/ HTTP/1.1\r\n" HOST END)},
	{400, "an absolute target with a bad address",
	 IN("GET http://[::1/ HTTP/1.1\r\n" HOST END)},
	{400, "CONNECT to a path", IN("CONNECT / HTTP/1.1\r\n" HOST END)},
	{400, "CONNECT to a URL", IN("CONNECT http://b:80/ HTTP/1.1\r\n" HOST END)},
	{400, "CONNECT to an asterisk", IN("CONNECT * HTTP/1.1\r\n" HOST END)},
	{400, "CONNECT without a port", IN("CONNECT b HTTP/1.1\r\n" HOST END)},
	{400, "CONNECT with an empty port", IN("CONNECT b: HTTP/1.1\r\n" HOST END)},
	{400, "CONNECT with an empty host", IN("CONNECT :80 HTTP/1.1\r\n" HOST END)},
	{400, "CONNECT to an IPv6 address without a port",
	 IN("CONNECT [::1] HTTP/1.1\r\n" HOST END)},
	{400, "CONNECT to an IPv6 address with an empty port",
	 IN("CONNECT [::1]: HTTP/1.1\r\n" HOST END)},

	/* fields */
	{400, "a space before the colon", IN(LINE HOST "X : y\r\n\r\n")},
	{400, "a TAB before the colon", IN(LINE HOST "X\t: y\r\n\r\n")},
	{400, "a space in a name", IN(LINE HOST "X Y: z\r\n\r\n")},
	{400, "an empty name", IN(LINE HOST ": y\r\n\r\n")},
	{400, "a line without a colon", IN(LINE HOST "rubbish\r\n\r\n")},
	{400, "a name with a separator", IN(LINE HOST "X(): y\r\n\r\n")},
	{400, "a name with a NUL", IN(LINE HOST "X\0: y\r\n\r\n")},
	{400, "a name with a byte above ASCII", IN(LINE HOST "X\xe4: y\r\n\r\n")},
	{400, "obs-fold with a space", IN(LINE HOST "X: y\r\n z\r\n\r\n")},
	{400, "obs-fold with a TAB", IN(LINE HOST "X: y\r\n\tz\r\n\r\n")},
	{400, "a fold of nothing", IN(LINE HOST "X: y\r\n \r\n\r\n")},
	{400, "a blank before the first name", IN(LINE " Host: a\r\n\r\n")},
	{400, "a NUL in a value", IN(LINE HOST "X: a\0b\r\n\r\n")},
	{400, "a vertical tab in a value", IN(LINE HOST "X: a\vb\r\n\r\n")},
	{400, "a DEL in a value", IN(LINE HOST "X: a\177b\r\n\r\n")},
	{400, "an escape in a value", IN(LINE HOST "X: \033[m\r\n\r\n")},
	{400, "a bare CR in a value", IN(LINE HOST "X: a\rb\r\n\r\n")},
	{400, "two CRs behind a value", IN(LINE HOST "X: a\r\r\n\r\n")},
	{400, "a bare LF behind a value", IN(LINE HOST "X: a\nY: b\r\n\r\n")},
	{400, "a bare LF before the value", IN(LINE HOST "X:\n\r\n")},
	{400, "a bare LF behind a name", IN(LINE HOST "X\n\r\n")},
	{400, "a bare LF at the end", IN(LINE HOST "\n")},
	{400, "a CR at the end with something else behind it", IN(LINE HOST "\rX")},
	{400, "two CRs at the end", IN(LINE HOST "\r\r\n")},

	/* Host */
	{400, "no Host", IN(LINE END)},
	{400, "no Host in HTTP/1.9", IN("GET / HTTP/1.9\r\n\r\n")},
	{400, "no Host with an absolute target", IN("GET http://b/ HTTP/1.1\r\n\r\n")},
	{400, "two Hosts", IN(LINE HOST "Host: b\r\n\r\n")},
	{400, "the same Host twice", IN(LINE HOST "host: a\r\n\r\n")},
	{400, "two Hosts in HTTP/1.0", IN("GET / HTTP/1.0\r\n" HOST HOST END)},
	{400, "an empty Host and another one", IN(LINE "Host:\r\n" HOST END)},
	{400, "a Host with a space", IN(LINE "Host: a b\r\n\r\n")},
	{400, "a Host with a broken escape", IN(LINE "Host: a%z1\r\n\r\n")},
	{400, "a Host with an escape cut short", IN(LINE "Host: a%1\r\n\r\n")},
	{400, "a Host with a port that is none", IN(LINE "Host: a:65536\r\n\r\n")},
	{400, "a Host with a slash", IN(LINE "Host: a/b\r\n\r\n")},
	{400, "a Host with user information", IN(LINE "Host: u@a\r\n\r\n")},
	{400, "a Host with a query", IN(LINE "Host: a?b\r\n\r\n")},
	{400, "a Host with a backslash", IN(LINE "Host: a\\b\r\n\r\n")},
	{400, "a Host with a byte above ASCII", IN(LINE "Host: \xc3\xa4\r\n\r\n")},
	{400, "a Host with a port of letters", IN(LINE "Host: a:http\r\n\r\n")},
	{400, "a Host with a port of six digits", IN(LINE "Host: a:123456\r\n\r\n")},
	{400, "a Host with two ports", IN(LINE "Host: a:1:2\r\n\r\n")},
	{400, "a Host that is a port", IN(LINE "Host: :80\r\n\r\n")},
	{400, "a Host that is an IPv6 address without brackets", IN(LINE "Host: ::1\r\n\r\n")},
	{400, "a Host with an open bracket", IN(LINE "Host: [::1\r\n\r\n")},
	{400, "a Host with a closing bracket", IN(LINE "Host: ::1]\r\n\r\n")},
	{400, "a Host with empty brackets", IN(LINE "Host: []\r\n\r\n")},
	{400, "a Host with letters in brackets", IN(LINE "Host: [g::1]\r\n\r\n")},
	{400, "a Host with something behind the brackets", IN(LINE "Host: [::1]a\r\n\r\n")},
	{400, "a Host with brackets inside", IN(LINE "Host: a[::1]\r\n\r\n")},
	{400, "a bad Host in HTTP/1.0", IN("GET / HTTP/1.0\r\nHost: a/b\r\n\r\n")},

	/* length of the body */
	{400, "an empty Content-Length", IN(POST "Content-Length:\r\n\r\n")},
	{400, "a Content-Length with a plus", IN(POST "Content-Length: +1\r\n\r\n")},
	{400, "a Content-Length with a minus", IN(POST "Content-Length: -1\r\n\r\n")},
	{400, "a hexadecimal Content-Length", IN(POST "Content-Length: 0x1\r\n\r\n")},
	{400, "a Content-Length with letters behind", IN(POST "Content-Length: 1a\r\n\r\n")},
	{400, "a Content-Length with a blank inside", IN(POST "Content-Length: 1 1\r\n\r\n")},
	{400, "a Content-Length with a fraction", IN(POST "Content-Length: 1.0\r\n\r\n")},
	{400, "a Content-Length in quotes", IN(POST "Content-Length: \"1\"\r\n\r\n")},
	{400, "a list of Content-Lengths", IN(POST "Content-Length: 1, 1\r\n\r\n")},
	{400, "a list that ends empty", IN(POST "Content-Length: 1,\r\n\r\n")},
	{400, "two Content-Lengths that differ",
	 IN(POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n")},
	{400, "the same Content-Length twice",
	 IN(POST "Content-Length: 1\r\ncontent-length: 1\r\n\r\n")},
	{400, "a Content-Length with a byte above ASCII", IN(POST "Content-Length: \xb2\r\n\r\n")},
	{413, "a Content-Length of 2^63", IN(POST "Content-Length: 9223372036854775808\r\n\r\n")},
	{413, "a Content-Length of 2^64", IN(POST "Content-Length: 18446744073709551616\r\n\r\n")},
	{413, "a Content-Length of 2^64 + 1",
	 IN(POST "Content-Length: 18446744073709551617\r\n\r\n")},
	{413, "a Content-Length of 40 digits",
	 IN(POST "Content-Length: 1234567890123456789012345678901234567890\r\n\r\n")},
	{400, "Content-Length and chunked",
	 IN(POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")},
	{400, "chunked and Content-Length",
	 IN(POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n")},
	{400, "chunked and a Content-Length of nothing",
	 IN(POST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n")},
	{400, "chunked in HTTP/1.0", IN("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")},
	{400, "chunked twice", IN(POST "Transfer-Encoding: chunked, chunked\r\n\r\n")},
	{400, "chunked in two fields",
	 IN(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")},
	{400, "chunked and not last", IN(POST "Transfer-Encoding: chunked, gzip\r\n\r\n")},
	{400, "chunked and another coding in the next field",
	 IN(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n")},
	{400, "an empty Transfer-Encoding", IN(POST "Transfer-Encoding:\r\n\r\n")},
	{400, "a Transfer-Encoding of commas", IN(POST "Transfer-Encoding: , ,\r\n\r\n")},
	{400, "chunked and an empty Transfer-Encoding",
	 IN(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n\r\n")},
	{501, "gzip, chunked", IN(POST "Transfer-Encoding: gzip, chunked\r\n\r\n")},
	{501, "gzip alone", IN(POST "Transfer-Encoding: gzip\r\n\r\n")},
	{501, "identity", IN(POST "Transfer-Encoding: identity\r\n\r\n")},
	{501, "chunked with a parameter", IN(POST "Transfer-Encoding: chunked;a=b\r\n\r\n")},
	{501, "chunked with a letter behind", IN(POST "Transfer-Encoding: chunkedd\r\n\r\n")},
	{501, "chunked with a letter before", IN(POST "Transfer-Encoding: xchunked\r\n\r\n")},
	{501, "chunked in quotes", IN(POST "Transfer-Encoding: \"chunked\"\r\n\r\n")},

	/* Expect */
	{417, "an unknown Expect", IN(POST "Expect: tea\r\n\r\n")},
	{417, "an empty Expect", IN(POST "Expect:\r\n\r\n")},
	{417, "an Expect that goes on", IN(POST "Expect: 100-continue, tea\r\n\r\n")},
	{417, "an Expect that is known and one that is not",
	 IN(POST "Expect: 100-continue\r\nExpect: tea\r\n\r\n")},
	{400, "bad framing matters more than an unknown Expect",
	 IN(POST "Expect: tea\r\nContent-Length: x\r\n\r\n")},

	/* not HTTP at all */
	{400, "TLS", IN("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")},
	{400, "SSH", IN("SSH-2.0-x\r\n")},
	{505, "the preface of HTTP/2 from a client that knows", IN("PRI / HTTP/2.0\r\n\r\n")},
	{400, "the preface of HTTP/2", IN("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")},

	/* trailer section */
	{400, "a trailer with a bare LF", IN("X: y\n\r\n"), .trailer = true},
	{400, "a trailer that is folded", IN("X: y\r\n z\r\n\r\n"), .trailer = true},
	{400, "a trailer without a colon", IN("rubbish\r\n\r\n"), .trailer = true},
	{400, "a trailer section that is a bare LF", IN("\n"), .trailer = true},
	{400, "a trailer section that begins with a blank", IN(" \r\n"), .trailer = true},
	{400, "a trailer section that begins with a NUL", IN("\0"), .trailer = true},
};

/* Reading -------------------------------------------------------------------------------------- */

/* A head under way, and the place that its bytes have at the moment. */
struct reading {
	struct head head;
	char *bytes;
	struct head_limits limits;
	int result;
};

static void
reading_init_limits(struct reading *reading, bool trailer, const struct head_limits *limits)
{
	memset(reading, 0xa5, sizeof(*reading));
	if (trailer)
		head_init_trailer(&reading->head);
	else
		head_init(&reading->head);
	reading->bytes = NULL;
	reading->limits = *limits;
	reading->result = HEAD_AGAIN;
}

static void
reading_init(struct reading *reading, bool trailer, size_t max)
{
	struct head_limits limits = {
		.line = (uint32_t)max, .head = (uint32_t)max, .fields = FIELDS};

	reading_init_limits(reading, trailer, &limits);
}

static void
reading_fini(struct reading *reading)
{
	free(reading->bytes);
}

/* Saves the head, forgets it and all that it points at, and brings it back from what was saved. */
static void
reading_move(struct reading *reading, size_t n)
{
	struct head *saved = head_save(&reading->head, reading->bytes, n);

	ck_assert_ptr_nonnull(saved);
	ck_assert_mem_eq(saved->bytes, reading->bytes, n);
	memset(reading->bytes, 0xa5, n);
	memset(&reading->head, 0xa5, sizeof(reading->head));
	head_load(&reading->head, saved);
	memcpy(reading->bytes, saved->bytes, n);
	reading->head.bytes = reading->bytes;
	free(saved);
}

/* The first n bytes are there now, in a place of just that size. */
static int
reading_feed(struct reading *reading, const char *bytes, size_t n)
{
	char *place = malloc(n);

	memcpy(place, bytes, n);
	free(reading->bytes);
	reading->bytes = place;
	reading->result = head_parse(&reading->head, place, n, &reading->limits);
	if (reading->result == HEAD_AGAIN)
		ck_assert_uint_eq(reading->head.pos, n);
	if (reading->result == HEAD_AGAIN || reading->result == HEAD_DONE)
		reading_move(reading, n);
	return reading->result;
}

static int
read_whole(struct reading *reading, const char *bytes, size_t n)
{
	return reading_feed(reading, bytes, n);
}

static int
read_cut(struct reading *reading, const char *bytes, size_t n, size_t cut)
{
	int result = reading_feed(reading, bytes, cut);

	return result == HEAD_AGAIN ? reading_feed(reading, bytes, n) : result;
}

static int
read_bytewise(struct reading *reading, const char *bytes, size_t n)
{
	for (size_t i = 1; i <= n && reading->result == HEAD_AGAIN; i++)
		reading_feed(reading, bytes, i);
	return reading->result;
}

/* Comparing ------------------------------------------------------------------------------------ */

static int
head_flags(const struct head *head)
{
	return (head->chunked ? CHUNKED : 0) | (head->has_length ? LENGTH : 0) |
	       (head->close ? CLOSE : 0) | (head->keep_alive ? KEEP_ALIVE : 0) |
	       (head->expect_continue ? CONTINUE : 0) | (head->upgrade ? UPGRADE : 0) |
	       (head->is_head ? IS_HEAD : 0) | (head->is_connect ? IS_CONNECT : 0);
}

static void
fields_expect(const struct head *head, const char *expected)
{
	char text[1024] = "";
	size_t len = 0;

	for (size_t i = 0; i < head->nfields; i++) {
		eddy_str name = head_name(head, i), value = head_value(head, i);

		ck_assert(head->fields[i].name + name.n < head->fields[i].value);
		ck_assert_uint_lt(head->fields[i].value + value.n, head->size);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s=%.*s", i ? "|" : "",
					(int)name.n, name.p, (int)value.n, value.p);
	}
	ck_assert_str_eq(text, expected);
}

static void
line_expect(const struct head *head, const struct accepted *a)
{
	const char *target = a->target ? a->target : "/";

	ck_assert_text(head_str(head, head->method), a->method ? a->method : "GET");
	ck_assert_text(head_str(head, head->target), target);
	ck_assert_text(head_path(head), a->path ? a->path : target);
	ck_assert_int_eq(head->query.at != 0, a->query != NULL);
	if (a->query)
		ck_assert_text(head_str(head, head->query), a->query);
	ck_assert_text(head_str(head, head->authority), a->authority ? a->authority : "");
	ck_assert_uint_eq(head->minor, a->minor_0 ? 0 : 1);
}

static void
head_expect(const struct reading *reading, const struct accepted *a, const char *how)
{
	const struct head *head = &reading->head;

	ck_assert_msg(reading->result == HEAD_DONE, "%s, %s: %d", a->name, how, reading->result);
	ck_assert_uint_eq(head->size, a->n - a->behind);
	if (!a->trailer)
		line_expect(head, a);
	fields_expect(head, a->fields ? a->fields : "Host=a");
	ck_assert_msg(head_flags(head) == a->flags, "%s, %s: flags %#x instead of %#x", a->name,
		      how, (unsigned)head_flags(head), (unsigned)a->flags);
	ck_assert_msg(head->length == a->length, "%s, %s: length %" PRIu64, a->name, how,
		      head->length);
}

/* Accepted ------------------------------------------------------------------------------------- */

START_TEST(a_good_head_is_read_as_it_says)
{
	const struct accepted *a = &accepted[_i];
	struct reading reading;

	reading_init(&reading, a->trailer, MAX);
	read_whole(&reading, a->bytes, a->n);
	head_expect(&reading, a, "in one piece");
	reading_fini(&reading);
}
END_TEST

START_TEST(a_good_head_cut_at_any_byte_is_read_the_same)
{
	struct reading reading;
	char how[32];

	for (int i = 0; i < COUNT(accepted); i++) {
		for (size_t cut = 1; cut < accepted[i].n; cut++) {
			snprintf(how, sizeof(how), "cut at %zu", cut);
			reading_init(&reading, accepted[i].trailer, MAX);
			read_cut(&reading, accepted[i].bytes, accepted[i].n, cut);
			head_expect(&reading, &accepted[i], how);
			reading_fini(&reading);
		}
	}
}
END_TEST

START_TEST(a_good_head_in_single_bytes_is_read_the_same)
{
	struct reading reading;

	for (int i = 0; i < COUNT(accepted); i++) {
		reading_init(&reading, accepted[i].trailer, MAX);
		read_bytewise(&reading, accepted[i].bytes, accepted[i].n);
		head_expect(&reading, &accepted[i], "byte by byte");
		reading_fini(&reading);
	}
}
END_TEST

START_TEST(a_good_head_is_done_with_its_last_byte_and_not_before)
{
	struct reading reading;

	for (int i = 0; i < COUNT(accepted); i++) {
		size_t size = accepted[i].n - accepted[i].behind;

		reading_init(&reading, accepted[i].trailer, MAX);
		for (size_t n = 1; n < size; n++)
			ck_assert_int_eq(reading_feed(&reading, accepted[i].bytes, n), HEAD_AGAIN);
		ck_assert_int_eq(reading_feed(&reading, accepted[i].bytes, size), HEAD_DONE);
		reading_fini(&reading);
	}
}
END_TEST

/* Refused -------------------------------------------------------------------------------------- */

START_TEST(a_bad_head_is_refused_with_its_status)
{
	const struct refused *r = &refused[_i];
	struct reading reading;

	reading_init(&reading, r->trailer, MAX);
	ck_assert_msg(read_whole(&reading, r->bytes, r->n) == r->status, "%s: %d", r->name,
		      reading.result);
	reading_fini(&reading);
}
END_TEST

START_TEST(a_bad_head_cut_at_any_byte_is_refused_with_the_same_status)
{
	struct reading reading;

	for (int i = 0; i < COUNT(refused); i++) {
		for (size_t cut = 1; cut < refused[i].n; cut++) {
			reading_init(&reading, refused[i].trailer, MAX);
			read_cut(&reading, refused[i].bytes, refused[i].n, cut);
			ck_assert_msg(reading.result == refused[i].status, "%s, cut at %zu: %d",
				      refused[i].name, cut, reading.result);
			reading_fini(&reading);
		}
	}
}
END_TEST

START_TEST(a_bad_head_in_single_bytes_is_refused_with_the_same_status)
{
	struct reading reading;

	for (int i = 0; i < COUNT(refused); i++) {
		reading_init(&reading, refused[i].trailer, MAX);
		read_bytewise(&reading, refused[i].bytes, refused[i].n);
		ck_assert_msg(reading.result == refused[i].status, "%s: %d", refused[i].name,
			      reading.result);
		reading_fini(&reading);
	}
}
END_TEST

/* Limits --------------------------------------------------------------------------------------- */

/* In one piece, in two at every byte, and byte by byte. */
static void
expect_limits(const char *bytes, size_t n, struct head_limits limits, bool trailer, int result)
{
	struct reading reading;

	for (size_t cut = 1; cut <= n; cut++) {
		reading_init_limits(&reading, trailer, &limits);
		ck_assert_msg(read_cut(&reading, bytes, n, cut) == result,
			      "%zu bytes, limits %u, %u and %u, cut at %zu: %d", n, limits.line,
			      limits.head, limits.fields, cut, reading.result);
		reading_fini(&reading);
	}
	reading_init_limits(&reading, trailer, &limits);
	ck_assert_int_eq(read_bytewise(&reading, bytes, n), result);
	reading_fini(&reading);
}

/* The same with one limit for the head and its request line. */
static void
expect_everywhere(const char *bytes, size_t n, size_t max, bool trailer, int result)
{
	expect_limits(bytes, n,
		      (struct head_limits){
			      .line = (uint32_t)max, .head = (uint32_t)max, .fields = FIELDS},
		      trailer, result);
}

#define SOME LINE HOST "X: yyyyyyyyyyyyyyyyyyyyyyyyy\r\n\r\n"

START_TEST(a_head_as_long_as_the_limit_is_fine)
{
	expect_everywhere(BYTES(SOME), sizeof(SOME) - 1, false, HEAD_DONE);
}
END_TEST

START_TEST(a_head_as_long_as_the_limit_may_have_bytes_behind_it)
{
	expect_everywhere(BYTES(SOME "GET /next"), sizeof(SOME) - 1, false, HEAD_DONE);
}
END_TEST

START_TEST(a_head_longer_than_the_limit_is_431)
{
	for (size_t max = sizeof(LINE); max < sizeof(SOME) - 1; max++)
		expect_everywhere(BYTES(SOME), max, false, 431);
}
END_TEST

START_TEST(a_request_line_longer_than_the_limit_is_414)
{
	for (size_t max = 1; max < sizeof(LINE) - 2; max++)
		expect_everywhere(BYTES(SOME), max, false, 414);
}
END_TEST

START_TEST(a_request_line_that_just_does_not_end_is_414)
{
	expect_everywhere(BYTES("GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 40, false, 414);
}
END_TEST

START_TEST(an_unfinished_head_as_long_as_the_limit_is_431)
{
	expect_everywhere(BYTES(LINE HOST), sizeof(LINE HOST) - 1, false, 431);
}
END_TEST

START_TEST(empty_lines_before_the_request_count_for_the_limit)
{
	expect_everywhere(BYTES("\r\n\r\n" SOME), sizeof(SOME) + 2, false, 431);
	expect_everywhere(BYTES("\r\n\r\n" SOME), sizeof(SOME) + 3, false, HEAD_DONE);
}
END_TEST

START_TEST(what_lies_beyond_the_limit_is_not_looked_at)
{
	expect_everywhere(BYTES(LINE "Host: a\0\r\n\r\n"), sizeof(LINE "Host: a") - 1, false, 431);
}
END_TEST

START_TEST(a_trailer_section_longer_than_the_limit_is_431)
{
	expect_everywhere(BYTES("X: y\r\n\r\n"), 7, true, 431);
	expect_everywhere(BYTES("X: y\r\n\r\n"), 8, true, HEAD_DONE);
}
END_TEST

/* Each limit alone: the other two are far away. */

START_TEST(a_request_line_as_long_as_its_own_limit_is_fine)
{
	struct head_limits limits = {.line = sizeof(LINE) - 1, .head = MAX, .fields = FIELDS};

	expect_limits(BYTES(SOME), limits, false, HEAD_DONE);
}
END_TEST

START_TEST(a_request_line_longer_than_its_own_limit_is_414)
{
	for (uint32_t max = 1; max < sizeof(LINE) - 1; max++)
		expect_limits(BYTES(SOME), (struct head_limits){max, MAX, FIELDS}, false, 414);
}
END_TEST

START_TEST(the_limit_of_the_request_line_is_none_of_the_fields)
{
	static const char line[] = "GET / HTTP/1.1\r\n", name[] = "Host: a\r\nX: ";
	char text[sizeof(line) + sizeof(name) + 300], *p = text;

	p = mempcpy(p, line, sizeof(line) - 1);
	p = mempcpy(p, name, sizeof(name) - 1);
	memset(p, 'y', 200);
	p = mempcpy(p + 200, "\r\n\r\n", 4);
	expect_limits(text, (size_t)(p - text), (struct head_limits){sizeof(line), MAX, FIELDS},
		      false, HEAD_DONE);
}
END_TEST

START_TEST(a_head_longer_than_its_limit_is_431_though_its_line_is_not)
{
	for (uint32_t max = sizeof(LINE); max < sizeof(SOME) - 1; max++)
		expect_limits(BYTES(SOME), (struct head_limits){sizeof(LINE), max, FIELDS}, false,
			      431);
	expect_limits(BYTES(SOME), (struct head_limits){sizeof(LINE), sizeof(SOME) - 1, FIELDS},
		      false, HEAD_DONE);
}
END_TEST

START_TEST(a_trailer_section_has_no_request_line_to_limit)
{
	expect_limits(BYTES("X: yyyyyyyyyyyyyyyy\r\n\r\n"), (struct head_limits){4, MAX, FIELDS},
		      true, HEAD_DONE);
}
END_TEST

START_TEST(as_many_fields_as_the_limit_are_fine_and_one_more_is_431)
{
	static const char text[] = LINE HOST "A: 1\r\nB: 2\r\nC: 3\r\n\r\n";

	for (uint16_t fields = 1; fields < 4; fields++)
		expect_limits(BYTES(text), (struct head_limits){MAX, MAX, fields}, false, 431);
	expect_limits(BYTES(text), (struct head_limits){MAX, MAX, 4}, false, HEAD_DONE);
	expect_limits(BYTES(text), (struct head_limits){MAX, MAX, HEAD_FIELDS_MAX}, false,
		      HEAD_DONE);
}
END_TEST

START_TEST(a_trailer_section_keeps_to_the_limit_of_fields_too)
{
	static const char text[] = "A: 1\r\nB: 2\r\nC: 3\r\n\r\n";

	expect_limits(BYTES(text), (struct head_limits){MAX, MAX, 2}, true, 431);
	expect_limits(BYTES(text), (struct head_limits){MAX, MAX, 3}, true, HEAD_DONE);
}
END_TEST

/* A head, or trailer section, of that many fields; the caller frees. */
static char *
many_fields(bool trailer, size_t count)
{
	char *text = malloc(count * 16 + 64), *p = text;

	p += sprintf(p, "%s", trailer ? "" : LINE);
	for (size_t i = 0; i < count; i++)
		p += i == 0 ? sprintf(p, HOST) : sprintf(p, "X-%zu: %zu\r\n", i, i);
	strcpy(p, END);
	return text;
}

static void
many_fields_expect(bool trailer, size_t count, int result)
{
	char *text = many_fields(trailer, count);

	expect_everywhere(text, strlen(text), MAX, trailer, result);
	free(text);
}

START_TEST(a_head_may_have_100_fields)
{
	many_fields_expect(false, 100, HEAD_DONE);
}
END_TEST

START_TEST(a_head_with_101_fields_is_431)
{
	many_fields_expect(false, 101, 431);
}
END_TEST

START_TEST(a_trailer_section_may_have_100_fields)
{
	many_fields_expect(true, 100, HEAD_DONE);
}
END_TEST

START_TEST(a_trailer_section_with_101_fields_is_431)
{
	many_fields_expect(true, 101, 431);
}
END_TEST

START_TEST(each_of_100_fields_is_where_it_was)
{
	struct reading reading;
	char *text = many_fields(false, 100), expected[16];

	reading_init(&reading, false, MAX);
	ck_assert_int_eq(read_bytewise(&reading, text, strlen(text)), HEAD_DONE);
	ck_assert_uint_eq(reading.head.nfields, 100);
	for (size_t i = 1; i < 100; i++) {
		snprintf(expected, sizeof(expected), "X-%zu", i);
		ck_assert_text(head_name(&reading.head, i), expected);
		ck_assert_text(head_value(&reading.head, i), expected + 2);
	}
	reading_fini(&reading);
	free(text);
}
END_TEST

static void
most_fields_expect(size_t count, int result)
{
	char *text = many_fields(false, count);
	struct reading reading;

	reading_init_limits(&reading, false, &(struct head_limits){MAX, MAX, HEAD_FIELDS_MAX});
	ck_assert_int_eq(read_bytewise(&reading, text, strlen(text)), result);
	if (result == HEAD_DONE)
		ck_assert_uint_eq(reading.head.nfields, count);
	reading_fini(&reading);
	free(text);
}

START_TEST(a_head_may_have_256_fields_if_the_conf_says_so_and_no_more)
{
	most_fields_expect(HEAD_FIELDS_MAX, HEAD_DONE);
	most_fields_expect(HEAD_FIELDS_MAX + 1, 431);
}
END_TEST

/* A head of nearly 64 KB: the offsets are 16 bits wide. */
START_TEST(a_head_of_65535_bytes_is_read_to_its_last_field)
{
	size_t n = 65535, fixed = sizeof(LINE HOST "X: \r\nLast: z\r\n\r\n") - 1;
	char *text = malloc(n + 1), *p = text;
	struct reading reading;

	p += sprintf(p, LINE HOST "X: ");
	p = memset(p, 'y', n - fixed);
	strcpy(p + n - fixed, "\r\nLast: z\r\n\r\n");
	reading_init(&reading, false, n);
	ck_assert_int_eq(read_cut(&reading, text, n, n - 5), HEAD_DONE);
	ck_assert_uint_eq(reading.head.size, n);
	ck_assert_uint_eq(head_value(&reading.head, 1).n, n - fixed);
	ck_assert_text(head_name(&reading.head, 2), "Last");
	ck_assert_text(head_value(&reading.head, 2), "z");
	reading_fini(&reading);
	free(text);
}
END_TEST

/* Finding and saving --------------------------------------------------------------------------- */

static void
three_fields(struct reading *reading)
{
	reading_init(reading, false, MAX);
	ck_assert_int_eq(read_whole(reading, BYTES(LINE HOST "Cookie: 1\r\ncookie: 2\r\n\r\n")),
			 HEAD_DONE);
}

START_TEST(a_field_is_found_in_any_case)
{
	struct reading reading;

	three_fields(&reading);
	ck_assert_int_eq(head_find(&reading.head, 0, "COOKIE", 6), 1);
	reading_fini(&reading);
}
END_TEST

START_TEST(the_next_field_of_a_name_is_found_behind_the_first)
{
	struct reading reading;

	three_fields(&reading);
	ck_assert_int_eq(head_find(&reading.head, 2, "cookie", 6), 2);
	ck_assert_int_eq(head_find(&reading.head, 3, "cookie", 6), -1);
	reading_fini(&reading);
}
END_TEST

START_TEST(a_field_that_is_not_there_is_not_found)
{
	struct reading reading;

	three_fields(&reading);
	ck_assert_int_eq(head_find(&reading.head, 0, "cooki", 5), -1);
	ck_assert_int_eq(head_find(&reading.head, 0, "cookies", 7), -1);
	ck_assert_int_eq(head_find(&reading.head, 0, "", 0), -1);
	reading_fini(&reading);
}
END_TEST

START_TEST(a_saved_head_owns_its_bytes)
{
	struct reading reading;
	struct head *saved;

	three_fields(&reading);
	saved = head_save(&reading.head, reading.bytes, reading.head.size);
	reading_fini(&reading);
	memset(&reading, 0xa5, sizeof(reading));
	ck_assert_text(head_str(saved, saved->method), "GET");
	ck_assert_text(head_value(saved, 2), "2");
	free(saved);
}
END_TEST

START_TEST(a_head_with_no_bytes_can_be_saved)
{
	struct head head, *saved;

	head_init(&head);
	saved = head_save(&head, NULL, 0);
	ck_assert_ptr_nonnull(saved);
	memset(&head, 0xa5, sizeof(head));
	head_load(&head, saved);
	ck_assert_uint_eq(head.pos, 0);
	ck_assert_uint_eq(head.nfields, 0);
	free(saved);
}
END_TEST

/* Several connections share one struct head in turn: what one has read must not show in another. */
START_TEST(two_heads_under_way_do_not_mix)
{
	static const char one[] = LINE HOST "One: 1\r\n\r\n",
			  two[] = LINE HOST "Second: 22\r\n\r\n";
	struct head shared, *first, *second;

	for (size_t cut = 1; cut < sizeof(one) - 1; cut++) {
		head_init(&shared);
		ck_assert_int_eq(head_parse(&shared, one, cut,
					    &(struct head_limits){
						    .line = MAX, .head = MAX, .fields = FIELDS}),
				 HEAD_AGAIN);
		first = head_save(&shared, one, cut);
		head_init(&shared);
		ck_assert_int_eq(head_parse(&shared, two, cut,
					    &(struct head_limits){
						    .line = MAX, .head = MAX, .fields = FIELDS}),
				 HEAD_AGAIN);
		second = head_save(&shared, two, cut);
		head_load(&shared, first);
		ck_assert_int_eq(head_parse(&shared, one, sizeof(one) - 1,
					    &(struct head_limits){
						    .line = MAX, .head = MAX, .fields = FIELDS}),
				 HEAD_DONE);
		fields_expect(&shared, "Host=a|One=1");
		head_load(&shared, second);
		ck_assert_int_eq(head_parse(&shared, two, sizeof(two) - 1,
					    &(struct head_limits){
						    .line = MAX, .head = MAX, .fields = FIELDS}),
				 HEAD_DONE);
		fields_expect(&shared, "Host=a|Second=22");
		free(first);
		free(second);
	}
}
END_TEST

START_TEST(a_head_is_ready_again_after_init)
{
	struct reading reading;

	three_fields(&reading);
	head_init(&reading.head);
	ck_assert_int_eq(read_whole(&reading, BYTES("HEAD /x HTTP/1.0\r\n\r\n")), HEAD_DONE);
	ck_assert_uint_eq(reading.head.nfields, 0);
	ck_assert_uint_eq(reading.head.minor, 0);
	ck_assert(reading.head.is_head);
	reading_fini(&reading);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_loop_test(tcase, a_good_head_is_read_as_it_says, 0, COUNT(accepted));
	tcase_add_test(tcase, a_good_head_cut_at_any_byte_is_read_the_same);
	tcase_add_test(tcase, a_good_head_in_single_bytes_is_read_the_same);
	tcase_add_test(tcase, a_good_head_is_done_with_its_last_byte_and_not_before);
	tcase_add_loop_test(tcase, a_bad_head_is_refused_with_its_status, 0, COUNT(refused));
	tcase_add_test(tcase, a_bad_head_cut_at_any_byte_is_refused_with_the_same_status);
	tcase_add_test(tcase, a_bad_head_in_single_bytes_is_refused_with_the_same_status);
	tcase_add_test(tcase, a_head_as_long_as_the_limit_is_fine);
	tcase_add_test(tcase, a_head_as_long_as_the_limit_may_have_bytes_behind_it);
	tcase_add_test(tcase, a_head_longer_than_the_limit_is_431);
	tcase_add_test(tcase, a_request_line_longer_than_the_limit_is_414);
	tcase_add_test(tcase, a_request_line_that_just_does_not_end_is_414);
	tcase_add_test(tcase, an_unfinished_head_as_long_as_the_limit_is_431);
	tcase_add_test(tcase, empty_lines_before_the_request_count_for_the_limit);
	tcase_add_test(tcase, what_lies_beyond_the_limit_is_not_looked_at);
	tcase_add_test(tcase, a_trailer_section_longer_than_the_limit_is_431);
	tcase_add_test(tcase, a_request_line_as_long_as_its_own_limit_is_fine);
	tcase_add_test(tcase, a_request_line_longer_than_its_own_limit_is_414);
	tcase_add_test(tcase, the_limit_of_the_request_line_is_none_of_the_fields);
	tcase_add_test(tcase, a_head_longer_than_its_limit_is_431_though_its_line_is_not);
	tcase_add_test(tcase, a_trailer_section_has_no_request_line_to_limit);
	tcase_add_test(tcase, as_many_fields_as_the_limit_are_fine_and_one_more_is_431);
	tcase_add_test(tcase, a_trailer_section_keeps_to_the_limit_of_fields_too);
	tcase_add_test(tcase, a_head_may_have_256_fields_if_the_conf_says_so_and_no_more);
	tcase_add_test(tcase, a_head_may_have_100_fields);
	tcase_add_test(tcase, a_head_with_101_fields_is_431);
	tcase_add_test(tcase, a_trailer_section_may_have_100_fields);
	tcase_add_test(tcase, a_trailer_section_with_101_fields_is_431);
	tcase_add_test(tcase, each_of_100_fields_is_where_it_was);
	tcase_add_test(tcase, a_head_of_65535_bytes_is_read_to_its_last_field);
	tcase_add_test(tcase, a_field_is_found_in_any_case);
	tcase_add_test(tcase, the_next_field_of_a_name_is_found_behind_the_first);
	tcase_add_test(tcase, a_field_that_is_not_there_is_not_found);
	tcase_add_test(tcase, a_saved_head_owns_its_bytes);
	tcase_add_test(tcase, a_head_with_no_bytes_can_be_saved);
	tcase_add_test(tcase, two_heads_under_way_do_not_mix);
	tcase_add_test(tcase, a_head_is_ready_again_after_init);
}

int
main(void)
{
	return suite_run("http/head", tests_add);
}
