#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/csv.h"
#include "libstpfin/table/hash.h"
#include "libstpfin/table/table.h"

#define MISSING STPFIN_MISSING_INT32

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static stpfin_table_builder *begin(const char *name)
{
	stpfin_table_builder *builder;

	ck_assert_int_eq(stpfin_table_builder_new(name, &builder), STPFIN_OK);
	return builder;
}

static stpfin_table *finish(stpfin_table_builder *builder)
{
	stpfin_table *table;

	ck_assert_int_eq(stpfin_table_builder_finish(builder, &table), STPFIN_OK);
	stpfin_table_builder_free(builder);
	return table;
}

static void expect(stpfin_status status, stpfin_status expected, const char *in_message)
{
	ck_assert_int_eq(status, expected);
	ck_assert_msg(strstr(stpfin_last_error(), in_message) != NULL, "\"%s\" is not in \"%s\"",
		in_message, stpfin_last_error());
}

static const double amounts[] = {1234.5, (double)NAN, 1e-05};
static const int32_t years[] = {2024, MISSING, -7};
static const char *const providers[] = {"R0A", NULL, "RJ1, North"};

static stpfin_table *small_table(void)
{
	stpfin_table_builder *builder = begin("flow");

	ck_assert_int_eq(stpfin_table_builder_add_text(builder, "provider", providers, 3), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_int32(builder, "year", years, 3), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_double(builder, "amount", amounts, 3), STPFIN_OK);
	return finish(builder);
}

START_TEST(holds_what_was_added)
{
	stpfin_table *table = small_table();
	const double *real;
	const int32_t *whole;
	const char *const *categories;
	size_t n, column = 77;
	stpfin_type type = STPFIN_DOUBLE;

	ck_assert_str_eq(stpfin_table_name(table), "flow");
	ck_assert_uint_eq(stpfin_table_rows(table), 3);
	ck_assert_uint_eq(stpfin_table_columns(table), 3);
	ck_assert_str_eq(stpfin_table_column_name(table, 0), "provider");
	ck_assert_str_eq(stpfin_table_column_name(table, 2), "amount");
	ck_assert_ptr_null(stpfin_table_column_name(table, 3));
	ck_assert_ptr_null(stpfin_table_column_name(table, SIZE_MAX));
	ck_assert_int_eq(stpfin_table_find(table, "year", &column), STPFIN_OK);
	ck_assert_uint_eq(column, 1);
	ck_assert_int_eq(stpfin_table_column_type(table, 0, &type), STPFIN_OK);
	ck_assert_int_eq(type, STPFIN_TEXT);
	ck_assert_int_eq(stpfin_table_column_type(table, 1, &type), STPFIN_OK);
	ck_assert_int_eq(type, STPFIN_INT32);
	ck_assert_int_eq(stpfin_table_column_type(table, 2, &type), STPFIN_OK);
	ck_assert_int_eq(type, STPFIN_DOUBLE);
	ck_assert_int_eq(stpfin_table_get_double(table, 2, &real), STPFIN_OK);
	ck_assert_double_eq(real[0], 1234.5);
	ck_assert(isnan(real[1]));
	ck_assert_double_eq(real[2], 1e-05);
	ck_assert_ptr_ne(real, amounts);
	ck_assert_int_eq(stpfin_table_get_int32(table, 1, &whole), STPFIN_OK);
	ck_assert_mem_eq(whole, years, sizeof(years));
	ck_assert_int_eq(stpfin_table_get_text(table, 0, &whole, &categories, &n), STPFIN_OK);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(categories[0], "R0A");
	ck_assert_str_eq(categories[1], "RJ1, North");
	ck_assert_int_eq(whole[0], 0);
	ck_assert_int_eq(whole[1], -1);
	ck_assert_int_eq(whole[2], 1);
	stpfin_table_free(table);
	stpfin_table_free(NULL);
	stpfin_table_builder_free(NULL);
}
END_TEST

