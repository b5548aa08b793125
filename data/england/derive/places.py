"""Footprints, clinical commissioning groups, councils, and how far apart places are."""

import json
import math
from dataclasses import dataclass

from .plan import shares
from .sources import FOLDER, read

NHS_ENGLAND = "X24"

# Outside organisations: one of each kind stands for all of them.
OUTSIDE = {
    "general_practice": "General practices",
    "high_street": "Dentists, pharmacies, opticians and other direct commissioning",
    "dispensing": "Prescriptions dispensed",
    "independent_hospital": "Independent hospitals",
    "community_provider": "Community care in place of hospital care, its provider not yet chosen",
    "urgent_care_centre": "A&E, walk-in and urgent care outside trusts",
    "continuing_care_home": "Providers of continuing care",
    "independent_other": "Independent and voluntary providers of other NHS care, and running costs",
    "care_home": "Care homes",
    "home_care_agency": "Home care, direct payments and care in the community",
    "care_support": "Social work, equipment and other adult social care",
    "public_health_provider": "Public health services",
}

# Cumbria CCG alone lies in two footprints; the shares are those of its residents, mid-2017.
CUMBRIA = "01H"
CUMBRIA_SHARES = {"E54000047": 0.631, "E54000048": 0.369}

# North Yorkshire's outturn carries an older code in 2015/16.
NORTH_YORKSHIRE = {"E10000022": "E10000023"}

# Slivers of a council below this share are boundary noise of small areas.
SMALLEST_COUNCIL_SHARE = 0.005

KILOMETRES_PER_DEGREE = 111.2


@dataclass
class Group:
    """A clinical commissioning group of 2016."""

    code: str
    name: str
    code_2017: str
    footprints: dict
    centre: tuple
    postcode: str
    allocation_2017: float
    allocation_2018: float


@dataclass
class Council:
    """A council with adult social care."""

    code: str
    name: str
    footprints: dict
    groups: dict
    residents: int


def footprints():
    table = read("lookups/stp44_footprints_2017.csv").sort_values("STP17CD")
    return dict(zip(table.STP17CD, table.STP17NM))


def clinical_commissioning_groups():
    """The 209 groups of 2016 by code, with the centre of their area and their core allocations."""
    lookup = read("lookups/ccg16_ccg17_stp17_derived.csv")
    postcodes = read("lookups/ods_eccg_2016_02_ccg_addresses.csv").set_index("ods_code").postcode
    allocations = read("finance/ccg_core_allocations_2018_19.csv").set_index("CCG16CDH")
    centres = area_centres()
    registered = read("population/ccg16_registered_pop_by_age_sex_2016q1.csv").set_index("CCG16CDH").total
    groups = {}
    for row in lookup.sort_values("CCG16CDH").itertuples():
        code = row.CCG16CDH
        name = row.CCG16NM.removeprefix("NHS ").removesuffix(" CCG")
        if code in allocations.index:
            money = allocations.loc[code]
            allocation_2017 = float(money.implied_2017_18_allocation_gbp000)
            allocation_2018 = float(money.final_allocation_gbp000)
        else:
            allocation_2017, allocation_2018 = imputed_allocation(code, row.STP17CD, lookup, allocations, registered)
        groups[code] = Group(code, name, row.CCG17CDH_main,
                             dict(CUMBRIA_SHARES) if code == CUMBRIA else {row.STP17CD: 1.0},
                             centres[row.CCG16CD], postcodes[code], allocation_2017, allocation_2018)
    return groups


def imputed_allocation(code, footprint, lookup, allocations, registered):
    """The source lacks Newcastle Gateshead: give it its footprint's mean allocation per registered person."""
    neighbours = [c for c in lookup[lookup.STP17CD == footprint].CCG16CDH if c in allocations.index]
    per_person = registered[code] / registered[neighbours].sum()
    money = allocations.loc[neighbours]
    return (float(money.implied_2017_18_allocation_gbp000.sum() * per_person),
            float(money.final_allocation_gbp000.sum() * per_person))


def area_centres():
    """Centre (latitude, longitude) of each CCG's largest polygon."""
    with open(FOLDER / "boundaries/ccg16_boundaries.geojson", encoding="utf-8") as file:
        features = json.load(file)["features"]
    centres = {}
    for feature in features:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        _, centre = max(area_and_centre(polygon[0]) for polygon in polygons)
        centres[feature["properties"]["AreaCode"]] = centre
    return centres


