#ifndef STPFIN_REPORT_JSON_H
#define STPFIN_REPORT_JSON_H

#include "libstpfin/table/json.h"
#include "stpfin/projection.h"

/* The stamp of n results as an object on one line. */
void stpfin_json__stamp(struct stpfin_buffer *out, const stpfin_stamp *stamp,
	const stpfin_table *const *tables, size_t n, const char *members);

#endif
