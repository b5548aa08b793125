#include "libstpfin/plan/schema.h"
#include "libstpfin/plan/schema_columns.h"

CHOICES(do_nothing, "do_nothing");
CHOICES(every_scenario, "every");
CHOICES(whole_areas, "England", "unassigned");
CHOICES(total, "total");
CHOICES(components, "commissioner", "provider", "council", "nhs", "total");
CHOICES(ledger_lines, "contract", "care", "funding", "award", "transfer", "pressure", "recurrent",
	"transition", "capital_charge", "quality");
CHOICES(settings, SETTINGS);
CHOICES(health_measures, "life_expectancy", "healthy_life_expectancy", "slope_index",
	"relative_index", "standardised_rate", "standardised_ratio", "years_of_life_lost");
CHOICES(sexes, "female", "male", "persons");
CHOICES(funnels, "much_lower", "lower", "as_expected", "higher", "much_higher");
CHOICES(composite, "composite");
CHOICES(plan_versions, PLAN_VERSIONS);
CHOICES(plan_lines, PLAN_LINES);
CHOICES(yes_or_no, "yes", "no");
CHOICES(scheme_aims, "health", "quality", "funding");
CHOICES(limits, "pot", "minimum", "maximum");
CHOICES(severities, "error", "warning", "note");

#define SCENARIO                                                                                   \
	{                                                                                              \
		"scenario", "scenario projected", CODE_OR("scenario", do_nothing), KEY                     \
	}
#define SCENARIO_OR_DIFFERENCE                                                                     \
	{                                                                                              \
		"scenario", "scenario simulated; A-B is the difference of two on the same draws", TEXT,    \
			KEY                                                                                    \
	}
#define FOOTPRINT                                                                                  \
	{                                                                                              \
		"footprint", "footprint, all of England, or what memberships leave out",                   \
			CODE_OR("footprint", whole_areas), KEY                                                 \
	}
#define ORGANISATION                                                                               \
	{                                                                                              \
		"organisation", "organisation the figures are of", CODE("organisation"), KEY               \
	}
#define IN_YEAR                                                                                    \
	{                                                                                              \
		"year", "financial year, by its first calendar year", YEAR, KEY                            \
	}
#define FUND                                                                                       \
	{                                                                                              \
		"fund", "fund the money is from", CODE("fund"), KEY                                        \
	}

/* What a simulation's figures are of. */
#define MEASURED                                                                                   \
	{"measure", "figure of a result, as funding_gap.gap", TEXT, KEY},                              \
		{"place", "footprint, organisation or England", TEXT, KEY}, IN_YEAR

static const struct stpfin_column_schema funding_gap[] = {
	SCENARIO,
	FOOTPRINT,
	{"component", "kind of organisation; nhs is commissioners and providers, total all",
		CHOICE(components), KEY},
	IN_YEAR,
	{"cost", "what has to be paid; for nhs and total without payments for care between members",
		NUMBER("£", ANY)},
	{"income", "what there is to pay it from", NUMBER("£", ANY)},
	{"gap", "cost less income: positive is a shortfall", NUMBER("£", ANY), HEADLINE},
	{"gap_per_head",
		"gap over the people of the footprint, of the parts of it that have a population",
		NUMBER("£ per head", ANY), OR("no population")},
};

static const struct stpfin_column_schema position[] = {
	SCENARIO,
	ORGANISATION,
	IN_YEAR,
	{"cost", "care bought and given, pressures and scheme costs", NUMBER("£", ANY)},
	{"income", "payments for care, funding, revenue awards and net transfers", NUMBER("£", ANY)},
	{"gap", "cost less income: positive is a shortfall", NUMBER("£", ANY), HEADLINE},
};

