"""Every alert code is raised by something that deserves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from magnetism_case import (
    ONE,
    STILL,
    TOLD,
    codes,
    log_of,
    measured,
    observed,
    published,
    recorded,
    table_of,
)

from spectrafit.technique import Observables
from spectrafit_magnetism.alerts import MAGNETISM_ALERTS
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.simulate import MagnetismSimulation, simulated_log

BARE = replace(TOLD, chi_dia=0.0, mass_error_mg=0.0, settle_s=None)
FINE = MagnetismSimulation(step_K=0.5, range_K=(60.0, 130.0))
FAR = MagnetismSimulation(
    S1=(2.5,) * 3,
    S2=(0.5,) * 3,
    g=(2.0,) * 3,
    gap_K=(4000.0,) * 3,
    lag_K=0.0,
    range_K=(20.0, 300.0),
    step_K=5.0,
)
LIGHT = {"high_spins": (2.0,), "mass_mg": 98.4}


def without_a_cell() -> Observables:
    """A reading that broke off: one cell of the temperature is empty."""
    lines = simulated_log(ONE, 1).splitlines()
    cells = lines[60].split(",")
    cells[2] = ""
    lines[60] = ",".join(cells)
    return observed(log_of("\n".join(lines) + "\n"))


def split_branches() -> Observables:
    """Cooling measured with another moment than heating, by half a per cent."""
    lines = simulated_log(STILL, 1).splitlines()
    start = lines.index("[Data]") + 2
    for i in range(start, start + (len(lines) - start) // 2):
        cells = lines[i].split(",")
        cells[12] = f"{1.005 * float(cells[12]):.9e}"
        lines[i] = ",".join(cells)
    return observed(log_of("\n".join(lines) + "\n"), replace(TOLD, settle_s=0.0))


def saturating() -> Observables:
    T = np.tile(300.0, 41)
    H = np.linspace(-2e4, 2e4, 41)
    return observed(_field_sweep(T, H, 1e-3 * np.tanh(H / 5e3)), replace(TOLD, mass_mg=10.0))


def _field_sweep(T, H, M):
    head = simulated_log(ONE, 1).split("[Data]\n")[0]
    labels = "Temperature (K),Magnetic Field (Oe),DC Moment Free Ctr (emu)"
    rows = "".join(f"{a:.4f},{b:.4f},{c:.6e}\n" for a, b, c in zip(T, H, M, strict=True))
    return log_of(f"{head}[Data]\n{labels}\n{rows}")


def two_laws() -> Observables:
    """A Curie-Weiss window over a transition: no law holds in it."""
    return observed(recorded(), replace(TOLD, curie_K=(60.0, 300.0)))


def asymmetric() -> Observables:
    """A steep step of 40 % and a gradual one above it: one half is reached far from the steepest."""
    T = np.arange(10.0, 301.0, 2.0)
    steep, gradual = (
        1.0 / (1.0 + np.exp((at - T) / width)) for at, width in ((90.0, 2.0), (150.0, 15.0))
    )
    rows = "".join(
        f"{t},{y:.6f}\n" for t, y in zip(T, 0.1 + 1.2 * steep + 1.8 * gradual, strict=True)
    )
    windows = {"low_spin_K": (10.0, 60.0), "high_spin_K": (250.0, 300.0)}
    return observed(table_of(f"T (K),chiT (cm3 K mol-1)\n{rows}"), replace(BARE, **windows))


TABLE = "T (K),chiT (cm3 K mol-1)\n" + "".join(
    f"{5.0 * i + 10.0},{1.5 + 1e-3 * (i % 3)}\n" for i in range(40)
)

RAISED: dict[str, Callable[[], Observables]] = {
    "MAG-100": lambda: observed(recorded(), replace(TOLD, **LIGHT)),
    "MAG-101": lambda: observed(measured("magnetopy_fc11.dat"), BARE),
    "MAG-102": lambda: observed(recorded(), BARE),
    "MAG-103": lambda: observed(recorded(), replace(BARE, chi_dia_rule=True)),
    "MAG-104": lambda: observed(recorded(), BARE),
    "MAG-105": lambda: observed(measured("magnetopy_fc11.dat"), BARE),
    "MAG-106": lambda: observed(recorded(replace(ONE, fixed_centre=0.95))),
    "MAG-107": lambda: observed(
        recorded(replace(ONE, field_Oe=5e4)), replace(TOLD, high_spins=(2.0,))
    ),
    "MAG-108": lambda: observed(recorded(), BARE),
    "MAG-109": lambda: observed(recorded(FINE)),
    "MAG-110": lambda: observed(recorded(replace(ONE, branches=("cooling",)))),
    "MAG-111": split_branches,
    "MAG-112": asymmetric,
    "MAG-113": lambda: observed(recorded(), replace(TOLD, high_spins=(2.0,), residual_K=8.0)),
    "MAG-114": lambda: observed(published("spinner_manganese.exp"), replace(BARE, S1=2.5, S2=0.5)),
    "MAG-115": lambda: observed(recorded(FAR), replace(TOLD, S1=2.5, S2=0.5)),
    "MAG-116": lambda: observed(published("spinner_d-nit2.exp"), replace(BARE, S1=0.5, S2=0.5)),
    "MAG-117": lambda: observed(recorded(), replace(TOLD, named_K=(400.0,))),
    "MAG-118": without_a_cell,
    "MAG-119": two_laws,
    "MAG-120": saturating,
    "MAG-121": lambda: observed(table_of(TABLE), BARE),
    "MAG-122": lambda: observed(recorded(), replace(TOLD, molar_mass=1200.0)),
    "MAG-123": lambda: observed(table_of(TABLE), BARE),
    "MAG-124": lambda: observed(recorded()),
    "MAG-125": lambda: observed(published("spinner_d-nit2.exp"), replace(BARE, S1=0.5, S2=0.5)),
    "MAG-126": lambda: observed(measured("magnetopy_zfc11.dat"), MagnetismSettings()),
}


@pytest.mark.parametrize("code", [spec.code for spec in MAGNETISM_ALERTS])
def test_each_code_is_raised(code):
    found = RAISED[code]()
    assert code in codes(found)
    alert = next(one for one in found.alerts if one.code == code)
    assert alert.where
    assert "{" not in alert.text + alert.do


def test_a_complete_run_has_no_alert_that_asks_for_anything():
    windows = {"low_spin_K": (10.0, 60.0), "high_spin_K": (150.0, 300.0)}
    found = observed(recorded(replace(STILL, G12=3500.0, rho=0.0)), replace(TOLD, **windows))
    assert codes(found) <= {"MAG-112", "MAG-109"}
