"""Measures how long choosing bids takes to be proved near the best, beside CBC on the same problem.

CBC runs as a program of its own, on one thread, for LIMIT seconds at most. Times are of the
processor.

Usage: bench_bids.py PROGRAM
"""

import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

import bids

SIZES = (264, 880, 2640, 10000)
GAPS = (0.01, 0.001, 0.0005)
LIMIT = 60


def run_cbc(problem: pathlib.Path, gap: float) -> float | None:
    """The seconds CBC takes to prove the gap; None if it does not."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(['cbc', problem, 'ratioGap', str(gap), 'threads', '1', 'sec', str(LIMIT), 'solve', 'quit'],
                          check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not re.search(r'^Result - Optimal solution found', done.stdout, re.MULTILINE):
        return None
    return after.ru_utime - before.ru_utime


def measure(program: str, size: int, folder: pathlib.Path) -> None:
    plan = folder / str(size)
    problem = folder / f'{size}.lp'
    bids.make(size, plan)
    command = [program, plan, plan / 'benefits.csv']
    subprocess.run([*command, '0', problem], check=True)
    for gap in GAPS:
        done = subprocess.run([*command, str(gap)], check=True, capture_output=True, text=True)
        seconds, _, reached, memory = map(float, done.stdout.split())
        other = run_cbc(problem, gap)
        print(f'{size:>6}  {gap:>7.2%}  {seconds:>7.2f}  {reached:>8.3%}  '
              + (f'{other:>7.2f}  {seconds / other:>7.3f}' if other else f'{">" + str(LIMIT):>7}  {"":>7}')
              + f'  {memory / 2 ** 20:>7.1f}', flush=True)


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print('  bids      gap  seconds   reached      CBC    ratio       MB')
    with tempfile.TemporaryDirectory(dir=os.environ.get('MESON_BUILD_ROOT'), prefix='bench-') as folder:
        for size in SIZES:
            measure(sys.argv[1], size, pathlib.Path(folder))
