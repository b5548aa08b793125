#include "libstpfin/plan/settings.h"

#include <math.h>

const char stpfin_settings__file[] = "datapackage.json";

enum { LONGEST = 40 };

static const struct stpfin_setting list[] = {
	{"base_year", offsetof(stpfin_plan_settings, base_year), true, true},
	{"end_year", offsetof(stpfin_plan_settings, end_year), true, true},
	{"discount_rate", offsetof(stpfin_plan_settings, discount_rate), false, false},
	{"long_discount_rate", offsetof(stpfin_plan_settings, long_discount_rate), false, false},
	{"capital_charge_rate", offsetof(stpfin_plan_settings, capital_charge_rate), false, false},
};

const struct stpfin_setting *stpfin_settings__list(size_t *out_n)
{
	*out_n = sizeof list / sizeof *list;
	return list;
}

double stpfin_settings__get(
	const stpfin_plan_settings *settings, const struct stpfin_setting *setting)
{
	const char *at = (const char *)settings + setting->offset;

	return setting->is_year ? *(const int32_t *)(const void *)at
							: *(const double *)(const void *)at;
}

#define COMPLAIN(problems, name, ...)                                                              \
	stpfin_problems__add(problems, STPFIN_PROBLEM_ERROR,                                           \
		(struct stpfin_where){stpfin_settings__file, 0, name}, __VA_ARGS__)

static void check_rate(
	struct stpfin_problems *problems, const char *name, double rate, bool may_be_negative)
{
	if (!isfinite(rate) || rate > 1e15 || (may_be_negative ? rate <= -1 : rate < 0)) {
		COMPLAIN(problems, name, "%g is out of range: it must be a yearly rate such as 0.035, %s",
			rate, may_be_negative ? "above -1" : "0 or more");
	}
}

bool stpfin_settings__check(const stpfin_plan_settings *settings, struct stpfin_problems *problems)
{
	bool years_known = true;

	if (settings->base_year < STPFIN_FIRST_YEAR || settings->base_year > STPFIN_LAST_YEAR) {
		COMPLAIN(problems, "base_year", "%d is not a year from %d to %d", (int)settings->base_year,
			STPFIN_FIRST_YEAR, STPFIN_LAST_YEAR);
		years_known = false;
	} else if (settings->end_year > STPFIN_LAST_YEAR) {
		COMPLAIN(problems, "end_year", "%d is not a year from %d to %d", (int)settings->end_year,
			STPFIN_FIRST_YEAR, STPFIN_LAST_YEAR);
		years_known = false;
	} else if (settings->end_year < settings->base_year) {
		COMPLAIN(problems, "end_year", "%d comes before the base year %d", (int)settings->end_year,
			(int)settings->base_year);
		years_known = false;
	} else if (settings->end_year - settings->base_year > LONGEST) {
		COMPLAIN(problems, "end_year",
			"%d is %d years after the base year: at most %d are modelled", (int)settings->end_year,
			(int)(settings->end_year - settings->base_year), LONGEST);
		years_known = false;
	}
	check_rate(problems, "discount_rate", settings->discount_rate, true);
	check_rate(problems, "long_discount_rate", settings->long_discount_rate, true);
	check_rate(problems, "capital_charge_rate", settings->capital_charge_rate, false);
	return years_known;
}
