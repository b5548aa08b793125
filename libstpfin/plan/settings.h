#ifndef STPFIN_PLAN_SETTINGS_H
#define STPFIN_PLAN_SETTINGS_H

#include "libstpfin/plan/problems.h"
#include "stpfin/plan.h"

/* The settings of a plan, by the names datapackage.json has for them. */

/* The years that are read: what lies beyond is a slip. */
enum { STPFIN_FIRST_YEAR = 1900, STPFIN_LAST_YEAR = 2200 };

/* The file that holds them. */
extern const char stpfin_settings__file[];

/* The place of a number within the settings. */
struct stpfin_setting {
	const char *name;
	size_t offset;
	bool is_year; /* an int32_t; else a double */
	bool required;
};

const struct stpfin_setting *stpfin_settings__list(size_t *out_n);

/* The value of a setting, a year or a rate. */
double stpfin_settings__get(
	const stpfin_plan_settings *settings, const struct stpfin_setting *setting);

/* Reports what is out of range; false if the years are of no use. */
bool stpfin_settings__check(const stpfin_plan_settings *settings, struct stpfin_problems *problems);

#endif
