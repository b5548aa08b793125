/*
 * The shapes of stpfin.i in R. SWIG's own R code is not used: the package calls the registered
 * routines (R/call.R), which give a failure back as a value for R to raise. What C must free is
 * held by external pointers made before the call, what it only needs during a call by R_alloc; so
 * nothing leaks when R jumps out of a routine, for want of memory or otherwise.
 */
%{
#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>

static SEXP text_or_na(const char *text)
{
	return text != NULL ? Rf_mkCharCE(text, CE_UTF8) : NA_STRING;
}

/* What R/call.R raises: a status and its message. */
static SEXP failure(stpfin_status status, const char *message)
{
	SEXP value = PROTECT(Rf_allocVector(VECSXP, 2));

	SET_VECTOR_ELT(value, 0, Rf_ScalarInteger(status));
	SET_VECTOR_ELT(value, 1, Rf_ScalarString(text_or_na(message)));
	Rf_setAttrib(value, R_ClassSymbol, Rf_mkString("stpfin_failure"));
	UNPROTECT(1);
	return value;
}

/* Leaves a routine with a failure of its own; for typemaps of what comes in. */
#define REFUSE(message)                                                                            \
	do {                                                                                           \
		if (r_nprotect != 0) {                                                                     \
			UNPROTECT(r_nprotect);                                                                 \
		}                                                                                          \
		return failure(STPFIN_ERROR_ARGUMENT, message);                                            \
	} while (0)

/* A handle is an external pointer whose tag says what it holds, which is freed with it. */
#define HANDLE(type)                                                                               \
	static void finish_##type(SEXP handle)                                                         \
	{                                                                                              \
		type##_free(R_ExternalPtrAddr(handle));                                                    \
		R_ClearExternalPtr(handle);                                                                \
	}

HANDLE(stpfin_table)
HANDLE(stpfin_table_builder)
HANDLE(stpfin_plan)
HANDLE(stpfin_portfolio)
HANDLE(stpfin_projection)
HANDLE(stpfin_simulation)

static void finish_text(SEXP handle)
{
	stpfin_text_free(R_ExternalPtrAddr(handle));
	R_ClearExternalPtr(handle);
}

/* An empty handle, to be filled once there is something to hold. */
static SEXP new_handle(const char *tag, R_CFinalizer_t finish)
{
	SEXP handle = PROTECT(R_MakeExternalPtr(NULL, Rf_install(tag), R_NilValue));

	R_RegisterCFinalizerEx(handle, finish, TRUE);
	UNPROTECT(1);
	return handle;
}

static void *held(SEXP handle, const char *tag)
{
	return TYPEOF(handle) == EXTPTRSXP && R_ExternalPtrTag(handle) == Rf_install(tag)
			   ? R_ExternalPtrAddr(handle)
			   : NULL;
}

/* Puts one of a routine's results in their list, by the name of its parameter. */
static void give(SEXP results, R_xlen_t i, const char *name, SEXP value)
{
	PROTECT(value);
	if (Rf_getAttrib(results, R_NamesSymbol) == R_NilValue) {
		Rf_setAttrib(
			results, R_NamesSymbol, PROTECT(Rf_allocVector(STRSXP, XLENGTH(results))));
		UNPROTECT(1);
	}
	SET_STRING_ELT(Rf_getAttrib(results, R_NamesSymbol), i, Rf_mkChar(name));
	SET_VECTOR_ELT(results, i, value);
	UNPROTECT(1);
}

/* A number of R as a whole one, NaN if it is none. */
static double whole_number(SEXP x)
{
	double value;

	if ((TYPEOF(x) != REALSXP && TYPEOF(x) != INTSXP) || XLENGTH(x) != 1) {
		return R_NaN;
	}
	value = Rf_asReal(x);
	return value == floor(value) ? value : R_NaN;
}

static const char *one_text(SEXP x)
{
	return TYPEOF(x) == STRSXP && XLENGTH(x) == 1 && STRING_ELT(x, 0) != NA_STRING
			   ? Rf_translateCharUTF8(STRING_ELT(x, 0))
			   : NULL;
}

/* The name of a file, as the system spells it. */
static const char *one_path(SEXP x)
{
	return one_text(x) != NULL ? Rf_translateChar(STRING_ELT(x, 0)) : NULL;
}

/* Texts as C takes them, NA as NULL. */
static const char *const *texts_of(SEXP x)
{
	R_xlen_t n = XLENGTH(x);
	const char **texts = (const char **)R_alloc((size_t)n + 1, sizeof *texts);

	for (R_xlen_t i = 0; i < n; i++) {
		texts[i] =
			STRING_ELT(x, i) != NA_STRING ? Rf_translateCharUTF8(STRING_ELT(x, i)) : NULL;
	}
	return texts;
}

static SEXP texts_to_r(const char *const *texts, size_t n)
{
	SEXP value = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)n));

	for (size_t i = 0; i < n; i++) {
		SET_STRING_ELT(value, (R_xlen_t)i, text_or_na(texts[i]));
	}
	UNPROTECT(1);
	return value;
}

