/*
 * The shapes of stpfin.i in Python. Handles are capsules, which free what they hold; numbers come
 * out as read-only views that keep the capsule of their table alive. Slow functions run without
 * the interpreter's lock. The package's own layer gives every function what it wants: what is
 * refused here is refused for safety, in fewer words.
 */
%{
#define NPY_NO_DEPRECATED_API NPY_1_7_API_VERSION
#include <gsl/gsl_errno.h>
#include <numpy/arrayobject.h>

/* Raises an exception of the class that stpfin.errors has for a status. */
static void raise_status(stpfin_status status)
{
	PyObject *errors = PyImport_ImportModule("stpfin.errors");
	PyObject *message = PyUnicode_DecodeUTF8(
		stpfin_last_error(), (Py_ssize_t)strlen(stpfin_last_error()), "replace");
	PyObject *error = NULL;

	if (errors != NULL && message != NULL) {
		error = PyObject_CallMethod(errors, "of_status", "iO", (int)status, message);
	}
	if (error != NULL) {
		PyErr_SetObject((PyObject *)Py_TYPE(error), error);
	}
	Py_XDECREF(error);
	Py_XDECREF(message);
	Py_XDECREF(errors);
}

/* What long work calls: who is told of the share done, and the exception that stops the work, kept
 * apart from the thread that met it. */
struct told {
	PyObject *callable;
	PyObject *type, *value, *traceback;
};

static stpfin_status tell(double done, void *user_data)
{
	struct told *self = user_data;
	PyGILState_STATE lock = PyGILState_Ensure();
	PyObject *answer = NULL;
	stpfin_status status = STPFIN_OK;

	if (self->type != NULL) {
		status = STPFIN_ERROR_CANCELLED;
	} else if (PyErr_CheckSignals() != 0) {
		PyErr_Fetch(&self->type, &self->value, &self->traceback);
		status = STPFIN_ERROR_CANCELLED;
	} else if (self->callable != Py_None) {
		answer = PyObject_CallFunction(self->callable, "d", done);
		if (answer == NULL) {
			PyErr_Fetch(&self->type, &self->value, &self->traceback);
			status = STPFIN_ERROR_CANCELLED;
		}
		Py_XDECREF(answer);
	}
	PyGILState_Release(lock);
	return status;
}

/* A new list of texts. */
static PyObject *list_texts(const char *const *texts, size_t n)
{
	PyObject *list = PyList_New((Py_ssize_t)n);

	for (size_t i = 0; list != NULL && i < n; i++) {
		PyObject *text = PyUnicode_FromString(texts[i]);

		if (text == NULL) {
			Py_CLEAR(list);
		} else {
			PyList_SET_ITEM(list, (Py_ssize_t)i, text);
		}
	}
	return list;
}

/* A text as C has it: UTF-8 without a NUL within, borrowed from the object. */
static const char *get_text(PyObject *object)
{
	Py_ssize_t size;
	const char *text;

	if (!PyUnicode_Check(object)) {
		PyErr_Format(PyExc_TypeError, "text is wanted, not %s", Py_TYPE(object)->tp_name);
		return NULL;
	}
	text = PyUnicode_AsUTF8AndSize(object, &size);
	if (text != NULL && strlen(text) != (size_t)size) {
		PyErr_SetString(PyExc_ValueError, "a text holds a NUL character");
		return NULL;
	}
	return text;
}

/* The texts of a sequence, None as NULL, to be freed by PyMem_Free; borrowed from what *sequence is
 * made to hold. */
static const char **get_texts(PyObject *object, PyObject **sequence, size_t *n)
{
	const char **texts;

	*sequence = PySequence_Fast(object, "texts are a sequence");
	if (*sequence == NULL) {
		return NULL;
	}
	*n = (size_t)PySequence_Fast_GET_SIZE(*sequence);
	texts = PyMem_Calloc(*n > 0 ? *n : 1, sizeof *texts);
	if (texts == NULL) {
		PyErr_NoMemory();
		return NULL;
	}
	for (size_t i = 0; i < *n; i++) {
		PyObject *item = PySequence_Fast_GET_ITEM(*sequence, (Py_ssize_t)i);

		if (item != Py_None && (texts[i] = get_text(item)) == NULL) {
			PyMem_Free(texts);
			return NULL;
		}
	}
	return texts;
}

/* What a sequence of capsules holds, as get_texts(). */
static const void **get_handles(
	PyObject *object, const char *kind, PyObject **sequence, size_t *n)
{
	const void **handles;

	*sequence = PySequence_Fast(object, "handles are a sequence");
	if (*sequence == NULL) {
		return NULL;
	}
	*n = (size_t)PySequence_Fast_GET_SIZE(*sequence);
	handles = PyMem_Calloc(*n > 0 ? *n : 1, sizeof *handles);
	if (handles == NULL) {
		PyErr_NoMemory();
		return NULL;
	}
	for (size_t i = 0; i < *n; i++) {
		handles[i] =
			PyCapsule_GetPointer(PySequence_Fast_GET_ITEM(*sequence, (Py_ssize_t)i), kind);
		if (handles[i] == NULL) {
			PyMem_Free(handles);
			return NULL;
		}
	}
	return handles;
}

static const void **get_simulations(PyObject *object, PyObject **sequence, size_t *n)
{
	return get_handles(object, "stpfin_simulation", sequence, n);
}

static const void **get_tables(PyObject *object, PyObject **sequence, size_t *n)
{
	return get_handles(object, "stpfin_table", sequence, n);
}

/* A read-only array over memory that its owner keeps. */
static PyObject *view(
	const void *data, int dimensions, const npy_intp *shape, int type, PyObject *owner)
{
	/* An empty column may have no memory, and NumPy would then allocate its own. */
	static const double nothing = 0;
	PyObject *array = PyArray_New(&PyArray_Type, dimensions, (npy_intp *)(uintptr_t)shape, type, NULL,
		(void *)(uintptr_t)(data != NULL ? data : &nothing), 0, NPY_ARRAY_CARRAY_RO, NULL);

	if (array != NULL) {
		Py_INCREF(owner);
		if (PyArray_SetBaseObject((PyArrayObject *)array, owner) != 0) {
			Py_CLEAR(array);
		}
	}
	return array;
}

/* Whole numbers and numbers of a dictionary; what it lacks stays as it is. */
static bool get_int32(PyObject *dictionary, const char *key, int32_t *value)
{
	PyObject *item = PyDict_GetItemString(dictionary, key);
	long number;

	if (item == NULL) {
		return true;
	}
	number = PyLong_AsLong(item);
	if (number == -1 && PyErr_Occurred()) {
		return false;
	}
	if (number < INT32_MIN || number > INT32_MAX) {
		PyErr_Format(PyExc_OverflowError, "%s is beyond what 32 bits hold", key);
		return false;
	}
	*value = (int32_t)number;
	return true;
}

static bool get_uint64(PyObject *dictionary, const char *key, uint64_t *value)
{
	PyObject *item = PyDict_GetItemString(dictionary, key);

	if (item != NULL) {
		*value = PyLong_AsUnsignedLongLong(item);
	}
	return !PyErr_Occurred();
}

static bool get_double(PyObject *dictionary, const char *key, double *value)
{
	PyObject *item = PyDict_GetItemString(dictionary, key);

	if (item != NULL) {
		*value = PyFloat_AsDouble(item);
	}
	return !PyErr_Occurred();
}

static bool get_bool(PyObject *dictionary, const char *key, bool *value)
{
	PyObject *item = PyDict_GetItemString(dictionary, key);

	if (item != NULL) {
		*value = PyObject_IsTrue(item) == 1;
	}
	return !PyErr_Occurred();
}

static bool get_hash(PyObject *dictionary, const char *key, char hash[STPFIN_HASH_SIZE])
{
	PyObject *item = PyDict_GetItemString(dictionary, key);
	const char *text = item != NULL ? get_text(item) : "";

	if (text == NULL) {
		return false;
	}
	if (strlen(text) >= STPFIN_HASH_SIZE) {
		PyErr_Format(PyExc_ValueError, "%s is too long for a hash", key);
		return false;
	}
	strcpy(hash, text);
	return true;
}

static bool get_settings(PyObject *dictionary, stpfin_plan_settings *settings)
{
	*settings = (stpfin_plan_settings)STPFIN_PLAN_SETTINGS_INIT;
	if (!PyDict_Check(dictionary)) {
		PyErr_SetString(PyExc_TypeError, "settings are a dictionary");
		return false;
	}
	return get_int32(dictionary, "base_year", &settings->base_year) &&
		   get_int32(dictionary, "end_year", &settings->end_year) &&
		   get_double(dictionary, "discount_rate", &settings->discount_rate) &&
		   get_double(dictionary, "long_discount_rate", &settings->long_discount_rate) &&
		   get_double(dictionary, "capital_charge_rate", &settings->capital_charge_rate);
}

static PyObject *give_settings(const stpfin_plan_settings *settings)
{
	return Py_BuildValue("{s:i,s:i,s:d,s:d,s:d}", "base_year", (int)settings->base_year, "end_year",
		(int)settings->end_year, "discount_rate", settings->discount_rate, "long_discount_rate",
		settings->long_discount_rate, "capital_charge_rate", settings->capital_charge_rate);
}

static bool get_stamp(PyObject *dictionary, stpfin_stamp *stamp)
{
	PyObject *version, *settings;
	int32_t prices = STPFIN_PRICES_CASH;
	int32_t comparator = STPFIN_COMPARATOR_ENGLAND;

	*stamp = (stpfin_stamp)STPFIN_STAMP_INIT;
	if (!PyDict_Check(dictionary)) {
		PyErr_SetString(PyExc_TypeError, "a stamp is a dictionary");
		return false;
	}
	version = PyDict_GetItemString(dictionary, "library_version");
	settings = PyDict_GetItemString(dictionary, "settings");
	if ((version != NULL && (stamp->library_version = get_text(version)) == NULL) ||
		(settings != NULL && !get_settings(settings, &stamp->settings)) ||
		!get_int32(dictionary, "prices", &prices) ||
		!get_int32(dictionary, "comparator", &comparator) ||
		!get_bool(dictionary, "overdispersed", &stamp->overdispersed) ||
		!get_hash(dictionary, "plan_hash", stamp->plan_hash) ||
		!get_hash(dictionary, "compared_with", stamp->compared_with) ||
		!get_double(dictionary, "published", &stamp->published) ||
		!get_double(dictionary, "derived", &stamp->derived) ||
		!get_double(dictionary, "assumed", &stamp->assumed) ||
		!get_uint64(dictionary, "seed", &stamp->seed) ||
		!get_uint64(dictionary, "samples", &stamp->samples)) {
		return false;
	}
	stamp->prices = (stpfin_prices)prices;
	stamp->comparator = (stpfin_comparator)comparator;
	return true;
}

static PyObject *give_stamp(const stpfin_stamp *stamp)
{
	return Py_BuildValue("{s:z,s:s,s:s,s:N,s:i,s:i,s:N,s:d,s:d,s:d,s:K,s:K}", "library_version",
		stamp->library_version, "plan_hash", stamp->plan_hash, "compared_with",
		stamp->compared_with, "settings", give_settings(&stamp->settings), "prices",
		(int)stamp->prices, "comparator", (int)stamp->comparator, "overdispersed",
		PyBool_FromLong(stamp->overdispersed), "published", stamp->published, "derived",
		stamp->derived, "assumed", stamp->assumed, "seed", (unsigned long long)stamp->seed,
		"samples", (unsigned long long)stamp->samples);
}

static PyObject *give_summary(const stpfin_portfolio_summary *summary)
{
	return Py_BuildValue("{s:i,s:d,s:d,s:d,s:d,s:d,s:n,s:n,s:n}", "end", (int)summary->end, "benefit",
		summary->benefit, "bound", summary->bound, "gap", summary->gap, "joint_benefit",
		summary->joint_benefit, "spent", summary->spent, "bids", (Py_ssize_t)summary->bids, "chosen",
		(Py_ssize_t)summary->chosen, "alternatives", (Py_ssize_t)summary->alternatives);
}

static PyObject *give_simulation_summary(const stpfin_simulation_summary *summary)
{
	return Py_BuildValue("{s:n,s:n,s:n,s:K,s:n,s:n,s:K}", "draws", (Py_ssize_t)summary->draws,
		"first", (Py_ssize_t)summary->first, "end", (Py_ssize_t)summary->end, "seed",
		(unsigned long long)summary->seed, "parameters", (Py_ssize_t)summary->parameters, "cells",
		(Py_ssize_t)summary->cells, "clipped", (unsigned long long)summary->clipped);
}
%}

