/*
 * The backtrace of the loop's thread; see trace.h.
 *
 * A signal handler walks the stack from where it has interrupted the thread, on a stack of its own,
 * and sends what it finds over the link: it allocates nothing, takes no lock of malloc's or stdio's,
 * and waits for nothing but the link, shortly. libunwind finds the names of static functions too.
 *
 * It is opened with dlopen, and its symbols kept to it, since it defines those of libgcc's unwinder:
 * linked, they would be found first by a module in C++, which would then have half of each.
 */
#define UNW_LOCAL_ONLY

#include <dlfcn.h>
#include <errno.h>
#include <libunwind.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace.h"
#include "worker.h"

#define LIBRARY "libunwind.so.8"
#define FRAMES_MAX 64
#define NAME_MAX_BYTES 160	/* of a function: C++ has long ones */
#define TEXT_BYTES 16384	/* of all frames; some 250 for each */
#define STACK_BYTES (256 << 10) /* libunwind has PATH_MAX on it, more than once */
#define SEND_WAIT_MS 500	/* for the master to read what the link is full of */

#define NAME_OF_2(name) #name
#define NAME_OF(name) NAME_OF_2(name) /* unw_step is a macro for _ULx86_64_step */
#define CALL(unwinder, name) ((__typeof__(&unw_##name))(unwinder)->name)

/* text --------------------------------------------------------------------------------------- */

static void
text_add(struct trace *trace, const char *text)
{
	size_t n = strlen(text);

	if (n > TEXT_BYTES - trace->used)
		n = TEXT_BYTES - trace->used;
	memcpy(trace->text + trace->used, text, n);
	trace->used += n;
}

static void
number_add(struct trace *trace, uint64_t number, unsigned base)
{
	char digits[24];
	char *p = digits + sizeof(digits);

	*--p = '\0';
	do
		*--p = "0123456789abcdef"[number % base];
	while (number /= base);
	if (base == 16)
		text_add(trace, "0x");
	text_add(trace, p);
}

/* frames ------------------------------------------------------------------------------------- */

/* The object's file, and where in it that is: what addr2line wants. */
static void
place_add(struct trace *trace, uint64_t ip)
{
	struct dl_find_object found;
	const struct link_map *map;

	text_add(trace, " (");
	if (_dl_find_object((void *)(uintptr_t)ip, &found) == 0) {
		map = found.dlfo_link_map;
		text_add(trace, map->l_name[0] != '\0' ? map->l_name : "eddy-worker");
		text_add(trace, "+");
		ip -= map->l_addr;
	}
	number_add(trace, ip, 16);
	text_add(trace, ")\n");
}

/*
 * The function's name, and how far into it that is. In a stripped program libunwind takes the nearest
 * name before, of whatever function: where this one begins is known by its unwind table. False: it has
 * no name.
 */
static bool
frame_name(struct trace *trace, unw_cursor_t *cursor, unw_word_t ip, char *name, size_t size,
	   unw_word_t *offset)
{
	unw_proc_info_t function;
	int error = CALL(&trace->unwinder, get_proc_name)(cursor, name, size, offset);

	if (error != 0 && error != -UNW_ENOMEM) /* the latter: it is cut */
		return false;
	return CALL(&trace->unwinder, get_proc_info)(cursor, &function) != 0 ||
	       function.start_ip == 0 || function.start_ip == ip - *offset;
}

static void
frame_add(struct trace *trace, unsigned i, unw_cursor_t *cursor)
{
	char name[NAME_MAX_BYTES];
	unw_word_t ip = 0, offset = 0;

	CALL(&trace->unwinder, get_reg)(cursor, UNW_REG_IP, &ip);
	text_add(trace, "#");
	number_add(trace, i, 10);
	text_add(trace, " ");
	if (frame_name(trace, cursor, ip, name, sizeof(name), &offset)) {
		text_add(trace, name);
		text_add(trace, "+");
		number_add(trace, offset, 16);
	} else {
		text_add(trace, "?");
	}
	place_add(trace, ip);
}

