#define _POSIX_C_SOURCE 200809L

#include "libstpfin/table/files.h"

#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libstpfin/table/error.h"

static stpfin_status fail(const char *to_what, const char *path)
{
	if (errno == ENOMEM) {
		return stpfin_error__memory();
	}
	return stpfin_error__set(STPFIN_ERROR_FILE, "cannot %s %s: %s", to_what, path, strerror(errno));
}

static char *join(const char *first, const char *between, const char *second)
{
	size_t size = strlen(first) + strlen(between) + strlen(second) + 1;
	char *joined = malloc(size);

	if (joined != NULL) {
		snprintf(joined, size, "%s%s%s", first, between, second);
	}
	return joined;
}

stpfin_status stpfin_files__plain_locale(struct stpfin_locale *self)
{
	self->plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	if (self->plain == NULL) {
		return stpfin_error__memory();
	}
	self->own = uselocale(self->plain);
	return STPFIN_OK;
}

void stpfin_files__own_locale(struct stpfin_locale *self)
{
	if (self->plain != NULL) {
		uselocale(self->own);
		freelocale(self->plain);
	}
	*self = (struct stpfin_locale){0};
}

stpfin_status stpfin_files__begin(struct stpfin_new_file *self, const char *path)
{
	stpfin_status status = STPFIN_OK;

	*self =
		(struct stpfin_new_file){.path = join(path, "", ""), .path_beside = join(path, "", ".new")};
	if (self->path == NULL || self->path_beside == NULL) {
		status = stpfin_error__memory();
		goto out;
	}
	self->stream = fopen(self->path_beside, "wb");
	if (self->stream == NULL) {
		status = fail("write", self->path_beside);
	}
	self->is_beside = self->stream != NULL;
out:
	if (status != STPFIN_OK) {
		stpfin_files__drop(self);
	}
	return status;
}

stpfin_status stpfin_files__finish(struct stpfin_new_file *self)
{
	int closed;

	if (fflush(self->stream) != 0 || ferror(self->stream)) {
		return fail("write", self->path_beside);
	}
	closed = fclose(self->stream);
	self->stream = NULL;
	return closed == 0 ? STPFIN_OK : fail("write", self->path_beside);
}

stpfin_status stpfin_files__commit(struct stpfin_new_file *self)
{
	stpfin_status status = self->stream != NULL ? stpfin_files__finish(self) : STPFIN_OK;

	if (status == STPFIN_OK && rename(self->path_beside, self->path) != 0) {
		status = fail("replace", self->path);
	}
	if (status == STPFIN_OK) {
		self->is_beside = false;
	}
	return status;
}

void stpfin_files__drop(struct stpfin_new_file *self)
{
	if (self->stream != NULL) {
		fclose(self->stream);
	}
	if (self->is_beside) {
		remove(self->path_beside);
	}
	free(self->path);
	free(self->path_beside);
	*self = (struct stpfin_new_file){0};
}

char *stpfin_files__join(const char *folder, const char *name)
{
	return join(folder, "/", name);
}

stpfin_status stpfin_files__make_folder(const char *path)
{
	struct stat found;

	if (mkdir(path, 0777) == 0) {
		return STPFIN_OK;
	}
	if (errno == EEXIST && stat(path, &found) == 0) {
		if (S_ISDIR(found.st_mode)) {
			return STPFIN_OK;
		}
		errno = ENOTDIR;
	}
	return fail("make the folder", path);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

stpfin_status stpfin_files__list(
	const char *folder, stpfin_status (*visit)(void *user_data, const char *name), void *user_data)
{
	DIR *stream = opendir(folder);
	struct dirent *entry;
	char **names = NULL, **more;
	size_t n = 0, capacity = 0;
	stpfin_status status = STPFIN_OK;

	if (stream == NULL) {
		return fail("list the folder", folder);
	}
	while (errno = 0, (entry = readdir(stream)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
			continue;
		}
		if (n == capacity) {
			capacity = capacity > 0 ? capacity * 2 : 16;
			more = realloc(names, capacity * sizeof(*names));
			if (more == NULL) {
				status = stpfin_error__memory();
				goto out;
			}
			names = more;
		}
		names[n] = join(entry->d_name, "", "");
		if (names[n] == NULL) {
			status = stpfin_error__memory();
			goto out;
		}
		n++;
	}
	if (errno != 0) {
		status = fail("list the folder", folder);
		goto out;
	}
	if (n > 0) {
		qsort(names, n, sizeof(*names), compare_names);
	}
	for (size_t i = 0; i < n && status == STPFIN_OK; i++) {
		status = visit(user_data, names[i]);
	}
out:
	closedir(stream);
	for (size_t i = 0; i < n; i++) {
		free(names[i]);
	}
	free(names);
	return status;
}

bool stpfin_files__exists(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0;
}
