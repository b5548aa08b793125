#ifndef STPFIN_MODEL_RESULT_H
#define STPFIN_MODEL_RESULT_H

#include "libstpfin/model/kernel.h"
#include "stpfin/projection.h"

/* The tables made from a projection, one function a table. */

struct stpfin_projection {
	struct stpfin_model *model;
	struct stpfin_run run;
	stpfin_stamp stamp;
};

/* A result of n_rows rows by its schema: the codes of a place are those of the model, of an
 * organisation or service its row; every row is of do_nothing. The rest is for the caller to fill.
 */
stpfin_status stpfin_result__new(
	const char *name, const struct stpfin_model *model, size_t n_rows, stpfin_table **out_table);

/* STPFIN_ERROR_OVERFLOW, naming the column and year, if a result holds what is no number where it
 * has to. */
stpfin_status stpfin_result__check(const stpfin_table *table);

/* Divides every £ by the deflator of the row's year. */
void stpfin_result__deflate(stpfin_table *table, const struct stpfin_model *model);

stpfin_status stpfin_result__funding_gap(
	const struct stpfin_projection *self, stpfin_table **out_table);
stpfin_status stpfin_result__position(
	const struct stpfin_projection *self, stpfin_table **out_table);
stpfin_status stpfin_result__ledger(const struct stpfin_projection *self, stpfin_table **out_table);
stpfin_status stpfin_result__spending(
	const struct stpfin_projection *self, stpfin_table **out_table);
stpfin_status stpfin_result__activity(
	const struct stpfin_projection *self, stpfin_table **out_table);
stpfin_status stpfin_result__resource(
	const struct stpfin_projection *self, stpfin_table **out_table);

/* The flows of one commissioner, provider and service, which results show as one. */
struct stpfin_trades {
	size_t n;
	size_t *of_flow; /* by flow */
	size_t *flow;    /* by trade: its first flow */
};

stpfin_status stpfin_trades__new(struct stpfin_trades *self, const struct stpfin_model *model);
void stpfin_trades__free(struct stpfin_trades *self);

#endif
