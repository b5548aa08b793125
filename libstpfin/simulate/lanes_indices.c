#include "libstpfin/simulate/lanes_indices.h"

#include <stdlib.h>

#include "libstpfin/model/formulas.h"
#include "libstpfin/model/people.h"
#include "libstpfin/model/risks.h"
#include "libstpfin/plan/weights.h"

enum { USES, FIRST_USE_TERM, USE_TERMS, USE_RATIOS, CLASSES, PARTS, TRENDS };

void stpfin_lanes_indices__free(struct stpfin_lanes_indices *self)
{
	free(self->mix);
	free(self->first_mix);
	free(self->mix_products);
	free(self->inflation_moves);
	free(self->tariff);
	free(self->price_moves);
	free(self->uses);
	free(self->first_use_term);
	free(self->use_terms);
	free(self->use_ratios);
	free(self->classes);
	free(self->parts);
	free(self->trends);
	free(self->class);
}

/* What compiling takes in. */
struct sources {
	struct stpfin_lanes_indices *self;
	const struct stpfin_model *model;
	const struct stpfin_uncertain *uncertain;
	struct stpfin_inputs *inputs;
};

static bool moves(const struct sources *from, const struct stpfin_lanes_product *product)
{
	return stpfin_inputs__moves(from->inputs, product->first) ||
		   stpfin_inputs__moves(from->inputs, product->second);
}

/* The rate of a component in each year, and its share, as products of a mix. */
static stpfin_status compile_mixes(
	const struct sources *from, const struct stpfin_rates *rates, const size_t *mix_of_row)
{
	const stpfin_plan *plan = from->model->plan;
	struct stpfin_lanes_indices *self = from->self;
	struct stpfin_drawn_column shares =
		stpfin_drawn_column__of(from->uncertain, "cost_mix", "share");
	struct stpfin_drawn_column drawn_rates =
		stpfin_drawn_column__of(from->uncertain, "inflation", "rate");
	const int32_t *component = stpfin_plan__whole(plan, "cost_mix", "component");
	const double *share = stpfin_plan__real(plan, "cost_mix", "share");
	const double *rate = stpfin_plan__real(plan, "inflation", "rate");
	size_t n_rows = stpfin_plan__rows(plan, "cost_mix");
	size_t n = 0;
	stpfin_status status = STPFIN_OK;

	for (size_t at = 0; at < self->n_mixes * self->n_years && status == STPFIN_OK; at++) {
		size_t t = at % self->n_years;

		self->first_mix[at] = n;
		for (size_t row = 0; t > 0 && row < n_rows && status == STPFIN_OK; row++) {
			const int32_t key[] = {component[row], plan->settings.base_year + (int32_t)t};
			size_t found;

			if (mix_of_row[row] != at / self->n_years) {
				continue;
			}
			found = stpfin_rates__find(rates, key);
			status = stpfin_inputs__add(from->inputs, stpfin_drawn_column__cell(&shares, row, t),
				share[row], &self->mix_products[n].first);
			if (status == STPFIN_OK) {
				status = stpfin_inputs__add(from->inputs,
					stpfin_drawn_column__cell(&drawn_rates, found, t), rate[found],
					&self->mix_products[n++].second);
			}
		}
	}
	self->first_mix[self->n_mixes * self->n_years] = n;
	return status;
}