static SEXP doubles_to_r(const double *x, size_t n)
{
	SEXP value = Rf_allocVector(REALSXP, (R_xlen_t)n);

	for (size_t i = 0; i < n; i++) {
		REAL(value)[i] = isnan(x[i]) ? NA_REAL : x[i];
	}
	return value;
}

/* R's missing integer is the library's. */
static SEXP whole_numbers_to_r(const int32_t *x, size_t n)
{
	SEXP value = Rf_allocVector(INTSXP, (R_xlen_t)n);

	if (n > 0) {
		memcpy(INTEGER(value), x, n * sizeof *x);
	}
	return value;
}

/* A factor of the categories used, in their order. */
static SEXP codes_to_r(
	const int32_t *codes, size_t n, const char *const *categories, size_t n_categories)
{
	SEXP value = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)n));
	const char **used = (const char **)R_alloc(n_categories + 1, sizeof *used);
	int *level = (int *)R_alloc(n_categories + 1, sizeof *level);
	int n_used = 0;

	memset(level, 0, n_categories * sizeof *level);
	for (size_t i = 0; i < n; i++) {
		if (codes[i] >= 0) {
			level[codes[i]] = 1;
		}
	}
	for (size_t i = 0; i < n_categories; i++) {
		if (level[i] != 0) {
			used[n_used++] = categories[i];
			level[i] = n_used;
		}
	}
	for (size_t i = 0; i < n; i++) {
		INTEGER(value)[i] = codes[i] < 0 ? NA_INTEGER : level[codes[i]];
	}
	Rf_setAttrib(value, R_LevelsSymbol, texts_to_r(used, (size_t)n_used));
	Rf_setAttrib(value, R_ClassSymbol, Rf_mkString("factor"));
	UNPROTECT(1);
	return value;
}

static SEXP item(SEXP list, const char *name)
{
	SEXP names = Rf_getAttrib(list, R_NamesSymbol);

	for (R_xlen_t i = 0; TYPEOF(list) == VECSXP && i < XLENGTH(names); i++) {
		if (strcmp(CHAR(STRING_ELT(names, i)), name) == 0) {
			return VECTOR_ELT(list, i);
		}
	}
	return R_NilValue;
}

/* A number of a list; false if there is none that fits. */
static bool get_number(SEXP list, const char *name, double *out_value)
{
	SEXP x = item(list, name);

	if ((TYPEOF(x) != REALSXP && TYPEOF(x) != INTSXP) || XLENGTH(x) != 1) {
		return false;
	}
	*out_value = Rf_asReal(x);
	return !isnan(*out_value);
}

static bool get_int32(SEXP list, const char *name, int32_t *out_value)
{
	double value = whole_number(item(list, name));

	if (!(value > INT32_MIN && value <= INT32_MAX)) {
		return false;
	}
	*out_value = (int32_t)value;
	return true;
}

/* Whole numbers that a double holds. */
static bool get_uint64(SEXP list, const char *name, uint64_t *out_value)
{
	double value = whole_number(item(list, name));

	if (!(value >= 0 && value <= 9007199254740992.0)) {
		return false;
	}
	*out_value = (uint64_t)value;
	return true;
}

static bool get_flag(SEXP list, const char *name, bool *out_value)
{
	SEXP x = item(list, name);

	if (TYPEOF(x) != LGLSXP || XLENGTH(x) != 1 || LOGICAL(x)[0] == NA_LOGICAL) {
		return false;
	}
	*out_value = LOGICAL(x)[0] != 0;
	return true;
}

