#ifndef STPFIN_SIMULATE_PARTS_H
#define STPFIN_SIMULATE_PARTS_H

#include "libstpfin/model/result.h"
#include "libstpfin/simulate/lanes.h"
#include "libstpfin/simulate/trial.h"

/* The inside of a trial. What is read are figures of one outcome each, the `bases`; the figures of
 * the trial are those or differences of two. */

/* A plan projected: its model and what it comes to, do nothing first. */
struct stpfin_projected {
	struct stpfin_model *model;
	struct stpfin_outcome *outcomes;
	size_t n_outcomes;
};

/* A result of one outcome, from which bases are read. */
struct stpfin_source {
	size_t outcome;
	size_t result;         /* among stpfin_projection_results(), or as many: a bridge */
	stpfin_table *central; /* as the plan stands */
	bool is_outline;       /* of which only the rows: an exact division among many takes long */
	size_t first;          /* of the entries of of_source, which go on to the next source's */
	bool is_needed;        /* in a draw: lanes do not give all of it */
	bool reads_intervals;  /* whether any base is an end of one */
};

struct stpfin_trial_parts {
	size_t n_outcomes;
	const char **outcomes; /* names; NULL for do nothing */
	stpfin_prices prices;
	stpfin_bridge_by by;
	stpfin_bridge_method method;
	struct stpfin_projected central;    /* its runs are let go once the bases are found */
	struct stpfin_scenario **scenarios; /* by outcome: the central ones */
	size_t n_sources;
	struct stpfin_source *sources; /* and one more, where the entries of the last end */
	size_t *of_source;             /* bases by source */
	size_t n_bases;
	struct stpfin_figure *bases; /* by outcome, measure, place and year */
	double *central_bases;
	bool *is_handled;   /* by base: whether lanes give it */
	size_t *minuend;    /* by figure: a base */
	size_t *subtrahend; /* by figure: a base; SIZE_MAX: it is no difference */
	struct stpfin_lanes *lanes;
	unsigned keep; /* what runs of draws keep: whether any source that is needed reads flows */
};

/* What runs have to keep, as stpfin_run__new() is told, for a result to be made of them. */
unsigned stpfin_parts__keep(const char *result);

/* Projects the outcomes of a plan, keeping what stpfin_run__new() is told; is_checked refuses
 * positions that are beyond a number. */
stpfin_status stpfin_parts__project(const struct stpfin_trial_parts *self, const stpfin_plan *plan,
	unsigned keep, bool is_checked, struct stpfin_projected *out);
void stpfin_projected__free(struct stpfin_projected *self);

/* Makes the result of a source, in the prices asked for; of an outline, the rows. */
stpfin_status stpfin_parts__make(const struct stpfin_trial_parts *self,
	const struct stpfin_projected *projected, const struct stpfin_source *source,
	struct stpfin_poll *poll, stpfin_table **out_table);

/* Finds the sources and bases of a request as the plan stands, but those of outlines, and the
 * figures of the trial but for what they are as the plan stands. */
stpfin_status stpfin_parts__find(struct stpfin_trial *trial, const struct stpfin_request *request);

#endif
