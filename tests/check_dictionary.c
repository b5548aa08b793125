#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libstpfin/table/dictionary.h"

static int32_t intern(stpfin_dictionary *self, const char *text)
{
	return stpfin_dictionary__intern(self, text, strlen(text));
}

START_TEST(codes_follow_first_appearance)
{
	stpfin_dictionary *self = stpfin_dictionary__new();
	const char *const *texts;

	ck_assert_uint_eq(stpfin_dictionary__size(self), 0);
	ck_assert_int_eq(stpfin_dictionary__find(self, "R0A", 3), -1);
	ck_assert_int_eq(intern(self, "R0A"), 0);
	ck_assert_int_eq(intern(self, "RJ1"), 1);
	ck_assert_int_eq(intern(self, "R0A"), 0);
	ck_assert_int_eq(intern(self, ""), 2);
	ck_assert_int_eq(intern(self, "RJ"), 3);
	ck_assert_int_eq(intern(self, "RJ1 "), 4);
	ck_assert_int_eq(intern(self, "rj1"), 5);
	ck_assert_int_eq(intern(self, "Betsi Cadwaladr \xC5\xB4"), 6);
	ck_assert_uint_eq(stpfin_dictionary__size(self), 7);
	ck_assert_int_eq(stpfin_dictionary__find(self, "", 0), 2);
	ck_assert_int_eq(stpfin_dictionary__find(self, "RJ1", 3), 1);
	ck_assert_int_eq(stpfin_dictionary__find(self, "RJ2", 3), -1);
	texts = stpfin_dictionary__texts(self);
	ck_assert_str_eq(texts[0], "R0A");
	ck_assert_str_eq(texts[4], "RJ1 ");
	ck_assert_ptr_eq(stpfin_dictionary__text(self, 6), texts[6]);
	ck_assert_ptr_null(stpfin_dictionary__text(self, -1));
	ck_assert_ptr_null(stpfin_dictionary__text(self, 7));
	ck_assert_ptr_null(stpfin_dictionary__text(self, INT32_MIN));
	stpfin_dictionary__free(self);
	stpfin_dictionary__free(NULL);
	ck_assert_ptr_null(stpfin_dictionary__share(NULL));
}
END_TEST

START_TEST(only_length_bytes_count)
{
	stpfin_dictionary *self = stpfin_dictionary__new();
	const char *text = "acute and community and mental health and primary care";
	size_t length = strlen(text);

	/* Every beginning is a text of its own. */
	for (size_t n = 0; n <= length; n++) {
		ck_assert_int_eq(stpfin_dictionary__intern(self, text, n), (int32_t)n);
	}
	for (size_t n = 0; n <= length; n++) {
		ck_assert_int_eq(stpfin_dictionary__find(self, text, n), (int32_t)n);
		ck_assert_uint_eq(strlen(stpfin_dictionary__text(self, (int32_t)n)), n);
		ck_assert_int_eq(memcmp(stpfin_dictionary__text(self, (int32_t)n), text, n), 0);
	}
	stpfin_dictionary__free(self);
}
END_TEST

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static size_t random_text(uint64_t *state, char text[64])
{
	size_t length = next(state) % 60;

	for (size_t i = 0; i < length; i++) {
		text[i] = (char)(1 + next(state) % 255);
	}
	return length;
}

START_TEST(many_texts)
{
	enum { N = 200000 };
	stpfin_dictionary *self = stpfin_dictionary__new();
	int32_t *codes = malloc(N * sizeof(*codes));
	char text[64];
	size_t length;
	uint64_t state = 20177;

	for (int i = 0; i < N; i++) {
		int32_t expected, size = (int32_t)stpfin_dictionary__size(self);

		length = random_text(&state, text);
		expected = stpfin_dictionary__find(self, text, length);
		codes[i] = stpfin_dictionary__intern(self, text, length);
		ck_assert_int_eq(codes[i], expected < 0 ? size : expected);
	}
	ck_assert_uint_gt(stpfin_dictionary__size(self), N / 2);
	state = 20177;
	for (int i = 0; i < N; i++) {
		length = random_text(&state, text);
		ck_assert_int_eq(stpfin_dictionary__find(self, text, length), codes[i]);
		ck_assert_int_eq(stpfin_dictionary__intern(self, text, length), codes[i]);
		ck_assert_uint_eq(strlen(stpfin_dictionary__text(self, codes[i])), length);
		ck_assert_int_eq(memcmp(stpfin_dictionary__text(self, codes[i]), text, length), 0);
	}
	free(codes);
	stpfin_dictionary__free(self);
}
END_TEST

START_TEST(numbers_in_sequence_do_not_cluster)
{
	enum { N = 1000000 };
	stpfin_dictionary *self = stpfin_dictionary__new();
	char text[32];

	/* Would take hours were a lookup not constant time. */
	for (int i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "patient-%08d", i);
		ck_assert(intern(self, text) == i);
	}
	ck_assert_uint_eq(stpfin_dictionary__size(self), N);
	stpfin_dictionary__free(self);
}
END_TEST

static void *share_and_free(void *user_data)
{
	stpfin_dictionary *shares[100];
	size_t wrong = 0;

	for (int round = 0; round < 1000; round++) {
		for (int i = 0; i < 100; i++) {
			shares[i] = stpfin_dictionary__share(user_data);
		}
		for (int i = 0; i < 100; i++) {
			wrong += stpfin_dictionary__find(shares[i], "RX4", 3) != 1;
			stpfin_dictionary__free(shares[i]);
		}
	}
	stpfin_dictionary__free(user_data);
	return wrong == 0 ? NULL : user_data;
}

START_TEST(shares_cross_threads)
{
	stpfin_dictionary *self = stpfin_dictionary__new();
	pthread_t threads[4];
	void *result;

	intern(self, "RR8");
	intern(self, "RX4");
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, share_and_free, stpfin_dictionary__share(self)), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		ck_assert_ptr_null(result);
	}
	ck_assert_str_eq(stpfin_dictionary__text(self, 1), "RX4");
	stpfin_dictionary__free(self);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dictionary");
	TCase *cases = tcase_create("dictionary");
	SRunner *runner;
	int failed;

	tcase_set_timeout(cases, 120);
	tcase_add_test(cases, codes_follow_first_appearance);
	tcase_add_test(cases, only_length_bytes_count);
	tcase_add_test(cases, many_texts);
	tcase_add_test(cases, numbers_in_sequence_do_not_cluster);
	tcase_add_test(cases, shares_cross_threads);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
