"""The simulation of a plan's gaps in NumPy, as a yardstick for the library's.

It draws what the plan's uncertainty table says, projects each draw by sections 3 and 4 of the
model, and summarises gaps by place and year. In `grouped`, flows that share everything drawn
(membership, service, marginal rates, effects) are carried as one; in `flows`, every flow is carried
by itself. What this leaves out is refused where it could matter: trends of prevalence, scenarios with
prevention or quality.

Usage: simulate_numpy.py run PLAN [--by grouped|flows] [--scenario S]... [--draws N] [--seed K] [--block B]
           [--component C]... [--positions] [--out FILE]
       simulate_numpy.py draws PLAN [--draws N] [--seed K]
       simulate_numpy.py check PLAN STPFIN [--draws N] [--seed K] [--check FILE] [--scenario S]...

`run` prints the cost of its parts as JSON. `draws` prints drawn quantities as CSV: parameter, year,
draw, value. `check` writes the plan with the values of each draw (drawn here, or read from FILE),
has the command at STPFIN project it, and compares every gap.
"""

import argparse
import csv
import json
import math
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

import numpy as np

ENGLAND, UNASSIGNED = 'England', 'unassigned'
COMPONENTS = {'commissioner': ('commissioner',), 'provider': ('provider',), 'council': ('council',),
              'nhs': ('commissioner', 'provider'), 'total': ('commissioner', 'provider', 'council')}
WITH_A_POSITION = COMPONENTS['total']
PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
TAIL = 0.05
Z90 = 1.2815515655446004
NORMAL = ('interval80', 'normal', 'lognormal')
BLOCK = {'grouped': 128, 'flows': 16}
DRAWABLE = {('activity_growth', 'rate'), ('inflation', 'rate'), ('tariff', 'uplift'), ('tariff', 'efficiency'),
            ('funding', 'amount'), ('activity_effect', 'reduction'), ('efficiency_effect', 'saving'),
            ('scenario', 'scale'), ('scheme_cost', 'amount'), ('population', 'persons'),
            ('activity_effect', 'substitution'), ('activity_effect', 'unit_cost'), ('service', 'variable_share'),
            ('service', 'semi_fixed_share')}
# Drawn in vain: they move no gap of £ but in scenarios with prevention or quality, which are refused.
IN_VAIN = {('prevention_effect', 'reduction'), ('indicator_effect', 'change'), ('indicator_trend', 'change'),
           ('mortality_trend', 'rate')}
BY_YEAR = ('yearly', 'walk')
# Where they are blank they follow from other figures, and are not drawn.
FOLLOWING = {('service', 'variable_share'), ('activity_effect', 'unit_cost')}
DEVIATES = np.linspace(-8.5, 8.5, 2 ** 14 + 1)
TOLERANCE = 1e-9


class Meter:
    """Processor seconds and page faults, by part."""

    def __init__(self):
        self.parts = {}
        self.part = None

    def start(self, part):
        usage = resource.getrusage(resource.RUSAGE_SELF)
        now = np.array([usage.ru_utime + usage.ru_stime, usage.ru_minflt + usage.ru_majflt])
        if self.part is not None:
            self.parts[self.part] = self.parts.get(self.part, 0) + now - self.begun
        self.part, self.begun = part, now


# The plan

class Plan:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        package = json.loads((self.folder / 'datapackage.json').read_text(encoding='utf-8'))
        settings = package['stpfin']
        self.base, self.end = settings['base_year'], settings['end_year']
        self.years = list(range(self.base, self.end + 1))
        self.charge_rate = settings.get('capital_charge_rate', 0.035)
        self.tables = {}
        for resource_ in package['resources']:
            with (self.folder / resource_['path']).open(newline='', encoding='utf-8') as stream:
                self.tables[resource_['name']] = list(csv.DictReader(stream))
        self.kind = {row['organisation']: row['kind'] for row in self['organisation']}
        self.organisations = [name for name, kind in self.kind.items() if kind in WITH_A_POSITION]
        self.index = {name: i for i, name in enumerate(self.organisations)}
        self.membership = {}
        for row in self['membership']:
            self.membership.setdefault(row['organisation'], {})[row['footprint']] = float(row['share'])
        self.service = {row['service']: row for row in self['service']}

    def __getitem__(self, table):
        return self.tables.get(table, [])


def text(row, column):
    return row.get(column) or ''


def number(row, column, blank=None):
    return float(row[column]) if text(row, column) else blank


def year_of(cell):
    return int(cell[:4])


def same(column, cell, wanted):
    if column == 'year' and cell and wanted:
        return year_of(cell) == year_of(wanted)
    if column == 'age' and cell and wanted:
        return re.match(r'\d+', cell)[0] == re.match(r'\d+', wanted)[0]
    return cell == wanted


def fitting(rows, keys, wanted):
    """The place of the row that fits best: most keys filled, then the earlier; None if none fits."""
    best, best_rank = None, None
    for i, row in rows:
        filled = []
        for key, want in zip(keys, wanted):
            cell = text(row, key)
            if cell and not same(key, cell, want):
                break
            filled.append(bool(cell))
        else:
            rank = sum(filled), filled
            if best is None or rank > best_rank:
                best, best_rank = i, rank
    return best


# What is drawn

