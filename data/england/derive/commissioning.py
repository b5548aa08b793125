"""What CCGs and NHS England receive, and what they buy from whom: funding, flows and trusts' other income."""

import numpy

from .activity import ADMITTED
from .places import NHS_ENGLAND
from .plan import BASE_YEAR, YEARS, apportion
from .prices import deflator_index
from .sources import read

MILLION = 1_000_000

# Share of a trust's operating income that commissioners pay; the rest is education, research, private patients,
# councils and other trusts. The reference-cost quantum of 2016/17, £66.1bn, is of the same order.
COMMISSIONER_SHARE_OF_INCOME = 0.85

# NHS England's directly commissioned care, by the heading of its allocations.
DIRECT = {"Primary care": "primary_care", "Specialised": "specialised", "Other direct commissioning": "other_direct"}
DIRECT_FLOWS = {"Primary care": ("general_practice", "general_practice"),
                "Other direct commissioning": ("high_street", "high_street")}

# Specialised care as a share of commissioner income by kind of trust, before scaling to what specialist trusts leave
# of NHS England's allocation.
SPECIALISED_SHARE = {"teaching": 0.35, "large": 0.10, "medium": 0.07, "small": 0.05, "multi_service": 0.05,
                     "mental_health": 0.12}

# Share of CCG allocations: prescribing in primary care and continuing healthcare.
PRESCRIBING_SHARE = 0.12
CONTINUING_CARE_SHARE = 0.055

# Published unit costs, 2016/17 (reference costs, in data/sources/published/figures.md): they set the relative price
# of services, each trust's contract then its level.
UNIT_COST = {"ae": 148, "non_elective": 1590, "other_non_elective": 1590, "elective": 3684, "day_case": 738,
             "outpatient": 120}
QUANTUM = {"admitted": 26.9, "outpatient": 10.7, "mental_health": 7.1, "community": 5.6}

# An attendance at a minor injury or eye unit costs this share of one at a major department.
OTHER_AE_RELATIVE_COST = 0.45

# From 2016/17 costs to 2015/16 prices: undo one year of cost uplift (3.1%) and efficiency (2%).
TO_BASE_PRICES = 1 / (1.031 * 0.98)

# The national rule pays 70% for emergency admissions above the base; other contracts are taken as activity-based.
EMERGENCY_MARGINAL_RATE = 0.7

# A contract smaller than this is left out: its care is paid for within the larger ones.
SMALLEST_CONTRACT = 750_000

# Contracts are balanced until every trust's income and every CCG's budget are met to one part in a thousand million.
BALANCE_TOLERANCE = 1e-9
MOST_ROUNDS = 20_000


def national_allocations():
    """NHS England's allocations, £m by heading and year."""
    table = read("published/nhse_allocations_2015_2021.csv").set_index("£m")
    return {heading: {year: float(table.loc[heading, f"{year}/{(year + 1) % 100:02}"]) for year in YEARS}
            for heading in ["CCGs", *DIRECT]}


def ccg_funding(groups):
    """Whole £ by CCG and year: national totals shared by core allocations of 2017/18, then of 2018/19."""
    national = national_allocations()["CCGs"]
    codes = list(groups)
    funding = {}
    for year in YEARS:
        weights = [groups[c].allocation_2018 if year >= 2018 else groups[c].allocation_2017 for c in codes]
        for code, amount in zip(codes, apportion(round(national[year] * MILLION), weights)):
            funding[code, year] = amount
    return funding


