"""Every rule of a plan's tables, each by a plan that keeps it and one that breaks it.

BASE is a small right plan with a row or more in every table. A rule changes some of its tables: a text is the whole
table, one that begins with + is added to its end, a pair (old, new) replaces a text that stands in it once, None
leaves the table out. What `stpfin check` says of a broken plan is known in full: the errors expected, where they are
and the words that carry their meaning, and no others.
"""

import csv
import io
import json
import re
import subprocess
from typing import NamedTuple

import pytest

YEARS = (2015, 2016, 2017)
BASE = {
    "source": "source,title,publisher,published,url,licence,status\n"
              "ons,Population projections,ONS,2016,https://www.ons.gov.uk,OGL,published\n",
    "footprint": "footprint,name,parent\nnorth,North,region\nsouth,South,region\nregion,Region,\n",
    "organisation": "organisation,name,kind,source,status,note\nccg,The CCG,commissioner,ons,assumed,as it was\n"
                    "trust,The Trust,provider,,,\ncouncil,The Council,council,,,\ngps,The practices,outside,,,\n"
                    "board,The Board,board,,,\n",
    "membership": "organisation,footprint,share\nccg,north,1\ntrust,north,0.6\ntrust,south,0.4\ncouncil,south,1\n",
    "service": "service,name,setting,unit,length_of_stay,target_occupancy,variable_share,semi_fixed_share,"
               "semi_fixed_lag\nnel,Emergency admission,acute,admission,5,0.85,0.5,0.2,2\n"
               "gp,Consultation,primary,contact,,,,,\n",
    "staffing": "service,staff_group,wte_per_1000\nnel,nurse,5\n",
    "supply": "organisation,resource,year,amount\ntrust,bed,,100\ntrust,nurse,2016,40\n",
    "population": "footprint,year,sex,age,persons\n" + "".join(
        f"{place},{year},,,{persons}\n" for place, persons in (("north", 1000), ("south", 500)) for year in YEARS),
    "age_weight": "service,sex,age,weight\nnel,,,1\n",
    "flow": "commissioner,provider,service,activity,income,cost,marginal_rate,marginal_rate_below\n"
            "ccg,trust,nel,10000,20000000,21000000,0.7,1\nccg,gps,gp,50000,3000000,,,\n",
    "activity_growth": "service,footprint,year,rate\nnel,north,2016,0.01\n,,,0.02\n",
    "inflation": "component,year,rate\npay,,0.02\ndrugs,2016,0.03\ndrugs,2017,0.04\n",
    "cost_mix": "service,component,share\nnel,pay,0.7\nnel,drugs,0.3\n,pay,1\n",
    "tariff": "service,year,uplift,efficiency\nnel,2016,0.02,0.03\n,,0.01,0.02\n",
    "funding": "organisation,stream,year,amount\n" + "".join(f"ccg,allocation,{year},23000000\n" for year in YEARS),
    "transfer": "from_organisation,to_organisation,name,year,amount\nccg,council,Better Care Fund,2016,1000\n",
    "pressure": "organisation,name,year,amount\ntrust,Seven-day services,2016,1000\n",
    "deflator": "year,index\n2015,100\n2016,102\n2017,104\n",
    "scheme": "scheme,name,workstream,aim,owner,level\nhome,Care at home,Care,funding,ccg,place\n",
    "activity_effect": "scheme,commissioner,provider,service,reduction,to_service,to_provider,substitution,unit_cost,"
                       "start_year,full_year,last_year,ramp\n"
                       "home,ccg,trust,nel,0.1,gp,gps,1,60,2016,2017,2017,linear\n",
    "efficiency_effect": "scheme,commissioner,provider,service,saving,stay_reduction,start_year\n"
                         "home,ccg,trust,nel,0.02,0.1,2016\n",
    "prevention_effect": "scheme,footprint,risk,reduction,start_year\nhome,north,smoking,0.1,2016\n",
    "scheme_cost": "scheme,organisation,year,kind,amount,asset_life\nhome,ccg,2016,capital,1000,10\n",
    "scenario": "scenario,scheme,scale,delay\nbest,home,1,0\n",
    "award": "fund,organisation,year,amount,scenario\ntransformation,ccg,2016,1000,best\n",
    "evidence": "service,effect,low,high\nnel,activity,0.05,0.15\n",
    "agreement": "scheme,organisation,position,date,body\nhome,council,agreed,2016-10-21,Cabinet\n",
    "engagement": "scheme,group,stage,start,end\nhome,public,consulted,2015-06-30,2015/16\n",
    "statement": "footprint,topic,text\nregion,objective,To add up\n",
    "mortality": "footprint,year,sex,age,population,deaths,good_health,good_health_sample\n"
                 "north,2014,female,0,1000,10,0.8,100\n",
    "mortality_trend": "sex,age,rate\nfemale,0,-0.01\n",
    "deprivation": "footprint,measure,quantile,population,value,standard_error\n"
                   "north,life expectancy,1,1000,75.5,0.5\n",
    "risk": "risk,name,trend\nsmoking,Smoking,-0.01\n",
    "prevalence": "footprint,risk,sex,age,prevalence\nnorth,smoking,,0,0.2\n",
    "relative_risk": "risk,outcome,sex,age,rr,lag\nsmoking,nel,female,16,1.5,2\nsmoking,mortality,,,2,0\n",
    "indicator": "indicator,name,aim,unit,direction,kind,multiplier,target,weight,service\n"
                 "waits,Four-hour waits,quality,%,higher,proportion,100,95,1,nel\n",
    "indicator_value": "footprint,indicator,year,numerator,denominator\nnorth,waits,2014,90,100\n",
    "indicator_trend": "indicator,footprint,change\nwaits,north,-1\n",
    "indicator_effect": "scheme,indicator,footprint,change,start_year\nhome,waits,north,2,2016\n",
    "indicator_cost": "indicator,service,activity_per_unit\nwaits,nel,0.1\n",
    "fund": "fund,year,amount,kind\ntransformation,2016,5000,revenue\ntransformation,2017,5000,revenue\n",
    "claim": "fund,organisation,year,amount,weight,floor,cap\ntransformation,ccg,2016,2000,1,0,2000\n",
    "bid": "bid,name,organisation,scheme,group\nb1,First bid,ccg,home,either\nb2,Second bid,trust,,either\n",
    "bid_amount": "bid,fund,year,amount\nb1,transformation,2016,1000\n",
    "bid_requires": "bid,requires\nb1,b2\n",
    "portfolio_limit": "fund,year,footprint,aim,minimum,maximum\ntransformation,2016,north,health,0,1000\n",
    "fund_condition": "fund,year,condition,gate,share,first_quarter\ntransformation,2016,A&E,no,0.125,2\n",
    "fund_result": "fund,organisation,year,quarter,condition,met\ntransformation,trust,2016,1,A&E,standard\n",
    "uncertainty": "parameter,table,column,select,mode,distribution,p1,p2,p3,path\n"
                   "growth,activity_growth,rate,service=nel,value,triangular,0,0.01,0.02,yearly\n"
                   "price,inflation,rate,,add,normal,0,0.01,,yearly\n",
    "correlation": "a,b,rho\ngrowth,price,0.5\n",
    "organisation_plan": "organisation,version,year,line,service,amount\ntrust,plan,2016,activity,nel,10100\n",
    "contract_view": "commissioner,provider,year,commissioner_value,provider_value\nccg,trust,2016,20000000,20500000\n",
}
SETTINGS = {"base_year": 2015, "end_year": 2017}


