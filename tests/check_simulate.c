#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "libstpfin/simulate/spread.h"
#include "libstpfin/simulate/trial.h"
#include "libstpfin/table/threads.h"
#include "stpfin/simulate.h"
#include "tests/plans.h"

enum { MOST_MEASURES = 128, MEASURE_SIZE = 64, SEED = 20161021 };

/* Every figure of every result of a projection, and the bridge. */
struct measures {
	char texts[MOST_MEASURES][MEASURE_SIZE];
	const char *at[MOST_MEASURES];
	size_t n;
};

static void add_measure(struct measures *self, const char *text)
{
	ck_assert_uint_lt(self->n, MOST_MEASURES);
	snprintf(self->texts[self->n], MEASURE_SIZE, "%s", text);
	self->at[self->n] = self->texts[self->n];
	self->n++;
}

static void add_result(struct measures *self, const char *result)
{
	const struct stpfin_table_schema *schema = stpfin_schema__result(result);

	for (size_t i = 0; i < schema->n_columns; i++) {
		const struct stpfin_column_schema *column = &schema->columns[i];
		char text[MEASURE_SIZE];

		if (!column->key &&
			(column->cell == STPFIN_CELL_NUMBER || column->cell == STPFIN_CELL_YEAR)) {
			snprintf(text, sizeof text, "%s.%s", result, column->name);
			add_measure(self, text);
		}
	}
}

/* Of the results that have rows in the plan. */
static void find_measures(struct measures *self, const stpfin_plan *plan, bool with_bridge)
{
	size_t n;
	const char *const *results = stpfin_projection_results(&n);

	self->n = 0;
	for (size_t i = 0; i < n; i++) {
		stpfin_table *table = result_in(plan, "plan", results[i]);

		if (stpfin_table_rows(table) > 0) {
			add_result(self, results[i]);
		}
		stpfin_table_free(table);
	}
	add_measure(self, "funding_gap.gap[component=nhs]");
	if (with_bridge) {
		add_measure(self, "bridge.amount");
	}
}

static stpfin_simulation *simulate(const stpfin_plan *plan, const stpfin_simulate_options *options)
{
	stpfin_simulation *simulation;

	ck_assert_msg(
		stpfin_simulate(plan, options, &simulation) == STPFIN_OK, "%s", stpfin_last_error());
	return simulation;
}

static stpfin_table *table_in(const stpfin_simulation *simulation, const char *name)
{
	stpfin_table *table;

	ck_assert_msg(stpfin_simulation_get_table(simulation, name, &table) == STPFIN_OK, "%s",
		stpfin_last_error());
	return table;
}

/* A plan of everything, with figures that are uncertain. */
static stpfin_plan *uncertain_plan(const char *uncertainty)
{
	stpfin_plan *plan = plan_of(2015, 2016, everything);
	stpfin_plan *uncertain = with_table(plan, "uncertainty", uncertainty);

	stpfin_plan_free(plan);
	return uncertain;
}

#define UNCERTAINTY "parameter,table,column,select,mode,distribution,p1,p2,p3,path\n"

/* Of every kind of table, so little that a plan with what is drawn is still legal. */
static const char mild[] =
	UNCERTAINTY "activity,flow,activity,,factor,normal,1,0.1,,\n"
				"income,flow,income,service=E,factor,normal,1,0.05,,\n"
				"cost,flow,cost,,add,normal,0,2,,\n"
				"marginal,flow,marginal_rate,,value,uniform,0.5,0.9,,\n"
				"shares,membership,share,,factor,uniform,0.8,1,,\n"
				"stay,service,length_of_stay,service=E,value,triangular,2,3,5,\n"
				"fixed,service,semi_fixed_share,,factor,uniform,0.5,1.5,,\n"
				"nurses,staffing,wte_per_1000,,factor,lognormal,1,0.1,,\n"
				"beds,supply,amount,,factor,normal,1,0.1,,\n"
				"people,population,persons,,factor,normal,1,0.02,,yearly\n"
				"weight,age_weight,weight,,value,gamma,2,0.3,,\n"
				"growth,activity_growth,rate,,add,normal,0,0.01,,walk\n"
				"pay,inflation,rate,component=pay,value,interval80,0.01,0.03,,yearly\n"
				"allocation,funding,amount,,factor,normal,1,0.01,,walk\n"
				"moved,transfer,amount,,factor,normal,1,0.1,,\n"
				"prices,deflator,index,year=2016,factor,normal,1,0.01,,\n"
				"reduction,activity_effect,reduction,scheme=S2,factor,pert,0.5,1,1.2,\n"
				"induced,activity_effect,substitution,,factor,uniform,1,1.4,,\n"
				"unit,activity_effect,unit_cost,,add,normal,0,0.5,,\n"
				"saving,efficiency_effect,saving,,value,beta,0.1,0.03,,\n"
				"shorter,efficiency_effect,stay_reduction,,factor,normal,1,0.2,,\n"
				"spent,scheme_cost,amount,,factor,normal,1,0.2,,\n"
				"life,scheme_cost,asset_life,,add,uniform,-2,9,,\n"
				"scale,scenario,scale,scheme=S13,factor,uniform,0.5,1,,\n"
				"later,scenario,delay,scheme=S6,add,uniform,0,1,,\n"
				"awarded,award,amount,,factor,normal,1,0.1,,\n"
				"deaths,mortality,deaths,,factor,normal,1,0.05,,\n"
				"dying,mortality_trend,rate,,add,normal,0,0.01,,\n"
				"health,mortality,good_health,,factor,uniform,0.8,1.05,,\n"
				"years,deprivation,value,,add,normal,0,1,,\n"
				"smokers,prevalence,prevalence,,factor,normal,1,0.1,,\n"
				"harm,relative_risk,rr,,factor,normal,1,0.1,,\n"
				"quitting,risk,trend,,add,normal,0,0.02,,\n"
				"stopped,prevention_effect,reduction,,factor,uniform,0.5,1.5,,\n"
				"seen,indicator_value,numerator,indicator=waits,factor,uniform,0.8,1.05,,\n"
				"aim,indicator,target,,factor,normal,1,0.01,,\n"
				"worse,indicator_trend,change,,add,normal,0,0.5,,\n"
				"better,indicator_effect,change,,factor,normal,1,0.2,,\n"
				"taken,indicator_cost,activity_per_unit,,factor,normal,1,0.2,,\n";

