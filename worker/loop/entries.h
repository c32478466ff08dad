/*
 * Where libevent's entries live: it keeps 16 bytes for every descriptor that has ever had an event,
 * for good. Between other things on malloc's pages these would hold all of what a crowd has used;
 * here they are together, and half as large.
 */
#ifndef EDDY_LOOP_ENTRIES_H
#define EDDY_LOOP_ENTRIES_H

/* Before libevent is used for the first time in this process. */
void entries_init(void);

/*
 * Gives back the pages of entries in which nothing is kept, when a crowd of descriptors has left:
 * libevent goes on using them, and finds them as they were.
 */
void entries_trim(void);

#endif
