#include "libstpfin/table/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libstpfin/table/text.h"
#include "stpfin/version.h"

#define ELLIPSIS "\xE2\x80\xA6"

static _Thread_local char last_error[1024];

stpfin_status stpfin_error__set(stpfin_status status, const char *format, ...)
{
	/* Not written in place: the arguments may quote the last error. */
	char line[sizeof(last_error)];
	size_t length;
	int written;
	va_list arguments;

	va_start(arguments, format);
	written = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (written < 0) {
		written = snprintf(line, sizeof(line), "%s", stpfin_strerror(status));
	}
	length = strlen(line);
	if ((size_t)written > length) {
		/* Cut before a character, which is four bytes at most, not within it. */
		length = sizeof(line) - sizeof(ELLIPSIS);
		for (int i = 0; i < 3 && ((unsigned char)line[length] & 0xC0) == 0x80; i++) {
			length--;
		}
		memcpy(line + length, ELLIPSIS, sizeof(ELLIPSIS));
		length += sizeof(ELLIPSIS) - 1;
	}
	stpfin_text__make_harmless(line, length);
	memcpy(last_error, line, length + 1);
	return status;
}

stpfin_status stpfin_error__memory(void)
{
	return stpfin_error__set(STPFIN_ERROR_MEMORY, "there is not enough memory");
}

const char *stpfin_last_error(void)
{
	return last_error;
}

const char *stpfin_strerror(int status)
{
	switch (status) {
	case STPFIN_OK:
		return "no error";
	case STPFIN_ERROR_MEMORY:
		return "not enough memory";
	case STPFIN_ERROR_ARGUMENT:
		return "wrong argument";
	case STPFIN_ERROR_CANCELLED:
		return "cancelled";
	case STPFIN_ERROR_FILE:
		return "file cannot be read or written";
	case STPFIN_ERROR_CSV:
		return "not comma-separated values in UTF-8";
	case STPFIN_ERROR_COLUMN:
		return "no such column, or it holds another type";
	case STPFIN_ERROR_PLAN:
		return "the plan breaks a rule";
	case STPFIN_ERROR_DEFLATOR:
		return "the plan has no deflator";
	case STPFIN_ERROR_OVERFLOW:
		return "result beyond what a double can hold";
	case STPFIN_ERROR_COMPARE:
		return "the plans have nothing to be compared on";
	case STPFIN_ERROR_INFEASIBLE:
		return "bounds or limits cannot hold together";
	default:
		return "unknown status";
	}
}

const char *stpfin_version(void)
{
	return STPFIN_VERSION;
}
