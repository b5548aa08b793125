"""Random valid plans that exercise every rule of doing nothing and, if asked, of schemes, health and quality; and
changed copies of them.

`random_plan` makes one from a `random.Random`, so a seed names a plan for good, and the same one with schemes or
without, and with health and quality or without.  Values have many digits, so that two different formulas do not agree
by chance.  Years and ages are written in every form that may be read.
"""

import copy
import csv
import json
import math
import pathlib
from dataclasses import dataclass

from .model import KINDS_WITH_A_POSITION, SETTINGS, most_filled_row, read_age

OPTIONAL_TABLES = ("source", "staffing", "supply", "population", "age_weight", "activity_growth", "inflation", "tariff",
                   "transfer", "pressure", "deflator")
CHANCE_OF_AN_OPTIONAL_TABLE = 0.85
TABLES_THAT_MAY_SHOW_WHERE_THEY_COME_FROM = ("footprint", "membership", "population", "flow", "activity_growth",
                                             "inflation", "funding", "pressure", "tariff")
MONEY = {"flow": ("income", "cost"), "funding": ("amount",), "transfer": ("amount",), "pressure": ("amount",),
         "activity_effect": ("unit_cost",), "scheme_cost": ("amount",), "fund": ("amount",), "award": ("amount",)}

# Spellings that a careless reader of CSV breaks on; none is a reserved word.
CODE_ENDINGS = ("", "", "", " north", ", west", " (“St Mary’s”)", ' "B"', " – Môn", "'s", ";x=1", " Æ&Œ")
NAMES = ("Plain", "Comma, separated", 'The "quoted" one', "Two\nlines", "Ynys Môn – Anglesey",
         '漢字, "and"\nmore', "Bed & Breakfast; 50%", "'single'")
MORTALITY_BANDS = ((0, 1, *range(5, 95, 5)), (0, 1, *range(5, 90, 5)), (0, 15, 65, 75), (0, 1, 15, 65, 75, 90),
                   (0, 18, 50, 80), (0, 5, 75))
AGE_BANDS = ((0,), (0, 18, 65), (0, 5, 15, 45, 65, 75, 85), (0, 1, 15, 65, 90))


@dataclass
class GeneratedPlan:
    """A plan's tables, each a list of row dicts, and the settings of its datapackage.json."""

    tables: dict
    settings: dict

    @property
    def years(self):
        return range(self.settings["base_year"], self.settings["end_year"] + 1)


def write_plan(plan, folder):
    """Write a plan to a folder, which is made if need be; columns stand in the order in which rows first have them."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    resources = []
    for name, rows in plan.tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        resources.append({"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource",
                          "schema": {"fields": [{"name": column} for column in columns]}})
    package = {"name": "generated-plan", "profile": "tabular-data-package", "stpfin": plan.settings,
               "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder


# Changed copies

def scale_money(plan, factor):
    """Every £ of the plan times a factor."""
    changed = copy.deepcopy(plan)
    for table, columns in MONEY.items():
        for row in changed.tables.get(table, []):
            for column in columns:
                if row.get(column, "") != "":
                    row[column] = row[column] * factor
    return changed


def split_flow(plan, index):
    """One flow in two equal halves."""
    changed = copy.deepcopy(plan)
    half = changed.tables["flow"][index]
    for column in ("activity", "income", "cost"):
        if half.get(column, "") != "":
            half[column] = half[column] / 2
    changed.tables["flow"].insert(index, dict(half))
    return changed


def without_tariff(plan):
    """No tariff rows at all, so that every price follows inflation."""
    changed = copy.deepcopy(plan)
    changed.tables.pop("tariff", None)
    return changed


def two_with_a_position(plan):
    """Two organisations that can pass money to each other; every plan has a commissioner and a provider at least."""
    able = [row["organisation"] for row in plan.tables["organisation"] if row["kind"] in KINDS_WITH_A_POSITION]
    return able[:2]


def with_transfer(plan, giver, receiver, year, amount):
    """One more transfer between two organisations that have positions."""
    changed = copy.deepcopy(plan)
    changed.tables.setdefault("transfer", []).append(
        {"from_organisation": giver, "to_organisation": receiver, "name": "one more", "year": year, "amount": amount})
    return changed


def at_scale_nought(plan):
    """Every scheme of every scenario at scale 0."""
    changed = copy.deepcopy(plan)
    for row in changed.tables["scenario"]:
        row["scale"] = 0
    return changed


def without_awards(plan):
    changed = copy.deepcopy(plan)
    changed.tables.pop("award", None)
    return changed


# Making a plan

def random_plan(rng, without=(), always=(), schemes=False, health_and_quality=False):
    """A random valid plan; the optional tables named in `without` are not there, those named in `always` are.

    The cost mix comes and goes with inflation.  Health and quality come with schemes alone.
    """
    plan = _Maker(rng, frozenset(without), frozenset(always)).make()
    if not schemes:
        return plan
    maker = _SchemeMaker(rng, plan)
    plan = maker.make()
    return _HealthAndQualityMaker(rng, plan, maker.largest_scale).make() if health_and_quality else plan


class _Chooser:
    """Small choices for a plan of these years."""

    def __init__(self, rng, base_year, end_year):
        self.rng = rng
        self.base_year = base_year
        self.end_year = end_year
        self.years = range(base_year, end_year + 1)

    def chance(self, probability):
        return self.rng.random() < probability

    def money(self):
        return math.exp(self.rng.uniform(math.log(1e4), math.log(9e8)))

    def code(self, stem, number):
        return f"{stem}{number}{self.rng.choice(CODE_ENDINGS)}"

    def year(self, year):
        """A year in one of the four forms that are read."""
        return self.rng.choice((str(year), f"{year}/{(year + 1) % 100:02d}", f"{year}-{(year + 1) % 100:02d}",
                                f"{year}/{year + 1}"))

    def years_and_perhaps_some_outside(self):
        """The plan's years, sometimes with years before or after, which must be ignored."""
        before = [self.base_year - 1] if self.chance(0.2) else []
        after = [self.end_year + 1, self.end_year + 3] if self.chance(0.2) else []
        return [*before, *self.years, *after]

    def some_years(self):
        return [year for year in self.years_and_perhaps_some_outside() if self.chance(0.6)]

    def shuffled(self, items):
        return self.rng.sample(items, len(items))

    def shuffled_columns(self, rows):
        """The same rows with the columns in another order, as columns are known by name."""
        if self.chance(0.7):
            return rows
        columns = self.shuffled(list(dict.fromkeys(column for row in rows for column in row)))
        return [{column: row.get(column, "") for column in columns} for row in rows]


    def or_blank(self, value, chance_of_blank=0.5):
        return "" if self.chance(chance_of_blank) else value

    def age(self, bands, number):
        """A band in one of the forms that are read: 15, 15-64 or, for the last, 65+."""
        start = bands[number]
        last = number == len(bands) - 1
        return self.rng.choice((str(start), f"{start}+" if last else f"{start}-{bands[number + 1] - 1}"))

    def random_rate_rows(self, count, choices):
        """Rate-table rows with random keys blank, no two with the same keys.

        choices: key column → its values; a blank is tried as often as not.
        """
        rows = {}
        for _ in range(count):
            keys = tuple("" if self.chance(0.4) or not values else self.rng.choice(values)
                         for values in choices.values())
            rows[keys] = {column: self.year(key) if column == "year" and key != "" else key
                          for column, key in zip(choices, keys)}
        return self.shuffled(list(rows.values()))


