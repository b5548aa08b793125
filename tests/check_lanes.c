#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/model/result.h"
#include "libstpfin/simulate/lanes.h"
#include "libstpfin/table/table.h"
#include "tests/plans.h"

/* Random plans are written as CSV, each number of them through figure(): the first time as the plan
 * stands, choosing what is drawn, and then again for each draw with its values. Projections of the
 * latter are what lanes have to give. */

enum { END_YEAR = 2019, N_YEARS = END_YEAR - BASE_YEAR + 1, N_DRAWS = 3 };
enum { FOOTPRINTS = 3, BUYERS = 3, SELLERS = 3, SERVICES = 4, SCHEMES = 5 };
enum { MOST_CELLS = 2000, TEXT = 60000, TABLES = 40 };

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* What a plan is made of. */
struct features {
	double drawn;     /* the share of numbers that are drawn */
	const char *only; /* the table whose numbers are drawn; NULL: all */
	bool prevents;
	bool improves;
	bool unit_costs_given;
};

/* A plan that is written. */
struct writing {
	const struct features *features;
	uint64_t state;
	struct stpfin_drawn_cell cells[MOST_CELLS];
	double values[MOST_CELLS * STPFIN_LANES];
	size_t n_cells;
	size_t lane; /* SIZE_MAX: as the plan stands */
	struct csv tables[TABLES + 1];
	size_t n_tables;
	char text[TEXT];
	size_t used;
	const char *table;
	size_t row;
};

static double uniform(struct writing *self, double low, double high)
{
	return low + (high - low) * (double)(next(&self->state) >> 11) / 0x1p53;
}

static size_t one_of(struct writing *self, size_t n)
{
	return (size_t)(next(&self->state) >> 33) % n;
}

static void print(struct writing *self, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	self->used += (size_t)vsnprintf(
		self->text + self->used, sizeof self->text - self->used, format, arguments);
	va_end(arguments);
	ck_assert_uint_lt(self->used, sizeof self->text);
}

static void begin(struct writing *self, const char *table, const char *header)
{
	self->used++;
	self->tables[self->n_tables++] = (struct csv){table, self->text + self->used};
	ck_assert_uint_le(self->n_tables, TABLES);
	self->table = table;
	self->row = 0;
	print(self, "%s\n", header);
}

static void end_row(struct writing *self)
{
	print(self, "\n");
	self->row++;
}

static size_t find_cell(struct writing *self, size_t table, size_t column, size_t row, size_t year)
{
	size_t i = 0;

	while (
		i < self->n_cells && !(self->cells[i].table == table && self->cells[i].column == column &&
								 self->cells[i].row == row && self->cells[i].year == year)) {
		i++;
	}
	return i;
}

/* The value of a number between two others in a year (STPFIN_EVERY_YEAR): the plan's, or a draw's.
 */
static double figure_in(
	struct writing *self, const char *column, double value, double low, double high, size_t year)
{
	const struct stpfin_table_schema *schema = stpfin_schema__table(self->table);
	size_t table = stpfin_plan__table_place(self->table);
	size_t number = (size_t)(stpfin_schema__column(schema, column) - schema->columns);
	size_t i = find_cell(self, table, number, self->row, year);
	bool may = self->features->only == NULL || strcmp(self->features->only, self->table) == 0;
	bool chosen = uniform(self, 0, 1) < self->features->drawn && may;
	double drawn[N_DRAWS];

	for (size_t draw = 0; draw < N_DRAWS; draw++) {
		drawn[draw] = uniform(self, low, high);
	}
	if (self->lane != SIZE_MAX) {
		return i < self->n_cells ? self->values[i * STPFIN_LANES + self->lane] : value;
	}
	if (chosen) {
		ck_assert_uint_lt(self->n_cells, MOST_CELLS);
		self->cells[i] = (struct stpfin_drawn_cell){table, number, self->row, year, false, value};
		for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
			self->values[i * STPFIN_LANES + lane] = drawn[lane % N_DRAWS];
		}
		self->n_cells++;
	}
	return value;
}

static void figure(struct writing *self, const char *column, double low, double high)
{
	double value = uniform(self, low, high);

	print(self, ",%.17g", figure_in(self, column, value, low, high, STPFIN_EVERY_YEAR));
}

/* A number, or now and then a blank. */
static void figure_or_blank(struct writing *self, const char *column, double low, double high)
{
	if (one_of(self, 3) == 0) {
		print(self, ",");
	} else {
		figure(self, column, low, high);
	}
}

