/*
 * One-request connections, as many as are asked for: what tests/bench/accept loads eddyd with.
 *
 * Usage: tests/bench/connect PORT COUNT CONCURRENCY. Each connection sends one request with
 * `Connection: close` and reads until the other side has closed. It fails at the first answer that
 * is none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONCURRENCY_MAX 1000
#define ADDRESSES 8 /* of the client: each has its own range of ports */

static const char request[] = "GET /hello HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
static const char answer[] = "HTTP/1.1 200 ";

struct run {
	struct sockaddr_in to;
	int epoll;
	unsigned long started, done, wanted;
};

static void
fail(const char *what)
{
	fprintf(stderr, "connect: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
connection_start(struct run *run)
{
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct epoll_event event = {.events = EPOLLIN};
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

	if (fd < 0)
		fail("socket");
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + run->started % ADDRESSES);
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0)
		fail("bind");
	if (connect(fd, (struct sockaddr *)&run->to, sizeof(run->to)) < 0)
		fail("connect");
	if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) != sizeof(request) - 1)
		fail("send");
	event.data.fd = fd;
	if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		fail("epoll_ctl");
	run->started++;
}

/* Whether the connection is over. */
static int
connection_read(int fd)
{
	char buf[4096];
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n < 0)
		fail("recv");
	if (n > 0 && ((size_t)n < sizeof(answer) || memcmp(buf, answer, sizeof(answer) - 1) != 0)) {
		fprintf(stderr, "connect: not a 200: %.*s\n", (int)n, buf);
		exit(1);
	}
	return n == 0;
}

static void
run_turn(struct run *run)
{
	struct epoll_event events[64];
	int n = epoll_wait(run->epoll, events, 64, 10000);

	if (n <= 0)
		fail("no answer within 10 s");
	for (int i = 0; i < n; i++) {
		if (!connection_read(events[i].data.fd))
			continue;
		close(events[i].data.fd);
		run->done++;
		if (run->started < run->wanted)
			connection_start(run);
	}
}

int
main(int argc, char **argv)
{
	struct run run = {.to.sin_family = AF_INET};
	unsigned long concurrency;

	if (argc != 4) {
		fputs("usage: connect PORT COUNT CONCURRENCY\n", stderr);
		return 64;
	}
	run.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	run.to.sin_port = htons((uint16_t)atoi(argv[1]));
	run.wanted = strtoul(argv[2], NULL, 10);
	concurrency = strtoul(argv[3], NULL, 10);
	if (concurrency > CONCURRENCY_MAX)
		concurrency = CONCURRENCY_MAX;
	run.epoll = epoll_create1(0);
	while (run.started < concurrency && run.started < run.wanted)
		connection_start(&run);
	while (run.done < run.wanted)
		run_turn(&run);
	return 0;
}