def area_and_centre(ring):
    """Planar area and centroid of a ring of (longitude, latitude); ample for places tens of kilometres apart."""
    twice_area = east = north = 0.0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1]):
        cross = x0 * y1 - x1 * y0
        twice_area += cross
        east += (x0 + x1) * cross
        north += (y0 + y1) * cross
    if not twice_area:
        return 0.0, (ring[0][1], ring[0][0])
    return abs(twice_area) / 2, (north / (3 * twice_area), east / (3 * twice_area))


def distance(one, other):
    """Kilometres between two (latitude, longitude) points."""
    north = (one[0] - other[0]) * KILOMETRES_PER_DEGREE
    east = (one[1] - other[1]) * KILOMETRES_PER_DEGREE * math.cos(math.radians((one[0] + other[0]) / 2))
    return math.hypot(north, east)


def councils():
    """The 152 councils by code, with their shares of footprints and of 2017 CCGs."""
    outturn = read("socialcare/la_revenue_outturn_social_care_2015_16_to_2017_18.csv")
    outturn = outturn[outturn["return"] == "RO_2015-16_revised"]
    names = {NORTH_YORKSHIRE.get(code, code): council_name(name)
             for code, name in zip(outturn.ONS_code, outturn.local_authority)}
    upper_tier = read("lookups/ltla17_utla17_lookup.csv").drop_duplicates("LTLA17CD").set_index("LTLA17CD").UTLA17CD

    def council_of(district):
        return district if district in names else upper_tier[district]

    residents = read("population/lad17_by_stp17_population_mid2017_5yr_age.csv")
    residents["council"] = residents.LAD17CD.map(council_of)
    by_footprint = residents.groupby(["council", "STP17CD"]).total.sum()
    overlap = read("lookups/lad17_ccg17_stp17_lsoa_counts_derived.csv")
    overlap["council"] = overlap.LAD17CD.map(council_of)
    overlap["group"] = [group_2016(*pair) for pair in zip(overlap.LAD17CD, overlap.CCG17CDH)]
    by_group = overlap.groupby(["council", "group"]).n_lsoa.sum()
    return {code: Council(code, names[code], large_shares(by_footprint[code]), large_shares(by_group[code]),
                          int(by_footprint[code].sum()))
            for code in sorted(names)}


def group_2016(district, code_2017):
    """Morecambe Bay took over South Cumbria in 2017: in Cumbria its forerunner is Cumbria CCG.

    Any other 2017 code is left as it is; Manchester's is shared among its three forerunners where it is used.
    """
    cumbrian = {f"E070000{n}" for n in range(26, 32)}
    return CUMBRIA if code_2017 == "01K" and district in cumbrian else code_2017


def large_shares(amounts):
    whole = amounts.sum()
    kept = {key: float(amount) for key, amount in amounts.items() if amount / whole >= SMALLEST_COUNCIL_SHARE}
    return dict(zip(kept, shares(list(kept.values()))))


def council_name(name):
    return name.removesuffix(" UA").replace("&", "and").removeprefix("The ").replace("Medway Towns", "Medway")


def allocations_by_footprint(groups):
    totals = {}
    for group in groups.values():
        for footprint, share in group.footprints.items():
            totals[footprint] = totals.get(footprint, 0.0) + share * group.allocation_2017
    return dict(sorted(totals.items()))


def add_to(plan, footprint_names, groups, council_list):
    for code, name in footprint_names.items():
        plan.add("footprint", footprint=code, name=name, source="footprints")
    plan.add("organisation", organisation=NHS_ENGLAND, name="NHS England", kind="commissioner", source="footprints")
    for group in groups.values():
        plan.add("organisation", organisation=group.code, name=f"{group.name} CCG", kind="commissioner",
                 source="footprints")
        for footprint, share in group.footprints.items():
            plan.add("membership", organisation=group.code, footprint=footprint, share=share,
                     source="ccg_split" if len(group.footprints) > 1 else "footprints")
    for council in council_list.values():
        plan.add("organisation", organisation=council.code, name=council.name, kind="council", source="footprints")
        for footprint, share in council.footprints.items():
            plan.add("membership", organisation=council.code, footprint=footprint, share=share,
                     source="council_share")
    for code, name in OUTSIDE.items():
        plan.add("organisation", organisation=code, name=name, kind="outside", source="judgement")
    by_footprint = allocations_by_footprint(groups)
    for footprint, share in zip(by_footprint, shares(list(by_footprint.values()))):
        plan.add("membership", organisation=NHS_ENGLAND, footprint=footprint, share=share,
                 source="commissioner_share")
