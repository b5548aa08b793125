#include "libstpfin/model/formulas.h"
#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/lanes_indices.h"

/* What a filling takes in. */
struct filling {
	const struct stpfin_lanes_indices *self;
	struct stpfin_lanes_index_work *work;
	const struct stpfin_inputs *inputs;
	const double *constants;
	const double *cells;
};

STPFIN_INLINED const double *lanes_of(const struct filling *from, size_t input)
{
	return stpfin_inputs__lanes(from->inputs, from->constants, from->cells, input);
}

STPFIN_INLINED void fill(double *restrict lanes, double value)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		lanes[i] = value;
	}
}

STPFIN_INLINED void add_share(double *restrict sum, double share, const double *of)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		sum[i] += share * of[i];
	}
}

/* Adds a product of two inputs, of which the first is mostly the same in every lane. */
STPFIN_INLINED void add_product(
	double *restrict sum, const struct filling *from, const struct stpfin_lanes_product *product)
{
	const double *second = lanes_of(from, product->second);

	if (stpfin_inputs__moves(from->inputs, product->first)) {
		const double *first = lanes_of(from, product->first);

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			sum[i] += first[i] * second[i];
		}
	} else {
		add_share(sum, from->inputs->at[product->first].value, second);
	}
}

STPFIN_INLINED void fill_service(const struct filling *from, size_t service)
{
	const struct stpfin_lanes_indices *self = from->self;
	double *inflation = from->work->inflation + service * self->n_years * STPFIN_LANES;
	double *price = from->work->price + service * self->n_years * STPFIN_LANES;

	fill(inflation, 1);
	fill(price, 1);
	for (size_t t = 1; t < self->n_years; t++) {
		const struct stpfin_lanes_product *tariff = &self->tariff[service * self->n_years + t];
		size_t mix = self->mix[service] * self->n_years + t;
		const double *before = price + (t - 1) * STPFIN_LANES;
		double step[STPFIN_LANES] = {0};

		for (size_t at = self->first_mix[mix]; at < self->first_mix[mix + 1]; at++) {
			add_product(step, from, &self->mix_products[at]);
		}
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			inflation[t * STPFIN_LANES + i] =
				stpfin_formula__risen(inflation[(t - 1) * STPFIN_LANES + i], step[i]);
		}
		if (tariff->first != SIZE_MAX) {
			const double *uplift = lanes_of(from, tariff->first);
			const double *efficiency = lanes_of(from, tariff->second);

			for (size_t i = 0; i < STPFIN_LANES; i++) {
				price[t * STPFIN_LANES + i] =
					stpfin_formula__repriced(before[i], uplift[i], efficiency[i]);
			}
		} else {
			for (size_t i = 0; i < STPFIN_LANES; i++) {
				price[t * STPFIN_LANES + i] = stpfin_formula__risen(before[i], step[i]);
			}
		}
	}
}

STPFIN_INLINED void add_use_term(
	double *restrict sum, const struct filling *from, const struct stpfin_lanes_use_term *term)
{
	if (term->weight != SIZE_MAX && term->persons != SIZE_MAX) {
		const double *weight = lanes_of(from, term->weight);
		const double *persons = lanes_of(from, term->persons);

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			sum[i] += weight[i] * persons[i];
		}
	} else if (term->weight != SIZE_MAX || term->persons != SIZE_MAX) {
		add_share(sum, term->factor,
			lanes_of(from, term->weight != SIZE_MAX ? term->weight : term->persons));
	} else {
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			sum[i] += term->factor;
		}
	}
}

STPFIN_INLINED void fill_use(const struct filling *from, const struct stpfin_lanes_use *use)
{
	const struct stpfin_lanes_indices *self = from->self;
	const size_t *first = self->first_use_term + use->moving * self->n_years;
	double *ratio = from->work->use + use->moving * self->n_years * STPFIN_LANES;
	double base[STPFIN_LANES] = {0};

	for (size_t t = 0; t < self->n_years; t++) {
		double sum[STPFIN_LANES] = {0};

		for (size_t i = first[t]; i < first[t + 1]; i++) {
			add_use_term(sum, from, &self->use_terms[i]);
		}
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			base[i] = t == 0 ? sum[i] : base[i];
			ratio[t * STPFIN_LANES + i] = stpfin_formula__demographic(sum[i], base[i]);
		}
	}
}

/* Adds a share of a use in a year. */
STPFIN_INLINED void add_use_share(double *restrict sum, const struct filling *from,
	const struct stpfin_lanes_part *part, size_t t)
{
	const struct stpfin_lanes_use *use = &from->self->uses[part->of];

	if (use->moving == SIZE_MAX) {
		double share = part->share * from->self->use_ratios[use->first + t];

		for (size_t i = 0; i < STPFIN_LANES; i++) {
			sum[i] += share;
		}
	} else {
		add_share(sum, part->share,
			from->work->use + (use->moving * from->self->n_years + t) * STPFIN_LANES);
	}
}

STPFIN_INLINED void fill_class(const struct filling *from, size_t number)
{
	const struct stpfin_lanes_indices *self = from->self;
	const struct stpfin_lanes_class *class = &self->classes[number];
	double *index =
		from->work->index + (number - from->work->first_class) * self->n_years * STPFIN_LANES;
	double growth[STPFIN_LANES];

	fill(growth, 1);
	for (size_t t = 0; t < self->n_years; t++) {
		double trend = class->trend != SIZE_MAX ? self->trends[class->trend + t] : 1;
		double population[STPFIN_LANES] = {0};
		double grown[STPFIN_LANES] = {0};

		for (size_t i = 0; i < class->n && t > 0; i++) {
			const struct stpfin_lanes_part *rate =
				&self->parts[class->first_rate + (t - 1) * class->n + i];

			add_use_share(population, from, &self->parts[class->first_use + i], t);
			add_share(grown, rate->share, lanes_of(from, rate->of));
		}
		if (t == 0) {
			fill(population, 1);
		}
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			growth[i] = stpfin_formula__risen(growth[i], grown[i]);
			index[t * STPFIN_LANES + i] = population[i] * (growth[i] * trend);
		}
	}
}

STPFIN_CLONES static void fill_all(const struct filling *from, bool all)
{
	const struct stpfin_lanes_indices *self = from->self;

	for (size_t i = 0; i < self->n_services; i++) {
		if (all || self->inflation_moves[i] || self->price_moves[i]) {
			fill_service(from, i);
		}
	}
	for (size_t i = 0; i < self->n_uses; i++) {
		if (self->uses[i].moving != SIZE_MAX) {
			fill_use(from, &self->uses[i]);
		}
	}
}

STPFIN_CLONES static void fill_classes(const struct filling *from, size_t end)
{
	for (size_t i = from->work->first_class; i < end; i++) {
		fill_class(from, i);
	}
}

void stpfin_lanes_indices__fill(const struct stpfin_lanes_indices *self,
	struct stpfin_lanes_index_work *work, const struct stpfin_inputs *inputs,
	const double *constants, const double *cells, bool all)
{
	const struct filling from = {self, work, inputs, constants, cells};

	fill_all(&from, all);
}

void stpfin_lanes_indices__fill_classes(const struct stpfin_lanes_indices *self,
	struct stpfin_lanes_index_work *work, const struct stpfin_inputs *inputs,
	const double *constants, const double *cells, size_t first, size_t end)
{
	const struct filling from = {self, work, inputs, constants, cells};

	work->first_class = first;
	fill_classes(&from, end);
}
