#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/index.h"

/* Finds rows of a table with the same key. */
static stpfin_status check_table(struct stpfin_check *check, const struct stpfin_intake *intake)
{
	const struct stpfin_table_schema *schema = intake->schema;
	const int32_t *columns[STPFIN_MOST_KEYS] = {NULL};
	const char *last_key = NULL;
	size_t n_keys = 0;
	size_t n_rows = stpfin_table_rows(intake->table);
	struct stpfin_index index = {0};
	stpfin_status status;

	for (size_t i = 0; i < schema->n_columns; i++) {
		if (schema->columns[i].key) {
			columns[n_keys++] = stpfin_table__column(intake->table, i)->whole;
			last_key = schema->columns[i].name;
		}
	}
	status = stpfin_index__new(&index, columns, n_keys, n_rows);
	for (size_t row = 0; row < n_rows && status == STPFIN_OK; row++) {
		size_t first;

		if (intake->rows != NULL && intake->rows[row].wrong) {
			continue;
		}
		first = stpfin_index__add(&index, row);
		if (first != row) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_ERROR,
				stpfin_intake__where(intake, row, last_key),
				"the same key as in row %zu: keep one row, or tell the two apart",
				stpfin_intake__where(intake, first, NULL).row);
		}
	}
	stpfin_index__free(&index);
	return status;
}

stpfin_status stpfin_check__keys(struct stpfin_check *check)
{
	stpfin_status status = STPFIN_OK;
	size_t n_tables;

	stpfin_schema__tables(&n_tables);
	for (size_t i = 0; i < n_tables && status == STPFIN_OK; i++) {
		if (check->intakes[i].schema->rows == STPFIN_ROWS_UNIQUE) {
			status = check_table(check, &check->intakes[i]);
		}
	}
	return status;
}
