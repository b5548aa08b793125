#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include <stpfin/stpfin.h>

// Prints England's total gap in each year, as a program that is no part of stpfin would.

namespace
{

void check(stpfin_status status)
{
	if (status != STPFIN_OK) {
		throw std::runtime_error(std::string(stpfin_strerror(status)) + ": " + stpfin_last_error());
	}
}

using Plan = std::unique_ptr<stpfin_plan, decltype(&stpfin_plan_free)>;
using Projection = std::unique_ptr<stpfin_projection, decltype(&stpfin_projection_free)>;
using Table = std::unique_ptr<stpfin_table, decltype(&stpfin_table_free)>;

Plan read_plan(const char *folder)
{
	stpfin_plan *plan = nullptr;

	check(stpfin_plan_read(folder, nullptr, &plan));
	return Plan(plan, stpfin_plan_free);
}

Projection project(const Plan &plan)
{
	const stpfin_project_options options = STPFIN_PROJECT_OPTIONS_INIT;
	stpfin_projection *projection = nullptr;

	check(stpfin_project(plan.get(), &options, &projection));
	return Projection(projection, stpfin_projection_free);
}

Table get_table(const Projection &projection, const char *name)
{
	stpfin_table *table = nullptr;

	check(stpfin_projection_get_table(projection.get(), name, nullptr, nullptr, &table));
	return Table(table, stpfin_table_free);
}

std::size_t find(const Table &table, const char *name)
{
	std::size_t column = 0;

	check(stpfin_table_find(table.get(), name, &column));
	return column;
}

bool holds(const Table &table, const char *column, std::size_t row, const char *text)
{
	const std::int32_t *codes = nullptr;
	const char *const *categories = nullptr;
	std::size_t n = 0;

	check(stpfin_table_get_text(table.get(), find(table, column), &codes, &categories, &n));
	return codes[row] >= 0 && std::strcmp(categories[codes[row]], text) == 0;
}

void print_gap(const Table &table)
{
	const std::int32_t *year = nullptr;
	const double *gap = nullptr;

	check(stpfin_table_get_int32(table.get(), find(table, "year"), &year));
	check(stpfin_table_get_double(table.get(), find(table, "gap"), &gap));
	for (std::size_t row = 0; row < stpfin_table_rows(table.get()); row++) {
		if (holds(table, "footprint", row, "England") && holds(table, "component", row, "total")) {
			std::printf("%d %.2f\n", static_cast<int>(year[row]), gap[row]);
		}
	}
}

} // namespace

int main(int n_arguments, char **arguments)
{
	try {
		Plan plan = read_plan(n_arguments > 1 ? arguments[1] : "there is no plan here");

		print_gap(get_table(project(plan), "funding_gap"));
		return 0;
	} catch (const std::exception &error) {
		std::printf("%s\n", error.what());
		return 1;
	}
}
