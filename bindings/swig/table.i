stpfin_status stpfin_table_builder_new(const char *name, stpfin_table_builder **out_builder);
stpfin_status stpfin_table_builder_add_double(
	stpfin_table_builder *self, const char *column, const double *x, size_t n);
stpfin_status stpfin_table_builder_add_int32(
	stpfin_table_builder *self, const char *column, const int32_t *x, size_t n);
stpfin_status stpfin_table_builder_add_text(
	stpfin_table_builder *self, const char *column, const char *const *text, size_t n);
stpfin_status stpfin_table_builder_add_codes(stpfin_table_builder *self, const char *column,
	const int32_t *codes, size_t n, const char *const *categories, size_t n_categories);
stpfin_status stpfin_table_builder_finish(stpfin_table_builder *self, stpfin_table **out_table);

stpfin_status stpfin_table_read_csv(const char *path, const char *name, stpfin_table **out_table);
stpfin_status stpfin_table_write_csv(const stpfin_table *self, const char *path);
stpfin_status stpfin_result_csv(const stpfin_table *self, char **out_text);

const char *stpfin_table_name(const stpfin_table *self);
size_t stpfin_table_rows(const stpfin_table *self);
size_t stpfin_table_columns(const stpfin_table *self);
const char *stpfin_table_column_name(const stpfin_table *self, size_t column);
stpfin_status stpfin_table_find(const stpfin_table *self, const char *name, size_t *out_column);
stpfin_status stpfin_table_get_double(
	const stpfin_table *self, size_t column, const double **out_x);
stpfin_status stpfin_table_get_int32(
	const stpfin_table *self, size_t column, const int32_t **out_x);
stpfin_status stpfin_table_get_text(const stpfin_table *self, size_t column,
	const int32_t **out_codes, const char *const **out_categories, size_t *out_n_categories);
bool stpfin_table_equal(const stpfin_table *a, const stpfin_table *b);
stpfin_status stpfin_table_hash(const stpfin_table *self, char out_hash[STPFIN_HASH_SIZE]);

/* What a column holds: 0 doubles, 1 whole numbers, 2 text. */
%rename(stpfin_table_column_type) column_type;
%inline %{
static stpfin_status column_type(const stpfin_table *self, size_t column, int32_t *out_type)
{
	stpfin_type type = STPFIN_DOUBLE;
	stpfin_status status = stpfin_table_column_type(self, column, &type);

	*out_type = (int32_t)type;
	return status;
}
%}
