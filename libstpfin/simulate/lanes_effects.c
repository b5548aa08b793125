#include "libstpfin/simulate/lanes_effects.h"

#include <math.h>
#include <stdlib.h>

#include "libstpfin/model/formulas.h"
#include "libstpfin/simulate/clones.h"

void stpfin_lanes_effects__free(struct stpfin_lanes_effects *self)
{
	free(self->sizes);
	free(self->size_of);
	free(self->reached);
	free(self->clips);
	free(self->scale);
}

/* The scale of each scheme, in the order of the scenario's rows. */
static stpfin_status compile_scales(struct stpfin_lanes_effects *self,
	const struct stpfin_model *model, const struct stpfin_scenario *scenario,
	const struct stpfin_uncertain *uncertain, struct stpfin_inputs *inputs)
{
	const int32_t *name = stpfin_plan__whole(model->plan, "scenario", "scenario");
	struct stpfin_drawn_column drawn = stpfin_drawn_column__of(uncertain, "scenario", "scale");
	stpfin_status status = STPFIN_OK;
	size_t scheme = 0;

	for (size_t row = 0; scheme < scenario->n_schemes && status == STPFIN_OK; row++) {
		if (name[row] == scenario->name) {
			status = stpfin_inputs__add(inputs,
				stpfin_drawn_column__cell(&drawn, row, STPFIN_EVERY_YEAR), scenario->scale[scheme],
				&self->scale[scheme]);
			scheme++;
		}
	}
	return status;
}

/* Where sizes are stated. */
static const struct column {
	const char *table;
	const char *column;
	double least;
} columns[] = {
	{"activity_effect", "reduction", -1},
	{"efficiency_effect", "saving", -1},
	{"efficiency_effect", "stay_reduction", 0},
	{"prevention_effect", "reduction", -1},
};

enum { REDUCTION, SAVING, STAY, PREVENTION, COLUMNS };

/* A column of sizes in a plan. */
struct stated {
	struct stpfin_drawn_column drawn;
	size_t n_rows;
	const double *size;
	const int32_t *scheme;
	const int32_t *to_service; /* NULL where nothing shifts */
	double least;
};

static void find_stated(const struct stpfin_model *model, const struct stpfin_uncertain *uncertain,
	struct stated stated[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++) {
		const char *table = columns[i].table;

		stated[i] = (struct stated){
			stpfin_drawn_column__of(uncertain, table, columns[i].column),
			stpfin_plan__rows(model->plan, table),
			stpfin_plan__real(model->plan, table, columns[i].column),
			stpfin_plan__whole(model->plan, table, "scheme"),
			i == REDUCTION ? stpfin_plan__whole(model->plan, table, "to_service") : NULL,
			columns[i].least,
		};
	}
}

/* The inputs of a size. The scale is SIZE_MAX where neither is drawn. */
static stpfin_status find_inputs(const struct stpfin_lanes_effects *self,
	const struct stated *stated, struct stpfin_inputs *inputs, size_t row, size_t scheme,
	struct stpfin_lanes_clip *out)
{
	double size = stated->size[row];
	stpfin_status status = stpfin_inputs__add(inputs,
		stpfin_drawn_column__cell(&stated->drawn, row, STPFIN_EVERY_YEAR), isnan(size) ? 0 : size,
		&out->size);

	if (status == STPFIN_OK) {
		out->least = stated->to_service != NULL && stated->to_service[row] >= 0 ? 0 : stated->least;
		out->scale = stpfin_inputs__moves(inputs, out->size) ||
							 stpfin_inputs__moves(inputs, self->scale[scheme])
						 ? self->scale[scheme]
						 : SIZE_MAX;
	}
	return status;
}

static int compare_clips(const void *a, const void *b)
{
	const struct stpfin_lanes_clip *x = a;
	const struct stpfin_lanes_clip *y = b;

	if (x->size != y->size) {
		return x->size < y->size ? -1 : 1;
	}
	if (x->scale != y->scale) {
		return x->scale < y->scale ? -1 : 1;
	}
	return x->least < y->least ? -1 : x->least > y->least;
}

/* Makes one of clips that are alike. */
static void unite_clips(struct stpfin_lanes_effects *self)
{
	size_t n = 0;

	if (self->n_clips > 0) {
		qsort(self->clips, self->n_clips, sizeof *self->clips, compare_clips);
	}
	for (size_t i = 0; i < self->n_clips; i++) {
		if (n > 0 && compare_clips(&self->clips[n - 1], &self->clips[i]) == 0) {
			self->clips[n - 1].n += self->clips[i].n;
		} else {
			self->clips[n++] = self->clips[i];
		}
	}
	self->n_clips = n;
}

