"""Random uncertainty for a random plan: what may be drawn of every figure that moves something, and still be legal.

Draws may leave a column's range, which is clipped, but break no rule that joins several cells: parts of a whole are
drawn no larger than they are, wholes no smaller.
"""

import statistics

from .generate import GeneratedPlan, _Chooser
from .model import number, read_age, read_year
from .uncertainty import Parameter, counts, read_cell, selected

FIGURES = {
    "money": {"flow": ("income", "cost"), "funding": ("amount",), "transfer": ("amount",), "pressure": ("amount",),
              "scheme_cost": ("amount",), "indicator": ("target",)},
    "positive": {"service": ("length_of_stay", "target_occupancy"), "staffing": ("wte_per_1000",),
                 "supply": ("amount",), "population": ("persons",), "age_weight": ("weight",), "flow": ("activity",),
                 "deflator": ("index",), "activity_effect": ("unit_cost",), "relative_risk": ("rr",),
                 "indicator": ("weight",), "indicator_cost": ("activity_per_unit",), "deprivation": ("value",)},
    "rate": {"activity_growth": ("rate",), "inflation": ("rate",), "tariff": ("uplift", "efficiency"),
             "mortality_trend": ("rate",), "risk": ("trend",), "indicator_trend": ("change",)},
    "share": {"flow": ("marginal_rate", "marginal_rate_below"), "activity_effect": ("reduction", "substitution"),
              "efficiency_effect": ("saving", "stay_reduction"), "prevention_effect": ("reduction",),
              "scenario": ("scale",), "mortality": ("good_health",), "prevalence": ("prevalence",),
              "indicator_effect": ("change",)},
    "whole": {"service": ("semi_fixed_lag",), "scheme_cost": ("asset_life",), "scenario": ("delay",),
              "relative_risk": ("lag",)},
    "part": {"membership": ("share",), "service": ("variable_share", "semi_fixed_share"), "award": ("amount",),
             "mortality": ("deaths",), "indicator_value": ("numerator",)},
    "whole of parts": {"mortality": ("population",), "indicator_value": ("denominator",)},
}
# A blank one of these is another figure, which may itself be drawn.
FALL_BACK_ON_ANOTHER = {("flow", "cost"), ("flow", "marginal_rate_below"), ("service", "variable_share"),
                        ("activity_effect", "unit_cost")}
MAY_BE_SELECTED_BY = {"commissioner", "provider", "service", "organisation", "footprint", "year", "age", "sex", "kind",
                      "component", "stream", "name", "scheme", "to_service", "indicator", "risk", "outcome", "scenario",
                      "fund", "resource", "staff_group", "from_organisation"}


def with_uncertainty(rng, plan):
    return _UncertaintyMaker(rng, plan).make()


