"""Measures plans of 1, 4, 16 and 64 times the size of one, made in the build folder and removed.

Usage: bench.py PROGRAM PLAN
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from enlarge import enlarge

SIZES = (1, 4, 16, 64)
REPEATS = 5

if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, plan = sys.argv[1:]
    with tempfile.TemporaryDirectory(dir=os.environ.get('MESON_BUILD_ROOT'),
                                     prefix='bench-') as folder:
        plans = [pathlib.Path(folder, f'x{size}') for size in SIZES]
        for size, larger in zip(SIZES, plans):
            enlarge(pathlib.Path(plan), size, larger)
        sys.exit(subprocess.run([program, str(REPEATS), *plans]).returncode)
