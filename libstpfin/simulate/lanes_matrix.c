#include "libstpfin/simulate/lanes_matrix.h"

#include <stdlib.h>

void stpfin_lanes_matrix__free(struct stpfin_lanes_matrix *self)
{
	free(self->rows);
	free(self->first);
	free(self->column);
	free(self->coefficient);
	free(self->first_drawn);
	free(self->drawn);
	free(self->constant);
	free(self->first_term);
	free(self->terms);
}

/* Numbers sorted into runs by a code: those of code i are at[first[i]] to at[first[i + 1]]. */
struct runs {
	size_t *first;
	size_t *at;
};

static void free_runs(struct runs *self)
{
	free(self->first);
	free(self->at);
}

/* What rows are made with. */
struct making {
	struct stpfin_lanes_matrix *self;
	const struct stpfin_model *model;
	const struct stpfin_lanes_places *places;
	const struct stpfin_lanes_care *care; /* of the outcome at hand */
	struct runs bought;                   /* its trades by buyer */
	struct runs sold;                     /* those within the plan by seller */
	struct runs members;                  /* entries of the shares by place */
	size_t *organisation;                 /* by entry of the shares */
	const struct stpfin_lanes_row *at_hand;
	/* By organisation: what each sum counts with in the row at hand, of those it counts. */
	bool *counts;
	double *cost;
	double *received;
	double *own;
	size_t n_counted;
	size_t *counted;
	/* By curve: what its coefficient comes to in the row at hand, of those met. */
	double *coefficient;
	bool *met;
	size_t n_met;
	size_t *curves;
	size_t *group;  /* by curve */
	size_t n_drawn; /* curves met with an amount that is drawn */
	size_t drawn_capacity;
	struct stpfin_lanes_drawn_entry *drawn;
};

