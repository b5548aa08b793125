"""Telling how far long work is."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Union

Progress = Union[bool, Callable[[float], object], None]
Told = Union[Callable[[float], object], None]


@contextlib.contextmanager
def follow(progress: Progress, doing: str) -> Iterator[Told]:
    """What the C library calls with the share done: a bar if `progress` is True, nothing if it is None."""
    if progress is True:
        with _bar(doing) as tell:
            yield tell
    elif progress is None or progress is False:
        yield None
    elif callable(progress):
        yield progress
    else:
        raise TypeError(f"progress is True, a function of the share done, or None, not {type(progress).__name__}")


@contextlib.contextmanager
def _bar(doing: str) -> Iterator[Callable[[float], object]]:
    """A bar of tqdm, in a notebook or on a terminal; without tqdm a line of text on standard error."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield lambda done: print(f"\r{doing}: {done:4.0%}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return
    with tqdm(total=1.0, desc=doing, bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}", leave=False) as bar:
        yield lambda done: bar.update(max(0.0, done - bar.n))
