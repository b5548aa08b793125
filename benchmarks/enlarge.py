"""Writes a plan some times the size of another: its places and organisations over again, each time
under other codes, with all that is said of them. What names none of them stays as it is.

Usage: enlarge.py PLAN TIMES FOLDER
"""

import csv
import io
import pathlib
import shutil
import sys

CODES = {'footprint', 'parent', 'organisation', 'commissioner', 'provider', 'from_organisation',
         'to_organisation'}
MARK = '\x1f'  # stands in a template where the number of the copy belongs


def split(table):
    """The rows that name nobody, and a template of those that do, both as CSV."""
    once, again = io.StringIO(), io.StringIO()
    with table.open(newline='', encoding='utf-8') as stream:
        rows = csv.reader(stream)
        header = next(rows)
        places = [i for i, name in enumerate(header) if name in CODES]
        alone = csv.writer(once, lineterminator='\n')
        repeated = csv.writer(again, lineterminator='\n')
        alone.writerow(header)
        for row in rows:
            named = [i for i in places if i < len(row) and row[i]]
            for i in named:
                row[i] += MARK
            (repeated if named else alone).writerow(row)
    return once.getvalue(), again.getvalue()


def enlarge(plan, times, folder):
    folder.mkdir(parents=True)
    shutil.copy(plan / 'datapackage.json', folder)
    for table in sorted(plan.glob('*.csv')):
        once, again = split(table)
        with (folder / table.name).open('w', newline='', encoding='utf-8') as stream:
            stream.write(once)
            for copy in range(1, times + 1):
                stream.write(again.replace(MARK, '' if copy == 1 else f'-{copy}'))


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    enlarge(pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3]))
