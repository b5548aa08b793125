#include "libstpfin/simulate/lanes_places.h"

#include <stdlib.h>

#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/keys.h"

void stpfin_lanes_places__free(struct stpfin_lanes_places *self)
{
	free(self->first);
	free(self->members);
}

/* What members are found with. */
struct finding {
	struct stpfin_lanes_places *self;
	const struct stpfin_model *model;
	const struct stpfin_lanes_row *rows;
	const size_t *home;
	size_t *form; /* by row: rows of the same form differ in place and kinds alone */
	size_t n_forms;
	size_t *row_of; /* by form and organisation; SIZE_MAX: it has none */
};

static stpfin_status find_forms(struct finding *finding)
{
	struct stpfin_keys keys = {.n = 0};
	stpfin_status status = STPFIN_OK;

	for (size_t i = 0; i < finding->self->n_rows && status == STPFIN_OK; i++) {
		const struct stpfin_lanes_row *row = &finding->rows[i];

		status = stpfin_keys__write(&keys, row->outcome);
		if (status == STPFIN_OK) {
			status = stpfin_keys__write(&keys, (size_t)row->sum);
		}
		if (status == STPFIN_OK) {
			status = stpfin_keys__write(&keys, row->which);
		}
		for (size_t j = 0; j < 3 && status == STPFIN_OK; j++) {
			status = stpfin_keys__write_number(
				&keys, ((const double[]){row->cost, row->received, row->own})[j]);
		}
		if (status == STPFIN_OK) {
			status = stpfin_keys__end(&keys, &finding->form[i]);
		}
		if (status == STPFIN_OK && finding->form[i] == finding->n_forms) {
			finding->n_forms++;
		}
	}
	stpfin_keys__free(&keys);
	return status;
}

static bool counts(const struct finding *finding, size_t row, size_t organisation)
{
	return (finding->rows[row].kinds >> finding->model->kind[organisation] & 1) != 0;
}

static stpfin_status find_own_rows(struct finding *finding)
{
	const struct stpfin_model *model = finding->model;
	size_t n = stpfin_model__times(finding->n_forms, model->n_organisations);

	finding->row_of = stpfin_model__array(n, sizeof *finding->row_of);
	if (finding->row_of == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n; i++) {
		finding->row_of[i] = SIZE_MAX;
	}
	for (size_t row = 0; row < finding->self->n_rows; row++) {
		size_t organisation = finding->rows[row].place - model->n_places;

		if (finding->rows[row].place >= model->n_places && counts(finding, row, organisation)) {
			finding->row_of[finding->form[row] * model->n_organisations + organisation] = row;
		}
	}
	return STPFIN_OK;
}

/* Whether each year that is wanted of one row is of another too. */
static bool covers(const struct finding *finding, size_t row, size_t other)
{
	size_t n_years = finding->self->n_years;

	for (size_t t = 0; t < n_years; t++) {
		if (finding->home[row * n_years + t] != SIZE_MAX &&
			finding->home[other * n_years + t] == SIZE_MAX) {
			return false;
		}
	}
	return true;
}

/* Adds the members of a row of a place, unless one is missing. */
static stpfin_status add_members(struct finding *finding, size_t row)
{
	const struct stpfin_model *model = finding->model;
	struct stpfin_lanes_places *self = finding->self;
	size_t begin = self->n_members;

	for (size_t organisation = 0; organisation < model->n_organisations; organisation++) {
		size_t own = finding->row_of[finding->form[row] * model->n_organisations + organisation];

		for (size_t i = model->first_share[organisation]; i < model->first_share[organisation + 1];
			 i++) {
			struct stpfin_lanes_member *members;

			if ((size_t)model->share_place[i] != finding->rows[row].place ||
				!counts(finding, row, organisation)) {
				continue;
			}
			if (own == SIZE_MAX || !covers(finding, row, own)) {
				self->n_members = begin;
				return STPFIN_OK;
			}
			members = stpfin_keys__grown(
				self->members, &self->capacity, self->n_members, sizeof *members);
			if (members == NULL) {
				return STPFIN_ERROR_MEMORY;
			}
			self->members = members;
			members[self->n_members++] = (struct stpfin_lanes_member){own, model->share[i]};
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_lanes_places__new(struct stpfin_lanes_places *self,
	const struct stpfin_model *model, const struct stpfin_lanes_row *rows, size_t n,
	const size_t *home)
{
	struct finding finding = {.self = self, .model = model, .rows = rows, .home = home};
	stpfin_status status = STPFIN_ERROR_MEMORY;

	*self = (struct stpfin_lanes_places){.n_years = model->n_years, .n_rows = n};
	self->first = stpfin_model__array(n + 1, sizeof *self->first);
	finding.form = stpfin_model__array(n, sizeof *finding.form);
	if (self->first != NULL && finding.form != NULL) {
		status = find_forms(&finding);
	}
	if (status == STPFIN_OK) {
		status = find_own_rows(&finding);
	}
	for (size_t row = 0; row < n && status == STPFIN_OK; row++) {
		if (rows[row].place < model->n_places) {
			status = add_members(&finding, row);
		}
		self->first[row + 1] = self->n_members;
	}
	free(finding.form);
	free(finding.row_of);
	return status;
}

STPFIN_INLINED void add_share(double *restrict sums, double share, const double *of)
{
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		sums[i] += share * of[i];
	}
}

STPFIN_CLONES static void add_members_up(
	const struct stpfin_lanes_places *self, const size_t *home, double *sums)
{
	for (size_t row = 0; row < self->n_rows; row++) {
		for (size_t t = 0; t < self->n_years && stpfin_lanes_places__has(self, row); t++) {
			size_t at = home[row * self->n_years + t];

			for (size_t i = self->first[row]; i < self->first[row + 1] && at != SIZE_MAX; i++) {
				const struct stpfin_lanes_member *member = &self->members[i];

				add_share(sums + at * STPFIN_LANES, member->share,
					sums + home[member->row * self->n_years + t] * STPFIN_LANES);
			}
		}
	}
}

void stpfin_lanes_places__add(
	const struct stpfin_lanes_places *self, const size_t *home, double *sums)
{
	add_members_up(self, home, sums);
}