class Done(NamedTuple):
    """How a check ended, and what it said: the problems as (severity, where, message)."""
    status: int
    problems: list

    def of(self, severity):
        return [problem[1:] for problem in self.problems if problem[0] == severity]


def read_problems(text):
    lines = [re.fullmatch(r"(.+?): (error|warning|note): (.+)", line) for line in text.splitlines()]
    return [(line[2], line[1], line[3]) for line in lines]


def change(text, how):
    """A table's text after a change, as said at the top."""
    if isinstance(how, tuple):
        old, new = how
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        return text.replace(old, new)
    return text + how[1:] if how.startswith("+") else how


def write_plan(folder, changes=None, settings=None):
    """Write BASE to a folder, changed."""
    folder.mkdir()
    package = {"name": "example", "stpfin": SETTINGS if settings is None else settings}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for name, text in BASE.items():
        how = (changes or {}).get(name, "+")
        if how is not None:
            (folder / f"{name}.csv").write_text(change(text, how), encoding="utf-8", newline="")
    for name in (changes or {}).keys() - BASE.keys():
        (folder / f"{name}.csv").write_text(changes[name], encoding="utf-8", newline="")
    return folder


@pytest.fixture(scope="session")
def check(stpfin):
    """Check a plan's folder."""
    def check_folder(folder):
        done = subprocess.run([stpfin.path, "check", folder], capture_output=True, encoding="utf-8", timeout=120,
                              check=False)
        assert done.stderr.startswith("stpfin: ") and len(done.stderr.splitlines()) == 1, done.stderr
        return Done(done.returncode, read_problems(done.stdout))
    return check_folder


@pytest.fixture
def check_changed(check, tmp_path):
    """Check BASE with changes; the folder is written anew each time."""
    made = []

    def check_plan(changes=None, settings=None):
        made.append(write_plan(tmp_path / str(len(made)), changes, settings))
        return check(made[-1])
    return check_plan


def with_cell(table, column, value, row=0):
    """BASE's table with another value in one cell of a row."""
    rows = list(csv.DictReader(io.StringIO(BASE[table])))
    rows[row][column] = value
    names = list(rows[0]) if column in rows[0] else [*rows[0], column]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class Rule(NamedTuple):
    """A rule: changes that keep it; changes that break it, and the errors that they lead to, by their place."""
    kept: dict
    broken: dict
    errors: dict


def rule(name, kept, broken, errors):
    return pytest.param(Rule(kept, broken, errors), id=name)


BANDS = ("female,0", "female,65", "male,0", "male,65")
PEOPLE = "footprint,year,sex,age,persons\n" + "".join(f"north,{year},{band},100\n" for year in YEARS for band in BANDS)
WEIGHTS = "service,sex,age,weight\n"

