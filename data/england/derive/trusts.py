"""NHS trusts: their accounts of 2015/16, kind, footprints, the groups they serve, and beds."""

import math
from dataclasses import dataclass, field

from .places import distance
from .plan import BASE_YEAR, shares
from .sources import read

# Closed before the year began: no income in 2015.
CLOSED = ("RBB", "RD7", "RJD")

# Part-year accounts join those of the trust that took the services over.
MERGED = {"R1G": "RA9", "RFW": "RQM"}

# What the estates return's care trusts provide; and Worcestershire, community there, is the county's mental health
# trust too.
OTHER_KINDS = {"R1A": "mental_health", "R1J": "community", "TAD": "mental_health", "TAE": "mental_health",
               "TAF": "mental_health", "TAH": "mental_health", "TAJ": "mental_health"}
KINDS = {
    "ACUTE - TEACHING": "teaching", "ACUTE - LARGE": "large", "ACUTE - MEDIUM": "medium", "ACUTE - SMALL": "small",
    "ACUTE - MULTI-SERVICE": "multi_service", "ACUTE - SPECIALIST": "specialist",
    "MENTAL HEALTH AND LEARNING DISABILITY": "mental_health", "COMMUNITY": "community", "AMBULANCE": "ambulance",
}
ACUTE = ("teaching", "large", "medium", "small", "multi_service", "specialist")

# Names the provider list lacks.
NAMES = {
    "RJX": "Calderstones Partnership NHS Foundation Trust",
    "RLU": "Birmingham Women's NHS Foundation Trust",
    "RQQ": "Hinchingbrooke Health Care NHS Trust",
    "RRD": "North Essex Partnership University NHS Foundation Trust",
    "RWN": "South Essex Partnership University NHS Foundation Trust",
    "TAE": "Manchester Mental Health and Social Care NHS Trust",
}

# Footprints of 2020 whose trusts lie in one footprint of 2017; 50 and 51 do not map back.
FOOTPRINTS_2020 = {"E54000052": "E54000035", "E54000053": "E54000033", "E54000054": "E54000005"}

# Trusts the look-ups miss or place by a head office away from their patients: the footprints or CCGs they served.
PLACED = {
    # Merged or renamed before 2021, moved with the footprints of 2020, or governed from elsewhere.
    "R1E": ["E54000010"],
    "R1J": ["E54000043"],
    "RAN": ["E54000028"],
    "RJX": ["E54000048"],
    "RLU": ["E54000017"],
    "RM2": ["E54000007"],
    "RQQ": ["E54000021"],
    "RV9": ["E54000006"],
    "RW3": ["E54000007"],
    "RX4": ["E54000046"],
    "RXT": ["E54000017"],
    "RY1": ["E54000008"],
    "TAD": ["E54000005"],
    "TAE": ["E54000007"],
    "TAF": ["E54000028"],
    "TAH": ["E54000009"],
    "TAJ": ["E54000016"],
    # Oxleas: Bexley, Bromley and Greenwich.
    "RPG": ["07N", "07Q", "08A"],
    # Norfolk and Suffolk.
    "RMY": ["E54000022", "06L", "07K"],
    # Cumbria Partnership: all of Cumbria.
    "RNN": ["01H"],
    # North Essex: the north-east, the middle and the west of the county.
    "RRD": ["06T", "06Q", "07H"],
    # South Essex, with community services in Bedfordshire and west Essex.
    "RWN": ["99E", "99F", "99G", "07G", "06F", "07H"],
    # South Staffordshire and Shropshire.
    "RRE": ["04Y", "05D", "05Q", "05V", "05N", "05X"],
    # Central and North West London, with Milton Keynes.
    "RV3": ["07P", "09A", "08E", "08G", "08Y", "04F"],
    # Avon and Wiltshire.
    "RVN": ["E54000039", "E54000040"],
    # 2gether: Gloucestershire and Herefordshire.
    "RTQ": ["E54000043", "05F"],
    # East London, with Luton and Bedfordshire from April 2015.
    "RWK": ["07T", "08M", "08V", "06F", "06P"],
    # Berkshire, east and west.
    "RWX": ["10G", "10T", "11C", "10M", "10N", "10W", "11D"],
    # Tees, Esk and Wear Valleys, with the Vale of York from October 2015.
    "RX3": ["E54000045", "00J", "03Q", "03M", "03E"],
    # Surrey and Borders.
    "RXX": ["E54000035", "09L", "10C", "99M"],
    # Ambulance services.
    "RRU": ["E54000027", "E54000028", "E54000029", "E54000030", "E54000031"],
    "RX6": ["E54000045", "E54000046"],
    "RX7": ["E54000007", "E54000008", "E54000047", "E54000048"],
    "RX8": ["E54000005", "02Y", "03F", "03M", "03Q", "02P", "02X", "03L", "03N"],
    "RX9": ["E54000012", "E54000013", "E54000014", "E54000015", "E54000020", "02Q", "03H", "03K"],
    "RYA": ["E54000010", "E54000011", "E54000016", "E54000017", "E54000018", "E54000019"],
    "RYC": ["E54000021", "E54000022", "E54000023", "06F", "06P", "E54000025", "E54000026"],
    "RYD": ["E54000032", "E54000033", "E54000035", "10C", "99M"],
    "RYE": ["E54000042", "E54000044", "10G", "10T", "11C", "04F"],
    "RYF": ["E54000036", "E54000037", "E54000038", "E54000039", "E54000040", "E54000041", "E54000043"],
}

