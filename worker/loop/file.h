/*
 * An open file, and the order of what is done with it.
 *
 * Jobs of one file run on the threads one after the other, in the order in which they were posted;
 * those of different files do not wait for each other. The last one closes it:
 *
 *	file_post ---> running ---> `done`      one at a time
 *	          |--> next                     begins when that one is done: a thread does not wait
 *	          \--> waiting                  the others of the file, in their order
 *
 * A transfer that has its own offset (sendfile) does not wait in this line but holds the file
 * meanwhile, so that its descriptor is not closed, and not another file's, under it.
 */
#ifndef EDDY_LOOP_FILE_H
#define EDDY_LOOP_FILE_H

#include <stdbool.h>
#include <sys/queue.h>

#include "loop/threads.h"

struct file;

/* Zero-initialise; set job.work and `done`, which runs on the loop's thread. */
struct file_job {
	struct job job; /* first */
	TAILQ_ENTRY(file_job) link;
	struct file *file;
	void (*done)(struct file_job *job); /* may free it */
	bool closes;			    /* the file's last; `done` may free the file */
};

TAILQ_HEAD(file_job_list, file_job);

struct file {
	int fd; /* -1: not open */
	struct threads *threads;
	struct file_job *running; /* or posted to the threads */
	struct file_job *next;	  /* that follows it, without a turn of the loop; or NULL */
	struct file_job_list waiting;
	unsigned holds;
	void *handle; /* the module's */
};

/* fd -1: it is being opened. */
void file_init(struct file *file, struct threads *threads, int fd);

/* 0, or what threads_post says. A job that follows others has been taken in any case. */
int file_post(struct file *file, struct file_job *job);

/* Around a transfer: the file is not closed in between. */
void file_hold(struct file *file);
void file_release(struct file *file);

#endif
