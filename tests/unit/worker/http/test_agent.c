/*
 * Who gets which connection, and when those that nobody needs go. Connections are made here (the
 * linker puts them in place of client_conn.c's), so that a test says which of them live.
 */
#include "../suite.h"
#include "http/agent.h"
#include "http/client.h"
#include "http/client_conn.h"
#include "worker.h"

#define MANY 16

static struct worker worker;
static struct slot slot;
static struct client client;
static struct agent *agent;

static struct client_conn conns[MANY];
static bool dead[MANY];
static unsigned made, closed;
static bool no_conns, no_memory;

static struct client_request requests[MANY];
static char line
	[256]; /* what has become of the requests, in order: "1:0 " is request 1 on connection 0 */

/* In place of the connections ----------------------------------------------------- */

struct client_conn *__wrap_client_conn_new(struct client *of, struct agent_host *host);
void __wrap_client_conn_begin(struct client_conn *conn, struct client_request *req);
bool __wrap_client_conn_is_alive(const struct client_conn *conn);
void __wrap_client_conn_close(struct client_conn *conn);
void __wrap_client_conn_idle_passed(struct deadline *deadline);
void __wrap_client_over(struct client_request *req, int error);
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);

void *
__wrap_malloc(size_t n)
{
	return no_memory ? NULL : __real_malloc(n);
}

static void
note(const char *fmt, long request, long other)
{
	size_t n = strlen(line);

	snprintf(line + n, sizeof(line) - n, fmt, request, other);
}

struct client_conn *
__wrap_client_conn_new(struct client *of, struct agent_host *host)
{
	struct client_conn *conn = &conns[made];

	ck_assert_ptr_eq(of, &client);
	ck_assert_uint_lt(made, MANY);
	if (no_conns)
		return NULL;
	made++;
	*conn = (struct client_conn){.client = of, .host = host, .state = CLIENT_CONN_HEAD};
	return conn;
}

void
__wrap_client_conn_begin(struct client_conn *conn, struct client_request *req)
{
	ck_assert_ptr_null(conn->request);
	conn->request = req;
	conn->state = CLIENT_CONN_HEAD;
	req->conn = conn;
	req->state = CLIENT_RUNNING;
	note("%ld:%ld ", req - requests, conn - conns);
}

bool
__wrap_client_conn_is_alive(const struct client_conn *conn)
{
	return !dead[conn - conns];
}

void
__wrap_client_conn_close(struct client_conn *conn)
{
	ck_assert_ptr_nonnull(conn->host);
	closed++;
	agent_lost(conn);
	ck_assert_int_eq(conn->state, CLIENT_CONN_CLOSED);
}

void
__wrap_client_conn_idle_passed(struct deadline *deadline)
{
	client_conn_close((struct client_conn *)(void *)((char *)deadline -
							 offsetof(struct client_conn, deadline)));
}

void
__wrap_client_over(struct client_request *req, int error)
{
	note("%ld!%ld ", req - requests, error);
	req->state = CLIENT_OVER;
	agent_forget(req);
	agent_unref(req->agent);
}

/* The world ----------------------------------------------------------------------- */

static void
flush(void *arg)
{
	(void)arg;
}

static void
setup(void)
{
	worker_self = &worker;
	worker.calls = (struct calls){.slot = &slot, .loop = &worker.loop};
	ck_assert_int_eq(loop_init(&worker.loop, flush, NULL), 0);
	client = (struct client){.loop = &worker.loop, .calls = &worker.calls};
	TAILQ_INIT(&client.requests);
	TAILQ_INIT(&client.agents);
	handles_init(&client.of_agents, HANDLE_AGENT);
}

static void
teardown(void)
{
	handles_fini(&client.of_agents);
	loop_fini(&worker.loop);
}

static void
agent_make(eddy_agent_options options)
{
	agent = agent_new(&client, &options);
	ck_assert_ptr_nonnull(agent);
}

/* Whether it is gone, and all that it had. */
static bool
agent_is_gone(void)
{
	return TAILQ_EMPTY(&client.agents);
}

/* Request n asks for a connection to that address. */
static void
ask_as(unsigned n, const char *address, bool again)
{
	struct client_request *req = &requests[n];

	*req = (struct client_request){.client = &client,
				       .agent = agent,
				       .address = (char *)(uintptr_t)address,
				       .again = again};
	agent_ref(agent);
	ck_assert_int_eq(agent_ask(agent, req), 0);
}

