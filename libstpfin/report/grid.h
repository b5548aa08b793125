#ifndef STPFIN_REPORT_GRID_H
#define STPFIN_REPORT_GRID_H

#include "libstpfin/table/buffer.h"

/* Cells of text in aligned columns. Cells are added row by row, left to right. */
struct stpfin_grid {
	size_t n_columns;
	bool *right; /* the columns aligned right */
	struct stpfin_buffer text;
	size_t *cells; /* where each begins in the text */
	size_t n_cells;
	size_t capacity;
};

stpfin_status stpfin_grid__begin(struct stpfin_grid *self, size_t n_columns);
void stpfin_grid__clear(struct stpfin_grid *self);

/* The next cell; control characters become blanks. */
void stpfin_grid__add(struct stpfin_grid *self, const char *text);

/* A rule across all columns, as a row. */
void stpfin_grid__rule(struct stpfin_grid *self);

/* Writes the grid. If it is wider than `width` characters, the widest columns aligned left are
 * wrapped until it is not, or there is none worth wrapping; 0 wraps none. */
void stpfin_grid__write(struct stpfin_grid *self, size_t width, struct stpfin_buffer *out);

/* x with thousands separators and that many decimals; "" for NaN. */
#define STPFIN_AMOUNT_SIZE 48
const char *stpfin_grid__amount(double x, int decimals, char buffer[STPFIN_AMOUNT_SIZE]);

#endif
