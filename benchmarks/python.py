"""Measures what Python adds to the C library: the time of a call and of its DataFrames, over the time C takes.

Usage: python.py PLAN
"""

import sys
import time

import stpfin
from stpfin import _stpfin

REPEATS = 5


def fastest(work):
    """The least time of a few, in seconds, and what the work gave last."""
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begun)
    return min(times), result


def show(what, in_c, in_python):
    print(f'{what:<34}{1e3 * in_c:>10.2f}{1e3 * in_python:>12.2f}{in_python / in_c:>8.2f}')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    print(f'{"":<34}{"C, ms":>10}{"Python, ms":>12}{"ratio":>8}')
    in_c, (_, handle) = fastest(lambda: _stpfin.stpfin_plan_read(folder))
    in_python, plan = fastest(lambda: stpfin.Plan.load(folder))
    show('load', in_c, in_python)

    tables = dict(plan.tables)
    made = [plan._table(name) for name in tables]
    in_c, _ = fastest(lambda: _stpfin.stpfin_plan_new(plan.settings, made))
    in_python, _ = fastest(lambda: stpfin.Plan(tables, **plan.settings))
    show('plan of DataFrames', in_c, in_python)

    scenario = plan.scenarios[0]
    in_c, _ = fastest(lambda: _stpfin.stpfin_project(handle, 0, [scenario], None))
    in_python, projection = fastest(lambda: plan.project(scenario))
    show('project', in_c, in_python)
    for name in projection:
        in_c, _ = fastest(lambda: _stpfin.stpfin_projection_get_table(projection._handle, name, None))
        projection.arrays(name)
        # The projection has the table by now: what is left is to make the DataFrame.
        more, frame = fastest(lambda: projection[name])
        show(f'{name}, {len(frame):,} rows', in_c, in_c + more)

    in_c, _ = fastest(lambda: _stpfin.stpfin_bridge(handle, 1, 1, scenario, None, 0, 200, 1, None))
    in_python, _ = fastest(lambda: plan.bridge(scenario, method='shapley').bridge)
    show('Shapley bridge', in_c, in_python)

    calls = 100_000
    took, _ = fastest(lambda: [_stpfin.stpfin_table_rows(made[0]) for _ in range(calls)])
    print(f'a call takes {1e9 * took / calls:.0f} ns')
