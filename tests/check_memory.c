#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libstpfin/plan/schema.h"
#include "libstpfin/report/record.h"
#include "libstpfin/simulate/uncertain.h"
#include "libstpfin/table/files.h"
#include "tests/plans.h"

/* Every allocation of a call fails in turn. malloc() and its kin here stand in the place of the
 * system's, for the C library, jansson and libcsv as well: so this program runs with neither
 * sanitizers nor Valgrind, and only with glibc. The workbook is left out: libxlsxwriter leaks
 * and crashes. */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

static long live;            /* allocations not yet freed */
static bool armed;           /* whether allocations are counted, to make one fail */
static size_t left;          /* until the one that fails */
static bool failed;          /* whether it has */
static const char *asked_by; /* the shared library that wanted it; "" for this program's own code */

static bool fails(const void *caller)
{
	Dl_info own;
	Dl_info other;

	if (!armed || failed) {
		return false;
	}
	if (left-- > 0) {
		return false;
	}
	failed = true;
	asked_by =
		dladdr(&live, &own) != 0 && dladdr(caller, &other) != 0 && own.dli_fbase != other.dli_fbase
			? other.dli_fname
			: "";
	errno = ENOMEM;
	return true;
}

static void *counted(void *memory)
{
	live += memory != NULL;
	return memory;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_calloc(n, size));
}

void *realloc(void *memory, size_t size)
{
	void *moved;

	if (fails(__builtin_return_address(0))) {
		return NULL;
	}
	moved = __libc_realloc(memory, size);
	if (memory == NULL) {
		counted(moved);
	} else if (size == 0) {
		live--;
	}
	return moved;
}

void free(void *memory)
{
	live -= memory != NULL;
	__libc_free(memory);
}

/* What calls work on, made once, and the folder they write to. */
static stpfin_plan *plan;
static stpfin_plan *other_plan;
static stpfin_plan *plan_in_conflict;
static stpfin_simulation *simulation_made;
static stpfin_table *tables[64];
static size_t n_tables;
static stpfin_table *replacement;
static stpfin_table *broken;
static stpfin_projection *projection;      /* in real prices */
static stpfin_projection *cash_projection; /* in cash */
static stpfin_table *results[16];
static size_t n_results;
static stpfin_table *bridge;
static stpfin_table *description;
static stpfin_stamp stamp = STPFIN_STAMP_INIT;
static stpfin_plan_settings settings = {1, 2015, 2016, 0.035, 0.03, 0.035};
static char folder[] = "check_memory.XXXXXX";
static char plan_folder[sizeof folder + 8];
static char results_folder[sizeof folder + 8];

/* What a call gives: all of it NULL after a failure. */
struct outputs {
	stpfin_plan *plan;
	stpfin_table *tables[2];
	stpfin_projection *projection;
	char *text;
};

static void free_outputs(struct outputs *self)
{
	stpfin_plan_free(self->plan);
	stpfin_table_free(self->tables[0]);
	stpfin_table_free(self->tables[1]);
	stpfin_projection_free(self->projection);
	stpfin_text_free(self->text);
}

static bool is_same(const struct outputs *a, const struct outputs *b)
{
	char hashes[2][STPFIN_HASH_SIZE] = {"", ""};

	if (a->plan != NULL && b->plan != NULL) {
		stpfin_plan_hash(a->plan, hashes[0]);
		stpfin_plan_hash(b->plan, hashes[1]);
	}
	return (a->plan == NULL) == (b->plan == NULL) && strcmp(hashes[0], hashes[1]) == 0 &&
		   stpfin_table_equal(a->tables[0], b->tables[0]) &&
		   stpfin_table_equal(a->tables[1], b->tables[1]) &&
		   (a->text == NULL ? b->text == NULL : strcmp(a->text, b->text) == 0);
}

/* A call; some come in several kinds. */
typedef stpfin_status (*test_call)(size_t kind, struct outputs *out);

static stpfin_status read_plan(size_t kind, struct outputs *out)
{
	(void)kind;
	return stpfin_plan_read(plan_folder, &out->tables[0], &out->plan);
}

static stpfin_status make_plan(size_t kind, struct outputs *out)
{
	(void)kind;
	return stpfin_plan_new(
		&settings, (const stpfin_table *const *)tables, n_tables, &out->tables[0], &out->plan);
}