class _Maker(_Chooser):
    """Makes the tables one after another, each consistent with those before."""

    def __init__(self, rng, without, always):
        likely = {table for table in OPTIONAL_TABLES if rng.random() < CHANCE_OF_AN_OPTIONAL_TABLE}
        base_year = rng.randrange(1996, 2026)
        super().__init__(rng, base_year, base_year + rng.randint(1, 8))
        self.present = (likely | always) - without
        self.tables = {}

    def make(self):
        self.make_footprints()
        self.make_organisations()
        self.make_memberships()
        self.make_services()
        self.make_flows()
        self.make_funding()
        for table, make_table in (
                ("transfer", self.make_transfers), ("pressure", self.make_pressures), ("staffing", self.make_staffing),
                ("supply", self.make_supply), ("population", self.make_population),
                ("age_weight", self.make_age_weights), ("activity_growth", self.make_activity_growth),
                ("inflation", self.make_inflation), ("tariff", self.make_tariff), ("deflator", self.make_deflator),
                ("source", self.make_sources)):
            if table in self.present:
                make_table()

        settings = {"base_year": self.base_year, "end_year": self.end_year}
        for rate in ("discount_rate", "long_discount_rate", "capital_charge_rate"):
            if self.chance(0.3):
                settings[rate] = self.rng.uniform(0.01, 0.06)
        tables = {name: self.shuffled_columns(rows) for name, rows in self.tables.items() if rows}
        return GeneratedPlan(tables, settings)

    # Who there is

    def make_footprints(self):
        """Leaves; sometimes parents of some of them; sometimes a parent of a parent, which may have leaves as well."""
        self.leaves = [self.code("place", number) for number in range(self.rng.randint(1, 5))]
        parent = {}
        levels = self.rng.choice((0, 1, 1, 2))
        if levels:
            count = self.rng.randint(1, min(2, len(self.leaves)))
            middles = [self.code("footprint", number) for number in range(count)]
            for number, leaf in enumerate(self.leaves):
                if number < len(middles):
                    parent[leaf] = middles[number]
                elif self.chance(0.7):
                    parent[leaf] = self.rng.choice(middles)
            for middle in middles:
                parent[middle] = ""
            if levels == 2:
                top = self.code("region", 0)
                parent[middles[0]] = top
                parent[top] = ""
                for leaf in self.leaves:
                    if leaf not in parent and self.chance(0.5):
                        parent[leaf] = top
        footprints = list(dict.fromkeys([*self.leaves, *parent]))
        self.tables["footprint"] = [{"footprint": footprint, "name": self.rng.choice(NAMES),
                                     "parent": parent.get(footprint, "")} for footprint in self.shuffled(footprints)]

    def make_organisations(self):
        counts = {"commissioner": self.rng.randint(1, 3), "provider": self.rng.randint(1, 4),
                  "council": self.rng.randint(0, 2), "outside": self.rng.randint(0, 2), "board": self.rng.randint(0, 1)}
        self.of_kind = {kind: [self.code(kind, number) for number in range(count)] for kind, count in counts.items()}
        self.with_position = [organisation for kind in KINDS_WITH_A_POSITION
                              for organisation in self.of_kind[kind]]
        rows = [{"organisation": organisation, "name": self.rng.choice(NAMES), "kind": kind}
                for kind, organisations in self.of_kind.items() for organisation in organisations]
        self.tables["organisation"] = self.shuffled(rows)

    def make_memberships(self):
        """One footprint or two, wholly or in part, or none; the first commissioner always has one, so can buy."""
        rows = []
        self.buyers = []
        for organisation in [*self.with_position, *self.of_kind["outside"], *self.of_kind["board"]]:
            first = organisation == self.of_kind["commissioner"][0]
            form = self.rng.choice(("whole", "whole", "two", "part", "two in part", *([] if first else ["none"])))
            if form == "none" or (organisation not in self.with_position and self.chance(0.5)):
                continue
            places = self.rng.sample(self.leaves, min(len(self.leaves), 2 if form.startswith("two") else 1))
            in_all = self.rng.uniform(0.2, 0.95) if form.endswith("part") else 1
            first_share = in_all * self.rng.uniform(0.1, 0.9) if len(places) == 2 else in_all
            shares = [first_share, in_all - first_share][:len(places)]
            rows += [{"organisation": organisation, "footprint": footprint, "share": share}
                     for footprint, share in zip(places, shares)]
            if organisation in self.with_position:
                self.buyers.append(organisation)
        self.tables["membership"] = self.shuffled(rows)

    def make_services(self):
        self.services = [self.code("service", number) for number in range(self.rng.randint(2, 6))]
        self.tables["service"] = [self.service_row(service) for service in self.services]

    def service_row(self, service):
        row = {"service": service, "name": self.rng.choice(NAMES), "setting": self.rng.choice(SETTINGS),
               "unit": self.rng.choice(("attendance", "admission", "home-care week", "contact"))}
        if self.chance(0.5):
            row["length_of_stay"] = self.rng.choice((0, 0.5, self.rng.uniform(0.1, 30)))
        if self.chance(0.4):
            row["target_occupancy"] = self.rng.uniform(0.5, 1)
        if self.chance(0.3):
            row["semi_fixed_share"] = self.rng.uniform(0, 0.5)
            row["semi_fixed_lag"] = self.rng.randint(1, 3)
        if self.chance(0.3):
            row["variable_share"] = self.rng.uniform(0, 0.5)
        return row

    # What they buy, and the rest of the money

    def make_flows(self):
        sellers = [*self.of_kind["provider"] * 3, *self.of_kind["outside"] * 3, *self.of_kind["council"],
                   *self.of_kind["commissioner"]]
        buyers = [buyer for buyer in self.buyers for _ in range(3 if buyer in self.of_kind["commissioner"] else 1)]
        rows = [self.flow_row(self.rng.choice(buyers), self.rng.choice(sellers), self.rng.choice(self.services))
                for _ in range(self.rng.randint(3, 14))]
        providers_that_can_buy = [buyer for buyer in self.buyers if buyer in self.of_kind["provider"]]
        if providers_that_can_buy and self.chance(0.4):
            provider = self.rng.choice(providers_that_can_buy)
            rows.append(self.flow_row(provider, provider, self.rng.choice(self.services)))
        for row in self.rng.sample(rows, self.rng.randint(0, 2)):
            rows.append(self.flow_row(row["commissioner"], row["provider"], row["service"]))
        self.tables["flow"] = self.shuffled(rows)

    def flow_row(self, commissioner, provider, service):
        row = {"commissioner": commissioner, "provider": provider, "service": service, "income": self.money()}
        if self.chance(0.8):
            row["activity"] = math.exp(self.rng.uniform(0, 14))
        if provider not in self.of_kind["outside"] and self.chance(0.7):
            row["cost"] = row["income"] * self.rng.uniform(0.7, 1.5)
        if self.chance(0.6):
            row["marginal_rate"] = self.rng.choice((0, 0.7, 1, self.rng.uniform(0, 1), self.rng.uniform(1, 2)))
        if self.chance(0.4):
            row["marginal_rate_below"] = self.rng.choice((0, 0.7, 1, self.rng.uniform(0, 2)))
        return row

    def make_funding(self):
        """Streams that may start late, or be nought or negative."""
        self.tables["funding"] = []
        for organisation in self.with_position:
            for stream in self.rng.sample(NAMES, self.rng.randint(0, 2)):
                self.tables["funding"] += [
                    {"organisation": organisation, "stream": stream, "year": self.year(year),
                     "amount": self.money() * self.rng.choice((1, 1, 1, 1, 0, -0.1))}
                    for year in self.funded_years()]

    def funded_years(self):
        """A stream of the base year goes on to the end; one that starts later may be of one year or several."""
        years = self.years_and_perhaps_some_outside()
        if self.chance(0.7):
            return years
        start = self.rng.choice(self.years[1:])
        return self.rng.choice(([start], [year for year in years if year >= start]))

    def make_transfers(self):
        transfers = {}
        for _ in range(self.rng.randint(1, 8)):
            giver, receiver = self.rng.sample(self.with_position, 2)
            name, year = self.rng.choice(NAMES), self.rng.choice(self.years_and_perhaps_some_outside())
            transfers[giver, receiver, name, year] = {
                "from_organisation": giver, "to_organisation": receiver, "name": name, "year": self.year(year),
                "amount": self.rng.choice((0, self.money(), self.money()))}
        self.tables["transfer"] = list(transfers.values())

    def make_pressures(self):
        """Of some years only, and of either sign."""
        self.tables["pressure"] = [
            {"organisation": organisation, "name": name, "year": self.year(year),
             "amount": self.money() * self.rng.choice((1, 1, -0.3))}
            for organisation in self.with_position
            for name in self.rng.sample(NAMES, self.rng.randint(0, 2))
            for year in self.some_years()]

    # Beds and staff

    def make_staffing(self):
        groups = ("nurse", "doctor", "care worker, home")
        self.tables["staffing"] = [
            {"service": service, "staff_group": group, "wte_per_1000": self.rng.uniform(0.01, 40)}
            for service in self.services
            for group in self.rng.sample(groups, self.rng.randint(0, 2))]

    def make_supply(self):
        """Rows for a year, for all years, or both; an organisation may have what none of its activity needs."""
        resources = ["bed", *dict.fromkeys(row["staff_group"] for row in self.tables.get("staffing", []))]
        self.tables["supply"] = [
            {"organisation": organisation, "resource": resource, "year": "" if year == "" else self.year(year),
             "amount": self.rng.uniform(0, 3000)}
            for organisation in [*self.with_position, *self.of_kind["outside"]]
            for resource in resources if self.chance(0.4)
            for year in self.rng.choice(([""], self.some_years(), ["", *self.some_years()], list(self.years)))]

    # People

    def make_population(self):
        """Some footprints have one; most by the same sexes and ages, some as one number."""
        bands = self.rng.choice(AGE_BANDS)
        ages = [self.age(bands, number) for number in range(len(bands))]
        sexes = self.rng.choice((["female", "male"], [""]))
        self.tables["population"] = []
        for footprint in self.leaves:
            if self.chance(0.25):
                continue
            groups = [("", "")] if self.chance(0.2) else [(sex, age) for sex in sexes for age in ages]
            persons = {group: self.rng.uniform(500, 90000) for group in groups}
            drift = {group: self.rng.uniform(0.97, 1.04) for group in groups}
            self.tables["population"] += [
                {"footprint": footprint, "year": self.year(year), "sex": sex, "age": age,
                 "persons": persons[sex, age] * drift[sex, age] ** (year - self.base_year)}
                for year in self.years_and_perhaps_some_outside() for sex, age in groups]

    def make_age_weights(self):
        """Own sets for some services, perhaps a blank set; every set has a weight for every sex and age of the plan."""
        groups = {(row["sex"], "" if row["age"] == "" else read_age(row["age"]))
                  for row in self.tables.get("population", [])}
        self.tables["age_weight"] = []
        for service in [service for service in ["", *self.services] if self.chance(0.5)]:
            self.tables["age_weight"] += self.weight_set(service, sorted(groups, key=str))

    def weight_set(self, service, groups):
        sexes = sorted({sex for sex, _ in groups if sex != ""})
        ages = sorted({age for _, age in groups if age != ""})
        rows = self.random_rate_rows(self.rng.randint(1, 2 + len(groups)), {"sex": sexes, "age": ages})
        covered = all(most_filled_row(rows, ("sex", "age"), sex=sex, age=age) for sex, age in groups)
        if not covered and self.chance(0.5):
            named = [(row["sex"], row["age"]) for row in rows]
            rows += [{"sex": sex, "age": age} for sex, age in groups if (sex, age) not in named]
        elif not covered:
            rows.append({"sex": "", "age": ""})
        set_of_rows = [{"service": service, "sex": row["sex"],
                        "age": "" if row["age"] == "" else self.rng.choice((f"{row['age']}", f"{row['age']}+")),
                        "weight": self.rng.uniform(0.05, 6)} for row in rows]
        specific = [row for row in set_of_rows if row["sex"] != "" and row["age"] != ""]
        if len(groups) > 2 and specific and self.chance(0.3):
            self.rng.choice(specific)["weight"] = 0
        return set_of_rows

    # Rates

    def make_activity_growth(self):
        rows = self.random_rate_rows(self.rng.randint(1, 20), {
            "service": self.services, "footprint": self.leaves, "year": self.years_and_perhaps_some_outside()})
        self.tables["activity_growth"] = [{**row, "rate": self.rng.uniform(-0.08, 0.1)} for row in rows]

    def make_inflation(self):
        """Inflation of some components, and mixes of them: a service's own, the blank service's, or none."""
        components = [self.code("component", number) for number in range(self.rng.randint(1, 4))]
        self.tables["inflation"] = [
            {"component": component, "year": "" if year == "" else self.year(year),
             "rate": self.rng.uniform(-0.02, 0.06)}
            for component in components
            for year in self.rng.choice(([""], self.years_and_perhaps_some_outside(), ["", *self.some_years()]))]
        self.tables["cost_mix"] = [
            {"service": service, "component": component, "share": share}
            for service in ["", *self.services] if self.chance(0.5)
            for component, share in self.shares_of_one(components)]

    def shares_of_one(self, components):
        """Shares of some of the components that sum to 1."""
        chosen = self.rng.sample(components, self.rng.randint(1, len(components)))
        sizes = [self.rng.uniform(0.1, 1) for _ in chosen]
        return [(component, size / sum(sizes)) for component, size in zip(chosen, sizes)]

    def make_tariff(self):
        """Price rises of some services and years; the others fall back on inflation."""
        rows = self.random_rate_rows(self.rng.randint(1, 10), {
            "service": self.services, "year": self.years_and_perhaps_some_outside()})
        if self.chance(0.5):
            rows = [row for row in rows if row["year"] != "" or row["service"] != ""]
        self.tables["tariff"] = [{**row, "uplift": self.rng.uniform(-0.02, 0.06),
                                  "efficiency": self.rng.uniform(-0.01, 0.05)} for row in rows]

    def make_deflator(self):
        index, rows = self.rng.uniform(60, 140), []
        for year in self.years_and_perhaps_some_outside():
            rows.append({"year": self.year(year), "index": index})
            index *= self.rng.uniform(0.99, 1.05)
        self.tables["deflator"] = rows

    # Where the numbers come from

    def make_sources(self):
        sources = [self.code("source", number) for number in range(self.rng.randint(1, 3))]
        statuses = ("published", "derived", "assumed")
        for table in TABLES_THAT_MAY_SHOW_WHERE_THEY_COME_FROM:
            columns = [column for column in ("source", "status", "note") if self.chance(0.4)]
            for row in self.tables.get(table, []):
                if "source" in columns:
                    row["source"] = self.rng.choice(("", *sources))
                if "status" in columns:
                    row["status"] = self.rng.choice(("", *statuses))
                if "note" in columns:
                    row["note"] = self.rng.choice(("", *NAMES))
        self.tables["source"] = [
            {"source": source, "title": self.rng.choice(NAMES), "status": self.rng.choice(statuses)}
            for source in sources]


