#include "libstpfin/plan/sex_words.h"

#include <stdbool.h>
#include <stddef.h>

/* A letter in lower case, 0 of what is none; every byte beyond ASCII is of a letter. */
static char letter(char c)
{
	if (c >= 'A' && c <= 'Z') {
		return (char)(c - 'A' + 'a');
	}
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80 ? c : '\0';
}

static bool is_word(const char *text, size_t length, const char *word)
{
	size_t i = 0;

	while (i < length && letter(text[i]) == word[i]) {
		i++;
	}
	return i == length && word[i] == '\0';
}

int32_t stpfin_sex__of(const char *name)
{
	static const char *const words[2][4] = {
		{"female", "females", "women", "girls"}, {"male", "males", "men", "boys"}};
	bool says[2] = {false, false};

	while (*name != '\0') {
		size_t length = 0;

		while (letter(name[length]) != '\0') {
			length++;
		}
		for (size_t i = 0; i < 2; i++) {
			for (size_t j = 0; j < sizeof words[i] / sizeof *words[i]; j++) {
				says[i] = says[i] || is_word(name, length, words[i][j]);
			}
		}
		name += length > 0 ? length : 1;
	}
	return says[0] == says[1] ? -1 : says[0] ? 0 : 1;
}
