"""Every rule of the tables about health, each by a plan that keeps it and one that breaks it, as in test_rules.py; and
what is legal but warned of."""

import pytest

from test_rules import BASE, assert_rule, check, check_changed, rule

MORTALITY = BASE["mortality"].splitlines()[0] + "\n"
DEPRIVATION = BASE["deprivation"].splitlines()[0] + "\n"
UNASKED = {"engagement": None}
PREVENTION = "scheme,footprint,risk,reduction,start_year\n"
PREVALENCE = BASE["prevalence"].splitlines()[0] + "\n"
DOES_NOTHING = "the effect does nothing"


def mortality(*rows):
    return {"mortality": MORTALITY + "".join(f"{row},,\n" for row in rows)}


def deprivation(*measures):
    return {"deprivation": DEPRIVATION + "".join(f"north,{measure},{quantile},1000,75,\n"
                                                 for measure in measures for quantile in (1, 2))}


RULES = [
    rule("no more die than live",
         mortality("north,2014,,0,100,100"),
         mortality("north,2014,,0,100,100.5"),
         {"mortality.csv:2:deaths": "100.5 deaths are more than the 100 people: give both of the same people and year"}),
    rule("no more die than live in an earlier year",
         mortality("north,2014,,0,100,1", "north,2013,,5,100,0"),
         mortality("north,2014,,0,100,1", "north,2013,,5,100,101"),
         {"mortality.csv:3:deaths": "101 deaths are more than the 100 people"}),
    rule("ages begin at 0",
         mortality("north,2014,,5,100,1", "north,2014,,0,100,1"),
         mortality("north,2014,,5,100,1", "north,2014,,1,100,1"),
         {"mortality.csv:3:age": "the ages of 'north' begin at 1: a life table needs them from 0"}),
    rule("ages of each sex begin at 0",
         mortality("north,2014,male,0,100,1", "north,2014,female,0,100,1", "north,2014,female,5,100,1"),
         mortality("north,2014,male,0,100,1", "north,2014,female,5,100,1"),
         {"mortality.csv:3:age": "the ages of 'north' begin at 5"}),
    rule("ages of earlier years are not looked at",
         mortality("north,2014,,0,100,1", "south,2013,,5,100,0"),
         mortality("north,2014,,0,100,1", "south,2014,,5,100,1"),
         {"mortality.csv:3:age": "the ages of 'south' begin at 5"}),
    rule("life ends",
         mortality("north,2014,,85,100,1", "north,2014,,0,100,0"),
         mortality("north,2014,,85,100,0", "north,2014,,0,100,1"),
         {"mortality.csv:2:deaths": "nobody dies at 85 and over, so that life would not end: join the band with the one "
                                    "before"}),
    rule("a death that cannot be read is told once",
         mortality("north,2014,,0,100,1"),
         mortality("north,2014,,0,100,one"),
         {"mortality.csv:2:deaths": "'one' is not a number"}),
    rule("an age that cannot be read is told once",
         mortality("north,2014,,0,100,1"),
         mortality("north,2014,,nought,100,1"),
         {"mortality.csv:2:age": "'nought' is not an age band"}),
    rule("a measure by deprivation is of women, of men or of both",
         deprivation("life expectancy of women", "Life Expectancy (MEN)", "men and women"),
         deprivation("life expectancy of women", "healthy life of girls"),
         {"deprivation.csv:4:measure": "'healthy life of girls' and 'life expectancy of women' of row 2 are both of "
                                       "women: results have room for one"}),
    rule("a measure by deprivation that says no sex is of persons",
         {"deprivation": DEPRIVATION + "north,mental health,1,1,1,\nsouth,womenfolk's health,1,1,1,\n"},
         deprivation("mental health", "womenfolk's health"),
         {"deprivation.csv:4:measure": "are both of persons"}),
]


@pytest.mark.parametrize("case", RULES)
def test_health_rule(check_changed, case):
    assert_rule(check_changed, case)


# What is warned of: by name, changes without a warning, changes with one, where it stands and what it says.
WARNINGS = [
    ("prevention finds the risk in its footprint",
     UNASKED, {**UNASKED, "prevention_effect": PREVENTION + "home,south,smoking,0.1,2016\n"},
     "prevention_effect.csv:2:risk", "'smoking' has no prevalence there: " + DOES_NOTHING),
    ("prevention finds the risk somewhere",
     {**UNASKED, "prevention_effect": PREVENTION + "home,,smoking,0.1,2016\n"},
     {**UNASKED, "prevention_effect": PREVENTION + "home,,smoking,0.1,2016\n", "prevalence": None},
     "prevention_effect.csv:2:risk", "'smoking' has no prevalence there: " + DOES_NOTHING),
    ("somebody of the population or the deaths is of the ages of the prevalence",
     {**UNASKED, "prevalence": PREVALENCE + "north,smoking,,,0.2\n", "mortality": None},
     {**UNASKED, "prevalence": PREVALENCE + "north,smoking,,16,0.2\n", "mortality": None},
     "prevention_effect.csv:2:risk", f"'smoking' has a prevalence there, but of nobody that population or mortality "
                                     f"counts: look at sexes and ages; {DOES_NOTHING}"),
    ("deaths are of the sex of the prevalence",
     {**UNASKED, "prevalence": PREVALENCE + "north,smoking,female,,0.2\n"},
     {**UNASKED, "prevalence": PREVALENCE + "north,smoking,male,,0.2\n"},
     "prevention_effect.csv:2:risk", f"'smoking' has a prevalence there, but of nobody that population or mortality "
                                     f"counts: look at sexes and ages; {DOES_NOTHING}"),
    ("a prevented risk does something",
     UNASKED, {**UNASKED, "relative_risk": None},
     "prevention_effect.csv:2:risk", "'smoking' has no relative_risk: " + DOES_NOTHING),
    ("deaths are counted in the latest year",
     {**UNASKED, **mortality("north,2014,,0,100,1", "north,2013,,0,100,1")},
     {**UNASKED, **mortality("north,2014,,0,100,1", "south,2013,,0,100,1")},
     "mortality.csv:3:year",
     "'south' has no deaths in 2014, the latest year of the table, from which health is projected: it is left out"),
    ("ages are the standard population's",
     {**UNASKED, **mortality("north,2014,,0,100,1", "north,2014,,1,100,1", "north,2014,,95,100,1")},
     {**UNASKED, **mortality("north,2014,,0,100,1", "north,2014,,2,100,1", "north,2014,,97,100,1")},
     "mortality.csv:3:age",
     "no band of the European standard population begins at 2, but at 0, 1, 5 and so on to 95: there is no standardised "
     "rate"),
]


@pytest.mark.parametrize("quiet, warned, where, message", [case[1:] for case in WARNINGS],
                         ids=[case[0] for case in WARNINGS])
def test_health_warning(check_changed, quiet, warned, where, message):
    done = check_changed(quiet)
    assert done.status == 0 and done.of("error") == [] and done.of("warning") == []
    done = check_changed(warned)
    assert done.status == 0
    assert done.of("warning") == [(where, message)]


def test_prevention_is_projected(check_changed):
    assert not any(where == "prevention_effect.csv" for where, _ in check_changed().of("note"))
