"""Every rule of the tables about uncertainty, each by a plan that keeps it and one that breaks it, as in test_rules.py;
and what is legal but warned of."""

import pytest

from test_rules import BASE, assert_rule, check, check_changed, rule

PARAMETER = BASE["uncertainty"].splitlines()[0] + "\n"
CORRELATION = BASE["correlation"].splitlines()[0] + "\n"
DRAWN = ",value,normal,0.01,0.001,,"


def parameters(*rows):
    return {"uncertainty": PARAMETER + "".join(f"{row}\n" for row in rows), "correlation": None}


def growth(select):
    """A parameter of the growth in the rows selected."""
    return parameters(f"x,activity_growth,rate,{select}{DRAWN}")


def income(distribution):
    return parameters(f"x,flow,income,,factor,{distribution},")


def share(distribution):
    return parameters(f"x,cost_mix,share,,factor,{distribution},")


def correlations(*rows, path=""):
    return {**parameters(*(f"{name},flow,income,,factor,normal,1,0.1,," for name in "abcd"),
                         *(f"{name},activity_growth,rate,,factor,normal,1,0.1,,{path}" for name in ("by", "also_by"))),
            "correlation": CORRELATION + "".join(f"{row}\n" for row in rows)}


RULES = [
    rule("a table is one of a plan's",
         parameters(f"x,tariff,uplift,{DRAWN}"), parameters(f"x,tarif,uplift,{DRAWN}"),
         {"uncertainty.csv:2:table": "a plan has no table 'tarif': did you mean tariff?"}),
    rule("a table far from any of a plan's",
         parameters(f"x,tariff,uplift,{DRAWN}"), parameters(f"x,qqqqqq,uplift,{DRAWN}"),
         {"uncertainty.csv:2:table": "a plan has no table 'qqqqqq': `stpfin describe` lists those it may have"}),
    rule("a table has figures",
         parameters(f"x,tariff,uplift,{DRAWN}"), parameters(f"x,statement,text,{DRAWN}"),
         {"uncertainty.csv:2:table": "statement has no figures that could be drawn"}),
    rule("what is uncertain is not itself uncertain",
         parameters(f"x,tariff,uplift,{DRAWN}"), parameters(f"x,uncertainty,p1,{DRAWN}", f"y,correlation,rho,{DRAWN}"),
         {"uncertainty.csv:2:table": "uncertainty has no figures that could be drawn",
          "uncertainty.csv:3:table": "correlation has no figures that could be drawn"}),
    rule("a column is one of the table's",
         parameters(f"x,tariff,uplift,{DRAWN}"), parameters(f"x,tariff,uplfit,{DRAWN}"),
         {"uncertainty.csv:2:column": "tariff has no column 'uplfit': did you mean uplift?"}),
    rule("a column far from any of the table's",
         parameters(f"x,tariff,uplift,{DRAWN}"), parameters(f"x,tariff,qqqqqq,{DRAWN}"),
         {"uncertainty.csv:2:column": "tariff has no column 'qqqqqq': what can be drawn of it is uplift, efficiency"}),
    rule("a column has figures",
         parameters(f"x,flow,income,{DRAWN}"), parameters(f"x,flow,service,{DRAWN}"),
         {"uncertainty.csv:2:column": "service of flow is no figure that could be drawn: of it that is activity, income, "
                                      "cost, marginal_rate, marginal_rate_below"}),
    rule("a key is not drawn, a year that is none is",
         parameters("x,activity_effect,start_year,,add,normal,0,1,,"),
         parameters("x,activity_growth,year,,add,normal,0,1,,"),
         {"uncertainty.csv:2:column": "year of activity_growth is no figure that could be drawn: of it that is rate"}),
    rule("whole numbers are drawn",
         parameters("x,scenario,delay,,add,uniform,0,2,,", "y,service,semi_fixed_lag,,value,uniform,1,2,,",
                    "z,scheme_cost,asset_life,,add,normal,0,1,,"),
         parameters("x,scenario,scheme,,add,uniform,0,2,,"),
         {"uncertainty.csv:2:column": "scheme of scenario is no figure that could be drawn: of it that is scale, delay"}),
    rule("conditions are joined by semicolons",
         growth("service=nel;year=2016/17"), growth("service=nel;year"),
         {"uncertainty.csv:2:select": "'year' is no condition: write COLUMN=VALUE, and ; between conditions"}),
    rule("no condition is empty",
         growth("service=nel"), growth("service=nel;"),
         {"uncertainty.csv:2:select": "'' is no condition: write COLUMN=VALUE"}),
    rule("a condition is of the table's columns",
         growth("service=nel"), growth("servce=nel"),
         {"uncertainty.csv:2:select": "activity_growth has no column 'servce': did you mean service?"}),
    rule("a condition is of no other table's columns",
         growth("service=nel"), growth("provider=trust"),
         {"uncertainty.csv:2:select": "activity_growth has no column 'provider': `stpfin describe activity_growth` lists "
                                      "those it has"}),
    rule("conditions are few",
         growth(";".join(["service=nel"] * 16)), growth(";".join(["service=nel"] * 17)),
         {"uncertainty.csv:2:select": "there are more than 16 conditions: keep those needed"}),
    rule("a year in a condition is a year",
         growth("year=2016"), growth("year=16"),
         {"uncertainty.csv:2:select": "'16' is not a financial year: write year=2018"}),
    rule("an age in a condition is an age",
         parameters("x,prevalence,prevalence,age=0,factor,normal,1,0.1,,"),
         parameters("x,prevalence,prevalence,age=old,factor,normal,1,0.1,,"),
         {"uncertainty.csv:2:select": "'old' is not an age band: write age=65"}),
    rule("a number in a condition is a number",
         parameters("x,cost_mix,share,share=0.70,factor,normal,1,0.1,,"),
         parameters("x,cost_mix,share,share=most,factor,normal,1,0.1,,"),
         {"uncertainty.csv:2:select": "'most' is not a number: write share=0.5"}),
    rule("some row has the name",
         growth("service=nel"), growth("service=nell"),
         {"uncertainty.csv:2:select": "no row of activity_growth has service=nell: did you mean 'nel'?"}),
    rule("some row has the year",
         growth("year=2016"), growth("year=2017"),
         {"uncertainty.csv:2:select": "no row of activity_growth has year=2017: did you mean '2016'?"}),
    rule("some row has the number",
         parameters("x,cost_mix,share,share=0.7,factor,normal,1,0.1,,"),
         parameters("x,cost_mix,share,share=0.72,factor,normal,1,0.1,,"),
         {"uncertainty.csv:2:select": "no row of cost_mix has share=0.72: did you mean '0.7'?"}),
    rule("some row has no name",
         growth("service="), parameters(f"x,membership,share,footprint=,factor,normal,1,0.1,,"),
         {"uncertainty.csv:2:select": "no row of membership has footprint="}),
    rule("some row meets all conditions",
         growth("service=nel;footprint=north"), growth("service=nel;footprint="),
         {"uncertainty.csv:2:select": "no row of activity_growth meets all the conditions together: take one out"}),
    rule("there is a figure to be drawn, or a default that is a number",
         parameters("x,flow,cost,,factor,normal,1,0.1,,", "y,flow,marginal_rate,service=gp,factor,normal,1,0.1,,"),
         parameters("x,flow,cost,service=gp,factor,normal,1,0.1,,"),
         {"uncertainty.csv:2:column": "cost is blank in every row selected: fill it in, or draw another column"}),
    rule("the table has rows",
         parameters("x,pressure,amount,,factor,normal,1,0.1,,"),
         {**parameters("x,pressure,amount,,factor,normal,1,0.1,,"), "pressure": None},
         {"uncertainty.csv:2:table": "the plan's table pressure has no rows of which anything could be drawn"}),
    rule("a table that cannot be read is told once",
         growth("service=nel"), {**growth("service=gp"), "activity_growth": "+gp,nowhere,2016,0.01\n"},
         {"activity_growth.csv:4:footprint": "'nowhere' is not in the table footprint"}),
    rule("what is drawn for each year has years",
         parameters("x,tariff,uplift,,add,normal,0,0.1,,walk", "y,flow,income,,add,normal,0,0.1,,constant"),
         parameters("x,flow,income,,add,normal,0,0.1,,walk", "y,flow,cost,,add,normal,0,0.1,,yearly",
                    "z,activity_effect,start_year,,add,normal,0,0.1,,yearly"),
         {f"uncertainty.csv:{row}:path": f"{table} has no year of its own, so what is drawn of it is drawn once: leave "
                                         "path blank"
          for row, table in ((2, "flow"), (3, "flow"), (4, "activity_effect"))}),
    rule("a normal has a standard deviation",
         income("normal,1,0,"), income("normal,1,,"),
         {"uncertainty.csv:2:p2": "the cell is blank: normal needs its standard deviation"}),
    rule("an interval has two ends",
         income("interval80,1,1,"), income("interval80,1,,"),
         {"uncertainty.csv:2:p2": "the cell is blank: interval80 needs its 90th percentile"}),
    rule("a triangle has three numbers",
         income("triangular,1,1,1"), income("triangular,1,,"),
         {"uncertainty.csv:2:p2": "the cell is blank: triangular needs its mode",
          "uncertainty.csv:2:p3": "the cell is blank: triangular needs its high"}),
    rule("a normal has no third number",
         income("normal,1,0,"), income("normal,1,0,0"),
         {"uncertainty.csv:2:p3": "normal has two numbers and no third: leave p3 blank"}),
    rule("the first number is always given",
         income("uniform,1,2,"), income("uniform,,2,"),
         {"uncertainty.csv:2:p1": "the cell is blank"}),
    rule("a number that cannot be read is told once",
         income("uniform,1,2,"), income("uniform,1,two,"),
         {"uncertainty.csv:2:p2": "'two' is not a number"}),
    rule("a distribution that cannot be read is told once",
         income("uniform,1,2,"), income("cauchy,1,2,"),
         {"uncertainty.csv:2:distribution": "'cauchy' is not one of"}),
    rule("the ends of an interval are in order",
         income("interval80,-1,1,"), income("interval80,1.5,1,"),
         {"uncertainty.csv:2:p2": "the 10th percentile of 1.5 is above the 90th percentile of 1: give the lower first"}),
    rule("the ends of a uniform distribution are in order",
         income("uniform,-1,-1,"), income("uniform,-1,-1.5,"),
         {"uncertainty.csv:2:p2": "the low of -1 is above the high of -1.5: give the lower first"}),
    rule("a mode is not below the low",
         income("triangular,1,1,2"), income("triangular,1,0.5,2"),
         {"uncertainty.csv:2:p2": "the low of 1 is above the mode of 0.5: give the lower first"}),
    rule("a mode is not above the high",
         income("pert,1,2,2"), income("pert,1,2.5,2"),
         {"uncertainty.csv:2:p3": "the mode of 2.5 is above the high of 2: give the lower first"}),
    rule("no standard deviation is negative",
         income("normal,-1,0.5,"), income("normal,-1,-0.5,"),
         {"uncertainty.csv:2:p2": "a standard deviation of -0.5 is negative: give 0 or more"}),
    rule("a lognormal quantity is above 0",
         income("lognormal,0.5,2,"), income("lognormal,0,-1,"),
         {"uncertainty.csv:2:p1": "the mean of a quantity that is always above 0 cannot be 0: give one above 0, or a "
                                  "normal distribution",
          "uncertainty.csv:2:p2": "a standard deviation of -1 is negative"}),
    rule("a gamma quantity is above 0",
         income("gamma,0.5,2,"), income("gamma,-0.5,2,"),
         {"uncertainty.csv:2:p1": "the mean of a quantity that is always above 0 cannot be -0.5"}),
    rule("a beta quantity is below 1",
         share("beta,0.999,0.01,"), share("beta,1,0.01,"),
         {"uncertainty.csv:2:p1": "the mean of a quantity between 0 and 1 cannot be 1: give one between them"}),
    rule("a beta quantity spreads no further than from 0 to 1",
         share("beta,0.5,0.49,"), share("beta,0.5,0.5,"),
         {"uncertainty.csv:2:p2": "a standard deviation of 0.5 is more than a quantity between 0 and 1 with a mean of 0.5 "
                                  "can have: give one below 0.5"}),
    rule("a name stands once",
         parameters(f"x,tariff,uplift,{DRAWN}", f"y,tariff,uplift,{DRAWN}"),
         parameters(f"x,tariff,uplift,{DRAWN}", f"x,tariff,efficiency,{DRAWN}"),
         {"uncertainty.csv:3:parameter": "the same key as in row 2"}),
    rule("correlated quantities exist",
         correlations("a,b,0.5"), correlations("a,bb,0.5"),
         {"correlation.csv:2:b": "'bb' is not in the table uncertainty"}),
    rule("two quantities are correlated",
         correlations("a,b,0.5"), correlations("a,a,0.5"),
         {"correlation.csv:2:b": "'a' goes with itself: name two quantities"}),
    rule("two quantities are correlated once",
         correlations("a,b,0.5", "c,b,0.5"), correlations("a,b,0.5", "b,a,0.5"),
         {"correlation.csv:3:b": "'b' and 'a' stand in row 2 already: keep one row"}),
    rule("a correlation is not beyond 1",
         correlations("a,b,-0.99"), correlations("a,b,-1.01"),
         {"correlation.csv:2:rho": "-1.01 is out of range"}),
    rule("what is correlated is drawn alike",
         correlations("by,also_by,0.5", path="walk"), correlations("by,a,0.5", "a,also_by,0.5", path="yearly"),
         {f"correlation.csv:{row}:b": f"'{by_year}' is drawn for each year and 'a' once: what goes together is drawn alike"
          for row, by_year in ((2, "by"), (3, "also_by"))}),
    rule("a path that cannot be read is told once",
         {**parameters("x,tariff,uplift,,add,normal,0,1,,walk", "y,tariff,uplift,,add,normal,0,1,,yearly"),
          "correlation": CORRELATION + "x,y,0.5\n"},
         {**parameters("x,tariff,uplift,,add,normal,0,1,,wander", "y,tariff,uplift,,add,normal,0,1,,yearly"),
          "correlation": CORRELATION + "x,y,0.5\n"},
         {"uncertainty.csv:2:path": "'wander' is not one of"}),
    rule("one is not the other",
         correlations("a,b,0.999999"), correlations("a,b,1"),
         {"correlation.csv:2:rho": "the correlation of 'a' and 'b' cannot hold with those before it, as no quantities have "
                                   "them all (they are not positive definite): bring them nearer 0"}),
    rule("correlations can hold together",
         correlations("c,a,0.6", "b,c,0.6", "b,d,0.3"), correlations("b,a,0.9", "d,c,0.1", "b,c,0.9", "a,c,-0.9"),
         {"correlation.csv:4:rho": "the correlation of 'b' and 'c' cannot hold with those before it"}),
    rule("correlations that are not given are 0",
         correlations("b,a,0.7", "b,c,0.7"), correlations("b,a,0.8", "b,c,0.8"),
         {"correlation.csv:3:rho": "the correlation of 'b' and 'c' cannot hold"}),
    rule("correlations with one in between",
         correlations("a,c,0.7", "b,c,0.7"), correlations("b,c,0.8", "c,a,0.8"),
         {"correlation.csv:2:rho": "the correlation of 'b' and 'c' cannot hold"}),
]


