/*
 * Time limits; see deadline.h.
 */
#include "loop/deadline.h"

static void
deadlines_arm(struct deadlines *deadlines)
{
	const struct deadline *first = TAILQ_FIRST(&deadlines->list);
	uint64_t now_ms = loop_now_ms(deadlines->loop), wait_ms;

	if (first == NULL || deadlines->ms == 0 || deadlines->armed)
		return;
	deadlines->armed = true;
	wait_ms = first->at_ms > now_ms ? first->at_ms - now_ms : 0;
	event_add(&deadlines->timer,
		  &(struct timeval){.tv_sec = (time_t)(wait_ms / 1000),
				    .tv_usec = (suseconds_t)(wait_ms % 1000 * 1000)});
}

static void
deadlines_wake(evutil_socket_t fd, short what, void *arg)
{
	struct deadlines *deadlines = arg;
	struct deadline *first;

	(void)fd;
	(void)what;
	deadlines->armed = false;
	loop_enter(deadlines->loop);
	while ((first = TAILQ_FIRST(&deadlines->list)) != NULL &&
	       first->at_ms <= loop_now_ms(deadlines->loop)) {
		deadline_stop(first);
		deadlines->passed(first);
	}
	deadlines_arm(deadlines);
	loop_leave(deadlines->loop); /* in which its owner may free it */
}

void
deadlines_init(struct deadlines *deadlines, struct loop *loop, unsigned ms,
	       void (*passed)(struct deadline *))
{
	*deadlines = (struct deadlines){.loop = loop, .ms = ms, .passed = passed};
	TAILQ_INIT(&deadlines->list);
	evtimer_assign(&deadlines->timer, loop->base, deadlines_wake, deadlines);
}

void
deadlines_fini(struct deadlines *deadlines)
{
	event_del(&deadlines->timer);
}

void
deadline_start(struct deadline *deadline, struct deadlines *of)
{
	deadline_stop(deadline);
	deadline->of = of;
	deadline->at_ms = loop_now_ms(of->loop) + of->ms;
	TAILQ_INSERT_TAIL(&of->list, deadline, link);
	of->count++;
	if (TAILQ_FIRST(&of->list) == deadline)
		deadlines_arm(of);
}

void
deadline_stop(struct deadline *deadline)
{
	if (deadline->of == NULL)
		return;
	TAILQ_REMOVE(&deadline->of->list, deadline, link);
	deadline->of->count--;
	deadline->of = NULL;
}