%init %{
import_array();
/* GSL's own handler would end the process. */
gsl_set_error_handler_off();
%}

%nothread;
%thread allocate;
%thread bridge;
%thread compare;
%thread plan_new;
%thread plan_read;
%thread plan_replace;
%thread portfolio_choose;
%thread project;
%thread seek;
%thread sensitivity;
%thread simulate;
%thread simulation_restore;
%thread stpfin_align;
%thread stpfin_fund_write;
%thread stpfin_plan_get_table;
%thread stpfin_plan_hash;
%thread stpfin_plan_write;
%thread stpfin_plan_write_empty;
%thread stpfin_plan_write_workbook;
%thread stpfin_projection_get_table;
%thread stpfin_rank_correlation;
%thread stpfin_result_csv;
%thread stpfin_result_text;
%thread stpfin_results_json;
%thread stpfin_results_write;
%thread stpfin_simulation_get_table;
%thread stpfin_simulation_join;
%thread stpfin_sobol_indices;
%thread stpfin_table_hash;
%thread stpfin_table_read_csv;
%thread stpfin_table_write_csv;

%typemap(out) stpfin_status {
	if ($1 != STPFIN_OK) {
		raise_status($1);
		SWIG_fail;
	}
	$result = SWIG_Py_Void();
}

/* Handles */

