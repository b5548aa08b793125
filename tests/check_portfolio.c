#include <glpk.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/plans.h"

/* Portfolios beside what looking at every set of bids gives. */

enum { TEXT = 16384, MOST_BIDS = 14, MOST_ROWS = 12 };

#define BID "bid,name,organisation,scheme,group\n"
#define LIMIT "fund,year,footprint,aim,minimum,maximum\n"
#define SCHEMES "scheme,name,workstream,aim,owner\n"

static const struct csv fund = {"fund",
	"fund,year,amount,kind\nR,2016,100,revenue\nR,2017,50,revenue\n"
	"K,2016,60,capital\n"};

static stpfin_portfolio *choose(const stpfin_plan *plan, const stpfin_portfolio_options *options)
{
	stpfin_table *conflict;
	stpfin_portfolio *portfolio;
	stpfin_status status = stpfin_portfolio_choose(plan, options, &conflict, &portfolio);

	ck_assert_msg(status == STPFIN_OK, "%s", stpfin_last_error());
	ck_assert_ptr_null(conflict);
	return portfolio;
}

static stpfin_table *table_from(const stpfin_portfolio *portfolio, const char *name)
{
	stpfin_table *table;

	ck_assert_int_eq(stpfin_portfolio_get_table(portfolio, name, &table), STPFIN_OK);
	return table;
}

static stpfin_portfolio_summary summary_of(const stpfin_portfolio *portfolio)
{
	stpfin_portfolio_summary summary = STPFIN_PORTFOLIO_SUMMARY_INIT;

	ck_assert_int_eq(stpfin_portfolio_get_summary(portfolio, &summary), STPFIN_OK);
	return summary;
}

/* Options to find the best itself, and no other, by benefits that are given. */
static stpfin_portfolio_options exactly(const stpfin_table *benefits)
{
	stpfin_portfolio_options options = STPFIN_PORTFOLIO_OPTIONS_INIT;

	options.gap = 0;
	options.alternatives = 0;
	options.benefits = benefits;
	return options;
}

/* The numbers of "1;2;3". */
static size_t split(const char *text, double *numbers)
{
	size_t n = 0;

	for (char *end; *text != '\0'; text = *end == ';' ? end + 1 : end) {
		numbers[n++] = strtod(text, &end);
		ck_assert_ptr_ne(end, text);
	}
	return n;
}

START_TEST(published_knapsacks)
{
	stpfin_table *cases;

	ck_assert_int_eq(stpfin_table_read_csv(
						 source_path("data/validation/knapsack/knapsack.csv"), "knapsack", &cases),
		STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_rows(cases), 3);
	for (size_t row = 0; row < stpfin_table_rows(cases); row++) {
		char bids[TEXT] = BID;
		char amounts[TEXT] = "bid,fund,year,amount\n";
		char benefits[TEXT] = "bid,benefit\n";
		char funds[128];
		double weights[MOST_BIDS];
		double profits[MOST_BIDS];
		double optimal[MOST_BIDS];
		size_t n = split(cell(cases, row, "weights"), weights);
		stpfin_table *given;
		stpfin_table *chosen;
		stpfin_plan *plan;
		stpfin_portfolio *portfolio;
		stpfin_portfolio_options options;

		ck_assert_uint_eq(split(cell(cases, row, "profits"), profits), n);
		ck_assert_uint_eq(split(cell(cases, row, "optimal_selection"), optimal), n);
		snprintf(funds, sizeof funds, "fund,year,amount,kind\nR,2016,%s,revenue\n",
			cell(cases, row, "capacity"));
		for (size_t i = 0; i < n; i++) {
			snprintf(bids + strlen(bids), TEXT - strlen(bids), "B%zu,b,C,,\n", i);
			snprintf(amounts + strlen(amounts), TEXT - strlen(amounts), "B%zu,R,2016,%g\n", i,
				weights[i]);
			snprintf(
				benefits + strlen(benefits), TEXT - strlen(benefits), "B%zu,%g\n", i, profits[i]);
		}
		plan = PLAN(2016, {"fund", funds}, {"bid", bids}, {"bid_amount", amounts});
		given = table_of("benefits", benefits);
		options = exactly(given);
		portfolio = choose(plan, &options);
		chosen = table_from(portfolio, "portfolio");
		ck_assert_uint_eq(stpfin_table_rows(chosen), n);
		for (size_t i = 0; i < n; i++) {
			ck_assert_str_eq(cell(chosen, i, "chosen"), optimal[i] > 0 ? "yes" : "no");
		}
		EXPECT(summary_of(portfolio).benefit, strtod(cell(cases, row, "opt_profit"), NULL));
		EXPECT(summary_of(portfolio).bound, summary_of(portfolio).benefit);
		EXPECT(summary_of(portfolio).gap, 0);
		EXPECT(summary_of(portfolio).spent, strtod(cell(cases, row, "opt_weight"), NULL));
		ck_assert(isnan(summary_of(portfolio).joint_benefit));
		stpfin_table_free(chosen);
		stpfin_table_free(given);
		stpfin_portfolio_free(portfolio);
		stpfin_plan_free(plan);
	}
	stpfin_table_free(cases);
}
END_TEST

/* A problem made by chance, as arrays and as a plan. */
struct problem {
	size_t n;
	double benefit[MOST_BIDS];
	int group[MOST_BIDS];    /* -1: none */
	int requires[MOST_BIDS]; /* -1: none */
	size_t n_rows;
	double amount[MOST_ROWS][MOST_BIDS];
	double lower[MOST_ROWS];
	double upper[MOST_ROWS];
	stpfin_plan *plan;
	stpfin_table *benefits;
};

static uint64_t state;

