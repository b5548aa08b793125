#ifndef STPFIN_REPORT_GROUPS_H
#define STPFIN_REPORT_GROUPS_H

#include "libstpfin/report/view.h"

enum { STPFIN_MOST_KEYS = 16 };

/* Some of a table's rows, told apart by keys. */
struct stpfin_selection {
	struct stpfin_filter filters[3];
	const struct stpfin_column *keys[STPFIN_MOST_KEYS];
	size_t n_keys;
};

/* The distinct sets of keys among the rows selected, in order of first appearance. */
struct stpfin_groups {
	int32_t *of_row; /* -1 of a row not selected */
	size_t *first_row;
	size_t n;
};

/* The groups, to be cleared whatever the status. */
stpfin_status stpfin_groups__find(struct stpfin_groups *self, const stpfin_table *table,
	const struct stpfin_selection *selection);

void stpfin_groups__clear(struct stpfin_groups *self);

#endif
