#include <string.h>
#include <unistd.h>

#include "bindings/cli/command.h"

struct progress begin_progress(size_t parts)
{
	struct progress self = {.parts = parts};

	timespec_get(&self.begun, TIME_UTC);
	return self;
}

stpfin_status report_progress(double done, void *user_data)
{
	struct progress *self = user_data;
	struct timespec now;

	if (is_interrupted()) {
		return STPFIN_ERROR_CANCELLED;
	}
	timespec_get(&now, TIME_UTC);
	if (now.tv_sec - self->begun.tv_sec > 1 && isatty(STDERR_FILENO)) {
		fprintf(
			stderr, "\rstpfin: %3.0f%%", 100 * ((double)self->part + done) / (double)self->parts);
		self->shown = true;
	}
	return STPFIN_OK;
}

void clear_progress(const struct progress *self)
{
	if (self->shown) {
		fprintf(stderr, "\r%*s\r", (int)strlen("stpfin: 100%"), "");
	}
}
