#include "libstpfin/table/buffer.h"

#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/csv.h"
#include "libstpfin/table/error.h"

/* Room for more bytes and a NUL. */
static bool make_room(struct stpfin_buffer *self, size_t more)
{
	size_t capacity = self->capacity > 0 ? self->capacity : 256;
	char *bytes;

	if (self->failed || more >= SIZE_MAX / 2 - self->length) {
		self->failed = true;
		return false;
	}
	while (capacity <= self->length + more) {
		capacity *= 2;
	}
	if (capacity > self->capacity) {
		bytes = realloc(self->bytes, capacity);
		if (bytes == NULL) {
			self->failed = true;
			return false;
		}
		self->bytes = bytes;
		self->capacity = capacity;
	}
	return true;
}

void stpfin_buffer__add(struct stpfin_buffer *self, const char *bytes, size_t length)
{
	if (make_room(self, length)) {
		memcpy(self->bytes + self->length, bytes, length);
		self->length += length;
	}
}

void stpfin_buffer__add_text(struct stpfin_buffer *self, const char *text)
{
	stpfin_buffer__add(self, text, strlen(text));
}

void stpfin_buffer__fill(struct stpfin_buffer *self, char c, size_t n)
{
	if (make_room(self, n)) {
		memset(self->bytes + self->length, c, n);
		self->length += n;
	}
}

bool stpfin_buffer__sink(void *user_data, const char *bytes, size_t length)
{
	struct stpfin_buffer *self = user_data;

	stpfin_buffer__add(self, bytes, length);
	return !self->failed;
}

stpfin_status stpfin_buffer__take(struct stpfin_buffer *self, char **out_text)
{
	*out_text = NULL;
	if (!make_room(self, 0)) {
		stpfin_buffer__clear(self);
		return stpfin_error__memory();
	}
	self->bytes[self->length] = '\0';
	*out_text = self->bytes;
	*self = (struct stpfin_buffer){0};
	return STPFIN_OK;
}

void stpfin_buffer__clear(struct stpfin_buffer *self)
{
	free(self->bytes);
	*self = (struct stpfin_buffer){0};
}
