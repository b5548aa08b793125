#include "libstpfin/plan/schema.h"
#include "libstpfin/plan/schema_columns.h"

CHOICES(statuses, "published", "derived", "assumed");
CHOICES(organisation_kinds, "commissioner", "provider", "council", "outside", "board");
CHOICES(settings, SETTINGS);
CHOICES(sexes, "female", "male");
CHOICES(scheme_aims, "health", "quality", "funding");
CHOICES(levels, "neighbourhood", "place", "footprint", "region");
CHOICES(ramps, "linear", "s_curve", "annual");
CHOICES(cost_kinds, "recurrent", "transition", "capital");
CHOICES(evidence_effects, "activity", "saving", "stay");
CHOICES(agreement_positions, "agreed", "conditional", "not_agreed");
CHOICES(engagement_groups, "public", "patients", "staff", "clinicians", "councillors", "governors",
	"voluntary");
CHOICES(engagement_stages, "none", "informed", "engaged", "consulted");
CHOICES(statement_topics, "objective", "case_for_change", "integration", "governance", "benefit");
CHOICES(outcomes, "mortality");
CHOICES(indicator_aims, "health", "quality", "enabler");
CHOICES(directions, "higher", "lower");
CHOICES(indicator_kinds, "proportion", "rate", "ratio");
CHOICES(fund_kinds, "revenue", "capital");
CHOICES(yes_or_no, "yes", "no");
CHOICES(fund_results, "standard", "trajectory", "no");
CHOICES(modes, "value", "factor", "add");
CHOICES(distributions, "interval80", "normal", "lognormal", "gamma", "beta", "uniform",
	"triangular", "pert");
CHOICES(paths, "constant", "yearly", "walk");
CHOICES(plan_versions, PLAN_VERSIONS);
CHOICES(plan_lines, PLAN_LINES);

#define NOTE                                                                                       \
	{                                                                                              \
		"note", "anything a reader should know about the row", TEXT, BLANK                         \
	}

/* Every table ends with these. */
#define RECORD                                                                                     \
	{"source", "where the row's figures come from", CODE("source"), BLANK},                        \
		{"status", "how far the row can be relied on", CHOICE(statuses),                           \
			OR("the source's status; assumed without a source")},                                  \
		NOTE

/* Every effect has these. */
#define TIMING                                                                                     \
	{"start_year", "first year in which the effect is felt, after the base year", YEAR},           \
		{"full_year", "first year in which the effect reaches its full size", YEAR,                \
			OR("start_year")},                                                                     \
		{"last_year", "last year of the effect, after which it is 0", YEAR,                        \
			OR("the effect stays")},                                                               \
	{                                                                                              \
		"ramp",                                                                                    \
			"how the effect grows to its full size: evenly, slowly at both ends, or by the "       \
			"same proportion again each year",                                                     \
			CHOICE(ramps), OR("linear")                                                            \
	}

#define ALL .key = true, .blank = true, .fallback = "all"
#define SEX_OR_ALL                                                                                 \
	{                                                                                              \
		"sex", "sex of the people in the row", CHOICE(sexes), ALL                                  \
	}
#define AGE_OR_ALL                                                                                 \
	{                                                                                              \
		"age", "first year of the age band of the people in the row", AGE, ALL                     \
	}

#define AGES_OR_ALL                                                                                \
	{                                                                                              \
		"age", "first year of the ages in the row, which stand up to those of the next such row",  \
			AGE, ALL                                                                               \
	}

static const struct stpfin_column_schema source[] = {
	{"source", "code by which rows of other tables name the source", TEXT, KEY},
	{"title", "title of the publication, data set or working paper", TEXT},
	{"publisher", "who published it", TEXT, BLANK},
	{"published", "when it was published", TEXT, BLANK},
	{"url", "where it can be read", TEXT, BLANK},
	{"licence", "terms on which its figures may be used again", TEXT, BLANK},
	{"status", "whether its figures were published, derived from published ones, or assumed",
		CHOICE(statuses)},
	NOTE,
};

static const struct stpfin_column_schema footprint[] = {
	{"footprint", "code of the area; not England, unassigned or an organisation's code", TEXT, KEY},
	{"name", "name of the area", TEXT},
	{"parent", "area it lies within, whose results are the sums of its children's",
		CODE("footprint"), BLANK},
	RECORD,
};

