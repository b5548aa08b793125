#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "libstpfin/fund/award_rows.h"
#include "libstpfin/fund/portfolio_tables.h"
#include "libstpfin/plan/problems.h"
#include "libstpfin/plan/schema.h"
#include "libstpfin/table/error.h"

/* Which limits cannot hold together, in words and as a table. */

enum { POT, MINIMUM, MAXIMUM };
enum { YES, NO };

/* Which side of a row it is that cannot hold. */
static int32_t side_of(const struct stpfin_choice *choice, size_t row)
{
	const struct stpfin_instance *instance = choice->instance;

	if (row < instance->n_pots) {
		return POT;
	}
	if (isinf(instance->upper[row]) || choice->conflict->shortfall[row] > 0) {
		return MINIMUM;
	}
	return instance->lower[row] <= 0 || choice->search->relaxation.price[row] > 0 ? MAXIMUM
																				  : MINIMUM;
}

static double amount_of(const struct stpfin_choice *choice, size_t row)
{
	return side_of(choice, row) == MINIMUM ? choice->instance->lower[row]
										   : choice->instance->upper[row];
}

/* The keys of a row: fund, footprint and aim as codes, -1 for all, and year. */
struct keys {
	int32_t fund;
	int32_t year;
	int32_t footprint;
	int32_t aim;
};

static struct keys keys_of(const struct stpfin_choice *choice, size_t row)
{
	const stpfin_plan *plan = choice->plan;
	size_t limit = row - choice->instance->n_pots;

	if (row < choice->instance->n_pots) {
		return (struct keys){stpfin_plan__whole(plan, "fund", "fund")[row],
			stpfin_plan__whole(plan, "fund", "year")[row], -1, -1};
	}
	return (struct keys){stpfin_plan__whole(plan, "portfolio_limit", "fund")[limit],
		stpfin_plan__whole(plan, "portfolio_limit", "year")[limit],
		stpfin_plan__whole(plan, "portfolio_limit", "footprint")[limit],
		stpfin_plan__whole(plan, "portfolio_limit", "aim")[limit]};
}

/* The row of its table, as a file without blank lines has it. */
static int32_t row_of(const struct stpfin_choice *choice, size_t row)
{
	size_t first = row < choice->instance->n_pots ? 0 : choice->instance->n_pots;

	return (int32_t)(row - first + 2);
}

stpfin_status stpfin_choice__conflict(const struct stpfin_choice *choice, stpfin_table **out_table)
{
	stpfin_status status = stpfin_award_rows__new_table(
		choice->plan, stpfin_schema__result("portfolio_conflict"), choice->scenarios, out_table);

	for (size_t row = 0; row < choice->instance->n_rows && status == STPFIN_OK; row++) {
		struct keys keys = keys_of(choice, row);
		size_t at = stpfin_table_rows(*out_table);

		if (!choice->conflict->rows[row] && choice->conflict->shortfall[row] <= 0) {
			continue;
		}
		status = stpfin_table__add_row(*out_table);
		if (status == STPFIN_OK) {
			stpfin_table__named(*out_table, "scenario")->whole[at] = choice->scenario;
			stpfin_table__named(*out_table, "fund")->whole[at] = keys.fund;
			stpfin_table__named(*out_table, "year")->whole[at] = keys.year;
			stpfin_table__named(*out_table, "footprint")->whole[at] = keys.footprint;
			stpfin_table__named(*out_table, "aim")->whole[at] = keys.aim;
			stpfin_table__named(*out_table, "limit")->whole[at] = side_of(choice, row);
			stpfin_table__named(*out_table, "row")->whole[at] = row_of(choice, row);
			stpfin_table__named(*out_table, "amount")->real[at] = amount_of(choice, row);
			stpfin_table__named(*out_table, "shortfall")->real[at] =
				choice->conflict->shortfall[row];
			stpfin_table__named(*out_table, "conflicting")->whole[at] =
				choice->conflict->rows[row] ? YES : NO;
		}
	}
	if (status != STPFIN_OK) {
		stpfin_table_free(*out_table);
		*out_table = NULL;
	}
	return status;
}

/* A sentence that is cut where it becomes too long for one line. */
struct sentence {
	char text[700];
	size_t length;
};

STPFIN_PRINTF(2, 3) static void add(struct sentence *self, const char *format, ...)
{
	va_list arguments;
	int written;

	va_start(arguments, format);
	written =
		vsnprintf(self->text + self->length, sizeof self->text - self->length, format, arguments);
	va_end(arguments);
	if (written > 0) {
		self->length += (size_t)written;
		self->length = self->length < sizeof self->text ? self->length : sizeof self->text - 1;
	}
}

static void add_money(struct sentence *self, double amount)
{
	if (amount >= 1e5) {
		add(self, "£%.2fm", amount / 1e6);
	} else {
		add(self, "£%.2f", amount);
	}
}

/* A row's name: "the minimum of £3.00m for health in Fen". */
static void add_row(struct sentence *self, const struct stpfin_choice *choice, size_t row)
{
	static const char *const words[] = {"the pot", "the minimum", "the maximum"};
	const stpfin_plan *plan = choice->plan;
	struct keys keys = keys_of(choice, row);

	add(self, "%s of ", words[side_of(choice, row)]);
	add_money(self, amount_of(choice, row));
	if (keys.aim >= 0) {
		add(self, " for %s",
			stpfin_schema__column(stpfin_schema__table("scheme"), "aim")->choices[keys.aim]);
	}
	if (keys.footprint >= 0) {
		add(self, " in '%s'",
			STPFIN_EXCERPT(stpfin_dictionary__text(
				stpfin_table__column(stpfin_plan__table(plan, "footprint"), 0)->dictionary,
				keys.footprint)));
	}
	if (keys.fund >= 0) {
		add(self, " from '%s'",
			STPFIN_EXCERPT(stpfin_dictionary__text(
				stpfin_table__column(stpfin_plan__table(plan, "fund"), 0)->dictionary, keys.fund)));
	}
	if (keys.year != STPFIN_MISSING_INT32) {
		add(self, " in %d", (int)keys.year);
	}
}

stpfin_status stpfin_choice__say_conflict(const struct stpfin_choice *choice)
{
	enum { MOST_NAMED = 5 };
	const struct stpfin_conflict *conflict = choice->conflict;
	struct sentence sentence = {.length = 0};
	size_t n = 0;
	size_t n_short = 0;

	for (size_t row = 0; row < choice->instance->n_rows; row++) {
		if (conflict->shortfall[row] > 0 && n_short++ < MOST_NAMED) {
			add(&sentence, "%s", n_short > 1 ? ", " : "; the nearest is short by ");
			add_money(&sentence, conflict->shortfall[row]);
			add(&sentence, " of ");
			add_row(&sentence, choice, row);
		}
	}
	if (n_short > MOST_NAMED) {
		add(&sentence, " and %zu more", n_short - MOST_NAMED);
	}
	for (size_t row = 0; row < choice->instance->n_rows; row++) {
		if (conflict->rows[row] && n++ < MOST_NAMED) {
			add(&sentence, "%s", n > 1 ? " + " : "; these cannot hold together: ");
			add_row(&sentence, choice, row);
		}
	}
	if (n > MOST_NAMED) {
		add(&sentence, " and %zu more", n - MOST_NAMED);
	}
	return stpfin_error__set(STPFIN_ERROR_INFEASIBLE, "%s%s",
		conflict->proved ? "no set of bids keeps all limits"
						 : "no set of bids was found that keeps all limits, which proves nothing",
		sentence.text);
}
