/*
 * Percentiles; see histogram.h.
 */
#include "daemon/histogram.h"

/* Bucket 0 has 0 alone; the last one everything above, up to the highest. */
static double
bucket_start(size_t i)
{
	return i ? (double)(UINT64_C(1) << (i - 1)) : 0;
}

static double
bucket_end(size_t i, size_t n, uint64_t highest)
{
	double end = i ? (double)(UINT64_C(1) << i) : 0;

	return i + 1 == n || end > (double)highest ? (double)highest : end;
}

double
histogram_percentile(const uint64_t *counts, size_t n, double part, uint64_t highest)
{
	double sum = 0, before = 0, wanted, start, end;

	for (size_t i = 0; i < n; i++)
		sum += (double)counts[i];
	wanted = sum * part;
	for (size_t i = 0; i < n; i++) {
		double count = (double)counts[i];

		if (count == 0 || before + count < wanted) {
			before += count;
			continue;
		}
		start = bucket_start(i);
		end = bucket_end(i, n, highest);
		if (end < start) /* the highest was read a moment earlier */
			return end;
		return start + (end - start) * (wanted - before) / count;
	}
	return sum > 0 ? (double)highest : 0;
}
