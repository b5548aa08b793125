#include "libstpfin/model/places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/error.h"

static stpfin_status name_places(struct stpfin_model *self)
{
	static const char *const beside[] = {"unassigned", "England"};

	self->n_places = self->n_footprints + sizeof beside / sizeof *beside;
	self->place_names = stpfin_dictionary__new();
	if (self->place_names == NULL) {
		return stpfin_error__memory();
	}
	for (size_t i = 0; i < self->n_places; i++) {
		const char *name =
			i < self->n_footprints
				? stpfin_column__text(
					  stpfin_table__named(stpfin_plan__table(self->plan, "footprint"), "footprint"),
					  i)
				: beside[i - self->n_footprints];

		if (stpfin_dictionary__intern(self->place_names, name, strlen(name)) < 0) {
			return stpfin_error__memory();
		}
	}
	return STPFIN_OK;
}

/* The rows of the membership table by organisation: rows[first[i]] to rows[first[i + 1]]. */
static void sort_memberships(const struct stpfin_model *self, size_t *first, size_t *rows)
{
	const int32_t *organisation = stpfin_plan__whole(self->plan, "membership", "organisation");
	size_t n = stpfin_plan__rows(self->plan, "membership");

	for (size_t row = 0; row < n; row++) {
		first[organisation[row] + 1]++;
	}
	for (size_t i = 0; i < self->n_organisations; i++) {
		first[i + 1] += first[i];
	}
	for (size_t row = n; row-- > 0;) {
		rows[--first[organisation[row] + 1]] = row;
	}
	/* Counting down left each end where its run begins: shift the ends back into place. */
	for (size_t i = 0; i < self->n_organisations; i++) {
		first[i] = first[i + 1];
	}
	first[self->n_organisations] = n;
}

/* Writes the shares of an organisation in every place into `in` (by place), and the places that
 * have one into `touched`, in their order; returns how many. */
static size_t spread(
	const struct stpfin_model *self, const size_t *rows, size_t n_rows, double *in, size_t *touched)
{
	const int32_t *footprint = stpfin_plan__whole(self->plan, "membership", "footprint");
	const int32_t *parent = stpfin_plan__whole(self->plan, "footprint", "parent");
	const double *share = stpfin_plan__real(self->plan, "membership", "share");
	double assigned = 0;
	size_t n = 0;

	for (size_t i = 0; i < n_rows; i++) {
		assigned += share[rows[i]];
		for (int32_t place = footprint[rows[i]]; place >= 0; place = parent[place]) {
			if (in[place] == 0) {
				touched[n++] = (size_t)place;
			}
			in[place] += share[rows[i]];
		}
	}
	if (assigned < 1 - STPFIN_SHARE_TOLERANCE) {
		in[stpfin_model__unassigned(self)] = 1 - assigned;
		touched[n++] = stpfin_model__unassigned(self);
	}
	in[stpfin_model__england(self)] = 1;
	touched[n++] = stpfin_model__england(self);
	return n;
}

