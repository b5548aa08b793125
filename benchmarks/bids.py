"""Writes a plan with bids to choose among, as large as asked, and a benefit for each bid.

44 footprints bid to two funds over five years; what they may have together is bounded in each
footprint, and prevention is to have a share. The same number of bids gives the same plan.

Usage: bids.py BIDS FOLDER
"""

import csv
import json
import pathlib
import random
import sys

FOOTPRINTS = 44
FIRST_YEAR, YEARS = 2016, 5
FUNDS = {'improvement': ('revenue', 0.6), 'estates': ('capital', 0.4)}
AIMS = {'funding': 0.5, 'quality': 0.25, 'health': 0.25}
# Of what is asked for, what there is; of the pots, what a footprint gets at least and at most, in
# terms of an even share; and what prevention gets at least.
POTS = 0.4
LEAST, MOST = 0.7, 1.3
PREVENTION = 0.3
GROUPED, DEPENDENT = 0.25, 0.12


def write(folder: pathlib.Path, table: str, header: str, rows: list) -> None:
    with open(folder / f'{table}.csv', 'w', newline='', encoding='utf-8') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(header.split(','))
        writer.writerows(rows)


def make(n: int, folder: pathlib.Path) -> None:
    chance = random.Random(n)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'datapackage.json').write_text(json.dumps(
        {'stpfin': {'base_year': FIRST_YEAR - 1, 'end_year': FIRST_YEAR + YEARS - 1}}))
    places = [f'F{i + 1:02}' for i in range(FOOTPRINTS)]
    write(folder, 'footprint', 'footprint,name', [(place, f'Footprint {place}') for place in places])
    write(folder, 'organisation', 'organisation,name,kind',
          [(f'C{place}', f'Commissioner of {place}', 'commissioner') for place in places])
    write(folder, 'membership', 'organisation,footprint,share',
          [(f'C{place}', place, 1) for place in places])
    write(folder, 'service', 'service,name,setting,unit', [('care', 'Care', 'other', 'year')])
    write(folder, 'flow', 'commissioner,provider,service,activity,income',
          [(f'C{place}', f'C{place}', 'care', 1, 1) for place in places])

    bids, schemes, amounts, requires, benefits = [], [], [], [], []
    pots = {(fund, year): 0.0 for fund in FUNDS for year in range(FIRST_YEAR, FIRST_YEAR + YEARS)}
    total = {'health': 0.0, 'all': 0.0}
    of_place: dict[str, list[str]] = {place: [] for place in places}
    for i in range(n):
        place = places[i % FOOTPRINTS]
        bid, scheme = f'B{i + 1}', f'S{i + 1}'
        aim = chance.choices(list(AIMS), list(AIMS.values()))[0]
        group = ''
        if chance.random() < GROUPED:
            group = f'{place}-{chance.randrange(max(1, n // FOOTPRINTS // 8))}'
        bids.append((bid, f'Bid {i + 1}', f'C{place}', scheme, group))
        schemes.append((scheme, f'Scheme {i + 1}', 'transformation', aim, f'C{place}'))
        fund = chance.choices(list(FUNDS), [weight for _, weight in FUNDS.values()])[0]
        start = chance.randrange(FIRST_YEAR, FIRST_YEAR + YEARS)
        cost = 0.0
        for year in range(start, min(start + chance.choice((1, 1, 2, 3)), FIRST_YEAR + YEARS)):
            amount = round(chance.lognormvariate(14, 0.9), 2)
            amounts.append((bid, fund, year, amount))
            pots[fund, year] += amount
            cost += amount
        total['all'] += cost
        total['health'] += cost if aim == 'health' else 0
        if of_place[place] and chance.random() < DEPENDENT:
            requires.append((bid, chance.choice(of_place[place])))
        of_place[place].append(bid)
        benefits.append((bid, round(cost * chance.lognormvariate(0.3, 0.35), 2)))
    write(folder, 'bid', 'bid,name,organisation,scheme,group', bids)
    write(folder, 'scheme', 'scheme,name,workstream,aim,owner', schemes)
    write(folder, 'bid_amount', 'bid,fund,year,amount', amounts)
    write(folder, 'bid_requires', 'bid,requires', requires)
    write(folder, 'fund', 'fund,year,amount,kind',
          [(fund, year, round(POTS * asked, 2), FUNDS[fund][0])
           for (fund, year), asked in pots.items()])
    even = POTS * total['all'] / FOOTPRINTS
    write(folder, 'portfolio_limit', 'footprint,aim,minimum,maximum',
          [(place, '', round(LEAST * even, 2), round(MOST * even, 2)) for place in places]
          + [('', 'health', round(PREVENTION * POTS * total['all'], 2), '')])
    write(folder, 'benefits', 'bid,benefit', benefits)


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    make(int(sys.argv[1]), pathlib.Path(sys.argv[2]))
