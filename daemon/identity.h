/*
 * Who the workers run as: `user` and `group` of the conf, looked up before the fork, because after
 * it no function that may lock or allocate can be called.
 */
#ifndef EDDY_DAEMON_IDENTITY_H
#define EDDY_DAEMON_IDENTITY_H

#include "conf/conf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct log;

/* Zero-initialised: the workers stay who the master is. */
struct identity {
	bool changes;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t ngroups;
	uint64_t resting; /* identity_borrow's: capabilities that are put aside */
};

/*
 * What the conf says; an unknown name is an error, what has no effect a warning in the log (NULL:
 * none). 0 or -1.
 */
int identity_resolve(struct identity *identity, const struct conf *conf, struct log *log,
		     struct conf_errors *errors);
void identity_fini(struct identity *identity);

/*
 * In the child: takes on the identity, for good, without any privilege; what a master that is not
 * root was started with (a service's ambient capabilities) is not for workers either. 0 or -errno.
 * Async-signal-safe.
 */
int identity_assume(const struct identity *identity);

/* 0 or -ENOMEM, with the copy empty. */
int identity_copy(struct identity *copy, const struct identity *identity);

/*
 * In the master: until identity_return the kernel lets it do what that identity may do, and no more
 * (files, ports), be it another user or the same without a capability; `own` keeps who it is. 0, or
 * -errno with nothing changed.
 */
int identity_borrow(const struct identity *identity, struct identity *own);
void identity_return(struct identity *own);

#endif
