/*
 * Link messages: one packet in, one packet out, descriptors with it.
 *
 * Both programs are built with this file, and it is the only place that knows the packets' outer
 * form. It trusts nothing that it receives: a packet that is cut off, lies about its size or is of
 * another version is refused whole, and the descriptors that came with it are closed.
 */
#include "worker/contract.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PARTS_MAX 4

/*
 * Aligned as the kernel wants a control buffer to be, with room for as many descriptors as a
 * message may carry.
 */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(CONTRACT_FDS_MAX * sizeof(int))];
};

static void
control_put_fds(struct msghdr *msg, union control *control, const int *fds, size_t nfds)
{
	struct cmsghdr *cmsg;

	msg->msg_control = control->bytes;
	msg->msg_controllen = CMSG_SPACE(nfds * sizeof(int));
	memset(control->bytes, 0, msg->msg_controllen);
	cmsg = CMSG_FIRSTHDR(msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, nfds * sizeof(int));
}

static void
control_take_fds(struct msghdr *msg, struct contract_message *message)
{
	struct cmsghdr *cmsg;
	size_t n;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(message->fds + message->nfds, CMSG_DATA(cmsg), n * sizeof(int));
		message->nfds += n;
	}
}

/* How the kernel says that the other side is gone depends on whether it had unread packets. */
static int
send_error(int error)
{
	switch (error) {
	case EWOULDBLOCK:
	case ENOBUFS:
		return -EAGAIN;
	case EPIPE:
	case ECONNRESET:
	case ECONNREFUSED:
	case ENOTCONN:
		return -EPIPE;
	default:
		return -error;
	}
}

int
contract_send(int link, enum contract_type type, const struct iovec *parts, size_t n,
	      const int *fds, size_t nfds)
{
	struct contract_header header = {.version = CONTRACT_VERSION, .type = (uint16_t)type};
	struct iovec iov[1 + PARTS_MAX];
	union control control;
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 1 + n};
	size_t size = 0;
	ssize_t sent;

	if (n > PARTS_MAX || nfds > CONTRACT_FDS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (parts[i].iov_len > CONTRACT_MESSAGE_MAX - sizeof(header) - size)
			return -EMSGSIZE;
		size += parts[i].iov_len;
		iov[1 + i] = parts[i];
	}
	header.size = (uint32_t)size;
	iov[0] = (struct iovec){.iov_base = &header, .iov_len = sizeof(header)};
	if (nfds)
		control_put_fds(&msg, &control, fds, nfds);

	do
		sent = sendmsg(link, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? send_error(errno) : 0;
}

static int
message_refuse(struct contract_message *message, uint16_t version)
{
	for (size_t i = 0; i < message->nfds; i++)
		close(message->fds[i]);
	message->nfds = 0;
	message->type = version;
	message->size = 0;
	return -EPROTO;
}

int
contract_recv(int link, struct contract_message *message)
{
	struct iovec iov = {.iov_base = message->buf, .iov_len = sizeof(message->buf)};
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct contract_header header;
	ssize_t got;

	message->type = 0;
	message->body = message->buf + sizeof(header);
	message->size = 0;
	message->nfds = 0;
	/*
	 * A peer that closed with packets unread shows as one ECONNRESET, before its own last
	 * packets: read on.
	 */
	do
		got = recvmsg(link, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (got < 0 && (errno == EINTR || errno == ECONNRESET));
	if (got < 0)
		return -errno;
	control_take_fds(&msg, message);
	if (got == 0 && !message->nfds)
		return 0;

	if ((size_t)got < sizeof(header))
		return message_refuse(message, 0);
	memcpy(&header, message->buf, sizeof(header));
	if (header.version != CONTRACT_VERSION)
		return message_refuse(message, header.version);
	/* MSG_CTRUNC: descriptors were lost, for want of room in this process's table. */
	if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || header.size != (size_t)got - sizeof(header))
		return message_refuse(message, 0);
	message->type = header.type;
	message->size = header.size;
	return 1;
}

const void *
contract_body(const struct contract_message *message, size_t size, const char **rest, size_t *nrest)
{
	if (message->size < size)
		return NULL;
	if (rest)
		*rest = message->body + size;
	if (nrest)
		*nrest = message->size - size;
	return message->body;
}
