"""Measures simulation on a generated plan of a country's size and on the plan of England, beside the
same simulation in NumPy and the least its multiply–adds can cost; then how it grows, on generated
plans, with draws, flows, schemes, parameters.

Everything is run in turn, REPEATS times over, so that a change in the machine's mood meets all
alike; times are of the processor and the best of them. Reading the plan counts for the command
alone.

Usage: bench_simulate.py STPFIN SIMULATE_PLAN SIMULATE_FLOOR [--draws 10000] [--repeats 5]
"""

import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import national

MEASURES = ('funding_gap.gap', 'position.gap')
# The bridge of every place is much to store: so fewer draws, and one year.
BRIDGE, BRIDGES, FEWER = 'bridge.amount[place=England]', 'bridge.amount[year=2020]', 10
SIZES = (1, 2, 4)
GROWING = {'draws': 5000, 'flows': 30_000, 'schemes': 440, 'parameters': 1000}
# It keeps the memory it has been given, as the library does, and takes it in small pages: to be
# given large ones can cost more than the sums.
KEEPS_MEMORY = {'NUMPY_MADVISE_HUGEPAGE': '0', 'MALLOC_TRIM_THRESHOLD_': '1000000000',
                'MALLOC_MMAP_THRESHOLD_': '1000000000', 'MALLOC_TOP_PAD_': '100000000', 'OPENBLAS_NUM_THREADS': '1'}
NUMPY = pathlib.Path(__file__).with_name('simulate_numpy.py')
ENGLAND = pathlib.Path(__file__).parent.parent / 'data' / 'england'


def output(command, **environment):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True,
                          env=os.environ | environment).stdout


def of_library(program, plan, scenario, draws, threads, *measures):
    processor, elapsed, faults, memory, asked_for = map(
        float, output([program, plan, scenario, draws, threads, *measures]).split())
    return {'processor': processor, 'elapsed': elapsed, 'faults': faults, 'memory': memory - asked_for,
            'asked_for': asked_for}


def of_command(stpfin, plan, scenario, draws, out):
    measures = [word for measure in MEASURES for word in ('--measure', measure)]
    process = subprocess.Popen([stpfin, 'simulate', plan, '--scenario', scenario, '--draws', str(draws), '--seed', '1',
                                '--threads', '1', *measures, '--out', out], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f'stpfin simulate ended with {process.returncode}')
    return {'processor': usage.ru_utime + usage.ru_stime, 'faults': usage.ru_minflt + usage.ru_majflt}


def of_numpy(plan, draws, by, scenarios):
    words = [word for scenario in scenarios for word in ('--scenario', scenario)]
    cost = json.loads(output([sys.executable, '-B', NUMPY, 'run', plan, '--by', by, '--draws', draws, '--positions',
                              *words], **KEEPS_MEMORY))
    memory = cost['peak_megabytes'] - cost['before_megabytes'] - cost['asked_for_megabytes']
    return {'processor': cost['seconds'], 'faults': cost['faults'], 'memory': memory * 2 ** 20, **cost}


def scenarios_simulated(out):
    with (out / 'simulation.csv').open(newline='', encoding='utf-8') as stream:
        return list(dict.fromkeys(row['scenario'] for row in csv.DictReader(stream)))


def interleaved(contenders, repeats):
    """Of each contender the cost of its fastest run, with how much longer its slowest took."""
    costs = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, run in contenders.items():
            costs[name].append(run())
    best = {}
    for name, its in costs.items():
        best[name] = min(its, key=lambda cost: cost['processor'])
        best[name]['slower'] = max(cost['processor'] for cost in its) / best[name]['processor'] - 1
        if 'elapsed' in best[name]:
            best[name]['elapsed'] = min(cost['elapsed'] for cost in its)
    return best