static const struct stpfin_column_schema organisation[] = {
	{"organisation", "code of the organisation", TEXT, KEY},
	{"name", "name of the organisation", TEXT},
	{"kind",
		"its part in the plan: an outside organisation is paid but has no position of its own, a "
		"board takes positions on schemes and has no money",
		CHOICE(organisation_kinds)},
	RECORD,
};

static const struct stpfin_column_schema membership[] = {
	{"organisation", "organisation that serves the footprint", CODE("organisation"), KEY},
	{"footprint", "footprint it serves, one without children", CODE("footprint"), KEY},
	{"share",
		"part of the organisation that belongs to the footprint; its shares sum to at most 1, and "
		"what they leave out is unassigned",
		NUMBER("share", POSITIVE_SHARE)},
	RECORD,
};

static const struct stpfin_column_schema service[] = {
	{"service", "code of the kind of care; not mortality", TEXT, KEY},
	{"name", "name of the kind of care", TEXT},
	{"setting", "where the care is given or how it is bought", CHOICE(settings)},
	{"unit", "what its activity counts, as attendance or spell", TEXT},
	{"length_of_stay", "mean days in a bed for each unit of activity", NUMBER("days", NOT_NEGATIVE),
		OR("no beds")},
	{"target_occupancy", "share of beds meant to be occupied when beds needed are counted",
		NUMBER("share", POSITIVE_SHARE), OR("0.85")},
	{"variable_share", "share of cost that goes as soon as activity falls", NUMBER("share", SHARE),
		OR("1 - semi_fixed_share")},
	{"semi_fixed_share",
		"share of cost that goes semi_fixed_lag years after activity falls; what neither share "
		"covers is fixed",
		NUMBER("share", SHARE), OR("0")},
	{"semi_fixed_lag", "years until semi-fixed cost goes", WHOLE("years", AT_LEAST_ONE), OR("1")},
	RECORD,
};

static const struct stpfin_column_schema staffing[] = {
	{"service", "service that employs the staff", CODE("service"), KEY},
	{"staff_group", "staff group, as nurse or consultant", TEXT, KEY},
	{"wte_per_1000", "whole-time equivalents needed for 1,000 units of activity in a year",
		NUMBER("WTE per 1,000 units", NOT_NEGATIVE)},
	RECORD,
};

static const struct stpfin_column_schema supply[] = {
	{"organisation", "organisation that has the beds or staff", CODE("organisation"), KEY},
	{"resource", "bed, or a staff_group of staffing", TEXT, KEY},
	{"year", "year the supply is for", YEAR, ALL},
	{"amount", "beds, or whole-time equivalents in post", NUMBER("beds or WTE", NOT_NEGATIVE)},
	RECORD,
};

static const struct stpfin_column_schema population[] = {
	{"footprint", "where the people live, a footprint without children", CODE("footprint"), KEY},
	{"year", "year of the count; from the base year every year to the end", YEAR, KEY},
	SEX_OR_ALL,
	AGE_OR_ALL,
	{"persons", "people at 30 June of the financial year's first calendar year",
		NUMBER("persons", NOT_NEGATIVE)},
	RECORD,
};

static const struct stpfin_column_schema age_weight[] = {
	{"service", "service whose use is weighted", CODE("service"), KEY,
		OR("every service without rows of its own")},
	SEX_OR_ALL,
	AGE_OR_ALL,
	{"weight", "use of the service per head beside other sexes and ages; only ratios matter",
		NUMBER("weight", NOT_NEGATIVE)},
	RECORD,
};

static const struct stpfin_column_schema flow[] = {
	{"commissioner", "organisation that buys, of any kind but outside and board",
		CODE("organisation"), KEY},
	{"provider", "organisation that gives the care, of any kind but board", CODE("organisation"),
		KEY},
	{"service", "kind of care bought", CODE("service"), KEY},
	{"activity", "units bought in the base year", NUMBER("units", POSITIVE),
		OR("cost only, counted in no activity")},
	{"income", "recurrent payment to the provider in the base year", NUMBER("£", ANY)},
	{"cost",
		"what the care costs the provider in the base year; one outside has no other than income",
		NUMBER("£", ANY), OR("income")},
	{"marginal_rate",
		"share of the price paid for activity above the base year's: 1 activity-based, 0 block",
		NUMBER("rate", NOT_NEGATIVE), OR("1")},
	{"marginal_rate_below", "share of the price given up for activity below the base year's",
		NUMBER("rate", NOT_NEGATIVE), OR("marginal_rate")},
	RECORD,
};

