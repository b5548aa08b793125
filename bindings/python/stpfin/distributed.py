"""Simulation on many machines, by dask.distributed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Union

import numpy

from stpfin import _simulation, _stpfin
from stpfin._numbers import to_count
from stpfin._progress import Progress, follow
from stpfin.errors import ArgumentError, Error

if TYPE_CHECKING:
    import distributed

    from stpfin._plan import Plan
    from stpfin._simulation import Asked, Simulation

    Client = Union[str, "distributed.Client"]


def simulate(plan: Plan, client: Client, scenarios: str | Iterable[str] = (), *,
             measures: str | Iterable[str] | None = None, draws: int = 1000, seed: int = 1, first: int = 0,
             end: int | None = None, pieces: int | None = None, prices: str = "cash", by: str | None = None,
             method: str = "sequential", progress: Progress = None) -> Simulation:
    """
    Simulate a plan on many machines: `Plan.simulate`, a range of draws a task.

    Parameters
    ----------
    plan : Plan
        Sent once to each worker, where the same version of this package is installed.
    client : distributed.Client or str
        Of a running cluster, or the address of its scheduler.
    scenarios, measures, draws, seed, first, end, prices, by, method
        As in `Plan.simulate`.
    pieces : int, optional
        How many tasks the draws are shared among, on a thread of a worker each; four a thread without it. No result
        depends on it.
    progress : bool or function, optional
        As in `Plan.project`, told as pieces come in. Ctrl-C cancels those that have not begun.

    Returns
    -------
    Simulation
        Bit for bit what one machine would have made.

    Raises
    ------
    ImportError
        dask.distributed is not installed: it is Debian's package python3-distributed.
    stpfin.Error
        A worker has another version of this package.

    Examples
    --------
    >>> import distributed, stpfin  # doctest: +SKIP
    >>> client = distributed.Client("tcp://scheduler:8786")  # doctest: +SKIP
    >>> simulation = stpfin.distributed.simulate(plan, client, "average_plan", draws=100_000)  # doctest: +SKIP
    """
    dask = _import()
    asked = _simulation.read(scenarios, measures, draws, seed, first, end, prices, by, method)
    asked = asked._replace(end=asked.end or asked.draws)
    # What is wrong is found here, before anything is sent.
    _simulation.run(plan, asked._replace(end=min(asked.first + 1, asked.end)), 1, None)
    with _connect(dask, client) as connected:
        if pieces is None:
            pieces = 4 * max(1, sum(connected.nthreads().values()))
        bounds = _split(asked, to_count("pieces", pieces))
        # Without a hash: a plan has nothing that dask would know it by.
        sent = connected.scatter(plan, broadcast=True, hash=False)
        futures = [connected.submit(_simulate, sent, asked._replace(first=a, end=b), pure=False)
                   for a, b in zip(bounds, bounds[1:])]
        found = {}
        try:
            with follow(progress, "simulate") as tell:
                for future, piece in dask.as_completed(futures, with_results=True):
                    found[future.key] = piece
                    if tell is not None:
                        tell(len(found) / len(futures))
        except BaseException:
            connected.cancel(futures)
            raise
    arrays, clipped, versions = zip(*(found[future.key] for future in futures))
    for version in set(versions) - {_stpfin.stpfin_version()}:
        raise Error(f"a worker has stpfin {version}, and this is {_stpfin.stpfin_version()}: install the same on all")
    return _simulation.restore(plan, asked, numpy.concatenate(arrays, axis=1), sum(clipped))


def _simulate(plan: Plan, asked: Asked) -> tuple[Any, int, str]:
    """A piece, on a worker: its draws, how many values were clipped, and by which version."""
    piece = _simulation.run(plan, asked, 1, None)
    return piece.array, piece.clipped, _stpfin.stpfin_version()


def _split(asked: Asked, pieces: int) -> list[int]:
    """The first draws of that many pieces as equal as can be, none empty, and the end."""
    if pieces == 0:
        raise ArgumentError("pieces is a whole number, 1 or more, not 0")
    n = asked.end - asked.first
    pieces = min(pieces, n)
    return [asked.first + n * i // pieces for i in range(pieces + 1)]


def _import() -> Any:
    try:
        import distributed
    except ImportError:
        raise ImportError("simulation on many machines needs dask.distributed: install Debian's package "
                          "python3-distributed, or `pip install distributed`") from None
    return distributed


@contextlib.contextmanager
def _connect(dask: Any, client: Any) -> Iterator[Any]:
    if isinstance(client, str):
        with dask.Client(client) as made:
            yield made
    elif isinstance(client, dask.Client):
        yield client
    else:
        raise TypeError(f"a client is a distributed.Client or the address of a scheduler, not {type(client).__name__}")
