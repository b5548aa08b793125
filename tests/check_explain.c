#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "libstpfin/explain/shares.h"
#include "tests/plans.h"

enum { MOST_PLAYERS = 12, MOST_ORDERED = 6, N_VALUES = 3, MOST_SETS = 1 << MOST_PLAYERS };

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* A game of which every set has values of its own. */
struct game {
	size_t n;
	double values[MOST_SETS][N_VALUES];
	int fails_after; /* calls, if not negative */
	unsigned *seen;  /* the sets asked for, one after another; may be NULL */
	size_t n_seen;
};

static stpfin_status value_of_set(void *user_data, const bool *members, double *values)
{
	struct game *game = user_data;
	unsigned set = 0;

	if (game->fails_after == 0) {
		return STPFIN_ERROR_OVERFLOW;
	}
	game->fails_after -= game->fails_after > 0;
	for (size_t player = 0; player < game->n; player++) {
		set |= members[player] ? 1u << player : 0;
	}
	if (game->seen != NULL) {
		game->seen[game->n_seen++] = set;
	}
	memcpy(values, game->values[set], sizeof game->values[set]);
	return STPFIN_OK;
}

static void draw_game(struct game *game, size_t n, uint64_t *state)
{
	*game = (struct game){.n = n, .fails_after = -1};
	for (size_t set = 0; set < (size_t)1 << n; set++) {
		for (size_t i = 0; i < N_VALUES; i++) {
			game->values[set][i] = (double)(next(state) >> 11) / 0x1p40 - 4096;
		}
	}
}

/* Nobody is told of progress. */
static struct stpfin_poll nobody;

static struct stpfin_game to_divide(struct game *game)
{
	return (struct stpfin_game){game->n, N_VALUES, value_of_set, game, &nobody};
}

/* What a game is divided into. */
struct division {
	double first[N_VALUES];
	double parts[MOST_PLAYERS][N_VALUES];
	double last[N_VALUES];
	double errors[MOST_PLAYERS][N_VALUES];
};

static struct stpfin_division into(struct division *division)
{
	return (struct stpfin_division){
		division->first, &division->parts[0][0], division->last, &division->errors[0][0]};
}

static stpfin_status sequential(struct game *game, struct division *division)
{
	const struct stpfin_game divided = to_divide(game);
	const struct stpfin_division out = into(division);

	return stpfin_shares__sequential(&divided, &out);
}

static stpfin_status shapley(struct game *game, struct division *division)
{
	const struct stpfin_game divided = to_divide(game);
	const struct stpfin_division out = into(division);

	return stpfin_shares__shapley(&divided, &out);
}

static stpfin_status sample(
	struct game *game, size_t n_samples, uint64_t seed, struct division *division)
{
	const struct stpfin_game divided = to_divide(game);
	const struct stpfin_division out = into(division);

	return stpfin_shares__sample(&divided, n_samples, seed, &out);
}

/* That a division begins with nobody and ends with all, and its parts are all there is between. */
static void expect_whole(const struct game *game, const struct division *division)
{
	for (size_t i = 0; i < N_VALUES; i++) {
		double sum_of_parts = 0;

		ck_assert_double_eq(division->first[i], game->values[0][i]);
		ck_assert_double_eq(division->last[i], game->values[((size_t)1 << game->n) - 1][i]);
		for (size_t player = 0; player < game->n; player++) {
			sum_of_parts += division->parts[player][i];
		}
		EXPECT(sum_of_parts / 4096, (division->last[i] - division->first[i]) / 4096);
	}
}

/* Adds what each player brings, in every order that begins with those of the set, to the parts;
 * returns how many orders there are. */
static size_t add_orders(const struct game *game, unsigned set, double parts[][N_VALUES])
{
	size_t orders = 0;

	if (set == (1u << game->n) - 1) {
		return 1;
	}
	for (size_t player = 0; player < game->n; player++) {
		unsigned with = set | 1u << player;

		if (with != set) {
			size_t after = add_orders(game, with, parts);

			for (size_t i = 0; i < N_VALUES; i++) {
				parts[player][i] += (double)after * (game->values[with][i] - game->values[set][i]);
			}
			orders += after;
		}
	}
	return orders;
}

static size_t factorial(size_t n)
{
	return n > 1 ? n * factorial(n - 1) : 1;
}

/* A set of k players is reached in k! ways, which add_orders() does one by one. */
START_TEST(shapley_is_the_mean_over_all_orders)
{
	uint64_t state = 20161021;

	for (size_t n = 0; n <= MOST_ORDERED; n++) {
		for (int game_of_n = 0; game_of_n < 20; game_of_n++) {
			struct game game;
			double expected[MOST_ORDERED][N_VALUES] = {{0}};
			struct division division;
			size_t orders;

			draw_game(&game, n, &state);
			orders = add_orders(&game, 0, expected);
			ck_assert_uint_eq(orders, factorial(n));
			ck_assert_int_eq(shapley(&game, &division), STPFIN_OK);
			for (size_t player = 0; player < n; player++) {
				for (size_t i = 0; i < N_VALUES; i++) {
					EXPECT(division.parts[player][i] / 4096,
						expected[player][i] / (double)orders / 4096);
				}
			}
			expect_whole(&game, &division);
		}
	}
}
END_TEST

START_TEST(sequential_is_one_order)
{
	uint64_t state = 1948;

	for (size_t n = 0; n <= MOST_ORDERED; n++) {
		struct game game;
		struct division division;

		draw_game(&game, n, &state);
		ck_assert_int_eq(sequential(&game, &division), STPFIN_OK);
		for (size_t player = 0; player < n; player++) {
			size_t before = ((size_t)1 << player) - 1;

			for (size_t i = 0; i < N_VALUES; i++) {
				ck_assert_double_eq(division.parts[player][i],
					game.values[before | (size_t)1 << player][i] - game.values[before][i]);
			}
		}
		expect_whole(&game, &division);
	}
}
END_TEST