/* A copy of a table of the plan, with all values as they are. */
static stpfin_table *copy_of(const stpfin_table *table)
{
	stpfin_table *copy;

	ck_assert_int_eq(stpfin_table__new(stpfin_table_name(table), &copy), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__add_rows(copy, stpfin_table_rows(table)), STPFIN_OK);
	for (size_t i = 0; i < stpfin_table_columns(table); i++) {
		ck_assert_int_eq(
			stpfin_table__copy_column(copy, stpfin_table__column(table, i)), STPFIN_OK);
	}
	return copy;
}

/* The row of the keys of another, but of a year; the number of rows if there is none. */
static size_t find_year(const stpfin_table *table, size_t row, int32_t year)
{
	const struct stpfin_table_schema *schema = stpfin_schema__table(stpfin_table_name(table));

	for (size_t other = 0; other < stpfin_table_rows(table); other++) {
		bool is_same = true;

		for (size_t i = 0; i < schema->n_columns; i++) {
			const int32_t *whole = stpfin_table__column(table, i)->whole;

			if (schema->columns[i].key) {
				is_same = is_same &&
						  whole[other] ==
							  (schema->columns[i].cell == STPFIN_CELL_YEAR ? year : whole[row]);
			}
		}
		if (is_same) {
			return other;
		}
	}
	return stpfin_table_rows(table);
}

/* Gives a row with a blank year one for a year, unless the plan has one, which holds anyway. */
static void add_year(
	stpfin_table *table, size_t n_rows, const struct stpfin_drawn_cell *cell, double value)
{
	int32_t year = BASE_YEAR + (int32_t)cell->year;
	size_t row = find_year(table, cell->row, year);
	bool is_new = row == stpfin_table_rows(table);

	if (row < n_rows) {
		return;
	}
	if (is_new) {
		ck_assert_int_eq(stpfin_table__add_row(table), STPFIN_OK);
	}
	for (size_t i = 0; is_new && i < stpfin_table_columns(table); i++) {
		struct stpfin_column *column = stpfin_table__column(table, i);

		if (column->type == STPFIN_DOUBLE) {
			column->real[row] = column->real[cell->row];
		} else {
			column->whole[row] = column->whole[cell->row];
		}
	}
	stpfin_table__named(table, "year")->whole[row] = year;
	stpfin_table__column(table, cell->column)->real[row] = value;
}

/* The plan with one lane's values written into its tables, checked like any other. */
static stpfin_plan *written(
	const stpfin_plan *plan, const struct stpfin_uncertain *uncertain, const double *cells)
{
	stpfin_plan *result = NULL;

	for (size_t i = 0; i < uncertain->n_cells;) {
		size_t place = uncertain->cells[i].table;
		stpfin_table *table = copy_of(plan->tables[place]);
		stpfin_plan *changed;

		for (; i < uncertain->n_cells && uncertain->cells[i].table == place; i++) {
			const struct stpfin_drawn_cell *cell = &uncertain->cells[i];
			struct stpfin_column *column = stpfin_table__column(table, cell->column);

			if (cell->year != STPFIN_EVERY_YEAR) {
				add_year(table, stpfin_plan__rows(plan, stpfin_table_name(table)), cell,
					cells[i * STPFIN_LANES]);
			} else if (cell->is_whole) {
				column->whole[cell->row] = (int32_t)cells[i * STPFIN_LANES];
			} else {
				column->real[cell->row] = cells[i * STPFIN_LANES];
			}
		}
		ck_assert_msg(
			stpfin_plan_replace(result != NULL ? result : plan, table, NULL, &changed) == STPFIN_OK,
			"%s", stpfin_last_error());
		stpfin_table_free(table);
		stpfin_plan_free(result);
		result = changed;
	}
	return result;
}

/* The results of a plan in two scenarios. */
struct results {
	stpfin_table *tables[16];
	size_t n;
};

static const char *const two_scenarios[] = {"plan", "some"};

static struct results project(const stpfin_plan *plan, stpfin_prices prices)
{
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	struct results results = {{NULL}, 0};
	const char *const *names = stpfin_projection_results(&results.n);
	stpfin_projection *projection;

	options.prices = prices;
	options.scenarios = two_scenarios;
	options.n_scenarios = 2;
	ck_assert_msg(
		stpfin_project(plan, &options, &projection) == STPFIN_OK, "%s", stpfin_last_error());
	for (size_t i = 0; i < results.n; i++) {
		ck_assert_msg(stpfin_projection_get_table(
						  projection, names[i], NULL, NULL, &results.tables[i]) == STPFIN_OK,
			"%s", stpfin_last_error());
	}
	stpfin_projection_free(projection);
	return results;
}

static void free_results(struct results *self)
{
	for (size_t i = 0; i < self->n; i++) {
		stpfin_table_free(self->tables[i]);
	}
}

/* The row of a table that has the keys of a row of another; SIZE_MAX where there is none. */
static size_t same_row(const stpfin_table *table, const stpfin_table *other, size_t row)
{
	const struct stpfin_table_schema *schema = stpfin_schema__result(stpfin_table_name(table));

	for (size_t found = 0; found < stpfin_table_rows(table); found++) {
		bool is_same = true;

		for (size_t i = 0; i < schema->n_columns && is_same; i++) {
			char buffer[32], other_buffer[32];

			is_same =
				!schema->columns[i].key ||
				strcmp(stpfin_column__format(stpfin_table__column(table, i), found, buffer),
					stpfin_column__format(stpfin_table__column(other, i), row, other_buffer)) == 0;
		}
		if (is_same) {
			return found;
		}
	}
	return SIZE_MAX;
}

/* Compares the figures of one lane with a projection of the plan written with its cells, whose rows
 * may be fewer than those of the plan as it stands. */
static void expect_projection(const struct stpfin_trial *trial, const struct results *central,
	const struct results *now, const double *figures)
{
	for (size_t i = 0; i < trial->n_figures; i++) {
		const struct stpfin_figure *figure = &trial->figures[i];
		const stpfin_table *before = central->tables[figure->result];
		const struct stpfin_column *column =
			stpfin_table__column(now->tables[figure->result], figure->column);
		const char *scenario = stpfin_dictionary__text(trial->scenarios, figure->scenario);
		double expected = (double)NAN;
		size_t row = 0;
		char what[192];

		while (strcmp(cell(before, row, "scenario"), scenario) != 0) {
			row++;
		}
		row = same_row(now->tables[figure->result], before, row + figure->row);
		if (row != SIZE_MAX && column->type == STPFIN_DOUBLE) {
			expected = column->real[row];
		} else if (row != SIZE_MAX && column->whole[row] != STPFIN_MISSING_INT32) {
			expected = column->whole[row];
		}
		snprintf(what, sizeof what, "%s of %s in %d, %s",
			stpfin_dictionary__text(trial->measures, (int32_t)figure->measure),
			stpfin_dictionary__text(trial->places, figure->place), (int)figure->year, scenario);
		expect_near(figures[i * STPFIN_LANES], expected, what, __FILE__, __LINE__);
	}
}

