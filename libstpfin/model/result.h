#ifndef STPFIN_MODEL_RESULT_H
#define STPFIN_MODEL_RESULT_H

#include "libstpfin/model/kernel.h"
#include "libstpfin/plan/index.h"
#include "libstpfin/table/poll.h"
#include "stpfin/projection.h"

/* The tables made from a projection, one function a table. */

/* What a scenario comes to; that of do nothing has none. */
struct stpfin_outcome {
	struct stpfin_scenario *scenario;
	struct stpfin_run run;
};

/* Projects a scenario (NULL: do nothing), keeping what stpfin_run__new() is told. Also on failure
 * it is to be freed. */
stpfin_status stpfin_outcome__project(
	struct stpfin_outcome *self, const struct stpfin_model *model, const char *name, unsigned keep);

/* Frees n of them, and the array. */
void stpfin_outcomes__free(struct stpfin_outcome *self, size_t n);

struct stpfin_projection {
	struct stpfin_model *model;
	struct stpfin_outcome *outcomes; /* do nothing, then those asked for */
	size_t n_outcomes;
	stpfin_comparator comparator;
	double *targets;        /* by measure of health and sex; NaN where there is none */
	bool without_intervals; /* of inequality, which are simulated */
	stpfin_stamp stamp;
};

/* A result of n_rows rows by its schema: the codes of a place are those of the model, of an
 * organisation, service or scheme its row; every row is of do_nothing. The rest is for the caller
 * to fill. */
stpfin_status stpfin_result__new(
	const char *name, const struct stpfin_model *model, size_t n_rows, stpfin_table **out_table);

/* Makes the rows from first to before end those of a scenario (NULL: do nothing). */
void stpfin_result__set_scenario(
	stpfin_table *table, size_t first, size_t end, const struct stpfin_scenario *scenario);

/* STPFIN_ERROR_OVERFLOW, naming the column and year, if a result holds what is no number where it
 * has to. */
stpfin_status stpfin_result__check(const stpfin_table *table);

/* Divides every £ by the deflator of the row's year. */
void stpfin_result__deflate(stpfin_table *table, const struct stpfin_model *model);

/* Whether results show a place: unassigned is left out where there is nothing in it. */
bool stpfin_result__shows(const struct stpfin_model *model, size_t place);
size_t stpfin_result__count_places(const struct stpfin_model *model);

/* Makes a result, asking between its parts whether to go on. */
typedef stpfin_status stpfin_make_result(
	const struct stpfin_projection *self, struct stpfin_poll *poll, stpfin_table **out_table);

/* Makes the result of that place among stpfin_projection_results(), without looking at what it
 * holds. Of a projection it needs the model and outcomes (any of them), prices and comparator. */
stpfin_status stpfin_result__make(const struct stpfin_projection *self, size_t result,
	struct stpfin_poll *poll, stpfin_table **out_table);

stpfin_make_result stpfin_result__funding_gap;
stpfin_make_result stpfin_result__position;
stpfin_make_result stpfin_result__ledger;
stpfin_make_result stpfin_result__spending;
stpfin_make_result stpfin_result__activity;
stpfin_make_result stpfin_result__resource;
stpfin_make_result stpfin_result__capital;
stpfin_make_result stpfin_result__scheme_impact;
stpfin_make_result stpfin_result__appraisal;
stpfin_make_result stpfin_result__health_gap;
stpfin_make_result stpfin_result__quality_gap;
stpfin_make_result stpfin_result__quality_summary;
stpfin_make_result stpfin_result__fund_earned;

/* The care of one commissioner, provider and service, which results show as one: flows, and what
 * shifts add. */
struct stpfin_trades {
	size_t n;
	size_t *of_flow;        /* by flow */
	size_t *of_destination; /* by destination */
	int32_t *commissioner;  /* by trade, as the rest */
	int32_t *provider;
	int32_t *service;
	struct stpfin_index index; /* trades by these three */
};

stpfin_status stpfin_trades__new(struct stpfin_trades *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario);
void stpfin_trades__free(struct stpfin_trades *self);

#endif