class Parameters:
    """The uncertainty table: quantities (a parameter, or a parameter in a year), and how to draw them."""

    def __init__(self, plan):
        self.plan = plan
        self.rows = plan['uncertainty']
        self.quantity = {}
        for row in self.rows:
            if (row['table'], row['column']) not in DRAWABLE | IN_VAIN:
                sys.exit(f'{row["parameter"]}: not a kind of uncertainty this knows')
            for year in self.years_of(row):
                self.quantity[row['parameter'], year] = len(self.quantity)
        by_name = {row['parameter']: row for row in self.rows}
        self.walks = []
        for name, row in by_name.items():
            if text(row, 'path') == 'walk':
                steps = [i for (its, _), i in self.quantity.items() if its == name]
                self.walks.append((np.cumprod if row['mode'] == 'factor' else np.cumsum, np.array(steps, dtype=int)))
        of, correlated = {}, {row[end] for row in plan['correlation'] for end in 'ab'}
        self.tabled = []
        for (name, _), i in self.quantity.items():
            distribution = by_name[name]['distribution']
            if name in correlated and distribution not in NORMAL:
                self.tabled.append((i, quantiles(by_name[name])))
            else:
                of.setdefault(distribution, []).append((i, by_name[name]))
        self.drawn = {distribution: (np.array([i for i, _ in members]),
                                     *(np.array([number(row, p, 0.0) for _, row in members])[:, None]
                                       for p in ('p1', 'p2', 'p3')))
                      for distribution, members in of.items()}
        self.factors = self.factor(by_name)
        self.acting = {}
        for row in self.rows:
            self.acting.setdefault((row['table'], row['column']), []).append((row, self.wanted(row)))

    def years_of(self, parameter):
        """The years it is drawn in, of a walk also those between; None if it is one draw for all."""
        if text(parameter, 'path') not in BY_YEAR:
            return [None]
        wanted = self.wanted(parameter)
        years = set()
        for row in self.plan[parameter['table']]:
            if self.selects(parameter, wanted, row):
                years |= {year_of(row['year'])} if text(row, 'year') else set(self.plan.years[1:])
        years &= set(self.plan.years)
        if years and text(parameter, 'path') == 'walk':
            return list(range(min(years), max(years) + 1))
        return sorted(years)

    @staticmethod
    def wanted(parameter):
        return [part.split('=', 1) for part in text(parameter, 'select').split(';') if part]

    @staticmethod
    def selects(parameter, wanted, row):
        column = parameter['column']
        return ((text(row, column) != '' or (parameter['table'], column) not in FOLLOWING)
                and all(same(name, text(row, name), value) for name, value in wanted))

    def factor(self, by_name):
        """The Cholesky factor of every set of parameters that are correlated, and their quantities by year."""
        set_of = {name: {name} for name in by_name}
        for row in self.plan['correlation']:
            if set_of[row['a']] is not set_of[row['b']]:
                both = set_of[row['a']] | set_of[row['b']]
                set_of.update(dict.fromkeys(both, both))
        factors = []
        for names in {id(names): names for names in set_of.values() if len(names) > 1}.values():
            place = {name: i for i, name in enumerate(name for name in by_name if name in names)}
            matrix = np.eye(len(place))
            for row in self.plan['correlation']:
                if row['a'] in place:
                    a, b = place[row['a']], place[row['b']]
                    matrix[a, b] = matrix[b, a] = float(row['rho'])
            years = self.years_of(by_name[next(iter(place))])
            if any(self.years_of(by_name[name]) != years for name in place):
                sys.exit(f'{", ".join(place)}: correlated, but not drawn in the same years')
            for year in years:
                factors.append((np.array([self.quantity[name, year] for name in place]), np.linalg.cholesky(matrix)))
        return factors

    def draw(self, generator, n):
        values = generator.standard_normal((len(self.quantity), n))
        for rows, factor in self.factors:
            values[rows] = factor @ values[rows]
        for distribution, (rows, p1, p2, p3) in self.drawn.items():
            shape = len(rows), n
            if distribution == 'interval80':
                values[rows] = (p1 + p2) / 2 + (p2 - p1) / (2 * Z90) * values[rows]
            elif distribution == 'normal':
                values[rows] = p1 + p2 * values[rows]
            elif distribution == 'lognormal':
                variance = np.log1p((p2 / p1) ** 2)
                values[rows] = np.exp(np.log(p1) - variance / 2 + np.sqrt(variance) * values[rows])
            elif distribution == 'uniform':
                values[rows] = p1 + (p2 - p1) * generator.random(shape)
            elif distribution == 'triangular':
                values[rows] = generator.triangular(p1, p2, p3, shape)
            elif distribution == 'pert':
                values[rows] = p1 + (p3 - p1) * generator.beta(1 + 4 * (p2 - p1) / (p3 - p1),
                                                               1 + 4 * (p3 - p2) / (p3 - p1), shape)
            elif distribution == 'gamma':
                values[rows] = generator.gamma((p1 / p2) ** 2, p2 ** 2 / p1, shape)
            elif distribution == 'beta':
                size = p1 * (1 - p1) / p2 ** 2 - 1
                values[rows] = generator.beta(p1 * size, (1 - p1) * size, shape)
        for row, table in self.tabled:
            values[row] = np.interp(values[row], DEVIATES, table)
        for along, rows in self.walks:
            values[rows] = along(values[rows], axis=0)
        return values

    def acting_on(self, table, column, row, year):
        """Mode and quantity of every parameter that changes a figure, in the order of their table."""
        return tuple((parameter['mode'],
                      self.quantity[parameter['parameter'], year if text(parameter, 'path') in BY_YEAR else None])
                     for parameter, wanted in self.acting.get((table, column), ())
                     if self.selects(parameter, wanted, row))