static stpfin_status compile_inflation(const struct sources *from)
{
	const stpfin_plan *plan = from->model->plan;
	struct stpfin_lanes_indices *self = from->self;
	const int32_t *service = stpfin_plan__whole(plan, "cost_mix", "service");
	size_t n_rows = stpfin_plan__rows(plan, "cost_mix");
	size_t *mix_of_row = stpfin_model__array(n_rows, sizeof *mix_of_row);
	bool *has_own = stpfin_model__array(self->n_services, sizeof *has_own);
	struct stpfin_rates rates = {.n_shapes = 0};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->n_mixes = self->n_services + 1;
	self->mix = stpfin_model__array(self->n_services, sizeof *self->mix);
	self->inflation_moves = stpfin_model__array(self->n_services, sizeof *self->inflation_moves);
	self->first_mix =
		stpfin_model__array(self->n_mixes * self->n_years + 1, sizeof *self->first_mix);
	self->mix_products =
		stpfin_model__array(stpfin_model__times(n_rows, self->n_years), sizeof *self->mix_products);
	if (mix_of_row == NULL || has_own == NULL || self->mix == NULL ||
		self->inflation_moves == NULL || self->first_mix == NULL || self->mix_products == NULL) {
		goto out;
	}
	status = stpfin_rates__new(
		&rates, stpfin_plan__table(plan, "inflation"), stpfin_schema__table("inflation"), 0);
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t row = 0; row < n_rows; row++) {
		mix_of_row[row] = service[row] >= 0 ? (size_t)service[row] : self->n_services;
		if (service[row] >= 0) {
			has_own[service[row]] = true;
		}
	}
	status = compile_mixes(from, &rates, mix_of_row);
	for (size_t i = 0; i < self->n_services && status == STPFIN_OK; i++) {
		self->mix[i] = has_own[i] ? i : self->n_services;
		for (size_t at = self->first_mix[self->mix[i] * self->n_years];
			 at < self->first_mix[(self->mix[i] + 1) * self->n_years]; at++) {
			self->inflation_moves[i] =
				self->inflation_moves[i] || moves(from, &self->mix_products[at]);
		}
	}

out:
	stpfin_rates__free(&rates);
	free(mix_of_row);
	free(has_own);
	return status;
}

static stpfin_status compile_tariff(const struct sources *from)
{
	const stpfin_plan *plan = from->model->plan;
	struct stpfin_lanes_indices *self = from->self;
	struct stpfin_drawn_column uplifts =
		stpfin_drawn_column__of(from->uncertain, "tariff", "uplift");
	struct stpfin_drawn_column efficiencies =
		stpfin_drawn_column__of(from->uncertain, "tariff", "efficiency");
	const double *uplift = stpfin_plan__real(plan, "tariff", "uplift");
	const double *efficiency = stpfin_plan__real(plan, "tariff", "efficiency");
	struct stpfin_rates rates = {.n_shapes = 0};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->tariff = stpfin_model__array(self->n_services * self->n_years, sizeof *self->tariff);
	self->price_moves = stpfin_model__array(self->n_services, sizeof *self->price_moves);
	if (self->tariff != NULL && self->price_moves != NULL) {
		status = stpfin_rates__new(
			&rates, stpfin_plan__table(plan, "tariff"), stpfin_schema__table("tariff"), 0);
	}
	for (size_t at = 0; status == STPFIN_OK && at < self->n_services * self->n_years; at++) {
		size_t t = at % self->n_years;
		const int32_t key[] = {
			(int32_t)(at / self->n_years), plan->settings.base_year + (int32_t)t};
		size_t row = t > 0 ? stpfin_rates__find(&rates, key) : STPFIN_NO_ROW;
		bool *price_moves = &self->price_moves[at / self->n_years];

		if (row == STPFIN_NO_ROW) {
			self->tariff[at].first = SIZE_MAX;
			*price_moves = *price_moves || (t > 0 && self->inflation_moves[at / self->n_years]);
			continue;
		}
		status = stpfin_inputs__add(from->inputs, stpfin_drawn_column__cell(&uplifts, row, t),
			uplift[row], &self->tariff[at].first);
		if (status == STPFIN_OK) {
			status =
				stpfin_inputs__add(from->inputs, stpfin_drawn_column__cell(&efficiencies, row, t),
					efficiency[row], &self->tariff[at].second);
		}
		if (status == STPFIN_OK) {
			*price_moves = *price_moves || moves(from, &self->tariff[at]);
		}
	}
	stpfin_rates__free(&rates);
	return status;
}

/* The cells of persons, by band and year, and of weights, by set and kind. */
struct drawn_people {
	size_t *persons;
	size_t *weight;
};

static size_t find_band(const struct stpfin_model *model, size_t row)
{
	const struct stpfin_people *people = model->people;
	int32_t footprint = stpfin_plan__whole(model->plan, "population", "footprint")[row];
	int32_t sex = stpfin_plan__whole(model->plan, "population", "sex")[row];
	int32_t age = stpfin_plan__whole(model->plan, "population", "age")[row];
	size_t band = people->first[footprint];

	while (people->sex[people->kind[band]] != sex || people->age[people->kind[band]] != age) {
		band++;
	}
	return band;
}

