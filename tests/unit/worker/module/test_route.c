/*
 * Routing: which route a path and a method find, what is allowed where none takes the method, and
 * what the parameters stand for.
 *
 * Each table of routes is tried in the order it has, turned round, and turned by every number of
 * places: the order in the conf must not matter.
 */
#include <stdio.h>

#include "../suite.h"
#include "module/route.h"

#define ROUTES_MAX 24
#define METHODS_MAX 4

static void
handler_default(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
}

static void
handler_named(eddy_request *req, eddy_response *res, void *state)
{
	handler_default(req, res, state);
}

static const struct eddy_handler handlers[] = {{"named", handler_named}, {NULL, NULL}};
static const struct eddy_module_def with_default = {
	.name = "m", .request = handler_default, .handlers = handlers};
static const struct eddy_module_def without_default = {.name = "n", .handlers = handlers};

/* A router over routes written as "/path" or "GET,POST /path". */
struct fixture {
	struct conf_module conf_modules[2];
	struct eddy_module modules[2];
	struct conf_route routes[ROUTES_MAX];
	char *methods[ROUTES_MAX][METHODS_MAX];
	struct conf conf;
	struct router router;
	char *copies[ROUTES_MAX];
};

static void
route_write(struct fixture *f, size_t i, const char *text)
{
	struct conf_route *route = &f->routes[i];
	char *copy = f->copies[i] = strdup(text), *space = strchr(copy, ' ');

	*route = (struct conf_route){.path = copy, .max_body = CONF_NO_LIMIT};
	if (space == NULL)
		return;
	*space = '\0';
	route->path = space + 1;
	route->methods = f->methods[i];
	for (char *save, *p = strtok_r(copy, ",", &save); p; p = strtok_r(NULL, ",", &save))
		route->methods[route->nmethods++] = p;
}

static void
fixture_conf(struct fixture *f, const char *const *texts, size_t count)
{
	memset(f, 0, sizeof(*f));
	f->conf_modules[0].name = (char *)(uintptr_t) "m";
	f->conf_modules[1].name = (char *)(uintptr_t) "n";
	f->modules[0] = (struct eddy_module){.conf = &f->conf_modules[0], .def = &with_default};
	f->modules[1] = (struct eddy_module){.conf = &f->conf_modules[1], .def = &without_default};
	for (size_t i = 0; i < count; i++)
		route_write(f, i, texts[i]);
	f->conf = (struct conf){
		.modules = f->conf_modules, .nmodules = 2, .routes = f->routes, .nroutes = count};
}

static int
fixture_open(struct fixture *f, size_t *index, char *why, size_t size)
{
	return router_init(&f->router, &f->conf, f->modules, index, why, size);
}

static void
fixture_init(struct fixture *f, const char *const *texts, size_t count)
{
	char why[256] = "";
	size_t index;

	fixture_conf(f, texts, count);
	ck_assert_msg(fixture_open(f, &index, why, sizeof(why)) == 0, "%s", why);
}

static void
fixture_fini(struct fixture *f)
{
	router_fini(&f->router);
	for (size_t i = 0; i < ROUTES_MAX; i++)
		free(f->copies[i]);
}

static eddy_str
text(const char *p)
{
	return (eddy_str){p, strlen(p)};
}

/* What a request finds: the route's path, or "404", or "405 Allow: …". */
static const char *
find(const struct fixture *f, const char *method, const char *path)
{
	static char answer[ROUTE_ALLOW_MAX + 16];
	char allow[ROUTE_ALLOW_MAX] = "";
	int status = 0;
	const struct route *route =
		router_find(&f->router, text(path), text(method), &status, allow);

	if (route != NULL)
		return route->conf->path;
	snprintf(answer, sizeof(answer), status == 405 ? "%d Allow: %s" : "%d", status, allow);
	return answer;
}

/* A request and what it finds. */
struct finding {
	const char *method, *path, *found;
};