/* Sorts n numbers into runs by code; those with a negative one are left out. */
static stpfin_status sort_into_runs(struct runs *self, size_t n_codes, size_t n,
	int32_t (*code)(const struct making *making, size_t i), const struct making *making)
{
	self->first = stpfin_model__array(n_codes + 2, sizeof *self->first);
	self->at = stpfin_model__array(n, sizeof *self->at);
	if (self->first == NULL || self->at == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	/* Counted two places on, so that filling the runs leaves each beginning in its place. */
	for (size_t i = 0; i < n; i++) {
		if (code(making, i) >= 0) {
			self->first[code(making, i) + 2]++;
		}
	}
	for (size_t i = 1; i <= n_codes; i++) {
		self->first[i + 1] += self->first[i];
	}
	for (size_t i = 0; i < n; i++) {
		if (code(making, i) >= 0) {
			self->at[self->first[code(making, i) + 1]++] = i;
		}
	}
	return STPFIN_OK;
}

static int32_t buyer_of(const struct making *making, size_t trade)
{
	return making->care->groups->trades[trade].buyer;
}

static int32_t seller_of(const struct making *making, size_t trade)
{
	const struct stpfin_lanes_trade *of = &making->care->groups->trades[trade];

	return of->outside ? -1 : of->seller;
}

static int32_t place_of(const struct making *making, size_t entry)
{
	return making->model->share_place[entry];
}

/* Counts an organisation, by its share, in the row at hand. */
static void count(
	struct making *making, const struct stpfin_lanes_row *row, size_t organisation, double share)
{
	if ((row->kinds >> making->model->kind[organisation] & 1) != 0) {
		making->counts[organisation] = true;
		making->cost[organisation] = row->cost * share;
		making->received[organisation] = row->received * share;
		making->own[organisation] = row->own * share;
		making->counted[making->n_counted++] = organisation;
	}
}

static void count_place(struct making *making, const struct stpfin_lanes_row *row)
{
	const struct stpfin_model *model = making->model;

	if (row->place >= model->n_places) {
		count(making, row, row->place - model->n_places, 1);
		return;
	}
	for (size_t i = making->members.first[row->place]; i < making->members.first[row->place + 1];
		 i++) {
		size_t entry = making->members.at[i];

		count(making, row, making->organisation[entry], model->share[entry]);
	}
}

/* Forgets the row at hand. */
static void clear(struct making *making)
{
	for (size_t i = 0; i < making->n_counted; i++) {
		size_t organisation = making->counted[i];

		making->counts[organisation] = false;
		making->cost[organisation] = making->received[organisation] = 0;
		making->own[organisation] = 0;
	}
	for (size_t i = 0; i < making->n_met; i++) {
		making->met[making->curves[i]] = false;
		making->coefficient[making->curves[i]] = 0;
	}
	making->at_hand = NULL;
	making->n_counted = 0;
	making->n_met = 0;
	making->n_drawn = 0;
}

/* What a curve is in the row at hand: itself, or the part that a group of schemes has in it. */
struct column {
	size_t number; /* SIZE_MAX: nothing */
	bool moves;
	const double *values; /* as the plan stands, by year */
};

static struct column column_of(
	const struct making *making, const struct stpfin_lanes_row *row, size_t curve)
{
	const struct stpfin_lanes_care *care = making->care;
	struct column column = {curve, care->groups->curve_moves[curve], NULL};
	size_t n_years = making->self->n_years;

	column.values = care->curves + curve * n_years;
	if (row->sum == STPFIN_LANES_STEP) {
		size_t group = making->group[curve];

		column.number = stpfin_lanes_bridge__part(care->bridge, group, curve, row->which);
		column.moves = care->bridge->games[group].moves;
		column.values = column.number != SIZE_MAX ? care->parts + column.number * n_years : NULL;
	}
	return column;
}

/* Adds a term to those of a row and year, which are from `first` on: to one that is like it if
 * there is any. */
static stpfin_status add_term(
	struct stpfin_lanes_matrix *self, size_t first, const struct stpfin_lanes_term *term)
{
	struct stpfin_lanes_term *terms;

	for (size_t i = first; i < self->n_terms; i++) {
		struct stpfin_lanes_term *other = &self->terms[i];

		if (other->first == term->first && other->second == term->second &&
			other->inflation == term->inflation) {
			other->factor += term->factor;
			return STPFIN_OK;
		}
	}
	terms = stpfin_keys__grown(self->terms, &self->term_capacity, self->n_terms, sizeof *terms);
	if (terms == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->terms = terms;
	terms[self->n_terms++] = *term;
	return STPFIN_OK;
}

/* Appends to a list of drawn entries. */
static stpfin_status add_drawn(struct stpfin_lanes_drawn_entry **list, size_t *n, size_t *capacity,
	const struct stpfin_lanes_drawn_entry *entry)
{
	struct stpfin_lanes_drawn_entry *grown = stpfin_keys__grown(*list, capacity, *n, sizeof *grown);

	if (grown == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	*list = grown;
	grown[(*n)++] = *entry;
	return STPFIN_OK;
}

/* Counts an amount of a curve with a weight in the row at hand. */
static stpfin_status meet(
	struct making *making, size_t curve, const struct stpfin_lanes_amount *amount, double weight)
{
	if (weight == 0) {
		return STPFIN_OK;
	}
	if (amount->cell != STPFIN_NO_ROW) {
		return add_drawn(&making->drawn, &making->n_drawn, &making->drawn_capacity,
			&(struct stpfin_lanes_drawn_entry){weight * amount->factor, curve, amount->cell});
	}
	if (!making->met[curve]) {
		making->met[curve] = true;
		making->curves[making->n_met++] = curve;
	}
	making->coefficient[curve] += weight * amount->factor;
	return STPFIN_OK;
}

static stpfin_status meet_bought(
	struct making *making, const struct stpfin_lanes_row *row, size_t organisation)
{
	const int32_t *setting = stpfin_plan__whole(making->model->plan, "service", "setting");
	stpfin_status status = STPFIN_OK;

	for (size_t i = making->bought.first[organisation];
		 i < making->bought.first[organisation + 1] && status == STPFIN_OK; i++) {
		const struct stpfin_lanes_trade *trade =
			&making->care->groups->trades[making->bought.at[i]];
		double weight = making->cost[organisation] + making->received[trade->seller];

		if (row->sum == STPFIN_LANES_SPENDING) {
			weight = (size_t)setting[trade->service] == row->which ? making->cost[organisation] : 0;
		}
		status = meet(making, trade->payment, &trade->paid, weight);
	}
	return status;
}

static stpfin_status meet_sold(struct making *making, size_t organisation)
{
	stpfin_status status = STPFIN_OK;

	for (size_t i = making->sold.first[organisation];
		 i < making->sold.first[organisation + 1] && status == STPFIN_OK; i++) {
		const struct stpfin_lanes_trade *trade = &making->care->groups->trades[making->sold.at[i]];

		if (!making->counts[trade->buyer]) {
			status = meet(making, trade->payment, &trade->paid, making->received[organisation]);
		}
		if (status == STPFIN_OK) {
			status = meet(making, trade->cost, &trade->costs, making->cost[organisation]);
		}
	}
	return status;
}

static int compare_curves(const void *a, const void *b)
{
	size_t x = *(const size_t *)a;
	size_t y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* By curve, cell and coefficient: those that are equal in all of it may change places. */
static int compare_drawn(const void *a, const void *b)
{
	const struct stpfin_lanes_drawn_entry *x = a;
	const struct stpfin_lanes_drawn_entry *y = b;

	if (x->column != y->column) {
		return x->column < y->column ? -1 : 1;
	}
	if (x->cell != y->cell) {
		return x->cell < y->cell ? -1 : 1;
	}
	return x->coefficient < y->coefficient ? -1 : x->coefficient > y->coefficient;
}

/* Meets all care that the row at hand counts. */
static stpfin_status meet_care(struct making *making, const struct stpfin_lanes_row *row)
{
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < making->n_counted && status == STPFIN_OK; i++) {
		status = meet_bought(making, row, making->counted[i]);
		if (status == STPFIN_OK && row->sum != STPFIN_LANES_SPENDING) {
			status = meet_sold(making, making->counted[i]);
		}
	}
	if (making->n_met > 0) {
		qsort(making->curves, making->n_met, sizeof *making->curves, compare_curves);
	}
	if (making->n_drawn > 0) {
		qsort(making->drawn, making->n_drawn, sizeof *making->drawn, compare_drawn);
	}
	return status;
}

static stpfin_status add_entry(struct stpfin_lanes_matrix *self, size_t column, double coefficient)
{
	uint32_t *columns = stpfin_keys__grown(
		self->column, &self->entry_capacity[0], self->n_entries, sizeof *columns);
	double *coefficients;

	if (columns == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->column = columns;
	coefficients = stpfin_keys__grown(
		self->coefficient, &self->entry_capacity[1], self->n_entries, sizeof *coefficients);
	if (coefficients == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->coefficient = coefficients;
	columns[self->n_entries] = (uint32_t)column;
	coefficients[self->n_entries++] = coefficient;
	return STPFIN_OK;
}

/* Writes the care that the row at hand counts: what moves as entries, the rest into constants. */
static stpfin_status write_care(
	struct making *making, const struct stpfin_lanes_row *row, double *constant)
{
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < making->n_met && status == STPFIN_OK; i++) {
		struct column column = column_of(making, row, making->curves[i]);
		double coefficient = making->coefficient[making->curves[i]];

		if (column.number == SIZE_MAX || coefficient == 0) {
			continue;
		}
		/* In the base year no draw moves a curve. */
		for (size_t t = 0; t < (column.moves ? 1 : making->self->n_years); t++) {
			constant[t] += coefficient * column.values[t];
		}
		if (column.moves) {
			status = add_entry(making->self, column.number, coefficient);
		}
	}
	return status;
}

/* Writes the care with amounts that are drawn, where its curves move. */
static stpfin_status write_drawn(struct making *making, const struct stpfin_lanes_row *row)
{
	struct stpfin_lanes_matrix *self = making->self;
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < making->n_drawn && status == STPFIN_OK; i++) {
		struct stpfin_lanes_drawn_entry entry = making->drawn[i];
		struct column column = column_of(making, row, entry.column);

		entry.column = column.number;
		if (column.number != SIZE_MAX && column.moves) {
			status = add_drawn(&self->drawn, &self->n_drawn, &self->drawn_capacity, &entry);
		}
	}
	return status;
}

/* The same in a year, where they do not: in the base year none does. */
static stpfin_status write_drawn_amounts(
	struct making *making, const struct stpfin_lanes_row *row, size_t t, size_t first)
{
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < making->n_drawn && status == STPFIN_OK; i++) {
		const struct stpfin_lanes_drawn_entry *entry = &making->drawn[i];
		struct column column = column_of(making, row, entry->column);

		if (column.number != SIZE_MAX && (t == 0 || !column.moves)) {
			status = add_term(making->self, first,
				&(struct stpfin_lanes_term){entry->coefficient * column.values[t], entry->cell,
					STPFIN_NO_ROW, STPFIN_NO_ROW});
		}
	}
	return status;
}

/* Whether an entry counts in a row. */
static bool entry_counts(const struct making *making, const struct stpfin_lanes_row *row,
	const struct stpfin_lanes_entry *entry)
{
	switch (row->sum) {
	case STPFIN_LANES_MONEY:
		return entry->origin != STPFIN_LANES_CHARGE_STEP;
	case STPFIN_LANES_AWARDS:
		return entry->origin == STPFIN_LANES_AWARD;
	case STPFIN_LANES_STEP:
		return (entry->origin == STPFIN_LANES_SCHEME &&
				   making->care->bridge->grouping.of_scheme[entry->scheme] == row->which) ||
			   (entry->origin == STPFIN_LANES_CHARGE_STEP && entry->scheme == row->which);
	case STPFIN_LANES_SPENDING:
		break;
	}
	return false;
}

/* Writes the amounts of a year that the row at hand counts. Those that move are added to the terms.
 */
static stpfin_status write_amounts(struct making *making, const struct stpfin_lanes_row *row,
	size_t t, size_t first, double *constant)
{
	const struct stpfin_lanes_amounts *amounts = making->care->amounts;
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < making->n_counted; i++) {
		size_t organisation = making->counted[i];

		for (size_t at = amounts->first[organisation];
			 at < amounts->first[organisation + 1] && status == STPFIN_OK; at++) {
			const struct stpfin_lanes_entry *entry = &amounts->entries[at];
			struct stpfin_lanes_term term = entry->term;

			if (entry->t != t || !entry_counts(making, row, entry)) {
				continue;
			}
			term.factor *= entry->is_cost ? making->cost[organisation] : making->own[organisation];
			if (term.inflation != STPFIN_NO_ROW &&
				!making->care->inflation_moves[term.inflation / making->self->n_years]) {
				term.factor *= making->care->inflation[term.inflation * STPFIN_LANES];
				term.inflation = STPFIN_NO_ROW;
			}
			if (term.factor == 0) {
				continue;
			}
			if (term.first == STPFIN_NO_ROW && term.inflation == STPFIN_NO_ROW) {
				*constant += term.factor;
			} else {
				status = add_term(making->self, first, &term);
			}
		}
	}
	return status;
}

/* Whether the row at hand counts the same. */
static bool is_at_hand(const struct making *making, const struct stpfin_lanes_row *row)
{
	const struct stpfin_lanes_row *before = making->at_hand;

	return before != NULL && row->sum == STPFIN_LANES_STEP && before->sum == row->sum &&
		   before->outcome == row->outcome && before->place == row->place;
}

static stpfin_status write_sums(struct making *making, size_t number)
{
	struct stpfin_lanes_matrix *self = making->self;
	const struct stpfin_lanes_row *row = &self->rows[number];
	stpfin_status status = STPFIN_OK;

	if (!is_at_hand(making, row)) {
		clear(making);
		making->at_hand = row;
		count_place(making, row);
		status = row->sum != STPFIN_LANES_AWARDS ? meet_care(making, row) : STPFIN_OK;
	}
	if (status == STPFIN_OK) {
		status = write_care(making, row, self->constant + number * self->n_years);
	}
	return status == STPFIN_OK ? write_drawn(making, row) : status;
}

static stpfin_status make_row(struct making *making, size_t number)
{
	struct stpfin_lanes_matrix *self = making->self;
	const struct stpfin_lanes_row *row = &self->rows[number];
	bool is_empty = stpfin_lanes_places__has(making->places, number);
	stpfin_status status = is_empty ? STPFIN_OK : write_sums(making, number);

	for (size_t t = 0; t < self->n_years && status == STPFIN_OK; t++) {
		size_t at = number * self->n_years + t;

		if (!is_empty) {
			status = write_amounts(making, row, t, self->first_term[at], &self->constant[at]);
		}
		if (!is_empty && status == STPFIN_OK) {
			status = write_drawn_amounts(making, row, t, self->first_term[at]);
		}
		self->first_term[at + 1] = self->n_terms;
	}
	self->first[number + 1] = self->n_entries;
	self->first_drawn[number + 1] = self->n_drawn;
	return status;
}

/* Sorts the trades of another outcome. */
static stpfin_status begin_outcome(struct making *making, const struct stpfin_lanes_care *care)
{
	size_t n_organisations = making->model->n_organisations;
	stpfin_status status;

	clear(making);
	free_runs(&making->bought);
	free_runs(&making->sold);
	free(making->coefficient);
	free(making->met);
	free(making->curves);
	free(making->group);
	making->care = care;
	making->bought = making->sold = (struct runs){NULL, NULL};
	making->coefficient = stpfin_model__array(care->groups->n_curves, sizeof(double));
	making->met = stpfin_model__array(care->groups->n_curves, sizeof(bool));
	making->curves = stpfin_model__array(care->groups->n_curves, sizeof(size_t));
	making->group = stpfin_model__array(care->groups->n_curves, sizeof(size_t));
	if (making->coefficient == NULL || making->met == NULL || making->curves == NULL ||
		making->group == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < care->groups->n; i++) {
		const struct stpfin_lanes_group *group = &care->groups->groups[i];

		for (size_t curve = 0; curve < group->n_curves; curve++) {
			making->group[group->payment + curve] = i;
		}
	}
	status =
		sort_into_runs(&making->bought, n_organisations, care->groups->n_trades, buyer_of, making);
	return status == STPFIN_OK ? sort_into_runs(&making->sold, n_organisations,
									 care->groups->n_trades, seller_of, making)
							   : status;
}

static stpfin_status begin(struct making *making)
{
	const struct stpfin_model *model = making->model;
	struct stpfin_lanes_matrix *self = making->self;
	size_t n_shares = model->first_share[model->n_organisations];
	size_t n_cells = self->n_rows * self->n_years;

	self->first = stpfin_model__array(self->n_rows + 1, sizeof *self->first);
	self->first_drawn = stpfin_model__array(self->n_rows + 1, sizeof *self->first_drawn);
	self->constant = stpfin_model__array(n_cells, sizeof *self->constant);
	self->first_term = stpfin_model__array(n_cells + 1, sizeof *self->first_term);
	making->organisation = stpfin_model__array(n_shares, sizeof *making->organisation);
	making->counts = stpfin_model__array(model->n_organisations, sizeof *making->counts);
	making->cost = stpfin_model__array(model->n_organisations, sizeof *making->cost);
	making->received = stpfin_model__array(model->n_organisations, sizeof *making->received);
	making->own = stpfin_model__array(model->n_organisations, sizeof *making->own);
	making->counted = stpfin_model__array(model->n_organisations, sizeof *making->counted);
	if (self->first == NULL || self->first_drawn == NULL || self->constant == NULL ||
		self->first_term == NULL || making->organisation == NULL || making->counts == NULL ||
		making->cost == NULL || making->received == NULL || making->own == NULL ||
		making->counted == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < model->n_organisations; i++) {
		for (size_t entry = model->first_share[i]; entry < model->first_share[i + 1]; entry++) {
			making->organisation[entry] = i;
		}
	}
	return sort_into_runs(&making->members, model->n_places, n_shares, place_of, making);
}

stpfin_status stpfin_lanes_matrix__make(struct stpfin_lanes_matrix *self,
	const struct stpfin_model *model, const struct stpfin_lanes_care *care,
	const struct stpfin_lanes_places *places)
{
	struct making making = {.self = self, .model = model, .places = places};
	stpfin_status status;

	self->n_years = model->n_years;
	status = begin(&making);
	for (size_t row = 0; row < self->n_rows && status == STPFIN_OK; row++) {
		if (row == 0 || self->rows[row].outcome != self->rows[row - 1].outcome) {
			status = begin_outcome(&making, &care[self->rows[row].outcome]);
		}
		if (status == STPFIN_OK) {
			status = make_row(&making, row);
		}
	}
	free_runs(&making.bought);
	free_runs(&making.sold);
	free_runs(&making.members);
	free(making.organisation);
	free(making.counts);
	free(making.cost);
	free(making.received);
	free(making.own);
	free(making.counted);
	free(making.coefficient);
	free(making.met);
	free(making.curves);
	free(making.group);
	free(making.drawn);
	return status;
}