static stpfin_status find_drawn_people(const struct sources *from, struct drawn_people *out)
{
	const struct stpfin_model *model = from->model;
	const struct stpfin_people *people = model->people;
	const int32_t *year = stpfin_plan__whole(model->plan, "population", "year");
	struct stpfin_drawn_column persons =
		stpfin_drawn_column__of(from->uncertain, "population", "persons");
	struct stpfin_drawn_column weights =
		stpfin_drawn_column__of(from->uncertain, "age_weight", "weight");
	size_t n_persons = people->n_bands * model->n_years;
	size_t n_weights = people->n_sets * people->n_kinds;
	struct stpfin_weights table = {.has_blank = false};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	out->persons = stpfin_model__array(n_persons, sizeof *out->persons);
	out->weight = stpfin_model__array(n_weights, sizeof *out->weight);
	if (out->persons != NULL && out->weight != NULL) {
		status = stpfin_weights__new(
			&table, stpfin_plan__table(model->plan, "age_weight"), model->n_services);
	}
	for (size_t i = 0; i < n_persons && status == STPFIN_OK; i++) {
		out->persons[i] = STPFIN_NO_ROW;
	}
	for (size_t at = persons.first; at < persons.end && status == STPFIN_OK; at++) {
		size_t row = persons.cells[at].row;
		size_t t = (size_t)(year[row] - model->plan->settings.base_year);

		out->persons[find_band(model, row) * model->n_years + t] = at;
	}
	for (size_t i = 0; i < n_weights && status == STPFIN_OK; i++) {
		size_t kind = i % people->n_kinds;
		int32_t service = table.service[i / people->n_kinds];
		size_t row =
			kind + 1 < people->n_kinds && (service >= 0 || table.has_blank)
				? stpfin_weights__row(&table, service, people->sex[kind], people->age[kind])
				: STPFIN_NO_ROW;

		out->weight[i] = row != STPFIN_NO_ROW
							 ? stpfin_drawn_column__cell(&weights, row, STPFIN_EVERY_YEAR)
							 : STPFIN_NO_ROW;
	}
	stpfin_weights__free(&table);
	return status;
}

static bool band_moves(
	const struct sources *from, const struct drawn_people *drawn, size_t set, size_t band)
{
	const struct stpfin_people *people = from->model->people;
	bool any = drawn->weight[set * people->n_kinds + people->kind[band]] != STPFIN_NO_ROW;

	for (size_t t = 0; t < from->model->n_years; t++) {
		any = any || drawn->persons[band * from->model->n_years + t] != STPFIN_NO_ROW;
	}
	return any;
}

static stpfin_status add_use_term(
	struct stpfin_lanes_indices *self, double factor, size_t weight, size_t persons)
{
	struct stpfin_lanes_use_term *terms = stpfin_keys__grown(
		self->use_terms, &self->capacities[USE_TERMS], self->n_use_terms, sizeof *terms);

