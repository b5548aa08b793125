#include "bindings/cli/command.h"

enum exit_status describe_command(const struct arguments *arguments)
{
	stpfin_table *description = NULL;
	stpfin_status status = stpfin_describe(arguments->operands[0], &description);
	enum exit_status end;

	end = status == STPFIN_OK
			  ? show(arguments, (const stpfin_table *const[]){description}, 1, NULL, NULL)
			  : failed(status);
	stpfin_table_free(description);
	return end;
}
