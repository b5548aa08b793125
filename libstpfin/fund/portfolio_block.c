#include "libstpfin/fund/portfolio_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How an item is decided. */
enum { OPEN = -1, OUT = 0, IN = 1 };

/* The bound on a row's side that a price speaks for. */
static double side(const struct stpfin_instance *instance, size_t row, double price)
{
	return price > 0 ? instance->upper[row] : instance->lower[row];
}

/* Decides an item, and what follows of its group, and of bids that require others; false where
 * that contradicts what is decided, or a row. */
static bool decide(struct stpfin_block *self, const struct stpfin_instance *instance, size_t item,
	signed char value)
{
	size_t done = self->n_trail;

	if (self->state[item] != OPEN) {
		return self->state[item] == value;
	}
	self->state[item] = value;
	self->trail[self->n_trail++] = item;
	while (done < self->n_trail) {
		size_t at = self->trail[done++];
		size_t group = self->group[at];
		bool is_in = self->state[at] == IN;

		for (size_t i = self->first_of_group[group]; is_in && i < self->first_of_group[group + 1];
			 i++) {
			if (i != at && self->state[i] == IN) {
				goto contradiction;
			}
			if (self->state[i] == OPEN) {
				self->state[i] = OUT;
				self->trail[self->n_trail++] = i;
			}
		}
		for (size_t i = 0; i < self->n_arcs; i++) {
			size_t other = is_in ? self->to[i] : self->from[i];

			if ((is_in ? self->from[i] : self->to[i]) != at) {
				continue;
			}
			if (self->state[other] == (is_in ? OUT : IN)) {
				goto contradiction;
			}
			if (self->state[other] == OPEN) {
				self->state[other] = is_in ? IN : OUT;
				self->trail[self->n_trail++] = other;
			}
		}
	}
	for (size_t r = 0; r < self->n_rows; r++) {
		const struct stpfin_block_row *row = &self->rows[r];
		double used = 0;
		double possible = 0;

		for (size_t i = 0; i < row->n; i++) {
			used += self->state[row->item[i]] == IN ? row->amount[i] : 0;
			possible += self->state[row->item[i]] != OUT ? row->amount[i] : 0;
		}
		if (used > instance->upper[row->row] + instance->tolerance[row->row] ||
			possible < instance->lower[row->row] - instance->tolerance[row->row]) {
			return false;
		}
	}
	return true;

contradiction:
	return false;
}

static void undo(struct stpfin_block *self, size_t trail)
{
	while (self->n_trail > trail) {
		self->state[self->trail[--self->n_trail]] = OPEN;
	}
}

/* What the items bring at the multipliers as they are; what they use of a row (NULL: of none) to
 * *out_use. `amount` is the row's by item. */
static double sum_reduced(
	const struct stpfin_block *self, const double *amount, double price, double *out_use)
{
	double sum = 0;
	double use = 0;

	for (size_t group = 0; group < self->n_groups; group++) {
		size_t end = self->first_of_group[group + 1];
		double best = 0;
		double amount_of_best = 0;

		for (size_t i = self->first_of_group[group]; i < end; i++) {
			double reduced;

			if (self->state[i] == OUT) {
				continue;
			}
			reduced = self->reduced[i] - price * amount[i];
			if (self->state[i] == IN) {
				best = reduced;
				amount_of_best = amount[i];
				break;
			}
			if (reduced > best) {
				best = reduced;
				amount_of_best = amount[i];
			}
		}
		sum += best;
		use += amount_of_best;
	}
	*out_use = use;
	return sum;
}

/* The most that can be used of a row, by its amounts. */
static double most_use(const struct stpfin_block *self, const double *amount)
{
	double sum = 0;

	for (size_t group = 0; group < self->n_groups; group++) {
		double most = 0;

		for (size_t i = self->first_of_group[group]; i < self->first_of_group[group + 1]; i++) {
			most = fmax(most, self->state[i] != OUT ? amount[i] : 0);
		}
		sum += most;
	}
	return sum;
}

/* Moves a row's price to where the bound is least, the others staying: the bound is convex in it
 * and made of straight lines, so the next price to try is where the lines at both ends meet. */
