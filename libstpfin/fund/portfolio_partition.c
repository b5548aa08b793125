#include <math.h>
#include <stdlib.h>

#include "libstpfin/fund/portfolio_block.h"

/* The most bids that a row of no footprint, and one of a footprint, may tie into a block. */
enum { MOST_TIED = 24, MOST_OF_PLACE = 400 };

/* The bid that stands for those tied to a bid. */
static size_t find(size_t *tied, size_t bid)
{
	while (tied[bid] != bid) {
		tied[bid] = tied[tied[bid]];
		bid = tied[bid];
	}
	return bid;
}

static void tie(size_t *tied, size_t *size, size_t a, size_t b)
{
	size_t first = find(tied, a);
	size_t second = find(tied, b);

	if (first != second) {
		tied[second] = first;
		size[first] += size[second];
	}
}

/* Ties bids of a group, and those that require others. */
static void tie_bids(const struct stpfin_instance *instance, size_t *tied, size_t *size)
{
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		tied[bid] = bid;
		size[bid] = 1;
	}
	for (size_t group = 0; group < instance->n_groups; group++) {
		for (size_t i = instance->bids_of_group.first[group] + 1;
			 i < instance->bids_of_group.first[group + 1]; i++) {
			tie(tied, size, instance->bids_of_group.at[i - 1], instance->bids_of_group.at[i]);
		}
	}
	for (size_t i = 0; i < instance->n_arcs; i++) {
		tie(tied, size, instance->from[i], instance->to[i]);
	}
}

/* Whether a row may be broken at all. */
static bool can_bind(const struct stpfin_instance *instance, size_t row)
{
	double sum = 0;

	for (size_t i = instance->bids_of_row.first[row]; i < instance->bids_of_row.first[row + 1];
		 i++) {
		sum += instance->amount_of_row[i];
	}
	return instance->lower[row] > 0 || sum > instance->upper[row];
}

/* Makes a row local if the bids it would tie are few. */
static void try_row(
	struct stpfin_blocks *self, size_t row, size_t most, size_t *tied, size_t *size, bool *counted)
{
	const struct stpfin_instance *instance = self->instance;
	const size_t *bids = instance->bids_of_row.at + instance->bids_of_row.first[row];
	size_t n = instance->bids_of_row.first[row + 1] - instance->bids_of_row.first[row];
	size_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		size_t root = find(tied, bids[i]);

		sum += counted[root] ? 0 : size[root];
		counted[root] = true;
	}
	for (size_t i = 0; i < n; i++) {
		counted[find(tied, bids[i])] = false;
	}
	self->local[row] = sum <= most;
	self->coupling[row] = !self->local[row];
	for (size_t i = 1; i < n && self->local[row]; i++) {
		tie(tied, size, bids[0], bids[i]);
	}
}

/* Numbers the blocks: the first has all bids in no local row, and may be empty. block[bid] is
 * SIZE_MAX of one that is barred. */
static void number_blocks(struct stpfin_blocks *self, size_t *tied, size_t *number, size_t *block)
{
	const struct stpfin_instance *instance = self->instance;

	self->n = 1;
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		number[bid] = 0;
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		size_t first = instance->bids_of_row.first[row];

		if (self->local[row] && first < instance->bids_of_row.first[row + 1]) {
			size_t root = find(tied, instance->bids_of_row.at[first]);

			number[root] = number[root] > 0 ? number[root] : self->n++;
		}
	}
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		block[bid] = instance->barred[bid] ? SIZE_MAX : number[find(tied, bid)];
	}
}

/* Hands out arrays, one after the other, that all blocks have parts of. */
static void *take(struct stpfin_blocks *self, size_t *n_taken, size_t n, size_t size)
{
	void *array = stpfin_model__array(n, size);

	self->memory[(*n_taken)++] = array;
	return array;
}

/* Where the next block's part of each array begins. */
struct parts {
	size_t *bid, *group, *first_of_group, *first_amount, *row_of_amount, *trail, *order, *arc,
		*from, *to;
	size_t *item_of_row;
	double *profit, *reduced, *kept_reduced, *scratch, *loss, *amount, *amount_of_row;
	double *row_prices, *arc_prices;
	bool *chosen;
	signed char *state;
	struct stpfin_block_row *rows;
	struct stpfin_block_step *steps;
};