/* The orders drawn are seen from the sets asked for; their mean and its standard error are found
 * again in two passes. */
START_TEST(sample_is_the_mean_over_the_orders_drawn)
{
	enum { MOST_SAMPLES = 50 };
	unsigned seen[MOST_SAMPLES * MOST_PLAYERS + 1];
	uint64_t state = 1962;

	for (size_t n = 0; n <= MOST_PLAYERS; n++) {
		for (size_t samples = 2; samples <= MOST_SAMPLES; samples *= 5) {
			struct game game;
			struct division division;
			double drawn[MOST_SAMPLES][MOST_PLAYERS][N_VALUES];

			draw_game(&game, n, &state);
			game.seen = seen;
			ck_assert_int_eq(sample(&game, samples, n, &division), STPFIN_OK);
			ck_assert_uint_eq(game.n_seen, samples * n + 1);
			ck_assert_uint_eq(seen[0], 0);
			for (size_t step = 0; step < samples * n; step++) {
				unsigned before = step % n == 0 ? 0 : seen[step];
				unsigned added = seen[step + 1] & ~before;
				size_t player = 0;

				ck_assert_uint_eq(seen[step + 1], before | added);
				ck_assert(added != 0 && (added & (added - 1)) == 0);
				while (added >> player != 1) {
					player++;
				}
				for (size_t i = 0; i < N_VALUES; i++) {
					drawn[step / n][player][i] =
						game.values[before | added][i] - game.values[before][i];
				}
			}
			for (size_t at = 0; at < n * N_VALUES; at++) {
				size_t player = at / N_VALUES;
				size_t i = at % N_VALUES;
				double mean = 0;
				double squares = 0;

				for (size_t j = 0; j < samples; j++) {
					mean += drawn[j][player][i] / (double)samples;
				}
				for (size_t j = 0; j < samples; j++) {
					squares += (drawn[j][player][i] - mean) * (drawn[j][player][i] - mean);
				}
				EXPECT(division.parts[player][i] / 4096, mean / 4096);
				EXPECT(division.errors[player][i] / 4096,
					sqrt(squares / (double)((samples - 1) * samples)) / 4096);
			}
			expect_whole(&game, &division);
		}
	}
}
END_TEST

/* 6000 draws of 6 orders: 1000 each, with a standard deviation of 29. */
START_TEST(every_order_is_as_likely)
{
	enum { SAMPLES = 6000, PLAYERS = 3 };
	static unsigned seen[SAMPLES * PLAYERS + 1];
	struct game game;
	struct division division;
	uint64_t state = 6;
	int times[8][8] = {{0}};
	int orders = 0;

	draw_game(&game, PLAYERS, &state);
	game.seen = seen;
	ck_assert_int_eq(sample(&game, SAMPLES, 20161021, &division), STPFIN_OK);
	for (size_t i = 0; i < SAMPLES; i++) {
		times[seen[i * PLAYERS + 1]][seen[i * PLAYERS + 2]]++;
	}
	for (size_t i = 0; i < 64; i++) {
		int n = times[i / 8][i % 8];

		if (n > 0) {
			orders++;
			ck_assert_int_ge(n, 1000 - 5 * 29);
			ck_assert_int_le(n, 1000 + 5 * 29);
		}
	}
	ck_assert_int_eq(orders, 6);
}
END_TEST

START_TEST(seed_makes_the_sample)
{
	struct game game;
	struct division first = {.first = {0}};
	struct division again = {.first = {0}};
	struct division other = {.first = {0}};
	uint64_t state = 7;

	draw_game(&game, 8, &state);
	ck_assert_int_eq(sample(&game, 20, 42, &first), STPFIN_OK);
	ck_assert_int_eq(sample(&game, 20, 42, &again), STPFIN_OK);
	ck_assert_int_eq(sample(&game, 20, 43, &other), STPFIN_OK);
	ck_assert_mem_eq(&first, &again, sizeof first);
	for (size_t player = 0; player < game.n; player++) {
		ck_assert_double_ne(first.parts[player][0], other.parts[player][0]);
		ck_assert_double_ne(first.errors[player][0], other.errors[player][0]);
	}
}
END_TEST

/* With 16 times the orders an error is a quarter, as far as two samples can tell. */
START_TEST(standard_error_falls_with_the_root_of_the_sample)
{
	struct game game;
	struct division few;
	struct division many;
	uint64_t state = 8;

	draw_game(&game, 8, &state);
	ck_assert_int_eq(sample(&game, 400, 1, &few), STPFIN_OK);
	ck_assert_int_eq(sample(&game, 16 * 400, 2, &many), STPFIN_OK);
	for (size_t player = 0; player < game.n; player++) {
		for (size_t i = 0; i < N_VALUES; i++) {
			double ratio = few.errors[player][i] / many.errors[player][i];

			ck_assert_double_ge(ratio, 4 * 0.85);
			ck_assert_double_le(ratio, 4 * 1.15);
		}
	}
}
END_TEST

/* Of the intervals of 1.96 standard errors about sampled parts 95% hold the exact one, and none is
 * 5 away. */
START_TEST(standard_error_is_that_of_the_exact_value)
{
	uint64_t state = 9;
	int held = 0;
	int parts = 0;

	for (size_t n = 6; n <= MOST_PLAYERS; n++) {
		for (uint64_t seed = 0; seed < 20; seed++) {
			struct game game;
			struct division exact;
			struct division sampled;

			draw_game(&game, n, &state);
			ck_assert_int_eq(shapley(&game, &exact), STPFIN_OK);
			ck_assert_int_eq(sample(&game, 300, seed, &sampled), STPFIN_OK);
			for (size_t at = 0; at < n * N_VALUES; at++) {
				size_t player = at / N_VALUES;
				size_t i = at % N_VALUES;
				double errors = fabs(sampled.parts[player][i] - exact.parts[player][i]) /
								sampled.errors[player][i];

				ck_assert_double_lt(errors, 5);
				held += errors < 1.96;
				parts++;
			}
		}
	}
	ck_assert_double_ge((double)held / parts, 0.935);
	ck_assert_double_le((double)held / parts, 0.965);
}
END_TEST

