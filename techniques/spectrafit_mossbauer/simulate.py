"""Simulated runs of a transmission spectrometer as raw counts; every file says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from xml.sax.saxutils import escape

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.laws import recoil_free_fraction, second_order_doppler
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.drive.conventions import CONVENTIONS
from spectrafit_mossbauer.drive.velocity import Drive
from spectrafit_mossbauer.exchange import exchange_line

__all__ = [
    "MossbauerSimulation",
    "channel_velocity",
    "example_recordings",
    "expected_counts",
    "simulated_run",
]

SIMULATED = "SIMULATED DATA, not a measurement"


def _field(meaning: str, default: Any, unit: str = "1") -> Any:
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class MossbauerSimulation:
    """What a simulated run holds: both branches of a triangular drive, nothing folded.

    A sample is one doublet that jumps among its states (`exchange_line`, the same axes of the
    field gradient in every state): each state has an isomer shift without its second-order
    Doppler part and a splitting with a sign. One Debye temperature serves that shift and the
    recoil-free fraction of all states. The absorber is thin, the counts are taken at the middle
    of a channel. Velocities are relative to alpha-Fe at room temperature.
    """

    absorber: Literal["sample", "alpha-Fe"] = _field(
        "a sample, or an alpha-Fe foil for the velocity axis", "sample"
    )
    label: str = _field("sample name in the header", "")
    T_K: float = _field("temperature, written into the header", 295.0, "K")
    populations: tuple[float, ...] = _field("share of each state", (1.0,))
    isomer_shifts_mm_s: tuple[float, ...] = _field(
        "isomer shift of each state without second-order Doppler shift", (0.7,), "mm/s"
    )
    splittings_mm_s: tuple[float, ...] = _field(
        "quadrupole splitting of each state, signed", (1.8,), "mm/s"
    )
    k_ex_per_s: float = _field("exchange rate, the sum of the one-way rates", 1e10, "1/s")
    theta_D_K: float = _field("Debye temperature", 180.0, "K")
    width_mm_s: float = _field("FWHM of every line without exchange", 0.25, "mm/s")
    area_mm_s: float = _field(
        "absorption area of a sample at a recoil-free fraction of one", 0.05, "mm/s"
    )
    convention: Literal["A", "B"] = _field("line positions of alpha-Fe", "A")
    iron_area_mm_s: float = _field("absorption area of the alpha-Fe foil", 0.15, "mm/s")
    counts: float = _field("counts of a channel off resonance", 1e6, "counts")
    channels: int = _field("channels of both branches", 512)
    step_mm_s: float = _field("velocity from channel to channel", 0.04973, "mm/s")
    centre_channel: float = _field("folding centre, channels counted from 0", 255.63)
    source_shift_mm_s: float = _field("alpha-Fe against the source (57Co in Rh)", -0.106, "mm/s")
    orientation: int = _field("+1: the velocity rises away from the folding centre; or -1", 1)
    baseline: tuple[float, float, float, float] = _field(
        "relative level of the branches, slope, source geometry, curvature",
        (4e-4, -6e-4, 5e-3, 8e-4),
    )
    date: str = _field("start of the run in the header, as 2024-03-01T09:00:00", "")
    live_time_s: float = _field("live time in the header", 72000.0, "s")

    def __post_init__(self) -> None:
        for problem, do in _problems(self):
            raise SettingsError(problem, where="simulate", do=do)


def _problems(settings: MossbauerSimulation) -> Iterator[tuple[str, str]]:
    states = {
        len(settings.populations),
        len(settings.isomer_shifts_mm_s),
        len(settings.splittings_mm_s),
    }
    if len(states) > 1:
        yield "populations, isomer shifts and splittings differ in number", "one for each state"
    if settings.orientation not in (1, -1):
        yield f"orientation {settings.orientation} is neither 1 nor -1", "say which"
    if settings.channels < 16:
        yield f"{settings.channels} channels are no spectrum", "give 16 or more"
    if not abs(settings.centre_channel - settings.channels / 2) < settings.channels / 16:
        yield "the folding centre is not near the middle", "give about half the channels"
    for name in ("T_K", "counts", "step_mm_s", "live_time_s"):
        if not 0 < getattr(settings, name) < np.inf:
            yield f"{name} must be a positive number", "change it"
    for name in ("area_mm_s", "iron_area_mm_s"):
        if not 0 <= getattr(settings, name) < np.inf:
            yield f"{name} must not be negative", "change it"


def channel_velocity(settings: MossbauerSimulation) -> FloatArray:
    """Return the velocity of every channel relative to alpha-Fe.

    ``v = o k (|ch - c0| - d0)``. A periodic drive's mean velocity is zero, so the source is at
    rest N/4 from the folding centre, and alpha-Fe absorbs where it moves by the source shift.

    Parameters
    ----------
    settings : MossbauerSimulation
        Of the drive.

    Returns
    -------
    ndarray, shape (channels,)
        mm/s; channels are counted from 0.
    """
    o, k = settings.orientation, settings.step_mm_s
    d0 = settings.channels / 4 + o * settings.source_shift_mm_s / k
    drive = Drive("triangle", settings.channels)
    channel = np.arange(settings.channels, dtype=float)
    return np.asarray(o * drive.velocity(channel, k, settings.centre_channel, d0))


def expected_counts(settings: MossbauerSimulation) -> FloatArray:
    """Return the counts of every channel without noise.

    ``N = b0 [1 + b1 s + b2 u + b3 s (1 - u^2) + b4 u^2 - absorption(v)]`` with s the side of the
    folding centre and u the distance from the middle of a branch in units of its half.

    Parameters
    ----------
    settings : MossbauerSimulation
        What is simulated.

    Returns
    -------
    ndarray, shape (channels,)

    Raises
    ------
    SettingsError
        Where so much is absorbed that no counts are left, and from `exchange_line`.
    """
    from_centre = np.arange(settings.channels) - settings.centre_channel
    s, quarter = np.sign(from_centre), settings.channels / 4
    u = (np.abs(from_centre) - quarter) / quarter
    level, slope, geometry, curvature = settings.baseline
    flat = 1.0 + level * s + slope * u + geometry * s * (1.0 - u**2) + curvature * u**2
    absorbed = _absorption(settings, channel_velocity(settings))
    expected = settings.counts * (flat - absorbed)
    if not (expected > 0).all():
        raise SettingsError(
            f"{absorbed.max():.0%} of the counts are absorbed",
            where="simulate",
            do="lower the area or the baseline's terms",
        )
    return np.asarray(expected, dtype=np.float64)


def _absorption(settings: MossbauerSimulation, velocity: FloatArray) -> FloatArray:
    """Return the share of the counts that a thin absorber takes out."""
    rate, width = settings.k_ex_per_s, settings.width_mm_s
    total = np.zeros(velocity.shape)
    if settings.absorber == "alpha-Fe":
        # 3:2:1, a foil without texture; six lines hold 12 parts
        for part, place in zip((3, 2, 1), CONVENTIONS[settings.convention].positions, strict=True):
            for side in (-place, place):
                line = exchange_line(velocity, (side,), (1.0,), rate, width)
                total += settings.iron_area_mm_s * part / 12.0 * line
        return total
    moved = float(second_order_doppler(settings.T_K, settings.theta_D_K).value)
    area = settings.area_mm_s * float(recoil_free_fraction(settings.T_K, settings.theta_D_K).value)
    middle = np.array(settings.isomer_shifts_mm_s) + moved
    half = 0.5 * np.array(settings.splittings_mm_s)
    for positions in (middle - half, middle + half):
        line = exchange_line(velocity, tuple(positions), settings.populations, rate, width)
        total += 0.5 * area * line
    return total


def simulated_run(settings: MossbauerSimulation, seed: int) -> str:
    """Return a run as WissEl's ``.ws5`` text with Poisson counts, one channel a line.

    The tags of sample, temperature, date, source and drive are this program's own: WissEl's have
    a comment only. The attribute ``time`` holds the live time in s.

    Parameters
    ----------
    settings : MossbauerSimulation
        What is simulated.
    seed : int
        Of the noise.

    Returns
    -------
    str
        Its first line and its comment say that it is simulated.

    Raises
    ------
    SettingsError
        As `expected_counts`.
    """
    drawn = np.random.default_rng(seed).poisson(expected_counts(settings))
    label = " ".join(settings.label.split()) or settings.absorber
    header = {
        "comment": f"{SIMULATED}; spectrafit-suite, simulate mossbauer, seed {seed}",
        "sample": label,
        "temperature": f"{settings.T_K:.1f} K",
        "date": settings.date,
        "source": "57Co in Rh",
        "drive": "triangle, both branches as counted",
    }
    lines = [
        f'<?xml version="1.0" encoding="UTF-8" standalone="no" ?><!-- {SIMULATED} -->',
        '<wissoft version="1.1">',
        *(f"<{key}>{escape(value)}</{key}>" for key, value in header.items() if value),
        f'<data channels="{settings.channels}" time="{settings.live_time_s:g}">',
        *(str(count) for count in drawn),
        "</data>",
        "</wissoft>",
    ]
    return "".join(f"{line}\n" for line in lines)


def example_recordings() -> Mapping[str, Recording]:
    """Return a small simulated run and its alpha-iron run as recordings.

    Returns
    -------
    mapping of str to Recording
        ``sample`` and ``calibration``.
    """
    iron = MossbauerSimulation(
        absorber="alpha-Fe", channels=256, step_mm_s=0.1, centre_channel=127.6
    )
    sample = replace(iron, absorber="sample", T_K=120.0, label="example")
    return {
        "sample": _recorded(sample, 1, "example_120K.ws5"),
        "calibration": _recorded(iron, 2, "alphaFe.ws5"),
    }


def _recorded(settings: MossbauerSimulation, seed: int, name: str) -> Recording:
    from pathlib import Path

    from spectrafit_mossbauer.readers.wissel import wissel_reader

    return wissel_reader.recordings(simulated_run(settings, seed).encode("utf-8"), Path(name))[0]
