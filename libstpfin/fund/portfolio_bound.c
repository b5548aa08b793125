#include "libstpfin/fund/portfolio_bound.h"

#include <glpk.h>
#include <math.h>
#include <stdlib.h>

/* Sets of blocks, for the program that mixes them. */
struct stpfin_columns {
	size_t n;
	size_t capacity;
	size_t *block;
	double *benefit;
	double *use; /* by column, of the coupling rows and cuts */
	size_t n_coupled;
	size_t n_coupling;
	size_t *coupling; /* rows */
	/* The program's own. */
	int *index;
	double *value;
	double *price; /* by coupling row: what it finds */
	double cap;    /* the most a price may be, either way */
	double cut_cap;
	double mixed;  /* the benefit of the best mix */
	double *scale; /* by coupling row */
	double benefit_scale;
	const struct stpfin_bound *bound;
};

static void free_columns(struct stpfin_columns *self)
{
	if (self != NULL) {
		free(self->block);
		free(self->benefit);
		free(self->use);
		free(self->coupling);
		free(self->index);
		free(self->value);
		free(self->price);
		free(self->scale);
		free(self);
	}
}

static size_t n_cuts(const struct stpfin_bound *self)
{
	return self->cuts != NULL ? self->cuts->n : 0;
}

static stpfin_status new_columns(struct stpfin_bound *self)
{
	const struct stpfin_instance *instance = self->instance;
	size_t n = instance->n_rows + n_cuts(self);
	struct stpfin_columns *columns = stpfin_model__array(1, sizeof *columns);

	self->columns = columns;
	if (columns == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	columns->coupling = stpfin_model__array(instance->n_rows, sizeof *columns->coupling);
	columns->index = stpfin_model__array(n + 2, sizeof *columns->index);
	columns->value = stpfin_model__array(n + 2, sizeof *columns->value);
	columns->price = stpfin_model__array(n, sizeof *columns->price);
	columns->scale = stpfin_model__array(n, sizeof *columns->scale);
	if (columns->coupling == NULL || columns->index == NULL || columns->value == NULL ||
		columns->price == NULL || columns->scale == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		if (self->blocks.coupling[row]) {
			columns->coupling[columns->n_coupling++] = row;
		}
	}
	columns->n_coupled = columns->n_coupling + n_cuts(self);
	return STPFIN_OK;
}

/* Makes room for a column a block more. */
static stpfin_status reserve(struct stpfin_columns *self, size_t n_blocks)
{
	size_t capacity = self->n + n_blocks;
	size_t *block;
	double *benefit;
	double *use;

	if (capacity <= self->capacity) {
		return STPFIN_OK;
	}
	capacity = 2 * capacity;
	block = stpfin_model__array(capacity, sizeof *block);
	benefit = stpfin_model__array(capacity, sizeof *benefit);
	use = stpfin_model__array(stpfin_model__times(capacity, self->n_coupled), sizeof *use);
	if (block == NULL || benefit == NULL || use == NULL) {
		free(block);
		free(benefit);
		free(use);
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < self->n; i++) {
		block[i] = self->block[i];
		benefit[i] = self->benefit[i];
	}
	for (size_t i = 0; i < self->n * self->n_coupled; i++) {
		use[i] = self->use[i];
	}
	free(self->block);
	free(self->benefit);
	free(self->use);
	self->block = block;
	self->benefit = benefit;
	self->use = use;
	self->capacity = capacity;
	return STPFIN_OK;
}

/* Adds what a block has chosen. */
static void add_column(struct stpfin_bound *self, size_t b)
{
	const struct stpfin_instance *instance = self->instance;
	const struct stpfin_block *block = &self->blocks.blocks[b];
	struct stpfin_columns *columns = self->columns;
	double *use = columns->use + columns->n * columns->n_coupled;

	columns->block[columns->n] = b;
	columns->benefit[columns->n] = 0;
	for (size_t k = 0; k < columns->n_coupled; k++) {
		use[k] = 0;
	}
	for (size_t i = 0; i < block->n; i++) {
		size_t bid = block->bid[i];

		if (!block->chosen[i]) {
			continue;
		}
		columns->benefit[columns->n] += instance->benefit[bid];
		for (size_t at = instance->rows_of_bid.first[bid];
			 at < instance->rows_of_bid.first[bid + 1]; at++) {
			size_t row = instance->rows_of_bid.at[at];

			if (self->blocks.coupling[row]) {
				use[self->place[row]] += instance->amount_of_bid[at];
			}
		}
		for (size_t at = n_cuts(self) > 0 ? self->cuts_of_bid.first[bid] : 0;
			 n_cuts(self) > 0 && at < self->cuts_of_bid.first[bid + 1]; at++) {
			size_t entry = self->cuts_of_bid.at[at];

			use[columns->n_coupling + self->cut_of_entry[entry]] += self->cuts->amount[entry];
		}
	}
	columns->n++;
}

/* The bound at the trial prices; its sets become columns. */
static double look(struct stpfin_bound *self, double tolerance)
{
	enum { MOST_NODES = 2000, MOST_WORK = 100000 }; /* work is items looked at */
	const struct stpfin_instance *instance = self->instance;
	double bound = 0;

	for (size_t row = 0; row < instance->n_rows; row++) {
		double price = self->blocks.coupling[row] ? self->trial[row] : 0;

		if (price != 0) {
			bound += price * (price > 0 ? instance->upper[row] : instance->lower[row]);
		}
	}
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		self->worth[bid] = instance->benefit[bid];
	}
	for (size_t cut = 0; cut < n_cuts(self); cut++) {
		bound += self->cut_trial[cut] * self->cuts->upper[cut];
		for (size_t at = self->cuts->first[cut]; at < self->cuts->first[cut + 1]; at++) {
			self->worth[self->cuts->bid[at]] -= self->cut_trial[cut] * self->cuts->amount[at];
		}
	}
	for (size_t b = 0; b < self->blocks.n; b++) {
		struct stpfin_block *block = &self->blocks.blocks[b];
		size_t nodes;

		stpfin_block__price(block, instance, self->worth, self->blocks.coupling, self->trial);
		nodes = block->n < MOST_WORK / MOST_NODES ? MOST_NODES : MOST_WORK / (block->n + 1);
		/* Small problems are solved to the end. */
		nodes = self->blocks.n == 1 || block->n <= 24 ? SIZE_MAX : nodes;
		stpfin_block__solve(
			block, instance, tolerance / (double)self->blocks.n, block->n_rows > 0 ? nodes : 1);
		bound += block->bound;
		if (block->value > -(double)INFINITY) {
			add_column(self, b);
		}
	}
	return bound;
}