static const struct stpfin_column_schema ledger[] = {
	SCENARIO,
	{"organisation", "organisation whose position the line enters", CODE("organisation"), KEY},
	{"counterparty", "organisation at the other end", CODE("organisation"), KEY, OR("none")},
	{"service", "service the line is for", CODE("service"), KEY, OR("none")},
	{"scheme", "scheme the line is of", CODE("scheme"), KEY, OR("none")},
	{"line", "what the money is: contract is paid for care, care is what it costs to give",
		CHOICE(ledger_lines), KEY},
	IN_YEAR,
	{"income", "part of the organisation's income", NUMBER("£", ANY), HEADLINE},
	{"cost", "part of the organisation's cost", NUMBER("£", ANY), HEADLINE},
};

static const struct stpfin_column_schema spending[] = {
	SCENARIO,
	FOOTPRINT,
	{"setting", "where the care is given or how it is bought", CHOICE(settings), KEY},
	IN_YEAR,
	{"amount", "what commissioners and councils buy", NUMBER("£", ANY), HEADLINE},
};

static const struct stpfin_column_schema activity[] = {
	SCENARIO,
	{"commissioner", "organisation that buys", CODE("organisation"), KEY},
	{"provider", "organisation that gives the care", CODE("organisation"), KEY},
	{"service", "kind of care", CODE("service"), KEY},
	IN_YEAR,
	{"activity", "units of the service", NUMBER("units", NOT_NEGATIVE), HEADLINE},
};

static const struct stpfin_column_schema resource[] = {
	SCENARIO,
	{"organisation", "who needs it: the provider, or for care outside the plan its commissioner",
		CODE("organisation"), KEY},
	{"resource", "bed, or a staff_group of staffing", TEXT, KEY},
	IN_YEAR,
	{"needed", "beds or staff that the activity takes", NUMBER("beds or WTE", NOT_NEGATIVE),
		HEADLINE},
	{"supply", "beds or staff there are", NUMBER("beds or WTE", NOT_NEGATIVE),
		OR("no supply rows")},
	{"shortage", "needed less supply: negative is spare", NUMBER("beds or WTE", ANY),
		OR("no supply rows"), HEADLINE},
};

static const struct stpfin_column_schema capital[] = {
	SCENARIO,
	ORGANISATION,
	IN_YEAR,
	{"spend", "capital spent by schemes", NUMBER("£", NOT_NEGATIVE)},
	{"award", "capital awarded by funds", NUMBER("£", ANY)},
	{"disposal", "book value of what is disposed of, shown positive", NUMBER("£", NOT_NEGATIVE)},
	{"shortfall", "spend less award and disposal", NUMBER("£", ANY), HEADLINE},
};

static const struct stpfin_column_schema scheme_impact[] = {
	SCENARIO,
	{"scheme", "scheme of the scenario", CODE("scheme"), KEY},
	FOOTPRINT,
	IN_YEAR,
	{"activity_removed", "units the scheme takes away or moves", NUMBER("units", ANY)},
	{"activity_added", "units of other care the scheme puts in their place",
		NUMBER("units", NOT_NEGATIVE)},
	{"cost_at_average", "cost of the activity removed at average unit cost", NUMBER("£", ANY)},
	{"cost_released", "part of it that is no longer spent", NUMBER("£", ANY)},
	{"cost_stranded", "part of it that stays until capacity goes", NUMBER("£", ANY)},
	{"cost_reprovided", "cost of the activity added", NUMBER("£", ANY)},
	{"efficiency_saving", "saved in care that is still given", NUMBER("£", ANY)},
	{"recurrent", "recurrent scheme costs", NUMBER("£", ANY)},
	{"transition", "transition scheme costs", NUMBER("£", ANY)},
	{"capital_charge", "depreciation and capital charge", NUMBER("£", ANY)},
	{"net_saving",
		"released and efficiency savings, less reprovision, recurrent and transition costs and "
		"capital charges",
		NUMBER("£", ANY), HEADLINE},
};

static const struct stpfin_column_schema appraisal[] = {
	SCENARIO,
	{"scheme", "scheme of the scenario; total is all of them", CODE_OR("scheme", total), KEY},
	{"net_present_value",
		"benefits less costs to the whole system, in base-year prices, discounted to the base year",
		NUMBER("£", ANY), HEADLINE},
	{"benefit_cost_ratio", "discounted benefits over discounted costs", NUMBER("ratio", ANY),
		OR("costs are not positive"), HEADLINE},
	{"payback_year", "first year from which the running total of net benefits is never below 0",
		YEAR, OR("never"), HEADLINE},
};