@pytest.mark.parametrize("case", RULES)
def test_uncertainty_rule(check_changed, case):
    assert_rule(check_changed, case)


@pytest.mark.parametrize("quiet, told, message", [
    (parameters("x,cost_mix,share,,value,interval80,0.5,1.5,,"), parameters("x,cost_mix,share,,value,interval80,0.5,1.6,,"),
     "the draws lie about 1.05, and share is 0 to 1: most are clipped"),
    (parameters("x,flow,activity,,value,triangular,-5,1,2,"), parameters("x,flow,activity,,value,triangular,-5,-1,2,"),
     "the draws lie about -1, and activity is above 0: most are clipped"),
    (parameters("x,cost_mix,share,,factor,normal,3,1,,"), parameters("x,cost_mix,share,,value,normal,3,1,,"),
     "the draws lie about 3, and share is 0 to 1: most are clipped"),
    (parameters("x,activity_effect,start_year,,value,normal,2017,1,,"),
     parameters("x,activity_effect,start_year,,value,normal,17,1,,"),
     "the draws lie about 17, and start_year is a year: most are clipped"),
])
def test_draws_out_of_range_are_warned_of(check_changed, quiet, told, message):
    assert not any(where.startswith("uncertainty") for where, _ in check_changed(quiet).of("warning"))
    done = check_changed(told)
    assert done.status == 0
    assert ("uncertainty.csv:2:p1", message) in done.of("warning")


def test_names_are_not_guessed_without_end(check_changed):
    done = check_changed(parameters(*(f"x{i},activity_growth,rate,service=nell{DRAWN}" for i in range(30))))
    assert sum("did you mean 'nel'?" in message for _, message in done.of("error")) == 20
    assert len(done.of("error")) == 30