static void expect_each_draw_to_be_a_projection(
	const stpfin_plan *plan, size_t n_draws, stpfin_prices prices)
{
	static struct measures measures;
	struct stpfin_request request = {two_scenarios, 2, measures.at, 0, prices,
		STPFIN_BRIDGE_BY_SCHEME, STPFIN_BRIDGE_SEQUENTIAL};
	struct results central = project(plan, prices);
	struct stpfin_trial *trial;
	struct stpfin_trial_work *work;
	const struct stpfin_uncertain *uncertain;
	double *normals, *quantities, *cells, *figures;
	uint64_t clipped = 0;

	find_measures(&measures, plan, false);
	request.n_measures = measures.n;
	ck_assert_msg(
		stpfin_trial__new(plan, &request, &trial) == STPFIN_OK, "%s", stpfin_last_error());
	ck_assert_int_eq(stpfin_trial_work__new(trial, &work), STPFIN_OK);
	uncertain = trial->uncertain;
	normals = calloc(uncertain->n_dimensions, STPFIN_LANES * sizeof *normals);
	quantities = calloc(uncertain->n_dimensions, STPFIN_LANES * sizeof *quantities);
	cells = calloc(uncertain->n_cells, STPFIN_LANES * sizeof *cells);
	figures = calloc(trial->n_figures, STPFIN_LANES * sizeof *figures);
	stpfin_uncertain__normals(uncertain, SEED, 0, normals);
	stpfin_uncertain__quantities(uncertain, normals, quantities);
	stpfin_uncertain__cells(
		uncertain, quantities, STPFIN_EVERY_PARAMETER, n_draws, cells, &clipped);
	ck_assert_msg(stpfin_trial__project(
					  trial, work, cells, n_draws, figures, STPFIN_LANES, &clipped) == STPFIN_OK,
		"%s", stpfin_last_error());
	for (size_t lane = 0; lane < n_draws; lane++) {
		stpfin_plan *changed = written(plan, uncertain, cells + lane);
		struct results now = project(changed, prices);

		expect_projection(trial, &central, &now, figures + lane);
		free_results(&now);
		stpfin_plan_free(changed);
	}
	free_results(&central);
	free(normals);
	free(quantities);
	free(cells);
	free(figures);
	stpfin_trial_work__free(work);
	stpfin_trial__free(trial);
}

START_TEST(a_draw_is_a_projection_of_the_plan_with_what_was_drawn)
{
	stpfin_plan *plan = uncertain_plan(mild);

	expect_each_draw_to_be_a_projection(plan, 6, STPFIN_PRICES_CASH);
	expect_each_draw_to_be_a_projection(plan, 3, STPFIN_PRICES_REAL);
	stpfin_plan_free(plan);
}
END_TEST

/* Years enough for paths: rows with and without years, for one service and for all. */
static const struct csv paths[] = {
	{"service", "service,name,setting,unit\nE,Emergency,acute,spell\nP,Planned,acute,spell\n"},
	{"flow", "commissioner,provider,service,activity,income\nC,T,E,10,100\nC,T,P,20,90\n"
			 "C,O,E,3,5\n"},
	{"supply", "organisation,resource,year,amount\nT,bed,,4\n"},
	{"staffing", "service,staff_group,wte_per_1000\nE,nurse,5\n"},
	{"activity_growth", "service,year,rate\nE,,0.01\n,2017,0.05\nP,2018,0.02\n"},
	{"inflation", "component,year,rate\npay,,0.02\ndrugs,,0.03\ndrugs,2017,0.09\n"},
	{"cost_mix", "service,component,share\n,pay,0.7\n,drugs,0.3\n"},
	{"tariff", "service,year,uplift,efficiency\n,,0.02,0.01\nP,2018,0.01,0.02\n"},
	{"scheme", "scheme,name,workstream,aim,owner\nS,a,w,funding,C\nU,b,w,funding,C\n"},
	{"activity_effect", "scheme,service,reduction,start_year,full_year\nS,E,0.1,2016,2018\n"},
	{"efficiency_effect", "scheme,saving,start_year\nU,0.02,2017\n"},
	{"scenario", "scenario,scheme\nplan,S\nplan,U\nsome,U\n"},
	{"uncertainty", UNCERTAINTY "growth,activity_growth,rate,service=E,add,normal,0,0.02,,walk\n"
								"pay,inflation,rate,component=pay,value,normal,0.02,0.01,,yearly\n"
								"drugs,inflation,rate,,factor,lognormal,1,0.2,,walk\n"
								"uplift,tariff,uplift,,add,normal,0,0.005,,yearly\n"
								"efficiency,tariff,efficiency,,factor,uniform,0.5,1.5,,walk\n"
								"beds,supply,amount,,factor,normal,1,0.1,,yearly\n"
								"start,activity_effect,full_year,,add,uniform,-2,3,,\n"},
	{NULL, NULL},
};

START_TEST(a_draw_by_year_of_a_row_without_a_year_is_a_row_a_year)
{
	stpfin_plan *plan = plan_of(2015, 2019, paths);

	expect_each_draw_to_be_a_projection(plan, 20, STPFIN_PRICES_CASH);
	stpfin_plan_free(plan);
}
END_TEST

static stpfin_simulate_options options_of(const char *const *scenarios, size_t n)
{
	stpfin_simulate_options options = STPFIN_SIMULATE_OPTIONS_INIT;

	options.scenarios = scenarios;
	options.n_scenarios = n;
	options.draws = 100;
	options.seed = SEED;
	return options;
}

static void expect_same(const stpfin_simulation *a, const stpfin_simulation *b)
{
	static const char *const names[] = {"simulation", "draws"};
	stpfin_simulation_summary of_a = STPFIN_SIMULATION_SUMMARY_INIT;
	stpfin_simulation_summary of_b = STPFIN_SIMULATION_SUMMARY_INIT;

	for (size_t i = 0; i < 2; i++) {
		stpfin_table *first = table_in(a, names[i]);
		stpfin_table *second = table_in(b, names[i]);

		ck_assert(stpfin_table_equal(first, second));
		stpfin_table_free(first);
		stpfin_table_free(second);
	}
	ck_assert_int_eq(stpfin_simulation_get_summary(a, &of_a), STPFIN_OK);
	ck_assert_int_eq(stpfin_simulation_get_summary(b, &of_b), STPFIN_OK);
	ck_assert_uint_eq(of_a.clipped, of_b.clipped);
	ck_assert_uint_eq(of_a.cells, of_b.cells);
	ck_assert_uint_eq(of_a.first, of_b.first);
	ck_assert_uint_eq(of_a.end, of_b.end);
}