static void write_places(struct writing *self)
{
	begin(self, "footprint", "footprint,name,parent");
	print(self, "R,Region,\nF0,Fen,R\nF1,Moor,R\nF2,Coast,\n");
	begin(self, "organisation", "organisation,name,kind");
	print(self, "C0,C,commissioner\nC1,C,commissioner\nC2,C,council\n");
	print(self, "T0,T,provider\nT1,T,provider\nT2,T,provider\nO,O,outside\nB,B,board\n");
	begin(self, "membership", "organisation,footprint,share");
	print(self, "C0,F0,1\nC1,F1,0.6\nC1,F2,0.3\nC2,F0,0.5\nC2,F1,0.5\n");
	print(self, "T0,F0,1\nT1,F0,0.25\nT1,F1,0.75\nT2,F2,1\n");
	begin(self, "population", "footprint,year,age,persons");
	for (size_t i = 0; i < FOOTPRINTS * N_YEARS * 2; i++) {
		print(self, "F%zu,%zu,%zu", i / 2 / N_YEARS, BASE_YEAR + i / 2 % N_YEARS, i % 2 * 65);
		figure(self, "persons", 1000, 1500);
		end_row(self);
	}
	begin(self, "age_weight", "service,age,weight");
	for (size_t i = 0; i < 4; i++) {
		print(self, "%s,%zu", i < 2 ? "S1" : "", i % 2 * 65);
		figure(self, "weight", 1, 3);
		end_row(self);
	}
}

static void write_services(struct writing *self)
{
	static const char *const settings[] = {"acute", "community", "primary", "social"};

	begin(self, "service",
		"service,name,setting,unit,variable_share,semi_fixed_share,semi_fixed_lag");
	for (size_t i = 0; i < SERVICES; i++) {
		print(self, "S%zu,S,%s,spell", i, settings[i]);
		figure_or_blank(self, "variable_share", 0, 0.5);
		figure(self, "semi_fixed_share", 0, 0.5);
		print(self, ",%zu", 1 + i % 3);
		end_row(self);
	}
	begin(self, "flow",
		"commissioner,provider,service,activity,income,cost,marginal_rate,marginal_rate_below");
	for (size_t i = 0; i < 40; i++) {
		size_t seller = one_of(self, SELLERS + 1);
		/* A provider that buys does not buy everything, so that no mean unit cost may be asked of
		 * it. */
		size_t buyers = self->features->unit_costs_given ? BUYERS + 1 : BUYERS;
		size_t buyer = i < SERVICES * BUYERS ? i % BUYERS : one_of(self, buyers);

		if (buyer == BUYERS) {
			print(self, "T0,");
		} else {
			print(self, "C%zu,", buyer);
		}
		if (seller == SELLERS) {
			print(self, "O,");
		} else {
			print(self, "T%zu,", seller);
		}
		print(self, "S%zu", i < SERVICES * BUYERS ? i / BUYERS : one_of(self, SERVICES));
		figure(self, "activity", 10, 100);
		figure(self, "income", 1e5, 1e6);
		if (seller == SELLERS) {
			print(self, ",");
		} else {
			figure_or_blank(self, "cost", 1e5, 1e6);
		}
		if (one_of(self, 2) == 0) {
			print(self, ",0.7,1");
		} else {
			figure_or_blank(self, "marginal_rate", 0, 1.5);
			figure_or_blank(self, "marginal_rate_below", 0, 1.5);
		}
		end_row(self);
	}
}

/* A row without a year whose rate is drawn by year, which for a draw is a row each year: no other
 * row fits where it does better than it or less well than those. */
static void write_by_year(
	struct writing *self, const char *keys, const char *column, double low, double high)
{
	double value = uniform(self, low, high);
	bool by_year = self->features->drawn > 0 && one_of(self, 2) == 0;

	if (!by_year) {
		print(self, "%s,,%.17g\n", keys,
			figure_in(self, column, value, low, high, STPFIN_EVERY_YEAR));
		self->row++;
		return;
	}
	for (size_t t = 1; t < N_YEARS; t++) {
		double in_year = figure_in(self, column, value, low, high, t);

		if (self->lane != SIZE_MAX) {
			print(self, "%s,%zu,%.17g\n", keys, BASE_YEAR + t, in_year);
		}
	}
	if (self->lane == SIZE_MAX) {
		print(self, "%s,,%.17g\n", keys, value);
	}
	self->row++;
}

/* What the share of a mix before leaves, drawn where that is. */
static void write_rest_of_mix(struct writing *self)
{
	size_t table = stpfin_plan__table_place("cost_mix");
	size_t before = find_cell(self, table, 2, 0, STPFIN_EVERY_YEAR);
	size_t at = find_cell(self, table, 2, 1, STPFIN_EVERY_YEAR);
	double share = strtod(strrchr(self->text + self->used - 24, ',') + 1, NULL);

	if (self->lane == SIZE_MAX && before < self->n_cells) {
		self->cells[at] = self->cells[before];
		self->cells[at].row = 1;
		self->cells[at].central = 1 - self->cells[before].central;
		for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
			self->values[at * STPFIN_LANES + lane] = 1 - self->values[before * STPFIN_LANES + lane];
		}
		self->n_cells++;
	}
	print(self, "S0,drugs,%.17g\n", 1 - share);
	self->row++;
}