static const struct stpfin_column_schema bridge[] = {
	SCENARIO,
	{"place", "footprint, organisation or England", TEXT, KEY},
	IN_YEAR,
	{"step", "position in the bridge: 0 the gap it starts from, the last the gap reached",
		WHOLE(NULL, NOT_NEGATIVE), KEY},
	{"group", "what the step is: a driver, scheme, workstream or state of agreement", TEXT, KEY},
	{"amount", "added to the gap by the step; at both ends the gap itself", NUMBER("£", ANY),
		HEADLINE},
	{"standard_error", "standard error of an amount found by sampling", NUMBER("£", NOT_NEGATIVE),
		OR("exact")},
};

static const struct stpfin_column_schema health_gap[] = {
	SCENARIO,
	FOOTPRINT,
	{"measure", "measure of health or of its inequality", CHOICE(health_measures), KEY},
	{"sex", "sex; persons is both", CHOICE(sexes), KEY},
	IN_YEAR,
	{"value", "the measure", NUMBER("of the measure", ANY), HEADLINE},
	{"lower", "lower end of the 95% interval", NUMBER("of the measure", ANY), OR("no interval")},
	{"upper", "upper end of the 95% interval", NUMBER("of the measure", ANY), OR("no interval")},
	{"comparator", "value it is compared with: a target, England or the best fifth",
		NUMBER("of the measure", ANY), OR("no comparator")},
	{"gap", "distance from the comparator: positive is worse", NUMBER("of the measure", ANY),
		OR("no comparator"), HEADLINE},
};

static const struct stpfin_column_schema quality_gap[] = {
	SCENARIO,
	FOOTPRINT,
	{"indicator", "indicator measured", CODE("indicator"), KEY},
	IN_YEAR,
	{"value", "value observed or projected", NUMBER("of the indicator", ANY), HEADLINE},
	{"lower", "lower end of the 95% interval", NUMBER("of the indicator", ANY), OR("no interval")},
	{"upper", "upper end of the 95% interval", NUMBER("of the indicator", ANY), OR("no interval")},
	{"target", "value to be reached", NUMBER("of the indicator", ANY), OR("no target")},
	{"gap", "distance from the target: positive is worse, negative a surplus",
		NUMBER("of the indicator", ANY), OR("no target"), HEADLINE},
	{"gap_to_best", "distance from the pooled best fifth of footprints: positive is worse",
		NUMBER("of the indicator", ANY), BLANK},
	{"people_affected", "gap × denominator ÷ multiplier", NUMBER("persons", ANY), OR("no target")},
	{"funnel", "where the value lies beside England's, given its counts", CHOICE(funnels),
		OR("not observed")},
	{"cost_to_close", "cost of the care that closing the gap takes", NUMBER("£", ANY),
		OR("no indicator_cost rows or no target")},
};

static const struct stpfin_column_schema quality_summary[] = {
	SCENARIO,
	FOOTPRINT,
	{"indicator", "indicator; composite is all of them together", CODE_OR("indicator", composite),
		KEY},
	{"year_met", "first year at or better than the target", YEAR, OR("not by the end"), HEADLINE},
	{"tau_squared", "variation between footprints beyond chance", NUMBER("variance", NOT_NEGATIVE),
		BLANK},
	{"composite", "weighted sum of gaps, each over its standard deviation across footprints",
		NUMBER("standard deviations", ANY), OR("not the row of the composite"), HEADLINE},
};

static const struct stpfin_column_schema allocation[] = {
	{"scenario", "scenario in which the award is received; every is all but do_nothing",
		CODE_OR("scenario", every_scenario), KEY},
	FUND,
	{"organisation", "organisation that claims or bids", CODE("organisation"), KEY},
	{"bid", "bid the award is for", CODE("bid"), KEY, OR("a claim")},
	IN_YEAR,
	{"claim", "amount claimed or bid for", NUMBER("£", NOT_NEGATIVE), HEADLINE},
	{"award", "amount awarded", NUMBER("£", NOT_NEGATIVE), HEADLINE},
	{"residual", "claim less award", NUMBER("£", ANY), HEADLINE},
};

