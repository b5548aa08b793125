#include "libstpfin/model/rank.h"

#include <stdlib.h>

static int compare_ranks(const void *a, const void *b)
{
	const struct stpfin_rank *x = a;
	const struct stpfin_rank *y = b;

	if (x->value != y->value) {
		return x->value < y->value ? -1 : 1;
	}
	return x->place < y->place ? -1 : 1;
}

size_t stpfin_rank__best_fifth(struct stpfin_rank *ranks, size_t n)
{
	enum { PARTS = 5 };

	qsort(ranks, n, sizeof *ranks, compare_ranks);
	return (n + PARTS - 1) / PARTS;
}
