#ifndef STPFIN_TABLE_FILES_H
#define STPFIN_TABLE_FILES_H

#include <stdio.h>

#include "stpfin/common.h"

/* What the core needs of a file system; the one place that goes beyond C17. */

/* What this thread's locale was, and what it is meanwhile. */
struct stpfin_locale {
	void *own;
	void *plain;
};

/* Lets this thread print numbers with a decimal point, for a library that leaves them to printf;
 * and gives it back the locale it had, which is legal on a zeroed struct. */
stpfin_status stpfin_files__plain_locale(struct stpfin_locale *self);
void stpfin_files__own_locale(struct stpfin_locale *self);

/* A file being written beside the one it will replace. */
struct stpfin_new_file {
	FILE *stream;
	char *path;
	char *path_beside;
	bool is_beside;
};

/* Opens path + ".new" for writing; STPFIN_ERROR_FILE says why not. */
stpfin_status stpfin_files__begin(struct stpfin_new_file *self, const char *path);

/* Closes it, all there, where it is. */
stpfin_status stpfin_files__finish(struct stpfin_new_file *self);

/* Finishes it and puts it in place; on failure the old file is untouched. */
stpfin_status stpfin_files__commit(struct stpfin_new_file *self);

/* Drops it; legal after commit and on a zeroed struct. */
void stpfin_files__drop(struct stpfin_new_file *self);

/* folder + "/" + name, to be freed; NULL without memory. */
char *stpfin_files__join(const char *folder, const char *name);

/* Makes a folder unless it is there. Its parent must exist. */
stpfin_status stpfin_files__make_folder(const char *path);

/* Calls visit with the name of each entry of a folder, in byte order. */
stpfin_status stpfin_files__list(
	const char *folder, stpfin_status (*visit)(void *user_data, const char *name), void *user_data);

/* Whether there is a file (or folder) of that path. */
bool stpfin_files__exists(const char *path);

#endif
