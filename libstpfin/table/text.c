#include "libstpfin/table/text.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/csv.h"

char *stpfin_text__copy(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = malloc(size);

	if (copy != NULL) {
		memcpy(copy, text, size);
	}
	return copy;
}

void stpfin_text__make_harmless(char *line, size_t length)
{
	size_t i = 0, end;

	while (i < length) {
		end = i + stpfin_csv__utf8(line + i, length - i);
		for (; i < end; i++) {
			unsigned char c = (unsigned char)line[i];

			if (c < 0x20 || c == 0x7F) {
				line[i] = ' ';
			} else if (c == 0xC2 && (unsigned char)line[i + 1] < 0xA0) {
				line[i] = line[i + 1] = ' ';
			}
		}
		if (i < length) {
			line[i++] = '?';
		}
	}
}
