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


def test_both_ends_of_an_interval_are_told_and_neither_without_the_other():
    trace = Trace("fit", [1, 2], [3, 4], low95=[2, 3], high95=[5, np.nan])
    chart = Chart("fit", "Fit", "x", (Panel("y", (trace, Trace("other", [1], [2]))),))
    assert chart.columns["y_low95"] == [2.0, 3.0, None]
    assert chart.columns["y_high95"][0] == 5.0
    assert "95 %" in chart._repr_html_()
    assert pickle.loads(pickle.dumps(trace)).low95.tolist() == [2.0, 3.0]
    assert "y_low95" not in Chart("fit", "Fit", "x", (Panel("y", ()),)).columns
    with pytest.raises(SpectrafitError, match="one end"):
        Trace("fit", [1, 2], [3, 4], low95=[2, 3])