static const struct stpfin_column_schema fund_earned[] = {
	SCENARIO,
	FUND,
	ORGANISATION,
	IN_YEAR,
	{"quarter", "quarter of the financial year, 1 from April", WHOLE(NULL, QUARTER), KEY},
	{"award", "award for the whole year, of which the quarter can earn a fourth", NUMBER("£", ANY)},
	{"earned", "part of it earned in the quarter", NUMBER("£", ANY), HEADLINE},
};

static const struct stpfin_column_schema portfolio[] = {
	SCENARIO,
	{"alternative", "set of bids: 0 the best found, then others nearly as good",
		WHOLE(NULL, NOT_NEGATIVE), KEY},
	{"bid", "bid chosen or not", CODE("bid"), KEY},
	{"chosen", "whether the set has the bid", CHOICE(yes_or_no), HEADLINE},
	{"benefit",
		"present value in base-year prices of the gap the bid's scheme closes alone, and what the "
		"weights make of the years of life and people it helps",
		NUMBER("£", ANY), HEADLINE},
};

static const struct stpfin_column_schema portfolio_price[] = {
	SCENARIO,
	FUND,
	IN_YEAR,
	{"spent", "spent on chosen bids", NUMBER("£", NOT_NEGATIVE), HEADLINE},
	{"price", "benefit of one more £ in the fund", NUMBER("benefit per £", NOT_NEGATIVE), HEADLINE},
};

static const struct stpfin_column_schema portfolio_missed[] = {
	SCENARIO,
	{"bid", "bid not chosen, of those whose choice would cost least", CODE("bid"), KEY},
	{"benefit", "its benefit", NUMBER("£", ANY), HEADLINE},
	{"loss",
		"what the best sum of benefits would fall short of the bound by, at least, if it had to be "
		"chosen",
		NUMBER("£", NOT_NEGATIVE), HEADLINE},
};

static const struct stpfin_column_schema portfolio_conflict[] = {
	SCENARIO,
	{"limit", "what a fund has, or the minimum or maximum of a row of portfolio_limit",
		CHOICE(limits), KEY, HEADLINE},
	{"row", "row of fund or portfolio_limit as a file; 1 is the header", WHOLE(NULL, AT_LEAST_ONE),
		KEY},
	{"fund", "fund of the limit", CODE("fund"), OR("all"), HEADLINE},
	{"year", "year of the limit", YEAR, OR("all"), HEADLINE},
	{"footprint", "footprint of the limit", CODE("footprint"), OR("all"), HEADLINE},
	{"aim", "aim of the schemes of the limit", CHOICE(scheme_aims), OR("all"), HEADLINE},
	{"amount", "what it is", NUMBER("£", NOT_NEGATIVE), HEADLINE},
	{"shortfall", "what the nearest set falls short of it by", NUMBER("£", NOT_NEGATIVE), HEADLINE},
	{"conflicting", "whether it is of a smallest set of limits that cannot hold together",
		CHOICE(yes_or_no), HEADLINE},
};

/* Of draws one of which has no value, nothing can be said. */
#define WITHOUT OR("a draw without a value")

