#include "libstpfin/explain/grouping.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/index.h"
#include "libstpfin/table/error.h"

static stpfin_status begin(struct stpfin_grouping *self, size_t n_schemes)
{
	*self = (struct stpfin_grouping){.names = stpfin_model__array(n_schemes, sizeof *self->names),
		.of_scheme = stpfin_model__array(n_schemes, sizeof *self->of_scheme)};
	return self->names != NULL && self->of_scheme != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
}

void stpfin_grouping__free(struct stpfin_grouping *self)
{
	free(self->names);
	free(self->of_scheme);
	*self = (struct stpfin_grouping){.n = 0};
}

/* Puts a scheme into the group of that name. */
static void put(struct stpfin_grouping *self, size_t scheme, const char *name)
{
	size_t group = 0;

	while (group < self->n && strcmp(self->names[group], name) != 0) {
		group++;
	}
	if (group == self->n) {
		self->names[self->n++] = name;
	}
	self->of_scheme[scheme] = group;
}

stpfin_status stpfin_grouping__new(struct stpfin_grouping *self, const struct stpfin_model *model,
	const struct stpfin_scenario *scenario, stpfin_bridge_by by)
{
	const struct stpfin_column *column =
		stpfin_table__named(stpfin_plan__table(model->plan, "scheme"),
			by == STPFIN_BRIDGE_BY_WORKSTREAM ? "workstream" : "scheme");
	stpfin_status status = begin(self, scenario->n_schemes);

	for (size_t i = 0; i < scenario->n_schemes && status == STPFIN_OK; i++) {
		put(self, i, stpfin_column__text(column, (size_t)scenario->scheme[i]));
	}
	return status;
}

bool stpfin_grouping__equal(
	const struct stpfin_grouping *a, const struct stpfin_grouping *b, size_t n_schemes)
{
	for (size_t i = 0; i < n_schemes; i++) {
		if (strcmp(a->names[a->of_scheme[i]], b->names[b->of_scheme[i]]) != 0) {
			return false;
		}
	}
	return true;
}

/* What organisations say of a scheme, as the schema lists it. */
enum { AGREED, CONDITIONAL, NOT_AGREED };

/* How the members of a place stand to a scheme. */
struct stand {
	bool all_agree;
	bool some_agree; /* or would on conditions */
	bool some_refuse;
};

/* Adds what one organisation says of a scheme, or of the whole plan. */
static void add_member(struct stand *self, const struct stpfin_index *index,
	const int32_t *position, int32_t scheme, size_t organisation)
{
	const int32_t key[] = {scheme, (int32_t)organisation};
	const int32_t key_of_plan[] = {-1, (int32_t)organisation};
	size_t row = stpfin_index__find(index, key);

	if (row == STPFIN_NO_ROW) {
		row = stpfin_index__find(index, key_of_plan);
	}
	self->all_agree = self->all_agree && row != STPFIN_NO_ROW && position[row] == AGREED;
	self->some_agree =
		self->some_agree ||
		(row != STPFIN_NO_ROW && (position[row] == AGREED || position[row] == CONDITIONAL));
	self->some_refuse = self->some_refuse || (row != STPFIN_NO_ROW && position[row] == NOT_AGREED);
}

/* Marks the organisations that have a say in a place: all that have a share in it but those
 * outside; in England every one of them. */
static void find_members(const struct stpfin_model *model, size_t place, bool *is_member)
{
	const int32_t *organisation = stpfin_plan__whole(model->plan, "membership", "organisation");
	const int32_t *footprint = stpfin_plan__whole(model->plan, "membership", "footprint");
	const int32_t *parent = stpfin_plan__whole(model->plan, "footprint", "parent");

	for (size_t i = 0; i < model->n_organisations; i++) {
		is_member[i] = place == stpfin_model__england(model) || place == model->n_places + i;
		for (size_t j = model->first_share[i]; j < model->first_share[i + 1]; j++) {
			is_member[i] = is_member[i] || (size_t)model->share_place[j] == place;
		}
	}
	/* Boards have shares in places though no money. */
	for (size_t row = 0, rows = stpfin_plan__rows(model->plan, "membership"); row < rows; row++) {
		for (int32_t at = footprint[row]; at >= 0; at = parent[at]) {
			is_member[organisation[row]] = is_member[organisation[row]] || (size_t)at == place;
		}
	}
	for (size_t i = 0; i < model->n_organisations; i++) {
		is_member[i] = is_member[i] && model->kind[i] != STPFIN_KIND_OUTSIDE;
	}
}

stpfin_status stpfin_grouping__by_agreement(struct stpfin_grouping *self,
	const struct stpfin_model *model, const struct stpfin_scenario *scenario, size_t place)
{
	const int32_t *position = stpfin_plan__whole(model->plan, "agreement", "position");
	const int32_t *const keys[] = {stpfin_plan__whole(model->plan, "agreement", "scheme"),
		stpfin_plan__whole(model->plan, "agreement", "organisation")};
	size_t n_rows = stpfin_plan__rows(model->plan, "agreement");
	bool *is_member = stpfin_model__array(model->n_organisations, sizeof *is_member);
	struct stpfin_index index = {0};
	stpfin_status status = begin(self, scenario->n_schemes);

	if (is_member == NULL) {
		status = STPFIN_ERROR_MEMORY;
	}
	if (status == STPFIN_OK) {
		status = stpfin_index__new(&index, keys, 2, n_rows);
	}
	if (status != STPFIN_OK) {
		goto out;
	}
	for (size_t row = 0; row < n_rows; row++) {
		stpfin_index__add(&index, row);
	}
	find_members(model, place, is_member);
	for (size_t i = 0; i < scenario->n_schemes; i++) {
		struct stand stand = {.all_agree = true};
		bool any_member = false;

		for (size_t j = 0; j < model->n_organisations; j++) {
			if (is_member[j]) {
				any_member = true;
				add_member(&stand, &index, position, scenario->scheme[i], j);
			}
		}
		put(self, i,
			any_member && stand.all_agree ? "agreed"
			: stand.some_agree            ? "partly"
			: stand.some_refuse           ? "not_agreed"
										  : "silent");
	}

out:
	stpfin_index__free(&index);
	free(is_member);
	return status;
}
