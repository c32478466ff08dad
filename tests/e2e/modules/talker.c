/*
 * Talks a lot while it loads, more than the link to the master holds: what it says may be lost in part, what becomes of
 * it may not. The master is stopped meanwhile, so that the link is full for sure: the test lets it go on. Option
 * "lines": how many; "wish": what it wants and refuses to load without.
 */
#include <eddy.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static int
load(eddy_module *self, void **state)
{
	unsigned long lines = strtoul(eddy_module_option(self, "lines", "0"), NULL, 10);
	const char *wish = eddy_module_option(self, "wish", NULL);
	char words[401];

	(void)state;
	memset(words, 'w', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	if (lines > 0)
		kill(getppid(), SIGSTOP);
	for (unsigned long i = 0; i < lines; i++)
		eddy_log(self, LOG_INFO, "line %lu of %lu: %s", i, lines, words);
	return wish ? eddy_module_fail(self, "no %s after so many words", wish) : 0;
}

static void
listen(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", "listening\n", 10);
}

EDDY_MODULE(.name = "talker", .load = load, .request = listen);
