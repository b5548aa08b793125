#ifndef STPFIN_PLAN_PACKAGE_WRITE_H
#define STPFIN_PLAN_PACKAGE_WRITE_H

#include "libstpfin/plan/schema.h"
#include "stpfin/table.h"

/* Writes a Frictionless Tabular Data Package: a folder, made if need be, with NAME.csv for each
 * table and a datapackage.json that describes them. schemas[i] says what the columns of table i
 * mean (NULL: nothing); name is the package's; block is the text of its "stpfin" object, NULL for
 * none. */
stpfin_status stpfin_package__write(const char *folder, const char *name, const char *block,
	const stpfin_table *const *tables, const struct stpfin_table_schema *const *schemas, size_t n);

#endif
