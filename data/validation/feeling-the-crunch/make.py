#!/usr/bin/python3
"""Write the plan that reproduces the do-nothing series of "Feeling the crunch".

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
    return {
        "source": [{"source": SOURCE, "title": "Feeling the crunch: NHS finances to 2020 (chart data)",
                    "publisher": "Nuffield Trust", "published": "2016-08", "status": "published"}],
        "footprint": [{"footprint": "all_footprints", "name": "The whole of England"}],
        "organisation": [
            {"organisation": "commissioners", "name": "Commissioners of secondary care", "kind": "commissioner"},
            {"organisation": "providers", "name": "Providers of secondary care", "kind": "provider"}],
        "membership": [{"organisation": organisation, "footprint": "all_footprints", "share": "1"}
                       for organisation in ("commissioners", "providers")],
        "service": [{"service": "secondary_care", "name": "Secondary care", "setting": "acute", "unit": "£"}],
        "flow": [{"commissioner": "commissioners", "provider": "providers", "service": "secondary_care", "activity": "",
                  "income": budget[BASE_YEAR], "cost": cost[BASE_YEAR], "source": SOURCE, "status": "derived",
                  "note": "cost as published; the whole core budget is taken to be paid to providers"}],
        "activity_growth": [{"service": "secondary_care", "rate": GROWTH, "source": SOURCE}],
        "cost_mix": [{"service": "secondary_care", "component": "provider_cost", "share": "1"}],
        "inflation": [{"component": "provider_cost", "year": year, "rate": rate, "source": SOURCE, "status": "derived",
                       "note": "growth of the published cost beyond the growth in activity"}
                      for year, rate in INFLATION.items()],
        "funding": [{"organisation": "commissioners", "stream": "core_budget", "year": year, "amount": budget[year],
                     "source": SOURCE} for year in years],
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
    package = {"name": "feeling-the-crunch", "title": "Feeling the crunch: secondary care to 2020/21, nothing done",
               "profile": "tabular-data-package", "stpfin": {"base_year": BASE_YEAR, "end_year": END_YEAR},
               "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(package, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