/* A value that fails ends the work with its own status, at whichever call. */
START_TEST(failing_values_end_the_work)
{
	uint64_t state = 1;
	struct game game;
	struct division division;

	draw_game(&game, 3, &state);
	for (int calls = 0; calls < 8; calls++) {
		game.fails_after = calls;
		ck_assert_int_eq(shapley(&game, &division), STPFIN_ERROR_OVERFLOW);
		game.fails_after = calls;
		ck_assert_int_eq(
			sequential(&game, &division), calls < 4 ? STPFIN_ERROR_OVERFLOW : STPFIN_OK);
		game.fails_after = calls;
		ck_assert_int_eq(
			sample(&game, 2, 0, &division), calls < 7 ? STPFIN_ERROR_OVERFLOW : STPFIN_OK);
	}
}
END_TEST

struct watcher {
	int calls;
	int stop_at;
	double last;
	struct stpfin_poll *poll; /* made to ask every time, where it is known */
};

static stpfin_status watch(double done, void *user_data)
{
	struct watcher *watcher = user_data;

	ck_assert(done >= watcher->last && done <= 1);
	watcher->last = done;
	if (watcher->poll != NULL) {
		watcher->poll->last = (struct timespec){.tv_sec = 0};
	}
	return watcher->calls++ == watcher->stop_at ? STPFIN_ERROR_FILE : STPFIN_OK;
}

/* Progress is told before each value, from 0 on. */
START_TEST(division_stops_when_asked_to)
{
	static const int values[] = {5, 16, 3 * 4 + 1};
	uint64_t state = 4;
	struct game game;

	draw_game(&game, 4, &state);
	for (int way = 0; way < 3; way++) {
		for (int stop_at = 0; stop_at <= values[way]; stop_at++) {
			struct watcher watcher = {.stop_at = stop_at};
			struct stpfin_poll poll = {.progress = watch, .user_data = &watcher};
			struct division division;
			const struct stpfin_division out = into(&division);
			struct stpfin_game divided = to_divide(&game);
			stpfin_status status;

			watcher.poll = &poll;
			divided.poll = &poll;
			status = way == 0   ? stpfin_shares__sequential(&divided, &out)
					 : way == 1 ? stpfin_shares__shapley(&divided, &out)
								: stpfin_shares__sample(&divided, 3, 5, &out);
			if (stop_at < values[way]) {
				expect_error(status, STPFIN_ERROR_CANCELLED, "stopped");
				EXPECT(watcher.last, (double)stop_at / values[way]);
			} else {
				ck_assert_int_eq(status, STPFIN_OK);
				ck_assert_int_eq(watcher.calls, values[way]);
			}
		}
	}
}
END_TEST

/* However often it is asked, the caller is told some tens of times a second; and at once where the
 * clock has been put back. */
START_TEST(callers_are_told_now_and_then)
{
	struct watcher watcher = {.stop_at = -1};
	struct stpfin_poll poll = {.progress = watch, .user_data = &watcher};
	struct timespec begun;

	timespec_get(&begun, TIME_UTC);
	while (milliseconds_since(&begun) < 200) {
		ck_assert_int_eq(stpfin_poll__ask(&poll, 1, 2), STPFIN_OK);
	}
	ck_assert_int_ge(watcher.calls, 2);
	ck_assert_int_le(watcher.calls, 100);
	watcher.calls = 0;
	poll.last.tv_sec += 3600;
	ck_assert_int_eq(stpfin_poll__ask(&poll, 1, 2), STPFIN_OK);
	ck_assert_int_eq(watcher.calls, 1);
	EXPECT(watcher.last, 0.5);
}
END_TEST

static size_t read_numbers(const char *text, double *numbers)
{
	size_t n = 0;

	for (char *rest = (char *)text; *text != '\0'; text = rest + (*rest == ';')) {
		numbers[n++] = strtod(text, &rest);
	}
	return n;
}

/* The published game lists {1}, {2}, {3}, {1,2}, {1,3}, {2,3}, {1,2,3}. */
START_TEST(published_shapley_value)
{
	static const unsigned sets[] = {1, 2, 4, 3, 5, 6, 7};
	struct game game = {.n = 3, .fails_after = -1};
	struct division division;
	double numbers[16];
	stpfin_table *cases;

	ck_assert_int_eq(stpfin_table_read_csv(
						 source_path("data/validation/shapley/shapley.csv"), "shapley", &cases),
		STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_rows(cases), 1);
	ck_assert_uint_eq(read_numbers(cell(cases, 0, stpfin_table_column_name(cases, 1)), numbers), 7);
	for (size_t i = 0; i < 7; i++) {
		game.values[sets[i]][0] = numbers[i];
	}
	ck_assert_int_eq(shapley(&game, &division), STPFIN_OK);
	ck_assert_uint_eq(read_numbers(cell(cases, 0, "expected"), numbers), 3);
	for (size_t player = 0; player < 3; player++) {
		EXPECT(division.parts[player][0], numbers[player]);
	}
	stpfin_table_free(cases);
}
END_TEST

/* From 2015 to 2016 population × 1.1, growth × 1.2, cost × 1.5, price × 1.4; half the price is paid
 * for more activity. T bears 7 more; C's funding rises by 30; C hands 5 to T. */
