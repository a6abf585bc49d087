"""A wrong unit, element or orientation is never silent, and no spectrum changes its axis."""

from __future__ import annotations

import pytest
from reliability.own_axes import GRIDS, exported
from reliability.scale_cases import MAKERS
from reliability.scales import SILENT, axes_promise, judged

pytest.importorskip("h5py", reason="the extra `formats` is not installed")


@pytest.mark.parametrize("technique", MAKERS)
def test_a_wrong_scale_is_refused_or_an_alert_of_level_A_or_B(technique):
    found = list(judged(technique, len(MAKERS[technique]), seed=3))
    assert not [one for one in found if one.outcome == SILENT]
    assert len({one.kind for one in found}) == len(MAKERS[technique])


def test_every_export_keeps_iron_and_cobalt_on_their_own_energies():
    found = exported(("one measurement",))
    assert {one.spectrum for one in found} == set(GRIDS)
    assert {"export csv", "export nxxas", "export nxfit", "figures' CSV", "observables.csv"} <= {
        one.export.partition(",")[0] for one in found
    }
    assert axes_promise(found).kept