/* A rate that the list lacks stays as it is. */
static bool get_rate(SEXP list, const char *name, double *rate)
{
	return item(list, name) == R_NilValue || get_number(list, name, rate);
}

static bool get_settings(SEXP list, stpfin_plan_settings *settings)
{
	return get_int32(list, "base_year", &settings->base_year) &&
		   get_int32(list, "end_year", &settings->end_year) &&
		   get_rate(list, "discount_rate", &settings->discount_rate) &&
		   get_rate(list, "long_discount_rate", &settings->long_discount_rate) &&
		   get_rate(list, "capital_charge_rate", &settings->capital_charge_rate);
}

static bool get_hash(SEXP list, const char *name, char hash[STPFIN_HASH_SIZE])
{
	const char *text = one_text(item(list, name));

	if (text == NULL || strlen(text) >= STPFIN_HASH_SIZE) {
		return false;
	}
	strcpy(hash, text);
	return true;
}

static bool get_stamp(SEXP list, stpfin_stamp *stamp)
{
	int32_t prices = 0;
	int32_t comparator = 0;

	stamp->library_version = one_text(item(list, "library_version"));
	if (stamp->library_version == NULL || !get_hash(list, "plan_hash", stamp->plan_hash) ||
		!get_hash(list, "compared_with", stamp->compared_with) ||
		!get_settings(item(list, "settings"), &stamp->settings) ||
		!get_int32(list, "prices", &prices) || !get_int32(list, "comparator", &comparator) ||
		!get_flag(list, "overdispersed", &stamp->overdispersed) ||
		!get_number(list, "published", &stamp->published) ||
		!get_number(list, "derived", &stamp->derived) ||
		!get_number(list, "assumed", &stamp->assumed) ||
		!get_uint64(list, "seed", &stamp->seed) || !get_uint64(list, "samples", &stamp->samples)) {
		return false;
	}
	stamp->prices = (stpfin_prices)prices;
	stamp->comparator = (stpfin_comparator)comparator;
	return true;
}

static SEXP settings_to_r(const stpfin_plan_settings *settings)
{
	const char *names[] = {"base_year", "end_year", "discount_rate", "long_discount_rate",
		"capital_charge_rate", ""};
	SEXP list = PROTECT(Rf_mkNamed(VECSXP, names));

	SET_VECTOR_ELT(list, 0, Rf_ScalarInteger(settings->base_year));
	SET_VECTOR_ELT(list, 1, Rf_ScalarInteger(settings->end_year));
	SET_VECTOR_ELT(list, 2, Rf_ScalarReal(settings->discount_rate));
	SET_VECTOR_ELT(list, 3, Rf_ScalarReal(settings->long_discount_rate));
	SET_VECTOR_ELT(list, 4, Rf_ScalarReal(settings->capital_charge_rate));
	UNPROTECT(1);
	return list;
}

static SEXP stamp_to_r(const stpfin_stamp *stamp)
{
	const char *names[] = {"library_version", "plan_hash", "compared_with", "settings", "prices",
		"comparator", "overdispersed", "published", "derived", "assumed", "seed", "samples", ""};
	SEXP list = PROTECT(Rf_mkNamed(VECSXP, names));
	int n = 0;

	SET_VECTOR_ELT(list, n++, Rf_ScalarString(text_or_na(stamp->library_version)));
	SET_VECTOR_ELT(list, n++, Rf_mkString(stamp->plan_hash));
	SET_VECTOR_ELT(list, n++, Rf_mkString(stamp->compared_with));
	SET_VECTOR_ELT(list, n++, settings_to_r(&stamp->settings));
	SET_VECTOR_ELT(list, n++, Rf_ScalarInteger((int)stamp->prices));
	SET_VECTOR_ELT(list, n++, Rf_ScalarInteger((int)stamp->comparator));
	SET_VECTOR_ELT(list, n++, Rf_ScalarLogical(stamp->overdispersed));
	SET_VECTOR_ELT(list, n++, Rf_ScalarReal(stamp->published));
	SET_VECTOR_ELT(list, n++, Rf_ScalarReal(stamp->derived));
	SET_VECTOR_ELT(list, n++, Rf_ScalarReal(stamp->assumed));
	SET_VECTOR_ELT(list, n++, Rf_ScalarReal((double)stamp->seed));
	SET_VECTOR_ELT(list, n++, Rf_ScalarReal((double)stamp->samples));
	UNPROTECT(1);
	return list;
}

