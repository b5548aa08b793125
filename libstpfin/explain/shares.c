#include "libstpfin/explain/shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/error.h"
#include "libstpfin/table/random.h"

/* Reports the share of the work done and finds the next value. */
static stpfin_status find_value(
	const struct stpfin_game *game, size_t done, size_t of, const bool *members, double *values)
{
	stpfin_status status = stpfin_poll__ask(game->poll, done, of);

	return status == STPFIN_OK ? game->value(game->user_data, members, values) : status;
}

/* Walks one order of the groups from nobody to all: each group's part is what it adds. */
static stpfin_status walk(const struct stpfin_game *game, const size_t *order, size_t done,
	size_t of, bool *members, const double *first, double *parts, double *last)
{
	size_t n_values = game->n_values;
	stpfin_status status = STPFIN_OK;

	memset(members, 0, game->n_groups * sizeof *members);
	memcpy(last, first, n_values * sizeof *last);
	for (size_t i = 0; i < game->n_groups && status == STPFIN_OK; i++) {
		double *part = parts + order[i] * n_values;

		members[order[i]] = true;
		status = find_value(game, done + i, of, members, part);
		for (size_t j = 0; j < n_values && status == STPFIN_OK; j++) {
			double reached = part[j];

			part[j] = reached - last[j];
			last[j] = reached;
		}
	}
	return status;
}

static bool *new_members(const struct stpfin_game *game)
{
	bool *members = calloc(game->n_groups + 1, sizeof *members);

	if (members == NULL) {
		stpfin_error__memory();
	}
	return members;
}

stpfin_status stpfin_shares__sequential(
	const struct stpfin_game *game, const struct stpfin_division *out)
{
	bool *members = new_members(game);
	size_t *order = malloc((game->n_groups + 1) * sizeof *order);
	stpfin_status status = STPFIN_ERROR_MEMORY;

	if (members == NULL || order == NULL) {
		stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < game->n_groups; i++) {
		order[i] = i;
	}
	status = find_value(game, 0, game->n_groups + 1, members, out->first);
	if (status == STPFIN_OK) {
		status =
			walk(game, order, 1, game->n_groups + 1, members, out->first, out->parts, out->last);
	}

out:
	free(members);
	free(order);
	return status;
}

double stpfin_shares__weight(size_t n, size_t k)
{
	double weight = 1.0 / (double)n;

	for (size_t i = 1; i <= k; i++) {
		weight *= (double)i / (double)(n - i);
	}
	return weight;
}

stpfin_status stpfin_shares__shapley(
	const struct stpfin_game *game, const struct stpfin_division *out)
{
	size_t n_groups = game->n_groups;
	size_t n_values = game->n_values;
	size_t n_sets = (size_t)1 << n_groups;
	bool *members = new_members(game);
	double *values = malloc((n_values + 1) * sizeof *values);
	stpfin_status status = STPFIN_OK;

	if (members == NULL || values == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	memset(out->parts, 0, n_groups * n_values * sizeof *out->parts);
	for (size_t set = 0; set < n_sets && status == STPFIN_OK; set++) {
		size_t size = 0;

		for (size_t group = 0; group < n_groups; group++) {
			members[group] = (set >> group & 1) != 0;
			size += members[group];
		}
		status = find_value(game, set, n_sets, members, values);
		/* The set's value is what its members add to the others of it, and what the rest add to. */
		for (size_t group = 0; group < n_groups && status == STPFIN_OK; group++) {
			double share = members[group] ? stpfin_shares__weight(n_groups, size - 1)
										  : -stpfin_shares__weight(n_groups, size);
			double *part = out->parts + group * n_values;

			for (size_t i = 0; i < n_values; i++) {
				part[i] += share * values[i];
			}
		}
		if (status == STPFIN_OK && set == 0) {
			memcpy(out->first, values, n_values * sizeof *values);
		}
		if (status == STPFIN_OK && set == n_sets - 1) {
			memcpy(out->last, values, n_values * sizeof *values);
		}
	}

out:
	free(members);
	free(values);
	return status;
}

static void shuffle(size_t *order, size_t n, uint64_t seed, size_t sample)
{
	/* "orders" in ASCII: a stream of this use's own. */
	static const uint64_t stream = 0x6F7264657273;

	for (size_t i = 0; i < n; i++) {
		order[i] = i;
	}
	for (size_t i = n; i > 1; i--) {
		size_t other = stpfin_random__below(i, seed, stream, sample, i);
		size_t last = order[i - 1];

		order[i - 1] = order[other];
		order[other] = last;
	}
}

stpfin_status stpfin_shares__sample(const struct stpfin_game *game, size_t n_samples, uint64_t seed,
	const struct stpfin_division *out)
{
	size_t n = game->n_groups * game->n_values;
	size_t n_steps = n_samples * game->n_groups + 1;
	bool *members = new_members(game);
	size_t *order = malloc((game->n_groups + 1) * sizeof *order);
	double *parts = malloc((n + 1) * sizeof *parts);
	stpfin_status status = STPFIN_OK;

	if (members == NULL || order == NULL || parts == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	memset(out->parts, 0, n * sizeof *out->parts);
	memset(out->errors, 0, n * sizeof *out->errors);
	status = find_value(game, 0, n_steps, members, out->first);
	for (size_t sample = 0; sample < n_samples && status == STPFIN_OK; sample++) {
		shuffle(order, game->n_groups, seed, sample);
		status = walk(game, order, 1 + sample * game->n_groups, n_steps, members, out->first, parts,
			out->last);
		/* Means and squared deviations as they come (Welford, 1962). */
		for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
			double deviation = parts[i] - out->parts[i];

			out->parts[i] += deviation / (double)(sample + 1);
			out->errors[i] += deviation * (parts[i] - out->parts[i]);
		}
	}
	for (size_t i = 0; i < n; i++) {
		out->errors[i] = sqrt(out->errors[i] / (double)(n_samples - 1) / (double)n_samples);
	}

out:
	free(members);
	free(order);
	free(parts);
	return status;
}
