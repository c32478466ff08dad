/*
 * The floor: what the kernel alone takes for a load, which is what eddy is measured against.
 *
 * A bare epoll loop in each of some workers, who have a listener each (SO_REUSEPORT: so each gets its
 * part of the connections). It knows what the load sends and parses nothing; it is no HTTP server. tests/bench/run starts it and stops it with SIGTERM.
 *
 *	tests/bench/floor PORT WORKERS WORK [SIZE]
 *
 *	answer      to each request a fixed answer, the connection stays; SIZE: bytes of their bodies
 *	close       the same, and then it closes
 *	defer       as close, with TCP_DEFER_ACCEPT, and reading before anything is registered
 *	park        nobody is answered until a POST comes; then all are, with a send(2) for each
 *	receive     a request with a body of SIZE bytes is read into one buffer and answered
 *	send        a chunked answer of SIZE bytes, from one buffer
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MAX 256
#define EVENTS 512
#define ACCEPT_TURNS 16 /* connections in a row: as many as eddy's */
#define BACKLOG 4096
#define BUFFER_SIZE (2 * 65536) /* of a recv: as large as eddy's (NET_SCRATCH_SIZE) */
#define PIECE_SIZE 65536	/* of a chunk: as the module of the bench writes them */
#define PIPELINED_MAX 64	/* answers in one send */
#define DEFER_S 10		/* as long as a client may take to send its head */

#define HEAD                                      \
	"HTTP/1.1 200 OK\r\n"                     \
	"Date: Mon, 23 Nov 2026 12:00:00 GMT\r\n" \
	"Content-Type: text/plain; charset=utf-8\r\n"
#define BODY "Hello World\n"
#define ANSWER HEAD "Content-Length: 12\r\n\r\n" BODY
#define LAST_ANSWER HEAD "Connection: close\r\nContent-Length: 12\r\n\r\n" BODY
#define CHUNKED_HEAD HEAD "Transfer-Encoding: chunked\r\n\r\n"
#define CHUNK_LINE "10000\r\n" /* PIECE_SIZE */
#define CHUNKED_END "0\r\n\r\n"

struct conn {
	int fd;
	size_t request; /* bytes of one, as the first has shown; all are alike */
	uint64_t got;	/* bytes of the request that is being read */
	uint64_t left;	/* of the answer that is being sent: its stream's bytes */
	bool sending;
};

struct work {
	const char *name;
	void (*readable)(struct conn *conn);
	void (*writable)(struct conn *conn);
	bool at_once; /* read before it is registered */
	bool defer;
};

static const struct work *work;
static uint64_t size;	     /* the command line's */
static int poll_fd;	     /* the worker's */
static char *buffer, *chunk; /* what recv brings; one chunk with its line and its end */
static char *answers;	     /* PIPELINED_MAX of them */
static struct conn **parked;
static size_t nparked, parked_room;
static volatile sig_atomic_t wake;

static void
fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void *
allocate(size_t n)
{
	void *p = malloc(n);

	if (p == NULL)
		fail("malloc");
	return p;
}

static void
conn_close(struct conn *conn)
{
	close(conn->fd);
	free(conn);
}

/* What there is, into the buffer: 0 is nothing, -1 that the connection has been closed. */
static ssize_t
conn_receive(struct conn *conn)
{
	ssize_t n = recv(conn->fd, buffer, BUFFER_SIZE, 0);

	if (n > 0)
		return n;
	if (n < 0 && errno == EAGAIN)
		return 0;
	conn_close(conn);
	return -1;
}

/* It always fits into the kernel's buffer: a client reads what it has asked for before it goes on. */
static bool
conn_send(struct conn *conn, const char *p, size_t n)
{
	if (send(conn->fd, p, n, MSG_NOSIGNAL) == (ssize_t)n)
		return true;
	conn_close(conn);
	return false;
}

/* answer -------------------------------------------------------------------------- */

static void
answer_readable(struct conn *conn)
{
	ssize_t n = conn_receive(conn);
	const char *end;
	size_t count;

	if (n <= 0)
		return;
	if (conn->request == 0) {
		end = memmem(buffer, (size_t)n, "\r\n\r\n", 4);
		if (end == NULL) {
			conn_close(conn);
			return;
		}
		conn->request = (size_t)(end - buffer) + 4 + size;
	}
	conn->got += (uint64_t)n;
	count = conn->got / conn->request;
	conn->got %= conn->request;
	if (count > PIPELINED_MAX)
		conn_close(conn);
	else if (count > 0)
		conn_send(conn, answers, count * (sizeof(ANSWER) - 1));
}

/* close, defer --------------------------------------------------------------------- */

static void
close_readable(struct conn *conn)
{
	ssize_t n = conn_receive(conn);

	if (n > 0 && conn_send(conn, LAST_ANSWER, sizeof(LAST_ANSWER) - 1))
		conn_close(conn);
}

/* park ------------------------------------------------------------------------------ */

static void
park_readable(struct conn *conn)
{
	ssize_t n = conn_receive(conn);

	if (n <= 0)
		return;
	if (buffer[0] == 'P') {
		conn_send(conn, ANSWER, sizeof(ANSWER) - 1);
		kill(0, SIGUSR1); /* all workers, this one too */
		return;
	}
	if (nparked == parked_room) {
		parked_room = parked_room * 2 + 64;
		parked = realloc(parked, parked_room * sizeof(*parked));
		if (parked == NULL)
			fail("realloc");
	}
	parked[nparked++] = conn;
}

static void
park_answer(void)
{
	for (size_t i = 0; i < nparked; i++)
		conn_send(parked[i], ANSWER, sizeof(ANSWER) - 1);
	nparked = 0;
}

