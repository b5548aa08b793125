#include "libstpfin/fund/portfolio_program.h"

#include <glpk.h>
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>

#include "libstpfin/table/error.h"

static int keep_quiet(void *user_data, const char *text)
{
	(void)user_data;
	(void)text;
	return 1;
}

stpfin_status stpfin_session__begin(struct stpfin_session *self)
{
	int made = glp_init_env();

	if (made > 1) {
		return stpfin_error__memory();
	}
	self->was_there = made == 1;
	self->was_loud = glp_term_out(GLP_OFF);
	/* GLPK turns its output on to say why it fails. */
	glp_term_hook(keep_quiet, NULL);
	return STPFIN_OK;
}

void stpfin_session__end(const struct stpfin_session *self)
{
	if (!self->was_there) {
		glp_free_env();
	} else if (glp_init_env() <= 1) {
		glp_term_hook(NULL, NULL);
		glp_term_out(self->was_loud);
	}
}

static void give_up(void *user_data)
{
	jmp_buf *back = user_data;

	longjmp(*back, 1);
}

stpfin_status stpfin_session__do(void (*work)(void *user_data), void *user_data)
{
	jmp_buf back;

	if (setjmp(back) != 0) {
		glp_error_hook(NULL, NULL);
		glp_free_env();
		if (glp_init_env() <= 1) {
			glp_term_out(GLP_OFF);
			glp_term_hook(keep_quiet, NULL);
		}
		return stpfin_error__memory();
	}
	glp_error_hook(give_up, &back);
	work(user_data);
	glp_error_hook(NULL, NULL);
	return STPFIN_OK;
}

/* What rows and benefits are multiplied by, for all amounts to be 1 at most. */
static double scale_of_row(const struct stpfin_instance *instance, size_t row)
{
	double most = 0;

	for (size_t i = instance->bids_of_row.first[row]; i < instance->bids_of_row.first[row + 1];
		 i++) {
		most = fmax(most, instance->amount_of_row[i]);
	}
	return most > 0 ? 1 / most : 1;
}

static double scale_of_benefits(const double *benefit, size_t n)
{
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		most = fmax(most, fabs(benefit[i]));
	}
	return most > 0 ? 1 / most : 1;
}

static void bound_row(glp_prob *problem, int row, double lower, double upper)
{
	if (isinf(upper)) {
		glp_set_row_bnds(problem, row, lower > -(double)INFINITY ? GLP_LO : GLP_FR, lower, 0);
	} else if (isinf(lower)) {
		glp_set_row_bnds(problem, row, GLP_UP, 0, upper);
	} else {
		glp_set_row_bnds(problem, row, lower < upper ? GLP_DB : GLP_FX, lower, upper);
	}
}

/* A problem of the bids marked free (NULL: all that are not barred), where the others stay as they
 * are chosen (NULL: not). Columns and rows are numbered from 1; 0 is none. */
struct problem {
	glp_prob *glpk;
	const struct stpfin_instance *instance;
	const bool *free;
	const bool *chosen;
	int *column;     /* by bid */
	int *slack;      /* by row: the column of what its minimum is short by */
	int *arc;        /* by arc: its row */
	int *bid_index;  /* workspace, as many as bids or rows, and 1 */
	double *amounts; /* workspace, as many */
	double *use;     /* by row: of those that stay */
	double *scale;   /* by row */
	double benefit_scale;
};

static stpfin_status new_problem(
	struct problem *self, const struct stpfin_instance *instance, const double *benefit)
{
	size_t n = (instance->n_bids > instance->n_rows ? instance->n_bids : instance->n_rows) + 3;

