#ifndef STPFIN_SCHEMA_H
#define STPFIN_SCHEMA_H

#include "stpfin/table.h"

STPFIN_BEGIN_C

/**
 * @file schema.h
 * The data dictionary: every table a plan may hold and every result, from the
 * one statement that reading and checking use.
 */

/**
 * Describes the tables, or the columns of one.
 *
 * @param table      NULL for a list of all tables: columns `table`, `kind`
 *                   ("plan" or "result"), `required` ("yes" or "no"),
 *                   `same_key` (what two rows of one key mean: "error", "add up",
 *                   "in turn") and `meaning`.
 *                   The name of a table for its columns: `column`, `type`
 *                   ("number", "whole", "year", "age", "text", "date"), `unit`,
 *                   `range` (of a plan's numbers), `blank` ("yes" or "no"),
 *                   `default`, `key` ("yes" or "no"), `values` (the words
 *                   allowed, or the table referred to) and `meaning`.
 * @param out_table  the description
 *
 * An unknown name is ::STPFIN_ERROR_ARGUMENT, naming the nearest.
 */
STPFIN_EXPORT stpfin_status stpfin_describe(const char *table, stpfin_table **out_table);

STPFIN_END_C

#endif
