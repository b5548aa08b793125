#ifndef STPFIN_PLAN_PLAN_PRIVATE_H
#define STPFIN_PLAN_PLAN_PRIVATE_H

#include "libstpfin/plan/intake.h"
#include "libstpfin/table/table.h"
#include "stpfin/plan.h"

/* What rows of a rate table with a blank year have in each year, where a plan's figures are drawn.
 */
struct stpfin_by_year {
	size_t table;   /* its place in the schema's order */
	size_t column;  /* its place among those of the table's schema */
	size_t *first;  /* by row: where its years begin among the values; SIZE_MAX: as the cell says */
	double *values; /* from the base year on */
};

struct stpfin_plan {
	stpfin_plan_settings settings;
	/* One a table of the schema, in its order, without rows where the plan has none. A code is the
	 * row of what it refers to (of fund and scenario, whose first column is not the whole key, the
	 * place among its distinct names). */
	stpfin_table **tables;
	const struct stpfin_by_year *by_year; /* borrowed; of a plan that is checked, none */
	size_t n_by_year;
};

/* What shares may miss 1 by and still sum to it: what rounding them to print leaves. */
#define STPFIN_SHARE_TOLERANCE 1e-9

/* The kinds of organisation, as the schema lists them. */
enum stpfin_kind {
	STPFIN_KIND_COMMISSIONER,
	STPFIN_KIND_PROVIDER,
	STPFIN_KIND_COUNCIL,
	STPFIN_KIND_OUTSIDE,
	STPFIN_KIND_BOARD
};

/* Whether an organisation of that kind has a position. */
static inline bool stpfin_kind__has_position(int32_t kind)
{
	return kind == STPFIN_KIND_COMMISSIONER || kind == STPFIN_KIND_PROVIDER ||
		   kind == STPFIN_KIND_COUNCIL;
}

/* A plan of the same tables; NULL, with the error set, without memory. */
stpfin_plan *stpfin_plan__share(const stpfin_plan *self);

/* A table of the plan, and the values of a column of it, by names the schema has. */
const stpfin_table *stpfin_plan__table(const stpfin_plan *self, const char *table);
const double *stpfin_plan__real(const stpfin_plan *self, const char *table, const char *column);
const int32_t *stpfin_plan__whole(const stpfin_plan *self, const char *table, const char *column);

/* A column of a rate table, whose rows with a blank year may have a value for each. */
struct stpfin_rate_column {
	const double *cells;
	const size_t *first; /* as in struct stpfin_by_year; NULL: as the cells say */
	const double *values;
};

struct stpfin_rate_column stpfin_plan__rates(
	const stpfin_plan *self, const char *table, const char *column);

/* The value of a row in a year counted from the base. */
static inline double stpfin_rate_column__in(
	const struct stpfin_rate_column *self, size_t row, size_t t)
{
	return self->first != NULL && self->first[row] != SIZE_MAX ? self->values[self->first[row] + t]
															   : self->cells[row];
}

/* The code of a name in the first column of a table; STPFIN_ERROR_ARGUMENT, naming the nearest, or
 * those there are, if it is not there. */
stpfin_status stpfin_plan__find(
	const stpfin_plan *self, const char *table, const char *name, int32_t *out_code);

/* The number of rows of a table; for one whose first column is its key, also its codes. */
size_t stpfin_plan__rows(const stpfin_plan *self, const char *table);

/* The number of years, base year and end year included. */
size_t stpfin_plan__years(const stpfin_plan *self);

/* The position of the table of that name in the schema's order. */
size_t stpfin_plan__table_place(const char *table);

/* Where the plan's years are not known, no year is outside them. */
#define STPFIN_ANY_YEARS                                                                           \
	((stpfin_plan_settings){.version = 1, .base_year = INT32_MIN, .end_year = INT32_MAX})

/* The table of a plan that a name nearly is, NULL if it is near none. */
const char *stpfin_plan__nearest_table(const char *name);

/* Checks the tables taken in, one a table of the schema, and makes a plan of them. years_known is
 * false where the settings were wrong: then only what needs no year is checked. What is wrong goes
 * to the problems; *out_plan stays NULL if there is an error among them. */
stpfin_status stpfin_plan__assemble(const stpfin_plan_settings *settings, bool years_known,
	struct stpfin_intake *intakes, struct stpfin_problems *problems, stpfin_plan **out_plan);

/* Makes a plan of tables in memory on top of those of another plan (NULL for none), as
 * stpfin_plan_new() does. */
stpfin_status stpfin_plan__make(const stpfin_plan_settings *settings, const stpfin_plan *base,
	const stpfin_table *const *tables, size_t n, stpfin_table **out_problems,
	stpfin_plan **out_plan);

/* Hands over what came of it: the problems as a table, and the plan (which is taken over) unless
 * there is an error among them. intakes is NULL where nothing was taken in, and either
 * out-parameter may be. */
stpfin_status stpfin_plan__deliver(struct stpfin_problems *problems,
	const struct stpfin_intake *intakes, stpfin_plan *plan, stpfin_table **out_problems,
	stpfin_plan **out_plan);

/* Writes a plan as stpfin_plan_write() does, with n results beside it. The members, JSON text that
 * begins with a comma or is empty, go into datapackage.json. */
stpfin_status stpfin_plan__write(const stpfin_plan *self, const char *folder, const char *members,
	const stpfin_table *const *results, size_t n);

/* Refuses a folder that holds any file of a plan: what is in it would be lost. */
stpfin_status stpfin_plan__refuse_existing(const char *folder);

/* Sets the out-parameters, which may be NULL, to NULL. */
void stpfin_plan__clear(stpfin_table **out_problems, stpfin_plan **out_plan);

#endif
