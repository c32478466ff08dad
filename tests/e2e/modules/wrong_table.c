/* What .handlers = {{"name", function}} comes to, which compilers warn of: a text where a table is due. */
#include <eddy.h>

#include <string.h>

static union {
	char text[8 * sizeof(struct eddy_handler)];
	struct eddy_handler handlers[8];
} wrong;

__attribute__((constructor)) static void
fill(void)
{
	memset(wrong.text, 'x', sizeof(wrong.text));
}

EDDY_MODULE(.name = "wrong_table", .handlers = wrong.handlers);
