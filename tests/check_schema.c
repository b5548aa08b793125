#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/nearest.h"
#include "libstpfin/plan/schema.h"
#include "stpfin/schema.h"
#include "stpfin/table.h"

/* Every table and column again: + before a key, * after a column that may be blank. A change of
 * the schema has to be made here too, so that none is made by accident. */

#define RECORD " source* status* note*"
#define TIMING " start_year full_year* last_year* ramp*"

static const char *const plan[] = {
	"source: +source title publisher* published* url* licence* status note*",
	"footprint: +footprint name parent*" RECORD,
	"organisation: +organisation name kind" RECORD,
	"membership: +organisation +footprint share" RECORD,
	"service: +service name setting unit length_of_stay* target_occupancy* variable_share* "
	"semi_fixed_share* semi_fixed_lag*" RECORD,
	"staffing: +service +staff_group wte_per_1000" RECORD,
	"supply: +organisation +resource +year* amount" RECORD,
	"population: +footprint +year +sex* +age* persons" RECORD,
	"age_weight: +service* +sex* +age* weight" RECORD,
	"flow: +commissioner +provider +service activity* income cost* marginal_rate* "
	"marginal_rate_below*" RECORD,
	"activity_growth: +service* +footprint* +year* rate" RECORD,
	"inflation: +component +year* rate" RECORD,
	"cost_mix: +service* +component share" RECORD,
	"tariff: +service* +year* uplift efficiency" RECORD,
	"funding: +organisation +stream +year amount" RECORD,
	"transfer: +from_organisation +to_organisation +name +year amount" RECORD,
	"pressure: +organisation +name +year amount" RECORD,
	"deflator: +year index" RECORD,
	"scheme: +scheme name workstream aim owner level*" RECORD,
	"activity_effect: +scheme +commissioner* +provider* +service reduction to_service* "
	"to_provider* substitution* unit_cost*" TIMING RECORD,
	"efficiency_effect: +scheme +commissioner* +provider* +service* saving* "
	"stay_reduction*" TIMING RECORD,
	"prevention_effect: +scheme +footprint* +risk reduction" TIMING RECORD,
	"scheme_cost: +scheme +organisation +year +kind amount asset_life*" RECORD,
	"scenario: +scenario +scheme scale* delay*" RECORD,
	"award: +fund +organisation +year amount +scenario*" RECORD,
	"evidence: +service +effect low high" RECORD,
	"agreement: +scheme* +organisation position date* body*" RECORD,
	"engagement: +scheme* +group stage start* end*" RECORD,
	"statement: +footprint +topic text" RECORD,
	"mortality: +footprint +year +sex* +age population deaths good_health* "
	"good_health_sample*" RECORD,
	"mortality_trend: +sex* +age* rate" RECORD,
	"deprivation: +footprint +measure +quantile population value standard_error*" RECORD,
	"risk: +risk name trend*" RECORD,
	"prevalence: +footprint +risk +sex* +age* prevalence" RECORD,
	"relative_risk: +risk +outcome +sex* +age* rr lag*" RECORD,
	"indicator: +indicator name aim unit direction kind multiplier* target* weight* "
	"service*" RECORD,
	"indicator_value: +footprint +indicator +year numerator denominator" RECORD,
	"indicator_trend: +indicator +footprint* change" RECORD,
	"indicator_effect: +scheme +indicator +footprint* change" TIMING RECORD,
	"indicator_cost: +indicator +service activity_per_unit" RECORD,
	"fund: +fund +year amount kind" RECORD,
	"claim: +fund +organisation +year amount weight* floor* cap*" RECORD,
	"bid: +bid name organisation scheme* group*" RECORD,
	"bid_amount: +bid +fund +year amount" RECORD,
	"bid_requires: +bid +requires" RECORD,
	"portfolio_limit: +fund* +year* +footprint* +aim* minimum* maximum*" RECORD,
	"fund_condition: +fund +year +condition gate share* first_quarter*" RECORD,
	"fund_result: +fund +organisation +year +quarter +condition met" RECORD,
	"uncertainty: +parameter table column select* mode distribution p1 p2* p3* path*" RECORD,
	"correlation: +a +b rho" RECORD,
	"organisation_plan: +organisation +version +year +line +service* amount" RECORD,
	"contract_view: +commissioner +provider +year commissioner_value provider_value" RECORD,
};

