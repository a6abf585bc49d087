"""Values beside the declared truth: units are converted, and keys of slopes are made of slopes."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectrafit.observable import Observable
from spectrafit.study.outcome import SeriesResult
from spectrafit.study.truth import load_truth
from spectrafit.study.truth_rows import truth_rows
from spectrafit.technique import Observables

TEXT = """
[truth]
name = "t"
simulated = true
states = ["a", "b", "c"]

[law]
S12 = 93.6
T12 = 90.53
G12 = 835.0
H23 = 28371.0
S23 = 97.18
G23 = -14577.0
rho = 0.0488

[[population]]
T = 90.0
x = [0.5105, 0.4889, 0.0006]

[member."pyro.dP"]              # 1 uC cm-2 is 0.01 C m-2
a = 0.0
b = 0.00438
c = 0.01715
unit = "C m-2"

[member."pyro.p"]
a = 0.0
b = 0.438
c = 1.715
unit = "uC cm-2"

[nuisances]
psec_300 = 0.25
theta_E_K = 150.0
T0_K = 20.0
P_T0 = 0.0
"""


def rows_of(folder: Path, *items: Observable):
    file = folder / "truth.toml"
    file.write_text(TEXT.replace("psec_300 = 0.25\n", "", 1), encoding="utf-8")
    without = load_truth(file)
    file.write_text(TEXT, encoding="utf-8")
    series = SeriesResult("m", "done", observables=Observables("pyro", items))
    return [truth_rows(one, (), (series,)) for one in (without, load_truth(file))]


def point(key: str, unit: str, T: float) -> Observable:
    return Observable(key, unit, value=1.0, sigma=0.1, conditions={"T": T, "branch": "both"})


def test_p_is_made_of_the_slopes_and_is_that_of_the_table(tmp_path: Path) -> None:
    """29.99, 3.798 and 3.830 nC cm-2 K-1 at 90, 120 and 200 K, two independent programs."""
    _, (rows, failed) = rows_of(
        tmp_path, *(point("pyro.p", "nC cm-2 K-1", T) for T in (90.0, 120.0, 200.0))
    )
    assert not failed
    assert [row.truth for row in rows] == pytest.approx([29.99, 3.798, 3.830], abs=0.01)
    assert rows[0].pull == pytest.approx((1.0 - rows[0].truth) / 0.1)


def test_a_truth_in_another_unit_is_converted(tmp_path: Path) -> None:
    (rows, failed), _ = rows_of(tmp_path, point("pyro.dP", "uC cm-2", 90.0))
    assert not failed
    assert rows[0].truth == pytest.approx(0.4889 * 0.438 + 0.0006 * 1.715)