static void
findings_expect(const char *const *texts, size_t count, const struct finding *findings, size_t n)
{
	struct fixture f;

	fixture_init(&f, texts, count);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(strcmp(find(&f, findings[i].method, findings[i].path),
				     findings[i].found) == 0,
			      "%s %s finds %s, not %s (the first route is %s)", findings[i].method,
			      findings[i].path, find(&f, findings[i].method, findings[i].path),
			      findings[i].found, texts[0]);
	fixture_fini(&f);
}

static void
findings_expect_in_any_order(const char *const *texts, size_t count, const struct finding *findings,
			     size_t n)
{
	const char *turned[ROUTES_MAX];

	for (size_t first = 0; first < 2 * count; first++) {
		for (size_t i = 0; i < count; i++)
			turned[i] = first < count ? texts[(first + i) % count]
						  : texts[(first + count - i) % count];
		findings_expect(turned, count, findings, n);
	}
}

#define EXPECT(texts, findings) \
	findings_expect_in_any_order(texts, COUNT(texts), findings, COUNT(findings))

/* Which route ---------------------------------------------------------------------------------- */

static const char *const site[] = {
	"/",	    "/a",	    "/a/",	  "/a/b",	    "/:x",
	"/:x/b",    "/a/:y",	    "/a/:y/c",	  "/:x/:y/c",	    "/files/*",
	"/files/a", "/files/:name", "/files/i/*", "/rooms/:r/poll", "/rooms/:r/*",
};

START_TEST(an_exact_route_comes_before_all_others)
{
	static const struct finding findings[] = {
		{"GET", "/", "/"},
		{"GET", "/a", "/a"},
		{"GET", "/a/", "/a/"},
		{"GET", "/a/b", "/a/b"},
		{"GET", "/files/a", "/files/a"},
	};

	EXPECT(site, findings);
}
END_TEST

START_TEST(a_route_with_parameters_comes_before_a_prefix)
{
	static const struct finding findings[] = {
		{"GET", "/files/b", "/files/:name"},
		{"GET", "/rooms/7/poll", "/rooms/:r/poll"},
	};

	EXPECT(site, findings);
}
END_TEST

START_TEST(of_routes_with_parameters_the_longest_comes_first)
{
	static const struct finding findings[] = {
		{"GET", "/a/x/c", "/a/:y/c"},
		{"GET", "/b/x/c", "/:x/:y/c"},
		{"GET", "/b", "/:x"},
	};

	EXPECT(site, findings);
}
END_TEST

START_TEST(of_prefixes_the_longest_comes_first)
{
	static const struct finding findings[] = {
		{"GET", "/files/i/x", "/files/i/*"},
		{"GET", "/files/j/x", "/files/*"},
		{"GET", "/rooms/7/x", "/rooms/:r/*"},
	};

	EXPECT(site, findings);
}
END_TEST

