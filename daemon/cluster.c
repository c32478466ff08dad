/*
 * Messages between the workers of a generation.
 *
 * Generations do not hear each other: their modules may be of different builds, and mean different
 * things by a topic.
 */
#include "daemon/cluster.h"
#include "daemon/child.h"
#include "daemon/generation.h"

bool
cluster_relay(struct child *from, const struct contract_message *message)
{
	struct child *child;
	struct packet *packet;
	struct contract_publish publish;
	const struct contract_publish *got;
	const char *rest;
	size_t size;

	got = contract_body(message, sizeof(*got), &rest, &size);
	if (!got || got->topic_size == 0 || got->topic_size > size)
		return false;
	publish = (struct contract_publish){.worker = from->worker, .topic_size = got->topic_size};
	packet = packet_new(CONTRACT_PUBLISH,
			    (struct iovec[]){
				    {.iov_base = &publish, .iov_len = sizeof(publish)},
				    {.iov_base = (void *)rest, .iov_len = size},
			    },
			    2);
	if (!packet)
		return true; /* no memory: lost like any message that there is no room for */
	TAILQ_FOREACH(child, &from->generation->children, entry)
		child_publish(child, packet);
	packet_unref(packet);
	return true;
}