static SEXP portfolio_summary_to_r(const stpfin_portfolio_summary *summary)
{
	const char *names[] = {"end", "benefit", "bound", "gap", "joint_benefit", "spent", "bids",
		"chosen", "alternatives", ""};
	SEXP list = PROTECT(Rf_mkNamed(VECSXP, names));
	double joint_benefit = summary->joint_benefit;

	SET_VECTOR_ELT(list, 0, Rf_ScalarInteger((int)summary->end));
	SET_VECTOR_ELT(list, 1, Rf_ScalarReal(summary->benefit));
	SET_VECTOR_ELT(list, 2, Rf_ScalarReal(summary->bound));
	SET_VECTOR_ELT(list, 3, Rf_ScalarReal(summary->gap));
	SET_VECTOR_ELT(list, 4, Rf_ScalarReal(isnan(joint_benefit) ? NA_REAL : joint_benefit));
	SET_VECTOR_ELT(list, 5, Rf_ScalarReal(summary->spent));
	SET_VECTOR_ELT(list, 6, Rf_ScalarReal((double)summary->bids));
	SET_VECTOR_ELT(list, 7, Rf_ScalarReal((double)summary->chosen));
	SET_VECTOR_ELT(list, 8, Rf_ScalarReal((double)summary->alternatives));
	UNPROTECT(1);
	return list;
}

static SEXP simulation_summary_to_r(const stpfin_simulation_summary *summary)
{
	const char *names[] = {
		"draws", "first", "end", "seed", "parameters", "cells", "clipped", ""};
	SEXP list = PROTECT(Rf_mkNamed(VECSXP, names));

	SET_VECTOR_ELT(list, 0, Rf_ScalarReal((double)summary->draws));
	SET_VECTOR_ELT(list, 1, Rf_ScalarReal((double)summary->first));
	SET_VECTOR_ELT(list, 2, Rf_ScalarReal((double)summary->end));
	SET_VECTOR_ELT(list, 3, Rf_ScalarReal((double)summary->seed));
	SET_VECTOR_ELT(list, 4, Rf_ScalarReal((double)summary->parameters));
	SET_VECTOR_ELT(list, 5, Rf_ScalarReal((double)summary->cells));
	SET_VECTOR_ELT(list, 6, Rf_ScalarReal((double)summary->clipped));
	UNPROTECT(1);
	return list;
}

/* A call of R from within long work. R jumps when it is interrupted, so it is called where the
 * jump ends. */
struct question {
	SEXP function;
	double done;
	bool go_on;
};

static void ask(void *data)
{
	struct question *question = data;

	R_CheckUserInterrupt();
	if (question->function != R_NilValue) {
		SEXP call = PROTECT(
			Rf_lang2(question->function, PROTECT(Rf_ScalarReal(question->done))));

		question->go_on = Rf_asLogical(Rf_eval(call, R_BaseEnv)) == TRUE;
		UNPROTECT(2);
	}
}

static stpfin_status watch(double done, void *user_data)
{
	struct question question = {user_data, done, true};

	return R_ToplevelExec(ask, &question) && question.go_on ? STPFIN_OK : STPFIN_ERROR_CANCELLED;
}
%}

/* GSL's own handler ends the process. */
%insert("sinitroutine") %{
	gsl_set_error_handler_off();
	R_useDynamicSymbols(dll, FALSE);
	R_forceSymbols(dll, TRUE);
%}

/* A status: on failure the value itself. */
%typemap(out) stpfin_status %{
	$result = $1 == STPFIN_OK ? R_NilValue : failure($1, stpfin_last_error());
%}