static const char *const results[] = {
	"funding_gap: +scenario +footprint +component +year cost income gap gap_per_head*",
	"position: +scenario +organisation +year cost income gap",
	"ledger: +scenario +organisation +counterparty* +service* +scheme* +line +year income cost",
	"spending: +scenario +footprint +setting +year amount",
	"activity: +scenario +commissioner +provider +service +year activity",
	"resource: +scenario +organisation +resource +year needed supply* shortage*",
	"capital: +scenario +organisation +year spend award disposal shortfall",
	"scheme_impact: +scenario +scheme +footprint +year activity_removed activity_added "
	"cost_at_average cost_released cost_stranded cost_reprovided efficiency_saving recurrent "
	"transition capital_charge net_saving",
	"appraisal: +scenario +scheme net_present_value benefit_cost_ratio* payback_year*",
	"bridge: +scenario +place +year +step +group amount standard_error*",
	"health_gap: +scenario +footprint +measure +sex +year value lower* upper* comparator* gap*",
	"quality_gap: +scenario +footprint +indicator +year value lower* upper* target* gap* "
	"gap_to_best* people_affected* funnel* cost_to_close*",
	"quality_summary: +scenario +footprint +indicator year_met* tau_squared* composite*",
	"allocation: +scenario +fund +organisation +bid* +year claim award residual",
	"fund_earned: +scenario +fund +organisation +year +quarter award earned",
	"portfolio: +scenario +alternative +bid chosen benefit",
	"portfolio_price: +scenario +fund +year spent price",
	"portfolio_missed: +scenario +bid benefit loss",
	"portfolio_conflict: +scenario +limit +row fund* year* footprint* aim* amount shortfall "
	"conflicting",
	"simulation: +scenario +measure +place +year central* mean* sd* p5* p10* p25* p50* p75* "
	"p90* p95* probability_closed* probability_error* shortfall_mean* tail_mean*",
	"draws: +scenario +measure +place +year +draw value*",
	"sensitivity: +scenario +parameter +measure +place +year low* high* rank_correlation* "
	"first_order* first_lower* first_upper* total* total_lower* total_upper*",
	"seek: +scenario +parameter +measure +place +year target value reached",
	"alignment: +scenario +organisation +year +line +service +version plan projection difference",
	"contract_mismatch: +scenario +commissioner +provider +year difference",
	"change: +table +key +column before* after*",
	"problem: +severity +file* +row* +column* +message",
};

static const char *const required[] = {
	"footprint", "organisation", "membership", "service", "flow", NULL};
static const char *const rates[] = {"supply", "activity_growth", "inflation", "tariff",
	"mortality_trend", "prevalence", "relative_risk", "indicator_trend", NULL};
static const char *const any_year[] = {"scheme_cost", "mortality", "indicator_value", NULL};
static const char *const in_position[] = {
	"flow", "funding", "transfer", "pressure", "scheme_cost", "award", NULL};
static const char *const adding_up[] = {"flow", "scheme_cost", "award", NULL};
static const char *const in_turn[] = {
	"activity_effect", "efficiency_effect", "prevention_effect", "indicator_effect", NULL};

/* Tables beside rates and effects in which a blank key has a meaning of its own. */
static const char *const blank_keys[] = {"population", "age_weight", "cost_mix", "award",
	"agreement", "engagement", "mortality", "portfolio_limit", "organisation_plan", NULL};
static const char *const blank_result_keys[] = {"ledger", "allocation", "problem", NULL};

static bool listed(const char *const *names, const char *name)
{
	while (*names != NULL && strcmp(*names, name) != 0) {
		names++;
	}
	return *names != NULL;
}

static void append(char *text, size_t size, const char *more)
{
	ck_assert_uint_lt(strlen(text) + strlen(more), size);
	strcat(text, more);
}

