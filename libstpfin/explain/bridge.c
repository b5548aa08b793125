#include "stpfin/bridge.h"

#include "libstpfin/explain/shares.h"
#include "libstpfin/explain/steps.h"
#include "libstpfin/model/kernel.h"
#include "libstpfin/model/stamp.h"
#include "libstpfin/table/error.h"

/* The steps by driver, in the kernel's order. */
static const char *const drivers[] = {
	[STPFIN_DRIVER_POPULATION] = "population",
	[STPFIN_DRIVER_GROWTH] = "growth",
	[STPFIN_DRIVER_INFLATION] = "inflation",
	[STPFIN_DRIVER_PRICE] = "price",
	[STPFIN_DRIVER_PRESSURES] = "pressures",
	[STPFIN_DRIVER_FUNDING] = "funding",
};

struct work {
	const struct stpfin_model *model;
	struct stpfin_run run;
};

/* The gaps with a set of drivers on. */
static stpfin_status value(void *user_data, unsigned set, double *gaps)
{
	struct work *work = user_data;

	stpfin_run__project(&work->run, work->model, set);
	stpfin_places__gaps(work->model, &work->run, gaps);
	return stpfin_run__check(&work->run, work->model);
}

/* The years asked for: from *out_first to *out_last, counted from the base year. */
static stpfin_status choose_years(
	const struct stpfin_model *model, int32_t year, size_t *out_first, size_t *out_last)
{
	const stpfin_plan_settings *settings = &model->plan->settings;

	*out_first = 1;
	*out_last = model->n_years - 1;
	if (year == 0) {
		return STPFIN_OK;
	}
	if (year <= settings->base_year || year > settings->end_year) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"%d is not a year of the bridge: give one from %d to %d", (int)year,
			(int)settings->base_year + 1, (int)settings->end_year);
	}
	*out_first = (size_t)(year - settings->base_year);
	*out_last = *out_first;
	return STPFIN_OK;
}

stpfin_status stpfin_bridge_by_driver(const stpfin_plan *plan, const stpfin_bridge_options *options,
	stpfin_table **out_bridge, stpfin_stamp *out_stamp)
{
	const stpfin_bridge_options defaults = STPFIN_BRIDGE_OPTIONS_INIT;
	struct stpfin_model *model = NULL;
	struct work work = {.model = NULL};
	struct stpfin_steps steps = {.names = drivers, .n = STPFIN_N_DRIVERS};
	size_t n_values;
	size_t place;
	size_t first_year;
	size_t last_year;
	stpfin_status status;

	if (plan == NULL || out_bridge == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	*out_bridge = NULL;
	if (options == NULL) {
		options = &defaults;
	}
	if (options->version != 1 ||
		(options->method != STPFIN_BRIDGE_SEQUENTIAL && options->method != STPFIN_BRIDGE_SHAPLEY)) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the options have no known version or method: begin with STPFIN_BRIDGE_OPTIONS_INIT");
	}
	status = stpfin_stamp__check(out_stamp);
	if (status == STPFIN_OK) {
		status = stpfin_model__new(plan, &model);
	}
	if (status == STPFIN_OK) {
		status = stpfin_places__find(model, options->place, &place);
	}
	if (status == STPFIN_OK) {
		status = choose_years(model, options->year, &first_year, &last_year);
	}
	if (status == STPFIN_OK) {
		status = stpfin_run__new(&work.run, model, false);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	work.model = model;
	n_values = stpfin_places__count(model) * model->n_years;
	status = stpfin_steps__new(&steps, n_values);
	if (status == STPFIN_OK) {
		struct stpfin_watch watch = {options->progress, options->user_data};

		status = (options->method == STPFIN_BRIDGE_SHAPLEY ? stpfin_shares__shapley
														   : stpfin_shares__sequential)(
			steps.n, n_values, value, &work, watch, steps.first, steps.parts, steps.last);
	}
	if (status == STPFIN_OK) {
		status = stpfin_steps__table(&steps, model, place, first_year, last_year, out_bridge);
	}
	if (status == STPFIN_OK && out_stamp != NULL) {
		status = stpfin_stamp__new(plan, STPFIN_PRICES_CASH, out_stamp);
		if (status != STPFIN_OK) {
			stpfin_table_free(*out_bridge);
			*out_bridge = NULL;
		}
	}

out:
	stpfin_steps__free(&steps);
	stpfin_run__free(&work.run);
	stpfin_model__free(model);
	return status;
}
