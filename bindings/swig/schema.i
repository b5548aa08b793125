stpfin_status stpfin_describe(const char *OPTIONAL_table, stpfin_table **out_table);