static void check_spelling(const struct stpfin_table_schema *tables, size_t n_tables,
	const char *const *expected, size_t n_expected)
{
	ck_assert_uint_eq(n_tables, n_expected);
	for (size_t i = 0; i < n_tables; i++) {
		char spelled[1024] = "";

		append(spelled, sizeof(spelled), tables[i].name);
		append(spelled, sizeof(spelled), ":");
		for (size_t j = 0; j < tables[i].n_columns; j++) {
			const struct stpfin_column_schema *column = &tables[i].columns[j];

			append(spelled, sizeof(spelled), column->key ? " +" : " ");
			append(spelled, sizeof(spelled), column->name);
			append(spelled, sizeof(spelled), column->blank ? "*" : "");
		}
		ck_assert_str_eq(spelled, expected[i]);
	}
}

START_TEST(spelled_as_agreed)
{
	size_t n_tables, n_results;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	const struct stpfin_table_schema *of_results = stpfin_schema__results(&n_results);

	check_spelling(tables, n_tables, plan, sizeof(plan) / sizeof(*plan));
	check_spelling(of_results, n_results, results, sizeof(results) / sizeof(*results));
}
END_TEST

START_TEST(flags)
{
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);

	for (size_t i = 0; i < n; i++) {
		const char *name = tables[i].name;

		ck_assert_msg(tables[i].required == listed(required, name), "%s: required", name);
		ck_assert_msg(tables[i].rate == listed(rates, name), "%s: rate", name);
		ck_assert_msg(tables[i].any_year == listed(any_year, name), "%s: any_year", name);
		ck_assert_msg(tables[i].in_position == listed(in_position, name), "%s: in_position", name);
		ck_assert_msg(
			(tables[i].rows == STPFIN_ROWS_ADD_UP) == listed(adding_up, name), "%s: rows", name);
		ck_assert_msg(
			(tables[i].rows == STPFIN_ROWS_IN_TURN) == listed(in_turn, name), "%s: rows", name);
	}
}
END_TEST

static void check_line(const char *table, const char *column, const char *line)
{
	ck_assert_msg(line != NULL && *line != '\0' && strpbrk(line, "\r\n") == NULL,
		"%s.%s: the meaning is one line", table, column);
	ck_assert_msg(
		line[strlen(line) - 1] != '.', "%s.%s: the meaning ends in a full stop", table, column);
	ck_assert_msg(strcmp(line, column) != 0, "%s.%s: the meaning says nothing", table, column);
}

/* A choice a list of distinct words; a code the key of a table of the plan. */
static void check_words(const char *table, const struct stpfin_column_schema *column)
{
	size_t n_words = 0;

	while (column->choices != NULL && column->choices[n_words] != NULL) {
		for (size_t i = 0; i < n_words; i++) {
			ck_assert_msg(strcmp(column->choices[i], column->choices[n_words]) != 0,
				"%s.%s: %s twice", table, column->name, column->choices[i]);
		}
		n_words++;
		ck_assert_msg(n_words < 20, "%s.%s: the words do not end", table, column->name);
	}
	ck_assert_msg(column->cell == STPFIN_CELL_CHOICE
					  ? n_words > 0
					  : column->cell == STPFIN_CELL_CODE || n_words == 0,
		"%s.%s: words", table, column->name);
	ck_assert_msg((column->refers_to != NULL) == (column->cell == STPFIN_CELL_CODE),
		"%s.%s: a code refers to a table", table, column->name);
	if (column->refers_to != NULL) {
		const struct stpfin_table_schema *other = stpfin_schema__table(column->refers_to);

		ck_assert_msg(other != NULL && other->columns[0].key && !other->columns[0].blank &&
						  other->columns[0].cell == STPFIN_CELL_TEXT,
			"%s.%s: %s is named by no first column", table, column->name, column->refers_to);
	}
}