START_TEST(tables_without_rows_or_columns)
{
	stpfin_table_builder *builder = begin("empty");
	stpfin_table *no_columns, *no_rows;
	const double *real;
	const int32_t *codes;
	const char *const *categories;
	size_t n = 77;

	/* The builder is left empty and begins the next table. */
	ck_assert_int_eq(stpfin_table_builder_finish(builder, &no_columns), STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_columns(no_columns), 0);
	ck_assert_uint_eq(stpfin_table_rows(no_columns), 0);
	ck_assert_int_eq(stpfin_table_builder_add_double(builder, "a", NULL, 0), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_text(builder, "b", NULL, 0), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_codes(builder, "c", NULL, 0, NULL, 0), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_int32(builder, "d", NULL, 0), STPFIN_OK);
	no_rows = finish(builder);
	ck_assert_uint_eq(stpfin_table_columns(no_rows), 4);
	ck_assert_uint_eq(stpfin_table_rows(no_rows), 0);
	ck_assert_int_eq(stpfin_table_get_double(no_rows, 0, &real), STPFIN_OK);
	ck_assert_ptr_nonnull(real);
	ck_assert_int_eq(stpfin_table_get_text(no_rows, 1, &codes, &categories, &n), STPFIN_OK);
	ck_assert_uint_eq(n, 0);
	ck_assert_str_eq(stpfin_table_name(no_rows), "empty");
	ck_assert(!stpfin_table_equal(no_columns, no_rows));
	stpfin_table_free(no_columns);
	stpfin_table_free(no_rows);
}
END_TEST

START_TEST(codes_become_categories_in_order_of_appearance)
{
	static const char *const given[] = {"unused", "Trust", "", "Trust", NULL, "\xFF", "Board"};
	static const int32_t codes[] = {6, -1, 3, 1, 2, 4, 6, 1};
	static const char *const text[] = {"Board", NULL, "Trust", "Trust", NULL, "", "Board", "Trust"};
	stpfin_table_builder *builder = begin("organisation");
	stpfin_table *table, *same;
	const int32_t *own;
	const char *const *categories;
	size_t n;

	ck_assert_int_eq(
		stpfin_table_builder_add_codes(builder, "kind", codes, 8, given, 7), STPFIN_OK);
	table = finish(builder);
	ck_assert_int_eq(stpfin_table_get_text(table, 0, &own, &categories, &n), STPFIN_OK);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(categories[0], "Board");
	ck_assert_str_eq(categories[1], "Trust");
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(
			own[i], text[i] == NULL || *text[i] == '\0' ? -1 : strcmp(text[i], "Trust") == 0);
	}
	builder = begin("organisation");
	ck_assert_int_eq(stpfin_table_builder_add_text(builder, "kind", text, 8), STPFIN_OK);
	same = finish(builder);
	ck_assert(stpfin_table_equal(table, same));
	stpfin_table_free(table);
	stpfin_table_free(same);
}
END_TEST