	self->instance = instance;
	self->column = stpfin_model__array(instance->n_bids, sizeof *self->column);
	self->slack = stpfin_model__array(instance->n_rows, sizeof *self->slack);
	self->arc = stpfin_model__array(instance->n_arcs, sizeof *self->arc);
	self->bid_index = stpfin_model__array(n, sizeof *self->bid_index);
	self->amounts = stpfin_model__array(n, sizeof *self->amounts);
	self->use = stpfin_model__array(instance->n_rows, sizeof *self->use);
	self->scale = stpfin_model__array(instance->n_rows, sizeof *self->scale);
	if (self->column == NULL || self->slack == NULL || self->arc == NULL ||
		self->bid_index == NULL || self->amounts == NULL || self->use == NULL ||
		self->scale == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		self->scale[row] = scale_of_row(instance, row);
	}
	self->benefit_scale = scale_of_benefits(benefit, instance->n_bids);
	return STPFIN_OK;
}

static void free_problem(struct problem *self)
{
	free(self->column);
	free(self->slack);
	free(self->arc);
	free(self->bid_index);
	free(self->amounts);
	free(self->use);
	free(self->scale);
}

static bool is_free(const struct problem *self, size_t bid)
{
	return !self->instance->barred[bid] && (self->free == NULL || self->free[bid]);
}

static bool stays_chosen(const struct problem *self, size_t bid)
{
	return self->chosen != NULL && !is_free(self, bid) && self->chosen[bid];
}

static void add_rows_of_limits(struct problem *self)
{
	const struct stpfin_instance *instance = self->instance;

	for (size_t row = 0; row < instance->n_rows; row++) {
		double scale = self->scale[row];
		int n = 0;
		int at = glp_add_rows(self->glpk, 1);

		self->use[row] = 0;
		for (size_t i = instance->bids_of_row.first[row]; i < instance->bids_of_row.first[row + 1];
			 i++) {
			size_t bid = instance->bids_of_row.at[i];

			if (is_free(self, bid)) {
				n++;
				self->bid_index[n] = self->column[bid];
				self->amounts[n] = scale * instance->amount_of_row[i];
			} else if (stays_chosen(self, bid)) {
				self->use[row] += instance->amount_of_row[i];
			}
		}
		if (instance->lower[row] > self->use[row] + instance->tolerance[row]) {
			self->slack[row] = glp_add_cols(self->glpk, 1);
			glp_set_col_bnds(self->glpk, self->slack[row], GLP_LO, 0, 0);
			n++;
			self->bid_index[n] = self->slack[row];
			self->amounts[n] = 1;
		}
		glp_set_mat_row(self->glpk, at, n, self->bid_index, self->amounts);
		bound_row(self->glpk, at,
			self->slack[row] != 0 ? scale * (instance->lower[row] - self->use[row])
								  : -(double)INFINITY,
			scale * (instance->upper[row] - self->use[row]));
	}
}

static void add_rows_of_groups(struct problem *self)
{
	const struct stpfin_instance *instance = self->instance;

	for (size_t group = 0; group < instance->n_groups; group++) {
		int n = 0;
		double left = 1;

		for (size_t i = instance->bids_of_group.first[group];
			 i < instance->bids_of_group.first[group + 1]; i++) {
			size_t bid = instance->bids_of_group.at[i];

			if (is_free(self, bid)) {
				n++;
				self->bid_index[n] = self->column[bid];
				self->amounts[n] = 1;
			} else if (stays_chosen(self, bid)) {
				left = 0;
			}
		}
		if (n > (left > 0)) {
			int at = glp_add_rows(self->glpk, 1);

			glp_set_mat_row(self->glpk, at, n, self->bid_index, self->amounts);
			glp_set_row_bnds(self->glpk, at, GLP_UP, 0, left);
		}
	}
}

/* A bid is chosen no more than one it requires; one that stays is a bound. */
static void add_rows_of_arcs(struct problem *self)
{
	const struct stpfin_instance *instance = self->instance;

	for (size_t i = 0; i < instance->n_arcs; i++) {
		int from = is_free(self, instance->from[i]) ? self->column[instance->from[i]] : 0;
		int to = is_free(self, instance->to[i]) ? self->column[instance->to[i]] : 0;
		const int columns[] = {0, from, to};
		const double signs[] = {0, 1, -1};

		self->arc[i] = 0;
		if (from != 0 && to != 0) {
			self->arc[i] = glp_add_rows(self->glpk, 1);
			glp_set_mat_row(self->glpk, self->arc[i], 2, columns, signs);
			glp_set_row_bnds(self->glpk, self->arc[i], GLP_UP, 0, 0);
		} else if (from != 0 && !stays_chosen(self, instance->to[i])) {
			glp_set_col_bnds(self->glpk, from, GLP_FX, 0, 0);
		} else if (to != 0 && stays_chosen(self, instance->from[i])) {
			glp_set_col_bnds(self->glpk, to, GLP_FX, 1, 1);
		}
	}
}

