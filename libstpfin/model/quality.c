#include "libstpfin/model/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/people.h"
#include "libstpfin/plan/index.h"

void stpfin_quality__free(struct stpfin_quality *self)
{
	if (self == NULL) {
		return;
	}
	free(self->indicators);
	free(self->first);
	free(self->indicator);
	free(self->footprint);
	free(self->last_numerator);
	free(self->last_denominator);
	free(self->path);
	free(self->denominator);
	free(self->numerator);
	free(self->remedies);
	free(self->payers);
	free(self->first_price);
	free(self->prices);
	free(self);
}

static stpfin_status compile_indicators(
	struct stpfin_quality *self, const struct stpfin_model *model)
{
	enum { HIGHER = 0 };
	const int32_t *kind = stpfin_plan__whole(model->plan, "indicator", "kind");
	const int32_t *direction = stpfin_plan__whole(model->plan, "indicator", "direction");
	const double *multiplier = stpfin_plan__real(model->plan, "indicator", "multiplier");
	const double *target = stpfin_plan__real(model->plan, "indicator", "target");
	const double *weight = stpfin_plan__real(model->plan, "indicator", "weight");

	self->n_indicators = stpfin_plan__rows(model->plan, "indicator");
	self->indicators = stpfin_model__array(self->n_indicators, sizeof *self->indicators);
	self->first = stpfin_model__array(self->n_indicators + 1, sizeof *self->first);
	if (self->indicators == NULL || self->first == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < self->n_indicators; i++) {
		self->indicators[i] = (struct stpfin_indicator){
			.kind = (stpfin_indicator_kind)kind[i],
			.higher_is_better = direction[i] == HIGHER,
			.multiplier = isnan(multiplier[i]) ? 1 : multiplier[i],
			.target = target[i],
			.weight = isnan(weight[i]) ? 1 : weight[i],
		};
	}
	return STPFIN_OK;
}

/* Sorts rows by a code, leaving those of one code in their order. */
static stpfin_status sort_rows(size_t *rows, size_t n, const int32_t *code, size_t n_codes)
{
	size_t *sorted = stpfin_model__array(n, sizeof *sorted);
	size_t *next = stpfin_model__array(n_codes + 1, sizeof *next);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (sorted == NULL || next == NULL) {
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		next[code[rows[i]] + 1]++;
	}
	for (size_t i = 0; i < n_codes; i++) {
		next[i + 1] += next[i];
	}
	for (size_t i = 0; i < n; i++) {
		sorted[next[code[rows[i]]]++] = rows[i];
	}
	memcpy(rows, sorted, n * sizeof *rows);
	status = STPFIN_OK;

out:
	free(sorted);
	free(next);
	return status;
}

static stpfin_status allocate_series(struct stpfin_quality *self, size_t n, size_t n_years)
{
	size_t n_cells = stpfin_model__times(n, n_years);

	self->indicator = stpfin_model__array(n, sizeof *self->indicator);
	self->footprint = stpfin_model__array(n, sizeof *self->footprint);
	self->last_numerator = stpfin_model__array(n, sizeof *self->last_numerator);
	self->last_denominator = stpfin_model__array(n, sizeof *self->last_denominator);
	self->path = stpfin_model__array(n_cells, sizeof *self->path);
	self->denominator = stpfin_model__array(n_cells, sizeof *self->denominator);
	self->numerator = stpfin_model__array(n_cells, sizeof *self->numerator);
	return self->indicator != NULL && self->footprint != NULL && self->last_numerator != NULL &&
				   self->last_denominator != NULL && self->path != NULL &&
				   self->denominator != NULL && self->numerator != NULL
			   ? STPFIN_OK
			   : STPFIN_ERROR_MEMORY;
}

/* What a footprint's use of a service (-1: its people) comes to in a year, over an earlier one. */
static double demographic_factor(
	const struct stpfin_model *model, int32_t service, int32_t footprint, size_t from, size_t to)
{
	size_t place = (size_t)footprint;
	const double *use =
		service < 0 ? model->persons + place * model->n_years
					: model->use + (model->people->set[service] * model->n_footprints + place) *
									   model->n_years;

	return use[from] > 0 ? use[to] / use[from] : 1;
}