static const struct stpfin_column_schema activity_growth[] = {
	{"service", "service that grows", CODE("service"), ALL},
	{"footprint", "where the people who use it live", CODE("footprint"), ALL},
	{"year", "year over the year before", YEAR, ALL},
	{"rate", "yearly growth of activity beyond what population brings", NUMBER("rate", RATE)},
	RECORD,
};

static const struct stpfin_column_schema inflation[] = {
	{"component", "component of cost, as pay or drugs", TEXT, KEY},
	{"year", "year over the year before", YEAR, ALL},
	{"rate", "yearly rise of the component's price", NUMBER("rate", RATE)},
	RECORD,
};

static const struct stpfin_column_schema cost_mix[] = {
	{"service", "service whose cost is divided", CODE("service"), KEY,
		OR("every service without rows of its own")},
	{"component", "component of cost that inflation has rates for", CODE("inflation"), KEY},
	{"share", "the component's share of each year's cost; a service's shares sum to 1",
		NUMBER("share", SHARE)},
	RECORD,
};

static const struct stpfin_column_schema tariff[] = {
	{"service", "service whose price changes", CODE("service"), ALL},
	{"year", "year over the year before", YEAR, ALL},
	{"uplift", "rise of the price for inflation, before efficiency", NUMBER("rate", RATE)},
	{"efficiency", "part taken off the price for efficiency: price × (1 + uplift)(1 − efficiency)",
		NUMBER("rate", BELOW_ONE)},
	RECORD,
};

static const struct stpfin_column_schema funding[] = {
	{"organisation", "organisation that receives it", CODE("organisation"), KEY},
	{"stream", "name of the allocation, grant or precept", TEXT, KEY},
	{"year", "year it is received; a stream of the base year has every year to the end", YEAR, KEY},
	{"amount", "income of the stream in the year; one that has stopped says 0", NUMBER("£", ANY)},
	RECORD,
};

static const struct stpfin_column_schema transfer[] = {
	{"from_organisation", "organisation that pays", CODE("organisation"), KEY},
	{"to_organisation", "organisation that is paid", CODE("organisation"), KEY},
	{"name", "what it is, as a pooled budget such as the Better Care Fund", TEXT, KEY},
	{"year", "year it is paid", YEAR, KEY},
	{"amount", "payment in the year", NUMBER("£", NOT_NEGATIVE)},
	RECORD,
};

static const struct stpfin_column_schema pressure[] = {
	{"organisation", "organisation that bears it", CODE("organisation"), KEY},
	{"name", "what it is, as seven-day services or a new commitment", TEXT, KEY},
	{"year", "year it is borne", YEAR, KEY},
	{"amount", "added to the organisation's cost in the year", NUMBER("£", ANY)},
	RECORD,
};

static const struct stpfin_column_schema deflator[] = {
	{"year", "year of the index; every year of the plan if the table is there", YEAR, KEY},
	{"index", "level of general prices, on any base", NUMBER("index", POSITIVE)},
	RECORD,
};

static const struct stpfin_column_schema scheme[] = {
	{"scheme", "code of the scheme; not total", TEXT, KEY},
	{"name", "name of the scheme", TEXT},
	{"workstream", "programme it belongs to, by which the bridge can group it", TEXT},
	{"aim", "gap it is chiefly meant to close", CHOICE(scheme_aims)},
	{"owner", "organisation that answers for it", CODE("organisation")},
	{"level", "size of the area at which it is run", CHOICE(levels), BLANK},
	RECORD,
};

static const struct stpfin_column_schema activity_effect[] = {
	{"scheme", "scheme that has the effect", CODE("scheme"), KEY},
	{"commissioner", "whose bought activity changes", CODE("organisation"), ALL},
	{"provider", "whose activity changes", CODE("organisation"), ALL},
	{"service", "service whose activity changes", CODE("service"), KEY},
	{"reduction", "share of the activity taken away; negative adds, and a shift has none negative",
		NUMBER("share", SIZE)},
	{"to_service", "service the activity is moved to; needs to_provider", CODE("service"),
		OR("the activity is not moved")},
	{"to_provider", "provider the activity is moved to; needs to_service", CODE("organisation"),
		OR("the activity is not moved")},
	{"substitution", "units of to_service for each unit moved; 1.2 is a fifth of induced demand",
		NUMBER("units per unit moved", NOT_NEGATIVE), OR("1")},
	{"unit_cost", "cost of a unit of to_service, in base-year prices",
		NUMBER("£ per unit", NOT_NEGATIVE),
		OR("the commissioner's mean unit cost of to_service at to_provider, or else anywhere")},
	TIMING,
	RECORD,
};

