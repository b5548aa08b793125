"""Every rule of the tables about quality, each by a plan that keeps it and one that breaks it, as in test_rules.py; and
what is legal but warned of or noted."""

import pathlib

import pytest

from test_rules import BASE, assert_rule, check, check_changed, rule

INDICATOR = BASE["indicator"].splitlines()[0] + "\n"
VALUE = BASE["indicator_value"].splitlines()[0] + "\n"
TREND = BASE["indicator_trend"].splitlines()[0] + "\n"
EFFECT = BASE["indicator_effect"].splitlines()[0] + "\n"
COST = BASE["indicator_cost"].splitlines()[0] + "\n"
UNASKED = {"engagement": None}
ENGLAND = pathlib.Path(__file__).parents[1] / "data" / "england"


def waits(kind="proportion", multiplier="100", target="95"):
    return {"indicator": INDICATOR + f"waits,Four-hour waits,quality,%,higher,{kind},{multiplier},{target},1,nel\n"}


def values(*rows):
    return {"indicator_value": VALUE + "".join(f"{row}\n" for row in rows)}


RULES = [
    rule("a proportion is of its denominator",
         values("north,waits,2014,100,100"),
         values("north,waits,2014,100.5,100"),
         {"indicator_value.csv:2:numerator": "100.5 of 100 is no proportion: give no more than the denominator, or call "
                                             "the indicator a rate"}),
    rule("a rate may be above 1",
         {**waits("rate"), **values("north,waits,2014,101,100")},
         {**waits("proportion"), **values("north,waits,2013,1,100", "north,waits,2014,101,100")},
         {"indicator_value.csv:3:numerator": "101 of 100 is no proportion"}),
    rule("a kind that cannot be read is told once",
         values("north,waits,2014,100,100"),
         {**waits("share"), **values("north,waits,2014,101,100")},
         {"indicator.csv:2:kind": "'share' is not"}),
    rule("what is divided by is above 0",
         values("north,waits,2014,0,1"),
         values("north,waits,2014,0,0"),
         {"indicator_value.csv:2:denominator": "0 is out of range"}),
    rule("what is counted is not below 0",
         values("north,waits,2014,0,1"),
         values("north,waits,2014,-1,1"),
         {"indicator_value.csv:2:numerator": "-1 is out of range"}),
    rule("a trend is in the unit of the indicator",
         {"indicator_trend": TREND + "waits,north,-100\n"},
         {"indicator_trend": TREND + "waits,north,-101\n"},
         {"indicator_trend.csv:2:change": "'waits' goes from 0 to 100, so that it cannot change by -101: give the change "
                                          "in its unit"}),
    rule("an effect is in the unit of the indicator",
         {**waits(multiplier="", target=""), "indicator_trend": None,
          "indicator_effect": EFFECT + "home,waits,north,-0.02,2016\n"},
         {**waits(multiplier="", target=""), "indicator_trend": None,
          "indicator_effect": EFFECT + "home,waits,north,2,2016\n"},
         {"indicator_effect.csv:2:change": "'waits' goes from 0 to 1, so that it cannot change by 2"}),
    rule("a rate may change by anything",
         {**waits("ratio", ""), "indicator_trend": None, "indicator_effect": EFFECT + "home,waits,north,200,2016\n"},
         {**waits(), "indicator_trend": None, "indicator_effect": EFFECT + "home,waits,north,200,2016\n"},
         {"indicator_effect.csv:2:change": "'waits' goes from 0 to 100"}),
    rule("an effect begins after the base year",
         {"indicator_effect": EFFECT + "home,waits,north,2,2016\n"},
         {"indicator_effect": EFFECT + "home,waits,north,2,2015\n"},
         {"indicator_effect.csv:2:start_year": "2015 is not after the base year 2015"}),
    rule("a parent is observed through its children",
         values("north,waits,2014,1,2"),
         values("region,waits,2014,1,2"),
         {"indicator_value.csv:2:footprint": "'region' is a parent of other footprints: name the footprints within it"}),
    rule("the care that improvement takes is bought where it is observed",
         {**values("north,waits,2014,1,2"), "indicator_cost": COST + "waits,nel,0.1\nwaits,gp,1\n"},
         {**values("north,waits,2014,1,2", "south,waits,2014,1,2"),
          "indicator_cost": COST + "waits,nel,0.1\nwaits,gp,1\n"},
         {f"indicator_cost.csv:{row}:service": f"no commissioner or council of 'south' buys '{service}' with activity, so "
                                               "that a unit has no cost: give them a flow, or name a service that they "
                                               "buy" for row, service in ((2, "nel"), (3, "gp"))}),
    rule("a council may buy it",
         {**values("south,waits,2014,1,2"), "flow": "+council,trust,nel,10,10,,,\n"},
         {**values("south,waits,2014,1,2"), "flow": "+trust,gps,nel,10,10,,,\n"},
         {"indicator_cost.csv:2:service": "no commissioner or council of 'south' buys 'nel' with activity"}),
    rule("a unit of it has a cost",
         {**values("south,waits,2014,1,2"), "flow": "+council,trust,nel,10,10,,,\ncouncil,trust,nel,,10,,,\n"},
         {**values("south,waits,2014,1,2"), "flow": "+council,trust,nel,,10,,,\n"},
         {"indicator_cost.csv:2:service": "no commissioner or council of 'south' buys 'nel' with activity"}),
    rule("an activity that cannot be read is told once",
         {**values("south,waits,2014,1,2"), "flow": "+council,trust,nel,10,10,,,\n"},
         {**values("south,waits,2014,1,2"), "flow": "+council,trust,nel,ten,10,,,\n"},
         {"flow.csv:4:activity": "'ten' is not a number"}),
]