static double settle_row(
	struct stpfin_block *self, const struct stpfin_instance *instance, size_t r, double *amount)
{
	enum { MOST_TRIES = 24 };
	const struct stpfin_block_row *row = &self->rows[r];
	double lower = instance->lower[row->row];
	double upper = instance->upper[row->row];
	double price = self->row_price[r];
	double low = -(double)INFINITY; /* the ends, their bounds and slopes */
	double high = (double)INFINITY;
	double bound_low = 0;
	double bound_high = 0;
	double slope_low = 0;
	double slope_high = 0;
	double best = price;
	double bound_best = (double)INFINITY;
	double most = 0;
	double step;

	for (size_t i = 0; i < row->n; i++) {
		amount[row->item[i]] = row->amount[i];
		self->reduced[row->item[i]] += price * row->amount[i];
		most = fmax(most, fabs(self->reduced[row->item[i]]) / row->amount[i]);
	}
	step = fmax(fabs(price), most / 1000) / 16;
	step = step > 0 ? step : 1;
	for (int i = 0; i < MOST_TRIES; i++) {
		double use;
		double bound = sum_reduced(self, amount, price, &use);
		double slope;

		bound += price != 0 ? price * side(instance, row->row, price) : 0;
		if (bound < bound_best) {
			bound_best = bound;
			best = price;
		}
		if (price > 0 || (price >= 0 && use > upper)) {
			slope = upper - use;
		} else if (price < 0 || use < lower) {
			slope = lower - use;
		} else {
			break; /* at a price of nothing, and within bounds */
		}
		if (slope > 0) {
			high = price;
			bound_high = bound;
			slope_high = slope;
		} else if (slope < 0) {
			low = price;
			bound_low = bound;
			slope_low = slope;
		} else {
			break;
		}
		if (isinf(low) || isinf(high)) {
			double next = isinf(low) ? high - step : low + step;

			price = price * next < 0 ? 0 : next; /* where the line has a corner */
			step *= 4;
		} else {
			double next = (bound_low - bound_high + slope_high * high - slope_low * low) /
						  (slope_high - slope_low);

			if (!(next > low && next < high)) {
				break;
			}
			price = next;
			if (bound_low + slope_low * (next - low) >= bound_best - 1e-12 * fabs(bound_best)) {
				break;
			}
		}
	}
	if (isinf(low) && most_use(self, amount) < lower - instance->tolerance[row->row]) {
		best = self->row_price[r];
		bound_best = -(double)INFINITY;
	}
	self->row_price[r] = best;
	for (size_t i = 0; i < row->n; i++) {
		amount[row->item[i]] = 0;
		self->reduced[row->item[i]] -= best * row->amount[i];
	}
	return bound_best;
}

/* The bound at the multipliers as they are. */
static double bound_of(
	const struct stpfin_block *self, const struct stpfin_instance *instance, const double *nothing)
{
	double use;
	double bound = sum_reduced(self, nothing, 0, &use);

	for (size_t r = 0; r < self->n_rows; r++) {
		double price = self->row_price[r];

		bound += price != 0 ? price * side(instance, self->rows[r].row, price) : 0;
	}
	return bound;
}

/* How far an open item is ahead of nothing and of the others of its group. */
static double lead(const struct stpfin_block *self, size_t item)
{
	size_t group = self->group[item];
	double best = 0;

	for (size_t i = self->first_of_group[group]; i < self->first_of_group[group + 1]; i++) {
		if (i != item && self->state[i] == OPEN) {
			best = fmax(best, self->reduced[i]);
		}
	}
	return self->reduced[item] - best;
}

/* Moves the prices of arcs one by one to where the bound is least: from the bid that gains to the
 * one it requires, as far as that does not gain, or back. */
static void settle_arcs(struct stpfin_block *self)
{
	for (size_t i = 0; i < self->n_arcs; i++) {
		size_t from = self->from[i];
		size_t to = self->to[i];
		double lead_from;
		double lead_to;
		double move;

		if (self->state[from] != OPEN || self->state[to] != OPEN) {
			continue;
		}
		lead_from = lead(self, from);
		lead_to = lead(self, to);
		if (lead_from > 0 && lead_to < 0) {
			move = fmin(lead_from, -lead_to);
		} else if (lead_from < 0 && lead_to > 0) {
			move = -fmin(fmin(-lead_from, lead_to), self->arc_price[i]);
		} else {
			continue;
		}
		self->arc_price[i] += move;
		self->reduced[from] -= move;
		self->reduced[to] += move;
	}
}

