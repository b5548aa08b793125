#include "libstpfin/plan/check.h"

const struct stpfin_intake *stpfin_check__table(const struct stpfin_check *check, const char *table)
{
	return &check->intakes[stpfin_plan__table_place(table)];
}

size_t stpfin_check__rows(const struct stpfin_check *check, const char *table)
{
	return stpfin_table_rows(stpfin_check__table(check, table)->table);
}

bool stpfin_check__is_sure(const struct stpfin_check *check, const char *table)
{
	return !stpfin_check__table(check, table)->doubtful;
}

bool stpfin_check__is_flawed(const struct stpfin_check *check, const char *table, size_t row)
{
	const struct stpfin_intake *intake = stpfin_check__table(check, table);

	return intake->rows != NULL && intake->rows[row].flawed;
}

const double *stpfin_check__real(
	const struct stpfin_check *check, const char *table, const char *column)
{
	return stpfin_table__named(stpfin_check__table(check, table)->table, column)->real;
}

const int32_t *stpfin_check__whole(
	const struct stpfin_check *check, const char *table, const char *column)
{
	return stpfin_table__named(stpfin_check__table(check, table)->table, column)->whole;
}

static const stpfin_dictionary *names(const struct stpfin_check *check, const char *table)
{
	return stpfin_table__column(stpfin_check__table(check, table)->table, 0)->dictionary;
}

size_t stpfin_check__codes(const struct stpfin_check *check, const char *table)
{
	return stpfin_dictionary__size(names(check, table));
}

const char *stpfin_check__name(const struct stpfin_check *check, const char *table, int32_t code)
{
	return code >= 0 ? stpfin_dictionary__text(names(check, table), code) : "?";
}