def add_to(plan, groups, providers, hospital, transfers):
    national = national_allocations()
    funding = ccg_funding(groups)
    for code in groups:
        for year in YEARS:
            plan.add("funding", organisation=code, stream="ccg_allocation", year=year, amount=funding[code, year],
                     source="ccg_allocations")
    for heading, stream in DIRECT.items():
        for year in YEARS:
            plan.add("funding", organisation=NHS_ENGLAND, stream=stream, year=year,
                     amount=round(national[heading][year] * MILLION), source="allocations")

    specialised = specialised_income(providers, hospital, round(national["Specialised"][BASE_YEAR] * MILLION))
    local = {code: commissioner_income(trust) - specialised[code] for code, trust in providers.items()}
    mixes = service_mixes(providers, hospital, local)
    budgets = ccg_budgets(groups, funding, transfers, hospital, local)
    contracts = contracts_by_trust(groups, providers, budgets, local)

    for heading, (provider, service) in DIRECT_FLOWS.items():
        plan.add("flow", commissioner=NHS_ENGLAND, provider=provider, service=service,
                 income=round(national[heading][BASE_YEAR] * MILLION), source="allocations")
    for code, trust in providers.items():
        add_trust(plan, trust, specialised[code], local[code], mixes[code], contracts[code])
    add_other_spending(plan, groups, funding, transfers, hospital)
    plan.tables["flow"].sort(key=lambda row: (row["commissioner"], row["provider"]))


def commissioner_income(trust):
    return round(trust.income * COMMISSIONER_SHARE_OF_INCOME)


def specialised_income(providers, hospital, allocation):
    """NHS England's specialised allocation by trust, whole £.

    At a specialist trust it is what commissioner income exceeds activity at national unit costs; other trusts share
    the rest by kind.
    """
    income = dict.fromkeys(providers, 0)
    for code, trust in providers.items():
        if trust.kind == "specialist":
            ordinary = sum(acute_values(hospital[code]).values()) * TO_BASE_PRICES
            income[code] = max(0, commissioner_income(trust) - round(ordinary))
    sharing = {code: commissioner_income(trust) * SPECIALISED_SHARE[trust.kind]
               for code, trust in providers.items() if trust.kind in SPECIALISED_SHARE}
    income.update(zip(sharing, apportion(allocation - sum(income.values()), list(sharing.values()))))
    return income


def service_mixes(providers, hospital, local):
    """What each trust's local income is for: {service: (weight, activity)}.

    Mental health trusts hold all of the national quantum of mental health, and the rest of their income is for
    community services, as is that of community trusts. What these leave of the quantum is in acute trusts.
    """
    def income(kind):
        return sum(local[code] for code, trust in providers.items() if trust.kind == kind)

    mental = min(1.0, QUANTUM["mental_health"] * 1e9 / income("mental_health"))
    community = QUANTUM["community"] * 1e9 - income("community") - (1 - mental) * income("mental_health")
    in_acute = community_in_acute(providers, hospital, local, community)
    mixes = {}
    for code, trust in providers.items():
        place = hospital[code]
        if trust.acute:
            mixes[code] = acute_mix(place, local[code], in_acute.get(code, 0))
            continue
        ae = ae_value(place) * TO_BASE_PRICES
        mix = {"ae": (ae, place.attendances)} if place.attendances else {}
        if trust.kind == "mental_health":
            mix |= {"mental_health": ((local[code] - ae) * mental, None),
                    "community": ((local[code] - ae) * (1 - mental), None)}
        else:
            mix[trust.kind] = (local[code] - ae, None)
        mixes[code] = mix
    return mixes


def community_in_acute(providers, hospital, local, community):
    """Community services (£) in general acute trusts: what their income exceeds their activity at a common price level.

    The trusts whose income stands well above their hospital activity are those that run community services; bisection
    finds the level at which the excesses sum to the community services to be placed.
    """
    codes = [code for code, trust in providers.items() if trust.acute and trust.kind != "specialist"]
    values = {code: sum(acute_values(hospital[code]).values()) for code in codes}
    low, high = 0.0, max(local[code] / values[code] for code in codes)
    for _ in range(100):
        level = (low + high) / 2
        if sum(max(0.0, local[code] - level * values[code]) for code in codes) > community:
            low = level
        else:
            high = level
    return {code: max(0.0, local[code] - high * values[code]) for code in codes}


def ae_value(place):
    return UNIT_COST["ae"] * (place.major_attendances + OTHER_AE_RELATIVE_COST * place.other_attendances)


def acute_values(place):
    """An acute trust's activity at unit costs; outpatients are worth the national ratio to admitted care."""
    value = {service: UNIT_COST[service] * getattr(place, service) for service in ADMITTED}
    value["outpatient"] = sum(value.values()) * QUANTUM["outpatient"] / QUANTUM["admitted"]
    value["ae"] = ae_value(place)
    return value


