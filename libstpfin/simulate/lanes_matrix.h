#ifndef STPFIN_SIMULATE_LANES_MATRIX_H
#define STPFIN_SIMULATE_LANES_MATRIX_H

#include "libstpfin/simulate/lanes_amounts.h"
#include "libstpfin/simulate/lanes_places.h"
#include "libstpfin/simulate/lanes_rows.h"

/* Rows as sums: of curves, each times a coefficient that holds for every year but the base
 * year, and of amounts. */

/* A curve times a coefficient and a drawn cell. */
struct stpfin_lanes_drawn_entry {
	double coefficient;
	size_t column;
	size_t cell;
};

struct stpfin_lanes_matrix {
	size_t n_years;
	size_t n_rows;
	size_t row_capacity;
	struct stpfin_lanes_row *rows;

	size_t *first; /* by row, and one more: of the entries of moving curves, in their order */
	size_t n_entries;
	size_t entry_capacity[2];
	uint32_t *column;
	double *coefficient;

	size_t *first_drawn; /* the same of those with a cell */
	size_t n_drawn;
	size_t drawn_capacity;
	struct stpfin_lanes_drawn_entry *drawn;

	double *constant; /* by row and year */

	size_t *first_term; /* by row and year, and one more */
	size_t n_terms;
	size_t term_capacity;
	struct stpfin_lanes_term *terms;
};

void stpfin_lanes_matrix__free(struct stpfin_lanes_matrix *self);

/* What rows are made of: an outcome, with its curves as the plan stands, by curve and year. */
struct stpfin_lanes_care {
	const struct stpfin_lanes_groups *groups;
	const struct stpfin_lanes_amounts *amounts;
	const double *curves;
	const double *inflation; /* by service, year and lane, as the plan stands */
	const bool *inflation_moves;
	const struct stpfin_lanes_bridge *bridge; /* NULL where there is none */
	const double *parts;                      /* of the bridge, as the curves */
};

/* Makes the sums of all rows, which stand in order of outcomes; care is by outcome. Those that are
 * sums of other rows are left empty. */
stpfin_status stpfin_lanes_matrix__make(struct stpfin_lanes_matrix *self,
	const struct stpfin_model *model, const struct stpfin_lanes_care *care,
	const struct stpfin_lanes_places *places);

#endif
