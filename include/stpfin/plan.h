#ifndef STPFIN_PLAN_H
#define STPFIN_PLAN_H

#include "stpfin/table.h"

STPFIN_BEGIN_C

/**
 * @file plan.h
 * A plan: the checked tables of what a place knows and means to do.
 *
 * A plan is read from a folder of CSV files with a datapackage.json, or made
 * from tables in memory. Its tables are those stpfin_describe() lists. It never
 * changes: replacing a table makes a new plan that shares the others.
 *
 * Checking finds all problems, not the first, and gives them as a table with
 * the columns `severity` ("error", "warning" or "note"), `file`, `row` (1 is the
 * header; missing when it is about no row), `column` (likewise) and `message`:
 * what is wrong, and what would be right. A plan with an error is not made.
 */

/** A plan; opaque, immutable, safe to read from any number of threads. */
typedef struct stpfin_plan stpfin_plan;

/** What holds for a whole plan. */
typedef struct stpfin_plan_settings {
	/** of this struct: 1 */
	int32_t version;
	/** the first year, that of the plan's flows: a financial year, by its first calendar year */
	int32_t base_year;
	/** the last year, at most 40 after the base year */
	int32_t end_year;
	/** yearly, above -1, for the first 30 years of an appraisal (HM Treasury, Green Book: 0.035) */
	double discount_rate;
	/** yearly, above -1, after them (0.03) */
	double long_discount_rate;
	/** yearly, on opening net book value, 0 or more (0.035) */
	double capital_charge_rate;
} stpfin_plan_settings;

/** The defaults; the years are to be filled in. */
#define STPFIN_PLAN_SETTINGS_INIT                                                                  \
	{                                                                                              \
		1, 0, 0, 0.035, 0.03, 0.035                                                                \
	}

/**
 * Reads a plan from a folder: its datapackage.json, which holds "stpfin":
 * {"base_year": 2015, "end_year": 2020} and, if they differ from the defaults,
 * the rates; and a file TABLE.csv for each table, in the folder itself or where
 * the datapackage's "resources" say.
 *
 * @param folder        the folder
 * @param out_problems  all problems, warnings and notes; made whenever the
 *                      folder could be looked at, also when there is no plan;
 *                      may be NULL
 * @param out_plan      the plan; may be NULL, to check only
 *
 * ::STPFIN_ERROR_PLAN if there is an error among the problems: the last error
 * is then the first of them.
 */
STPFIN_EXPORT stpfin_status stpfin_plan_read(
	const char *folder, stpfin_table **out_problems, stpfin_plan **out_plan);

/**
 * Makes a plan of tables in memory. Each table's name says which it is; a
 * column may hold what its schema says, or text to be read as a CSV file's
 * would be, or whole numbers where the schema has doubles and the reverse. The
 * problems name the file TABLE.csv, and rows as that file would have them.
 *
 * @param settings  the years and rates
 * @param tables    n tables, each of its own name
 * @param n         how many
 * Otherwise as stpfin_plan_read().
 */
STPFIN_EXPORT stpfin_status stpfin_plan_new(const stpfin_plan_settings *settings,
	const stpfin_table *const *tables, size_t n, stpfin_table **out_problems,
	stpfin_plan **out_plan);

/**
 * A new plan in which the table of that name is replaced (or added, where the
 * plan had none; without rows, it is removed). The old plan stays as it is.
 * Otherwise as stpfin_plan_new().
 */
STPFIN_EXPORT stpfin_status stpfin_plan_replace(const stpfin_plan *self, const stpfin_table *table,
	stpfin_table **out_problems, stpfin_plan **out_plan);

/** Frees a plan; NULL is legal. */
STPFIN_EXPORT void stpfin_plan_free(stpfin_plan *self);

/** The plan's settings; out_settings->version is to be set, as by the _INIT macro. */
STPFIN_EXPORT stpfin_status stpfin_plan_get_settings(
	const stpfin_plan *self, stpfin_plan_settings *out_settings);

/**
 * A table of the plan, with every column of its schema in the schema's order
 * and type, and no rows where the plan has none; to be freed. Years are whole
 * numbers, an age is the first year of its band. An unknown name is
 * ::STPFIN_ERROR_ARGUMENT, naming the nearest.
 */
STPFIN_EXPORT stpfin_status stpfin_plan_get_table(
	const stpfin_plan *self, const char *name, stpfin_table **out_table);

/**
 * The SHA-256 of the plan's tables as canonical CSV in schema order: of the
 * concatenation of name, newline and CSV (as stpfin_table_write_csv() writes
 * it, every column of the schema) of each table that has rows. Equal for plans
 * of equal tables, however they were written down. The settings are no part.
 */
STPFIN_EXPORT stpfin_status stpfin_plan_hash(
	const stpfin_plan *self, char out_hash[STPFIN_HASH_SIZE]);

/**
 * Writes a plan as a folder that stpfin_plan_read() reads: the tables with
 * rows, without columns that are all blank, and datapackage.json. The folder is made if need be;
 * other files in it stay.
 */
STPFIN_EXPORT stpfin_status stpfin_plan_write(const stpfin_plan *self, const char *folder);

/**
 * Writes an empty plan to fill in: every table's CSV with its header, and a
 * datapackage.json with the settings. A folder that already holds any file of a plan is refused
 * (::STPFIN_ERROR_ARGUMENT).
 */
STPFIN_EXPORT stpfin_status stpfin_plan_write_empty(
	const stpfin_plan_settings *settings, const char *folder);

/**
 * Writes a plan as a workbook (.xlsx), or an empty one to fill in. First come a sheet that
 * explains, the data dictionary and `settings`, with the columns `setting` and `value`, a row a
 * setting; then a sheet a table, by its name: its columns' names in row 1 (every column of the
 * schema), choices as drop-down lists, and its rows below. Numbers, years and ages are numbers, all
 * else text; blank cells are empty. Read back (sheet by sheet, tables without rows left out), they
 * make a plan of the same hash. Written beside and renamed; the same plan gives the same bytes.
 *
 * @param self  the plan; NULL for a workbook without rows, whose years are blank and whose rates
 *              are the defaults
 * @param path  the file
 *
 * A number has 16 digits: all of those typed or published. One that has 17, as computed ones may,
 * is rounded to 16, and the hash is then another.
 *
 * ::STPFIN_ERROR_ARGUMENT for what a sheet cannot hold: a text of more than 32,767 characters or
 * with control characters other than tabs and newlines, or a table of more than 1,048,575 rows.
 */
STPFIN_EXPORT stpfin_status stpfin_plan_write_workbook(const stpfin_plan *self, const char *path);

STPFIN_END_C

#endif