# Contracts fall off with distance: an exponential with this scale keeps about nine tenths inside the footprint.
DISTANCE_SCALE_KM = 10.0

# A CCG outside the trust's footprint is this much less likely to buy than one inside as near.
OUTSIDE_FOOTPRINT = 0.1


@dataclass
class Trust:
    """A trust with accounts; money in whole £."""

    code: str
    name: str
    kind: str
    income: int
    position: int
    footprints: dict
    placed_by_hand: bool
    pull: dict = field(default_factory=dict)
    beds: int = 0
    occupied_beds: float = 0.0

    @property
    def acute(self):
        return self.kind in ACUTE


def trust_code(code):
    """The trust a site code belongs to: sites carry suffixes, and part-year trusts join their successor."""
    code = code.strip()
    if code[0] == "R" or code.startswith("TA"):
        code = code[:3]
    return MERGED.get(code, code)


def trusts(groups):
    """The trusts with accounts for 2015/16, by code."""
    accounts = read("providers/financial_positions.csv")
    accounts = accounts[(accounts.YEAR == BASE_YEAR) & ~accounts.ORG_CODE.isin(CLOSED)]
    types = read("activity/eric_2015_16_by_trust.csv").set_index("Organisation Code")["Organisation Type"]
    names = read("providers/nhs_provider.csv")
    names = dict(zip(names.ORG_CODE.str.strip(), names.ORG_NAME.str.strip()))
    directory = read("lookups/trust_ods_etr_2021_to_stp20.csv").set_index("ods_code")
    acute_places = read("lookups/trust_stp_2017_18_lookup_healthfoundation.csv").set_index("code").STP_code
    acute_places = acute_places[~acute_places.index.duplicated()]

    money = {}
    for row in accounts.itertuples():
        code = trust_code(row.ORG_CODE)
        income, position = money.get(code, (0, 0))
        money[code] = (income + round(1000 * row.OP_INCOME), position + round(1000 * row.FINANCIAL_POSITION))

    found = {}
    for code in sorted(money):
        kind = OTHER_KINDS.get(code) or KINDS[types[code]]
        if code in PLACED:
            places = areas_served(PLACED[code], groups)
        elif code in acute_places.index:
            places = {acute_places[code]: 1.0}
        else:
            home = directory.STP20CD[code]
            places = {FOOTPRINTS_2020.get(home, home): 1.0}
        trust = Trust(code, NAMES.get(code) or names[code], kind, *money[code], places, code in PLACED)
        postcode = directory.postcode.get(code)
        trust.pull = pull(trust, groups, postcode if isinstance(postcode, str) else None)
        found[code] = trust
    add_beds(found)
    return found