def quantiles(parameter):
    """What a correlated parameter comes to where its normal is each of DEVIATES."""
    p1, p2, p3 = (number(parameter, p, 0.0) for p in ('p1', 'p2', 'p3'))
    below, above = (np.array([math.erfc(sign * z / math.sqrt(2)) / 2 for z in DEVIATES]) for sign in (-1, 1))
    distribution, low, width = parameter['distribution'], p1, p3 - p1
    if distribution == 'uniform':
        return p1 + (p2 - p1) * below
    if distribution == 'triangular':
        return np.where(below * width <= p2 - p1, p1 + np.sqrt(below * width * (p2 - p1)),
                        p3 - np.sqrt(above * width * (p3 - p2)))
    if distribution == 'pert':
        a, b = 1 + 4 * (p2 - p1) / width, 1 + 4 * (p3 - p2) / width
    elif distribution == 'beta':
        low, width, size = 0.0, 1.0, p1 * (1 - p1) / p2 ** 2 - 1
        a, b = p1 * size, (1 - p1) * size
    else:
        a = b = 0.0
    if min(a, b) < 0.5:
        sys.exit(f'{parameter["parameter"]}: not a kind of correlated draw this knows')
    # The density of x = sin² of an angle is bounded in the angle.
    edges = np.linspace(0, math.pi / 2, 2 ** 16 + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    chance = np.concatenate([[0.0], np.cumsum(np.sin(middles) ** (2 * a - 1) * np.cos(middles) ** (2 * b - 1))])
    return low + width * np.interp(below, chance / chance[-1], np.sin(edges) ** 2)


class Figures:
    """Figures of the plan, drawn or not, one slot for all that are alike."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.slots = {}

    def slot(self, table, column, row, year, blank=0.0):
        key = number(row, column, blank), self.parameters.acting_on(table, column, row, year)
        return self.slots.setdefault(key, len(self.slots))

    def scaled(self, table, column, row, year, blank=0.0):
        """A figure as what is not drawn of it and the slot that this is to be multiplied by: those that only factors
        act on share slots whatever they are themselves."""
        acting = self.parameters.acting_on(table, column, row, year)
        if any(mode != 'factor' for mode, _ in acting):
            return 1.0, self.slot(table, column, row, year, blank)
        return number(row, column, blank), self.slots.setdefault((1.0, acting), len(self.slots))

    def constant(self, value):
        return self.slots.setdefault((value, ()), len(self.slots))

    def compile(self):
        self.base = np.array([base for base, _ in self.slots])[:, None]
        self.steps = []
        for depth in range(max((len(acting) for _, acting in self.slots), default=0)):
            for mode in ('value', 'factor', 'add'):
                pairs = [(slot, acting[depth][1]) for (_, acting), slot in self.slots.items()
                         if len(acting) > depth and acting[depth][0] == mode]
                if pairs:
                    self.steps.append((mode, *map(np.array, zip(*pairs))))

    def values(self, drawn):
        values = np.repeat(self.base, drawn.shape[1], axis=1)
        for mode, slots, quantities in self.steps:
            if mode == 'value':
                values[slots] = drawn[quantities]
            elif mode == 'factor':
                values[slots] *= drawn[quantities]
            else:
                values[slots] += drawn[quantities]
        return values


# Rates: the same in every scenario

class Rates:
    """Relative activity if nothing is done, by membership and service, and the indices of services, by year."""

    def __init__(self, plan, figures):
        self.plan, self.figures = plan, figures
        self.services = list(plan.service)
        buyers = dict.fromkeys(row['commissioner'] for row in plan['flow'])
        self.mixes = {}
        self.mix_of = {}
        for buyer in buyers:
            shares = plan.membership[buyer]
            mix = tuple((footprint, share / sum(shares.values())) for footprint, share in shares.items())
            self.mix_of[buyer] = self.mixes.setdefault(mix, len(self.mixes))
        bought = {(self.mix_of[row['commissioner']], row['service']) for row in plan['flow']}
        self.cells = {cell: i for i, cell in enumerate(sorted(bought))}
        self.compile_growth()
        self.compile_demography()
        self.compile_prices()

    def compile_growth(self):
        """Growth is the same for cells whose places, by rates, are the same: it is of kinds of cell."""
        plan, years = self.plan, self.plan.years
        mixes = list(self.mixes)
        by_service = {}
        for i, row in enumerate(plan['activity_growth']):
            by_service.setdefault(text(row, 'service'), []).append((i, row))
        rows = plan['activity_growth']
        nothing = self.figures.constant(0.0)
        slots_of, place, kinds, kind_of = {}, {}, {}, []
        for mix, service in self.cells:
            shares = {}
            for footprint, share in mixes[mix]:
                if (service, footprint) not in slots_of:
                    candidates = by_service.get(service, []) + by_service.get('', [])
                    best = [fitting(candidates, ('service', 'footprint', 'year'), (service, footprint, str(year)))
                            for year in years[1:]]
                    slots_of[service, footprint] = tuple(
                        nothing if row is None else self.figures.slot('activity_growth', 'rate', rows[row], year)
                        for row, year in zip(best, years[1:]))
                its = place.setdefault(slots_of[service, footprint], len(place))
                shares[its] = shares.get(its, 0.0) + share
            kind_of.append(kinds.setdefault(tuple(shares.items()), len(kinds)))
        self.growth_slots = np.array(list(place), dtype=int).T
        self.n_kinds = len(kinds)
        self.kind_of = np.array(kind_of) if len(kinds) < len(self.cells) else None
        most = max(map(len, kinds))
        self.growth_of = np.zeros((most, len(kinds)), dtype=int)
        self.growth_share = np.zeros((most, len(kinds), 1))
        for shares, kind in kinds.items():
            for k, (its, share) in enumerate(shares):
                self.growth_of[k, kind] = its
                self.growth_share[k, kind] = share
        # A place beyond the first matters only to those who have it.
        self.more = [(k, np.flatnonzero(self.growth_share[k, :, 0])) for k in range(1, most)]

    def compile_demography(self):
        """Weighted persons by year, of places: of a set of weights and a footprint."""
        plan, figures, mixes = self.plan, self.figures, list(self.mixes)
        weights = {}
        for row in plan['age_weight']:
            weights.setdefault(text(row, 'service'), []).append(row)
        persons = {}
        for row in plan['population']:
            if plan.base <= year_of(row['year']) <= plan.end:
                persons.setdefault((row['footprint'], year_of(row['year'])), []).append(
                    (text(row, 'sex'), text(row, 'age'),
                     figures.scaled('population', 'persons', row, year_of(row['year']))))
        found = {}

        def weight(of, sex, age):
            if of is None:
                return 1.0
            if (of, sex, age) not in found:
                best = fitting(list(enumerate(weights[of])), ('sex', 'age'), (sex, age))
                found[of, sex, age] = float(weights[of][best]['weight'])
            return found[of, sex, age]

        place, mixed, self.place_of = {}, {}, []
        for mix, service in self.cells:
            of = next((of for of in (service, '') if of in weights), None)
            places = [place.setdefault((of, footprint), len(place)) for footprint, _ in mixes[mix]]
            self.place_of.append((mixed.setdefault((of, mix), len(mixed)), places, [share for _, share in mixes[mix]]))
        self.persons = []
        for year in plan.years:
            # Without persons the factor is 1.
            sums = [{figures.constant(1.0): 1.0} if (footprint, plan.base) not in persons else {}
                    for _, footprint in place]
            for (of, footprint), its in zip(place, sums):
                if (footprint, plan.base) in persons:
                    for sex, age, (size, slot) in persons[footprint, year]:
                        its[slot] = its.get(slot, 0.0) + weight(of, sex, age) * size
            slots = list(dict.fromkeys(slot for its in sums for slot in its))
            self.persons.append((slots, np.array([[its.get(slot, 0.0) for slot in slots] for its in sums])))
        constant = figures.constant(1.0)
        self.demographic = None
        if all(slots == [constant] for slots, _ in self.persons):
            factor = [matrix[:, 0] / self.persons[0][1][:, 0] for _, matrix in self.persons]
            self.demographic = np.array([[np.dot(its[places], shares) for _, places, shares in self.place_of]
                                         for its in factor])[..., None]
            return
        # Mixes of several places follow the places.
        several = list(dict.fromkeys(kind for kind, places, _ in self.place_of if len(places) > 1))
        self.n_places, self.n_mixed = len(place), len(several)
        mean_of = {kind: (places, shares) for kind, places, shares in self.place_of}
        self.mixed = Sums([(i, its, share) for i, kind in enumerate(several) for its, share in zip(*mean_of[kind])])
        self.place_of = np.array([places[0] if len(places) == 1 else len(place) + several.index(kind)
                                  for kind, places, _ in self.place_of])

    def drawn_demographic(self, values, year, first, space):
        """The factors of places and of their mixes: of persons drawn over those drawn in the base year."""
        slots, matrix = self.persons[year]
        np.divide(matrix @ values[slots], first, out=space[:self.n_places])
        space[self.n_places:] = 0
        self.mixed.add_to(space[self.n_places:], space[:self.n_places])
        return space[self.place_of]

    def compile_prices(self):
        plan, figures = self.plan, self.figures
        components = list(dict.fromkeys(row['component'] for row in plan['inflation']))
        rows = list(enumerate(plan['inflation']))
        self.inflation_slots, self.uplift_slots, self.efficiency_slots, self.priced = [], [], [], []
        mix = {}
        for row in plan['cost_mix']:
            mix.setdefault(text(row, 'service'), []).append(row)
        self.share = np.zeros((len(self.services), len(components)))
        for i, service in enumerate(self.services):
            for row in mix.get(service) or mix.get('', []):
                self.share[i, components.index(row['component'])] += float(row['share'])
        tariffs = list(enumerate(plan['tariff']))
        for year in plan.years[1:]:
            slots = []
            for component in components:
                best = fitting([(i, row) for i, row in rows if row['component'] == component], ('year',), (str(year),))
                slots.append(figures.constant(0.0) if best is None else figures.slot(
                    'inflation', 'rate', plan['inflation'][best], year))
            self.inflation_slots.append(np.array(slots, dtype=int))
            best = [fitting(tariffs, ('service', 'year'), (service, str(year))) for service in self.services]
            self.priced.append(np.array([i for i, row in enumerate(best) if row is not None], dtype=int))
            for slots, column in ((self.uplift_slots, 'uplift'), (self.efficiency_slots, 'efficiency')):
                slots.append(np.array([figures.slot('tariff', column, plan['tariff'][row], year)
                                       for row in best if row is not None], dtype=int))

    def project(self, values):
        n_years, n = len(self.plan.years), values.shape[1]
        activity = np.empty((n_years, len(self.cells), n))
        inflation = np.ones((n_years, len(self.services), n))
        price = np.ones((n_years, len(self.services), n))
        growth = np.ones((self.n_kinds, n))
        activity[0] = 1
        if self.demographic is None:
            slots, matrix = self.persons[0]
            first, space = matrix @ values[slots], np.empty((self.n_places + self.n_mixed, n))
        for year in range(1, n_years):
            rate = values[self.growth_slots[year - 1]]
            mean = rate[self.growth_of[0]]
            if self.more:
                mean[self.more[0][1]] *= self.growth_share[0, self.more[0][1]]
            for k, cells in self.more:
                mean[cells] += self.growth_share[k, cells] * rate[self.growth_of[k, cells]]
            mean += 1
            growth *= mean
            demographic = (self.drawn_demographic(values, year, first, space) if self.demographic is None
                           else self.demographic[year])
            its_growth = growth if self.kind_of is None else growth[self.kind_of]
            np.multiply(its_growth, demographic, out=activity[year])
            step = 1 + self.share @ values[self.inflation_slots[year - 1]]
            inflation[year] = inflation[year - 1] * step
            step[self.priced[year - 1]] = ((1 + values[self.uplift_slots[year - 1]])
                                           * (1 - values[self.efficiency_slots[year - 1]]))
            price[year] = price[year - 1] * step
        return activity, inflation, price


# A scenario

class Sums:
    """Organisations' parts in the money of units (groups or flows): a sparse matrix, by rows of sorted entries or as
    dense blocks of the units that belong together."""

    def __init__(self, entries, block_of=None):
        weights = {}
        for row, unit, weight in entries:
            weights[row, unit] = weights.get((row, unit), 0.0) + weight
        keys = sorted(key for key, weight in weights.items() if weight != 0)
        self.blocks = None
        self.n = len(keys)
        if not keys:
            return
        rows, units = map(np.array, zip(*keys))
        values = np.array([weights[key] for key in keys])
        if block_of is None:
            self.units, self.weights, self.each = units, values[:, None], None
            self.starts = np.flatnonzero(np.diff(rows, prepend=-1))
            self.rows = rows[self.starts]
        else:
            self.blocks = []
            for block in np.unique(block_of[units]):
                mine = block_of[units] == block
                its_units, columns = np.unique(units[mine], return_inverse=True)
                its_rows, lines = np.unique(rows[mine], return_inverse=True)
                matrix = np.zeros((len(its_rows), len(its_units)))
                matrix[lines, columns] = values[mine]
                if its_units[-1] - its_units[0] == len(its_units) - 1:
                    its_units = slice(its_units[0], its_units[-1] + 1)
                self.blocks.append((its_rows, its_units, matrix))

    def add_to(self, out, x):
        if self.n == 0:
            return
        if self.blocks is None:
            if self.each is None or self.each.shape[1] != x.shape[1]:
                self.each = np.empty((self.n, x.shape[1]))
            np.take(x, self.units, axis=0, out=self.each, mode='clip')
            self.each *= self.weights
            out[self.rows] += np.add.reduceat(self.each, self.starts, axis=0)
        else:
            for rows, units, matrix in self.blocks:
                out[rows] += matrix @ x[units]


class Scenario:
    """A scenario's flows as units, each with all it needs, and where their money goes."""

    def __init__(self, plan, figures, rates, name, grouped):
        self.plan, self.figures, self.rates, self.name = plan, figures, rates, name
        self.listed = {row['scheme']: (figures.slot('scenario', 'scale', row, None, 1.0), int(number(row, 'delay', 0)))
                       for row in plan['scenario'] if row['scenario'] == name}
        for table in ('prevention_effect', 'indicator_effect'):
            if any(row['scheme'] in self.listed for row in plan[table]):
                sys.exit(f'{name}: {table} is left out here')
        self.effects = {}
        self.reductions = self.effects_of('activity_effect', 'reduction', lambda row: not text(row, 'to_service'))
        self.shifts = self.effects_of('activity_effect', 'reduction', lambda row: text(row, 'to_service'))
        self.savings = self.effects_of('efficiency_effect', 'saving', lambda row: True)
        self.products = {(): 0}
        self.compile_units(grouped)
        self.compile_money()
        self.compile_strengths()

    # Effects

    def timing(self, row, delay):
        """Progress and whole steps of an effect in each year."""
        start = year_of(row['start_year']) + delay
        full = year_of(text(row, 'full_year') or row['start_year']) + delay
        last = year_of(row['last_year']) + delay if text(row, 'last_year') else math.inf
        progress, steps = [], []
        for year in self.plan.years:
            x = min(1.0, max(0.0, (year - start + 1) / (full - start + 1))) if year <= last else 0.0
            progress.append(3 * x ** 2 - 2 * x ** 3 if text(row, 'ramp') == 's_curve' else x)
            steps.append(max(0, min(year, full) - start + 1) if year <= last else 0)
        return ('annual', *steps) if text(row, 'ramp') == 'annual' else ('even', *progress)

    def effects_of(self, table, column, wanted):
        """The effects in order, by the service, or '', that they name: commissioner, provider, number, row."""
        of_scheme = {}
        for row in self.plan[table]:
            if row['scheme'] in self.listed and wanted(row):
                of_scheme.setdefault(row['scheme'], []).append(row)
        by_service, order = {}, 0
        for scheme, (scale, delay) in self.listed.items():
            for row in of_scheme.get(scheme, ()):
                key = (self.figures.slot(table, column, row, None), scale, 0.0 if text(row, 'to_service') else -1.0,
                       *self.timing(row, delay))
                effect = self.effects.setdefault(key, len(self.effects))
                by_service.setdefault((text(row, 'service'), text(row, 'commissioner')), []).append(
                    (order, text(row, 'provider'), effect, row))
                order += 1
        return by_service

    @staticmethod
    def acting(effects, commissioner, provider, service):
        found = []
        for key in ((service, commissioner), (service, ''), ('', commissioner), ('', '')):
            found += [effect for effect in effects.get(key, ()) if effect[1] in ('', provider)]
        found.sort(key=lambda effect: effect[0])
        return found

    def product(self, effects):
        return self.products.setdefault(effects, len(self.products))

    # Units

    def compile_units(self, grouped):
        plan, rates = self.plan, self.rates
        bought_at, bought = {}, {}
        for row in plan['flow']:
            if text(row, 'activity'):
                cost = number(row, 'cost', float(row['income']))
                for where, key in ((bought_at, (row['commissioner'], row['provider'], row['service'])),
                                   (bought, (row['commissioner'], row['service']))):
                    total = where.setdefault(key, [0.0, 0.0])
                    total[0] += cost
                    total[1] += float(row['activity'])
        keys, unit_of = {}, []
        for i, row in enumerate(plan['flow']):
            who = row['commissioner'], row['provider'], row['service']
            above = number(row, 'marginal_rate', 1.0)
            shifts = self.acting(self.shifts, *who)
            key = (rates.mix_of[who[0]], row['service'], plan.kind[who[1]] == 'outside', above,
                   number(row, 'marginal_rate_below', above),
                   self.product(tuple(effect for _, _, effect, _ in self.acting(self.reductions, *who))),
                   tuple(effect for _, _, effect, _ in shifts),
                   self.product(tuple(effect for _, _, effect, _ in self.acting(self.savings, *who))))
            unit_of.append((key if grouped else (*key, i), shifts))
        # By places, and those inside the plan together: what is summed at once lies side by side.
        for key in sorted((key for key, _ in unit_of), key=lambda key: (key[0], key[2], *key)):
            keys.setdefault(key, len(keys))
        units = list(keys)
        self.n_units = len(units)
        self.mix = np.array([unit[0] for unit in units])
        self.cell = np.array([rates.cells[unit[:2]] for unit in units])
        self.service = np.array([rates.services.index(unit[1]) for unit in units])
        outside = np.array([unit[2] for unit in units])
        self.outside, self.inside = np.flatnonzero(outside), np.flatnonzero(~outside)
        self.above, self.below = (np.array([unit[i] for unit in units])[:, None] for i in (3, 4))
        saved = np.array([unit[7] for unit in units])
        self.saving = np.flatnonzero(saved)
        self.saved_by = saved[self.saving]

        reduced = np.array([unit[5] for unit in units])
        n_shifts = np.array([len(unit[6]) for unit in units])
        self.acting_units = np.flatnonzero((reduced > 0) | (n_shifts > 0))
        self.reduced_by = reduced[self.acting_units]
        place = {unit: i for i, unit in enumerate(self.acting_units)}
        self.shifting, shifted = [], {}
        for k in range(n_shifts.max(initial=0)):
            rows = np.flatnonzero(n_shifts > k)
            self.shifting.append((len(shifted), np.array([place[unit] for unit in rows]),
                                  np.array([units[unit][6][k] for unit in rows])))
            shifted.update({(unit, k): len(shifted) + i for i, unit in enumerate(rows)})
        self.n_shifted = len(shifted)

        # What idle capacity keeps of its cost; outside the plan, where that is nothing, units are overwritten.
        capacity, self.capacity_of, self.capacity_drawn, lags = {}, [], False, []
        for unit in self.acting_units:
            service = plan.service[units[unit][1]]
            self.capacity_drawn |= any(plan.parameters.acting_on('service', column, service, None)
                                       for column in ('variable_share', 'semi_fixed_share'))
            h = self.figures.slot('service', 'semi_fixed_share', service, None)
            v = None
            if text(service, 'variable_share'):
                v = self.figures.slot('service', 'variable_share', service, None)
            self.capacity_of.append(capacity.setdefault((v, h), len(capacity)))
            lags.append(int(number(service, 'semi_fixed_lag', 1)))
        self.capacity = list(capacity)
        self.lags = [(lag, np.flatnonzero(np.array(lags) == lag)) for lag in sorted(set(lags))]

        # Where the money of units and of what they shift goes: (organisation, unit, £).
        index = plan.index
        of_cost, of_price, added, prices = [], [], {}, {}
        for row, (key, shifts) in zip(plan['flow'], unit_of):
            commissioner, provider, unit = row['commissioner'], row['provider'], keys[key]
            income = float(row['income'])
            cost = number(row, 'cost', income)
            if plan.kind[provider] == 'outside':
                of_cost.append((index[commissioner], unit, income))
            else:
                of_cost.append((index[provider], unit, cost))
                of_price += [(index[commissioner], unit, income), (index[provider], unit, -income)]
            for k, (_, _, _, effect) in enumerate(shifts):
                to = effect['to_provider'], effect['to_service']
                replaced, times = self.figures.scaled('activity_effect', 'substitution', effect, None, 1.0)
                price, at = self.figures.scaled('activity_effect', 'unit_cost', effect, None)
                if not text(effect, 'unit_cost'):
                    total = bought_at.get((commissioner, *to)) or bought[commissioner, to[1]]
                    price = total[0] / total[1]
                amount = float(row['activity']) * replaced * price
                kind = prices.setdefault((rates.services.index(to[1]), times, at), len(prices))
                saved = self.product(tuple(effect for _, _, effect, _ in self.acting(self.savings, commissioner, *to)))
                added.setdefault((self.mix[unit], shifted[unit, k], kind, saved), []).append(
                    (commissioner, to[0], amount))
        block = self.mix if grouped else None
        self.of_cost = Sums(of_cost, block)
        self.of_price = Sums(of_price, block)
        added = sorted(added.items())
        self.added_from = np.array([key[1] for key, _ in added], dtype=int)
        self.added_price = np.array([key[2] for key, _ in added], dtype=int)
        self.price_service, self.price_times, self.price_at = (
            np.array([key[i] for key in prices], dtype=int) for i in range(3))
        self.added_saved = np.array([key[3] for key, _ in added], dtype=int)
        before, after = [], []
        for i, (_, parts) in enumerate(added):
            for commissioner, provider, amount in parts:
                if plan.kind[provider] == 'outside':
                    after.append((index[commissioner], i, amount))
                else:
                    before += [(index[commissioner], i, amount), (index[provider], i, -amount)]
                    after.append((index[provider], i, amount))
        block = np.array([key[0] for key, _ in added]) if grouped else None
        self.of_added, self.of_added_saved = Sums(before, block), Sums(after, block)

    # Money that does not follow activity

    def compile_money(self):
        plan, figures, index, n_years = self.plan, self.figures, self.plan.index, len(self.plan.years)
        fixed = np.zeros((n_years, len(index)))
        kinds, drawn = {}, [[] for _ in range(n_years)]

        def put(organisation, year, amount):
            if plan.base <= year <= plan.end:
                fixed[year - plan.base, index[organisation]] += amount

        for row in plan['funding']:
            year = year_of(row['year'])
            if plan.base <= year <= plan.end and plan.parameters.acting_on('funding', 'amount', row, year):
                amount, slot = figures.scaled('funding', 'amount', row, year)
                kind = kinds.setdefault((figures.constant(1.0), slot), len(kinds))
                drawn[year - plan.base].append((index[row['organisation']], kind, -amount))
            else:
                put(row['organisation'], year, -float(row['amount']))
        for row in plan['pressure']:
            put(row['organisation'], year_of(row['year']), float(row['amount']))
        for row in plan['transfer']:
            put(row['from_organisation'], year_of(row['year']), float(row['amount']))
            put(row['to_organisation'], year_of(row['year']), -float(row['amount']))
        kind = {(row['fund'], year_of(row['year'])): row['kind'] for row in plan['fund']}
        for row in plan['award']:
            year = year_of(row['year'])
            if self.name != 'do_nothing' and text(row, 'scenario') in ('', self.name) and \
                    kind.get((row['fund'], year)) == 'revenue':
                put(row['organisation'], year, -float(row['amount']))
        for row in plan['scheme_cost']:
            if row['scheme'] not in self.listed:
                continue
            scale, year, spread = self.listed[row['scheme']][0], year_of(row['year']), {}
            if row['kind'] == 'capital':
                life = int(number(row, 'asset_life'))
                spread = {year + held + 1: 1 / life + plan.charge_rate * (1 - held / life) for held in range(life)}
            else:
                spread = {year: 1.0}
            amount, slot = figures.scaled('scheme_cost', 'amount', row, year)
            kind = kinds.setdefault((scale, slot), len(kinds))
            for when, part in spread.items():
                if plan.base <= when <= plan.end:
                    drawn[when - plan.base].append((index[row['organisation']], kind, part * amount))
        self.fixed = fixed[..., None]
        self.money_scale, self.money_amount = (np.array([key[i] for key in kinds], dtype=int) for i in (0, 1))
        self.money = []
        for entries in drawn:
            pairs = {entry[:2] for entry in entries}
            # A matrix with few empty cells is multiplied as it is.
            few = len(pairs) * 8 >= len({row for row, _ in pairs}) * len({kind for _, kind in pairs})
            self.money.append(Sums(entries, np.zeros(len(kinds), dtype=int) if few else None))

    def compile_strengths(self):
        keys = list(self.effects)
        self.size, self.scale = (np.array([key[i] for key in keys], dtype=int) for i in (0, 1))
        self.least = np.array([key[2] for key in keys])[:, None]
        self.even = np.array([i for i, key in enumerate(keys) if key[3] == 'even'], dtype=int)
        self.annual = np.array([i for i, key in enumerate(keys) if key[3] == 'annual'], dtype=int)
        self.progress = np.array([keys[i][4:] for i in self.even]).T[..., None]
        self.steps = np.array([keys[i][4:] for i in self.annual], dtype=int).T
        # Products of what effects leave, each from that of the list without its last.
        lists = list(self.products)
        for effects in lists:
            for length in range(1, len(effects)):
                self.products.setdefault(effects[:length], len(self.products))
        by_length = {}
        for effects, i in self.products.items():
            if effects:
                by_length.setdefault(len(effects), []).append((i, self.products[effects[:-1]], effects[-1]))
        self.multiply = [tuple(map(np.array, zip(*by_length[length]))) for length in sorted(by_length)]

    # The kernel

    def strengths(self, values):
        n = values.shape[1]
        n_years = len(self.plan.years)
        size = np.clip(values[self.size] * np.maximum(values[self.scale], 0), self.least, 1)
        strength = np.empty((n_years, len(self.size), n))
        if len(self.even):
            for year in range(n_years):
                strength[year, self.even] = size[self.even] * self.progress[year]
        if len(self.annual):
            powers = [np.ones((len(self.annual), n))]
            for _ in range(self.steps.max()):
                powers.append(powers[-1] * (1 - size[self.annual]))
            powers = 1 - np.array(powers)
            for year in range(n_years):
                strength[year, self.annual] = powers[self.steps[year], np.arange(len(self.annual))]
        left = np.ones((n_years, len(self.products), n))
        for of, before, effect in self.multiply:
            for year in range(n_years):
                left[year, of] = left[year, before] * (1 - strength[year, effect])
        return strength, left

    def buffers(self, n):
        def empty(rows):
            return np.empty((rows, n))
        self.space = {name: empty(self.n_units) for name in ('activity', 'units', 'volume', 'paid', 'below')}
        self.space['shifted'] = empty(self.n_shifted)
        self.idle = np.empty((len(self.plan.years), len(self.acting_units), n))

    def project(self, values, rates, gaps, meter):
        """Writes the gap of each organisation by year into gaps."""
        activity, inflation, price = rates
        n = values.shape[1]
        acting = self.acting_units
        if len(self.effects):
            strength, left = self.strengths(values)
        if len(acting):
            # What stays at once, and what of it goes later: a row for each, or one for all; a column if none is drawn.
            shares = values if self.capacity_drawn else values[:, :1]
            stays = np.array([shares[h] if v is None else 1 - shares[v] for v, h in self.capacity])
            semi_fixed = shares[[h for _, h in self.capacity]]
            if len(self.capacity) > 1:
                stays, semi_fixed = stays[self.capacity_of], semi_fixed[self.capacity_of]
        money = np.maximum(values[self.money_scale], 0) * values[self.money_amount]
        times = values[self.price_times] * values[self.price_at]
        scenario, units, volume, paid, below = (
            self.space[name] for name in ('activity', 'units', 'volume', 'paid', 'below'))
        shifted = self.space['shifted']
        most = None
        for year in range(len(self.plan.years)):
            meter.start('activity')
            np.take(activity[year], self.cell, axis=0, out=scenario, mode='clip')
            if len(acting):
                do_nothing = scenario[acting]
                now = do_nothing * left[year, self.reduced_by]
                for first, rows, effect in self.shifting:
                    moved = now[rows]
                    moved *= strength[year, effect]
                    now[rows] -= moved
                    shifted[first:first + len(rows)] = moved
                idle = self.idle[year]
                if year == 0:
                    idle[:] = 0
                    most = now.copy()
                else:
                    np.minimum(most, do_nothing, out=idle)
                    idle -= now
                    np.maximum(idle, 0, out=idle)
                    np.maximum(most, now, out=most)
                scenario[acting] = now
            np.copyto(units, scenario)
            if len(acting) and year > 0:
                kept = stays * idle
                for lag, rows in self.lags:
                    if year >= lag:
                        later = semi_fixed if len(semi_fixed) == 1 else semi_fixed[rows]
                        kept[rows] -= later * np.minimum(idle[rows], self.idle[year - lag, rows])
                kept += now
                units[acting] = kept
            # 1 + marginal rate × (activity − 1), with the rate of its side.
            np.subtract(scenario, 1, out=volume)
            np.minimum(volume, 0, out=below)
            np.maximum(volume, 0, out=volume)
            volume *= self.above
            below *= self.below
            volume += below
            volume += 1
            units[self.outside] = volume[self.outside]
            np.take(inflation[year], self.service, axis=0, out=below, mode='clip')
            units *= below
            if len(self.saving):
                units[self.saving] *= left[year, self.saved_by]
            np.take(price[year], self.service, axis=0, out=below, mode='clip')
            np.multiply(volume, below, out=paid)

            meter.start('sums')
            gap = gaps[year]
            gap[:] = self.fixed[year]
            self.of_cost.add_to(gap, units)
            self.of_price.add_to(gap, paid)
            if self.n_shifted:
                added = shifted[self.added_from]
                added *= (inflation[year][self.price_service] * times)[self.added_price]
                self.of_added.add_to(gap, added)
                added *= left[year, self.added_saved]
                self.of_added_saved.add_to(gap, added)
            self.money[year].add_to(gap, money)


# The simulation

class Simulation:
    def __init__(self, folder, scenarios, by, components=('total',), positions=True):
        self.plan = plan = Plan(folder)
        if any(number(row, 'trend', 0.0) for row in plan['risk']):
            sys.exit('trends of prevalence are left out here')
        plan.parameters = self.parameters = Parameters(plan)
        self.figures = Figures(self.parameters)
        self.rates = Rates(plan, self.figures)
        self.scenarios = [Scenario(plan, self.figures, self.rates, name, by == 'grouped') for name in scenarios]
        self.figures.compile()
        self.positions = positions
        self.compile_places(components)

    def compile_places(self, components):
        """The organisations of each component with their share in each place."""
        plan = self.plan
        parent = {row['footprint']: text(row, 'parent') for row in plan['footprint']}
        shares = {place: {} for place in parent}
        for organisation, of in plan.membership.items():
            if organisation in plan.index:
                for place, share in of.items():
                    while place:
                        shares[place][organisation] = shares[place].get(organisation, 0.0) + share
                        place = parent[place]
        unassigned = {name: 1 - sum(plan.membership.get(name, {}).values()) for name in plan.organisations}
        unassigned = {name: share for name, share in unassigned.items() if share > TOLERANCE}
        if unassigned:
            shares[UNASSIGNED] = unassigned
        shares[ENGLAND] = dict.fromkeys(plan.organisations, 1.0)
        self.places, self.components = list(shares), components
        kinds = dict.fromkeys(kind for component in components for kind in COMPONENTS[component])
        self.of_kind = {kind: Sums([(i, plan.index[name], share) for i, of in enumerate(shares.values())
                                    for name, share in of.items() if plan.kind[name] == kind])
                        for kind in kinds}
        self.series = [(f'funding_gap.gap[component={component}]', place)
                       for component in components for place in self.places]
        if self.positions:
            self.series += [('position.gap', name) for name in plan.organisations]

    def collect(self, gaps, out):
        """What is asked for, of gaps by year, organisation and draw: into out by series, year and draw."""
        for year, gap in enumerate(gaps):
            of_kind = {kind: np.zeros((len(self.places), gap.shape[1])) for kind in self.of_kind}
            for kind, sums in self.of_kind.items():
                sums.add_to(of_kind[kind], gap)
            row = 0
            for component in self.components:
                out[row:row + len(self.places), year] = sum(of_kind[kind] for kind in COMPONENTS[component])
                row += len(self.places)
            if self.positions:
                out[row:, year] = gap

    def multiply_adds(self):
        """Of one draw: what every cell, unit, effect and entry of a sum takes at least, however it is done."""
        n_later, n_years = len(self.plan.years) - 1, len(self.plan.years)
        count = n_later * len(self.rates.cells) * 2
        if self.rates.demographic is None:
            count += sum(np.count_nonzero(matrix) for _, matrix in self.rates.persons) + n_later * self.rates.mixed.n
        for scenario in self.scenarios:
            sums = scenario.of_cost, scenario.of_price, scenario.of_added, scenario.of_added_saved
            count += n_years * (sum(each.n for each in sums) + sum(each.n for each in self.of_kind.values()))
            count += sum(money.n for money in scenario.money)
            # Volume, inflation and price; a reduction and idle capacity; a shift and its cost; a saving.
            count += n_later * (3 * scenario.n_units + 4 * len(scenario.acting_units) + 2 * scenario.n_shifted
                                + len(scenario.saving) + len(scenario.effects))
        return count

    def run(self, draws, seed, block, meter, drawn=None):
        """Every series of each scenario by year and draw; drawn holds the quantities of given draws."""
        n_years, n_organisations = len(self.plan.years), len(self.plan.organisations)
        generator = np.random.Generator(np.random.Philox(seed))
        out = np.empty((len(self.scenarios), len(self.series), n_years, draws))
        for first in range(0, draws, block):
            n = min(block, draws - first)
            meter.start('drawing')
            if first == 0 or n != block:
                gaps = np.empty((n_years, n_organisations, n))
                for scenario in self.scenarios:
                    scenario.buffers(n)
            quantities = self.parameters.draw(generator, n) if drawn is None else drawn[:, first:first + n]
            values = self.figures.values(quantities)
            meter.start('activity')
            rates = self.rates.project(values)
            for scenario, its_out in zip(self.scenarios, out):
                meter.start('activity')
                scenario.project(values, rates, gaps, meter)
                self.collect(gaps, its_out[..., first:first + n])
        return out


def summarise(series):
    """Mean, sd, percentiles (type 7), probability of no gap, mean shortfall and mean of the worst 5% of each row."""
    n = series.shape[1]
    at = [(n - 1) * p / 100 for p in PERCENTILES]
    tail = n - max(1, math.ceil(TAIL * n))
    kth = sorted({tail, *(math.floor(x) for x in at), *(math.ceil(x) for x in at)})
    summary = np.empty((len(series), 5 + len(PERCENTILES)))
    for row, values in enumerate(series):
        ordered = np.partition(values, kth)
        summary[row, 0] = values.mean()
        summary[row, 1] = values.std(ddof=1) if n > 1 else 0
        for i, x in enumerate(at):
            low = ordered[math.floor(x)]
            summary[row, 2 + i] = low + (x - math.floor(x)) * (ordered[math.ceil(x)] - low)
        summary[row, -3] = np.count_nonzero(values <= 0) / n
        summary[row, -2] = np.maximum(values, 0).mean()
        summary[row, -1] = ordered[tail:].mean()
    return summary


def linear_algebra():
    """The library that multiplies matrices: its file and the folder that is in."""
    with open('/proc/self/maps', encoding='utf-8') as stream:
        paths = re.findall(r'/\S*blas\S*$', stream.read(), re.MULTILINE)
    return '/'.join(pathlib.Path(min(paths)).parts[-2:]) if paths else ''


def run(arguments):
    scenarios = arguments.scenario or ['plan']
    simulation = Simulation(arguments.plan, scenarios, arguments.by, arguments.component or ['total'],
                            arguments.positions)
    meter = Meter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    out = simulation.run(arguments.draws, arguments.seed, arguments.block or BLOCK[arguments.by], meter)
    meter.start('summary')
    n_years = len(simulation.plan.years)
    summary = summarise(out.reshape(-1, arguments.draws)).reshape(len(scenarios), -1, n_years, 5 + len(PERCENTILES))
    meter.start(None)
    if arguments.out:
        with open(arguments.out, 'w', newline='', encoding='utf-8') as stream:
            writer = csv.writer(stream, lineterminator='\n')
            writer.writerow(['scenario', 'measure', 'place', 'year', 'mean', 'sd', *(f'p{p}' for p in PERCENTILES),
                             'probability_closed', 'shortfall_mean', 'tail_mean'])
            for scenario, of_scenario in zip(scenarios, summary):
                for (measure, place), of_series in zip(simulation.series, of_scenario):
                    for year, row in zip(simulation.plan.years, of_series):
                        writer.writerow([scenario, measure, place, year, *map(repr, map(float, row))])
    parts = {part: {'seconds': round(cost[0], 4), 'faults': int(cost[1])} for part, cost in meter.parts.items()}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({
        'by': arguments.by, 'linear_algebra': linear_algebra(), 'draws': arguments.draws,
        'series': out.shape[0] * out.shape[1] * out.shape[2],
        'flows': len(simulation.plan['flow']), 'parameters': len(simulation.parameters.rows),
        'units': [scenario.n_units for scenario in simulation.scenarios],
        'acting': [len(scenario.acting_units) for scenario in simulation.scenarios],
        'multiply_adds': simulation.multiply_adds() * arguments.draws,
        'seconds': round(sum(cost[0] for cost in meter.parts.values()), 4),
        'faults': int(sum(cost[1] for cost in meter.parts.values())),
        'peak_megabytes': round(memory / 1024, 1), 'before_megabytes': round(before / 1024, 1),
        'asked_for_megabytes': round(out.nbytes / 2 ** 20, 1), 'parts': parts}))


