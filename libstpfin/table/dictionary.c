#include "libstpfin/table/dictionary.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* An open-addressed table of twice as many slots as there can be texts, so that probing stays
 * short; both double together. */
struct slot {
	uint32_t hash;
	int32_t code_plus_1; /* 0 in an empty slot */
};

struct stpfin_dictionary {
	atomic_size_t shares;
	const char **texts;
	size_t size;
	size_t capacity;
	struct slot *slots;
};

/* Eight bytes at a time, each step a multiplication folded on itself. */
static uint32_t hash_of(const char *text, size_t length)
{
	const uint64_t odd = 0x9E3779B97F4A7C15u;
	uint64_t hash = length * odd;
	uint64_t word;

	for (; length >= sizeof(word); text += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = (hash ^ word) * odd;
		hash ^= hash >> 32;
	}
	if (length > 0) {
		word = 0;
		memcpy(&word, text, length);
		hash = (hash ^ word) * odd;
		hash ^= hash >> 32;
	}
	hash *= odd;
	return (uint32_t)(hash >> 32);
}

/* The slot of the text, or the empty one where it belongs. */
static struct slot *probe(
	const stpfin_dictionary *self, uint32_t hash, const char *text, size_t length)
{
	size_t mask = self->capacity * 2 - 1;
	size_t i = hash & mask;

	for (; self->slots[i].code_plus_1 != 0; i = (i + 1) & mask) {
		if (self->slots[i].hash == hash) {
			const char *known = self->texts[self->slots[i].code_plus_1 - 1];

			if (strncmp(known, text, length) == 0 && known[length] == '\0') {
				break;
			}
		}
	}
	return &self->slots[i];
}

static bool grow(stpfin_dictionary *self)
{
	size_t capacity = self->capacity > 0 ? self->capacity * 2 : 8;
	size_t mask = capacity * 2 - 1;
	const char **texts;
	struct slot *slots;

	if (capacity > INT32_MAX || capacity > SIZE_MAX / 2 / sizeof(*slots)) {
		return false;
	}
	texts = realloc(self->texts, capacity * sizeof(*texts));
	if (texts == NULL) {
		return false;
	}
	self->texts = texts;
	slots = calloc(capacity * 2, sizeof(*slots));
	if (slots == NULL) {
		return false;
	}
	for (size_t from = 0; from < self->capacity * 2; from++) {
		if (self->slots[from].code_plus_1 != 0) {
			size_t to = self->slots[from].hash & mask;

			while (slots[to].code_plus_1 != 0) {
				to = (to + 1) & mask;
			}
			slots[to] = self->slots[from];
		}
	}
	free(self->slots);
	self->slots = slots;
	self->capacity = capacity;
	return true;
}

stpfin_dictionary *stpfin_dictionary__new(void)
{
	stpfin_dictionary *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		atomic_init(&self->shares, 1);
	}
	return self;
}

stpfin_dictionary *stpfin_dictionary__share(const stpfin_dictionary *self)
{
	stpfin_dictionary *shared = (stpfin_dictionary *)self;

	if (shared != NULL) {
		atomic_fetch_add_explicit(&shared->shares, 1, memory_order_relaxed);
	}
	return shared;
}

void stpfin_dictionary__free(stpfin_dictionary *self)
{
	if (self == NULL || atomic_fetch_sub_explicit(&self->shares, 1, memory_order_acq_rel) > 1) {
		return;
	}
	for (size_t i = 0; i < self->size; i++) {
		free((char *)self->texts[i]);
	}
	free(self->texts);
	free(self->slots);
	free(self);
}

int32_t stpfin_dictionary__intern(stpfin_dictionary *self, const char *text, size_t length)
{
	uint32_t hash = hash_of(text, length);
	struct slot *slot;
	char *copy;

	if (self->capacity == 0 && !grow(self)) {
		return -1;
	}
	slot = probe(self, hash, text, length);
	if (slot->code_plus_1 != 0) {
		return slot->code_plus_1 - 1;
	}
	if (self->size == self->capacity) {
		if (!grow(self)) {
			return -1;
		}
		slot = probe(self, hash, text, length);
	}
	copy = length < SIZE_MAX ? malloc(length + 1) : NULL;
	if (copy == NULL) {
		return -1;
	}
	memcpy(copy, text, length);
	copy[length] = '\0';
	self->texts[self->size++] = copy;
	*slot = (struct slot){hash, (int32_t)self->size};
	return slot->code_plus_1 - 1;
}

int32_t stpfin_dictionary__find(const stpfin_dictionary *self, const char *text, size_t length)
{
	if (self->size == 0) {
		return -1;
	}
	return probe(self, hash_of(text, length), text, length)->code_plus_1 - 1;
}

size_t stpfin_dictionary__size(const stpfin_dictionary *self)
{
	return self->size;
}

const char *stpfin_dictionary__text(const stpfin_dictionary *self, int32_t code)
{
	return code >= 0 && (size_t)code < self->size ? self->texts[code] : NULL;
}

const char *const *stpfin_dictionary__texts(const stpfin_dictionary *self)
{
	return self->texts;
}
