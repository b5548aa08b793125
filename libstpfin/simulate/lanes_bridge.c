#include "libstpfin/simulate/lanes_bridge.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/explain/shares.h"
#include "libstpfin/model/quality.h"
#include "libstpfin/simulate/clones.h"

void stpfin_lanes_bridge__free(struct stpfin_lanes_bridge *self)
{
	stpfin_grouping__free(&self->grouping);
	free(self->games);
	free(self->players);
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
static stpfin_status make_game(struct stpfin_lanes_bridge *self, size_t number)
{
	const struct stpfin_lanes_group *group = &self->groups->groups[number];
	struct stpfin_lanes_game *game = &self->games[number];
	stpfin_status status;

	*game = (struct stpfin_lanes_game){
		.first_player = self->n_players, .first_part = self->n_parts, .moves = group->moves};
	status = add_savings(self, game, group->first_saving, group->n_savings);
	for (size_t i = 0; i < group->n_steps && status == STPFIN_OK; i++) {
		const struct stpfin_lanes_step *step = &self->groups->steps[group->first_step + i];

		status = add_player(self, game, step->scheme);
		if (status == STPFIN_OK && step->shifts) {
			status = add_savings(self, game, step->first_saving, step->n_savings);
		}
	}
	if (game->n_players > 0) {
		self->n_parts += game->n_players * group->n_curves;
		self->most_players =
			game->n_players > self->most_players ? game->n_players : self->most_players;
		self->most_curves =
			group->n_curves > self->most_curves ? group->n_curves : self->most_curves;
	}
	return status;
}

stpfin_status stpfin_lanes_bridge__new(struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_sources *from, const struct stpfin_lanes_groups *groups,
	stpfin_bridge_by by, stpfin_bridge_method method, bool *out_known)
{
	const struct stpfin_quality *quality = from->model->quality;
	stpfin_status status;

	*self = (struct stpfin_lanes_bridge){
		.groups = groups, .by_shapley = method == STPFIN_BRIDGE_SHAPLEY};
	*out_known = false;
	if ((by != STPFIN_BRIDGE_BY_SCHEME && by != STPFIN_BRIDGE_BY_WORKSTREAM) ||
		from->scenario->n_prevented > 0 ||
		(quality != NULL && quality->n_remedies > 0 && from->scenario->n_improvements > 0)) {
		return STPFIN_OK;
	}
	status = stpfin_grouping__new(&self->grouping, from->model, from->scenario, by);
	if (status != STPFIN_OK || (self->by_shapley && self->grouping.n > STPFIN_MOST_GROUPS)) {
		return status;
	}
	self->games = stpfin_model__array(groups->n, sizeof *self->games);
	if (self->games == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < groups->n && status == STPFIN_OK; i++) {
		status = make_game(self, i);
	}
	*out_known = status == STPFIN_OK;
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

/* Whether a player of a game is in a set of them: by Shapley one of bits, else the first so many.
 */
STPFIN_INLINED bool is_in(const struct stpfin_lanes_bridge *self, size_t set, size_t player)
{
	return self->by_shapley ? (set >> player & 1) != 0 : player < set;
}

/* Weighs the value of a set of a game's players, n doubles, into their parts. */
STPFIN_INLINED void weigh_set(const struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_game *game, size_t set, const double *values, size_t n, double *parts)
{
	size_t size = 0;

	for (size_t i = 0; i < game->n_players; i++) {
		size += is_in(self, set, i);
	}
	for (size_t i = 0; i < game->n_players; i++) {
		bool in = is_in(self, set, i);
		double weight = in ? 1 : -1;

		if (self->by_shapley) {
			weight *= stpfin_shares__weight(game->n_players, in ? size - 1 : size);
		} else if (i + 1 != size && i != size) {
			continue; /* only the last adds, and only the next adds to it */
		}
		add_weighted(parts + i * n, weight, values, n);
	}
}

STPFIN_CLONES static void divide(const struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_state *from, size_t group, double *parts, double *values,
	bool *members)
{
	const struct stpfin_lanes_game *game = &self->games[group];
	const struct stpfin_lanes_members who = {self->grouping.of_scheme, members};
	size_t n = self->groups->groups[group].n_curves * self->groups->n_years * STPFIN_LANES;
	size_t n_sets = self->by_shapley ? (size_t)1 << game->n_players : game->n_players + 1;

	for (size_t i = 0; i < game->n_players * n; i++) {
		parts[i] = 0;
	}
	for (size_t set = 0; set < n_sets; set++) {
		for (size_t i = 0; i < game->n_players; i++) {
			members[self->players[game->first_player + i]] = is_in(self, set, i);
		}
		stpfin_lanes_curves__fill_group(from, group, &who, values);
		weigh_set(self, game, set, values, n, parts);
	}
}

void stpfin_lanes_bridge__fill(const struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_state *from, size_t first, size_t end, double *parts,
	double *workspace, bool *members, bool all)
{
	for (size_t group = first; group < end; group++) {
		const struct stpfin_lanes_game *game = &self->games[group];
		size_t part = game->first_part - self->games[first].first_part;

		if (game->n_players > 0 && (all || game->moves)) {
			divide(self, from, group, parts + part * self->groups->n_years * STPFIN_LANES,
				workspace, members);
		}
	}
}
