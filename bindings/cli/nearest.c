#include <string.h>

#include "bindings/cli/command.h"

enum { LONGEST = 32 };

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The letters to add, drop or change (Levenshtein), by the rows of a table. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(b);
	size_t row[LONGEST + 1];

	for (size_t j = 0; j <= n; j++) {
		row[j] = j;
	}
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t change = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			row[j + 1] = smaller(change, smaller(row[j], row[j + 1]) + 1);
		}
	}
	return row[n];
}

const char *nearest_name(const char *word, const char *const *names, size_t n)
{
	const char *nearest = NULL;
	size_t least = strlen(word) / 3 + 2;

	for (size_t i = 0; i < n; i++) {
		size_t letters = strlen(names[i]) <= LONGEST ? distance(word, names[i]) : least;

		if (letters < least) {
			least = letters;
			nearest = names[i];
		}
	}
	return nearest;
}
