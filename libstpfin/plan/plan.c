#include "libstpfin/plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/plan/nearest.h"
#include "libstpfin/plan/settings.h"
#include "libstpfin/table/error.h"
#include "libstpfin/table/hash.h"

size_t stpfin_plan__table_place(const char *table)
{
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);

	return (size_t)(stpfin_schema__table(table) - tables);
}

const stpfin_table *stpfin_plan__table(const stpfin_plan *self, const char *table)
{
	return self->tables[stpfin_plan__table_place(table)];
}

const double *stpfin_plan__real(const stpfin_plan *self, const char *table, const char *column)
{
	return stpfin_table__named(stpfin_plan__table(self, table), column)->real;
}

const int32_t *stpfin_plan__whole(const stpfin_plan *self, const char *table, const char *column)
{
	return stpfin_table__named(stpfin_plan__table(self, table), column)->whole;
}

struct stpfin_rate_column stpfin_plan__rates(
	const stpfin_plan *self, const char *table, const char *column)
{
	struct stpfin_rate_column rates = {.cells = stpfin_plan__real(self, table, column)};

	for (size_t i = 0; i < self->n_by_year; i++) {
		const struct stpfin_by_year *by_year = &self->by_year[i];
		const stpfin_table *of = self->tables[by_year->table];

		if (strcmp(stpfin_table_name(of), table) == 0 &&
			strcmp(stpfin_table__column(of, by_year->column)->name, column) == 0) {
			rates.first = by_year->first;
			rates.values = by_year->values;
		}
	}
	return rates;
}

stpfin_status stpfin_plan__find(
	const stpfin_plan *self, const char *table, const char *name, int32_t *out_code)
{
	const stpfin_dictionary *names =
		stpfin_table__column(stpfin_plan__table(self, table), 0)->dictionary;
	size_t n = stpfin_dictionary__size(names);
	const char *nearest;
	char all[256] = "";
	size_t used = 0;

	*out_code = stpfin_dictionary__find(names, name, strlen(name));
	if (*out_code >= 0) {
		return STPFIN_OK;
	}
	nearest = stpfin_nearest__among(name, stpfin_dictionary__texts(names), n);
	if (nearest != NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the plan has no %s '%s': did you mean %s?",
			table, name, nearest);
	}
	for (size_t i = 0; i < n && used < sizeof all; i++) {
		int written = snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "",
			stpfin_dictionary__text(names, (int32_t)i));

		used += written > 0 ? (size_t)written : 0;
	}
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the plan has no %s '%s': it has %s", table,
		name, n > 0 ? all : "none");
}

size_t stpfin_plan__rows(const stpfin_plan *self, const char *table)
{
	return stpfin_table_rows(stpfin_plan__table(self, table));
}

size_t stpfin_plan__years(const stpfin_plan *self)
{
	return (size_t)(self->settings.end_year - self->settings.base_year) + 1;
}

static size_t count_tables(void)
{
	size_t n;

	stpfin_schema__tables(&n);
	return n;
}

void stpfin_plan_free(stpfin_plan *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; self->tables != NULL && i < count_tables(); i++) {
		stpfin_table_free(self->tables[i]);
	}
	free(self->tables);
	free(self);
}

static stpfin_plan *new_plan(const stpfin_plan_settings *settings)
{
	stpfin_plan *plan = calloc(1, sizeof *plan);

	if (plan != NULL) {
		plan->settings = *settings;
		plan->tables = calloc(count_tables(), sizeof *plan->tables);
	}
	if (plan == NULL || plan->tables == NULL) {
		free(plan);
		stpfin_error__memory();
		return NULL;
	}
	return plan;
}

stpfin_plan *stpfin_plan__share(const stpfin_plan *self)
{
	stpfin_plan *plan = new_plan(&self->settings);

	for (size_t i = 0; plan != NULL && i < count_tables(); i++) {
		plan->tables[i] = stpfin_table_share(self->tables[i]);
	}
	if (plan != NULL) {
		plan->by_year = self->by_year;
		plan->n_by_year = self->n_by_year;
	}
	return plan;
}