# Given draws, and the proof

def print_draws(arguments):
    plan = Plan(arguments.plan)
    parameters = Parameters(plan)
    values = parameters.draw(np.random.Generator(np.random.Philox(arguments.seed)), arguments.draws)
    writer = csv.writer(sys.stdout, lineterminator='\n')
    writer.writerow(['parameter', 'year', 'draw', 'value'])
    for (name, year), i in parameters.quantity.items():
        for draw in range(arguments.draws):
            writer.writerow([name, '' if year is None else year, draw, repr(float(values[i, draw]))])


def read_draws(parameters, figures, path):
    """Quantities by draw; a quantity that no figure takes may be left out."""
    with open(path, newline='', encoding='utf-8') as stream:
        rows = list(csv.DictReader(stream))
    draws = list(dict.fromkeys(row['draw'] for row in rows))
    values = np.full((len(parameters.quantity), len(draws)), np.nan)
    for row in rows:
        year = year_of(row['year']) if row['year'] else None
        values[parameters.quantity[row['parameter'], year], draws.index(row['draw'])] = float(row['value'])
    if np.isnan(values[[quantity for _, acting in figures.slots for _, quantity in acting]]).any():
        sys.exit(f'{path}: a parameter has no value in a draw')
    return values


def write_plan(plan, parameters, values, folder):
    """The plan with the values of one draw in its cells."""
    shutil.copytree(plan.folder, folder, ignore=lambda _, names: [name for name in names if not name.endswith(
        ('.csv', 'datapackage.json'))])
    for table in dict.fromkeys(row['table'] for row in parameters.rows):
        rows = [dict(row) for row in plan[table]]
        for parameter in (row for row in parameters.rows if row['table'] == table):
            wanted, column, changed = parameters.wanted(parameter), parameter['column'], []
            for row in rows:
                yearly = text(parameter, 'path') in BY_YEAR
                outside = yearly and text(row, 'year') and year_of(row['year']) not in plan.years
                if outside or not parameters.selects(parameter, wanted, row):
                    changed.append(row)
                    continue
                years = [year_of(row['year'])] if text(row, 'year') else plan.years[1:] if yearly else [None]
                for year in years:
                    drawn = float(values[parameters.quantity[parameter['parameter'], year if yearly else None]])
                    base = number(row, column, 1.0 if column == 'scale' else 0.0)
                    new = {'value': drawn, 'factor': base * drawn, 'add': base + drawn}[parameter['mode']]
                    changed.append(row | {column: repr(new)} | ({'year': str(year)} if year is not None else {}))
            rows = changed
        with (folder / f'{table}.csv').open('w', newline='', encoding='utf-8') as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator='\n')
            writer.writeheader()
            writer.writerows(rows)


