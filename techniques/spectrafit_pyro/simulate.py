"""Simulated logs of a pyroelectric crystal with the faults of real ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.log import Area, CurrentLog

__all__ = ["log_text", "ramps", "simulated_log"]

_NANO = 1e9
_PICO = 1e12
_MINUTE = 60.0


def ramps(
    temperatures: Sequence[float], rates: Sequence[float], *, dwell: float = 0.0
) -> tuple[tuple[float, float], ...]:
    """Return a temperature programme of ramps as points of time and temperature.

    Parameters
    ----------
    temperatures : sequence of float
        Where the ramps begin and end, K.
    rates : sequence of float
        K/min, one a ramp; the sign does not matter.
    dwell : float, optional
        Between the ramps, s.

    Returns
    -------
    tuple of (float, float)
        s and K.

    Raises
    ------
    SettingsError
        For a rate of zero, or numbers that do not fit.
    """
    if len(rates) != len(temperatures) - 1 or not all(rates):
        raise SettingsError(
            f"{len(temperatures)} temperatures and {len(rates)} rates",
            do="give one rate other than zero between two temperatures",
        )
    points, now = [(0.0, float(temperatures[0]))], 0.0
    for k, (begin, end, rate) in enumerate(
        zip(temperatures[:-1], temperatures[1:], rates, strict=True)
    ):
        if k and dwell > 0.0:
            now += dwell
            points.append((now, float(begin)))
        now += abs(end - begin) / abs(rate) * _MINUTE
        points.append((now, float(end)))
    return tuple(points)


def simulated_log(
    crystal_temperature: ArrayLike,
    crystal_p: ArrayLike,
    programme: Sequence[tuple[float, float]],
    area: Area,
    rng: np.random.Generator,
    *,
    polarity: int = 1,
    interval: float = 1.0,
    offset: float = 0.0,
    leakage: float = 0.0,
    leakage_scale: float = 40.0,
    lag: float = 0.0,
    wobble: float = 0.0,
    wobble_period: float = 300.0,
    current_noise: float = 0.015,
    temperature_noise: float = 0.02,
    name: str = "simulated",
) -> CurrentLog:
    """Return the log of a crystal of known p: simulated data, not measured.

    ``I = polarity p(Ts) A dTs/dt + offset + leakage exp((T - 300 K)/scale) + noise``, where the
    crystal follows the controller by a time: Ts(t) = T(t - lag).

    Parameters
    ----------
    crystal_temperature, crystal_p : array_like, shape (n,)
        The truth: K, rising, and nC cm-2 K-1.
    programme : sequence of (float, float)
        Points of time (s) and temperature (K) of the controller, as from `ramps`.
    area : Area
        Of the electrode.
    rng : numpy.random.Generator
        For the noise.
    polarity : int, optional
        +1 or -1, how the leads are wired.
    interval : float, optional
        Between readings, s.
    offset : float, optional
        Of the electrometer, pA.
    leakage : float, optional
        At 300 K, pA.
    leakage_scale : float, optional
        K, over which the leakage grows e-fold.
    lag : float, optional
        s.
    wobble : float, optional
        Amplitude of a sine on the temperature, K.
    wobble_period : float, optional
        s.
    current_noise : float, optional
        Standard deviation, pA.
    temperature_noise : float, optional
        Standard deviation of the thermometer, K.
    name : str, optional
        Of the log.

    Returns
    -------
    CurrentLog
    """
    knots_t, knots_T = np.array(programme, dtype=np.float64).T
    time = np.arange(knots_t[0], knots_t[-1], interval)

    def controller(at: FloatArray) -> tuple[FloatArray, FloatArray]:
        piece = np.clip(np.searchsorted(knots_t, at, side="right") - 1, 0, knots_t.size - 2)
        slope = (np.diff(knots_T) / np.diff(knots_t))[piece]
        turn = 2.0 * np.pi / wobble_period
        level = knots_T[piece] + slope * (at - knots_t[piece]) + wobble * np.sin(turn * at)
        return level, slope + wobble * turn * np.cos(turn * at)

    shown, _ = controller(time)
    crystal, crystal_rate = controller(time - lag)
    p = np.interp(crystal, np.asarray(crystal_temperature), np.asarray(crystal_p))
    picoampere = polarity * p * area.value * crystal_rate / _NANO * _PICO
    picoampere += offset + leakage * np.exp((shown - 300.0) / leakage_scale)
    picoampere += rng.normal(0.0, current_noise, time.size)
    measured = shown + rng.normal(0.0, temperature_noise, time.size)
    return CurrentLog(time, measured, picoampere / _PICO, name)


def log_text(log: CurrentLog, *, header: Sequence[str] = (), after_current: str = "") -> str:
    """Return a log as the comma-separated text that an electrometer's program writes.

    Parameters
    ----------
    log : CurrentLog
        Simulated; the text says so.
    header : sequence of str, optional
        Lines above the labels, without a comment mark.
    after_current : str, optional
        What an electrometer writes behind each reading, like ``NADC``.

    Returns
    -------
    str
        Columns time (s), temperature (K) and current (A).
    """
    lines = ("SIMULATED DATA, not a measurement", *header)
    head = "".join(f"# {line}\n" for line in lines) + "Time (s),Temperature (K),Current (A)\n"
    rows = zip(log.time.tolist(), log.temperature.tolist(), log.current.tolist(), strict=True)
    return head + "".join(
        f"{t:.3f},{T:.4f},{current:+.6E}{after_current}\n" for t, T, current in rows
    )