static const struct stpfin_column_schema efficiency_effect[] = {
	{"scheme", "scheme that has the effect", CODE("scheme"), KEY},
	{"commissioner", "whose bought care costs less", CODE("organisation"), ALL},
	{"provider", "whose care costs less", CODE("organisation"), ALL},
	{"service", "service that costs less", CODE("service"), ALL},
	{"saving", "share of the cost of care saved; negative costs more", NUMBER("share", SIZE),
		OR("0")},
	{"stay_reduction", "share of the length of stay saved: frees beds, and money only by saving",
		NUMBER("share", SHARE), OR("0")},
	TIMING,
	RECORD,
};

static const struct stpfin_column_schema prevention_effect[] = {
	{"scheme", "scheme that has the effect", CODE("scheme"), KEY},
	{"footprint", "where prevalence falls", CODE("footprint"), ALL},
	{"risk", "risk that becomes rarer", CODE("risk"), KEY},
	{"reduction", "share of the risk's prevalence taken away; negative adds",
		NUMBER("share", SIZE)},
	TIMING,
	RECORD,
};

static const struct stpfin_column_schema scheme_cost[] = {
	{"scheme", "scheme that costs", CODE("scheme"), KEY},
	{"organisation", "organisation that pays", CODE("organisation"), KEY},
	{"year", "year of the payment; capital may be spent before the base year", YEAR, KEY},
	{"kind",
		"recurrent running cost, transition cost while changing, or capital, which is charged "
		"over its life",
		CHOICE(cost_kinds), KEY},
	{"amount", "paid in that year; negative is a saving, or of capital a disposal at book value",
		NUMBER("£", ANY)},
	{"asset_life", "years over which capital is depreciated; capital needs it",
		WHOLE("years", AT_LEAST_ONE), BLANK},
	RECORD,
};

static const struct stpfin_column_schema scenario[] = {
	{"scenario", "name of the scenario; do_nothing is reserved and has no schemes", TEXT, KEY},
	{"scheme", "scheme it contains; effects act in the order of these rows", CODE("scheme"), KEY},
	{"scale", "multiplies the scheme's effects and costs", NUMBER("factor", NOT_NEGATIVE), OR("1")},
	{"delay", "years by which the scheme's effects, but not its costs, come later",
		WHOLE("years", NOT_NEGATIVE), OR("0")},
	RECORD,
};

static const struct stpfin_column_schema award[] = {
	{"fund", "fund the award is from", CODE("fund"), KEY},
	{"organisation", "organisation that receives it", CODE("organisation"), KEY},
	{"year", "year it is received", YEAR, KEY},
	{"amount",
		"awarded in the year: income from a revenue fund, money for capital from a capital "
		"one",
		NUMBER("£", ANY)},
	{"scenario", "scenario it is received in; do_nothing has no awards", CODE("scenario"), KEY,
		OR("every scenario but do_nothing")},
	RECORD,
};

static const struct stpfin_column_schema evidence[] = {
	{"service", "service the published range is for", CODE("service"), KEY},
	{"effect", "what is changed: activity, cost saved or length of stay", CHOICE(evidence_effects),
		KEY},
	{"low", "low end of the published range of effects", NUMBER("share", SIZE)},
	{"high", "high end of the published range of effects", NUMBER("share", SIZE)},
	RECORD,
};

static const struct stpfin_column_schema agreement[] = {
	{"scheme", "scheme the organisation has taken a position on", CODE("scheme"), KEY,
		OR("the whole plan")},
	{"organisation", "organisation whose position it is", CODE("organisation"), KEY},
	{"position", "whether it agrees", CHOICE(agreement_positions)},
	{"date", "when it decided", DATE, BLANK},
	{"body", "who decided for it, as the governing body or full council", TEXT, BLANK},
	RECORD,
};

static const struct stpfin_column_schema engagement[] = {
	{"scheme", "scheme people were asked about", CODE("scheme"), KEY, OR("the whole plan")},
	{"group", "who was asked", CHOICE(engagement_groups), KEY},
	{"stage", "how far engagement has gone", CHOICE(engagement_stages)},
	{"start", "when it began", DATE, BLANK},
	{"end", "when it ends; no effect should start before", DATE, BLANK},
	RECORD,
};