START_TEST(neither_threads_nor_pieces_change_a_bit)
{
	static const char *const scenarios[] = {"plan", "plan-some"};
	static const struct {
		size_t first, end, threads;
	} pieces[] = {{45, 46, 1}, {0, 45, 3}, {46, 0, 2}};
	stpfin_plan *plan = uncertain_plan(mild);
	stpfin_simulate_options options = options_of(scenarios, 2);
	stpfin_simulation *made[3];
	stpfin_simulation *whole, *threaded, *joined, *restored;
	const double *draws;
	size_t n_figures, n_draws;
	stpfin_simulation_summary summary = STPFIN_SIMULATION_SUMMARY_INIT;

	whole = simulate(plan, &options);
	options.threads = 4;
	threaded = simulate(plan, &options);
	expect_same(whole, threaded);
	for (size_t i = 0; i < 3; i++) {
		options.first = pieces[i].first;
		options.end = pieces[i].end;
		options.threads = pieces[i].threads;
		made[i] = simulate(plan, &options);
	}
	ck_assert_msg(
		stpfin_simulation_join((const stpfin_simulation *const *)made, 3, &joined) == STPFIN_OK,
		"%s", stpfin_last_error());
	expect_same(whole, joined);

	ck_assert_int_eq(stpfin_simulation_get_draws(whole, &draws, &n_figures, &n_draws), STPFIN_OK);
	ck_assert_uint_eq(n_draws, 100);
	ck_assert_int_eq(stpfin_simulation_get_summary(whole, &summary), STPFIN_OK);
	options.first = options.end = 0;
	ck_assert_msg(stpfin_simulation_restore(plan, &options, draws, n_figures * n_draws,
					  summary.clipped, &restored) == STPFIN_OK,
		"%s", stpfin_last_error());
	expect_same(whole, restored);

	stpfin_simulation_free(whole);
	stpfin_simulation_free(threaded);
	stpfin_simulation_free(joined);
	stpfin_simulation_free(restored);
	for (size_t i = 0; i < 3; i++) {
		stpfin_simulation_free(made[i]);
	}
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(pieces_that_do_not_fit_are_refused)
{
	static const char *const scenarios[] = {"plan"};
	static const char *const measures[] = {"position.gap"};
	stpfin_plan *plan = uncertain_plan(mild);
	stpfin_plan *other = uncertain_plan(UNCERTAINTY "x,flow,income,,factor,normal,1,0.05,,\n");
	stpfin_simulate_options options = options_of(scenarios, 1);
	stpfin_simulation *first, *second, *joined;
	const double nothing = 0;

	options.end = 50;
	first = simulate(plan, &options);

#define EXPECT_REFUSED(of_plan, words)                                                             \
	second = simulate(of_plan, &options);                                                          \
	expect_error(                                                                                  \
		stpfin_simulation_join((const stpfin_simulation *const[]){second, first}, 2, &joined),     \
		STPFIN_ERROR_ARGUMENT, words);                                                             \
	ck_assert_ptr_null(joined);                                                                    \
	stpfin_simulation_free(second)

	options.first = 49;
	options.end = 0;
	EXPECT_REFUSED(plan, "draws 0 to before 50 and 49 to before 100 overlap");
	options.first = 51;
	EXPECT_REFUSED(plan, "gap between draws 0 to before 50 and 51 to before 100");
	options.first = 50;
	EXPECT_REFUSED(other, "the plan differs");
	options.seed++;
	EXPECT_REFUSED(plan, "the seed differs");
	options.seed--;
	options.draws = 101;
	EXPECT_REFUSED(plan, "the draws of the whole differ");
	options.draws = 100;
	options.n_scenarios = 0;
	EXPECT_REFUSED(plan, "the scenarios differ");
	options.n_scenarios = 1;
	options.measures = measures;
	options.n_measures = 1;
	EXPECT_REFUSED(plan, "the measures differ");
	options.n_measures = 0;
	options.prices = STPFIN_PRICES_REAL;
	EXPECT_REFUSED(plan, "the prices differ");
	options.prices = STPFIN_PRICES_CASH;
	options.by = STPFIN_BRIDGE_BY_WORKSTREAM;
	EXPECT_REFUSED(plan, "the steps of a bridge differ");
	expect_error(stpfin_simulation_join(NULL, 0, &joined), STPFIN_ERROR_ARGUMENT, "no pieces");
	expect_error(stpfin_simulation_restore(plan, &options, &nothing, 1, 0, &joined),
		STPFIN_ERROR_ARGUMENT, "1 draws are given of");

	stpfin_simulation_free(first);
	stpfin_plan_free(plan);
	stpfin_plan_free(other);
}
END_TEST

/* A draw of England's funding gap in the last year. */
static double drawn_gap(const stpfin_table *draws, const char *scenario, int draw)
{
	char where[160];

	snprintf(where, sizeof where,
		"scenario=%s;measure=funding_gap.gap;place=England;year=2016;draw=%d", scenario, draw);
	return value(draws, where, "value");
}

/* The sum of the steps of a bridge to England's gap in the last year, in a draw, that are between
 * the first and last; the two themselves into out_start and out_end. */
static double sum_steps(
	const stpfin_table *draws, const char *scenario, int draw, double *out_start, double *out_end)
{
	static const char bridge[] = "bridge.amount[";
	char where[160];
	double steps = 0;

	*out_start = *out_end = (double)NAN;
	for (size_t row = 0; row < stpfin_table_rows(draws); row++) {
		const char *measure = cell(draws, row, "measure");
		double amount = stpfin_table__named(draws, "value")->real[row];

		snprintf(where, sizeof where, "%d", draw);
		if (strncmp(measure, bridge, strlen(bridge)) != 0 ||
			strcmp(cell(draws, row, "scenario"), scenario) != 0 ||
			strcmp(cell(draws, row, "place"), "England") != 0 ||
			strcmp(cell(draws, row, "year"), "2016") != 0 ||
			strcmp(cell(draws, row, "draw"), where) != 0) {
			continue;
		}
		if (strstr(measure, "group=start]") != NULL) {
			*out_start = amount;
		} else if (strstr(measure, "group=end]") != NULL) {
			*out_end = amount;
		} else {
			steps += amount;
		}
	}
	return steps;
}

START_TEST(a_difference_is_that_of_each_draw_and_a_bridge_sums)
{
	static const char *const scenarios[] = {"plan-some", "plan", "some", "plan-do_nothing"};
	static const char *const measures[] = {"funding_gap.gap", "bridge.amount"};
	stpfin_plan *plan = uncertain_plan(mild);
	stpfin_simulate_options options = options_of(scenarios, 4);

	options.measures = measures;
	options.n_measures = 2;
	options.draws = 9;
	for (int kind = 0; kind < 4; kind++) {
		stpfin_simulation *simulation;
		stpfin_table *draws, *spread;

		options.by = kind == 3 ? STPFIN_BRIDGE_BY_DRIVER : (stpfin_bridge_by)(kind + 1);
		options.method = kind == 1 ? STPFIN_BRIDGE_SHAPLEY : STPFIN_BRIDGE_SEQUENTIAL;
		options.n_scenarios = kind == 3 ? 3 : 4;
		simulation = simulate(plan, &options);
		draws = table_in(simulation, "draws");
		spread = table_in(simulation, "simulation");
		for (int draw = 0; draw < 9; draw++) {
			const char *scenario = kind == 3 ? "do_nothing" : "plan";
			double start, end;
			double steps = sum_steps(draws, scenario, draw, &start, &end);

			EXPECT(drawn_gap(draws, "plan-some", draw),
				drawn_gap(draws, "plan", draw) - drawn_gap(draws, "some", draw));
			EXPECT(start + steps, end);
			EXPECT(end, drawn_gap(draws, scenario, draw));
			if (kind < 3) {
				EXPECT(start, drawn_gap(draws, "do_nothing", draw));
			}
		}
		/* What is as the plan stands is labelled so. */
		EXPECT(value(spread, "scenario=plan-some;measure=funding_gap.gap;place=England;year=2016",
				   "central"),
			value(spread, "scenario=plan;measure=funding_gap.gap;place=England;year=2016",
				"central") -
				value(spread, "scenario=some;measure=funding_gap.gap;place=England;year=2016",
					"central"));
		stpfin_table_free(draws);
		stpfin_table_free(spread);
		stpfin_simulation_free(simulation);
	}
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(figures_stand_by_scenario_measure_place_and_year)
{
	static const char *const scenarios[] = {"some", "do_nothing", "some"};
	static const char *const measures[] = {"scheme_impact.net_saving[footprint=England]",
		"funding_gap.gap", "position.gap[year=2016]", "funding_gap.gap[footprint=England]",
		"appraisal.net_present_value", "activity.activity[service=E;year=2016/17]"};
	static const char *const expected[] = {
		"do_nothing funding_gap.gap F 2015",
		"do_nothing funding_gap.gap F 2016",
		"do_nothing funding_gap.gap G 2015",
		"do_nothing funding_gap.gap G 2016",
		"do_nothing funding_gap.gap R 2015",
		"do_nothing funding_gap.gap R 2016",
		"do_nothing funding_gap.gap unassigned 2015",
		"do_nothing funding_gap.gap unassigned 2016",
		"do_nothing funding_gap.gap England 2015",
		"do_nothing funding_gap.gap England 2016",
		"do_nothing position.gap C 2016",
		"do_nothing position.gap T 2016",
		"do_nothing position.gap L 2016",
		"do_nothing activity.activity[provider=T;service=E] C 2016",
		"do_nothing activity.activity[provider=O;service=E] C 2016",
		"some scheme_impact.net_saving[scheme=S2] England 2015",
		"some scheme_impact.net_saving[scheme=S2] England 2016",
		"some funding_gap.gap F 2015",
	};
	stpfin_plan *plan = uncertain_plan(mild);
	stpfin_simulate_options options = options_of(scenarios, 3);
	stpfin_simulation *simulation;
	stpfin_table *spread;

	options.measures = measures;
	options.n_measures = sizeof measures / sizeof *measures;
	options.draws = 2;
	simulation = simulate(plan, &options);
	spread = table_in(simulation, "simulation");
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		char found[160];

		snprintf(found, sizeof found, "%s %s %s ", cell(spread, i, "scenario"),
			cell(spread, i, "measure"), cell(spread, i, "place"));
		snprintf(
			found + strlen(found), sizeof found - strlen(found), "%s", cell(spread, i, "year"));
		ck_assert_str_eq(found, expected[i]);
	}
	/* What is of no place or year is England's, of the end year. */
	find_row(spread, "scenario=some;measure=appraisal.net_present_value[scheme=total];"
					 "place=England;year=2016");
	ck_assert_uint_eq(count_rows(spread, "measure=funding_gap.gap;place=England;year=2016"), 2);
	stpfin_table_free(spread);
	stpfin_simulation_free(simulation);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(what_is_asked_for_wrongly_is_refused)
{
	static const struct {
		const char *measure;
		const char *words;
	} wrong[] = {
		{"", "is no measure: write RESULT.COLUMN"},
		{"funding_gap", "is no measure: write RESULT.COLUMN"},
		{"funding_gap.", "is no measure"},
		{".gap", "is no measure"},
		{"funding_gap.gap[year=2016", "is no measure"},
		{"funding_gap.gap[year=2016]x", "is no measure"},
		{"funding_gap.gap]", "is no measure"},
		{"funding_gpa.gap", "did you mean funding_gap?"},
		{"brigde.amount", "did you mean bridge?"},
		{"weather.rain", "is of no result 'weather'"},
		{"funding_gap.gpa", "did you mean gap?"},
		{"funding_gap.weather", "it has cost, income, gap, gap_per_head"},
		{"funding_gap.year", "is no figure: those of funding_gap are cost, income"},
		{"quality_gap.funnel", "is no figure"},
		{"funding_gap.gap[component]", "write key=value"},
		{"funding_gap.gap[scenario=plan]", "ask for scenarios by themselves"},
		{"funding_gap.gap[componet=nhs]", "did you mean component?"},
		{"funding_gap.gap[gap=3]", "its keys are footprint, component, year"},
		{"funding_gap.gap[year=2016;year=2016]", "twice"},
		{"funding_gap.gap[component=nsh]", "the component 'nsh', of which funding_gap has no row"},
		{"position.gap[organisation=TT]", "did you mean T?"},
		{"funding_gap.gap[year=2017]", "the year '2017', of which funding_gap has no row"},
		{"funding_gap.gap[year=soon]", "the year 'soon', of which"},
		{"bridge.amount", "leads to a scenario"},
		{"scheme_impact.net_saving", "has no rows in the scenarios asked for"},
		{"activity.activity[commissioner=L;service=E]",
			"is narrowed to what no row of activity is"},
	};
	static const struct {
		const char *scenario;
		const char *words;
	} wrong_scenarios[] = {
		{"pln", "did you mean plan?"},
		{"plan-sme", "did you mean some?"},
		{"none-at-all", "the plan has no scenario 'none-at-all'"},
	};
	const char *measure;
	const char *scenario;
	stpfin_plan *plan = uncertain_plan(mild);
	stpfin_plan *certain = plan_of(2015, 2016, everything);
	stpfin_simulate_options options = STPFIN_SIMULATE_OPTIONS_INIT;
	stpfin_simulation *simulation;
	stpfin_table *table;

#define EXPECT_WRONG(of_plan, code, words)                                                         \
	expect_error(stpfin_simulate(of_plan, &options, &simulation), code, words);                    \
	ck_assert_ptr_null(simulation)

	options.measures = &measure;
	options.n_measures = 1;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		measure = wrong[i].measure;
		EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, wrong[i].words);
	}
	measure = NULL;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "measure 0 is NULL");
	options.n_measures = 0;
	options.scenarios = &scenario;
	options.n_scenarios = 1;
	for (size_t i = 0; i < sizeof wrong_scenarios / sizeof *wrong_scenarios; i++) {
		scenario = wrong_scenarios[i].scenario;
		EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, wrong_scenarios[i].words);
	}
	scenario = NULL;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "scenario 0 is NULL");
	scenario = "plan-do_nothing";
	measure = "scheme_impact.net_saving";
	options.n_measures = 1;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "have none of the measures in common");
	options.n_measures = 0;
	options.n_scenarios = 0;
	EXPECT_WRONG(certain, STPFIN_ERROR_ARGUMENT, "nothing in the plan is uncertain");
	options.draws = 0;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "give 1 to 1000000000");
	options.draws = 1000000001;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "give 1 to 1000000000");
	options.draws = 10;
	options.end = 11;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "draws 0 to before 11 are not within the 10");
	options.first = options.end = 5;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "draws 5 to before 5");
	options.first = options.end = 0;
	options.version = 0;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "STPFIN_SIMULATE_OPTIONS_INIT");
	options.version = 1;
	options.prices = (stpfin_prices)2;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "no prices");
	options.prices = STPFIN_PRICES_CASH;
	options.by = (stpfin_bridge_by)4;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "steps of a bridge");
	options.by = STPFIN_BRIDGE_BY_SCHEME;
	options.scenarios = NULL;
	options.n_scenarios = 1;
	EXPECT_WRONG(plan, STPFIN_ERROR_ARGUMENT, "NULL");
	options.n_scenarios = 0;
	EXPECT_WRONG(NULL, STPFIN_ERROR_ARGUMENT, "NULL");

	simulation = simulate(plan, &options);
	expect_error(stpfin_simulation_get_table(simulation, "draw", &table), STPFIN_ERROR_ARGUMENT,
		"did you mean draws?");
	expect_error(stpfin_simulation_get_table(simulation, "position", &table), STPFIN_ERROR_ARGUMENT,
		"it has simulation and draws");
	stpfin_simulation_free(simulation);
	stpfin_simulation_free(NULL);
	stpfin_plan_free(plan);
	stpfin_plan_free(certain);
}
END_TEST