static void write_rates(struct writing *self)
{
	begin(self, "activity_growth", "service,footprint,year,rate");
	write_by_year(self, "S0,F0", "rate", -0.02, 0.05);
	write_by_year(self, "S1,F0", "rate", -0.02, 0.05);
	write_by_year(self, "S0,F1", "rate", -0.02, 0.05);
	for (size_t t = 1; t < N_YEARS; t++) {
		print(self, ",,%zu", BASE_YEAR + t);
		figure(self, "rate", -0.05, 0.03);
		end_row(self);
	}
	begin(self, "inflation", "component,year,rate");
	write_by_year(self, "pay", "rate", 0, 0.04);
	write_by_year(self, "drugs", "rate", 0, 0.06);
	begin(self, "cost_mix", "service,component,share");
	print(self, "S0,pay");
	figure(self, "share", 0.4, 0.8);
	end_row(self);
	write_rest_of_mix(self);
	print(self, "S2,pay,1\n,drugs,1\n");
	begin(self, "tariff", "service,year,uplift,efficiency");
	for (size_t t = 1; t < N_YEARS; t++) {
		print(self, "S%zu,%zu", t % 2, BASE_YEAR + t);
		figure(self, "uplift", 0, 0.03);
		figure(self, "efficiency", 0, 0.04);
		end_row(self);
	}
	begin(self, "deflator", "year,index");
	for (size_t t = 0; t < N_YEARS; t++) {
		print(self, "%zu", BASE_YEAR + t);
		figure(self, "index", 90, 110);
		end_row(self);
	}
}

static void write_amounts(struct writing *self)
{
	static const char *const receives[] = {"C0", "C1", "C2", "T0"};

	begin(self, "funding", "organisation,stream,year,amount");
	for (size_t i = 0; i < 4 * N_YEARS; i++) {
		print(self, "%s,grant,%zu", receives[i / N_YEARS], BASE_YEAR + i % N_YEARS);
		figure(self, "amount", 1e6, 3e6);
		end_row(self);
	}
	begin(self, "transfer", "from_organisation,to_organisation,name,year,amount");
	for (size_t t = 0; t < N_YEARS; t++) {
		print(self, "C0,C2,pool,%zu", BASE_YEAR + t);
		figure(self, "amount", 1e4, 1e5);
		end_row(self);
	}
	begin(self, "pressure", "organisation,name,year,amount");
	for (size_t t = 1; t < N_YEARS; t++) {
		print(self, "%s,seven days,%zu", receives[t % 4], BASE_YEAR + t);
		figure(self, "amount", 1e4, 1e5);
		end_row(self);
	}
	begin(self, "fund", "fund,year,amount,kind");
	print(self, "stf,2016,1e6,revenue\nstf,2017,1e6,revenue\ncap,2016,1e6,capital\n");
	begin(self, "award", "fund,organisation,year,amount,scenario");
	for (size_t i = 0; i < 4; i++) {
		print(self, "%s,%s,%zu", i == 3 ? "cap" : "stf", receives[i], 2016 + i % 2 * (i < 3));
		figure(self, "amount", 1e4, 1e5);
		print(self, ",%s", i == 1 ? "all" : "");
		end_row(self);
	}
}

static void write_timing(struct writing *self)
{
	static const char *const ramps[] = {"", "linear", "s_curve", "annual"};
	size_t start = BASE_YEAR + 1 + one_of(self, 2);
	size_t full = start + one_of(self, 3);

	print(self, ",%zu,%zu,", start, full);
	if (one_of(self, 4) == 0) {
		print(self, "%zu", full + one_of(self, 2));
	}
	print(self, ",%s", ramps[one_of(self, 4)]);
}

/* Who an effect is on: a commissioner or all, a provider or all. */
static void write_reach(struct writing *self, size_t scheme)
{
	print(self, "X%zu,", scheme);
	if (one_of(self, 2) == 0) {
		print(self, "C%zu", one_of(self, BUYERS));
	}
	print(self, ",");
	if (one_of(self, 3) == 0) {
		print(self, one_of(self, 4) == 0 ? "O" : "T%zu", one_of(self, SELLERS));
	}
}

static void write_effects(struct writing *self)
{
	begin(self, "activity_effect",
		"scheme,commissioner,provider,service,reduction,to_service,to_provider,substitution,"
		"unit_cost,start_year,full_year,last_year,ramp");
	for (size_t i = 0; i < 12; i++) {
		bool shifts = i % 2 == 0;

		write_reach(self, i % SCHEMES);
		print(self, ",S%zu", one_of(self, SERVICES));
		figure(self, "reduction", shifts ? 0.01 : -0.1, 0.2);
		if (shifts) {
			print(self, one_of(self, 3) == 0 ? ",S%zu,O" : ",S%zu,T1", one_of(self, SERVICES));
			figure_or_blank(self, "substitution", 0.5, 1.5);
			if (self->features->unit_costs_given) {
				figure(self, "unit_cost", 1e3, 1e4);
			} else {
				figure_or_blank(self, "unit_cost", 1e3, 1e4);
			}
		} else {
			print(self, ",,,,");
		}
		write_timing(self);
		end_row(self);
	}
	begin(self, "efficiency_effect",
		"scheme,commissioner,provider,service,saving,stay_reduction,start_year,full_year,last_year,"
		"ramp");
	for (size_t i = 0; i < 7; i++) {
		write_reach(self, i % SCHEMES);
		if (one_of(self, 2) == 0) {
			print(self, ",S%zu", one_of(self, SERVICES));
		} else {
			print(self, ",");
		}
		figure_or_blank(self, "saving", -0.02, 0.1);
		figure(self, "stay_reduction", 0, 0.1);
		write_timing(self);
		end_row(self);
	}
}