class _EffectChooser(_Chooser):
    """Choices of effects, for a maker that knows the largest scale of each scheme."""

    def timing(self):
        start = self.rng.choice(self.years[1:])
        full = start + self.rng.choice((0, 0, 1, 2, 4))
        timing = {"start_year": self.year(start), "ramp": self.rng.choice(("", "linear", "s_curve", "annual"))}
        if full > start or self.chance(0.3):
            timing["full_year"] = self.year(full)
        if self.chance(0.3):
            timing["last_year"] = self.year(full + self.rng.randint(0, 2))
        return timing

    def size(self, scheme, low, high):
        """A size that stays within 1 after any scenario's scale, now and then the largest there is."""
        if self.largest_scale[scheme] == 1 and self.chance(0.05):
            return self.rng.choice((1, -1 if low < 0 else 1))
        return self.rng.uniform(low, high) / self.largest_scale[scheme]


class _SchemeMaker(_EffectChooser):
    """Adds schemes and all that goes with them to a plan that has none."""

    def __init__(self, rng, plan):
        super().__init__(rng, plan.settings["base_year"], plan.settings["end_year"])
        self.settings = plan.settings
        self.tables = dict(plan.tables)
        self.flows = self.tables["flow"]
        self.services = [row["service"] for row in self.tables["service"]]
        kinds = {row["organisation"]: row["kind"] for row in self.tables["organisation"]}
        self.providers = [organisation for organisation, kind in kinds.items() if kind != "board"]
        self.with_position = [organisation for organisation, kind in kinds.items() if kind in KINDS_WITH_A_POSITION]
        self.organisations = list(kinds)

    def make(self):
        before = set(self.tables)
        self.make_schemes()
        self.make_scenarios()
        self.make_activity_effects()
        self.make_efficiency_effects()
        self.make_scheme_costs()
        self.make_awards()
        self.make_agreements()
        tables = {name: rows if name in before else self.shuffled_columns(rows)
                  for name, rows in self.tables.items() if rows}
        return GeneratedPlan(tables, self.settings)

    # Schemes and scenarios

    def make_schemes(self):
        self.schemes = [self.code("scheme", number) for number in range(self.rng.randint(2, 7))]
        workstreams = [self.code("workstream", number) for number in range(self.rng.randint(1, 3))]
        self.tables["scheme"] = [
            {"scheme": scheme, "name": self.rng.choice(NAMES), "workstream": self.rng.choice(workstreams),
             "aim": self.rng.choice(("health", "quality", "funding")), "owner": self.rng.choice(self.with_position),
             "level": self.or_blank(self.rng.choice(("neighbourhood", "place", "footprint", "region")))}
            for scheme in self.schemes]

    def make_scenarios(self):
        """Scenarios that list some of the schemes or all, their rows in any order among each other's."""
        self.scenarios = [self.code("scenario", number) for number in range(self.rng.randint(1, 3))]
        rows = [{"scenario": scenario, "scheme": scheme, "scale": self.scale(), "delay": self.delay()}
                for scenario in self.scenarios
                for scheme in self.rng.sample(self.schemes, self.rng.randint(1, len(self.schemes)))]
        self.tables["scenario"] = self.shuffled(rows)
        self.largest_scale = dict.fromkeys(self.schemes, 1)
        for row in rows:
            scale = 1 if row["scale"] == "" else row["scale"]
            self.largest_scale[row["scheme"]] = max(self.largest_scale[row["scheme"]], scale)

    def scale(self):
        return self.rng.choice(("", "", 1, 0, self.rng.uniform(0.1, 1), self.rng.uniform(1, 1.5)))

    def delay(self):
        return self.rng.choice(("", "", 0, 1, 2))

    # Effects

    def make_activity_effects(self):
        """Many on the same flows, shifts and others in any order."""
        rows = []
        for scheme in self.schemes:
            for _ in range(self.rng.randint(0, 3)):
                rows.append(self.shift_row(scheme) if self.chance(0.5) else self.reduction_row(scheme))
        self.tables["activity_effect"] = self.shuffled([row for row in rows if row])

    def reduction_row(self, scheme):
        """An effect without destination, which now and then fits no flow."""
        flow = self.rng.choice(self.flows)
        service = flow["service"] if self.chance(0.9) else self.rng.choice(self.services)
        return {"scheme": scheme, "commissioner": self.or_blank(flow["commissioner"]),
                "provider": self.or_blank(flow["provider"]), "service": service,
                "reduction": self.size(scheme, *self.rng.choice(((0, 0.7), (0, 0.7), (-0.5, 0)))), **self.timing()}

    def shift_row(self, scheme):
        """A shift, which may not fit a cost-only flow; none if no such row is found."""
        flow = self.rng.choice(self.flows)
        for chance_of_blank in (0.5, 0):
            row = {"scheme": scheme, "commissioner": self.or_blank(flow["commissioner"], chance_of_blank),
                   "provider": self.or_blank(flow["provider"], chance_of_blank), "service": flow["service"]}
            fitting = [other for other in self.flows if all(row[key] in ("", other[key])
                                                            for key in ("commissioner", "provider", "service"))]
            if all(self.has_activity(other) for other in fitting):
                break
        else:
            return None

        elsewhere = self.rng.choice(self.flows)
        row["to_service"] = self.rng.choice((elsewhere["service"], self.rng.choice(self.services)))
        row["to_provider"] = self.rng.choice((elsewhere["provider"], self.rng.choice(self.providers)))
        row["reduction"] = self.size(scheme, 0, 0.7)
        row["substitution"] = self.rng.choice(("", 1, 0, self.rng.uniform(0, 2), self.rng.uniform(0, 2)))
        buyers_of_destination = {other["commissioner"] for other in self.flows
                                 if other["service"] == row["to_service"] and self.has_activity(other)}
        if not {other["commissioner"] for other in fitting} <= buyers_of_destination or self.chance(0.3):
            row["unit_cost"] = math.exp(self.rng.uniform(0, 9))
        return row | self.timing()

    @staticmethod
    def has_activity(flow):
        return flow.get("activity", "") != ""

    def make_efficiency_effects(self):
        """Of flows' care, and of the care that shifts add."""
        bought = [(row["commissioner"], row["provider"], row["service"]) for row in self.flows]
        shifts = [row for row in self.tables["activity_effect"] if "to_service" in row]
        added = [(row["commissioner"], row["to_provider"], row["to_service"]) for row in shifts]
        self.tables["efficiency_effect"] = []
        for scheme in self.schemes:
            for _ in range(self.rng.randint(0, 2)):
                commissioner, provider, service = self.rng.choice(added if added and self.chance(0.3) else bought)
                row = {"scheme": scheme, "commissioner": self.or_blank(commissioner),
                       "provider": self.or_blank(provider), "service": self.or_blank(service)}
                if self.chance(0.8):
                    row["saving"] = self.size(scheme, -0.1, 0.3)
                if self.chance(0.5):
                    row["stay_reduction"] = self.size(scheme, 0, 0.6)
                self.tables["efficiency_effect"].append(row | self.timing())

    # Money

    def make_scheme_costs(self):
        rows = []
        for scheme in self.schemes:
            for organisation in self.rng.sample(self.with_position, self.rng.randint(0, len(self.with_position))):
                kind = self.rng.choice(("recurrent", "transition", "capital"))
                years = self.capital_years() if kind == "capital" else self.some_years()
                sign = self.rng.choice((1, 1, -0.4))
                rows += [{"scheme": scheme, "organisation": organisation, "year": self.year(year), "kind": kind,
                          "amount": self.money() * sign, **self.life(kind)} for year in years]
        if rows and self.chance(0.3):
            rows.append(dict(self.rng.choice(rows)))
        self.tables["scheme_cost"] = self.shuffled(rows)

    def capital_years(self):
        """A few years, which may lie long before the base year or, and then count for nothing, after the end."""
        return self.rng.sample(range(self.base_year - 6, self.end_year + 2), self.rng.randint(1, 3))

    def life(self, kind):
        return {"asset_life": self.rng.choice((1, 2, 5, 40))} if kind == "capital" else {}

    def make_awards(self):
        """Awards to one scenario or to all, some made twice, from funds that are large enough for them."""
        self.tables["fund"], self.tables["award"] = [], []
        for number in range(self.rng.randint(0, 3)):
            fund, kind = self.code("fund", number), self.rng.choice(("revenue", "capital"))
            for year in self.years:
                awards = {}
                for _ in range(self.rng.randint(0, 3)):
                    row = {"fund": fund, "organisation": self.rng.choice(self.with_position), "year": self.year(year),
                           "amount": self.money(), "scenario": self.or_blank(self.rng.choice(self.scenarios))}
                    awards[row["organisation"], row["scenario"]] = [dict(row)
                                                                    for _ in range(self.rng.choice((1, 1, 1, 2)))]
                rows = [row for same in awards.values() for row in same]
                self.tables["fund"].append({"fund": fund, "year": self.year(year), "kind": kind,
                                            "amount": 1e6 + sum(row["amount"] for row in rows)})
                self.tables["award"] += rows

    # What has been agreed

    def make_agreements(self):
        """Positions on schemes and on the whole plan, boards' among them."""
        likely = self.rng.choice((0.3, 0.8, 1))
        positions = ("agreed", "agreed", "agreed", "conditional", "not_agreed")
        self.tables["agreement"] = [
            {"scheme": scheme, "organisation": organisation, "position": self.rng.choice(positions),
             "body": self.rng.choice(("", *NAMES))}
            for scheme in ["", *self.schemes] for organisation in self.organisations
            if self.chance(likely if scheme == "" else 0.2)]


