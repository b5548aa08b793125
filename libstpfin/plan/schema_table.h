#ifndef STPFIN_PLAN_SCHEMA_TABLE_H
#define STPFIN_PLAN_SCHEMA_TABLE_H

#include "libstpfin/plan/schema.h"
#include "libstpfin/table/table.h"

/* What a column of that schema holds in memory. */
stpfin_type stpfin_schema__type(const struct stpfin_column_schema *column);

/* A table of no rows with every column of the schema; the code of a choice is its place in the
 * list of choices. names (NULL for none) has for each column the dictionary it shares, NULL where
 * it has its own. */
stpfin_status stpfin_schema__new_table(const struct stpfin_table_schema *schema,
	const stpfin_dictionary *const *names, stpfin_table **out_table);

#endif