START_TEST(refuses_wrong_columns)
{
	static const char *const texts[] = {"A", "B"}, *const latin[] = {"A", "caf\xE9"};
	static const int32_t codes[] = {0, 1}, beyond[] = {0, 2}, below[] = {-2, 0},
						 least[] = {MISSING, 0};
	static const double x[] = {2.5, 3.5};
	stpfin_table_builder *builder = begin("flow"), *none;
	stpfin_table *table = NULL;
	char *long_text = malloc(STPFIN_CSV_CELL_LIMIT + 2);
	const char *long_texts[2] = {"A", long_text};

	memset(long_text, 'x', STPFIN_CSV_CELL_LIMIT + 1);
	long_text[STPFIN_CSV_CELL_LIMIT + 1] = '\0';

	expect(stpfin_table_builder_new(NULL, &none), STPFIN_ERROR_ARGUMENT, "NULL");
	ck_assert_ptr_null(none);
	expect(stpfin_table_builder_new("flow", NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_builder_new("fl\xF6w", &none), STPFIN_ERROR_ARGUMENT, "UTF-8");
	ck_assert_ptr_null(none);
	expect(stpfin_table_builder_add_double(NULL, "x", x, 2), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_builder_add_double(builder, NULL, x, 2), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_builder_add_double(builder, "x", NULL, 2), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_builder_add_int32(builder, "x", NULL, 2), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_builder_add_text(builder, "x", NULL, 2), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_builder_add_codes(builder, "x", NULL, 2, texts, 2), STPFIN_ERROR_ARGUMENT,
		"NULL");
	expect(stpfin_table_builder_add_codes(builder, "x", codes, 2, NULL, 2), STPFIN_ERROR_ARGUMENT,
		"NULL");
	expect(stpfin_table_builder_add_double(builder, "", x, 2), STPFIN_ERROR_ARGUMENT, "name");
	expect(
		stpfin_table_builder_add_double(builder, "\xC0\x80", x, 2), STPFIN_ERROR_ARGUMENT, "UTF-8");
	expect(
		stpfin_table_builder_add_double(builder, long_text, x, 2), STPFIN_ERROR_ARGUMENT, "1 MiB");
	expect(stpfin_table_builder_add_double(builder, "x", x, SIZE_MAX / 4), STPFIN_ERROR_MEMORY,
		"memory");
	expect(stpfin_table_builder_add_int32(builder, "x", codes, SIZE_MAX / 3), STPFIN_ERROR_MEMORY,
		"memory");
	expect(stpfin_table_builder_add_text(builder, "t", latin, 2), STPFIN_ERROR_ARGUMENT, "UTF-8");
	expect(
		stpfin_table_builder_add_text(builder, "t", long_texts, 2), STPFIN_ERROR_ARGUMENT, "1 MiB");
	expect(stpfin_table_builder_add_codes(builder, "t", codes, 2, latin, 2), STPFIN_ERROR_ARGUMENT,
		"UTF-8");
	expect(stpfin_table_builder_add_codes(builder, "t", beyond, 2, texts, 2), STPFIN_ERROR_ARGUMENT,
		"code 2 ");
	expect(stpfin_table_builder_add_codes(builder, "t", below, 2, texts, 2), STPFIN_ERROR_ARGUMENT,
		"code -2 ");
	expect(stpfin_table_builder_add_codes(builder, "t", least, 2, texts, 2), STPFIN_ERROR_ARGUMENT,
		"code -2147483648 ");

	/* None of them left anything behind, not even the number of rows. */
	ck_assert_int_eq(stpfin_table_builder_finish(builder, &table), STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_columns(table), 0);
	ck_assert_uint_eq(stpfin_table_rows(table), 0);
	stpfin_table_free(table);
	table = NULL;
	ck_assert_int_eq(stpfin_table_builder_add_double(builder, "x", x, 1), STPFIN_OK);
	expect(stpfin_table_builder_add_double(builder, "y", x, 2), STPFIN_ERROR_ARGUMENT,
		"2 values: it must have 1");
	expect(stpfin_table_builder_add_double(builder, "y", NULL, 0), STPFIN_ERROR_ARGUMENT,
		"0 values: it must have 1");
	expect(stpfin_table_builder_add_text(builder, "x", texts, 1), STPFIN_ERROR_ARGUMENT,
		"a column x already");
	expect(
		stpfin_table_builder_add_text(builder, "t", latin + 1, 1), STPFIN_ERROR_ARGUMENT, "UTF-8");
	ck_assert_int_eq(stpfin_table_builder_add_text(builder, "t", texts, 1), STPFIN_OK);
	expect(stpfin_table_builder_finish(builder, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_builder_finish(NULL, &table), STPFIN_ERROR_ARGUMENT, "NULL");
	ck_assert_ptr_null(table);
	table = finish(builder);
	ck_assert_uint_eq(stpfin_table_columns(table), 2);
	ck_assert_uint_eq(stpfin_table_rows(table), 1);
	stpfin_table_free(table);
	free(long_text);
}
END_TEST

START_TEST(refuses_wrong_requests)
{
	stpfin_table *table = small_table();
	const double *real = amounts;
	const int32_t *whole = years;
	const char *const *categories = providers;
	size_t n = 5, column = 77;
	stpfin_type type;
	char hash[STPFIN_HASH_SIZE];

	expect(stpfin_table_find(table, "Year", &column), STPFIN_ERROR_COLUMN, "\"Year\"");
	ck_assert_uint_eq(column, 77);
	expect(stpfin_table_find(NULL, "year", &column), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_find(table, NULL, &column), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_find(table, "year", NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_column_type(table, 3, &type), STPFIN_ERROR_COLUMN, "no column 3");
	expect(stpfin_table_column_type(NULL, 0, &type), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_column_type(table, 0, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_get_double(table, 0, &real), STPFIN_ERROR_COLUMN, "text, not doubles");
	ck_assert_ptr_null(real);
	expect(stpfin_table_get_double(table, 3, &real), STPFIN_ERROR_COLUMN, "no column 3");
	expect(stpfin_table_get_double(NULL, 2, &real), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_get_double(table, 2, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_get_int32(table, 2, &whole), STPFIN_ERROR_COLUMN,
		"doubles, not whole numbers");
	ck_assert_ptr_null(whole);
	expect(stpfin_table_get_int32(table, 0, &whole), STPFIN_ERROR_COLUMN, "column provider");
	expect(stpfin_table_get_int32(NULL, 1, &whole), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_get_int32(table, 1, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	whole = years;
	expect(stpfin_table_get_text(table, 1, &whole, &categories, &n), STPFIN_ERROR_COLUMN,
		"whole numbers, not text");
	ck_assert_ptr_null(whole);
	ck_assert_ptr_null(categories);
	ck_assert_uint_eq(n, 0);
	expect(stpfin_table_get_text(table, SIZE_MAX, &whole, &categories, &n), STPFIN_ERROR_COLUMN,
		"no column");
	expect(stpfin_table_get_text(NULL, 0, &whole, &categories, &n), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_get_text(table, 0, NULL, &categories, &n), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_get_text(table, 0, &whole, NULL, &n), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(
		stpfin_table_get_text(table, 0, &whole, &categories, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_hash(NULL, hash), STPFIN_ERROR_ARGUMENT, "NULL");
	expect(stpfin_table_hash(table, NULL), STPFIN_ERROR_ARGUMENT, "NULL");
	stpfin_table_free(table);
}
END_TEST

/* The small table with one thing changed. */
static stpfin_table *changed_table(int change)
{
	stpfin_table_builder *builder = begin(change == 1 ? "flows" : "flow");
	const char *texts[] = {"R0A", NULL, "RJ1, North", "R0A"};
	int32_t whole[] = {2024, MISSING, -7, 0};
	double real[] = {1234.5, (double)NAN, 1e-05, 0};
	double years_as_doubles[] = {2024, (double)NAN, -7, 0};
	size_t n = change == 2 ? 4 : change == 3 ? 2 : 3;

	texts[0] = change == 4 ? "R0B" : change == 5 ? NULL : "R0A";
	texts[1] = change == 6 ? "R0A" : NULL;
	whole[0] = change == 7 ? 2025 : change == 8 ? MISSING : 2024;
	real[2] = change == 9 ? 1.0000000000000003e-05 : change == 10 ? (double)NAN : 1e-05;
	real[1] = change == 11 ? 0 : (double)NAN;
	ck_assert_int_eq(stpfin_table_builder_add_text(builder, "provider", texts, n), STPFIN_OK);
	if (change == 12) {
		stpfin_table_builder_add_double(builder, "year", years_as_doubles, n);
	} else {
		stpfin_table_builder_add_int32(builder, change == 13 ? "years" : "year", whole, n);
	}
	if (change != 14) {
		stpfin_table_builder_add_double(builder, "amount", real, n);
	}
	if (change == 15) {
		stpfin_table_builder_add_double(builder, "more", real, n);
	}
	return finish(builder);
}

START_TEST(equality)
{
	stpfin_table *table = small_table(), *other;
	stpfin_table_builder *builder;
	static const double signed_zeros[] = {0.0, -0.0};
	char hash[STPFIN_HASH_SIZE], other_hash[STPFIN_HASH_SIZE];

	ck_assert(stpfin_table_equal(table, table));
	ck_assert(stpfin_table_equal(NULL, NULL));
	ck_assert(!stpfin_table_equal(table, NULL));
	ck_assert(!stpfin_table_equal(NULL, table));
	ck_assert_int_eq(stpfin_table_hash(table, hash), STPFIN_OK);
	for (int change = 0; change <= 15; change++) {
		other = changed_table(change);
		ck_assert_msg(stpfin_table_equal(table, other) == (change == 0), "change %d", change);
		ck_assert(stpfin_table_equal(table, other) == stpfin_table_equal(other, table));
		ck_assert_int_eq(stpfin_table_hash(other, other_hash), STPFIN_OK);
		/* Doubles that are whole are written as whole numbers are. */
		ck_assert_msg(
			(strcmp(hash, other_hash) == 0) == (change == 0 || change == 12), "change %d", change);
		stpfin_table_free(other);
	}
	stpfin_table_free(table);

	builder = begin("zero");
	stpfin_table_builder_add_double(builder, "x", &signed_zeros[0], 1);
	table = finish(builder);
	builder = begin("zero");
	stpfin_table_builder_add_double(builder, "x", &signed_zeros[1], 1);
	other = finish(builder);
	ck_assert(stpfin_table_equal(table, other));
	stpfin_table_hash(table, hash);
	stpfin_table_hash(other, other_hash);
	ck_assert_str_eq(hash, other_hash);
	stpfin_table_free(table);
	stpfin_table_free(other);
}
END_TEST

/* As sha256sum has it of the name, a newline and the CSV. */
START_TEST(known_hashes)
{
	stpfin_table *table = small_table(), *empty = finish(begin("empty"));
	char hash[STPFIN_HASH_SIZE];

	ck_assert_int_eq(stpfin_table_hash(table, hash), STPFIN_OK);
	ck_assert_str_eq(hash, "fd8711a2e279a0a72ef2e75049ac0c23e6edea4988daf3c95c7feeda755eb83e");
	ck_assert_int_eq(stpfin_table_hash(empty, hash), STPFIN_OK);
	ck_assert_str_eq(hash, "b537e57bfb03ee63d9b540ed61adb3940c15b21b82e09851285c3a5f4d52afd8");
	stpfin_table_free(table);
	stpfin_table_free(empty);
}
END_TEST

static void *share_and_free(void *user_data)
{
	stpfin_table *shares[50];
	char hash[STPFIN_HASH_SIZE], first[STPFIN_HASH_SIZE];
	size_t wrong = 0;

	stpfin_table_hash(user_data, first);
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < 50; i++) {
			shares[i] = stpfin_table_share(user_data);
		}
		stpfin_table_hash(shares[round % 50], hash);
		wrong += strcmp(hash, first) != 0;
		for (int i = 0; i < 50; i++) {
			stpfin_table_free(shares[i]);
		}
	}
	stpfin_table_free(user_data);
	return wrong == 0 ? NULL : user_data;
}

START_TEST(shares_cross_threads)
{
	stpfin_table *table = small_table();
	pthread_t threads[4];
	void *result;

	ck_assert_ptr_null(stpfin_table_share(NULL));
	ck_assert_ptr_eq(stpfin_table_share(table), table);
	stpfin_table_free(table);
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, share_and_free, stpfin_table_share(table)), 0);
	}
	stpfin_table_free(table);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		ck_assert_ptr_null(result);
	}
}
END_TEST

START_TEST(big_table)
{
	enum { N = 1000000, N_CATEGORIES = 5003 };
	stpfin_table_builder *builder = begin("big");
	stpfin_table *table, *rows;
	double *x = malloc(N * sizeof(*x));
	int32_t *whole = malloc(N * sizeof(*whole));
	const char **text = malloc(N * sizeof(*text));
	char(*categories)[16] = malloc(N_CATEGORIES * sizeof(*categories));
	uint64_t state = 1948;

	for (int i = 0; i < N_CATEGORIES; i++) {
		snprintf(categories[i], sizeof(categories[i]), "E%08X", (unsigned)next(&state));
	}
	for (int i = 0; i < N; i++) {
		x[i] = next(&state) % 10 == 0 ? (double)NAN : (double)next(&state) * 0x1p-40;
		whole[i] = next(&state) % 10 == 0 ? MISSING : (int32_t)next(&state);
		text[i] = next(&state) % 10 == 0 ? NULL : categories[next(&state) % N_CATEGORIES];
	}
	ck_assert_int_eq(stpfin_table_builder_add_double(builder, "x", x, N), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_int32(builder, "whole", whole, N), STPFIN_OK);
	ck_assert_int_eq(stpfin_table_builder_add_text(builder, "text", text, N), STPFIN_OK);
	table = finish(builder);

	/* The same row by row, as a stage of the library does. */
	ck_assert_int_eq(stpfin_table__new("big", &rows), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__add_column(rows, "x", STPFIN_DOUBLE, NULL), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__add_column(rows, "whole", STPFIN_INT32, NULL), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__add_column(rows, "text", STPFIN_TEXT, NULL), STPFIN_OK);
	for (size_t i = 0; i < N; i++) {
		ck_assert(stpfin_table__add_row(rows) == STPFIN_OK);
		if (!isnan(x[i])) {
			stpfin_table__column(rows, 0)->real[i] = x[i];
		}
		if (whole[i] != MISSING) {
			stpfin_table__column(rows, 1)->whole[i] = whole[i];
		}
		if (text[i] != NULL) {
			ck_assert(stpfin_table__set_text(rows, 2, i, text[i]) == STPFIN_OK);
		}
	}
	ck_assert(stpfin_table_equal(table, rows));
	ck_assert_uint_eq(
		stpfin_dictionary__size(stpfin_table__column(rows, 2)->dictionary), N_CATEGORIES);
	stpfin_table__column(rows, 1)->whole[N - 1] ^= 1;
	ck_assert(!stpfin_table_equal(table, rows));
	stpfin_table_free(table);
	stpfin_table_free(rows);
	free(x);
	free(whole);
	free(text);
	free(categories);
}
END_TEST

START_TEST(made_row_by_row)
{
	stpfin_dictionary *organisations = stpfin_dictionary__new();
	stpfin_table *table;
	char buffer[32];

	ck_assert_int_eq(stpfin_dictionary__intern(organisations, "RJ1", 3), 0);
	ck_assert_int_eq(stpfin_table__new("flow", &table), STPFIN_OK);
	ck_assert_int_eq(
		stpfin_table__add_column(table, "from", STPFIN_TEXT, organisations), STPFIN_OK);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(stpfin_table__add_row(table), STPFIN_OK);
	}
	/* A column that comes late is missing from the first row on. */
	ck_assert_int_eq(stpfin_table__add_column(table, "to", STPFIN_TEXT, organisations), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__add_column(table, "amount", STPFIN_DOUBLE, NULL), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__add_column(table, "year", STPFIN_INT32, NULL), STPFIN_OK);
	for (size_t row = 0; row < 100; row++) {
		for (size_t column = 0; column < 4; column++) {
			ck_assert_str_eq(
				stpfin_column__format(stpfin_table__column(table, column), row, buffer), "");
		}
	}
	ck_assert_int_eq(stpfin_table__set_text(table, 0, 41, "RX4"), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__set_text(table, 1, 41, "RJ1"), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__set_text(table, 1, 42, "RX4"), STPFIN_OK);
	stpfin_dictionary__free(organisations);
	ck_assert_ptr_eq(stpfin_table__named(table, "from")->dictionary,
		stpfin_table__named(table, "to")->dictionary);
	ck_assert_int_eq(stpfin_table__named(table, "from")->whole[41], 1);
	ck_assert_int_eq(stpfin_table__named(table, "to")->whole[41], 0);
	ck_assert_str_eq(stpfin_column__text(stpfin_table__named(table, "to"), 42), "RX4");
	ck_assert_int_eq(stpfin_table__set_text(table, 1, 42, ""), STPFIN_OK);
	ck_assert_ptr_null(stpfin_column__text(stpfin_table__named(table, "to"), 42));
	ck_assert_int_eq(stpfin_table__set_text(table, 1, 41, NULL), STPFIN_OK);
	ck_assert_ptr_null(stpfin_column__text(stpfin_table__named(table, "to"), 41));
	ck_assert_ptr_null(stpfin_table__named(table, "From"));
	ck_assert_ptr_null(stpfin_table__column(table, 4));

	stpfin_table__named(table, "amount")->real[7] = -0.1;
	stpfin_table__named(table, "amount")->real[8] = (double)INFINITY;
	stpfin_table__named(table, "amount")->real[9] = -(double)INFINITY;
	stpfin_table__named(table, "year")->whole[7] = -2147483647;
	ck_assert_str_eq(
		stpfin_column__format(stpfin_table__named(table, "amount"), 7, buffer), "-0.1");
	ck_assert_str_eq(stpfin_column__format(stpfin_table__named(table, "amount"), 8, buffer), "inf");
	ck_assert_str_eq(
		stpfin_column__format(stpfin_table__named(table, "amount"), 9, buffer), "-inf");
	ck_assert_str_eq(
		stpfin_column__format(stpfin_table__named(table, "year"), 7, buffer), "-2147483647");
	ck_assert_str_eq(stpfin_column__format(stpfin_table__named(table, "from"), 41, buffer), "RX4");
	stpfin_table_free(table);
}
END_TEST

START_TEST(kept_rows_and_those_added_after)
{
	stpfin_table *table = small_table();
	char buffer[32];

	stpfin_table__keep_rows(table, 1);
	ck_assert_uint_eq(stpfin_table_rows(table), 1);
	ck_assert_int_eq(stpfin_table__add_row(table), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__add_rows(table, 999), STPFIN_OK);
	ck_assert_int_eq(stpfin_table__add_rows(table, 0), STPFIN_OK);
	ck_assert_uint_eq(stpfin_table_rows(table), 1001);
	for (size_t column = 0; column < 3; column++) {
		ck_assert_str_ne(stpfin_column__format(stpfin_table__column(table, column), 0, buffer), "");
		for (size_t row = 1; row < 1001; row++) {
			ck_assert_str_eq(
				stpfin_column__format(stpfin_table__column(table, column), row, buffer), "");
		}
	}
	ck_assert_int_eq(stpfin_table__add_rows(table, SIZE_MAX - 1000), STPFIN_ERROR_MEMORY);
	ck_assert_int_eq(stpfin_table__add_rows(table, SIZE_MAX / 8), STPFIN_ERROR_MEMORY);
	ck_assert_uint_eq(stpfin_table_rows(table), 1001);
	stpfin_table_free(table);
}
END_TEST

START_TEST(copied_columns)
{
	stpfin_table *table = small_table(), *copy;

	ck_assert_int_eq(stpfin_table__new("flow", &copy), STPFIN_OK);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(stpfin_table__add_row(copy), STPFIN_OK);
	}
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(
			stpfin_table__copy_column(copy, stpfin_table__column(table, i)), STPFIN_OK);
	}
	ck_assert(stpfin_table_equal(table, copy));
	/* Their dictionary is one, so that codes are compared, not texts. */
	ck_assert_ptr_eq(
		stpfin_table__column(table, 0)->dictionary, stpfin_table__column(copy, 0)->dictionary);
	stpfin_table__column(copy, 0)->whole[1] = 0;
	ck_assert(!stpfin_table_equal(table, copy));
	stpfin_table_free(table);
	stpfin_table_free(copy);
}
END_TEST