static void build(struct problem *self, const double *benefit, int kind)
{
	self->glpk = glp_create_prob();
	glp_set_obj_dir(self->glpk, GLP_MAX);
	for (size_t bid = 0; bid < self->instance->n_bids; bid++) {
		if (is_free(self, bid)) {
			self->column[bid] = glp_add_cols(self->glpk, 1);
			glp_set_col_kind(self->glpk, self->column[bid], kind);
			glp_set_col_bnds(self->glpk, self->column[bid], GLP_DB, 0, 1);
			glp_set_obj_coef(self->glpk, self->column[bid], self->benefit_scale * benefit[bid]);
		}
	}
	add_rows_of_limits(self);
	add_rows_of_groups(self);
	add_rows_of_arcs(self);
}

stpfin_status stpfin_relaxation__new(
	struct stpfin_relaxation *self, const struct stpfin_instance *instance)
{
	self->share = stpfin_model__array(instance->n_bids, sizeof *self->share);
	self->price = stpfin_model__array(instance->n_rows, sizeof *self->price);
	self->arc_price = stpfin_model__array(instance->n_arcs, sizeof *self->arc_price);
	self->shortfall = stpfin_model__array(instance->n_rows, sizeof *self->shortfall);
	return self->share != NULL && self->price != NULL && self->arc_price != NULL &&
				   self->shortfall != NULL
			   ? STPFIN_OK
			   : STPFIN_ERROR_MEMORY;
}

void stpfin_relaxation__free(struct stpfin_relaxation *self)
{
	free(self->share);
	free(self->price);
	free(self->arc_price);
	free(self->shortfall);
}

struct relax {
	struct problem problem;
	struct stpfin_relaxation *out;
	bool feasible;
	bool *rows; /* of a filter */
};

static void simplex(glp_prob *problem)
{
	glp_smcp how;

	glp_init_smcp(&how);
	how.msg_lev = GLP_MSG_OFF;
	how.meth = GLP_DUAL;
	/* Of many bids that are each chosen or not, one step flips many at once. */
	how.r_test = GLP_RT_FLIP;
	if (glp_simplex(problem, &how) != 0 || glp_get_status(problem) != GLP_OPT) {
		glp_std_basis(problem);
		how.meth = GLP_PRIMAL;
		how.r_test = GLP_RT_HAR;
		glp_simplex(problem, &how);
	}
}

/* Makes the objective what the minima are short by, in £ of the largest; then leaves it. */
static void seek_feasibility(struct problem *self)
{
	const struct stpfin_instance *instance = self->instance;
	int n = glp_get_num_cols(self->glpk);

	for (int i = 0; i <= n; i++) {
		glp_set_obj_coef(self->glpk, i, 0);
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		if (self->slack[row] != 0) {
			glp_set_obj_coef(self->glpk, self->slack[row], -1 / self->scale[row]);
		}
	}
}

static bool is_feasible(const struct problem *self)
{
	static const double feasible = 1e-6;

	for (size_t row = 0; row < self->instance->n_rows; row++) {
		if (self->slack[row] != 0 && glp_get_col_prim(self->glpk, self->slack[row]) > feasible) {
			return false;
		}
	}
	return true;
}

