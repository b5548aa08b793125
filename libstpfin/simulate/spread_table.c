#include "libstpfin/simulate/spread_table.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "libstpfin/simulate/figure_table.h"
#include "libstpfin/simulate/spread.h"
#include "libstpfin/table/threads.h"

/* The table at work: each thread takes the next rows when it has done some. */
struct filling {
	const stpfin_simulation *simulation;
	stpfin_table *table;
	double *central;
	double *mean;
	double *sd;
	double *percentiles[STPFIN_N_PERCENTILES];
	double *probability_closed;
	double *probability_error;
	double *shortfall_mean;
	double *tail_mean;
	atomic_size_t next;
};

/* Rows taken at once: neighbours in a line of a cache are then seldom of two threads. */
enum { AT_ONCE = 64 };

static double *column_of(stpfin_table *table, const char *name)
{
	return stpfin_table__named(table, name)->real;
}

static void fill_row(struct filling *self, size_t row, double *room)
{
	size_t n = stpfin_simulation__made(self->simulation);
	struct stpfin_spread spread;

	stpfin_spread__find(self->simulation->values + row * n, n, room, &spread);
	stpfin_figure_table__set(self->table, row, &self->simulation->shown->figures[row]);
	self->central[row] = self->simulation->shown->central[row];
	self->mean[row] = spread.mean;
	self->sd[row] = spread.sd;
	for (size_t i = 0; i < STPFIN_N_PERCENTILES; i++) {
		self->percentiles[i][row] = spread.percentiles[i];
	}
	self->probability_closed[row] = spread.probability_closed;
	self->probability_error[row] = spread.probability_error;
	self->shortfall_mean[row] = spread.shortfall_mean;
	self->tail_mean[row] = spread.tail_mean;
}

/* The work of one thread. */
static stpfin_status fill_rows(void *user_data, size_t number)
{
	struct filling *self = user_data;
	size_t n_rows = self->simulation->shown->n_figures;
	double *room = stpfin_model__array(
		stpfin_spread__room(stpfin_simulation__made(self->simulation)), sizeof *room);

	(void)number;
	if (room == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t first; (first = atomic_fetch_add(&self->next, AT_ONCE)) < n_rows;) {
		for (size_t row = first; row < n_rows && row < first + AT_ONCE; row++) {
			fill_row(self, row, room);
		}
	}
	free(room);
	return STPFIN_OK;
}

/* It is done before anybody would ask. */
static void ask_nobody(void *user_data)
{
	(void)user_data;
}

stpfin_status stpfin_spread_table__make(const stpfin_simulation *self, stpfin_table **out_table)
{
	static const char *const percentiles[STPFIN_N_PERCENTILES] = {
		"p5", "p10", "p25", "p50", "p75", "p90", "p95"};
	struct filling filling = {.simulation = self};
	const struct stpfin_crew crew = {fill_rows, ask_nobody, &filling};
	size_t n_rows = self->shown->n_figures;
	size_t threads = self->threads > 0 ? self->threads : stpfin_threads__processors();
	size_t most_threads = n_rows / AT_ONCE + 1;
	stpfin_status status =
		stpfin_figure_table__new("simulation", self->shown, n_rows, &filling.table);

	*out_table = filling.table;
	if (status != STPFIN_OK) {
		return status;
	}
	filling.central = column_of(filling.table, "central");
	filling.mean = column_of(filling.table, "mean");
	filling.sd = column_of(filling.table, "sd");
	for (size_t i = 0; i < STPFIN_N_PERCENTILES; i++) {
		filling.percentiles[i] = column_of(filling.table, percentiles[i]);
	}
	filling.probability_closed = column_of(filling.table, "probability_closed");
	filling.probability_error = column_of(filling.table, "probability_error");
	filling.shortfall_mean = column_of(filling.table, "shortfall_mean");
	filling.tail_mean = column_of(filling.table, "tail_mean");
	atomic_init(&filling.next, 0);
	return stpfin_threads__run(&crew, threads < most_threads ? threads : most_threads);
}