START_TEST(of_equally_long_routes_the_literal_further_left_comes_first)
{
	static const char *const routes[] = {"/:x/b", "/a/:y", "/:x/b/*", "/a/:y/*"};
	static const struct finding findings[] = {
		{"GET", "/a/b", "/a/:y"},
		{"GET", "/c/b", "/:x/b"},
		{"GET", "/a/b/c", "/a/:y/*"},
		{"GET", "/c/b/c", "/:x/b/*"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(a_path_that_no_route_has_is_404)
{
	static const struct finding findings[] = {
		{"GET", "/b/c", "404"},
		{"GET", "/a/b/d", "404"},
		{"GET", "/rooms/7", "404"},
		{"GET", "//", "404"},
		{"GET", "/b/", "404"},
		{"GET", "/a/b/", "404"},
		{"GET", "", "404"},
		{"GET", "a", "404"},
		{"GET", "*", "404"},
		{"GET", "/a//c", "404"},
		{"GET", "/files//", "/files/*"},
	};

	EXPECT(site, findings);
}
END_TEST

START_TEST(connect_goes_to_the_route_for_it_and_nothing_else_does)
{
	static const char *const routes[] = {"CONNECT *", "/", "/*", "/:a"};
	static const struct finding findings[] = {
		{"CONNECT", "b.example:443", "*"}, /* whatever its target */
		{"CONNECT", "/", "*"},
		{"CONNECT", "/a", "*"},
		{"CONNECT", "*", "*"},
		{"OPTIONS", "*", "404"},
		{"GET", "*", "404"},
		{"connect", "/", "/"},
		{"CONNEC", "/", "/"},
		{"GET", "/", "/"},
		{"GET", "/a", "/:a"},
		{"GET", "/*", "/:a"},
		{"GET", "/a/b", "/*"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(connect_without_a_route_for_it_is_501)
{
	static const char *const routes[] = {"/", "/*"};
	static const struct finding findings[] = {
		{"CONNECT", "b.example:443", "501"},
		{"CONNECT", "/", "501"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(a_route_for_connect_alone_takes_no_path)
{
	static const char *const routes[] = {"CONNECT *"};
	static const struct finding findings[] = {
		{"CONNECT", "b.example:443", "*"},
		{"GET", "/", "404"},
		{"GET", "*", "404"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(paths_are_compared_byte_by_byte)
{
	static const char *const routes[] = {"/Hello", "/x/:y/Z"};
	static const struct finding findings[] = {
		{"GET", "/hello", "404"},  {"GET", "/%48ello", "404"}, {"GET", "/Hell", "404"},
		{"GET", "/Hello2", "404"}, {"GET", "/x/1/z", "404"},   {"GET", "/Hello", "/Hello"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(a_prefix_takes_what_is_under_it_and_not_itself)
{
	static const char *const routes[] = {"/files/*"};
	static const struct finding findings[] = {
		{"GET", "/files/", "/files/*"},
		{"GET", "/files/a", "/files/*"},
		{"GET", "/files/a/b/", "/files/*"},
		{"GET", "/files//a", "/files/*"},
		{"GET", "/files", "404"},
		{"GET", "/filesa", "404"},
		{"GET", "/", "404"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(a_prefix_of_everything_takes_everything)
{
	static const char *const routes[] = {"/*"};
	static const struct finding findings[] = {
		{"GET", "/", "/*"},
		{"GET", "/a", "/*"},
		{"GET", "/a/b/", "/*"},
		{"GET", "//", "/*"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(a_parameter_is_one_segment_and_not_empty)
{
	static const char *const routes[] = {"/p/:a", "/p/:a/x/:b"};
	static const struct finding findings[] = {
		{"GET", "/p/1", "/p/:a"},  {"GET", "/p/:a", "/p/:a"},
		{"GET", "/p/", "404"},	   {"GET", "/p", "404"},
		{"GET", "/p/1/", "404"},   {"GET", "/p/1/x", "404"},
		{"GET", "/p/1/x/", "404"}, {"GET", "/p/1/x/2", "/p/:a/x/:b"},
		{"GET", "/p//x/2", "404"}, {"GET", "/p/1/x/2/", "404"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(a_colon_inside_a_segment_is_a_colon)
{
	static const char *const routes[] = {"/a:b", "/c:/:d"};
	static const struct finding findings[] = {
		{"GET", "/a:b", "/a:b"},
		{"GET", "/axx", "404"},
		{"GET", "/c:/1", "/c:/:d"},
		{"GET", "/c/1", "404"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(an_asterisk_inside_a_path_is_an_asterisk)
{
	static const char *const routes[] = {"/a*", "/*/b"};
	static const struct finding findings[] = {
		{"GET", "/a*", "/a*"},
		{"GET", "/ab", "404"},
		{"GET", "/*/b", "/*/b"},
		{"GET", "/x/b", "404"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(no_route_at_all_is_404)
{
	struct fixture f;

	fixture_init(&f, NULL, 0);
	ck_assert_str_eq(find(&f, "GET", "/"), "404");
	fixture_fini(&f);
}
END_TEST

START_TEST(each_of_many_routes_is_found)
{
	enum { MANY = 3000 };
	struct conf_route *routes = calloc(MANY, sizeof(*routes));
	struct conf_module conf_module = {.name = (char *)(uintptr_t) "m"};
	struct eddy_module module = {.conf = &conf_module, .def = &with_default};
	struct conf conf = {
		.modules = &conf_module, .nmodules = 1, .routes = routes, .nroutes = MANY};
	char why[256], allow[ROUTE_ALLOW_MAX];
	struct router router;
	size_t index;
	int status;

	for (size_t i = 0; i < MANY; i++)
		ck_assert_int_gt(asprintf(&routes[i].path,
					  i % 3 == 0   ? "/e/%zu"
					  : i % 3 == 1 ? "/p/%zu/:x"
						       : "/f/%zu/*",
					  i),
				 0);
	ck_assert_int_eq(router_init(&router, &conf, &module, &index, why, sizeof(why)), 0);
	for (size_t i = 0; i < MANY; i++) {
		const struct route *route =
			router_find(&router, text(routes[i].path), text("GET"), &status, allow);

		ck_assert_ptr_nonnull(route);
		ck_assert_ptr_eq(route->conf, &routes[i]);
		ck_assert_uint_eq(route->index, i);
	}
	router_fini(&router);
	for (size_t i = 0; i < MANY; i++)
		free(routes[i].path);
	free(routes);
}
END_TEST

/* Methods -------------------------------------------------------------------------------------- */

START_TEST(a_route_without_methods_takes_every_method)
{
	static const char *const routes[] = {"/a"};
	static const struct finding findings[] = {
		{"GET", "/a", "/a"},
		{"HEAD", "/a", "/a"},
		{"DELETE", "/a", "/a"},
		{"X", "/a", "/a"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(a_method_that_is_not_taken_is_405_with_what_is_allowed)
{
	static const char *const routes[] = {"PUT,DELETE /a", "POST /p/:x", "PATCH /f/*"};
	static const struct finding findings[] = {
		{"PUT", "/a", "/a"},
		{"DELETE", "/a", "/a"},
		{"GET", "/a", "405 Allow: PUT, DELETE"},
		{"HEAD", "/a", "405 Allow: PUT, DELETE"},
		{"GET", "/p/1", "405 Allow: POST"},
		{"GET", "/f/1", "405 Allow: PATCH"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(head_goes_where_get_goes)
{
	static const char *const routes[] = {"GET /a", "GET,POST /p/:x"};
	static const struct finding findings[] = {
		{"HEAD", "/a", "/a"},
		{"HEAD", "/p/1", "/p/:x"},
		{"POST", "/a", "405 Allow: GET, HEAD"},
		{"PUT", "/p/1", "405 Allow: GET, POST, HEAD"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(get_does_not_go_where_head_goes)
{
	static const char *const routes[] = {"HEAD /a"};
	static const struct finding findings[] = {
		{"HEAD", "/a", "/a"},
		{"GET", "/a", "405 Allow: HEAD"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(head_that_is_named_is_allowed_once)
{
	static const char *const routes[] = {"GET,HEAD /a"};
	static const struct finding findings[] = {{"PUT", "/a", "405 Allow: GET, HEAD"}};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(methods_are_case_sensitive)
{
	static const char *const routes[] = {"GET /a"};
	static const struct finding findings[] = {
		{"get", "/a", "405 Allow: GET, HEAD"},
		{"head", "/a", "405 Allow: GET, HEAD"},
		{"GE", "/a", "405 Allow: GET, HEAD"},
		{"GETS", "/a", "405 Allow: GET, HEAD"},
	};

	EXPECT(routes, findings);
}
END_TEST

/* The index in the conf of the route that is found. */
static uint32_t
find_index(const struct fixture *f, const char *method, const char *path)
{
	char allow[ROUTE_ALLOW_MAX];
	int status;
	const struct route *route =
		router_find(&f->router, text(path), text(method), &status, allow);

	ck_assert_ptr_nonnull(route);
	return route->index;
}

START_TEST(routes_of_the_same_path_share_it_by_method)
{
	static const char *const routes[] = {"GET /a", "POST /a", "PUT,DELETE /a"};
	struct fixture f;

	fixture_init(&f, routes, COUNT(routes));
	ck_assert_uint_eq(find_index(&f, "GET", "/a"), 0);
	ck_assert_uint_eq(find_index(&f, "HEAD", "/a"), 0);
	ck_assert_uint_eq(find_index(&f, "POST", "/a"), 1);
	ck_assert_uint_eq(find_index(&f, "DELETE", "/a"), 2);
	ck_assert_str_eq(find(&f, "PATCH", "/a"), "405 Allow: GET, HEAD, POST, PUT, DELETE");
	fixture_fini(&f);
}
END_TEST

START_TEST(routes_share_a_path_though_their_parameters_have_other_names)
{
	static const char *const routes[] = {"GET /p/:a/:b", "POST /p/:c/:d", "GET /f/:a/*",
					     "PUT /f/:name/*"};
	struct fixture f;

	fixture_init(&f, routes, COUNT(routes));
	ck_assert_uint_eq(find_index(&f, "GET", "/p/1/2"), 0);
	ck_assert_uint_eq(find_index(&f, "POST", "/p/1/2"), 1);
	ck_assert_uint_eq(find_index(&f, "GET", "/f/1/2"), 2);
	ck_assert_uint_eq(find_index(&f, "PUT", "/f/1/2"), 3);
	ck_assert_str_eq(find(&f, "PUT", "/p/1/2"), "405 Allow: GET, HEAD, POST");
	fixture_fini(&f);
}
END_TEST

START_TEST(a_route_that_names_head_has_it_whatever_the_order)
{
	static const char *const routes[] = {"GET /a", "HEAD /a"}, *const turned[] = {"HEAD /a",
										      "GET /a"};
	struct fixture f;

	fixture_init(&f, routes, 2);
	ck_assert_uint_eq(find_index(&f, "HEAD", "/a"), 1);
	ck_assert_uint_eq(find_index(&f, "GET", "/a"), 0);
	ck_assert_str_eq(find(&f, "PUT", "/a"), "405 Allow: GET, HEAD");
	fixture_fini(&f);
	fixture_init(&f, turned, 2);
	ck_assert_uint_eq(find_index(&f, "HEAD", "/a"), 0);
	ck_assert_uint_eq(find_index(&f, "GET", "/a"), 1);
	ck_assert_str_eq(find(&f, "PUT", "/a"), "405 Allow: HEAD, GET");
	fixture_fini(&f);
}
END_TEST

START_TEST(the_path_alone_decides_and_the_method_looks_no_further)
{
	static const char *const routes[] = {"GET /a", "POST /:x", "/*"};
	static const struct finding findings[] = {
		{"POST", "/a", "405 Allow: GET, HEAD"},
		{"GET", "/b", "405 Allow: POST"},
		{"GET", "/b/c", "/*"},
	};

	EXPECT(routes, findings);
}
END_TEST

START_TEST(an_allow_that_has_no_room_is_cut_between_methods)
{
	static char names[8][100];
	char *methods[8], allow[ROUTE_ALLOW_MAX];
	struct conf_route route = {
		.path = (char *)(uintptr_t) "/", .methods = methods, .nmethods = 8};
	struct conf_module conf_module = {.name = (char *)(uintptr_t) "m"};
	struct eddy_module module = {.conf = &conf_module, .def = &with_default};
	struct conf conf = {.modules = &conf_module, .nmodules = 1, .routes = &route, .nroutes = 1};
	struct router router;
	char why[64];
	size_t index;
	int status;

	for (int i = 0; i < 8; i++)
		methods[i] = memset(names[i], 'A' + i, sizeof(names[i]) - 1);
	ck_assert_int_eq(router_init(&router, &conf, &module, &index, why, sizeof(why)), 0);
	ck_assert_ptr_null(router_find(&router, text("/"), text("GET"), &status, allow));
	ck_assert_int_eq(status, 405);
	ck_assert_uint_eq(strlen(allow), 5 * 99 + 4 * 2);
	ck_assert_str_eq(allow + 4 * 101, names[4]);
	router_fini(&router);
}
END_TEST

/* Parameters ----------------------------------------------------------------------------------- */

static const struct {
	const char *route, *path, *name, *value; /* NULL: there is none */
} params[] = {
	{"/rooms/:room", "/rooms/7", "room", "7"},
	{"/rooms/:room/poll", "/rooms/a%2Fb/poll", "room", "a%2Fb"},
	{"/rooms/:room/poll", "/rooms/:room/poll", "room", ":room"},
	{"/p/:a/x/:b", "/p/1/x/2", "a", "1"},
	{"/p/:a/x/:b", "/p/1/x/2", "b", "2"},
	{"/:a/:ab/:abc", "/1/2/3", "a", "1"},
	{"/:a/:ab/:abc", "/1/2/3", "ab", "2"},
	{"/:a/:ab/:abc", "/1/2/3", "abc", "3"},
	{"/:a/:ab/:abc", "/1/2/3", "abcd", NULL},
	{"/:abc", "/1", "ab", NULL},
	{"/rooms/:room", "/rooms/7", "Room", NULL},
	{"/rooms/:room", "/rooms/7", "", NULL},
	{"/rooms/:room", "/rooms/7", ":room", NULL},
	{"/rooms/:room", "/rooms/7", "rooms", NULL},
	{"/rooms/:room", "/rooms/7", "*", NULL},
	{"/files/*", "/files/a/b.c", "*", "a/b.c"},
	{"/files/*", "/files/", "*", ""},
	{"/files/*", "/files//a", "*", "/a"},
	{"/files/*", "/files/a", "a", NULL},
	{"/*", "/", "*", ""},
	{"/*", "/a/b", "*", "a/b"},
	{"/u/:user/*", "/u/me/a/b", "user", "me"},
	{"/u/:user/*", "/u/me/a/b", "*", "a/b"},
	{"/u/:user/*", "/u/me/a/b", "u", NULL},
	{"/exact", "/exact", "exact", NULL},
	{"/exact", "/exact", "*", NULL},
};

START_TEST(a_parameter_is_what_the_path_has_in_its_place)
{
	struct fixture f;
	char allow[ROUTE_ALLOW_MAX];
	const struct route *route;
	int status;

	fixture_init(&f, &params[_i].route, 1);
	route = router_find(&f.router, text(params[_i].path), text("GET"), &status, allow);
	ck_assert_ptr_nonnull(route);
	ck_assert_text(route_param(route, text(params[_i].path), params[_i].name),
		       params[_i].value);
	fixture_fini(&f);
}
END_TEST

START_TEST(a_route_for_connect_has_no_parameters)
{
	static const char *const routes[] = {"CONNECT *"};
	struct fixture f;

	fixture_init(&f, routes, 1);
	ck_assert_text(route_param(f.router.connect, text("/"), "*"), NULL);
	fixture_fini(&f);
}
END_TEST

/* Handlers ------------------------------------------------------------------------------------- */

START_TEST(a_route_has_its_modules_own_handler)
{
	static const char *const routes[] = {"/a"};
	struct fixture f;

	fixture_init(&f, routes, 1);
	ck_assert(f.router.routes[0].handler == handler_default);
	ck_assert_ptr_eq(f.router.routes[0].module, &f.modules[0]);
	fixture_fini(&f);
}
END_TEST

START_TEST(a_route_has_the_handler_that_it_names)
{
	static const char *const routes[] = {"/a"};
	struct fixture f;
	char why[256] = "";
	size_t index;

	fixture_conf(&f, routes, 1);
	f.routes[0].module = 1;
	f.routes[0].handler = (char *)(uintptr_t) "named";
	ck_assert_msg(fixture_open(&f, &index, why, sizeof(why)) == 0, "%s", why);
	ck_assert(f.router.routes[0].handler == handler_named);
	ck_assert_ptr_eq(f.router.routes[0].module, &f.modules[1]);
	fixture_fini(&f);
}
END_TEST

/* The second of three routes is wrong; what is said of it? */
static void
wrong_expect(size_t module, const char *handler, const char *expected)
{
	static const char *const routes[] = {"/a", "/b", "/c"};
	struct fixture f;
	char why[256] = "";
	size_t index = 99;

	fixture_conf(&f, routes, 3);
	f.routes[1].module = module;
	f.routes[1].handler = (char *)(uintptr_t)handler;
	ck_assert_int_eq(fixture_open(&f, &index, why, sizeof(why)), -1);
	ck_assert_uint_eq(index, 1);
	ck_assert_str_eq(why, expected);
	fixture_fini(&f);
}

START_TEST(a_handler_that_the_module_does_not_have_is_an_error)
{
	wrong_expect(0, "other",
		     "route \"/b\": module \"m\" has no handler \"other\": there is named");
	wrong_expect(
		0, "nemed",
		"route \"/b\": module \"m\" has no handler \"nemed\": did you mean \"named\"?");
}
END_TEST

START_TEST(a_module_without_a_handler_of_its_own_has_to_be_told_one)
{
	wrong_expect(1, NULL,
		     "route \"/b\": module \"n\" has no request handler of its own, name one: "
		     "handler = \"...\"; there is named");
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, an_exact_route_comes_before_all_others);
	tcase_add_test(tcase, a_route_with_parameters_comes_before_a_prefix);
	tcase_add_test(tcase, of_routes_with_parameters_the_longest_comes_first);
	tcase_add_test(tcase, of_prefixes_the_longest_comes_first);
	tcase_add_test(tcase, of_equally_long_routes_the_literal_further_left_comes_first);
	tcase_add_test(tcase, a_path_that_no_route_has_is_404);
	tcase_add_test(tcase, connect_goes_to_the_route_for_it_and_nothing_else_does);
	tcase_add_test(tcase, connect_without_a_route_for_it_is_501);
	tcase_add_test(tcase, a_route_for_connect_alone_takes_no_path);
	tcase_add_test(tcase, paths_are_compared_byte_by_byte);
	tcase_add_test(tcase, a_prefix_takes_what_is_under_it_and_not_itself);
	tcase_add_test(tcase, a_prefix_of_everything_takes_everything);
	tcase_add_test(tcase, a_parameter_is_one_segment_and_not_empty);
	tcase_add_test(tcase, a_colon_inside_a_segment_is_a_colon);
	tcase_add_test(tcase, an_asterisk_inside_a_path_is_an_asterisk);
	tcase_add_test(tcase, no_route_at_all_is_404);
	tcase_add_test(tcase, each_of_many_routes_is_found);
	tcase_add_test(tcase, a_route_without_methods_takes_every_method);
	tcase_add_test(tcase, a_method_that_is_not_taken_is_405_with_what_is_allowed);
	tcase_add_test(tcase, head_goes_where_get_goes);
	tcase_add_test(tcase, get_does_not_go_where_head_goes);
	tcase_add_test(tcase, head_that_is_named_is_allowed_once);
	tcase_add_test(tcase, methods_are_case_sensitive);
	tcase_add_test(tcase, routes_of_the_same_path_share_it_by_method);
	tcase_add_test(tcase, routes_share_a_path_though_their_parameters_have_other_names);
	tcase_add_test(tcase, a_route_that_names_head_has_it_whatever_the_order);
	tcase_add_test(tcase, the_path_alone_decides_and_the_method_looks_no_further);
	tcase_add_test(tcase, an_allow_that_has_no_room_is_cut_between_methods);
	tcase_add_loop_test(tcase, a_parameter_is_what_the_path_has_in_its_place, 0, COUNT(params));
	tcase_add_test(tcase, a_route_for_connect_has_no_parameters);
	tcase_add_test(tcase, a_route_has_its_modules_own_handler);
	tcase_add_test(tcase, a_route_has_the_handler_that_it_names);
	tcase_add_test(tcase, a_handler_that_the_module_does_not_have_is_an_error);
	tcase_add_test(tcase, a_module_without_a_handler_of_its_own_has_to_be_told_one);
}

int
main(void)
{
	return suite_run("module/route", tests_add);
}