#define SMALL                                                                                      \
	{"population", "footprint,year,persons\nF,2015,10\nF,2016,11\n"},                              \
		{"activity_growth", "rate\n0.2\n"}, {"cost_mix", "service,component,share\n,pay,1\n"},     \
		{"inflation", "component,rate\npay,0.5\n"}, {"tariff", "uplift,efficiency\n0.4,0\n"},      \
		{"pressure", "organisation,name,year,amount\nT,rent,2015,1\nT,rent,2016,8\n"},             \
		{"funding",                                                                                \
			"organisation,stream,year,amount\nC,allocation,2015,100\nC,allocation,2016,130\n"},    \
		{"transfer", "from_organisation,to_organisation,name,year,amount\nC,T,help,2016,5\n"},     \
	{                                                                                              \
		"flow", "commissioner,provider,service,activity,income,marginal_rate\nC,T,E,10,100,0.5\n"  \
	}

static stpfin_table *bridge_of(
	const stpfin_plan *plan, stpfin_bridge_method method, const char *place, int32_t year)
{
	stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
	stpfin_table *bridge;

	options.method = method;
	options.place = place;
	options.year = year;
	ck_assert_msg(
		stpfin_bridge(plan, &options, &bridge, NULL) == STPFIN_OK, "%s", stpfin_last_error());
	return bridge;
}

/* The steps of a place's bridge to 2016. */
struct expected {
	const char *place;
	double amounts[8];
};

static void expect_steps(const stpfin_table *bridge, const struct expected *expected)
{
	static const char *const groups[] = {
		"start", "population", "growth", "inflation", "price", "pressures", "funding", "end"};

	for (size_t step = 0; step < sizeof groups / sizeof *groups; step++) {
		char where[80];

		snprintf(where, sizeof where, "scenario=do_nothing;place=%s;year=2016;step=%zu;group=%s",
			expected->place, step, groups[step]);
		EXPECT(value(bridge, where, "amount"), expected->amounts[step]);
		EXPECT(value(bridge, where, "standard_error"), NAN);
	}
}

/* C pays 100, then 100 (1 + 0.5 × 0.1) = 105, then 100 (1 + 0.5 × 0.32) = 116, then 116 × 1.4 =
 * 162.4. The care costs T 100, 110, 132, and then 132 × 1.5 = 198. */
START_TEST(sequential_bridge)
{
	static const struct expected expected[] = {
		{"C", {0, 5, 11, 0, 46.4, 0, -25, 37.4}},
		{"T", {1, 5, 11, 66, -46.4, 7, -5, 38.6}},
		{"England", {1, 10, 22, 66, 0, 7, -30, 76}},
		{"F", {1, 10, 22, 66, 0, 7, -30, 76}},
	};
	stpfin_plan *plan = PLAN(2016, SMALL);
	stpfin_table *bridge = bridge_of(plan, STPFIN_BRIDGE_SEQUENTIAL, NULL, 0);

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		expect_steps(bridge, &expected[i]);
	}
	ck_assert_uint_eq(stpfin_table_rows(bridge), 4 * 8);
	stpfin_table_free(bridge);
	stpfin_plan_free(plan);
}
END_TEST

/* C pays 50 q + 50 p g q, p population, g growth, q price. In a product of three, p's part is
 * (p − 1)(1/3 + (g + q)/6 + g q/3): 0.1 (1/3 + 2.6/6 + 1.68/3) = 0.398/3, and so g's is 0.758/3 and
 * q's 1.388/3; of 50 p g q they are 19.9/3, 37.9/3 and 69.4/3, and 50 q gives price 20 more. The
 * care costs T 100 p g i: p's part is 41.5/3, g's 79/3, i's 173.5/3. */
START_TEST(shapley_bridge)
{
	static const struct expected expected[] = {
		{"C", {0, 19.9 / 3, 37.9 / 3, 0, 20 + 69.4 / 3, 0, -25, 37.4}},
		{"T", {1, 21.6 / 3, 41.1 / 3, 173.5 / 3, -20 - 69.4 / 3, 7, -5, 38.6}},
		{"England", {1, 41.5 / 3, 79. / 3, 173.5 / 3, 0, 7, -30, 76}},
	};
	stpfin_plan *plan = PLAN(2016, SMALL);
	stpfin_table *bridge = bridge_of(plan, STPFIN_BRIDGE_SHAPLEY, NULL, 0);

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		expect_steps(bridge, &expected[i]);
	}
	stpfin_table_free(bridge);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(bridge_of_one_place_and_year)
{
	stpfin_plan *plan = PLAN(2017, {"activity_growth", "rate\n0.2\n"},
		{"flow", "commissioner,provider,service,activity,income,cost\nC,T,E,10,100,130\n"});
	stpfin_table *bridge = bridge_of(plan, STPFIN_BRIDGE_SEQUENTIAL, "T", 2017);
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	char hash[STPFIN_HASH_SIZE];

	ck_assert_uint_eq(stpfin_table_rows(bridge), 8);
	EXPECT(value(bridge, "place=T;year=2017;step=0", "amount"), 30);
	EXPECT(value(bridge, "place=T;year=2017;group=growth", "amount"), 30 * 0.44);
	EXPECT(value(bridge, "place=T;year=2017;step=7", "amount"), 30 * 1.44);
	stpfin_table_free(bridge);

	ck_assert_int_eq(stpfin_bridge(plan, NULL, &bridge, &stamp), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_hash(plan, hash), STPFIN_OK);
	ck_assert_str_eq(stamp.plan_hash, hash);
	ck_assert_int_eq(stamp.prices, STPFIN_PRICES_CASH);
	ck_assert_uint_eq(stpfin_table_rows(bridge), 4 * 2 * 8);
	stpfin_table_free(bridge);
	stpfin_plan_free(plan);
}
END_TEST