static stpfin_status compile_shares(struct stpfin_model *self)
{
	size_t n_memberships = stpfin_plan__rows(self->plan, "membership");
	size_t *first = stpfin_model__array(self->n_organisations + 1, sizeof *first);
	size_t *rows = stpfin_model__array(n_memberships, sizeof *rows);
	double *in = stpfin_model__array(self->n_places, sizeof *in);
	size_t *touched = stpfin_model__array(self->n_places, sizeof *touched);
	size_t capacity = n_memberships + 2 * self->n_organisations;
	size_t n = 0;
	stpfin_status status = STPFIN_ERROR_MEMORY;

	self->first_share = stpfin_model__array(self->n_organisations + 1, sizeof *self->first_share);
	self->share_place = stpfin_model__array(capacity, sizeof *self->share_place);
	self->share = stpfin_model__array(capacity, sizeof *self->share);
	if (first == NULL || rows == NULL || in == NULL || touched == NULL ||
		self->first_share == NULL || self->share_place == NULL || self->share == NULL) {
		goto out;
	}
	sort_memberships(self, first, rows);
	for (size_t i = 0; i < self->n_organisations; i++) {
		size_t n_touched = stpfin_kind__has_position(self->kind[i])
							   ? spread(self, rows + first[i], first[i + 1] - first[i], in, touched)
							   : 0;

		/* Parents add places to what the memberships say. */
		if (n + n_touched > capacity) {
			size_t larger = 2 * (n + n_touched);
			int32_t *places = realloc(self->share_place, larger * sizeof *places);
			double *shares;

			if (places == NULL) {
				stpfin_error__memory();
				goto out;
			}
			self->share_place = places;
			shares = realloc(self->share, larger * sizeof *shares);
			if (shares == NULL) {
				stpfin_error__memory();
				goto out;
			}
			self->share = shares;
			capacity = larger;
		}
		for (size_t j = 0; j < n_touched; j++) {
			self->share_place[n] = (int32_t)touched[j];
			self->share[n++] = in[touched[j]];
			self->has_unassigned =
				self->has_unassigned || touched[j] == stpfin_model__unassigned(self);
			in[touched[j]] = 0;
		}
		self->first_share[i + 1] = n;
	}
	status = STPFIN_OK;

out:
	free(first);
	free(rows);
	free(in);
	free(touched);
	return status;
}

static stpfin_status compile_persons(struct stpfin_model *self)
{
	const int32_t *footprint = stpfin_plan__whole(self->plan, "population", "footprint");
	const int32_t *year = stpfin_plan__whole(self->plan, "population", "year");
	const double *persons = stpfin_plan__real(self->plan, "population", "persons");
	const int32_t *parent = stpfin_plan__whole(self->plan, "footprint", "parent");
	size_t n_rows = stpfin_plan__rows(self->plan, "population");

	self->persons = stpfin_model__array(self->n_places * self->n_years, sizeof *self->persons);
	if (self->persons == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < self->n_places * self->n_years; i++) {
		self->persons[i] = (double)NAN;
	}
	for (size_t row = 0; row < n_rows; row++) {
		size_t t = (size_t)(year[row] - self->plan->settings.base_year);
		int32_t place = footprint[row];

		for (bool last = false; !last;) {
			double *sum;

			if (place < 0) {
				place = (int32_t)stpfin_model__england(self);
				last = true;
			}
			sum = &self->persons[(size_t)place * self->n_years + t];
			*sum = isnan(*sum) ? persons[row] : *sum + persons[row];
			place = last ? -1 : parent[place];
		}
	}
	return STPFIN_OK;
}

static stpfin_status find_parents(struct stpfin_model *self)
{
	const int32_t *parent = stpfin_plan__whole(self->plan, "footprint", "parent");

	self->has_children = stpfin_model__array(self->n_footprints, sizeof *self->has_children);
	if (self->has_children == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < self->n_footprints; i++) {
		if (parent[i] >= 0) {
			self->has_children[parent[i]] = true;
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_model__places(struct stpfin_model *self)
{
	stpfin_status status = name_places(self);

	if (status == STPFIN_OK) {
		status = find_parents(self);
	}
	if (status == STPFIN_OK) {
		status = compile_shares(self);
	}
	return status == STPFIN_OK ? compile_persons(self) : status;
}

size_t stpfin_counted_places__number(const struct stpfin_model *model)
{
	return model->n_footprints + 1;
}

int32_t stpfin_counted_places__code(const struct stpfin_model *model, size_t place)
{
	return (int32_t)(place < model->n_footprints ? place : stpfin_model__england(model));
}

size_t stpfin_counted_places__above(const struct stpfin_model *model, size_t place)
{
	int32_t parent;

	if (place == model->n_footprints) {
		return SIZE_MAX;
	}
	parent = stpfin_plan__whole(model->plan, "footprint", "parent")[place];
	return parent >= 0 ? (size_t)parent : model->n_footprints;
}
