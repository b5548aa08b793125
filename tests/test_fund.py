"""Sharing a fund by rules: published cases, the axioms that define the rules, the rules stated anew in Python, and the
command `allocate`; and what the sustainability fund's conditions leave of an award."""

import csv
import ctypes
import itertools
import json
import math
import os
import pathlib
import random
import subprocess

import pytest

from reference import claims
from test_rules import BASE, check, check_changed, rule, with_cell, write_plan  # noqa: F401

CASES = pathlib.Path(__file__).resolve().parents[1] / "data" / "validation" / "claims-rules" / "claims_rules.csv"
NAMES = {"PRO": "proportional", "CEA": "equal_awards", "CEL": "equal_losses", "Talmud": "talmud"}
ARGUMENT, INFEASIBLE = -2, -500
NEAR = {"rel": 1e-9, "abs": 1e-9}


class Refused(Exception):
    """A call of the library that failed, with its status and what it said."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


@pytest.fixture(scope="session")
def library():
    found = ctypes.CDLL(pathlib.Path(os.environ["STPFIN_BUILD"]) / "libstpfin" / "libstpfin.so")
    found.stpfin_last_error.restype = ctypes.c_char_p
    return found


@pytest.fixture(scope="session")
def share(library):
    """stpfin_fund_share(), by the name of the rule; None is a value that is missing, or an argument left out."""
    def numbers(x):
        if x is None:
            return None, ctypes.c_size_t(0)
        values = [math.nan if value is None else float(value) for value in x]
        return (ctypes.c_double * len(values))(*values), ctypes.c_size_t(len(values))

    def share_pot(name, pot, amounts, weights=None, floors=None, caps=None, last=None, pace=-1):
        award = (ctypes.c_double * len(amounts))()
        status = library.stpfin_fund_share(
            ctypes.c_int(claims.RULES.index(name)), ctypes.c_double(pot), *numbers(amounts), *numbers(weights),
            *numbers(floors), *numbers(caps), *numbers(last), ctypes.c_double(-1 if pace is None else pace),
            ctypes.c_size_t(len(award)), award)
        if status != 0:
            raise Refused(status, library.stpfin_last_error().decode())
        return list(award)
    return share_pot


# Rules on arrays

with open(CASES, newline="", encoding="utf-8") as file:
    PUBLISHED = [(NAMES[row["rule"]], float(row["E"]), [float(x) for x in row["claims"].split(";")],
                  [float(x) for x in row["awards"].split(";")]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("name, pot, amounts, awards", PUBLISHED)
def test_published_awards(share, name, pot, amounts, awards):
    assert share(name, pot, amounts) == pytest.approx(awards, **NEAR)
    assert [float(x) for x in claims.share(name, pot, amounts)] == pytest.approx(awards, **NEAR)


def test_twenty_cases_were_published():
    assert len(PUBLISHED) == 20 and {name for name, *_ in PUBLISHED} == set(claims.RULES)


def random_amounts(chance, n=None):
    """Claims of very different sizes; some alike, some nought."""
    amounts = [round(chance.lognormvariate(0, chance.choice([0.1, 1, 4])), 3) for _ in range(n or chance.randint(1, 9))]
    return [chance.choice(amounts) if chance.random() < 0.1 else x for x in amounts]


def random_request(chance, bounded):
    """A rule and its arguments, by name."""
    name = chance.choice(claims.RULES)
    amounts = random_amounts(chance)
    request = {"name": name, "amounts": amounts, "pot": sum(amounts) * chance.choice([chance.random(), 1, 1.3, 1e-6])}
    if name != "talmud" and chance.random() < 0.5:
        request["weights"] = [chance.lognormvariate(0, 2) for _ in amounts]
    if bounded and chance.random() < 0.5:
        request["floors"] = [chance.choice([None, 0.1 * chance.random() * x]) for x in amounts]
    if bounded and chance.random() < 0.5:
        request["caps"] = [chance.choice([None, (0.3 + chance.random()) * x]) for x in amounts]
    if bounded and chance.random() < 0.5:
        request["last"] = [chance.choice([None, chance.random() * x]) for x in amounts]
        request["pace"] = chance.choice([chance.random(), 2])
    return request


def expect_the_pot(request, awards):
    """Exactly the pot is paid, and nobody gets less than nothing or more than is claimed."""
    amounts = request["amounts"]
    assert math.fsum(awards) == pytest.approx(min(request["pot"], math.fsum(amounts)), rel=1e-12, abs=1e-300)
    assert all(0 <= award <= claim for award, claim in zip(awards, amounts))


def test_random_requests_are_shared_as_the_reference_shares_them(share):
    chance = random.Random(20161021)
    met = dict.fromkeys(itertools.product(claims.RULES, (False, True)), 0)
    for _ in range(3000):
        request = random_request(chance, bounded=True)
        keys = {key: request.get(key) for key in ("weights", "floors", "caps", "last", "pace")}
        try:
            expected = claims.share(request["name"], request["pot"], request["amounts"], **keys)
        except claims.Infeasible:
            with pytest.raises(Refused) as refused:
                share(request["name"], request["pot"], request["amounts"], **keys)
            assert refused.value.status == INFEASIBLE
            met[request["name"], False] += 1
            continue
        awards = share(request["name"], request["pot"], request["amounts"], **keys)
        expect_the_pot(request, awards)
        largest = max(request["amounts"])
        assert awards == pytest.approx([float(x) for x in expected], rel=1e-9, abs=1e-13 * largest)
        met[request["name"], True] += 1
    assert min(met.values()) > 50, met


def test_order_is_kept(share):
    """Without weights or bounds, who claims no less gets no less and loses no less."""
    chance = random.Random(1)
    for name in claims.RULES:
        for _ in range(1000):
            amounts = random_amounts(chance)
            request = {"amounts": amounts, "pot": sum(amounts) * chance.random()}
            awards = share(name, request["pot"], amounts)
            slack = 1e-12 * max(amounts)
            expect_the_pot(request, awards)
            for (claim, award), (more, other) in itertools.permutations(zip(amounts, awards), 2):
                if claim <= more:
                    assert award <= other + slack and claim - award <= more - other + slack


@pytest.mark.parametrize("name, dual", [("proportional", "proportional"), ("talmud", "talmud"),
                                        ("equal_awards", "equal_losses"), ("equal_losses", "equal_awards")])
def test_gains_are_shared_as_the_dual_shares_losses(share, name, dual):
    chance = random.Random(2)
    for _ in range(1000):
        amounts = random_amounts(chance)
        total = math.fsum(amounts)
        pot = total * chance.random()
        losses = share(dual, total - pot, amounts)
        expected = [claim - loss for claim, loss in zip(amounts, losses)]
        assert share(name, pot, amounts) == pytest.approx(expected, abs=1e-12 * max(total, 1))


def test_the_talmud_is_two_stages(share):
    chance = random.Random(3)
    for _ in range(1000):
        amounts = random_amounts(chance)
        pot = sum(amounts) * chance.random()
        expected = [float(x) for x in claims.talmud(pot, amounts)]
        assert share("talmud", pot, amounts) == pytest.approx(expected, abs=1e-12 * max(amounts))


def test_a_larger_pot_pays_nobody_less(share):
    chance = random.Random(4)
    compared = 0
    for _ in range(3000):
        request = random_request(chance, bounded=True)
        larger = {**request, "pot": request["pot"] * (1 + chance.choice([1e-9, 0.01, 1]))}
        try:
            before, after = share(**request), share(**larger)
        except Refused:
            continue
        compared += 1
        assert all(a <= b + 1e-12 * max(request["amounts"]) for a, b in zip(before, after))
    assert compared > 1000


def test_part_of_the_claims_share_what_they_got_as_before(share):
    """Consistency, with weights and bounds."""
    chance = random.Random(5)
    compared = 0
    for _ in range(3000):
        request = random_request(chance, bounded=True)
        n = len(request["amounts"])
        try:
            awards = share(**request)
        except Refused:
            continue
        kept = sorted(chance.sample(range(n), chance.randint(1, n)))
        part = {key: [value[i] for i in kept] if isinstance(value, list) else value for key, value in request.items()}
        part["pot"] = math.fsum(awards[i] for i in kept)
        compared += 1
        assert share(**part) == pytest.approx([awards[i] for i in kept], abs=1e-10 * max(request["amounts"]))
    assert compared > 1000


def gaps_per_head(amounts, awards, people):
    """What is left per head, from the highest down."""
    return sorted(((claim - award) / persons for claim, award, persons in zip(amounts, awards, people)), reverse=True)


def is_lower(gaps, others):
    """Whether gaps, from the highest down, are lower at the first that differs."""
    for gap, other in zip(gaps, others):
        if abs(gap - other) > 1e-9:
            return gap < other
    return False


def test_equal_losses_by_population_level_the_gap_per_head(share):
    """No division of the pot on a fine grid, within the same bounds, leaves lower gaps per head from the highest
    down."""
    chance = random.Random(6)
    tried = 0
    for _ in range(60):
        amounts = [chance.randint(0, 12) for _ in range(3)]
        people = [chance.choice([1, 2, 3, 7.5]) for _ in amounts]
        pot = chance.randint(0, sum(amounts))
        floors = [chance.choice([0, 0, claim // 4]) for claim in amounts]
        caps = [chance.choice([claim, claim, claim - claim // 4]) for claim in amounts]
        try:
            awards = share("equal_losses", pot, amounts, people, floors, caps)
        except Refused as refused:
            assert refused.status == INFEASIBLE
            continue
        levelled = gaps_per_head(amounts, awards, people)
        steps = [[x / 4 for x in range(4 * least, 4 * most + 1)] for least, most in zip(floors, caps)]
        for one, two in itertools.product(*steps[:2]):
            three = pot - one - two
            if floors[2] <= three <= caps[2]:
                tried += 1
                assert not is_lower(gaps_per_head(amounts, (one, two, three), people), levelled)
    assert tried > 5000


def test_a_pot_much_smaller_than_its_claims_is_shared_to_the_last_bits(share):
    assert share("equal_losses", 1e-3, [1e9, 1e9, 5]) == pytest.approx([5e-4, 5e-4, 0], rel=1e-15)
    assert share("equal_awards", 1e-9, [1e9, 1e9]) == [5e-10, 5e-10]
    assert share("talmud", 2e9 - 1e-3, [1e9, 1e9]) == pytest.approx([1e9 - 5e-4] * 2, rel=1e-15)


def test_edges(share):
    assert share("proportional", 5, []) == []
    assert share("talmud", 0, [3, 4]) == [0, 0]
    assert share("equal_awards", math.inf, [3, 4]) == [3, 4]
    assert share("equal_losses", 7, [0, 0]) == [0, 0]
    assert share("proportional", 3, [1, 5], caps=[None, math.inf]) == pytest.approx([0.5, 2.5])
    assert share("proportional", 10, [10, 10], last=[2, None], pace=0.5) == pytest.approx([3, 7])
    assert share("proportional", 5, [10, 10], last=[4, None], pace=0.25) == pytest.approx([3, 2])
    # A claim that falls, or a floor that rises, goes before the pace.
    assert share("proportional", 10, [1, 10], last=[8, None], pace=0.1) == pytest.approx([1, 9])
    assert share("proportional", 10, [9, 10], floors=[6, 0], last=[2, None], pace=0.1) == pytest.approx([6, 4])


@pytest.mark.parametrize("status, words, arguments", [
    (ARGUMENT, "claim 1 is -1: give a number from 0 up", ("proportional", 1, [1, -1])),
    (ARGUMENT, "claim 0 is nan", ("talmud", 1, [None, 1])),
    (ARGUMENT, "claim 0 is inf", ("talmud", 1, [math.inf, 1])),
    (ARGUMENT, "the claims sum to more than a number can hold", ("talmud", 1, [1.5e308, 1.5e308])),
    (ARGUMENT, "the pot is -3: give a number from 0 up", ("proportional", -3, [1, 1])),
    (ARGUMENT, "the pot is nan", ("proportional", math.nan, [1, 1])),
    (ARGUMENT, "weight has length 1 and claim 2: give one for each claim", ("proportional", 1, [1, 1], [1])),
    (ARGUMENT, "weight 1 is 0: give a number above 0", ("equal_losses", 1, [1, 1], [1, 0])),
    (ARGUMENT, "weight 0 is -2", ("equal_losses", 1, [1, 1], [-2, 1])),
    (ARGUMENT, "weight 0 is nan", ("equal_losses", 1, [1, 1], [None, 1])),
    (ARGUMENT, "weight 1 is 4.94066e-324, out of all proportion", ("equal_awards", 1, [1, 1], [1, 5e-324])),
    (ARGUMENT, "talmud has no weights", ("talmud", 1, [1, 1], [1, 1])),
    (ARGUMENT, "floor has length 1 and claim 2", ("talmud", 1, [1, 1], None, [1])),
    (ARGUMENT, "floor 1 is -1", ("talmud", 1, [1, 1], None, [1, -1])),
    (ARGUMENT, "floor 0 is 2, above its claim, 1", ("talmud", 1, [1, 1], None, [2, 0])),
    (ARGUMENT, "floor 1 is 0.75, above its cap, 0.5", ("talmud", 1, [1, 1], None, [0, 0.75], [1, 0.5])),
    (ARGUMENT, "cap 1 is -1", ("talmud", 1, [1, 1], None, None, [1, -1])),
    (ARGUMENT, "last has length 3 and claim 2", ("talmud", 1, [1, 1], None, None, None, [1, 1, 1], 0.1)),
    (ARGUMENT, "last 0 is inf", ("talmud", 1, [1, 1], None, None, None, [math.inf, 1], 0.1)),
    (ARGUMENT, "the pace is not a number", ("talmud", 1, [1, 1], None, None, None, [1, 1], math.nan)),
    (INFEASIBLE, "the floors sum to 3 and there is 2 to share", ("talmud", 2, [4, 4], None, [1, 2])),
    (INFEASIBLE, "the caps take 3 and there is 4 to share", ("talmud", 4, [4, 4], None, None, [1, 2])),
    (INFEASIBLE, "the caps take 3 and there is 8 to share", ("talmud", 9, [4, 4], None, None, [1, 2])),
    (INFEASIBLE, "at a pace of 0.25 the awards cannot fall below 6 and there is 5 to share",
     ("talmud", 5, [8, 8], None, None, None, [4, 4], 0.25)),
    (INFEASIBLE, "at a pace of 0.25 the awards cannot rise above 10 and there is 11 to share",
     ("talmud", 11, [8, 8], None, None, None, [4, 4], 0.25)),
])
def test_what_cannot_be_shared_is_refused_by_name(share, status, words, arguments):
    with pytest.raises(Refused, match=words.replace("(", r"\(")) as refused:
        share(*arguments)
    assert refused.value.status == status


# Plans

CLAIM = "fund,organisation,year,amount,weight,floor,cap\n"
FUND = "fund,year,amount,kind\n"
ALLOCATION = ("scenario", "fund", "organisation", "bid", "year", "claim", "award", "residual")


def plan_of(folder, claim, amount=5000, **changes):
    """BASE with claims on `transformation`, which has that amount in 2016 and 2017."""
    funds = FUND + "".join(f"transformation,{year},{amount},revenue\n" for year in (2016, 2017))
    return write_plan(folder, {"claim": CLAIM + claim, "fund": funds, "award": None, **changes})


def allocate(stpfin, plan, *arguments, rule="proportional"):
    """The rows of an allocation: (organisation, year) → award."""
    done = stpfin.run("allocate", plan, "--fund", "transformation", "--rule", rule, *arguments, "--format", "csv")
    lines = list(csv.DictReader(done.stdout.splitlines()))
    assert tuple(lines[0]) == ALLOCATION and {row["bid"] for row in lines} == {""}
    for row in lines:
        assert float(row["residual"]) == pytest.approx(float(row["claim"]) - float(row["award"]), abs=1e-9)
    return {(row["organisation"], int(row["year"])): float(row["award"]) for row in lines}


def refuse(stpfin, plan, *arguments):
    done = subprocess.run([stpfin.path, "allocate", plan, *arguments], capture_output=True, encoding="utf-8",
                          timeout=120, check=False)
    assert done.stdout == "" and done.returncode != 0
    return done.returncode, done.stderr


def test_awards_are_whole_pence_and_the_pence_left_go_to_the_largest_claim(stpfin, tmp_path):
    thirds = "".join(f"transformation,{who},2016,{amount},,,\n"
                     for who, amount in (("ccg", 100), ("trust", 100.01), ("council", 100)))
    plan = plan_of(tmp_path / "thirds", thirds, amount=100)
    assert allocate(stpfin, plan, rule="equal_awards") == {
        ("ccg", 2016): 33.33, ("trust", 2016): 33.34, ("council", 2016): 33.33}
    capped = thirds.replace("100.01,,,", "100.01,,,33.33")
    plan = plan_of(tmp_path / "capped", capped, amount=100)
    assert allocate(stpfin, plan, rule="equal_awards") == {
        ("ccg", 2016): 33.34, ("trust", 2016): 33.33, ("council", 2016): 33.33}
    plan = plan_of(tmp_path / "all", "transformation,ccg,2016,0.29,,,\ntransformation,trust,2016,0.575,,,\n")
    assert allocate(stpfin, plan) == {("ccg", 2016): 0.29, ("trust", 2016): 0.57}


def test_random_funds_are_paid_to_the_penny(stpfin, tmp_path):
    chance = random.Random(7)
    for number in range(20):
        amounts = {who: round(chance.lognormvariate(12, 2), 2) for who in ("ccg", "trust", "council")}
        amount = round(sum(amounts.values()) * chance.choice([0.3, 0.8, 1.2]), 2)
        plan = plan_of(tmp_path / str(number), "".join(
            f"transformation,{who},2017,{claim},,,\n" for who, claim in amounts.items()), amount=amount)
        for name in claims.RULES:
            awards = allocate(stpfin, plan, rule=name)
            pence = {who: round(100 * award) for (who, _), award in awards.items()}
            assert all(award == pence[who] / 100 for (who, _), award in awards.items())
            assert sum(pence.values()) == min(round(100 * amount), sum(round(100 * x) for x in amounts.values()))
            exact = claims.share(name, amount, amounts.values())
            for who, award in zip(amounts, exact):
                assert abs(pence[who] - 100 * float(award)) <= len(amounts)


def test_years_are_shared_in_order_at_a_pace(stpfin, tmp_path):
    rows = ("ccg,2016,4000", "trust,2016,6000", "ccg,2017,9000", "trust,2017,1000", "council,2017,3000")
    plan = plan_of(tmp_path / "plan", "".join(f"transformation,{row},,,\n" for row in rows))
    awards = allocate(stpfin, plan, "--pace", "0.1")
    assert [awards[who, 2016] for who in ("ccg", "trust")] == [2000, 3000]
    # The trust's claim goes before its pace; the council had no award and is not held to it.
    assert [awards[who, 2017] for who in ("ccg", "trust", "council")] == [2200, 1000, 1800]
    only = allocate(stpfin, plan, "--pace", "0.1", "--year", "2017/18")
    assert {year for _, year in only} == {2017} and only["ccg", 2017] == pytest.approx(5000 * 9 / 13, abs=0.02)
    award = "fund,organisation,year,amount,scenario\ntransformation,ccg,2016,1500,\ntransformation,ccg,2016,500,best\n"
    plan = plan_of(tmp_path / "with awards", "".join(f"transformation,{row},,,\n" for row in rows), award=award)
    assert allocate(stpfin, plan, "--pace", "0", "--year", "2017")["ccg", 2017] == 1500
    assert allocate(stpfin, plan, "--pace", "0", "--year", "2017", "--scenario", "best")["ccg", 2017] == 2000


def test_population_weighs_claims_by_the_people_of_their_footprints(stpfin, tmp_path):
    population = "footprint,year,sex,age,persons\n" + "".join(
        f"north,{year},,,{300 + year - 2015}\nsouth,{year},,,{700 + year - 2015}\n" for year in (2015, 2016, 2017))
    membership = "organisation,footprint,share\nccg,north,1\ntrust,north,0.5\ntrust,south,0.5\ncouncil,south,1\n"
    rows = "".join(f"transformation,{who},2016,4000,9,,\n" for who in ("ccg", "trust", "council"))
    plan = plan_of(tmp_path / "plan", rows, amount=6000, population=population, membership=membership, age_weight=None)
    awards = allocate(stpfin, plan, "--weight", "population", rule="equal_losses")
    people = {"ccg": 301, "trust": 501, "council": 701}
    heads = {who: (4000 - awards[who, 2016]) / people[who] for who in people}
    assert heads["ccg"] == pytest.approx(heads["trust"], abs=1e-3) == pytest.approx(heads["council"], abs=1e-3)
    plan = plan_of(tmp_path / "nobody", rows, population=None)
    status, said = refuse(stpfin, plan, "--fund", "transformation", "--rule", "equal_losses", "--weight", "population")
    assert status == 2 and "'ccg' has nobody to weigh its claim by in 2016" in said


def read_folder(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_out_is_a_plan_with_the_awards_and_the_allocation(stpfin, tmp_path):
    rows = "".join(f"transformation,{row},,,\n" for row in ("ccg,2016,4000", "trust,2016,6000", "ccg,2017,0"))
    fund = FUND + "transformation,2016,5000,revenue\ntransformation,2017,5000,revenue\nestate,2016,1,capital\n"
    award = ("fund,organisation,year,amount,scenario,note\ntransformation,ccg,2016,5,,gone\n"
             "transformation,trust,2016,77,best,gone\nestate,trust,2016,1,best,stays\n")
    plan = plan_of(tmp_path / "plan", rows, fund=fund, award=award)
    arguments = ("allocate", plan, "--fund", "transformation", "--rule", "equal_awards")
    for folder in ("new", "again"):
        done = stpfin.run(*arguments, "--out", tmp_path / folder)
        assert done.stdout == "" and str(tmp_path / folder) in done.stderr and "allocation.csv" in done.stderr
    assert read_folder(tmp_path / "new") == read_folder(tmp_path / "again")
    with open(tmp_path / "new" / "award.csv", newline="", encoding="utf-8") as lines:
        awards = [tuple(row.values()) for row in csv.DictReader(lines)]
    assert awards == [("estate", "trust", "2016", "1", "best", "stays"), ("transformation", "ccg", "2016", "2500", "", ""),
                      ("transformation", "trust", "2016", "2500", "", "")]
    with open(tmp_path / "new" / "allocation.csv", newline="", encoding="utf-8") as lines:
        allocation = [tuple(row.values()) for row in csv.DictReader(lines)]
    assert allocation == [("every", "transformation", "ccg", "", "2016", "4000", "2500", "1500"),
                          ("every", "transformation", "trust", "", "2016", "6000", "2500", "3500"),
                          ("every", "transformation", "ccg", "", "2017", "0", "0", "0")]
    package = json.loads((tmp_path / "new" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["stpfin"]["base_year"] == 2015 and len(package["stpfin_results"]["plan_hash"]) == 64
    assert "allocation" in {resource["name"] for resource in package["resources"]}
    checked = stpfin.run("check", tmp_path / "new")
    assert "0 errors" in checked.stderr and "allocation.csv: note: not a table of a plan" in checked.stdout
    ledger = json.loads(stpfin.run("project", tmp_path / "new", "--scenario", "best", "--table", "ledger", "--format",
                                   "json").stdout)["ledger"]
    received = {(row["scenario"], row["organisation"], row["year"]): row["income"] for row in ledger
                if row["line"] == "award"}
    assert received == {("best", "ccg", 2016): 2500, ("best", "trust", 2016): 2500}


def test_out_never_touches_a_plan(stpfin, tmp_path):
    plan = plan_of(tmp_path / "plan", "transformation,ccg,2016,1,,,\n")
    before = read_folder(plan)
    status, said = refuse(stpfin, plan, "--fund", "transformation", "--rule", "talmud", "--out", plan)
    assert status == 2 and "holds a plan already" in said and read_folder(plan) == before
    results = tmp_path / "results"
    stpfin.run("project", plan, "--out", results)
    before = read_folder(results)
    status, said = refuse(stpfin, plan, "--fund", "transformation", "--rule", "talmud", "--out", results)
    assert status == 2 and read_folder(results) == before
    status, said = refuse(stpfin, plan, "--fund", "transformation", "--rule", "talmud", "--out", tmp_path / "no" / "way")
    assert status == 4 and "cannot make the folder" in said


def test_awards_of_one_scenario_leave_the_others(stpfin, tmp_path):
    award = ("fund,organisation,year,amount,scenario\ntransformation,trust,2016,70,\n"
             "transformation,trust,2016,1,best\ntransformation,trust,2016,2,second\ntransformation,trust,2017,3,\n")
    scenario = BASE["scenario"] + "second,home,,\nthird,home,,\n"
    plan = plan_of(tmp_path / "plan", "transformation,ccg,2016,10,,,\n", award=award, scenario=scenario)
    done = stpfin.run("allocate", plan, "--fund", "transformation", "--rule", "talmud", "--scenario", "best",
                      "--table", "award", "--format", "csv")
    rows = [(row["organisation"], row["year"], row["amount"], row["scenario"])
            for row in csv.DictReader(done.stdout.splitlines())]
    assert rows == [("trust", "2016", "70", "second"), ("trust", "2016", "70", "third"), ("trust", "2016", "2", "second"),
                    ("trust", "2017", "3", ""), ("ccg", "2016", "10", "best")]


@pytest.mark.parametrize("status, words, claim, arguments", [
    (2, "--fund is missing", "ccg,2016,1,,,", ("--rule", "talmud")),
    (2, "--rule is missing", "ccg,2016,1,,,", ("--fund", "transformation")),
    (2, "--rule is proportional|equal_awards", "ccg,2016,1,,,", ("--fund", "transformation", "--rule", "fair")),
    (2, "--pace is a share from 0 up, as 0.1 for 10%, not '10%'", "ccg,2016,1,,,", ("--pace", "10%")),
    (2, "--pace is a share from 0 up", "ccg,2016,1,,,", ("--pace", "-0.1")),
    (2, "--table is allocation or award, not 'claim'", "ccg,2016,1,,,", (
        "--fund", "transformation", "--rule", "talmud", "--table", "claim")),
    (2, "did you mean transformation?", "ccg,2016,1,,,", ("--fund", "transformatoin", "--rule", "talmud")),
    (2, "nobody claims on 'transformation' in 2017", "ccg,2016,1,,,", (
        "--fund", "transformation", "--rule", "talmud", "--year", "2017")),
    (2, "do_nothing never has awards", "ccg,2016,1,,,", (
        "--fund", "transformation", "--rule", "talmud", "--scenario", "do_nothing")),
    (2, "the plan has no scenario 'bets': did you mean best?", "ccg,2016,1,,,", (
        "--fund", "transformation", "--rule", "talmud", "--scenario", "bets")),
    (2, "the claim of 'ccg' in 2016 has a weight of 0", "ccg,2016,1,0,,", (
        "--fund", "transformation", "--rule", "proportional")),
    (2, "transformation in 2016: talmud has no weights", "ccg,2016,1,2,,", (
        "--fund", "transformation", "--rule", "talmud")),
    (2, "talmud has no weights", "ccg,2016,1,,,", (
        "--fund", "transformation", "--rule", "talmud", "--weight", "population")),
    (3, "transformation in 2016: the floors sum to 6000 and there is 5000 to share", "ccg,2016,7000,,6000,", (
        "--fund", "transformation", "--rule", "talmud")),
    (3, "transformation in 2016: the caps take 10 and there is 5000 to share", "ccg,2016,7000,,,10", (
        "--fund", "transformation", "--rule", "talmud")),
])
def test_what_cannot_be_allocated(stpfin, tmp_path, status, words, claim, arguments):
    plan = plan_of(tmp_path / "plan", f"transformation,{claim}\n")
    if status == 3:
        arguments = (*arguments, "--out", tmp_path / "out")
    ended, said = refuse(stpfin, plan, *arguments)
    assert words in said and ended == status and not (tmp_path / "out").exists()


def test_text_shows_claim_award_and_residual_in_millions(stpfin, tmp_path):
    plan = plan_of(tmp_path / "plan", "transformation,ccg,2016,7000000,,,\ntransformation,trust,2016,1000000,,,\n",
                   amount=4000000)
    text = stpfin.run("allocate", plan, "--fund", "transformation", "--rule", "proportional").stdout
    assert text.splitlines()[:2] == ["allocation: awards from a fund, by rule or to chosen bids",
                                     "scenario every · £m in prices of each year"]
    shown = [line.split()[-2:] for line in text.splitlines() if line.endswith(tuple("0123456789"))]
    assert shown[1:4] == [["claim", "7.0"], ["award", "3.5"], ["residual", "3.5"]]


# What is earned

CONDITIONS = {"control total": (True, 0.7, 1), "A&E": (False, 0.125, 2), "referral to treatment": (False, 0.125, 2),
              "cancer": (False, 0.05, 3)}


def conditions_table(conditions=None):
    rows = (f"transformation,2016,{name},{'yes' if gate else 'no'},{share},{first}\n"
            for name, (gate, share, first) in (conditions or CONDITIONS).items())
    return "fund,year,condition,gate,share,first_quarter\n" + "".join(rows)


def results_table(results):
    """(organisation, quarter) → how each condition was met."""
    rows = (f"transformation,{who},2016,{quarter},{name},{met}\n"
            for (who, quarter), found in results.items() for name, met in found.items())
    return "fund,organisation,year,quarter,condition,met\n" + "".join(rows)


def earned(stpfin, plan, *arguments):
    rows = json.loads(stpfin.run("project", plan, "--scenario", "best", "--table", "fund_earned", "--format", "json",
                                 *arguments).stdout)["fund_earned"]
    assert {row["scenario"] for row in rows} <= {"best"} and {row["year"] for row in rows} <= {2016}
    return {(row["organisation"], row["quarter"]): row["earned"] for row in rows}


def test_the_rule_of_2016(stpfin, tmp_path):
    """£10m a year, second quarter, gate met, A&E missed."""
    award = "fund,organisation,year,amount,scenario\ntransformation,trust,2016,10000000,best\n"
    met = {"control total": "standard", "A&E": "no", "referral to treatment": "trajectory"}
    plan = write_plan(tmp_path / "plan", {"award": award, "fund_condition": conditions_table(),
                                          "fund_result": results_table({("trust", 2): met})})
    assert earned(stpfin, plan) == {("trust", 2): pytest.approx(2187500, rel=1e-12)}
    assert earned(stpfin, plan, "--prices", "real")["trust", 2] != pytest.approx(2187500, rel=1e-6)


def test_random_results_earn_what_the_reference_says(stpfin, tmp_path):
    chance = random.Random(8)
    seen = set()
    for number in range(12):
        results = {(who, quarter): {name: chance.choice(("standard", "trajectory", "trajectory", "no"))
                                    for name in CONDITIONS if chance.random() < 0.97}
                   for who in ("ccg", "trust", "council") for quarter in (1, 2, 3, 4)}
        awards = {"ccg": (1000.5, 2000), "trust": (3e6,), "council": (7,)}
        award = "fund,organisation,year,amount,scenario\n" + "".join(
            f"transformation,{who},2016,{x},{'' if i else 'best'}\n" for who, xs in awards.items()
            for i, x in enumerate(xs)) + "transformation,trust,2017,5,best\ntransformation,trust,2016,9,other\n"
        plan = write_plan(tmp_path / str(number), {
            "award": award, "fund_condition": conditions_table(), "fund_result": results_table(results),
            "scenario": "+other,home,,\n"})
        expected = {(who, quarter): claims.earned(sum(awards[who]), CONDITIONS, found, quarter)
                    for (who, quarter), found in results.items()}
        seen |= {0 if x == 0 else type(x) for x in expected.values()}
        expected = {key: pytest.approx(x, rel=1e-12) for key, x in expected.items() if x is not None}
        assert earned(stpfin, plan) == expected
    assert seen == {0, float, type(None)}


def test_a_fund_without_conditions_earns_nothing_to_show(stpfin, tmp_path):
    plan = write_plan(tmp_path / "plan", {"fund_condition": None, "fund_result": None})
    assert earned(stpfin, plan) == {}


# Rules of the tables

RULES = [
    *(rule(f"{table} is of a fund that has money in the year",
           {table: with_cell(table, "year", "2017")},
           {table: with_cell(table, "year", "2015")},
           {f"{table}.csv:2:year": "the fund 'transformation' has no row for 2015: add it to the table fund"})
      for table in ("award", "claim", "bid_amount", "portfolio_limit")),
    rule("a condition is of a fund that has money in the year",
         {"fund_condition": "+transformation,2017,A&E,yes,,\n"},
         {"fund_condition": "+transformation,2015,A&E,yes,,\n"},
         {"fund_condition.csv:3:year": "the fund 'transformation' has no row for 2015: add it to the table fund"}),
    rule("a floor is at most the claim",
         {"claim": with_cell("claim", "floor", "2000")},
         {"claim": with_cell("claim", "floor", "2000.5").replace(",2000\n", ",\n")},
         {"claim.csv:2:floor": "the floor of 2000.5 is above the claim of 2000: lower the one or raise the other"}),
    rule("a floor is at most the cap",
         {"claim": with_cell("claim", "floor", "10").replace(",2000\n", ",10\n")},
         {"claim": with_cell("claim", "floor", "10").replace(",2000\n", ",9\n")},
         {"claim.csv:2:floor": "the floor of 10 is above the cap of 9: lower the one or raise the other"}),
    *(rule(f"{table} is of an organisation with a position of its own",
           {table: with_cell(table, "organisation", "council")},
           {table: with_cell(table, "organisation", "gps")},
           {f"{table}.csv:2:organisation": "'gps' is of kind outside, which has no position of its own"})
      for table in ("claim", "bid")),
    rule("the shares of a fund and year sum to 1 at most",
         {"fund_condition": "+transformation,2016,rest,yes,0.875,\ntransformation,2017,rest,yes,1,\n"},
         {"fund_condition": "+transformation,2016,rest,yes,0.875,\ntransformation,2016,more,yes,0.1,\n"},
         {"fund_condition.csv:4:share": "with this condition the shares of 'transformation' in 2016 sum to 1.1: they "
                                        "may sum to 1 at most"}),
    rule("a result is of a condition of its fund and year",
         {"fund_condition": "+transformation,2017,A&E,yes,,\n",
          "fund_result": "+transformation,trust,2017,1,A&E,standard\n"},
         {"fund_result": "+transformation,trust,2017,1,A&E,standard\n"},
         {"fund_result.csv:3:condition": "'A&E' is no condition of the fund 'transformation' in 2017: add it to the "
                                         "table fund_condition"}),
    rule("a condition is named as it is",
         {"fund_condition": "+transformation,2016,cancer,yes,,\n",
          "fund_result": "+transformation,trust,2016,1,cancer,no\n"},
         {"fund_condition": "+transformation,2016,cancer,yes,,\n",
          "fund_result": "+transformation,trust,2016,1,canser,no\n"},
         {"fund_result.csv:3:condition": "'canser' is no condition of the fund 'transformation' in 2016: did you mean "
                                         "'cancer'?"}),
    rule("every is no name of a scenario",
         {"scenario": "+everything,home,,\n"},
         {"scenario": "+every,home,,\n"},
         {"scenario.csv:3:scenario": "'every' is a word that results use themselves"}),
]


@pytest.mark.parametrize("broken_rule", RULES)
def test_fund_rule(check_changed, broken_rule):  # noqa: F811
    kept, broken = check_changed(broken_rule.kept), check_changed(broken_rule.broken)
    assert kept.of("error") == []
    found = dict(broken.of("error"))
    assert found.keys() == broken_rule.errors.keys()
    for where, words in broken_rule.errors.items():
        assert words in found[where]


def test_a_quarter_whose_results_are_not_all_in_is_warned_of(check_changed):  # noqa: F811
    def warnings(results):
        return check_changed({"fund_condition": conditions_table(), "fund_result": results_table(results)}).of("warning")

    assert warnings({("trust", 1): {"control total": "no"}}) == []
    assert warnings({("trust", 2): {"control total": "no", "A&E": "no"}}) == [
        ("fund_result.csv:2:condition", "'trust' has no result of 'referral to treatment' in this quarter: until it has, "
                                        "what it earned is not shown")]