static void relax(void *user_data)
{
	struct relax *work = user_data;
	struct problem *problem = &work->problem;
	const struct stpfin_instance *instance = problem->instance;
	struct stpfin_relaxation *out = work->out;
	bool priced = true;

	build(problem, instance->benefit, GLP_CV);
	for (size_t row = 0; row < instance->n_rows; row++) {
		if (problem->slack[row] != 0) {
			glp_set_col_bnds(problem->glpk, problem->slack[row], GLP_FX, 0, 0);
		}
	}
	simplex(problem->glpk);
	work->feasible = glp_get_status(problem->glpk) == GLP_OPT;
	if (!work->feasible) {
		for (size_t row = 0; row < instance->n_rows; row++) {
			if (problem->slack[row] != 0) {
				glp_set_col_bnds(problem->glpk, problem->slack[row], GLP_LO, 0, 0);
			}
		}
		seek_feasibility(problem);
		glp_std_basis(problem->glpk);
		simplex(problem->glpk);
		/* A program that could not be solved may still be met; then nothing is known of prices. */
		priced = !is_feasible(problem);
		work->feasible = !priced;
	}
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		out->share[bid] =
			problem->column[bid] != 0 ? glp_get_col_prim(problem->glpk, problem->column[bid]) : 0;
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		double scale = problem->scale[row] / (work->feasible ? problem->benefit_scale : 1);

		out->price[row] = priced ? scale * glp_get_row_dual(problem->glpk, (int)row + 1) : 0;
		out->shortfall[row] =
			problem->slack[row] != 0 && !work->feasible
				? glp_get_col_prim(problem->glpk, problem->slack[row]) / problem->scale[row]
				: 0;
	}
	for (size_t i = 0; i < instance->n_arcs; i++) {
		out->arc_price[i] =
			problem->arc[i] != 0
				? glp_get_row_dual(problem->glpk, problem->arc[i]) / problem->benefit_scale
				: 0;
	}
	glp_delete_prob(problem->glpk);
}

stpfin_status stpfin_relaxation__solve(
	struct stpfin_relaxation *self, const struct stpfin_instance *instance, bool *out_feasible)
{
	struct relax work = {.out = self};
	stpfin_status status = new_problem(&work.problem, instance, instance->benefit);

	if (status == STPFIN_OK) {
		status = stpfin_session__do(relax, &work);
	}
	*out_feasible = work.feasible;
	free_problem(&work.problem);
	return status;
}

/* Drops one row after the other, and takes it back where the rest can then be met. */
static void filter(void *user_data)
{
	struct relax *work = user_data;
	struct problem *problem = &work->problem;
	const struct stpfin_instance *instance = problem->instance;

	build(problem, instance->benefit, GLP_CV);
	seek_feasibility(problem);
	for (size_t row = 0; row < instance->n_rows; row++) {
		if (!work->rows[row]) {
			glp_set_row_bnds(problem->glpk, (int)row + 1, GLP_FR, 0, 0);
		}
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		int at = (int)row + 1;
		int type = glp_get_row_type(problem->glpk, at);
		double lower = glp_get_row_lb(problem->glpk, at);
		double upper = glp_get_row_ub(problem->glpk, at);

		if (!work->rows[row]) {
			continue;
		}
		glp_set_row_bnds(problem->glpk, at, GLP_FR, 0, 0);
		glp_std_basis(problem->glpk);
		simplex(problem->glpk);
		if (is_feasible(problem)) {
			glp_set_row_bnds(problem->glpk, at, type, lower, upper);
		} else {
			work->rows[row] = false;
		}
	}
	glp_delete_prob(problem->glpk);
}

stpfin_status stpfin_relaxation__filter(const struct stpfin_instance *instance, bool *rows)
{
	struct relax work = {.rows = rows};
	stpfin_status status = new_problem(&work.problem, instance, instance->benefit);

	if (status == STPFIN_OK) {
		status = stpfin_session__do(filter, &work);
	}
	free_problem(&work.problem);
	return status;
}

void stpfin_cuts__free(struct stpfin_cuts *self)
{
	free(self->first);
	free(self->upper);
	free(self->cut_price);
	free(self->bid);
	free(self->amount);
	free(self->price);
	free(self->arc_price);
}

struct find_cuts {
	struct problem problem;
	struct stpfin_cuts *out;
	size_t *bid_of_column;
	bool full; /* there is no memory for more */
};