stpfin_status stpfin_plan_hash(const stpfin_plan *self, char out_hash[STPFIN_HASH_SIZE])
{
	if (self == NULL || out_hash == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	stpfin_hash__tables((const stpfin_table *const *)self->tables, count_tables(), out_hash);
	return STPFIN_OK;
}

/* Applies every rule. A later one may rely on codes that the earlier ones settle. */
static stpfin_status check_rules(struct stpfin_check *check, bool years_known)
{
	stpfin_status status = stpfin_check__keys(check);

	if (status == STPFIN_OK) {
		status = stpfin_check__references(check);
	}
	if (status == STPFIN_OK) {
		status = stpfin_check__places(check);
	}
	if (status == STPFIN_OK && years_known) {
		status = stpfin_check__population(check);
	}
	if (status == STPFIN_OK && years_known) {
		status = stpfin_check__prices(check);
	}
	if (status == STPFIN_OK && years_known) {
		status = stpfin_check__money(check);
	}
	if (status == STPFIN_OK && years_known) {
		status = stpfin_check__fund(check);
	}
	if (status == STPFIN_OK) {
		status = stpfin_check__bids(check);
	}
	if (status == STPFIN_OK && years_known) {
		status = stpfin_check__schemes(check);
	}
	if (status == STPFIN_OK && years_known) {
		status = stpfin_check__health(check);
	}
	if (status == STPFIN_OK && years_known) {
		status = stpfin_check__quality(check);
	}
	if (status == STPFIN_OK && years_known) {
		status = stpfin_check__uncertainty(check);
	}
	if (status == STPFIN_OK && check->problems->n_errors == 0) {
		status = stpfin_check__coverage(check);
	}
	if (status == STPFIN_OK && check->problems->n_errors == 0) {
		status = stpfin_check__realism(check);
	}
	if (status == STPFIN_OK && check->problems->n_errors == 0) {
		status = stpfin_check__health_realism(check);
	}
	if (status == STPFIN_OK && check->problems->n_errors == 0) {
		status = stpfin_check__quality_realism(check);
	}
	return status;
}

stpfin_status stpfin_plan__assemble(const stpfin_plan_settings *settings, bool years_known,
	struct stpfin_intake *intakes, struct stpfin_problems *problems, stpfin_plan **out_plan)
{
	struct stpfin_check check = {*settings, intakes, problems};
	size_t n = count_tables();
	stpfin_plan *plan = NULL;
	stpfin_status status;

	*out_plan = NULL;
	status = check_rules(&check, years_known);
	if (status == STPFIN_OK) {
		status = problems->status;
	}
	if (status != STPFIN_OK || problems->n_errors > 0) {
		return status;
	}
	plan = new_plan(settings);
	if (plan == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	for (size_t i = 0; i < n; i++) {
		plan->tables[i] = stpfin_table_share(intakes[i].table);
	}
	*out_plan = plan;
	return STPFIN_OK;
}

/* Which of the n tables given is that of the schema; NULL if none is. */
static const stpfin_table *find_given(const stpfin_table *const *tables, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(stpfin_table_name(tables[i]), name) == 0) {
			return tables[i];
		}
	}
	return NULL;
}

const char *stpfin_plan__nearest_table(const char *name)
{
	struct stpfin_nearest nearest = {.word = name};
	size_t n;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n);

	for (size_t i = 0; i < n; i++) {
		stpfin_nearest__consider(&nearest, tables[i].name);
	}
	return nearest.name;
}

static stpfin_status unknown_table(const char *name)
{
	const char *nearest = stpfin_plan__nearest_table(name);

	if (nearest != NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"a plan has no table '%s': did you mean %s?", STPFIN_EXCERPT(name), nearest);
	}
	return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
		"a plan has no table '%s': `stpfin describe` lists those it may have",
		STPFIN_EXCERPT(name));
}

static stpfin_status check_names(const stpfin_table *const *tables, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (tables[i] == NULL) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "table %zu of the plan is NULL", i);
		}
		if (stpfin_schema__table(stpfin_table_name(tables[i])) == NULL) {
			return unknown_table(stpfin_table_name(tables[i]));
		}
		if (find_given(tables, i, stpfin_table_name(tables[i])) != NULL) {
			return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the table %s is given twice: give one",
				stpfin_table_name(tables[i]));
		}
	}
	return STPFIN_OK;
}

