#include "libstpfin/simulate/lanes_bridge.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/explain/shares.h"
#include "libstpfin/explain/steps.h"
#include "libstpfin/model/prevention.h"
#include "libstpfin/model/quality.h"
#include "libstpfin/simulate/clones.h"

void stpfin_lanes_bridge__free(struct stpfin_lanes_bridge *self)
{
	stpfin_grouping__free(&self->grouping);
	free(self->games);
	free(self->players);
	free(self->preventers);
	free(self->ratios);
}

/* Adds a player of a game, once, in its place. */
static stpfin_status add_player(
	struct stpfin_lanes_bridge *self, struct stpfin_lanes_game *game, size_t scheme)
{
	size_t player = self->grouping.of_scheme[scheme];
	size_t *players =
		stpfin_keys__grown(self->players, &self->capacity, self->n_players, sizeof *players);
	size_t at = self->n_players;

	if (players == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->players = players;
	while (at > game->first_player && players[at - 1] > player) {
		at--;
	}
	if (at > game->first_player && players[at - 1] == player) {
		return STPFIN_OK;
	}
	memmove(players + at + 1, players + at, (self->n_players - at) * sizeof *players);
	players[at] = player;
	self->n_players++;
	game->n_players++;
	return STPFIN_OK;
}

static stpfin_status add_savings(
	struct stpfin_lanes_bridge *self, struct stpfin_lanes_game *game, size_t first, size_t n)
{
	stpfin_status status = STPFIN_OK;

	for (size_t i = first; i < first + n && status == STPFIN_OK; i++) {
		status = add_player(self, game, self->groups->savings[i].scheme);
	}
	return status;
}

/* Finds who shares the curves of a group of flows. */
static stpfin_status make_game(
	struct stpfin_lanes_bridge *self, const struct stpfin_scenario *scenario, size_t number)
{
	const size_t *first;
	const struct stpfin_lanes_group *group = &self->groups->groups[number];
	struct stpfin_lanes_game *game = &self->games[number];
	stpfin_status status;

	*game = (struct stpfin_lanes_game){.first_player = self->n_players,
		.first_part = self->n_parts,
		.ratios = SIZE_MAX,
		.moves = group->moves};
	status = add_savings(self, game, group->first_saving, group->n_savings);
	for (size_t i = 0; i < group->n_steps && status == STPFIN_OK; i++) {
		const struct stpfin_lanes_step *step = &self->groups->steps[group->first_step + i];

		status = add_player(self, game, step->scheme);
		if (status == STPFIN_OK && step->shifts) {
			status = add_savings(self, game, step->first_saving, step->n_savings);
		}
	}
	first = scenario->of_demand.first + group->demand;
	for (size_t i = first[0]; i < first[1] && status == STPFIN_OK; i++) {
		status = add_player(self, game, scenario->prevented[scenario->of_demand.at[i]].scheme);
	}
	if (game->n_players > 0) {
		self->n_parts += game->n_players * group->n_curves;
		self->most_curves =
			group->n_curves > self->most_curves ? group->n_curves : self->most_curves;
	}
	return status;
}

/* Finds those who prevent, in their order. */
static stpfin_status find_preventers(
	struct stpfin_lanes_bridge *self, const struct stpfin_scenario *scenario)
{
	bool *prevents = stpfin_model__array(self->grouping.n, sizeof *prevents);

	self->preventers = stpfin_model__array(self->grouping.n, sizeof *self->preventers);
	if (prevents == NULL || self->preventers == NULL) {
		free(prevents);
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < scenario->n_prevented; i++) {
		prevents[self->grouping.of_scheme[scenario->prevented[i].scheme]] = true;
	}
	for (size_t player = 0; player < self->grouping.n; player++) {
		if (prevents[player]) {
			self->preventers[self->n_preventers++] = player;
		}
	}
	self->n_sets = self->by_shapley ? (size_t)1 << self->n_preventers : self->n_preventers + 1;
	free(prevents);
	return STPFIN_OK;
}

/* Whether the i-th of a list is in a set of it: by Shapley one of bits, else the first so many. */
STPFIN_INLINED bool is_in(const struct stpfin_lanes_bridge *self, size_t set, size_t i)
{
	return self->by_shapley ? (set >> i & 1) != 0 : i < set;
}

/* Keeps what each set of those who prevent leaves of each group of flows they reach. */
static stpfin_status keep_ratios(struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_sources *from, struct stpfin_prevented *prevented, bool *schemes)
{
	const struct stpfin_scenario *scenario = from->scenario;
	size_t n_years = self->groups->n_years;
	size_t n = 0;

	for (size_t group = 0; group < self->groups->n; group++) {
		if (self->groups->groups[group].prevention != SIZE_MAX) {
			self->games[group].ratios = n++ * self->n_sets * n_years;
		}
	}
	self->ratios = stpfin_model__array(
		stpfin_model__times(stpfin_model__times(n, self->n_sets), n_years), sizeof(double));
	if (self->ratios == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t set = 0; set < self->n_sets; set++) {
		for (size_t i = 0; i < scenario->n_schemes; i++) {
			schemes[i] = false;
			for (size_t j = 0; j < self->n_preventers; j++) {
				schemes[i] = schemes[i] || (self->preventers[j] == self->grouping.of_scheme[i] &&
											   is_in(self, set, j));
			}
		}
		stpfin_prevented__find(prevented, from->model, scenario, schemes, false);
		for (size_t group = 0; group < self->groups->n; group++) {
			const size_t *first = scenario->of_demand.first + self->groups->groups[group].demand;

			if (self->games[group].ratios != SIZE_MAX) {
				memcpy(self->ratios + self->games[group].ratios + set * n_years,
					prevented->ratio + scenario->of_demand.at[first[1] - 1] * n_years,
					n_years * sizeof *self->ratios);
			}
		}
	}
	return STPFIN_OK;
}

static stpfin_status compile_prevention(
	struct stpfin_lanes_bridge *self, const struct stpfin_lanes_sources *from)
{
	bool *schemes = stpfin_model__array(from->scenario->n_schemes, sizeof *schemes);
	struct stpfin_prevented prevented;
	stpfin_status status = stpfin_prevented__new(&prevented, from->model, from->scenario);