static void
ask(unsigned n)
{
	ask_as(n, "a:80", false);
}

/* The request is over; what it leaves behind is `kept`, or gone with it. */
static void
done(unsigned n, bool kept)
{
	struct client_request *req = &requests[n];
	struct client_conn *conn = req->conn;

	ck_assert_ptr_nonnull(conn);
	conn->request = NULL;
	req->conn = NULL;
	if (kept)
		agent_keep(conn);
	else
		client_conn_close(conn);
	agent_unref(req->agent);
}

/* Request n gives up in line. */
static void
leave(unsigned n)
{
	agent_forget(&requests[n]);
	agent_unref(requests[n].agent);
}

static void
agent_end(void)
{
	agent_destroy(agent);
	ck_assert(agent_is_gone());
	ck_assert_uint_eq(closed, made);
}

/* Tests --------------------------------------------------------------------------- */

START_TEST(the_last_one_used_is_used_first)
{
	agent_make((eddy_agent_options){0});
	for (unsigned n = 0; n < 3; n++)
		ask(n);
	done(1, true);
	done(0, true);
	done(2, true);
	for (unsigned n = 3; n < 6; n++)
		ask(n);
	ck_assert_str_eq(line, "0:0 1:1 2:2 3:2 4:0 5:1 ");
	for (unsigned n = 3; n < 6; n++)
		done(n, true);
	agent_end();
}
END_TEST

START_TEST(one_that_has_died_is_passed_over)
{
	agent_make((eddy_agent_options){0});
	ask(0);
	ask(1);
	done(0, true);
	done(1, true);
	dead[1] = true;
	ask(2);
	ck_assert_str_eq(line, "0:0 1:1 2:0 ");
	ck_assert_uint_eq(closed, 1);
	done(2, true);
	agent_end();
}
END_TEST

START_TEST(each_host_has_its_own)
{
	agent_make((eddy_agent_options){.max_sockets = 1});
	ask_as(0, "a:80", false);
	ask_as(1, "b:80", false);
	ck_assert_uint_eq(agent->nhosts, 2);
	done(0, true);
	done(1, true);
	ask_as(2, "a:80", false);
	ck_assert_str_eq(line, "0:0 1:1 2:0 ");
	done(2, false);
	ck_assert_uint_eq(agent->nhosts, 1);
	agent_end();
}
END_TEST

START_TEST(those_beyond_the_limit_wait_in_their_order)
{
	agent_make((eddy_agent_options){.max_sockets = 2});
	for (unsigned n = 0; n < 5; n++)
		ask(n);
	ck_assert_str_eq(line, "0:0 1:1 ");
	done(1, true);
	done(0, true);
	ck_assert_str_eq(line, "0:0 1:1 2:1 3:0 ");
	done(3, true);
	done(4, true);
	done(2, true);
	ck_assert_str_eq(line, "0:0 1:1 2:1 3:0 4:0 ");
	ck_assert_uint_eq(made, 2);
	agent_end();
}
END_TEST

START_TEST(one_that_is_lost_makes_room_for_the_next_in_line)
{
	agent_make((eddy_agent_options){.max_sockets = 1});
	ask(0);
	ask(1);
	done(0, false);
	ck_assert_str_eq(line, "0:0 1:1 ");
	done(1, true);
	agent_end();
}
END_TEST

START_TEST(who_leaves_the_line_is_not_served)
{
	agent_make((eddy_agent_options){.max_sockets = 1});
	for (unsigned n = 0; n < 3; n++)
		ask(n);
	leave(1);
	done(0, true);
	ck_assert_str_eq(line, "0:0 2:0 ");
	done(2, true);
	agent_end();
}
END_TEST

START_TEST(one_that_is_sent_again_gets_a_new_one)
{
	agent_make((eddy_agent_options){0});
	ask(0);
	ask(1);
	done(0, true);
	done(1, true);
	ask_as(2, "a:80", true);
	ck_assert_str_eq(line, "0:0 1:1 2:2 ");
	done(2, true);
	agent_end();
}
END_TEST

START_TEST(one_that_is_sent_again_is_the_first_in_line)
{
	agent_make((eddy_agent_options){.max_sockets = 1});
	ask(0);
	ask(1);
	ask_as(2, "a:80", true);
	done(0, true);
	done(2, true);
	ck_assert_str_eq(line, "0:0 2:0 1:0 ");
	done(1, true);
	agent_end();
}
END_TEST

