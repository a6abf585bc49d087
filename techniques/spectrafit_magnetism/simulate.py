"""A simulated run of a magnetometer as the text of an MPMS3; every file says that it is simulated.

The states are in the cooperative three-state equilibrium; each shows the chi T of its spins. The
diamagnetism of the compound is still in the moment, as in every raw file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.laws import ThreeStateLaw, three_state
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.mpms3_text import mpms3_text
from spectrafit_magnetism.pure_state import PureState, pure_state_chiT

__all__ = [
    "MagnetismSimulation",
    "SweepPoints",
    "example_recordings",
    "expected_chiT",
    "simulated_log",
    "sweep_points",
]

Sweep = Literal["heating", "cooling"]


def _field(meaning: str, default: Any, unit: str = "1") -> Any:
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class MagnetismSimulation:
    """What a simulated run holds: populations, spins, the sample, the sweep and the noise."""

    label: str = _field("sample name in the header", "")
    S12: float = _field("entropy of state 2 over state 1", 93.6, "J mol-1 K-1")
    T12: float = _field("temperature of equal energy of the bare states 1 and 2", 90.53, "K")
    G12: float = _field("interaction of state 1 with 2 and 3", 835.0, "J mol-1")
    H23: float = _field("enthalpy of state 3 over state 2", 28371.0, "J mol-1")
    S23: float = _field("entropy of state 3 over state 2", 97.18, "J mol-1 K-1")
    G23: float = _field("interaction of states 2 and 3", -14577.0, "J mol-1")
    rho: float = _field("share that is always in states 2 and 3", 0.0488)
    S1: tuple[float, float, float] = _field("first spin of states 1, 2 and 3", (0.0, 2.5, 2.0))
    S2: tuple[float, float, float] = _field("second spin of states 1, 2 and 3", (0.0, 0.5, 0.0))
    g: tuple[float, float, float] = _field("g value of states 1, 2 and 3", (2.0, 2.024, 2.053))
    gap_K: tuple[float, float, float] = _field(
        "first excited above ground level of each state's two spins; above 0 antiferromagnetic",
        (0.0, 4000.0, 0.0),
        "K",
    )
    tip: float = _field("temperature-independent paramagnetism", 0.0, "cm3 mol-1")
    mass_mg: float = _field("mass of the sample", 9.84, "mg")
    molar_mass: float = _field("molar mass, written into the header", 1256.73, "g mol-1")
    chi_dia: float = _field(
        "diamagnetic susceptibility, still in the moment; not in the header", -6.3e-4, "cm3 mol-1"
    )
    field_Oe: float = _field("applied field", 5000.0, "Oe")
    range_K: tuple[float, float] = _field("lowest and highest temperature", (5.0, 300.0), "K")
    step_K: float = _field("distance of readings", 2.5, "K")
    branches: tuple[Sweep, ...] = _field(
        "sweeps in the order of time, heating or cooling", ("cooling", "heating")
    )
    rate_K_min: float = _field("sweep rate", 2.5, "K min-1")
    lag_K: float = _field("how far the sample is behind the thermometer", 0.5, "K")
    noise: float = _field("standard deviation of a moment, as a share of it", 4e-4)
    noise_emu: float = _field("standard deviation of a moment, whatever its size", 2e-7, "emu")
    noise_K: float = _field("standard deviation of the temperature", 0.01, "K")
    fixed_centre: float = _field("moment with fixed centre over that with free centre", 0.999)

    def __post_init__(self) -> None:
        for problem, do in _problems(self):
            raise SettingsError(problem, where="simulate", do=do)
        ThreeStateLaw(*(getattr(self, name) for name in _LAW))
        states(self)


_LAW = ("S12", "T12", "G12", "H23", "S23", "G23", "rho")
_POSITIVE = ("mass_mg", "molar_mass", "step_K", "rate_K_min", "fixed_centre")
_NOT_NEGATIVE = ("lag_K", "noise", "noise_emu", "noise_K", "tip")


def _problems(settings: MagnetismSimulation) -> Iterator[tuple[str, str]]:
    for name in _POSITIVE:
        if not 0.0 < getattr(settings, name) < math.inf:
            yield f"{name} must be a positive number", "change it"
    for name in _NOT_NEGATIVE:
        if not 0.0 <= getattr(settings, name) < math.inf:
            yield f"{name} must not be negative", "change it"
    if not -1.0 < settings.chi_dia <= 0.0:
        yield f"chi_dia {settings.chi_dia:g} is no diamagnetism", "give a negative number, or 0"
    if settings.field_Oe == 0.0 or not math.isfinite(settings.field_Oe):
        yield "the field is 0 Oe", "give the field of the run"
    low, high = settings.range_K
    if not settings.lag_K + 5.0 * settings.noise_K < low < high < 2000.0:
        yield (
            f"temperatures from {low:g} to {high:g} K with a lag of {settings.lag_K:g} K",
            "give the lower first, well above lag and noise",
        )
    elif not settings.step_K < high - low < 1e5 * settings.step_K:
        yield f"steps of {settings.step_K:g} K", "give 2 to 100,000 readings a branch"
    if not settings.branches or any(one not in get_args(Sweep) for one in settings.branches):
        yield f"branches {settings.branches}", "name heating, cooling, or both"
    if "\n" in settings.label or "," in settings.label:
        yield "the label has a comma or more than one line", "write it without"


def states(settings: MagnetismSimulation) -> tuple[PureState, ...]:
    """Return the spins of states 1, 2 and 3.

    Parameters
    ----------
    settings : MagnetismSimulation
        What is simulated.

    Returns
    -------
    tuple of PureState
    """
    rows = zip(settings.S1, settings.S2, settings.g, settings.gap_K, strict=True)
    return tuple(PureState(*row) for row in rows)


def expected_chiT(settings: MagnetismSimulation, T: FloatArray, branch: str) -> FloatArray:
    """Return chi T of the compound, without its diamagnetism: the truth behind a file.

    Parameters
    ----------
    settings : MagnetismSimulation
        What is simulated.
    T : ndarray, shape (n,)
        Temperature of the sample itself, K.
    branch : str
        ``heating`` or ``cooling``, which matters where the law is cooperative.

    Returns
    -------
    ndarray, shape (n,)
        cm3 K/mol.
    """
    law = ThreeStateLaw(*(getattr(settings, name) for name in _LAW))
    x = three_state(T, law, branch=branch)
    pure = [pure_state_chiT(T, state) for state in states(settings)]
    return np.asarray(x.x1 * pure[0] + x.x2 * pure[1] + x.x3 * pure[2] + settings.tip * T)


@dataclass(frozen=True, eq=False)
class SweepPoints:
    """Readings without noise, in the order of time.

    Parameters
    ----------
    time : ndarray, shape (n,)
        s.
    thermometer, sample : ndarray, shape (n,)
        Temperature of the thermometer and of the sample behind it, K.
    moment : ndarray, shape (n,)
        emu, the diamagnetism in it.
    branch : tuple of str, length n
        ``heating`` or ``cooling``.
    """

    time: FloatArray
    thermometer: FloatArray
    sample: FloatArray
    moment: FloatArray
    branch: tuple[str, ...]


def sweep_points(settings: MagnetismSimulation) -> SweepPoints:
    """Return every reading without noise.

    Parameters
    ----------
    settings : MagnetismSimulation
        What is simulated.

    Returns
    -------
    SweepPoints
    """
    low, high = settings.range_K
    rising = low + settings.step_K * np.arange(
        math.floor((high - low) / settings.step_K + 1e-9) + 1
    )
    per_mol = settings.mass_mg * 1e-3 / settings.molar_mass * settings.field_Oe
    thermometer, sample, moment, names = [], [], [], []
    for branch in settings.branches:
        T = rising if branch == "heating" else rising[::-1]
        late = settings.lag_K if branch == "heating" else -settings.lag_K
        behind = np.asarray(T - late, dtype=np.float64)
        chi = expected_chiT(settings, behind, branch) / behind + settings.chi_dia
        thermometer.append(T)
        sample.append(behind)
        moment.append(per_mol * chi)
        names += [branch] * T.size
    count = rising.size * len(settings.branches)
    time = np.arange(count) * (60.0 * settings.step_K / settings.rate_K_min)
    join = np.concatenate
    return SweepPoints(
        np.asarray(time, dtype=np.float64),
        join(thermometer),
        join(sample),
        join(moment),
        tuple(names),
    )


def simulated_log(settings: MagnetismSimulation, seed: int) -> str:
    """Return a simulated run as the text of an MPMS3 in DC scans.

    Parameters
    ----------
    settings : MagnetismSimulation
        What is simulated.
    seed : int
        Of the noise.

    Returns
    -------
    str
        The comment of the sample says that it is simulated.
    """
    points = sweep_points(settings)
    chance = np.random.default_rng(seed)
    size = points.moment.size
    error = np.hypot(settings.noise * points.moment, settings.noise_emu)
    free = points.moment + error * chance.normal(size=size)
    # both centres are read from one scan: most of their noise is the same
    fixed = settings.fixed_centre * free
    T = points.thermometer + settings.noise_K * chance.normal(size=size)
    return mpms3_text(
        time=points.time, T=T, H=np.full(size, settings.field_Oe), free=free, fixed=fixed,
        error=error if error.all() else None, mass_mg=settings.mass_mg,
        molar_mass=settings.molar_mass, label=settings.label or "simulated sample",
        comment=f"SIMULATED DATA; not a measurement; spectrafit simulate magnetism; seed {seed}; "
        f"{settings.rate_K_min:g} K/min; lag {settings.lag_K:g} K",
    )  # fmt: skip


def example_recordings() -> Mapping[str, Recording]:
    """Return a small simulated run as a recording.

    Returns
    -------
    mapping of str to Recording
        ``sample``.
    """
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from spectrafit_magnetism.readers.quantum_design import quantum_design_reader

    settings = MagnetismSimulation(label="example", step_K=4.0, molar_mass=1256.73)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "example_chiT.dat"
        path.write_text(simulated_log(settings, 1), encoding="ascii", newline="\n")
        return {"sample": quantum_design_reader.read(path)[0]}