/* A plan that is refused with all its problems, which this tells as success. */
static stpfin_status make_broken_plan(size_t kind, struct outputs *out)
{
	stpfin_status status;

	(void)kind;
	status = stpfin_plan_replace(plan, broken, &out->tables[0], &out->plan);
	return status == STPFIN_ERROR_PLAN ? STPFIN_OK : status;
}

static stpfin_status replace_table(size_t kind, struct outputs *out)
{
	(void)kind;
	return stpfin_plan_replace(plan, replacement, &out->tables[0], &out->plan);
}

static const char *const scenarios[] = {"plan", "some"};

static stpfin_status project(size_t kind, struct outputs *out)
{
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;

	options.prices = kind == 0 ? STPFIN_PRICES_CASH : STPFIN_PRICES_REAL;
	options.scenarios = scenarios;
	options.n_scenarios = kind;
	return stpfin_project(plan, &options, &out->projection);
}

static stpfin_status get_result(size_t kind, struct outputs *out)
{
	size_t n;

	return stpfin_projection_get_table(
		projection, stpfin_projection_results(&n)[kind], NULL, NULL, &out->tables[0]);
}

/* By driver, scheme, workstream and agreement, one after the other and then by Shapley. */
static stpfin_bridge_options bridge_options(size_t kind)
{
	stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;

	options.by = (stpfin_bridge_by)(kind % 4);
	options.method = (stpfin_bridge_method)(kind / 4);
	options.scenario = scenarios[0];
	options.samples = 2;
	return options;
}

static stpfin_status make_bridge(size_t kind, struct outputs *out)
{
	stpfin_bridge_options options = bridge_options(kind);
	stpfin_stamp own = STPFIN_STAMP_INIT;

	return stpfin_bridge(plan, &options, &out->tables[0], &own);
}

static stpfin_status stop(double done, void *user_data)
{
	(void)user_data;
	return done > 0.4 ? STPFIN_ERROR_CANCELLED : STPFIN_OK;
}

/* Runs to its end by being cancelled, which it tells as success. */
static stpfin_status cancel_bridge(size_t kind, struct outputs *out)
{
	stpfin_bridge_options options = bridge_options(kind);
	stpfin_status status;

	options.progress = stop;
	status = stpfin_bridge(plan, &options, &out->tables[0], NULL);
	return status == STPFIN_ERROR_CANCELLED && out->tables[0] == NULL ? STPFIN_OK : status;
}

static stpfin_status compare(size_t kind, struct outputs *out)
{
	stpfin_compare_options options = STPFIN_COMPARE_OPTIONS_INIT;
	stpfin_stamp own = STPFIN_STAMP_INIT;

	options.scenario = kind == 0 ? NULL : scenarios[0];
	return stpfin_compare(plan, other_plan, &options, &out->tables[0], &out->tables[1], &own);
}

static stpfin_status stop_at_once(double done, void *user_data)
{
	(void)done;
	(void)user_data;
	return STPFIN_ERROR_CANCELLED;
}

static stpfin_status cancel_result(size_t kind, struct outputs *out)
{
	size_t n;
	stpfin_status status = stpfin_projection_get_table(
		projection, stpfin_projection_results(&n)[kind], stop_at_once, NULL, &out->tables[0]);

	return status == STPFIN_ERROR_CANCELLED ? STPFIN_OK : status;
}

static stpfin_status cancel_compare(size_t kind, struct outputs *out)
{
	stpfin_compare_options options = STPFIN_COMPARE_OPTIONS_INIT;
	stpfin_status status;

	(void)kind;
	options.progress = stop_at_once;
	status = stpfin_compare(plan, other_plan, &options, &out->tables[0], &out->tables[1], NULL);
	return status == STPFIN_ERROR_CANCELLED ? STPFIN_OK : status;
}

static stpfin_status align(size_t kind, struct outputs *out)
{
	(void)kind;
	return stpfin_align(cash_projection, &out->tables[0], &out->tables[1]);
}

static stpfin_status share_pot(size_t kind, struct outputs *out)
{
	static const double claims[] = {9, 7};
	double award[2];

	(void)kind;
	(void)out;
	return stpfin_fund_share(
		STPFIN_RULE_TALMUD, 10, claims, 2, NULL, 0, NULL, 0, NULL, 0, NULL, 0, -1, 2, award);
}