/* Makes room for a cut more of so many entries. */
static bool reserve_cut(struct stpfin_cuts *self, size_t n_entries)
{
	size_t capacity = 2 * (self->n_entries + n_entries);
	size_t *bid;
	double *amount;

	if (self->n_entries + n_entries <= self->entry_capacity) {
		return true;
	}
	bid = stpfin_model__array(capacity, sizeof *bid);
	amount = stpfin_model__array(capacity, sizeof *amount);
	if (bid == NULL || amount == NULL) {
		free(bid);
		free(amount);
		return false;
	}
	for (size_t i = 0; i < self->n_entries; i++) {
		bid[i] = self->bid[i];
		amount[i] = self->amount[i];
	}
	free(self->bid);
	free(self->amount);
	self->bid = bid;
	self->amount = amount;
	self->entry_capacity = capacity;
	return true;
}

/* Takes a row of GLPK's over, its largest amount brought to 1. What rounding may have taken from
 * its bound is put back. */
static void take_cut(struct find_cuts *work, glp_prob *glpk, int row)
{
	static const double given_back = 1e-9;
	const struct problem *problem = &work->problem;
	struct stpfin_cuts *out = work->out;
	bool is_lower = glp_get_row_type(glpk, row) == GLP_LO;
	double bound = is_lower ? -glp_get_row_lb(glpk, row) : glp_get_row_ub(glpk, row);
	double price = glp_get_row_dual(glpk, row) / problem->benefit_scale;
	int n = glp_get_mat_row(glpk, row, problem->bid_index, problem->amounts);
	double most = 0;
	double sum = 0;

	for (int i = 1; i <= n; i++) {
		most = fmax(most, fabs(problem->amounts[i]));
		sum += fabs(problem->amounts[i]);
	}
	if (!(most > 0) || out->n == out->capacity) {
		return;
	}
	if (!reserve_cut(out, (size_t)n)) {
		work->full = true;
		return;
	}
	for (int i = 1; i <= n; i++) {
		size_t bid = work->bid_of_column[problem->bid_index[i]];

		/* What minima are short by is nothing here. */
		if (bid != SIZE_MAX) {
			out->bid[out->n_entries] = bid;
			out->amount[out->n_entries++] =
				(is_lower ? -problem->amounts[i] : problem->amounts[i]) / most;
		}
	}
	out->upper[out->n] = (bound + given_back * (fabs(bound) + sum)) / most;
	out->cut_price[out->n++] = fmax(0, (is_lower ? -price : price) * most);
	out->first[out->n] = out->n_entries;
}

/* Takes what GLPK has found once it would branch. */
static void take_cuts(glp_tree *tree, void *user_data)
{
	struct find_cuts *work = user_data;
	const struct problem *problem = &work->problem;
	const struct stpfin_instance *instance = problem->instance;
	glp_prob *glpk = glp_ios_get_prob(tree);

	if (glp_ios_reason(tree) != GLP_IBRANCH) {
		return;
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		work->out->price[row] =
			problem->scale[row] / problem->benefit_scale * glp_get_row_dual(glpk, (int)row + 1);
	}
	for (size_t i = 0; i < instance->n_arcs; i++) {
		work->out->arc_price[i] =
			problem->arc[i] != 0 ? glp_get_row_dual(glpk, problem->arc[i]) / problem->benefit_scale
								 : 0;
	}
	for (int row = 1, n = glp_get_num_rows(glpk); row <= n && !work->full; row++) {
		glp_attr attributes;

		glp_ios_row_attr(tree, row, &attributes);
		if (attributes.origin == GLP_RF_CUT && glp_get_row_stat(glpk, row) != GLP_BS) {
			take_cut(work, glpk, row);
		}
	}
	glp_ios_terminate(tree);
}

static void allow_cuts(glp_iocp *how)
{
	how->gmi_cuts = GLP_ON;
	how->mir_cuts = GLP_ON;
	how->cov_cuts = GLP_ON;
	how->clq_cuts = GLP_ON;
}

