/*
 * eddy_response_send_file: pieces of files in a response's body.
 *
 * A piece is looked at first: a thread asks, in the file's line, how long the file is, so that one
 * that cannot be sent is found out before anything is promised to the client. Where it is the first
 * of the body the head waits for that (`first`): of an answer that has been ended by then it says
 * the length. The sending is out_file.c's.
 *
 *	            looked at              all sent, an error, or the connection lost
 *	  unsettled ---------> in the line -------------------------------------------> over, reported
 *
 * A piece is freed when it has been reported and no thread is at it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>

#include "http/conn.h"
#include "http/response.h"
#include "loop/file.h"
#include "worker.h"

static const char send_file[] = "eddy_response_send_file";

struct piece {
	struct out_file out; /* first */
	struct file_job look;
	TAILQ_ENTRY(piece) link;   /* of the exchange's */
	struct exchange *exchange; /* NULL: it has been reported */
	struct file *file;	   /* held; NULL: no more */
	uint64_t offset, n;	   /* n UINT64_MAX: to the end */
	int found;		   /* by look_work: 0 or -errno */
	int error;		   /* EDDY_E…, if it is over */
	bool looking;		   /* `look` has been posted */
	bool over;
	void (*cb)(eddy_response *res, int err, void *arg);
	void *arg;
};

static struct piece *
piece_of(struct out_file *out)
{
	return (struct piece *)(void *)out;
}

static struct piece *
piece_of_look(struct file_job *look)
{
	return (struct piece *)(void *)((char *)look - offsetof(struct piece, look));
}

/* Gives up what nobody needs any more: the file, then the piece. */
static void
piece_leave(struct piece *piece)
{
	if (!piece->over || piece->looking || piece->out.busy)
		return;
	if (piece->file != NULL)
		file_release(piece->file);
	piece->file = NULL;
	if (piece->exchange == NULL)
		free(piece);
}

static void
piece_over(struct piece *piece, int error)
{
	piece->over = true;
	piece->error = error;
	exchange_post(piece->exchange, EXCHANGE_FILES);
	piece_leave(piece);
}

/* On a thread --------------------------------------------------------------------- */