/* Adds the size of a row to those that may be clipped, if draws move it. */
static stpfin_status add_clip(struct stpfin_lanes_effects *self, const struct stated *stated,
	struct stpfin_inputs *inputs, size_t row, size_t scheme)
{
	struct stpfin_lanes_clip *clips =
		stpfin_keys__grown(self->clips, &self->clip_capacity, self->n_clips, sizeof *clips);
	stpfin_status status;

	if (clips == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->clips = clips;
	clips[self->n_clips].n = 1;
	status = find_inputs(self, stated, inputs, row, scheme, &clips[self->n_clips]);
	self->n_clips += status == STPFIN_OK && clips[self->n_clips].scale != SIZE_MAX;
	return status;
}

static stpfin_status compile_clips(struct stpfin_lanes_effects *self,
	const struct stpfin_model *model, const struct stpfin_scenario *scenario,
	const struct stated stated[COLUMNS], struct stpfin_inputs *inputs)
{
	/* By scheme of the plan: its place in the scenario and one more; 0 where it is not there. */
	size_t *place = stpfin_model__array(stpfin_plan__rows(model->plan, "scheme"), sizeof *place);
	stpfin_status status = place != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;

	for (size_t i = 0; i < scenario->n_schemes && status == STPFIN_OK; i++) {
		place[scenario->scheme[i]] = i + 1;
	}
	for (size_t column = 0; column < COLUMNS; column++) {
		const int32_t *scheme = stated[column].scheme;

		for (size_t row = 0; row < stated[column].n_rows && status == STPFIN_OK; row++) {
			if (place[scheme[row]] > 0) {
				status = add_clip(self, &stated[column], inputs, row, place[scheme[row]] - 1);
			}
		}
	}
	unite_clips(self);
	free(place);
	return status;
}

static void find_reached(const struct stpfin_model *model, const struct stpfin_scenario *scenario,
	const struct stpfin_effect *effect, const char *table, struct stpfin_reached *out)
{
	const stpfin_plan *plan = model->plan;
	const struct stpfin_timing timing = {
		stpfin_plan__whole(plan, table, "start_year")[effect->row],
		stpfin_plan__whole(plan, table, "full_year")[effect->row],
		stpfin_plan__whole(plan, table, "last_year")[effect->row],
		stpfin_plan__whole(plan, table, "ramp")[effect->row],
		scenario->delay[effect->scheme],
	};

	for (size_t t = 0; t < model->n_years; t++) {
		out[t] = stpfin_timing__reached(&timing, plan->settings.base_year + (int32_t)t);
	}
}

/* Gives an effect its size, that of an earlier effect if it is the same in every year. */
static stpfin_status add_size(struct stpfin_lanes_effects *self, struct stpfin_keys *keys,
	size_t effect, const struct stpfin_lanes_clip *size)
{
	bool is_drawn = size->scale != SIZE_MAX;
	stpfin_status status = stpfin_keys__write(keys, is_drawn ? size->size : SIZE_MAX);

	if (status == STPFIN_OK) {
		status = stpfin_keys__write(keys, size->scale);
	}
	if (status == STPFIN_OK) {
		status = stpfin_keys__write_number(keys, size->least);
	}
	for (size_t at = effect * self->n_years;
		 at < (effect + 1) * self->n_years && status == STPFIN_OK; at++) {
		status = stpfin_keys__write_number(
			keys, is_drawn ? self->reached[at].share : self->as_planned[at]);
		if (status == STPFIN_OK) {
			status = stpfin_keys__write(keys, (uint64_t)self->reached[at].times);
		}
	}
	if (status == STPFIN_OK) {
		status = stpfin_keys__end(keys, &self->size_of[effect]);
	}
	if (status == STPFIN_OK && self->size_of[effect] == self->n_sizes) {
		self->sizes[self->n_sizes++] =
			(struct stpfin_lanes_size){size->size, size->scale, size->least, effect};
	}
	return status;
}

stpfin_status stpfin_lanes_effects__new(struct stpfin_lanes_effects *self,
	const struct stpfin_model *model, const struct stpfin_scenario *scenario,
	const struct stpfin_uncertain *uncertain, struct stpfin_inputs *inputs)
{
	struct stated stated[COLUMNS];
	struct stpfin_keys keys = {.n = 0};
	size_t n = scenario->n_effects;
	stpfin_status status;

	*self = (struct stpfin_lanes_effects){.n_years = model->n_years, .as_planned = scenario->size};
	self->sizes = stpfin_model__array(n, sizeof *self->sizes);
	self->size_of = stpfin_model__array(n, sizeof *self->size_of);
	self->reached =
		stpfin_model__array(stpfin_model__times(n, model->n_years), sizeof *self->reached);
	self->scale = stpfin_model__array(scenario->n_schemes, sizeof *self->scale);
	if (self->sizes == NULL || self->size_of == NULL || self->reached == NULL ||
		self->scale == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	find_stated(model, uncertain, stated);
	status = compile_scales(self, model, scenario, uncertain, inputs);
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		const struct stpfin_effect *effect = &scenario->effects[i];
		size_t column = effect->kind == STPFIN_EFFECT_EFFICIENCY ? SAVING : REDUCTION;
		struct stpfin_lanes_clip size = {0};

		find_reached(
			model, scenario, effect, columns[column].table, self->reached + i * model->n_years);
		status = find_inputs(self, &stated[column], inputs, effect->row, effect->scheme, &size);
		if (status == STPFIN_OK) {
			status = add_size(self, &keys, i, &size);
		}
	}
	stpfin_keys__free(&keys);
	return status == STPFIN_OK ? compile_clips(self, model, scenario, stated, inputs) : status;
}

/* A size that draws move, in each year. */
STPFIN_INLINED void fill_moving(double least, const struct stpfin_reached *reached, size_t n_years,
	const double *full, const double *scale, double *restrict sizes)
{
	double size[STPFIN_LANES];
	double left[STPFIN_LANES];
	int64_t times = 0;

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		size[i] = stpfin_formula__scaled(full[i], scale[i], least);
		left[i] = 1;
	}
	for (size_t t = 0; t < n_years; t++) {
		double *out = sizes + t * STPFIN_LANES;

		for (; times < reached[t].times; times++) {
			for (size_t i = 0; i < STPFIN_LANES; i++) {
				left[i] = stpfin_formula__left(left[i], size[i]);
			}
		}
		if (reached[t].times > 0) {
			for (size_t i = 0; i < STPFIN_LANES; i++) {
				out[i] = 1 - left[i];
			}
		} else {
			for (size_t i = 0; i < STPFIN_LANES; i++) {
				out[i] = size[i] * reached[t].share;
			}
		}
	}
}