stpfin_status stpfin_plan__make(const stpfin_plan_settings *settings, const stpfin_plan *base,
	const stpfin_table *const *tables, size_t n, stpfin_table **out_problems,
	stpfin_plan **out_plan)
{
	size_t n_tables;
	const struct stpfin_table_schema *schemas = stpfin_schema__tables(&n_tables);
	struct stpfin_intake *intakes = NULL;
	struct stpfin_problems problems = {.n = 0};
	stpfin_plan_settings any_years = STPFIN_ANY_YEARS;
	stpfin_plan *plan = NULL;
	bool years_known;
	stpfin_status status;

	status = check_names(tables, n);
	if (status != STPFIN_OK) {
		goto out;
	}
	intakes = calloc(n_tables, sizeof *intakes);
	if (intakes == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	years_known = stpfin_settings__check(settings, &problems);
	for (size_t i = 0; i < n_tables && status == STPFIN_OK; i++) {
		const stpfin_table *given = find_given(tables, n, schemas[i].name);

		if (given != NULL) {
			status = stpfin_intake__take(
				&intakes[i], &schemas[i], given, years_known ? settings : &any_years, &problems);
		} else if (base != NULL) {
			status = stpfin_intake__again(&intakes[i], &schemas[i], base->tables[i]);
		} else {
			status = stpfin_intake__absent(&intakes[i], &schemas[i], &problems);
		}
	}
	if (status == STPFIN_OK) {
		status = stpfin_plan__assemble(settings, years_known, intakes, &problems, &plan);
	}
	if (status == STPFIN_OK) {
		status = stpfin_plan__deliver(&problems, intakes, plan, out_problems, out_plan);
		plan = NULL;
	}

out:
	for (size_t i = 0; intakes != NULL && i < n_tables; i++) {
		stpfin_intake__free(&intakes[i]);
	}
	free(intakes);
	stpfin_problems__clear(&problems);
	stpfin_plan_free(plan);
	return status;
}

stpfin_status stpfin_plan__deliver(struct stpfin_problems *problems,
	const struct stpfin_intake *intakes, stpfin_plan *plan, stpfin_table **out_problems,
	stpfin_plan **out_plan)
{
	size_t n_tables = count_tables();
	size_t n_files = 0;
	const char **files = calloc(n_tables + 1, sizeof *files);
	stpfin_table *table = NULL;
	stpfin_status status = STPFIN_OK;

	if (files == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	files[n_files++] = stpfin_settings__file;
	for (size_t i = 0; intakes != NULL && i < n_tables; i++) {
		files[n_files++] = intakes[i].file;
	}
	if (out_problems != NULL) {
		status = stpfin_problems__table(problems, files, n_files, &table);
	}
	if (status == STPFIN_OK) {
		if (out_problems != NULL) {
			*out_problems = table;
		}
		status = stpfin_problems__verdict(problems);
	}
	if (status == STPFIN_OK && out_plan != NULL) {
		*out_plan = plan;
		plan = NULL;
	}

out:
	free(files);
	stpfin_plan_free(plan);
	return status;
}

void stpfin_plan__clear(stpfin_table **out_problems, stpfin_plan **out_plan)
{
	if (out_problems != NULL) {
		*out_problems = NULL;
	}
	if (out_plan != NULL) {
		*out_plan = NULL;
	}
}

static stpfin_status check_version(const stpfin_plan_settings *settings)
{
	if (settings == NULL || settings->version != 1) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT,
			"the settings have no known version: begin with STPFIN_PLAN_SETTINGS_INIT");
	}
	return STPFIN_OK;
}

stpfin_status stpfin_plan_new(const stpfin_plan_settings *settings,
	const stpfin_table *const *tables, size_t n, stpfin_table **out_problems,
	stpfin_plan **out_plan)
{
	stpfin_status status;

	stpfin_plan__clear(out_problems, out_plan);
	status = check_version(settings);
	if (status != STPFIN_OK) {
		return status;
	}
	if (tables == NULL && n > 0) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "no tables are given");
	}
	return stpfin_plan__make(settings, NULL, tables, n, out_problems, out_plan);
}

stpfin_status stpfin_plan_replace(const stpfin_plan *self, const stpfin_table *table,
	stpfin_table **out_problems, stpfin_plan **out_plan)
{
	stpfin_plan__clear(out_problems, out_plan);
	if (self == NULL || table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the plan or the table is NULL");
	}
	return stpfin_plan__make(&self->settings, self, &table, 1, out_problems, out_plan);
}

stpfin_status stpfin_plan_get_settings(const stpfin_plan *self, stpfin_plan_settings *out_settings)
{
	if (self == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "the plan is NULL");
	}
	if (check_version(out_settings) != STPFIN_OK) {
		return STPFIN_ERROR_ARGUMENT;
	}
	*out_settings = self->settings;
	return STPFIN_OK;
}

stpfin_status stpfin_plan_get_table(
	const stpfin_plan *self, const char *name, stpfin_table **out_table)
{
	if (out_table != NULL) {
		*out_table = NULL;
	}
	if (self == NULL || name == NULL || out_table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	if (stpfin_schema__table(name) == NULL) {
		return unknown_table(name);
	}
	*out_table = stpfin_table_share(stpfin_plan__table(self, name));
	return STPFIN_OK;
}