RULES = [
    # Keys

    rule("a name is a key by itself",
         {"organisation": "+trust2,The Trust,provider,,,\n"},
         {"organisation": "+trust,Another Trust,provider,,,\n"},
         {"organisation.csv:7:organisation": "the same key as in row 3"}),
    rule("a fund's key is fund and year",
         {"fund": "+other,2016,1,capital\n"},
         {"fund": "+transformation,2016,1,capital\n"},
         {"fund.csv:4:year": "the same key as in row 2"}),
    rule("a scenario's key is scenario and scheme",
         {"scenario": "+worst,home,0.5,1\n"},
         {"scenario": "+best,home,0.5,1\n"},
         {"scenario.csv:3:scheme": "the same key as in row 2"}),
    rule("a membership's key is organisation and footprint",
         {"membership": ("council,south,1", "council,south,0.4\ncouncil,north,0.4")},
         {"membership": ("council,south,1", "council,south,0.4\ncouncil,south,0.4")},
         {"membership.csv:6:footprint": "the same key as in row 5: keep one row, or tell the two apart"}),
    rule("a year is the same key however it is written",
         {"funding": "+ccg,grant,2016/17,1\n"},
         {"funding": "+ccg,allocation,2016/17,1\n"},
         {"funding.csv:5:year": "the same key as in row 3"}),
    rule("an age is the same key however it is written",
         {"population": PEOPLE, "age_weight": WEIGHTS + "nel,,0-64,1\nnel,,65+,2\n"},
         {"population": PEOPLE, "age_weight": WEIGHTS + "nel,,0-64,1\nnel,,65+,2\nnel,,65-84,2\n"},
         {"age_weight.csv:4:age": "the same key as in row 3"}),
    rule("a blank key is a key too",
         {"tariff": "+,2016,0,0\n"},
         {"tariff": "+,,0,0\n"},
         {"tariff.csv:4:year": "the same key as in row 3"}),
    rule("a quarter is part of a result's key",
         {"fund_result": "+transformation,trust,2016,2,A&E,no\n"},
         {"fund_result": "+transformation,trust,2016-17,1,A&E,no\n"},
         {"fund_result.csv:3:condition": "the same key as in row 2"}),
    rule("flows add up",
         {"flow": "+ccg,trust,nel,10000,20000000,21000000,0.7,1\nccg,trust,nel,1,1,1,,\n"},
         {"flow": "+ccg,trust,nel,ten,20000000,21000000,0.7,1\n"},
         {"flow.csv:4:activity": "'ten' is not a number"}),
    rule("scheme costs add up",
         {"scheme_cost": "+home,ccg,2016,capital,1000,10\nhome,ccg,2016,capital,500,20\n"},
         {"scheme_cost": "+home,ccg,2016,capitol,1000,10\n"},
         {"scheme_cost.csv:3:kind": "'capitol' is not one of: recurrent, transition, capital"}),
    rule("awards add up",
         {"award": "+transformation,ccg,2016,1000,best\ntransformation,ccg,2016,1,\n"},
         {"award": "+transformation,ccg,2016,,best\n"},
         {"award.csv:3:amount": "the cell is blank"}),
    rule("effects act in turn",
         {table: "+" + BASE[table].splitlines()[1] + "\n" for table in (
             "activity_effect", "efficiency_effect", "prevention_effect", "indicator_effect")},
         {"efficiency_effect": "+home,ccg,trust,nel,0.02,1.1,2016\n"},
         {"efficiency_effect.csv:3:stay_reduction": "1.1 is out of range: it must be 0 to 1"}),

    # Absent is not nought

    rule("a population has every year",
         {"population": ("south,2015,,,500\nsouth,2016,,,500\nsouth,2017,,,500\n", "")},
         {"population": ("south,2016,,,500\n", "")},
         {"population.csv:5:year": "'south' has no population in 2016: give every year from 2015 to 2017"}),
    rule("a population has its base year",
         {"population": ("north,2015,,,1000\nnorth,2016,,,1000\nnorth,2017,,,1000\n", "")},
         {"population": ("north,2015,,,1000\n", "")},
         {"population.csv:2:year": "'north' has no population in 2015"}),
    rule("a population has every sex and age in every year",
         {"population": PEOPLE},
         {"population": PEOPLE.replace("north,2017,male,65,100\n", "")},
         {"population.csv:5:year": "'north' has no persons in 2017 for male aged 65 and on"}),
    rule("a population counts nobody twice",
         {"population": PEOPLE + "".join(f"south,{year},,,100\n" for year in YEARS)},
         {"population": PEOPLE + "".join(f"north,{year},,65,200\n" for year in YEARS)},
         {f"population.csv:{14 + i}:sex": f"counts the people of row {3 + 4 * i} again: leave out one of the two"
          for i in range(3)}),
    rule("a population is not counted in all and by band",
         {"population": PEOPLE + "".join(f"south,{year},female,,5\nsouth,{year},male,,5\n" for year in YEARS)},
         {"population": "footprint,year,sex,age,persons\n" + "".join(f"north,{year},,,400\n" for year in YEARS)
          + PEOPLE.partition("\n")[2]},
         {f"population.csv:{2 + i}:sex": f"counts the people of row {5 + 4 * i} again" for i in range(3)}),
    rule("somebody lives there in the base year",
         {"population": ("south,2016,,,500", "south,2016,,,0")},
         {"population": ("south,2015,,,500", "south,2015,,,0")},
         {"population.csv:5:persons": "'south' has nobody in 2015: its growth cannot be told"}),
    rule("somebody uses the service in the base year",
         {"population": PEOPLE, "age_weight": WEIGHTS + "nel,,0,0\nnel,,65,2\n"},
         {"population": PEOPLE.replace("65,100", "65,0"), "age_weight": WEIGHTS + "nel,,0,0\nnel,,65,2\n"},
         {"population.csv:5:persons": "'north' has nobody in 2015 who uses nel, by age_weight: its growth cannot be "
                                     "told"}),
    rule("a component has a rate for every year after the base",
         {"inflation": ("drugs,2016,0.03", "drugs,,0.03")},
         {"inflation": ("drugs,2016,0.03\n", "")},
         {"inflation.csv:3:year": "'drugs' has no rate for 2016: give every year from 2016 to 2017, or a row with a "
                                  "blank year for all"}),
    rule("a component has inflation",
         {"inflation": "+estate,,0.01\n", "cost_mix": ("nel,drugs,0.3", "nel,estate,0.3")},
         {"cost_mix": ("nel,drugs,0.3", "nel,estate,0.3")},
         {"cost_mix.csv:3:component": "'estate' is not in the table inflation"}),
    rule("a stream of the base year goes on",
         {"funding": ("ccg,allocation,2017,23000000", "ccg,allocation,2017,0")},
         {"funding": ("ccg,allocation,2016,23000000\n", "")},
         {"funding.csv:2:year": "the stream 'allocation' of 'ccg' has no amount for 2016: give every year to 2017, 0 "
                                "where it stops"}),
    rule("a stream may start late and be of one year",
         {"funding": "+ccg,one-off,2016,1000\ntrust,late,2017,1000\n"},
         {"funding": "+trust,late,2015,1000\ntrust,late,2016,1000\n"},
         {"funding.csv:5:year": "no amount for 2017"}),
    rule("who buys is a member",
         {"membership": ("trust,north,0.6\ntrust,south,0.4\n", "")},
         {"membership": ("ccg,north,1\n", "")},
         {f"flow.csv:{row}:commissioner": "'ccg' buys care and has no membership: say in which footprint it lies"
          for row in (2, 3)}),
    rule("no bid requires itself",
         {"bid_requires": "+b2,b3\n", "bid": "+b3,Third bid,ccg,,\n"},
         {"bid_requires": "+b2,b2\n"},
         {"bid_requires.csv:3:requires": "'b2' requires 'b2', which in the end requires it: take one of the "
                                         "requirements between them away"}),
    rule("no bids require each other",
         {"bid_requires": "+b2,b3\nb1,b3\n", "bid": "+b3,Third bid,ccg,,\nb4,Fourth bid,ccg,,\n"},
         {"bid_requires": "+b2,b3\nb3,b1\nb4,b1\n", "bid": "+b3,Third bid,ccg,,\nb4,Fourth bid,ccg,,\n"},
         {"bid_requires.csv:2:requires": "'b1' requires 'b2', which in the end requires it"}),
    rule("a limit's minimum is not above its maximum",
         {"portfolio_limit": (",0,1000", ",1000,1000")},
         {"portfolio_limit": (",0,1000", ",1001,1000")},
         {"portfolio_limit.csv:2:minimum": "the minimum of 1001 is above the maximum of 1000: lower the one or raise "
                                           "the other"}),
    rule("bid amounts and limits are of a fund that has money in the year",
         {"bid_amount": "+b2,transformation,2017,5\n", "portfolio_limit": "+transformation,2017,,,,5\n"},
         {"bid_amount": "+b2,transformation,2015,5\n", "portfolio_limit": "+transformation,2015,,,,5\n"},
         {"bid_amount.csv:3:year": "the fund 'transformation' has no row for 2015: add it to the table fund",
          "portfolio_limit.csv:3:year": "the fund 'transformation' has no row for 2015: add it to the table fund"}),
    rule("an award's fund has a row for its year",
         {"award": ("ccg,2016,1000", "ccg,2017,1000")},
         {"award": ("ccg,2016,1000", "ccg,2015,1000")},
         {"award.csv:2:year": "the fund 'transformation' has no row for 2015: add it to the table fund"}),
    rule("an award's scenario exists",
         {"award": ("1000,best", "1000,")},
         {"award": ("1000,best", "1000,bets")},
         {"award.csv:2:scenario": "'bets' is not in the table scenario: did you mean 'best'?"}),
    rule("do nothing has no award",
         {"scenario": "+do_something,home,1,0\n", "award": ("1000,best", "1000,do_something")},
         {"award": ("1000,best", "1000,do_nothing")},
         {"award.csv:2:scenario": "'do_nothing' is not in the table scenario"}),

    rule("a flow is recurrent, so that its service has no one year",
         {"flow": "commissioner,provider,service,activity,income\nccg,trust,nel,10000,20000000\n"},
         {"flow": "commissioner,provider,service,activity,income,year\nccg,trust,nel,10000,20000000,2015\n"},
         {"flow.csv:1:year": "flow has no column 'year'"}),

    # Sets: age weights and cost mixes

    rule("a service's weights are for every sex and age",
         {"population": PEOPLE, "age_weight": WEIGHTS + "nel,female,0,1\nnel,female,,2\nnel,male,,3\n,,,1\n"},
         {"population": PEOPLE, "age_weight": WEIGHTS + "nel,female,0,1\nnel,male,,3\n,,,1\n"},
         {"age_weight.csv:2:age": "nel has no weight for female aged 65 and on, whom the population has: give every "
                                  "sex and age one"}),
    rule("the weights of all services are for every sex and age",
         {"population": PEOPLE, "age_weight": WEIGHTS + ",female,,1\n,male,,1\n"},
         {"population": PEOPLE, "age_weight": WEIGHTS + "nel,,,1\n,female,,1\n,male,65,1\n"},
         {"age_weight.csv:3:age": "the set of all services has no weight for male aged 0 and on"}),
    rule("a cost mix sums to 1",
         {"cost_mix": ("nel,pay,0.7", "nel,pay,0.7000000005")},
         {"cost_mix": ("nel,pay,0.7", "nel,pay,0.6")},
         {"cost_mix.csv:2:share": "the shares of nel sum to 0.9: a set sums to 1"}),
    rule("the cost mix of all services sums to 1",
         {"cost_mix": (",pay,1\n", ",pay,0.5\n,drugs,0.5\n")},
         {"cost_mix": (",pay,1\n", ",pay,0.5\n,drugs,0.6\n")},
         {"cost_mix.csv:4:share": "the shares of all services sum to 1.1"}),

    # Places

    rule("shares sum to at most 1",
         {"membership": ("trust,south,0.4", "trust,south,0.4000000009")},
         {"membership": ("trust,south,0.4", "trust,south,0.400001")},
         {"membership.csv:3:share": "the shares of 'trust' sum to 1.000001: they may sum to 1 at most"}),
    rule("a share is above 0",
         {"membership": ("council,south,1", "council,south,1e-12")},
         {"membership": ("council,south,1", "council,south,0")},
         {"membership.csv:5:share": "0 is out of range: it must be above 0 and at most 1"}),
    rule("a member belongs to a footprint without children",
         {"membership": ("council,south,1", "council,north,1")},
         {"membership": ("council,south,1", "council,region,1")},
         {"membership.csv:5:footprint": "'region' is a parent of other footprints: name the footprints within it"}),
    rule("a footprint with children has no population of its own",
         {"footprint": "+other,Other,\n", "population": "+other,2015,,,1\nother,2016,,,1\nother,2017,,,1\n"},
         {"population": "+region,2015,,,1\nregion,2016,,,1\nregion,2017,,,1\n"},
         {f"population.csv:{row}:footprint": "'region' is a parent of other footprints" for row in (8, 9, 10)}),
    *(rule(f"{table} names no footprint with children",
           {table: with_cell(table, "footprint", "south")},
           {table: with_cell(table, "footprint", "region")},
           {f"{table}.csv:2:footprint": "'region' is a parent of other footprints: name the footprints within it"})
      for table in ("activity_growth", "prevalence", "mortality", "indicator_trend", "prevention_effect",
                    "indicator_effect")),
    rule("a footprint does not lie within itself",
         {"footprint": ("region,Region,", "region,Region,england\nengland,All,")},
         {"footprint": ("region,Region,", "region,Region,region")},
         {"footprint.csv:4:parent": "'region' lies within itself: its parents lead back to it"}),
    rule("parents do not go round in a circle",
         {"footprint": "+a,A,b\nb,B,c\nc,C,\n"},
         {"footprint": "+a,A,b\nb,B,c\nc,C,b\n"},
         {"footprint.csv:6:parent": "'b' lies within itself", "footprint.csv:7:parent": "'c' lies within itself"}),
    rule("a name stands for one place",
         {"organisation": "+North,Capital,provider,,,\n"},
         {"organisation": "+north,The same,provider,,,\n"},
         {"organisation.csv:7:organisation": "'north' is a footprint's name too: a name stands for one place"}),
    *(rule(f"{word} is no name of {table}",
           {table: f"+{row.replace(word, word + 's')}\n"},
           {table: f"+{row}\n"},
           {f"{table}.csv:{BASE[table].count(chr(10)) + 1}:{table if column is None else column}":
            f"'{word}' is a word that results use themselves: choose another name"})
      for table, column, row, word in (
          *(("footprint", None, f"{word},X,", word) for word in ("England", "total", "nhs", "persons", "unassigned")),
          *(("organisation", None, f"{word},X,provider,,,", word)
            for word in ("England", "total", "nhs", "persons", "unassigned")),
          ("scheme", None, "total,X,Care,funding,ccg,", "total"),
          ("indicator", None, "composite,X,quality,%,higher,rate,,,,", "composite"),
          ("scenario", None, "do_nothing,home,1,0", "do_nothing"),
          ("service", None, "mortality,X,acute,death,,,,,", "mortality"),
          ("staffing", "staff_group", "nel,bed,1", "bed"))),

    # Who may do what

    rule("a council buys",
         {"flow": "+council,gps,gp,1,1,,,\n"},
         {"flow": "+board,gps,gp,1,1,,,\n", "membership": "+board,north,1\n"},
         {"flow.csv:4:commissioner": "'board' is of kind board, which has no position of its own: name a "
                                     "commissioner, provider or council"}),
    rule("a provider buys",
         {"flow": "+trust,gps,gp,1,1,,,\n"},
         {"flow": "+gps,trust,gp,1,1,,,\n", "membership": "+gps,north,1\n"},
         {"flow.csv:4:commissioner": "'gps' is of kind outside, which has no position of its own"}),
    rule("a council provides",
         {"flow": "+ccg,council,gp,1,1,2,,\n"},
         {"flow": "+ccg,board,gp,1,1,,,\n"},
         {"flow.csv:4:provider": "'board' is a board, which provides no care: name who does"}),
    rule("who is outside is paid what it costs",
         {"flow": "+ccg,gps,gp,1,100,100,,\n"},
         {"flow": "+ccg,gps,gp,1,100,90,,\n"},
         {"flow.csv:4:cost": "'gps' is outside the plan and is paid what it costs: leave the cost blank"}),
    *(rule(f"{table} is of who has a position: {column} of kind {kind}",
           {table: with_cell(table, column, "trust")},
           {table: with_cell(table, column, name)},
           {f"{table}.csv:2:{column}": f"'{name}' is of kind {kind}, which has no position of its own: name a "
                                       "commissioner, provider or council"})
      for table, column in (("pressure", "organisation"), ("transfer", "from_organisation"),
                            ("transfer", "to_organisation"), ("award", "organisation"))
      for name, kind in (("gps", "outside"), ("board", "board"))),
    *(rule(f"funding is of who has a position: {kind}",
           {"funding": "+council,grant,2016,1\n"},
           {"funding": f"+{name},grant,2016,1\n"},
           {"funding.csv:5:organisation": f"'{name}' is of kind {kind}"})
      for name, kind in (("gps", "outside"), ("board", "board"))),
    rule("nobody pays itself",
         {"transfer": "+council,ccg,Better Care Fund,2016,1000\n"},
         {"transfer": "+council,council,Better Care Fund,2016,1000\n"},
         {"transfer.csv:3:to_organisation": "'council' pays itself: name another organisation"}),

    # Prices

    rule("a deflator has every year",
         {"deflator": "year,index\n2017,3\n2016,2\n2015,1\n2014,0.5\n"},
         {"deflator": ("2016,102\n", "")},
         {"deflator.csv:2:year": "there is no index for 2016: give every year from 2015 to 2017"}),
    rule("variable and semi-fixed shares sum to at most 1",
         {"service": ("5,0.85,0.5,0.2,2", "5,0.85,0.5,0.5,2")},
         {"service": ("5,0.85,0.5,0.2,2", "5,0.85,0.5,0.51,2")},
         {"service.csv:2:semi_fixed_share": "variable and semi-fixed shares sum to 1.01: they may sum to 1 at most"}),

    # Cells

    *(rule(f"a number is written plainly: {text}",
           {"pressure": ("2016,1000", f"2016,{plain}")},
           {"pressure": ("2016,1000", f'2016,"{text}"')},
           {"pressure.csv:2:amount": f"'{text}' is not a number: {advice}"})
      for text, plain, advice in (
          ("1,000", "1000.0", "write it without commas, with a point for decimals: 1234.5"),
          ("£1000", "1e3", "write it without a currency sign: 1234.5"),
          ("$1000", "+1000", "write it without a currency sign: 1234.5"),
          ("5%", "0.05", "write it as a share: 0.05 for 5%"),
          ("(1000)", "-1000", "write a negative with a minus: -1234.5"),
          ("-£1,000", "-1000.", "write it without commas"),
          ("1 000", " 1000 ", "write a number such as 1234.5"),
          ("1000m", ".5", "write a number such as 1234.5"),
          ("0x10", "16", "write a number such as 1234.5"),
          ("NaN", "0", "write a number such as 1234.5"),
          ("nan", "-0", "write a number such as 1234.5"),
          ("inf", "1e15", "write a number such as 1234.5"),
          ("-Infinity", "-1e15", "write a number such as 1234.5"),
          ("1e400", "1e-400", "write a number such as 1234.5"),
          ("n/a", "0e0", "write a number such as 1234.5"),
          ("-", "1E+2", "write a number such as 1234.5"))),
    rule("a required cell is filled",
         {"pressure": ("2016,1000", "2016,0")},
         {"pressure": ("2016,1000", "2016,")},
         {"pressure.csv:2:amount": "the cell is blank: added to the organisation's cost in the year"}),
    *(rule(f"a year: {text}",
           {"pressure": ("services,2016", f"services,{right}")},
           {"pressure": ("services,2016", f"services,{text}")},
           {"pressure.csv:2:year": f"{said}"})
      for text, right, said in (
          ("2016/18", "2016/17", "'2016/18' is not a financial year: write 2015 or 2015/16"),
          ("2016-15", "2016-17", "'2016-15' is not a financial year"),
          ("2016/2018", "2016/2017", "'2016/2018' is not a financial year"),
          ("16/17", "2016", "'16/17' is not a financial year"),
          ("2016/7", "2016.0", "'2016/7' is not a financial year"),
          ("FY2016", "2017/18", "'FY2016' is not a financial year"),
          ("2016.5", "2017", "2016.5 is not a whole number"),
          ("1899", "2015", "1899 is not a year from 1900 to 2200"),
          ("2016/17/18", "2015-16", "'2016/17/18' is not a financial year"))),
    *(rule(f"an age: {text}",
           {"mortality_trend": ("female,0,", f"female,{right},")},
           {"mortality_trend": ("female,0,", f"female,{text},")},
           {"mortality_trend.csv:2:age": said})
      for text, right, said in (
          ("15-", "15", "'15-' is not an age band: write 15, 15-64 or 65+"),
          ("64-15", "15-64", "'64-15' is not an age band"),
          ("85 and over", "85+", "'85 and over' is not an age band"),
          ("-1", "0", "-1 is not an age from 0 to 150"),
          ("151", "150", "151 is not an age from 0 to 150"),
          ("1.5", "1-4", "1.5 is not a whole number"),
          ("04-Jan", "0-4", "'04-Jan' is not an age band"))),
    *(rule(f"a date: {text}",
           {"agreement": ("2016-10-21", right)},
           {"agreement": ("2016-10-21", text)},
           {"agreement.csv:2:date": f"'{text}' is not a date: write 2016-10-21, or a financial year such as 2016/17"})
      for text, right in (("21/10/2016", "2016"), ("2016-13-01", "2016-12-01"), ("2015-02-29", "2016-02-29"),
                          ("October 2016", "2016/17"), ("2016-10", "2016-10-31"))),
    rule("a whole number has no fraction",
         {"scheme_cost": ("1000,10", "1000,1e1")},
         {"scheme_cost": ("1000,10", "1000,10.5")},
         {"scheme_cost.csv:2:asset_life": "10.5 is not a whole number"}),
    rule("a whole number is not beyond all bounds",
         {"scheme_cost": ("1000,10", "1000,2147483647")},
         {"scheme_cost": ("1000,10", "1000,3e9")},
         {"scheme_cost.csv:2:asset_life": "3000000000 is out of range: it must be a whole number up to 2147483647"}),
    rule("no number is beyond all bounds",
         {"transfer": ("2016,1000", "2016,1e15")},
         {"transfer": ("2016,1000", "2016,2e15")},
         {"transfer.csv:2:amount": "2e+15 is out of range: it must be up to 1e15"}),
    rule("a choice is one of its words",
         {"service": ("primary", "mental_health")},
         {"service": ("primary", "mental health")},
         {"service.csv:3:setting": "'mental health' is not one of: prevention, primary, prescribing, community, "
                                   "mental_health, social, continuing, acute, specialised, ambulance, other"}),
    rule("a choice is written as it is",
         {"service": ("primary", '"primary"')},
         {"service": ("primary", "Primary")},
         {"service.csv:3:setting": "'Primary' is not one of: prevention, primary,"}),

    # Columns and tables

    rule("a column is one of the table's",
         {"pressure": "note,amount,year,name,organisation\n,1000,2016,Seven-day services,trust\n"},
         {"flow": ("service,activity,", "service,activty,")},
         {"flow.csv:1:activty": "flow has no column 'activty': did you mean activity?"}),
    rule("a column that is like no other",
         {"pressure": "organisation,name,year,amount\n"},
         {"pressure": "organisation,name,year,amount,zzz\n"},
         {"pressure.csv:1:zzz": "pressure has no column 'zzz': `stpfin describe pressure` lists those it has"}),
    rule("a column stands once",
         {"pressure": "organisation,name,year,amount,note\n"},
         {"pressure": "organisation,name,year,amount,amount\n"},
         {"pressure.csv:1:amount": "the column stands twice: keep one"}),
    rule("a column has a name",
         {"pressure": "organisation,name,year,amount,source\n"},
         {"pressure": "organisation,name,year,amount,\n"},
         {"pressure.csv:1": "column 5 has no name: name it or take it out"}),
    rule("a required column is there",
         {"pressure": "organisation,name,year,amount\n"},
         {"pressure": "organisation,name,year\n"},
         {"pressure.csv:1:amount": "the column is missing: added to the organisation's cost in the year"}),
    rule("a file is named after its table",
         {"pressure": None},
         {"pressure": None, "presure": BASE["pressure"]},
         {"presure.csv": "a plan has no table presure: did you mean pressure?"}),
    rule("a file's name ends in small letters",
         {"pressure": None},
         {"pressure": None, "Pressure": BASE["pressure"]},
         {"Pressure.csv": "a plan has no table Pressure: did you mean pressure?"}),
    rule("a table referred to is there",
         {"source": None, "organisation": ("commissioner,ons,assumed", "commissioner,,assumed")},
         {"source": None},
         {"organisation.csv:2:source": "'ons' refers to the table source, which the plan does not have: add "
                                     "source.csv"}),
    *(rule(f"a plan has the table {table}", {}, {table: None}, None)
      for table in ("footprint", "organisation", "membership", "service", "flow")),
]


