#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/plan/check.h"
#include "libstpfin/table/error.h"

/* Words that results use beside the plan's own names. */
static const struct {
	const char *table;
	const char *column;
	const char *word;
} reserved[] = {{"footprint", "footprint", "England"}, {"footprint", "footprint", "total"},
	{"footprint", "footprint", "nhs"}, {"footprint", "footprint", "persons"},
	{"footprint", "footprint", "unassigned"}, {"organisation", "organisation", "England"},
	{"organisation", "organisation", "total"}, {"organisation", "organisation", "nhs"},
	{"organisation", "organisation", "persons"}, {"organisation", "organisation", "unassigned"},
	{"service", "service", "mortality"}, {"staffing", "staff_group", "bed"},
	{"service", "service", "total"}, {"scheme", "scheme", "total"}, {"scheme", "scheme", "awards"},
	{"scheme", "scheme", "start"}, {"scheme", "scheme", "end"}, {"scheme", "workstream", "awards"},
	{"scheme", "workstream", "start"}, {"scheme", "workstream", "end"},
	{"indicator", "indicator", "composite"}, {"scenario", "scenario", "do_nothing"},
	{"scenario", "scenario", "every"}};

static void check_names(struct stpfin_check *check)
{
	const int32_t *organisation = stpfin_check__whole(check, "organisation", "organisation");
	const stpfin_dictionary *footprints =
		stpfin_table__column(stpfin_check__table(check, "footprint")->table, 0)->dictionary;

	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
		const struct stpfin_intake *intake = stpfin_check__table(check, reserved[i].table);
		const struct stpfin_column *column = stpfin_table__named(intake->table, reserved[i].column);
		int32_t code =
			stpfin_dictionary__find(column->dictionary, reserved[i].word, strlen(reserved[i].word));

		for (size_t row = 0; code >= 0 && row < stpfin_table_rows(intake->table); row++) {
			if (column->whole[row] == code) {
				STPFIN_CHECK_ERROR(check, reserved[i].table, row, column->name,
					"'%s' is a word that results use themselves: choose another name",
					reserved[i].word);
				break;
			}
		}
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "organisation"); row < rows; row++) {
		const char *name = stpfin_check__name(check, "organisation", organisation[row]);

		if (organisation[row] >= 0 &&
			stpfin_dictionary__find(footprints, name, strlen(name)) >= 0) {
			STPFIN_CHECK_ERROR(check, "organisation", row, "organisation",
				"'%s' is a footprint's name too: a name stands for one place",
				STPFIN_EXCERPT(name));
		}
	}
}

/* Finds footprints that are their own ancestors. parent is by code. Each way up is gone once: it
 * ends at the top, where an earlier one has been, or where it has been itself, which is a circle.
 */
static stpfin_status check_parents(struct stpfin_check *check, const int32_t *parent, size_t n)
{
	const int32_t *footprint = stpfin_check__whole(check, "footprint", "footprint");
	size_t *way = calloc(n + 1, sizeof *way); /* by which a footprint was first reached, 0: none */
	bool *in_circle = calloc(n + 1, sizeof *in_circle);
	stpfin_status status = STPFIN_OK;

	if (way == NULL || in_circle == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t start = 0; start < n; start++) {
		int32_t at = (int32_t)start;

		while (at >= 0 && way[at] == 0) {
			way[at] = start + 1;
			at = parent[at];
		}
		while (at >= 0 && way[at] == start + 1 && !in_circle[at]) {
			in_circle[at] = true;
			at = parent[at];
		}
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "footprint"); row < rows; row++) {
		if (footprint[row] >= 0 && in_circle[footprint[row]]) {
			STPFIN_CHECK_ERROR(check, "footprint", row, "parent",
				"'%s' lies within itself: its parents lead back to it",
				STPFIN_CHECK_NAME(check, "footprint", footprint[row]));
		}
	}

out:
	free(way);
	free(in_circle);
	return status;
}

