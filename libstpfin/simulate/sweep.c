#include "libstpfin/simulate/sweep.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "libstpfin/table/error.h"
#include "libstpfin/table/pages.h"
#include "libstpfin/table/threads.h"

/* A sweep at work. Each thread takes the next block when it has done one: a slow one holds up
 * nobody, and where each block's values go is fixed. */
struct running {
	const struct stpfin_sweep *sweep;
	double *values;
	size_t n_blocks;
	atomic_size_t next_slab; /* of the values, to be given pages */
	atomic_size_t next;      /* block to be taken */
	atomic_size_t done;      /* blocks */
	atomic_uint_fast64_t clipped;
	atomic_bool any_beyond;
	atomic_bool is_stopped; /* one has failed, or the caller said to stop */
	stpfin_status told;     /* by the caller, whom the first thread asks */
};

/* What a thread works in. */
struct bench {
	struct running *running;
	size_t number;
	struct stpfin_trial_work *work;
	double *scratch;
	double *cells;
	uint64_t clipped;
};

static void free_bench(struct bench *self)
{
	stpfin_trial_work__free(self->work);
	free(self->scratch);
	free(self->cells);
}

/* Asks the caller, in whose thread this is, whether to go on. */
static void ask_caller(void *user_data)
{
	struct running *self = user_data;

	if (self->told == STPFIN_OK) {
		self->told = stpfin_poll__ask(self->sweep->poll, atomic_load(&self->done), self->n_blocks);
	}
	if (self->told != STPFIN_OK) {
		atomic_store(&self->is_stopped, true);
	}
}

/* A stpfin_progress: whether a thread is to go on within a block. */
static stpfin_status go_on(double done, void *user_data)
{
	struct bench *self = user_data;

	(void)done;
	if (self->number == 0) {
		ask_caller(self->running);
	}
	return atomic_load(&self->running->is_stopped) ? STPFIN_ERROR_CANCELLED : STPFIN_OK;
}

static stpfin_status new_bench(struct bench *self, struct running *running, size_t number)
{
	const struct stpfin_sweep *sweep = running->sweep;
	const struct stpfin_trial *trial = sweep->trial;
	stpfin_status status;

	*self = (struct bench){.running = running, .number = number};
	status = stpfin_trial_work__new(trial, &self->work);
	if (status != STPFIN_OK) {
		return status;
	}
	stpfin_trial_work__watch(self->work, go_on, self);
	self->scratch = stpfin_model__array(sweep->n_scratch, sizeof *self->scratch);
	self->cells = stpfin_model__array(
		stpfin_model__times(trial->uncertain->n_cells, STPFIN_LANES), sizeof *self->cells);
	return self->scratch != NULL && self->cells != NULL ? STPFIN_OK : STPFIN_ERROR_MEMORY;
}

/* Gives the values their pages, slab by slab. */
static void give_pages(struct bench *self)
{
	enum { SLAB = 4 * 1024 * 1024 };
	struct running *running = self->running;
	size_t n = running->sweep->trial->n_figures * running->sweep->n;

	for (size_t slab; go_on(0, self) == STPFIN_OK &&
					  (slab = atomic_fetch_add(&running->next_slab, 1)) <= n / SLAB;) {
		size_t length = n - slab * SLAB < SLAB ? n - slab * SLAB : SLAB;

		stpfin_pages__give(running->values + slab * SLAB, length * sizeof *running->values);
	}
}

static stpfin_status run_block(struct bench *self, size_t block)
{
	const struct stpfin_sweep *sweep = self->running->sweep;
	size_t first = block * STPFIN_LANES;
	size_t n = sweep->n - first < STPFIN_LANES ? sweep->n - first : STPFIN_LANES;

	sweep->fill(sweep->user_data, first, n, self->scratch, self->cells, &self->clipped);
	return stpfin_trial__project(sweep->trial, self->work, self->cells, n,
		self->running->values + first, sweep->n, &self->clipped);
}

/* The work of one thread. */
static stpfin_status run_blocks(void *user_data, size_t number)
{
	struct running *self = user_data;
	struct bench bench;
	stpfin_status status = new_bench(&bench, self, number);

	if (status == STPFIN_OK) {
		give_pages(&bench);
	}
	for (size_t block; status == STPFIN_OK && go_on(0, &bench) == STPFIN_OK &&
					   (block = atomic_fetch_add(&self->next, 1)) < self->n_blocks;) {
		status = run_block(&bench, block);
		atomic_fetch_add(&self->done, 1);
	}
	if (status != STPFIN_OK) {
		atomic_store(&self->is_stopped, true);
	}
	atomic_fetch_add(&self->clipped, bench.clipped);
	if (bench.work != NULL && stpfin_trial_work__is_beyond(bench.work)) {
		atomic_store(&self->any_beyond, true);
	}
	free_bench(&bench);
	/* Who was stopped has not failed. */
	return status == STPFIN_ERROR_CANCELLED ? STPFIN_OK : status;
}

stpfin_status stpfin_sweep__run(
	const struct stpfin_sweep *self, double *values, struct stpfin_found *out_found)
{
	struct running running = {.sweep = self,
		.values = values,
		.n_blocks = self->n / STPFIN_LANES + (self->n % STPFIN_LANES > 0)};
	const struct stpfin_crew crew = {run_blocks, ask_caller, &running};
	size_t threads = self->threads > 0 ? self->threads : stpfin_threads__processors();
	stpfin_status status;

	atomic_init(&running.next_slab, 0);
	atomic_init(&running.next, 0);
	atomic_init(&running.done, 0);
	atomic_init(&running.clipped, 0);
	atomic_init(&running.any_beyond, false);
	atomic_init(&running.is_stopped, false);
	status = stpfin_threads__run(&crew, threads < running.n_blocks ? threads : running.n_blocks);
	if (status == STPFIN_OK && running.told != STPFIN_OK) {
		status = stpfin_error__set(running.told, "stopped when asked to");
	}
	*out_found =
		(struct stpfin_found){atomic_load(&running.clipped), atomic_load(&running.any_beyond)};
	return status;
}