@pytest.mark.parametrize("case", RULES)
def test_quality_rule(check_changed, case):
    assert_rule(check_changed, case)


# What is warned of or noted: by name, severity, changes without it, changes with it, where it stands and what it says.
NOT_OBSERVED = "'waits' is not observed there: the effect does nothing, so look at its indicator and footprint, or add " \
               "to indicator_value"
TOLD = [
    ("an effect finds the indicator in its footprint", "warning",
     UNASKED, {**UNASKED, "indicator_effect": EFFECT + "home,waits,south,2,2016\n"},
     "indicator_effect.csv:2", NOT_OBSERVED),
    ("an effect finds the indicator somewhere", "warning",
     {**UNASKED, "indicator_effect": EFFECT + "home,waits,,2,2016\n"},
     {**UNASKED, "indicator_effect": EFFECT + "home,waits,,2,2016\n", "indicator_value": None},
     "indicator_effect.csv:2", NOT_OBSERVED),
    ("a target is not above what a proportion can be", "warning",
     {**UNASKED, **waits(target="100")}, {**UNASKED, **waits(target="100.5")},
     "indicator.csv:2:target", "100.5 cannot be reached: 'waits' is never above 100"),
    ("a target is not above 1 without a multiplier", "warning",
     {**UNASKED, **waits("rate", "", "95")},
     {**UNASKED, **waits("proportion", "", "95"), "indicator_trend": None, "indicator_effect": None},
     "indicator.csv:2:target", "95 cannot be reached: 'waits' is never above 1"),
    ("a target is not below 0", "warning",
     {**UNASKED, **waits("rate", "", "0")}, {**UNASKED, **waits("rate", "", "-1")},
     "indicator.csv:2:target", "-1 cannot be reached: 'waits' is never below 0"),
    ("an indicator is observed", "note",
     UNASKED, {**UNASKED, "indicator_value": None},
     "indicator.csv:2", "'waits' is not observed: no result shows it"),
    ("improving an indicator costs", "note",
     {**UNASKED, "indicator_cost": COST + "waits,nel,0\n"}, {**UNASKED, "indicator_cost": None},
     "indicator.csv:2", "'waits' has no indicator_cost: schemes improve it for nothing"),
    ("a value is of a year of the plan or before", "note",
     UNASKED, {**UNASKED, **values("north,waits,2014,1,2", "north,waits,2099,1,2")},
     "indicator_value.csv", None),
]


@pytest.mark.parametrize("severity, quiet, told, where, message", [case[1:] for case in TOLD],
                         ids=[case[0] for case in TOLD])
def test_quality_is_told_of(check_changed, severity, quiet, told, where, message):
    done = check_changed(quiet)
    assert done.status == 0 and not any(place.startswith("indicator") for place, _ in done.of(severity))
    done = check_changed(told)
    assert done.status == 0
    [(place, found)] = [row for row in done.of(severity) if row[0].startswith("indicator")]
    assert place == where
    assert message in (None, found)


def test_effects_on_indicators_are_projected(check_changed):
    assert not any(where == "indicator_effect.csv" for where, _ in check_changed().of("note"))


def test_overdispersion_is_asked_for_on_the_command_line(stpfin):
    def funnels(*options):
        rows = stpfin.tables("project", ENGLAND, "--table", "quality_gap", *options)["quality_gap"]
        return [row["funnel"] for row in rows if row["funnel"]]

    assert len(funnels()) == len(funnels("--overdispersion"))
    assert funnels().count("as_expected") < funnels("--overdispersion").count("as_expected")