START_TEST(scenarios_with_hyphens_are_told_apart)
{
	static const char *const scenarios[] = {"a-b", "a-b-a", "a-b-c"};
	stpfin_plan *plan = plan_of(2015, 2016, paths);
	stpfin_plan *changed = with_table(plan, "scenario", "scenario,scheme\na,S\nb,U\na-b,U\n");
	stpfin_plan *doubtful =
		with_table(plan, "scenario", "scenario,scheme\na,S\nb-c,U\na-b,U\nc,S\n");
	stpfin_simulate_options options = options_of(scenarios, 2);
	stpfin_simulation *simulation = simulate(changed, &options);
	stpfin_table *spread = table_in(simulation, "simulation");

#define CENTRAL(scenario) value(spread, "scenario=" scenario ";place=England;year=2016", "central")
	ck_assert_uint_eq(count_rows(spread, "scenario=a"), 0);
	EXPECT(CENTRAL("a-b"), CENTRAL("do_nothing"));
	ck_assert(CENTRAL("a-b-a") > 0);
	stpfin_simulation_free(simulation);
	options = options_of(&scenarios[2], 1);
	expect_error(stpfin_simulate(doubtful, &options, &simulation), STPFIN_ERROR_ARGUMENT,
		"can be read in two ways");
	stpfin_table_free(spread);
	stpfin_plan_free(plan);
	stpfin_plan_free(changed);
	stpfin_plan_free(doubtful);
}
END_TEST