class _HealthAndQualityMaker(_EffectChooser):
    """Adds the tables of the health gap and of the quality gap to a plan with schemes."""

    def __init__(self, rng, plan, largest_scale):
        super().__init__(rng, plan.settings["base_year"], plan.settings["end_year"])
        self.settings = plan.settings
        self.tables = dict(plan.tables)
        self.largest_scale = largest_scale
        self.schemes = list(largest_scale)
        self.services = [row["service"] for row in self.tables["service"]]
        parents = {row["parent"] for row in self.tables["footprint"]}
        self.footprints = [row["footprint"] for row in self.tables["footprint"]]
        self.leaves = [footprint for footprint in self.footprints if footprint not in parents]
        self.served = self.footprints_served()

    def footprints_served(self):
        """Service → the footprints for which a commissioner or council buys it with activity."""
        kinds = {row["organisation"]: row["kind"] for row in self.tables["organisation"]}
        bought = {(row["commissioner"], row["service"]) for row in self.tables["flow"]
                  if row.get("activity", "") != "" and kinds[row["commissioner"]] in ("commissioner", "council")}
        return {service: {row["footprint"] for row in self.tables["membership"]
                          if (row["organisation"], service) in bought} for service in self.services}

    def make(self):
        before = set(self.tables)
        for table, make_table in (
                ("mortality", self.make_mortality), ("mortality_trend", self.make_mortality_trend),
                ("deprivation", self.make_deprivation)):
            self.tables[table] = []
            if self.chance(0.85):
                make_table()
        self.make_risks()
        self.make_indicators()
        self.make_indicator_values()
        self.make_indicator_trends()
        self.make_indicator_effects()
        self.make_indicator_costs()
        tables = {name: rows if name in before else self.shuffled_columns(rows)
                  for name, rows in self.tables.items() if rows}
        return GeneratedPlan(tables, self.settings)

    def digits(self, value):
        """A count now and then; else with many digits."""
        return self.rng.choice((value, round(value)))

    # Deaths

    def make_mortality(self):
        """Of women and men, of persons or of both; in some plans places differ in bands; older years count for nothing.

        Years may lie before the base year or, and then count for nothing, after the end.
        """
        base = self.base_year + self.rng.choice((-3, -1, 0, 0, 0, 1))
        years = [base, *([base - 1] if self.chance(0.3) else []), *([self.end_year + 1] if self.chance(0.2) else [])]
        bands = self.rng.choice(MORTALITY_BANDS)
        own_bands = self.chance(0.25)
        sexes = self.rng.choice((("female", "male"), ("female", "male"), ("",), ("female", "male", ""), ("female",)))
        self.mortality_ages = bands
        healthy = self.rng.choice((0, 0.5, 1, 1))
        for leaf in self.leaves:
            if self.chance(0.15):
                continue
            starts = self.rng.choice(MORTALITY_BANDS) if own_bands else bands
            is_healthy, is_sampled = self.chance(healthy), self.chance(0.7)
            of_leaf = ("",) if self.chance(0.1) else sexes
            size = self.rng.choice((1, 1, 1, 0.0005))
            for year in years if self.chance(0.9) else years[1:2]:
                for sex in of_leaf:
                    self.tables["mortality"] += [
                        {"footprint": leaf, "year": self.year(year), "sex": sex,
                         **self.mortality_of_band(starts, number, size, is_healthy, is_sampled)}
                        for number in range(len(starts))]
        self.tables["mortality"] = self.shuffled(self.tables["mortality"])

    def mortality_of_band(self, starts, number, size, is_healthy, is_sampled):
        last = number == len(starts) - 1
        population = max(2, self.digits(self.rng.uniform(300, 60000) * size))
        rate = min(0.5, 0.0004 * math.exp(0.075 * starts[number]) * self.rng.uniform(0.5, 2))
        deaths = self.digits(population * rate)
        if last:
            deaths = max(1, deaths)
        elif self.chance(0.05):
            deaths = 0
        row = {"age": self.age(starts, number), "population": population, "deaths": deaths}
        if is_healthy and self.chance(0.995):
            row["good_health"] = self.rng.choice((1, self.rng.uniform(0.2, 1), self.rng.uniform(0.2, 1)))
            if is_sampled:
                row["good_health_sample"] = self.rng.uniform(20, 3000)
        return row

    def ages_named(self):
        """Ages of the population, of mortality, or of neither and wider."""
        of_people = sorted({read_age(row["age"]) for row in self.tables.get("population", [])
                            if row.get("age", "") != ""})
        choices = [of_people, list(getattr(self, "mortality_ages", ())), [16, 65], [0, 30, 60]]
        return [f"{age}{self.rng.choice(('', '+'))}" for age in self.rng.choice([ages for ages in choices if ages])]

    def make_mortality_trend(self):
        rows = self.random_rate_rows(self.rng.randint(1, 8), {"sex": ["female", "male"], "age": self.ages_named()})
        self.tables["mortality_trend"] = [{**row, "rate": self.rng.uniform(-0.04, 0.02)} for row in rows]

    def make_deprivation(self):
        """At most one measure of each sex in a footprint, now and then with one standard error missing."""
        for footprint in self.footprints:
            for measure in ("life expectancy of women", "Life expectancy, males", "index of need"):
                if self.chance(0.6):
                    continue
                errors = self.rng.choice(("all", "all", "none", "some"))
                for quantile in range(1, self.rng.choice((2, 3, 5, 10)) + 1):
                    row = {"footprint": footprint, "measure": measure, "quantile": quantile,
                           "population": self.rng.uniform(1e3, 1e5),
                           "value": 75 + 6 * self.rng.random() + quantile * self.rng.uniform(-0.5, 1)}
                    if errors == "all" or (errors == "some" and quantile > 1):
                        row["standard_error"] = self.rng.uniform(0.2, 2)
                    self.tables["deprivation"].append(row)
        self.tables["deprivation"] = self.shuffled(self.tables["deprivation"])

    # Prevention

    def make_risks(self):
        risks = [self.code("risk", number) for number in range(self.rng.randint(1, 3))]
        trends = ("", 0, self.rng.uniform(-0.1, 0), self.rng.uniform(-0.05, 0.1))
        self.tables["risk"] = [{"risk": risk, "name": self.rng.choice(NAMES), "trend": self.rng.choice(trends)}
                               for risk in risks]
        self.tables["prevalence"] = []
        self.tables["relative_risk"] = []
        for risk in risks:
            for leaf in self.leaves:
                if self.chance(0.85):
                    self.tables["prevalence"] += [
                        {"footprint": leaf, "risk": risk, **row,
                         "prevalence": self.rng.choice((self.rng.uniform(0, 1), self.rng.uniform(0, 0.4), 1))}
                        for row in self.random_people_rows()]
            for outcome in ("mortality", *self.services):
                if self.chance(0.6):
                    lag = self.rng.choice(("", 0, 1, 2, 5))
                    self.tables["relative_risk"] += [
                        {"risk": risk, "outcome": outcome, **row, "rr": self.rng.choice((1, self.rng.uniform(0.4, 6))),
                         "lag": lag if self.chance(0.8) else 1}
                        for row in self.random_people_rows()]
        self.tables["prevention_effect"] = self.shuffled([
            {"scheme": scheme, "footprint": self.or_blank(self.rng.choice(self.leaves)),
             "risk": self.rng.choice(risks), "reduction": self.size(scheme, *self.rng.choice(((0, 1), (-0.5, 0)))),
             **self.timing()}
            for scheme in self.schemes for _ in range(self.rng.choice((0, 0, 1, 1, 2)))])

    def random_people_rows(self):
        """Of all people, or of some sexes and ages."""
        if self.chance(0.4):
            return [{"sex": "", "age": ""}]
        return self.random_rate_rows(self.rng.randint(1, 12), {"sex": ["female", "male"], "age": self.ages_named()})

    # Quality

    def make_indicators(self):
        self.tables["indicator"] = []
        for number in range(self.rng.randint(1, 4)):
            kind = self.rng.choice(("proportion", "rate", "ratio"))
            row = {"indicator": self.code("indicator", number), "name": self.rng.choice(NAMES),
                   "aim": self.rng.choice(("health", "quality", "enabler")), "unit": self.rng.choice(("%", "days")),
                   "direction": self.rng.choice(("higher", "lower")), "kind": kind}
            row["multiplier"] = self.or_blank(self.rng.choice((1, 100, 1000)), 0.2)
            row["weight"] = self.or_blank(self.rng.choice((0, 1, self.rng.uniform(0, 5))))
            row["service"] = self.or_blank(self.rng.choice(self.services))
            self.tables["indicator"].append(row)

    def make_indicator_values(self):
        """Observed in some years, which may lie before the base year; places differ by chance or by more than it."""
        self.tables["indicator_value"] = []
        for indicator in self.tables["indicator"]:
            typical, spread = self.rng.uniform(0.02, 0.98), self.rng.choice((0, 0.02, 0.3))
            last = self.base_year + self.rng.choice((-2, 0, 0, 1))
            if self.chance(0.8):
                indicator["target"] = (typical * self.rng.uniform(0.7, 1.3)
                                       * (1 if indicator["multiplier"] == "" else indicator["multiplier"]))
            places = self.served[self.rng.choice(self.services)] if self.chance(0.6) else set()
            for leaf in self.leaves:
                if self.chance(0.15) or (places and leaf not in places):
                    continue
                for year in {last, *(last - self.rng.randint(0, 3) for _ in range(self.rng.choice((0, 0, 2))))}:
                    row = self.value_row(indicator, typical * self.rng.uniform(1 - spread, 1 + spread))
                    self.tables["indicator_value"].append(
                        {"footprint": leaf, "indicator": indicator["indicator"], "year": self.year(year), **row})
        self.tables["indicator_value"] = self.shuffled(self.tables["indicator_value"])

    def value_row(self, indicator, ratio):
        size = math.exp(self.rng.uniform(3, 9))
        denominator = self.digits(size)
        if indicator["kind"] == "proportion":
            ratio = min(ratio, 1)
        numerator = ratio * denominator + self.rng.gauss(0, 1) * math.sqrt(ratio * denominator) * 0.7
        numerator = self.digits(max(0, min(numerator, denominator)))
        if self.chance(0.04):
            numerator = 0
        if indicator["kind"] == "proportion" and self.chance(0.04):
            numerator = denominator
        return {"numerator": min(numerator, denominator) if indicator["kind"] == "proportion" else numerator,
                "denominator": denominator}

    def change_of(self, indicator, worst, best):
        """A change in the indicator's unit, which is positive where it is for the better."""
        size = self.rng.uniform(worst, best) * (1 if indicator["multiplier"] == "" else indicator["multiplier"])
        return size if indicator["direction"] == "higher" else -size

    def make_indicator_trends(self):
        self.tables["indicator_trend"] = [
            {"indicator": indicator["indicator"], "footprint": footprint,
             "change": self.change_of(indicator, -0.1, 0.1)}
            for indicator in self.tables["indicator"] for footprint in ["", *self.leaves] if self.chance(0.4)]

    def make_indicator_effects(self):
        self.tables["indicator_effect"] = self.shuffled([
            {"scheme": scheme, "indicator": indicator["indicator"],
             "footprint": self.or_blank(self.rng.choice(self.leaves)), "change": self.change_of(indicator, -0.1, 0.3),
             **self.timing()}
            for scheme in self.schemes for indicator in self.tables["indicator"] if self.chance(0.4)])

    def make_indicator_costs(self):
        """Care that somebody buys for every footprint with observations."""
        self.tables["indicator_cost"] = []
        for indicator in self.tables["indicator"]:
            observed = {row["footprint"] for row in self.tables["indicator_value"]
                        if row["indicator"] == indicator["indicator"]}
            self.tables["indicator_cost"] += [
                {"indicator": indicator["indicator"], "service": service,
                 "activity_per_unit": self.rng.choice((0, self.rng.uniform(0, 3), self.rng.uniform(0, 3)))}
                for service in self.services if observed <= self.served[service] and self.chance(0.7)]