def assert_rule(check_changed, case):
    kept = check_changed(case.kept)
    assert kept.status == 0 and kept.of("error") == []
    broken = check_changed(case.broken)
    assert broken.status == 1
    found = broken.of("error")
    if case.errors is None:
        (table,) = case.broken
        assert found[0][0] == f"{table}.csv" and found[0][1].startswith(f"the table {table} is missing (")
        return
    assert [where for where, _ in found] == list(case.errors), found
    for where, message in found:
        assert case.errors[where] in message


@pytest.mark.parametrize("case", RULES)
def test_rule(check_changed, case):
    assert_rule(check_changed, case)


# Every column of every table, from the data dictionary


@pytest.fixture(scope="module")
def dictionary(stpfin):
    """The columns of each table of a plan, as stpfin describe gives them."""
    def described(*table):
        return list(csv.DictReader(io.StringIO(stpfin.run("describe", *table, "--format", "csv").stdout)))
    tables = [row["table"] for row in described() if row["kind"] == "plan"]
    return {table: described(table) for table in tables}


def columns_of(dictionary, wanted=lambda column: True):
    return [(table, column) for table, columns in dictionary.items() for column in columns if wanted(column)]


def refers_to(dictionary, column):
    """The table a column refers to, None if it does not."""
    table = column["values"].split(",")[0]
    return table if table in dictionary else None


