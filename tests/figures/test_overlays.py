"""Spectra of a measurement over each other: in the order of what varies, whole and where fitted."""

from __future__ import annotations

import pytest

from spectrafit.figures.series import overlays
from spectrafit.study.outcome import Outcome


@pytest.mark.xdist_group("feco")
def test_spectra_lie_over_each_other_in_the_order_of_temperature(feco_outcome: Outcome) -> None:
    found = {one.chart.name: one for one in overlays(feco_outcome)}
    whole = found["xanes-fe-spectra"]
    assert whole.measurement == "xanes-fe"
    assert whole.key == ""
    (panel,) = whole.chart.panels
    assert [trace.label for trace in panel.traces] == ["T = 8 K", "T = 135 K", "T = 250 K"]
    assert "eV" in whole.chart.x_label
    assert panel.y_label == "normalised absorption"
    assert whole.chart.simulated
    part = found["xanes-fe-spectra-fitted-part"].chart.panels[0].traces[0]
    assert part.x.max() - part.x.min() < 20.0
    assert panel.traces[0].x.max() - panel.traces[0].x.min() > 100.0