static const struct stpfin_column_schema statement[] = {
	{"footprint", "footprint the statement is made for", CODE("footprint"), KEY},
	{"topic", "what it is about", CHOICE(statement_topics), KEY},
	{"text", "the statement, printed in the report as it stands", TEXT},
	RECORD,
};

static const struct stpfin_column_schema mortality[] = {
	{"footprint", "where the people lived", CODE("footprint"), KEY},
	{"year", "year of the counts; the latest in the table is the base", YEAR, KEY},
	SEX_OR_ALL,
	{"age", "first year of the age band; the last band is open", AGE, KEY},
	{"population", "people at risk", NUMBER("persons", POSITIVE)},
	{"deaths", "deaths in the year", NUMBER("deaths", NOT_NEGATIVE)},
	{"good_health", "share of people who say their health is good, for healthy life expectancy",
		NUMBER("share", SHARE), OR("no healthy life expectancy")},
	{"good_health_sample", "people asked about their health, for its interval",
		NUMBER("persons", POSITIVE), OR("no interval")},
	RECORD,
};

static const struct stpfin_column_schema mortality_trend[] = {
	SEX_OR_ALL,
	AGES_OR_ALL,
	{"rate", "yearly change of death rates", NUMBER("rate", RATE)},
	RECORD,
};

static const struct stpfin_column_schema deprivation[] = {
	{"footprint", "footprint divided by deprivation", CODE("footprint"), KEY},
	{"measure",
		"what the values measure, as life expectancy at birth of women; its words say the sex",
		TEXT, KEY},
	{"quantile", "group of people from most (1) to least deprived", WHOLE(NULL, AT_LEAST_ONE), KEY},
	{"population", "people in the group", NUMBER("persons", POSITIVE)},
	{"value", "the measure in the group", NUMBER("of the measure", ANY)},
	{"standard_error", "standard error of the value", NUMBER("of the measure", NOT_NEGATIVE),
		OR("no interval")},
	RECORD,
};

static const struct stpfin_column_schema risk[] = {
	{"risk", "code of the risk: anything that has a prevalence, as smoking or a cold home", TEXT,
		KEY},
	{"name", "name of the risk", TEXT},
	{"trend", "yearly relative change of prevalence in do nothing", NUMBER("rate", RATE), OR("0")},
	RECORD,
};

static const struct stpfin_column_schema prevalence[] = {
	{"footprint", "where the people live", CODE("footprint"), KEY},
	{"risk", "risk they are exposed to", CODE("risk"), KEY},
	SEX_OR_ALL,
	AGES_OR_ALL,
	{"prevalence", "share of people exposed in the base year", NUMBER("share", SHARE)},
	RECORD,
};

static const struct stpfin_column_schema relative_risk[] = {
	{"risk", "risk people are exposed to", CODE("risk"), KEY},
	{"outcome", "service used more by those exposed, or mortality", CODE_OR("service", outcomes),
		KEY},
	SEX_OR_ALL,
	AGES_OR_ALL,
	{"rr", "use or death rate of those exposed, over that of those not", NUMBER("ratio", POSITIVE)},
	{"lag", "years from a change of prevalence to its effect on the outcome",
		WHOLE("years", NOT_NEGATIVE), OR("0")},
	RECORD,
};

static const struct stpfin_column_schema indicator[] = {
	{"indicator", "code of the indicator; not composite", TEXT, KEY},
	{"name", "name of the indicator", TEXT},
	{"aim", "gap it measures, or what enables closing one", CHOICE(indicator_aims)},
	{"unit", "what its value is in, as % or days per 1,000 people", TEXT},
	{"direction", "whether a higher or a lower value is better", CHOICE(directions)},
	{"kind", "what numerator over denominator is, which decides interval, limits and funnel",
		CHOICE(indicator_kinds)},
	{"multiplier", "value = multiplier × numerator ÷ denominator", NUMBER("factor", POSITIVE),
		OR("1")},
	{"target", "value to be reached", NUMBER("of the indicator", ANY), OR("no target")},
	{"weight", "weight in the composite", NUMBER("weight", NOT_NEGATIVE), OR("1")},
	{"service", "service whose demographic factor moves later denominators", CODE("service"),
		OR("population alone")},
	RECORD,
};

