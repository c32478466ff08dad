/* What http.c and http_response.c share: an exchange, which is a request and its response. */
#ifndef JS_HTTP_PRIVATE_H
#define JS_HTTP_PRIVATE_H

#include "js.h"

struct exchange {
	struct js *js;
	eddy_request *req;
	eddy_response *res;
	double id;
	bool watched; /* its events are told; it is there until `close` */
	bool timed;   /* its timeout is set */
};

/* What JS_BODY and JS_RESPONSE tell; lib/http/response.js has the same numbers. */
enum js_body { BODY_DATA = 0, BODY_END = 1, BODY_ERROR = 2 };
enum js_response {
	RESPONSE_DRAIN = 0,
	RESPONSE_FINISH = 1,
	RESPONSE_CLOSE = 2,
	RESPONSE_TIMEOUT = 3
};

/* The exchange whose id is the first argument, or NULL. */
struct exchange *js_exchange_arg(const struct js *js, size_t argc, const JSValueRef argv[]);
void js_exchange_tell(struct exchange *exchange, enum js_event event, int what, JSValueRef value);
/* Forgets it: no event of it is told any more. */
void js_exchange_remove(struct exchange *exchange);
/* Has its events told: 0, or EDDY_ECLOSED, and it is forgotten. */
int js_exchange_watch(struct exchange *exchange);

/* Its answer has begun, and has not been ended. */
void js_exchange_begun(struct exchange *exchange);

/*
 * Its answer is about to be given whole: the kernel is offered it at once, and the exchange is there
 * until that is over, which JavaScript is not told.
 */
void js_exchange_offer(struct exchange *exchange);

/* http_response.c: sends what JavaScript has left in js->answer, at once if `now`. */
void js_answer_send(struct js *js, struct exchange *exchange, bool now);

#endif