START_TEST(hash_of_several)
{
	stpfin_table *table = small_table(), *other = changed_table(4), *empty = finish(begin("none"));
	const stpfin_table *tables[] = {empty, table, empty, other};
	char alone[STPFIN_HASH_SIZE], one[STPFIN_HASH_SIZE], both[STPFIN_HASH_SIZE];

	ck_assert_int_eq(stpfin_table_hash(table, alone), STPFIN_OK);
	stpfin_hash__tables(tables, 3, one);
	ck_assert_str_eq(one, alone);
	stpfin_hash__tables(tables, 4, both);
	ck_assert_str_eq(both, "8c040a69e0cfefbfc05554fdf63fafb9b5b598544cc4ac45817fd96eff2a73b6");
	stpfin_hash__tables(tables, 0, one);
	ck_assert_str_eq(one, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	stpfin_table_free(table);
	stpfin_table_free(other);
	stpfin_table_free(empty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table");
	TCase *cases = tcase_create("table");
	SRunner *runner;
	int failed;

	tcase_set_timeout(cases, 120);
	tcase_add_test(cases, holds_what_was_added);
	tcase_add_test(cases, tables_without_rows_or_columns);
	tcase_add_test(cases, codes_become_categories_in_order_of_appearance);
	tcase_add_test(cases, refuses_wrong_columns);
	tcase_add_test(cases, refuses_wrong_requests);
	tcase_add_test(cases, equality);
	tcase_add_test(cases, known_hashes);
	tcase_add_test(cases, shares_cross_threads);
	tcase_add_test(cases, big_table);
	tcase_add_test(cases, made_row_by_row);
	tcase_add_test(cases, kept_rows_and_those_added_after);
	tcase_add_test(cases, copied_columns);
	tcase_add_test(cases, hash_of_several);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
