#define _POSIX_C_SOURCE 200809L

#include "libstpfin/table/threads.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/error.h"

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

#if defined(_POSIX_THREADS) && _POSIX_THREADS > 0

#include <pthread.h>
#include <signal.h>

/* One thread, and what came of it. */
struct member {
	struct crew_at_work *crew;
	size_t number;
	pthread_t thread;
	stpfin_status status;
	char error[1024];
};

struct crew_at_work {
	const struct stpfin_crew *crew;
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	size_t n_at_work;
};

static void work(struct member *self)
{
	self->status = self->crew->crew->work(self->crew->crew->user_data, self->number);
	if (self->status != STPFIN_OK) {
		strncpy(self->error, stpfin_last_error(), sizeof self->error - 1);
	}
}

static void *run_member(void *argument)
{
	struct member *self = argument;

	work(self);
	pthread_mutex_lock(&self->crew->mutex);
	self->crew->n_at_work--;
	pthread_cond_signal(&self->crew->ended);
	pthread_mutex_unlock(&self->crew->mutex);
	return NULL;
}

/* Starts a member with every signal blocked: those are for the caller's own threads. */
static bool start(struct member *self)
{
	sigset_t all;
	sigset_t before;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(&self->thread, NULL, run_member, self) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

/* Waits for those still at work. */
static void wait_for_all(struct crew_at_work *self)
{
	enum { NANOSECONDS_APART = 30000000, A_SECOND = 1000000000 };
	struct timespec until;

	pthread_mutex_lock(&self->mutex);
	while (self->n_at_work > 0) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += NANOSECONDS_APART;
		if (until.tv_nsec >= A_SECOND) {
			until.tv_nsec -= A_SECOND;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&self->ended, &self->mutex, &until);
		pthread_mutex_unlock(&self->mutex);
		self->crew->wait(self->crew->user_data);
		pthread_mutex_lock(&self->mutex);
	}
	pthread_mutex_unlock(&self->mutex);
}

static stpfin_status run_crew(const struct stpfin_crew *crew, size_t n)
{
	struct crew_at_work at_work = {.crew = crew};
	struct member *members = calloc(n, sizeof *members);
	size_t n_members = 1;
	stpfin_status status = STPFIN_OK;

	if (members == NULL) {
		return stpfin_error__memory();
	}
	if (pthread_mutex_init(&at_work.mutex, NULL) != 0) {
		free(members);
		return stpfin_error__memory();
	}
	if (pthread_cond_init(&at_work.ended, NULL) != 0) {
		pthread_mutex_destroy(&at_work.mutex);
		free(members);
		return stpfin_error__memory();
	}
	members[0].crew = &at_work;
	pthread_mutex_lock(&at_work.mutex);
	for (; n_members < n; n_members++) {
		members[n_members].crew = &at_work;
		members[n_members].number = n_members;
		if (!start(&members[n_members])) {
			break;
		}
		at_work.n_at_work++;
	}
	pthread_mutex_unlock(&at_work.mutex);
	work(&members[0]);
	wait_for_all(&at_work);
	for (size_t i = 1; i < n_members; i++) {
		pthread_join(members[i].thread, NULL);
	}
	for (size_t i = 0; i < n_members && status == STPFIN_OK; i++) {
		status = members[i].status;
		if (status != STPFIN_OK) {
			stpfin_error__set(status, "%s", members[i].error);
		}
	}
	pthread_cond_destroy(&at_work.ended);
	pthread_mutex_destroy(&at_work.mutex);
	free(members);
	return status;
}

#else

static stpfin_status run_crew(const struct stpfin_crew *crew, size_t n)
{
	(void)n;
	return crew->work(crew->user_data, 0);
}

#endif

stpfin_status stpfin_threads__run(const struct stpfin_crew *crew, size_t n)
{
	return n > 1 ? run_crew(crew, n) : crew->work(crew->user_data, 0);
}

size_t stpfin_threads__processors(void)
{
#if defined(_SC_NPROCESSORS_ONLN)
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (size_t)n : 1;
#else
	return 1;
#endif
}