/* Fills the series that the observations in `rows`, n of one indicator and footprint, begin. */
static void compile_one_series(struct stpfin_quality *self, const struct stpfin_model *model,
	const size_t *rows, size_t n, double trend)
{
	const int32_t base_year = model->plan->settings.base_year;
	const int32_t *year = stpfin_plan__whole(model->plan, "indicator_value", "year");
	const double *numerator = stpfin_plan__real(model->plan, "indicator_value", "numerator");
	const double *denominator = stpfin_plan__real(model->plan, "indicator_value", "denominator");
	size_t series = self->n++;
	int32_t indicator = stpfin_plan__whole(model->plan, "indicator_value", "indicator")[rows[0]];
	int32_t footprint = stpfin_plan__whole(model->plan, "indicator_value", "footprint")[rows[0]];
	int32_t service = stpfin_plan__whole(model->plan, "indicator", "service")[indicator];
	const struct stpfin_indicator *of = &self->indicators[indicator];
	double *path = self->path + series * model->n_years;
	double *divisor = self->denominator + series * model->n_years;
	double *observed = self->numerator + series * model->n_years;
	size_t last = rows[0];
	size_t last_t;

	self->indicator[series] = indicator;
	self->footprint[series] = footprint;
	for (size_t i = 1; i < n; i++) {
		last = year[rows[i]] > year[last] ? rows[i] : last;
	}
	self->last_numerator[series] = numerator[last];
	self->last_denominator[series] = denominator[last];
	last_t = year[last] > base_year ? (size_t)(year[last] - base_year) : 0;
	for (size_t t = 0; t < model->n_years; t++) {
		double years = (double)t + base_year - year[last];

		path[t] = divisor[t] = observed[t] = (double)NAN;
		if (years >= 0) {
			path[t] =
				stpfin_indicator__value(of, numerator[last], denominator[last]) + trend * years;
			divisor[t] =
				denominator[last] * demographic_factor(model, service, footprint, last_t, t);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (year[rows[i]] >= base_year) {
			size_t t = (size_t)(year[rows[i]] - base_year);

			path[t] = stpfin_indicator__value(of, numerator[rows[i]], denominator[rows[i]]);
			divisor[t] = denominator[rows[i]];
			observed[t] = numerator[rows[i]];
		}
	}
}

static stpfin_status compile_series(struct stpfin_quality *self, const struct stpfin_model *model)
{
	const int32_t *indicator = stpfin_plan__whole(model->plan, "indicator_value", "indicator");
	const int32_t *footprint = stpfin_plan__whole(model->plan, "indicator_value", "footprint");
	const double *change = stpfin_plan__real(model->plan, "indicator_trend", "change");
	size_t n = stpfin_plan__rows(model->plan, "indicator_value");
	size_t *rows = stpfin_model__array(n, sizeof *rows);
	struct stpfin_rates trends = {.n_shapes = 0};
	size_t n_series = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (rows == NULL) {
		goto out;
	}
	for (size_t row = 0; row < n; row++) {
		rows[row] = row;
	}
	status = sort_rows(rows, n, footprint, model->n_footprints);
	if (status == STPFIN_OK) {
		status = sort_rows(rows, n, indicator, self->n_indicators);
	}
	if (status == STPFIN_OK) {
		status = stpfin_rates__new(&trends, stpfin_plan__table(model->plan, "indicator_trend"),
			stpfin_schema__table("indicator_trend"), 1);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		n_series += i == 0 || indicator[rows[i]] != indicator[rows[i - 1]] ||
					footprint[rows[i]] != footprint[rows[i - 1]];
	}
	status = allocate_series(self, n_series, model->n_years);
	for (size_t i = 0, end; i < n && status == STPFIN_OK; i = end) {
		const int32_t key[] = {indicator[rows[i]], footprint[rows[i]]};
		size_t trend = stpfin_rates__find(&trends, key);

		end = i + 1;
		while (end < n && indicator[rows[end]] == key[0] && footprint[rows[end]] == key[1]) {
			end++;
		}
		self->first[key[0] + 1]++;
		compile_one_series(
			self, model, rows + i, end - i, trend != STPFIN_NO_ROW ? change[trend] : 0);
	}
	for (size_t i = 0; i < self->n_indicators; i++) {
		self->first[i + 1] += self->first[i];
	}

out:
	stpfin_rates__free(&trends);
	free(rows);
	return status;
}

/* The rows of indicator_cost by indicator: at[first[i]] to at[first[i + 1]]. */
struct costs {
	size_t *first;
	size_t *at;
};

static stpfin_status find_costs(
	struct costs *self, const struct stpfin_quality *quality, const struct stpfin_model *model)
{
	const int32_t *indicator = stpfin_plan__whole(model->plan, "indicator_cost", "indicator");
	size_t n_rows = stpfin_plan__rows(model->plan, "indicator_cost");

	self->first = stpfin_model__array(quality->n_indicators + 1, sizeof *self->first);
	self->at = stpfin_model__array(n_rows, sizeof *self->at);
	if (self->first == NULL || self->at == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t row = 0; row < n_rows; row++) {
		self->at[row] = row;
		self->first[indicator[row] + 1]++;
	}
	for (size_t i = 0; i < quality->n_indicators; i++) {
		self->first[i + 1] += self->first[i];
	}
	return sort_rows(self->at, n_rows, indicator, quality->n_indicators);
}

/* Numbers the remedies, and lists for each series those it takes, with the activity of each for a
 * unit of numerator in the place of the price. `keys` are the remedies' footprints and services. */
static stpfin_status number_remedies(struct stpfin_quality *self, const struct stpfin_model *model,
	const struct costs *costs, int32_t *keys[2], struct stpfin_index *index)
{
	const int32_t *service = stpfin_plan__whole(model->plan, "indicator_cost", "service");
	const double *activity = stpfin_plan__real(model->plan, "indicator_cost", "activity_per_unit");
	size_t n = self->first_price[self->n];

	for (size_t i = 0; i < 2; i++) {
		keys[i] = stpfin_model__array(n, sizeof *keys[i]);
		if (keys[i] == NULL) {
			return STPFIN_ERROR_MEMORY;
		}
	}
	self->prices = stpfin_model__array(n, sizeof *self->prices);
	self->remedies = stpfin_model__array(n + 1, sizeof *self->remedies);
	if (self->prices == NULL || self->remedies == NULL ||
		stpfin_index__new(index, (const int32_t *const[]){keys[0], keys[1]}, 2, n) != STPFIN_OK) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t series = 0; series < self->n; series++) {
		const size_t *rows = costs->at + costs->first[self->indicator[series]];

		for (size_t i = self->first_price[series]; i < self->first_price[series + 1]; i++) {
			size_t row = rows[i - self->first_price[series]];
			size_t next = self->n_remedies;

			keys[0][next] = self->footprint[series];
			keys[1][next] = service[row];
			self->prices[i] =
				(struct stpfin_price_of_gain){stpfin_index__add(index, next), activity[row]};
			if (self->prices[i].remedy == next) {
				self->remedies[next] =
					(struct stpfin_remedy){.footprint = keys[0][next], .service = keys[1][next]};
				self->n_remedies++;
			}
		}
	}
	return STPFIN_OK;
}