STPFIN_CLONES static void fill_size(const struct stpfin_lanes_effects *self, size_t number,
	const struct stpfin_inputs *inputs, const double *constants, const double *cells, double *sizes)
{
	const struct stpfin_lanes_size *size = &self->sizes[number];
	size_t first = size->effect * self->n_years;

	if (size->scale != SIZE_MAX) {
		fill_moving(size->least, self->reached + first, self->n_years,
			stpfin_inputs__lanes(inputs, constants, cells, size->size),
			stpfin_inputs__lanes(inputs, constants, cells, size->scale), sizes);
		return;
	}
	for (size_t t = 0; t < self->n_years; t++) {
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			sizes[t * STPFIN_LANES + i] = self->as_planned[first + t];
		}
	}
}

void stpfin_lanes_effects__fill(const struct stpfin_lanes_effects *self, size_t size,
	const struct stpfin_inputs *inputs, const double *constants, const double *cells, double *sizes)
{
	fill_size(self, size, inputs, constants, cells, sizes);
}

STPFIN_CLONES static void count_clipped(const struct stpfin_lanes_effects *self,
	const struct stpfin_inputs *inputs, const double *constants, const double *cells,
	int64_t *restrict counts)
{
	for (size_t i = 0; i < self->n_clips; i++) {
		const struct stpfin_lanes_clip *clip = &self->clips[i];
		const double *size = stpfin_inputs__lanes(inputs, constants, cells, clip->size);
		const double *scale = stpfin_inputs__lanes(inputs, constants, cells, clip->scale);

		for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
			double scaled = size[lane] * scale[lane];

			counts[lane] += ((scaled < clip->least) | (scaled > 1)) != 0 ? clip->n : 0;
		}
	}
}

uint64_t stpfin_lanes_effects__count_clipped(const struct stpfin_lanes_effects *self,
	const struct stpfin_inputs *inputs, const double *constants, const double *cells, size_t n)
{
	int64_t counts[STPFIN_LANES] = {0};
	uint64_t clipped = 0;

	count_clipped(self, inputs, constants, cells, counts);
	for (size_t lane = 0; lane < n; lane++) {
		clipped += (uint64_t)counts[lane];
	}
	return clipped;
}
