#ifndef STPFIN_PLAN_PROBLEMS_H
#define STPFIN_PLAN_PROBLEMS_H

#include "libstpfin/table/error.h"
#include "stpfin/table.h"

/* What checking a plan finds. */

enum stpfin_severity {
	STPFIN_PROBLEM_ERROR,   /* there can be no plan */
	STPFIN_PROBLEM_WARNING, /* legal, and likely a slip */
	STPFIN_PROBLEM_NOTE     /* legal, and worth knowing */
};

/* Where a problem is. */
struct stpfin_where {
	const char *file;
	size_t row;         /* 1 is the header, 0 none */
	const char *column; /* NULL for none */
};

struct stpfin_problem {
	enum stpfin_severity severity;
	char *file;
	size_t row;
	char *column;
	char *message;
	size_t order; /* of being found */
};

/* The problems so far. Running out of memory is kept in status, so that those
 * who report need not look each time. */
struct stpfin_problems {
	struct stpfin_problem *items;
	size_t n;
	size_t capacity;
	size_t n_errors; /* also those beyond what is listed */
	size_t n_others; /* likewise */
	size_t n_unlisted;
	stpfin_status status;
};

/* Whether there are more errors than are listed, so that it is no use to look for others. */
bool stpfin_problems__full(const struct stpfin_problems *self);

void stpfin_problems__add(struct stpfin_problems *self, enum stpfin_severity severity,
	struct stpfin_where where, const char *format, ...) STPFIN_PRINTF(4, 5);

/* The problems as a table, in the order of the files given, then of rows. */
stpfin_status stpfin_problems__table(struct stpfin_problems *self, const char *const *files,
	size_t n_files, stpfin_table **out_table);

/* STPFIN_OK, or the first error as this thread's last. The table has been made. */
stpfin_status stpfin_problems__verdict(const struct stpfin_problems *self);

void stpfin_problems__clear(struct stpfin_problems *self);

/* A user's text for a message: cut where it is long. */
#define STPFIN_EXCERPT_SIZE 72
const char *stpfin_problems__excerpt(const char *text, char buffer[STPFIN_EXCERPT_SIZE]);

/* The same in a buffer that lasts as long as the block it stands in. */
#define STPFIN_EXCERPT(text) stpfin_problems__excerpt(text, (char[STPFIN_EXCERPT_SIZE]){0})

#endif