def acute_mix(place, income, community):
    """Hospital services share what an acute trust's income leaves after community services.

    Outpatient attendances, of which no count by trust was found, are their value at the unit cost.
    """
    value = acute_values(place)
    count = {service: getattr(place, service) for service in ADMITTED}
    count |= {"outpatient": round(value["outpatient"] / UNIT_COST["outpatient"]), "ae": place.attendances}
    scale = (income - community) / sum(value.values())
    mix = {service: (value[service] * scale, count[service]) for service in UNIT_COST if count[service]}
    if community:
        mix["community"] = (community, None)
    return mix


def outside_trusts(hospital):
    """What CCGs spend on hospital care outside trusts: {(provider, service): (£, activity)}."""
    place = hospital["outside"]
    bought = {("urgent_care_centre", "ae"): (ae_value(place), place.attendances)}
    for service in ("elective", "day_case"):
        count = getattr(place, service)
        bought["independent_hospital", service] = (UNIT_COST[service] * count, count)
    return {key: (round(value * TO_BASE_PRICES), count) for key, (value, count) in bought.items()}


def ccg_budgets(groups, funding, transfers, hospital, local):
    """What each CCG has for trusts: allocation less Better Care Fund, less one share of it for all else.

    The share is such that the budgets sum to what trusts receive.
    """
    paid = {code: 0 for code in groups}
    for (group, _), amount in transfers.items():
        paid[group] += amount
    to_trusts = sum(local.values())
    allocation = sum(funding[code, BASE_YEAR] for code in groups)
    elsewhere = (allocation - sum(paid.values()) - to_trusts) / allocation
    hospitals = sum(value for value, _ in outside_trusts(hospital).values())
    known = PRESCRIBING_SHARE + CONTINUING_CARE_SHARE + hospitals / allocation
    if elsewhere < known:
        raise ValueError("CCG allocations do not cover trusts, prescribing, continuing care and independent hospitals")
    return {code: funding[code, BASE_YEAR] * (1 - elsewhere) - paid[code] for code in groups}


def contracts_by_trust(groups, providers, budgets, local):
    """{trust: {CCG: £}}: what each CCG pays each trust for all but specialised care.

    Ambulance, mental health and community trusts are paid by the CCGs they serve in proportion to allocation. Acute
    contracts share what that leaves of every CCG's budget, so that they meet all budgets and all trusts' incomes.
    """
    contracts = {}
    left = dict(budgets)
    for code, trust in providers.items():
        if not trust.acute:
            pull = sum(trust.pull.values())
            contracts[code] = {group: local[code] * weight / pull for group, weight in trust.pull.items()}
            for group, amount in contracts[code].items():
                left[group] -= amount
    short = [code for code, amount in left.items() if amount <= 0]
    if short:
        raise ValueError(f"nothing is left for acute trusts in the budgets of {short}")
    acute = {code: trust for code, trust in providers.items() if trust.acute}
    return contracts | acute_contracts(acute, left, local)


def acute_contracts(acute, budgets, local):
    """{trust: {CCG: £}}: pulls balanced to trusts' incomes and CCGs' budgets by iterative proportional fitting.

    After a first balance, contracts below SMALLEST_CONTRACT are dropped and the rest balanced again.
    """
    groups, trusts = list(budgets), list(acute)
    group_number = {code: k for k, code in enumerate(groups)}
    pairs = [(group_number[group], number, weight) for number, code in enumerate(trusts)
             for group, weight in acute[code].pull.items() if weight > 0]
    buyer = numpy.array([pair[0] for pair in pairs])
    seller = numpy.array([pair[1] for pair in pairs])
    budget = numpy.array([budgets[code] for code in groups])
    income = numpy.array([local[code] for code in trusts], dtype=float)
    amount = balance(buyer, seller, numpy.array([pair[2] for pair in pairs]), budget, income)
    keep = amount >= SMALLEST_CONTRACT
    buyer, seller = buyer[keep], seller[keep]
    amount = balance(buyer, seller, amount[keep], budget, income)
    contracts = {code: {} for code in trusts}
    for b, s, value in zip(buyer, seller, amount):
        contracts[trusts[s]][groups[b]] = float(value)
    return contracts