/* For every scenario and for one. */
/* Bids that can be chosen, and some that cannot, which this tells as success. */
static stpfin_status choose_bids(size_t kind, struct outputs *out)
{
	stpfin_portfolio_options options = STPFIN_PORTFOLIO_OPTIONS_INIT;
	stpfin_portfolio *portfolio = NULL;
	stpfin_status status;

	options.health_weight = kind == 0 ? 60000 : 0;
	options.quality_weight = options.health_weight;
	status = stpfin_portfolio_choose(
		kind == 0 ? plan : plan_in_conflict, &options, &out->tables[0], &portfolio);

	if (kind > 0) {
		return status == STPFIN_ERROR_INFEASIBLE ? STPFIN_OK : status;
	}
	if (status == STPFIN_OK) {
		status = stpfin_portfolio_get_table(portfolio, "portfolio", &out->tables[0]);
	}
	if (status == STPFIN_OK) {
		status = stpfin_portfolio_get_table(portfolio, "award", &out->tables[1]);
	}
	stpfin_portfolio_free(portfolio);
	return status;
}

static stpfin_status allocate(size_t kind, struct outputs *out)
{
	stpfin_allocate_options options = STPFIN_ALLOCATE_OPTIONS_INIT;
	stpfin_stamp own = STPFIN_STAMP_INIT;

	options.fund = "R";
	options.weight = kind == 0 ? STPFIN_CLAIM_WEIGHT_CLAIM : STPFIN_CLAIM_WEIGHT_POPULATION;
	options.scenario = kind == 0 ? NULL : scenarios[0];
	return stpfin_allocate(plan, &options, &out->tables[0], &out->tables[1], &own);
}

static const char *const measures[] = {"funding_gap.gap", "resource.needed[year=2016]",
	"health_gap.value[footprint=F]", "quality_gap.gap", "bridge.amount", "appraisal.payback_year"};
static const char *const simulated[] = {"plan", "plan-some"};

/* What needs no rows to be matched and what does; a bridge by driver; a piece. */
static stpfin_simulate_options simulate_options(size_t kind)
{
	stpfin_simulate_options options = STPFIN_SIMULATE_OPTIONS_INIT;

	options.draws = 3;
	options.scenarios = simulated;
	options.n_scenarios = kind < 2 ? 2 : 0;
	options.measures = measures;
	options.n_measures = kind == 0 ? 1 : kind == 1 ? sizeof measures / sizeof *measures : 5;
	options.prices = kind == 1 ? STPFIN_PRICES_REAL : STPFIN_PRICES_CASH;
	options.by = kind == 2 ? STPFIN_BRIDGE_BY_DRIVER : STPFIN_BRIDGE_BY_SCHEME;
	options.first = kind;
	return options;
}

static stpfin_status get_tables(const stpfin_simulation *simulation, struct outputs *out)
{
	stpfin_status status = stpfin_simulation_get_table(simulation, "simulation", &out->tables[0]);

	if (status == STPFIN_OK) {
		status = stpfin_simulation_get_table(simulation, "draws", &out->tables[1]);
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(out->tables[0]);
		out->tables[0] = NULL;
	}
	return status;
}

static stpfin_status simulate(size_t kind, struct outputs *out)
{
	stpfin_simulate_options options = simulate_options(kind);
	stpfin_simulation *simulation = NULL;
	stpfin_status status = stpfin_simulate(plan, &options, &simulation);

	if (status == STPFIN_OK) {
		status = get_tables(simulation, out);
	}
	stpfin_simulation_free(simulation);
	return status;
}

static stpfin_status cancel_simulation(size_t kind, struct outputs *out)
{
	stpfin_simulate_options options = simulate_options(kind);
	stpfin_simulation *simulation = NULL;
	stpfin_status status;

	(void)out;
	options.progress = stop_at_once;
	status = stpfin_simulate(plan, &options, &simulation);
	stpfin_simulation_free(simulation);
	return status == STPFIN_ERROR_CANCELLED ? STPFIN_OK : status;
}

/* Writes a simulation with its draws, reads it again, and joins it to itself alone. */
static stpfin_status keep_simulation(size_t kind, struct outputs *out)
{
	stpfin_simulation *read = NULL;
	stpfin_simulation *joined = NULL;
	struct outputs made = {.plan = NULL};
	stpfin_status status = get_tables(simulation_made, &made);

	(void)kind;
	if (status == STPFIN_OK) {
		status = stpfin_simulation__write(
			simulation_made, results_folder, (const stpfin_table *const *)made.tables, 2);
	}
	if (status == STPFIN_OK) {
		status = stpfin_simulation__read(plan, results_folder, &read);
	}
	if (status == STPFIN_OK) {
		status = stpfin_simulation_join((const stpfin_simulation *const *)&read, 1, &joined);
	}
	if (status == STPFIN_OK) {
		status = get_tables(joined, out);
	}
	free_outputs(&made);
	stpfin_simulation_free(read);
	stpfin_simulation_free(joined);
	return status;
}

