"""Threads, processes, Ctrl-C and progress."""

import concurrent.futures
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import stpfin


SOME = ["funding_gap", "position", "scheme_impact"]


def project_to_json(plan):
    return plan.project("average_plan").to_json(SOME)


def test_threads_share_a_plan(england):
    expected = project_to_json(england)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(project_to_json, [england] * 16)) == {expected}


def test_threads_share_a_projection(england):
    projection = england.project(["average_plan", "ambitious"])
    expected = england.project(["average_plan", "ambitious"]).to_json(SOME)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: projection.to_json(SOME), range(16))) == {expected}


def test_each_threads_error_is_its_own(small):
    def fail(i):
        with pytest.raises(ValueError, match=f"'none{i}'"):
            small.project(f"none{i}")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(200)))


def test_other_threads_run_during_long_work(england):
    """The interpreter's lock is free: a thread counts while another works without telling anybody."""
    counts = []
    done = threading.Event()

    def count():
        while not done.is_set():
            counts.append(time.perf_counter())
            time.sleep(0.0005)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        begun = time.perf_counter()
        england.project(england.scenarios).table("ledger")
        ended = time.perf_counter()
    finally:
        done.set()
        thread.join()
    assert sum(begun < at < ended for at in counts) > 5


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes(england, method):
    expected = project_to_json(england)
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert set(pool.map_async(project_to_json, [england] * 3).get(timeout=60)) == {expected}


def test_fork_during_work(england):
    """A child made while a thread is in the library works on."""
    done = threading.Event()

    def work():
        while not done.is_set():
            england.project("average_plan").arrays("activity")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(3):
            child = os.fork()
            if child == 0:
                os._exit(0 if len(england.project("ambitious").funding_gap) > 0 else 1)
            deadline = time.monotonic() + 30
            while os.waitpid(child, os.WNOHANG) == (0, 0):
                assert time.monotonic() < deadline, "the child hangs"
                time.sleep(0.01)
    finally:
        done.set()
        thread.join()


def test_progress_is_told(england):
    told = []
    projection = england.project("average_plan", progress=told.append)
    projection.table("appraisal", progress=told.append)
    england.bridge("average_plan", method="shapley", progress=told.append)
    england.compare(england.replace(discount_rate=0.01), progress=told.append)
    assert told and all(0 <= done <= 1 for done in told)


def test_progress_may_stop_the_work(england):
    class Enough(Exception):
        pass

    def stop(done):
        raise Enough(str(done))

    for work in (lambda: england.bridge("average_plan", method="shapley", progress=stop),
                 lambda: england.project("average_plan").table("appraisal", progress=stop),
                 lambda: england.project(england.scenarios, progress=stop)):
        with pytest.raises(Enough):
            work()
    assert len(england.project("average_plan").appraisal) > 0


def test_progress_that_is_none(england):
    for wrong in (3, "yes"):
        with pytest.raises(TypeError, match="progress is True, a function"):
            england.project(progress=wrong)


def test_nothing_is_printed(england, capfd):
    england.bridge("average_plan", method="shapley").to_text()
    england.project("average_plan", progress=False).to_json()
    assert capfd.readouterr() == ("", "")
    england.bridge("average_plan", progress=True)
    assert capfd.readouterr().out == ""


def test_a_bar_without_tqdm(england, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    england.bridge("average_plan", method="shapley", progress=True)
    out, error = capfd.readouterr()
    assert out == "" and error.startswith("\rbridge:") and error.endswith("%\n")


def test_a_process_that_is_interrupted_says_so():
    program = ("import stpfin; plan = stpfin.Plan.example(); print('begun', flush=True)\n"
               "while True: plan.bridge('average_plan', method='shapley')")
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout.readline() == b"begun\n"
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    _, error = child.communicate(timeout=20)
    assert child.returncode in (1, -signal.SIGINT, 130)
    assert b"KeyboardInterrupt" in error