/* Keeps the prices looked at as the best. */
static void keep(struct stpfin_bound *self, double bound)
{
	const struct stpfin_instance *instance = self->instance;

	self->least = bound;
	for (size_t row = 0; row < instance->n_rows; row++) {
		self->price[row] = self->trial[row];
	}
	for (size_t cut = 0; cut < n_cuts(self); cut++) {
		self->cut_price[cut] = self->cut_trial[cut];
	}
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		self->loss[bid] = (double)INFINITY;
		self->proposal[bid] = false;
	}
	for (size_t b = 0; b < self->blocks.n; b++) {
		struct stpfin_block *block = &self->blocks.blocks[b];

		if (block->value <= -(double)INFINITY) {
			continue;
		}
		stpfin_block__find_losses(block, instance);
		for (size_t i = 0; i < block->n; i++) {
			self->loss[block->bid[i]] = block->loss[i];
			self->proposal[block->bid[i]] = block->chosen[i];
		}
	}
}

/* Lists the entries of cuts by bid. */
static stpfin_status list_cuts(struct stpfin_bound *self)
{
	const struct stpfin_cuts *cuts = self->cuts;

	self->cut_of_entry = stpfin_model__array(cuts->n_entries, sizeof *self->cut_of_entry);
	if (self->cut_of_entry == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t cut = 0; cut < cuts->n; cut++) {
		self->cut_trial[cut] = cuts->cut_price[cut];
		for (size_t at = cuts->first[cut]; at < cuts->first[cut + 1]; at++) {
			self->cut_of_entry[at] = cut;
		}
	}
	return stpfin_lists__new(
		&self->cuts_of_bid, cuts->bid, cuts->n_entries, self->instance->n_bids);
}

