/*
 * The control socket: requests in order and not, and clients that misbehave.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/control_path.h"
#include "daemon/master.h"
#include "tests/unit/suite.h"

static struct master master;
static struct options options;
static struct conf_errors errors;
static char path[64], said[1 << 16];

static void
setup(void)
{
	struct control_socket socket;
	struct conf conf = {.control = path};

	signal(SIGPIPE, SIG_IGN);
	snprintf(path, sizeof(path), "/tmp/eddy-test-control-%d/s", getpid());
	TAILQ_INIT(&master.generations);
	master.options = &options;
	master.base = event_base_new();
	log_init(&master.log, open("/dev/null", O_WRONLY));
	ck_assert_int_eq(slots_init(&master.slots), 0);
	control_init(&master.control, &master);
	ck_assert_int_eq(control_socket_open(&socket, &conf, &errors), 0);
	control_adopt(&master.control, &socket);
}

static void
teardown(void)
{
	control_fini(&master.control);
	slots_fini(&master.slots);
	event_base_free(master.base);
	ck_assert_int_eq(access(path, F_OK), -1);
	*strrchr(path, '/') = '\0';
	ck_assert_int_eq(rmdir(path), 0);
}

static int
client_connect(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(addr.sun_path, path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
turn(unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		event_base_loop(master.base, EVLOOP_NONBLOCK);
}

/* All that the master says to this; "…EOF" at the end if it has closed. */
static const char *
answer_to(int fd, const char *request)
{
	size_t used = 0;
	ssize_t got;

	turn(2);
	if (*request)
		ck_assert_int_eq(send(fd, request, strlen(request), 0), (ssize_t)strlen(request));
	turn(6);
	while ((got = recv(fd, said + used, sizeof(said) - used - 4, 0)) > 0)
		used += (size_t)got;
	strcpy(said + used, got == 0 ? "EOF" : "");
	return said;
}

START_TEST(line_is_split_into_words)
{
	char line[] = "  set  workers\t4\r", many[] = "a b c", none[] = " \r";
	char *words[3];

	ck_assert_uint_eq(control_split(line, words, 3), 3);
	ck_assert_str_eq(words[0], "set");
	ck_assert_str_eq(words[1], "workers");
	ck_assert_str_eq(words[2], "4");
	ck_assert_uint_eq(control_split(many, words, 2), 3);
	ck_assert_uint_eq(control_split(none, words, 3), 0);
}
END_TEST

START_TEST(status_is_one_line_and_ok)
{
	answer_to(client_connect(), "status\n");
	ck_assert_int_eq(strncmp(said, "{\"version\":", 11), 0);
	ck_assert_ptr_nonnull(strstr(said, "}\n{\"ok\":true}\nEOF"));
}
END_TEST

START_TEST(workers_are_an_array)
{
	ck_assert_str_eq(answer_to(client_connect(), "workers\r\n"),
			 "{\"workers\":[]}\n{\"ok\":true}\nEOF");
}
END_TEST

START_TEST(unknown_requests_are_told_what_there_is)
{
	static const char expected[] =
		"{\"ok\":false,\"error\":\"unknown request: there are status, workers, ";
	static const char *const asked[] = {"quit\n", "\n", "statu\n"};

	for (size_t i = 0; i < 3; i++) {
		answer_to(client_connect(), asked[i]);
		ck_assert_int_eq(strncmp(said, expected, sizeof(expected) - 1), 0);
		ck_assert_ptr_nonnull(strstr(said, "stop"));
	}
	ck_assert_str_eq(answer_to(client_connect(), "status now\n"),
			 "{\"ok\":false,\"error\":\"this request takes no arguments\"}\nEOF");
}
END_TEST

static void
refused(const char *request, const char *error)
{
	char expected[256];

	snprintf(expected, sizeof(expected), "{\"ok\":false,\"error\":\"%s\"}\nEOF", error);
	ck_assert_str_eq(answer_to(client_connect(), request), expected);
}

START_TEST(requests_with_arguments_want_just_these)
{
	refused("drain\n", "this request is: drain PID");
	refused("set workers\n", "this request is: set workers N");
	refused("set workers 1 2\n", "this request is: set workers N");
	refused("set threads 1\n", "only `workers` can be set: set workers N");
	refused("set workers +1\n", "how many workers? set workers N takes a number, from 1 on");
	refused("set workers 4294967297\n",
		"how many workers? set workers N takes a number, from 1 on");
	refused("set workers 2\n", "eddyd is still starting");
	refused("drain 0x1\n",
		"which worker? drain PID takes the pid of one, as `eddyctl workers` shows them");
	refused("drain 1\n", "no worker has the pid 1; there are none");
}
END_TEST