/* The bound of what is decided, with all multipliers moved so many times. */
static double settle(struct stpfin_block *self, const struct stpfin_instance *instance, int times)
{
	for (int i = 0; i < times; i++) {
		settle_arcs(self);
		for (size_t r = 0; r < self->n_rows; r++) {
			if (isinf(settle_row(self, instance, r, self->scratch))) {
				return -(double)INFINITY;
			}
		}
	}
	return bound_of(self, instance, self->scratch);
}

/* Whether a set that has what it requires may also have an item, by its rows. */
static bool fits(const struct stpfin_block *self, const struct stpfin_instance *instance,
	const bool *set, size_t item, bool *out_needed)
{
	size_t group = self->group[item];

	*out_needed = false;
	for (size_t i = self->first_of_group[group]; i < self->first_of_group[group + 1]; i++) {
		if (set[i]) {
			return false;
		}
	}
	for (size_t i = 0; i < self->n_arcs; i++) {
		if (self->from[i] == item && !set[self->to[i]]) {
			return false;
		}
	}
	for (size_t at = self->first_amount[item]; at < self->first_amount[item + 1]; at++) {
		size_t r = self->row_of_amount[at];
		size_t row = self->rows[r].row;

		if (self->used[r] + self->amount[at] > instance->upper[row] + instance->tolerance[row]) {
			return false;
		}
		*out_needed |= self->used[r] < instance->lower[row] - instance->tolerance[row];
	}
	return true;
}

static void put_in(struct stpfin_block *self, bool *set, size_t item)
{
	set[item] = true;
	for (size_t at = self->first_amount[item]; at < self->first_amount[item + 1]; at++) {
		self->used[self->row_of_amount[at]] += self->amount[at];
	}
}

/* Fills up what is decided with the items that bring most, and keeps the set if it is the best. */
static void fill_up(struct stpfin_block *self, const struct stpfin_instance *instance)
{
	double value = 0;

	for (size_t i = 1; i < self->n; i++) {
		size_t item = self->order[i];
		size_t at = i;

		while (at > 0 && self->reduced[self->order[at - 1]] < self->reduced[item]) {
			self->order[at] = self->order[at - 1];
			at--;
		}
		self->order[at] = item;
	}
	memset(self->used, 0, self->n_rows * sizeof *self->used);
	for (size_t i = 0; i < self->n; i++) {
		self->filled[i] = false;
		if (self->state[i] == IN) {
			put_in(self, self->filled, i);
		}
	}
	for (int pass = 0; pass < (self->n_arcs > 0 ? 2 : 1); pass++) {
		for (size_t i = 0; i < self->n; i++) {
			size_t item = self->order[i];
			bool needed;

			if (self->state[item] == OPEN && !self->filled[item] &&
				fits(self, instance, self->filled, item, &needed) &&
				(needed || self->reduced[item] >= 0 ||
					(self->profit[item] > 0 && self->n_rows == 1))) {
				put_in(self, self->filled, item);
			}
		}
	}
	for (size_t r = 0; r < self->n_rows; r++) {
		size_t row = self->rows[r].row;

		if (self->used[r] < instance->lower[row] - instance->tolerance[row]) {
			return;
		}
	}
	for (size_t i = 0; i < self->n; i++) {
		value += self->filled[i] ? self->profit[i] : 0;
	}
	if (value > self->value) {
		self->value = value;
		memcpy(self->chosen, self->filled, self->n * sizeof *self->chosen);
	}
}

/* The open item that is nearest to being of no difference; SIZE_MAX if all are decided. */
static size_t choose_item(const struct stpfin_block *self)
{
	size_t best = SIZE_MAX;
	double least = (double)INFINITY;

	for (size_t i = 0; i < self->n; i++) {
		if (self->state[i] == OPEN && fabs(self->reduced[i]) < least) {
			least = fabs(self->reduced[i]);
			best = i;
		}
	}
	return best;
}