static double chance(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(state >> 11) * 0x1p-53;
}

static size_t pick(size_t n)
{
	return (size_t)(chance() * (double)n);
}

static void append(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append(char *text, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	ck_assert_int_lt(
		vsnprintf(text + length, TEXT - length, format, arguments), (int)(TEXT - length));
	va_end(arguments);
}

/* Two funds, two years, three footprints within one, three aims; bids whose organisation has a part
 * in two of the footprints. */
static void make_problem(struct problem *problem, uint64_t seed)
{
	static const char *const funds[] = {"R", "K"};
	static const char *const aims[] = {"health", "quality", "funding"};
	static const char *const places[] = {"F", "G", "H"};
	static const double shares[4][3] = {{1, 0, 0}, {0.4, 0.6, 0}, {0, 1, 0}, {0, 0, 1}};
	static char bids[TEXT], schemes[TEXT], amounts[TEXT], requires[TEXT], limits[TEXT],
		benefits[TEXT], pots[TEXT];
	double total[4] = {0};
	double asked[MOST_BIDS][4] = {{0}};
	size_t who[MOST_BIDS];
	size_t aim[MOST_BIDS];

	*problem = (struct problem){.n = 3 + (size_t)(seed % (MOST_BIDS - 2))};
	state = seed * 977 + 1;
	strcpy(bids, BID);
	strcpy(schemes, SCHEMES);
	strcpy(amounts, "bid,fund,year,amount\n");
	strcpy(requires, "bid,requires\n");
	strcpy(limits, LIMIT);
	strcpy(benefits, "bid,benefit\n");
	strcpy(pots, "fund,year,amount,kind\n");
	for (size_t i = 0; i < problem->n; i++) {
		who[i] = pick(4);
		aim[i] = pick(3);
		problem->group[i] = chance() < 0.4 ? (int)pick(3) : -1;
		problem->requires[i] = i > 0 && chance() < 0.3 ? (int)pick(i) : -1;
		problem->benefit[i] = chance() < 0.1 ? -chance() * 1e6 : chance() * 7e6;
		problem->benefit[i] *= seed % 12 != 5; /* some problems are of limits alone */
		append(schemes, "S%zu,s,w,%s,C0\n", i, aims[aim[i]]);
		append(bids, "B%zu,b,C%zu,S%zu,%s\n", i, who[i], i,
			problem->group[i] < 0    ? ""
			: problem->group[i] == 0 ? "a"
			: problem->group[i] == 1 ? "b"
									 : "c");
		append(benefits, "B%zu,%.17g\n", i, problem->benefit[i]);
		if (problem->requires[i] >= 0) {
			append(requires, "B%zu,B%d\n", i, problem->requires[i]);
		}
		for (size_t k = 0; k < 4; k++) {
			if (chance() < 0.5) {
				asked[i][k] = chance() * 5e6;
				total[k] += asked[i][k];
				append(amounts, "B%zu,%s,%zu,%.17g\n", i, funds[k / 2], 2016 + k % 2, asked[i][k]);
			}
		}
	}
	for (size_t k = 0; k < 4; k++) {
		size_t row = problem->n_rows++;

		problem->upper[row] = total[k] * (0.2 + 0.6 * chance());
		append(pots, "%s,%zu,%.17g,revenue\n", funds[k / 2], 2016 + k % 2, problem->upper[row]);
		for (size_t i = 0; i < problem->n; i++) {
			problem->amount[row][i] = asked[i][k];
		}
	}
	for (size_t j = 0, n = pick(5); j < n; j++) {
		size_t row = problem->n_rows++;
		bool by_fund = chance() < 0.3;
		bool by_aim = chance() < 0.5;
		size_t of_fund = j % 2;
		size_t of_aim = j % 3;
		size_t place = j < 3 ? j : 3; /* 3: all */
		double sum = 0;

		for (size_t i = 0; i < problem->n; i++) {
			double amount = by_fund ? asked[i][2 * of_fund] + asked[i][2 * of_fund + 1]
									: asked[i][0] + asked[i][1] + asked[i][2] + asked[i][3];

			amount *= place < 3 ? shares[who[i]][place] : 1;
			problem->amount[row][i] = !by_aim || aim[i] == of_aim ? amount : 0;
			sum += problem->amount[row][i];
		}
		problem->lower[row] = chance() < 0.6 ? sum * 0.3 * chance() : 0;
		problem->upper[row] = problem->lower[row] + sum * chance();
		append(limits, "%s,,%s,%s,%.17g,%.17g\n", by_fund ? funds[of_fund] : "",
			place < 3 ? places[place] : "", by_aim ? aims[of_aim] : "", problem->lower[row],
			problem->upper[row]);
	}
	problem->plan = PLAN(2017, {"footprint", "footprint,name\nF,Fen\nG,Gorge\nH,Hill\n"},
		{"organisation",
			"organisation,name,kind\nC0,a,commissioner\nC1,b,commissioner\nC2,c,provider\n"
			"C3,d,council\n"},
		{"membership",
			"organisation,footprint,share\nC0,F,1\nC1,F,0.4\nC1,G,0.6\nC2,G,1\nC3,H,1\n"},
		{"scheme", schemes}, {"fund", pots}, {"bid", bids}, {"bid_amount", amounts},
		{"bid_requires", requires}, {"portfolio_limit", limits});
	problem->benefits = table_of("benefits", benefits);
}

static void free_problem(struct problem *problem)
{
	stpfin_table_free(problem->benefits);
	stpfin_plan_free(problem->plan);
}

/* The benefit of a set, bit by bid; -INFINITY of one that is not legal. */
static double value_of_set(const struct problem *problem, unsigned set)
{
	unsigned groups = 0;
	double benefit = 0;

	for (size_t i = 0; i < problem->n; i++) {
		if (!(set >> i & 1)) {
			continue;
		}
		if ((problem->group[i] >= 0 && groups >> problem->group[i] & 1) ||
			(problem->requires[i] >= 0 && !(set >> problem->requires[i] & 1))) {
			return -(double)INFINITY;
		}
		groups |= problem->group[i] >= 0 ? 1u << problem->group[i] : 0;
		benefit += problem->benefit[i];
	}
	for (size_t row = 0; row < problem->n_rows; row++) {
		double use = 0;

		for (size_t i = 0; i < problem->n; i++) {
			use += set >> i & 1 ? problem->amount[row][i] : 0;
		}
		if (use > problem->upper[row] * (1 + 1e-12) || use < problem->lower[row] * (1 - 1e-12)) {
			return -(double)INFINITY;
		}
	}
	return benefit;
}

static double best_value(const struct problem *problem)
{
	double best = -(double)INFINITY;

	for (unsigned set = 0; set < 1u << problem->n; set++) {
		best = fmax(best, value_of_set(problem, set));
	}
	return best;
}

static unsigned set_of(const stpfin_table *portfolio, size_t n, size_t alternative)
{
	unsigned set = 0;

	for (size_t i = 0; i < n; i++) {
		set |= strcmp(cell(portfolio, alternative * n + i, "chosen"), "yes") == 0 ? 1u << i : 0;
	}
	return set;
}

START_TEST(every_set_looked_at)
{
	enum { PROBLEMS = 240 };
	size_t n_infeasible = 0;

	for (uint64_t seed = 0; seed < PROBLEMS; seed++) {
		struct problem problem;
		stpfin_portfolio_options options;
		stpfin_portfolio *portfolio;
		stpfin_table *conflict;
		double best;
		stpfin_status status;

		make_problem(&problem, seed);
		best = best_value(&problem);
		options = exactly(problem.benefits);
		options.alternatives = seed % 3;
		options.tolerance = 0.2;
		status = stpfin_portfolio_choose(problem.plan, &options, &conflict, &portfolio);
		if (isinf(best)) {
			n_infeasible++;
			ck_assert_int_eq(status, STPFIN_ERROR_INFEASIBLE);
			ck_assert_ptr_null(portfolio);
			ck_assert_uint_gt(stpfin_table_rows(conflict), 0);
			ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "no set of bids keeps all limits"));
		} else {
			stpfin_portfolio_summary summary;
			stpfin_table *chosen;

			ck_assert_msg(status == STPFIN_OK, "%d: %s", (int)seed, stpfin_last_error());
			ck_assert_ptr_null(conflict);
			summary = summary_of(portfolio);
			chosen = table_from(portfolio, "portfolio");
			ck_assert_msg(fabs(summary.benefit - best) <= 1e-9 * fmax(1, fabs(best)),
				"problem %d: %.17g, not %.17g", (int)seed, summary.benefit, best);
			ck_assert_msg(summary.bound >= best * (1 - 1e-12) && summary.gap <= 1e-9,
				"problem %d: bound %.17g of %.17g", (int)seed, summary.bound, best);
			EXPECT(value_of_set(&problem, set_of(chosen, problem.n, 0)), summary.benefit);
			for (size_t i = 1; i <= summary.alternatives; i++) {
				unsigned set = set_of(chosen, problem.n, i);

				ck_assert_double_ge(
					value_of_set(&problem, set), summary.benefit - 0.2 * fabs(summary.benefit));
				for (size_t j = 0; j < i; j++) {
					ck_assert_uint_ne(set, set_of(chosen, problem.n, j));
				}
			}
			stpfin_table_free(chosen);
		}
		stpfin_portfolio_free(portfolio);
		stpfin_table_free(conflict);
		free_problem(&problem);
	}
	ck_assert_uint_gt(n_infeasible, 5);
	ck_assert_uint_lt(n_infeasible, PROBLEMS / 2);
}
END_TEST