def areas_served(areas, groups):
    """Membership shares of a trust that serves these footprints and CCGs, by their allocations."""
    by_footprint = {}
    for group in groups_served(areas, groups):
        for footprint, share in groups[group].footprints.items():
            if group in areas or footprint in areas:
                money = share * groups[group].allocation_2017
                by_footprint[footprint] = by_footprint.get(footprint, 0.0) + money
    by_footprint = dict(sorted(by_footprint.items()))
    return dict(zip(by_footprint, shares(list(by_footprint.values()))))


def groups_served(areas, groups):
    """Share of each CCG that lies in these footprints and CCGs."""
    served = {}
    for code, group in groups.items():
        inside = 1.0 if code in areas else sum(share for f, share in group.footprints.items() if f in areas)
        if inside:
            served[code] = inside
    return served


def pull(trust, groups, postcode):
    """How strongly each CCG is drawn to the trust, before contracts are balanced.

    Allocation times distance decay for acute trusts; others serve their area evenly. Rounded to six figures, so that
    machines whose exponentials differ in the last bit give the same plan.
    """
    areas = PLACED.get(trust.code, list(trust.footprints))
    served = groups_served(areas, groups)
    if not trust.acute:
        weights = {code: groups[code].allocation_2017 * share for code, share in served.items()}
    else:
        at = location(served, groups, postcode)
        weights = {}
        for code, group in groups.items():
            inside = served.get(code, 0.0)
            nearness = math.exp(-distance(at, group.centre) / DISTANCE_SCALE_KM)
            weights[code] = group.allocation_2017 * nearness * (inside + (1 - inside) * OUTSIDE_FOOTPRINT)
    largest = max(weights.values())
    return {code: float(f"{weight / largest:.6g}") for code, weight in weights.items()}


def location(served, groups, postcode):
    """Where a trust is: the middle of the CCGs of its footprint with offices in its postcode district, else area.

    Failing both, the middle of its footprint.
    """
    nearby = list(served)
    if postcode:
        for part in (district, letters):
            matches = [code for code in served if part(groups[code].postcode) == part(postcode)]
            if matches:
                nearby = matches
                break
    whole = sum(groups[code].allocation_2017 for code in nearby)
    return tuple(sum(groups[code].allocation_2017 * groups[code].centre[axis] for code in nearby) / whole
                 for axis in (0, 1))


def district(postcode):
    """The postcode district: the part before the space."""
    return postcode.split()[0]


def letters(postcode):
    """The postcode area: the letters a postcode starts with."""
    return postcode[:2] if postcode[1].isalpha() else postcode[:1]


def add_beds(found):
    beds = read("providers/beds.csv")
    for row in beds[beds.YEAR == BASE_YEAR].itertuples():
        trust = found[trust_code(row.ORG_CODE)]
        trust.beds += round(row.BEDS)
        trust.occupied_beds += row.BEDS * row.BEDS_OCCUPIED_PERCENT


def add_to(plan, found):
    for trust in found.values():
        plan.add("organisation", organisation=trust.code, name=trust.name, kind="provider", source="trust_names")
        for footprint, share in trust.footprints.items():
            plan.add("membership", organisation=trust.code, footprint=footprint, share=share,
                     source="trust_placed" if trust.placed_by_hand else "trust_place")
        if trust.acute and trust.beds:
            plan.add("supply", organisation=trust.code, resource="bed", amount=trust.beds, source="beds")
        for line, amount in (("income", trust.income), ("cost", trust.income - trust.position)):
            plan.add("organisation_plan", organisation=trust.code, version="outturn", year=BASE_YEAR, line=line,
                     amount=amount, source="accounts")