/* The cost and activity of the base-year flows of each demand that have activity. */
struct demands {
	double *cost;
	double *activity;
};

static stpfin_status sum_demands(struct demands *self, const struct stpfin_model *model)
{
	self->cost = stpfin_model__array(model->n_demands, sizeof *self->cost);
	self->activity = stpfin_model__array(model->n_demands, sizeof *self->activity);
	if (self->cost == NULL || self->activity == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t flow = 0; flow < model->n_flows; flow++) {
		if (!model->cost_only[flow]) {
			self->cost[model->demand[flow]] += model->cost[flow];
			self->activity[model->demand[flow]] += model->activity[flow];
		}
	}
	return STPFIN_OK;
}

/* The next entry of the shares from *entry on, of a commissioner or council that buys a service
 * which is a remedy in the footprint of the entry; SIZE_MAX when there is none. */
static size_t next_payer(const struct stpfin_model *model, const struct stpfin_index *index,
	size_t demand, const struct demands *demands, size_t *entry, size_t *out_remedy)
{
	size_t flow = model->flow_of_demand[demand];
	size_t buyer = (size_t)model->commissioner[flow];
	bool buys = demands->activity[demand] > 0 && (model->kind[buyer] == STPFIN_KIND_COMMISSIONER ||
													 model->kind[buyer] == STPFIN_KIND_COUNCIL);

	while (buys && *entry < model->first_share[buyer + 1]) {
		size_t at = (*entry)++;
		const int32_t key[] = {model->share_place[at], model->service[flow]};

		*out_remedy =
			stpfin_model__is_leaf(model, at) ? stpfin_index__find(index, key) : STPFIN_NO_ROW;
		if (*out_remedy != STPFIN_NO_ROW) {
			return at;
		}
	}
	return SIZE_MAX;
}