static void find_cuts(void *user_data)
{
	struct find_cuts *work = user_data;
	struct problem *problem = &work->problem;
	glp_iocp how;

	build(problem, problem->instance->benefit, GLP_BV);
	for (size_t row = 0; row < problem->instance->n_rows; row++) {
		if (problem->slack[row] != 0) {
			glp_set_col_bnds(problem->glpk, problem->slack[row], GLP_FX, 0, 0);
		}
	}
	for (size_t bid = 0; bid < problem->instance->n_bids; bid++) {
		if (problem->column[bid] != 0) {
			work->bid_of_column[problem->column[bid]] = bid;
		}
	}
	glp_init_iocp(&how);
	how.msg_lev = GLP_MSG_OFF;
	how.cb_func = take_cuts;
	how.cb_info = work;
	allow_cuts(&how);
	simplex(problem->glpk);
	if (glp_get_status(problem->glpk) == GLP_OPT && glp_get_num_cols(problem->glpk) > 0) {
		glp_intopt(problem->glpk, &how);
	}
	glp_delete_prob(problem->glpk);
}

stpfin_status stpfin_cuts__find(struct stpfin_cuts *self, const struct stpfin_instance *instance)
{
	enum { MOST_CUTS = 400 };
	struct find_cuts work = {.out = self};
	size_t n_columns = instance->n_bids + instance->n_rows + 1;
	stpfin_status status = new_problem(&work.problem, instance, instance->benefit);

	*self = (struct stpfin_cuts){.capacity = MOST_CUTS};
	self->first = stpfin_model__array(MOST_CUTS + 1, sizeof *self->first);
	self->upper = stpfin_model__array(MOST_CUTS, sizeof *self->upper);
	self->cut_price = stpfin_model__array(MOST_CUTS, sizeof *self->cut_price);
	self->price = stpfin_model__array(instance->n_rows, sizeof *self->price);
	self->arc_price = stpfin_model__array(instance->n_arcs, sizeof *self->arc_price);
	work.bid_of_column = stpfin_model__array(n_columns, sizeof *work.bid_of_column);
	if (self->first == NULL || self->upper == NULL || self->cut_price == NULL ||
		self->price == NULL || self->arc_price == NULL || work.bid_of_column == NULL) {
		status = STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n_columns && status == STPFIN_OK; i++) {
		work.bid_of_column[i] = SIZE_MAX;
	}
	if (status == STPFIN_OK) {
		status = stpfin_session__do(find_cuts, &work);
	}
	free_problem(&work.problem);
	free(work.bid_of_column);
	return work.full ? STPFIN_ERROR_MEMORY : status;
}

struct improve {
	struct problem problem;
	struct stpfin_core *core;
	double *solution; /* of the problem's columns */
	double *use;      /* of the best set, by row */
	bool *tried;
	double penalty;
	double constant; /* the benefit of what is not free to change */
	double best;     /* the bound of the tree */
	bool reached;    /* that it is near enough */
	bool begun;
	bool can_begin; /* the set has no more of anything than it may */
};

static double to_benefit(const struct improve *work, double objective)
{
	return work->constant + objective / work->problem.benefit_scale;
}

/* Hands GLPK the set to improve on, and stops it in time. */
static void watch(glp_tree *tree, void *user_data)
{
	struct improve *work = user_data;
	glp_prob *glpk = glp_ios_get_prob(tree);
	int nodes;

	glp_ios_tree_size(tree, NULL, NULL, &nodes);
	if (work->core->gap >= 0 && glp_ios_best_node(tree) != 0) {
		work->best = to_benefit(work, glp_ios_node_bound(tree, glp_ios_best_node(tree)));
		if (glp_mip_status(glpk) == GLP_FEAS) {
			double found = to_benefit(work, glp_mip_obj_val(glpk));

			work->reached = work->best <= found + work->core->gap * fabs(found);
		}
	}
	if (work->reached || nodes > work->core->nodes ||
		stpfin_patience__has_ended(work->core->patience)) {
		glp_ios_terminate(tree);
	} else if (glp_ios_reason(tree) == GLP_IHEUR && !work->begun && work->can_begin) {
		work->begun = true;
		glp_ios_heur_sol(tree, work->solution);
	}
}