static const struct stpfin_column_schema indicator_value[] = {
	{"footprint", "footprint observed", CODE("footprint"), KEY},
	{"indicator", "indicator observed", CODE("indicator"), KEY},
	{"year", "year observed; the path begins at the last", YEAR, KEY},
	{"numerator", "count, or sum, that the indicator is about", NUMBER("units", NOT_NEGATIVE)},
	{"denominator", "what it is out of or divided by", NUMBER("units", POSITIVE)},
	RECORD,
};

static const struct stpfin_column_schema indicator_trend[] = {
	{"indicator", "indicator that changes by itself", CODE("indicator"), KEY},
	{"footprint", "footprint it changes in", CODE("footprint"), ALL},
	{"change", "yearly change of its value in do nothing", NUMBER("of the indicator", ANY)},
	RECORD,
};

static const struct stpfin_column_schema indicator_effect[] = {
	{"scheme", "scheme that has the effect", CODE("scheme"), KEY},
	{"indicator", "indicator it changes", CODE("indicator"), KEY},
	{"footprint", "footprint it changes it in", CODE("footprint"), ALL},
	{"change", "change of its value at full size, with its sign", NUMBER("of the indicator", ANY)},
	TIMING,
	RECORD,
};

static const struct stpfin_column_schema indicator_cost[] = {
	{"indicator", "indicator that takes care to improve", CODE("indicator"), KEY},
	{"service", "service that gives the care", CODE("service"), KEY},
	{"activity_per_unit", "units of the service for each unit of numerator gained",
		NUMBER("units", NOT_NEGATIVE)},
	RECORD,
};

static const struct stpfin_column_schema fund[] = {
	{"fund", "name of the fund", TEXT, KEY},
	{"year", "year its money is for", YEAR, KEY},
	{"amount", "money in the fund for the year", NUMBER("£", NOT_NEGATIVE)},
	{"kind", "what it may be spent on; capital awards meet capital and never enter the gap",
		CHOICE(fund_kinds)},
	RECORD,
};

static const struct stpfin_column_schema claim[] = {
	{"fund", "fund claimed on", CODE("fund"), KEY},
	{"organisation", "organisation that claims", CODE("organisation"), KEY},
	{"year", "year claimed for", YEAR, KEY},
	{"amount", "claimed; no award is larger", NUMBER("£", NOT_NEGATIVE)},
	{"weight", "weight of the claim in rules that use one, as population or need",
		NUMBER("weight", NOT_NEGATIVE), OR("1")},
	{"floor", "least the award may be", NUMBER("£", NOT_NEGATIVE), OR("0")},
	{"cap", "most the award may be", NUMBER("£", NOT_NEGATIVE), OR("the claim")},
	RECORD,
};

static const struct stpfin_column_schema bid[] = {
	{"bid", "code of the bid", TEXT, KEY},
	{"name", "name of the bid", TEXT},
	{"organisation", "organisation that bids", CODE("organisation")},
	{"scheme", "scheme the bid would pay for", CODE("scheme"), OR("no effect on the gaps")},
	{"group", "alternatives of which at most one is chosen", TEXT, OR("no alternatives")},
	RECORD,
};

static const struct stpfin_column_schema bid_amount[] = {
	{"bid", "bid the money is for", CODE("bid"), KEY},
	{"fund", "fund bid to", CODE("fund"), KEY},
	{"year", "year bid for", YEAR, KEY},
	{"amount", "money needed if the bid is chosen", NUMBER("£", NOT_NEGATIVE)},
	RECORD,
};

static const struct stpfin_column_schema bid_requires[] = {
	{"bid", "bid that depends on another", CODE("bid"), KEY},
	{"requires", "bid without which it is not chosen", CODE("bid"), KEY},
	RECORD,
};

static const struct stpfin_column_schema portfolio_limit[] = {
	{"fund", "fund whose spending is limited", CODE("fund"), ALL},
	{"year", "year whose spending is limited", YEAR, ALL},
	{"footprint", "footprint whose bids are limited", CODE("footprint"), ALL},
	{"aim", "aim of the schemes whose bids are limited", CHOICE(scheme_aims), ALL},
	{"minimum", "least to be spent on the bids of the row", NUMBER("£", NOT_NEGATIVE),
		OR("no minimum")},
	{"maximum", "most to be spent on the bids of the row", NUMBER("£", NOT_NEGATIVE),
		OR("no maximum")},
	RECORD,
};