START_TEST(one_that_is_sent_again_takes_what_there_is_at_the_limit)
{
	agent_make((eddy_agent_options){.max_sockets = 1});
	ask(0);
	done(0, true);
	ask_as(1, "a:80", true);
	ck_assert_str_eq(line, "0:0 1:0 ");
	done(1, true);
	agent_end();
}
END_TEST

START_TEST(one_whose_server_is_less_patient_is_closed_in_time)
{
	agent_make((eddy_agent_options){.timeout = 60000});
	ask(0);
	conns[0].keep_ms = 1;
	done(0, true);
	ck_assert_uint_eq(closed, 0);
	while (closed == 0)
		event_base_loop(worker.loop.base, EVLOOP_ONCE);
	agent_end();
}
END_TEST

START_TEST(the_servers_limit_ends_with_the_next_request)
{
	agent_make((eddy_agent_options){.timeout = 60000});
	ask(0);
	conns[0].keep_ms = 1;
	done(0, true);
	ask(1);
	ck_assert_str_eq(line, "0:0 1:0 ");
	ck_assert(!event_pending(&conns[0].limit, EV_TIMEOUT, NULL));
	conns[0].keep_ms = 0;
	done(1, true);
	ck_assert(!event_pending(&conns[0].limit, EV_TIMEOUT, NULL));
	agent_end();
}
END_TEST

START_TEST(a_server_that_is_more_patient_changes_nothing)
{
	agent_make((eddy_agent_options){.timeout = 1000});
	ask(0);
	conns[0].keep_ms = 1000;
	done(0, true);
	ck_assert(!event_initialized(&conns[0].limit));
	agent_end();
}
END_TEST

START_TEST(no_more_idle_ones_are_kept_than_it_says)
{
	agent_make((eddy_agent_options){.max_free_sockets = 2});
	for (unsigned n = 0; n < 4; n++)
		ask(n);
	for (unsigned n = 0; n < 4; n++)
		done(n, true);
	ck_assert_uint_eq(closed, 2);
	agent_end();
}
END_TEST

START_TEST(one_that_somebody_waits_for_is_not_idle)
{
	agent_make((eddy_agent_options){.max_sockets = 2, .max_free_sockets = 1});
	for (unsigned n = 0; n < 4; n++)
		ask(n);
	done(0, true);
	done(1, true);
	ck_assert_uint_eq(closed, 0);
	done(2, true);
	done(3, true);
	ck_assert_uint_eq(closed, 1);
	agent_end();
}
END_TEST

START_TEST(without_keep_alive_none_is_kept)
{
	agent_make((eddy_agent_options){.no_keep_alive = true, .max_sockets = 1});
	ask(0);
	ask(1);
	done(0, true);
	ck_assert_str_eq(line, "0:0 1:1 ");
	done(1, true);
	ck_assert_uint_eq(closed, 2);
	agent_end();
}
END_TEST

START_TEST(a_worker_that_drains_keeps_none)
{
	agent_make((eddy_agent_options){0});
	ask(0);
	client.draining = true;
	done(0, true);
	ck_assert_uint_eq(closed, 1);
	agent_end();
}
END_TEST

START_TEST(one_that_is_destroyed_while_idle_is_gone_at_once)
{
	agent_make((eddy_agent_options){0});
	ask_as(0, "a:80", false);
	ask_as(1, "b:80", false);
	done(0, true);
	done(1, true);
	ck_assert_uint_eq(closed, 0);
	agent_end();
}
END_TEST

START_TEST(one_that_is_destroyed_while_busy_goes_with_its_last_request)
{
	agent_make((eddy_agent_options){0});
	ask(0);
	ask(1);
	agent_destroy(agent);
	ck_assert(!agent_is_gone());
	done(0, true);
	ck_assert_uint_eq(closed, 1);
	ck_assert(!agent_is_gone());
	done(1, false);
	ck_assert(agent_is_gone());
}
END_TEST

START_TEST(one_that_is_destroyed_serves_those_in_line)
{
	agent_make((eddy_agent_options){.max_sockets = 1});
	for (unsigned n = 0; n < 4; n++)
		ask(n);
	agent_destroy(agent);
	agent_destroy(agent);
	done(0, true);
	leave(2);
	done(1, true);
	ck_assert_str_eq(line, "0:0 1:1 3:2 ");
	ck_assert(!agent_is_gone());
	done(3, true);
	ck_assert(agent_is_gone());
	ck_assert_uint_eq(closed, 3);
}
END_TEST