static void
park_wake(int number)
{
	(void)number;
	wake = 1;
}

/* receive --------------------------------------------------------------------------- */

static void
receive_readable(struct conn *conn)
{
	ssize_t n;

	do {
		n = conn_receive(conn);
		if (n <= 0)
			return;
		if (conn->request == 0) {
			const char *end = memmem(buffer, (size_t)n, "\r\n\r\n", 4);

			conn->request = end != NULL ? (size_t)(end - buffer) + 4 : 1;
		}
		conn->got += (uint64_t)n;
		if (conn->got >= conn->request + size) {
			conn->got = conn->request = 0;
			conn_send(conn, ANSWER, sizeof(ANSWER) - 1);
			return;
		}
	} while (n == BUFFER_SIZE); /* less is all there was: the next edge tells of more */
}

/* send ------------------------------------------------------------------------------ */

/* The answer is `size` bytes of body in whole chunks; `left` counts these with their framing. */
static void
send_writable(struct conn *conn)
{
	const size_t whole = sizeof(CHUNK_LINE) - 1 + PIECE_SIZE + 2;
	ssize_t n;

	if (!conn->sending)
		return;
	while (conn->left > 0) {
		size_t at = (size_t)((whole - conn->left % whole) % whole);

		n = send(conn->fd, chunk + at, whole - at, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			conn_close(conn);
			return;
		}
		conn->left -= (uint64_t)n;
	}
	conn->sending = false;
	conn_send(conn, CHUNKED_END, sizeof(CHUNKED_END) - 1);
}

static void
send_readable(struct conn *conn)
{
	ssize_t n = conn_receive(conn);

	if (n <= 0 || !conn_send(conn, CHUNKED_HEAD, sizeof(CHUNKED_HEAD) - 1))
		return;
	conn->left = size / PIECE_SIZE * (sizeof(CHUNK_LINE) - 1 + PIECE_SIZE + 2);
	conn->sending = true;
	send_writable(conn);
}

/* The loop -------------------------------------------------------------------------- */

static const struct work works[] = {
	{.name = "answer", .readable = answer_readable},
	{.name = "close", .readable = close_readable},
	{.name = "defer", .readable = close_readable, .at_once = true, .defer = true},
	{.name = "park", .readable = park_readable},
	{.name = "receive", .readable = receive_readable},
	{.name = "send", .readable = send_readable, .writable = send_writable},
};

static void
conn_register(struct conn *conn)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = conn};

	if (work->writable != NULL)
		event.events |= EPOLLOUT;
	if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, conn->fd, &event) != 0)
		conn_close(conn);
}

static void
conns_accept(int listener)
{
	for (int turn = 0; turn < ACCEPT_TURNS; turn++) {
		struct conn *conn;
		int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		conn = allocate(sizeof(*conn));
		*conn = (struct conn){.fd = fd};
		if (work->at_once)
			work->readable(conn); /* its request is there: DEFER_S is long */
		else
			conn_register(conn);
	}
}

static void
worker_run(int listener)
{
	struct epoll_event events[EVENTS], event = {.events = EPOLLIN};
	sigset_t none;

	sigemptyset(&none);
	poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (poll_fd < 0 || epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &event) != 0)
		fail("epoll");
	for (;;) {
		int n = epoll_pwait(poll_fd, events, EVENTS, -1, &none);

		if (wake) {
			wake = 0;
			park_answer();
		}
		for (int i = 0; i < n; i++) {
			struct conn *conn = events[i].data.ptr;

			if (conn == NULL)
				conns_accept(listener);
			else if (conn->sending)
				work->writable(conn);
			else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
				work->readable(conn);
		}
	}
}

static void
prepare(void)
{
	const size_t line = sizeof(CHUNK_LINE) - 1, answer = sizeof(ANSWER) - 1;
	struct rlimit files;
	sigset_t usr1;

	buffer = allocate(BUFFER_SIZE);
	answers = allocate(PIPELINED_MAX * answer);
	for (size_t i = 0; i < PIPELINED_MAX; i++)
		memcpy(answers + i * answer, ANSWER, answer);
	chunk = allocate(line + PIECE_SIZE + 2);
	memcpy(chunk, CHUNK_LINE, line);
	memset(chunk + line, 'f', PIECE_SIZE);
	memcpy(chunk + line + PIECE_SIZE, "\r\n", 2);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	/* Only while it waits: a signal is told by epoll_pwait and by nothing else. */
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	signal(SIGUSR1, park_wake);
}

static int
listener_open(unsigned port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
	int seconds = DEFER_S;

	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* connections inherit it */
	if (work->defer)
		setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof(seconds));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, BACKLOG) != 0)
		fail("listen");
	return fd;
}

int
main(int argc, char **argv)
{
	unsigned port = argc > 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	unsigned workers = argc > 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;

	for (size_t i = 0; argc > 3 && i < sizeof(works) / sizeof(works[0]); i++)
		if (strcmp(argv[3], works[i].name) == 0)
			work = &works[i];
	if (argc > 4)
		size = strtoull(argv[4], NULL, 10);
	if (work == NULL || argc > 5 || port == 0 || port > 65535 || workers == 0 ||
	    workers > WORKERS_MAX || (work->writable != NULL && size % PIECE_SIZE != 0)) {
		fprintf(stderr, "usage: tests/bench/floor PORT WORKERS "
				"answer|close|defer|park|receive|send [SIZE]\n");
		return 64;
	}
	prepare();
	for (unsigned i = 0; i < workers; i++) {
		int listener = listener_open(port);
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			worker_run(listener);
		}
		close(listener);
	}
	while (wait(NULL) > 0)
		;
	return EXIT_SUCCESS;
}