/* Finds who buys the remedies, in what parts and at what unit cost. */
static stpfin_status compile_payers(struct stpfin_quality *self, const struct stpfin_model *model,
	const struct stpfin_index *index, const struct demands *demands)
{
	double *cost = stpfin_model__array(self->n_remedies, sizeof *cost);
	double *activity = stpfin_model__array(self->n_remedies, sizeof *activity);
	size_t *next = stpfin_model__array(self->n_remedies, sizeof *next);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (cost == NULL || activity == NULL || next == NULL) {
		goto out;
	}
	for (int filling = 0; filling < 2; filling++) {
		for (size_t demand = 0; demand < model->n_demands; demand++) {
			size_t buyer = (size_t)model->commissioner[model->flow_of_demand[demand]];
			size_t entry = model->first_share[buyer];
			size_t remedy;

			for (size_t at;
				 (at = next_payer(model, index, demand, demands, &entry, &remedy)) != SIZE_MAX;) {
				double used = model->share[at] * demands->activity[demand];

				if (filling) {
					self->payers[next[remedy]++] =
						(struct stpfin_payer){(int32_t)buyer, used / activity[remedy]};
				} else {
					cost[remedy] += model->share[at] * demands->cost[demand];
					activity[remedy] += used;
					self->remedies[remedy + 1].first_payer++;
				}
			}
		}
		for (size_t i = 0; !filling && i < self->n_remedies; i++) {
			next[i] = self->remedies[i].first_payer;
			self->remedies[i + 1].first_payer += next[i];
			self->remedies[i].unit_cost = cost[i] / activity[i];
		}
		if (!filling) {
			self->payers = stpfin_model__array(
				self->remedies[self->n_remedies].first_payer, sizeof *self->payers);
			if (self->payers == NULL) {
				goto out;
			}
		}
	}
	for (size_t i = 0; i < self->first_price[self->n]; i++) {
		self->prices[i].price *= self->remedies[self->prices[i].remedy].unit_cost;
	}
	status = STPFIN_OK;

out:
	free(cost);
	free(activity);
	free(next);
	return status;
}

static stpfin_status compile_costs(struct stpfin_quality *self, const struct stpfin_model *model)
{
	struct costs costs = {NULL, NULL};
	struct demands demands = {NULL, NULL};
	struct stpfin_index index = {0};
	int32_t *keys[2] = {NULL, NULL};
	stpfin_status status = find_costs(&costs, self, model);

	self->first_price = stpfin_model__array(self->n + 1, sizeof *self->first_price);
	if (self->first_price == NULL) {
		status = STPFIN_ERROR_MEMORY;
	}
	for (size_t series = 0; series < self->n && status == STPFIN_OK; series++) {
		size_t indicator = (size_t)self->indicator[series];

		self->first_price[series + 1] =
			self->first_price[series] + costs.first[indicator + 1] - costs.first[indicator];
	}
	if (status == STPFIN_OK) {
		status = number_remedies(self, model, &costs, keys, &index);
	}
	if (status == STPFIN_OK) {
		status = sum_demands(&demands, model);
	}
	if (status == STPFIN_OK) {
		status = compile_payers(self, model, &index, &demands);
	}
	stpfin_index__free(&index);
	free(keys[0]);
	free(keys[1]);
	free(costs.first);
	free(costs.at);
	free(demands.cost);
	free(demands.activity);
	return status;
}

