#!/usr/bin/python3
"""Write a plan whose beds are those published for Leicester, Leicestershire and Rutland.

    make.py [OUTPUT_FOLDER]

The folder is this script's own unless another is named.  The beds are published; what fills and what empties them is
assumed, and the lengths of stay and their reductions are solved so that the beds come out.  README.md says what the
case shows.
"""

import csv
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent

BASE_YEAR, END_YEAR = 2016, 2020
YEARS = range(BASE_YEAR, END_YEAR + 1)

# Enough for the beds, too few for the last bit of a machine's arithmetic to show.
DECIMALS = 12

# As the model counts beds.
DAYS_A_YEAR = 365
OCCUPANCY = 0.85

# Published growth of secondary care a year (Nuffield Trust, Feeling the crunch, 2016).
GROWTH = 0.029

# Plans were published at the end of 2016: their first full year is 2017/18.
START_YEAR = 2017

PUBLISHED, ASSUMED = "bed_numbers", "assumption"

# Published unit costs, £: non-elective admission and excess bed day (reference costs 2016/17), and an episode of
# intermediate care at home (National Audit of Intermediate Care 2014).
ADMISSION, BED_DAY, HOME_EPISODE = 1590, 313, 1045


class Ward:
    """Beds of one kind: published numbers now and in 2020/21, and the assumed stays that fill them.

    `moved` is the share of stays looked after at home instead; shorter stays do the rest.
    """

    def __init__(self, service, name, setting, provider, now, then, stays, moved):
        self.service, self.name, self.setting, self.provider = service, name, setting, provider
        self.now, self.then, self.stays, self.moved = now, then, stays, moved
        self.length_of_stay = round(now * DAYS_A_YEAR * OCCUPANCY / stays, DECIMALS)
        in_do_nothing = now * (1 + GROWTH) ** (END_YEAR - BASE_YEAR)
        self.stay_reduction = round(1 - then / (in_do_nothing * (1 - moved)), DECIMALS)


WARDS = [
    Ward("acute_stay", "Stay in an acute hospital", "acute", "university_hospitals", 1940, 1697, 120_000, 0.12),
    Ward("community_stay", "Stay in a community hospital", "community", "partnership_trust", 233, 195, 3_000, 0.12),
]
UNIT_COST = {"acute_stay": ADMISSION, "community_stay": round(BED_DAY * WARDS[1].length_of_stay)}


def tables():
    spending = sum(ward.stays * UNIT_COST[ward.service] for ward in WARDS)
    timing = {"start_year": START_YEAR, "full_year": END_YEAR, "ramp": "linear"}
    return {
        "source": [
            {"source": PUBLISHED, "title": "Draft Sustainability and Transformation Plan of Leicester, Leicestershire "
             "and Rutland: beds now and in 2020/21", "publisher": "The CCGs of Leicester, Leicestershire and Rutland",
             "published": "2016-11-21", "url": "https://eastleicestershireandrutlandccg.nhs.uk/get-involved/stp/",
             "status": "published"},
            {"source": "growth", "title": "Feeling the crunch: NHS finances to 2020", "publisher": "Nuffield Trust",
             "published": "2016-08", "url": "", "status": "published"},
            {"source": ASSUMED, "title": "What fills the beds and what empties them: see README.md", "publisher": "",
             "published": "", "url": "", "status": "assumed"}],
        "footprint": [{"footprint": "leicestershire", "name": "Leicester, Leicestershire and Rutland"}],
        "organisation": [
            {"organisation": "ccgs", "name": "CCGs of Leicester, Leicestershire and Rutland", "kind": "commissioner"},
            {"organisation": "university_hospitals", "name": "University Hospitals of Leicester", "kind": "provider"},
            {"organisation": "partnership_trust", "name": "Leicestershire Partnership", "kind": "provider"},
            {"organisation": "home_care", "name": "Care at home in place of hospital", "kind": "outside"}],
        "membership": [{"organisation": organisation, "footprint": "leicestershire", "share": 1}
                       for organisation in ("ccgs", "university_hospitals", "partnership_trust")],
        "service": [{"service": ward.service, "name": ward.name, "setting": ward.setting, "unit": "stay",
                     "length_of_stay": ward.length_of_stay, "target_occupancy": OCCUPANCY, "source": ASSUMED,
                     "note": "the stay at which the published beds are full"} for ward in WARDS] +
                   [{"service": "home_episode", "name": "Episode of care at home", "setting": "community",
                     "unit": "episode", "length_of_stay": "", "target_occupancy": "", "source": ASSUMED, "note": ""}],
        "supply": [{"organisation": ward.provider, "resource": "bed", "amount": ward.now, "source": PUBLISHED}
                   for ward in WARDS],
        "flow": [{"commissioner": "ccgs", "provider": ward.provider, "service": ward.service, "activity": ward.stays,
                  "income": ward.stays * UNIT_COST[ward.service], "source": ASSUMED} for ward in WARDS],
        "activity_growth": [{"rate": GROWTH, "source": "growth"}],
        "funding": [{"organisation": "ccgs", "stream": "hospital_care", "year": year, "amount": spending,
                     "source": ASSUMED} for year in YEARS],
        "scheme": [
            {"scheme": "care_at_home", "name": "Care at home instead of a stay", "workstream": "home first",
             "aim": "funding", "owner": "ccgs", "source": ASSUMED},
            {"scheme": "shorter_stays", "name": "Shorter stays", "workstream": "flow", "aim": "funding",
             "owner": "university_hospitals", "source": ASSUMED}],
        "activity_effect": [{"scheme": "care_at_home", "service": ward.service, "reduction": ward.moved,
                             "to_service": "home_episode", "to_provider": "home_care", "substitution": 1,
                             "unit_cost": HOME_EPISODE, **timing, "source": ASSUMED} for ward in WARDS],
        "efficiency_effect": [{"scheme": "shorter_stays", "service": ward.service,
                               "stay_reduction": ward.stay_reduction, **timing, "source": ASSUMED,
                               "note": "what is left to reach the published beds"} for ward in WARDS],
        "scenario": [{"scenario": "beds_as_planned", "scheme": scheme, "source": ASSUMED}
                     for scheme in ("care_at_home", "shorter_stays")],
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
    package = {"name": "leicester-beds", "title": "Beds of Leicester, Leicestershire and Rutland to 2020/21",
               "profile": "tabular-data-package", "stpfin": {"base_year": BASE_YEAR, "end_year": END_YEAR},
               "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(package, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