	if (terms == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->use_terms = terms;
	terms[self->n_use_terms++] = (struct stpfin_lanes_use_term){factor, weight, persons};
	return STPFIN_OK;
}

/* Ends the terms of a year of a moving use, and begins the next. */
static stpfin_status end_use_terms(struct stpfin_lanes_indices *self)
{
	size_t *first = stpfin_keys__grown(self->first_use_term, &self->capacities[FIRST_USE_TERM],
		self->n_first_use_term, sizeof *first);

	if (first == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->first_use_term = first;
	first[self->n_first_use_term++] = self->n_use_terms;
	return STPFIN_OK;
}

/* What those of a band come to in a year as the plan has them. */
static double planned_use(const struct stpfin_model *model, size_t set, size_t band, size_t t)
{
	const struct stpfin_people *people = model->people;

	return people->weight[set * people->n_kinds + people->kind[band]] *
		   people->persons[band * model->n_years + t];
}

/* Adds drawn persons of a weight that is not drawn: to those of the same year that are a multiple
 * of the same cell, if there are any from `first` on. */
static stpfin_status add_persons(
	const struct sources *from, double weight, size_t cell, size_t first)
{
	struct stpfin_lanes_indices *self = from->self;
	double factor = weight * stpfin_uncertain__multiple(from->uncertain, &cell);
	size_t input;
	stpfin_status status = stpfin_inputs__add(from->inputs, cell, 0, &input);

	for (size_t i = first; i < self->n_use_terms && status == STPFIN_OK; i++) {
		if (self->use_terms[i].weight == SIZE_MAX && self->use_terms[i].persons == input) {
			self->use_terms[i].factor += factor;
			return STPFIN_OK;
		}
	}
	return status == STPFIN_OK ? add_use_term(self, factor, SIZE_MAX, input) : status;
}

/* Adds persons of a weight that is drawn. */
static stpfin_status add_weight(
	const struct sources *from, size_t weight_cell, size_t persons_cell, double persons)
{
	size_t weight;
	size_t input = SIZE_MAX;
	stpfin_status status = stpfin_inputs__add(from->inputs, weight_cell, 0, &weight);

	if (status == STPFIN_OK && persons_cell != STPFIN_NO_ROW) {
		status = stpfin_inputs__add(from->inputs, persons_cell, 0, &input);
	}
	return status == STPFIN_OK
			   ? add_use_term(from->self, input != SIZE_MAX ? 1 : persons, weight, input)
			   : status;
}

/* Writes a year of a use that draws move: the bands that they do, and what the others come to. */
static stpfin_status add_use_year(const struct sources *from, const struct drawn_people *drawn,
	size_t set, size_t place, size_t t)
{
	const struct stpfin_model *model = from->model;
	const struct stpfin_people *people = model->people;
	size_t first = from->self->n_use_terms;
	double rest = 0;
	stpfin_status status = STPFIN_OK;

	for (size_t band = people->first[place]; band < people->first[place + 1] && status == STPFIN_OK;
		 band++) {
		size_t weight = set * people->n_kinds + people->kind[band];
		size_t persons = band * model->n_years + t;

		if (drawn->weight[weight] != STPFIN_NO_ROW) {
			status = add_weight(
				from, drawn->weight[weight], drawn->persons[persons], people->persons[persons]);
		} else if (drawn->persons[persons] != STPFIN_NO_ROW) {
			status = add_persons(from, people->weight[weight], drawn->persons[persons], first);
		} else {
			rest += planned_use(model, set, band, t);
		}
	}
	if (status == STPFIN_OK) {
		status = add_use_term(from->self, rest, SIZE_MAX, SIZE_MAX);
	}
	return status == STPFIN_OK ? end_use_terms(from->self) : status;
}

/* Writes the ratios of a use that no draw moves. */
static stpfin_status add_use_ratios(const struct sources *from, size_t set, size_t place)
{
	const struct stpfin_people *people = from->model->people;
	struct stpfin_lanes_indices *self = from->self;
	double base = 0;

	for (size_t t = 0; t < self->n_years; t++) {
		double *ratios = stpfin_keys__grown(
			self->use_ratios, &self->capacities[USE_RATIOS], self->n_use_ratios, sizeof *ratios);
		double sum = 0;

		if (ratios == NULL) {
			return STPFIN_ERROR_MEMORY;
		}
		self->use_ratios = ratios;
		for (size_t band = people->first[place]; band < people->first[place + 1]; band++) {
			sum += planned_use(from->model, set, band, t);
		}
		base = t == 0 ? sum : base;
		ratios[self->n_use_ratios++] = stpfin_formula__demographic(sum, base);
	}
	return STPFIN_OK;
}

static stpfin_status add_use(
	const struct sources *from, const struct drawn_people *drawn, size_t set, size_t place)
{
	const struct stpfin_people *people = from->model->people;
	struct stpfin_lanes_indices *self = from->self;
	struct stpfin_lanes_use *uses =
		stpfin_keys__grown(self->uses, &self->capacities[USES], self->n_uses, sizeof *uses);
	struct stpfin_lanes_use *use;
	bool moves = false;
	stpfin_status status = STPFIN_OK;

	if (uses == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->uses = uses;
	use = &uses[self->n_uses++];
	*use = (struct stpfin_lanes_use){SIZE_MAX, self->n_use_ratios};
	for (size_t band = people->first[place]; band < people->first[place + 1]; band++) {
		moves = moves || band_moves(from, drawn, set, band);
	}
	if (!moves) {
		return add_use_ratios(from, set, place);
	}
	use->moving = self->n_moving_uses++;
	if (use->moving == 0) {
		status = end_use_terms(self);
	}
	for (size_t t = 0; t < self->n_years && status == STPFIN_OK; t++) {
		status = add_use_year(from, drawn, set, place, t);
	}
	return status;
}

static stpfin_status add_part(struct stpfin_lanes_indices *self, double share, size_t of)
{
	struct stpfin_lanes_part *parts =
		stpfin_keys__grown(self->parts, &self->capacities[PARTS], self->n_parts, sizeof *parts);

	if (parts == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->parts = parts;
	parts[self->n_parts++] = (struct stpfin_lanes_part){share, of};
	return STPFIN_OK;
}

/* What classes are found by while they are made. */
struct class_keys {
	struct stpfin_keys uses;    /* set and place */
	struct stpfin_keys classes; /* parts and trends */
	struct stpfin_rates rates;
	struct drawn_people people;
	struct stpfin_drawn_column growth;
};

/* Appends the parts of a demand: its uses, then, each year, the rates of their growth. */
static stpfin_status add_parts(const struct sources *from, struct class_keys *keys, size_t demand,
	struct stpfin_lanes_class *out)
{
	const struct stpfin_model *model = from->model;
	struct stpfin_lanes_indices *self = from->self;
	const double *rate = stpfin_plan__real(model->plan, "activity_growth", "rate");
	size_t flow = model->flow_of_demand[demand];
	size_t buyer = (size_t)model->commissioner[flow];
	int32_t service = model->service[flow];
	size_t set = model->people->set[service];
	double shares = 0;
	stpfin_status status = STPFIN_OK;

	*out = (struct stpfin_lanes_class){.first_use = self->n_parts, .trend = SIZE_MAX};
	for (size_t i = model->first_share[buyer]; i < model->first_share[buyer + 1]; i++) {
		shares += stpfin_model__is_leaf(model, i) ? model->share[i] : 0;
	}
	for (size_t t = 0; t < model->n_years && status == STPFIN_OK; t++) {
		out->first_rate = t == 1 ? self->n_parts : out->first_rate;
		for (size_t i = model->first_share[buyer];
			 i < model->first_share[buyer + 1] && status == STPFIN_OK; i++) {
			size_t place = (size_t)model->share_place[i];
			const int32_t key[] = {
				service, (int32_t)place, model->plan->settings.base_year + (int32_t)t};
			size_t row;
			size_t of = 0;

			if (!stpfin_model__is_leaf(model, i)) {
				continue;
			}
			if (t == 0) {
				out->n++;
				status = stpfin_keys__write(&keys->uses, set);
				if (status == STPFIN_OK) {
					status = stpfin_keys__write(&keys->uses, place);
				}
				if (status == STPFIN_OK) {
					status = stpfin_keys__end(&keys->uses, &of);
				}
				if (status == STPFIN_OK && of == self->n_uses) {
					status = add_use(from, &keys->people, set, place);
				}
				out->moves =
					out->moves || (status == STPFIN_OK && self->uses[of].moving != SIZE_MAX);
			} else {
				row = stpfin_rates__find(&keys->rates, key);
				status = stpfin_inputs__add(from->inputs,
					row != STPFIN_NO_ROW ? stpfin_drawn_column__cell(&keys->growth, row, t)
										 : STPFIN_NO_ROW,
					row != STPFIN_NO_ROW ? rate[row] : 0, &of);
				out->moves =
					out->moves || (status == STPFIN_OK && stpfin_inputs__moves(from->inputs, of));
			}
			if (status == STPFIN_OK) {
				status = add_part(self, model->share[i] / shares, of);
			}
		}
	}
	return status;
}

/* What trends of prevalence make of the growth of a demand: what is in it beside its rates. */
static stpfin_status add_trend(
	const struct sources *from, size_t demand, struct stpfin_lanes_class *out)
{
	const struct stpfin_model *model = from->model;
	struct stpfin_lanes_indices *self = from->self;
	size_t flow = model->flow_of_demand[demand];
	double plain = 1;

	if (model->growth_of_base_people == NULL ||
		model->risks->outcome[model->service[flow]] == SIZE_MAX) {
		return STPFIN_OK;
	}
	out->trend = self->n_trends;
	for (size_t t = 0; t < model->n_years; t++) {
		double *trends = stpfin_keys__grown(
			self->trends, &self->capacities[TRENDS], self->n_trends, sizeof *trends);
		double grown = 0;

		if (trends == NULL) {
			return STPFIN_ERROR_MEMORY;
		}
		self->trends = trends;
		for (size_t i = 0; t > 0 && i < out->n; i++) {
			const struct stpfin_lanes_part *part =
				&self->parts[out->first_rate + (t - 1) * out->n + i];
			const struct stpfin_input *input = &from->inputs->at[part->of];

			grown += part->share * (input->cell != STPFIN_NO_ROW
										   ? from->uncertain->cells[input->cell].central
										   : input->value);
		}
		plain = t > 0 ? stpfin_formula__risen(plain, grown) : 1;
		trends[self->n_trends++] = model->growth[demand * model->n_years + t] / plain;
	}
	return STPFIN_OK;
}

/* Gives a demand its class, which is that of an earlier demand if all of it is alike. */
static stpfin_status add_class(const struct sources *from, struct class_keys *keys, size_t demand)
{
	struct stpfin_lanes_indices *self = from->self;
	struct stpfin_lanes_class *classes = stpfin_keys__grown(
		self->classes, &self->capacities[CLASSES], self->n_classes, sizeof *classes);
	size_t n_parts = self->n_parts;
	size_t n_trends = self->n_trends;
	struct stpfin_lanes_class made;
	stpfin_status status;

	if (classes == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->classes = classes;
	status = add_parts(from, keys, demand, &made);
	if (status == STPFIN_OK) {
		status = add_trend(from, demand, &made);
	}
	for (size_t i = n_parts; i < self->n_parts && status == STPFIN_OK; i++) {
		status = stpfin_keys__write_number(&keys->classes, self->parts[i].share);
		if (status == STPFIN_OK) {
			status = stpfin_keys__write(&keys->classes, self->parts[i].of);
		}
	}
	for (size_t i = n_trends; i < self->n_trends && status == STPFIN_OK; i++) {
		status = stpfin_keys__write_number(&keys->classes, self->trends[i]);
	}
	if (status == STPFIN_OK) {
		status = stpfin_keys__write(&keys->classes, made.trend != SIZE_MAX);
	}
	if (status == STPFIN_OK) {
		status = stpfin_keys__end(&keys->classes, &self->class[demand]);
	}
	if (status == STPFIN_OK && self->class[demand] == self->n_classes) {
		classes[self->n_classes++] = made;
	} else {
		self->n_parts = n_parts;
		self->n_trends = n_trends;
	}
	return status;
}

static stpfin_status compile_classes(const struct sources *from)
{
	struct class_keys keys = {
		.growth = stpfin_drawn_column__of(from->uncertain, "activity_growth", "rate")};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	from->self->class = stpfin_model__array(from->model->n_demands, sizeof *from->self->class);
	if (from->self->class != NULL) {
		status = find_drawn_people(from, &keys.people);
	}
	if (status == STPFIN_OK) {
		status =
			stpfin_rates__new(&keys.rates, stpfin_plan__table(from->model->plan, "activity_growth"),
				stpfin_schema__table("activity_growth"), 0);
	}
	for (size_t demand = 0; demand < from->model->n_demands && status == STPFIN_OK; demand++) {
		status = add_class(from, &keys, demand);
	}
	stpfin_keys__free(&keys.uses);
	stpfin_keys__free(&keys.classes);
	stpfin_rates__free(&keys.rates);
	free(keys.people.persons);
	free(keys.people.weight);
	return status;
}

stpfin_status stpfin_lanes_indices__new(struct stpfin_lanes_indices *self,
	const struct stpfin_model *model, const struct stpfin_uncertain *uncertain,
	struct stpfin_inputs *inputs)
{
	const struct sources from = {self, model, uncertain, inputs};
	stpfin_status status;

	*self =
		(struct stpfin_lanes_indices){.n_years = model->n_years, .n_services = model->n_services};
	status = compile_inflation(&from);
	if (status == STPFIN_OK) {
		status = compile_tariff(&from);
	}
	return status == STPFIN_OK ? compile_classes(&from) : status;
}
