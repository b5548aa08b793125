#ifndef STPFIN_TABLE_HASH_H
#define STPFIN_TABLE_HASH_H

#include "stpfin/table.h"

/* The SHA-256 of tables one after the other, each as stpfin_table_hash() has it, leaving out those
 * without rows. */
void stpfin_hash__tables(
	const stpfin_table *const *tables, size_t n, char out_hash[STPFIN_HASH_SIZE]);

/* The SHA-256 of numbers, each as the eight bytes of its double from the lowest; all NaNs are
 * alike, and so are zeros. */
void stpfin_hash__numbers(const double *numbers, size_t n, char out_hash[STPFIN_HASH_SIZE]);

#endif