/* From the base year to itself there is no way. */
START_TEST(bridge_of_a_plan_of_one_year)
{
	stpfin_plan *plan = PLAN(2015, {0});
	stpfin_table *bridge = bridge_of(plan, STPFIN_BRIDGE_SHAPLEY, NULL, 0);

	ck_assert_uint_eq(stpfin_table_rows(bridge), 0);
	stpfin_table_free(bridge);
	stpfin_plan_free(plan);
}
END_TEST

START_TEST(unknown_places_and_years)
{
	static const struct {
		const char *place;
		int32_t year;
		const char *words;
	} cases[] = {
		{"Englnd", 0, "'Englnd': did you mean England?"},
		{"Manchester", 0, "'Manchester'"},
		{"", 0, "''"},
		/* Who has no position is no place, and there is no unassigned part here. */
		{"O", 0, "'O'"},
		{"unassigned", 0, "'unassigned'"},
		{"C", 2015, "from 2016 to 2016"},
		{"C", 2017, "2017"},
		{NULL, -1, "-1"},
	};
	stpfin_plan *plan = PLAN(2016, SMALL);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
		stpfin_table *bridge = (stpfin_table *)&options;

		options.place = cases[i].place;
		options.year = cases[i].year;
		expect_error(
			stpfin_bridge(plan, &options, &bridge, NULL), STPFIN_ERROR_ARGUMENT, cases[i].words);
		ck_assert_ptr_null(bridge);
	}
	stpfin_plan_free(plan);
}
END_TEST

/* Sums the steps between start and end. */
static double sum_of_steps(const stpfin_table *bridge, const char *place, int year)
{
	char where[80];

	snprintf(where, sizeof where, "place=%s;year=%d", place, year);
	return sum(bridge, where, "amount") - 2 * sum(bridge, strcat(where, ";group=end"), "amount");
}

static double gap_in(const stpfin_table *position, const char *organisation, int year)
{
	char where[80];

	snprintf(where, sizeof where, "organisation=%s;year=%d", organisation, year);
	return value(position, where, "gap");
}

#define AMPLE                                                                                      \
	{"footprint", "footprint,name,parent\nF,Fen,R\nG,Gorge,R\nR,Region,\n"},                       \
		{"membership", "organisation,footprint,share\nC,F,0.61\nC,G,0.28\nT,G,0.97\n"},            \
		{"population", "footprint,year,persons\nF,2015,1013\nF,2016,1031\nF,2017,1049\n"           \
					   "G,2015,509\nG,2016,503\nG,2017,491\n"},                                    \
		{"activity_growth", "footprint,rate\nF,0.0313\nG,-0.0217\n"},                              \
		{"cost_mix", "service,component,share\n,pay,0.7\n,drugs,0.3\n"},                           \
		{"inflation", "component,year,rate\npay,,0.0211\ndrugs,2016,0.043\ndrugs,2017,0.0391\n"},  \
		{"tariff", "year,uplift,efficiency\n2016,0.0277,0.02\n"},                                  \
		{"pressure", "organisation,name,year,amount\nT,rent,2016,811.7\nC,pay,2017,97.3\n"},       \
		{"funding", "organisation,stream,year,amount\nC,allocation,2015,13007.1\n"                 \
					"C,allocation,2016,13433.3\nC,allocation,2017,13871.9\n"},                     \
		{"transfer", "from_organisation,to_organisation,name,year,amount\nT,C,help,2017,53.9\n"},  \
	{                                                                                              \
		"flow", "commissioner,provider,service,activity,income,cost,marginal_rate\n"               \
				"C,T,E,1009,9973.3,10111.7,0.7\nC,O,E,331,2011.9,,0\nT,C,E,7,311.3,299.9,1\n"      \
	}

START_TEST(bridges_sum_to_the_gap_they_reach)
{
	static const char *const places[] = {"F", "G", "R", "unassigned", "England", "C", "T"};
	stpfin_plan *plan = PLAN(2017, AMPLE);
	stpfin_table *position = result_of(plan, "position", STPFIN_PRICES_CASH);
	stpfin_table *gap = result_of(plan, "funding_gap", STPFIN_PRICES_CASH);

	for (stpfin_bridge_method method = STPFIN_BRIDGE_SEQUENTIAL; method <= STPFIN_BRIDGE_SHAPLEY;
		 method++) {
		stpfin_table *bridge = bridge_of(plan, method, NULL, 0);

		for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
			for (int year = 2016; year <= 2017; year++) {
				double amounts[2];

				for (int end = 0; end < 2; end++) {
					char where[80];
					int reached = end == 0 ? 2015 : year;

					snprintf(where, sizeof where, "place=%s;year=%d;step=%d", places[i], year,
						end == 0 ? 0 : 7);
					amounts[end] = value(bridge, where, "amount");
					snprintf(where, sizeof where, "footprint=%s;component=total;year=%d", places[i],
						reached);
					EXPECT(amounts[end],
						i >= 5 ? gap_in(position, places[i], reached) : value(gap, where, "gap"));
				}
				EXPECT(sum_of_steps(bridge, places[i], year), 0);
			}
		}
		ck_assert_uint_eq(stpfin_table_rows(bridge), 7 * 2 * 8);
		stpfin_table_free(bridge);
	}
	stpfin_table_free(position);
	stpfin_table_free(gap);
	stpfin_plan_free(plan);
}
END_TEST

/* Two organisations whose positions reach 1e308 each: their sum cannot be held. */
#define LARGEST                                                                                    \
	{"organisation",                                                                               \
		"organisation,name,kind\nC,One,commissioner\nD,Two,council\nO,Out,outside\n"},             \
		{"membership", "organisation,footprint,share\nC,F,1\nD,F,1\n"},                            \
		{"flow", "commissioner,provider,service,activity,income\nC,O,E,1,1e14\nD,O,E,1,1e14\n"},   \
	{                                                                                              \
		"activity_growth", "rate\n99999999999999\n"                                                \
	}

