#ifndef STPFIN_SIMULATE_LANES_BRIDGE_H
#define STPFIN_SIMULATE_LANES_BRIDGE_H

#include "libstpfin/explain/grouping.h"
#include "libstpfin/simulate/lanes_curves.h"
#include "stpfin/bridge.h"

/* The parts that groups of schemes have in the curves of flows. Few of them touch a group of flows:
 * the curves of each are divided among its own, and the parts sum up as curves do. */

/* Those who share the curves of a group of flows. */
struct stpfin_lanes_game {
	size_t first_player; /* among the players: groups of schemes */
	size_t n_players;
	size_t first_part; /* their parts of the curves, player by player */
	size_t ratios;     /* by set of those who prevent and year; SIZE_MAX where none does here */
	bool moves;
};

struct stpfin_lanes_bridge {
	const struct stpfin_lanes_groups *groups;
	struct stpfin_grouping grouping;
	bool by_shapley;
	struct stpfin_lanes_game *games; /* by group of flows */
	size_t n_players;
	size_t capacity;
	size_t *players;
	size_t most_curves; /* of a group that has players */
	size_t n_parts;

	/* Those who prevent. Their sets are those of bits by Shapley, else the first so many. */
	size_t n_preventers;
	size_t *preventers;
	size_t n_sets;
	double *ratios;
};

/* Compiles the bridge of a scenario. *out_known is false, and the rest is not made, where it is not
 * one that lanes know. */
stpfin_status stpfin_lanes_bridge__new(struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_sources *from, const struct stpfin_lanes_groups *groups,
	stpfin_bridge_by by, stpfin_bridge_method method, bool *out_known);
void stpfin_lanes_bridge__free(struct stpfin_lanes_bridge *self);

/* Fills, by year, the parts that groups of schemes have in the charges of remedies at base-year
 * prices: parts[(player * n_remedies + remedy) * n_years + t]. To be freed. */
stpfin_status stpfin_lanes_bridge__charges(const struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_sources *from, double **out_parts);

/* The part that a group of schemes has in a curve of a group of flows; SIZE_MAX: none. */
size_t stpfin_lanes_bridge__part(
	const struct stpfin_lanes_bridge *self, size_t group, size_t curve, size_t player);

/* How many doubles of workspace filling needs. */
size_t stpfin_lanes_bridge__workspace(const struct stpfin_lanes_bridge *self);

/* Fills the parts, by year, part and lane, of the groups of flows from the first to before the end,
 * which have n_parts. `parts` begins with the first of the first group. members is workspace by
 * group of schemes. */
void stpfin_lanes_bridge__fill(const struct stpfin_lanes_bridge *self,
	const struct stpfin_lanes_state *from, size_t first, size_t end, size_t n_parts, double *parts,
	double *workspace, bool *members);

#endif
