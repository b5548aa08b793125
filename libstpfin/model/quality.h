#ifndef STPFIN_MODEL_QUALITY_H
#define STPFIN_MODEL_QUALITY_H

#include "libstpfin/model/scenario.h"
#include "stpfin/quality.h"

/* The indicators of a plan compiled. What is observed of an indicator in a footprint, and the path
 * that leads on from it, is a series. */

/* An indicator, with its defaults. */
struct stpfin_indicator {
	stpfin_indicator_kind kind;
	bool higher_is_better;
	double multiplier;
	double target; /* NaN where there is none */
	double weight;
};

/* A service that improving indicators takes in a footprint, and who buys it there. */
struct stpfin_remedy {
	int32_t footprint;
	int32_t service;
	double unit_cost;   /* in base-year prices */
	size_t first_payer; /* its payers go on to the first of the next */
};

/* A commissioner or council, and its part of what is paid for a remedy. */
struct stpfin_payer {
	int32_t organisation;
	double part;
};

/* What a unit of numerator gained costs by way of one remedy, in base-year prices. */
struct stpfin_price_of_gain {
	size_t remedy;
	double price;
};

struct stpfin_quality {
	size_t n_indicators;
	struct stpfin_indicator *indicators;
	size_t *first; /* by indicator: its series go from first[i] to before first[i + 1] */

	size_t n;                 /* series, by indicator and then by footprint */
	int32_t *indicator;       /* by series */
	int32_t *footprint;       /* by series */
	double *last_numerator;   /* by series: of the last year observed */
	double *last_denominator; /* by series */
	/* By series and year; NaN before the last observation where there is none. */
	double *path;        /* the value in do nothing, which its kind may yet clip */
	double *denominator; /* observed or projected */
	double *numerator;   /* observed; NaN in every other year */

	size_t n_remedies;
	struct stpfin_remedy *remedies; /* and one more, where the payers of the last end */
	struct stpfin_payer *payers;
	size_t *first_price; /* by series: its prices go from first_price[i] to before the next's */
	struct stpfin_price_of_gain *prices;
};

/* Compiles the indicators, after demand; model->quality stays NULL where nothing is observed. */
stpfin_status stpfin_model__quality(struct stpfin_model *model);
void stpfin_quality__free(struct stpfin_quality *self);

/* A distance that is positive where `value` is worse than `than`. */
static inline double stpfin_indicator__gap(
	const struct stpfin_indicator *self, double than, double value)
{
	return self->higher_is_better ? than - value : value - than;
}

/* Of counts; multiplied first, so that 29 of 100 is 29% and not a little less. */
static inline double stpfin_indicator__value(
	const struct stpfin_indicator *self, double numerator, double denominator)
{
	return self->multiplier * numerator / denominator;
}

/* What an indicator's kind leaves of a value; NaN stays. One in 1e12 is what rounding leaves of
 * none. */
static inline double stpfin_indicator__clip(const struct stpfin_indicator *self, double value)
{
	if (value < 1e-12 * self->multiplier) {
		return 0;
	}
	return self->kind == STPFIN_PROPORTION && value > self->multiplier ? self->multiplier : value;
}

/* The people a value leaves short of the target, of so many; below 0 where it is beyond it, NaN
 * without one. */
static inline double stpfin_indicator__people_short(
	const struct stpfin_indicator *self, double value, double denominator)
{
	return stpfin_indicator__gap(self, self->target, value) * denominator / self->multiplier;
}

/* Compiles the effects of a scenario on indicators. */
stpfin_status stpfin_scenario__improvement(
	struct stpfin_scenario *self, const struct stpfin_model *model);

/* What indicators come to in a run, and what is charged for it. */
struct stpfin_improved {
	double *value;  /* by series and year; NaN where the path is */
	double *charge; /* by remedy and year: £ */
};

stpfin_status stpfin_improved__new(struct stpfin_improved *self, const struct stpfin_model *model);
void stpfin_improved__free(struct stpfin_improved *self);

/* Fills both for a scenario (NULL: do nothing), of whose schemes some take part (NULL: all), at an
 * index of inflation by service and year. */
void stpfin_improved__find(struct stpfin_improved *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const bool *schemes, const double *inflation);

#endif