START_TEST(request_may_come_in_pieces)
{
	int fd = client_connect();

	ck_assert_str_eq(answer_to(fd, "wor"), "");
	ck_assert_str_eq(answer_to(fd, "kers"), "");
	ck_assert_str_eq(answer_to(fd, "\n"), "{\"workers\":[]}\n{\"ok\":true}\nEOF");
}
END_TEST

START_TEST(client_that_shuts_down_its_side_is_answered)
{
	int fd = client_connect();

	turn(2);
	ck_assert_int_eq(send(fd, "workers\n", 8, 0), 8);
	shutdown(fd, SHUT_WR);
	ck_assert_str_eq(answer_to(fd, ""), "{\"workers\":[]}\n{\"ok\":true}\nEOF");
}
END_TEST

START_TEST(only_the_first_line_counts)
{
	ck_assert_str_eq(answer_to(client_connect(), "workers\nworkers\nstop\n"),
			 "{\"workers\":[]}\n{\"ok\":true}\nEOF");
	ck_assert_int_eq(master.state, MASTER_STARTING);
}
END_TEST

START_TEST(endless_line_is_refused)
{
	char line[CONTROL_LINE_MAX + 1];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	ck_assert_str_eq(answer_to(client_connect(), line),
			 "{\"ok\":false,\"error\":\"the request is too long\"}\nEOF");
}
END_TEST

START_TEST(clients_are_bounded_and_come_back_when_others_go)
{
	int fds[CONTROL_CLIENTS_MAX];

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		fds[i] = client_connect();
		turn(2);
	}
	ck_assert_str_eq(answer_to(client_connect(), ""),
			 "{\"ok\":false,\"error\":\"too many clients: try again later\"}\nEOF");
	close(fds[3]);
	turn(4);
	ck_assert_str_eq(answer_to(client_connect(), "workers\n"),
			 "{\"workers\":[]}\n{\"ok\":true}\nEOF");
	ck_assert_str_eq(answer_to(fds[0], "workers\n"), "{\"workers\":[]}\n{\"ok\":true}\nEOF");
}
END_TEST

START_TEST(reload_is_answered_when_it_is_over)
{
	struct reload_result good = {.ok = true, .generation = 2};
	struct reload_result bad = {.code = 78, .error = (char *)"a.conf:1: bad\na.conf:2: bad"};
	int first, second;

	master.state = MASTER_RELOADING;
	master.reload.serial = 4;
	first = client_connect();
	ck_assert_str_eq(answer_to(first, "reload\n"), "");
	ck_assert(master.reload.again);
	control_reload_done(&master.control, 4, &good); /* the one that ran when it asked */
	ck_assert_str_eq(answer_to(first, ""), "");
	master.reload.serial = 5;
	second = client_connect();
	ck_assert_str_eq(answer_to(second, "reload\n"), "");
	control_reload_done(&master.control, 5, &bad);
	ck_assert_str_eq(answer_to(first, ""),
			 "{\"ok\":false,\"error\":\"a.conf:1: bad\\na.conf:2: "
			 "bad\",\"code\":78}\nEOF");
	control_reload_done(&master.control, 6, &good);
	ck_assert_str_eq(answer_to(second, ""), "{\"ok\":true,\"generation\":2}\nEOF");
}
END_TEST

START_TEST(stopping_master_takes_no_reload)
{
	master.state = MASTER_DRAINING;
	ck_assert_str_eq(answer_to(client_connect(), "reload\n"),
			 "{\"ok\":false,\"error\":\"eddyd is stopping\"}\nEOF");
}
END_TEST

START_TEST(connection_of_stop_stays_until_the_end)
{
	int fd = client_connect();

	master.state = MASTER_DRAINING;
	ck_assert_str_eq(answer_to(fd, "stop\n"), "{\"ok\":true}\n");
	control_fini(&master.control);
	ck_assert_str_eq(answer_to(fd, ""), "EOF");
}
END_TEST

START_TEST(socket_is_for_owner_and_group)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0660);
}
END_TEST

START_TEST(socket_in_use_names_the_other_eddyd)
{
	struct conf conf = {.control = path, .control_where = {"a.conf", 3}};
	struct control_socket socket;
	char text[512], expected[128];

	ck_assert_int_eq(control_socket_open(&socket, &conf, &errors), -1);
	conf_error_format(&errors.list[0], text, sizeof(text));
	snprintf(expected, sizeof(expected),
		 "a.conf:3: cannot open the control socket %s: another eddyd (pid %d)", path,
		 getpid());
	ck_assert_int_eq(strncmp(text, expected, strlen(expected)), 0);
	ck_assert(control_serves(&master.control, path));
	ck_assert(!control_serves(&master.control, "/other"));
	ck_assert(!control_serves(&master.control, NULL));
	conf_errors_fini(&errors);
}
END_TEST

