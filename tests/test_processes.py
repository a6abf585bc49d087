"""Worker processes that are kept between uses."""

from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from spectrafit.processes import shared_workers, workers


def numbers(count: int) -> set[int]:
    """Return the numbers of the processes of a pool."""
    with workers(count) as pool:
        return {pool.submit(os.getpid).result() for _ in range(4)}


def test_processes_are_kept_within_the_block_and_end_with_it():
    with shared_workers():
        first = numbers(1)
        assert numbers(1) == first
    assert os.getpid() not in first
    assert numbers(1) != first


def test_a_larger_pool_serves_for_fewer_processes():
    with shared_workers():
        many = numbers(2)
        assert many & numbers(1)


def test_a_pool_that_has_lost_a_process_is_replaced():
    with shared_workers():
        with workers(1) as pool, pytest.raises(BrokenProcessPool):
            pool.submit(os._exit, 1).result()
        assert len(numbers(1)) == 1


def test_an_error_ends_the_processes_and_the_next_use_has_others():
    with shared_workers():
        first = numbers(1)
        with pytest.raises(KeyboardInterrupt), workers(1):
            raise KeyboardInterrupt
        assert numbers(1).isdisjoint(first)
