"""Many machines: two worker processes give, bit for bit, what one would."""

import sys

import distributed
import numpy
import pytest

import stpfin


@pytest.fixture(scope="module")
def client():
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            yield client


def assert_equal(ours, theirs):
    assert numpy.array_equal(ours.array, theirs.array)
    assert ours.summary == theirs.summary and ours.to_json() == theirs.to_json() and repr(ours) == repr(theirs)


@pytest.mark.parametrize("pieces", [None, 1, 3, 1000])
def test_it_is_what_one_machine_makes(uncertain, client, pieces):
    asked = {"draws": 150, "seed": 5, "measures": ["funding_gap.gap", "bridge.amount"], "method": "shapley"}
    ours = stpfin.distributed.simulate(uncertain, client, ["both", "lean"], pieces=pieces, **asked)
    assert_equal(ours, uncertain.simulate(["both", "lean"], **asked))
    assert ours.clipped > 0


def test_part_of_it_too(uncertain, client):
    asked = {"draws": 90, "first": 17, "end": 60, "prices": "real", "by": "driver"}
    assert_equal(stpfin.distributed.simulate(uncertain, client.scheduler.address, **asked), uncertain.simulate(**asked))


def test_every_worker_works(england, client):
    def count():
        return client.run(lambda dask_worker: dask_worker.state.executed_count)

    before = count()
    told = []
    ours = stpfin.distributed.simulate(england, client, "average_plan", draws=60, pieces=6, progress=told.append)
    assert_equal(ours, england.simulate("average_plan", draws=60))
    assert told == pytest.approx([i / 6 for i in range(1, 7)])
    assert len(before) == 2 and all(done > before[worker] for worker, done in count().items())


def test_what_is_wrong_is_said_here(uncertain, client):
    for asked, said in (({"measures": "funding_gap.gup"}, "gap"), ({"draws": 0}, "draws"), ({"pieces": 0}, "pieces is"),
                        ({"pieces": -1}, "pieces is"), ({"draws": 10, "first": 10}, "not within"),
                        ({"draws": 10, "end": 12}, "before 12 are not within")):
        with pytest.raises(stpfin.ArgumentError, match=said):
            stpfin.distributed.simulate(uncertain, client, **asked)
    with pytest.raises(TypeError, match="a client is a distributed.Client or the address"):
        stpfin.distributed.simulate(uncertain, None)


def test_it_may_be_stopped(uncertain, client):
    class Enough(Exception):
        pass

    def stop(done):
        raise Enough

    with pytest.raises(Enough):
        stpfin.distributed.simulate(uncertain, client, draws=200, pieces=50, progress=stop)
    assert_equal(stpfin.distributed.simulate(uncertain, client, draws=8), uncertain.simulate(draws=8))


def test_another_version_is_refused(uncertain, client):
    def pretend(version):
        from stpfin import _stpfin
        _stpfin.stpfin_version = version

    client.run(pretend, lambda: "9.9.9")
    try:
        with pytest.raises(stpfin.Error, match="a worker has stpfin 9.9.9"):
            stpfin.distributed.simulate(uncertain, client, draws=8)
    finally:
        from stpfin import _stpfin
        client.run(pretend, _stpfin.stpfin_version)


def test_without_it_the_package_is_named(uncertain, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match="Debian's package python3-distributed"):
        stpfin.distributed.simulate(uncertain, "tcp://127.0.0.1:8786")
