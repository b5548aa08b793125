#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libstpfin/table/error.h"
#include "libstpfin/table/files.h"

static char folder[32];

/* Every test works in a folder of its own, and leaves nothing in it. */
static void set_up(void)
{
	strcpy(folder, "check_files.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void tear_down(void)
{
	ck_assert_int_eq(chdir(".."), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void put(const char *path, const char *text)
{
	FILE *stream = fopen(path, "wb");

	ck_assert_ptr_nonnull(stream);
	ck_assert_int_ge(fputs(text, stream), 0);
	ck_assert_int_eq(fclose(stream), 0);
}

static void expect_text(const char *path, const char *expected)
{
	FILE *stream = fopen(path, "rb");
	char text[256] = {0};

	ck_assert_ptr_nonnull(stream);
	fread(text, 1, sizeof(text) - 1, stream);
	fclose(stream);
	ck_assert_str_eq(text, expected);
}

static void expect(stpfin_status status, const char *in_message)
{
	ck_assert_int_eq(status, STPFIN_ERROR_FILE);
	ck_assert_msg(strstr(stpfin_last_error(), in_message) != NULL, "\"%s\" is not in \"%s\"",
		in_message, stpfin_last_error());
}

START_TEST(commit_replaces)
{
	struct stpfin_new_file file;

	for (int round = 0; round < 3; round++) {
		ck_assert_int_eq(stpfin_files__begin(&file, "plan.csv"), STPFIN_OK);
		fprintf(file.stream, "round %d", round);
		ck_assert(stpfin_files__exists("plan.csv.new"));
		if (round > 0) {
			expect_text("plan.csv", round == 1 ? "round 0" : "round 1");
		}
		ck_assert_int_eq(stpfin_files__commit(&file), STPFIN_OK);
		ck_assert(!stpfin_files__exists("plan.csv.new"));
		stpfin_files__drop(&file);
		stpfin_files__drop(&file);
	}
	expect_text("plan.csv", "round 2");
	remove("plan.csv");
}
END_TEST

START_TEST(drop_leaves_the_old_file)
{
	struct stpfin_new_file file = {0};

	stpfin_files__drop(&file);
	put("plan.csv", "old");
	ck_assert_int_eq(stpfin_files__begin(&file, "plan.csv"), STPFIN_OK);
	fputs("new", file.stream);
	stpfin_files__drop(&file);
	ck_assert(!stpfin_files__exists("plan.csv.new"));
	expect_text("plan.csv", "old");
	remove("plan.csv");
}
END_TEST

START_TEST(begin_that_cannot)
{
	struct stpfin_new_file file;

	expect(stpfin_files__begin(&file, "no/plan.csv"), "cannot write no/plan.csv.new: No such file");
	ck_assert_ptr_null(file.stream);
	ck_assert_ptr_null(file.path);
	stpfin_files__drop(&file);
	ck_assert_int_eq(mkdir("plan.csv.new", 0777), 0);
	expect(stpfin_files__begin(&file, "plan.csv"), "cannot write plan.csv.new: Is a directory");
	stpfin_files__drop(&file);
	ck_assert(stpfin_files__exists("plan.csv.new"));
	ck_assert_int_eq(rmdir("plan.csv.new"), 0);
}
END_TEST

START_TEST(commit_that_cannot)
{
	struct stpfin_new_file file;
	struct rlimit before, small;
	stpfin_status status;

	ck_assert_int_eq(mkdir("plan.csv", 0777), 0);
	put("plan.csv/inside", "old");
	ck_assert_int_eq(stpfin_files__begin(&file, "plan.csv"), STPFIN_OK);
	expect(stpfin_files__commit(&file), "cannot replace plan.csv: ");
	stpfin_files__drop(&file);
	ck_assert(!stpfin_files__exists("plan.csv.new"));
	expect_text("plan.csv/inside", "old");
	remove("plan.csv/inside");
	ck_assert_int_eq(rmdir("plan.csv"), 0);

	put("plan.csv", "old");
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){10, before.rlim_max};
	ck_assert_int_eq(stpfin_files__begin(&file, "plan.csv"), STPFIN_OK);
	fputs("longer than the limit", file.stream);
	/* Nothing is asserted meanwhile: Check keeps its own notes in a file. */
	setrlimit(RLIMIT_FSIZE, &small);
	status = stpfin_files__commit(&file);
	setrlimit(RLIMIT_FSIZE, &before);
	expect(status, "cannot write plan.csv.new: File too large");
	stpfin_files__drop(&file);
	ck_assert(!stpfin_files__exists("plan.csv.new"));
	expect_text("plan.csv", "old");
	remove("plan.csv");
}
END_TEST

/* In every locale the system has. */
START_TEST(plain_numbers)
{
	static const char *const names[] = {"C", "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct stpfin_locale plain = {NULL, NULL};
		locale_t own = uselocale((locale_t)0);
		char before[8];
		char text[8];

		setlocale(LC_ALL, names[i]);
		snprintf(before, sizeof before, "%g", 0.5);
		ck_assert_int_eq(stpfin_files__plain_locale(&plain), STPFIN_OK);
		snprintf(text, sizeof text, "%g", 0.5);
		ck_assert_str_eq(text, "0.5");
		ck_assert(uselocale((locale_t)0) != own);
		stpfin_files__own_locale(&plain);
		ck_assert(uselocale((locale_t)0) == own);
		stpfin_files__own_locale(&plain);
		snprintf(text, sizeof text, "%g", 0.5);
		ck_assert_str_eq(text, before);
	}
	setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(join)
{
	char *path = stpfin_files__join("data/england", "flow.csv");

	ck_assert_str_eq(path, "data/england/flow.csv");
	free(path);
	path = stpfin_files__join("/", "");
	ck_assert_str_eq(path, "//");
	free(path);
}
END_TEST

START_TEST(make_folder)
{
	struct stat found;

	ck_assert_int_eq(stpfin_files__make_folder("plan"), STPFIN_OK);
	ck_assert_int_eq(stat("plan", &found), 0);
	ck_assert(S_ISDIR(found.st_mode));
	ck_assert_int_eq(stpfin_files__make_folder("plan"), STPFIN_OK);
	ck_assert_int_eq(stpfin_files__make_folder("."), STPFIN_OK);
	expect(stpfin_files__make_folder("no/plan"), "cannot make the folder no/plan: No such file");
	put("file", "");
	expect(stpfin_files__make_folder("file"), "cannot make the folder file: Not a directory");
	remove("file");
	ck_assert_int_eq(rmdir("plan"), 0);
}
END_TEST

START_TEST(exists)
{
	ck_assert(stpfin_files__exists("."));
	ck_assert(!stpfin_files__exists("plan.csv"));
	ck_assert(!stpfin_files__exists(""));
	put("plan.csv", "");
	ck_assert(stpfin_files__exists("plan.csv"));
	ck_assert(!stpfin_files__exists("plan.csv/x"));
	remove("plan.csv");
}
END_TEST

struct visits {
	char names[8192];
	int left;
};

static stpfin_status visit(void *user_data, const char *name)
{
	struct visits *self = user_data;

	strcat(self->names, name);
	strcat(self->names, "|");
	return --self->left == 0 ? stpfin_error__set(STPFIN_ERROR_CANCELLED, "enough") : STPFIN_OK;
}

static stpfin_status visit_and_remove(void *user_data, const char *name)
{
	remove(name);
	return visit(user_data, name);
}

START_TEST(list)
{
	static const char *const names[] = {
		"b", "a.csv", ".hidden", "Z", "\xC3\xA9", "a", "a-", "10", "9", "B"};
	struct visits visits = {.left = -1};

	ck_assert_int_eq(stpfin_files__list(".", visit, &visits), STPFIN_OK);
	ck_assert_str_eq(visits.names, "");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		put(names[i], "");
	}
	ck_assert_int_eq(mkdir("folder", 0777), 0);
	ck_assert_int_eq(stpfin_files__list(".", visit, &visits), STPFIN_OK);
	ck_assert_str_eq(visits.names, ".hidden|10|9|B|Z|a|a-|a.csv|b|folder|\xC3\xA9|");
	visits = (struct visits){.left = 3};
	ck_assert_int_eq(stpfin_files__list(".", visit, &visits), STPFIN_ERROR_CANCELLED);
	ck_assert_str_eq(visits.names, ".hidden|10|9|");
	ck_assert_str_eq(stpfin_last_error(), "enough");
	visits = (struct visits){.left = -1};
	ck_assert_int_eq(stpfin_files__list("folder", visit, &visits), STPFIN_OK);
	ck_assert_str_eq(visits.names, "");
	expect(stpfin_files__list("no", visit, &visits), "cannot list the folder no: No such file");
	expect(stpfin_files__list("b", visit, &visits), "cannot list the folder b: Not a directory");
	ck_assert_int_eq(stpfin_files__list(".", visit_and_remove, &visits), STPFIN_OK);
}
END_TEST

START_TEST(list_many)
{
	enum { N = 1000 };
	struct visits visits = {.left = -1};
	char name[16];

	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "%03d", i * 389 % N);
		put(name, "");
	}
	ck_assert_int_eq(stpfin_files__list(".", visit_and_remove, &visits), STPFIN_OK);
	ck_assert_uint_eq(strlen(visits.names), 4 * N);
	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "%03d|", i);
		ck_assert_int_eq(strncmp(visits.names + 4 * i, name, 4), 0);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("files");
	TCase *cases = tcase_create("files");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, commit_replaces);
	tcase_add_test(cases, drop_leaves_the_old_file);
	tcase_add_test(cases, begin_that_cannot);
	tcase_add_test(cases, commit_that_cannot);
	tcase_add_test(cases, plain_numbers);
	tcase_add_test(cases, join);
	tcase_add_test(cases, make_folder);
	tcase_add_test(cases, exists);
	tcase_add_test(cases, list);
	tcase_add_test(cases, list_many);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