START_TEST(places_are_searched_in_order)
{
	struct control_path paths[CONTROL_PATHS];
	char mine[64];

	snprintf(mine, sizeof(mine), "/tmp/eddy-%u/control.sock", (unsigned)geteuid());
	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	ck_assert_uint_eq(control_paths(paths), 3);
	ck_assert_str_eq(paths[0].socket, "/run/eddy/control.sock");
	ck_assert_str_eq(paths[1].socket, "/run/user/7/eddy/control.sock");
	ck_assert_str_eq(paths[2].socket, mine);
	setenv("XDG_RUNTIME_DIR", "relative", 1);
	ck_assert_uint_eq(control_paths(paths), 2);
	unsetenv("XDG_RUNTIME_DIR");
	ck_assert_uint_eq(control_paths(paths), 2);
	ck_assert_str_eq(paths[1].socket, mine);
}
END_TEST

START_TEST(service_has_its_socket_in_the_folder_that_it_was_given)
{
	struct control_path paths[CONTROL_PATHS];

	unsetenv("XDG_RUNTIME_DIR");
	setenv("RUNTIME_DIRECTORY", "/run/eddy-shop:/run/other", 1);
	ck_assert_uint_eq(control_paths(paths), 3);
	ck_assert_str_eq(paths[0].socket, "/run/eddy-shop/control.sock");
	ck_assert_str_eq(paths[1].socket, "/run/eddy/control.sock");
	setenv("RUNTIME_DIRECTORY", "/run/eddy", 1);
	ck_assert_uint_eq(control_paths(paths), 2);
	ck_assert_str_eq(paths[0].socket, "/run/eddy/control.sock");
	unsetenv("RUNTIME_DIRECTORY");
}
END_TEST

START_TEST(instance_is_found_by_its_name)
{
	struct control_path place;
	char name[sizeof(place.socket)];

	ck_assert_int_eq(control_path_instance(&place, "shop"), 0);
	ck_assert_str_eq(place.socket, "/run/eddy-shop/control.sock");
	ck_assert_int_eq(control_path_instance(&place, ""), -EINVAL);
	ck_assert_int_eq(control_path_instance(&place, "a/../b"), -EINVAL);
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 12] = '\0';
	ck_assert_int_eq(control_path_instance(&place, name), -EINVAL);
}
END_TEST

START_TEST(folder_that_others_could_write_to_is_not_used)
{
	struct control_path place = {0};

	snprintf(place.dir, sizeof(place.dir), "/tmp/eddy-test-place-%d", getpid());
	ck_assert_int_eq(control_path_prepare(&place), 0);
	ck_assert_int_eq(control_path_prepare(&place), 0);
	chmod(place.dir, 0777);
	ck_assert_int_eq(control_path_prepare(&place), -EPERM);
	rmdir(place.dir);
	ck_assert_int_eq(symlink("/tmp", place.dir), 0);
	ck_assert_int_eq(control_path_prepare(&place), -ENOTDIR);
	unlink(place.dir);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, line_is_split_into_words);
	tcase_add_test(tcase, status_is_one_line_and_ok);
	tcase_add_test(tcase, workers_are_an_array);
	tcase_add_test(tcase, unknown_requests_are_told_what_there_is);
	tcase_add_test(tcase, requests_with_arguments_want_just_these);
	tcase_add_test(tcase, request_may_come_in_pieces);
	tcase_add_test(tcase, client_that_shuts_down_its_side_is_answered);
	tcase_add_test(tcase, only_the_first_line_counts);
	tcase_add_test(tcase, endless_line_is_refused);
	tcase_add_test(tcase, clients_are_bounded_and_come_back_when_others_go);
	tcase_add_test(tcase, reload_is_answered_when_it_is_over);
	tcase_add_test(tcase, stopping_master_takes_no_reload);
	tcase_add_test(tcase, connection_of_stop_stays_until_the_end);
	tcase_add_test(tcase, socket_is_for_owner_and_group);
	tcase_add_test(tcase, socket_in_use_names_the_other_eddyd);
	tcase_add_test(tcase, places_are_searched_in_order);
	tcase_add_test(tcase, service_has_its_socket_in_the_folder_that_it_was_given);
	tcase_add_test(tcase, instance_is_found_by_its_name);
	tcase_add_test(tcase, folder_that_others_could_write_to_is_not_used);
}

int
main(void)
{
	return suite_run("daemon/control", tests_add);
}
