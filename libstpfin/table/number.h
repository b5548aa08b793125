#ifndef STPFIN_TABLE_NUMBER_H
#define STPFIN_TABLE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers as text, whatever the process's locale says of decimal points. */

/* The longest text a number is written as, with its NUL. */
#define STPFIN_NUMBER_SIZE 32

/* Reads a whole text of length bytes as a decimal number: an optional sign, digits with an
 * optional point, an optional exponent, blanks around it allowed. False for anything else,
 * and for what overflows a double; what underflows is nought or nearly. "nan" and "inf" are not
 * numbers. */
bool stpfin_number__read(const char *text, size_t length, double *out);

/* The shortest text of 15, 16 or 17 digits, noughts at the end left out, that reads back to the
 * same bits; "0" for minus nought. Returns its length. x is finite. */
size_t stpfin_number__write(double x, char out[STPFIN_NUMBER_SIZE]);
size_t stpfin_number__write_whole(int64_t x, char out[STPFIN_NUMBER_SIZE]);

#endif
