"""Tests that share a result run in one process, or the result would be computed once in each."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("shared")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all tests")
def test_a_group_is_in_the_name_that_the_scheduler_reads(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@shared")