def first_row(table):
    return next(csv.DictReader(io.StringIO(BASE[table])))


def test_base_is_right_and_has_every_table_and_key(check_changed, dictionary):
    assert list(BASE) == list(dictionary)
    for table, column in columns_of(dictionary, lambda column: column["key"] == "yes" or column["blank"] == "no"):
        assert column["column"] in BASE[table].split("\n")[0].split(","), (table, column["column"])
    done = check_changed()
    assert done.status == 0 and {severity for severity, _, _ in done.problems} == {"note"}


class Wrong(NamedTuple):
    """One wrong cell for each of several tables, by table."""
    changes: dict
    expected: dict


def gather(cells):
    """One plan for the first wrong cell of every table, another for the second, and so on."""
    plans = []
    for table, column, value, said in cells:
        plan = next((plan for plan in plans if table not in plan.changes), None)
        if plan is None:
            plan = Wrong({}, {})
            plans.append(plan)
        plan.changes[table] = with_cell(table, column, value)
        plan.expected[f"{table}.csv:2:{column}"] = said
    return plans


def assert_each_is_told(check_changed, cells):
    """A wrong cell anywhere is told with its row and column; what follows from it may be told too."""
    for plan in gather(cells):
        done = check_changed(plan.changes)
        assert done.status == 1
        found = done.of("error")
        for where, said in plan.expected.items():
            assert any(place == where and said in message for place, message in found), (where, said, found)


