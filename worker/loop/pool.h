/*
 * Objects of one size, thousands at a time, that give their memory back when they leave.
 *
 * malloc mixes what a crowd brings with what stays, so that a few bytes that stay on every page keep
 * all of it. Here objects of one kind are together, in blocks that go back to the kernel as a whole.
 * New ones go to the fullest blocks, so that the others can run empty.
 */
#ifndef EDDY_LOOP_POOL_H
#define EDDY_LOOP_POOL_H

#include <stddef.h>
#include <string.h>
#include <sys/queue.h>

/* The address sanitizer watches what malloc hands out, and nothing else. */
#if defined(__SANITIZE_ADDRESS__)
#define POOL_IS_MALLOC
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOL_IS_MALLOC
#endif
#endif

struct pool_block;
TAILQ_HEAD(pool_block_list, pool_block);

struct pool {
	size_t size;		     /* of an object */
	size_t places;		     /* in a block: how many objects there may be */
	struct pool_block_list open; /* blocks with room */
	struct pool_block *empty;    /* one of these, kept for the next crowd; or NULL */
	size_t mapped;		     /* bytes that it has from the kernel, beside malloc's */
};

void pool_init(struct pool *pool, size_t size);
/* All objects have been freed by then. */
void pool_fini(struct pool *pool);

/* Not zeroed; aligned for pointers and 64-bit numbers. NULL: no memory. */
void *pool_new(struct pool *pool);

/*
 * The same, zeroed: by the C library, which is quicker than what a compiler makes of a struct of some
 * hundred bytes (`rep stos`).
 */
static inline void *
pool_new_zeroed(struct pool *pool)
{
	void *object = pool_new(pool);

	return object != NULL ? memset(object, 0, pool->size) : NULL;
}

void pool_free(struct pool *pool, void *object);

#endif
