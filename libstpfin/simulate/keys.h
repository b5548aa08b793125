#ifndef STPFIN_SIMULATE_KEYS_H
#define STPFIN_SIMULATE_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "stpfin/common.h"

/* Distinct runs of words, numbered from 0 in order of first appearance: what is alike in all that
 * is written into its key gets the same number. */

struct stpfin_keys {
	size_t n;
	size_t *first; /* by key: its first word; the last is followed by its end */
	size_t capacity;
	uint64_t *words;
	size_t n_words; /* of which those after first[n] are of a key still being written */
	size_t word_capacity;
	size_t *slots; /* a key + 1, 0 where free */
	size_t n_slots;
};

void stpfin_keys__free(struct stpfin_keys *self);

/* Writes a word, or the bits of a number, of the next key. */
stpfin_status stpfin_keys__write(struct stpfin_keys *self, uint64_t word);
stpfin_status stpfin_keys__write_number(struct stpfin_keys *self, double number);

/* Ends the key and gives its number: n, before, if it is new. */
stpfin_status stpfin_keys__end(struct stpfin_keys *self, size_t *out_number);

/* The array, moved if need be so that it has room for one more than n elements of a size; NULL,
 * with the error set and the array as it was, where there is no memory. */
void *stpfin_keys__grown(void *array, size_t *capacity, size_t n, size_t size);

#endif
