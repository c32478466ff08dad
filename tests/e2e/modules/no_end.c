/* A table of handlers whose last line has a name and no function. */
#include <eddy.h>

static const struct eddy_handler handlers[] = {{"named", NULL}, {NULL, NULL}};

EDDY_MODULE(.name = "no_end", .handlers = handlers);