/* A footprint with children is only what they are: nothing else may name it. */
static void check_leaves(struct stpfin_check *check, const bool *has_children)
{
	size_t n_tables;
	const struct stpfin_table_schema *tables = stpfin_schema__tables(&n_tables);

	for (size_t i = 0; i < n_tables; i++) {
		const struct stpfin_table_schema *schema = &tables[i];
		bool leaves_only = schema->rate || schema->rows == STPFIN_ROWS_IN_TURN ||
						   strcmp(schema->name, "indicator_value") == 0 ||
						   strcmp(schema->name, "membership") == 0 ||
						   strcmp(schema->name, "mortality") == 0 ||
						   strcmp(schema->name, "population") == 0;

		for (size_t j = 0; leaves_only && j < schema->n_columns; j++) {
			const char *column = schema->columns[j].name;
			const int32_t *footprint;

			if (schema->columns[j].cell != STPFIN_CELL_CODE ||
				strcmp(schema->columns[j].refers_to, "footprint") != 0) {
				continue;
			}
			footprint = stpfin_check__whole(check, schema->name, column);
			for (size_t row = 0, rows = stpfin_check__rows(check, schema->name); row < rows;
				 row++) {
				if (footprint[row] >= 0 && has_children[footprint[row]]) {
					STPFIN_CHECK_ERROR(check, schema->name, row, column,
						"'%s' is a parent of other footprints: name the footprints within it",
						STPFIN_CHECK_NAME(check, "footprint", footprint[row]));
				}
			}
		}
	}
}

static stpfin_status check_shares(struct stpfin_check *check)
{
	const int32_t *organisation = stpfin_check__whole(check, "membership", "organisation");
	const double *share = stpfin_check__real(check, "membership", "share");
	size_t n_rows = stpfin_check__rows(check, "membership");
	size_t n = stpfin_check__codes(check, "organisation");
	double *sum = calloc(n + 1, sizeof *sum);
	bool *told = calloc(n + 1, sizeof *told);
	stpfin_status status = STPFIN_OK;

	if (sum == NULL || told == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t row = 0; row < n_rows; row++) {
		if (organisation[row] >= 0 && !isnan(share[row])) {
			sum[organisation[row]] += share[row];
		}
	}
	for (size_t row = 0; row < n_rows; row++) {
		int32_t code = organisation[row];

		if (code >= 0 && sum[code] > 1 + STPFIN_SHARE_TOLERANCE && !told[code]) {
			told[code] = true;
			STPFIN_CHECK_ERROR(check, "membership", row, "share",
				"the shares of '%s' sum to %.12g: they may sum to 1 at most",
				STPFIN_CHECK_NAME(check, "organisation", code), sum[code]);
		}
	}

out:
	free(sum);
	free(told);
	return status;
}

stpfin_status stpfin_check__places(struct stpfin_check *check)
{
	const int32_t *footprint = stpfin_check__whole(check, "footprint", "footprint");
	const int32_t *parent_of_row = stpfin_check__whole(check, "footprint", "parent");
	size_t n = stpfin_check__codes(check, "footprint");
	int32_t *parent = malloc((n + 1) * sizeof *parent);
	bool *has_children = calloc(n + 1, sizeof *has_children);
	stpfin_status status = STPFIN_OK;

	if (parent == NULL || has_children == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		parent[i] = -1;
	}
	for (size_t row = 0, rows = stpfin_check__rows(check, "footprint"); row < rows; row++) {
		if (footprint[row] >= 0 && parent_of_row[row] >= 0) {
			parent[footprint[row]] = parent_of_row[row];
			has_children[parent_of_row[row]] = true;
		}
	}
	check_names(check);
	check_leaves(check, has_children);
	status = check_parents(check, parent, n);
	if (status == STPFIN_OK) {
		status = check_shares(check);
	}

out:
	free(parent);
	free(has_children);
	return status;
}
