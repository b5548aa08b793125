/*
 * The C library for Python and R: flat functions of few parameter shapes, private to the two
 * packages, which put their own words on top. Functions keep their C names. A shape's typemaps
 * are stated once a language, in python.i and r.i:
 *
 *   stpfin_status                              raises the last error if it is not STPFIN_OK
 *   const stpfin_X *                           a handle: checked, never NULL (OPTIONAL_: or none)
 *   stpfin_X **out_…                           a new handle, owned by the caller; none if NULL
 *   (const double *x, size_t n)                numbers in; likewise int32_t, texts, handles
 *   (const double *OPTIONAL, size_t n)         numbers in, or NULL and 0
 *   (size_t n_y, double *y)                    numbers out, of the length asked for
 *   double *out_…, size_t *out_…               a value out
 *   char **out_text, char out_hash[…]          text out; const char **out_said, borrowed
 *   const double **out_x, …                    a column out; (const double **out_draws, …) rows
 *   stpfin_plan_settings, stpfin_stamp         a dictionary or named list, in and out
 *   stpfin_X_summary *out_summary              likewise, out
 *   (stpfin_progress progress, void *user_data) a function called with the share done, or none;
 *                                              an interrupt stops the work
 *   (stpfin_progress end_early, void *user_data) the same, where an interrupt ends the work with
 *                                              what it has
 */
%module stpfin

%{
#include <stpfin/stpfin.h>
%}

%include <stdint.i>

#ifdef SWIGPYTHON
%include "python.i"
#endif
#ifdef SWIGR
%include "r.i"
#endif

/* Not the enum: SWIG would make classes of it, which R cannot load. */
typedef int stpfin_status;

const char *stpfin_version(void);

%include "table.i"
%include "schema.i"
%include "plan.i"
%include "projection.i"
%include "explain.i"
%include "fund.i"
%include "portfolio.i"
%include "simulate.i"
%include "statistics.i"
