/*
 * The client for what wrk cannot do: thousands of connections that wait, and bodies without an end
 * in sight. It looks at every byte that it is sent.
 *
 *	tests/bench/client PORT park COUNT TEXT    GETs that wait; on a line from stdin a POST of TEXT,
 *	                                           and all have to be answered with it
 *	tests/bench/client PORT idle COUNT TEXT    GETs that are answered with TEXT, and stay connected
 *	tests/bench/client PORT upload BYTES TEXT  one POST, answered with TEXT
 *	tests/bench/client PORT download BYTES     one GET, answered with chunks of that many 'f' in all
 *
 * It says "ready" when what it has made stands, "done NANOSECONDS" when all is answered, and then
 * waits for the end of stdin. Anything else is the reason why it failed, and its exit code is 1.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX 1024 /* of a waiting client; its head and TEXT */
#define EVENTS 512
#define PATIENCE_MS 20000
#define BUFFER_SIZE 262144

struct waiter {
	int fd;
	size_t n;
	char answer[ANSWER_MAX + 1];
};

static const char *text;
static struct sockaddr_in server;
static char buffer[BUFFER_SIZE];

static void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	exit(EXIT_FAILURE);
}

static void
say(const char *line)
{
	puts(line);
	fflush(stdout);
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int
server_connect(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};

	if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof(server)) != 0)
		die("cannot connect: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return fd;
}

static void
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0)
			die("cannot send: %s", strerror(errno));
		p += sent;
		n -= (size_t)sent;
	}
}

static size_t
receive(int fd, char *p, size_t room)
{
	ssize_t n = recv(fd, p, room, 0);

	if (n < 0)
		die("no answer: %s", strerror(errno));
	if (n == 0)
		die("the connection ended within an answer");
	return (size_t)n;
}

/* Whether this is all of an answer: 200 with Content-Length and `text`. Dies of a wrong one. */
static bool
answer_is_whole(const char *answer)
{
	const char *body = strstr(answer, "\r\n\r\n"), *length;
	size_t n = strlen(text);

	if (strncmp(answer, "HTTP/1.1 200 ", strlen(answer) < 13 ? strlen(answer) : 13) != 0)
		die("not a 200: %.60s", answer);
	if (body == NULL)
		return false;
	length = strcasestr(answer, "\r\nContent-Length: ");
	if (length == NULL || length > body || strtoul(length + 18, NULL, 10) != n)
		die("not a body of %zu bytes: %.200s", n, answer);
	if (strlen(body + 4) < n)
		return false;
	if (strcmp(body + 4, text) != 0)
		die("wrong bytes: %.100s", body + 4);
	return true;
}

static void
read_answer(int fd)
{
	char answer[ANSWER_MAX + 1] = "";
	size_t n = 0;

	do {
		if (n == ANSWER_MAX)
			die("the answer is longer than %d bytes", ANSWER_MAX);
		n += receive(fd, answer + n, ANSWER_MAX - n);
		answer[n] = '\0';
	} while (!answer_is_whole(answer));
}

static void
wait_for_end(void)
{
	while (getchar() != EOF)
		;
}

/* A crowd -------------------------------------------------------------------------- */

static struct waiter *
crowd_new(size_t count, const char *target)
{
	struct waiter *crowd = calloc(count, sizeof(*crowd));
	char request[256];
	int n = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n",
			 target);

	if (crowd == NULL)
		die("no memory");
	for (size_t i = 0; i < count; i++) {
		crowd[i].fd = server_connect();
		send_all(crowd[i].fd, request, (size_t)n);
	}
	return crowd;
}

/* Waits until all have their answer. */
static void
crowd_read(struct waiter *crowd, size_t count, int poll_fd)
{
	struct epoll_event events[EVENTS];

	for (size_t left = count; left > 0;) {
		int n = epoll_wait(poll_fd, events, EVENTS, PATIENCE_MS);

		if (n <= 0)
			die("%zu of %zu have no answer", left, count);
		for (int i = 0; i < n; i++) {
			struct waiter *waiter = &crowd[events[i].data.u64];

			if (waiter->n == ANSWER_MAX)
				die("the answer is longer than %d bytes", ANSWER_MAX);
			waiter->n += receive(waiter->fd, waiter->answer + waiter->n,
					     ANSWER_MAX - waiter->n);
			waiter->answer[waiter->n] = '\0';
			left -= answer_is_whole(waiter->answer);
		}
	}
}

static int
crowd_watch(const struct waiter *crowd, size_t count)
{
	int poll_fd = epoll_create1(EPOLL_CLOEXEC);

	for (size_t i = 0; i < count; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};

		if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, crowd[i].fd, &event) != 0)
			die("epoll: %s", strerror(errno));
	}
	return poll_fd;
}

