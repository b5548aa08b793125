#ifndef STPFIN_PLAN_PACKAGE_READ_H
#define STPFIN_PLAN_PACKAGE_READ_H

#include "libstpfin/plan/problems.h"
#include "stpfin/plan.h"

/* Reads a plan's datapackage.json from bytes: the settings, and the file of each table of the
 * schema that its resources name (files[i], to be freed; others stay as they are). What is wrong is
 * a problem; *out_years_known is false where the settings are of no use. */
stpfin_status stpfin_package__read(const char *bytes, size_t length, stpfin_plan_settings *settings,
	bool *out_years_known, char **files, struct stpfin_problems *problems);

/* The name of the package that results are written as. */
extern const char stpfin_package__results[];

/* Whether a datapackage.json is that of results. */
bool stpfin_package__is_results(const char *path);

#endif
