#!/usr/bin/python3
"""Claims on the fund, from the gaps that the average plan leaves: run after make.py, when the command is built.

    /usr/bin/python3 data/england/claims.py build/bindings/cli/stpfin [FOLDER]

Writes claim.csv of the plan in the folder, by default the one beside this script. In 2016/17 trusts claim their own
deficits on the money for sustainability, and a footprint's lead claims the rest, of commissioners and councils, on
that for transformation. Later the money is one, and leads claim the whole gap.
"""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

# The plan folder holds only the plan.
sys.dont_write_bytecode = True

from derive import places, trusts
from derive.fund import SUSTAINABILITY, leads
from derive.plan import Plan
from derive.schemes import AVERAGE_PLAN

# Claims are whole thousands of pounds, so that the last bits of a gap never show.
DECIMALS = -3

# What leads claim for in a year in which trusts claim for themselves, and otherwise.
BESIDE_TRUSTS = ("commissioner", "council")
ALL = ("total",)


def results(command, plan):
    """The average plan's gaps as {(footprint, component, year): £} and {(organisation, year): £}."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([command, "project", plan, "--scenario", AVERAGE_PLAN, "--table", "funding_gap",
                        "--table", "position", "--out", folder], check=True, stderr=subprocess.DEVNULL)
        gaps = {(row["footprint"], row["component"], int(row["year"])): float(row["gap"])
                for row in rows(Path(folder) / "funding_gap.csv") if row["scenario"] == AVERAGE_PLAN}
        positions = {(row["organisation"], int(row["year"])): float(row["gap"])
                     for row in rows(Path(folder) / "position.csv") if row["scenario"] == AVERAGE_PLAN}
    return gaps, positions


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def claims(command, folder):
    """A plan that holds the claims alone."""
    footprints = places.footprints()
    groups = places.clinical_commissioning_groups()
    providers = trusts.trusts(groups)
    lead_of = leads(footprints, groups, providers)
    gaps, positions = results(command, folder)
    plan = Plan()
    funds = [(row["fund"], int(row["year"])) for row in rows(folder / "fund.csv")]
    for fund, year in funds:
        if fund == SUSTAINABILITY:
            wanted = {trust: positions[trust, year] for trust in providers}
        else:
            components = BESIDE_TRUSTS if (SUSTAINABILITY, year) in funds else ALL
            wanted = {lead_of[footprint]: sum(gaps[footprint, component, year] for component in components)
                      for footprint in footprints}
        for organisation, gap in wanted.items():
            amount = round(gap, DECIMALS)
            if amount > 0:
                plan.add("claim", fund=fund, organisation=organisation, year=year, amount=amount, source="claims")
    return plan


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit("usage: claims.py COMMAND [FOLDER]")
    folder = Path(arguments[1]) if len(arguments) == 2 else Path(__file__).resolve().parent
    claims(arguments[0], folder).write_table(folder, "claim")


if __name__ == "__main__":
    main(sys.argv[1:])