static void check_number(const char *table, const struct stpfin_column_schema *column)
{
	char *end = NULL;
	double x = column->fallback != NULL ? strtod(column->fallback, &end) : (double)NAN;

	ck_assert_msg(column->cell == STPFIN_CELL_NUMBER || column->cell == STPFIN_CELL_WHOLE ||
					  (column->unit == NULL && column->range == STPFIN_RANGE_ANY),
		"%s.%s: a unit or range of what is no number", table, column->name);
	ck_assert_msg(column->cell != STPFIN_CELL_NUMBER || column->unit != NULL,
		"%s.%s: a number without a unit", table, column->name);
	ck_assert_msg(column->fallback == NULL || column->blank,
		"%s.%s: a fallback of what is never blank", table, column->name);
	if (column->fallback == NULL || end == column->fallback || *end != '\0') {
		ck_assert_msg(isnan(stpfin_schema__default(table, column->name)),
			"%s.%s: a default that is no number", table, column->name);
		return;
	}
	ck_assert_msg(
		column->cell == STPFIN_CELL_NUMBER || (column->cell == STPFIN_CELL_WHOLE && x == floor(x)),
		"%s.%s: a number for what is none", table, column->name);
	ck_assert_msg(stpfin_schema__in_range(column->range, x), "%s.%s: default out of range", table,
		column->name);
	ck_assert_msg(
		stpfin_schema__default(table, column->name) == x, "%s.%s: default", table, column->name);
}

static void check_tables(const struct stpfin_table_schema *tables, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct stpfin_table_schema *table = &tables[i];
		bool result = stpfin_schema__table(table->name) == NULL;
		size_t n_keys = 0;

		check_line(table->name, "", table->meaning);
		for (size_t j = 0; j < table->n_columns; j++) {
			const struct stpfin_column_schema *column = &table->columns[j];

			check_line(table->name, column->name, column->meaning);
			check_words(table->name, column);
			check_number(table->name, column);
			n_keys += column->key ? 1 : 0;
			ck_assert_msg(!column->key || !column->blank || table->rate ||
							  table->rows == STPFIN_ROWS_IN_TURN ||
							  listed(result ? blank_result_keys : blank_keys, table->name),
				"%s.%s: a blank key", table->name, column->name);
			ck_assert_msg(result || !column->headline, "%s.%s: a headline of a plan", table->name,
				column->name);
			ck_assert_msg(stpfin_schema__column(table, column->name) == column,
				"%s.%s stands twice", table->name, column->name);
		}
		ck_assert_msg(n_keys > 0, "%s has no key", table->name);
	}
}

START_TEST(every_table_makes_sense)
{
	size_t n_tables, n_results;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	const struct stpfin_table_schema *of_results = stpfin_schema__results(&n_results);

	check_tables(tables, n_tables);
	check_tables(of_results, n_results);
	for (size_t i = 0; i < n_tables; i++) {
		ck_assert_ptr_eq(stpfin_schema__table(tables[i].name), &tables[i]);
		ck_assert_ptr_null(stpfin_schema__result(tables[i].name));
	}
	for (size_t i = 0; i < n_results; i++) {
		bool headline = false;

		ck_assert_ptr_eq(stpfin_schema__result(of_results[i].name), &of_results[i]);
		ck_assert_ptr_null(stpfin_schema__table(of_results[i].name));
		for (size_t j = 0; j < of_results[i].n_columns; j++) {
			headline = headline || of_results[i].columns[j].headline;
		}
		ck_assert_msg(headline, "%s has nothing to show", of_results[i].name);
	}
}
END_TEST

START_TEST(unknown_names)
{
	const struct stpfin_table_schema *flow = stpfin_schema__table("flow");

	ck_assert_ptr_null(stpfin_schema__table("flwo"));
	ck_assert_ptr_null(stpfin_schema__table(""));
	ck_assert_ptr_null(stpfin_schema__result("flow"));
	ck_assert_ptr_null(stpfin_schema__column(flow, "amount"));
	ck_assert_double_nan(stpfin_schema__default("flwo", "cost"));
	ck_assert_double_nan(stpfin_schema__default("flow", "amount"));
	ck_assert_double_nan(stpfin_schema__default("flow", "income"));
	ck_assert_double_nan(stpfin_schema__default("flow", "marginal_rate_below"));
	ck_assert_double_eq(stpfin_schema__default("flow", "marginal_rate"), 1.0);
	ck_assert_double_eq(stpfin_schema__default("service", "target_occupancy"), 0.85);
}
END_TEST