static const struct stpfin_column_schema simulation[] = {
	SCENARIO_OR_DIFFERENCE,
	MEASURED,
	{"central", "the measure when no figure is drawn", NUMBER("of the measure", ANY),
		OR("no value"), HEADLINE},
	{"mean", "mean of the draws", NUMBER("of the measure", ANY), WITHOUT, HEADLINE},
	{"sd", "standard deviation of the draws, by n − 1", NUMBER("of the measure", NOT_NEGATIVE),
		OR("one draw, or one without a value")},
	{"p5", "5th percentile", NUMBER("of the measure", ANY), WITHOUT},
	{"p10", "10th percentile", NUMBER("of the measure", ANY), WITHOUT, HEADLINE},
	{"p25", "25th percentile", NUMBER("of the measure", ANY), WITHOUT},
	{"p50", "median", NUMBER("of the measure", ANY), WITHOUT},
	{"p75", "75th percentile", NUMBER("of the measure", ANY), WITHOUT},
	{"p90", "90th percentile", NUMBER("of the measure", ANY), WITHOUT, HEADLINE},
	{"p95", "95th percentile", NUMBER("of the measure", ANY), WITHOUT},
	{"probability_closed", "share of draws in which the measure is 0 or less",
		NUMBER("share", SHARE), WITHOUT, HEADLINE},
	{"probability_error", "standard error of probability_closed", NUMBER("share", NOT_NEGATIVE),
		WITHOUT},
	{"shortfall_mean", "mean of what is above 0, with 0 for the rest",
		NUMBER("of the measure", NOT_NEGATIVE), WITHOUT},
	{"tail_mean", "mean of the worst 5% of draws", NUMBER("of the measure", ANY), WITHOUT},
};

static const struct stpfin_column_schema draws[] = {
	SCENARIO_OR_DIFFERENCE,
	MEASURED,
	{"draw", "number of the draw, from 0", WHOLE(NULL, NOT_NEGATIVE), KEY},
	{"value", "the measure in the draw", NUMBER("of the measure", ANY), OR("no value"), HEADLINE},
};

#define PARAMETER                                                                                  \
	{                                                                                              \
		"parameter", "uncertain figure that is moved", CODE("uncertainty"), KEY                    \
	}

/* Nor anything of draws that do not vary. */
#define NOT_FOUND OR("not asked for, a draw without a value, or draws all alike")

static const struct stpfin_column_schema sensitivity[] = {
	SCENARIO_OR_DIFFERENCE,
	PARAMETER,
	MEASURED,
	{"low", "the measure at the parameter's 10th percentile, the others central",
		NUMBER("of the measure", ANY), OR("no value"), HEADLINE},
	{"high", "the measure at the parameter's 90th percentile, the others central",
		NUMBER("of the measure", ANY), OR("no value"), HEADLINE},
	{"rank_correlation", "Spearman's correlation of parameter and measure over the draws",
		NUMBER("correlation", SIZE), NOT_FOUND, HEADLINE},
	{"first_order", "share of the measure's variance that the parameter explains by itself",
		NUMBER("share", ANY), NOT_FOUND, HEADLINE},
	{"first_lower", "lower end of the 95% interval of first_order", NUMBER("share", ANY),
		NOT_FOUND},
	{"first_upper", "upper end of the 95% interval of first_order", NUMBER("share", ANY),
		NOT_FOUND},
	{"total", "share of its variance that the parameter has a part in", NUMBER("share", ANY),
		NOT_FOUND, HEADLINE},
	{"total_lower", "lower end of the 95% interval of total", NUMBER("share", ANY), NOT_FOUND},
	{"total_upper", "upper end of the 95% interval of total", NUMBER("share", ANY), NOT_FOUND},
};

static const struct stpfin_column_schema seek[] = {
	SCENARIO_OR_DIFFERENCE,
	{"parameter", "uncertain figure, or cells of the plan, that is moved", TEXT, KEY},
	MEASURED,
	{"target", "value of the measure that is sought", NUMBER("of the measure", ANY)},
	{"value", "value of the parameter that reaches it or comes nearest",
		NUMBER("of the parameter", ANY), HEADLINE},
	{"reached", "the measure at that value", NUMBER("of the measure", ANY), HEADLINE},
};

static const struct stpfin_column_schema alignment[] = {
	SCENARIO,
	ORGANISATION,
	IN_YEAR,
	{"line", "what is compared", CHOICE(plan_lines), KEY},
	{"service", "service it is for; total is all", CODE_OR("service", total), KEY},
	{"version", "the organisation's operational plan, or what came of it", CHOICE(plan_versions),
		KEY},
	{"plan", "the organisation's figure", NUMBER("of the line", ANY)},
	{"projection", "the figure projected", NUMBER("of the line", ANY)},
	{"difference", "plan less projection", NUMBER("of the line", ANY), HEADLINE},
};