static stpfin_status describe(size_t kind, struct outputs *out)
{
	return stpfin_describe(kind == 0 ? NULL : "flow", &out->tables[0]);
}

static stpfin_status get_plan_table(size_t kind, struct outputs *out)
{
	(void)kind;
	return stpfin_plan_get_table(plan, "flow", &out->tables[0]);
}

static stpfin_status hash(size_t kind, struct outputs *out)
{
	char text[STPFIN_HASH_SIZE];

	(void)kind;
	(void)out;
	return stpfin_plan_hash(plan, text);
}

static stpfin_status read_csv(size_t kind, struct outputs *out)
{
	char path[sizeof plan_folder + 16];

	(void)kind;
	snprintf(path, sizeof path, "%s/flow.csv", plan_folder);
	return stpfin_table_read_csv(path, "flow", &out->tables[0]);
}

static stpfin_status write_plan(size_t kind, struct outputs *out)
{
	(void)kind;
	(void)out;
	return stpfin_plan_write(plan, results_folder);
}

/* Makes way for a plan that is not to be written over another. */
static void remove_plan(void)
{
	char path[sizeof results_folder + 32];
	size_t n_schemas;
	const struct stpfin_table_schema *schemas = stpfin_schema__tables(&n_schemas);

	for (size_t i = 0; i < n_schemas; i++) {
		snprintf(path, sizeof path, "%s/%s.csv", results_folder, schemas[i].name);
		remove(path);
	}
	snprintf(path, sizeof path, "%s/datapackage.json", results_folder);
	remove(path);
}

static stpfin_status write_fund(size_t kind, struct outputs *out)
{
	(void)kind;
	(void)out;
	remove_plan();
	return stpfin_fund_write(
		plan, (const stpfin_table *const *)results, n_results, &stamp, results_folder);
}

static stpfin_status write_empty_plan(size_t kind, struct outputs *out)
{
	(void)kind;
	(void)out;
	remove_plan();
	return stpfin_plan_write_empty(&settings, results_folder);
}

static stpfin_status write_results(size_t kind, struct outputs *out)
{
	(void)kind;
	(void)out;
	return stpfin_results_write(
		results_folder, (const stpfin_table *const *)results, n_results, &stamp);
}

static stpfin_status write_json(size_t kind, struct outputs *out)
{
	(void)kind;
	return stpfin_results_json((const stpfin_table *const *)results, n_results, &stamp, &out->text);
}

static stpfin_status write_csv_text(size_t kind, struct outputs *out)
{
	return stpfin_result_csv(results[kind], &out->text);
}

static stpfin_status write_text(size_t kind, struct outputs *out)
{
	const stpfin_table *table = kind < n_results    ? results[kind]
								: kind == n_results ? bridge
													: description;

	return stpfin_result_text(table, &stamp, plan, &out->text);
}

/* The two below give numbers, not handles: that they write some after a failure, or none without,
 * is told as another failure. */
static stpfin_status find_slope(size_t kind, struct outputs *out)
{
	const double population[] = {100, 200, 300}, value[] = {70, 75, 80}, error[] = {1, 2, 1};
	double found[7] = {0, 0, 0, 0, 0, 0, 0};
	stpfin_status status = stpfin_slope_index(population, 3, value, 3, kind == 0 ? NULL : error,
		kind == 0 ? 0 : 3, STPFIN_TRANSFORM_NONE, 0.95, 100, 1, &found[0], &found[1], &found[2],
		&found[3], &found[4], &found[5], &found[6]);

	(void)out;
	return (status == STPFIN_OK) == (found[0] > 0) ? status : STPFIN_ERROR_ARGUMENT;
}

static stpfin_status find_variation(size_t kind, struct outputs *out)
{
	const double numerator[] = {10, 20, 30}, denominator[] = {40, 50, 60};
	double centre = 0, phi = 0, tau_squared = 0;
	stpfin_status status = stpfin_funnel_variation(
		(stpfin_indicator_kind)kind, numerator, 3, denominator, 3, &centre, &phi, &tau_squared);

	(void)out;
	return (status == STPFIN_OK) == (centre > 0) ? status : STPFIN_ERROR_ARGUMENT;
}