%define HANDLES(TYPE)
%typemap(in) TYPE *, const TYPE * %{
	$1 = held($input, #TYPE);
	if ($1 == NULL) {
		REFUSE("argument $argnum of $symname is no live " #TYPE);
	}
%}
%typemap(in) TYPE *OPTIONAL, const TYPE *OPTIONAL %{
	$1 = $input != R_NilValue ? held($input, #TYPE) : NULL;
	if ($1 == NULL && $input != R_NilValue) {
		REFUSE("argument $argnum of $symname is no live " #TYPE);
	}
%}
%typemap(in, numinputs=0) TYPE ** (SEXP handle, TYPE *held = NULL) %{
	PROTECT(handle = new_handle(#TYPE, finish_##TYPE));
	r_nprotect++;
	$1 = &held;
%}
%typemap(argout) TYPE ** %{
	if (*$1 != NULL) {
		R_SetExternalPtrAddr(handle$argnum, *$1);
		give($result, $n, "$1_name", handle$argnum);
	}
%}
%enddef

HANDLES(stpfin_table)
HANDLES(stpfin_table_builder)
HANDLES(stpfin_plan)
HANDLES(stpfin_portfolio)
HANDLES(stpfin_projection)
HANDLES(stpfin_simulation)
%apply const stpfin_plan *OPTIONAL {
	const stpfin_plan *OPTIONAL_self, const stpfin_plan *OPTIONAL_names};
%apply const stpfin_table *OPTIONAL {const stpfin_table *OPTIONAL_benefits};

/* Handles in. */
%define LIST(TYPE, NAME)
%typemap(argout) (const TYPE *const *NAME, size_t n) ""
%typemap(in) (const TYPE *const *NAME, size_t n) %{
	if (TYPEOF($input) != VECSXP) {
		REFUSE("argument $argnum of $symname is no list of handles");
	}
	$2 = (size_t)XLENGTH($input);
	$1 = (TYPE **)R_alloc($2 + 1, sizeof *$1);
	for (size_t i = 0; i < $2; i++) {
		((TYPE **)$1)[i] = held(VECTOR_ELT($input, (R_xlen_t)i), #TYPE);
		if ($1[i] == NULL) {
			REFUSE("argument $argnum of $symname holds no live " #TYPE);
		}
	}
%}
%enddef

LIST(stpfin_table, tables)
LIST(stpfin_simulation, pieces)

/* Numbers. */
%typemap(in) (const double *x, size_t n) %{
	if (TYPEOF($input) != REALSXP) {
		REFUSE("argument $argnum of $symname is no double vector");
	}
	$1 = REAL($input);
	$2 = (size_t)XLENGTH($input);
%}
%typemap(in) (const int32_t *x, size_t n) %{
	if (TYPEOF($input) != INTSXP) {
		REFUSE("argument $argnum of $symname is no integer vector");
	}
	$1 = INTEGER($input);
	$2 = (size_t)XLENGTH($input);
%}
%typemap(in) (const char *const *text, size_t n) %{
	if (TYPEOF($input) != STRSXP) {
		REFUSE("argument $argnum of $symname is no character vector");
	}
	$1 = (char **)texts_of($input);
	$2 = (size_t)XLENGTH($input);
%}
%typemap(in) (const double *OPTIONAL, size_t n) %{
	if ($input != R_NilValue && TYPEOF($input) != REALSXP) {
		REFUSE("argument $argnum of $symname is no double vector");
	}
	$1 = $input != R_NilValue ? REAL($input) : NULL;
	$2 = $input != R_NilValue ? (size_t)XLENGTH($input) : 0;
%}
/* Of the length asked for. */
%typemap(in) (size_t n_y, double *y) (SEXP vector) %{
	if (!(whole_number($input) >= 0 && whole_number($input) <= 9007199254740992.0)) {
		REFUSE("argument $argnum of $symname is no length");
	}
	$1 = (size_t)whole_number($input);
	PROTECT(vector = Rf_allocVector(REALSXP, (R_xlen_t)$1));
	r_nprotect++;
	$2 = REAL(vector);
%}
%typemap(argout) (size_t n_y, double *y) %{
	give($result, $n, "$2_name", doubles_to_r($2, $1));
%}
%apply (const int32_t *x, size_t n) {(const int32_t *codes, size_t n)};
%apply (const char *const *text, size_t n) {
	(const char *const *scenarios, size_t n_scenarios),
	(const char *const *measures, size_t n_measures),
	(const char *const *categories, size_t n_categories)};

%typemap(in) double %{
	if ((TYPEOF($input) != REALSXP && TYPEOF($input) != INTSXP) || XLENGTH($input) != 1) {
		REFUSE("argument $argnum of $symname is no number");
	}
	$1 = Rf_asReal($input);
%}
%typemap(in) int32_t %{
	if (!(whole_number($input) > INT32_MIN && whole_number($input) <= INT32_MAX)) {
		REFUSE("argument $argnum of $symname is no whole number of 32 bits");
	}
	$1 = (int32_t)whole_number($input);
%}
%typemap(in) size_t, uint64_t %{
	if (!(whole_number($input) >= 0 && whole_number($input) <= 9007199254740992.0)) {
		REFUSE("argument $argnum of $symname is no whole number from 0 to 2^53");
	}
	$1 = ($1_ltype)whole_number($input);
%}
%typemap(in) bool %{
	if (TYPEOF($input) != LGLSXP || XLENGTH($input) != 1 || LOGICAL($input)[0] == NA_LOGICAL) {
		REFUSE("argument $argnum of $symname is neither TRUE nor FALSE");
	}
	$1 = LOGICAL($input)[0] != 0;
%}
%typemap(out) size_t, uint64_t "$result = Rf_ScalarReal((double)$1);"
%typemap(out) bool "$result = Rf_ScalarLogical($1);"

%define VALUE_OUT(TYPE, TO_R)
%typemap(in, numinputs=0) TYPE *out_value (TYPE value = 0) "$1 = &value;"
%typemap(argout) TYPE *out_value {
	give($result, $n, "$1_name", TO_R(*$1));
}
%enddef

VALUE_OUT(double, Rf_ScalarReal)
VALUE_OUT(int32_t, Rf_ScalarInteger)
VALUE_OUT(size_t, Rf_ScalarReal)
%apply int32_t *out_value {int32_t *out_type};
%apply size_t *out_value {size_t *out_column};

/* A column, of the table that is the first argument. */
%typemap(in, numinputs=0) const double **out_x (double *x = NULL) "$1 = &x;"
%typemap(argout) const double **out_x %{
	if (result == STPFIN_OK) {
		give($result, $n, "$1_name", doubles_to_r(*$1, stpfin_table_rows(arg1)));
	}
%}
%typemap(in, numinputs=0) const int32_t **out_x (int32_t *x = NULL) "$1 = &x;"
%typemap(argout) const int32_t **out_x %{
	if (result == STPFIN_OK) {
		give($result, $n, "$1_name", whole_numbers_to_r(*$1, stpfin_table_rows(arg1)));
	}
%}
%typemap(in, numinputs=0) (const int32_t **out_codes, const char *const **out_categories,
	size_t *out_n_categories) (int32_t *codes = NULL, char **categories = NULL, size_t n = 0) %{
	$1 = &codes;
	$2 = &categories;
	$3 = &n;
%}
%typemap(argout) (const int32_t **out_codes, const char *const **out_categories,
	size_t *out_n_categories) %{
	if (result == STPFIN_OK) {
		give($result, $n, "$1_name", codes_to_r(*$1, stpfin_table_rows(arg1),
			(const char *const *)*$2, *$3));
	}
%}

/* A row a draw and a column a figure. */
%typemap(in, numinputs=0) (const double **out_draws, size_t *out_n_figures, size_t *out_n_draws)
	(double *draws = NULL, size_t n_figures = 0, size_t n_draws = 0) %{
	$1 = &draws;
	$2 = &n_figures;
	$3 = &n_draws;
%}
%typemap(argout) (const double **out_draws, size_t *out_n_figures, size_t *out_n_draws) {
	SEXP draws = PROTECT(doubles_to_r(*$1, *$2 * *$3));
	SEXP dimensions = PROTECT(Rf_allocVector(INTSXP, 2));

	INTEGER(dimensions)[0] = (int)*$3;
	INTEGER(dimensions)[1] = (int)*$2;
	Rf_setAttrib(draws, R_DimSymbol, dimensions);
	give($result, $n, "$1_name", draws);
	UNPROTECT(2);
}

/* Text. */
%typemap(in) const char * %{
	$1 = (char *)one_text($input);
	if ($1 == NULL) {
		REFUSE("argument $argnum of $symname is no text");
	}
%}
%typemap(in) const char *OPTIONAL %{
	$1 = $input != R_NilValue ? (char *)one_text($input) : NULL;
	if ($1 == NULL && $input != R_NilValue) {
		REFUSE("argument $argnum of $symname is no text");
	}
%}
%apply const char *OPTIONAL {const char *OPTIONAL_scenario, const char *OPTIONAL_place,
	const char *OPTIONAL_table};
%typemap(in) const char *path, const char *folder %{
	$1 = (char *)one_path($input);
	if ($1 == NULL) {
		REFUSE("argument $argnum of $symname is no name of a file");
	}
%}
%typemap(freearg) const char * ""
%typemap(out) const char * "$result = Rf_ScalarString(text_or_na($1));"

%typemap(freearg) size_t *, int32_t *, double * ""
%typemap(in, numinputs=0) size_t *out_n (size_t n = 0) "$1 = &n;"
%typemap(out) const char *const * "$result = texts_to_r((const char *const *)$1, *arg1);"

%typemap(in, numinputs=0) char **out_text (SEXP handle, char *text = NULL) %{
	PROTECT(handle = new_handle("stpfin_text", finish_text));
	r_nprotect++;
	$1 = &text;
%}
%typemap(argout) char **out_text %{
	if (*$1 != NULL) {
		R_SetExternalPtrAddr(handle$argnum, *$1);
		give($result, $n, "$1_name", Rf_ScalarString(text_or_na(*$1)));
		finish_text(handle$argnum);
	}
%}
%typemap(in, numinputs=0) const char **out_said (char *said = "") "$1 = &said;"
%typemap(argout) const char **out_said
	%{ give($result, $n, "$1_name", Rf_ScalarString(text_or_na(*$1))); %}
%typemap(freearg) char out_hash[STPFIN_HASH_SIZE] ""
%typemap(in, numinputs=0) char out_hash[STPFIN_HASH_SIZE] (char hash[STPFIN_HASH_SIZE] = "")
	"$1 = hash;"
%typemap(argout) char out_hash[STPFIN_HASH_SIZE]
	%{ give($result, $n, "$1_name", Rf_mkString($1)); %}

/* Named lists. */
%typemap(in) const stpfin_plan_settings *
	(stpfin_plan_settings value = STPFIN_PLAN_SETTINGS_INIT) %{
	if (!get_settings($input, &value)) {
		REFUSE("argument $argnum of $symname is no list of settings");
	}
	$1 = &value;
%}
%typemap(in, numinputs=0) stpfin_plan_settings *out_settings
	(stpfin_plan_settings value = STPFIN_PLAN_SETTINGS_INIT) "$1 = &value;"
%typemap(argout) stpfin_plan_settings *out_settings
	%{ give($result, $n, "$1_name", settings_to_r($1)); %}
%typemap(in) const stpfin_stamp *OPTIONAL_stamp (stpfin_stamp value = STPFIN_STAMP_INIT) %{
	if ($input != R_NilValue) {
		if (!get_stamp($input, &value)) {
			REFUSE("argument $argnum of $symname is no stamp");
		}
		$1 = &value;
	}
%}
%typemap(in, numinputs=0) stpfin_stamp *out_stamp (stpfin_stamp value = STPFIN_STAMP_INIT)
	"$1 = &value;"
%typemap(argout) stpfin_stamp *out_stamp %{ give($result, $n, "$1_name", stamp_to_r($1)); %}
%define SUMMARY(TYPE, INIT, TO_R)
%typemap(in, numinputs=0) TYPE *out_summary (TYPE value = INIT) "$1 = &value;"
%typemap(argout) TYPE *out_summary {
	give($result, $n, "$1_name", TO_R($1));
}
%enddef

SUMMARY(stpfin_portfolio_summary, STPFIN_PORTFOLIO_SUMMARY_INIT, portfolio_summary_to_r)
SUMMARY(stpfin_simulation_summary, STPFIN_SIMULATION_SUMMARY_INIT, simulation_summary_to_r)

%typemap(in) (stpfin_progress progress, void *user_data) %{
	if ($input != R_NilValue && !Rf_isFunction($input)) {
		REFUSE("argument $argnum of $symname is no function");
	}
	$1 = watch;
	$2 = $input;
%}
%apply (stpfin_progress progress, void *user_data) {(stpfin_progress end_early, void *user_data)};

/* Whether there is something behind a handle: there is not once R has saved and restored it. */
%typemap(in) SEXP "$1 = $input;"
%inline %{
static bool is_live(SEXP handle)
{
	return TYPEOF(handle) == EXTPTRSXP && R_ExternalPtrAddr(handle) != NULL;
}
%}