START_TEST(ranges)
{
	/* At each bound, whether the bound itself is within. */
	static const struct {
		enum stpfin_range range;
		double low;
		bool low_within;
		double high;
		bool high_within;
		const char *words;
	} expected[] = {
		{STPFIN_RANGE_ANY, -1e15, true, 1e15, true, "up to 1e15 either way"},
		{STPFIN_RANGE_NOT_NEGATIVE, 0.0, true, 1e15, true, "0 or more"},
		{STPFIN_RANGE_POSITIVE, 0.0, false, 1e15, true, "above 0"},
		{STPFIN_RANGE_RATE, -1.0, false, 1e15, true, "above -1"},
		{STPFIN_RANGE_BELOW_ONE, -1e15, true, 1.0, false, "below 1"},
		{STPFIN_RANGE_SHARE, 0.0, true, 1.0, true, "0 to 1"},
		{STPFIN_RANGE_SIZE, -1.0, true, 1.0, true, "-1 to 1"},
		{STPFIN_RANGE_AT_LEAST_ONE, 1.0, true, 1e15, true, "1 or more"},
		{STPFIN_RANGE_POSITIVE_SHARE, 0.0, false, 1.0, true, "above 0 and at most 1"},
		{STPFIN_RANGE_QUARTER, 1.0, true, 4.0, true, "1 to 4"},
	};

	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		enum stpfin_range range = expected[i].range;
		double low = expected[i].low, high = expected[i].high;

		ck_assert_int_eq(stpfin_schema__in_range(range, low), expected[i].low_within);
		ck_assert_int_eq(stpfin_schema__in_range(range, high), expected[i].high_within);
		ck_assert(!stpfin_schema__in_range(range, nextafter(low, -(double)INFINITY)));
		ck_assert(stpfin_schema__in_range(range, nextafter(low, (double)INFINITY)));
		ck_assert(stpfin_schema__in_range(range, nextafter(high, -(double)INFINITY)));
		ck_assert(!stpfin_schema__in_range(range, nextafter(high, (double)INFINITY)));
		ck_assert(!stpfin_schema__in_range(range, (double)NAN));
		ck_assert_str_eq(stpfin_schema__range_words(range), expected[i].words);
	}
}
END_TEST

static const char *nearest_of_four(const char *word)
{
	static const char *const names[] = {"flow", "funding", "service", "nel"};

	return stpfin_nearest__among(word, names, sizeof(names) / sizeof(*names));
}

