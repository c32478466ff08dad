/*
 * The blocks of a pool; see pool.h. A block lies at a multiple of its size, so that an object's
 * address says which is its own. Its pages are touched one after the other, as objects need them.
 */
#include "loop/pool.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define BLOCK_SIZE ((size_t)16384) /* some 50 connections: one that stays keeps no more than this */
#define ALIGN 8			   /* nothing in them needs more */

struct pool_place {
	struct pool_place *next;
};

struct pool_block {
	TAILQ_ENTRY(pool_block) link; /* in `open`, if it has room */
	struct pool_place *free;
	size_t used;
	size_t touched; /* places that have ever been taken */
};

#define BLOCK_HEAD ((sizeof(struct pool_block) + ALIGN - 1) / ALIGN * ALIGN)

void
pool_init(struct pool *pool, size_t size)
{
	*pool = (struct pool){.size = (size + ALIGN - 1) / ALIGN * ALIGN};
	pool->places = (BLOCK_SIZE - BLOCK_HEAD) / pool->size;
	TAILQ_INIT(&pool->open);
}

#ifdef POOL_IS_MALLOC

void
pool_fini(struct pool *pool)
{
	(void)pool;
}

void *
pool_new(struct pool *pool)
{
	return malloc(pool->size);
}

void
pool_free(struct pool *pool, void *object)
{
	(void)pool;
	free(object);
}

#else

/* Twice as much as is needed has a block in it that lies right. */
static struct pool_block *
block_map(void)
{
	char *p = mmap(NULL, 2 * BLOCK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	size_t before;

	if (p == MAP_FAILED)
		return NULL;
	before = (size_t)(-(uintptr_t)p & (BLOCK_SIZE - 1));
	if (before > 0)
		munmap(p, before);
	munmap(p + before + BLOCK_SIZE, BLOCK_SIZE - before);
	return (struct pool_block *)(void *)(p + before);
}

static void
block_unmap(struct pool *pool, struct pool_block *block)
{
	TAILQ_REMOVE(&pool->open, block, link);
	munmap(block, BLOCK_SIZE);
	pool->mapped -= BLOCK_SIZE;
}

void
pool_fini(struct pool *pool)
{
	while (!TAILQ_EMPTY(&pool->open))
		block_unmap(pool, TAILQ_FIRST(&pool->open));
	pool->empty = NULL;
}

void *
pool_new(struct pool *pool)
{
	struct pool_block *block = TAILQ_FIRST(&pool->open);
	struct pool_place *place;

	if (block == NULL) {
		block = block_map();
		if (block == NULL)
			return NULL;
		TAILQ_INSERT_HEAD(&pool->open, block, link);
		pool->mapped += BLOCK_SIZE;
	}
	if (block == pool->empty)
		pool->empty = NULL;
	place = block->free;
	if (place != NULL)
		block->free = place->next;
	else
		place = (struct pool_place *)(void *)((char *)block + BLOCK_HEAD +
						      block->touched++ * pool->size);
	if (++block->used == pool->places)
		TAILQ_REMOVE(&pool->open, block, link);
	return place;
}

void
pool_free(struct pool *pool, void *object)
{
	struct pool_place *place = object;
	struct pool_block *block =
		(struct pool_block *)(void *)((char *)object -
					      ((uintptr_t)object & (BLOCK_SIZE - 1)));

	place->next = block->free;
	block->free = place;
	assert(block->used > 0);
	if (block->used-- == pool->places)
		TAILQ_INSERT_HEAD(&pool->open, block, link);
	if (block->used > 0)
		return;
	if (pool->empty != NULL) {
		block_unmap(pool, block);
		return;
	}
	pool->empty = block;
	if (TAILQ_NEXT(block, link) == NULL)
		return; /* the last of them already */
	TAILQ_REMOVE(&pool->open, block, link);
	TAILQ_INSERT_TAIL(&pool->open, block, link);
}

#endif
