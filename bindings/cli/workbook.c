#include "bindings/cli/command.h"

enum exit_status workbook_command(const struct arguments *arguments)
{
	stpfin_plan *plan = NULL;
	enum exit_status end = read_plan(arguments->operands[0], &plan);

	if (end == EXIT_DONE) {
		stpfin_status status = stpfin_plan_write_workbook(plan, arguments->operands[1]);

		end = status == STPFIN_OK ? EXIT_DONE : failed(status);
	}
	if (end == EXIT_DONE) {
		fprintf(stderr, "stpfin: wrote the plan in %s\n", arguments->operands[1]);
	}
	stpfin_plan_free(plan);
	return end;
}
