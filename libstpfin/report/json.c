#include "libstpfin/report/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libstpfin/table/error.h"
#include "libstpfin/table/number.h"
#include "libstpfin/table/table.h"

static void add_member(struct stpfin_buffer *out, const char *key, double x)
{
	stpfin_buffer__add_text(out, ", ");
	stpfin_json__text(out, key);
	stpfin_buffer__add_text(out, ": ");
	stpfin_json__number(out, x);
}

/* A whole number beyond what a double holds exactly. */
static void add_whole(struct stpfin_buffer *out, const char *key, uint64_t x)
{
	char text[STPFIN_NUMBER_SIZE];

	stpfin_buffer__add_text(out, ", ");
	stpfin_json__text(out, key);
	snprintf(text, sizeof text, ": %" PRIu64, x);
	stpfin_buffer__add_text(out, text);
}

/* The scenarios that the results are of, in order. */
static void add_scenarios(struct stpfin_buffer *out, const stpfin_table *const *tables, size_t n)
{
	stpfin_dictionary *names = stpfin_dictionary__new();

	for (size_t i = 0; i < n && names != NULL; i++) {
		const struct stpfin_column *column = stpfin_table__named(tables[i], "scenario");
		size_t n_rows = column != NULL ? stpfin_table_rows(tables[i]) : 0;

		for (size_t row = 0; row < n_rows; row++) {
			const char *name = stpfin_column__text(column, row);

			if (name != NULL && (row == 0 || column->whole[row] != column->whole[row - 1]) &&
				stpfin_dictionary__intern(names, name, strlen(name)) < 0) {
				out->failed = true;
			}
		}
	}
	out->failed = out->failed || names == NULL;
	stpfin_buffer__add_text(out, ", \"scenarios\": [");
	for (size_t i = 0; names != NULL && i < stpfin_dictionary__size(names); i++) {
		stpfin_buffer__add_text(out, i > 0 ? ", " : "");
		stpfin_json__text(out, stpfin_dictionary__text(names, (int32_t)i));
	}
	stpfin_buffer__add_text(out, "]");
	stpfin_dictionary__free(names);
}

void stpfin_json__stamp(struct stpfin_buffer *out, const stpfin_stamp *stamp,
	const stpfin_table *const *tables, size_t n, const char *members)
{
	const char *comparator = stamp->comparator == STPFIN_COMPARATOR_BEST_FIFTH ? "best_fifth"
							 : stamp->comparator == STPFIN_COMPARATOR_TARGET   ? "target"
																			   : "england";
	const char *prices = stamp->prices == STPFIN_PRICES_REAL ? "real" : "cash";

	stpfin_buffer__add_text(out, "{\"version\": ");
	stpfin_json__text(out, stamp->library_version);
	stpfin_buffer__add_text(out, ", \"plan_hash\": ");
	stpfin_json__text(out, stamp->plan_hash);
	if (*stamp->compared_with != '\0') {
		stpfin_buffer__add_text(out, ", \"compared_with\": ");
		stpfin_json__text(out, stamp->compared_with);
	}
	add_scenarios(out, tables, n);
	add_member(out, "base_year", stamp->settings.base_year);
	add_member(out, "end_year", stamp->settings.end_year);
	add_member(out, "discount_rate", stamp->settings.discount_rate);
	add_member(out, "long_discount_rate", stamp->settings.long_discount_rate);
	add_member(out, "capital_charge_rate", stamp->settings.capital_charge_rate);
	stpfin_buffer__add_text(out, ", \"prices\": ");
	stpfin_json__text(out, prices);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(stpfin_table_name(tables[i]), "health_gap") == 0 &&
			stpfin_table_rows(tables[i]) > 0) {
			stpfin_buffer__add_text(out, ", \"comparator\": ");
			stpfin_json__text(out, comparator);
		}
		if (strcmp(stpfin_table_name(tables[i]), "quality_gap") == 0 &&
			stpfin_table_rows(tables[i]) > 0) {
			stpfin_buffer__add_text(out, ", \"overdispersion\": ");
			stpfin_buffer__add_text(out, stamp->overdispersed ? "true" : "false");
		}
	}
	add_member(out, "published", stamp->published);
	add_member(out, "derived", stamp->derived);
	add_member(out, "assumed", stamp->assumed);
	if (stamp->samples > 0) {
		add_whole(out, "seed", stamp->seed);
		add_whole(out, "samples", stamp->samples);
	}
	stpfin_buffer__add_text(out, members);
	stpfin_buffer__add_text(out, "}");
}

static void add_value(struct stpfin_buffer *out, const struct stpfin_column *column, size_t row)
{
	switch (column->type) {
	case STPFIN_DOUBLE:
		stpfin_json__number(out, column->real[row]);
		break;
	case STPFIN_INT32:
		if (column->whole[row] != STPFIN_MISSING_INT32) {
			stpfin_json__number(out, column->whole[row]);
		} else {
			stpfin_buffer__add_text(out, "null");
		}
		break;
	case STPFIN_TEXT:
		stpfin_json__text(out, stpfin_column__text(column, row));
		break;
	}
}

/* A table as an array of objects, a line each. */
static void add_table(struct stpfin_buffer *out, const stpfin_table *table)
{
	size_t n_rows = stpfin_table_rows(table);

	stpfin_buffer__add_text(out, "[");
	for (size_t row = 0; row < n_rows && !out->failed; row++) {
		stpfin_buffer__add_text(out, row > 0 ? ",\n{" : "\n{");
		for (size_t i = 0; i < stpfin_table_columns(table); i++) {
			const struct stpfin_column *column = stpfin_table__column(table, i);

			stpfin_buffer__add_text(out, i > 0 ? ", " : "");
			stpfin_json__text(out, column->name);
			stpfin_buffer__add_text(out, ": ");
			add_value(out, column, row);
		}
		stpfin_buffer__add_text(out, "}");
	}
	stpfin_buffer__add_text(out, "]");
}

stpfin_status stpfin_results_json(
	const stpfin_table *const *tables, size_t n, const stpfin_stamp *stamp, char **out_text)
{
	struct stpfin_buffer out = {0};

	if (out_text == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	*out_text = NULL;
	for (size_t i = 0; i < n; i++) {
		if (tables == NULL || tables[i] == NULL) {
			return stpfin_error__set(
				STPFIN_ERROR_ARGUMENT, "table %zu of %zu is NULL: give a result", i + 1, n);
		}
	}
	stpfin_buffer__add_text(&out, "{");
	if (stamp != NULL) {
		stpfin_buffer__add_text(&out, "\n\"stpfin\": ");
		stpfin_json__stamp(&out, stamp, tables, n, "");
	}
	for (size_t i = 0; i < n; i++) {
		stpfin_buffer__add_text(&out, i > 0 || stamp != NULL ? ",\n" : "\n");
		stpfin_json__text(&out, stpfin_table_name(tables[i]));
		stpfin_buffer__add_text(&out, ": ");
		add_table(&out, tables[i]);
	}
	stpfin_buffer__add_text(&out, "\n}\n");
	return stpfin_buffer__take(&out, out_text);
}