stpfin_status stpfin_model__quality(struct stpfin_model *model)
{
	struct stpfin_quality *self = NULL;
	stpfin_status status;

	if (stpfin_plan__rows(model->plan, "indicator_value") == 0) {
		return STPFIN_OK;
	}
	self = stpfin_model__array(1, sizeof *self);
	if (self == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = compile_indicators(self, model);
	if (status == STPFIN_OK) {
		status = compile_series(self, model);
	}
	if (status == STPFIN_OK) {
		status = compile_costs(self, model);
	}
	if (status == STPFIN_OK) {
		model->quality = self;
		self = NULL;
	}
	stpfin_quality__free(self);
	return status;
}

/* The first series of an indicator that is of a footprint or one after it. */
static size_t find_series(const struct stpfin_quality *self, int32_t indicator, int32_t footprint)
{
	size_t low = self->first[indicator];
	size_t high = self->first[indicator + 1];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (self->footprint[middle] < footprint) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

stpfin_status stpfin_scenario__improvement(
	struct stpfin_scenario *self, const struct stpfin_model *model)
{
	static const char table[] = "indicator_effect";
	const int32_t *scheme = stpfin_plan__whole(model->plan, table, "scheme");
	const int32_t *indicator = stpfin_plan__whole(model->plan, table, "indicator");
	const int32_t *footprint = stpfin_plan__whole(model->plan, table, "footprint");
	const struct stpfin_quality *quality = model->quality;
	size_t n_rows = quality != NULL ? stpfin_plan__rows(model->plan, table) : 0;

	self->improvements = stpfin_model__array(n_rows, sizeof *self->improvements);
	self->improvement =
		stpfin_model__array(stpfin_model__times(n_rows, model->n_years), sizeof *self->improvement);
	if (self->improvements == NULL || self->improvement == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < self->n_schemes; i++) {
		for (size_t row = 0; row < n_rows; row++) {
			bool everywhere = footprint[row] < 0;
			size_t at = self->n_improvements;

			if (scheme[row] != self->scheme[i]) {
				continue;
			}
			self->improvements[at] = (struct stpfin_improvement){
				.scheme = i,
				.first = everywhere ? quality->first[indicator[row]]
									: find_series(quality, indicator[row], footprint[row]),
				.end = everywhere ? quality->first[indicator[row] + 1]
								  : find_series(quality, indicator[row], footprint[row] + 1),
			};
			stpfin_scenario__change(
				self, model, table, "change", row, i, self->improvement + at * model->n_years);
			self->n_improvements++;
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_improved__new(struct stpfin_improved *self, const struct stpfin_model *model)
{
	const struct stpfin_quality *quality = model->quality;

	*self = (struct stpfin_improved){.value = NULL};
	if (quality == NULL) {
		return STPFIN_OK;
	}
	self->value =
		stpfin_model__array(stpfin_model__times(quality->n, model->n_years), sizeof *self->value);
	self->charge = stpfin_model__array(
		stpfin_model__times(quality->n_remedies, model->n_years), sizeof *self->charge);
	if (self->value == NULL || self->charge == NULL) {
		stpfin_improved__free(self);
		return STPFIN_ERROR_MEMORY;
	}
	return STPFIN_OK;
}

void stpfin_improved__free(struct stpfin_improved *self)
{
	free(self->value);
	free(self->charge);
	*self = (struct stpfin_improved){.value = NULL};
}

/* Charges for what a series has gained over do nothing in a year; there is nothing back for what it
 * has lost. */
static void charge(struct stpfin_improved *self, const struct stpfin_model *model, size_t series,
	size_t t, const double *inflation)
{
	const struct stpfin_quality *quality = model->quality;
	const struct stpfin_indicator *indicator = &quality->indicators[quality->indicator[series]];
	size_t at = series * model->n_years + t;
	double gained = stpfin_indicator__gap(
		indicator, self->value[at], stpfin_indicator__clip(indicator, quality->path[at]));

	if (!(gained > 0)) {
		return;
	}
	for (size_t i = quality->first_price[series]; i < quality->first_price[series + 1]; i++) {
		size_t remedy = quality->prices[i].remedy;
		size_t service = (size_t)quality->remedies[remedy].service;

		self->charge[remedy * model->n_years + t] +=
			gained * quality->denominator[at] / indicator->multiplier * quality->prices[i].price *
			inflation[service * model->n_years + t];
	}
}

void stpfin_improved__find(struct stpfin_improved *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, const bool *schemes, const double *inflation)
{
	const struct stpfin_quality *quality = model->quality;
	size_t n_years = model->n_years;

	if (quality == NULL) {
		return;
	}
	memcpy(self->value, quality->path, quality->n * n_years * sizeof *self->value);
	memset(self->charge, 0, quality->n_remedies * n_years * sizeof *self->charge);
	for (size_t i = 0; scenario != NULL && i < scenario->n_improvements; i++) {
		const struct stpfin_improvement *improvement = &scenario->improvements[i];

		if (schemes != NULL && !schemes[improvement->scheme]) {
			continue;
		}
		for (size_t series = improvement->first; series < improvement->end; series++) {
			for (size_t t = 0; t < n_years; t++) {
				self->value[series * n_years + t] += scenario->improvement[i * n_years + t];
			}
		}
	}
	for (size_t series = 0; series < quality->n; series++) {
		const struct stpfin_indicator *indicator = &quality->indicators[quality->indicator[series]];

		for (size_t t = 0; t < n_years; t++) {
			double *value = &self->value[series * n_years + t];

			*value = stpfin_indicator__clip(indicator, *value);
			if (scenario != NULL) {
				charge(self, model, series, t, inflation);
			}
		}
	}
}
