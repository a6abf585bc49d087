"""Curves as data: checked, read-only, and the same after a trip to another process."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from spectrafit.errors import SpectrafitError
from spectrafit.panel import Chart, Panel, Trace, TraceKind


def test_a_chart_survives_pickling_with_its_arrays_read_only():
    trace = Trace("fit", [1, 2], [3, np.nan], TraceKind.TOTAL, sigma=[0.1, 0.2])
    twin = pickle.loads(pickle.dumps(Chart("fit", "Fit", "x", (Panel("y", (trace,)),))))
    (found,) = twin.panels[0].traces
    assert found.kind is TraceKind.TOTAL
    assert np.array_equal(found.y, trace.y, equal_nan=True)
    for array in (found.x, found.y, found.sigma, trace.x):
        assert not array.flags.writeable
    assert found.base is None


@pytest.mark.parametrize("name", ["y", "sigma", "base"])
def test_arrays_must_be_equally_long(name):
    with pytest.raises(SpectrafitError, match=f"{name} of a curve is not as long"):
        Trace("fit", [1, 2], **({"y": [1, 2]} | {name: [1, 2, 3]}))


def test_x_has_one_dimension():
    with pytest.raises(SpectrafitError):
        Trace("fit", [[1, 2]], [[1, 2]])