def test_every_reference_names_what_exists(check_changed, dictionary):
    cells = [(table, column["column"], "qqqqqqqqqq",
              f"'qqqqqqqqqq' is not in the table {refers_to(dictionary, column)}: add it there, or correct it here")
             for table, column in columns_of(dictionary) if refers_to(dictionary, column)]
    assert len(cells) > 100
    assert_each_is_told(check_changed, cells)


def test_every_reference_is_guessed_at(check_changed, dictionary):
    cells = []
    for table, column in columns_of(dictionary):
        table_referred = refers_to(dictionary, column)
        if table_referred:
            name = first_row(table_referred)[dictionary[table_referred][0]["column"]]
            cells.append((table, column["column"], name + "x", f"did you mean '{name}'?"))
    assert_each_is_told(check_changed, cells)


def test_every_required_cell_is_filled(check_changed, dictionary):
    assert_each_is_told(check_changed, [
        (table, column["column"], "", f"the cell is blank: {column['meaning']}")
        for table, column in columns_of(dictionary, lambda column: column["blank"] == "no")])


def test_every_required_column_is_there(check_changed, dictionary):
    for table, column in columns_of(dictionary, lambda column: column["blank"] == "no"):
        header = BASE[table].split("\n")[0].split(",")
        header.remove(column["column"])
        done = check_changed({table: ",".join(header or ["note"]) + "\n"})
        assert (f"{table}.csv:1:{column['column']}", f"the column is missing: {column['meaning']}") in done.of("error")


def test_every_cell_is_of_its_type(check_changed, dictionary):
    said = {"number": "'x,y' is not a number: write it without commas", "whole": "'x,y' is not a number",
            "year": "'x,y' is not a financial year", "age": "'x,y' is not an age band",
            "date": "'x,y' is not a date"}
    assert_each_is_told(check_changed, [
        (table, column["column"], "x,y", said[column["type"]])
        for table, column in columns_of(dictionary, lambda column: column["type"] != "text")])


def test_every_choice_is_one_of_its_words(check_changed, dictionary):
    assert_each_is_told(check_changed, [
        (table, column["column"], "qqqqqqqqqq", f"'qqqqqqqqqq' is not one of: {column['values']}")
        for table, column in columns_of(dictionary, lambda column: column["values"])
        if not refers_to(dictionary, column)])


# A number out of each range, and the ends of it that are in.
RANGES = {
    "up to 1e15 either way": (["1.0000001e15", "-1.0000001e15"], ["1e15", "-1e15"]),
    "0 or more": (["-1"], ["0"]),
    "above 0": (["0", "-1"], ["1e-9"]),
    "above -1": (["-1", "-2"], ["-0.999999999"]),
    "below 1": (["1", "2"], ["0.999999999", "-1e15"]),
    "0 to 1": (["-1e-9", "1.000000001"], ["0", "1"]),
    "-1 to 1": (["-1.000000001", "1.000000001"], ["-1", "1"]),
    "1 or more": (["0", "-1"], ["1"]),
    "above 0 and at most 1": (["0", "1.000000001"], ["1e-9", "1"]),
    "1 to 4": (["0", "5"], ["1", "4"]),
}


def test_every_number_is_in_its_range(check_changed, dictionary):
    numbers = columns_of(dictionary, lambda column: column["range"])
    assert {column["range"] for _, column in numbers} == RANGES.keys()
    assert_each_is_told(check_changed, [
        (table, column["column"], value, f"is out of range: it must be {column['range']}")
        for table, column in numbers for value in RANGES[column["range"]][0]])


def test_every_end_of_a_range_is_in_it(check_changed, dictionary):
    """Other rules may have something against the value, but its range has not."""
    for table, column in columns_of(dictionary, lambda column: column["range"]):
        for value in RANGES[column["range"]][1]:
            done = check_changed({table: with_cell(table, column["column"], value)})
            assert not any("out of range" in message for _, message in done.of("error")), (table, column["column"])


def test_every_number_is_within_bounds(check_changed, dictionary):
    assert_each_is_told(check_changed, [
        (table, column["column"], "2e15", "2e+15 is out of range")
        for table, column in columns_of(dictionary, lambda column: column["range"] and column["type"] == "number")])


def test_every_key_stands_once(check_changed, dictionary, stpfin):
    same_key = {row["table"]: row["same_key"] for row in csv.DictReader(io.StringIO(
        stpfin.run("describe", "--format", "csv").stdout))}
    again = {table: "+" + text.splitlines()[1] + "\n" for table, text in BASE.items()}
    done = check_changed({table: how for table, how in again.items() if same_key[table] == "error"})
    expected = {}
    for table in BASE:
        if same_key[table] == "error":
            last = [column["column"] for column in dictionary[table] if column["key"] == "yes"][-1]
            expected[f"{table}.csv:{BASE[table].count(chr(10)) + 1}:{last}"] = True
    same = {where for where, message in done.of("error") if message.startswith("the same key as in row 2: keep one")}
    assert same == expected.keys()
    done = check_changed({table: how for table, how in again.items() if same_key[table] != "error"})
    assert done.status == 0
    assert {table for table, said in same_key.items() if said == "add up"} == {"flow", "scheme_cost", "award"}
    assert {table for table, said in same_key.items() if said == "in turn"} == {
        "activity_effect", "efficiency_effect", "prevention_effect", "indicator_effect"}


