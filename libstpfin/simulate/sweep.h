#ifndef STPFIN_SIMULATE_SWEEP_H
#define STPFIN_SIMULATE_SWEEP_H

#include "libstpfin/simulate/trial.h"
#include "libstpfin/table/poll.h"

/* Many trials, in blocks shared out among threads. What they come to does not depend on how. */

/* Fills the cells of the n (at most STPFIN_LANES) trials from `first` on, into cells[cell *
 * STPFIN_LANES + lane]; called from any thread, with scratch of the size asked for. */
typedef void stpfin_fill_cells(const void *user_data, size_t first, size_t n, double *scratch,
	double *cells, uint64_t *clipped);

struct stpfin_sweep {
	const struct stpfin_trial *trial;
	size_t n;       /* trials */
	size_t threads; /* 0: as many as the machine has */
	stpfin_fill_cells *fill;
	const void *user_data;
	size_t n_scratch; /* doubles of scratch a thread */
	struct stpfin_poll *poll;
};

/* What a sweep found on its way. */
struct stpfin_found {
	uint64_t clipped;
	bool any_beyond; /* whether any value is infinite: more than a number holds */
};

/* Projects them all into values[figure * n + i]. */
stpfin_status stpfin_sweep__run(
	const struct stpfin_sweep *self, double *values, struct stpfin_found *out_found);

#endif