static void write_schemes(struct writing *self)
{
	begin(self, "scheme", "scheme,name,workstream,aim,owner");
	for (size_t i = 0; i < SCHEMES; i++) {
		print(self, "X%zu,X,W%zu,funding,C0\n", i, i % 3);
	}
	write_effects(self);
	begin(self, "scheme_cost", "scheme,organisation,year,kind,amount,asset_life");
	for (size_t i = 0; i < 10; i++) {
		bool is_capital = i % 3 == 2;

		print(self, "X%zu,%s,%zu,%s", i % SCHEMES, i % 2 ? "C1" : "T0",
			is_capital ? 2011 + i : 2015 + i % 4,
			is_capital   ? "capital"
			: i % 3 == 1 ? "transition"
						 : "recurrent");
		figure(self, "amount", -1e4, 1e5);
		print(self, is_capital ? ",%zu" : ",", 2 + i);
		end_row(self);
	}
	begin(self, "scenario", "scenario,scheme,scale,delay");
	for (size_t i = 0; i < 2 * SCHEMES; i++) {
		print(self, "%s,X%zu", i < SCHEMES ? "all" : "some", i % SCHEMES);
		if (i == SCHEMES + 1) {
			print(self, ",0"); /* never */
		} else {
			figure_or_blank(self, "scale", 0, 2);
		}
		print(self, ",%s", i % 4 == 1 ? "1" : "");
		end_row(self);
	}
	if (self->features->prevents) {
		begin(self, "risk", "risk,name,trend");
		print(self, "smoking,Smoking,-0.02\n");
		begin(self, "prevalence", "footprint,risk,prevalence");
		print(self, "F0,smoking,0.2\nF1,smoking,0.3\nF2,smoking,0.1\n");
		begin(self, "relative_risk", "risk,outcome,rr");
		print(self, "smoking,S0,2\nsmoking,S1,1.5\n");
		begin(self, "prevention_effect", "scheme,footprint,risk,reduction,start_year,full_year");
		print(self, "X1,,smoking,0.2,2016,2018\nX3,F1,smoking,0.1,2017,2017\n");
	}
	if (self->features->improves) {
		begin(self, "indicator", "indicator,name,aim,unit,direction,kind,multiplier");
		print(self, "wait,Waiting,quality,%%,higher,proportion,100\n");
		begin(self, "indicator_value", "footprint,indicator,year,numerator,denominator");
		print(self, "F0,wait,2015,80,100\nF1,wait,2015,85,100\nF2,wait,2014,70,100\n");
		begin(self, "indicator_effect", "scheme,indicator,change,start_year,full_year");
		print(self, "X0,wait,3,2016,2018\nX2,wait,4,2017,2017\n");
		begin(self, "indicator_cost", "indicator,service,activity_per_unit");
		print(self, "wait,S0,2\n");
	}
}

static stpfin_plan *write_plan(
	struct writing *self, const struct features *features, uint64_t seed, size_t lane)
{
	self->features = features;
	self->state = seed;
	self->lane = lane;
	self->used = 0;
	self->n_tables = 0;
	self->n_cells = lane == SIZE_MAX ? 0 : self->n_cells;
	write_places(self);
	write_services(self);
	write_rates(self);
	write_amounts(self);
	write_schemes(self);
	self->tables[self->n_tables] = (struct csv){NULL, NULL};
	return plan_of(BASE_YEAR, END_YEAR, self->tables);
}

static int compare_cells(const void *a, const void *b)
{
	const struct stpfin_drawn_cell *x = a;
	const struct stpfin_drawn_cell *y = b;
	const size_t keys[][2] = {
		{x->table, y->table}, {x->column, y->column}, {x->row, y->row}, {x->year, y->year}};

	for (size_t i = 0; i < 4; i++) {
		if (keys[i][0] != keys[i][1]) {
			return keys[i][0] < keys[i][1] ? -1 : 1;
		}
	}
	return 0;
}

/* Puts the cells in their order, and their values with them. */
static void sort_cells(struct writing *self, struct stpfin_drawn_cell *sorted, double *values)
{
	memcpy(sorted, self->cells, self->n_cells * sizeof *sorted);
	qsort(sorted, self->n_cells, sizeof *sorted, compare_cells);
	for (size_t i = 0; i < self->n_cells; i++) {
		size_t from = 0;

		while (compare_cells(&self->cells[from], &sorted[i]) != 0) {
			from++;
		}
		memcpy(values + i * STPFIN_LANES, self->values + from * STPFIN_LANES,
			STPFIN_LANES * sizeof *values);
	}
}

static const char *const scenarios[] = {"all", "some"};
enum { OUTCOMES = 3 };

/* The columns asked for; of a bridge, that of both scenarios. */
static const struct asked {
	const char *result;
	const char *column;
} asked[] = {
	{"funding_gap", "cost"},
	{"funding_gap", "income"},
	{"funding_gap", "gap"},
	{"funding_gap", "gap_per_head"},
	{"position", "cost"},
	{"position", "income"},
	{"position", "gap"},
	{"spending", "amount"},
	{"bridge", "amount"},
};

enum { ASKED = sizeof asked / sizeof *asked, MOST_FIGURES = 20000 };

