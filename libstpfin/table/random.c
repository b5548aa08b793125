#include "libstpfin/table/random.h"

static void set(void *user_data, unsigned long int seed)
{
	struct stpfin_random_state *state = user_data;

	*state = (struct stpfin_random_state){.seed = seed};
}

static uint64_t next(void *user_data)
{
	struct stpfin_random_state *state = user_data;

	return stpfin_random__word(state->seed, state->stream, state->place, state->second++);
}

static unsigned long int get(void *user_data)
{
	return (unsigned long int)(next(user_data) >> 32);
}

static double get_double(void *user_data)
{
	return stpfin_random__fraction(next(user_data));
}

gsl_rng stpfin_random__generator(struct stpfin_random_state *state)
{
	static const gsl_rng_type type = {
		"philox4x64-10", 0xFFFFFFFF, 0, sizeof(struct stpfin_random_state), set, get, get_double};

	return (gsl_rng){&type, state};
}

uint64_t stpfin_random__stream(const char *name)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);

	for (; *name != '\0'; name++) {
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001B3);
	}
	return hash;
}
