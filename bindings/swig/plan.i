%{
/* A plan with errors is no failure here: its problems come back, and no plan. */
static stpfin_status problems_are_data(stpfin_status status)
{
	return status == STPFIN_ERROR_PLAN ? STPFIN_OK : status;
}
%}

%rename(stpfin_plan_read) plan_read;
%rename(stpfin_plan_new) plan_new;
%rename(stpfin_plan_replace) plan_replace;
%inline %{
static stpfin_status plan_read(
	const char *folder, stpfin_table **out_problems, stpfin_plan **out_plan)
{
	return problems_are_data(stpfin_plan_read(folder, out_problems, out_plan));
}

static stpfin_status plan_new(const stpfin_plan_settings *settings,
	const stpfin_table *const *tables, size_t n, stpfin_table **out_problems,
	stpfin_plan **out_plan)
{
	return problems_are_data(stpfin_plan_new(settings, tables, n, out_problems, out_plan));
}

static stpfin_status plan_replace(const stpfin_plan *self, const stpfin_table *table,
	stpfin_table **out_problems, stpfin_plan **out_plan)
{
	return problems_are_data(stpfin_plan_replace(self, table, out_problems, out_plan));
}
%}

stpfin_status stpfin_plan_get_settings(
	const stpfin_plan *self, stpfin_plan_settings *out_settings);
stpfin_status stpfin_plan_get_table(
	const stpfin_plan *self, const char *name, stpfin_table **out_table);
stpfin_status stpfin_plan_hash(const stpfin_plan *self, char out_hash[STPFIN_HASH_SIZE]);
stpfin_status stpfin_plan_write(const stpfin_plan *self, const char *folder);
stpfin_status stpfin_plan_write_empty(const stpfin_plan_settings *settings, const char *folder);
stpfin_status stpfin_plan_write_workbook(const stpfin_plan *OPTIONAL_self, const char *path);