/* 0, with the length of the piece, or -errno. */
static int
piece_measure(struct piece *piece)
{
	int fd = piece->file->fd, flags = fcntl(fd, F_GETFL);
	struct stat st;
	uint64_t size;

	if (flags < 0 || fstat(fd, &st) != 0)
		return -errno;
	if ((flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ESPIPE;
	size = (uint64_t)st.st_size;
	if (piece->offset > size || (piece->n != UINT64_MAX && piece->n > size - piece->offset))
		return -ENODATA;
	if (piece->n == UINT64_MAX)
		piece->n = size - piece->offset;
	return 0;
}

static void
look_work(struct job *job)
{
	struct piece *piece = piece_of_look((struct file_job *)(void *)job);

	piece->found = piece_measure(piece);
}

/* In the line --------------------------------------------------------------------- */

/* What the module is told. Where either side may have failed, the client has. */
static int
piece_error(int error)
{
	switch (-error) {
	case ECANCELED:
	case EPIPE:
	case ECONNRESET:
	case ENOTCONN:
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return EDDY_ECLOSED;
	default:
		return error < 0 ? EDDY_ERRNO(-error) : 0;
	}
}

/* What nobody else hears of. */
static void
piece_log(const struct piece *piece, int error)
{
	if (piece->cb == NULL && error != 0 && error != EDDY_ECLOSED)
		eddy_log(piece->exchange->route->module, LOG_WARNING, "%s: %s", send_file,
			 eddy_strerror(error));
}

static void
piece_sent(struct out_file *out, int result)
{
	struct piece *piece = piece_of(out);
	int error = piece_error(result);

	if (piece->over)
		return;
	piece_log(piece, error);
	piece_over(piece, error);
}

static void
piece_back(struct out_file *out)
{
	piece_leave(piece_of(out));
}

/* Behind what has been written; the head is out. */
static void
piece_line_up(struct piece *piece)
{
	struct response *res = &piece->exchange->response;

	piece->out.chunked = res->chunked;
	if (!res->no_body)
		out_file_add(piece->exchange->conn, &piece->out, !piece->looking && piece->n > 0);
}

bool
response_begin(struct exchange *exchange)
{
	struct response_files *files = exchange->response.files;
	struct piece *first = files != NULL ? files->first : NULL;

	if (first != NULL)
		files->first = NULL;
	if (!response_start(exchange))
		return false;
	if (first != NULL)
		piece_line_up(first);
	return exchange->conn != NULL;
}

/* Settling ------------------------------------------------------------------------ */

/*
 * It cannot be sent. Before the head is out the answer is still the module's to give, if it hears of
 * this and has not ended it.
 */
static void
piece_fail(struct piece *piece, int error)
{
	struct exchange *exchange = piece->exchange;
	struct response *res = &exchange->response;
	bool first = res->files->first == piece;

	piece_log(piece, error);
	if (first) {
		res->files->first = NULL;
		response_head_give_back(res);
	}
	piece_over(piece, error);
	if (!first)
		conn_close(exchange->conn, true);
	else if (res->ended || piece->cb == NULL)
		exchange_answer(exchange, 500);
}

/* Its length is known. */
static void
piece_ready(struct piece *piece)
{
	if (piece->over) /* the connection has been lost */
		return;
	if (piece->out.conn != NULL)
		out_file_ready(&piece->out, piece->file, piece->offset, piece->n);
	else
		piece_over(piece, 0);
}

/* The head has waited for it. */
static void
piece_start(struct piece *piece)
{
	struct exchange *exchange = piece->exchange;
	struct response *res = &exchange->response;

	if (!res->ended) {
		if (response_begin(exchange))
			piece_ready(piece);
		return;
	}
	res->files->first = NULL;
	if (!response_start_whole(exchange, NULL, piece->n, NULL, 0))
		return;
	piece_line_up(piece);
	response_finish(exchange); /* what is behind it comes first, since it may be sent at once */
	piece_ready(piece);
}

/* Whether the module's Content-Length allows for a body so long. */
static bool
piece_fits(const struct exchange *exchange, uint64_t written)
{
	const struct response *res = &exchange->response;

	if (!response_is_checked(exchange))
		return true;
	return res->ended && !response_is_unsettled(res) ? written == res->length
							 : written <= res->length;
}

static void
piece_settle(struct piece *piece)
{
	struct exchange *exchange = piece->exchange;
	struct response *res = &exchange->response;

	res->files->unsettled--;
	if (piece->found != 0) {
		piece_fail(piece, piece_error(piece->found));
	} else if (!piece_fits(exchange, res->written + piece->n)) {
		response_misuse(exchange, EDDY_ECONTENT_LENGTH, send_file);
		piece_fail(piece, EDDY_ECONTENT_LENGTH);
	} else {
		res->written += piece->n;
		if (res->files->first == piece)
			piece_start(piece);
		else
			piece_ready(piece);
	}
}

static void
look_done(struct file_job *look)
{
	struct piece *piece = piece_of_look(look);

	piece->looking = false;
	if (look->job.dropped)
		piece->found = -ECANCELED;
	if (!piece->over)
		piece_settle(piece);
	piece_leave(piece);
}

/* The exchange's side ------------------------------------------------------------- */

void
send_file_report(struct exchange *exchange)
{
	struct piece_list *pieces = &exchange->response.files->pieces;
	struct piece *piece, *next;

	for (piece = TAILQ_FIRST(pieces); piece != NULL; piece = next) {
		next = TAILQ_NEXT(piece, link);
		if (!piece->over)
			continue;
		TAILQ_REMOVE(pieces, piece, link);
		if (piece->cb != NULL) {
			exchange_call_response(exchange);
			piece->cb(exchange_response(exchange), piece->error, piece->arg);
			call_end(exchange->http->calls);
		}
		piece->exchange = NULL;
		piece_leave(piece);
	}
}

void
send_file_drop(struct exchange *exchange, int error)
{
	struct response_files *files = exchange->response.files;
	struct piece *piece;

	if (files == NULL)
		return;
	files->first = NULL;
	TAILQ_FOREACH(piece, &files->pieces, link)
		if (!piece->over && piece->out.conn == NULL)
			piece_over(piece, error);
}

/* The module's side --------------------------------------------------------------- */

/* NULL: no memory. */
static struct response_files *
files_of(struct response *res)
{
	if (res->files != NULL)
		return res->files;
	res->files = calloc(1, sizeof(*res->files));
	if (res->files != NULL)
		TAILQ_INIT(&res->files->pieces);
	return res->files;
}

/* NULL: no memory. */
static struct piece *
piece_new(struct exchange *exchange, struct file *file, uint64_t offset, uint64_t n)
{
	struct response_files *files = files_of(&exchange->response);
	struct piece *piece = files != NULL ? calloc(1, sizeof(*piece)) : NULL;

	if (piece == NULL)
		return NULL;
	piece->out.done = piece_sent;
	piece->out.back = piece_back;
	piece->look.job.work = look_work;
	piece->look.done = look_done;
	piece->exchange = exchange;
	piece->file = file;
	piece->offset = offset;
	piece->n = n;
	piece->looking = true;
	if (file_post(file, &piece->look) != 0) {
		free(piece);
		return NULL;
	}
	file_hold(file);
	TAILQ_INSERT_TAIL(&files->pieces, piece, link);
	files->unsettled++;
	return piece;
}

/* 0 or what is wrong with it, which has been said. */
static int
piece_check(struct exchange *exchange, uint64_t offset, uint64_t n)
{
	struct response *res = &exchange->response;

	if (res->ended || res->answered)
		return response_misuse(exchange, EDDY_EWRITE_AFTER_END, send_file);
	if (exchange->conn == NULL)
		return EDDY_ECLOSED;
	if (offset > INT64_MAX || (n != UINT64_MAX && n > INT64_MAX - offset))
		return response_misuse(exchange, EDDY_EINVAL, send_file);
	if (n != UINT64_MAX && res->has_length && !exchange->is_head &&
	    res->written + n > res->length)
		return response_misuse(exchange, EDDY_ECONTENT_LENGTH, send_file);
	return 0;
}

static struct file *
piece_file(const eddy_file *handle, int *error)
{
	struct file *file = api_find(&worker_self->files, handle, send_file);

	*error = file == NULL || file->fd < 0 ? api_error(handle, HANDLE_FILE) : 0;
	if (*error == EDDY_ECLOSED) /* nobody but the module can have closed it */
		api_misuse(EDDY_ECLOSED, send_file);
	return *error == 0 ? file : NULL;
}

int
eddy_response_send_file(eddy_response *handle, eddy_file *file_handle, uint64_t offset, uint64_t n,
			void (*cb)(eddy_response *res, int err, void *arg), void *arg)
{
	struct exchange *exchange = response_find(handle, __func__);
	struct response *res;
	struct piece *piece;
	struct file *file;
	int error;

	if (exchange == NULL)
		return api_error(handle, HANDLE_EXCHANGE);
	file = piece_file(file_handle, &error);
	if (file == NULL)
		return error;
	error = piece_check(exchange, offset, n);
	if (error != 0)
		return error;
	piece = piece_new(exchange, file, offset, n);
	if (piece == NULL)
		return EDDY_ENOMEM;
	piece->cb = cb;
	piece->arg = arg;
	res = &exchange->response;
	if (!response_is_begun(res)) {
		res->files->first = piece;
		res->head_fixed = true;
	} else if (res->head_sent || response_begin(exchange)) {
		piece_line_up(piece);
	}
	return 0;
}
