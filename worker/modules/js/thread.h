/*
 * A thread beside the loop's, which looks at what the script's thread does and sleeps in between.
 * Signals are not for it.
 */
#ifndef JS_THREAD_H
#define JS_THREAD_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

struct js_thread {
	pthread_t id;
	sem_t wake;
	atomic_bool stops; /* it is to end */
	bool started;
};

/* False: no thread could be had. */
bool js_thread_start(struct js_thread *thread, void *(*run)(void *arg), void *arg);
/* Waits until it has ended; nothing if it was not started. */
void js_thread_stop(struct js_thread *thread);
void js_thread_wake(struct js_thread *thread);

/* On the thread: sleeps so long, or until it is woken. */
void js_thread_sleep(struct js_thread *thread, unsigned ms);

#endif
