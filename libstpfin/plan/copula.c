#include "libstpfin/plan/copula.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "libstpfin/table/error.h"

/* What has to be left of a parameter's variance when those before it are known. */
static const double least_left = 1e-12;

/* The group of a parameter, by its first member; chains are shortened on the way. */
static size_t find_root(size_t *parent, size_t parameter)
{
	while (parent[parameter] != parameter) {
		parent[parameter] = parent[parent[parameter]];
		parameter = parent[parameter];
	}
	return parameter;
}

static void join(size_t *parent, size_t a, size_t b)
{
	size_t x = find_root(parent, a);
	size_t y = find_root(parent, b);

	parent[x < y ? y : x] = x < y ? x : y;
}

/* What the factoring works in, by parameter. */
struct work {
	size_t *parent;
	size_t *size;  /* of the group, at its first member */
	size_t *next;  /* where the group's next member goes, likewise */
	size_t *place; /* among the members */
};

/* Lists the members of every group. */
static void list_members(struct stpfin_copula *self, struct work *work, size_t n_parameters)
{
	size_t n = 0;

	for (size_t i = 0; i < n_parameters; i++) {
		work->size[find_root(work->parent, i)]++;
	}
	for (size_t i = 0; i < n_parameters; i++) {
		if (work->parent[i] == i && work->size[i] > 1) {
			self->first[self->n_groups++] = n;
			work->next[i] = n;
			n += work->size[i];
		}
	}
	self->first[self->n_groups] = n;
	for (size_t i = 0; i < n_parameters; i++) {
		size_t root = find_root(work->parent, i);

		if (work->size[root] > 1) {
			work->place[i] = work->next[root]++;
			self->members[work->place[i]] = i;
		}
	}
}

/* The earlier and the later member of a pair. */
static void order(
	const struct work *work, int32_t a, int32_t b, size_t *out_earlier, size_t *out_later)
{
	size_t x = work->place[a];
	size_t y = work->place[b];

	*out_earlier = x < y ? x : y;
	*out_later = x < y ? y : x;
}

/* Factors in place, row by row; false, with the member and its partner, where it cannot be. */
static bool factor(
	struct stpfin_copula *self, size_t n_members, size_t *out_member, size_t *out_partner)
{
	for (size_t i = 0; i < n_members; i++) {
		double *row = self->factor + self->at[i];
		size_t start = self->start[i];
		double known = 0;

		for (size_t j = start; j < i; j++) {
			const double *other = self->factor + self->at[j];
			size_t from = start > self->start[j] ? start : self->start[j];
			double rest = row[j - start];

			for (size_t k = from; k < j; k++) {
				rest -= row[k - start] * other[k - self->start[j]];
			}
			rest /= other[j - self->start[j]];
			row[j - start] = rest;
			known += rest * rest;
			if (1 - known < least_left) {
				*out_member = i;
				*out_partner = j;
				return false;
			}
		}
		row[i - start] = sqrt(1 - known);
	}
	return true;
}

void stpfin_copula__free(struct stpfin_copula *self)
{
	free(self->first);
	free(self->members);
	free(self->start);
	free(self->at);
	free(self->factor);
	*self = (struct stpfin_copula){0};
}

stpfin_status stpfin_copula__new(struct stpfin_copula *self, size_t n_parameters, const int32_t *a,
	const int32_t *b, const double *rho, size_t n, struct stpfin_copula_fault *out_fault)
{
	struct work work = {NULL, NULL, NULL, NULL};
	size_t n_members, n_factor = 0, member, partner, nearest = 0;
	stpfin_status status = STPFIN_OK;

	*self = (struct stpfin_copula){0};
	work.parent = malloc((n_parameters + 1) * sizeof *work.parent);
	work.size = calloc(n_parameters + 1, sizeof *work.size);
	work.next = calloc(n_parameters + 1, sizeof *work.next);
	work.place = calloc(n_parameters + 1, sizeof *work.place);
	self->first = calloc(n_parameters + 1, sizeof *self->first);
	self->members = calloc(n_parameters + 1, sizeof *self->members);
	self->start = calloc(n_parameters + 1, sizeof *self->start);
	self->at = calloc(n_parameters + 1, sizeof *self->at);
	if (work.parent == NULL || work.size == NULL || work.next == NULL || work.place == NULL ||
		self->first == NULL || self->members == NULL || self->start == NULL || self->at == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < n_parameters; i++) {
		work.parent[i] = i;
		self->start[i] = i;
	}
	for (size_t row = 0; row < n; row++) {
		join(work.parent, (size_t)a[row], (size_t)b[row]);
	}
	list_members(self, &work, n_parameters);
	n_members = self->first[self->n_groups];
	for (size_t row = 0; row < n; row++) {
		size_t earlier, later;

		order(&work, a[row], b[row], &earlier, &later);
		self->start[later] = earlier < self->start[later] ? earlier : self->start[later];
	}
	for (size_t i = 0; i < n_members; i++) {
		self->at[i] = n_factor;
		n_factor += i - self->start[i] + 1;
	}
	self->factor = calloc(n_factor + 1, sizeof *self->factor);
	if (self->factor == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t row = 0; row < n; row++) {
		size_t earlier, later;

		order(&work, a[row], b[row], &earlier, &later);
		self->factor[self->at[later] + earlier - self->start[later]] = rho[row];
	}
	if (factor(self, n_members, &member, &partner)) {
		goto out;
	}
	status = STPFIN_ERROR_PLAN;
	out_fault->parameter = self->members[member];
	out_fault->partner = self->members[partner];
	for (size_t row = 0; row < n; row++) {
		size_t earlier, later;

		order(&work, a[row], b[row], &earlier, &later);
		if (later == member && earlier <= partner && earlier >= nearest) {
			nearest = earlier;
			out_fault->row = row;
		}
	}

out:
	free(work.parent);
	free(work.size);
	free(work.next);
	free(work.place);
	if (status != STPFIN_OK) {
		stpfin_copula__free(self);
	}
	return status;
}
