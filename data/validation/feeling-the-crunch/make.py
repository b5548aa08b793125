#!/usr/bin/python3
"""Write the plan that reproduces two series of "Feeling the crunch": nothing done, and 2% efficiency a year.

    make.py [OUTPUT_FOLDER]

The folder is this script's own unless another is named.  The figures are read from the published series; README.md
says what is taken from them and what is inferred.
"""

import csv
import decimal
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
PUBLISHED = HERE.parents[1] / "sources" / "published" / "feeling_the_crunch.csv"

BASE_YEAR, END_YEAR = 2016, 2020
GROWTH = "0.029"
INFLATION = {2017: "0.023", 2018: "0.02", 2019: "0.027", 2020: "0.029"}
SOURCE = "feeling_the_crunch"

# The published path of 2% efficiency a year is that of a cost of which this part grows and inflates but is never made
# efficient: found from the series, of which any year from 2017/18 gives it to nine figures.
NEVER_EFFICIENT = decimal.Decimal(618_000_000)
EFFICIENCY = "0.02"


def published_pounds():
    """The published series in £, exactly, as text: series → first calendar year of the financial year → amount."""
    with open(PUBLISHED, newline="", encoding="utf-8") as file:
        return {row.pop("series"): {int(year[:4]): pounds(billions) for year, billions in row.items()}
                for row in csv.DictReader(file)}


def pounds(billions):
    return f"{(decimal.Decimal(billions) * 10**9).normalize():f}"


def tables():
    series = published_pounds()
    budget, cost = series["core_budget_no_stf"], series["provider_cost_do_nothing_2.9pct"]
    years = range(BASE_YEAR, END_YEAR + 1)
    made_efficient = decimal.Decimal(cost[BASE_YEAR]) - NEVER_EFFICIENT
    efficient_path = decimal.Decimal(series["provider_cost_2pct_eff"][BASE_YEAR]) - NEVER_EFFICIENT
    services = {"secondary_care": ("Secondary care", made_efficient),
                "never_efficient": ("Secondary care whose cost is not made efficient", NEVER_EFFICIENT)}
    income = {"secondary_care": decimal.Decimal(budget[BASE_YEAR]) - NEVER_EFFICIENT,
              "never_efficient": NEVER_EFFICIENT}
    timing = {"start_year": BASE_YEAR + 1, "source": SOURCE}
    return {
        "source": [{"source": SOURCE, "title": "Feeling the crunch: NHS finances to 2020 (chart data)",
                    "publisher": "Nuffield Trust", "published": "2016-08", "status": "published"}],
        "footprint": [{"footprint": "all_footprints", "name": "The whole of England"}],
        "organisation": [
            {"organisation": "commissioners", "name": "Commissioners of secondary care", "kind": "commissioner"},
            {"organisation": "providers", "name": "Providers of secondary care", "kind": "provider"}],
        "membership": [{"organisation": organisation, "footprint": "all_footprints", "share": "1"}
                       for organisation in ("commissioners", "providers")],
        "service": [{"service": service, "name": name, "setting": "acute", "unit": "£"}
                    for service, (name, _) in services.items()],
        "flow": [{"commissioner": "commissioners", "provider": "providers", "service": service, "activity": "",
                  "income": f"{income[service]:f}", "cost": f"{amount:f}", "source": SOURCE, "status": "derived",
                  "note": "the two costs sum to the published cost, the incomes to the core budget"}
                 for service, (_, amount) in services.items()],
        "activity_growth": [{"service": service, "rate": GROWTH, "source": SOURCE} for service in services],
        "cost_mix": [{"service": service, "component": "provider_cost", "share": "1"} for service in services],
        "inflation": [{"component": "provider_cost", "year": year, "rate": rate, "source": SOURCE, "status": "derived",
                       "note": "growth of the published cost beyond the growth in activity"}
                      for year, rate in INFLATION.items()],
        "funding": [{"organisation": "commissioners", "stream": "core_budget", "year": year, "amount": budget[year],
                     "source": SOURCE} for year in years],
        "scheme": [
            {"scheme": "efficiency_to_2016", "name": "Efficiency made by 2016/17", "workstream": "efficiency",
             "aim": "funding", "owner": "providers", "source": SOURCE},
            {"scheme": "efficiency_from_2017", "name": "Efficiency of 2% a year from 2017/18",
             "workstream": "efficiency", "aim": "funding", "owner": "providers", "source": SOURCE}],
        "efficiency_effect": [
            {"scheme": "efficiency_to_2016", "service": "secondary_care",
             "saving": f"{1 - efficient_path / made_efficient:.18f}", **timing, "full_year": BASE_YEAR + 1,
             "ramp": "linear", "status": "derived", "note": "how far apart the published paths are in 2016/17"},
            {"scheme": "efficiency_from_2017", "service": "secondary_care", "saving": EFFICIENCY, **timing,
             "full_year": END_YEAR, "ramp": "annual", "status": "published", "note": ""}],
        "scenario": [{"scenario": "two_per_cent", "scheme": scheme, "source": SOURCE}
                     for scheme in ("efficiency_to_2016", "efficiency_from_2017")],
    }


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    resources = []
    for name, rows in tables().items():
        with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        resources.append({"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource",
                          "schema": {"fields": [{"name": column} for column in rows[0]]}})
    package = {"name": "feeling-the-crunch", "title": "Feeling the crunch: secondary care to 2020/21",
               "profile": "tabular-data-package", "stpfin": {"base_year": BASE_YEAR, "end_year": END_YEAR},
               "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(package, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
