/*
 * What a module may say of its load, and when. The option `how`:
 *
 *	mounts    refuses with what the conf sends to it
 *	held      is not ready before the file of the option `flag` is there, and tells the log of it
 *	fail      refuses behind its load, by a timer
 *	listen    asks for a listener at the option `address`, and refuses by the callback if there is none
 *	served    calls what is too late in a handler
 *
 * Its `check` refuses the option `bad`.
 */
#include <eddy.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static eddy_module *me;

static void
released(void *arg)
{
	const char *flag = eddy_module_option(me, "flag", "");

	(void)arg;
	if (access(flag, F_OK) != 0) {
		eddy_set_timeout(released, 10, NULL);
		return;
	}
	eddy_log(me, LOG_NOTICE, "it is there");
	if (eddy_module_release(me) != 0)
		eddy_log(me, LOG_ERR, "it cannot be released");
}

static void
failed(void *arg)
{
	(void)arg;
	if (eddy_module_fail(me, "no %s, as one sees\nlater", "pigs") != EDDY_EINVAL)
		eddy_log(me, LOG_ERR, "it may not fail");
	if (eddy_module_fail(me, "again") != EDDY_ECLOSED || eddy_module_hold(me) != EDDY_ECLOSED)
		eddy_log(me, LOG_ERR, "it may fail again");
}

static void
unheard(eddy_server *server, int error, void *arg)
{
	(void)server;
	(void)arg;
	eddy_module_fail(me, "nobody hears: %s", eddy_error_name(error));
}

static const eddy_server_events events = {.error = unheard};

static int
mounts(eddy_module *self)
{
	char text[512] = "", *end = text;
	const char *one;

	for (size_t i = 0; (one = eddy_module_route(self, i)) != NULL; i++)
		end += sprintf(end, "[%s]", one);
	for (size_t i = 0; (one = eddy_module_listen(self, i)) != NULL; i++)
		end += sprintf(end, "(%s)", one);
	return eddy_module_fail(self, "it is sent %s", text);
}

static int
load(eddy_module *self, void **state)
{
	const char *how = eddy_module_option(self, "how", "");
	int err = 0;

	(void)state;
	me = self;
	if (strcmp(how, "mounts") == 0)
		return mounts(self);
	if (strcmp(how, "listen") == 0)
		return eddy_server_listen(eddy_net_create_server(&events, NULL),
					  eddy_module_option(self, "address", ""));
	/* one that is over before `load` is, and one that is not */
	err = eddy_module_hold(self);
	if (err == 0)
		err = eddy_module_release(self);
	if (err == 0 && strcmp(how, "served") != 0) {
		err = eddy_module_hold(self);
		eddy_set_timeout(strcmp(how, "fail") == 0 ? failed : released, 1, NULL);
	}
	return err;
}

static void
served(eddy_request *req, eddy_response *res, void *state)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%d %d %s", eddy_module_fail(me, "too late"),
			 eddy_module_hold(me), eddy_module_route(me, 0));

	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", text, (size_t)n);
}

static void
connected(eddy_socket *sock, void *state)
{
	(void)state;
	eddy_socket_destroy(sock);
}

static int
check(eddy_module *self)
{
	const char *bad = eddy_module_option(self, "bad", NULL);

	return bad == NULL ? 0 : eddy_module_fail(self, "bad is %s", bad);
}

static const char *const options[] = {"how", "flag", "address", "bad", NULL};

EDDY_MODULE(.name = "late", .load = load, .request = served, .connection = connected,
	    .options = options, .check = check);