static const struct stpfin_column_schema contract_mismatch[] = {
	SCENARIO,
	{"commissioner", "organisation that buys", CODE("organisation"), KEY},
	{"provider", "organisation that is paid", CODE("organisation"), KEY},
	IN_YEAR,
	{"difference", "commissioner's value less provider's", NUMBER("£", ANY), HEADLINE},
};

static const struct stpfin_column_schema change[] = {
	{"table", "table of the plan", TEXT, KEY},
	{"key", "row, by its key", TEXT, KEY},
	{"column", "column that differs", TEXT, KEY},
	{"before", "what the first plan has", TEXT, OR("blank, or no such row"), HEADLINE},
	{"after", "what the second plan has", TEXT, OR("blank, or no such row"), HEADLINE},
};

static const struct stpfin_column_schema problem[] = {
	{"severity", "an error stops the plan, a warning asks for a look, a note says what was done",
		CHOICE(severities), KEY},
	{"file", "file it is in", TEXT, KEY, OR("the plan as a whole")},
	{"row", "row of the file; 1 is the header", WHOLE(NULL, AT_LEAST_ONE), KEY,
		OR("the file as a whole")},
	{"column", "column of the file", TEXT, KEY, OR("the row as a whole")},
	{"message", "what is wrong and what would be right", TEXT, KEY, HEADLINE},
};

static const struct stpfin_table_schema results[] = {
	TABLE(funding_gap, "the gap in money by footprint and kind of organisation", UNIQUE),
	TABLE(position, "the gap in money of every organisation", UNIQUE),
	TABLE(ledger, "what every position is the sum of, line by line", UNIQUE),
	TABLE(spending, "what is spent on care by footprint and setting", UNIQUE),
	TABLE(activity, "care given, by commissioner, provider and service", UNIQUE),
	TABLE(resource, "beds and staff needed, beside those there are", UNIQUE),
	TABLE(capital, "capital spent, and what it is met from", UNIQUE),
	TABLE(scheme_impact, "what every scheme takes away, adds, saves and costs", UNIQUE),
	TABLE(appraisal, "whether schemes are worth their cost to the whole system", UNIQUE),
	TABLE(bridge, "what leads from one gap to another, step by step", UNIQUE),
	TABLE(health_gap,
		"the health and wellbeing gap; those whom prevention keeps alive add no demand for care",
		UNIQUE),
	TABLE(quality_gap, "the care and quality gap", UNIQUE),
	TABLE(quality_summary, "when indicators reach their targets, and their composite", UNIQUE),
	TABLE(allocation, "awards from a fund, by rule or to chosen bids", UNIQUE),
	TABLE(fund_earned, "what awards are earned by meeting conditions", UNIQUE),
	TABLE(portfolio, "bids chosen, and alternatives nearly as good", UNIQUE),
	TABLE(portfolio_price, "what chosen bids spend, and what one more £ would bring", UNIQUE),
	TABLE(portfolio_missed, "bids just missed", UNIQUE),
	TABLE(portfolio_conflict, "limits on what is chosen that cannot all be kept", UNIQUE),
	TABLE(simulation, "how measures spread when uncertain figures are drawn", UNIQUE),
	TABLE(draws, "measures, draw by draw", UNIQUE),
	TABLE(sensitivity, "which uncertain figures measures depend on", UNIQUE),
	TABLE(seek, "what value of a figure brings a measure to a target", UNIQUE),
	TABLE(alignment, "organisations' own plans beside the projection", UNIQUE),
	TABLE(contract_mismatch, "contracts whose two ends disagree", UNIQUE),
	TABLE(change, "what differs between two plans", UNIQUE),
	TABLE(problem, "what check found", UNIQUE),
};

const struct stpfin_table_schema *stpfin_schema__results(size_t *out_n)
{
	*out_n = sizeof results / sizeof *results;
	return results;
}
