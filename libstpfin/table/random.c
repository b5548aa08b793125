#include "libstpfin/table/random.h"

struct state {
	uint64_t seed;
	uint64_t stream;
	uint64_t place;
	uint64_t second;
};

static void set(void *user_data, unsigned long int seed)
{
	struct state *state = user_data;

	*state = (struct state){.seed = seed};
}

static uint64_t next(void *user_data)
{
	struct state *state = user_data;

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

static const gsl_rng_type type = {
	"philox4x64-10", 0xFFFFFFFF, 0, sizeof(struct state), set, get, get_double};

const gsl_rng_type *const stpfin_random__type = &type;

void stpfin_random__go_to(gsl_rng *self, uint64_t seed, uint64_t stream, uint64_t place)
{
	struct state *state = gsl_rng_state(self);

	*state = (struct state){seed, stream, place, 0};
}

uint64_t stpfin_random__stream(const char *name)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);

	for (; *name != '\0'; name++) {
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001B3);
	}
	return hash;
}
