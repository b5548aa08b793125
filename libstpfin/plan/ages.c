#include "libstpfin/plan/ages.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/error.h"

struct stpfin_age_row {
	int32_t key[STPFIN_AGE_KEYS];
	size_t row;
};

static int compare_keys(const int32_t *a, const int32_t *b)
{
	size_t i = 0;

	while (i < STPFIN_AGE_KEYS - 1 && a[i] == b[i]) {
		i++;
	}
	return a[i] < b[i] ? -1 : a[i] > b[i];
}

static int compare_rows(const void *a, const void *b)
{
	const struct stpfin_age_row *x = a;
	const struct stpfin_age_row *y = b;
	int order = compare_keys(x->key, y->key);

	return order != 0 ? order : x->row < y->row ? -1 : 1;
}

stpfin_status stpfin_ages__new(struct stpfin_ages *self, const int32_t *first,
	const int32_t *second, const int32_t *sex, const int32_t *age, size_t n)
{
	*self = (struct stpfin_ages){calloc(n + 1, sizeof *self->rows), n};
	if (self->rows == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = 0; row < n; row++) {
		self->rows[row] = (struct stpfin_age_row){
			{first != NULL ? first[row] : 0, second != NULL ? second[row] : 0, sex[row], age[row]},
			row};
	}
	qsort(self->rows, n, sizeof *self->rows, compare_rows);
	return STPFIN_OK;
}

void stpfin_ages__free(struct stpfin_ages *self)
{
	free(self->rows);
	*self = (struct stpfin_ages){NULL, 0};
}

/* The last row not beyond a key, if it differs in age alone. A blank age, the least there is, comes
 * before all others of its sex. */
static size_t find_exactly(const struct stpfin_ages *self, const int32_t *key)
{
	size_t begin = 0;
	size_t end = self->n;

	while (begin < end) {
		size_t middle = begin + (end - begin) / 2;

		if (compare_keys(self->rows[middle].key, key) <= 0) {
			begin = middle + 1;
		} else {
			end = middle;
		}
	}
	return begin > 0 &&
				   memcmp(self->rows[begin - 1].key, key, (STPFIN_AGE_KEYS - 1) * sizeof *key) == 0
			   ? self->rows[begin - 1].row
			   : SIZE_MAX;
}

size_t stpfin_ages__find(
	const struct stpfin_ages *self, int32_t first, int32_t second, int32_t sex, int32_t age)
{
	const int32_t key[STPFIN_AGE_KEYS] = {first, second, sex, age};
	const int32_t of_all[STPFIN_AGE_KEYS] = {first, second, -1, age};
	size_t row = find_exactly(self, key);

	return row != SIZE_MAX || sex < 0 ? row : find_exactly(self, of_all);
}