START_TEST(a_handle_means_nothing_after_destroy)
{
	void *handle;

	agent_make((eddy_agent_options){0});
	handle = agent->handle;
	ck_assert_ptr_eq(handle_find(&client.of_agents, handle), agent);
	ask(0);
	agent_destroy(agent);
	ck_assert_ptr_null(handle_find(&client.of_agents, handle));
	done(0, true);
}
END_TEST

START_TEST(no_memory_for_a_host_is_told)
{
	struct client_request *req = &requests[0];
	char address[] = "a:80";
	int error;

	agent_make((eddy_agent_options){0});
	*req = (struct client_request){.client = &client, .agent = agent, .address = address};
	no_memory = true;
	error = agent_ask(agent, req);
	no_memory = false;
	ck_assert_int_eq(error, EDDY_ENOMEM);
	ck_assert_ptr_null(req->host);
	agent_end();
}
END_TEST

START_TEST(no_memory_for_a_connection_is_the_requests_end)
{
	agent_make((eddy_agent_options){0});
	no_conns = true;
	ask(0);
	no_conns = false;
	ask(1);
	ck_assert_str_eq(line, "0!-2 1:0 ");
	done(1, true);
	agent_end();
}
END_TEST

START_TEST(no_memory_for_a_connection_ends_those_in_line_one_by_one)
{
	agent_make((eddy_agent_options){.max_sockets = 1});
	for (unsigned n = 0; n < 3; n++)
		ask(n);
	agent_destroy(agent);
	no_conns = true;
	done(0, false);
	ck_assert_str_eq(line, "0:0 1!-2 2!-2 ");
	ck_assert(agent_is_gone());
}
END_TEST

START_TEST(no_memory_for_an_agent_is_none)
{
	static const eddy_agent_options none = {0};

	handles_fini(&client.of_agents);
	handles_init(&client.of_agents, HANDLE_AGENT);
	client.of_agents.count = SIZE_MAX / 4; /* the table of handles cannot grow */
	ck_assert_ptr_null(agent_new(&client, &none));
	client.of_agents.count = 0;
	ck_assert(agent_is_gone());
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, the_last_one_used_is_used_first);
	tcase_add_test(tcase, one_that_has_died_is_passed_over);
	tcase_add_test(tcase, each_host_has_its_own);
	tcase_add_test(tcase, those_beyond_the_limit_wait_in_their_order);
	tcase_add_test(tcase, one_that_is_lost_makes_room_for_the_next_in_line);
	tcase_add_test(tcase, who_leaves_the_line_is_not_served);
	tcase_add_test(tcase, one_that_is_sent_again_gets_a_new_one);
	tcase_add_test(tcase, one_that_is_sent_again_is_the_first_in_line);
	tcase_add_test(tcase, one_that_is_sent_again_takes_what_there_is_at_the_limit);
	tcase_add_test(tcase, one_whose_server_is_less_patient_is_closed_in_time);
	tcase_add_test(tcase, the_servers_limit_ends_with_the_next_request);
	tcase_add_test(tcase, a_server_that_is_more_patient_changes_nothing);
	tcase_add_test(tcase, no_more_idle_ones_are_kept_than_it_says);
	tcase_add_test(tcase, one_that_somebody_waits_for_is_not_idle);
	tcase_add_test(tcase, without_keep_alive_none_is_kept);
	tcase_add_test(tcase, a_worker_that_drains_keeps_none);
	tcase_add_test(tcase, one_that_is_destroyed_while_idle_is_gone_at_once);
	tcase_add_test(tcase, one_that_is_destroyed_while_busy_goes_with_its_last_request);
	tcase_add_test(tcase, one_that_is_destroyed_serves_those_in_line);
	tcase_add_test(tcase, a_handle_means_nothing_after_destroy);
	tcase_add_test(tcase, no_memory_for_a_host_is_told);
	tcase_add_test(tcase, no_memory_for_a_connection_is_the_requests_end);
	tcase_add_test(tcase, no_memory_for_a_connection_ends_those_in_line_one_by_one);
	tcase_add_test(tcase, no_memory_for_an_agent_is_none);
}

int
main(void)
{
	return suite_run("agent", add);
}