/* How plans are asked. */
struct question {
	stpfin_prices prices;
	stpfin_bridge_by by;
	stpfin_bridge_method method;
};

/* The results of a plan, whose rows are compared. */
struct results {
	stpfin_table *tables[ASKED];
	stpfin_table *bridges[OUTCOMES];
};

static void find_results(const stpfin_plan *plan, const struct question *how, struct results *out)
{
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_projection *projection;

	options.scenarios = scenarios;
	options.n_scenarios = OUTCOMES - 1;
	options.prices = how->prices;
	ck_assert_msg(
		stpfin_project(plan, &options, &projection) == STPFIN_OK, "%s", stpfin_last_error());
	for (size_t i = 0; i + 1 < ASKED; i++) {
		ck_assert_int_eq(
			stpfin_projection_get_table(projection, asked[i].result, NULL, NULL, &out->tables[i]),
			STPFIN_OK);
	}
	stpfin_projection_free(projection);
	out->tables[ASKED - 1] = NULL;
	out->bridges[0] = NULL;
	for (size_t i = 1; i < OUTCOMES; i++) {
		stpfin_bridge_options bridge = STPFIN_BRIDGE_OPTIONS_INIT;

		bridge.by = how->by;
		bridge.method = how->method;
		bridge.scenario = scenarios[i - 1];
		ck_assert_int_eq(stpfin_bridge(plan, &bridge, &out->bridges[i], NULL), STPFIN_OK);
	}
}

static void free_results(struct results *self)
{
	for (size_t i = 0; i < ASKED; i++) {
		stpfin_table_free(self->tables[i]);
	}
	for (size_t i = 0; i < OUTCOMES; i++) {
		stpfin_table_free(self->bridges[i]);
	}
}

static const stpfin_table *table_asked(const struct results *results, size_t i, size_t outcome)
{
	return i + 1 < ASKED ? results->tables[i] : results->bridges[outcome];
}

static size_t rows_of(const struct results *results, size_t i, size_t outcome)
{
	const stpfin_table *table = table_asked(results, i, outcome);

	return table == NULL ? 0 : stpfin_table_rows(table) / (i + 1 < ASKED ? OUTCOMES : 1);
}

static double expected(const struct results *results, size_t i, size_t outcome, size_t row)
{
	size_t first = i + 1 < ASKED ? outcome * rows_of(results, i, outcome) : 0;

	return stpfin_table__named(table_asked(results, i, outcome), asked[i].column)
		->real[first + row];
}

/* The largest total in the table of a figure, for a bridge in that of funding gaps. */
static double largest(const struct results *results, size_t i, size_t row)
{
	const stpfin_table *table = results->tables[i + 1 < ASKED ? i : 0];
	const char *const columns[] = {"cost", "income", "amount"};
	double total = 1;

	for (size_t c = 0; c < 3; c++) {
		const struct stpfin_column *column = stpfin_table__named(table, columns[c]);

		for (size_t at = row % N_YEARS; column != NULL && at < stpfin_table_rows(table);
			 at += N_YEARS) {
			bool is_here =
				strcmp(asked[i].result, "position") != 0 || at % rows_of(results, i, 0) == row;

			total = is_here ? fmax(total, fabs(column->real[at])) : total;
		}
	}
	return total;
}

/* Asks for every figure. */
static size_t ask(const struct results *central, struct stpfin_figure *figures)
{
	size_t n_results;
	const char *const *results = stpfin_projection_results(&n_results);
	size_t n = 0;

	for (size_t i = 0; i < ASKED; i++) {
		const struct stpfin_table_schema *schema = stpfin_schema__result(asked[i].result);
		size_t result = 0;

		while (result < n_results && strcmp(results[result], asked[i].result) != 0) {
			result++;
		}
		for (size_t outcome = 0; outcome < OUTCOMES; outcome++) {
			for (size_t row = 0; row < rows_of(central, i, outcome); row++) {
				ck_assert_uint_lt(n, MOST_FIGURES);
				figures[n++] = (struct stpfin_figure){.measure = i,
					.result = result,
					.column =
						(size_t)(stpfin_schema__column(schema, asked[i].column) - schema->columns),
					.outcome = outcome,
					.row = row};
			}
		}
	}
	return n;
}

/* What is compiled of a plan. */
struct compiled {
	struct stpfin_model *model;
	struct stpfin_scenario *scenarios[OUTCOMES];
	const struct stpfin_uncertain *uncertain;
	const struct stpfin_request *request;
};

/* Whether sums are in the same order whatever else is asked for: an organisation's, that no bridge
 * leads to. */
static bool keeps_its_order(const struct stpfin_figure *figure)
{
	return figure->outcome == 0 && strcmp(asked[figure->measure].result, "position") == 0;
}

/* Expects a figure that is asked for alone to be the same, but for the order of its sums, and to
 * have the same bits in whatever lane and beside whatever others. */
