#include <string.h>

#include "bindings/cli/command.h"
#include "libstpfin/plan/nearest.h"

const struct option_words options[N_OPTIONS] = {
	[OPTION_TABLE] = {"table", "NAME",
		"a result to show, as describe lists them; without it, project shows all but ledger", true},
	[OPTION_SCENARIO] = {"scenario", "NAME",
		"a scenario of the plan, shown beside do_nothing, which has no schemes", true},
	[OPTION_MEASURE] = {"measure", "MEASURE",
		"a column of a result, as position.gap, which keys may narrow, as "
		"funding_gap.gap[component=nhs;year=2020]; funding_gap.gap without it",
		true},
	[OPTION_DRAWS] = {"draws", "N", "how many draws: 1000 without it", false},
	[OPTION_PRICES] = {"prices", "cash|real",
		"£ of each year (the default), or of the base year by the plan's deflator", false},
	[OPTION_COMPARATOR] = {"comparator", "england|best_fifth|target",
		"what health is compared with: England (the default), the best fifth of footprints, or "
		"each --target",
		false},
	[OPTION_TARGET] = {"target", "MEASURE=VALUE",
		"a value of health to be reached, as life_expectancy=83, or of one sex, as "
		"life_expectancy,female=85",
		true},
	[OPTION_OVERDISPERSION] = {"overdispersion", NULL,
		"widen the funnels of quality by how much footprints differ beyond chance", false},
	[OPTION_PLACE] = {"place", "CODE",
		"a footprint, an organisation, England or unassigned; without it, all", false},
	[OPTION_YEAR] = {"year", "YEAR", "a year, as 2020 or 2020/21; without it, all", false},
	[OPTION_FUND] = {"fund", "FUND", "the fund to share, by name", false},
	[OPTION_RULE] = {"rule", "proportional|equal_awards|equal_losses|talmud",
		"to claims, equal awards, equal losses, or half the claims first", false},
	[OPTION_WEIGHT] = {"weight", "claim|population",
		"what weighs claims: the weights they have (the default), or people: with equal losses, "
		"the gap per head that is left is levelled",
		false},
	[OPTION_PACE] = {"pace", "SHARE",
		"the most an award may change on the year before, as 0.1 for 10%; without it, no limit",
		false},
	[OPTION_GAP] = {"gap", "SHARE",
		"how near the best set is near enough: 0.001, which is 0.1%, without it", false},
	[OPTION_TIME_LIMIT] = {"time-limit", "SECONDS",
		"end the search early, with the best set found by then; without it, no limit", false},
	[OPTION_ALTERNATIVES] = {"alternatives", "N",
		"how many other sets nearly as good to look for: 2 without it", false},
	[OPTION_TOLERANCE] = {"tolerance", "SHARE",
		"how much of the benefit an alternative may lack: 0.01, which is 1%, without it", false},
	[OPTION_FINANCE_WEIGHT] = {"finance-weight", "POUNDS",
		"what each £ of the present value of the gap closed counts for: 1 without it", false},
	[OPTION_HEALTH_WEIGHT] = {"health-weight", "POUNDS",
		"what each year of life not lost before 75 counts for: 0 without it", false},
	[OPTION_QUALITY_WEIGHT] = {"quality-weight", "POUNDS",
		"what each person a year who is no longer short of an indicator's target counts for, times "
		"its weight: 0 without it",
		false},
	[OPTION_BENEFITS] = {"benefits", "FILE",
		"a CSV file of the columns bid and benefit, in place of what the plan's schemes bring",
		false},
	[OPTION_BY] = {"by", "driver|scheme|workstream|agreement",
		"what the steps are: schemes with a scenario, else what drives the gap", false},
	[OPTION_METHOD] = {"method", "sequential|shapley",
		"each step on top of those before it (the default), or the mean over all orders", false},
	[OPTION_SAMPLES] = {"samples", "N",
		"the orders sampled where there are more than 12 steps: 200 without it", false},
	[OPTION_SEED] = {"seed", "N", "the seed of the sample or draws: 1 without it", false},
	[OPTION_THREADS] = {"threads", "N",
		"how many threads draw, which changes no result: one for each processor without it", false},
	[OPTION_RANGE] = {"range", "A:B",
		"make draws A to before B of the --draws alone, and write them too", false},
	[OPTION_JOIN] = {"join", "DIR",
		"a folder that --range and --out have made, to be joined with the others", true},
	[OPTION_SOBOL] = {"sobol", "N",
		"the draws of each of the two samples of Sobol's indices, which cost as many projections "
		"for each parameter; without it, no indices",
		false},
	[OPTION_REPETITIONS] = {"repetitions", "N",
		"how often the samples are drawn again for the indices' intervals: 1000 without it", false},
	[OPTION_PARAMETER] = {"parameter", "PARAMETER",
		"what is moved: a parameter of the table uncertainty, or cells of the plan, as "
		"scenario.scale[scenario=NAME;scheme=NAME]",
		false},
	[OPTION_SOUGHT] = {"target", "NUMBER", "the value the measure is to reach", false},
	[OPTION_FROM] = {"from", "NUMBER",
		"the lowest value to try; without it, the parameter's 0.1th percentile, or the lower end "
		"of the column's range",
		false},
	[OPTION_TO] = {"to", "NUMBER",
		"the highest value to try; without it, the parameter's 99.9th percentile, or the upper "
		"end of the column's range",
		false},
	[OPTION_ALL] = {"all", NULL, "every table and result in turn, with its columns", false},
	[OPTION_BASE_YEAR] = {"base-year", "YEAR", "the plan's first year; 2015/16 without it", false},
	[OPTION_END_YEAR] = {"end-year", "YEAR",
		"the plan's last year; without it, 5 years after the first", false},
	[OPTION_XLSX] = {"xlsx", NULL, "also write plan.xlsx, a workbook to fill in", false},
	[OPTION_OUT] = {"out", "DIR",
		"write full-precision CSV files and a datapackage.json there, and print nothing", false},
	[OPTION_FORMAT] = {"format", "text|csv|json",
		"how to print: for people (the default), or in full precision", false},
	[OPTION_HELP] = {"help", NULL, "say what the command does", false},
};

