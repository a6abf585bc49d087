"""Simulated infrared spectra of a sample with several states, as JCAMP-DX; every file says so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray

__all__ = [
    "InfraredSimulation",
    "SimulatedBand",
    "band_values",
    "example_recordings",
    "expected_absorbance",
    "pseudo_voigt_area",
    "simulated_spectrum",
]

SIMULATED = "SIMULATED DATA, not a measurement"
_PER_LINE = 8
_FACTOR = 1e-6  # of the ordinate: a hundredth of the noise of a good spectrum and less


def _field(meaning: str, default: Any, unit: str = "1") -> Any:
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class InfraredSimulation:
    """What a simulated spectrum holds: pseudo-Voigt bands on a sloping baseline, white noise.

    A band's height is the population-weighted sum of its heights in the pure states. Positions
    move, and widths grow, linearly in temperature from `T_ref_K`; areas stay, so that a band that
    broadens becomes lower.
    """

    label: str = _field("sample name in the header", "")
    T_K: float = _field("temperature, written into the header", 295.0, "K")
    branch: str = _field("heating or cooling, written into the header; empty for neither", "")
    populations: tuple[float, ...] = _field("share of each state", (1.0,))
    positions_cm: tuple[float, ...] = _field("position of each band at T_ref_K", (1485.0,), "cm-1")
    fwhm_cm: tuple[float, ...] = _field("FWHM of each band at T_ref_K", (14.0,), "cm-1")
    mixing: float = _field("Lorentzian share of every band", 0.5)
    heights: tuple[tuple[float, ...], ...] = _field(
        "absorbance of each band at T_ref_K in each pure state", ((0.3,),)
    )
    T_ref_K: float = _field("temperature at which positions, FWHM and heights hold", 10.0, "K")
    shift_cm_per_K: float = _field("shift of every band with temperature", 0.0, "cm-1 K-1")
    broadening_per_K: float = _field("relative growth of every FWHM with temperature", 0.0, "K-1")
    range_cm: tuple[float, float] = _field("first and last wavenumber", (1200.0, 1600.0), "cm-1")
    step_cm: float = _field("distance of neighbouring points", 1.0, "cm-1")
    baseline: tuple[float, float, float] = _field(
        "level, slope over the range and curvature over the range, absorbance", (0.05, 0.02, 0.0)
    )
    scale: float = _field(
        "factor on everything but the noise: thickness, position in the beam", 1.0
    )
    noise: float = _field("standard deviation of the white noise, absorbance", 5e-4)
    resolution_cm: float = _field("resolution in the header", 2.0, "cm-1")
    date: str = _field("date in the header, as 2024/03/01", "")

    def __post_init__(self) -> None:
        for problem, do in _problems(self):
            raise SettingsError(problem, where="simulate", do=do)


def _problems(settings: InfraredSimulation) -> Iterator[tuple[str, str]]:
    counts = {len(settings.positions_cm), len(settings.fwhm_cm), len(settings.heights)}
    if len(counts) > 1:
        yield "positions, FWHM and heights differ in number", "give one of each for each band"
    if any(len(row) != len(settings.populations) for row in settings.heights):
        yield "a band has not one height for each state", "give heights as [[state 1, ...], ...]"
    if not 0.0 <= settings.mixing <= 1.0:
        yield f"mixing {settings.mixing:g} is not from 0 to 1", "change it"
    if not settings.range_cm[0] < settings.range_cm[1]:
        yield "the range does not rise", "give the lower wavenumber first"
    for name in ("step_cm", "scale", "resolution_cm"):
        if not 0 < getattr(settings, name) < math.inf:
            yield f"{name} must be a positive number", "change it"
    if not 0 <= settings.noise < math.inf:
        yield "the noise must not be negative", "change it"
    if not 0 <= settings.T_K < math.inf:
        yield f"T_K {settings.T_K:g} is no temperature", "give it in K"
    if any(width <= 0 for width in _widths(settings)):
        yield "a FWHM is not above zero at this temperature", "lower broadening_per_K"
    if settings.branch not in ("", "heating", "cooling"):
        yield f"branch {settings.branch!r}", "write heating, cooling or nothing"


def pseudo_voigt_area(height: float, fwhm: float, mixing: float) -> float:
    """Return the area of a pseudo-Voigt line of one FWHM.

    ``h w [eta pi/2 + (1 - eta) sqrt(pi/ln 2)/2]``: the areas of a Lorentzian and of a Gaussian of
    that height and full width at half maximum.

    Parameters
    ----------
    height : float
        At the centre.
    fwhm : float
        Full width at half maximum.
    mixing : float
        Lorentzian share of the height, 0 to 1.

    Returns
    -------
    float
        In the unit of height times that of fwhm.
    """
    lorentz, gauss = 0.5 * math.pi, 0.5 * math.sqrt(math.pi / math.log(2.0))
    return height * fwhm * (mixing * lorentz + (1.0 - mixing) * gauss)


@dataclass(frozen=True)
class SimulatedBand:
    """One band at one temperature.

    Parameters
    ----------
    position, fwhm : float
        cm-1.
    height : float
        Absorbance.
    area : float
        Absorbance times cm-1.
    """

    position: float
    fwhm: float
    height: float
    area: float


def _widths(settings: InfraredSimulation) -> list[float]:
    warmer = settings.T_K - settings.T_ref_K
    return [fwhm * (1.0 + settings.broadening_per_K * warmer) for fwhm in settings.fwhm_cm]


def band_values(settings: InfraredSimulation) -> tuple[SimulatedBand, ...]:
    """Return position, width, height and area of every band: the truth behind a spectrum.

    Parameters
    ----------
    settings : InfraredSimulation
        What is simulated.

    Returns
    -------
    tuple of SimulatedBand
        In the order of the settings, without the factor `scale`.
    """
    moved = settings.shift_cm_per_K * (settings.T_K - settings.T_ref_K)
    found = []
    for position, at_ref, fwhm, heights in zip(
        settings.positions_cm, settings.fwhm_cm, _widths(settings), settings.heights, strict=True
    ):
        own = math.fsum(x * h for x, h in zip(settings.populations, heights, strict=True))
        area = pseudo_voigt_area(own, at_ref, settings.mixing)
        found.append(SimulatedBand(position + moved, fwhm, own * at_ref / fwhm, area))
    return tuple(found)


def _grid(settings: InfraredSimulation) -> FloatArray:
    low, high = settings.range_cm
    return np.asarray(
        low + settings.step_cm * np.arange(round((high - low) / settings.step_cm) + 1)
    )


def expected_absorbance(
    settings: InfraredSimulation, x: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return the spectrum without noise.

    Parameters
    ----------
    settings : InfraredSimulation
        What is simulated.
    x : ndarray, shape (n,), optional
        Wavenumbers, cm-1; those of the settings when left out.

    Returns
    -------
    x : ndarray, shape (n,)
        cm-1, rising.
    absorbance : ndarray, shape (n,)
        Decadic.
    """
    x = _grid(settings) if x is None else np.asarray(x, dtype=float)
    low, high = settings.range_cm
    place = (x - low) / (high - low)
    level, slope, curvature = settings.baseline
    y = level + slope * place + curvature * (place - 0.5) ** 2
    eta = settings.mixing
    for band in band_values(settings):
        u = 2.0 * (x - band.position) / band.fwhm
        y = y + band.height * (eta / (1.0 + u**2) + (1.0 - eta) * np.exp(-math.log(2.0) * u**2))
    return x, np.asarray(settings.scale * y)


