/*
 * `eddyctl top`: what eddyd and its workers do, again and again.
 *
 * In a terminal it is a live view, until q, Ctrl-C or the end of the terminal; elsewhere a table for
 * each interval. An eddyd that goes away is told, and waited for.
 */
#ifndef EDDY_DAEMON_TOP_H
#define EDDY_DAEMON_TOP_H

#include "daemon/ctl.h"

/* ctl->count times (0: until it is ended), each ctl->delay_ms. The exit code. */
int top(struct ctl *ctl);

#endif
