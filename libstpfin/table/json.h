#ifndef STPFIN_TABLE_JSON_H
#define STPFIN_TABLE_JSON_H

#include "libstpfin/table/buffer.h"

/* JSON is written here rather than by jansson, which gives a double 17 digits (0.035 would be
 * 0.035000000000000003) and would hold every row in memory at once. */

/* A text in quotes; null for NULL. */
void stpfin_json__text(struct stpfin_buffer *out, const char *text);

/* The shortest text that reads back to the same bits; null for what JSON cannot hold. */
void stpfin_json__number(struct stpfin_buffer *out, double x);

#endif
