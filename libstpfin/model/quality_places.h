#ifndef STPFIN_MODEL_QUALITY_PLACES_H
#define STPFIN_MODEL_QUALITY_PLACES_H

#include "libstpfin/model/quality.h"

/* The indicators of places: of a footprint that is observed, of those that hold it, and of England.
 * An indicator in a place is a cell; the counts of the series within it are summed. */

struct stpfin_quality_places {
	size_t n;
	size_t *first; /* by place: its cells go from first[i] to before first[i + 1] */
	/* By cell, which stand by place and then by indicator. */
	size_t *place;
	int32_t *indicator;
	size_t *above;     /* the cell of the place that holds it; SIZE_MAX for England's */
	size_t *of_series; /* by series: its cell */
	/* By cell and year, NaN where nothing is known. */
	double *value;
	double *numerator;
	double *denominator;
	/* The same of what was observed; NaN where a part of the place was not in that year. */
	double *observed_numerator;
	double *observed_denominator;
};

/* For a model that has indicators. */
stpfin_status stpfin_quality_places__new(
	struct stpfin_quality_places *self, const struct stpfin_model *model);
void stpfin_quality_places__free(struct stpfin_quality_places *self);

/* Sums the values of series (by year) to those of places. STPFIN_ERROR_OVERFLOW, naming the
 * indicator, if the counts they stand for are beyond what the statistics take. */
stpfin_status stpfin_quality_places__sum(
	struct stpfin_quality_places *self, const struct stpfin_model *model, const double *value);

#endif
