#include "libstpfin/plan/reach.h"

#include <stdlib.h>

#include "libstpfin/table/error.h"

/* Sorts the rows by one key: those of code i are rows[first[i]] to rows[first[i + 1]]. */
static stpfin_status sort_rows(struct stpfin_reach *self, size_t key, size_t n_codes)
{
	const int32_t *codes = self->keys[key];
	size_t *first = calloc(n_codes + 2, sizeof *first);
	size_t *rows = calloc(self->n + 1, sizeof *rows);

	self->first[key] = first;
	self->rows[key] = rows;
	if (first == NULL || rows == NULL) {
		return stpfin_error__memory();
	}
	/* Counted two places on, so that filling the runs leaves each beginning in its place. */
	for (size_t row = 0; row < self->n; row++) {
		if (codes[row] >= 0) {
			first[codes[row] + 2]++;
		}
	}
	for (size_t code = 1; code <= n_codes; code++) {
		first[code + 1] += first[code];
	}
	for (size_t row = 0; row < self->n; row++) {
		if (codes[row] >= 0) {
			rows[first[codes[row] + 1]++] = row;
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_reach__new(struct stpfin_reach *self, const int32_t *commissioner,
	const int32_t *provider, const int32_t *service, size_t n, size_t n_organisations,
	size_t n_services)
{
	const size_t n_codes[STPFIN_REACH_KEYS] = {n_organisations, n_organisations, n_services};
	stpfin_status status = STPFIN_OK;

	*self = (struct stpfin_reach){.keys = {commissioner, provider, service}, .n = n};
	for (size_t key = 0; key < STPFIN_REACH_KEYS && status == STPFIN_OK; key++) {
		status = sort_rows(self, key, n_codes[key]);
	}
	return status;
}

void stpfin_reach__free(struct stpfin_reach *self)
{
	for (size_t key = 0; key < STPFIN_REACH_KEYS; key++) {
		free(self->first[key]);
		free(self->rows[key]);
	}
	*self = (struct stpfin_reach){.n = 0};
}

size_t stpfin_reach__next(
	const struct stpfin_reach *self, const int32_t key[STPFIN_REACH_KEYS], size_t *at)
{
	const size_t *rows = NULL;
	size_t n = self->n;

	for (size_t i = 0; i < STPFIN_REACH_KEYS; i++) {
		size_t begin = key[i] >= 0 ? self->first[i][key[i]] : 0;
		size_t length = key[i] >= 0 ? self->first[i][key[i] + 1] - begin : n;

		if (key[i] >= 0 && length <= n) {
			rows = self->rows[i] + begin;
			n = length;
		}
	}
	while (*at < n) {
		size_t row = rows != NULL ? rows[*at] : *at;
		size_t i = 0;

		++*at;
		while (i < STPFIN_REACH_KEYS && (key[i] < 0 || key[i] == self->keys[i][row])) {
			i++;
		}
		if (i == STPFIN_REACH_KEYS) {
			return row;
		}
	}
	return SIZE_MAX;
}
