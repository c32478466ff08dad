/*
 * Capabilities, by the kernel's own calls: in a worker they are made between fork and exec, where a
 * library must not be asked.
 */
#include "daemon/privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAPS (_LINUX_CAPABILITY_U32S_3 * 32) /* that a set has room for */

/*
 * A master that could no longer read the conf or open a log that it has read or opened at its start
 * would fail at the first reload: hence CAP_DAC_OVERRIDE, for the folders of other users.
 */
static const unsigned char kept[] = {
	CAP_SETUID,	      /* to become the workers' user */
	CAP_SETGID,	      /* and group */
	CAP_SETPCAP,	      /* to take a worker's bounding set away */
	CAP_KILL,	      /* to signal workers, which are somebody else */
	CAP_NET_BIND_SERVICE, /* for what a reload listens on */
	CAP_DAC_OVERRIDE,     /* for the conf, the logs and the sockets' folders */
};

static bool
cap_is_kept(unsigned cap)
{
	for (size_t i = 0; i < sizeof(kept); i++)
		if (kept[i] == cap)
			return true;
	return false;
}

/*
 * Out of the bounding set goes all but what is kept (`few`) or all. Who may not change it (EPERM:
 * CAP_SETPCAP is missing, as in some containers) has been bounded by whoever took that away.
 */
static int
bounding_drop(bool few)
{
	for (unsigned cap = 0; cap < CAPS; cap++) {
		int has = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

		if (has < 0) /* the kernel knows no more of them */
			break;
		if (!has || (few && cap_is_kept(cap)))
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 && errno != EPERM)
			return -errno;
	}
	return 0;
}

/* Effective and permitted are cut down to this mask; nothing stays inheritable or ambient. */
static int
sets_cut(uint64_t mask)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, sets) < 0)
		return -errno;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t part = (uint32_t)(mask >> 32 * i);

		sets[i].permitted &= part;
		sets[i].effective &= part;
		sets[i].inheritable = 0; /* and with it what is ambient */
	}
	return syscall(SYS_capset, &header, sets) < 0 ? -errno : 0;
}

int
privileges_bound_none(void)
{
	return bounding_drop(false);
}

/*
 * A filter of system calls (that of a hardened service) may know no capset(2). What is inheritable
 * then stays, and is nothing: without ambient capabilities and with no_new_privs, the exec that
 * follows gives none to who is not root.
 */
int
privileges_drop(void)
{
	int error;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	error = sets_cut(0);
	if (error == -EPERM && geteuid() != 0 &&
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0)
		error = 0;
	return error;
}

int
privileges_keep_few(void)
{
	uint64_t mask = 0;
	int error = bounding_drop(true);

	for (size_t i = 0; i < sizeof(kept); i++)
		mask |= UINT64_C(1) << kept[i];
	return error ? error : sets_cut(mask);
}

/* Of what is permitted; gives back what was in effect. */
static int
effective_set(uint64_t mask, uint64_t *before)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	*before = 0;
	if (syscall(SYS_capget, &header, sets) < 0)
		return -errno;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		*before |= (uint64_t)sets[i].effective << 32 * i;
		sets[i].effective = (uint32_t)(mask >> 32 * i);
	}
	if (mask == *before || syscall(SYS_capset, &header, sets) == 0)
		return 0;
	*before = 0;
	return -errno;
}

int
privileges_rest(uint64_t *resting)
{
	return effective_set(0, resting);
}

int
privileges_resume(uint64_t resting)
{
	uint64_t before;

	return effective_set(resting, &before);
}
