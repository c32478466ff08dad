/*
 * Pieces of files in the line of what a connection sends; see out.h.
 *
 * A client is not late while a disk is: the write deadline runs only while the socket is full.
 */
#include <errno.h>
#include <sys/queue.h>

#include "http/conn.h"
#include "http/framing.h"
#include "http/out.h"
#include "loop/file.h"
#include "net/net.h"

static void
out_file_remove(struct conn *conn, struct out_file *file)
{
	TAILQ_REMOVE(&conn->queue->files, file, link);
	file->conn = NULL;
}

/* All of it has been sent. What is behind it is next. False: the connection is lost. */
static bool
out_file_end(struct conn *conn, struct out_file *file)
{
	struct queue *unsent = &conn->queue->unsent;

	if (file->chunked && file->begun && queue_copy(unsent, "\r\n", 2) != 0) {
		conn_close(conn, true);
		return false;
	}
	conn->queue->behind -= file->behind.bytes;
	queue_move(unsent, &file->behind);
	out_file_remove(conn, file);
	file->done(file, 0);
	return true;
}

/* False: there was something to be sent before it, or the connection is lost. */
static bool
out_file_begin(struct conn *conn, struct out_file *file)
{
	char line[CHUNK_LINE_MAX];

	file->begun = true;
	if (!file->chunked)
		return true;
	if (queue_copy(&conn->queue->unsent, line, chunk_line(line, file->left)) != 0)
		conn_close(conn, true);
	return false;
}

/* Gives it to a thread. */
static void
out_file_post(struct conn *conn, struct out_file *file)
{
	int error = transfer_post(file->threads, &file->transfer);

	if (error != 0) {
		file->error = error;
		conn_close(conn, true);
		return;
	}
	file->busy = true;
	file->writable = false;
	deadline_stop(&conn->queue->deadline);
}

bool
out_file_turn(struct conn *conn)
{
	struct out_file *file = TAILQ_FIRST(&conn->queue->files);

	if (!file->ready)
		deadline_stop(&conn->queue->deadline);
	if (!file->ready || file->busy)
		return false;
	if (file->left == 0)
		return out_file_end(conn, file);
	if (!file->begun && !out_file_begin(conn, file))
		return conn->state != CONN_CLOSED;
	out_file_post(conn, file);
	return false;
}

/* The thread is back from a connection that has been closed meanwhile. */
static void
out_file_back(struct out_file *file)
{
	if (file->closes)
		net_fd_close(file->transfer.to, file->reset);
	file->back(file);
}

static void
out_file_moved(struct transfer *transfer)
{
	struct out_file *file = (struct out_file *)(void *)transfer;
	struct conn *conn = file->conn;

	file->busy = false;
	if (conn == NULL) {
		out_file_back(file);
		return;
	}
	file->left -= transfer->sent;
	if (transfer->sent > 0)
		out_moved(conn, transfer->sent);
	if (transfer->error == -EAGAIN && !file->writable) {
		out_queue_wait(conn);
	} else if (transfer->error == 0 || transfer->error == -EAGAIN) {
		out_go(conn);
	} else {
		file->error = transfer->error;
		conn_close(conn, true);
	}
}

void
out_file_add(struct conn *conn, struct out_file *file, bool more)
{
	struct out_queue *queue;

	out_flush_before(conn, more);
	queue = conn->state != CONN_CLOSED ? out_queue_open(conn) : NULL;
	if (queue == NULL)
		return;
	queue_init(&file->behind);
	file->conn = conn;
	TAILQ_INSERT_TAIL(&queue->files, file, link);
}

void
out_file_ready(struct out_file *file, const struct file *from, uint64_t offset, uint64_t n)
{
	struct conn *conn = file->conn;

	file->transfer = (struct transfer){
		.from = from->fd,
		.to = conn_fd(conn),
		.offset = offset,
		.left = n,
		.moved = out_file_moved,
	};
	file->threads = from->threads;
	file->left = n;
	file->ready = true;
	if (TAILQ_FIRST(&conn->queue->files) == file && conn->queue->unsent.bytes == 0)
		out_go(conn);
}

bool
out_files_drop(struct conn *conn, bool reset)
{
	struct out_file *file;
	bool busy = false;

	while ((file = TAILQ_FIRST(&conn->queue->files)) != NULL) {
		conn->queue->behind -= file->behind.bytes;
		queue_clear(&file->behind, conn->http->calls);
		out_file_remove(conn, file);
		if (file->busy && threads_cancel(file->threads, &file->transfer.job))
			file->busy = false; /* no thread has begun: the descriptor is free */
		if (file->busy) {
			file->closes = busy = true;
			file->reset = reset;
			net_fd_cut(conn_fd(conn), reset);
		}
		file->done(file, file->error != 0 ? file->error : -ECANCELED);
	}
	return busy;
}
