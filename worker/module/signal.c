/*
 * eddy_process_on: the signals that the master was sent. A worker takes no part in handling them: it
 * ignores its own, and hears of the master's over the link.
 */
#include <signal.h>
#include <stdlib.h>

#include "worker.h"

struct signal_listener {
	TAILQ_ENTRY(signal_listener) link;
	struct eddy_module *module;
	int signal;
	void (*cb)(int signal, void *arg);
	void *arg;
};

static bool
signal_is_told(int signal)
{
	return signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGUSR1 ||
	       signal == SIGUSR2;
}

int
eddy_process_on(int signal, void (*cb)(int signal, void *arg), void *arg)
{
	int error = api_check(signal_is_told(signal) && cb != NULL, __func__);
	struct signal_listener *listener;

	if (error != 0)
		return error;
	listener = malloc(sizeof(*listener));
	if (listener == NULL)
		return EDDY_ENOMEM;
	*listener = (struct signal_listener){
		.module = worker_self->calls.running, .signal = signal, .cb = cb, .arg = arg};
	TAILQ_INSERT_TAIL(&worker_self->signal_listeners, listener, link);
	return 0;
}

/* Who is added by a listener hears the next one only, as in Node. */
void
signal_deliver(struct worker *worker, int signal)
{
	struct signal_listener_list *list = &worker->signal_listeners;
	struct signal_listener *listener, *last = TAILQ_LAST(list, signal_listener_list);

	TAILQ_FOREACH(listener, list, link) {
		if (listener->signal == signal) {
			call_begin(&worker->calls, listener->module, SLOT_SIGNAL, 0);
			listener->cb(signal, listener->arg);
			call_end(&worker->calls);
			loop_run_ticks(&worker->loop);
		}
		if (listener == last)
			break;
	}
}

void
signals_fini(struct worker *worker)
{
	struct signal_listener *listener;

	while ((listener = TAILQ_FIRST(&worker->signal_listeners)) != NULL) {
		TAILQ_REMOVE(&worker->signal_listeners, listener, link);
		free(listener);
	}
}
