#ifndef STPFIN_MODEL_SCENARIO_H
#define STPFIN_MODEL_SCENARIO_H

#include "libstpfin/model/model.h"

/* A scenario compiled: its schemes in order, the size of each effect in each year, and the flows
 * each acts on. Schemes are counted by their place in the scenario. */

/* The kinds of effect, in the order in which they act. */
enum stpfin_effect_kind { STPFIN_EFFECT_REDUCTION, STPFIN_EFFECT_SHIFT, STPFIN_EFFECT_EFFICIENCY };

struct stpfin_effect {
	enum stpfin_effect_kind kind;
	size_t scheme;
	size_t row;           /* of its table */
	int32_t commissioner; /* whose flows it acts on; -1 for all, as are the next two */
	int32_t provider;
	int32_t service;
	int32_t to_provider; /* of a shift */
	int32_t to_service;
	double substitution;
};

/* What a scheme does to the prevalence of a risk. */
struct stpfin_prevention {
	size_t scheme;
	int32_t footprint; /* -1 for all */
	int32_t risk;
};

/* What a scheme does to an indicator. */
struct stpfin_improvement {
	size_t scheme;
	size_t first; /* of the series it changes */
	size_t end;
};

/* A demand that a scheme's prevention reaches. */
struct stpfin_prevented_demand {
	size_t scheme;
	size_t demand;
};

/* What runs of effects act on something: at[first[i]] to at[first[i + 1]] for the i-th. */
struct stpfin_effect_lists {
	size_t *first;
	size_t *at;
};

/* Care of one commissioner, provider and service that shifts add. */
struct stpfin_destination {
	int32_t commissioner;
	int32_t provider;
	int32_t service;
	bool outside;
};

/* What a scheme costs an organisation, by year, scaled. */
struct stpfin_scheme_cost {
	size_t scheme;
	int32_t organisation;
	double *recurrent;
	double *transition;
	double *capital_charge;
	double *spend;        /* capital spent */
	double *disposal;     /* capital disposed of, positive */
	double *outlay;       /* recurrent and transition amounts that cost */
	double *gain;         /* those that save, positive */
	double closing_value; /* at the end year, of capital spent in the plan's years */
	bool has_capital;     /* within the plan's years */
};

struct stpfin_scenario {
	int32_t name; /* among the names of the scenario table */
	size_t n_schemes;
	int32_t *scheme; /* row of the scheme table */
	double *scale;
	int32_t *delay;

	size_t n_preventions;
	struct stpfin_prevention *preventions; /* in the order in which they act, before effects */
	double *prevention; /* by prevention and year: the share of prevalence taken away */
	size_t n_prevented;
	struct stpfin_prevented_demand *prevented; /* in the order of schemes */
	struct stpfin_effect_lists of_demand;      /* of those entries */

	size_t n_effects;
	struct stpfin_effect *effects; /* in the order in which they act */
	double *size;                  /* by effect and year: reduction, or saving of an efficiency */
	double *stay;                  /* by effect and year: stay reduction */
	size_t n_clipped;              /* how many sizes the scale brought out of their range */
	struct stpfin_effect_lists of_flow;

	size_t n_destinations;
	struct stpfin_destination *destinations;
	struct stpfin_effect_lists of_destination; /* efficiencies */
	/* By entry of of_flow, where that is a shift. */
	size_t *destination;
	double *unit_cost; /* in base-year prices */

	double *variable_share; /* by service */
	double *semi_fixed_share;
	size_t *semi_fixed_lag; /* in years */

	size_t n_improvements;
	struct stpfin_improvement *improvements; /* in the order of schemes */
	double *improvement; /* by improvement and year: change, in the indicator's unit */

	size_t n_costs;
	struct stpfin_scheme_cost *costs;
	double *cost_values; /* what they point into */

	double *awards;         /* revenue, by organisation and year */
	double *capital_awards; /* by organisation and year */
};

/* Compiles the scenario of that name; STPFIN_ERROR_ARGUMENT, naming the nearest, if there is none.
 */
stpfin_status stpfin_scenario__new(
	const struct stpfin_model *model, const char *name, struct stpfin_scenario **out_scenario);

/* Compiles one of n schemes, each once, at their full scale and without delay, that has no name. */
stpfin_status stpfin_scenario__of_schemes(const struct stpfin_model *model, const int32_t *schemes,
	size_t n, struct stpfin_scenario **out_scenario);
void stpfin_scenario__free(struct stpfin_scenario *self);

/* Fills, by year, what a size given in a row of an effect table comes to for a scheme, scaled and
 * delayed. What is out of the range from `least` to 1, which a plan that is checked has none of, is
 * clipped to it. */
void stpfin_scenario__size(struct stpfin_scenario *self, const struct stpfin_model *model,
	const char *table, const char *column, size_t row, size_t scheme, double least,
	double *out_sizes);

/* The same of a change in a unit. */
void stpfin_scenario__change(const struct stpfin_scenario *self, const struct stpfin_model *model,
	const char *table, const char *column, size_t row, size_t scheme, double *out_changes);

#endif