/* The columns' values in a set. */
static void write_solution(struct improve *work, const bool *chosen)
{
	const struct problem *problem = &work->problem;
	const struct stpfin_instance *instance = problem->instance;

	stpfin_instance__use(instance, chosen, work->use);
	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		if (is_free(problem, bid)) {
			work->solution[problem->column[bid]] = chosen[bid];
		}
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		if (problem->slack[row] != 0) {
			work->solution[problem->slack[row]] =
				fmax(0, problem->scale[row] * (instance->lower[row] - work->use[row]));
		}
	}
}

/* Whether a set is better than another, of which the use and benefit are known. */
static bool is_better(const struct stpfin_instance *instance, const double *use, double benefit,
	const double *other_use, double other_benefit)
{
	double shortfall = stpfin_instance__shortfall(instance, use);
	double other_shortfall = stpfin_instance__shortfall(instance, other_use);

	return shortfall < other_shortfall || (shortfall <= other_shortfall && benefit > other_benefit);
}

static double sum_benefit(const double *benefit, const bool *chosen, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum += chosen[i] ? benefit[i] : 0;
	}
	return sum;
}

/* Forbids what the set tried asks of a row more (or less) than it may by as little as GLPK lets
 * pass. False where nothing is wrong. */
static bool cut_off(struct improve *work, const double *use)
{
	struct problem *problem = &work->problem;
	const struct stpfin_instance *instance = problem->instance;
	bool found = false;

	for (size_t row = 0; row < instance->n_rows; row++) {
		bool over = use[row] > instance->upper[row] + instance->tolerance[row];
		bool under = problem->slack[row] != 0 &&
					 use[row] < instance->lower[row] - instance->tolerance[row] &&
					 glp_mip_col_val(problem->glpk, problem->slack[row]) < 1e-6;
		int n = 0;
		int at;

		if (!over && !under) {
			continue;
		}
		for (size_t i = instance->bids_of_row.first[row]; i < instance->bids_of_row.first[row + 1];
			 i++) {
			size_t bid = instance->bids_of_row.at[i];

			if (is_free(problem, bid) && work->tried[bid] == over) {
				n++;
				problem->bid_index[n] = problem->column[bid];
				problem->amounts[n] = 1;
			}
		}
		if (under) {
			n++;
			problem->bid_index[n] = problem->slack[row];
			problem->amounts[n] = 1e5;
		}
		at = glp_add_rows(problem->glpk, 1);
		glp_set_mat_row(problem->glpk, at, n, problem->bid_index, problem->amounts);
		glp_set_row_bnds(problem->glpk, at, over ? GLP_UP : GLP_LO, 1, n - 1);
		found = true;
	}
	return found;
}

static void search(struct improve *work)
{
	enum { FEW = 350 };
	glp_iocp how;

	glp_init_iocp(&how);
	how.msg_lev = GLP_MSG_OFF;
	how.tol_obj = 1e-11;
	how.cb_func = watch;
	how.cb_info = work;
	how.bt_tech = GLP_BT_BPH;
	how.br_tech = GLP_BR_PCH;
	if (work->core->gap >= 0) {
		/* Of many bids it is the bound that comes down before the tree is too large. */
		how.bt_tech = glp_get_num_cols(work->problem.glpk) > FEW ? GLP_BT_BLB : GLP_BT_BPH;
		/* GLPK gives up looking for covers where there is no column. */
		how.mir_cuts = GLP_ON;
		how.cov_cuts = glp_get_num_cols(work->problem.glpk) > 0 ? GLP_ON : GLP_OFF;
	}
	work->begun = false;
	work->reached = false;
	work->best = (double)INFINITY;
	simplex(work->problem.glpk);
	work->core->complete =
		glp_get_status(work->problem.glpk) == GLP_OPT && glp_intopt(work->problem.glpk, &how) == 0;
}

