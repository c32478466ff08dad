/*
 * Objects of a pool do not overlap, are used again, and give their memory back.
 */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "../suite.h"
#include "loop/pool.h"

#define SIZE 280

enum { CROWD = 5000 };

static struct pool pool;
static unsigned char *objects[CROWD];

/* What the process has resident, in bytes. */
static size_t
resident(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	unsigned long pages;

	ck_assert_ptr_nonnull(statm);
	ck_assert_int_eq(fscanf(statm, "%*u %lu", &pages), 1);
	fclose(statm);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void
fill(int i)
{
	objects[i] = pool_new(&pool);
	ck_assert_ptr_nonnull(objects[i]);
	ck_assert_uint_eq((uintptr_t)objects[i] % _Alignof(uint64_t), 0);
	memset(objects[i], i % 251, SIZE);
}

static void
check(int i)
{
	for (int at = 0; at < SIZE; at++)
		ck_assert_int_eq(objects[i][at], i % 251);
}

START_TEST(objects_keep_what_is_written_to_them)
{
	pool_init(&pool, SIZE);
	for (int i = 0; i < CROWD; i++)
		fill(i);
	for (int i = 0; i < CROWD; i += 3)
		pool_free(&pool, objects[i]);
	for (int i = 0; i < CROWD; i += 3)
		fill(i);
	for (int i = 0; i < CROWD; i++) {
		check(i);
		pool_free(&pool, objects[i]);
	}
	pool_fini(&pool);
}
END_TEST

START_TEST(coming_and_going_in_any_order_is_fine)
{
	enum { TURNS = 200000 };
	bool taken[CROWD] = {false};

	pool_init(&pool, 24);
	srandom(1);
	for (int turn = 0; turn < TURNS; turn++) {
		/* crowds and calm, so that blocks fill and empty */
		int i = (int)((unsigned long)random() % (turn / 20000 % 2 ? 50 : CROWD));

		if (taken[i]) {
			ck_assert_int_eq(*(int *)(void *)objects[i], i);
			pool_free(&pool, objects[i]);
		} else {
			objects[i] = pool_new(&pool);
			*(int *)(void *)objects[i] = i;
		}
		taken[i] = !taken[i];
	}
	for (int i = 0; i < CROWD; i++)
		if (taken[i])
			pool_free(&pool, objects[i]);
	pool_fini(&pool);
}
END_TEST

START_TEST(crowd_that_leaves_gives_its_memory_back)
{
	size_t before, with, after;

	pool_init(&pool, SIZE);
	before = resident();
	for (int i = 0; i < CROWD; i++)
		fill(i);
	with = resident();
	for (int i = 0; i < CROWD; i++)
		pool_free(&pool, objects[i]);
	after = resident();
#ifndef POOL_IS_MALLOC
	ck_assert_uint_ge(with - before, CROWD * SIZE * 9 / 10);
	ck_assert_uint_le(after, before + (with - before) / 2);
#else
	(void)before, (void)with, (void)after;
#endif
	pool_fini(&pool);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, objects_keep_what_is_written_to_them);
	tcase_add_test(tcase, coming_and_going_in_any_order_is_fine);
	tcase_add_test(tcase, crowd_that_leaves_gives_its_memory_back);
}

int
main(void)
{
	return suite_run("loop/pool", tests_add);
}
