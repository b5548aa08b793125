#ifndef STPFIN_SIMULATE_FIGURE_TABLE_H
#define STPFIN_SIMULATE_FIGURE_TABLE_H

#include "libstpfin/simulate/trial.h"

/* Results whose rows are of figures. */

/* A result of n_rows rows by its schema, whose scenarios, measures and places are those of a trial.
 */
stpfin_status stpfin_figure_table__new(
	const char *name, const struct stpfin_trial *trial, size_t n_rows, stpfin_table **out_table);

/* Writes what a figure is of into a row: scenario, measure, place and year. */
void stpfin_figure_table__set(stpfin_table *table, size_t row, const struct stpfin_figure *figure);

#endif