stpfin_status stpfin_bound__new(struct stpfin_bound *self, const struct stpfin_instance *instance,
	const double *price, const double *arc_price, const struct stpfin_cuts *cuts)
{
	stpfin_status status;

	*self = (struct stpfin_bound){.instance = instance, .cuts = cuts, .least = (double)INFINITY};
	self->price = stpfin_model__array(instance->n_rows, sizeof *self->price);
	self->trial = stpfin_model__array(instance->n_rows, sizeof *self->trial);
	self->place = stpfin_model__array(instance->n_rows, sizeof *self->place);
	self->loss = stpfin_model__array(instance->n_bids, sizeof *self->loss);
	self->proposal = stpfin_model__array(instance->n_bids, sizeof *self->proposal);
	self->cut_price = stpfin_model__array(n_cuts(self), sizeof *self->cut_price);
	self->cut_trial = stpfin_model__array(n_cuts(self), sizeof *self->cut_trial);
	self->worth = stpfin_model__array(instance->n_bids, sizeof *self->worth);
	if (self->price == NULL || self->trial == NULL || self->place == NULL || self->loss == NULL ||
		self->proposal == NULL || self->cut_price == NULL || self->cut_trial == NULL ||
		self->worth == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	status = stpfin_blocks__new(&self->blocks, instance);
	if (status == STPFIN_OK && n_cuts(self) > 0) {
		status = list_cuts(self);
	}
	if (status == STPFIN_OK) {
		status = new_columns(self);
	}
	if (status != STPFIN_OK) {
		return status;
	}
	for (size_t k = 0; k < self->columns->n_coupling; k++) {
		self->place[self->columns->coupling[k]] = k;
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		self->trial[row] = price[row];
	}
	for (size_t b = 0; b < self->blocks.n; b++) {
		struct stpfin_block *block = &self->blocks.blocks[b];

		for (size_t r = 0; r < block->n_rows; r++) {
			block->row_price[r] = price[block->rows[r].row];
		}
		for (size_t i = 0; i < block->n_arcs; i++) {
			block->arc_price[i] = fmax(0, arc_price[block->arc[i]]);
		}
	}
	return STPFIN_OK;
}

void stpfin_bound__free(struct stpfin_bound *self)
{
	stpfin_blocks__free(&self->blocks);
	free_columns(self->columns);
	free(self->price);
	free(self->trial);
	free(self->place);
	free(self->loss);
	free(self->proposal);
	free(self->cut_price);
	free(self->cut_trial);
	free(self->cut_of_entry);
	stpfin_lists__free(&self->cuts_of_bid);
	free(self->worth);
}

/* The best mix of the columns, one in all of each block: its prices. What it lacks or has too much
 * of a row it may buy at the highest price there is to be. */
static void mix(void *user_data)
{
	struct stpfin_columns *self = user_data;
	const struct stpfin_bound *bound = self->bound;
	const struct stpfin_instance *instance = bound->instance;
	int n = (int)self->n_coupled;
	glp_prob *problem = glp_create_prob();
	glp_smcp how;

	glp_set_obj_dir(problem, GLP_MAX);
	glp_add_rows(problem, n + (int)bound->blocks.n);
	for (int k = 1; k <= n; k++) {
		bool is_cut = k > (int)self->n_coupling;
		size_t row = is_cut ? 0 : self->coupling[k - 1];
		double scale = self->scale[k - 1];
		int column = glp_add_cols(problem, 2);
		int rows[] = {0, k};
		double signs[] = {0, -1};

		if (is_cut) {
			glp_set_row_bnds(
				problem, k, GLP_UP, 0, bound->cuts->upper[(size_t)k - 1 - self->n_coupling]);
		} else if (isinf(instance->upper[row])) {
			glp_set_row_bnds(problem, k, GLP_LO, scale * instance->lower[row], 0);
		} else if (instance->lower[row] > 0) {
			glp_set_row_bnds(problem, k,
				instance->lower[row] < instance->upper[row] ? GLP_DB : GLP_FX,
				scale * instance->lower[row], scale * instance->upper[row]);
		} else {
			glp_set_row_bnds(problem, k, GLP_UP, 0, scale * instance->upper[row]);
		}
		for (int i = 0; i < 2; i++) {
			glp_set_mat_col(problem, column + i, 1, rows, signs);
			glp_set_col_bnds(problem, column + i, GLP_LO, 0, 0);
			glp_set_obj_coef(problem, column + i,
				-(is_cut ? self->cut_cap : self->cap) * self->benefit_scale / scale);
			signs[1] = 1;
		}
	}
	for (size_t b = 0; b < bound->blocks.n; b++) {
		glp_set_row_bnds(problem, n + 1 + (int)b, GLP_FX, 1, 1);
	}
	for (size_t i = 0; i < self->n; i++) {
		int column = glp_add_cols(problem, 1);
		int entries = 1;

		self->index[1] = n + 1 + (int)self->block[i];
		self->value[1] = 1;
		for (int k = 1; k <= n; k++) {
			double use = self->use[i * self->n_coupled + (size_t)k - 1];

			if (use != 0) {
				entries++;
				self->index[entries] = k;
				self->value[entries] = self->scale[k - 1] * use;
			}
		}
		glp_set_mat_col(problem, column, entries, self->index, self->value);
		glp_set_col_bnds(problem, column, GLP_LO, 0, 0);
		glp_set_obj_coef(problem, column, self->benefit_scale * self->benefit[i]);
	}
	glp_init_smcp(&how);
	how.msg_lev = GLP_MSG_OFF;
	glp_adv_basis(problem, 0);
	if (glp_simplex(problem, &how) == 0 && glp_get_status(problem) == GLP_OPT) {
		self->mixed = glp_get_obj_val(problem) / self->benefit_scale;
		for (int k = 1; k <= n; k++) {
			self->price[k - 1] =
				glp_get_row_dual(problem, k) * self->scale[k - 1] / self->benefit_scale;
		}
	} else {
		self->mixed = -(double)INFINITY;
	}
	glp_delete_prob(problem);
}

/* Brings the program's figures to like sizes: rows by their bounds, benefits by the largest. */
static void scale(struct stpfin_columns *self)
{
	const struct stpfin_instance *instance = self->bound->instance;
	double most = 0;

	self->cap = 0;
	for (size_t k = 0; k < self->n_coupling; k++) {
		size_t row = self->coupling[k];
		double size = isinf(instance->upper[row]) ? instance->lower[row] : instance->upper[row];

		self->scale[k] = size > 0 ? 1 / size : 1;
		self->cap = fmax(self->cap, fabs(self->bound->price[row]));
	}
	self->cut_cap = 0;
	for (size_t k = self->n_coupling; k < self->n_coupled; k++) {
		self->scale[k] = 1;
		self->cut_cap = fmax(self->cut_cap, self->bound->cut_price[k - self->n_coupling]);
	}
	for (size_t i = 0; i < self->n; i++) {
		most = fmax(most, fabs(self->benefit[i]));
	}
	self->benefit_scale = most > 0 ? 1 / most : 1;
	self->cap = self->cap > 0 ? 3 * self->cap : 1;
	self->cut_cap = self->cut_cap > 0 ? 3 * self->cut_cap : most;
}

stpfin_status stpfin_bound__tighten(struct stpfin_bound *self, size_t rounds, double tolerance,
	double target, struct stpfin_patience *patience)
{
	static const double weight_of_new = 0.5;
	struct stpfin_columns *columns = self->columns;
	stpfin_status status = STPFIN_OK;

	columns->bound = self;
	for (size_t round = 0; round < rounds && status == STPFIN_OK; round++) {
		double bound;

		status = reserve(columns, self->blocks.n);
		if (status != STPFIN_OK) {
			break;
		}
		bound = look(self, tolerance);
		if (bound < self->least) {
			keep(self, bound);
		}
		if (columns->n_coupling == 0 || isinf(self->least) || self->least <= target ||
			stpfin_patience__has_ended(patience)) {
			break;
		}
		scale(columns);
		status = stpfin_session__do(mix, columns);
		if (status != STPFIN_OK || isinf(columns->mixed) ||
			self->least - columns->mixed <= tolerance) {
			break;
		}
		for (size_t k = 0; k < columns->n_coupling; k++) {
			size_t row = columns->coupling[k];
			double price =
				weight_of_new * columns->price[k] + (1 - weight_of_new) * self->price[row];

			/* A side that has no bound has no price. */
			self->trial[row] = isinf(self->instance->upper[row]) ? fmin(price, 0) : price;
		}
		for (size_t cut = 0; cut < n_cuts(self); cut++) {
			self->cut_trial[cut] =
				fmax(0, weight_of_new * columns->price[columns->n_coupling + cut] +
							(1 - weight_of_new) * self->cut_price[cut]);
		}
	}
	return status;
}
