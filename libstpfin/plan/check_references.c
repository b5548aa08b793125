#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/table/error.h"

/* Guessing what was meant looks at every name, so not for more than a reader would read. */
enum { MOST_GUESSES = 20 };

static const stpfin_dictionary *key_names(const struct stpfin_check *check, const char *table)
{
	return stpfin_table__column(stpfin_check__table(check, table)->table, 0)->dictionary;
}

static bool is_among(const char *word, const char *const *words)
{
	for (; words != NULL && *words != NULL; words++) {
		if (strcmp(*words, word) == 0) {
			return true;
		}
	}
	return false;
}

/* Reports the rows whose code names nothing; codes[i] is -1 for each such code i. Where the table
 * referred to is broken, its names are not known. */
static void report_unknown(struct stpfin_check *check, const struct stpfin_intake *intake,
	const struct stpfin_column_schema *schema, const struct stpfin_column *column,
	const int32_t *codes, const stpfin_dictionary *names)
{
	const struct stpfin_intake *referred = stpfin_check__table(check, schema->refers_to);
	size_t n_rows = referred->broken ? 0 : stpfin_table_rows(intake->table);
	int guesses = 0;

	for (size_t row = 0; row < n_rows; row++) {
		const char *text = stpfin_column__text(column, row);
		const char *nearest = NULL;
		struct stpfin_where where = stpfin_intake__where(intake, row, schema->name);

		if (text == NULL || codes[column->whole[row]] >= 0) {
			continue;
		}
		if (!referred->given) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_ERROR, where,
				"'%s' refers to the table %s, which the plan does not have: add %s.csv",
				STPFIN_EXCERPT(text), schema->refers_to, schema->refers_to);
			return;
		}
		if (guesses++ < MOST_GUESSES) {
			nearest = stpfin_nearest__among(
				text, stpfin_dictionary__texts(names), stpfin_dictionary__size(names));
		}
		if (nearest != NULL) {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_ERROR, where,
				"'%s' is not in the table %s: did you mean '%s'?", STPFIN_EXCERPT(text),
				schema->refers_to, STPFIN_EXCERPT(nearest));
		} else {
			stpfin_problems__add(check->problems, STPFIN_PROBLEM_ERROR, where,
				"'%s' is not in the table %s: add it there, or correct it here",
				STPFIN_EXCERPT(text), schema->refers_to);
		}
	}
}

/* The code in names of each text of the column; -1 where there is none. */
static int32_t *translate(const struct stpfin_column *column, const stpfin_dictionary *names,
	const char *const *words, bool *out_all_known)
{
	size_t n = stpfin_dictionary__size(column->dictionary);
	int32_t *codes = malloc((n + 1) * sizeof *codes);

	*out_all_known = true;
	if (codes == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		const char *text = stpfin_dictionary__text(column->dictionary, (int32_t)i);

		codes[i] = stpfin_dictionary__find(names, text, strlen(text));
		if (codes[i] < 0) {
			if (is_among(text, words)) {
				codes[i] = 0;
			} else {
				*out_all_known = false;
			}
		}
	}
	return codes;
}

/* Appends to target a column of codes, translated to those of names. */
static stpfin_status add_translated(stpfin_table *target, const struct stpfin_column *source,
	const int32_t *codes, const stpfin_dictionary *names)
{
	size_t n_rows = stpfin_table_rows(target);
	stpfin_status status = stpfin_table__add_column(target, source->name, STPFIN_TEXT, names);
	int32_t *column;

	if (status != STPFIN_OK) {
		return status;
	}
	column = stpfin_table__column(target, stpfin_table_columns(target) - 1)->whole;
	for (size_t row = 0; row < n_rows; row++) {
		column[row] = source->whole[row] >= 0 ? codes[source->whole[row]] : -1;
	}
	return STPFIN_OK;
}

static stpfin_status check_table(struct stpfin_check *check, struct stpfin_intake *intake)
{
	const struct stpfin_table_schema *schema = intake->schema;
	size_t n_rows = stpfin_table_rows(intake->table);
	stpfin_table *table = NULL;
	int32_t *codes = NULL;
	stpfin_status status = stpfin_table__new(schema->name, &table);

	if (status == STPFIN_OK) {
		status = stpfin_table__add_rows(table, n_rows);
	}
	for (size_t i = 0; i < schema->n_columns && status == STPFIN_OK; i++) {
		const struct stpfin_column_schema *column_schema = &schema->columns[i];
		const struct stpfin_column *column = stpfin_table__column(intake->table, i);
		const stpfin_dictionary *names = NULL;
		bool all_known;

		if (column_schema->cell == STPFIN_CELL_CODE) {
			names = key_names(check, column_schema->refers_to);
			codes = translate(column, names, column_schema->choices, &all_known);
			if (codes == NULL) {
				status = stpfin_error__memory();
				break;
			}
			if (!all_known) {
				intake->doubtful = true;
				report_unknown(check, intake, column_schema, column, codes, names);
			}
		}
		/* A column that may also hold words of its own keeps its own codes. */
		status = codes != NULL && column_schema->choices == NULL
					 ? add_translated(table, column, codes, names)
					 : stpfin_table__copy_column(table, column);
		free(codes);
		codes = NULL;
	}
	if (status == STPFIN_OK) {
		stpfin_table_free(intake->table);
		intake->table = table;
		table = NULL;
	}
	stpfin_table_free(table);
	return status;
}

/* Whether the table's codes are those of the tables it refers to already. */
static bool is_settled(const struct stpfin_check *check, const struct stpfin_intake *intake)
{
	for (size_t i = 0; i < intake->schema->n_columns; i++) {
		const struct stpfin_column_schema *column = &intake->schema->columns[i];

		if (column->cell == STPFIN_CELL_CODE && stpfin_table_rows(intake->table) > 0 &&
			stpfin_table__column(intake->table, i)->dictionary !=
				key_names(check, column->refers_to)) {
			return false;
		}
	}
	return true;
}

stpfin_status stpfin_check__references(struct stpfin_check *check)
{
	stpfin_status status = STPFIN_OK;
	size_t n_tables;

	stpfin_schema__tables(&n_tables);
	for (size_t i = 0; i < n_tables && status == STPFIN_OK; i++) {
		if (!is_settled(check, &check->intakes[i])) {
			status = check_table(check, &check->intakes[i]);
		}
	}
	return status;
}
