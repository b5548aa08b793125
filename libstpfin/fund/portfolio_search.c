#include "libstpfin/fund/portfolio_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The bids free in a program, and the nodes of its search tree. */
enum {
	FIRST_FREE = 120,
	LEAST_FREE = 50,
	MOST_FREE = 200,
	FEW_BIDS = 1000,
	ROUNDS_BEFORE_PROOF = 20,
	MOST_PROVED = 300, /* bids, then */
	NODES = 300,
	MOST_NODES = 2400,
	LAST_NODES = 10000,
	ROUNDS_OF_PRICES = 30, /* in all, and in each round of the search */
	PRICES_EACH = 3
};

/* A bid, and how sure it is decided as it should be. */
struct stpfin_rank {
	double key;
	size_t bid;
};

stpfin_status stpfin_search__new(struct stpfin_search *self, const struct stpfin_instance *instance,
	struct stpfin_patience *patience)
{
	*self = (struct stpfin_search){.instance = instance, .patience = patience};
	self->best = stpfin_model__array(instance->n_bids, sizeof *self->best);
	self->free = stpfin_model__array(instance->n_bids, sizeof *self->free);
	self->trial = stpfin_model__array(instance->n_bids, sizeof *self->trial);
	self->use = stpfin_model__array(instance->n_rows, sizeof *self->use);
	self->nothing = stpfin_model__array(instance->n_bids, sizeof *self->nothing);
	self->ranks = stpfin_model__array(instance->n_bids, sizeof *self->ranks);
	if (self->best == NULL || self->free == NULL || self->trial == NULL || self->use == NULL ||
		self->nothing == NULL || self->ranks == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	return stpfin_relaxation__new(&self->relaxation, instance);
}

void stpfin_search__free(struct stpfin_search *self)
{
	stpfin_relaxation__free(&self->relaxation);
	stpfin_bound__free(&self->bound);
	stpfin_cuts__free(&self->cuts);
	free(self->best);
	free(self->free);
	free(self->trial);
	free(self->use);
	free(self->nothing);
	free(self->ranks);
}

stpfin_status stpfin_search__begin(struct stpfin_search *self, bool *out_feasible)
{
	return stpfin_relaxation__solve(&self->relaxation, self->instance, out_feasible);
}

double stpfin_search__bound(const struct stpfin_search *self)
{
	return self->proved ? self->benefit
						: fmax(self->benefit, fmin(self->bound.least, self->ceiling));
}

double stpfin_search__gap(const struct stpfin_search *self)
{
	double short_by = stpfin_search__bound(self) - self->benefit;

	return short_by <= 0 ? 0 : self->benefit > 0 ? short_by / self->benefit : (double)INFINITY;
}

/* Takes over the set tried if it is better. */
static bool take_over(struct stpfin_search *self)
{
	const struct stpfin_instance *instance = self->instance;
	double benefit = stpfin_instance__benefit(instance, self->trial);
	double shortfall;

	stpfin_instance__use(instance, self->trial, self->use);
	shortfall = stpfin_instance__shortfall(instance, self->use);
	if (!stpfin_instance__is_within(instance, self->trial, self->use) ||
		shortfall > self->shortfall || (shortfall >= self->shortfall && benefit <= self->benefit)) {
		return false;
	}
	self->benefit = benefit;
	self->shortfall = shortfall;
	memcpy(self->best, self->trial, instance->n_bids * sizeof *self->best);
	return true;
}

static int compare_ranks(const void *a, const void *b)
{
	const struct stpfin_rank *first = a;
	const struct stpfin_rank *second = b;

	if (first->key != second->key) {
		return first->key < second->key ? -1 : 1;
	}
	return first->bid < second->bid ? -1 : 1;
}

/* Frees a bid and those without which it could not be decided otherwise; returns how many more are
 * free. */
static size_t free_bid(struct stpfin_search *self, size_t bid)
{
	const struct stpfin_instance *instance = self->instance;
	size_t group = instance->group[bid];
	bool was_chosen = self->trial[bid];
	size_t n = 1;

	if (self->free[bid] || instance->barred[bid]) {
		return 0;
	}
	self->free[bid] = true;
	for (size_t i = instance->bids_of_group.first[group];
		 i < instance->bids_of_group.first[group + 1] && !was_chosen; i++) {
		size_t other = instance->bids_of_group.at[i];

		n += self->trial[other] ? free_bid(self, other) : 0;
	}
	for (size_t i = instance->arcs_from.first[bid];
		 i < instance->arcs_from.first[bid + 1] && !was_chosen; i++) {
		size_t to = instance->to[instance->arcs_from.at[i]];

		n += !self->trial[to] ? free_bid(self, to) : 0;
	}
	for (size_t i = instance->arcs_to.first[bid];
		 i < instance->arcs_to.first[bid + 1] && was_chosen; i++) {
		size_t from = instance->from[instance->arcs_to.at[i]];

		n += self->trial[from] ? free_bid(self, from) : 0;
	}
	return n;
}

/* Frees some n bids, those of the lowest keys, and improves on the set tried: while the best set
 * falls short, only on that. A core that is complete has none better that differs in them alone. */
static stpfin_status improve(
	struct stpfin_search *self, size_t n, int nodes, double gap, struct stpfin_core *out_core)
{
	const struct stpfin_instance *instance = self->instance;
	bool is_short = self->shortfall > 0 && self->shortfall < (double)INFINITY;
	size_t n_free = 0;