START_TEST(nearest_names)
{
	static const char *const twins[] = {"ward", "card"};
	static const char *const lengths[] = {"abcdef", "abcdefg"};
	char long_word[10000];

	ck_assert_str_eq(nearest_of_four("flwo"), "flow");
	ck_assert_str_eq(nearest_of_four("flw"), "flow");
	ck_assert_str_eq(nearest_of_four("flows"), "flow");
	ck_assert_str_eq(nearest_of_four("blow"), "flow");
	ck_assert_str_eq(nearest_of_four("FLOW"), "flow");
	ck_assert_str_eq(nearest_of_four("NEI"), "nel");
	ck_assert_str_eq(nearest_of_four("fundnig"), "funding");
	ck_assert_str_eq(nearest_of_four("founding_"), "funding");
	ck_assert_str_eq(nearest_of_four("sevrices"), "service");
	ck_assert_ptr_null(nearest_of_four("fl"));
	ck_assert_ptr_null(nearest_of_four("wolf"));
	ck_assert_ptr_null(nearest_of_four("lfwo"));
	ck_assert_ptr_null(nearest_of_four(""));
	ck_assert_ptr_null(stpfin_nearest__among("flow", NULL, 0));
	ck_assert_str_eq(stpfin_nearest__among("bard", twins, 2), "ward");
	ck_assert_str_eq(stpfin_nearest__among("abcdeg", lengths, 2), "abcdef");
	ck_assert_str_eq(stpfin_nearest__among("abcdefg", lengths, 2), "abcdefg");

	ck_assert_str_eq(
		stpfin_nearest__column("comissioner", stpfin_schema__table("flow")), "commissioner");
	ck_assert_ptr_null(stpfin_nearest__column("amount", stpfin_schema__table("flow")));

	memset(long_word, 'a', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	ck_assert_ptr_null(nearest_of_four(long_word));
	{
		const char *const one[] = {long_word + 1};

		ck_assert_ptr_eq(stpfin_nearest__among(long_word, one, 1), one[0]);
	}
}
END_TEST

/* The text of a cell, "" where missing. */
static const char *cell(const stpfin_table *table, const char *column, size_t row)
{
	size_t position, n_categories;
	const int32_t *codes;
	const char *const *categories;

	ck_assert_int_eq(stpfin_table_find(table, column, &position), STPFIN_OK);
	ck_assert_int_eq(
		stpfin_table_get_text(table, position, &codes, &categories, &n_categories), STPFIN_OK);
	ck_assert_uint_lt(row, stpfin_table_rows(table));
	return codes[row] < 0 ? "" : categories[codes[row]];
}

static void check_header(const stpfin_table *table, const char *const *names, size_t n)
{
	ck_assert_uint_eq(stpfin_table_columns(table), n);
	for (size_t i = 0; i < n; i++) {
		ck_assert_str_eq(stpfin_table_column_name(table, i), names[i]);
	}
}

START_TEST(describes_all_tables)
{
	static const char *const names[] = {"table", "kind", "required", "same_key", "meaning"};
	size_t n_tables, n_results;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	const struct stpfin_table_schema *of_results = stpfin_schema__results(&n_results);
	stpfin_table *list = NULL;

	ck_assert_int_eq(stpfin_describe(NULL, &list), STPFIN_OK);
	check_header(list, names, sizeof(names) / sizeof(*names));
	ck_assert_uint_eq(stpfin_table_rows(list), n_tables + n_results);
	for (size_t i = 0; i < n_tables + n_results; i++) {
		bool result = i >= n_tables;
		const struct stpfin_table_schema *table = result ? &of_results[i - n_tables] : &tables[i];

		ck_assert_str_eq(cell(list, "table", i), table->name);
		ck_assert_str_eq(cell(list, "kind", i), result ? "result" : "plan");
		ck_assert_str_eq(cell(list, "required", i), listed(required, table->name) ? "yes" : "no");
		ck_assert_str_eq(cell(list, "same_key", i), listed(adding_up, table->name) ? "add up"
													: listed(in_turn, table->name) ? "in turn"
																				   : "error");
		ck_assert_str_eq(cell(list, "meaning", i), table->meaning);
	}
	stpfin_table_free(list);
}
END_TEST

static void check_description(const struct stpfin_table_schema *tables, size_t n)
{
	static const char *const names[] = {
		"column", "type", "unit", "range", "blank", "default", "key", "values", "meaning"};

	for (size_t i = 0; i < n; i++) {
		stpfin_table *columns = NULL;

		ck_assert_int_eq(stpfin_describe(tables[i].name, &columns), STPFIN_OK);
		ck_assert_str_eq(stpfin_table_name(columns), tables[i].name);
		check_header(columns, names, sizeof(names) / sizeof(*names));
		ck_assert_uint_eq(stpfin_table_rows(columns), tables[i].n_columns);
		for (size_t j = 0; j < tables[i].n_columns; j++) {
			const struct stpfin_column_schema *column = &tables[i].columns[j];

			ck_assert_str_eq(cell(columns, "column", j), column->name);
			ck_assert_str_eq(cell(columns, "unit", j), column->unit != NULL ? column->unit : "");
			ck_assert_str_eq(cell(columns, "blank", j), column->blank ? "yes" : "no");
			ck_assert_str_eq(
				cell(columns, "default", j), column->fallback != NULL ? column->fallback : "");
			ck_assert_str_eq(cell(columns, "key", j), column->key ? "yes" : "no");
			ck_assert_str_eq(cell(columns, "meaning", j), column->meaning);
		}
		stpfin_table_free(columns);
	}
}

START_TEST(describes_every_column)
{
	size_t n_tables, n_results;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);
	const struct stpfin_table_schema *of_results = stpfin_schema__results(&n_results);

	check_description(tables, n_tables);
	check_description(of_results, n_results);
}
END_TEST

