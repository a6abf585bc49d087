"""No row is left out, sorted or merged without a record of it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reliability.recorded import reconciled, through_techniques

pytest.importorskip("xraydb", reason="the extra `calc` is not installed")

NAN = math.nan
ROW = st.tuples(
    st.sampled_from([1.0, 2.0, 2.0, 3.0, 4.0, NAN, math.inf, -math.inf]),
    st.floats(-1e3, 1e3) | st.just(NAN),
    st.sampled_from([0.5, 1.0, 2.0, 0.0, -1.0, NAN]),
)


@given(st.lists(ROW, min_size=2, max_size=30))
def test_rows_reconcile_and_every_value_is_the_mean_of_its_rows(rows):
    assert reconciled(rows) == ""


def test_every_technique_tells_of_a_gap_an_exchange_and_a_double():
    found = list(through_techniques(1))
    assert len(found) == 24
    assert not [one for one in found if one.outcome == "silent" or one.fault]
    assert {one.outcome for one in found} == {"told", "refused"}
