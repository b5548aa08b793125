"""What the tests share: a small plan, England's, and the command line, whose path STPFIN gives."""

import os
import pathlib
import subprocess

import hypothesis
import matplotlib
import pandas
import pytest

import stpfin

matplotlib.use("Agg")
# The first call of anything is slow on a busy machine; that says nothing about what is tested.
hypothesis.settings.register_profile("tests", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.load_profile("tests")

SOURCE = pathlib.Path(__file__).parents[3]


def small_tables():
    """A plan of two places with two trusts, a council, two schemes, and claims on a fund and bids to it."""
    return {
        "footprint": pandas.DataFrame({"footprint": ["F1", "F2"], "name": ["Höhe", "Dale"]}),
        "organisation": pandas.DataFrame({
            "organisation": ["C1", "C2", "P1", "P2", "L1"], "name": ["CCG 1", "CCG 2", "Trust 1", "Trust 2", "Council"],
            "kind": ["commissioner", "commissioner", "provider", "provider", "council"]}),
        "membership": pandas.DataFrame({
            "organisation": ["C1", "C2", "P1", "P2", "P2", "L1"], "footprint": ["F1", "F2", "F1", "F1", "F2", "F2"],
            "share": [1.0, 1.0, 1.0, 0.25, 0.75, 1.0]}),
        "service": pandas.DataFrame({
            "service": ["ae", "bed"], "name": ["A&E", "Admission"], "setting": ["acute", "acute"],
            "unit": ["attendance", "admission"], "length_of_stay": [None, 3.5], "variable_share": [0.3, 0.4],
            "semi_fixed_share": [0.5, 0.2], "semi_fixed_lag": pandas.array([2, None], dtype="Int64")}),
        "population": pandas.DataFrame([(place, year, 1000.0 + 7 * (year - 2020) + 500 * (place == "F2"))
                                        for place in ("F1", "F2") for year in range(2020, 2024)],
                                       columns=["footprint", "year", "persons"]),
        "flow": pandas.DataFrame({
            "commissioner": ["C1", "C1", "C2", "L1"], "provider": ["P1", "P2", "P2", "P2"],
            "service": ["ae", "bed", "bed", "ae"], "activity": [1000.5, 200.0, 300.0, None],
            "income": [150000.25, 400000.0, 610000.0, 1000.0], "cost": [160000.0, 390000.0, 600000.0, None]}),
        "activity_growth": pandas.DataFrame({"service": ["ae", None], "rate": [0.031, 0.017]}),
        "deflator": pandas.DataFrame({"year": range(2020, 2024), "index": [100, 102, 104.5, 107]}),
        "supply": pandas.DataFrame({"organisation": ["P2"], "resource": ["bed"], "amount": [6]}),
        "scheme": pandas.DataFrame({"scheme": ["S1", "S2"], "name": ["Fewer admissions", "Lean"],
                                    "workstream": ["care", "efficiency"], "aim": ["health", "funding"],
                                    "owner": ["C1", "P2"]}),
        "activity_effect": pandas.DataFrame({"scheme": ["S1"], "service": ["bed"], "reduction": [0.1],
                                             "start_year": [2021], "full_year": [2023]}),
        "efficiency_effect": pandas.DataFrame({"scheme": ["S2"], "provider": ["P2"], "saving": [0.03],
                                               "start_year": [2021]}),
        "scheme_cost": pandas.DataFrame({"scheme": ["S1"] * 3, "organisation": ["C1"] * 3, "year": [2021, 2022, 2023],
                                         "kind": ["recurrent"] * 3, "amount": [1000.0, 1010.0, 1020.1]}),
        "scenario": pandas.DataFrame({"scenario": ["both", "both", "lean"], "scheme": ["S1", "S2", "S2"]}),
        "organisation_plan": pandas.DataFrame({"organisation": ["P1"], "version": ["plan"], "year": [2021],
                                               "line": ["income"], "amount": [151000]}),
        "agreement": pandas.DataFrame({"scheme": ["S1"], "organisation": ["C1"], "position": ["agreed"],
                                       "date": [pandas.Timestamp("2020-11-30")]}),
        "mortality": pandas.DataFrame([(place, 2020, sex, age, people, people * rate) for place in ("F1", "F2")
                                       for sex in ("female", "male")
                                       for age, people, rate in ((0, 200.0, 0.002), (15, 500.0, 0.001),
                                                                 (75, 50.0, 0.1 + 0.02 * (place == "F2")))],
                                      columns=["footprint", "year", "sex", "age", "population", "deaths"]),
        "deprivation": pandas.DataFrame({"footprint": "F1", "measure": "life expectancy of women",
                                         "quantile": [1, 2, 3], "population": [100, 110, 90],
                                         "value": [79.0, 82.5, 84.0], "standard_error": 0.5}),
        "indicator": pandas.DataFrame({"indicator": ["waits", "harm"], "name": ["Seen in time", "Harm"],
                                       "aim": "quality", "unit": ["%", "per 1,000"], "direction": ["higher", "lower"],
                                       "kind": ["proportion", "rate"], "multiplier": [100, 1000],
                                       "target": [95.0, None]}),
        "indicator_value": pandas.DataFrame([(place, name, year, count + 5 * (year - 2020), 1000.0)
                                             for place, name, count in (("F1", "waits", 960.0), ("F2", "waits", 890.0),
                                                                        ("F1", "harm", 31.0), ("F2", "harm", 62.0))
                                             for year in (2020, 2021)],
                                            columns=["footprint", "indicator", "year", "numerator", "denominator"]),
        "indicator_effect": pandas.DataFrame({"scheme": ["S1"], "indicator": ["waits"], "change": [3.5],
                                              "start_year": [2022]}),
        "fund": pandas.DataFrame({"fund": "change", "year": [2021, 2022, 2023], "amount": [1000.01, 1200.0, 1500.0],
                                  "kind": "revenue"}),
        "claim": pandas.DataFrame([("change", organisation, year, amount + year - 2021)
                                   for organisation, amount in (("C1", 500.0), ("C2", 1000.0), ("P2", 1500.0))
                                   for year in (2021, 2022, 2023)],
                                  columns=["fund", "organisation", "year", "amount"]),
        "bid": pandas.DataFrame({"bid": ["B1", "B2"], "name": ["Fewer admissions", "Lean"],
                                 "organisation": ["C1", "P2"], "scheme": ["S1", "S2"]}),
        "bid_amount": pandas.DataFrame({"bid": ["B1", "B2"], "fund": "change", "year": 2021, "amount": [600.0, 700.0]}),
    }


YEARS = {"base_year": 2020, "end_year": 2023}


@pytest.fixture
def tables():
    return small_tables()


@pytest.fixture(scope="session")
def small():
    return stpfin.Plan(small_tables(), **YEARS)


@pytest.fixture(scope="session")
def uncertain():
    """The small plan with figures that are uncertain: one by year, two correlated, one that is clipped at times."""
    rows = [("growth", "activity_growth", "rate", None, "add", "normal", 0.0, 0.01, None, "yearly"),
            ("costs", "flow", "cost", "provider=P2", "factor", "interval80", 0.95, 1.06, None, None),
            ("saving", "efficiency_effect", "saving", "scheme=S2", "value", "pert", 0.0, 0.03, 0.04, None),
            ("reduction", "activity_effect", "reduction", None, "factor", "lognormal", 0.8, 0.4, None, None),
            ("stay", "service", "length_of_stay", "service=bed", "value", "normal", 3.5, 2.0, None, None)]
    columns = ["parameter", "table", "column", "select", "mode", "distribution", "p1", "p2", "p3", "path"]
    return stpfin.Plan(small_tables(), **YEARS).replace(
        uncertainty=pandas.DataFrame(rows, columns=columns),
        correlation={"a": ["costs"], "b": ["saving"], "rho": [-0.4]})


@pytest.fixture(scope="session")
def england():
    return stpfin.Plan.example("england")


@pytest.fixture(scope="session")
def projection(england):
    return england.project(["average_plan", "ambitious"])


@pytest.fixture(scope="session")
def command():
    path = os.environ.get("STPFIN")
    assert path and os.access(path, os.X_OK), "set STPFIN to the complete path of the stpfin command"

    def run(*arguments):
        done = subprocess.run([path, *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