static void expect_same_alone(const struct compiled *of, const struct stpfin_figure *figure,
	const double *values, double expected)
{
	static double moved[MOST_CELLS * STPFIN_LANES];
	double given[STPFIN_LANES];
	double first;
	bool handled;
	struct stpfin_lanes *lanes;
	struct stpfin_lanes_work *work;

	memset(moved, 0, sizeof moved);
	for (size_t i = 0; i < of->uncertain->n_cells; i++) {
		moved[i * STPFIN_LANES + 29] = values[i * STPFIN_LANES];
	}
	ck_assert_int_eq(stpfin_lanes__new(of->model, of->scenarios, OUTCOMES, of->uncertain,
						 of->request, figure, 1, &handled, &lanes),
		STPFIN_OK);
	ck_assert_int_eq(stpfin_lanes_work__new(lanes, &work), STPFIN_OK);
	stpfin_lanes__project(lanes, work, moved, STPFIN_LANES, given, NULL);
	first = given[29];
	ck_assert_msg(handled && ((isnan(expected) && isnan(first)) || first == expected ||
								 (!keeps_its_order(figure) && fabs(first - expected) <= 1e-6)),
		"%s.%s, row %zu alone is %.17g, not %.17g", asked[figure->measure].result,
		asked[figure->measure].column, figure->row, first, expected);
	for (size_t i = 0; i < of->uncertain->n_cells * STPFIN_LANES; i++) {
		moved[i] = values[i / STPFIN_LANES * STPFIN_LANES];
	}
	stpfin_lanes__project(lanes, work, moved, STPFIN_LANES, given, NULL);
	for (size_t lane = 0; lane < STPFIN_LANES; lane++) {
		ck_assert_msg(given[lane] == first || (isnan(given[lane]) && isnan(first)),
			"%s.%s, row %zu is %.17g in lane %zu, not %.17g", asked[figure->measure].result,
			asked[figure->measure].column, figure->row, given[lane], lane, first);
	}
	stpfin_lanes_work__free(work);
	stpfin_lanes__free(lanes);
}

/* Compares what lanes give with projections. Returns how many figures they did not give, and how
 * many there are. */
static size_t compare(struct writing *writing, const struct features *features,
	const struct question *how, uint64_t seed, size_t *out_n)
{
	static struct stpfin_figure figures[MOST_FIGURES];
	static bool handled[MOST_FIGURES];
	static struct stpfin_drawn_cell cells[MOST_CELLS];
	static double values[MOST_CELLS * STPFIN_LANES];
	static double given[MOST_FIGURES * STPFIN_LANES];
	const struct stpfin_request request = {
		.prices = how->prices, .by = how->by, .method = how->method};
	stpfin_plan *plan = write_plan(writing, features, seed, SIZE_MAX);
	struct stpfin_uncertain uncertain = {.n_cells = writing->n_cells, .cells = cells};
	struct compiled of = {.scenarios = {NULL}, .uncertain = &uncertain, .request = &request};
	struct stpfin_lanes *lanes;
	struct stpfin_lanes_work *work;
	struct results results;
	uint64_t clipped = 0;
	size_t n;
	size_t n_missing = 0;

	sort_cells(writing, cells, values);
	find_results(plan, how, &results);
	n = ask(&results, figures);
	free_results(&results);
	ck_assert_int_eq(stpfin_model__new(plan, &of.model), STPFIN_OK);
	for (size_t i = 1; i < OUTCOMES; i++) {
		ck_assert_int_eq(
			stpfin_scenario__new(of.model, scenarios[i - 1], &of.scenarios[i]), STPFIN_OK);
	}
	ck_assert_int_eq(stpfin_lanes__new(of.model, of.scenarios, OUTCOMES, &uncertain, &request,
						 figures, n, handled, &lanes),
		STPFIN_OK);
	if (lanes != NULL) {
		ck_assert_int_eq(stpfin_lanes_work__new(lanes, &work), STPFIN_OK);
		stpfin_lanes__project(lanes, work, values, N_DRAWS, given, &clipped);
		stpfin_lanes_work__free(work);
	}
	for (size_t i = 0; i < n; i++) {
		n_missing += !handled[i];
	}
	for (size_t lane = 0; lane < N_DRAWS && lanes != NULL; lane++) {
		stpfin_plan *drawn = write_plan(writing, features, seed, lane);

		find_results(drawn, how, &results);
		for (size_t i = 0; i < n; i++) {
			const struct stpfin_figure *f = &figures[i];
			double is = given[i * STPFIN_LANES + lane];
			double should = expected(&results, f->measure, f->outcome, f->row);

			ck_assert_msg(!handled[i] || (isnan(is) && isnan(should)) ||
							  fabs(is - should) <= 1e-12 * largest(&results, f->measure, f->row),
				"seed %d, %s: %s.%s of outcome %zu, row %zu, draw %zu is %.17g, not %.17g",
				(int)seed, features->only != NULL ? features->only : "all",
				asked[f->measure].result, asked[f->measure].column, f->outcome, f->row, lane, is,
				should);
		}
		free_results(&results);
		stpfin_plan_free(drawn);
	}
	for (size_t i = seed % 97; i < n && lanes != NULL; i += 397) {
		if (handled[i]) {
			expect_same_alone(&of, &figures[i], values, given[i * STPFIN_LANES]);
		}
	}
	stpfin_lanes__free(lanes);
	for (size_t i = 0; i < OUTCOMES; i++) {
		stpfin_scenario__free(of.scenarios[i]);
	}
	stpfin_model__free(of.model);
	stpfin_plan_free(plan);
	*out_n = n;
	return n_missing;
}

