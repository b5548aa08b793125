#ifndef STPFIN_PLAN_SCHEMA_COLUMNS_H
#define STPFIN_PLAN_SCHEMA_COLUMNS_H

#include "libstpfin/plan/schema.h"

/* The words in which the tables of a plan and the results state their columns:
 * {"amount", "paid in the year", NUMBER("£", NOT_NEGATIVE), OR("0")}. */

/* A list of words. */
#define CHOICES(of, ...) static const char *const of[] = {__VA_ARGS__, NULL}

/* Words that both a plan and the results use. */
#define SETTINGS                                                                                   \
	"prevention", "primary", "prescribing", "community", "mental_health", "social", "continuing",  \
		"acute", "specialised", "ambulance", "other"
#define PLAN_VERSIONS "plan", "outturn"
#define PLAN_LINES "income", "cost", "control_total", "activity", "staff"

#define TEXT .cell = STPFIN_CELL_TEXT
#define CHOICE(words) .cell = STPFIN_CELL_CHOICE, .choices = words
#define CODE(table) .cell = STPFIN_CELL_CODE, .refers_to = table
#define CODE_OR(table, words) .cell = STPFIN_CELL_CODE, .refers_to = table, .choices = words
#define DATE .cell = STPFIN_CELL_DATE
#define YEAR .cell = STPFIN_CELL_YEAR
#define AGE .cell = STPFIN_CELL_AGE
#define WHOLE(of, within) .cell = STPFIN_CELL_WHOLE, .unit = of, .range = STPFIN_RANGE_##within
#define NUMBER(of, within) .cell = STPFIN_CELL_NUMBER, .unit = of, .range = STPFIN_RANGE_##within

#define KEY .key = true
#define BLANK .blank = true
#define OR(instead) .blank = true, .fallback = instead
#define HEADLINE .headline = true

#define UNIQUE .rows = STPFIN_ROWS_UNIQUE

#define TABLE(of, means, ...)                                                                      \
	{                                                                                              \
		.name = #of, .meaning = means, .columns = of, .n_columns = sizeof of / sizeof *of,         \
		__VA_ARGS__                                                                                \
	}

#endif
