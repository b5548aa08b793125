#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/number.h"

/* The same source again on a C library whose decimal point is another, of one byte or more: no
 * such locale need be installed where the test runs. */
static const char *foreign_point;

static bool foreign_read(const char *text, size_t length, double *out);
static size_t foreign_write(double x, char out[STPFIN_NUMBER_SIZE]);
size_t foreign_write_whole(int64_t x, char out[STPFIN_NUMBER_SIZE]);

__attribute__((format(printf, 3, 4))) static int foreign_snprintf(
	char *out, size_t size, const char *format, ...)
{
	char text[64], *dot;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	dot = strchr(text, '.');
	if (dot == NULL) {
		return snprintf(out, size, "%s", text);
	}
	*dot = '\0';
	return snprintf(out, size, "%s%s%s", text, foreign_point, dot + 1);
}

static double foreign_strtod(const char *text, char **end)
{
	const char *at = strstr(text, foreign_point);
	char plain[2048];

	ck_assert_ptr_null(end);
	ck_assert_ptr_null(strchr(text, '.'));
	if (at == NULL) {
		return strtod(text, NULL);
	}
	snprintf(plain, sizeof(plain), "%.*s.%s", (int)(at - text), text, at + strlen(foreign_point));
	return strtod(plain, NULL);
}

#undef snprintf
#undef strtod
#define snprintf foreign_snprintf
#define strtod foreign_strtod
#define stpfin_number__read foreign_read
#define stpfin_number__write foreign_write
#define stpfin_number__write_whole foreign_write_whole
#include "libstpfin/table/number.c"
#undef snprintf
#undef strtod
#undef stpfin_number__read
#undef stpfin_number__write
#undef stpfin_number__write_whole

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* Any finite double: every exponent, subnormal numbers included, is as likely as another. */
static double random_double(uint64_t *state)
{
	uint64_t bits;
	double x;

	do {
		bits = next(state);
		memcpy(&x, &bits, sizeof(x));
	} while (!isfinite(x));
	return x;
}

static bool same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

START_TEST(reads_numbers)
{
	static const struct {
		const char *text;
		double x;
	} cases[] = {
		{"0", 0},
		{"-0", -0.0},
		{"+0.0e0", 0},
		{"1", 1},
		{"-17.25", -17.25},
		{"+17.25", 17.25},
		{".5", 0.5},
		{"5.", 5},
		{"-.5e1", -5},
		{"5.e-1", 0.5},
		{" \t 42 \t", 42},
		{"0042.4200", 42.42},
		{"1e3", 1000},
		{"1E+03", 1000},
		{"2.5e-0003", 0.0025},
		{"0.1", 0.1},
		{"123456789.123456789", 123456789.123456789},
		{"9007199254740993", 9007199254740992},
		{"9007199254740993.000000000000000000000000000000000000001", 9007199254740994},
		{"1.7976931348623157e308", 1.7976931348623157e308},
		{"2.2250738585072011e-308", 2.2250738585072011e-308},
		{"4.9406564584124654e-324", 4.9406564584124654e-324},
		{"1e-400", 0},
		{"-1e-99999999999999999999999999", -0.0},
		{"0e99999999999999999999999999", 0},
		{"1000000000000000000000000000000000000000000e-42", 1},
		{"0.000000000000000000000000000000000000000001e42", 1},
	};
	double x;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		x = 8.25;
		ck_assert_msg(
			stpfin_number__read(cases[i].text, strlen(cases[i].text), &x), "\"%s\"", cases[i].text);
		ck_assert_msg(
			same_bits(x, cases[i].x), "\"%s\" is %.17g, not %.17g", cases[i].text, x, cases[i].x);
	}
}
END_TEST

START_TEST(refuses_what_is_no_number)
{
	static const char *const cases[] = {"", " ", "\t", "+", "-", ".", "-.", "e5", ".e5", "1e",
		"1e+", "1e-", "1e 5", "1e5.5", "1.2.3", "..5", "1,5", "1,234", "1 234", "1_000", "--1",
		"+-1", "- 1", "1-", "0x10", "0x1p3", "1p3", "nan", "NaN", "-nan", "inf", "-inf", "Infinity",
		"1e309", "-1e309", "1.7976931348623159e308", "1e99999999999999999999999999", "12a", "a12",
		"1f", "1d5", "1\n", "\n1",
		"\xC2\xA0"
		"1",
		"\xE2\x88\x92"
		"5",
		"\xD9\xA3",
		"\xC2\xA3"
		"5",
		"5%"};
	double x = 8.25;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_msg(
			!stpfin_number__read(cases[i], strlen(cases[i]), &x), "\"%s\" was read", cases[i]);
		ck_assert_msg(same_bits(x, 8.25), "\"%s\" set the number", cases[i]);
	}
	ck_assert(!stpfin_number__read("1\0", 2, &x));
	ck_assert(!stpfin_number__read("\0", 1, &x));
}
END_TEST