class _UncertaintyMaker(_Chooser):
    """Adds the tables uncertainty and correlation to a plan."""

    def __init__(self, rng, plan):
        super().__init__(rng, plan.settings["base_year"], plan.settings["end_year"])
        self.plan = plan

    def make(self):
        figures = [(kind, table, column) for kind, tables in FIGURES.items() for table, columns in tables.items()
                   for column in columns if table in self.plan.tables
                   for _ in range(3 if "year" in self.plan.tables[table][0] else 1)]
        rows, wanted = [], self.rng.randint(3, 10)
        while len(rows) < wanted:
            row = self.parameter_row(self.code("parameter", len(rows)), *self.rng.choice(figures))
            rows += [row] if row else []
        tables = self.plan.tables | {"uncertainty": rows, "correlation": self.correlation_rows(rows)}
        return GeneratedPlan({name: rows for name, rows in tables.items() if rows}, self.plan.settings)

    def parameter_row(self, name, kind, table, column):
        """None if there is nothing to select."""
        rows = self.plan.tables[table]
        conditions = self.conditions(table, self.rng.choice(rows)) if self.chance(0.45) else ()
        parameter = Parameter(name, table, column, conditions, "", "", (), "")
        places = selected(self.plan, parameter)
        if not places or ((table, column) in FALL_BACK_ON_ANOTHER and not self.are_all_filled(parameter, places)):
            return None
        values = [abs(number(str(rows[place][column]))) for place in places if rows[place].get(column, "") != ""]
        mode, distribution, numbers = self.draw_of(kind, statistics.median(values or [1]))
        has_years = any("year" in row for row in rows)
        path = self.rng.choice(("constant", "yearly", "yearly", "walk")) if has_years else "constant"
        if kind == "whole of parts" and path == "walk":
            path = "yearly"
        select = ";".join(f"{column}={value}" for column, value in conditions)
        return {"parameter": name, "table": table, "column": column, "select": select, "mode": mode,
                "distribution": distribution, "path": self.rng.choice((path, "")) if path == "constant" else path,
                **dict(zip(("p1", "p2", "p3"), numbers))}

    def are_all_filled(self, parameter, places):
        fitting = [row for row in self.plan.tables[parameter.table] if counts(self.plan, parameter.table, row)
                   and all(read_cell(column, row.get(column, "")) == read_cell(column, wanted)
                           for column, wanted in parameter.conditions)]
        return len(fitting) == len(places) and all(row.get(parameter.column, "") != "" for row in fitting)

    def conditions(self, table, row):
        """One or two that the row meets, in words that a list of conditions can hold."""
        able = [column for column in self.plan.tables[table][0] if column in MAY_BE_SELECTED_BY
                and not set(";\n") & set(str(row.get(column, "")))]
        chosen = self.rng.sample(able, min(len(able), self.rng.randint(1, 2)))
        return tuple((column, self.in_another_form(column, row.get(column, ""))) for column in chosen)

    def in_another_form(self, column, text):
        if column == "year" and text != "":
            return self.year(read_year(text))
        if column == "age" and text != "":
            return self.rng.choice((str(read_age(text)), f"{read_age(text)}+"))
        return text

    # What is drawn

    def draw_of(self, kind, typical):
        """Mode, distribution and its numbers."""
        if kind == "part":
            return "factor", *self.between(self.rng.uniform(0.5, 0.8), 1)
        if kind == "whole of parts":
            return "factor", *self.between(1, self.rng.uniform(1.1, 1.4))
        if kind == "whole":
            mode = self.rng.choice(("value", "add", "factor"))
            return mode, *self.between(*{"value": (-0.4, 4.3), "add": (-1.6, 1.8), "factor": (0.4, 1.9)}[mode])
        mode = self.rng.choice(("factor", "factor", "value", "add"))
        if kind == "positive" and mode == "add":
            mode = "factor"
        mean, sd = {
            "money": {"factor": (1, 0.1), "value": (typical, 0.2 * typical), "add": (0, 0.1 * typical)},
            "positive": {"factor": (1, 0.06), "value": (typical, 0.06 * typical)},
            "rate": {"factor": (1, 0.4), "value": (0.02, 0.01), "add": (0.001, 0.01)},
            "share": {"factor": (1, 0.4), "value": (0.5, 0.25), "add": (0.05, 0.2)},
        }[kind][mode]
        return mode, *self.about(mean, sd * self.rng.uniform(0.3, 1))

    def between(self, low, high):
        middle = self.rng.uniform(low, high)
        return self.rng.choice((("uniform", (low, high)), ("triangular", (low, middle, high)),
                                ("triangular", (low, high, high)), ("pert", (low, middle, high))))

    def about(self, mean, sd):
        """A distribution of about this mean and standard deviation; one of nought may be of any."""
        if sd == 0:
            mean, sd = 1, 0.05
        spread = sd * self.rng.uniform(1.3, 2)
        skewed = mean + spread * self.rng.uniform(-0.9, 0.9)
        choices = [("interval80", (mean - 1.28 * sd, mean + 1.28 * sd)), ("normal", (mean, sd)),
                   ("uniform", (mean - spread, mean + spread)),
                   ("triangular", (mean - spread, skewed, mean + spread)),
                   ("pert", (mean - spread, skewed, mean + spread))]
        if mean > 0:
            choices += [("lognormal", (mean, sd)), ("gamma", (mean, sd))]
        if 0 < mean < 1 and sd ** 2 < 0.9 * mean * (1 - mean):
            choices += [("beta", (mean, sd))] * 2
        return self.rng.choice(choices)

    def correlation_rows(self, rows):
        """Of some constant parameters, or of some by year, by what they have in common."""
        by_year = self.chance(0.5)
        able = [row["parameter"] for row in rows if (row["path"] in ("yearly", "walk")) == by_year]
        if len(able) < 2 or self.chance(0.25):
            return []
        chosen = self.rng.sample(able, min(len(able), self.rng.randint(2, 4)))
        common = {name: self.rng.uniform(0.3, 0.97) * self.rng.choice((-1, 1, 1)) for name in chosen}
        return self.shuffled([{"a": one, "b": other, "rho": common[one] * common[other]}
                              for place, one in enumerate(chosen) for other in chosen[:place]])