static stpfin_status compile_uncertain(size_t kind, struct outputs *out)
{
	struct stpfin_uncertain *uncertain = NULL;
	stpfin_status status = stpfin_uncertain__new(plan, &uncertain);

	(void)kind;
	(void)out;
	stpfin_uncertain__free(uncertain);
	return status;
}

static stpfin_status find_unfinished(void *user_data, const char *name)
{
	size_t length = strlen(name);

	*(bool *)user_data |= length > 4 && strcmp(name + length - 4, ".new") == 0;
	return STPFIN_OK;
}

/* Nothing half written stays behind. */
static void expect_nothing_unfinished(void)
{
	bool unfinished = false;

	if (stpfin_files__exists(results_folder)) {
		ck_assert_int_eq(
			stpfin_files__list(results_folder, find_unfinished, &unfinished), STPFIN_OK);
	}
	ck_assert(!unfinished);
}

/* Fails the first allocation of a call, then the second, until there is none left to fail. */
static void fail_each(const char *name, test_call call, size_t kind)
{
	struct outputs expected = {.plan = NULL};
	struct outputs out;
	size_t n = 0;

	/* What is made once and kept, by the C library too, is made here. */
	ck_assert_msg(call(kind, &expected) == STPFIN_OK, "%s: %s", name, stpfin_last_error());
	for (failed = true; failed; n++) {
		long before = live;
		stpfin_status status;

		out = (struct outputs){.plan = NULL};
		left = n;
		failed = false;
		armed = true;
		status = call(kind, &out);
		armed = false;
		if (status == STPFIN_OK) {
			/* stdio does without a buffer, qsort without room, libcsv with less. */
			ck_assert_msg(
				!failed || *asked_by != '\0', "%s succeeds without allocation %zu", name, n);
			ck_assert_msg(is_same(&out, &expected), "%s without allocation %zu differs", name, n);
		} else {
			ck_assert_msg(failed, "%s: %s", name, stpfin_last_error());
			ck_assert_msg(status == STPFIN_ERROR_MEMORY || *asked_by != '\0',
				"%s without allocation %zu: %s", name, n, stpfin_last_error());
			/* A plan that cannot be read has its problems told. */
			if (status == STPFIN_ERROR_PLAN) {
				stpfin_table_free(out.tables[0]);
				out.tables[0] = NULL;
			}
			ck_assert_msg(out.plan == NULL && out.tables[0] == NULL && out.tables[1] == NULL &&
							  out.projection == NULL && out.text == NULL,
				"%s without allocation %zu gives something", name, n);
		}
		free_outputs(&out);
		ck_assert_msg(live == before, "%s without allocation %zu: %ld allocations stay", name, n,
			live - before);
		expect_nothing_unfinished();
	}
	free_outputs(&expected);
	printf("%-16s %5zu allocations\n", name, n - 1);
}

/* And what of it is uncertain. */
static const struct csv uncertainty[] = {
	{"uncertainty", "parameter,table,column,select,mode,distribution,p1,p2,p3,path\n"
					"g,activity_growth,rate,,add,normal,0,0.01,,yearly\n"
					"i,flow,income,service=E,factor,gamma,1,0.1,,\n"
					"h,activity_growth,rate,service=,factor,interval80,0.9,1.1,,walk\n"
					"s,service,semi_fixed_share,service=E,value,pert,0.2,0.3,0.4,\n"
					"deaths,mortality,deaths,age=0,value,uniform,0,12,,\n"
					"later,scenario,delay,,add,uniform,0,2,,\n"},
	{"correlation", "a,b,rho\ng,h,0.5\ns,i,-0.2\n"},
};