START_TEST(reads_no_further_than_length)
{
	const char *text = "123456";
	char *exact;
	double x;

	for (size_t n = 1; n <= 6; n++) {
		/* In a block of its own, for a sanitizer to see. */
		exact = malloc(n);
		memcpy(exact, text, n);
		ck_assert(stpfin_number__read(exact, n, &x));
		ck_assert(same_bits(x, floor(123456 / pow(10, (double)(6 - n)))));
		free(exact);
	}
	ck_assert(stpfin_number__read("1.5e3", 4, &x) == false);
	ck_assert(stpfin_number__read("1.5e3", 3, &x));
	ck_assert(same_bits(x, 1.5));
}
END_TEST

/* Numbers of a thousand digits and more, where one far down decides the rounding. */
START_TEST(reads_every_digit)
{
	static const size_t zeros[] = {0, 1, 700, 740, 760, 770, 800, 5000, 1000000};
	char *text = malloc(1100000);
	size_t length;
	double x;

	for (size_t i = 0; i < sizeof(zeros) / sizeof(*zeros); i++) {
		/* Half way between two doubles, and a little more. */
		length = (size_t)sprintf(text, "9007199254740993.");
		memset(text + length, '0', zeros[i]);
		length += zeros[i];
		ck_assert(stpfin_number__read(text, length, &x));
		ck_assert(same_bits(x, 9007199254740992));
		text[length++] = '1';
		ck_assert(stpfin_number__read(text, length, &x));
		ck_assert(same_bits(x, 9007199254740994));

		/* Noughts on either side of the point that an exponent takes back. */
		length = (size_t)sprintf(text, "-0.");
		memset(text + length, '0', zeros[i]);
		length += zeros[i];
		length += (size_t)sprintf(text + length, "125e%zu", zeros[i] + 2);
		ck_assert(stpfin_number__read(text, length, &x));
		ck_assert(same_bits(x, -12.5));
		length = (size_t)sprintf(text, "125");
		memset(text + length, '0', zeros[i]);
		length += zeros[i];
		length += (size_t)sprintf(text + length, ".0e-%zu", zeros[i] + 1);
		ck_assert(stpfin_number__read(text, length, &x));
		ck_assert(same_bits(x, 12.5));
	}
	free(text);

	/* The exact decimals of random doubles. */
	text = malloc(2048);
	for (uint64_t state = 3, i = 0; i < 20000; i++) {
		double drawn = random_double(&state);

		length = (size_t)snprintf(text, 2048, "%.1100g", drawn);
		ck_assert(stpfin_number__read(text, length, &x));
		ck_assert(same_bits(x, drawn));
	}
	free(text);
}
END_TEST

/* Of all middles between two doubles the one of most digits, 768: the last of them decides, and to
 * even if nothing follows. */
START_TEST(reads_the_longest_middle)
{
	static const char middle[] =
		"445014771701440251914764251404153604015403552681397747857675352661202665683499514137081268"
		"292064610847821649864407543211202252060024805475438366959278553944287415798167306559780886"
		"369972946500822093454616939395562405743247311393587179131470373640557744498962306030263523"
		"273266659389190686273844438061610757538988082348741561964516148197776110323581423800429751"
		"880383178430296416384978052662540451464236950154372290444819242526339724727755372028367612"
		"233140452755328181529638887107210867274745595602918620135732098423503356981704302231953474"
		"664667838396644265370703825667756978382676143106568194200775798725448137345332679521829966"
		"869966268975935330693818311826037979822904224956476109468201955118135219258317189939548603"
		"786162277173854562306587467901408672332763671875";
	const double below = 0x1.fffffffffffffp-1022, above = 0x1p-1021;
	char text[1024];
	double x;

	ck_assert(stpfin_number__read(text, (size_t)sprintf(text, "%se-1075", middle), &x));
	ck_assert(same_bits(x, above));
	ck_assert(stpfin_number__read(text, (size_t)sprintf(text, "%s0e-1076", middle), &x));
	ck_assert(same_bits(x, above));
	sprintf(text, "%s999e-1078", middle);
	text[sizeof(middle) - 2]--;
	ck_assert(stpfin_number__read(text, strlen(text), &x));
	ck_assert(same_bits(x, below));
}
END_TEST

START_TEST(reads_as_the_c_library_does)
{
	uint64_t state = 4409;
	char text[128];
	double x;

	ck_assert_str_eq(setlocale(LC_ALL, "C"), "C");
	for (int i = 0; i < 200000; i++) {
		int length = snprintf(text, sizeof(text), "%s%llu.%0*llue%d", next(&state) % 2 ? "-" : "",
			(unsigned long long)(next(&state) >> (next(&state) % 64)), (int)(next(&state) % 40),
			(unsigned long long)(next(&state) >> (next(&state) % 64)),
			(int)(next(&state) % 660) - 350);
		double expected = strtod(text, NULL);

		ck_assert_msg(
			stpfin_number__read(text, (size_t)length, &x) == (bool)isfinite(expected), "%s", text);
		ck_assert_msg(!isfinite(expected) || same_bits(x, expected), "%s", text);
	}
}
END_TEST