/* Bids with whole weights in two pots, some of them in groups; what the best brings is found by
 * dynamic programming over what is left of both. */
struct knapsack {
	size_t n;
	int weight[2][64];
	double benefit[64];
	int group[64]; /* bids of a group follow each other */
	int least;     /* to be spent of the second pot */
	stpfin_plan *plan;
	stpfin_table *benefits;
};

enum { CAPACITY = 160 };

static void make_knapsack(struct knapsack *problem, uint64_t seed)
{
	static char bids[TEXT], amounts[TEXT], benefits[TEXT];
	char pots[128];
	char limits[128];

	*problem = (struct knapsack){.n = 30 + seed % 31};
	state = seed * 31 + 7;
	strcpy(bids, BID);
	strcpy(amounts, "bid,fund,year,amount\n");
	strcpy(benefits, "bid,benefit\n");
	snprintf(pots, sizeof pots, "fund,year,amount,kind\nR,2016,%d,revenue\nK,2016,%d,capital\n",
		CAPACITY, CAPACITY);
	for (size_t i = 0; i < problem->n; i++) {
		problem->group[i] = i > 0 && chance() < 0.3 ? problem->group[i - 1]
							: i > 0                 ? problem->group[i - 1] + 1
													: 0;
		problem->weight[0][i] = (int)pick(20);
		problem->weight[1][i] = (int)pick(20);
		problem->benefit[i] =
			(double)(problem->weight[0][i] + problem->weight[1][i]) * (1 + chance() / 2) + chance();
		append(bids, "B%zu,b,C,,g%d\n", i, problem->group[i]);
		append(amounts, "B%zu,R,2016,%d\nB%zu,K,2016,%d\n", i, problem->weight[0][i], i,
			problem->weight[1][i]);
		append(benefits, "B%zu,%.17g\n", i, problem->benefit[i]);
	}
	problem->least = seed % 2 == 0 ? 0 : CAPACITY - 1 - (int)(seed % 9);
	snprintf(limits, sizeof limits, LIMIT "K,,,,%d,\n", problem->least);
	problem->plan = PLAN(
		2016, {"fund", pots}, {"bid", bids}, {"bid_amount", amounts}, {"portfolio_limit", limits});
	problem->benefits = table_of("benefits", benefits);
}

