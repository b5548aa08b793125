#include "libstpfin/model/prevention.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/risks.h"
#include "libstpfin/table/error.h"

/* The footprints that a prevention acts in: from the first to before the end. */
static size_t first_footprint(const struct stpfin_prevention *prevention)
{
	return prevention->footprint >= 0 ? (size_t)prevention->footprint : 0;
}

static size_t end_footprint(
	const struct stpfin_prevention *prevention, const struct stpfin_model *model)
{
	return prevention->footprint >= 0 ? (size_t)prevention->footprint + 1 : model->n_footprints;
}

/* Marks, by footprint and outcome, what a prevention changes the use of. */
static void mark(
	const struct stpfin_prevention *prevention, const struct stpfin_model *model, bool *changed)
{
	const struct stpfin_risks *risks = model->risks;

	for (size_t i = first_footprint(prevention); i < end_footprint(prevention, model); i++) {
		for (size_t outcome = 0; outcome < risks->n_outcomes; outcome++) {
			size_t at = i * risks->n_outcomes + outcome;

			changed[at] = changed[at] || risks->moves[at * risks->n + (size_t)prevention->risk];
		}
	}
}

static stpfin_status compile_effects(struct stpfin_scenario *self, const struct stpfin_model *model)
{
	static const char table[] = "prevention_effect";
	const int32_t *scheme = stpfin_plan__whole(model->plan, table, "scheme");
	const int32_t *footprint = stpfin_plan__whole(model->plan, table, "footprint");
	const int32_t *risk = stpfin_plan__whole(model->plan, table, "risk");
	size_t n_rows = stpfin_plan__rows(model->plan, table);

	self->preventions = stpfin_model__array(n_rows, sizeof *self->preventions);
	self->prevention = stpfin_model__array(n_rows * model->n_years, sizeof *self->prevention);
	if (self->preventions == NULL || self->prevention == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < self->n_schemes; i++) {
		for (size_t row = 0; row < n_rows; row++) {
			if (scheme[row] == self->scheme[i]) {
				size_t at = self->n_preventions++;

				self->preventions[at] = (struct stpfin_prevention){i, footprint[row], risk[row]};
				stpfin_scenario__size(self, model, table, "reduction", row, i, -1,
					self->prevention + at * model->n_years);
			}
		}
	}
	return STPFIN_OK;
}

/* Whether a demand is among what changes. */
static bool is_reached(const struct stpfin_model *model, size_t demand, const bool *changed)
{
	const struct stpfin_risks *risks = model->risks;
	size_t flow = model->flow_of_demand[demand];
	size_t buyer = (size_t)model->commissioner[flow];
	size_t outcome = risks->outcome[model->service[flow]];
	bool reached = false;

	for (size_t i = model->first_share[buyer];
		 i < model->first_share[buyer + 1] && outcome != SIZE_MAX && !reached; i++) {
		reached = stpfin_model__is_leaf(model, i) &&
				  changed[(size_t)model->share_place[i] * risks->n_outcomes + outcome];
	}
	return reached;
}

static stpfin_status add_prevented(
	struct stpfin_scenario *self, size_t scheme, size_t demand, size_t *capacity)
{
	if (self->n_prevented == *capacity) {
		size_t larger = 2 * *capacity + 16;
		struct stpfin_prevented_demand *moved =
			larger > *capacity && larger < SIZE_MAX / sizeof *moved
				? realloc(self->prevented, larger * sizeof *moved)
				: NULL;

		if (moved == NULL) {
			return stpfin_error__memory();
		}
		self->prevented = moved;
		*capacity = larger;
	}
	self->prevented[self->n_prevented++] = (struct stpfin_prevented_demand){scheme, demand};
	return STPFIN_OK;
}

/* Lists the demands that the preventions of each scheme reach. */
static stpfin_status find_demands(struct stpfin_scenario *self, const struct stpfin_model *model)
{
	size_t n_changed = model->n_footprints * model->risks->n_outcomes;
	bool *changed = stpfin_model__array(n_changed, sizeof *changed);
	size_t capacity = 0;
	stpfin_status status = changed != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;

	for (size_t i = 0; i < self->n_preventions && status == STPFIN_OK;) {
		size_t scheme = self->preventions[i].scheme;

		memset(changed, 0, n_changed * sizeof *changed);
		for (; i < self->n_preventions && self->preventions[i].scheme == scheme; i++) {
			mark(&self->preventions[i], model, changed);
		}
		for (size_t demand = 0; demand < model->n_demands && status == STPFIN_OK; demand++) {
			if (is_reached(model, demand, changed)) {
				status = add_prevented(self, scheme, demand, &capacity);
			}
		}
	}
	free(changed);
	return status;
}

