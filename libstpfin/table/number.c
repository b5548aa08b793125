#include "libstpfin/table/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The middle between two doubles has 768 significant digits at most: these settle the double, with
 * whether any follow. */
#define DIGITS 768

/* A power of ten beyond which a number is nought or infinite, whatever its digits. */
#define EXPONENT_LIMIT 9999

/* The powers of ten that a double holds exactly. */
static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
	1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

enum { LARGEST_POWER = sizeof powers / sizeof *powers - 1 };

/* Few digits and a small power of ten are both exact, so one operation rounds as it should: most
 * numbers need no more. */
static bool read_short(const char *digits, size_t n, int64_t exponent, double *out)
{
	int64_t whole = 0;

	if (FLT_EVAL_METHOD != 0 || n > DBL_DIG || exponent > LARGEST_POWER ||
		exponent < -LARGEST_POWER) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		whole = 10 * whole + (digits[i] - '0');
	}
	*out = exponent < 0 ? (double)whole / powers[-exponent] : (double)whole * powers[exponent];
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Hands strtod the digits without their point, 12.5 as 125e-1, so that no locale's decimal point
 * comes into it. */
bool stpfin_number__read(const char *text, size_t length, double *out)
{
	const char *end = text + length;
	char plain[DIGITS + sizeof("1e-9999")];
	size_t n = 0;
	int64_t exponent = 0, power = 0;
	bool negative = false, negative_power = false, digits = false, point = false, more = false;
	double x;

	while (text < end && is_blank(*text)) {
		text++;
	}
	while (end > text && is_blank(end[-1])) {
		end--;
	}
	if (text < end && (*text == '+' || *text == '-')) {
		negative = *text++ == '-';
	}
	for (; text < end && (is_digit(*text) || (*text == '.' && !point)); text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		digits = true;
		if (n == DIGITS) {
			more = more || *text != '0';
			exponent += point ? 0 : 1;
		} else {
			exponent -= point ? 1 : 0;
			if (n > 0 || *text != '0') {
				plain[n++] = *text;
			}
		}
	}
	if (!digits) {
		return false;
	}
	if (text < end && (*text == 'e' || *text == 'E')) {
		text++;
		if (text < end && (*text == '+' || *text == '-')) {
			negative_power = *text++ == '-';
		}
		if (text == end) {
			return false;
		}
		for (; text < end && is_digit(*text); text++) {
			if (power < INT64_MAX / 100) {
				power = power * 10 + (*text - '0');
			}
		}
		exponent += negative_power ? -power : power;
	}
	if (text < end) {
		return false;
	}
	if (!more && read_short(plain, n, exponent, &x)) {
		*out = negative ? -x : x;
		return true;
	}
	if (n == 0) {
		plain[n++] = '0';
	}
	if (more) {
		plain[n++] = '1';
		exponent--;
	}
	if (exponent > EXPONENT_LIMIT) {
		exponent = EXPONENT_LIMIT;
	} else if (exponent < -EXPONENT_LIMIT) {
		exponent = -EXPONENT_LIMIT;
	}
	snprintf(plain + n, sizeof(plain) - n, "e%d", (int)exponent);
	x = strtod(plain, NULL);
	if (!isfinite(x)) {
		return false;
	}
	*out = negative ? -x : x;
	return true;
}

/* Replaces whatever stands between the first digits and the next, the locale's decimal point of
 * one byte or more, by a point. */
static void put_point(char *text)
{
	char *point = text + strspn(text, "-0123456789");
	size_t length;

	if (*point != '\0' && *point != 'e') {
		length = strcspn(point, "0123456789");
		*point = '.';
		memmove(point + 1, point + length, strlen(point + length) + 1);
	}
}

size_t stpfin_number__write_whole(int64_t x, char out[STPFIN_NUMBER_SIZE])
{
	char digits[STPFIN_NUMBER_SIZE];
	uint64_t rest = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
	size_t first = sizeof digits;
	size_t length;

	digits[--first] = '\0';
	do {
		digits[--first] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (x < 0) {
		digits[--first] = '-';
	}
	length = sizeof digits - first;
	memcpy(out, digits + first, length);
	return length - 1;
}

size_t stpfin_number__write(double x, char out[STPFIN_NUMBER_SIZE])
{
	/* Fewer digits than 15 are the same text with noughts cut off, which %g does by itself,
	 * except for the smallest numbers, which have fewer bits. */
	int precision = fabs(x) < DBL_MIN ? 1 : DBL_DIG;
	char text[64]; /* with a point that may be many bytes until put_point() */
	size_t length;

	/* Whole numbers, minus nought among them, are most of what is written. */
	if (fabs(x) < powers[DBL_DIG] && x == floor(x)) {
		return stpfin_number__write_whole((int64_t)x, out);
	}
	for (; precision <= DBL_DECIMAL_DIG; precision++) {
		snprintf(text, sizeof(text), "%.*g", precision, x);
		if (strtod(text, NULL) == x) {
			break;
		}
	}
	put_point(text);
	length = strlen(text);
	memcpy(out, text, length + 1);
	return length;
}
