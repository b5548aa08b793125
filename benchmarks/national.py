"""Writes a plan of a country's size, made up from a seed: who buys what from whom in 44 footprints,
schemes in every one of them, and uncertain figures. The same arguments give the same plan.

Usage: national.py FOLDER [--flows 30000] [--schemes 440] [--parameters 1000] [--seed 1]
"""

import argparse
import csv
import itertools
import json
import pathlib
import random

BASE, END = 2015, 2020
YEARS = range(BASE, END + 1)
LATER = range(BASE + 1, END + 1)
FOOTPRINTS, COMMISSIONERS, COUNCILS = 44, 209, 152
IN_TWO_FOOTPRINTS = 0.06  # of commissioners and councils; twice that of trusts
HEALTH_SPENDING, COUNCIL_SPENDING = 100e9, 15e9
BANDS = {0: 0.19, 15: 0.46, 45: 0.17, 65: 0.18}  # of people, by first age
POPULATION = 54.8e6

# Who gives the care, £ a unit, share of the buyer's spending, marginal rates, shares of cost that
# go at once and later, days in a bed, use by age.
SERVICES = {
    'ae': ('acute', 'acute', 138, 0.03, '', '', 0.3, 0.45, '', (1, 1, 0.9, 1.9)),
    'non_elective': ('acute', 'acute', 1820, 0.15, 0.7, 1, 0.3, 0.45, 3.8, (0.7, 0.6, 1, 3.4)),
    'elective': ('acute', 'acute', 3670, 0.06, '', '', 0.4, 0.4, 2.9, (0.3, 0.6, 1.4, 2.6)),
    'day_case': ('acute', 'acute', 730, 0.05, '', '', 0.5, 0.3, '', (0.3, 0.6, 1.4, 2.6)),
    'outpatient': ('acute', 'acute', 117, 0.08, '', '', 0.4, 0.4, '', (0.6, 0.8, 1.2, 2)),
    'maternity': ('acute', 'acute', 2800, 0.03, '', '', 0.3, 0.45, 1.9, (0, 2.2, 0, 0)),
    'specialised': ('specialised', 'acute', 4100, 0.14, '', '', 0.4, 0.3, 5.1, None),
    'community_contact': ('community', 'community', 62, 0.07, 0, '', 0.7, 0.2, '', (1, 0.3, 0.7, 3.6)),
    'community_bed': ('community', 'community', 5200, 0.02, 0, '', 0.3, 0.4, 21, (0, 0.1, 0.5, 5)),
    'mental_contact': ('mental_health', 'community', 160, 0.07, 0, '', 0.7, 0.2, '', None),
    'mental_bed': ('mental_health', 'community', 15500, 0.05, 0, '', 0.3, 0.4, 40, None),
    'ambulance': ('ambulance', 'ambulance', 236, 0.02, 0.5, '', 0.4, 0.3, '', (0.6, 0.7, 0.9, 2.6)),
    'gp_contact': ('primary', 'outside', 34, 0.09, '', '', '', '', '', None),
    'prescribing': ('prescribing', 'outside', 8.6, 0.09, '', '', '', '', '', (0.3, 0.5, 1.4, 2.9)),
    'continuing': ('continuing', 'outside', 46000, 0.05, '', '', '', '', '', None),
    'home_care': ('social', 'outside', 870, 0.35, '', '', '', '', '', (0, 0.4, 0.6, 4.3)),
    'residential': ('social', 'outside', 31000, 0.5, '', '', '', '', '', (0, 0.2, 0.5, 4.7)),
    'reablement': ('social', 'community', 2200, 0.15, 0, '', 0.6, 0.3, '', (0, 0.2, 0.5, 4.7)),
}
OF_COUNCILS = ('home_care', 'residential', 'reablement')
COMPONENTS = {'pay': (0.62, 0.02), 'drugs': (0.09, 0.03), 'capital': (0.05, 0.025),
              'clinical_negligence': (0.02, 0.1), 'other': (0.22, 0.018)}