static void set_up(void)
{
	const char *const *names = stpfin_projection_results(&n_results);
	stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_simulate_options simulate_how;
	stpfin_plan *changed;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(plan_folder, sizeof plan_folder, "%s/plan", folder);
	snprintf(results_folder, sizeof results_folder, "%s/results", folder);
	for (; everything[n_tables].table != NULL; n_tables++) {
		tables[n_tables] = table_of(everything[n_tables].table, everything[n_tables].text);
	}
	for (size_t i = 0; i < sizeof uncertainty / sizeof *uncertainty; i++) {
		tables[n_tables++] = table_of(uncertainty[i].table, uncertainty[i].text);
	}
	ck_assert_int_eq(
		stpfin_plan_new(&settings, (const stpfin_table *const *)tables, n_tables, NULL, &plan),
		STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_write(plan, plan_folder), STPFIN_OK);
	replacement = table_of("pressure", "organisation,name,year,amount\nC,rent,2016,3\n");
	broken = table_of("flow", "commissioner,provider,service,activity,income,Weather\nC,TT,E,-1,"
							  "\"1,000\",\nN,T,e,,,\nL,O,,1,1,wet\n");
	changed = with_table(plan, "deflator", "year,index\n2015,100\n2016,103\n");
	ck_assert_int_eq(stpfin_plan_replace(changed, replacement, NULL, &other_plan), STPFIN_OK);
	stpfin_plan_free(changed);
	plan_in_conflict = with_table(plan, "portfolio_limit", "footprint,minimum\nF,70\n");
	simulate_how = simulate_options(1);
	ck_assert_int_eq(stpfin_simulate(plan, &simulate_how, &simulation_made), STPFIN_OK);
	options.scenarios = scenarios;
	options.n_scenarios = 2;
	ck_assert_int_eq(stpfin_project(plan, &options, &cash_projection), STPFIN_OK);
	options.prices = STPFIN_PRICES_REAL;
	ck_assert_int_eq(stpfin_project(plan, &options, &projection), STPFIN_OK);
	ck_assert_int_eq(stpfin_projection_get_stamp(projection, &stamp), STPFIN_OK);
	for (size_t i = 0; i < n_results; i++) {
		ck_assert_int_eq(
			stpfin_projection_get_table(projection, names[i], NULL, NULL, &results[i]), STPFIN_OK);
	}
	ck_assert_int_eq(stpfin_bridge(plan, NULL, &bridge, NULL), STPFIN_OK);
	ck_assert_int_eq(stpfin_describe("service", &description), STPFIN_OK);
}

static stpfin_status remove_file(void *user_data, const char *name)
{
	char *path = stpfin_files__join(user_data, name);

	remove(path);
	free(path);
	return STPFIN_OK;
}

static void tear_down(void)
{
	stpfin_files__list(plan_folder, remove_file, plan_folder);
	stpfin_files__list(results_folder, remove_file, results_folder);
	rmdir(plan_folder);
	rmdir(results_folder);
	ck_assert_int_eq(rmdir(folder), 0);
	for (size_t i = 0; i < n_tables; i++) {
		stpfin_table_free(tables[i]);
	}
	for (size_t i = 0; i < n_results; i++) {
		stpfin_table_free(results[i]);
	}
	stpfin_table_free(replacement);
	stpfin_table_free(broken);
	stpfin_table_free(bridge);
	stpfin_table_free(description);
	stpfin_projection_free(projection);
	stpfin_projection_free(cash_projection);
	stpfin_plan_free(plan);
	stpfin_plan_free(other_plan);
	stpfin_plan_free(plan_in_conflict);
	stpfin_simulation_free(simulation_made);
}

START_TEST(every_allocation_may_fail)
{
	static const struct {
		const char *name;
		test_call call;
		size_t kinds;
	} calls[] = {
		{"read a plan", read_plan, 1},
		{"make a plan", make_plan, 1},
		{"refuse a plan", make_broken_plan, 1},
		{"replace a table", replace_table, 1},
		{"project", project, 3},
		{"get a result", get_result, 13},
		{"cancel a result", cancel_result, 13},
		{"bridge", make_bridge, 8},
		{"cancel a bridge", cancel_bridge, 8},
		{"compare", compare, 2},
		{"cancel a comparison", cancel_compare, 1},
		{"align", align, 1},
		{"share a pot", share_pot, 1},
		{"allocate", allocate, 2},
		{"choose bids", choose_bids, 2},
		{"simulate", simulate, 3},
		{"cancel draws", cancel_simulation, 2},
		{"keep draws", keep_simulation, 1},
		{"describe", describe, 2},
		{"get a table", get_plan_table, 1},
		{"hash", hash, 1},
		{"read CSV", read_csv, 1},
		{"write results", write_results, 1},
		{"write a plan", write_plan, 1},
		{"write a fund", write_fund, 1},
		{"write an empty", write_empty_plan, 1},
		{"JSON", write_json, 1},
		{"CSV", write_csv_text, 13},
		{"text", write_text, 15},
		{"slope index", find_slope, 2},
		{"variation", find_variation, 3},
		{"what is uncertain", compile_uncertain, 1},
	};

	set_up();
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		for (size_t kind = 0; kind < calls[i].kinds; kind++) {
			fail_each(calls[i].name, calls[i].call, kind);
		}
	}
	tear_down();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {every_allocation_may_fail, NULL};

	return run_tests("memory", tests);
}