static struct writing writing;

/* Each table by itself. */
START_TEST(test_tables)
{
	static const char *const tables[] = {"population", "age_weight", "service", "flow",
		"activity_growth", "inflation", "cost_mix", "tariff", "funding", "transfer", "pressure",
		"deflator", "activity_effect", "efficiency_effect", "scheme_cost", "scenario", "award"};
	size_t n;
	const struct question how = {
		STPFIN_PRICES_CASH, STPFIN_BRIDGE_BY_WORKSTREAM, STPFIN_BRIDGE_SHAPLEY};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		const struct features features = {
			.drawn = 0.5, .only = tables[i], .unit_costs_given = i % 2 == 0};

		ck_assert_uint_eq(compare(&writing, &features, &how, 1000 + i, &n), 0);
	}
}
END_TEST

START_TEST(test_random_plans)
{
	size_t n;

	for (uint64_t seed = 1; seed <= 20; seed++) {
		const struct features features = {.drawn = 0.3, .unit_costs_given = seed % 3 != 0};
		const struct question how = {seed % 4 == 0 ? STPFIN_PRICES_REAL : STPFIN_PRICES_CASH,
			seed % 2 == 0 ? STPFIN_BRIDGE_BY_SCHEME : STPFIN_BRIDGE_BY_WORKSTREAM,
			seed % 3 == 0 ? STPFIN_BRIDGE_SEQUENTIAL : STPFIN_BRIDGE_SHAPLEY};

		ck_assert_int_eq(compare(&writing, &features, &how, seed, &n) == 0, seed % 4 != 0);
	}
}
END_TEST

/* Prevention and charges for quality, of which nothing is drawn. */
START_TEST(test_other_gaps)
{
	static const char *const tables[] = {"activity_growth", "inflation", "tariff", "funding",
		"scheme_cost", "activity_effect", "efficiency_effect", "service"};
	const size_t n = sizeof tables / sizeof *tables;
	size_t n_figures;

	for (size_t i = 0; i < 2 * n; i++) {
		const struct features features = {.drawn = 0.5,
			.only = tables[i % n],
			.prevents = true,
			.improves = i >= n,
			.unit_costs_given = true};
		const struct question how = {STPFIN_PRICES_CASH,
			i % 2 == 0 ? STPFIN_BRIDGE_BY_SCHEME : STPFIN_BRIDGE_BY_WORKSTREAM,
			i % 3 == 0 ? STPFIN_BRIDGE_SEQUENTIAL : STPFIN_BRIDGE_SHAPLEY};

		ck_assert_uint_eq(compare(&writing, &features, &how, 2000 + i, &n_figures), 0);
	}
}
END_TEST

/* What is drawn in one table goes the long way where it meets another: nothing is handled wrongly,
 * and what has nothing to do with it still is. */
START_TEST(test_what_goes_the_long_way)
{
	static const char *const tables[] = {"population", "flow", "scenario"};

	for (size_t i = 0; i < 3; i++) {
		const struct features features = {
			.drawn = 0.5, .only = tables[i], .prevents = i != 1, .improves = true};
		const struct question how = {
			STPFIN_PRICES_CASH, STPFIN_BRIDGE_BY_SCHEME, STPFIN_BRIDGE_SEQUENTIAL};
		size_t n;
		size_t n_missing = compare(&writing, &features, &how, 3000 + i, &n);

		ck_assert_uint_gt(n_missing, 0);
		ck_assert_int_eq(n_missing == n, i == 0);
	}
}
END_TEST

/* Two services, of which a scheme takes one away, moves the other and saves in both. */
static stpfin_plan *plan_of_sizes(const char *sizes, const char *savings, const char *scale)
{
	char effects[400];
	char efficiencies[200];
	char chosen[100];

	snprintf(effects, sizeof effects,
		"scheme,service,reduction,to_service,to_provider,unit_cost,start_year\n%s", sizes);
	snprintf(efficiencies, sizeof efficiencies,
		"scheme,saving,stay_reduction,start_year\nX,%s,2016\n", savings);
	snprintf(chosen, sizeof chosen, "scenario,scheme,scale\nall,X,%s\nsome,X,0\n", scale);
	return PLAN(2017,
		{"service", "service,name,setting,unit\nE,E,acute,spell\nH,H,community,contact\n"},
		{"flow", "commissioner,provider,service,activity,income,cost\nC,T,E,100,1000,1100\n"
				 "C,T,H,50,300,280\n"},
		{"scheme", "scheme,name,workstream,aim,owner\nX,X,W,funding,C\n"},
		{"activity_effect", effects}, {"efficiency_effect", efficiencies}, {"scenario", chosen});
}

