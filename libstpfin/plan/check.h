#ifndef STPFIN_PLAN_CHECK_H
#define STPFIN_PLAN_CHECK_H

#include "libstpfin/plan/plan.h"

/* The rules of a plan, a topic a file. Each looks at tables taken in, whose cells may be missing
 * where they were wrong, and reports to the problems. They fail only for want of memory. */

struct stpfin_check {
	stpfin_plan_settings settings;
	struct stpfin_intake *intakes; /* one a table of the schema */
	struct stpfin_problems *problems;
};

/* Keys that stand twice; codes that name nothing. Replaces each table by one whose codes are those
 * of the tables referred to. */
stpfin_status stpfin_check__keys(struct stpfin_check *check);
stpfin_status stpfin_check__references(struct stpfin_check *check);

/* Footprints, organisations, memberships; names that are taken. */
stpfin_status stpfin_check__places(struct stpfin_check *check);

/* Population and its weights. */
stpfin_status stpfin_check__population(struct stpfin_check *check);

/* Services, inflation, cost mixes, tariffs, deflator. */
stpfin_status stpfin_check__prices(struct stpfin_check *check);

/* Flows, funding and what else is paid. */
stpfin_status stpfin_check__money(struct stpfin_check *check);

/* Funds: claims and awards, and the conditions on which they are earned. */
stpfin_status stpfin_check__fund(struct stpfin_check *check);

/* Bids, and limits on what is chosen of them. */
stpfin_status stpfin_check__bids(struct stpfin_check *check);

/* Effects and costs of schemes; and what is legal but unlikely to come true. */
stpfin_status stpfin_check__schemes(struct stpfin_check *check);
stpfin_status stpfin_check__realism(struct stpfin_check *check);

/* Deaths and measures by deprivation; and prevention that does nothing. */
stpfin_status stpfin_check__health(struct stpfin_check *check);
stpfin_status stpfin_check__health_realism(struct stpfin_check *check);

/* Indicators, what is observed of them and what improving them takes; and effects on them that do
 * nothing, or for nothing. */
stpfin_status stpfin_check__quality(struct stpfin_check *check);
stpfin_status stpfin_check__quality_realism(struct stpfin_check *check);

/* What is uncertain, and how it goes together. */
stpfin_status stpfin_check__uncertainty(struct stpfin_check *check);

/* What is legal but worth knowing: rates that are not there, settings without money. */
stpfin_status stpfin_check__coverage(struct stpfin_check *check);

/* What the rules share. */
const struct stpfin_intake *stpfin_check__table(
	const struct stpfin_check *check, const char *table);
size_t stpfin_check__rows(const struct stpfin_check *check, const char *table);
const double *stpfin_check__real(
	const struct stpfin_check *check, const char *table, const char *column);
const int32_t *stpfin_check__whole(
	const struct stpfin_check *check, const char *table, const char *column);

/* The number of codes that refer to a table: the distinct texts of its first column. */
size_t stpfin_check__codes(const struct stpfin_check *check, const char *table);

/* The text of a code of that table. */
const char *stpfin_check__name(const struct stpfin_check *check, const char *table, int32_t code);

/* The same for a message. */
#define STPFIN_CHECK_NAME(check, table, code) STPFIN_EXCERPT(stpfin_check__name(check, table, code))

/* Whether what the rows of a table tell together can be told: each is known by its key. */
bool stpfin_check__is_sure(const struct stpfin_check *check, const char *table);

/* Whether a cell of a row that reads as blank may have been meant to hold something. */
bool stpfin_check__is_flawed(const struct stpfin_check *check, const char *table, size_t row);

/* Reports an error in a row of a table. */
#define STPFIN_CHECK_ERROR(check, table, row, column, ...)                                         \
	stpfin_problems__add((check)->problems, STPFIN_PROBLEM_ERROR,                                  \
		stpfin_intake__where(stpfin_check__table(check, table), row, column), __VA_ARGS__)

/* Reports a note on a table as a whole. */
#define STPFIN_CHECK_NOTE(check, table, ...)                                                       \
	stpfin_problems__add((check)->problems, STPFIN_PROBLEM_NOTE,                                   \
		(struct stpfin_where){stpfin_check__table(check, table)->file, 0, NULL}, __VA_ARGS__)

#endif