static void begin(struct stpfin_block *self)
{
	memset(self->state, OPEN, self->n);
	self->n_trail = 0;
}

void stpfin_block__solve(struct stpfin_block *self, const struct stpfin_instance *instance,
	double tolerance, size_t nodes)
{
	size_t n_steps = 0;
	double closed = -(double)INFINITY;
	bool legal = true;

	begin(self);
	if (self->value > -(double)INFINITY) {
		self->value = 0;
		for (size_t i = 0; i < self->n; i++) {
			self->value += self->chosen[i] ? self->profit[i] : 0;
		}
	}
	for (size_t node = 0;; node++) {
		double bound = -(double)INFINITY;
		size_t item = SIZE_MAX;

		if (legal) {
			bound = settle(self, instance, node == 0 ? 4 : 1);
			fill_up(self, instance);
			item = choose_item(self);
		}
		if (node >= nodes) {
			closed = fmax(closed, bound);
			while (n_steps > 0) {
				closed = fmax(closed, self->steps[--n_steps].bound);
			}
			break;
		}
		if (item != SIZE_MAX && bound > self->value + tolerance) {
			signed char first = self->reduced[item] >= 0 ? IN : OUT;

			self->steps[n_steps++] =
				(struct stpfin_block_step){item, first == IN ? OUT : IN, self->n_trail, bound};
			legal = decide(self, instance, item, first);
			continue;
		}
		if (item != SIZE_MAX) {
			closed = fmax(closed, bound);
		}
		for (;;) {
			struct stpfin_block_step *step;

			if (n_steps == 0) {
				goto out;
			}
			step = &self->steps[--n_steps];
			undo(self, step->trail);
			if (step->bound > self->value + tolerance) {
				legal = decide(self, instance, step->item, step->other);
				break;
			}
			closed = fmax(closed, step->bound);
		}
	}

out:
	undo(self, 0);
	self->bound = fmax(self->value, closed);
}

void stpfin_block__find_losses(struct stpfin_block *self, const struct stpfin_instance *instance)
{
	begin(self);
	settle(self, instance, 4);
	memcpy(self->kept_reduced, self->reduced, self->n * sizeof *self->reduced);
	memcpy(self->kept_row_price, self->row_price, self->n_rows * sizeof *self->row_price);
	memcpy(self->kept_arc_price, self->arc_price, self->n_arcs * sizeof *self->arc_price);
	for (size_t item = 0; item < self->n; item++) {
		self->loss[item] = (double)INFINITY;
		if (decide(self, instance, item, self->chosen[item] ? OUT : IN)) {
			self->loss[item] = fmax(0, self->bound - settle(self, instance, 1));
		}
		undo(self, 0);
		memcpy(self->reduced, self->kept_reduced, self->n * sizeof *self->reduced);
		memcpy(self->row_price, self->kept_row_price, self->n_rows * sizeof *self->row_price);
		memcpy(self->arc_price, self->kept_arc_price, self->n_arcs * sizeof *self->arc_price);
	}
}

void stpfin_block__price(struct stpfin_block *self, const struct stpfin_instance *instance,
	const double *benefit, const bool *coupling, const double *price)
{
	for (size_t i = 0; i < self->n; i++) {
		size_t bid = self->bid[i];

		self->profit[i] = benefit[bid];
		for (size_t at = instance->rows_of_bid.first[bid];
			 at < instance->rows_of_bid.first[bid + 1]; at++) {
			size_t row = instance->rows_of_bid.at[at];

			self->profit[i] -= coupling[row] ? price[row] * instance->amount_of_bid[at] : 0;
		}
		self->reduced[i] = self->profit[i];
	}
	for (size_t r = 0; r < self->n_rows; r++) {
		for (size_t i = 0; i < self->rows[r].n; i++) {
			self->reduced[self->rows[r].item[i]] -= self->row_price[r] * self->rows[r].amount[i];
		}
	}
	for (size_t i = 0; i < self->n_arcs; i++) {
		self->reduced[self->from[i]] -= self->arc_price[i];
		self->reduced[self->to[i]] += self->arc_price[i];
	}
}