/* Lists the entries of each demand. */
static stpfin_status list_by_demand(struct stpfin_scenario *self, const struct stpfin_model *model)
{
	struct stpfin_effect_lists *lists = &self->of_demand;

	lists->first = stpfin_model__array(model->n_demands + 2, sizeof *lists->first);
	lists->at = stpfin_model__array(self->n_prevented, sizeof *lists->at);
	if (lists->first == NULL || lists->at == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	/* Counted two places on, so that filling the runs leaves each beginning in its place. */
	for (size_t i = 0; i < self->n_prevented; i++) {
		lists->first[self->prevented[i].demand + 2]++;
	}
	for (size_t demand = 1; demand <= model->n_demands; demand++) {
		lists->first[demand + 1] += lists->first[demand];
	}
	for (size_t i = 0; i < self->n_prevented; i++) {
		lists->at[lists->first[self->prevented[i].demand + 1]++] = i;
	}
	return STPFIN_OK;
}

stpfin_status stpfin_scenario__prevention(
	struct stpfin_scenario *self, const struct stpfin_model *model)
{
	stpfin_status status = compile_effects(self, model);

	if (status == STPFIN_OK && model->risks != NULL) {
		status = find_demands(self, model);
	}
	return status == STPFIN_OK ? list_by_demand(self, model) : status;
}

stpfin_status stpfin_prevented__new(struct stpfin_prevented *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario)
{
	size_t n_places;
	size_t n_uses;

	*self = (struct stpfin_prevented){.left = NULL};
	if (scenario == NULL || scenario->n_preventions == 0 || model->risks == NULL) {
		return STPFIN_OK;
	}
	n_places = stpfin_model__times(model->n_footprints, model->n_years);
	n_uses = model->n_footprints * model->risks->n_outcomes;
	self->left =
		stpfin_model__array(stpfin_model__times(n_places, model->risks->n), sizeof *self->left);
	self->ratio = stpfin_model__array(
		stpfin_model__times(scenario->n_prevented, model->n_years), sizeof *self->ratio);
	self->use = stpfin_model__array(stpfin_model__times(n_uses, model->n_years), sizeof *self->use);
	self->changed = stpfin_model__array(n_uses, sizeof *self->changed);
	if (self->left == NULL || self->ratio == NULL || self->use == NULL || self->changed == NULL) {
		stpfin_prevented__free(self);
		return STPFIN_ERROR_MEMORY;
	}
	return STPFIN_OK;
}

void stpfin_prevented__free(struct stpfin_prevented *self)
{
	free(self->left);
	free(self->ratio);
	free(self->use);
	free(self->changed);
	*self = (struct stpfin_prevented){.left = NULL};
}

/* Takes from the prevalence of a risk what a prevention takes away. */
static void reduce_prevalence(struct stpfin_prevented *self, const struct stpfin_model *model,
	const struct stpfin_prevention *prevention, const double *share)
{
	for (size_t i = first_footprint(prevention); i < end_footprint(prevention, model); i++) {
		double *left =
			self->left + (i * model->risks->n + (size_t)prevention->risk) * model->n_years;

		for (size_t t = 0; t < model->n_years; t++) {
			left[t] *= 1 - share[t];
		}
	}
	mark(prevention, model, self->changed);
}

/* Finds the use that has changed anew. */
static void update_use(struct stpfin_prevented *self, const struct stpfin_model *model)
{
	const struct stpfin_risks *risks = model->risks;
	size_t n_years = model->n_years;

	for (size_t at = 0; at < model->n_footprints * risks->n_outcomes; at++) {
		size_t footprint = at / risks->n_outcomes;

		for (size_t t = 0; self->changed[at] && t < n_years; t++) {
			self->use[at * n_years + t] = stpfin_risks__footprint_factor(model, footprint,
				at % risks->n_outcomes, self->left + footprint * risks->n * n_years, t);
		}
		self->changed[at] = false;
	}
}

/* Fills the ratios of the entries from the first to before the end. */
static void fill_ratios(struct stpfin_prevented *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, size_t first, size_t end)
{
	size_t n_years = model->n_years;
	size_t stride = model->risks->n_outcomes * n_years;

	for (size_t entry = first; entry < end; entry++) {
		size_t flow = model->flow_of_demand[scenario->prevented[entry].demand];
		const double *use = self->use + model->risks->outcome[model->service[flow]] * n_years;

		for (size_t t = 0; t < n_years; t++) {
			self->ratio[entry * n_years + t] =
				stpfin_risks__mean(model, (size_t)model->commissioner[flow], use + t, stride);
		}
	}
}

void stpfin_prevented__find(struct stpfin_prevented *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const bool *schemes, bool by_scheme)
{
	size_t n_years = model->n_years;
	size_t first = 0;

	if (self->left == NULL) {
		return;
	}
	for (size_t at = 0; at < model->n_footprints * model->risks->n * n_years; at++) {
		self->left[at] = 1;
	}
	for (size_t at = 0; at < model->n_footprints * model->risks->n_outcomes * n_years; at++) {
		self->use[at] = 1;
	}
	for (size_t i = 0; i < scenario->n_preventions; i++) {
		size_t scheme = scenario->preventions[i].scheme;
		bool is_last =
			i + 1 == scenario->n_preventions || scenario->preventions[i + 1].scheme != scheme;
		size_t end = first;

		if (schemes == NULL || schemes[scheme]) {
			reduce_prevalence(
				self, model, &scenario->preventions[i], scenario->prevention + i * n_years);
		}
		if (!is_last || !by_scheme) {
			continue;
		}
		update_use(self, model);
		while (end < scenario->n_prevented && scenario->prevented[end].scheme == scheme) {
			end++;
		}
		fill_ratios(self, model, scenario, first, end);
		first = end;
	}
	if (!by_scheme) {
		update_use(self, model);
		fill_ratios(self, model, scenario, 0, scenario->n_prevented);
	}
}