	if (schemes == NULL) {
		status = STPFIN_ERROR_MEMORY;
	}
	if (status == STPFIN_OK) {
		status = keep_ratios(self, from, &prevented, schemes);
	}
	stpfin_prevented__free(&prevented);
	free(schemes);
	return status;
}

stpfin_status stpfin_lanes_bridge__new(struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_sources *from, const struct stpfin_lanes_groups *groups,
	stpfin_bridge_by by, stpfin_bridge_method method, bool *out_known)
{
	enum { MOST_PREVENTERS = 8 };
	stpfin_status status;

	*self = (struct stpfin_lanes_bridge){
		.groups = groups, .by_shapley = method == STPFIN_BRIDGE_SHAPLEY};
	*out_known = false;
	if (by != STPFIN_BRIDGE_BY_SCHEME && by != STPFIN_BRIDGE_BY_WORKSTREAM) {
		return STPFIN_OK;
	}
	status = stpfin_grouping__new(&self->grouping, from->model, from->scenario, by);
	if (status != STPFIN_OK || (self->by_shapley && self->grouping.n > STPFIN_MOST_GROUPS)) {
		return status;
	}
	status = find_preventers(self, from->scenario);
	if (status != STPFIN_OK || (self->by_shapley && self->n_preventers > MOST_PREVENTERS)) {
		return status;
	}
	self->games = stpfin_model__array(groups->n, sizeof *self->games);
	if (self->games == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < groups->n && status == STPFIN_OK; i++) {
		status = make_game(self, from->scenario, i);
	}
	if (status == STPFIN_OK && self->n_preventers > 0) {
		status = compile_prevention(self, from);
	}
	*out_known = status == STPFIN_OK;
	return status;
}

/* What charges of quality are found with. */
struct charging {
	const struct stpfin_lanes_bridge *bridge;
	const struct stpfin_lanes_sources *from;
	struct stpfin_improved improved;
	bool *schemes;
};

static stpfin_status value_of_groups(void *user_data, const bool *members, double *values)
{
	struct charging *charging = user_data;
	const struct stpfin_model *model = charging->from->model;

	for (size_t i = 0; i < charging->from->scenario->n_schemes; i++) {
		charging->schemes[i] = members[charging->bridge->grouping.of_scheme[i]];
	}
	stpfin_improved__find(
		&charging->improved, model, charging->from->scenario, charging->schemes, model->unchanged);
	memcpy(values, charging->improved.charge,
		model->quality->n_remedies * model->n_years * sizeof *values);
	return STPFIN_OK;
}

stpfin_status stpfin_lanes_bridge__charges(const struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_sources *from, double **out_parts)
{
	const struct stpfin_model *model = from->model;
	struct stpfin_poll nobody = {.progress = NULL};
	struct charging charging = {self, from, {NULL, NULL},
		stpfin_model__array(from->scenario->n_schemes, sizeof *charging.schemes)};
	const struct stpfin_game game = {self->grouping.n, model->quality->n_remedies * model->n_years,
		value_of_groups, &charging, &nobody};
	struct stpfin_division division = {NULL, NULL, NULL, NULL};
	stpfin_status status = stpfin_improved__new(&charging.improved, model);

	*out_parts = NULL;
	if (status == STPFIN_OK && charging.schemes != NULL) {
		status = stpfin_division__new(&division, game.n_groups, game.n_values, false);
	} else {
		status = STPFIN_ERROR_MEMORY;
	}
	if (status == STPFIN_OK) {
		status = self->by_shapley ? stpfin_shares__shapley(&game, &division)
								  : stpfin_shares__sequential(&game, &division);
	}
	if (status == STPFIN_OK) {
		*out_parts = division.parts;
		division.parts = NULL;
	}
	stpfin_division__free(&division);
	stpfin_improved__free(&charging.improved);
	free(charging.schemes);
	return status;
}

size_t stpfin_lanes_bridge__part(
	const struct stpfin_lanes_bridge *self, size_t group, size_t curve, size_t player)
{
	const struct stpfin_lanes_game *game = &self->games[group];
	const struct stpfin_lanes_group *of = &self->groups->groups[group];

	for (size_t i = 0; i < game->n_players; i++) {
		if (self->players[game->first_player + i] == player) {
			return game->first_part + i * of->n_curves + (curve - of->payment);
		}
	}
	return SIZE_MAX;
}

size_t stpfin_lanes_bridge__workspace(const struct stpfin_lanes_bridge *self)
{
	return self->most_curves * self->groups->n_years * STPFIN_LANES;
}

/* Adds a weight of values to others. */
STPFIN_INLINED void add_weighted(
	double *restrict sums, double weight, const double *values, size_t n)
{
	for (size_t at = 0; at < n; at += STPFIN_LANES) {
		for (size_t i = 0; i < STPFIN_LANES; i++) {
			sums[at + i] += weight * values[at + i];
		}
	}
}

/* What those of a set of a game's players who prevent leave of its flows; NULL where none does. */
static const double *ratios_of(
	const struct stpfin_lanes_bridge *self, const struct stpfin_lanes_game *game, size_t set)
{
	size_t number = 0;

	if (game->ratios == SIZE_MAX) {
		return NULL;
	}
	for (size_t i = 0; i < game->n_players; i++) {
		for (size_t j = 0; j < self->n_preventers && is_in(self, set, i); j++) {
			if (self->preventers[j] == self->players[game->first_player + i]) {
				number = self->by_shapley ? number | (size_t)1 << j : j + 1;
			}
		}
	}
	return self->ratios + game->ratios + number * self->groups->n_years;
}

/* Where the parts of a group's curves go. */
struct dividing {
	const struct stpfin_lanes_game *game;
	size_t n;      /* doubles of its curves in a year */
	double *parts; /* of the first player */
	size_t year;   /* doubles from a year's to the next */
};

/* Weighs the values of a set of a game's players, by year, into their parts. */
STPFIN_INLINED void weigh_set(const struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_state *from, const struct dividing *dividing, size_t set,
	const double *values)
{
	size_t n_players = dividing->game->n_players;
	size_t size = 0;

	for (size_t i = 0; i < n_players; i++) {
		size += is_in(self, set, i);
	}
	for (size_t i = 0; i < n_players; i++) {
		bool in = is_in(self, set, i);
		double weight = in ? 1 : -1;

		if (self->by_shapley) {
			weight *= stpfin_shares__weight(n_players, in ? size - 1 : size);
		} else if (i + 1 != size && i != size) {
			continue; /* only the last adds, and only the next adds to it */
		}
		for (size_t t = 0; t < self->groups->n_years; t++) {
			if (from->wanted[t]) {
				add_weighted(dividing->parts + t * dividing->year + i * dividing->n, weight,
					values + t * dividing->n, dividing->n);
			}
		}
	}
}

STPFIN_CLONES static void divide(const struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_state *from, const struct stpfin_lanes_group *group,
	const struct dividing *dividing, double *values, bool *members)
{
	const struct stpfin_lanes_game *game = dividing->game;
	struct stpfin_lanes_members who = {self->grouping.of_scheme, members, NULL};
	size_t n_sets = self->by_shapley ? (size_t)1 << game->n_players : game->n_players + 1;

	for (size_t t = 0; t < self->groups->n_years; t++) {
		if (from->wanted[t]) {
			memset(dividing->parts + t * dividing->year, 0,
				game->n_players * dividing->n * sizeof *dividing->parts);
		}
	}
	stpfin_lanes_curves__fill_sizes(from, group);
	for (size_t set = 0; set < n_sets; set++) {
		for (size_t i = 0; i < game->n_players; i++) {
			members[self->players[game->first_player + i]] = is_in(self, set, i);
		}
		who.ratios = ratios_of(self, game, set);
		stpfin_lanes_curves__fill_group(from, group, &who, values);
		weigh_set(self, from, dividing, set, values);
	}
}

void stpfin_lanes_bridge__fill(const struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_state *from, size_t first, size_t end, size_t n_parts, double *parts,
	double *workspace, bool *members)
{
	for (size_t i = first; i < end; i++) {
		const struct stpfin_lanes_game *game = &self->games[i];
		const struct stpfin_lanes_group *group = &self->groups->groups[i];
		const struct dividing dividing = {game, group->n_curves * STPFIN_LANES,
			parts + (game->first_part - self->games[first].first_part) * STPFIN_LANES,
			n_parts * STPFIN_LANES};

		if (game->n_players > 0 && (from->all || game->moves)) {
			divide(self, from, group, &dividing, workspace, members);
		}
	}
}