	*out_core = (struct stpfin_core){.instance = instance,
		.benefit = is_short ? self->nothing : instance->benefit,
		.free = self->free,
		.nodes = nodes,
		.patience = self->patience,
		.gap = gap,
		.chosen = self->trial};
	memset(self->free, 0, instance->n_bids * sizeof *self->free);
	qsort(self->ranks, instance->n_bids, sizeof *self->ranks, compare_ranks);
	for (size_t i = 0; i < instance->n_bids && n_free < n && self->ranks[i].key < (double)INFINITY;
		 i++) {
		n_free += free_bid(self, self->ranks[i].bid);
	}
	return stpfin_core__improve(out_core);
}

/* The first set: what the linear program chooses whole, and the best of the rest. */
static stpfin_status find_first(struct stpfin_search *self)
{
	static const double whole = 1 - 1e-9;
	const struct stpfin_instance *instance = self->instance;
	struct stpfin_core core;
	stpfin_status status;

	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		double share = self->relaxation.share[bid];
		bool in_part = share < whole && share > 1 - whole;

		self->trial[bid] = share >= whole;
		self->ranks[bid].bid = bid;
		self->ranks[bid].key =
			in_part || self->trial[bid] != self->bound.proposal[bid] ? 0 : self->bound.loss[bid];
	}
	status = improve(self, FIRST_FREE, NODES, -1, &core);
	take_over(self);
	if (self->start != NULL) {
		memcpy(self->trial, self->start, instance->n_bids * sizeof *self->trial);
		take_over(self);
	}
	return status;
}

/* A number from 0 to 1, the same in every run (Steele, Lea and Flood, Fast splittable pseudorandom
 * number generators, 2014). */
static double draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* Puts the bids of rows that fall short before others, as chance has it. */
static void favour_short(struct stpfin_search *self)
{
	const struct stpfin_instance *instance = self->instance;

	stpfin_instance__use(instance, self->best, self->use);
	for (size_t row = 0; row < instance->n_rows; row++) {
		if (self->use[row] >= instance->lower[row] - instance->tolerance[row]) {
			continue;
		}
		for (size_t i = instance->bids_of_row.first[row]; i < instance->bids_of_row.first[row + 1];
			 i++) {
			self->ranks[instance->bids_of_row.at[i]].key /= 10;
		}
	}
}

/* Ranks bids for a round: those whose change costs least, as chance has it; in every other round
 * those of a few blocks before the rest. A bid that stands otherwise than the blocks propose costs
 * nothing. */
static void rank_bids(struct stpfin_search *self, size_t round, uint64_t *chance)
{
	static const double little = 0.005; /* of the mean bid's benefit */
	static const double blocks = 15;    /* on average */
	const struct stpfin_bound *bound = &self->bound;
	double mean = fabs(self->benefit) / (double)self->instance->n_bids;
	double spread = mean > 0 ? little * mean : 1;
	double share = round % 2 == 0 ? 1 : blocks * draw(chance) / (double)bound->blocks.n;

	for (size_t bid = 0; bid < self->instance->n_bids; bid++) {
		self->trial[bid] = self->best[bid];
		self->ranks[bid] = (struct stpfin_rank){(double)INFINITY, bid};
	}
	for (size_t b = 0; b < bound->blocks.n; b++) {
		const struct stpfin_block *block = &bound->blocks.blocks[b];
		double apart = draw(chance) < share ? 0 : 1e3 * spread;

		for (size_t i = 0; i < block->n; i++) {
			size_t bid = block->bid[i];
			double loss = self->best[bid] == bound->proposal[bid] ? bound->loss[bid] : 0;

			self->ranks[bid].key = (apart + spread + loss) * draw(chance);
		}
	}
	if (self->shortfall > 0) {
		favour_short(self);
	}
}

/* Decides the bids whose change leaves no set above the target, and tries to prove the same of the
 * rest. */