/* A size that the scale brings out of its range is clipped, and counted in every scenario. */
START_TEST(test_clipped)
{
	const double scale[STPFIN_LANES] = {3, 1, 2, 5};
	struct stpfin_drawn_cell cell = {
		stpfin_plan__table_place("scenario"), 2, 0, STPFIN_EVERY_YEAR, false, 1};
	const struct stpfin_uncertain uncertain = {.n_cells = 1, .cells = &cell};
	const struct stpfin_request request = {.prices = STPFIN_PRICES_CASH};
	stpfin_plan *plan = plan_of_sizes("X,E,0.5,,,,2016\nX,H,0.4,E,T,20,2016\n", "0.2,0.6", "1");
	stpfin_plan *clipped_plan = plan_of_sizes("X,E,1,,,,2016\nX,H,1,E,T,20,2016\n", "0.6,1", "1");
	stpfin_table *expected_gaps = result_in(clipped_plan, "all", "position");
	struct stpfin_figure figures[2] = {{.outcome = 1, .row = 1}, {.outcome = 1, .row = 4}};
	size_t n_results;
	const char *const *results = stpfin_projection_results(&n_results);
	const struct stpfin_table_schema *schema = stpfin_schema__result("position");
	double given[2 * STPFIN_LANES];
	bool handled[2];
	uint64_t clipped = 10;
	struct stpfin_model *model;
	struct stpfin_scenario *compiled[2] = {NULL};
	struct stpfin_lanes *lanes;
	struct stpfin_lanes_work *work;

	for (size_t i = 0; i < 2; i++) {
		while (strcmp(results[figures[i].result], "position") != 0) {
			figures[i].result++;
		}
		figures[i].column = (size_t)(stpfin_schema__column(schema, "gap") - schema->columns);
	}
	ck_assert_int_eq(stpfin_model__new(plan, &model), STPFIN_OK);
	ck_assert_int_eq(stpfin_scenario__new(model, "all", &compiled[1]), STPFIN_OK);
	ck_assert_int_eq(
		stpfin_lanes__new(model, compiled, 2, &uncertain, &request, figures, 2, handled, &lanes),
		STPFIN_OK);
	ck_assert(handled[0] && handled[1]);
	ck_assert_int_eq(stpfin_lanes_work__new(lanes, &work), STPFIN_OK);
	stpfin_lanes__project(lanes, work, scale, 3, given, &clipped);
	ck_assert_uint_eq(clipped, 10 + 3 + 0 + 1);
	EXPECT(given[0], value(expected_gaps, "scenario=all;organisation=C;year=2016", "gap"));
	EXPECT(
		given[STPFIN_LANES], value(expected_gaps, "scenario=all;organisation=T;year=2016", "gap"));
	stpfin_lanes__project(lanes, work, scale, 1, given, NULL);
	EXPECT(given[0], value(expected_gaps, "scenario=all;organisation=C;year=2016", "gap"));
	stpfin_lanes_work__free(work);
	stpfin_lanes__free(lanes);
	stpfin_scenario__free(compiled[1]);
	stpfin_model__free(model);
	stpfin_table_free(expected_gaps);
	stpfin_plan_free(plan);
	stpfin_plan_free(clipped_plan);
}
END_TEST

/* A plan of which no care is bought. */
START_TEST(test_without_care)
{
	const double amount[STPFIN_LANES] = {70, 80};
	struct stpfin_drawn_cell cell = {
		stpfin_plan__table_place("funding"), 3, 1, STPFIN_EVERY_YEAR, false, 60};
	const struct stpfin_uncertain uncertain = {.n_cells = 1, .cells = &cell};
	const struct stpfin_request request = {.prices = STPFIN_PRICES_CASH};
	stpfin_plan *plan = PLAN(
		2016, {"funding", "organisation,stream,year,amount\nC,grant,2015,50\nC,grant,2016,60\n"});
	const struct stpfin_table_schema *schema = stpfin_schema__result("funding_gap");
	/* The row of everybody in the first place in the second year, asked for twice. */
	const struct stpfin_figure figure = {
		.row = 9, .column = (size_t)(stpfin_schema__column(schema, "gap") - schema->columns)};
	const struct stpfin_figure figures[] = {figure, figure};
	double given[2 * STPFIN_LANES];
	bool handled[2];
	struct stpfin_scenario *nothing = NULL;
	struct stpfin_model *model;
	struct stpfin_lanes *lanes;
	struct stpfin_lanes_work *work;

	ck_assert_int_eq(stpfin_model__new(plan, &model), STPFIN_OK);
	ck_assert_int_eq(
		stpfin_lanes__new(model, &nothing, 1, &uncertain, &request, figures, 2, handled, &lanes),
		STPFIN_OK);
	ck_assert_int_eq(stpfin_lanes_work__new(lanes, &work), STPFIN_OK);
	stpfin_lanes__project(lanes, work, amount, 2, given, NULL);
	for (size_t i = 0; i < 2; i++) {
		EXPECT(given[i * STPFIN_LANES], -70);
		EXPECT(given[i * STPFIN_LANES + 1], -80);
	}
	stpfin_lanes_work__free(work);
	stpfin_lanes__free(lanes);
	stpfin_lanes_work__free(NULL);
	stpfin_lanes__free(NULL);
	stpfin_model__free(model);
	stpfin_plan_free(plan);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {test_tables, test_random_plans, test_other_gaps,
		test_what_goes_the_long_way, test_clipped, test_without_care, NULL};

	return run_tests("lanes", tests);
}