static const struct stpfin_column_schema fund_condition[] = {
	{"fund", "fund that is earned by meeting the condition", CODE("fund"), KEY},
	{"year", "year the condition holds for", YEAR, KEY},
	{"condition", "name of the condition, as A&E or referral to treatment", TEXT, KEY},
	{"gate", "yes if nothing is earned in a quarter in which it is missed", CHOICE(yes_or_no)},
	{"share", "share of the quarter's award earned by meeting it", NUMBER("share", SHARE), OR("0")},
	{"first_quarter", "quarter from which it is tested; before, it counts as met",
		WHOLE(NULL, QUARTER), OR("1")},
	RECORD,
};

static const struct stpfin_column_schema fund_result[] = {
	{"fund", "fund whose condition was tested", CODE("fund"), KEY},
	{"organisation", "organisation tested", CODE("organisation"), KEY},
	{"year", "year of the test", YEAR, KEY},
	{"quarter", "quarter of the financial year, 1 from April", WHOLE(NULL, QUARTER), KEY},
	{"condition", "condition of fund_condition that was tested", TEXT, KEY},
	{"met", "met by the national standard, by the agreed trajectory to it, or not",
		CHOICE(fund_results)},
	RECORD,
};

static const struct stpfin_column_schema uncertainty[] = {
	{"parameter", "name of the uncertain quantity, from which its draws are made", TEXT, KEY},
	{"table", "table of the plan whose figures it changes", TEXT},
	{"column", "column of numbers of that table it changes, not one of its key", TEXT},
	{"select", "rows it changes, as service=nel;year=2018; without a value, those blank there",
		TEXT, OR("all rows")},
	{"mode", "whether a draw replaces the figure, multiplies it or is added to it", CHOICE(modes)},
	{"distribution", "distribution of the draws", CHOICE(distributions)},
	{"p1",
		"10th percentile of interval80; mean of normal, lognormal, gamma and beta; low of uniform, "
		"triangular and pert",
		NUMBER("of the column", ANY)},
	{"p2",
		"90th percentile of interval80; standard deviation of normal, lognormal, gamma and beta; "
		"high of uniform; mode of triangular and pert",
		NUMBER("of the column", ANY), BLANK},
	{"p3", "high of triangular and pert", NUMBER("of the column", ANY), BLANK},
	{"path",
		"one draw for all years, one a year, or one a year on top of the year before's; by year "
		"only where the table has a year",
		CHOICE(paths), OR("constant")},
	RECORD,
};

static const struct stpfin_column_schema correlation[] = {
	{"a", "one uncertain quantity", CODE("uncertainty"), KEY},
	{"b", "the other", CODE("uncertainty"), KEY},
	{"rho", "correlation of the normal draws they are made from", NUMBER("correlation", SIZE)},
	RECORD,
};

static const struct stpfin_column_schema organisation_plan[] = {
	{"organisation", "organisation whose own plan it is", CODE("organisation"), KEY},
	{"version", "its operational plan, or what came of it", CHOICE(plan_versions), KEY},
	{"year", "year planned for or reported on", YEAR, KEY},
	{"line",
		"what is planned: income, cost or control total in £, activity in units, staff in "
		"whole-time equivalents",
		CHOICE(plan_lines), KEY},
	{"service", "service it is for", CODE("service"), ALL},
	{"amount", "planned or reported figure", NUMBER("of the line", ANY)},
	RECORD,
};

static const struct stpfin_column_schema contract_view[] = {
	{"commissioner", "organisation that buys", CODE("organisation"), KEY},
	{"provider", "organisation that is paid", CODE("organisation"), KEY},
	{"year", "year of the contract", YEAR, KEY},
	{"commissioner_value", "value of the contract in the commissioner's books", NUMBER("£", ANY)},
	{"provider_value", "value of the contract in the provider's books", NUMBER("£", ANY)},
	RECORD,
};

#define REQUIRED .required = true
#define RATE .rate = true
#define ANY_YEAR .any_year = true
#define IN_POSITION .in_position = true
#define ADD_UP .rows = STPFIN_ROWS_ADD_UP
#define IN_TURN .rows = STPFIN_ROWS_IN_TURN

