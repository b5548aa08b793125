#include <check.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/csv.h"
#include "libstpfin/table/error.h"

static const int statuses[] = {STPFIN_OK, STPFIN_ERROR_MEMORY, STPFIN_ERROR_ARGUMENT,
	STPFIN_ERROR_CANCELLED, STPFIN_ERROR_FILE, STPFIN_ERROR_CSV, STPFIN_ERROR_COLUMN,
	STPFIN_ERROR_PLAN, STPFIN_ERROR_DEFLATOR, STPFIN_ERROR_OVERFLOW, STPFIN_ERROR_COMPARE,
	STPFIN_ERROR_INFEASIBLE};

enum { N_STATUSES = sizeof(statuses) / sizeof(*statuses) };

START_TEST(every_int_has_a_meaning)
{
	const char *unknown = stpfin_strerror(INT_MIN);
	int known = 0;

	ck_assert_str_ne(unknown, "");
	for (int i = 0; i < N_STATUSES; i++) {
		ck_assert_str_ne(stpfin_strerror(statuses[i]), "");
		ck_assert_str_ne(stpfin_strerror(statuses[i]), unknown);
		for (int j = 0; j < i; j++) {
			ck_assert_str_ne(stpfin_strerror(statuses[i]), stpfin_strerror(statuses[j]));
		}
	}
	for (int status = -1000; status <= 1000; status++) {
		known += strcmp(stpfin_strerror(status), unknown) != 0;
	}
	ck_assert_int_eq(known, N_STATUSES);
	ck_assert_str_eq(stpfin_strerror(INT_MAX), unknown);
}
END_TEST

START_TEST(version)
{
	ck_assert_str_eq(stpfin_version(), "0.1.0");
}
END_TEST

START_TEST(set_returns_the_status_and_keeps_the_line)
{
	ck_assert_str_eq(stpfin_last_error(), "");
	for (int i = 0; i < N_STATUSES; i++) {
		ck_assert_int_eq(
			stpfin_error__set((stpfin_status)statuses[i], "row %d of %s", 7919 * i, "flow"),
			statuses[i]);
	}
	ck_assert_str_eq(stpfin_last_error(), "row 87109 of flow");
	ck_assert_int_eq(stpfin_error__memory(), STPFIN_ERROR_MEMORY);
	ck_assert_ptr_nonnull(strstr(stpfin_last_error(), "memory"));
}
END_TEST

START_TEST(line_may_quote_the_last_error)
{
	stpfin_error__set(STPFIN_ERROR_CSV, "a quote in row %d", 8641);
	stpfin_error__set(STPFIN_ERROR_PLAN, "flow.csv: %s; %s", stpfin_last_error(), "mend it");
	ck_assert_str_eq(stpfin_last_error(), "flow.csv: a quote in row 8641; mend it");
}
END_TEST

START_TEST(line_is_harmless)
{
	static const struct {
		const char *given, *kept;
	} cases[] = {
		{"St Mary\n\r\tTrust", "St Mary   Trust"},
		{"\x1B[31mred\x7F", " [31mred "},
		{"next\xC2\x85line \xC2\x9B"
		 "2J",
			"next  line   2J"},
		{"Ysbyty Gwynedd \xC5\xB7 \xE2\x82\xAC \xF0\x9F\x98\x80", NULL},
		{"no\xC2\xA0"
		 "break",
			NULL},
		{"latin \xE9t\xE9", "latin ?t?"},
		{"cut \xE2\x82", "cut ??"},
		{"surrogate \xED\xA0\x80", "surrogate ???"},
		{"\xC2", "?"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		stpfin_error__set(STPFIN_ERROR_CSV, "%s", cases[i].given);
		ck_assert_str_eq(
			stpfin_last_error(), cases[i].kept != NULL ? cases[i].kept : cases[i].given);
	}
}
END_TEST

START_TEST(long_line_is_cut_between_characters)
{
	static const char *const characters[] = {
		"x", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\x80"};
	char given[5000];
	const char *kept;

	for (size_t c = 0; c < sizeof(characters) / sizeof(*characters); c++) {
		for (size_t offset = 0; offset < 8; offset++) {
			size_t size = strlen(characters[c]), length = offset;

			memset(given, '-', offset);
			for (; length + size < sizeof(given); length += size) {
				memcpy(given + length, characters[c], size);
			}
			given[length] = '\0';
			stpfin_error__set(STPFIN_ERROR_CSV, "%s", given);
			kept = stpfin_last_error();
			length = strlen(kept);
			ck_assert_uint_ge(length, 1000);
			ck_assert_uint_lt(length, 1024);
			ck_assert_uint_eq(stpfin_csv__utf8(kept, length), length);
			ck_assert_str_eq(kept + length - 3, "\xE2\x80\xA6");
			if (c < 4) {
				ck_assert_int_eq(memcmp(kept, given, length - 3), 0);
				ck_assert_ptr_null(strchr(kept, '?'));
			}
		}
	}
	memset(given, 'y', 1023);
	given[1023] = '\0';
	stpfin_error__set(STPFIN_ERROR_CSV, "%s", given);
	ck_assert_str_eq(stpfin_last_error(), given);
}
END_TEST

static void *fail_elsewhere(void *user_data)
{
	int *number = user_data;
	char expected[32];
	int wrong = strcmp(stpfin_last_error(), "") != 0;

	snprintf(expected, sizeof(expected), "thread %d", *number);
	for (int i = 0; i < 10000; i++) {
		stpfin_error__set(STPFIN_ERROR_FILE, "thread %d", *number);
		wrong += strcmp(stpfin_last_error(), expected) != 0;
	}
	*number = wrong;
	return NULL;
}

START_TEST(every_thread_has_its_own)
{
	pthread_t threads[4];
	int numbers[4] = {3, 14, 159, 2653};

	stpfin_error__set(STPFIN_ERROR_CSV, "the first thread's");
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_create(&threads[i], NULL, fail_elsewhere, &numbers[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(numbers[i], 0);
	}
	ck_assert_str_eq(stpfin_last_error(), "the first thread's");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("error");
	TCase *cases = tcase_create("error");
	SRunner *runner;
	int failed;

	tcase_add_test(cases, every_int_has_a_meaning);
	tcase_add_test(cases, version);
	tcase_add_test(cases, set_returns_the_status_and_keeps_the_line);
	tcase_add_test(cases, line_may_quote_the_last_error);
	tcase_add_test(cases, line_is_harmless);
	tcase_add_test(cases, long_line_is_cut_between_characters);
	tcase_add_test(cases, every_thread_has_its_own);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
