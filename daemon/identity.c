/*
 * Who the workers run as.
 */
#include "daemon/identity.h"
#include "daemon/log.h"

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
		conf_errors_add(errors, conf->user_where, "user: there is no user \"%s\"%s%s",
				conf->user, errno ? ": " : "", errno ? strerror(errno) : "");
		return -1;
	}
	identity->uid = user->pw_uid;
	identity->gid = user->pw_gid;
	if (conf->group) {
		errno = 0;
		group = getgrnam(conf->group);
		if (!group) {
			conf_errors_add(errors, conf->group_where,
					"group: there is no group \"%s\"%s%s", conf->group,
					errno ? ": " : "", errno ? strerror(errno) : "");
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

int
identity_resolve(struct identity *identity, const struct conf *conf, struct log *log,
		 struct conf_errors *errors)
{
	*identity = (struct identity){0};
	if (geteuid() != 0) {
		if (conf->user && log)
			log_warning(log, "user \"%s\" is ignored: eddyd was not started as root",
				    conf->user);
		return 0;
	}
	if (conf->user)
		return user_resolve(identity, conf, errors);
	if (log)
		log_warning(log, "the workers run as root: set `user` in the conf%s",
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
	if (!identity->changes)
		return 0;
	if (setgroups(identity->ngroups, identity->groups) < 0 ||
	    setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
	    setresuid(identity->uid, identity->uid, identity->uid) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return 0;
}
