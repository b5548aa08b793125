"""Every rule of the tables about schemes, each by a plan that keeps it and one that breaks it, as in test_rules.py; and
what is legal but warned of."""

import pytest

from test_rules import BASE, assert_rule, check, check_changed, rule, with_cell

EFFECTS = ("activity_effect", "efficiency_effect", "prevention_effect", "indicator_effect")
ACTIVITY_EFFECT = BASE["activity_effect"].splitlines()[0] + "\n"
EFFICIENCY_EFFECT = BASE["efficiency_effect"].splitlines()[0] + "\n"
OUTPATIENTS = "+out,Outpatient attendance,acute,attendance,,,,,\n"
NO_UNIT_COST = ("gp,gps,1,60", "gp,gps,1,")


def activity_effect(row):
    return {"activity_effect": ACTIVITY_EFFECT + row}


def only(table):
    """The effects of other tables left out."""
    return {other: None for other in EFFECTS if other != table}


RULES = [
    # Timing

    *(rule(f"{table} starts after the base year",
           {table: with_cell(table, "start_year", "2016/17")},
           {table: with_cell(table, "start_year", "2015/16")},
           {f"{table}.csv:2:start_year": "2015 is not after the base year 2015, which is as it was: give a later year"})
      for table in EFFECTS),
    *(rule(f"{table} may start after the last year",
           {table: with_cell(table, "start_year", "2030").replace(",2017,2017,linear", ",,,linear")},
           {table: with_cell(table, "start_year", "1999").replace(",2017,2017,linear", ",,,linear")},
           {f"{table}.csv:2:start_year": "1999 is not after the base year 2015"})
      for table in EFFECTS),
    *(rule(f"{table} is full no earlier than it starts",
           {table: with_cell(table, "full_year", "2016")},
           {table: with_cell(table, "full_year", "2015")},
           {f"{table}.csv:2:full_year": "2015 is before the start in 2016: give that year or a later one"})
      for table in EFFECTS),
    *(rule(f"{table} ends no earlier than it starts, where it is full at once",
           {table: with_cell(table, "last_year", "2016").replace(",2017,2016", ",,2016")},
           {table: with_cell(table, "last_year", "2015").replace(",2017,2015", ",,2015")},
           {f"{table}.csv:2:last_year": "2015 is before 2016, when the effect is full: give that year or a later one"})
      for table in EFFECTS),
    rule("an effect ends no earlier than it is full",
         {"activity_effect": ("2017,2017,linear", "2017,2018,linear")},
         {"activity_effect": ("2017,2017,linear", "2018,2017,linear")},
         {"activity_effect.csv:2:last_year": "2017 is before 2018, when the effect is full: give that year or a later "
                                             "one"}),
    rule("a year may be blank but the first",
         {"activity_effect": ("2016,2017,2017,linear", "2016,,,")},
         {"activity_effect": ("2016,2017,2017,linear", ",2017,,")},
         {"activity_effect.csv:2:start_year": "the cell is blank"}),
    *(rule(f"a ramp is one of three: {ramp}",
           {"activity_effect": ("linear", ramp)},
           {"activity_effect": ("linear", ramp.replace("_", "-").upper())},
           {"activity_effect.csv:2:ramp": "is not one of: linear, s_curve, annual"})
      for ramp in ("linear", "s_curve", "annual")),

    # Shifts

    rule("a shift has a provider",
         {"activity_effect": (",gp,gps,", ",,,")},
         {"activity_effect": (",gp,gps,", ",gp,,")},
         {"activity_effect.csv:2:to_provider": "a shift needs both to_service and to_provider: fill it in, or leave "
                                               "both blank"}),
    rule("a shift has a service",
         {"activity_effect": (",gp,gps,", ",nel,gps,")},
         {"activity_effect": (",gp,gps,", ",,gps,")},
         {"activity_effect.csv:2:to_service": "a shift needs both to_service and to_provider"}),
    *(rule(f"a destination that does not exist is told once: {column}",
           {"activity_effect": (",gp,gps,", ",gp,trust,")},
           {"activity_effect": (",gp,gps,", wrong)},
           {f"activity_effect.csv:2:{column}": "add it there, or correct it here"})
      for column, wrong in (("to_service", ",zzzzzzzz,gps,"), ("to_provider", ",gp,zzzzzzzz,"))),
    rule("a shift takes from flows with activity",
         {"flow": "+ccg,council,nel,,1,,,\n"},
         {"flow": "+ccg,trust,nel,,1,,,\n"},
         {"activity_effect.csv:2:service": "the flow in row 4 is cost only: what has no activity cannot be moved, so "
                                           "give it activity or reduce it without a destination"}),
    rule("an effect of an unknown provider is not taken for one of all",
         {"flow": "+ccg,council,nel,,1,,,\n", "activity_effect": ("home,ccg,trust,nel", "home,ccg,trust,gp")},
         {"flow": "+ccg,council,nel,,1,,,\n", "activity_effect": ("home,ccg,trust,nel", "home,ccg,zzzzzzzz,nel")},
         {"activity_effect.csv:2:provider": "'zzzzzzzz' is not in the table organisation"}),
    rule("a flow of an unknown commissioner asks for no unit cost",
         {"flow": "+council,trust,nel,1,1,,,\n", "activity_effect": ("home,ccg,trust,nel", "home,,trust,nel")},
         {"flow": "+zzzzzzzz,trust,nel,1,1,,,\n", "activity_effect": ("home,ccg,trust,nel,0.1,gp,gps,1,60",
                                                                       "home,,trust,nel,0.1,gp,gps,1,")},
         {"flow.csv:4:commissioner": "'zzzzzzzz' is not in the table organisation"}),
    rule("activity that is wrong is not taken for blank",
         {"flow": ("trust,nel,10000", "trust,nel,1e4")},
         {"flow": ("trust,nel,10000", "trust,nel,ten")},
         {"flow.csv:2:activity": "'ten' is not a number"}),
    rule("a reduction may be of money alone",
         {"flow": "+ccg,trust,nel,,1,,,\n", "activity_effect": (",gp,gps,", ",,,")},
         {"flow": "+ccg,trust,nel,,1,,,\n", "activity_effect": ("home,ccg,trust", "home,,")},
         {"activity_effect.csv:2:service": "the flow in row 4 is cost only"}),
    rule("a shift's unit cost is that of its commissioner at who it goes to",
         {"activity_effect": NO_UNIT_COST},
         {"activity_effect": NO_UNIT_COST, "flow": ("50000,3000000", ",3000000")},
         {"activity_effect.csv:2:unit_cost": "'ccg' buys no 'gp' whose unit cost could be taken: give one"}),
    rule("a shift's unit cost is else that of its commissioner anywhere",
         {"activity_effect": ("gp,gps,1,60", "gp,trust,1,")},
         {"activity_effect": ("gp,gps,1,60", "out,trust,1,"), "service": OUTPATIENTS,
          "flow": "+council,trust,out,1,100,,,\n"},
         {"activity_effect.csv:2:unit_cost": "'ccg' buys no 'out' whose unit cost could be taken: give one"}),
    rule("a shift to what nobody gives yet has a unit cost",
         {"activity_effect": ("gp,gps,1,60", "out,gps,1,60"), "service": OUTPATIENTS},
         {"activity_effect": ("gp,gps,1,60", "out,gps,1,"), "service": OUTPATIENTS},
         {"activity_effect.csv:2:unit_cost": "'ccg' buys no 'out'"}),
    rule("a shift has a unit cost for every commissioner it acts for",
         {"flow": "+council,trust,nel,1,1,,,\n", "activity_effect": NO_UNIT_COST},
         {"flow": "+council,trust,nel,1,1,,,\n", "activity_effect": ("home,ccg,trust,nel,0.1,gp,gps,1,60",
                                                                      "home,,trust,nel,0.1,gp,gps,1,")},
         {"activity_effect.csv:2:unit_cost": "'council' buys no 'gp' whose unit cost could be taken: give one"}),
    rule("a shift goes to who provides care",
         {"activity_effect": ("gp,gps,1,60", "gp,council,1,60")},
         {"activity_effect": ("gp,gps,1,60", "gp,board,1,60")},
         {"activity_effect.csv:2:to_provider": "'board' is a board, which provides no care: name who does"}),
    rule("a shift is not negative",
         {"activity_effect": ("nel,0.1,gp", "nel,0,gp")},
         {"activity_effect": ("nel,0.1,gp", "nel,-0.1,gp")},
         {"activity_effect.csv:2:reduction": "-0.1 is negative: activity cannot be moved back, so give 0 to 1"}),
    rule("a reduction may be negative",
         {"activity_effect": ("nel,0.1,gp,gps", "nel,-1,,")},
         {"activity_effect": ("nel,0.1,gp,gps", "nel,-1.1,,")},
         {"activity_effect.csv:2:reduction": "-1.1 is out of range: it must be -1 to 1"}),
    *(rule(f"{column} of a shift is not negative",
           {"activity_effect": with_cell("activity_effect", column, "0")},
           {"activity_effect": with_cell("activity_effect", column, "-1")},
           {f"activity_effect.csv:2:{column}": "-1 is out of range: it must be 0 or more"})
      for column in ("substitution", "unit_cost")),

    # Sizes

    *(rule(f"a stay reduction lies between 0 and 1: {wrong}",
           {"efficiency_effect": ("0.02,0.1", f"0.02,{right}")},
           {"efficiency_effect": ("0.02,0.1", f"0.02,{wrong}")},
           {"efficiency_effect.csv:2:stay_reduction": f"{wrong} is out of range: it must be 0 to 1"})
      for right, wrong in (("0", "-0.1"), ("1", "1.1"))),
    rule("a saving may be negative, and both may be blank",
         {"efficiency_effect": "+home,,,,-0.02,,2016\nhome,,,,,0.1,2016\nhome,,,,,,2016\n"},
         {"efficiency_effect": "+home,,,,-1.02,,2016\n"},
         {"efficiency_effect.csv:3:saving": "-1.02 is out of range: it must be -1 to 1"}),
    *(rule(f"a size stays within 1 after scale: {column} of {table}",
           {"scenario": ("home,1,0", "home,5,0"), table: with_cell(table, column, "0.2"), **only(table)},
           {"scenario": ("home,1,0", "home,6,0"), table: with_cell(table, column, "0.2"), **only(table)},
           {"scenario.csv:2:scale": f"times 6, the {column} of 'home' in row 2 of {table} is 1.2: it must stay within "
                                    "-1 and 1"})
      for table, column in (("activity_effect", "reduction"), ("efficiency_effect", "saving"),
                            ("prevention_effect", "reduction"))),
    rule("a size stays within 1 after scale: stay_reduction of efficiency_effect",
         {"scenario": ("home,1,0", "home,5,0"), "efficiency_effect": EFFICIENCY_EFFECT + "home,,,,,0.2,2016\n",
          **only("efficiency_effect")},
         {"scenario": ("home,1,0", "home,6,0"), "efficiency_effect": EFFICIENCY_EFFECT + "home,,,,,0.2,2016\n",
          **only("efficiency_effect")},
         {"scenario.csv:2:scale": "times 6, the stay_reduction of 'home' in row 2 of efficiency_effect is 1.2"}),
    rule("a negative size stays within 1 after scale",
         {"scenario": ("home,1,0", "home,2,0"), **only("activity_effect"),
          **activity_effect("home,,,nel,-0.5,,,,,2016,,,\n")},
         {"scenario": ("home,1,0", "home,3,0"), **only("activity_effect"),
          **activity_effect("home,,,nel,-0.5,,,,,2016,,,\n")},
         {"scenario.csv:2:scale": "times 3, the reduction of 'home' in row 2 of activity_effect is -1.5"}),
    rule("a size is scaled by its own scheme's scale",
         {"scheme": "+other,Other,Care,funding,ccg,\n", "scenario": "+best,other,100,\nlarge,other,100,\n"},
         {"scheme": "+other,Other,Care,funding,ccg,\n", "scenario": "+best,other,100,\nlarge,home,60,\n",
          **only("efficiency_effect"), "efficiency_effect": ("0.02,0.1", "0.02,")},
         {"scenario.csv:4:scale": "times 60, the saving of 'home' in row 2 of efficiency_effect is 1.2"}),

    # Costs

    rule("capital has a life",
         {"scheme_cost": ("2016,capital,1000,10", "2016,capital,1000,1")},
         {"scheme_cost": ("2016,capital,1000,10", "2016,capital,1000,")},
         {"scheme_cost.csv:2:asset_life": "the cell is blank: capital needs the whole years of its life, to be written "
                                          "off over"}),
    rule("a life is a year or more",
         {"scheme_cost": ("2016,capital,1000,10", "2016,transition,1000,")},
         {"scheme_cost": ("2016,capital,1000,10", "2016,capital,1000,0")},
         {"scheme_cost.csv:2:asset_life": "0 is out of range: it must be 1 or more"}),
    rule("a life that is wrong is told once",
         {"scheme_cost": ("1000,10", "-1000,10")},
         {"scheme_cost": ("1000,10", "1000,ten")},
         {"scheme_cost.csv:2:asset_life": "'ten' is not a number"}),
    *(rule(f"scheme costs fall on who has a position: {kind}",
           {"scheme_cost": ("home,ccg", "home,council")},
           {"scheme_cost": ("home,ccg", f"home,{name}")},
           {"scheme_cost.csv:2:organisation": f"'{name}' is of kind {kind}, which has no position of its own: name a "
                                              "commissioner, provider or council"})
      for name, kind in (("gps", "outside"), ("board", "board"))),

    # Scenarios and awards

    rule("a scenario's schemes exist",
         {"scheme": "+hom,Another,Care,funding,ccg,\n", "scenario": "+best,hom,1,0\n"},
         {"scenario": "+best,hom,1,0\n"},
         {"scenario.csv:3:scheme": "'hom' is not in the table scheme: did you mean 'home'?"}),
    rule("a scenario has a scheme once",
         {"scenario": "+worst,home,1,0\n"},
         {"scenario": "+worst,home,1,0\nbest,home,0.5,1\n"},
         {"scenario.csv:4:scheme": "the same key as in row 2"}),
    rule("a scenario is not called do_nothing",
         {"scenario": "+do_little,home,1,0\n"},
         {"scenario": "+do_nothing,home,1,0\n"},
         {"scenario.csv:3:scenario": "'do_nothing' is a word that results use themselves: choose another name"}),
    *(rule(f"{column} is not negative",
           {"scenario": with_cell("scenario", column, "0")},
           {"scenario": with_cell("scenario", column, "-1")},
           {f"scenario.csv:2:{column}": "-1 is out of range: it must be 0 or more"})
      for column in ("scale", "delay")),
    rule("a delay is of whole years",
         {"scenario": with_cell("scenario", "delay", "")},
         {"scenario": with_cell("scenario", "delay", "0.5")},
         {"scenario.csv:2:delay": "0.5 is not a whole number"}),
    rule("an award is of a fund that has money in the year",
         {"fund": "+new,2017,1,capital\n", "award": "+new,trust,2017,1,\n"},
         {"fund": "+new,2016,1,capital\n", "award": "+new,trust,2017,1,\n"},
         {"award.csv:3:year": "the fund 'new' has no row for 2017: add it to the table fund"}),
]


