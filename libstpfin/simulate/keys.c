#include "libstpfin/simulate/keys.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/error.h"

void stpfin_keys__free(struct stpfin_keys *self)
{
	free(self->first);
	free(self->words);
	free(self->slots);
	*self = (struct stpfin_keys){.n = 0};
}

void *stpfin_keys__grown(void *array, size_t *capacity, size_t n, size_t size)
{
	size_t larger = 2 * n + 16;
	void *moved;

	if (n < *capacity) {
		return array;
	}
	moved = larger < SIZE_MAX / size ? realloc(array, larger * size) : NULL;
	if (moved == NULL) {
		stpfin_error__memory();
		return NULL;
	}
	*capacity = larger;
	return moved;
}

/* Makes room for another word. */
static stpfin_status reserve(struct stpfin_keys *self)
{
	uint64_t *words =
		stpfin_keys__grown(self->words, &self->word_capacity, self->n_words, sizeof *words);

	if (words == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->words = words;
	return STPFIN_OK;
}

stpfin_status stpfin_keys__write(struct stpfin_keys *self, uint64_t word)
{
	stpfin_status status = reserve(self);

	if (status == STPFIN_OK) {
		self->words[self->n_words++] = word;
	}
	return status;
}

stpfin_status stpfin_keys__write_number(struct stpfin_keys *self, double number)
{
	uint64_t word;

	memcpy(&word, &number, sizeof word);
	return stpfin_keys__write(self, word);
}

static size_t hash_words(const uint64_t *words, size_t n)
{
	uint64_t hash = 0x9E3779B97F4A7C15u;

	for (size_t i = 0; i < n; i++) {
		hash = (hash ^ words[i]) * 0xFF51AFD7ED558CCDu;
		hash ^= hash >> 32;
	}
	return (size_t)hash;
}

/* The slot of a run of words, or the free one where it belongs. */
static size_t *find_slot(const struct stpfin_keys *self, const uint64_t *words, size_t n)
{
	size_t at = hash_words(words, n) & (self->n_slots - 1);

	for (;; at = (at + 1) & (self->n_slots - 1)) {
		size_t key = self->slots[at] - 1;

		if (self->slots[at] == 0 ||
			(self->first[key + 1] - self->first[key] == n &&
				memcmp(self->words + self->first[key], words, n * sizeof *words) == 0)) {
			return &self->slots[at];
		}
	}
}

/* Keeps at least half of the slots free. */
static stpfin_status widen(struct stpfin_keys *self)
{
	size_t *old = self->slots;
	size_t larger = self->n_slots > 0 ? 2 * self->n_slots : 64;

	if (self->n < self->n_slots / 2) {
		return STPFIN_OK;
	}
	self->slots = larger <= SIZE_MAX / sizeof *old / 2 ? calloc(larger, sizeof *old) : NULL;
	if (self->slots == NULL) {
		self->slots = old;
		return stpfin_error__memory();
	}
	free(old);
	self->n_slots = larger;
	for (size_t key = 0; key < self->n; key++) {
		*find_slot(self, self->words + self->first[key], self->first[key + 1] - self->first[key]) =
			key + 1;
	}
	return STPFIN_OK;
}

stpfin_status stpfin_keys__end(struct stpfin_keys *self, size_t *out_number)
{
	size_t *first =
		stpfin_keys__grown(self->first, &self->capacity, self->n + 1, sizeof *self->first);
	size_t *slot;

	if (first == NULL) {
		return STPFIN_ERROR_MEMORY;
	}
	self->first = first;
	first[0] = 0;
	if (widen(self) != STPFIN_OK || reserve(self) != STPFIN_OK) {
		return STPFIN_ERROR_MEMORY;
	}
	slot = find_slot(self, self->words + first[self->n], self->n_words - first[self->n]);
	if (*slot == 0) {
		*slot = ++self->n;
		first[self->n] = self->n_words;
	}
	self->n_words = first[self->n];
	*out_number = *slot - 1;
	return STPFIN_OK;
}