static const struct stpfin_table_schema tables[] = {
	TABLE(source, "publications and assumptions the plan's figures come from", UNIQUE),
	TABLE(footprint, "areas planned for", UNIQUE, REQUIRED),
	TABLE(organisation, "those who buy care, give it, or take part in deciding", UNIQUE, REQUIRED),
	TABLE(membership, "which footprints an organisation serves, and how much of it each has",
		UNIQUE, REQUIRED),
	TABLE(service, "kinds of care, with the beds they take and how their cost follows activity",
		UNIQUE, REQUIRED),
	TABLE(staffing, "staff that care takes", UNIQUE),
	TABLE(supply, "beds and staff there are, to set against those needed", UNIQUE, RATE),
	TABLE(population, "people by footprint, year, sex and age", UNIQUE),
	TABLE(age_weight, "how use of a service varies by sex and age", UNIQUE),
	TABLE(flow,
		"what an organisation buys from a provider in the base year, recurrently; rows of one key "
		"add up",
		ADD_UP, REQUIRED, IN_POSITION),
	TABLE(activity_growth, "growth of activity that population does not explain", UNIQUE, RATE),
	TABLE(inflation, "yearly price rises of the components of cost", UNIQUE, RATE),
	TABLE(cost_mix, "components that make up the cost of a service", UNIQUE),
	TABLE(tariff, "yearly changes of the prices paid for care", UNIQUE, RATE),
	TABLE(
		funding, "allocations, grants and other income from beyond the plan", UNIQUE, IN_POSITION),
	TABLE(transfer, "payments between organisations that buy no listed care", UNIQUE, IN_POSITION),
	TABLE(pressure, "costs beyond the care bought", UNIQUE, IN_POSITION),
	TABLE(deflator, "general prices, to put £ in base-year prices", UNIQUE),
	TABLE(scheme, "what the plan means to do", UNIQUE),
	TABLE(activity_effect, "activity that schemes take away, add or shift to other care", IN_TURN),
	TABLE(efficiency_effect, "cost and length of stay that schemes save in the same care", IN_TURN),
	TABLE(prevention_effect, "risks that schemes make rarer", IN_TURN),
	TABLE(scheme_cost, "what schemes cost those who run them; rows of one key add up", ADD_UP,
		ANY_YEAR, IN_POSITION),
	TABLE(scenario, "named lists of schemes", UNIQUE),
	TABLE(award, "money from transformation funds; rows of one key add up", ADD_UP, IN_POSITION),
	TABLE(evidence, "published ranges that effects are compared with", UNIQUE),
	TABLE(agreement, "positions organisations have taken on schemes and the plan", UNIQUE),
	TABLE(engagement, "who was asked about schemes, and how far", UNIQUE),
	TABLE(statement, "what a footprint says of its plan in words", UNIQUE),
	TABLE(mortality, "people, deaths and health by age, for life expectancy and death rates",
		UNIQUE, ANY_YEAR),
	TABLE(mortality_trend, "yearly changes of death rates", UNIQUE, RATE),
	TABLE(deprivation, "a measure from the most to the least deprived, for inequality", UNIQUE),
	TABLE(risk, "risks to health that prevention can make rarer", UNIQUE),
	TABLE(prevalence, "how common risks are", UNIQUE, RATE),
	TABLE(relative_risk, "how much more care or death a risk brings", UNIQUE, RATE),
	TABLE(indicator, "measures of the care and quality gap", UNIQUE),
	TABLE(indicator_value, "observed counts of indicators", UNIQUE, ANY_YEAR),
	TABLE(indicator_trend, "yearly changes of indicators in do nothing", UNIQUE, RATE),
	TABLE(indicator_effect, "indicators that schemes change", IN_TURN),
	TABLE(indicator_cost, "care that improving an indicator takes", UNIQUE),
	TABLE(fund, "transformation funds and their money by year", UNIQUE),
	TABLE(claim, "claims on funds, to be shared out by a rule", UNIQUE),
	TABLE(bid, "bids to funds, to be chosen or not", UNIQUE),
	TABLE(bid_amount, "money bids ask of funds by year", UNIQUE),
	TABLE(bid_requires, "bids that depend on others", UNIQUE),
	TABLE(portfolio_limit, "least and most to be spent on kinds of bids", UNIQUE),
	TABLE(fund_condition, "what has to be met for an award to be earned", UNIQUE),
	TABLE(fund_result, "whether conditions were met, quarter by quarter", UNIQUE),
	TABLE(uncertainty, "figures that are uncertain, and how", UNIQUE),
	TABLE(correlation, "uncertain figures that move together", UNIQUE),
	TABLE(organisation_plan,
		"organisations' own plans and outturns, to compare with the projection", UNIQUE),
	TABLE(contract_view, "contracts as each end records them", UNIQUE),
};

const struct stpfin_table_schema *stpfin_schema__tables(size_t *out_n)
{
	*out_n = sizeof tables / sizeof *tables;
	return tables;
}
