#ifndef STPFIN_TABLE_BUFFER_H
#define STPFIN_TABLE_BUFFER_H

#include "stpfin/common.h"

/* A text that grows. Running out of memory is kept in failed, so that those who add need not look
 * each time: stpfin_buffer__take() says. */
struct stpfin_buffer {
	char *bytes;
	size_t length;
	size_t capacity;
	bool failed;
};

void stpfin_buffer__add(struct stpfin_buffer *self, const char *bytes, size_t length);
void stpfin_buffer__add_text(struct stpfin_buffer *self, const char *text);

/* The same character n times. */
void stpfin_buffer__fill(struct stpfin_buffer *self, char c, size_t n);

/* As a stpfin_sink (csv.h); user_data is the buffer. */
bool stpfin_buffer__sink(void *user_data, const char *bytes, size_t length);

/* The text, to be freed by stpfin_text_free(); the buffer is left empty. */
stpfin_status stpfin_buffer__take(struct stpfin_buffer *self, char **out_text);

void stpfin_buffer__clear(struct stpfin_buffer *self);

#endif
