/*
 * Who the workers run as.
 */
#include "daemon/identity.h"
#include "daemon/log.h"
#include "daemon/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define GROUPS_FIRST 32 /* room for most users; more is asked for if there are more */

static int
groups_load(struct identity *identity, const char *user)
{
	int n = GROUPS_FIRST;

	for (;;) {
		gid_t *groups = reallocarray(identity->groups, (size_t)n, sizeof(*groups));
		int room = n;

		if (!groups)
			return -ENOMEM;
		identity->groups = groups;
		if (getgrouplist(user, identity->gid, groups, &n) >= 0) {
			identity->ngroups = (size_t)n;
			return 0;
		}
		if (n <= room)
			n = room * 2;
	}
}

static int
user_resolve(struct identity *identity, const struct conf *conf, struct conf_errors *errors)
{
	const struct passwd *user;
	const struct group *group;

	errno = 0;
	user = getpwnam(conf->user);
	if (!user) {
		conf_errors_add(errors, conf->user_where, "user: there is no user \"%s\": %s",
				conf->user,
				errno ? strerror(errno)
				      : "`useradd --system --no-create-home --shell "
					"/usr/sbin/nologin NAME` makes one");
		return -1;
	}
	identity->uid = user->pw_uid;
	identity->gid = user->pw_gid;
	if (conf->group) {
		errno = 0;
		group = getgrnam(conf->group);
		if (!group) {
			conf_errors_add(errors, conf->group_where,
					"group: there is no group \"%s\": %s", conf->group,
					errno ? strerror(errno)
					      : "`groupadd --system NAME` makes one");
			return -1;
		}
		identity->gid = group->gr_gid;
	}
	if (groups_load(identity, conf->user) < 0) {
		conf_errors_add(errors, conf->user_where,
				"user: no memory for the groups of \"%s\"", conf->user);
		return -1;
	}
	identity->changes = true;
	return 0;
}

static bool
user_is_own(const char *name)
{
	const struct passwd *user = getpwnam(name);

	return user && user->pw_uid == geteuid();
}

int
identity_resolve(struct identity *identity, const struct conf *conf, struct log *log,
		 struct conf_errors *errors)
{
	*identity = (struct identity){0};
	if (geteuid() != 0) {
		if (conf->user && log && !user_is_own(conf->user))
			log_write_at(log, LOG_WARNING, conf->user_where,
				     "user \"%s\" is ignored: eddyd was not started as root, and "
				     "its workers are who it is",
				     conf->user);
		return 0;
	}
	if (conf->user)
		return user_resolve(identity, conf, errors);
	if (log)
		log_write_at(log, LOG_WARNING, conf->group_where,
			     "the workers run as root: set `user` in the conf, such as user = "
			     "\"www-data\"%s",
			     conf->group ? " (`group` alone has no effect)" : "");
	return 0;
}

void
identity_fini(struct identity *identity)
{
	free(identity->groups);
	*identity = (struct identity){0};
}

int
identity_assume(const struct identity *identity)
{
	int error;

	if (!identity->changes && geteuid() == 0)
		return 0;
	error = privileges_bound_none();
	if (error)
		return error;
	if (!identity->changes)
		return privileges_drop();
	if (setgroups(identity->ngroups, identity->groups) < 0 ||
	    setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
	    setresuid(identity->uid, identity->uid, identity->uid) < 0)
		return -errno;
	return privileges_drop();
}

/* borrowing ---------------------------------------------------------------------------------- */

int
identity_copy(struct identity *copy, const struct identity *identity)
{
	*copy = *identity;
	copy->groups = NULL;
	if (!identity->ngroups)
		return 0;
	copy->groups = calloc(identity->ngroups, sizeof(*copy->groups));
	if (!copy->groups) {
		*copy = (struct identity){0};
		return -ENOMEM;
	}
	memcpy(copy->groups, identity->groups, identity->ngroups * sizeof(*copy->groups));
	return 0;
}

static int
identity_look(struct identity *own)
{
	int n = getgroups(0, NULL);

	*own = (struct identity){.changes = true, .uid = geteuid(), .gid = getegid()};
	if (n < 0)
		return -errno;
	own->groups = calloc((size_t)n + 1, sizeof(*own->groups));
	if (!own->groups)
		return -ENOMEM;
	n = getgroups(n, own->groups);
	if (n < 0)
		return -errno;
	own->ngroups = (size_t)n;
	return 0;
}

/*
 * Who cannot become who it was cannot go on: the next worker would be started as somebody else. The
 * kernel takes an effective user that changes for a set-user-ID program, which leaves no core.
 */
static void
identity_restore(const struct identity *own)
{
	if (setresuid((uid_t)-1, own->uid, (uid_t)-1) < 0 ||
	    setresgid((gid_t)-1, own->gid, (gid_t)-1) < 0 ||
	    setgroups(own->ngroups, own->groups) < 0)
		abort();
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

int
identity_borrow(const struct identity *identity, struct identity *own)
{
	int error;

	*own = (struct identity){0};
	if (!identity->changes)
		return geteuid() == 0 ? 0 : privileges_rest(&own->resting);
	error = identity_look(own);
	if (!error && (setgroups(identity->ngroups, identity->groups) < 0 ||
		       setresgid((gid_t)-1, identity->gid, (gid_t)-1) < 0 ||
		       setresuid((uid_t)-1, identity->uid, (uid_t)-1) < 0)) {
		error = -errno;
		identity_restore(own);
	}
	if (error)
		identity_fini(own);
	return error;
}

void
identity_return(struct identity *own)
{
	if (own->changes)
		identity_restore(own);
	else if (own->resting && privileges_resume(own->resting) < 0)
		abort();
	identity_fini(own);
}