def simulated_spectrum(settings: InfraredSimulation, seed: int) -> str:
    """Return a spectrum as JCAMP-DX 4.24, the table uncompressed.

    Parameters
    ----------
    settings : InfraredSimulation
        What is simulated.
    seed : int
        Of the noise.

    Returns
    -------
    str
        Title, origin and comment say that it is simulated.
    """
    x, y = expected_absorbance(settings)
    y = y + np.random.default_rng(seed).normal(0.0, settings.noise, x.size)
    steps = np.rint(y / _FACTOR).astype(int)
    label = " ".join(settings.label.split()) or "simulated sample"
    records = {
        "TITLE": f"{label} ({SIMULATED})",
        "JCAMP-DX": "4.24",
        "DATA TYPE": "INFRARED SPECTRUM",
        "ORIGIN": "spectrafit-suite, simulate ir",
        "OWNER": "public domain",
        "LONGDATE": settings.date,
        "SAMPLE DESCRIPTION": f"{label}; {SIMULATED}; seed {seed}",
        "$TEMPERATURE": f"{settings.T_K:.1f} K",
        "$BRANCH": settings.branch,
        "RESOLUTION": f"{settings.resolution_cm:g}",
        "XUNITS": "1/CM",
        "YUNITS": "ABSORBANCE",
        "XFACTOR": "1.0",
        "YFACTOR": f"{_FACTOR:g}",
        "FIRSTX": f"{x[0]:.6f}",
        "LASTX": f"{x[-1]:.6f}",
        "DELTAX": f"{settings.step_cm:.6f}",
        "FIRSTY": f"{steps[0] * _FACTOR:.6f}",
        "MAXY": f"{steps.max() * _FACTOR:.6f}",
        "MINY": f"{steps.min() * _FACTOR:.6f}",
        "NPOINTS": f"{x.size}",
        "XYDATA": "(X++(Y..Y))",
    }
    lines = [f"##{key}= {value}" for key, value in records.items() if value]
    lines += _rows(x, steps.tolist())
    return "".join(f"{line}\n" for line in (*lines, "##END="))


def _rows(x: FloatArray, steps: Sequence[int]) -> list[str]:
    return [
        " ".join([f"{x[first]:.4f}", *(str(one) for one in steps[first : first + _PER_LINE])])
        for first in range(0, len(steps), _PER_LINE)
    ]


def example_recordings() -> Mapping[str, Recording]:
    """Return a small simulated spectrum as a recording.

    Returns
    -------
    mapping of str to Recording
        ``sample``.
    """
    from spectrafit_ir.readers.jcamp import jcamp_reader

    settings = InfraredSimulation(
        label="example", T_K=120.0, positions_cm=(1440.0, 1485.0), fwhm_cm=(12.0, 14.0),
        heights=((0.15,), (0.3,)), range_cm=(1400.0, 1540.0),
    )  # fmt: skip
    text = simulated_spectrum(settings, 1)
    return {"sample": jcamp_reader.recordings(text.encode("ascii"), Path("example_120K.jdx"))[0]}
