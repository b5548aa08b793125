#include "libstpfin/report/groups.h"

#include <stdlib.h>

#include "libstpfin/table/error.h"

static bool passes(const struct stpfin_selection *selection, size_t row)
{
	for (size_t i = 0; i < sizeof selection->filters / sizeof *selection->filters; i++) {
		const struct stpfin_filter *filter = &selection->filters[i];

		if (filter->column != NULL && filter->column->whole[row] != filter->code) {
			return false;
		}
	}
	return true;
}

stpfin_status stpfin_groups__find(
	struct stpfin_groups *self, const stpfin_table *table, const struct stpfin_selection *selection)
{
	size_t n_rows = stpfin_table_rows(table);
	stpfin_dictionary *seen = stpfin_dictionary__new();
	struct stpfin_buffer key = {0};
	stpfin_status status = STPFIN_OK;
	char buffer[32];

	self->of_row = malloc((n_rows + 1) * sizeof *self->of_row);
	self->first_row = malloc((n_rows + 1) * sizeof *self->first_row);
	if (seen == NULL || self->of_row == NULL || self->first_row == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t row = 0; row < n_rows; row++) {
		self->of_row[row] = -1;
		if (!passes(selection, row)) {
			continue;
		}
		key.length = 0;
		stpfin_buffer__add_text(&key, "\x1F");
		for (size_t i = 0; i < selection->n_keys; i++) {
			stpfin_buffer__add_text(&key, stpfin_column__format(selection->keys[i], row, buffer));
			stpfin_buffer__add_text(&key, "\x1F");
		}
		if (!key.failed) {
			self->of_row[row] = stpfin_dictionary__intern(seen, key.bytes, key.length);
		}
		if (self->of_row[row] < 0) {
			status = stpfin_error__memory();
			goto out;
		}
		if ((size_t)self->of_row[row] == self->n) {
			self->first_row[self->n++] = row;
		}
	}

out:
	stpfin_dictionary__free(seen);
	stpfin_buffer__clear(&key);
	return status;
}

void stpfin_groups__clear(struct stpfin_groups *self)
{
	free(self->of_row);
	free(self->first_row);
	*self = (struct stpfin_groups){0};
}