@pytest.mark.parametrize("case", RULES)
def test_scheme_rule(check_changed, case):
    assert_rule(check_changed, case)


# What is warned of

UNASKED = {"engagement": None}
FITS_NOTHING = "no flow fits: the effect does nothing, so look at its commissioner, provider and service"


def asked(end, scheme="home"):
    return {"engagement": f"scheme,group,stage,start,end\n{scheme},public,consulted,2015-10-01,{end}\n"}


def studied(effect, low, high, service="nel"):
    return {**UNASKED, "evidence": f"service,effect,low,high\n{service},{effect},{low},{high}\n"}


# By name: changes without a warning, changes with one, where it stands and what it says.
WARNINGS = [
    ("an effect fits a flow",
     {**UNASKED, "activity_effect": ("home,ccg,trust,nel", "home,,,nel")},
     {**UNASKED, "activity_effect": ("home,ccg,trust,nel", "home,ccg,council,nel")},
     "activity_effect.csv:2", FITS_NOTHING),
    ("an efficiency fits a flow",
     {**UNASKED, "efficiency_effect": "+home,,gps,,0.1,,2016\n"},
     {**UNASKED, "efficiency_effect": "+home,,gps,nel,0.1,,2016\n"},
     "efficiency_effect.csv:3", FITS_NOTHING),
    ("a reduction is not above what was published",
     {**UNASKED, "activity_effect": ("nel,0.1,gp", "nel,0.15,gp")},
     {**UNASKED, "activity_effect": ("nel,0.1,gp", "nel,0.16,gp")},
     "activity_effect.csv:2:reduction", "comes to 0.16, outside the published 0.05 to 0.15 for 'nel' (row 2 of evidence)"),
    ("a reduction is not below what was published",
     {**UNASKED, "activity_effect": ("nel,0.1,gp", "nel,0.05,gp")},
     {**UNASKED, "activity_effect": ("nel,0.1,gp", "nel,0.04,gp")},
     "activity_effect.csv:2:reduction", "comes to 0.04, outside the published 0.05 to 0.15"),
    ("a saving is as published", studied("saving", 0, 0.02), studied("saving", 0.03, 0.04),
     "efficiency_effect.csv:2:saving", "comes to 0.02, outside the published 0.03 to 0.04 for 'nel' (row 2 of evidence)"),
    ("a stay reduction is as published", studied("stay", 0.1, 0.2), studied("stay", 0.15, 0.2),
     "efficiency_effect.csv:2:stay_reduction", "comes to 0.1, outside the published 0.15 to 0.2 for 'nel'"),
    ("a saving of all services is compared with each that was studied",
     studied("saving", 0.3, 0.4, "gp"),
     {**studied("saving", 0.3, 0.4, "gp"), "efficiency_effect": "+home,,,,0.02,,2016\n"},
     "efficiency_effect.csv:3:saving", "comes to 0.02, outside the published 0.3 to 0.4 for 'gp' (row 2 of evidence)"),
    ("what is not given is not compared",
     {**studied("saving", 0.3, 0.4), "efficiency_effect": ("0.02,0.1", ",0.1")},
     {**studied("saving", 0.3, 0.4), "efficiency_effect": ("0.02,0.1", "0,0.1")},
     "efficiency_effect.csv:2:saving", "comes to 0, outside the published 0.3 to 0.4"),
    *((f"{table} starts after its consultation ends on a day",
       {**only(table), **asked("2016-03-31")}, {**only(table), **asked("2016-04-02")},
       f"{table}.csv:2:start_year",
       "the effect starts in 2016, before its consultation ends (2016-04-02, row 2 of engagement)")
      for table in EFFECTS),
    ("an effect starts after its consultation ends in a financial year",
     {**only("activity_effect"), **asked("2015/16")}, {**only("activity_effect"), **asked("2016/17")},
     "activity_effect.csv:2:start_year",
     "the effect starts in 2016, before its consultation ends (2016/17, row 2 of engagement)"),
    ("an effect starts after the consultation on the whole plan ends",
     {**only("activity_effect"), **asked("", "")}, {**only("activity_effect"), **asked("2017-01-31", "")},
     "activity_effect.csv:2:start_year", "before its consultation ends (2017-01-31, row 2 of engagement)"),
    ("a consultation is on its own scheme",
     {**only("activity_effect"), **asked("2017-01-31", "other"), "scheme": "+other,Other,Care,funding,ccg,\n"},
     {**only("activity_effect"), **asked("2017-01-31"), "scheme": "+other,Other,Care,funding,ccg,\n"},
     "activity_effect.csv:2:start_year", "before its consultation ends"),
    ("a recurrent cost goes on to the end",
     {**UNASKED, "scheme_cost": "+home,ccg,2017,recurrent,0,\nhome,ccg,2016,recurrent,5,\n"},
     {**UNASKED, "scheme_cost": "+home,ccg,2016,recurrent,5,\nhome,ccg,2015,recurrent,5,\n"},
     "scheme_cost.csv:3:year",
     "the recurrent cost of 'home' to 'ccg' stops in 2016: give every year to 2017, 0 if it does stop"),
    ("a recurrent cost goes on for each who pays",
     {**UNASKED, "scheme_cost": "+home,ccg,2017,recurrent,5,\nhome,trust,2016,transition,5,\n"},
     {**UNASKED, "scheme_cost": "+home,ccg,2017,recurrent,5,\nhome,trust,2016,recurrent,5,\n"},
     "scheme_cost.csv:4:year", "the recurrent cost of 'home' to 'trust' stops in 2016"),
]


@pytest.mark.parametrize("quiet, warned, where, message", [case[1:] for case in WARNINGS],
                         ids=[case[0] for case in WARNINGS])
def test_scheme_warning(check_changed, quiet, warned, where, message):
    done = check_changed(quiet)
    assert done.status == 0 and done.of("error") == [] and done.of("warning") == []
    done = check_changed(warned)
    assert done.status == 0
    (found,) = done.of("warning")
    assert found[0] == where and message in found[1]