const struct command commands[] = {
	{"check", "PLAN", "list everything that is wrong with a plan",
		"Every problem is a line file:row:column: severity: message. Errors stop a plan, warnings "
		"ask for a look, notes say how it was read. The exit status is 1 if there is an error.",
		check_command, {OPTION_FORMAT, OPTION_HELP}},
	{"project", "PLAN", "project a plan year by year",
		"If nothing is done, and in each --scenario. Without --out, the results are printed: as "
		"text, £ are in millions and years stand "
		"across. A positive gap is a shortfall. CSV is printed of one table at a time.",
		project_command,
		{OPTION_TABLE, OPTION_SCENARIO, OPTION_PRICES, OPTION_COMPARATOR, OPTION_TARGET,
			OPTION_OVERDISPERSION, OPTION_OUT, OPTION_FORMAT, OPTION_HELP}},
	{"bridge", "PLAN", "explain a gap step by step",
		"With a --scenario, from the gap if nothing is done to the scenario's, by its schemes, "
		"their workstreams, or who has agreed to them. Else from the base year's gap to that of "
		"each year if nothing is done, by population, growth, inflation, price, pressures and "
		"funding. Text shows the last year only.",
		bridge_command,
		{OPTION_SCENARIO, OPTION_PLACE, OPTION_YEAR, OPTION_BY, OPTION_METHOD, OPTION_SAMPLES,
			OPTION_SEED, OPTION_OUT, OPTION_FORMAT, OPTION_HELP}},
	{"compare", "PLAN_A PLAN_B", "list what differs between two plans, and what it does to the gap",
		"The changes are a line a cell; the bridge leads from the gap of the first plan to that of "
		"the second, a step a table: if nothing is done, or in the --scenario that both have.",
		compare_command, {OPTION_SCENARIO, OPTION_OUT, OPTION_FORMAT, OPTION_HELP}},
	{"align", "PLAN", "set organisations' own plans and contracts beside the projection",
		"What organisations have planned or reported (organisation_plan) beside what is projected, "
		"and the value of each contract at its two ends (contract_view).",
		align_command, {OPTION_SCENARIO, OPTION_OUT, OPTION_FORMAT, OPTION_HELP}},
	{"allocate", "PLAN", "share a fund among the claims on it by a rule",
		"The fund is shared year by year, in whole pence. With --out DIR, the plan is written to a "
		"new folder with the awards in it, and allocation.csv beside its tables: 'stpfin project "
		"DIR' shows what they do to the gap. The awards are received in the --scenario, or else in "
		"every one. Without --out, the --table is printed: allocation (the default), or award, the "
		"plan's own table as it would be. The exit status is 3 if floors, caps or the pace cannot "
		"meet the fund.",
		allocate_command,
		{OPTION_FUND, OPTION_RULE, OPTION_WEIGHT, OPTION_PACE, OPTION_YEAR, OPTION_SCENARIO,
			OPTION_TABLE, OPTION_OUT, OPTION_FORMAT, OPTION_HELP}},
	{"portfolio", "PLAN", "choose the bids to funds that bring the most together",
		"Of the sets of bids that each fund has the money for in each year, and that keep the "
		"limits, groups and requirements, the one with the largest sum of benefits: of each bid, "
		"the present value of the gap that its scheme alone closes, and with weights for them the "
		"years of life and the people it brings to their target. It is said how far the sum can be "
		"from the best there is. With --out DIR, the plan is written to a new folder with the "
		"chosen schemes as a scenario, named portfolio or as --scenario says, and their awards, "
		"and the results beside "
		"its tables: 'stpfin project DIR --scenario portfolio' shows what they do together. "
		"Without --out, the results are printed, or the --table of portfolio, portfolio_price, "
		"portfolio_missed, scenario and award. Ctrl-C ends the search with the best set found. The "
		"exit status is 3 if no set keeps all limits; portfolio_conflict then says which.",
		portfolio_command,
		{OPTION_SCENARIO, OPTION_GAP, OPTION_TIME_LIMIT, OPTION_ALTERNATIVES, OPTION_TOLERANCE,
			OPTION_FINANCE_WEIGHT, OPTION_HEALTH_WEIGHT, OPTION_QUALITY_WEIGHT, OPTION_BENEFITS,
			OPTION_TABLE, OPTION_OUT, OPTION_FORMAT, OPTION_HELP}},
	{"simulate", "PLAN", "draw what is uncertain, and show how results spread",
		"The table uncertainty says which figures are drawn and how; in each draw the plan is "
		"projected with what was drawn, if nothing is done and in each --scenario, of which A-B is "
		"the difference of two. Shown are the plan as it stands (central), the mean of the draws, "
		"the 10th and 90th percentile, and the share of draws in which the gap is closed. "
		"bridge.amount is the bridge from do nothing to a scenario, or --by driver. The same seed "
		"gives the same draws on any machine; draws made in pieces, by --range 0:5000 --out DIR "
		"and so on, are joined by --join DIR --join DIR to what they would have been in one.",
		simulate_command,
		{OPTION_SCENARIO, OPTION_MEASURE, OPTION_DRAWS, OPTION_SEED, OPTION_THREADS, OPTION_RANGE,
			OPTION_JOIN, OPTION_BY, OPTION_METHOD, OPTION_PRICES, OPTION_TABLE, OPTION_OUT,
			OPTION_FORMAT, OPTION_HELP}},
	{"sensitivity", "PLAN", "find which uncertain figures results depend on",
		"For each parameter of the table uncertainty: the measure with the parameter at its 10th "
		"and 90th percentile and all else as the plan has it (low and high), Spearman's rank "
		"correlation of the two over the --draws, and with --sobol the shares of the measure's "
		"variance that it explains by itself (first_order) and has a part in (total), with 95% "
		"intervals. Text shows the largest first.",
		sensitivity_command,
		{OPTION_SCENARIO, OPTION_MEASURE, OPTION_DRAWS, OPTION_SOBOL, OPTION_REPETITIONS,
			OPTION_SEED, OPTION_THREADS, OPTION_BY, OPTION_METHOD, OPTION_PRICES, OPTION_OUT,
			OPTION_FORMAT, OPTION_HELP}},
	{"seek", "PLAN", "find the value of a figure that brings a result to a target",
		"The --measure is of the --scenario (do_nothing without it) in one --place (England) and "
		"--year (the last). If no value between the ends reaches the target, the one that comes "
		"nearest is shown, and the exit status is 3.",
		seek_command,
		{OPTION_PARAMETER, OPTION_MEASURE, OPTION_PLACE, OPTION_YEAR, OPTION_SOUGHT,
			OPTION_SCENARIO, OPTION_FROM, OPTION_TO, OPTION_PRICES, OPTION_OUT, OPTION_FORMAT,
			OPTION_HELP}},
	{"describe", "[TABLE]", "list the tables of a plan and the results, or the columns of one",
		"The data dictionary: types, units, ranges and meanings.", describe_command,
		{OPTION_ALL, OPTION_FORMAT, OPTION_HELP}},
	{"new", "DIR", "write an empty plan to fill in",
		"A CSV file a table, each with its header, and a datapackage.json with the years. A folder "
		"that holds a plan is left alone.",
		new_command, {OPTION_BASE_YEAR, OPTION_END_YEAR, OPTION_XLSX, OPTION_HELP}},
	{"workbook", "PLAN FILE", "write a plan as a workbook",
		"An .xlsx file: a sheet a table, one of the years and rates, and the data dictionary. A "
		"file of that name is replaced.",
		workbook_command, {OPTION_HELP}},
};

const size_t n_commands = sizeof commands / sizeof *commands;

const struct command *find_command(const char *name)
{
	const char *names[sizeof commands / sizeof *commands];
	const char *nearest;

	for (size_t i = 0; i < n_commands; i++) {
		if (strcmp(commands[i].name, name) == 0) {
			return &commands[i];
		}
		names[i] = commands[i].name;
	}
	nearest = stpfin_nearest__among(name, names, n_commands);
	if (nearest != NULL) {
		wrong_usage(NULL, "unknown command '%s': did you mean '%s'?", name, nearest);
	} else {
		wrong_usage(NULL, "unknown command '%s'", name);
	}
	return NULL;
}
