/*
 * The timers of a worker: what eddy_set_timeout and its like have made.
 *
 * One turn of the loop goes as Node's: events of sockets, then the immediates, then the timers that
 * are due. One libevent event stands for the last two, whatever waits; a timerfd wakes for it, since
 * libevent's own timers see a clock of 4 ms.
 */
#ifndef EDDY_MODULE_TIMER_H
#define EDDY_MODULE_TIMER_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "loop/handle.h"
#include "loop/pool.h"
#include "loop/wheel.h"

struct worker;
struct timer;
TAILQ_HEAD(timer_list, timer);

struct timers {
	struct wheel wheel;
	struct timer_list immediates;
	struct handles handles; /* the modules' */
	struct pool pool, ticks;
	size_t count, crowd; /* now; at most since memory was last given back */
	struct timer *running;
	uint64_t turn;		 /* counts those in which immediates have run */
	bool turning;		 /* immediates and timers are being run */
	struct event turn_event; /* runs them */
	struct event due_event;	 /* the timerfd's: the first timer is due */
	int fd;			 /* that timerfd; -1: none */
	uint64_t armed_ms;	 /* when it will wake; WHEEL_NEVER: not at all */
	bool sooner;		 /* that is later than the first timer is due */
};

/* 0 or -errno. */
int timers_init(struct worker *worker);
/* Forgets what modules have left behind. Safe without timers_init. */
void timers_fini(struct worker *worker);

/* Sets the timerfd, if `sooner`; at the end of each turn of the loop. */
void timers_arm(struct timers *timers);
/* Once a second: when a crowd of timers has gone, its memory goes back to the kernel. */
void timers_trim(struct timers *timers);

#endif