def balance(buyer, seller, amount, budget, income):
    """Scales amounts to both margins in turn. Sums run in row order, so that every machine adds them alike."""
    for _ in range(MOST_ROUNDS):
        amount = amount * (budget / numpy.bincount(buyer, amount, len(budget)))[buyer]
        ratio = income / numpy.bincount(seller, amount, len(income))
        amount = amount * ratio[seller]
        if abs(ratio - 1).max() < BALANCE_TOLERANCE:
            return amount
    raise ValueError("contracts between CCGs and trusts do not balance")


def add_trust(plan, trust, specialised, local, mix, contract):
    """A trust's flows, and the rest of its income with the cost it meets; all its deficit lies in commissioned care."""
    other_income = trust.income - specialised - local
    care_income = specialised + local
    care_cost = care_income - trust.position
    services = list(mix)
    by_service = apportion(local, [mix[service][0] for service in services])
    rows = [(NHS_ENGLAND, "specialised", None, specialised)] if specialised else []
    for service, income in zip(services, by_service):
        rows += service_contracts(service, mix[service][1], income, contract)
    costs = apportion(care_cost, [row[3] for row in rows])
    for (commissioner, service, count, income), cost in zip(rows, costs):
        rule = {"marginal_rate": EMERGENCY_MARGINAL_RATE, "marginal_rate_below": 1} if service == "non_elective" else {}
        plan.add("flow", commissioner=commissioner, provider=trust.code, service=service, activity=count,
                 income=income, cost=cost, **rule,
                 source="specialised" if service == "specialised" else "contract")
    deflator = deflator_index()
    for year in YEARS:
        amount = round(other_income * deflator[year] / deflator[BASE_YEAR])
        plan.add("funding", organisation=trust.code, stream="other_income", year=year, amount=amount,
                 source="other_income")
        plan.add("pressure", organisation=trust.code, name="cost_met_by_other_income", year=year, amount=amount,
                 source="other_income")


def service_contracts(service, count, income, contract):
    """One service of a trust shared among its CCGs: whole activity and whole £, both exact in total."""
    buyers = list(contract)
    weights = [contract[code] for code in buyers]
    if count is None:
        counts = [None] * len(buyers)
    else:
        counts = apportion(count, weights)
        buyers, weights, counts = zip(*[row for row in zip(buyers, weights, counts) if row[2]])
    return [(code, service, number, amount)
            for code, number, amount in zip(buyers, counts, apportion(income, weights)) if amount]


def add_other_spending(plan, groups, funding, transfers, hospital):
    """CCG spending outside trusts; what is left of the allocation is other NHS care, so that every CCG breaks even."""
    codes = list(groups)
    left = {code: funding[code, BASE_YEAR] for code in codes}
    for (group, _), amount in transfers.items():
        left[group] -= amount
    for row in plan.tables["flow"]:
        if row["commissioner"] in left:
            left[row["commissioner"]] -= row["income"]
    allocations = [funding[code, BASE_YEAR] for code in codes]
    for (provider, service), (value, count) in outside_trusts(hospital).items():
        for code, amount, number in zip(codes, apportion(value, allocations), apportion(count, allocations)):
            plan.add("flow", commissioner=code, provider=provider, service=service, activity=number, income=amount,
                     source="independent")
            left[code] -= amount
    shares = {("dispensing", "prescribing"): PRESCRIBING_SHARE,
              ("continuing_care_home", "continuing_care"): CONTINUING_CARE_SHARE}
    for code in codes:
        for (provider, service), share in shares.items():
            amount = round(funding[code, BASE_YEAR] * share)
            plan.add("flow", commissioner=code, provider=provider, service=service, income=amount,
                     source="spending_split")
            left[code] -= amount
        plan.add("flow", commissioner=code, provider="independent_other", service="other_nhs", income=left[code],
                 source="spending_split", note="what is left of the allocation")
