"""The plan in memory and its writing as CSV files with a data package."""

import csv
import json
import math

BASE_YEAR = 2015
END_YEAR = 2020
YEARS = range(BASE_YEAR, END_YEAR + 1)
LATER_YEARS = range(BASE_YEAR + 1, END_YEAR + 1)

# Columns in the order they are written, with their type and, for numbers, the decimals kept:
# enough for the model, too few for floating-point noise to show.
COLUMNS = {
    "source": [("source", "string"), ("title", "string"), ("publisher", "string"), ("published", "string"),
               ("url", "string"), ("licence", "string"), ("status", "string")],
    "footprint": [("footprint", "string"), ("name", "string")],
    "organisation": [("organisation", "string"), ("name", "string"), ("kind", "string")],
    "membership": [("organisation", "string"), ("footprint", "string"), ("share", 6)],
    "service": [("service", "string"), ("name", "string"), ("setting", "string"), ("unit", "string"),
                ("length_of_stay", 2), ("target_occupancy", 2), ("variable_share", 2), ("semi_fixed_share", 2),
                ("semi_fixed_lag", 0)],
    "staffing": [("service", "string"), ("staff_group", "string"), ("wte_per_1000", 3)],
    "supply": [("organisation", "string"), ("resource", "string"), ("year", 0), ("amount", 0)],
    "population": [("footprint", "string"), ("year", 0), ("sex", "string"), ("age", 0), ("persons", 0)],
    "age_weight": [("service", "string"), ("sex", "string"), ("age", 0), ("weight", 2)],
    "flow": [("commissioner", "string"), ("provider", "string"), ("service", "string"), ("activity", 0),
             ("income", 0), ("cost", 0), ("marginal_rate", 2), ("marginal_rate_below", 2)],
    "activity_growth": [("service", "string"), ("footprint", "string"), ("year", 0), ("rate", 6)],
    "inflation": [("component", "string"), ("year", 0), ("rate", 6)],
    "cost_mix": [("service", "string"), ("component", "string"), ("share", 4)],
    "tariff": [("service", "string"), ("year", 0), ("uplift", 6), ("efficiency", 6)],
    "funding": [("organisation", "string"), ("stream", "string"), ("year", 0), ("amount", 0)],
    "transfer": [("from_organisation", "string"), ("to_organisation", "string"), ("name", "string"), ("year", 0),
                 ("amount", 0)],
    "pressure": [("organisation", "string"), ("name", "string"), ("year", 0), ("amount", 0)],
    "deflator": [("year", 0), ("index", 3)],
    "scheme": [("scheme", "string"), ("name", "string"), ("workstream", "string"), ("aim", "string"),
               ("owner", "string")],
    "activity_effect": [("scheme", "string"), ("commissioner", "string"), ("service", "string"), ("reduction", 3),
                        ("to_service", "string"), ("to_provider", "string"), ("substitution", 2), ("unit_cost", 2),
                        ("start_year", 0), ("full_year", 0), ("ramp", "string")],
    "efficiency_effect": [("scheme", "string"), ("provider", "string"), ("saving", 3), ("start_year", 0),
                          ("full_year", 0), ("ramp", "string")],
    "prevention_effect": [("scheme", "string"), ("footprint", "string"), ("risk", "string"), ("reduction", 6),
                          ("start_year", 0), ("full_year", 0), ("ramp", "string")],
    "scheme_cost": [("scheme", "string"), ("organisation", "string"), ("year", 0), ("kind", "string"), ("amount", 0)],
    "scenario": [("scenario", "string"), ("scheme", "string"), ("scale", 12)],
    "evidence": [("service", "string"), ("effect", "string"), ("low", 3), ("high", 3)],
    "mortality": [("footprint", "string"), ("year", 0), ("sex", "string"), ("age", 0), ("population", 0),
                  ("deaths", 1), ("good_health", 4)],
    "mortality_trend": [("sex", "string"), ("rate", 4)],
    "deprivation": [("footprint", "string"), ("measure", "string"), ("quantile", 0), ("population", 0), ("value", 3),
                    ("standard_error", 3)],
    "risk": [("risk", "string"), ("name", "string")],
    "prevalence": [("footprint", "string"), ("risk", "string"), ("prevalence", 6)],
    "relative_risk": [("risk", "string"), ("outcome", "string"), ("age", 0), ("rr", 3), ("lag", 0)],
    "indicator": [("indicator", "string"), ("name", "string"), ("aim", "string"), ("unit", "string"),
                  ("direction", "string"), ("kind", "string"), ("multiplier", 0), ("target", 1),
                  ("service", "string")],
    "indicator_value": [("footprint", "string"), ("indicator", "string"), ("year", 0), ("numerator", 1),
                        ("denominator", 1)],
    "indicator_trend": [("indicator", "string"), ("change", 3)],
    "indicator_effect": [("scheme", "string"), ("indicator", "string"), ("change", 3), ("start_year", 0),
                         ("full_year", 0), ("ramp", "string")],
    "indicator_cost": [("indicator", "string"), ("service", "string"), ("activity_per_unit", 4)],
    "organisation_plan": [("organisation", "string"), ("version", "string"), ("year", 0), ("line", "string"),
                          ("amount", 0)],
    "fund": [("fund", "string"), ("year", 0), ("amount", 0), ("kind", "string")],
    # claims.py adds the rows.
    "claim": [("fund", "string"), ("organisation", "string"), ("year", 0), ("amount", 0), ("source", "string")],
    "bid": [("bid", "string"), ("name", "string"), ("organisation", "string"), ("scheme", "string")],
    "bid_amount": [("bid", "string"), ("fund", "string"), ("year", 0), ("amount", 0)],
    "portfolio_limit": [("fund", "string"), ("footprint", "string"), ("aim", "string"), ("minimum", 0),
                        ("maximum", 0)],
    "fund_condition": [("fund", "string"), ("year", 0), ("condition", "string"), ("gate", "string"), ("share", 3),
                       ("first_quarter", 0)],
    "uncertainty": [("parameter", "string"), ("table", "string"), ("column", "string"), ("select", "string"),
                    ("mode", "string"), ("distribution", "string"), ("p1", 5), ("p2", 5), ("p3", 5),
                    ("path", "string")],
    "correlation": [("a", "string"), ("b", "string"), ("rho", 2)],
}
PROVENANCE = [("source", "string"), ("status", "string"), ("note", "string")]