START_TEST(writes_the_shortest)
{
	static const struct {
		double x;
		const char *text;
	} cases[] = {
		{0, "0"},
		{-0.0, "0"},
		{1, "1"},
		{-1, "-1"},
		{0.1, "0.1"},
		{0.1 + 0.2, "0.30000000000000004"},
		{1.0 / 3, "0.3333333333333333"},
		{2.0 / 3, "0.6666666666666666"},
		{100000, "100000"},
		{1234567.891, "1234567.891"},
		{123456789012345, "123456789012345"},
		{9007199254740991, "9007199254740991"},
		{1e15, "1e+15"},
		{1e22, "1e+22"},
		{0.0001, "0.0001"},
		{0.00001, "1e-05"},
		{1.7976931348623157e308, "1.7976931348623157e+308"},
		{2.2250738585072014e-308, "2.2250738585072014e-308"},
		{-2.2250738585072011e-308, "-2.225073858507201e-308"},
		{5e-324, "5e-324"},
		{1e-320, "1e-320"},
	};
	char text[STPFIN_NUMBER_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t length = stpfin_number__write(cases[i].x, text);

		ck_assert_str_eq(text, cases[i].text);
		ck_assert_uint_eq(length, strlen(text));
	}
}
END_TEST

START_TEST(written_reads_back)
{
	uint64_t state = 65537;
	char text[STPFIN_NUMBER_SIZE];
	double x, drawn;

	for (int i = 0; i < 200000; i++) {
		drawn = random_double(&state);
		if (i % 2 == 0) {
			/* Money: a whole number of pence. */
			drawn = round(fmod(drawn, 1e12) * 100) / 100;
		}
		ck_assert_uint_lt(stpfin_number__write(drawn, text), STPFIN_NUMBER_SIZE);
		ck_assert_msg(stpfin_number__read(text, strlen(text), &x), "%s", text);
		ck_assert_msg(drawn == 0 ? x == 0 : same_bits(x, drawn), "%s", text);
	}
}
END_TEST

START_TEST(other_decimal_points)
{
	static const char *const points[] = {",", "\xD9\xAB", "::::"};
	char text[STPFIN_NUMBER_SIZE], expected[STPFIN_NUMBER_SIZE];
	double x, drawn;

	for (size_t p = 0; p < sizeof(points) / sizeof(*points); p++) {
		uint64_t state = 911;

		foreign_point = points[p];
		ck_assert_uint_eq(foreign_write(-1234.5, text), 7);
		ck_assert_str_eq(text, "-1234.5");
		ck_assert(foreign_read("-1234.5", 7, &x));
		ck_assert(same_bits(x, -1234.5));
		ck_assert(!foreign_read("1,5", 3, &x));
		for (int i = 0; i < 50000; i++) {
			drawn = random_double(&state);
			stpfin_number__write(drawn, expected);
			ck_assert_uint_eq(foreign_write(drawn, text), strlen(expected));
			ck_assert_str_eq(text, expected);
			ck_assert(foreign_read(text, strlen(text), &x));
			ck_assert(same_bits(x, drawn));
		}
	}
}
END_TEST

/* Where the system has such a locale, the C library itself. */
START_TEST(installed_locales)
{
	static const char *const names[] = {"C", "de_DE.UTF-8", "fr_FR.UTF-8", "nb_NO.UTF-8",
		"ps_AF.UTF-8", "fa_IR.UTF-8", "de_DE.utf8"};
	char text[STPFIN_NUMBER_SIZE];
	double x;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (setlocale(LC_ALL, names[i]) == NULL) {
			continue;
		}
		stpfin_number__write(-1234567.875, text);
		ck_assert_str_eq(text, "-1234567.875");
		stpfin_number__write(6.02214076e23, text);
		ck_assert_str_eq(text, "6.02214076e+23");
		ck_assert(stpfin_number__read("-1234567.875", 12, &x));
		ck_assert(same_bits(x, -1234567.875));
		ck_assert(!stpfin_number__read("1,5", 3, &x));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("number");
	TCase *cases = tcase_create("number");
	SRunner *runner;
	int failed;

	tcase_set_timeout(cases, 120);
	tcase_add_test(cases, reads_numbers);
	tcase_add_test(cases, refuses_what_is_no_number);
	tcase_add_test(cases, reads_no_further_than_length);
	tcase_add_test(cases, reads_every_digit);
	tcase_add_test(cases, reads_the_longest_middle);
	tcase_add_test(cases, reads_as_the_c_library_does);
	tcase_add_test(cases, writes_the_shortest);
	tcase_add_test(cases, written_reads_back);
	tcase_add_test(cases, other_decimal_points);
	tcase_add_test(cases, installed_locales);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
