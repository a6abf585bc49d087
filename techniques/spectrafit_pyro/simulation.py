"""Simulated runs of a crystal whose states obey the three-state law; every file says so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.laws import Branch, ThreeStateLaw, limits_of_stability, three_state
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.log import Area, CurrentLog
from spectrafit_pyro.primary import EinsteinSecondary
from spectrafit_pyro.simulate import log_text, ramps, simulated_log

__all__ = [
    "PyroSimulation",
    "crystal_p",
    "example_recordings",
    "simulated_run",
    "simulated_run_text",
]

_MARGIN = 20.0  # K beyond the programme, for the lag and the wobble
_STEP = 0.25
_MILLI = 1e3  # nC in uC


def _field(meaning: str, default: Any, unit: str = "1") -> Any:
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class PyroSimulation:
    """What a simulated run holds.

    p(T) = dP/dT of three states with the polarisations 0, P12 and P12 + P23, and a secondary part
    psec_300 c_E(T)/c_E(300 K); of a reference crystal there is the secondary part alone. The current
    is polarity p A dT/dt with the faults of real ones.
    """

    label: str = _field("sample name in the header", "")
    reference_crystal: bool = _field("only the secondary part, as of a charge-inert crystal", False)
    S12: float = _field("entropy of state 2 over state 1", 93.6, "J mol-1 K-1")
    T12: float = _field("temperature of equal energy of the bare states 1 and 2", 90.53, "K")
    G12: float = _field("interaction of state 1 with 2 and 3", 835.0, "J mol-1")
    H23: float = _field("enthalpy of state 3 over state 2", 28371.0, "J mol-1")
    S23: float = _field("entropy of state 3 over state 2", 97.18, "J mol-1 K-1")
    G23: float = _field("interaction of states 2 and 3", -14577.0, "J mol-1")
    rho: float = _field("fraction that is always in states 2 and 3", 0.0488)
    P12: float = _field("polarisation of state 2 over state 1", 0.438, "uC cm-2")
    P23: float = _field("polarisation of state 3 over state 2", 1.277, "uC cm-2")
    psec_300: float = _field("secondary coefficient at 300 K", 0.25, "nC cm-2 K-1")
    theta_E_K: float = _field("Einstein temperature of the secondary part", 150.0, "K")
    area_mm2: float = _field("area of the electrode", 0.3036, "mm2")
    polarity: Literal[1, -1] = _field(
        "+1 where charge that leaves the electrode on the +u face counts as positive", 1
    )
    low_K: float = _field("lowest temperature of the run", 10.0, "K")
    high_K: float = _field("highest temperature of the run", 300.0, "K")
    heating_rate: float = _field("rate of heating in K/min", 5.0)
    cooling_rate: float = _field("rate of cooling in K/min, above 0", 5.0)
    branches: Literal["both", "heating", "cooling"] = _field(
        "which are in the file; both: heating, then cooling", "both"
    )
    dwell_s: float = _field("time at the turning point", 1200.0, "s")
    interval_s: float = _field("time between readings", 1.0, "s")
    offset_pA: float = _field("constant current of the electrometer", 0.0, "pA")
    leakage_pA: float = _field("leakage current at 300 K", 0.0, "pA")
    leakage_scale_K: float = _field("temperature over which the leakage grows e-fold", 40.0, "K")
    lag_s: float = _field("time by which the crystal follows the thermometer", 0.0, "s")
    wobble_K: float = _field("amplitude of a sine on the temperature", 0.0, "K")
    wobble_period_s: float = _field("period of that sine", 300.0, "s")
    current_noise_pA: float = _field("standard deviation of the noise of a reading", 0.015, "pA")
    temperature_noise_K: float = _field("standard deviation of the thermometer", 0.02, "K")
    header_states: bool = _field("whether the header states area and polarity", True)
    readings: Literal["numbers", "keithley"] = _field(
        "numbers alone, or with NADC behind each current as Keithley electrometers write it",
        "numbers",
    )

    def __post_init__(self) -> None:
        for problem, do in _problems(self):
            raise SettingsError(problem, where="simulate", do=do)


def _problems(settings: PyroSimulation) -> Iterator[tuple[str, str]]:
    for name in ("area_mm2", "heating_rate", "cooling_rate", "interval_s", "theta_E_K"):
        if not 0.0 < getattr(settings, name) < math.inf:
            yield f"{name} must be a positive number", "change it"
    for name in ("leakage_scale_K", "wobble_period_s"):
        if not 0.0 < getattr(settings, name) < math.inf:
            yield f"{name} must be a positive number", "change it"
    for name in ("current_noise_pA", "temperature_noise_K", "dwell_s"):
        if not 0.0 <= getattr(settings, name) < math.inf:
            yield f"{name} must not be negative", "change it"
    if not 0.0 < settings.low_K < settings.high_K < math.inf:
        yield "low_K and high_K must be two rising temperatures above 0 K", "change them"
    if settings.polarity not in (1, -1):
        yield f"polarity {settings.polarity}", "give 1 or -1"
    if settings.branches not in ("both", "heating", "cooling"):
        yield f"branches {settings.branches!r}", "write both, heating or cooling"
    if settings.readings not in ("numbers", "keithley"):
        yield f"readings {settings.readings!r}", "write numbers or keithley"


def crystal_p(settings: PyroSimulation, T: FloatArray) -> FloatArray:
    """Return the coefficient of the crystal: the truth behind a run.

    Parameters
    ----------
    settings : PyroSimulation
        What is simulated.
    T : ndarray
        K, above 0.

    Returns
    -------
    ndarray
        nC cm-2 K-1.

    Raises
    ------
    SettingsError
        For a law with a loop, whose p is not finite at the jump.
    """
    secondary = EinsteinSecondary(settings.psec_300, settings.theta_E_K).p(T)
    if settings.reference_crystal:
        return secondary
    law = ThreeStateLaw(
        settings.S12, settings.T12, settings.G12, settings.H23, settings.S23, settings.G23,
        settings.rho,
    )  # fmt: skip
    loop = limits_of_stability(law)
    if loop is not None:
        raise SettingsError(
            f"the law has a loop between {loop[1]:.1f} and {loop[0]:.1f} K, where p is not finite",
            where="simulate",
            do="lower G12",
        )
    found = three_state(T, law, branch=Branch.MAXWELL)
    change = settings.P12 * (found.dx2 + found.dx3) + settings.P23 * found.dx3
    return np.asarray(_MILLI * change + secondary)


def simulated_run(settings: PyroSimulation, seed: int, *, name: str = "simulated") -> CurrentLog:
    """Return the log of a simulated run.

    Parameters
    ----------
    settings : PyroSimulation
        What is simulated.
    seed : int
        Of the noise.
    name : str, optional
        Of the log.

    Returns
    -------
    CurrentLog
    """
    low, high = settings.low_K, settings.high_K
    T = np.arange(max(1.0, low - _MARGIN), high + _MARGIN, _STEP)
    up, down = settings.heating_rate, settings.cooling_rate
    turns, rates = {
        "both": ((low, high, low), (up, down)),
        "heating": ((low, high), (up,)),
        "cooling": ((high, low), (down,)),
    }[settings.branches]
    return simulated_log(
        T,
        crystal_p(settings, T),
        ramps(turns, rates, dwell=settings.dwell_s),
        Area(settings.area_mm2 * 1e-2),
        np.random.default_rng(seed),
        polarity=settings.polarity,
        interval=settings.interval_s,
        offset=settings.offset_pA,
        leakage=settings.leakage_pA,
        leakage_scale=settings.leakage_scale_K,
        lag=settings.lag_s,
        wobble=settings.wobble_K,
        wobble_period=settings.wobble_period_s,
        current_noise=settings.current_noise_pA,
        temperature_noise=settings.temperature_noise_K,
        name=name,
    )


def simulated_run_text(settings: PyroSimulation, seed: int) -> str:
    """Return a simulated run as the text of an electrometer's program.

    Parameters
    ----------
    settings : PyroSimulation
        What is simulated.
    seed : int
        Of the noise.

    Returns
    -------
    str
        The header says that it is simulated.
    """
    label = " ".join(settings.label.split()) or "simulated sample"
    header = [f"Sample: {label}", f"Origin: spectrafit-suite, simulate pyro; seed {seed}"]
    if settings.header_states:
        header += [
            f"Electrode area (mm2): {settings.area_mm2:g}",
            f"Polarity: {settings.polarity:+d}",
        ]
    after = "NADC" if settings.readings == "keithley" else ""
    return log_text(simulated_run(settings, seed), header=header, after_current=after)


def example_recordings() -> Mapping[str, Recording]:
    """Return a small simulated run as a recording.

    Returns
    -------
    mapping of str to Recording
        ``sample``, whose header states area and polarity.
    """
    from spectrafit_pyro.readers.current_log import current_log_reader

    settings = PyroSimulation(
        label="example", interval_s=6.0, offset_pA=0.1, lag_s=12.0, dwell_s=300.0
    )
    text = simulated_run_text(settings, 1)
    content = text.encode("utf-8")
    return {"sample": current_log_reader.recordings(content, Path("example.csv"))[0]}