static void
run_park(size_t count)
{
	struct waiter *crowd = crowd_new(count, "/poll");
	int poll_fd = crowd_watch(crowd, count), poster = server_connect(), n;
	uint64_t began_ns;

	say("ready");
	if (getchar() == EOF)
		die("nobody said when to wake them");
	n = snprintf(buffer, sizeof(buffer),
		     "POST /poll HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
		     "Content-Length: %zu\r\n\r\n%s",
		     strlen(text), text);
	began_ns = now_ns();
	send_all(poster, buffer, (size_t)n);
	crowd_read(crowd, count, poll_fd);
	printf("done %lu\n", now_ns() - began_ns);
	fflush(stdout);
	wait_for_end();
}

static void
run_idle(size_t count)
{
	struct waiter *crowd = crowd_new(count, "/");
	uint64_t began_ns = now_ns();

	crowd_read(crowd, count, crowd_watch(crowd, count));
	printf("done %lu\n", now_ns() - began_ns);
	fflush(stdout);
	wait_for_end();
}

/* Bodies --------------------------------------------------------------------------- */

static void
run_upload(uint64_t bytes)
{
	int fd = server_connect(), n;
	uint64_t began_ns = now_ns();

	n = snprintf(buffer, sizeof(buffer),
		     "POST /upload HTTP/1.1\r\nHost: bench\r\nContent-Length: %lu\r\n\r\n", bytes);
	send_all(fd, buffer, (size_t)n);
	memset(buffer, 'f', sizeof(buffer));
	for (uint64_t left = bytes; left > 0;) {
		size_t piece = left < sizeof(buffer) ? (size_t)left : sizeof(buffer);

		send_all(fd, buffer, piece);
		left -= piece;
	}
	read_answer(fd);
	printf("done %lu\n", now_ns() - began_ns);
}

/* Bytes of the answer, one after the other, from as large reads as there are. */
struct stream {
	int fd;
	size_t at, n;
};

static int
stream_byte(struct stream *stream)
{
	if (stream->at == stream->n) {
		stream->n = receive(stream->fd, buffer, sizeof(buffer));
		stream->at = 0;
	}
	return (unsigned char)buffer[stream->at++];
}

static void
stream_expect(struct stream *stream, const char *p)
{
	for (; *p != '\0'; p++)
		if (stream_byte(stream) != *p)
			die("wrong bytes: broken framing");
}

/* A line without its CR LF. */
static void
stream_line(struct stream *stream, char *line, size_t room)
{
	size_t n = 0;
	int c;

	while ((c = stream_byte(stream)) != '\r') {
		if (n + 1 == room)
			die("wrong bytes: a line too long");
		line[n++] = (char)c;
	}
	line[n] = '\0';
	stream_expect(stream, "\n");
}

/* n bytes of a chunk; all have to be 'f'. */
static void
stream_body(struct stream *stream, uint64_t n)
{
	while (n > 0) {
		size_t there;
		const char *p;

		if (stream->at == stream->n) {
			stream->n = receive(stream->fd, buffer, sizeof(buffer));
			stream->at = 0;
		}
		there = stream->n - stream->at;
		if (there > n)
			there = (size_t)n;
		p = buffer + stream->at;
		if (p[0] != 'f' || memcmp(p, p + 1, there - 1) != 0)
			die("wrong bytes in the body");
		stream->at += there;
		n -= there;
	}
}

static void
run_download(uint64_t bytes)
{
	struct stream stream = {.fd = server_connect()};
	char line[512], *end;
	uint64_t began_ns = now_ns(), got = 0, n;
	bool chunked = false;
	int length;

	length = snprintf(buffer, sizeof(buffer),
			  "GET /download?%lu HTTP/1.1\r\nHost: bench\r\n\r\n", bytes);
	send_all(stream.fd, buffer, (size_t)length);
	stream_line(&stream, line, sizeof(line));
	if (strncmp(line, "HTTP/1.1 200 ", 13) != 0)
		die("not a 200: %s", line);
	do {
		stream_line(&stream, line, sizeof(line));
		chunked |= strcasecmp(line, "Transfer-Encoding: chunked") == 0;
	} while (line[0] != '\0');
	if (!chunked)
		die("the answer is not chunked");
	do {
		stream_line(&stream, line, sizeof(line));
		n = strtoull(line, &end, 16);
		if (end == line || *end != '\0')
			die("wrong bytes: no chunk size: %.40s", line);
		stream_body(&stream, n);
		stream_expect(&stream, "\r\n");
		got += n;
	} while (n > 0);
	if (got != bytes)
		die("%lu bytes, not %lu", got, bytes);
	printf("done %lu\n", now_ns() - began_ns);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";
	uint64_t n = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	unsigned port = argc > 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	struct rlimit files;

	text = argc > 4 ? argv[4] : "";
	server = (struct sockaddr_in){.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (port == 0 || port > 65535 || n == 0) {
		fprintf(stderr,
			"usage: tests/bench/client PORT park|idle|upload|download N [TEXT]\n");
		return 64;
	}
	if (strcmp(what, "park") == 0)
		run_park(n);
	else if (strcmp(what, "idle") == 0)
		run_idle(n);
	else if (strcmp(what, "upload") == 0)
		run_upload(n);
	else if (strcmp(what, "download") == 0)
		run_download(n);
	else
		die("there is no \"%s\"", what);
	return EXIT_SUCCESS;
}
