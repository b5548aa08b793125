#include "libstpfin/table/json.h"

#include <math.h>
#include <stdio.h>

#include "libstpfin/table/number.h"

void stpfin_json__text(struct stpfin_buffer *out, const char *text)
{
	char escaped[8];

	if (text == NULL) {
		stpfin_buffer__add_text(out, "null");
		return;
	}
	stpfin_buffer__add_text(out, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\') {
			stpfin_buffer__add_text(out, "\\");
			stpfin_buffer__add(out, text, 1);
		} else if ((unsigned char)*text < ' ') {
			snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)*text);
			stpfin_buffer__add_text(out, escaped);
		} else {
			stpfin_buffer__add(out, text, 1);
		}
	}
	stpfin_buffer__add_text(out, "\"");
}

void stpfin_json__number(struct stpfin_buffer *out, double x)
{
	char text[STPFIN_NUMBER_SIZE];

	if (isfinite(x)) {
		stpfin_buffer__add(out, text, stpfin_number__write(x, text));
	} else {
		stpfin_buffer__add_text(out, "null");
	}
}
