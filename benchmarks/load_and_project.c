/* What reading, checking and projecting plans costs beside a bare libcsv loop over the same bytes.
 * Each piece of work runs in a process of its own, so that the peak of its memory is its own. */

#define _XOPEN_SOURCE 700

#include <csv.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stpfin/stpfin.h"

enum { CHUNK = 1 << 16, MOST_TABLES = 16 };

/* Each stage but the yardstick begins with all that those before it do. */
enum stage { YARDSTICK, CHECK, PROJECT, RESULTS, LEDGER, STAGES };

static const char *const stage_names[STAGES] = {
	"libcsv", "load and check", "and project", "and results", "and ledger"};

struct cost {
	double seconds; /* of the processor */
	double memory;  /* peak, bytes */
	double bytes;   /* of CSV; the yardstick counts them */
};

static void on_cell(void *text, size_t length, void *user_data)
{
	(void)text;
	(void)length;
	(void)user_data;
}

static void on_row_end(int c, void *user_data)
{
	(void)c;
	(void)user_data;
}

static bool parse_file(const char *path, double *bytes)
{
	struct csv_parser parser;
	char chunk[CHUNK];
	size_t got;
	bool done = false;
	FILE *stream = fopen(path, "rb");

	if (stream == NULL) {
		return false;
	}
	if (csv_init(&parser, 0) != 0) {
		goto out;
	}
	while ((got = fread(chunk, 1, sizeof chunk, stream)) > 0) {
		if (csv_parse(&parser, chunk, got, on_cell, on_row_end, NULL) != got) {
			break;
		}
		*bytes += (double)got;
	}
	done = feof(stream) && csv_fini(&parser, on_cell, on_row_end, NULL) == 0;
	csv_free(&parser);

out:
	fclose(stream);
	return done;
}

static bool parse_folder(const char *folder, double *bytes)
{
	struct dirent *entry;
	char path[4096];
	bool done = true;
	DIR *stream = opendir(folder);

	if (stream == NULL) {
		return false;
	}
	while (done && (entry = readdir(stream)) != NULL) {
		const char *ending = strrchr(entry->d_name, '.');

		if (ending != NULL && strcmp(ending, ".csv") == 0) {
			int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);

			done = length > 0 && (size_t)length < sizeof path && parse_file(path, bytes);
		}
	}
	closedir(stream);
	return done;
}

/* Holds all results at once, as `stpfin project` does; the ledger, which it leaves out unless
 * asked, comes last. */
static bool model_folder(const char *folder, enum stage last)
{
	size_t n;
	const char *const *names = stpfin_projection_results(&n);
	stpfin_plan *plan = NULL;
	stpfin_projection *projection = NULL;
	stpfin_table *tables[MOST_TABLES] = {NULL};
	bool done = n <= MOST_TABLES && stpfin_plan_read(folder, NULL, &plan) == STPFIN_OK;

	if (done && last >= PROJECT) {
		done = stpfin_project(plan, NULL, &projection) == STPFIN_OK;
	}
	for (int ledger = 0; ledger <= 1; ledger++) {
		for (size_t i = 0; i < n && done && last >= (ledger ? LEDGER : RESULTS); i++) {
			if ((strcmp(names[i], "ledger") == 0) == ledger) {
				done = stpfin_projection_get_table(projection, names[i], NULL, NULL, &tables[i]) ==
					   STPFIN_OK;
			}
		}
	}
	for (size_t i = 0; i < MOST_TABLES; i++) {
		stpfin_table_free(tables[i]);
	}
	stpfin_projection_free(projection);
	stpfin_plan_free(plan);
	return done;
}

static double processor_seconds(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The child's part: does the work and writes what it cost. */
static bool work(const char *folder, enum stage stage, int to)
{
	struct rusage usage;
	struct cost cost = {.seconds = processor_seconds()};

	if (!(stage == YARDSTICK ? parse_folder(folder, &cost.bytes) : model_folder(folder, stage))) {
		fprintf(stderr, "%s: %s\n", folder,
			stage == YARDSTICK ? "its CSV files cannot be read" : stpfin_last_error());
		return false;
	}
	cost.seconds = processor_seconds() - cost.seconds;
	getrusage(RUSAGE_SELF, &usage);
	cost.memory = 1024 * (double)usage.ru_maxrss;
	return write(to, &cost, sizeof cost) == sizeof cost;
}

static bool measure(const char *folder, enum stage stage, struct cost *out_cost)
{
	int ends[2];
	pid_t child;
	bool done;

	if (pipe(ends) != 0) {
		perror("pipe");
		return false;
	}
	child = fork();
	if (child == 0) {
		_exit(work(folder, stage, ends[1]) ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	close(ends[1]);
	done = child > 0 && read(ends[0], out_cost, sizeof *out_cost) == sizeof *out_cost;
	close(ends[0]);
	if (child > 0) {
		waitpid(child, NULL, 0);
	} else {
		perror("fork");
	}
	return done;
}

/* Measures every stage in turn, n times over, so that a change in the machine's mood meets all of
 * them alike, and prints a line. */
static bool measure_folder(const char *folder, int n)
{
	const char *slash = strrchr(folder, '/');
	struct cost best[STAGES];
	double slowest[STAGES] = {0};

	for (int i = 0; i < n; i++) {
		for (enum stage stage = YARDSTICK; stage < STAGES; stage++) {
			struct cost cost;

			if (!measure(folder, stage, &cost)) {
				return false;
			}
			if (i == 0 || cost.seconds < best[stage].seconds) {
				best[stage] = cost;
			}
			if (cost.seconds > slowest[stage]) {
				slowest[stage] = cost.seconds;
			}
		}
	}
	printf("%-8s %6.1f %6.0f %+4.0f%%", slash != NULL ? slash + 1 : folder,
		best[YARDSTICK].bytes / 1e6, best[YARDSTICK].bytes / 1e6 / best[YARDSTICK].seconds,
		100 * (slowest[YARDSTICK] / best[YARDSTICK].seconds - 1));
	for (enum stage stage = CHECK; stage < STAGES; stage++) {
		printf(" | %4.2f %+4.0f%% %5.1f", best[stage].seconds / best[YARDSTICK].seconds,
			100 * (slowest[stage] / best[stage].seconds - 1),
			(best[stage].memory - best[YARDSTICK].memory) / best[YARDSTICK].bytes);
	}
	printf("\n");
	fflush(stdout);
	return true;
}

static void print_header(int n)
{
	printf(
		"time    of the processor, best of %d, as a multiple of a bare libcsv loop over the same "
		"bytes\n"
		"+%%      how much longer the slowest of them took\n"
		"memory  the peak beyond that of the loop, in bytes a byte of CSV\n\n",
		n);
	printf("%-8s %6s %12s", "", "", stage_names[YARDSTICK]);
	for (enum stage stage = CHECK; stage < STAGES; stage++) {
		printf(" | %-16s", stage_names[stage]);
	}
	printf("\n%-8s %6s %6s %5s", "plan", "MB", "MB/s", "+%");
	for (enum stage stage = CHECK; stage < STAGES; stage++) {
		printf(" | %4s %5s %5s", "time", "+%", "mem.");
	}
	printf("\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int n = argc > 2 ? atoi(argv[1]) : 0;

	if (n < 1) {
		fprintf(stderr, "Usage: load_and_project REPEATS PLAN…\n");
		return EXIT_FAILURE;
	}
	print_header(n);
	for (int i = 2; i < argc; i++) {
		if (!measure_folder(argv[i], n)) {
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
