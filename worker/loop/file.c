/*
 * The line in front of a file; see file.h.
 */
#include "loop/file.h"

#include <stddef.h>

static void file_next(struct file *file);

/* `done` may give up a hold: the close that waits for it, and frees the file, comes after this. */
static void
file_report(struct file_job *job)
{
	struct file *file = job->file;
	bool closes = job->closes;

	file->holds++;
	job->done(job);
	if (!closes)
		file->holds--;
}

static void
file_job_done(struct job *job)
{
	struct file_job *file_job = (struct file_job *)(void *)job;
	struct file *file = file_job->file;
	bool closes = file_job->closes;

	file->running = file->next;
	file->next = NULL;
	file_report(file_job);
	if (!closes)
		file_next(file);
}

static int
file_start(struct file *file, struct file_job *job)
{
	int error;

	job->job.done = file_job_done;
	error = threads_post(file->threads, &job->job);
	if (error == 0)
		file->running = job;
	return error;
}

/* Puts it behind the one that runs. False: there is none, or somebody is behind it already. */
static bool
file_follow(struct file *file, struct file_job *job)
{
	if (file->running == NULL || file->next != NULL || job->closes)
		return false;
	job->job.done = file_job_done;
	if (!threads_follow(file->threads, &file->running->job, &job->job))
		return false;
	file->next = job;
	return true;
}

/* The first that waits begins. At the worker's end none can: what waits is dropped, in its order. */
static void
file_next(struct file *file)
{
	struct file_job *next = TAILQ_FIRST(&file->waiting);
	bool closes = false;

	if (next != NULL && file_follow(file, next)) {
		TAILQ_REMOVE(&file->waiting, next, link);
		return;
	}
	while (!closes && file->running == NULL && (next = TAILQ_FIRST(&file->waiting)) != NULL) {
		closes = next->closes;
		if (closes && file->holds > 0)
			return;
		TAILQ_REMOVE(&file->waiting, next, link);
		if (file_start(file, next) == 0)
			return;
		next->job.dropped = true;
		file_report(next);
	}
}

void
file_init(struct file *file, struct threads *threads, int fd)
{
	*file = (struct file){.threads = threads, .fd = fd};
	TAILQ_INIT(&file->waiting);
}

int
file_post(struct file *file, struct file_job *job)
{
	job->file = file;
	if (file->running == NULL && TAILQ_EMPTY(&file->waiting) &&
	    !(job->closes && file->holds > 0))
		return file_start(file, job);
	if (!TAILQ_EMPTY(&file->waiting) || !file_follow(file, job))
		TAILQ_INSERT_TAIL(&file->waiting, job, link);
	return 0;
}

void
file_hold(struct file *file)
{
	file->holds++;
}

void
file_release(struct file *file)
{
	file->holds--;
	if (file->holds == 0)
		file_next(file);
}