def test_every_table_may_say_where_a_row_comes_from(check_changed, dictionary):
    kept = {table: with_cell(table, "status", "derived") for table in BASE}
    assert check_changed(kept).status == 0
    kept = {table: with_cell(table, "note", "x, \"y\"\nand z") for table in BASE}
    assert check_changed(kept).status == 0
    kept = {table: with_cell(table, "source", "ons") for table in BASE if table != "source"}
    assert check_changed(kept).status == 0


# Years outside the plan's


def test_years_outside_are_ignored_with_one_note(check_changed):
    done = check_changed({"pressure": "+trust,old,2014,1\ntrust,later,2018,1\ntrust,later,2030/31,1\n"})
    assert done.status == 0
    assert ("pressure.csv", "3 rows of years outside the plan's 2015 to 2017 are ignored") in done.of("note")
    done = check_changed({"inflation": "+pay,2018,0.5\n"})
    assert ("inflation.csv", "1 row of years outside the plan's 2015 to 2017 is ignored") in done.of("note")


def test_years_outside_are_told_what_is_wrong_with_them_all_the_same(check_changed):
    done = check_changed({"pressure": "+trust,old,2014,1%\n"})
    assert done.of("error") == [("pressure.csv:3:amount", "'1%' is not a number: write it as a share: 0.05 for 5%")]


def test_only_capital_comes_before_the_base_year(check_changed):
    def notes(rows):
        done = check_changed({"scheme_cost": rows})
        assert done.status == 0
        return [note for note in done.of("note") if note[0] == "scheme_cost.csv"]

    assert notes("+home,ccg,2010,capital,1000,10\n") == []
    assert notes("+home,ccg,2010,recurrent,1000,\nhome,ccg,2014,transition,1000,\n") == [
        ("scheme_cost.csv", "2 rows of years outside the plan's 2015 to 2017 are ignored")]
    assert notes("+home,ccg,2018,capital,1000,10\n") == [
        ("scheme_cost.csv", "1 row of years outside the plan's 2015 to 2017 is ignored")]


def test_counts_before_the_base_year_are_not_outside(check_changed):
    """Deaths and indicators are observed when they are, and projected from the last."""
    done = check_changed({"mortality": "+north,1999,male,0,1,0,,\n", "indicator_value": "+south,waits,1999,1,2\n"})
    assert not any("outside the plan" in message for _, message in done.of("note"))


# The settings


@pytest.mark.parametrize("settings, errors", [
    ({"base_year": 2015, "end_year": 2015}, None),
    ({"base_year": "2015/16", "end_year": "2017-18"}, None),
    ({"base_year": 2015.0, "end_year": 2017, "discount_rate": 0, "capital_charge_rate": 0}, None),
    ({"base_year": 2015, "end_year": 2056}, {"end_year": "2056 is 41 years after the base year: at most 40"}),
    ({"base_year": 2015, "end_year": 2014}, {"end_year": "2014 comes before the base year 2015"}),
    ({"base_year": 2190, "end_year": 2201}, {"end_year": "2201 is not a year from 1900 to 2200"}),
    ({"base_year": 1899, "end_year": 1905}, {"base_year": "1899 is not a year from 1900 to 2200"}),
    ({"base_year": 2015}, {"end_year": "\"stpfin\" has no end_year: give the financial year, as 2015"}),
    ({"base_yaer": 2015, "end_year": 2017},
     {"base_yaer": "\"stpfin\" has no setting 'base_yaer': did you mean base_year?",
      "base_year": "\"stpfin\" has no base_year"}),
    ({"base_year": 2015, "end_year": 2017, "colour": 1},
     {"colour": "\"stpfin\" has no setting 'colour': it has base_year, end_year, discount_rate, long_discount_rate "
                "and capital_charge_rate"}),
    ({"base_year": 2015, "end_year": 2017, "discount_rate": -1}, {"discount_rate": "-1 is out of range"}),
    ({"base_year": 2015, "end_year": 2017, "long_discount_rate": "3%"},
     {"long_discount_rate": "not a number: write a rate such as 0.035"}),
    ({"base_year": 2015, "end_year": 2017, "capital_charge_rate": -0.01},
     {"capital_charge_rate": "-0.01 is out of range: it must be a yearly rate such as 0.035, 0 or more"}),
    ({"base_year": 2015, "end_year": 2017, "capital_charge_rate": None}, {"capital_charge_rate": "not a number"}),
])
def test_settings(check_changed, settings, errors):
    done = check_changed({"uncertainty": None, "correlation": None}, settings)
    if errors is None:
        assert done.status == 0
        return
    assert done.status == 1
    found = done.of("error")
    assert [where for where, _ in found] == [f"datapackage.json:{name}" for name in errors]
    for (_, message), said in zip(found, errors.values()):
        assert said in message


def test_forty_years_are_not_too_many(check_changed):
    years = range(2015, 2056)
    done = check_changed({
        "population": None, "age_weight": None, "deflator": None,
        "funding": "organisation,stream,year,amount\n" + "".join(f"ccg,allocation,{year},1\n" for year in years),
        "inflation": "component,year,rate\npay,,0.02\ndrugs,,0.03\nprice,,0\n",
    }, {"base_year": 2015, "end_year": 2055})
    assert done.status == 0


# Which row of a rate table holds


def project(stpfin, folder, table):
    text = stpfin.run("project", folder, "--table", table, "--format", "csv").stdout
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def growth_of(stpfin, tmp_path):
    """The growth of nel's activity in each year when other things are still, by the rows of a rate table."""
    def growth(**tables):
        folder = write_plan(tmp_path / "plan", {"population": None, "age_weight": None, "uncertainty": None,
                                                "correlation": None, **tables})
        activity = [float(row["activity"]) for row in project(stpfin, folder, "activity") if row["service"] == "nel"]
        return [round(now / before - 1, 9) for before, now in zip(activity, activity[1:])]
    return growth


@pytest.mark.parametrize("rows, expected", [
    ("", [0, 0]),
    (",,,0.01\n", [0.01, 0.01]),
    (",,,0.01\n,,2016,0.02\n", [0.02, 0.01]),
    (",,2016,0.02\n,north,,0.03\n", [0.03, 0.03]),
    ("gp,,,0.02\n,south,,0.03\n,,2016,0.04\n", [0.04, 0]),
    ("nel,,,0.01\n,north,,0.02\n,,2016,0.03\n", [0.01, 0.01]),
    ("nel,,,0.01\n,north,2016,0.02\n", [0.02, 0.01]),
    (",north,2016,0.02\nnel,,2016,0.03\n", [0.03, 0]),
    (",north,2016,0.02\nnel,,2016,0.03\nnel,north,,0.04\n", [0.04, 0.04]),
    ("nel,north,,0.04\nnel,north,2017,0.05\n,,,0.01\n", [0.04, 0.05]),
])
def test_the_row_with_most_keys_filled_wins_and_a_tie_goes_to_the_earlier_column(growth_of, rows, expected):
    assert growth_of(activity_growth="service,footprint,year,rate\n" + rows) == expected


