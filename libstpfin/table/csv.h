#ifndef STPFIN_TABLE_CSV_H
#define STPFIN_TABLE_CSV_H

#include "libstpfin/table/files.h"
#include "stpfin/table.h"

/* The longest cell, in bytes. */
#define STPFIN_CSV_CELL_LIMIT ((size_t)1 << 20)

/* Reads CSV as a stream of cells. Row 1 is the header: no cell comes before it. */
struct stpfin_csv_reader {
	/* A cell, counted from 0 in its row; text is UTF-8, ends in a NUL beyond length, and holds
	 * no other NUL. Spaces and tabs around it are left out unless they are quoted. */
	stpfin_status (*cell)(
		void *user_data, size_t row, size_t column, const char *text, size_t length);
	/* The end of a row that had that many cells; a blank line is no row, but counts. */
	stpfin_status (*row_end)(void *user_data, size_t row, size_t cells);
	void *user_data;
};

/* Feeds a file to the reader until a callback fails, and returns that status; or
 * STPFIN_ERROR_FILE; or STPFIN_ERROR_CSV when the bytes are not CSV in UTF-8 (a NUL byte, bytes
 * that are not UTF-8, UTF-16, a cell beyond 1 MiB, text after a closing quote, a quote within a
 * cell that does not begin with one, a quote never closed, a blank line where the header should
 * be). Then *out_row is the row where it went wrong, 0 if none; it may be NULL. A quote never
 * closed went wrong in the row where it opened. Memory does not grow beyond the longest cell. */
stpfin_status stpfin_csv__read_file(
	const char *path, const struct stpfin_csv_reader *reader, size_t *out_row);

/* The same for bytes in memory. */
stpfin_status stpfin_csv__read_bytes(
	const char *bytes, size_t length, const struct stpfin_csv_reader *reader, size_t *out_row);

/* Where CSV is written to: a file, a hash, the standard output. Returns false when it fails. */
typedef bool (*stpfin_sink)(void *user_data, const char *bytes, size_t length);

/* Writes a table as CSV into a sink; false when the sink said so. */
bool stpfin_csv__write(const stpfin_table *table, stpfin_sink sink, void *user_data);

/* Writes a table as CSV beside the file that it is to replace once committed; the file is to be
 * dropped. */
stpfin_status stpfin_csv__write_beside(
	const stpfin_table *table, const char *path, struct stpfin_new_file *file);

/* The length of the longest beginning that is whole UTF-8 characters, none of them NUL. */
size_t stpfin_csv__utf8(const char *bytes, size_t length);

#endif