static stpfin_status stop(double done, void *user_data)
{
	size_t *asked = user_data;

	ck_assert(done >= 0 && done <= 1);
	return ++*asked > 2 ? STPFIN_ERROR_CANCELLED : STPFIN_OK;
}

START_TEST(stops_when_asked_to)
{
	static const char *const measures[] = {"health_gap.value"};
	stpfin_plan *plan = uncertain_plan(mild);
	stpfin_simulate_options options = options_of(NULL, 0);
	stpfin_simulation *simulation;

	options.draws = 1000000;
	options.measures = measures;
	options.n_measures = 1;
	options.progress = stop;
	for (options.threads = 1; options.threads <= 3; options.threads++) {
		size_t asked = 0;
		struct timespec begun;

		options.user_data = &asked;
		timespec_get(&begun, TIME_UTC);
		expect_error(stpfin_simulate(plan, &options, &simulation), STPFIN_ERROR_CANCELLED,
			"stopped when asked to");
		ck_assert_ptr_null(simulation);
		ck_assert_uint_eq(asked, 3);
		ck_assert_int_lt(milliseconds_since(&begun), 20000);
	}
	stpfin_plan_free(plan);
}
END_TEST

/* Counts down, and fails in the thread of a number. */
struct job {
	size_t fails;
	size_t waited;
};

static stpfin_status work(void *user_data, size_t number)
{
	struct job *self = user_data;
	struct timespec begun;

	timespec_get(&begun, TIME_UTC);
	while (number > 0 && milliseconds_since(&begun) < 100) {
	}
	if (number >= self->fails) {
		stpfin_table *table;

		return stpfin_table_read_csv(
			number == 2 ? "the file of thread 2" : "that of another", "file", &table);
	}
	return STPFIN_OK;
}

static void count_wait(void *user_data)
{
	((struct job *)user_data)->waited++;
}

