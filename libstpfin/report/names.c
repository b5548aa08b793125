#include "libstpfin/report/names.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/buffer.h"
#include "libstpfin/table/dictionary.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/table.h"

enum { N_TABLES = 5 };

static const struct {
	const char *table;
	bool is_place;
	const char *with; /* the column added in brackets; NULL for none */
} tables[N_TABLES] = {
	{"footprint", true, NULL},
	{"organisation", true, "organisation"},
	{"service", false, NULL},
	{"scheme", false, NULL},
	{"indicator", false, "unit"},
};

struct stpfin_names {
	stpfin_dictionary *codes[N_TABLES];
	size_t *begin[N_TABLES]; /* where the name of each code begins in the text */
	struct stpfin_buffer text;
};

static stpfin_status read_names(stpfin_names *self, size_t i, const stpfin_table *table)
{
	const struct stpfin_column *codes = stpfin_table__named(table, tables[i].table);
	const struct stpfin_column *names = stpfin_table__named(table, "name");
	size_t n = stpfin_table_rows(table);

	self->codes[i] = stpfin_dictionary__new();
	self->begin[i] = malloc((n + 1) * sizeof *self->begin[i]);
	if (self->codes[i] == NULL || self->begin[i] == NULL) {
		return stpfin_error__memory();
	}
	for (size_t row = 0; row < n; row++) {
		const char *code = stpfin_column__text(codes, row);
		const char *name = stpfin_column__text(names, row);
		int32_t at;

		if (code == NULL || name == NULL) {
			continue;
		}
		at = stpfin_dictionary__intern(self->codes[i], code, strlen(code));
		if (at < 0) {
			return stpfin_error__memory();
		}
		self->begin[i][at] = self->text.length;
		stpfin_buffer__add_text(&self->text, name);
		if (tables[i].with != NULL) {
			stpfin_buffer__add_text(&self->text, " (");
			stpfin_buffer__add_text(
				&self->text, stpfin_column__text(stpfin_table__named(table, tables[i].with), row));
			stpfin_buffer__add_text(&self->text, ")");
		}
		stpfin_buffer__fill(&self->text, '\0', 1);
	}
	return self->text.failed ? stpfin_error__memory() : STPFIN_OK;
}

stpfin_status stpfin_names__new(const stpfin_plan *plan, stpfin_names **out_names)
{
	stpfin_names *self = calloc(1, sizeof *self);
	stpfin_status status = STPFIN_OK;

	*out_names = NULL;
	if (self == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; plan != NULL && i < N_TABLES && status == STPFIN_OK; i++) {
		stpfin_table *table = NULL;

		status = stpfin_plan_get_table(plan, tables[i].table, &table);
		if (status == STPFIN_OK) {
			status = read_names(self, i, table);
		}
		stpfin_table_free(table);
	}
	if (status != STPFIN_OK) {
		stpfin_names__free(self);
		return status;
	}
	*out_names = self;
	return STPFIN_OK;
}

void stpfin_names__free(stpfin_names *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < N_TABLES; i++) {
		stpfin_dictionary__free(self->codes[i]);
		free(self->begin[i]);
	}
	stpfin_buffer__clear(&self->text);
	free(self);
}

const char *stpfin_names__of(const stpfin_names *self, const char *table, const char *code)
{
	bool is_place = strcmp(table, "place") == 0;

	for (size_t i = 0; i < N_TABLES; i++) {
		int32_t at = -1;

		if (self->codes[i] != NULL &&
			(is_place ? tables[i].is_place : strcmp(table, tables[i].table) == 0)) {
			at = stpfin_dictionary__find(self->codes[i], code, strlen(code));
		}
		if (at >= 0) {
			return self->text.bytes + self->begin[i][at];
		}
	}
	return code;
}