class Plan:
    """Rows by table, in the order they will be written."""

    def __init__(self):
        self.tables = {table: [] for table in COLUMNS}

    def add(self, table, /, **row):
        self.tables[table].append(row)

    def columns(self, table):
        """The table's columns, then those of PROVENANCE that it does not have and some row fills."""
        own = COLUMNS[table]
        names = [name for name, _ in own]
        used = {name for row in self.tables[table] for name, value in row.items() if value not in (None, "")}
        unknown = used - set(names) - {name for name, _ in PROVENANCE}
        if unknown:
            raise KeyError(f"table {table} has no column {sorted(unknown)}")
        return own + [(name, kind) for name, kind in PROVENANCE if name in used and name not in names]

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for table in self.tables:
            self.write_table(folder, table)
        with open(folder / "datapackage.json", "w", encoding="utf-8", newline="") as file:
            json.dump(self.data_package(), file, ensure_ascii=False, indent=2)
            file.write("\n")

    def write_table(self, folder, table):
        columns = self.columns(table)
        with open(folder / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([name for name, _ in columns])
            for row in self.tables[table]:
                writer.writerow([text(row.get(name), kind) for name, kind in columns])

    def data_package(self):
        return {
            "profile": "tabular-data-package",
            "name": "stpfin-england",
            "title": "England, 2015/16 to 2020/21: 44 footprints in do nothing and in scenarios",
            "licenses": [
                {"name": "OGL-UK-3.0", "title": "Open Government Licence v3.0",
                 "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"},
                {"name": "GPL-3.0-or-later", "title": "GNU General Public License v3.0 or later",
                 "path": "https://www.gnu.org/licenses/gpl-3.0.html"},
            ],
            "stpfin": {"base_year": BASE_YEAR, "end_year": END_YEAR, "discount_rate": 0.035,
                       "long_discount_rate": 0.03, "capital_charge_rate": 0.035},
            "resources": [
                {"profile": "tabular-data-resource", "name": table, "path": f"{table}.csv", "encoding": "utf-8",
                 "schema": {"fields": [{"name": name, "type": field_type(kind)}
                                       for name, kind in self.columns(table)]}}
                for table in self.tables
            ],
        }


def field_type(kind):
    if kind == "string":
        return "string"
    return "integer" if kind == 0 else "number"


def text(value, kind):
    """A cell as written: blank for none, plain digits without trailing noughts for a number."""
    if value is None or value == "":
        return ""
    if kind == "string":
        return str(value)
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a number that can be written")
    written = f"{value:.{kind}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def apportion(total, weights):
    """Whole parts of a whole total in proportion to the weights, largest remainders first, so that they add up."""
    weight_sum = math.fsum(weights)
    exact = [total * weight / weight_sum for weight in weights]
    parts = [math.floor(part) for part in exact]
    remainders = sorted(range(len(parts)), key=lambda k: (parts[k] - exact[k], k))
    for k in remainders[:round(total - sum(parts))]:
        parts[k] += 1
    return parts


def shares(weights, parts_in_one=1_000_000):
    """Shares that sum to exactly one at six decimals."""
    return [part / parts_in_one for part in apportion(parts_in_one, weights)]
