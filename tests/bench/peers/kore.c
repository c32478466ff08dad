/*
 * The handlers of Kore for the bench; servers.py builds it with what kodev would say.
 */
#include <kore/kore.h>
#include <kore/http.h>

int page(struct http_request *);
int post(struct http_request *);

#define BODY "Hello World\n"

static void
answer(struct http_request *req)
{
	http_response_header(req, "content-type", "text/plain; charset=utf-8");
	http_response(req, HTTP_STATUS_OK, BODY, sizeof(BODY) - 1);
}

int
page(struct http_request *req)
{
	answer(req);
	return KORE_RESULT_OK;
}

/* The body has been collected when the handler is called. */
int
post(struct http_request *req)
{
	if (req->http_body_length == 0)
		http_response(req, HTTP_STATUS_BAD_REQUEST, NULL, 0);
	else
		answer(req);
	return KORE_RESULT_OK;
}