static stpfin_status prove(
	struct stpfin_search *self, const struct stpfin_effort *effort, size_t most)
{
	const struct stpfin_instance *instance = self->instance;
	const struct stpfin_bound *bound = &self->bound;
	bool was_short = self->shortfall > 0;
	double target =
		was_short ? -(double)INFINITY : self->benefit + effort->gap * fabs(self->benefit);
	double open = bound->least - target;
	size_t n = 0;
	struct stpfin_core core;
	stpfin_status status;

	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		bool decided =
			instance->barred[bid] || (!was_short && bound->loss[bid] > open * (1 + 1e-9) &&
										 self->best[bid] == bound->proposal[bid]);

		self->trial[bid] = self->best[bid];
		self->ranks[bid] = (struct stpfin_rank){decided ? (double)INFINITY : 0, bid};
		n += !decided;
	}
	if (n > most) {
		return STPFIN_OK;
	}
	status = improve(self, n, LAST_NODES, was_short ? -1 : effort->gap, &core);
	take_over(self);
	if (was_short) {
		self->proved = core.complete && self->shortfall > 0;
	} else if (status == STPFIN_OK) {
		self->ceiling = fmin(self->ceiling, fmax(target, core.bound));
	}
	return status;
}

static bool is_done(const struct stpfin_search *self, const struct stpfin_effort *effort)
{
	return self->proved || isinf(self->bound.least) ||
		   (self->shortfall <= 0 && stpfin_search__gap(self) <= effort->gap);
}

/* Tightens the bound by cuts, where they do. */
static stpfin_status cut(struct stpfin_search *self, const struct stpfin_effort *effort)
{
	struct stpfin_bound bound = {.instance = NULL};
	stpfin_status status = stpfin_cuts__find(&self->cuts, self->instance);

	if (status != STPFIN_OK || self->cuts.n == 0) {
		return status;
	}
	status = stpfin_bound__new(
		&bound, self->instance, self->cuts.price, self->cuts.arc_price, &self->cuts);
	if (status == STPFIN_OK) {
		status = stpfin_bound__tighten(&bound, ROUNDS_OF_PRICES, 1e-5 * fabs(self->bound.least),
			self->benefit * (1 + effort->gap), self->patience);
	}
	if (status == STPFIN_OK && bound.least < self->bound.least) {
		struct stpfin_bound looser = self->bound;

		self->bound = bound;
		bound = looser;
	}
	stpfin_bound__free(&bound);
	return status;
}

stpfin_status stpfin_search__run(struct stpfin_search *self, const struct stpfin_effort *effort)
{
	uint64_t chance = 1;
	size_t n_free = FIRST_FREE;
	size_t since = 0;
	/* Of many bids the set is mostly near enough before cuts are worth their time. */
	size_t cut_round = self->instance->n_bids <= FEW_BIDS ? 0 : ROUNDS_BEFORE_PROOF;
	int nodes = NODES;
	stpfin_status status = stpfin_bound__new(
		&self->bound, self->instance, self->relaxation.price, self->relaxation.arc_price, NULL);

	self->benefit = -(double)INFINITY;
	self->shortfall = (double)INFINITY;
	self->ceiling = (double)INFINITY;
	if (status == STPFIN_OK) {
		status = stpfin_bound__tighten(&self->bound, 1, 0, 0, self->patience);
	}
	if (status == STPFIN_OK) {
		status = find_first(self);
	}
	for (size_t round = 0; round < effort->rounds && since < effort->patient; round++) {
		struct stpfin_core core;

		if (status != STPFIN_OK || is_done(self, effort) ||
			stpfin_patience__has_ended(self->patience)) {
			break;
		}
		self->patience->done = 1000 * round / effort->rounds;
		if (round * PRICES_EACH < ROUNDS_OF_PRICES) {
			status = stpfin_bound__tighten(&self->bound, PRICES_EACH,
				1e-5 * fabs(self->bound.least), self->benefit * (1 + effort->gap), self->patience);
		}
		if (status == STPFIN_OK && round == cut_round && effort->proof > FIRST_FREE &&
			!is_done(self, effort)) {
			status = cut(self, effort);
		}
		if (status == STPFIN_OK && (round == 0 || round == ROUNDS_BEFORE_PROOF) &&
			!is_done(self, effort)) {
			status = prove(self, effort, round == 0 ? LEAST_FREE : MOST_PROVED);
		}
		if (status != STPFIN_OK || is_done(self, effort)) {
			break;
		}
		rank_bids(self, round, &chance);
		status = improve(self, n_free, nodes, -1, &core);
		since = take_over(self) ? 0 : since + 1;
		if (since == effort->patient && nodes < MOST_NODES) {
			nodes *= 2;
			since = 0;
		}
		if (core.complete && n_free < MOST_FREE) {
			n_free += n_free / 10;
		} else if (!core.complete && n_free > LEAST_FREE) {
			n_free -= n_free / 10;
		}
	}
	if (status == STPFIN_OK && !is_done(self, effort) &&
		!stpfin_patience__has_ended(self->patience)) {
		status = prove(self, effort, effort->proof);
	}
	return status;
}