def compare(arguments, heading, plan, scenario, folder):
    draws, program = arguments.draws, arguments.simulate_plan
    out = folder / 'out'
    of_command(arguments.stpfin, plan, scenario, 1, out)
    scenarios = scenarios_simulated(out)
    few = max(1, draws // FEWER)
    best = interleaved({
        'library, 1 thread': lambda: of_library(program, plan, scenario, draws, 1, *MEASURES),
        'library, 2 threads': lambda: of_library(program, plan, scenario, draws, 2, *MEASURES),
        'library, footprints alone': lambda: of_library(program, plan, scenario, draws, 1, MEASURES[0]),
        'command': lambda: of_command(arguments.stpfin, plan, scenario, draws, out),
        'NumPy, grouped': lambda: of_numpy(plan, draws, 'grouped', scenarios),
        'NumPy, flow by flow': lambda: of_numpy(plan, draws, 'flows', scenarios),
        'Shapley bridge, England': lambda: of_library(program, plan, scenario, draws, 1, BRIDGE),
        f'Shapley bridges, draws ÷ {FEWER}': lambda: of_library(program, plan, scenario, few, 1, BRIDGES),
        f'library, draws ÷ {FEWER}': lambda: of_library(program, plan, scenario, few, 1, *MEASURES),
    }, arguments.repeats)
    library = best['library, 1 thread']
    floor, touch = map(float, output([arguments.simulate_floor, arguments.repeats, int(library['asked_for'])]).split())

    grouped = best['NumPy, grouped']
    print(f'{heading}: {grouped["flows"]:,} flows, {grouped["parameters"]:,} parameters, {draws:,} draws, '
          f'{grouped["series"]:,} series, scenarios {", ".join(scenarios)}; '
          f'{max(grouped["units"]):,} groups, {max(grouped["acting"]):,} with an effect; '
          f'NumPy with {grouped["linear_algebra"]}')
    print(f'\n{"":<28}{"seconds":>9}{"+%":>6}{"elapsed":>9}{"faults":>10}{"MB beyond what is asked for":>29}')
    for name, cost in best.items():
        elapsed = f'{cost["elapsed"]:.3f}' if 'elapsed' in cost else ''
        memory = f'{cost["memory"] / 2 ** 20:.1f}' if 'memory' in cost else ''
        print(f'{name:<28}{cost["processor"]:>9.3f}{100 * cost["slower"]:>+6.0f}{elapsed:>9}'
              f'{cost["faults"]:>10,.0f}{memory:>29}')
    for by in ('NumPy, grouped', 'NumPy, flow by flow'):
        print(f'{by + ":":<21}' + ', '.join(f'{part} {cost["seconds"]:.2f}' for part, cost in best[by]['parts'].items()))

    least = 1e-9 * floor * grouped['multiply_adds']
    fewer = best[f'library, draws ÷ {FEWER}']['processor']
    print(f'writing the {library["asked_for"] / 2 ** 20:,.0f} MB asked for once, to memory newly given: {touch:.3f} s')
    print('\nratios')
    for name, ratio in {
            'library ÷ NumPy, grouped': library['processor'] / grouped['processor'],
            'library ÷ NumPy, flow by flow': library['processor'] / best['NumPy, flow by flow']['processor'],
            f'library ÷ {grouped["multiply_adds"]:,} multiply–adds of {floor:.3f} ns': library['processor'] / least,
            'library ÷ these and writing what is asked for once': library['processor'] / (least + touch),
            'two threads ÷ one, elapsed': best['library, 2 threads']['elapsed'] / library['elapsed'],
            'bridge of England ÷ library': best['Shapley bridge, England']['processor'] / library['processor'],
            'bridges of every place ÷ library, a draw': best[f'Shapley bridges, draws ÷ {FEWER}']['processor'] / fewer,
    }.items():
        print(f'{name:<58}{ratio:>8.3f}')
    print(flush=True)


def grow(arguments, folder):
    """The time at each size over that at the first, over how many times as large it is: 1 is linear."""
    print(f'{"":<12}{"size":>9}{"seconds":>9}{"faults":>10}{"MB beyond":>10}{"÷ linear":>10}')
    for what, first in GROWING.items():
        contenders = {}
        for size in SIZES:
            plan, draws = folder / f'{what}-{size}', GROWING['draws']
            if what == 'draws':
                draws *= size
                national.make(plan)
            else:
                national.make(plan, **{what: first * size})
            contenders[first * size] = lambda plan=plan, draws=draws: of_library(
                arguments.simulate_plan, plan, 'plan', draws, 1, *MEASURES)
        best = interleaved(contenders, arguments.repeats)
        for size, cost in best.items():
            linear = best[first]['processor'] * size / first
            print(f'{what:<12}{size:>9,}{cost["processor"]:>9.3f}{cost["faults"]:>10,.0f}'
                  f'{cost["memory"] / 2 ** 20:>10.1f}{cost["processor"] / linear:>10.2f}', flush=True)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('stpfin', 'simulate_plan', 'simulate_floor'):
        parser.add_argument(name)
    parser.add_argument('--draws', type=int, default=10_000)
    parser.add_argument('--repeats', type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get('MESON_BUILD_ROOT'), prefix='bench-') as scratch:
        folder = pathlib.Path(scratch)
        national.make(folder / 'plan')
        compare(arguments, 'Generated country', folder / 'plan', 'plan', folder)
        compare(arguments, 'England', ENGLAND, 'average_plan', folder)
        grow(arguments, folder)
