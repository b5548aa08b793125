#include "libstpfin/report/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/error.h"
#include "libstpfin/table/number.h"

static const size_t RULE = SIZE_MAX;
static const size_t BETWEEN_COLUMNS = 2;
static const size_t LEAST_TO_WRAP = 16;
static const size_t LONGEST_WORD = 40; /* kept whole */

stpfin_status stpfin_grid__begin(struct stpfin_grid *self, size_t n_columns)
{
	*self = (struct stpfin_grid){.n_columns = n_columns};
	self->right = calloc(n_columns + 1, sizeof *self->right);
	return self->right != NULL ? STPFIN_OK : stpfin_error__memory();
}

void stpfin_grid__clear(struct stpfin_grid *self)
{
	free(self->right);
	free(self->cells);
	stpfin_buffer__clear(&self->text);
	*self = (struct stpfin_grid){0};
}

static void add_cell(struct stpfin_grid *self, size_t begin)
{
	if (self->n_cells == self->capacity) {
		size_t capacity = self->capacity > 0 ? 2 * self->capacity : 64;
		size_t *cells = NULL;

		if (capacity <= SIZE_MAX / sizeof *cells) {
			cells = realloc(self->cells, capacity * sizeof *cells);
		}
		if (cells == NULL) {
			self->text.failed = true;
			return;
		}
		self->cells = cells;
		self->capacity = capacity;
	}
	self->cells[self->n_cells++] = begin;
}

void stpfin_grid__add(struct stpfin_grid *self, const char *text)
{
	size_t begin = self->text.length;

	stpfin_buffer__add(&self->text, text, strlen(text) + 1);
	if (self->text.failed) {
		return;
	}
	for (char *c = self->text.bytes + begin; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7F) {
			*c = ' ';
		}
	}
	add_cell(self, begin);
}

void stpfin_grid__rule(struct stpfin_grid *self)
{
	for (size_t i = 0; i < self->n_columns && !self->text.failed; i++) {
		add_cell(self, RULE);
	}
}

static bool begins_character(char c)
{
	return ((unsigned char)c & 0xC0) != 0x80;
}

static size_t characters(const char *text, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		n += begins_character(text[i]);
	}
	return n;
}

/* The bytes of the text's first line in a column of that width: up to the last blank that fits, or
 * all that fits of a longer word. */
static size_t first_line(const char *text, size_t width)
{
	size_t n = 0;
	size_t at_blank = 0;
	size_t i = 0;

	for (; text[i] != '\0'; i++) {
		if (!begins_character(text[i])) {
			continue;
		}
		if (text[i] == ' ') {
			at_blank = i;
		}
		if (n++ == width) {
			return at_blank > 0 ? at_blank : i;
		}
	}
	return i;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The width of each column, and of its longest word or what it may be wrapped to. */
static void measure(const struct stpfin_grid *self, size_t *widths, size_t *least)
{
	for (size_t i = 0; i < self->n_columns; i++) {
		least[i] = LEAST_TO_WRAP;
	}
	for (size_t i = 0; i < self->n_cells; i++) {
		const char *text = self->text.bytes + self->cells[i];
		size_t column = i % self->n_columns;

		if (self->cells[i] == RULE) {
			continue;
		}
		widths[column] = larger(widths[column], characters(text, strlen(text)));
		while (*text != '\0') {
			size_t length = strcspn(text, " ");
			size_t word = characters(text, length);

			least[column] = larger(least[column], word < LONGEST_WORD ? word : LONGEST_WORD);
			text += length + (text[length] == ' ');
		}
	}
}

static size_t total_width(const struct stpfin_grid *self, const size_t *widths)
{
	size_t total = 0;

	for (size_t i = 0; i < self->n_columns; i++) {
		total += widths[i] + (i > 0 ? BETWEEN_COLUMNS : 0);
	}
	return total;
}

static void make_fit(
	const struct stpfin_grid *self, size_t *widths, const size_t *least, size_t most)
{
	size_t total = total_width(self, widths);

	while (total > most) {
		size_t *widest = NULL;

		for (size_t i = 0; i < self->n_columns; i++) {
			if (!self->right[i] && widths[i] > least[i] &&
				(widest == NULL || widths[i] > *widest)) {
				widest = &widths[i];
			}
		}
		if (widest == NULL) {
			break;
		}
		--*widest;
		total--;
	}
}

/* Writes one line of a row and moves each cell on to what is left of it; false when nothing is. */
static bool write_line(const struct stpfin_grid *self, const size_t *widths, const char **cells,
	struct stpfin_buffer *out)
{
	size_t pending = 0;
	bool more = false;

	for (size_t i = 0; i < self->n_columns; i++) {
		size_t length = first_line(cells[i], widths[i]);
		size_t padding = widths[i] - characters(cells[i], length);

		pending += i > 0 ? BETWEEN_COLUMNS : 0;
		pending += self->right[i] ? padding : 0;
		if (length > 0) {
			stpfin_buffer__fill(out, ' ', pending);
			stpfin_buffer__add(out, cells[i], length);
			pending = 0;
		}
		pending += self->right[i] ? 0 : padding;
		cells[i] += length;
		while (*cells[i] == ' ') {
			cells[i]++;
		}
		more = more || *cells[i] != '\0';
	}
	stpfin_buffer__add_text(out, "\n");
	return more;
}

void stpfin_grid__write(struct stpfin_grid *self, size_t width, struct stpfin_buffer *out)
{
	size_t *widths = calloc(self->n_columns + 1, sizeof *widths);
	size_t *least = calloc(self->n_columns + 1, sizeof *least);
	const char **rest = calloc(self->n_columns + 1, sizeof *rest);

	if (widths == NULL || least == NULL || rest == NULL || self->text.failed) {
		out->failed = true;
		goto out;
	}
	measure(self, widths, least);
	if (width > 0) {
		make_fit(self, widths, least, width);
	}
	for (size_t row = 0; row < self->n_cells; row += self->n_columns) {
		if (self->cells[row] == RULE) {
			stpfin_buffer__fill(out, '-', total_width(self, widths));
			stpfin_buffer__add_text(out, "\n");
			continue;
		}
		for (size_t i = 0; i < self->n_columns; i++) {
			rest[i] = self->text.bytes + self->cells[row + i];
		}
		while (write_line(self, widths, rest, out)) {
		}
	}

out:
	free(widths);
	free(least);
	free(rest);
}

/* Digits are made here because printf's decimal point is the locale's. */
const char *stpfin_grid__amount(double x, int decimals, char buffer[STPFIN_AMOUNT_SIZE])
{
	double scaled = round(fabs(x) * pow(10, decimals));
	char *end = buffer + STPFIN_AMOUNT_SIZE - 1;
	uint64_t rest;
	int digits = 0;

	if (!isfinite(x)) {
		return isnan(x) ? "" : x < 0 ? "-inf" : "inf";
	}
	if (scaled >= 1e15) {
		stpfin_number__write(x, buffer);
		return buffer;
	}
	rest = (uint64_t)scaled;
	*end = '\0';
	do {
		int whole_digits = digits - decimals;

		if (decimals > 0 && whole_digits == 0) {
			*--end = '.';
		} else if (whole_digits > 0 && whole_digits % 3 == 0) {
			*--end = ',';
		}
		*--end = (char)('0' + rest % 10);
		rest /= 10;
		digits++;
	} while (rest > 0 || digits <= decimals);
	if (x < 0 && scaled > 0) {
		*--end = '-';
	}
	return end;
}
