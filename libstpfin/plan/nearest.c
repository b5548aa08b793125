#include "libstpfin/plan/nearest.h"

/* The bytes of a word that are compared. */
enum { LONGEST = 64 };

static size_t length_of(const char *word)
{
	size_t length = 0;

	while (length < LONGEST && word[length] != '\0') {
		length++;
	}
	return length;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same(char a, char b)
{
	return lower(a) == lower(b);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Damerau–Levenshtein distance in which no letter is edited twice, by rows of beginnings of a
 * against beginnings of b; only the last three rows are kept. */
static size_t distance_between(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t rows[3][LONGEST + 1];

	for (size_t i = 0; i <= n_a; i++) {
		size_t *now = rows[i % 3];
		const size_t *before = rows[(i + 2) % 3];
		const size_t *two_before = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= n_b; j++) {
			if (i == 0) {
				now[j] = j;
				continue;
			}
			now[j] = least(before[j], now[j - 1]) + 1;
			now[j] = least(now[j], before[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
				now[j] = least(now[j], two_before[j - 2] + 1);
			}
		}
	}
	return rows[n_a % 3][n_b];
}

void stpfin_nearest__consider(struct stpfin_nearest *self, const char *name)
{
	size_t n_word = length_of(self->word);
	size_t n_name = length_of(name);
	size_t apart = n_word < n_name ? n_name - n_word : n_word - n_name;
	size_t near_enough = n_word < 6 ? 1 : n_word / 3;
	size_t distance;

	if (apart > near_enough) {
		return;
	}
	distance = distance_between(self->word, n_word, name, n_name);
	if (distance <= near_enough && (self->name == NULL || distance < self->distance)) {
		self->name = name;
		self->distance = distance;
	}
}

const char *stpfin_nearest__among(const char *word, const char *const *names, size_t n)
{
	struct stpfin_nearest nearest = {.word = word};

	for (size_t i = 0; i < n; i++) {
		stpfin_nearest__consider(&nearest, names[i]);
	}
	return nearest.name;
}

const char *stpfin_nearest__column(const char *word, const struct stpfin_table_schema *table)
{
	struct stpfin_nearest nearest = {.word = word};

	for (size_t i = 0; i < table->n_columns; i++) {
		stpfin_nearest__consider(&nearest, table->columns[i].name);
	}
	return nearest.name;
}
