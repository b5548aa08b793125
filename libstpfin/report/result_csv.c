#include <stdlib.h>

#include "libstpfin/table/buffer.h"
#include "libstpfin/table/csv.h"
#include "libstpfin/table/error.h"
#include "stpfin/projection.h"

stpfin_status stpfin_result_csv(const stpfin_table *table, char **out_text)
{
	struct stpfin_buffer buffer = {0};

	if (out_text == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	*out_text = NULL;
	if (table == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	if (!stpfin_csv__write(table, stpfin_buffer__sink, &buffer)) {
		buffer.failed = true;
	}
	return stpfin_buffer__take(&buffer, out_text);
}

void stpfin_text_free(char *text)
{
	free(text);
}
