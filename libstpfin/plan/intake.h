#ifndef STPFIN_PLAN_INTAKE_H
#define STPFIN_PLAN_INTAKE_H

#include "libstpfin/plan/problems.h"
#include "libstpfin/plan/schema.h"
#include "stpfin/plan.h"

/* Takes in one table of a plan: from cells as a user wrote them to columns as the schema types
 * them, reporting every cell that is not what it should be. */

struct stpfin_file_row {
	size_t row;  /* of the file */
	bool wrong;  /* its key has a wrong cell */
	bool flawed; /* any of its cells is wrong, or may be: a column has a name that is not known */
};

struct stpfin_intake {
	const struct stpfin_table_schema *schema;
	char *file;                   /* as problems name it */
	stpfin_table *table;          /* every column of the schema; a wrong cell is missing */
	struct stpfin_file_row *rows; /* one a row of the table; NULL: from the second on, all right */
	bool given;                   /* whether the plan has the table at all */
	bool broken;                  /* its file or header is wrong: there may be rows not known */
	bool doubtful;                /* broken, or a row's key is wrong or names nothing */
};

/* Reads a CSV file. Fails only where there is nothing to go on with (memory): what is wrong with
 * the file is a problem. */
stpfin_status stpfin_intake__read(struct stpfin_intake *self,
	const struct stpfin_table_schema *schema, const char *path, const char *file,
	const stpfin_plan_settings *settings, struct stpfin_problems *problems);

/* Takes a table from memory. */
stpfin_status stpfin_intake__take(struct stpfin_intake *self,
	const struct stpfin_table_schema *schema, const stpfin_table *raw,
	const stpfin_plan_settings *settings, struct stpfin_problems *problems);

/* A table that was taken in before. */
stpfin_status stpfin_intake__again(struct stpfin_intake *self,
	const struct stpfin_table_schema *schema, const stpfin_table *table);

/* The table without rows that a plan has where it was given none; a problem if it must have one. */
stpfin_status stpfin_intake__absent(struct stpfin_intake *self,
	const struct stpfin_table_schema *schema, struct stpfin_problems *problems);

void stpfin_intake__free(struct stpfin_intake *self);

/* Where a row of the table stands; column may be NULL. */
struct stpfin_where stpfin_intake__where(
	const struct stpfin_intake *self, size_t row, const char *column);

/* A financial year from any of the ways of writing it: 2015, 2015/16, 2015-16, 2015/2016. */
bool stpfin_intake__year(const char *text, size_t length, int32_t *out_year);

/* The first year of an age band: 15, 15-64, 65+. */
bool stpfin_intake__age(const char *text, size_t length, int32_t *out_age);

#endif
