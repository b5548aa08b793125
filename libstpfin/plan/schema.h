#ifndef STPFIN_PLAN_SCHEMA_H
#define STPFIN_PLAN_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

/* The single statement of every table: what a plan may hold and what results
 * hold. Reading, checking, describing, the empty plan and the text output all
 * come from it. */

/* What the cells of a column are. */
enum stpfin_cell {
	STPFIN_CELL_TEXT,   /* any text */
	STPFIN_CELL_CHOICE, /* one of a list of words */
	STPFIN_CELL_CODE,   /* a name in the first column of another table */
	STPFIN_CELL_DATE,   /* 2016-10-21, or a financial year */
	STPFIN_CELL_YEAR,   /* a financial year, by its first calendar year */
	STPFIN_CELL_AGE,    /* the first year of an age band */
	STPFIN_CELL_WHOLE,  /* a whole number */
	STPFIN_CELL_NUMBER  /* a double */
};

/* The range of a number. */
enum stpfin_range {
	STPFIN_RANGE_ANY,            /* up to 1e15 either way, as every number */
	STPFIN_RANGE_NOT_NEGATIVE,   /* 0 or more */
	STPFIN_RANGE_POSITIVE,       /* above 0 */
	STPFIN_RANGE_RATE,           /* above -1 */
	STPFIN_RANGE_BELOW_ONE,      /* below 1 */
	STPFIN_RANGE_SHARE,          /* 0 to 1 */
	STPFIN_RANGE_SIZE,           /* -1 to 1 */
	STPFIN_RANGE_AT_LEAST_ONE,   /* 1 or more */
	STPFIN_RANGE_POSITIVE_SHARE, /* above 0, at most 1 */
	STPFIN_RANGE_QUARTER         /* 1 to 4 */
};

/* What two rows with the same key mean. */
enum stpfin_rows {
	STPFIN_ROWS_UNIQUE, /* an error */
	STPFIN_ROWS_ADD_UP, /* their amounts add up */
	STPFIN_ROWS_IN_TURN /* each acts, in their order */
};

struct stpfin_column_schema {
	const char *name;
	const char *meaning; /* one line, ending without a full stop */
	enum stpfin_cell cell;
	const char *unit; /* of a number: "£", "£ per unit", "rate", "units", "days"…; else NULL */
	enum stpfin_range range; /* of a number */
	bool blank;              /* may be blank; in a result, missing */
	bool key;                /* part of the key; if it may be blank, blank means all */
	const char *fallback;    /* what blank stands for: a number, or words; NULL if nothing to say */
	const char *refers_to;   /* of a code: the table */
	const char *const
		*choices;  /* of a choice (or codes legal beside the table's): ends with NULL */
	bool headline; /* of a result: shown in text output */
};

struct stpfin_table_schema {
	const char *name;
	const char *meaning;
	const struct stpfin_column_schema *columns;
	size_t n_columns;
	enum stpfin_rows rows;
	bool required;    /* a plan must have it */
	bool rate;        /* the fitting row with most keys filled wins */
	bool any_year;    /* years outside the plan's have a meaning */
	bool in_position; /* its £ enter the positions */
};

/* The tables of a plan, in order, and the results. */
const struct stpfin_table_schema *stpfin_schema__tables(size_t *out_n);
const struct stpfin_table_schema *stpfin_schema__results(size_t *out_n);

/* The table of a plan, or the result, of that name; NULL if there is none. */
const struct stpfin_table_schema *stpfin_schema__table(const char *name);
const struct stpfin_table_schema *stpfin_schema__result(const char *name);

/* The column of that name; NULL if there is none. */
const struct stpfin_column_schema *stpfin_schema__column(
	const struct stpfin_table_schema *table, const char *name);

/* Whether x is in the range, and the range in words: "above 0 and at most 1". */
bool stpfin_schema__in_range(enum stpfin_range range, double x);
const char *stpfin_schema__range_words(enum stpfin_range range);

/* What bounds every number, so that sums and products of a few do not overflow. */
#define STPFIN_LARGEST 1e15

/* The least and the most a column of numbers or years may hold, for what is to be clipped to it. An
 * end that is not in the range itself is 1e-15 from that. */
void stpfin_schema__bounds(
	const struct stpfin_column_schema *column, double *out_low, double *out_high);

/* The fallback of a column as a number; NaN if it is none. */
double stpfin_schema__default(const char *table, const char *column);

#endif
