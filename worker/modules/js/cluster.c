/*
 * Messages between the workers of a generation, for lib/eddy.js: the bytes are JSON, which that
 * makes and reads. A topic is listened to from when it is first asked for until the worker ends.
 */
#include <stdlib.h>
#include <string.h>

#include "js.h"

struct js_topic {
	struct js_topic *next;
	struct js *js;
	char name[];
};

static void
topic_message(eddy_str message, void *arg)
{
	const struct js_topic *topic = arg;
	struct js *js = topic->js;
	JSValueRef args[2] = {js_text(js, topic->name), js_bytes(js, message.p, message.n)};

	js_dispatch(js, JS_MESSAGE, 2, args);
}

/* clusterOn(topic): messages follow. */
static JSValueRef
cluster_on(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *name = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	struct js_topic *topic = NULL;
	int err = EDDY_ENOMEM;
	size_t n;

	if (name != NULL) {
		n = strlen(name) + 1;
		topic = malloc(sizeof(*topic) + n);
		if (topic != NULL) {
			topic->js = js;
			memcpy(topic->name, name, n);
			err = eddy_cluster_on(topic->name, topic_message, topic);
		}
	}
	free(name);
	if (err != 0) {
		free(topic);
		return js_throw(js, exception, eddy_error_name(err), "on: %s", eddy_strerror(err));
	}
	topic->next = js->topics;
	js->topics = topic;
	return js_undefined(js);
}

/* clusterSend(topic, text): false when the link to the master is full, and nothing was sent. */
static JSValueRef
cluster_send(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	size_t n = 0;
	char *name = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	char *text = js_utf8(js, js_arg(js, argc, argv, 1), &n);
	int err = name != NULL && text != NULL ? eddy_cluster_send(name, text, n) : EDDY_ENOMEM;

	free(name);
	free(text);
	if (err == EDDY_ETOOBIG)
		return js_throw(js, exception, eddy_error_name(err),
				"send: the message is %zu bytes of JSON, and %d are the most, its "
				"topic included",
				n, EDDY_CLUSTER_MESSAGE_MAX);
	if (err != 0 && err != EDDY_EAGAIN)
		return js_throw(js, exception, eddy_error_name(err), "send: %s",
				eddy_strerror(err));
	return JSValueMakeBoolean(js->ctx, err == 0);
}

void
js_topics_free(struct js_topic *topic)
{
	struct js_topic *next;

	for (; topic != NULL; topic = next) {
		next = topic->next;
		free(topic);
	}
}

const struct js_binding js_cluster_bindings[] = {
	{"clusterOn", cluster_on},
	{"clusterSend", cluster_send},
	{NULL, NULL},
};
