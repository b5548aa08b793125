#include "libstpfin/simulate/lanes.h"

stpfin_status stpfin_lanes__new(const struct stpfin_model *model,
	struct stpfin_scenario *const *scenarios, size_t n_outcomes,
	const struct stpfin_uncertain *uncertain, const struct stpfin_request *request,
	const struct stpfin_figure *figures, size_t n_figures, bool *handled, struct stpfin_lanes **out)
{
	(void)model;
	(void)scenarios;
	(void)n_outcomes;
	(void)uncertain;
	(void)request;
	(void)figures;
	(void)n_figures;
	(void)handled;
	*out = NULL;
	return STPFIN_OK;
}

void stpfin_lanes__free(struct stpfin_lanes *self)
{
	(void)self;
}

stpfin_status stpfin_lanes_work__new(
	const struct stpfin_lanes *self, struct stpfin_lanes_work **out)
{
	(void)self;
	*out = NULL;
	return STPFIN_OK;
}

void stpfin_lanes_work__free(struct stpfin_lanes_work *self)
{
	(void)self;
}

void stpfin_lanes__project(const struct stpfin_lanes *self, struct stpfin_lanes_work *work,
	const double *cells, size_t n, double *figures, uint64_t *clipped)
{
	(void)self;
	(void)work;
	(void)cells;
	(void)n;
	(void)figures;
	(void)clipped;
}