def check(arguments):
    scenarios = arguments.scenario or ['do_nothing', 'plan']
    components = list(COMPONENTS)
    simulations = {by: Simulation(arguments.plan, scenarios, by, components) for by in BLOCK}
    plan, parameters = simulations['grouped'].plan, simulations['grouped'].parameters
    if arguments.check:
        drawn = read_draws(parameters, simulations['grouped'].figures, arguments.check)
    else:
        drawn = parameters.draw(np.random.Generator(np.random.Philox(arguments.seed)), arguments.draws)
    n = drawn.shape[1]
    outs = {by: simulation.run(n, 0, 2, Meter(), drawn) for by, simulation in simulations.items()}
    worst = dict.fromkeys(BLOCK, 0.0)
    place = {key: i for i, key in enumerate(simulations['grouped'].series)}
    with tempfile.TemporaryDirectory(prefix='check-') as scratch:
        for draw in range(n):
            folder = pathlib.Path(scratch, str(draw))
            write_plan(plan, parameters, drawn[:, draw], folder / 'plan')
            command = [arguments.stpfin, 'project', folder / 'plan', '--table', 'funding_gap', '--table', 'position',
                       '--out', folder / 'out']
            for scenario in scenarios:
                command += ['--scenario', scenario]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            compared = 0
            for table in ('funding_gap', 'position'):
                with (folder / 'out' / f'{table}.csv').open(newline='', encoding='utf-8') as stream:
                    for row in csv.DictReader(stream):
                        if row['scenario'] not in scenarios:
                            continue
                        key = ((f'funding_gap.gap[component={row["component"]}]', row['footprint'])
                               if table == 'funding_gap' else ('position.gap', row['organisation']))
                        larger = max(abs(float(row['cost'])), abs(float(row['income'])), 1.0)
                        for by, out in outs.items():
                            got = out[scenarios.index(row['scenario']), place[key], int(row['year']) - plan.base, draw]
                            worst[by] = max(worst[by], abs(got - float(row['gap'])) / larger)
                        compared += 1
            shutil.rmtree(folder)
    for by, difference in worst.items():
        print(f'{by}: {n} draws, {compared} gaps each, largest difference {difference:.2g} of cost or income')
    if max(worst.values()) > TOLERANCE:
        sys.exit(f'more than {TOLERANCE:g}')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest='command', required=True)
    for name, draws in (('run', 10_000), ('draws', 4), ('check', 4)):
        command = commands.add_parser(name)
        command.add_argument('plan')
        if name == 'check':
            command.add_argument('stpfin')
            command.add_argument('--check')
        if name != 'draws':
            command.add_argument('--scenario', action='append')
        command.add_argument('--draws', type=int, default=draws)
        command.add_argument('--seed', type=int, default=1)
        if name == 'run':
            command.add_argument('--by', choices=BLOCK, default='grouped')
            command.add_argument('--block', type=int)
            command.add_argument('--component', action='append', choices=COMPONENTS)
            command.add_argument('--positions', action='store_true')
            command.add_argument('--out')
    arguments = parser.parse_args()
    {'run': run, 'draws': print_draws, 'check': check}[arguments.command](arguments)