static double best_of_knapsack(const struct knapsack *problem)
{
	enum { SIZE = CAPACITY + 1 };
	static double before[SIZE][SIZE];
	static double best[SIZE][SIZE];

	double found = -(double)INFINITY;

	for (int r = 0; r < SIZE; r++) {
		for (int k = 0; k < SIZE; k++) {
			best[r][k] = r == 0 && k == 0 ? 0 : -(double)INFINITY;
		}
	}
	for (size_t i = 0; i < problem->n; i++) {
		if (i == 0 || problem->group[i] != problem->group[i - 1]) {
			memcpy(before, best, sizeof before);
		}
		for (int r = problem->weight[0][i]; r < SIZE; r++) {
			for (int k = problem->weight[1][i]; k < SIZE; k++) {
				best[r][k] =
					fmax(best[r][k], before[r - problem->weight[0][i]][k - problem->weight[1][i]] +
										 problem->benefit[i]);
			}
		}
	}
	for (int r = 0; r < SIZE; r++) {
		for (int k = problem->least; k < SIZE; k++) {
			found = fmax(found, best[r][k]);
		}
	}
	return found;
}

START_TEST(programs_beside_dynamic_programming)
{
	enum { PROBLEMS = 20 };
	size_t n_proved = 0;

	for (uint64_t seed = 0; seed < PROBLEMS; seed++) {
		struct knapsack problem;
		stpfin_portfolio_options options;
		stpfin_portfolio *portfolio;
		stpfin_portfolio_summary summary;
		double best;

		make_knapsack(&problem, seed);
		best = best_of_knapsack(&problem);
		options = exactly(problem.benefits);
		portfolio = choose(problem.plan, &options);
		summary = summary_of(portfolio);
		ck_assert_double_le(summary.benefit, best * (1 + 1e-12));
		ck_assert_double_ge(summary.bound, best * (1 - 1e-12));
		if (summary.end == STPFIN_PORTFOLIO_NEAR_ENOUGH) {
			ck_assert_double_ge(summary.benefit, best * (1 - 1e-9));
			n_proved++;
		}
		stpfin_portfolio_free(portfolio);
		stpfin_table_free(problem.benefits);
		stpfin_plan_free(problem.plan);
	}
	ck_assert_uint_ge(n_proved, PROBLEMS - 2);
}
END_TEST

/* Schemes that overlap: two that each take a tenth off the same care, and one that costs. */
#define WITH_SCHEMES                                                                               \
	{"flow", "commissioner,provider,service,activity,income\nC,T,E,1000,1000000\n"},               \
		{"scheme", SCHEMES "S,s,w,quality,C\nU,u,w,health,C\nV,v,w,funding,T\n"},                  \
		{"activity_effect", "scheme,service,reduction,start_year\nS,E,0.1,2016\nU,E,0.1,2016\n"},  \
		{"scheme_cost",                                                                            \
			"scheme,organisation,year,kind,amount,asset_life\nV,T,2016,transition,500,\n"          \
			"S,T,2016,capital,3000,20\n"},                                                         \
		{"deflator", "year,index\n2015,100\n2016,102\n2017,105\n"},                                \
	{                                                                                              \
		"scenario", "scenario,scheme\nalone,S\nother,U\nboth,S\nboth,U\ncostly,V\n"                \
	}

static const struct csv bids = {"bid", BID "X,x,C,S,\nY,y,C,U,\nZ,z,T,V,\nN,n,C,,\nW,w,T,S,\n"};
static const struct csv bid_amounts = {"bid_amount",
	"bid,fund,year,amount\nX,R,2016,60\nY,R,2016,40\nZ,R,2017,10\nN,K,2016,5\nW,K,2016,60\n"
	"X,R,2017,0\n"};

/* The present value in base-year prices of England's gap that a scenario closes. */
static double closed_by(const stpfin_plan *plan, const char *scenario)
{
	static const double deflators[] = {1, 1.02, 1.05};
	stpfin_table *gaps = result_in(plan, scenario, "funding_gap");
	double sum = 0;

	for (int t = 0; t < 3; t++) {
		char where[128];
		double gap;

		snprintf(where, sizeof where,
			"scenario=do_nothing;footprint=England;component=total;year=%d", BASE_YEAR + t);
		gap = value(gaps, where, "gap");
		snprintf(where, sizeof where, "scenario=%s;footprint=England;component=total;year=%d",
			scenario, BASE_YEAR + t);
		sum += (gap - value(gaps, where, "gap")) / (deflators[t] * pow(1.035, t));
	}
	stpfin_table_free(gaps);
	return sum;
}

