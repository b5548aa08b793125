#ifndef STPFIN_CLI_COMMAND_H
#define STPFIN_CLI_COMMAND_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "stpfin/stpfin.h"

/* What the parts of the command line share. A command is a function from its arguments to the exit
 * status. */

enum exit_status {
	EXIT_DONE = 0,
	EXIT_WRONG_PLAN = 1,
	EXIT_WRONG_USAGE = 2,
	EXIT_NO_ANSWER = 3, /* infeasible, or a target out of reach */
	EXIT_SYSTEM = 4     /* memory, disk */
};

enum option_name {
	OPTION_TABLE,
	OPTION_SCENARIO,
	OPTION_MEASURE,
	OPTION_DRAWS,
	OPTION_PRICES,
	OPTION_COMPARATOR,
	OPTION_TARGET,
	OPTION_OVERDISPERSION,
	OPTION_PLACE,
	OPTION_YEAR,
	OPTION_FUND,
	OPTION_RULE,
	OPTION_WEIGHT,
	OPTION_PACE,
	OPTION_GAP,
	OPTION_TIME_LIMIT,
	OPTION_ALTERNATIVES,
	OPTION_TOLERANCE,
	OPTION_FINANCE_WEIGHT,
	OPTION_HEALTH_WEIGHT,
	OPTION_QUALITY_WEIGHT,
	OPTION_BENEFITS,
	OPTION_BY,
	OPTION_METHOD,
	OPTION_SAMPLES,
	OPTION_SEED,
	OPTION_THREADS,
	OPTION_RANGE,
	OPTION_JOIN,
	OPTION_SOBOL,
	OPTION_REPETITIONS,
	OPTION_PARAMETER,
	OPTION_SOUGHT,
	OPTION_FROM,
	OPTION_TO,
	OPTION_ALL,
	OPTION_BASE_YEAR,
	OPTION_END_YEAR,
	OPTION_XLSX,
	OPTION_OUT,
	OPTION_FORMAT,
	OPTION_HELP,
	N_OPTIONS
};

/* An option; its argument is NULL if it takes none, in capitals if it stands for something, else
 * the words allowed, as "cash|real". */
struct option_words {
	const char *name;
	const char *argument;
	const char *meaning;
	bool repeats;
};

enum { MOST_OPERANDS = 2, MOST_WORDS = 32 };

struct arguments;

struct command {
	const char *name;
	const char *operands; /* "PLAN"; in brackets those that may be left out */
	const char *meaning;
	const char *details;
	enum exit_status (*run)(const struct arguments *arguments);
	enum option_name options[N_OPTIONS]; /* up to OPTION_HELP, which every command has */
};

/* What a repeated option was given. */
struct words {
	const char *at[MOST_WORDS];
	size_t n;
};

/* What the user gave. */
struct arguments {
	const struct command *command;
	const char *operands[MOST_OPERANDS]; /* NULL where left out */
	const char *values[N_OPTIONS]; /* NULL of an option not given, "" of one without argument */
	struct words words[N_OPTIONS]; /* of an option that may be repeated, each once */
};

enum exit_status check_command(const struct arguments *arguments);
enum exit_status project_command(const struct arguments *arguments);
enum exit_status bridge_command(const struct arguments *arguments);
enum exit_status compare_command(const struct arguments *arguments);
enum exit_status align_command(const struct arguments *arguments);
enum exit_status allocate_command(const struct arguments *arguments);
enum exit_status portfolio_command(const struct arguments *arguments);
enum exit_status simulate_command(const struct arguments *arguments);
enum exit_status sensitivity_command(const struct arguments *arguments);
enum exit_status seek_command(const struct arguments *arguments);
enum exit_status describe_command(const struct arguments *arguments);
enum exit_status new_command(const struct arguments *arguments);
enum exit_status workbook_command(const struct arguments *arguments);

/* The commands and options, from which all that is said about them comes. */
extern const struct command commands[];
extern const size_t n_commands;
extern const struct option_words options[N_OPTIONS];

/* The command of that name; NULL, having said so, if there is none. */
const struct command *find_command(const char *name);

void print_help(void);
void print_command_help(const struct command *command);
void print_man_page(void);

/* Reads a command's arguments, argv[0] being its name. If they are wrong it says so. */
bool read_arguments(
	const struct command *command, int argc, char **argv, struct arguments *out_arguments);

/* The year a text means: 2015, 2015/16, 2015-16, 2015/2016; 0 if it is none. */
int32_t read_year(const char *text);

/* The value of an option that is a whole number, or `usual` where it is not given. */
uint64_t number_of(const struct arguments *arguments, enum option_name name, uint64_t usual);

/* The value of an option that is a number, or `usual` where it is not given. */
double real_of(const struct arguments *arguments, enum option_name name, double usual);

/* What --prices and --method say, or the usual. */
stpfin_prices prices_of(const struct arguments *arguments);
stpfin_bridge_method method_of(const struct arguments *arguments);

/* What --by says the steps of a bridge are; if it is not given, schemes where there is a scenario
 * that has some, else drivers. */
stpfin_bridge_by steps_of(const struct arguments *arguments);

/* Says what is wrong with the arguments, and where help is. */
enum exit_status wrong_usage(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says on standard error what the library's last error was. */
enum exit_status failed(stpfin_status status);

/* Reads a plan; of one that is wrong it says on standard error why. */
enum exit_status read_plan(const char *folder, stpfin_plan **out_plan);

/* Prints a row of a table of problems as file:row:column: severity: message. */
void print_problem(FILE *stream, const stpfin_table *problems, size_t row);

/* How many problems are of that severity. */
size_t count_problems(const stpfin_table *problems, const char *severity);

/* Writes results into --out, or prints them in --format. The stamp and the plan whose names are
 * shown may be NULL. */
enum exit_status show(const struct arguments *arguments, const stpfin_table *const *tables,
	size_t n, const stpfin_stamp *stamp, const stpfin_plan *names);

/* Says that results were written into a folder, or why they were not. */
enum exit_status say_written(
	stpfin_status status, const char *folder, const stpfin_table *const *tables, size_t n);

/* Whether Ctrl-C was pressed. */
bool is_interrupted(void);

/* Of work that has ended with something to show. */
void forget_interrupt(void);

/* Work of some parts alike, of which the caller counts those done. */
struct progress {
	struct timespec begun;
	size_t part;
	size_t parts;
	bool shown;
};

struct progress begin_progress(size_t parts);

/* A stpfin_progress, for a struct progress: shows the share done on a terminal, of work that takes
 * more than a second, and stops it after Ctrl-C. */
stpfin_status report_progress(double done, void *user_data);

void clear_progress(const struct progress *self);

#endif
