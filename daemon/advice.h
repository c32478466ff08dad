/*
 * What is no error in a conf, and is still worth a word: said when it is taken, and by eddyd -t.
 */
#ifndef EDDY_DAEMON_ADVICE_H
#define EDDY_DAEMON_ADVICE_H

#include "conf/conf.h"
#include "daemon/log.h"

#define ADVICE_BYTES 384

/* `check`: nothing is going to be bound (eddyd -t), so what could not be is said here. */
void advice_give(struct log *log, const struct conf *conf, bool check);

/* How to be allowed a port that is for root, as the end of a sentence. */
const char *advice_for_port(char text[ADVICE_BYTES]);

#endif
