/*
 * Where the control socket is when nobody says: the same search for eddyd, which makes it, and
 * eddyctl, which looks for it.
 */
#ifndef EDDY_DAEMON_CONTROL_PATH_H
#define EDDY_DAEMON_CONTROL_PATH_H

#include <stddef.h>
#include <sys/un.h>

#define CONTROL_PATHS 4

struct control_path {
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/*
 * Writes the places in the order of search and returns how many: $RUNTIME_DIRECTORY (a service's own,
 * if set), /run/eddy, $XDG_RUNTIME_DIR/eddy (if set), /tmp/eddy-UID.
 */
size_t control_paths(struct control_path paths[CONTROL_PATHS]);

/*
 * The place of an instance of eddy@.service: /run/eddy-NAME. 0, or -EINVAL: there is no such name.
 */
int control_path_instance(struct control_path *path, const char *name);

/*
 * Makes the directory if need be. 0 if this user can have a socket in it that nobody else can put
 * there; or -errno.
 */
int control_path_prepare(const struct control_path *path);

#endif