%define HANDLE(TYPE)
%{
static void TYPE##_free_capsule(PyObject *capsule)
{
	TYPE##_free(PyCapsule_GetPointer(capsule, #TYPE));
}
%}
%typemap(in) const TYPE *, TYPE * {
	$1 = PyCapsule_GetPointer($input, #TYPE);
	if ($1 == NULL) {
		SWIG_fail;
	}
}
%typemap(in, numinputs=0) TYPE **OUT (TYPE *made = NULL) {
	$1 = &made;
}
%typemap(argout) TYPE **OUT {
	PyObject *capsule = SWIG_Py_Void();

	if (*$1 != NULL) {
		Py_DECREF(capsule);
		capsule = PyCapsule_New(*$1, #TYPE, TYPE##_free_capsule);
		if (capsule == NULL) {
			SWIG_fail;
		}
		*$1 = NULL;
	}
	$result = SWIG_Python_AppendOutput($result, capsule);
}
%typemap(freearg) TYPE **OUT {
	TYPE##_free(*$1);
}
%enddef

%define OPTIONAL_HANDLE(TYPE, NAME)
%typemap(in) const TYPE *NAME {
	$1 = $input == Py_None ? NULL : PyCapsule_GetPointer($input, #TYPE);
	if ($1 == NULL && PyErr_Occurred()) {
		SWIG_fail;
	}
}
%enddef

HANDLE(stpfin_plan)
HANDLE(stpfin_portfolio)
HANDLE(stpfin_projection)
HANDLE(stpfin_simulation)
HANDLE(stpfin_table)
HANDLE(stpfin_table_builder)
/* Named, because to SWIG an array of tables that goes in is the same type. */
%apply stpfin_plan **OUT { stpfin_plan **out_plan };
%apply stpfin_portfolio **OUT { stpfin_portfolio **out_portfolio };
%apply stpfin_projection **OUT { stpfin_projection **out_projection };
%apply stpfin_simulation **OUT { stpfin_simulation **out_simulation };
%apply stpfin_table_builder **OUT { stpfin_table_builder **out_builder };
%apply stpfin_table **OUT {
	stpfin_table **out_alignment, stpfin_table **out_allocation, stpfin_table **out_awards,
	stpfin_table **out_bridge, stpfin_table **out_changes, stpfin_table **out_conflict,
	stpfin_table **out_mismatch, stpfin_table **out_problems, stpfin_table **out_table
};
OPTIONAL_HANDLE(stpfin_plan, OPTIONAL_self)
OPTIONAL_HANDLE(stpfin_plan, OPTIONAL_names)
OPTIONAL_HANDLE(stpfin_table, OPTIONAL_benefits)

/* Arrays of pointers, borrowed from a sequence */

%define POINTERS(TYPE, FUNCTION, ARRAY, LENGTH)
%typemap(in) (TYPE *const *ARRAY, size_t LENGTH) (PyObject *sequence = NULL) {
	$1 = ($1_ltype)FUNCTION($input, &sequence, &$2);
	if ($1 == NULL) {
		SWIG_fail;
	}
}
%typemap(freearg) (TYPE *const *ARRAY, size_t LENGTH) {
	PyMem_Free((void *)$1);
	Py_XDECREF(sequence$argnum);
}
%enddef

POINTERS(const stpfin_simulation, get_simulations, pieces, n)
POINTERS(const stpfin_table, get_tables, tables, n)
POINTERS(const char, get_texts, text, n)
POINTERS(const char, get_texts, scenarios, n_scenarios)
POINTERS(const char, get_texts, categories, n_categories)

/* Text */

%typemap(in) const char * {
	$1 = (char *)get_text($input);
	if ($1 == NULL) {
		SWIG_fail;
	}
}
%typemap(freearg) const char * ""

%typemap(in) const char *OPTIONAL {
	$1 = $input == Py_None ? NULL : (char *)get_text($input);
	if ($1 == NULL && PyErr_Occurred()) {
		SWIG_fail;
	}
}
%apply const char *OPTIONAL {
	const char *OPTIONAL_place, const char *OPTIONAL_scenario, const char *OPTIONAL_table
};

/* Files, as Python's own functions take them: str, bytes or a path. */
%typemap(in) const char *folder (PyObject *bytes = NULL), const char *path (PyObject *bytes = NULL) {
	if (!PyUnicode_FSConverter($input, &bytes)) {
		SWIG_fail;
	}
	$1 = PyBytes_AS_STRING(bytes);
}
%typemap(freearg) const char *folder, const char *path {
	Py_XDECREF(bytes$argnum);
}

%typemap(in, numinputs=0) char **out_text (char *made = NULL) {
	$1 = &made;
}
%typemap(argout) char **out_text {
	PyObject *text = PyUnicode_FromString(*$1);

	if (text == NULL) {
		SWIG_fail;
	}
	$result = SWIG_Python_AppendOutput($result, text);
}
%typemap(freearg) char **out_text {
	stpfin_text_free(*$1);
}

%typemap(in, numinputs=0) const char **out_said (const char *said = "") {
	$1 = (char **)&said;
}
%typemap(argout) const char **out_said {
	PyObject *text = PyUnicode_DecodeUTF8(*$1, (Py_ssize_t)strlen(*$1), "replace");

	if (text == NULL) {
		SWIG_fail;
	}
	$result = SWIG_Python_AppendOutput($result, text);
}

%typemap(in, numinputs=0) char out_hash[ANY] (char hash[STPFIN_HASH_SIZE]) {
	$1 = hash;
}
%typemap(argout) char out_hash[ANY] {
	$result = SWIG_Python_AppendOutput($result, PyUnicode_FromString($1));
}

%typemap(in, numinputs=0) size_t *out_n (size_t n = 0) {
	$1 = &n;
}
%typemap(out) const char *const * {
	$result = list_texts((const char *const *)$1, *arg1);
	if ($result == NULL) {
		SWIG_fail;
	}
}

/* Numbers */

%define NUMBERS(TYPE, NUMPY, ARRAY, LENGTH)
%typemap(in) (const TYPE *ARRAY, size_t LENGTH) (PyArrayObject *array = NULL) {
	array = (PyArrayObject *)PyArray_FROMANY($input, NUMPY, 1, 1, NPY_ARRAY_IN_ARRAY);
	if (array == NULL) {
		SWIG_fail;
	}
	$1 = PyArray_DATA(array);
	$2 = (size_t)PyArray_SIZE(array);
}
%typemap(freearg) (const TYPE *ARRAY, size_t LENGTH) {
	Py_XDECREF(array$argnum);
}
%enddef

%typemap(in) (const double *OPTIONAL, size_t n) (PyArrayObject *array = NULL) {
	$1 = NULL;
	$2 = 0;
	if ($input != Py_None) {
		array = (PyArrayObject *)PyArray_FROMANY($input, NPY_DOUBLE, 1, 1, NPY_ARRAY_IN_ARRAY);
		if (array == NULL) {
			SWIG_fail;
		}
		$1 = PyArray_DATA(array);
		$2 = (size_t)PyArray_SIZE(array);
	}
}
%typemap(freearg) (const double *OPTIONAL, size_t n) {
	Py_XDECREF(array$argnum);
}

/* Numbers out: the caller says how many. */
%typemap(in) (size_t n_y, double *y) (PyObject *array = NULL) {
	npy_intp length = PyNumber_AsSsize_t($input, PyExc_OverflowError);

	if (length == -1 && PyErr_Occurred()) {
		SWIG_fail;
	}
	array = PyArray_SimpleNew(1, &length, NPY_DOUBLE);
	if (array == NULL) {
		SWIG_fail;
	}
	$1 = (size_t)length;
	$2 = PyArray_DATA((PyArrayObject *)array);
}
%typemap(argout) (size_t n_y, double *y) {
	Py_INCREF(array$argnum);
	$result = SWIG_Python_AppendOutput($result, array$argnum);
}
%typemap(freearg) (size_t n_y, double *y) {
	Py_XDECREF(array$argnum);
}

NUMBERS(double, NPY_DOUBLE, x, n)
NUMBERS(int32_t, NPY_INT32, x, n)
NUMBERS(int32_t, NPY_INT32, codes, n)

%define VALUE_OUT(TYPE, NAME, FUNCTION)
%typemap(in, numinputs=0) TYPE *NAME (TYPE value = 0) {
	$1 = &value;
}
%typemap(argout) TYPE *NAME {
	$result = SWIG_Python_AppendOutput($result, FUNCTION(*$1));
}
%enddef

VALUE_OUT(double, out_value, PyFloat_FromDouble)
VALUE_OUT(size_t, out_column, PyLong_FromSize_t)
VALUE_OUT(int32_t, out_type, PyLong_FromLong)

/* Columns: of the table that is the first argument. */

%define COLUMN_OUT(TYPE, NUMPY, NAME)
%typemap(in, numinputs=0) const TYPE **NAME (const TYPE *column = NULL) {
	$1 = (TYPE **)&column;
}
%typemap(argout) const TYPE **NAME {
	npy_intp length = (npy_intp)stpfin_table_rows(arg1);
	PyObject *array = view(*$1, 1, &length, NUMPY, swig_obj[0]);

	if (array == NULL) {
		SWIG_fail;
	}
	$result = SWIG_Python_AppendOutput($result, array);
}
%enddef

COLUMN_OUT(double, NPY_DOUBLE, out_x)
COLUMN_OUT(int32_t, NPY_INT32, out_x)
COLUMN_OUT(int32_t, NPY_INT32, out_codes)

%typemap(in, numinputs=0) (const char *const **out_categories, size_t *out_n_categories) (
	const char *const *categories = NULL, size_t n = 0) {
	$1 = (char ***)&categories;
	$2 = &n;
}
%typemap(argout) (const char *const **out_categories, size_t *out_n_categories) {
	PyObject *list = list_texts((const char *const *)*$1, *$2);

	if (list == NULL) {
		SWIG_fail;
	}
	$result = SWIG_Python_AppendOutput($result, list);
}

/* Draws: of the simulation that is the first argument. */
%typemap(in, numinputs=0) (const double **out_draws, size_t *out_n_figures, size_t *out_n_draws) (
	const double *draws = NULL, size_t n_figures = 0, size_t n_draws = 0) {
	$1 = (double **)&draws;
	$2 = &n_figures;
	$3 = &n_draws;
}
%typemap(argout) (const double **out_draws, size_t *out_n_figures, size_t *out_n_draws) {
	npy_intp shape[] = {(npy_intp)*$2, (npy_intp)*$3};
	PyObject *array = view(*$1, 2, shape, NPY_DOUBLE, swig_obj[0]);

	if (array == NULL) {
		SWIG_fail;
	}
	$result = SWIG_Python_AppendOutput($result, array);
}

/* Settings and stamps */

%typemap(in) const stpfin_plan_settings * (stpfin_plan_settings settings) {
	if (!get_settings($input, &settings)) {
		SWIG_fail;
	}
	$1 = &settings;
}
%typemap(in, numinputs=0) stpfin_plan_settings *out_settings (
	stpfin_plan_settings settings = STPFIN_PLAN_SETTINGS_INIT) {
	$1 = &settings;
}
%typemap(argout) stpfin_plan_settings *out_settings {
	$result = SWIG_Python_AppendOutput($result, give_settings($1));
}

%typemap(in) const stpfin_stamp *OPTIONAL_stamp (stpfin_stamp stamp) {
	$1 = NULL;
	if ($input != Py_None) {
		if (!get_stamp($input, &stamp)) {
			SWIG_fail;
		}
		$1 = &stamp;
	}
}
%typemap(in, numinputs=0) stpfin_stamp *out_stamp (stpfin_stamp stamp = STPFIN_STAMP_INIT) {
	$1 = &stamp;
}
%typemap(argout) stpfin_stamp *out_stamp {
	$result = SWIG_Python_AppendOutput($result, give_stamp($1));
}

%typemap(in, numinputs=0) stpfin_portfolio_summary *out_summary (
	stpfin_portfolio_summary summary = STPFIN_PORTFOLIO_SUMMARY_INIT) {
	$1 = &summary;
}
%typemap(argout) stpfin_portfolio_summary *out_summary {
	$result = SWIG_Python_AppendOutput($result, give_summary($1));
}
%typemap(in, numinputs=0) stpfin_simulation_summary *out_summary (
	stpfin_simulation_summary summary = STPFIN_SIMULATION_SUMMARY_INIT) {
	$1 = &summary;
}
%typemap(argout) stpfin_simulation_summary *out_summary {
	$result = SWIG_Python_AppendOutput($result, give_simulation_summary($1));
}

/* Progress: freed arguments come last, so what stopped the work replaces that it was stopped. */

%typemap(in) (stpfin_progress progress, void *user_data) (struct told told = {0}) {
	if ($input != Py_None && !PyCallable_Check($input)) {
		PyErr_SetString(PyExc_TypeError, "progress is a function of the share done");
		SWIG_fail;
	}
	told.callable = $input;
	$1 = tell;
	$2 = &told;
}
%typemap(freearg) (stpfin_progress progress, void *user_data) {
	if (told$argnum.type != NULL) {
		PyErr_Restore(told$argnum.type, told$argnum.value, told$argnum.traceback);
	}
}

/* An interrupt that ended the work well is done with; whatever else was raised is not. */
%apply (stpfin_progress progress, void *user_data) { (stpfin_progress end_early, void *user_data) };
%typemap(argout) (stpfin_progress end_early, void *user_data) {
	if (told$argnum.type != NULL) {
		if (!PyErr_GivenExceptionMatches(told$argnum.type, PyExc_KeyboardInterrupt)) {
			Py_DECREF($result);
			SWIG_fail;
		}
		Py_CLEAR(told$argnum.type);
		Py_CLEAR(told$argnum.value);
		Py_CLEAR(told$argnum.traceback);
	}
}