START_TEST(bridges_that_overflow)
{
	stpfin_plan *plan = PLAN(2036, LARGEST);
	stpfin_plan *before = PLAN(2036, {0});
	stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
	stpfin_table *bridge = (stpfin_table *)&options;
	stpfin_table *changes = (stpfin_table *)&options;

	for (int method = 0; method < 2; method++) {
		options.method = (stpfin_bridge_method)method;
		expect_error(
			stpfin_bridge(plan, &options, &bridge, NULL), STPFIN_ERROR_OVERFLOW, "bridge in 2036");
		ck_assert_ptr_null(bridge);
	}
	expect_error(stpfin_compare(before, plan, NULL, &changes, &bridge, NULL), STPFIN_ERROR_OVERFLOW,
		"bridge in 2036");
	ck_assert_ptr_null(bridge);
	ck_assert_ptr_null(changes);
	stpfin_plan_free(plan);
	stpfin_plan_free(before);
}
END_TEST

/* Whatever the callback returns and whenever. That nothing leaks, check_memory counts. */
START_TEST(cancelled_at_any_time)
{
	stpfin_plan *plan = PLAN(2016, SMALL);

	for (int method = 0; method < 2; method++) {
		stpfin_bridge_options options = STPFIN_BRIDGE_OPTIONS_INIT;
		struct watcher watcher = {.stop_at = -1};
		stpfin_table *bridge;
		int calls;

		options.method = (stpfin_bridge_method)method;
		options.progress = watch;
		options.user_data = &watcher;
		ck_assert_int_eq(stpfin_bridge(plan, &options, &bridge, NULL), STPFIN_OK);
		stpfin_table_free(bridge);
		calls = watcher.calls;
		ck_assert_int_gt(calls, 0);
		for (int stop_at = 0; stop_at < calls; stop_at++) {
			watcher = (struct watcher){.stop_at = stop_at};
			bridge = (stpfin_table *)&watcher;
			expect_error(
				stpfin_bridge(plan, &options, &bridge, NULL), STPFIN_ERROR_CANCELLED, "stopped");
			ck_assert_ptr_null(bridge);
			ck_assert_int_eq(watcher.calls, stop_at + 1);
		}
	}
	stpfin_plan_free(plan);
}
END_TEST

/* What a comparison gave. */
struct comparison {
	stpfin_table *changes;
	stpfin_table *bridge;
};

static struct comparison compare(const stpfin_plan *a, const stpfin_plan *b)
{
	struct comparison comparison;

	ck_assert_msg(
		stpfin_compare(a, b, NULL, &comparison.changes, &comparison.bridge, NULL) == STPFIN_OK,
		"%s", stpfin_last_error());
	return comparison;
}

static void free_comparison(struct comparison *self)
{
	stpfin_table_free(self->changes);
	stpfin_table_free(self->bridge);
}

/* The groups of a place's bridge in a year: "start, flow, end". */
static const char *steps_of(const stpfin_table *bridge, const char *place, int year)
{
	static char steps[256];

	steps[0] = '\0';
	for (size_t row = 0; row < stpfin_table_rows(bridge); row++) {
		if (strcmp(cell(bridge, row, "place"), place) == 0 &&
			atoi(cell(bridge, row, "year")) == year) {
			strcat(strcat(steps, steps[0] != '\0' ? ", " : ""), cell(bridge, row, "group"));
		}
	}
	return steps;
}

/* That the bridge begins at a's gap and ends at b's, to the last bit, with steps that add up. */
static void expect_way(
	const stpfin_table *bridge, const stpfin_plan *a, const stpfin_plan *b, int last_year)
{
	static const char *const places[] = {"F", "England", "C", "T"};
	const stpfin_plan *const plans[] = {a, b};
	static const char *const ends[] = {"start", "end"};

	for (size_t i = 0; i < 2; i++) {
		stpfin_table *own = bridge_of(plans[i], STPFIN_BRIDGE_SEQUENTIAL, NULL, 0);

		for (size_t j = 0; j < sizeof places / sizeof *places; j++) {
			for (int year = 2015; year <= last_year; year++) {
				char where[80];
				double amount;

				snprintf(
					where, sizeof where, "place=%s;year=%d;group=%s", places[j], year, ends[i]);
				amount = value(bridge, where, "amount");
				snprintf(where, sizeof where, "place=%s;year=%d;group=%s", places[j],
					year == 2015 ? 2016 : year, year == 2015 ? "start" : "end");
				ck_assert_double_eq(amount, value(own, where, "amount"));
				EXPECT(sum_of_steps(bridge, places[j], year), 0);
			}
		}
		stpfin_table_free(own);
	}
}