START_TEST(benefits_are_gaps_closed)
{
	stpfin_plan *plan = PLAN(2017, WITH_SCHEMES, fund, bids, bid_amounts);
	stpfin_portfolio *portfolio = choose(plan, NULL);
	stpfin_portfolio_summary summary = summary_of(portfolio);
	stpfin_table *chosen = table_from(portfolio, "portfolio");
	stpfin_table *prices = table_from(portfolio, "portfolio_price");
	double alone = closed_by(plan, "alone");

	ck_assert_double_gt(alone, 1000);
	EXPECT(closed_by(plan, "costly"), -500 / (1.02 * 1.035));
	EXPECT(value(chosen, "alternative=0;bid=X", "benefit"), alone);
	EXPECT(value(chosen, "alternative=0;bid=W", "benefit"), alone);
	EXPECT(value(chosen, "alternative=0;bid=Z", "benefit"), closed_by(plan, "costly"));
	EXPECT(value(chosen, "alternative=0;bid=N", "benefit"), 0);
	/* The bid that costs is left out; of the two for one scheme, both count. */
	ck_assert_uint_eq(count_rows(chosen, "alternative=0;chosen=yes;bid=Z"), 0);
	ck_assert_uint_eq(count_rows(chosen, "alternative=0;chosen=yes;bid=X"), 1);
	ck_assert_uint_eq(count_rows(chosen, "alternative=0;chosen=yes;bid=Y"), 1);
	ck_assert_uint_eq(count_rows(chosen, "alternative=0;chosen=yes;bid=W"), 1);
	EXPECT(summary.benefit, 2 * alone + closed_by(plan, "other"));
	EXPECT(summary.joint_benefit, closed_by(plan, "both"));
	ck_assert_double_lt(summary.joint_benefit, alone + closed_by(plan, "other"));
	EXPECT(value(prices, "fund=R;year=2016", "spent"), 100);
	EXPECT(value(prices, "fund=R;year=2017", "spent"), 0);
	EXPECT(value(prices, "fund=K;year=2016", "spent") - summary.spent, -100);
	EXPECT(value(prices, "fund=R;year=2017", "price"), 0);
	stpfin_table_free(prices);
	stpfin_table_free(chosen);
	stpfin_portfolio_free(portfolio);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(chosen_set_as_a_scenario)
{
	stpfin_plan *plan = PLAN(2017, WITH_SCHEMES, fund, bids, bid_amounts,
		{"award", "fund,organisation,year,amount,scenario\nR,T,2016,7,\nR,T,2017,8,alone\n"
				  "K,T,2016,9,both\n"});
	stpfin_portfolio_options options = STPFIN_PORTFOLIO_OPTIONS_INIT;

	for (int again = 0; again < 2; again++) {
		const char *name = again ? "both" : "portfolio";
		char where[64];
		stpfin_portfolio *portfolio;
		stpfin_table *scenario;
		stpfin_table *awards;
		stpfin_plan *with_scenario;
		stpfin_plan *funded;

		options.scenario = name;
		portfolio = choose(plan, &options);
		scenario = table_from(portfolio, "scenario");
		awards = table_from(portfolio, "award");
		snprintf(where, sizeof where, "scenario=%s", name);
		/* Each scheme once, however many bids are for it. */
		ck_assert_uint_eq(count_rows(scenario, where), 2);
		ck_assert_uint_eq(stpfin_table_rows(scenario), again ? 5 : 7);
		ck_assert_str_eq(cell(scenario, find_row(scenario, "scenario=alone"), "scheme"), "S");
		/* What every scenario had becomes one's of each of the others. */
		ck_assert_uint_eq(count_rows(awards, "scenario="), 0);
		ck_assert_uint_eq(count_rows(awards, "fund=R;year=2016;amount=7"), again ? 3 : 4);
		ck_assert_uint_eq(count_rows(awards, "scenario=alone;amount=8"), 1);
		ck_assert_uint_eq(count_rows(awards, "scenario=both;amount=9"), again ? 0 : 1);
		EXPECT(sum(awards, where, "amount"), summary_of(portfolio).spent);
		ck_assert_int_eq(stpfin_plan_replace(plan, scenario, NULL, &with_scenario), STPFIN_OK);
		ck_assert_int_eq(stpfin_plan_replace(with_scenario, awards, NULL, &funded), STPFIN_OK);
		/* The schemes close their part of the gap without what they are awarded, 100 of revenue. */
		EXPECT(closed_by(funded, name) - 100 / (1.02 * 1.035), summary_of(portfolio).joint_benefit);
		stpfin_plan_free(funded);
		stpfin_plan_free(with_scenario);
		stpfin_table_free(awards);
		stpfin_table_free(scenario);
		stpfin_portfolio_free(portfolio);
	}
	stpfin_plan_free(plan);
}
END_TEST

/* What a measure of a table comes to in do nothing less in a scenario, over all years. */
static double less(
	const stpfin_table *table, const char *scenario, const char *where, const char *column)
{
	char in_scenario[128];
	char in_do_nothing[128];

	snprintf(in_scenario, sizeof in_scenario, "scenario=%s;%s", scenario, where);
	snprintf(in_do_nothing, sizeof in_do_nothing, "scenario=do_nothing;%s", where);
	return sum(table, in_do_nothing, column) - sum(table, in_scenario, column);
}

START_TEST(benefits_of_all_three_gaps)
{
	/* U spares a tenth of the deaths that smoking brings; V brings an indicator to its target and
	 * beyond, and one without a target; both have a small cost. */
	stpfin_plan *plan = PLAN(2017, WITH_SCHEMES, fund, bids, bid_amounts,
		{"mortality", "footprint,year,age,population,deaths\nF,2015,0,500,4\nF,2015,40,300,6\n"
					  "F,2015,75,80,9\n"},
		{"risk", "risk,name\nsmoking,Smoking\n"},
		{"prevalence", "footprint,risk,prevalence\nF,smoking,0.3\n"},
		{"relative_risk", "risk,outcome,rr\nsmoking,mortality,3\n"},
		{"prevention_effect", "scheme,risk,reduction,start_year\nU,smoking,0.1,2016\n"},
		{"indicator", "indicator,name,aim,unit,direction,kind,multiplier,target,weight\n"
					  "wait,w,quality,%,higher,proportion,100,92,2\n"
					  "falls,f,quality,falls,lower,rate,1000,,1\n"},
		{"indicator_value", "footprint,indicator,year,numerator,denominator\n"
							"F,wait,2015,850,1000\nF,falls,2015,30,1000\n"},
		{"indicator_effect", "scheme,indicator,change,start_year,full_year\n"
							 "V,wait,12,2016,2017\nV,falls,-5,2016,2016\n"});
	stpfin_portfolio_options options = STPFIN_PORTFOLIO_OPTIONS_INIT;
	stpfin_table *health = result_in(plan, "both", "health_gap");
	stpfin_table *quality = result_in(plan, "costly", "quality_gap");
	double years =
		less(health, "both", "footprint=F;measure=years_of_life_lost;sex=persons", "value") * 800 /
		100000;
	double people = less(quality, "costly", "footprint=F;indicator=wait", "people_affected");
	stpfin_portfolio *portfolio;
	stpfin_table *chosen;

	/* 8 of 40 years, 6 of 17.5, of which smoking's part is 0.6 / 1.6, less a tenth. */
	EXPECT(years, 2 * (4 * 55 + 6 * 17.5) * 0.06 / 1.6);
	/* 6 and 12 points of 1,000 people, of whom 7 points were short. */
	EXPECT(people, 180);
	options.finance_weight = 0;
	options.health_weight = 60000;
	portfolio = choose(plan, &options);
	chosen = table_from(portfolio, "portfolio");
	EXPECT(value(chosen, "alternative=0;bid=Y", "benefit"), 60000 * years);
	EXPECT(value(chosen, "alternative=0;bid=X", "benefit"), 0);
	EXPECT(value(chosen, "alternative=0;bid=Z", "benefit"), 0);
	EXPECT(summary_of(portfolio).joint_benefit, 60000 * years);
	stpfin_table_free(chosen);
	stpfin_portfolio_free(portfolio);
	options.finance_weight = 2;
	options.quality_weight = 500;
	portfolio = choose(plan, &options);
	chosen = table_from(portfolio, "portfolio");
	EXPECT(value(chosen, "alternative=0;bid=X", "benefit"), 2 * closed_by(plan, "alone"));
	/* Only the way to the target counts, twice for the indicator's weight. */
	EXPECT(value(chosen, "alternative=0;bid=Z", "benefit"),
		2 * closed_by(plan, "costly") + 500 * 2 * (60 + 70));
	ck_assert_uint_eq(count_rows(chosen, "alternative=0;chosen=yes;bid=Z"), 1);
	EXPECT(summary_of(portfolio).joint_benefit,
		2 * (closed_by(plan, "both") + closed_by(plan, "costly")) + 60000 * years + 130000);
	stpfin_table_free(chosen);
	stpfin_portfolio_free(portfolio);
	stpfin_table_free(health);
	stpfin_table_free(quality);
	stpfin_plan_free(plan);
	/* There has to be something to value. */
	plan = PLAN(2017, WITH_SCHEMES, fund, bids, bid_amounts);
	expect_error(stpfin_portfolio_choose(plan, &options, NULL, &portfolio), STPFIN_ERROR_ARGUMENT,
		"an indicator with a target");
	options.quality_weight = 0;
	expect_error(stpfin_portfolio_choose(plan, &options, NULL, &portfolio), STPFIN_ERROR_ARGUMENT,
		"a band that begins at 75");
	stpfin_plan_free(plan);
}
END_TEST

/* Three bids of 60, 50 and 40 for a pot of 100. */
static stpfin_plan *plan_of_three(const char *limits)
{
	return PLAN(2016, {"fund", "fund,year,amount,kind\nR,2016,100,revenue\n"},
		{"scheme", SCHEMES "S,s,w,health,C\n"}, {"bid", BID "X,x,C,,\nY,y,C,,\nZ,z,T,S,\n"},
		{"bid_amount", "bid,fund,year,amount\nX,R,2016,60\nY,R,2016,50\nZ,R,2016,40\n"},
		{"portfolio_limit", limits});
}

#define THREE_BENEFITS "bid,benefit\nX,120\nY,80\nZ,60\n"

START_TEST(price_of_one_more)
{
	stpfin_plan *plan = plan_of_three(LIMIT);
	stpfin_table *given = table_of("benefits", THREE_BENEFITS);
	stpfin_portfolio_options options = exactly(given);
	stpfin_portfolio *portfolio = choose(plan, &options);
	stpfin_table *prices = table_from(portfolio, "portfolio_price");
	stpfin_table *missed = table_from(portfolio, "portfolio_missed");

	/* X and Z; in part, the 40 left after X would go to four fifths of Y. */
	EXPECT(summary_of(portfolio).benefit, 180);
	EXPECT(value(prices, "fund=R", "price"), 1.6);
	EXPECT(value(prices, "fund=R", "spent"), 100);
	ck_assert_uint_eq(stpfin_table_rows(missed), 1);
	ck_assert_str_eq(cell(missed, 0, "bid"), "Y");
	EXPECT(value(missed, "bid=Y", "benefit"), 80);
	/* With Y the best is Y and Z, 40 less. */
	ck_assert_double_ge(value(missed, "bid=Y", "loss"), 0);
	ck_assert_double_le(value(missed, "bid=Y", "loss"), 40 + 1e-9);
	stpfin_table_free(missed);
	stpfin_table_free(prices);
	stpfin_table_free(given);
	stpfin_portfolio_free(portfolio);
	stpfin_plan_free(plan);
}
END_TEST

static void expect_conflict(const char *limits, const char *words, size_t n_conflicting)
{
	stpfin_plan *plan = plan_of_three(limits);
	stpfin_table *given = table_of("benefits", THREE_BENEFITS);
	stpfin_portfolio_options options = exactly(given);
	stpfin_table *conflict;
	stpfin_portfolio *portfolio;

	expect_error(stpfin_portfolio_choose(plan, &options, &conflict, &portfolio),
		STPFIN_ERROR_INFEASIBLE, words);
	ck_assert_ptr_null(portfolio);
	ck_assert_ptr_nonnull(conflict);
	ck_assert_uint_eq(count_rows(conflict, "conflicting=yes"), n_conflicting);
	stpfin_table_free(conflict);
	/* The table need not be asked for. */
	expect_error(
		stpfin_portfolio_choose(plan, &options, NULL, &portfolio), STPFIN_ERROR_INFEASIBLE, words);
	stpfin_table_free(given);
	stpfin_plan_free(plan);
}

START_TEST(limits_that_cannot_hold)
{
	/* Not even in part. */
	expect_conflict(LIMIT ",,,health,50,\n",
		"no set of bids keeps all limits; the nearest is short by £10.00 of the minimum of £50.00 "
		"for health; these cannot hold together: the minimum of £50.00 for health",
		1);
	expect_conflict(LIMIT ",,,health,30,\n,,,,120,\n",
		"short by £20.00 of the minimum of £120.00; these cannot hold together: the pot of £100.00 "
		"from 'R' in 2016 + the minimum of £120.00",
		2);
	/* Only bids as a whole cannot. */
	expect_conflict(LIMIT ",,,,97,98\n,,,health,0,40\n", "these cannot hold together: the", 1);
	expect_conflict(LIMIT "R,2016,,,91,\n,,F,,,99\n", "in 'F'", 2);
}
END_TEST

START_TEST(wrong_requests)
{
	static const struct {
		const char *benefits;
		const char *words;
	} wrong[] = {
		{"bid,value\nX,1\n", "benefit"},
		{"bid,benefit\nX,1\nY,1\n", "the benefits do not name the bid 'Z'"},
		{"bid,benefit\nX,1\nY,1\nX,1\n", "row 4 of the benefits names 'X' again"},
		{"bid,benefit\nX,1\nQ,1\n", "row 3 of the benefits names no bid of the plan: 'Q'"},
		{"bid,benefit\nX,much\n", "row 2 of the benefits has no number for 'X'"},
		{"bid,benefit\nX,1e16\n", "row 2 of the benefits has no number for 'X'"},
	};
	stpfin_plan *plan = plan_of_three(LIMIT);
	stpfin_portfolio_options options = STPFIN_PORTFOLIO_OPTIONS_INIT;
	stpfin_portfolio *portfolio;
	stpfin_portfolio_summary summary = {.version = 2};
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	stpfin_table *table;

#define REFUSED(change, words)                                                                     \
	options = (stpfin_portfolio_options)STPFIN_PORTFOLIO_OPTIONS_INIT;                             \
	change;                                                                                        \
	expect_error(                                                                                  \
		stpfin_portfolio_choose(plan, &options, NULL, &portfolio), STPFIN_ERROR_ARGUMENT, words);  \
	ck_assert_ptr_null(portfolio)
	REFUSED(options.version = 2, "STPFIN_PORTFOLIO_OPTIONS_INIT");
	REFUSED(options.scenario = NULL, "needs a name");
	REFUSED(options.scenario = "do_nothing", "other than do_nothing");
	REFUSED(options.gap = -0.1, "a gap of -0.1");
	REFUSED(options.gap = (double)NAN, "a gap of nan");
	REFUSED(options.time_limit = -1, "a time limit of -1");
	REFUSED(options.tolerance = 1.5, "a tolerance of 1.5");
	REFUSED(options.alternatives = 101, "101 alternatives are too many");
	REFUSED(options.finance_weight = (double)INFINITY, "finance weight");
	REFUSED(options.health_weight = (double)NAN, "health weight");
	REFUSED(options.quality_weight = -(double)INFINITY, "quality weight");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		stpfin_table *given = table_of("benefits", wrong[i].benefits);
		stpfin_status status;

		options = exactly(given);
		status = stpfin_portfolio_choose(plan, &options, NULL, &portfolio);
		expect_error(status, i == 0 ? STPFIN_ERROR_COLUMN : STPFIN_ERROR_ARGUMENT, wrong[i].words);
		stpfin_table_free(given);
	}
	expect_error(stpfin_portfolio_choose(NULL, NULL, NULL, &portfolio), STPFIN_ERROR_ARGUMENT,
		"was given NULL");
	expect_error(
		stpfin_portfolio_choose(plan, NULL, NULL, NULL), STPFIN_ERROR_ARGUMENT, "was given NULL");
	portfolio = choose(plan, NULL);
	expect_error(stpfin_portfolio_get_table(portfolio, "awards", &table), STPFIN_ERROR_ARGUMENT,
		"did you mean award");
	expect_error(stpfin_portfolio_get_table(portfolio, "weather", &table), STPFIN_ERROR_ARGUMENT,
		"it has portfolio");
	expect_error(stpfin_portfolio_get_table(portfolio, NULL, &table), STPFIN_ERROR_ARGUMENT,
		"was given NULL");
	expect_error(stpfin_portfolio_get_summary(portfolio, &summary), STPFIN_ERROR_ARGUMENT,
		"STPFIN_PORTFOLIO_SUMMARY_INIT");
	expect_error(
		stpfin_portfolio_get_summary(portfolio, NULL), STPFIN_ERROR_ARGUMENT, "was given NULL");
	expect_error(stpfin_portfolio_get_stamp(NULL, &stamp), STPFIN_ERROR_ARGUMENT, "was given NULL");
	ck_assert_int_eq(stpfin_portfolio_get_stamp(portfolio, &stamp), STPFIN_OK);
	ck_assert_uint_eq(strlen(stamp.plan_hash), STPFIN_HASH_SIZE - 1);
	stamp.version = 2;
	expect_error(
		stpfin_portfolio_get_stamp(portfolio, &stamp), STPFIN_ERROR_ARGUMENT, "STPFIN_STAMP_INIT");
	stpfin_portfolio_free(portfolio);
	stpfin_portfolio_free(NULL);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(nothing_to_choose)
{
	stpfin_plan *plan = PLAN(2016, {"funding", "organisation,stream,year,amount\n"});
	stpfin_portfolio *portfolio = choose(plan, NULL);
	stpfin_table *table = table_from(portfolio, "portfolio");

	ck_assert_uint_eq(stpfin_table_rows(table), 0);
	EXPECT(summary_of(portfolio).benefit, 0);
	EXPECT(summary_of(portfolio).gap, 0);
	stpfin_table_free(table);
	stpfin_portfolio_free(portfolio);
	stpfin_plan_free(plan);
}
END_TEST

static stpfin_status stop_at_once(double done, void *user_data)
{
	ck_assert_double_ge(done, 0);
	ck_assert_double_le(done, 1);
	++*(size_t *)user_data;
	return STPFIN_ERROR_CANCELLED;
}

START_TEST(ended_early)
{
	struct knapsack problem;
	stpfin_portfolio_options options;
	stpfin_portfolio *portfolio;
	stpfin_plan *plan;
	size_t n_asked = 0;

	make_knapsack(&problem, 4);
	options = exactly(problem.benefits);
	options.time_limit = 1e-9;
	portfolio = choose(problem.plan, &options);
	ck_assert_int_eq(summary_of(portfolio).end, STPFIN_PORTFOLIO_TIME_UP);
	ck_assert_double_ge(summary_of(portfolio).bound, best_of_knapsack(&problem) - 1e-9);
	ck_assert_double_gt(summary_of(portfolio).benefit, 0);
	stpfin_portfolio_free(portfolio);
	options.time_limit = 0;
	options.progress = stop_at_once;
	options.user_data = &n_asked;
	portfolio = choose(problem.plan, &options);
	ck_assert_int_eq(summary_of(portfolio).end, STPFIN_PORTFOLIO_STOPPED);
	ck_assert_double_gt(summary_of(portfolio).gap, 0);
	ck_assert_uint_ge(n_asked, 1);
	stpfin_portfolio_free(portfolio);
	stpfin_table_free(problem.benefits);
	stpfin_plan_free(problem.plan);
	/* While benefits are computed there is no set yet. */
	plan = PLAN(2017, WITH_SCHEMES, fund, bids, bid_amounts);
	options.benefits = NULL;
	ck_assert_int_eq(
		stpfin_portfolio_choose(plan, &options, NULL, &portfolio), STPFIN_ERROR_CANCELLED);
	ck_assert_ptr_null(portfolio);
	stpfin_plan_free(plan);
}
END_TEST

/* Chooses again and again, as a thread. */
static void *choose_often(void *user_data)
{
	struct knapsack *problem = user_data;
	stpfin_portfolio_options options = exactly(problem->benefits);
	stpfin_table *first = NULL;

	options.alternatives = 2;
	options.gap = 1e-4;
	for (int i = 0; i < 2; i++) {
		stpfin_portfolio *portfolio = NULL;
		stpfin_table *table = NULL;

		stpfin_portfolio_choose(problem->plan, &options, NULL, &portfolio);
		stpfin_portfolio_get_table(portfolio, "portfolio", &table);
		stpfin_portfolio_free(portfolio);
		if (first != NULL && !stpfin_table_equal(first, table)) {
			stpfin_table_free(first);
			first = NULL;
			stpfin_table_free(table);
			break;
		}
		if (first == NULL) {
			first = table;
		} else {
			stpfin_table_free(table);
		}
	}
	return first;
}

START_TEST(same_in_every_run_and_thread)
{
	enum { THREADS = 3 };
	struct knapsack problem;
	pthread_t threads[THREADS];
	void *found[THREADS];

	make_knapsack(&problem, 11);
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_create(&threads[i], NULL, choose_often, &problem), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &found[i]), 0);
		ck_assert_ptr_nonnull(found[i]);
		ck_assert(stpfin_table_equal(found[0], found[i]));
	}
	for (size_t i = 0; i < THREADS; i++) {
		stpfin_table_free(found[i]);
	}
	stpfin_table_free(problem.benefits);
	stpfin_plan_free(problem.plan);
}
END_TEST

/* The thread's own GLPK objects and settings are there afterwards. */
START_TEST(glpk_of_the_caller)
{
	stpfin_plan *plan = plan_of_three(LIMIT);
	glp_prob *own = glp_create_prob();
	stpfin_portfolio *portfolio;

	glp_set_prob_name(own, "own");
	glp_term_out(GLP_ON);
	portfolio = choose(plan, NULL);
	ck_assert_str_eq(glp_get_prob_name(own), "own");
	ck_assert_int_eq(glp_term_out(GLP_OFF), GLP_ON);
	glp_delete_prob(own);
	glp_free_env();
	stpfin_portfolio_free(portfolio);
	stpfin_plan_free(plan);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {published_knapsacks, every_set_looked_at,
		programs_beside_dynamic_programming, benefits_are_gaps_closed, benefits_of_all_three_gaps,
		chosen_set_as_a_scenario, price_of_one_more, limits_that_cannot_hold, wrong_requests,
		nothing_to_choose, ended_early, same_in_every_run_and_thread, glpk_of_the_caller, NULL};

	return run_tests("portfolio", tests);
}