START_TEST(a_crew_is_waited_for_and_its_failure_told)
{
	struct job job = {SIZE_MAX, 0};
	const struct stpfin_crew crew = {work, count_wait, &job};

	ck_assert_int_eq(stpfin_threads__run(&crew, 1), STPFIN_OK);
	ck_assert_uint_eq(job.waited, 0);
	ck_assert_int_eq(stpfin_threads__run(&crew, 4), STPFIN_OK);
	ck_assert_uint_ge(job.waited, 1);
	job.fails = 2;
	expect_error(stpfin_threads__run(&crew, 4), STPFIN_ERROR_FILE, "of thread 2");
	ck_assert_uint_ge(stpfin_threads__processors(), 1);
}
END_TEST

START_TEST(rows_that_come_and_go_are_matched_by_their_keys)
{
	/* Fewer than 10 deaths have no standardised rate, which the plan as it stands has in F. */
	static const char *const measures[] = {"health_gap.value[measure=standardised_rate;sex=female]",
		"health_gap.value[measure=life_expectancy;sex=female]", "ledger.cost[line=quality]"};
	static const char *const scenarios[] = {"plan"};
	stpfin_plan *plan =
		uncertain_plan(UNCERTAINTY "deaths,mortality,deaths,footprint=F,value,uniform,-20,20,,\n");
	stpfin_simulate_options options = options_of(scenarios, 1);
	stpfin_simulation *simulation;
	stpfin_table *spread, *draws;
	size_t n_blank = 0;

	options.measures = measures;
	options.n_measures = 3;
	simulation = simulate(plan, &options);
	spread = table_in(simulation, "simulation");
	draws = table_in(simulation, "draws");
	for (size_t row = 0; row < stpfin_table_rows(draws); row++) {
		double found = stpfin_table__named(draws, "value")->real[row];

		n_blank += isnan(found) ? 1 : 0;
		if (strncmp(cell(draws, row, "measure"), "ledger", 6) == 0) {
			ck_assert(found > 0);
		}
	}
	ck_assert_uint_gt(n_blank, 0);
	for (size_t row = 0; row < stpfin_table_rows(spread); row++) {
		bool is_blank = *cell(spread, row, "mean") == '\0';

		ck_assert(*cell(spread, row, "central") != '\0');
		ck_assert(is_blank == (*cell(spread, row, "probability_closed") == '\0'));
		ck_assert(is_blank == (*cell(spread, row, "p5") == '\0'));
	}
	stpfin_table_free(spread);
	stpfin_table_free(draws);
	stpfin_simulation_free(simulation);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(a_draw_beyond_a_number_is_named)
{
	stpfin_plan *plan = plan_of(2015, 2055,
		(const struct csv[]){
			{"flow", "commissioner,provider,service,activity,income\nC,T,E,10,100\n"},
			{"activity_growth", "service,rate\nE,0.01\n"},
			{"uncertainty", UNCERTAINTY "growth,activity_growth,rate,,value,uniform,1e9,2e9,,\n"},
			{NULL, NULL}});
	stpfin_simulate_options options = options_of(NULL, 0);
	stpfin_simulation *simulation;

	expect_error(
		stpfin_simulate(plan, &options, &simulation), STPFIN_ERROR_OVERFLOW, "draw 0 makes");
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "funding_gap.gap of "));
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "in scenario do_nothing"));
	stpfin_plan_free(plan);
}
END_TEST

/* What draws make of a plan may be nothing check would let pass. It is projected as far as it goes.
 */
START_TEST(wild_draws_do_no_harm)
{
	static const char *const scenarios[] = {"plan", "some", "plan-some"};
	static const char *const ways[] = {"value,normal,0,1000000,", "factor,normal,-1,50,",
		"add,uniform,-1e15,1e15,", "value,uniform,0,3,"};
	static struct measures measures;
	stpfin_plan *plan = plan_of(2015, 2016, everything);
	stpfin_simulate_options options = options_of(scenarios, 3);
	size_t n_tables;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	size_t n_tried = 0;

	find_measures(&measures, plan, true);
	options.measures = measures.at;
	options.n_measures = measures.n;
	options.draws = 8;
	for (size_t i = 0; i < n_tables * 64; i++) {
		const struct stpfin_table_schema *schema = &tables[i / 64];
		const struct stpfin_column_schema *column = &schema->columns[i % 64];

		if (i % 64 >= schema->n_columns || column->key ||
			(column->cell != STPFIN_CELL_NUMBER && column->cell != STPFIN_CELL_WHOLE &&
				column->cell != STPFIN_CELL_YEAR)) {
			continue;
		}
		for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
			char text[320];
			stpfin_table *uncertainty;
			stpfin_plan *wild;
			stpfin_simulation *simulation = NULL;
			stpfin_status status;

			snprintf(text, sizeof text, "%sp,%s,%s,,%s,%s\n", UNCERTAINTY, schema->name,
				column->name, ways[way],
				way == 0 && stpfin_schema__column(schema, "year") != NULL ? "yearly" : "");
			uncertainty = table_of("uncertainty", text);
			status = stpfin_plan_replace(plan, uncertainty, NULL, &wild);
			stpfin_table_free(uncertainty);
			if (status != STPFIN_OK) {
				continue; /* no row of the plan has such a number */
			}
			n_tried++;
			status = stpfin_simulate(wild, &options, &simulation);
			ck_assert_msg(status == STPFIN_OK || status == STPFIN_ERROR_OVERFLOW, "%s.%s: %s",
				schema->name, column->name, stpfin_last_error());
			stpfin_simulation_free(simulation);
			stpfin_plan_free(wild);
		}
	}
	ck_assert_uint_gt(n_tried, 150);
	stpfin_plan_free(plan);
}
END_TEST

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Compares a spread with what its definitions give on the sorted values. */
static void expect_spread(const double *values, size_t n)
{
	double *sorted = malloc(n * sizeof *sorted);
	double *room = malloc(stpfin_spread__room(n) * sizeof *room);
	size_t n_tail = (n + 19) / 20;
	struct stpfin_spread spread;
	double sum_of_all = 0, squares = 0, shortfall = 0, tail = 0, closed = 0;

	memcpy(sorted, values, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, compare);
	stpfin_spread__find(values, n, room, &spread);
	for (size_t i = 0; i < n; i++) {
		sum_of_all += sorted[i];
		shortfall += sorted[i] > 0 ? sorted[i] : 0;
		closed += sorted[i] <= 0;
		tail += i >= n - n_tail ? sorted[i] : 0;
	}
	for (size_t i = 0; i < n; i++) {
		squares += (sorted[i] - sum_of_all / (double)n) * (sorted[i] - sum_of_all / (double)n);
	}
	EXPECT(spread.mean, sum_of_all / (double)n);
	EXPECT(spread.sd, n > 1 ? sqrt(squares / (double)(n - 1)) : (double)NAN);
	EXPECT(spread.probability_closed, closed / (double)n);
	EXPECT(
		spread.probability_error, sqrt(closed / (double)n * (1 - closed / (double)n) / (double)n));
	EXPECT(spread.shortfall_mean, shortfall / (double)n);
	EXPECT(spread.tail_mean, tail / (double)n_tail);
	for (size_t i = 0; i < STPFIN_N_PERCENTILES; i++) {
		double at = (double)(n - 1) * stpfin_spread__shares[i];
		size_t below = (size_t)at;
		double above = sorted[below + 1 < n ? below + 1 : below];

		EXPECT(
			spread.percentiles[i], sorted[below] + (at - (double)below) * (above - sorted[below]));
	}
	free(sorted);
	free(room);
}