START_TEST(equal_plans)
{
	stpfin_plan *a = PLAN(2017, AMPLE);
	stpfin_plan *b = PLAN(2017, AMPLE);
	struct comparison comparison = compare(a, b);

	ck_assert_uint_eq(stpfin_table_rows(comparison.changes), 0);
	ck_assert_str_eq(steps_of(comparison.bridge, "England", 2017), "start, end");
	expect_way(comparison.bridge, a, b, 2017);
	free_comparison(&comparison);
	comparison = compare(a, a);
	ck_assert_uint_eq(stpfin_table_rows(comparison.changes), 0);
	free_comparison(&comparison);
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

START_TEST(changed_cells_added_and_removed_rows)
{
	stpfin_plan *a = PLAN(2017, AMPLE);
	stpfin_plan *flows = with_table(a, "flow",
		"commissioner,provider,service,activity,income,cost,marginal_rate,note\n"
		"T,C,E,7,311.3,299.9,1,\nC,T,E,1009,9973.3,10111.7,0.5,agreed\nC,O,E,331,2011.9,,0,\n");
	stpfin_plan *b = with_table(flows, "pressure",
		"organisation,name,year,amount\nT,rent,2017,811.7\nC,pay,2017/18,97.3\n");
	struct comparison comparison = compare(a, b);
	const stpfin_table *changes = comparison.changes;

	/* Another order of rows is no change. */
	ck_assert_uint_eq(count_rows(changes, "table=flow"), 2);
	ck_assert_uint_eq(count_rows(changes, "column=marginal_rate;before=0.7;after=0.5"), 1);
	ck_assert_uint_eq(count_rows(changes, "column=note;before=;after=agreed"), 1);
	ck_assert_str_eq(cell(changes, find_row(changes, "column=note"), "key"),
		"commissioner=C;provider=T;service=E");
	ck_assert_uint_eq(count_rows(changes, "table=pressure"), 2);
	ck_assert_str_eq(
		cell(changes, find_row(changes, "table=pressure;column=amount;before=811.7;after="), "key"),
		"organisation=T;name=rent;year=2016");
	ck_assert_str_eq(
		cell(changes, find_row(changes, "table=pressure;column=amount;before=;after=811.7"), "key"),
		"organisation=T;name=rent;year=2017");
	ck_assert_uint_eq(stpfin_table_rows(changes), 4);
	ck_assert_str_eq(steps_of(comparison.bridge, "C", 2016), "start, flow, pressure, end");
	EXPECT(value(comparison.bridge, "place=T;year=2016;group=pressure", "amount"), -811.7);
	EXPECT(value(comparison.bridge, "place=T;year=2017;group=pressure", "amount"), 811.7);
	EXPECT(value(comparison.bridge, "place=England;year=2017;group=flow", "amount"), 0);
	expect_way(comparison.bridge, a, b, 2017);
	free_comparison(&comparison);
	stpfin_plan_free(a);
	stpfin_plan_free(flows);
	stpfin_plan_free(b);
}
END_TEST

/* Rows of one key are matched in their order: 10 and 10, 20 and 21, 30 and none. */
START_TEST(duplicated_keys_are_matched_in_order)
{
	stpfin_plan *a =
		PLAN(2016, {"flow", "commissioner,provider,service,activity,income\nC,T,E,1,10\nC,O,E,1,5\n"
							"C,T,E,1,20\nC,T,E,1,30\n"});
	stpfin_plan *b = with_table(a, "flow",
		"commissioner,provider,service,activity,income\nC,T,E,1,10\nC,T,E,1,21\nC,O,E,1,5\n");
	struct comparison there = compare(a, b);
	struct comparison back = compare(b, a);

	ck_assert_uint_eq(stpfin_table_rows(there.changes), 3);
	ck_assert_uint_eq(count_rows(there.changes, "column=income;before=20;after=21"), 1);
	ck_assert_uint_eq(count_rows(there.changes, "column=income;before=30;after="), 1);
	ck_assert_uint_eq(count_rows(there.changes, "column=activity;before=1;after="), 1);
	ck_assert_uint_eq(stpfin_table_rows(back.changes), 3);
	ck_assert_uint_eq(count_rows(back.changes, "column=income;before=21;after=20"), 1);
	ck_assert_uint_eq(count_rows(back.changes, "column=income;before=;after=30"), 1);
	expect_way(there.bridge, a, b, 2016);
	free_comparison(&there);
	free_comparison(&back);
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

/* A row that is all key is told by its last. */
START_TEST(rows_of_nothing_but_keys)
{
	stpfin_plan *a =
		PLAN(2016, {"scheme", "scheme,name,workstream,aim,owner\nS,Site,Estate,funding,T\n"},
			{"scenario", "scenario,scheme\nplan,S\n"});
	stpfin_plan *b = with_table(a, "scenario", "scenario,scheme\nless,S\n");
	struct comparison comparison = compare(a, b);

	ck_assert_uint_eq(stpfin_table_rows(comparison.changes), 2);
	ck_assert_uint_eq(count_rows(comparison.changes, "table=scenario;key=scenario=plan") +
						  count_rows(comparison.changes, "column=scheme;before=S;after=") +
						  count_rows(comparison.changes, "column=scheme;before=;after=S"),
		2);
	free_comparison(&comparison);
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

START_TEST(settings_that_differ)
{
	static const struct csv flow[] = {
		{"flow", "commissioner,provider,service,activity,income\nC,T,E,1,10\n"}, {0}};
	stpfin_plan_settings settings = {1, 2015, 2017, 0.05, 0.03, 0.035};
	stpfin_plan *a = PLAN(2016, flow[0]);
	stpfin_plan *b;
	struct comparison comparison;

	ck_assert_int_eq(try_plan(&settings, flow, NULL, &b), STPFIN_OK);
	comparison = compare(a, b);
	ck_assert_uint_eq(stpfin_table_rows(comparison.changes), 2);
	ck_assert_uint_eq(
		count_rows(comparison.changes, "table=datapackage;column=value;before=2016;after=2017"), 1);
	ck_assert_str_eq(
		cell(comparison.changes, find_row(comparison.changes, "before=0.035;after=0.05"), "key"),
		"setting=discount_rate");
	free_comparison(&comparison);
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

/* Without T, membership and flow make no plan with the old organisations: only the three together
 * do. Deflator and pressure change on their own. */
START_TEST(tables_that_only_together_make_a_plan)
{
	stpfin_plan *a =
		PLAN(2016, {"flow", "commissioner,provider,service,activity,income\nC,T,E,1,10\n"},
			{"pressure", "organisation,name,year,amount\nC,rent,2016,3\n"});
	stpfin_plan *b = PLAN(2016,
		{"organisation", "organisation,name,kind\nC,Commissioner,commissioner\nU,Unit,provider\n"},
		{"membership", "organisation,footprint,share\nC,F,1\nU,F,1\n"},
		{"flow", "commissioner,provider,service,activity,income,cost\nC,U,E,1,12,13\n"},
		{"pressure", "organisation,name,year,amount\nC,rent,2016,4\n"});
	struct comparison comparison = compare(a, b);
	const stpfin_table *bridge = comparison.bridge;

	ck_assert_str_eq(
		steps_of(bridge, "England", 2016), "start, organisation+membership+flow, pressure, end");
	EXPECT(value(bridge, "place=England;year=2016;step=0", "amount"), 13);
	EXPECT(value(bridge, "place=England;year=2016;step=1", "amount"), 3);
	EXPECT(value(bridge, "place=England;year=2016;step=2", "amount"), 1);
	EXPECT(value(bridge, "place=England;year=2016;step=3", "amount"), 17);
	/* A place that only one of the two has has no gap in the other. */
	EXPECT(value(bridge, "place=U;year=2016;step=0", "amount"), 0);
	EXPECT(value(bridge, "place=U;year=2016;step=1", "amount"), 1);
	EXPECT(value(bridge, "place=U;year=2016;step=3", "amount"), 1);
	EXPECT(value(bridge, "place=T;year=2016;step=3", "amount"), 0);
	free_comparison(&comparison);
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

/* The bridge runs to the earlier end; rows of later years are told as added. */
START_TEST(different_end_years)
{
	static const char funding[] =
		"organisation,stream,year,amount\nC,a,2015,7\nC,a,2016,8\nC,a,2017,9\n";
	static const char flow[] = "commissioner,provider,service,activity,income\nC,T,E,1,10\n";
	stpfin_plan *shorter = PLAN(2016, {"funding", funding}, {"flow", flow});
	stpfin_plan *longer = PLAN(2017, {"funding", funding}, {"flow", flow},
		{"activity_growth", "year,rate\n2016,0.5\n2017,0.25\n"});
	struct comparison there = compare(shorter, longer);
	struct comparison back = compare(longer, shorter);

	ck_assert_uint_eq(count_rows(there.bridge, "year=2017"), 0);
	ck_assert_uint_eq(count_rows(back.bridge, "year=2017"), 0);
	ck_assert_str_eq(steps_of(there.bridge, "C", 2016), "start, activity_growth, end");
	ck_assert_str_eq(steps_of(back.bridge, "C", 2016), "start, activity_growth, end");
	EXPECT(value(there.bridge, "place=C;year=2016;step=1", "amount"), 5);
	EXPECT(value(back.bridge, "place=C;year=2016;step=1", "amount"), -5);
	ck_assert_uint_eq(count_rows(there.changes, "table=funding;column=amount;before=;after=9"), 1);
	ck_assert_uint_eq(count_rows(there.changes, "table=funding"), 1);
	ck_assert_uint_eq(count_rows(back.changes, "table=datapackage;before=2017;after=2016"), 1);
	expect_way(there.bridge, shorter, longer, 2016);
	free_comparison(&there);
	free_comparison(&back);
	stpfin_plan_free(shorter);
	stpfin_plan_free(longer);
}
END_TEST

START_TEST(different_base_years)
{
	const struct csv none[] = {{0}};
	stpfin_plan *a = plan_of(2015, 2016, none);
	stpfin_plan *b = plan_of(2016, 2017, none);
	stpfin_table *changes = (stpfin_table *)&none;
	stpfin_table *bridge = (stpfin_table *)&none;

	expect_error(
		stpfin_compare(a, b, NULL, &changes, &bridge, NULL), STPFIN_ERROR_COMPARE, "2015 and 2016");
	ck_assert_ptr_null(changes);
	ck_assert_ptr_null(bridge);
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

/* The stamp is that of the plan after, and names the one before. */
START_TEST(stamp_of_a_comparison)
{
	stpfin_plan *a = PLAN(2016, {0});
	stpfin_plan *b = with_table(a, "pressure", "organisation,name,year,amount\nC,rent,2016,4\n");
	stpfin_stamp stamp = STPFIN_STAMP_INIT;
	stpfin_table *changes;
	stpfin_table *bridge;
	char hash[STPFIN_HASH_SIZE];

	ck_assert_int_eq(stpfin_compare(a, b, NULL, &changes, &bridge, &stamp), STPFIN_OK);
	ck_assert_int_eq(stpfin_plan_hash(b, hash), STPFIN_OK);
	ck_assert_str_eq(stamp.plan_hash, hash);
	ck_assert_int_eq(stpfin_plan_hash(a, hash), STPFIN_OK);
	ck_assert_str_eq(stamp.compared_with, hash);
	EXPECT(stamp.assumed, 1);
	stpfin_table_free(changes);
	stpfin_table_free(bridge);
	stpfin_plan_free(a);
	stpfin_plan_free(b);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		shapley_is_the_mean_over_all_orders,
		sequential_is_one_order,
		sample_is_the_mean_over_the_orders_drawn,
		every_order_is_as_likely,
		seed_makes_the_sample,
		standard_error_falls_with_the_root_of_the_sample,
		standard_error_is_that_of_the_exact_value,
		failing_values_end_the_work,
		division_stops_when_asked_to,
		callers_are_told_now_and_then,
		published_shapley_value,
		sequential_bridge,
		shapley_bridge,
		bridge_of_one_place_and_year,
		bridge_of_a_plan_of_one_year,
		unknown_places_and_years,
		bridges_sum_to_the_gap_they_reach,
		bridges_that_overflow,
		cancelled_at_any_time,
		equal_plans,
		changed_cells_added_and_removed_rows,
		duplicated_keys_are_matched_in_order,
		rows_of_nothing_but_keys,
		settings_that_differ,
		tables_that_only_together_make_a_plan,
		different_end_years,
		different_base_years,
		stamp_of_a_comparison,
		NULL,
	};

	return run_tests("explain", tests);
}
