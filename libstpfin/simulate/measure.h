#ifndef STPFIN_SIMULATE_MEASURE_H
#define STPFIN_SIMULATE_MEASURE_H

#include "libstpfin/plan/schema.h"
#include "libstpfin/table/table.h"
#include "stpfin/common.h"

/* Measures as they are asked for: RESULT.COLUMN[key=value;…]. */

/* The most columns a result has that could be narrowed. */
enum { STPFIN_MOST_NARROWINGS = 16 };

/* One thing a measure is narrowed to. */
struct stpfin_narrowing {
	size_t column; /* of the result's schema */
	char *value;
};

struct stpfin_asked {
	const char *text;
	size_t result; /* among stpfin_projection_results(), or as many as those for a bridge */
	const struct stpfin_table_schema *schema;
	size_t column;
	/* Of the schema; SIZE_MAX where the result has none. */
	size_t place;
	size_t year;
	size_t n_narrowings;
	struct stpfin_narrowing narrowings[STPFIN_MOST_NARROWINGS];
};

/* Reads a measure, which is borrowed; STPFIN_ERROR_ARGUMENT says what is wrong, naming the nearest.
 */
stpfin_status stpfin_asked__read(struct stpfin_asked *self, const char *text);
void stpfin_asked__free(struct stpfin_asked *self);

/* Sets fits[row] where a row of the result fits all narrowings. */
void stpfin_asked__select(const struct stpfin_asked *self, const stpfin_table *table, bool *fits);

/* Whether a row fits one narrowing, by its place among them. */
bool stpfin_asked__fits(
	const struct stpfin_asked *self, const stpfin_table *table, size_t narrowing, size_t row);

/* The measure's own name in a row: with the keys that are neither scenario, place nor year. Added
 * to a buffer. */
struct stpfin_buffer;
void stpfin_asked__name(const struct stpfin_asked *self, const stpfin_table *table, size_t row,
	struct stpfin_buffer *out);

#endif
