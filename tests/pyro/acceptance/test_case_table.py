"""The whole case table at one reading a second, unequal rates with every fault, and pulls of noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pyro_technique_case import CASE, TOLD, curve, recorded, scan, value

from spectrafit.technique import Observables
from spectrafit_pyro.simulation import PyroSimulation, crystal_p
from spectrafit_pyro.technique import pyro

pytestmark = pytest.mark.accept

EVERY_SECOND = replace(CASE, interval_s=1.0)
WIDE = replace(TOLD, plateau_K=(120.0, 298.0))
TABLE = {
    "clean": ({}, 3.602, 3.601, 3.602, 30.9, 0.0),
    "offset 0.1 pA": ({"offset_pA": 0.1}, 3.998, 3.208, 3.603, 30.9, 0.099),
    "offset 0.9 pA": ({"offset_pA": 0.9}, 7.159, 0.048, 3.603, 30.9, 0.9),
    # I0 is that of the leakage itself, 0.5 exp(-10/40) at 290 K
    "leakage": ({"leakage_pA": 0.5}, 4.017, 3.186, 3.601, 31.0, 0.389),
    "lag 2 K": ({"lag_s": 24.0}, 3.610, 3.595, 3.602, 25.6, 0.0),
    "wobble": ({"wobble_K": 0.2}, 3.603, 3.603, 3.603, 30.9, 0.0),
}


def cycle(truth: PyroSimulation, chosen: object, seed: int = 0) -> Observables:
    up = recorded(replace(truth, branches="heating"), 2 * seed + 2, "up.csv")
    down = recorded(replace(truth, branches="cooling"), 2 * seed + 3, "down.csv")
    return pyro.observe_series([scan(up, chosen), scan(down, chosen)])  # type: ignore[arg-type]


def even_at(found: Observables, T: float) -> float:
    trace = next(one for one in found.charts if one.name == "p").panels[-1].traces[0]
    return float(np.interp(T, trace.x, trace.y))


@pytest.mark.parametrize("case", TABLE)
def test_the_case_table(case: str) -> None:
    faults, heating, cooling, both, peak, even = TABLE[case]
    chosen = replace(WIDE, align=False) if case.startswith("lag") else WIDE
    found = cycle(replace(EVERY_SECOND, **faults), chosen)
    row = [value(found, key) for key in ("heating.plateau_mean", "cooling.plateau_mean")]
    row += [value(found, key) for key in ("plateau_mean", "peak_height")]
    dP = curve(found, "pyro.dP")[298.0].value
    print(case, [round(one, 3) for one in row], round(even_at(found, 290.0), 3), dP)
    assert row[:3] == pytest.approx([heating, cooling, both], abs=0.02)
    assert row[3] == pytest.approx(peak, abs=0.5)
    assert even_at(found, 290.0) == pytest.approx(even, abs=0.01)
    assert dP == pytest.approx(1.109, abs=0.004)
    if case.startswith("lag"):
        peaks = [value(found, f"{branch}.peak_T") for branch in ("heating", "cooling")]
        assert peaks == pytest.approx([92.5, 88.5], abs=0.3)
        aligned = cycle(replace(EVERY_SECOND, **faults), WIDE)
        assert value(aligned, "peak_height") > 30.0
        assert 0.5 * value(aligned, "peak_separation") == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("seed", range(10))
def test_unequal_rates_with_offset_and_lag(seed: int) -> None:
    truth = replace(
        EVERY_SECOND, heating_rate=5.0, cooling_rate=2.0, offset_pA=0.9, lag_s=24.0, label=f"{seed}"
    )
    found = cycle(truth, TOLD, seed)
    T, inside = np.arange(120.0, 290.5, 0.5), np.arange(70.0, 110.05, 0.05)
    area = 1e-3 * np.trapezoid(crystal_p(truth, inside), inside)
    plateau = crystal_p(truth, T).mean()
    print(
        value(found, "plateau_mean") / plateau - 1.0, value(found, "peak_area_fixed") / area - 1.0,
        value(found, "peak_height"), value(found, "I0"), value(found, "lag"),
    )  # fmt: skip
    assert value(found, "plateau_mean") == pytest.approx(plateau, rel=0.01)
    assert value(found, "peak_area_fixed") == pytest.approx(area, rel=0.01)
    assert value(found, "peak_height") > 30.5
    assert value(found, "I0") == pytest.approx(0.9, abs=0.005)
    assert value(found, "lag") == pytest.approx(24.0, abs=0.5)


def test_pulls_of_sixty_runs() -> None:
    truth = PyroSimulation(offset_pA=0.3, lag_s=12.0, header_states=False)
    T, inside = np.arange(120.0, 291.0), np.arange(70.0, 110.05, 0.05)
    fine = np.arange(85.0, 95.0, 0.01)
    p = crystal_p(truth, fine)
    low = np.arange(20.0, 250.05, 0.05)
    expected = {
        "plateau_mean": crystal_p(truth, T).mean(),
        "peak_area_fixed": 1e-3 * np.trapezoid(crystal_p(truth, inside), inside),
        "peak_height": p.max(),
        "peak_T": fine[p.argmax()],
        "I0": 0.3,
        "lag": 12.0,
    }
    pulls: dict[str, list[float]] = {key: [] for key in (*expected, "dP(250 K)")}
    change = 1e-3 * np.trapezoid(crystal_p(truth, low), low)
    for seed in range(60):
        run = recorded(truth, 1000 + seed)
        one = scan(run)
        for key, true in expected.items():
            item = one.observables[f"pyro.{key}"]
            known = {name: part for name, part in item.budget.items() if name != "area"}
            pulls[key].append((item.value - true) / np.hypot.reduce(list(known.values())))
        point = curve(pyro.observe_series([one]), "pyro.dP")[250.0]
        pulls["dP(250 K)"].append((point.value - change) / point.budget["noise"])
    for key, found in pulls.items():
        print(
            key, f"mean pull {np.mean(found):+.2f}, standard deviation {np.std(found, ddof=1):.2f}"
        )
    for key in ("plateau_mean", "peak_area_fixed", "peak_T", "I0", "lag", "dP(250 K)"):
        assert 0.7 < np.std(pulls[key], ddof=1) < 1.4, key
    assert abs(np.mean(pulls["peak_height"])) < 2.0