START_TEST(describes_types_ranges_and_values)
{
	static const struct {
		const char *table;
		size_t row;
		const char *column, *type, *unit, *range, *fallback, *values;
	} expected[] = {
		{"flow", 0, "commissioner", "text", "", "", "", "organisation"},
		{"flow", 3, "activity", "number", "units", "above 0", "cost only, counted in no activity",
			""},
		{"flow", 4, "income", "number", "£", "up to 1e15 either way", "", ""},
		{"flow", 6, "marginal_rate", "number", "rate", "0 or more", "1", ""},
		{"population", 1, "year", "year", "", "", "", ""},
		{"population", 2, "sex", "text", "", "", "all", "female, male"},
		{"population", 3, "age", "age", "", "", "all", ""},
		{"scenario", 3, "delay", "whole", "years", "0 or more", "0", ""},
		{"agreement", 3, "date", "date", "", "", "", ""},
		{"relative_risk", 1, "outcome", "text", "", "", "", "service, or mortality"},
		{"funding_gap", 1, "footprint", "text", "", "", "", "footprint, or England, unassigned"},
		{"funding_gap", 6, "gap", "number", "£", "", "", ""},
	};

	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		stpfin_table *columns = NULL;
		size_t row = expected[i].row;

		ck_assert_int_eq(stpfin_describe(expected[i].table, &columns), STPFIN_OK);
		ck_assert_str_eq(cell(columns, "column", row), expected[i].column);
		ck_assert_str_eq(cell(columns, "type", row), expected[i].type);
		ck_assert_str_eq(cell(columns, "unit", row), expected[i].unit);
		ck_assert_str_eq(cell(columns, "range", row), expected[i].range);
		ck_assert_str_eq(cell(columns, "default", row), expected[i].fallback);
		ck_assert_str_eq(cell(columns, "values", row), expected[i].values);
		stpfin_table_free(columns);
	}
}
END_TEST

START_TEST(describe_refuses)
{
	stpfin_table *table = (stpfin_table *)&table;

	ck_assert_int_eq(stpfin_describe("flwo", &table), STPFIN_ERROR_ARGUMENT);
	ck_assert_ptr_null(table);
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "'flow'"));
	ck_assert_int_eq(stpfin_describe("funding-gap", &table), STPFIN_ERROR_ARGUMENT);
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "'funding_gap'"));
	ck_assert_int_eq(stpfin_describe("zzzzzz", &table), STPFIN_ERROR_ARGUMENT);
	ck_assert_ptr_null(strstr(stpfin_last_error(), "did you mean"));
	ck_assert_int_eq(stpfin_describe("", &table), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_describe(NULL, NULL), STPFIN_ERROR_ARGUMENT);
	ck_assert_int_eq(stpfin_describe("flow", NULL), STPFIN_ERROR_ARGUMENT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schema");
	TCase *statement = tcase_create("statement");
	TCase *nearest = tcase_create("nearest");
	TCase *describe = tcase_create("describe");
	SRunner *runner;
	int failed;

	tcase_add_test(statement, spelled_as_agreed);
	tcase_add_test(statement, flags);
	tcase_add_test(statement, every_table_makes_sense);
	tcase_add_test(statement, unknown_names);
	tcase_add_test(statement, ranges);
	suite_add_tcase(suite, statement);
	tcase_add_test(nearest, nearest_names);
	suite_add_tcase(suite, nearest);
	tcase_add_test(describe, describes_all_tables);
	tcase_add_test(describe, describes_every_column);
	tcase_add_test(describe, describes_types_ranges_and_values);
	tcase_add_test(describe, describe_refuses);
	suite_add_tcase(suite, describe);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