static void improve(void *user_data)
{
	enum { MOST_CUTS = 20 };
	struct improve *work = user_data;
	struct problem *problem = &work->problem;
	struct stpfin_core *core = work->core;
	const struct stpfin_instance *instance = problem->instance;
	bool again = true;

	build(problem, core->benefit, GLP_BV);
	for (size_t row = 0; row < instance->n_rows; row++) {
		if (problem->slack[row] != 0) {
			glp_set_obj_coef(
				problem->glpk, problem->slack[row], -work->penalty / problem->scale[row]);
			if (core->gap >= 0) {
				glp_set_col_bnds(problem->glpk, problem->slack[row], GLP_FX, 0, 0);
			}
		}
	}
	write_solution(work, core->chosen);
	work->can_begin = stpfin_instance__is_within(instance, core->chosen, work->use);
	for (int i = 0; i < MOST_CUTS && again; i++) {
		again = false;
		search(work);
		if (glp_mip_status(problem->glpk) != GLP_OPT && glp_mip_status(problem->glpk) != GLP_FEAS) {
			break;
		}
		for (size_t bid = 0; bid < instance->n_bids; bid++) {
			work->tried[bid] = is_free(problem, bid)
								   ? glp_mip_col_val(problem->glpk, problem->column[bid]) > 0.5
								   : core->chosen[bid];
		}
		stpfin_instance__use(instance, work->tried, problem->use);
		again = cut_off(work, problem->use);
		if (!again && (!work->can_begin ||
						  is_better(instance, problem->use,
							  sum_benefit(core->benefit, work->tried, instance->n_bids), work->use,
							  sum_benefit(core->benefit, core->chosen, instance->n_bids)))) {
			for (size_t bid = 0; bid < instance->n_bids; bid++) {
				core->chosen[bid] = work->tried[bid];
			}
		}
	}
	core->complete = core->complete && !again;
	core->bound = work->best;
	if (core->complete) {
		core->bound = sum_benefit(core->benefit, core->chosen, instance->n_bids);
	}
	glp_delete_prob(problem->glpk);
}

/* What £1 of shortfall takes off the scaled benefit: more than £1 more in any bid brings; of sets
 * that bring nothing, so much that the largest amount takes off 1. */
static double penalty_of(const struct problem *problem, const double *benefit)
{
	const struct stpfin_instance *instance = problem->instance;
	double most = 0;
	double largest = 1;

	for (size_t bid = 0; bid < instance->n_bids; bid++) {
		if (instance->cost[bid] > 0) {
			most = fmax(most, fabs(benefit[bid]) / instance->cost[bid]);
		}
	}
	for (size_t row = 0; row < instance->n_rows; row++) {
		largest = fmax(largest, 1 / problem->scale[row]);
	}
	return most > 0 ? 10 * most * problem->benefit_scale : 1 / largest;
}

stpfin_status stpfin_core__improve(struct stpfin_core *self)
{
	const struct stpfin_instance *instance = self->instance;
	struct improve work = {.core = self};
	stpfin_status status = new_problem(&work.problem, instance, self->benefit);

	work.problem.free = self->free;
	work.problem.chosen = self->chosen;
	work.solution =
		stpfin_model__array(instance->n_bids + instance->n_rows + 1, sizeof *work.solution);
	work.use = stpfin_model__array(instance->n_rows, sizeof *work.use);
	work.tried = stpfin_model__array(instance->n_bids, sizeof *work.tried);
	if (work.solution == NULL || work.use == NULL || work.tried == NULL) {
		status = STPFIN_ERROR_MEMORY;
	}
	if (status == STPFIN_OK) {
		work.penalty = penalty_of(&work.problem, self->benefit);
		for (size_t bid = 0; bid < instance->n_bids; bid++) {
			work.constant += stays_chosen(&work.problem, bid) ? self->benefit[bid] : 0;
		}
		status = stpfin_session__do(improve, &work);
	}
	free_problem(&work.problem);
	free(work.solution);
	free(work.use);
	free(work.tried);
	return status;
}