# What a scheme of each workstream does: services it acts on, size, where the care goes, ramp. A
# workstream without a reduction saves in the care that is given.
WORKSTREAMS = {
    'urgent_care': (('ae',), 0.12, ('gp_contact', 'outside', 1.0), 'linear'),
    'admission_avoidance': (('non_elective',), 0.08, ('community_contact', 'community', 8), 'linear'),
    'planned_care': (('outpatient', 'elective'), 0.07, None, 's_curve'),
    'day_surgery': (('elective',), 0.06, ('day_case', 'acute', 1), 'linear'),
    'prescribing': (('prescribing',), 0.02, 'saving', 'annual'),
    'productivity': (('elective', 'day_case', 'non_elective'), 0.012, 'saving', 'annual'),
    'mental_health': (('mental_bed',), 0.09, ('mental_contact', 'community', 40), 's_curve'),
    'recovery_at_home': (('community_bed',), 0.1, ('community_contact', 'community', 30), 'linear'),
    'continuing_care': (('continuing',), 0.015, 'saving', 'annual'),
    'self_care': (('ae', 'outpatient', 'non_elective'), 0.02, None, 's_curve'),
}


def footprint_name(i):
    return f'F{i + 1:02}'


class National:
    """The tables of the plan, as rows of their columns in order."""

    def __init__(self, flows, schemes, parameters, seed):
        self.chance = random.Random(f'{seed} places')
        self.tables = {}
        self.kind, self.footprints_of = {}, {}
        self.make_places()
        self.make_services()
        self.make_flows(flows)
        self.chance = random.Random(f'{seed} schemes')
        self.make_schemes(schemes)
        self.chance = random.Random(f'{seed} parameters')
        self.make_uncertainty(parameters)

    def add(self, table, header, rows):
        self.tables[table] = (header.split(','), rows)

    def make_organisation(self, name, kind, home, in_two):
        self.kind[name] = kind
        shares = {home: 1}
        if self.chance.random() < in_two:
            share = self.chance.choice((0.5, 0.6, 0.75, 0.8))
            shares = {home: share, (home + 1) % FOOTPRINTS: round(1 - share, 2)}
        self.footprints_of[name] = shares

    def make_places(self):
        chance = self.chance
        people = [chance.lognormvariate(0, 0.4) for _ in range(FOOTPRINTS)]
        people = [POPULATION * size / sum(people) for size in people]
        self.add('footprint', 'footprint,name',
                 [(footprint_name(i), f'Footprint {i + 1}') for i in range(FOOTPRINTS)])
        growth = {0: 0.007, 15: 0.003, 45: 0.009, 65: 0.018}
        rows = []
        for i, year, sex, age in itertools.product(range(FOOTPRINTS), YEARS, ('female', 'male'), BANDS):
            faster = (i % 7 - 3) * 0.001
            persons = people[i] * BANDS[age] / 2 * (1 + growth[age] + faster) ** (year - BASE)
            rows.append((footprint_name(i), year, sex, age, round(persons)))
        self.add('population', 'footprint,year,sex,age,persons', rows)

        self.buyers, self.providers = {}, {'acute': [], 'community': [], 'ambulance': [], 'outside': []}
        for n, kind, code in ((COMMISSIONERS, 'commissioner', 'C'), (COUNCILS, 'council', 'L')):
            for i in range(n):
                self.make_organisation(f'{code}{i + 1:03}', kind, i % FOOTPRINTS, IN_TWO_FOOTPRINTS)
                self.buyers[f'{code}{i + 1:03}'] = chance.lognormvariate(0, 0.5)
        for kind, n, code in (('acute', 150, 'H'), ('community', 70, 'T'), ('ambulance', 10, 'A'), ('outside', 132, 'X')):
            for i in range(n):
                name = f'{code}{i + 1:03}'
                self.make_organisation(name, 'outside' if kind == 'outside' else 'provider',
                                       i * FOOTPRINTS // n if n < FOOTPRINTS else i % FOOTPRINTS,
                                       0 if kind == 'outside' else 2 * IN_TWO_FOOTPRINTS)
                self.providers[kind].append(name)
        self.add('organisation', 'organisation,name,kind',
                 [(name, f'{kind} {name}', kind) for name, kind in self.kind.items()])
        self.add('membership', 'organisation,footprint,share',
                 [(name, footprint_name(i), share) for name, shares in self.footprints_of.items()
                  if self.kind[name] != 'outside' for i, share in shares.items()])

    def make_services(self):
        self.add('service', 'service,name,setting,unit,length_of_stay,variable_share,semi_fixed_share,semi_fixed_lag',
                 [(name, name.replace('_', ' '), setting, 'unit', stay, variable, semi_fixed, 2 if semi_fixed else '')
                  for name, (setting, _, _, _, _, _, variable, semi_fixed, stay, _) in SERVICES.items()])
        weights = [('', age, 1) for age in BANDS]
        weights += [(name, age, weight) for name, service in SERVICES.items() if service[-1]
                    for age, weight in zip(BANDS, service[-1])]
        self.add('age_weight', 'service,age,weight', weights)
        self.add('activity_growth', 'service,footprint,year,rate',
                 [(name, footprint_name(i), '', round(self.chance.gauss(0.012, 0.006), 5))
                  for name in SERVICES for i in range(FOOTPRINTS)])
        self.add('inflation', 'component,year,rate',
                 [(name, year, rate) for name, (_, rate) in COMPONENTS.items() for year in LATER])
        self.add('cost_mix', 'service,component,share',
                 [('', name, share) for name, (share, _) in COMPONENTS.items()]
                 + [('prescribing', 'drugs', 1)])
        self.add('tariff', 'service,year,uplift,efficiency', [('', year, 0.026, 0.02) for year in LATER])

    def nearest(self, kind, home):
        """Providers of a kind, those of the buyer's own footprint first."""
        def distance(name):
            steps = abs(next(iter(self.footprints_of[name])) - home)
            return min(steps, FOOTPRINTS - steps)
        return sorted(self.providers[kind], key=distance)

    def make_flows(self, n):
        wanted = []
        for buyer in self.buyers:
            home = next(iter(self.footprints_of[buyer]))
            nearest = {kind: self.nearest(kind, home) for kind in self.providers}
            for service, (_, kind, *_) in SERVICES.items():
                if (service in OF_COUNCILS) == (self.kind[buyer] == 'council'):
                    wanted.append((buyer, service, nearest[kind]))
        bought = [(wanted[i], rank) for rank in range(len(self.kind)) for i in range(len(wanted))
                  if rank < len(wanted[i][2])][:n]
        if len(bought) < n:
            raise SystemExit(f'there are only {len(bought)} flows to be had')

        weights = [self.buyers[buyer] * SERVICES[service][3] * self.chance.uniform(0.7, 1.3) / (1 + rank) ** 2
                   for (buyer, service, _), rank in bought]
        health = sum(weight for weight, ((buyer, _, _), _) in zip(weights, bought)
                     if self.kind[buyer] == 'commissioner')
        scale = {'commissioner': HEALTH_SPENDING / health, 'council': COUNCIL_SPENDING / (sum(weights) - health)}
        self.spending = dict.fromkeys(self.buyers, 0.0)
        self.bought_from = {}
        rows = []
        for weight, ((buyer, service, providers), rank) in zip(weights, bought):
            _, kind, price, _, above, below, *_ = SERVICES[service]
            income = max(1000, round(weight * scale[self.kind[buyer]]))
            cost = '' if kind == 'outside' else round(income * self.chance.uniform(0.98, 1.05))
            activity = round(income / price * self.chance.uniform(0.9, 1.1), 1) or 0.1
            rows.append((buyer, providers[rank], service, activity, income, cost, above, below))
            self.spending[buyer] += income
            self.bought_from.setdefault((buyer, service), providers[rank])
        self.add('flow', 'commissioner,provider,service,activity,income,cost,marginal_rate,marginal_rate_below', rows)
        self.add('funding', 'organisation,stream,year,amount',
                 [(buyer, stream, year, round(share * spent * (1 + rise) ** (year - BASE)))
                  for buyer, spent in self.spending.items()
                  for stream, share, rise in ((('allocation', 1.005, 0.025),) if self.kind[buyer] == 'commissioner'
                                              else (('precept', 0.6, 0.03), ('grant', 0.4, -0.02)))
                  for year in YEARS])

    def make_schemes(self, n):
        chance = self.chance
        members = [[buyer for buyer in self.buyers if self.kind[buyer] == 'commissioner'
                    and i in self.footprints_of[buyer]] for i in range(FOOTPRINTS)]
        schemes, listed, activity, efficiency, costs = [], [], [], [], []
        for k in range(n):
            workstream = list(WORKSTREAMS)[k % len(WORKSTREAMS)]
            home = k // len(WORKSTREAMS) % FOOTPRINTS
            again = k // (len(WORKSTREAMS) * FOOTPRINTS)
            services, size, what, ramp = WORKSTREAMS[workstream]
            scheme = f'{workstream}_{footprint_name(home)}' + (f'_{again + 1}' if again else '')
            size = round(size * chance.uniform(0.6, 1.4) / (1 + again), 5)
            start = chance.choice((2016, 2017, 2018))
            timing = start, chance.choice((2019, 2020)), ramp
            schemes.append((scheme, scheme.replace('_', ' '), workstream, 'funding', members[home][0]))
            listed.append(('plan', scheme, 1))
            for buyer, service in itertools.product(members[home], services):
                if what == 'saving':
                    efficiency.append((scheme, buyer, service, size, *timing))
                elif what is None:
                    activity.append((scheme, buyer, service, size, '', '', '', '', *timing))
                else:
                    to_service, _, substitution = what
                    price = '' if what[1] == 'acute' else round(SERVICES[to_service][2] * 0.9, 2)
                    activity.append((scheme, buyer, service, size, to_service,
                                     self.bought_from[buyer, to_service], substitution, price, *timing))
            spent = sum(self.spending[buyer] for buyer in members[home]) / (1 + again)
            for buyer in members[home][:3]:
                costs += [(scheme, buyer, year, 'recurrent', round(spent * chance.uniform(1e-4, 3e-4)), '')
                          for year in range(start, END + 1)]
            costs.append((scheme, members[home][0], start, 'transition', round(spent * chance.uniform(2e-4, 6e-4)), ''))
            if chance.random() < 0.2:
                costs.append((scheme, members[home][0], start, 'capital', round(spent * chance.uniform(1e-3, 3e-3)), 25))
        self.add('scheme', 'scheme,name,workstream,aim,owner', schemes)
        self.add('scenario', 'scenario,scheme,scale', listed)
        self.add('activity_effect', 'scheme,commissioner,service,reduction,to_service,to_provider,substitution,'
                 'unit_cost,start_year,full_year,ramp', activity)
        self.add('efficiency_effect', 'scheme,commissioner,service,saving,start_year,full_year,ramp', efficiency)
        self.add('scheme_cost', 'scheme,organisation,year,kind,amount,asset_life', costs)

    def make_uncertainty(self, n):
        """Inflation and tariff first; what is left is dealt out among the other kinds until they run out."""
        chance = self.chance
        growth = [(f'growth {service} {footprint}', 'activity_growth', 'rate',
                   f'service={service};footprint={footprint}', 'add', 'normal', 0, 0.006, '', 'constant')
                  for service in SERVICES for footprint, _ in self.tables['footprint'][1]]
        schemes = [scheme for _, scheme, *_ in self.tables['scenario'][1]]
        scale = [(f'delivery {scheme}', 'scenario', 'scale', f'scheme={scheme}', 'value', 'interval80', 0.5, 1.05, '',
                  'constant') for scheme in schemes]
        effects = {row[0]: ('efficiency_effect', 'saving') for row in self.tables['efficiency_effect'][1]}
        effects.update((row[0], ('activity_effect', 'reduction')) for row in self.tables['activity_effect'][1])
        size = [(f'size {scheme}', *effects[scheme], f'scheme={scheme}', 'factor', 'pert', 0.5, 1, 1.3, 'constant')
                for scheme in schemes]
        cost = [(f'cost {scheme}', 'scheme_cost', 'amount', f'scheme={scheme}', 'factor', 'lognormal', 1.1, 0.2, '',
                 'constant') for scheme in schemes]
        funding = [(f'{stream} {buyer} {year}', 'funding', 'amount',
                    f'organisation={buyer};stream={stream};year={year}', 'factor', 'triangular', 0.98, 1, 1.01, 'constant')
                   for buyer, stream, year, _ in self.tables['funding'][1] if year > BASE]
        chance.shuffle(funding)
        kinds = {'growth': growth, 'scale': scale, 'size': size, 'cost': cost, 'funding': funding}
        for rows in kinds.values():
            rows.reverse()

        chosen = [(f'inflation {name} {year}', 'inflation', 'rate', f'component={name};year={year}', 'value',
                   'interval80', round(rate - 0.01, 4), round(rate + 0.012, 4), '', 'constant')
                  for name, (_, rate) in COMPONENTS.items() for year in LATER]
        chosen += [('tariff uplift', 'tariff', 'uplift', '', 'add', 'uniform', -0.004, 0.004, '', 'yearly'),
                   ('tariff efficiency', 'tariff', 'efficiency', '', 'value', 'normal', 0.02, 0.003, '', 'yearly')]
        dealt = {kind: [] for kind in kinds}
        pattern = ['growth', 'scale', 'growth', 'scale', 'funding', 'growth', 'size', 'scale', 'growth', 'cost']
        left = max(0, n - len(chosen))
        while left > 0 and any(kinds.values()):
            for kind in pattern:
                if left > 0 and kinds[kind]:
                    dealt[kind].append(kinds[kind].pop())
                    left -= 1
        chosen = chosen[:n]
        chosen += [row for rows in dealt.values() for row in rows]
        if len(chosen) < n:
            raise SystemExit(f'there are only {len(chosen)} parameters to be had')
        self.add('uncertainty', 'parameter,table,column,select,mode,distribution,p1,p2,p3,path', chosen)

        # Chains, so that the matrix stays positive definite: neighbours below a half, others 0.
        chains = [[row[0] for row in chosen if row[0].startswith(f'inflation {name} ')] for name in COMPONENTS]
        chains += [[row[0] for row in dealt['growth'] if row[3].startswith(f'service={service};')]
                   for service in SERVICES]
        chains += [[row[0] for row in dealt['scale'] if f'scheme={workstream}_F' in row[3]]
                   for workstream in WORKSTREAMS]
        self.add('correlation', 'a,b,rho', [(a, b, round(chance.uniform(0.1, 0.45), 2))
                                            for chain in chains for a, b in zip(chain, chain[1:])])


def make(folder, flows=30_000, schemes=440, parameters=1000, seed=1):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {name: table for name, table in National(flows, schemes, parameters, seed).tables.items() if table[1]}
    for name, (header, rows) in tables.items():
        with (folder / f'{name}.csv').open('w', newline='', encoding='utf-8') as stream:
            writer = csv.writer(stream, lineterminator='\n')
            writer.writerow(header)
            writer.writerows(rows)
    package = {'profile': 'tabular-data-package', 'name': 'national', 'stpfin': {'base_year': BASE, 'end_year': END},
               'resources': [{'name': name, 'path': f'{name}.csv', 'profile': 'tabular-data-resource',
                              'schema': {'fields': [{'name': column} for column in header]}}
                             for name, (header, _) in tables.items()]}
    (folder / 'datapackage.json').write_text(json.dumps(package, indent=2) + '\n', encoding='utf-8')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.partition('\n\n')[0])
    parser.add_argument('folder')
    parser.add_argument('--flows', type=int, default=30_000)
    parser.add_argument('--schemes', type=int, default=440)
    parser.add_argument('--parameters', type=int, default=1000)
    parser.add_argument('--seed', type=int, default=1)
    make(**vars(parser.parse_args()))
