#ifndef STPFIN_PLAN_UNCERTAINTY_H
#define STPFIN_PLAN_UNCERTAINTY_H

#include "libstpfin/plan/schema.h"
#include "libstpfin/table/table.h"

/* What a row of the table uncertainty means. */

/* The choices of its columns, as the schema lists them. A path may be blank, -1: constant. */
enum stpfin_mode { STPFIN_MODE_VALUE, STPFIN_MODE_FACTOR, STPFIN_MODE_ADD };
enum stpfin_distribution {
	STPFIN_INTERVAL80,
	STPFIN_NORMAL,
	STPFIN_LOGNORMAL,
	STPFIN_GAMMA,
	STPFIN_BETA,
	STPFIN_UNIFORM,
	STPFIN_TRIANGULAR,
	STPFIN_PERT
};
enum stpfin_path { STPFIN_PATH_CONSTANT, STPFIN_PATH_YEARLY, STPFIN_PATH_WALK };

static inline bool stpfin_path__is_by_year(int32_t path)
{
	return path == STPFIN_PATH_YEARLY || path == STPFIN_PATH_WALK;
}

/* Whether draws may change a column: one of numbers that no row is known by. */
bool stpfin_uncertainty__may_draw(
	const struct stpfin_table_schema *table, const struct stpfin_column_schema *column);

/* One condition of a selection: a column that is to hold a value, or be blank. */
struct stpfin_condition {
	const struct stpfin_column_schema *schema;
	const struct stpfin_column *column;
	char value[64]; /* as it was written, cut where it is long */
	int32_t whole;  /* a code below -1: of a text that no row has */
	double real;
};

enum { STPFIN_MOST_CONDITIONS = 16 };

/* The cells that a row selects: of one column, in the rows that meet every condition. */
struct stpfin_selection {
	const struct stpfin_table_schema *schema;
	const struct stpfin_column_schema *column_schema;
	const stpfin_table *table;
	const struct stpfin_column *column;
	double fallback;     /* what a blank cell stands for; NaN if nothing that is a number */
	const int32_t *year; /* of each row; NULL where the table has no year among its keys */
	struct stpfin_condition conditions[STPFIN_MOST_CONDITIONS];
	size_t n_conditions;
};

enum { STPFIN_SELECTION_MESSAGE = 512 };

/* Reads the text of `select` (NULL: all rows). The column is one that draws may change. False, and
 * what is wrong with it, where it cannot be read. */
bool stpfin_selection__read(struct stpfin_selection *self, const struct stpfin_table_schema *schema,
	const struct stpfin_column_schema *column, const stpfin_table *table, const char *select,
	char message[STPFIN_SELECTION_MESSAGE]);

bool stpfin_condition__holds(const struct stpfin_condition *self, size_t row);

/* The number in a row's cell or that which its blank stands for; a NaN where the row is not
 * selected, or has none. */
double stpfin_selection__number(const struct stpfin_selection *self, size_t row);

#endif
