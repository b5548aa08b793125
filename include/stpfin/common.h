#ifndef STPFIN_COMMON_H
#define STPFIN_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define STPFIN_BEGIN_C extern "C" {
#define STPFIN_END_C }
#else
#define STPFIN_BEGIN_C
#define STPFIN_END_C
#endif

#if defined(_WIN32)
#define STPFIN_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define STPFIN_EXPORT __attribute__((visibility("default")))
#else
#define STPFIN_EXPORT
#endif

STPFIN_BEGIN_C

/**
 * @file common.h
 * What every part of the library shares: how a call reports failure, the
 * version, and the callback of long work.
 *
 * A call that can fail returns a ::stpfin_status: 0 when done, a negative code
 * when not. stpfin_last_error() then holds one line for people. Handles given
 * through an `out_` parameter belong to the caller and are NULL after a failure;
 * a returned pointer is borrowed and lives as long as what it was asked of.
 */

/** The outcome of a call; codes are numbered in blocks by topic. */
typedef enum stpfin_status {
	STPFIN_OK = 0,

	/** There is not enough memory. */
	STPFIN_ERROR_MEMORY = -1,
	/** An argument is NULL, out of range, or names nothing that exists. */
	STPFIN_ERROR_ARGUMENT = -2,
	/** The progress callback asked to stop. */
	STPFIN_ERROR_CANCELLED = -3,
	/** A file or folder cannot be read or written. */
	STPFIN_ERROR_FILE = -4,

	/** The text is not comma-separated values in UTF-8. */
	STPFIN_ERROR_CSV = -100,
	/** A table has no such column, or it holds another type. */
	STPFIN_ERROR_COLUMN = -101,

	/** The plan's tables break a rule: the table of problems says which. */
	STPFIN_ERROR_PLAN = -200,

	/** Real prices were asked for and the plan has no deflator. */
	STPFIN_ERROR_DEFLATOR = -300,
	/** A result is beyond what a double can hold. */
	STPFIN_ERROR_OVERFLOW = -301,

	/** Two plans have no common ground to be compared on. */
	STPFIN_ERROR_COMPARE = -400,

	/** What is asked for cannot be had: bounds or limits cannot hold together. */
	STPFIN_ERROR_INFEASIBLE = -500
} stpfin_status;

/**
 * The meaning of a status in a few words, for any int: one that is no status is
 * said to be so. Never NULL; static.
 */
STPFIN_EXPORT const char *stpfin_strerror(int status);

/**
 * The last failure of this thread in one line: what was wrong, where, and what
 * would be right. An empty string before any failure; borrowed until the
 * thread's next call that fails.
 */
STPFIN_EXPORT const char *stpfin_last_error(void);

/** The version of the library in use, as "0.1.0"; static. */
STPFIN_EXPORT const char *stpfin_version(void);

/**
 * Called now and then by long work, at most some tens of times a second, with
 * the share done (0 to 1) and the caller's own pointer. Any result but
 * ::STPFIN_OK stops the work, which then returns ::STPFIN_ERROR_CANCELLED.
 */
typedef stpfin_status (*stpfin_progress)(double done, void *user_data);

STPFIN_END_C

#endif