static bool take_parts(struct stpfin_blocks *self, struct parts *parts)
{
	const struct stpfin_instance *instance = self->instance;
	size_t n = instance->n_bids;
	size_t n_amounts = instance->bids_of_row.first[instance->n_rows];
	size_t taken = 0;

	parts->bid = take(self, &taken, n, sizeof(size_t));
	parts->group = take(self, &taken, n, sizeof(size_t));
	parts->first_of_group = take(self, &taken, n + self->n, sizeof(size_t));
	parts->first_amount = take(self, &taken, n + self->n, sizeof(size_t));
	parts->row_of_amount = take(self, &taken, n_amounts, sizeof(size_t));
	parts->trail = take(self, &taken, n, sizeof(size_t));
	parts->order = take(self, &taken, n, sizeof(size_t));
	parts->arc = take(self, &taken, instance->n_arcs, sizeof(size_t));
	parts->from = take(self, &taken, instance->n_arcs, sizeof(size_t));
	parts->to = take(self, &taken, instance->n_arcs, sizeof(size_t));
	parts->item_of_row = take(self, &taken, n_amounts, sizeof(size_t));
	parts->profit = take(self, &taken, n, sizeof(double));
	parts->reduced = take(self, &taken, n, sizeof(double));
	parts->kept_reduced = take(self, &taken, n, sizeof(double));
	parts->scratch = take(self, &taken, n, sizeof(double));
	parts->loss = take(self, &taken, n, sizeof(double));
	parts->amount = take(self, &taken, n_amounts, sizeof(double));
	parts->amount_of_row = take(self, &taken, n_amounts, sizeof(double));
	parts->row_prices = take(self, &taken, 3 * instance->n_rows, sizeof(double));
	parts->arc_prices = take(self, &taken, 2 * instance->n_arcs, sizeof(double));
	parts->chosen = take(self, &taken, 2 * n, sizeof(bool));
	parts->state = take(self, &taken, n, sizeof(signed char));
	parts->rows = take(self, &taken, instance->n_rows, sizeof(struct stpfin_block_row));
	parts->steps = take(self, &taken, n, sizeof(struct stpfin_block_step));
	for (size_t i = 0; i < taken; i++) {
		if (self->memory[i] == NULL) {
			return false;
		}
	}
	return true;
}

/* Gives a block its items, group by group. */
static void give_items(struct stpfin_block *block, const struct stpfin_instance *instance,
	struct parts *parts, const size_t *bids, size_t n, size_t *item_of_bid)
{
	block->n = n;
	block->bid = parts->bid;
	block->group = parts->group;
	block->first_of_group = parts->first_of_group;
	block->trail = parts->trail;
	block->order = parts->order;
	block->steps = parts->steps;
	block->profit = parts->profit;
	block->reduced = parts->reduced;
	block->kept_reduced = parts->kept_reduced;
	block->scratch = parts->scratch;
	block->loss = parts->loss;
	block->chosen = parts->chosen;
	block->filled = parts->chosen + n;
	block->state = parts->state;
	block->value = -(double)INFINITY;
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || instance->group[bids[i]] != instance->group[bids[i - 1]]) {
			block->first_of_group[block->n_groups++] = i;
		}
		block->bid[i] = bids[i];
		block->group[i] = block->n_groups - 1;
		block->order[i] = i;
		item_of_bid[bids[i]] = i;
	}
	block->first_of_group[block->n_groups] = n;
	parts->bid += n;
	parts->group += n;
	parts->first_of_group += block->n_groups + 1;
	parts->trail += n;
	parts->order += n;
	parts->steps += n;
	parts->profit += n;
	parts->reduced += n;
	parts->kept_reduced += n;
	parts->scratch += n;
	parts->loss += n;
	parts->chosen += 2 * n;
	parts->state += n;
}

/* Gives a block its arcs and rows; `rows` and `arcs` are those of the instance that are its own. */
static void give_ties(struct stpfin_block *block, const struct stpfin_instance *instance,
	struct parts *parts, const size_t *rows, size_t n_rows, const size_t *arcs, size_t n_arcs,
	const size_t *item_of_bid)
{
	size_t n = 0;

	block->n_arcs = n_arcs;
	block->arc = parts->arc;
	block->from = parts->from;
	block->to = parts->to;
	block->arc_price = parts->arc_prices;
	block->kept_arc_price = parts->arc_prices + n_arcs;
	parts->arc += n_arcs;
	parts->from += n_arcs;
	parts->to += n_arcs;
	parts->arc_prices += 2 * n_arcs;
	for (size_t i = 0; i < n_arcs; i++) {
		block->arc[i] = arcs[i];
		block->from[i] = item_of_bid[instance->from[arcs[i]]];
		block->to[i] = item_of_bid[instance->to[arcs[i]]];
	}
	block->n_rows = n_rows;
	block->rows = parts->rows;
	block->row_price = parts->row_prices;
	block->kept_row_price = parts->row_prices + n_rows;
	block->used = parts->row_prices + 2 * n_rows;
	parts->rows += n_rows;
	parts->row_prices += 3 * n_rows;
	block->first_amount = parts->first_amount;
	block->row_of_amount = parts->row_of_amount;
	block->amount = parts->amount;
	parts->first_amount += block->n + 1;
	for (size_t r = 0; r < n_rows; r++) {
		struct stpfin_block_row *row = &block->rows[r];

		*row = (struct stpfin_block_row){rows[r], 0, parts->item_of_row, parts->amount_of_row};
		for (size_t i = instance->bids_of_row.first[rows[r]];
			 i < instance->bids_of_row.first[rows[r] + 1]; i++) {
			size_t bid = instance->bids_of_row.at[i];

			if (!instance->barred[bid]) {
				row->item[row->n] = item_of_bid[bid];
				row->amount[row->n++] = instance->amount_of_row[i];
				block->first_amount[item_of_bid[bid] + 1]++;
			}
		}
		parts->item_of_row += row->n;
		parts->amount_of_row += row->n;
		n += row->n;
	}
	for (size_t i = 0; i < block->n; i++) {
		block->first_amount[i + 1] += block->first_amount[i];
	}
	/* Filled from the back, each run's end goes down to where it begins. */
	for (size_t r = n_rows; r-- > 0;) {
		for (size_t i = block->rows[r].n; i-- > 0;) {
			size_t at = --block->first_amount[block->rows[r].item[i] + 1];

			block->row_of_amount[at] = r;
			block->amount[at] = block->rows[r].amount[i];
		}
	}
	for (size_t i = 0; i < block->n; i++) {
		block->first_amount[i] = block->first_amount[i + 1];
	}
	block->first_amount[block->n] = n;
	parts->row_of_amount += n;
	parts->amount += n;
}