START_TEST(spreads_are_as_their_definitions_say)
{
	enum { MOST = 5000 };
	static const size_t counts[] = {1, 2, 3, 19, 20, 21, 39, 40, 41, 100, 1000, 4999, MOST};
	static double values[MOST];
	uint64_t state = SEED;
	struct stpfin_spread spread;
	double *room = malloc(stpfin_spread__room(3) * sizeof *room);

	for (int kind = 0; kind < 6; kind++) {
		for (size_t i = 0; i < MOST; i++) {
			double x;

			state = state * 6364136223846793005u + 1442695040888963407u;
			x = (double)(state >> 11) / 9007199254740992.0 - 0.5;
			values[i] = kind == 0   ? x * 1e9
						: kind == 1 ? floor(4 * x)              /* ties */
						: kind == 2 ? 7                         /* nothing else */
						: kind == 3 ? x * (i == 11 ? 1e100 : 1) /* one far off */
						: kind == 4
							? 1e9 + x * 1e-6                              /* next to each other */
							: (i % 2 == 0 ? 1 : -1) * 1e-310 * (double)i; /* next to nothing */
		}
		for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
			expect_spread(values, counts[i]);
		}
	}
	stpfin_spread__find((const double[]){1, (double)NAN, 3}, 3, room, &spread);
	ck_assert(isnan(spread.mean) && isnan(spread.sd) && isnan(spread.percentiles[3]) &&
			  isnan(spread.probability_closed) && isnan(spread.tail_mean));
	stpfin_spread__find((const double[]){-1.5e308, 1.5e308, 0}, 3, room, &spread);
	ck_assert(spread.percentiles[3] == 0);
	free(room);
}
END_TEST

START_TEST(summaries_and_stamps_say_what_was_made)
{
	stpfin_plan *plan = uncertain_plan(mild);
	stpfin_simulate_options options = options_of(NULL, 0);
	stpfin_simulation_summary summary = STPFIN_SIMULATION_SUMMARY_INIT;
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	stpfin_simulation *simulation;
	char hash[STPFIN_HASH_SIZE];

	options.first = 3;
	options.end = 7;
	simulation = simulate(plan, &options);
	ck_assert_int_eq(stpfin_simulation_get_summary(simulation, &summary), STPFIN_OK);
	ck_assert_int_eq(stpfin_simulation_get_stamp(simulation, &stamp), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_hash(plan, hash), STPFIN_OK);
	ck_assert_uint_eq(summary.draws, 100);
	ck_assert_uint_eq(summary.first, 3);
	ck_assert_uint_eq(summary.end, 7);
	ck_assert_uint_eq(summary.seed, SEED);
	ck_assert_uint_eq(summary.parameters, 39);
	ck_assert_uint_gt(summary.cells, 39);
	ck_assert_uint_eq(stamp.seed, SEED);
	ck_assert_uint_eq(stamp.samples, 100);
	ck_assert_str_eq(stamp.plan_hash, hash);
	summary.version = 2;
	expect_error(stpfin_simulation_get_summary(simulation, &summary), STPFIN_ERROR_ARGUMENT,
		"STPFIN_SIMULATION_SUMMARY_INIT");
	stamp.version = 2;
	expect_error(stpfin_simulation_get_stamp(simulation, &stamp), STPFIN_ERROR_ARGUMENT,
		"STPFIN_STAMP_INIT");
	stpfin_simulation_free(simulation);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(scale_that_brings_an_effect_out_of_range_is_counted)
{
	static const char *const scenarios[] = {"plan", "some"};
	stpfin_plan *plan = plan_of(2015, 2019, paths);
	stpfin_plan *scaled = with_table(plan, "uncertainty",
		UNCERTAINTY "scale,scenario,scale,scenario=plan;scheme=S,value,uniform,10.5,11,,\n");
	stpfin_plan *clipped = with_table(scaled, "scenario",
		"scenario,scheme,scale\nplan,S,10\nplan,U,\n"
		"some,U,\n");
	stpfin_simulate_options options = options_of(scenarios, 2);
	stpfin_simulation_summary summary = STPFIN_SIMULATION_SUMMARY_INIT;
	stpfin_simulation *simulation;
	stpfin_table *draws, *whole;

	options.draws = 40;
	simulation = simulate(scaled, &options);
	draws = table_in(simulation, "draws");
	ck_assert_int_eq(stpfin_simulation_get_summary(simulation, &summary), STPFIN_OK);
	ck_assert_uint_eq(summary.clipped, 40);
	/* A tenth, ten times and more, is everything. */
	whole = result_in(clipped, "plan", "funding_gap");
	EXPECT(value(draws, "scenario=plan;place=England;year=2019;draw=7", "value"),
		value(whole, "scenario=plan;footprint=England;component=total;year=2019", "gap"));
	stpfin_table_free(draws);
	stpfin_table_free(whole);
	stpfin_simulation_free(simulation);
	stpfin_plan_free(plan);
	stpfin_plan_free(scaled);
	stpfin_plan_free(clipped);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_draw_is_a_projection_of_the_plan_with_what_was_drawn,
		a_draw_by_year_of_a_row_without_a_year_is_a_row_a_year,
		neither_threads_nor_pieces_change_a_bit,
		pieces_that_do_not_fit_are_refused,
		a_difference_is_that_of_each_draw_and_a_bridge_sums,
		figures_stand_by_scenario_measure_place_and_year,
		what_is_asked_for_wrongly_is_refused,
		scenarios_with_hyphens_are_told_apart,
		stops_when_asked_to,
		a_crew_is_waited_for_and_its_failure_told,
		rows_that_come_and_go_are_matched_by_their_keys,
		a_draw_beyond_a_number_is_named,
		wild_draws_do_no_harm,
		spreads_are_as_their_definitions_say,
		summaries_and_stamps_say_what_was_made,
		scale_that_brings_an_effect_out_of_range_is_counted,
		NULL,
	};

	return run_tests("simulate", tests);
}