static void
frames_add(struct trace *trace, void *context)
{
	unw_cursor_t cursor;
	unsigned n = 0;

	if (CALL(&trace->unwinder, init_local2)(&cursor, context, UNW_INIT_SIGNAL_FRAME) != 0) {
		text_add(trace, "the stack cannot be read\n");
		return;
	}
	do
		frame_add(trace, n, &cursor);
	while (++n < FRAMES_MAX && CALL(&trace->unwinder, step)(&cursor) > 0);
	if (n == FRAMES_MAX)
		text_add(trace, "... and more\n");
}

/* the signal --------------------------------------------------------------------------------- */

static void
trace_send(const struct worker *worker)
{
	struct iovec text = {worker->trace.text, worker->trace.used};
	struct pollfd room = {.fd = worker->link, .events = POLLOUT};

	if (contract_send(worker->link, CONTRACT_BACKTRACE, &text, 1, NULL, 0) == -EAGAIN &&
	    poll(&room, 1, SEND_WAIT_MS) == 1)
		contract_send(worker->link, CONTRACT_BACKTRACE, &text, 1, NULL, 0);
}

/* What is sent to the process, and not to its loop's thread, may have come to another one. */
static void
trace_signalled(int signo, siginfo_t *info, void *context)
{
	struct worker *worker = worker_self;
	struct trace *trace = &worker->trace;
	pid_t tid = (pid_t)slot_get(worker->slot->tid);
	int error = errno;

	(void)info;
	if (gettid() != tid) {
		if (tid > 0)
			tgkill(getpid(), tid, signo);
	} else {
		trace->used = 0;
		if (trace->why[0] == '\0')
			frames_add(trace, context);
		else
			text_add(trace, trace->why);
		trace_send(worker);
	}
	errno = error;
}

/* life --------------------------------------------------------------------------------------- */

static int
unwinder_open(struct unwinder *unwinder)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (library == NULL)
		return -1;
	unwinder->init_local2 = dlsym(library, NAME_OF(unw_init_local2));
	unwinder->step = dlsym(library, NAME_OF(unw_step));
	unwinder->get_reg = dlsym(library, NAME_OF(unw_get_reg));
	unwinder->get_proc_name = dlsym(library, NAME_OF(unw_get_proc_name));
	unwinder->get_proc_info = dlsym(library, NAME_OF(unw_get_proc_info));
	return unwinder->init_local2 != NULL && unwinder->step != NULL &&
			       unwinder->get_reg != NULL && unwinder->get_proc_name != NULL &&
			       unwinder->get_proc_info != NULL
		       ? 0
		       : -1;
}

/* What libunwind makes once, it makes here and not in a thread that hangs. */
static void
unwinder_warm(const struct unwinder *unwinder)
{
	unw_context_t context;
	unw_cursor_t cursor;

	memset(&context, 0, sizeof(context));
	CALL(unwinder, init_local2)(&cursor, &context, 0);
}

/* The stack and the text are never given back: a late signal may still be using them. */
static char *
memory_take(void)
{
	stack_t stack = {.ss_size = STACK_BYTES};
	char *memory = mmap(NULL, STACK_BYTES + TEXT_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	stack.ss_sp = memory;
	return sigaltstack(&stack, NULL) == 0 ? memory + STACK_BYTES : NULL;
}

void
trace_init(struct worker *worker)
{
	struct trace *trace = &worker->trace;
	struct sigaction action = {.sa_sigaction = trace_signalled,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};

	trace->text = memory_take();
	if (trace->text == NULL)
		return;
	if (unwinder_open(&trace->unwinder) == 0)
		unwinder_warm(&trace->unwinder);
	else
		snprintf(trace->why, sizeof(trace->why), "there is no backtrace without %s: %s\n",
			 LIBRARY, dlerror());
	sigfillset(&action.sa_mask);
	if (sigaction(CONTRACT_TRACE_SIGNAL, &action, NULL) == 0)
		slot_set(worker->slot->tid, (uint32_t)gettid());
}

void
trace_fini(struct worker *worker)
{
	if (worker->trace.text == NULL)
		return;
	slot_set(worker->slot->tid, 0);
	signal(CONTRACT_TRACE_SIGNAL, SIG_IGN);
}