def test_a_tariff_and_inflation_are_chosen_by_the_same_rule(stpfin, tmp_path):
    folder = write_plan(tmp_path / "plan", {
        "population": None, "age_weight": None, "activity_growth": None,
        "inflation": "component,year,rate\npay,,0.02\npay,2017,0.05\n", "cost_mix": "service,component,share\n,pay,1\n",
        "tariff": "service,year,uplift,efficiency\n,2016,0.5,0\nnel,,0.1,0.2\n",
        "uncertainty": None, "correlation": None,
    })
    care = {int(row["year"]): row for row in project(stpfin, folder, "ledger")
            if row["organisation"] == "trust" and row["line"] == "care"}
    paid = {int(row["year"]): row for row in project(stpfin, folder, "ledger")
            if row["organisation"] == "trust" and row["line"] == "contract"}
    assert float(care[2016]["cost"]) == pytest.approx(21000000 * 1.02)
    assert float(care[2017]["cost"]) == pytest.approx(21000000 * 1.02 * 1.05)
    assert float(paid[2016]["income"]) == pytest.approx(20000000 * 1.1 * 0.8)
    assert float(paid[2017]["income"]) == pytest.approx(20000000 * (1.1 * 0.8) ** 2)


def test_a_supply_of_one_year_goes_before_that_of_all(stpfin, tmp_path):
    folder = write_plan(tmp_path / "plan", {"supply": "organisation,resource,year,amount\ntrust,bed,,100\n"
                                                      "trust,bed,2016/17,90\n"})
    beds = {row["year"]: row["supply"] for row in project(stpfin, folder, "resource")
            if row["organisation"] == "trust" and row["resource"] == "bed"}
    assert beds == {"2015": "100", "2016": "90", "2017": "100"}


def test_age_weights_and_cost_mixes_are_taken_as_whole_sets(stpfin, tmp_path):
    """nel's own rows hold for it alone and the rows without a service are not mixed in."""
    bands = {"female,0": 100, "female,65": 50, "male,0": 100, "male,65": 40}
    people = "footprint,year,sex,age,persons\n" + "".join(
        f"north,{year},{band},{persons + (year - 2015) * 10 * (band == 'female,65')}\n"
        for year in YEARS for band, persons in bands.items())
    folder = write_plan(tmp_path / "plan", {
        "population": people, "activity_growth": None, "tariff": None, "relative_risk": None, "uncertainty": None,
        "correlation": None, "age_weight": WEIGHTS + "nel,,,1\nnel,,65,3\n,female,65,100\n,,,1\n",
        "cost_mix": "service,component,share\nnel,pay,1\n,drugs,1\n",
        "inflation": "component,year,rate\npay,,0.1\ndrugs,,0.5\n",
    })
    activity = {(row["service"], row["year"]): float(row["activity"]) for row in project(stpfin, folder, "activity")}
    assert activity["nel", "2016"] / activity["nel", "2015"] == pytest.approx((200 + 3 * 100) / (200 + 3 * 90))
    assert activity["gp", "2016"] / activity["gp", "2015"] == pytest.approx((240 + 100 * 60) / (240 + 100 * 50))
    care = {row["year"]: float(row["cost"]) for row in project(stpfin, folder, "ledger")
            if row["organisation"] == "trust" and row["line"] == "care"}
    assert care["2016"] / care["2015"] == pytest.approx(1.1 * 500 / 470)


# What is legal but worth knowing


NOTES = [
    ("service without growth", {"activity_growth": "service,footprint,year,rate\nnel,,,0\n", "uncertainty": None,
                                "correlation": None},
     "note", "activity_growth.csv", "no row fits gp: they grow with population only"),
    ("service without cost mix", {"cost_mix": "service,component,share\nnel,pay,1\n"},
     "note", "cost_mix.csv", "no row fits gp: their cost does not inflate"),
    ("service without tariff", {"tariff": "service,year,uplift,efficiency\nnel,,0,0\n"},
     "note", "tariff.csv", "no row fits gp: their price follows the inflation of their cost"),
    ("services without a table", {"tariff": None},
     "note", "tariff.csv", "no row fits nel, gp: their price follows the inflation of their cost"),
    ("footprint without population", {"population": ("south,2015,,,500\nsouth,2016,,,500\nsouth,2017,,,500\n", "")},
     "note", "population.csv", "no row for south: demand there does not change with population"),
    ("plan without population", {"population": None, "age_weight": None},
     "note", "population.csv", "no row for north, south: demand there does not change with population"),
    ("settings without money", {},
     "note", "footprint.csv:2", "north has no money in the settings prevention, prescribing, community, mental_health, "
                                "social, continuing, specialised, ambulance and 1 more"),
    ("kinds without an organisation", {}, "note", "footprint.csv:2", "north has no organisation of kind council"),
    ("kinds without an organisation", {}, "note", "footprint.csv:3", "south has no organisation of kind commissioner"),
    ("organisation in no footprint", {"membership": ("council,south,1\n", "")},
     "note", "membership.csv", "council lie wholly or partly in no footprint: results show that part as unassigned"),
    ("organisation partly in no footprint", {"membership": ("council,south,1", "council,south,0.9")},
     "note", "membership.csv", "council lie wholly or partly in no footprint: results show that part as unassigned"),
    ("nobody is funded", {"funding": None},
     "warning", "funding.csv", "nobody is funded: the whole cost of care is the gap"),
    ("supply of an unknown resource", {"supply": "+trust,nurses,,1\ntrust,nurses,2016,1\n"},
     "warning", "supply.csv:4:resource",
     "'nurses' is neither bed nor a staff_group of the table staffing: did you mean 'nurse'?"),
    ("supply of beds, misspelt", {"supply": "+trust,Beds,,1\n"},
     "warning", "supply.csv:4:resource",
     "'Beds' is neither bed nor a staff_group of the table staffing: did you mean 'bed'?"),
    ("a file that is no table", {"our own workings": "a,b\n1,2\n"},
     "note", "our own workings.csv", "not a table of a plan: it is not read"),
]


@pytest.mark.parametrize("changes, severity, where, message", [case[1:] for case in NOTES],
                         ids=[case[0] for case in NOTES])
def test_what_is_worth_knowing(check_changed, changes, severity, where, message):
    done = check_changed(changes)
    assert done.status == 0
    assert done.problems.count((severity, where, message)) == 1, done.problems


def test_other_files_are_not_mentioned(check, tmp_path):
    folder = write_plan(tmp_path / "plan")
    before = check(folder)
    (folder / "README.md").write_text("A plan\n", encoding="utf-8")
    (folder / "flow.xlsx").write_bytes(b"PK")
    (folder / "old").mkdir()
    assert check(folder) == before


def test_a_file_of_another_ending_is_told(check, tmp_path):
    folder = write_plan(tmp_path / "plan", {"pressure": None})
    (folder / "pressure.CSV").write_text(BASE["pressure"], encoding="utf-8")
    assert check(folder).of("error") == [
        ("pressure.CSV", "a table's file ends in .csv: name it pressure.csv")]