stpfin_status stpfin_blocks__new(struct stpfin_blocks *self, const struct stpfin_instance *instance)
{
	size_t n = instance->n_bids;
	size_t most = n + instance->n_rows + instance->n_arcs;
	size_t *tied = stpfin_model__array(n, sizeof *tied);
	size_t *size = stpfin_model__array(n, sizeof *size);
	size_t *block = stpfin_model__array(n, sizeof *block);
	size_t *keys = stpfin_model__array(most, sizeof *keys);
	bool *counted = stpfin_model__array(n, sizeof *counted);
	struct stpfin_lists bids = {NULL, NULL};
	struct stpfin_lists rows = {NULL, NULL};
	struct stpfin_lists arcs = {NULL, NULL};
	struct parts parts = {.bid = NULL};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*self = (struct stpfin_blocks){.instance = instance};
	self->coupling = stpfin_model__array(instance->n_rows, sizeof *self->coupling);
	self->local = stpfin_model__array(instance->n_rows, sizeof *self->local);
	if (tied == NULL || size == NULL || block == NULL || keys == NULL || counted == NULL ||
		self->coupling == NULL || self->local == NULL) {
		goto out;
	}
	tie_bids(instance, tied, size);
	for (int of_place = 1; of_place >= 0; of_place--) {
		for (size_t row = 0; row < instance->n_rows; row++) {
			if (instance->of_place[row] == (of_place == 1) && can_bind(instance, row)) {
				try_row(self, row, of_place == 1 ? MOST_OF_PLACE : MOST_TIED, tied, size, counted);
			}
		}
	}
	number_blocks(self, tied, size, block);
	self->blocks = stpfin_model__array(self->n, sizeof *self->blocks);
	if (self->blocks == NULL || !take_parts(self, &parts)) {
		goto out;
	}
	/* What belongs to no block goes to one beyond the last. */
	for (size_t i = 0; i < n; i++) {
		size_t bid = instance->bids_of_group.at[i];

		keys[i] = block[bid] != SIZE_MAX ? block[bid] : self->n;
	}
	status = stpfin_lists__new(&bids, keys, n, self->n + 1);
	for (size_t i = 0; i < instance->n_rows; i++) {
		size_t first = instance->bids_of_row.first[i];

		keys[i] = self->n;
		for (size_t at = first; at < instance->bids_of_row.first[i + 1] && self->local[i]; at++) {
			size_t of_bid = block[instance->bids_of_row.at[at]];

			keys[i] = of_bid != SIZE_MAX ? of_bid : keys[i];
		}
	}
	if (status == STPFIN_OK) {
		status = stpfin_lists__new(&rows, keys, instance->n_rows, self->n + 1);
	}
	for (size_t i = 0; i < instance->n_arcs; i++) {
		keys[i] = block[instance->from[i]] != SIZE_MAX ? block[instance->from[i]] : self->n;
	}
	if (status == STPFIN_OK) {
		status = stpfin_lists__new(&arcs, keys, instance->n_arcs, self->n + 1);
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		bids.at[i] = instance->bids_of_group.at[bids.at[i]];
	}
	for (size_t b = 0; b < self->n && status == STPFIN_OK; b++) {
		give_items(&self->blocks[b], instance, &parts, bids.at + bids.first[b],
			bids.first[b + 1] - bids.first[b], tied);
		give_ties(&self->blocks[b], instance, &parts, rows.at + rows.first[b],
			rows.first[b + 1] - rows.first[b], arcs.at + arcs.first[b],
			arcs.first[b + 1] - arcs.first[b], tied);
	}

out:
	stpfin_lists__free(&bids);
	stpfin_lists__free(&rows);
	stpfin_lists__free(&arcs);
	free(tied);
	free(size);
	free(block);
	free(keys);
	free(counted);
	return status;
}

void stpfin_blocks__free(struct stpfin_blocks *self)
{
	for (size_t i = 0; i < STPFIN_BLOCK_ARRAYS; i++) {
		free(self->memory[i]);
	}
	free(self->blocks);
	free(self->coupling);
	free(self->local);
}
