"""Simulated scans over a K edge in a beamline's column format; every file says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.lines import ArctanStep, Model, Pearson7
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit_xas.preedge.areas import trapezoid_area
from spectrafit_xas.scans.absorption import tabulated_edge

__all__ = [
    "HerfdSimulation",
    "XanesSimulation",
    "absorption_curve",
    "example_recordings",
    "simulated_scan",
]

HBAR2_OVER_2M = 3.80998  # eV Å^2: hbar^2/(2 m_e), CODATA 2018, for the photoelectron wave number


def _field(meaning: str, default: Any, unit: str = "1") -> Any:
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class XanesSimulation:
    """What a simulated scan holds.

    A spectrum is ``(1 - share_high) low + share_high high``: two end members, each a list of
    peaks ``[centre eV, FWHM eV, area x 100]`` below an edge. Areas are trapezoids over
    `area_window_eV` with the edge step one, the convention of the pre-edge tables.
    """

    element: str = _field("absorber", "Fe")
    scan: Literal["sample", "foil"] = _field(
        "a sample in fluorescence or a foil in transmission", "sample"
    )
    label: str = _field("sample name in the header", "")
    T_K: float | None = _field("temperature written into the header", None, "K")
    low_peaks: tuple[tuple[float, float, float], ...] = _field(
        "pre-edge peaks of the low-temperature end member", ((7112.3, 2.0, 5.1),)
    )
    high_peaks: tuple[tuple[float, float, float], ...] = _field(
        "pre-edge peaks of the high-temperature end member",
        ((7110.9, 1.8, 2.4), (7112.7, 1.8, 6.4)),
    )
    low_edge_eV: float = _field("edge centre of the low-temperature end member", 7122.0, "eV")
    high_edge_eV: float = _field("edge centre of the high-temperature end member", 7121.3, "eV")
    edge_width_eV: float = _field("width of the arctan edge", 2.0, "eV")
    share_high: float = _field("share of the high-temperature end member", 0.0)
    exponent: float = _field("Pearson VII exponent of the peaks", 1.91)
    area_window_eV: tuple[float, float] = _field("window of the area", (7107.0, 7118.0), "eV")
    foil_eV: float = _field("first inflection of the foil on the true axis", 7111.2, "eV")
    axis_offset_eV: float = _field("recorded minus true energy", -0.35, "eV")
    counts: float = _field("fluorescence counts of the edge step at one point", 6e5, "counts")
    i0_counts: float = _field("counts of I0 at one point", 5e6, "counts")
    step_eV: float = _field("grid step over the pre-edge", 0.15, "eV")
    emission_eV: float | None = _field("emission energy of a HERFD scan", None, "eV")


@dataclass(frozen=True)
class HerfdSimulation(XanesSimulation):
    """What a simulated HERFD scan holds: sharper peaks and edge, and an emission energy."""

    low_peaks: tuple[tuple[float, float, float], ...] = _field(
        "pre-edge peaks of the low-temperature end member",
        ((7111.0, 0.9, 0.9), (7112.2, 0.9, 3.0), (7113.5, 0.9, 1.2)),
    )
    high_peaks: tuple[tuple[float, float, float], ...] = _field(
        "pre-edge peaks of the high-temperature end member",
        ((7110.6, 0.9, 1.8), (7112.2, 0.9, 4.6), (7113.6, 0.9, 2.4)),
    )
    edge_width_eV: float = _field("width of the arctan edge", 1.3, "eV")
    step_eV: float = _field("grid step over the pre-edge", 0.1, "eV")
    emission_eV: float | None = _field("emission energy", 6404.8, "eV")


def absorption_curve(settings: XanesSimulation, energy: FloatArray) -> FloatArray:
    """Return the noise-free absorption with the edge step one, without the line below the edge.

    Parameters
    ----------
    settings : XanesSimulation
        End members and share.
    energy : ndarray, shape (n,)
        True energies in eV.

    Returns
    -------
    ndarray, shape (n,)
    """
    if settings.scan == "foil":
        return _foil_curve(settings, energy)
    low = _member(settings, energy, settings.low_peaks, settings.low_edge_eV)
    if settings.share_high == 0.0:
        return low
    high = _member(settings, energy, settings.high_peaks, settings.high_edge_eV)
    return (1.0 - settings.share_high) * low + settings.share_high * high


def _member(
    settings: XanesSimulation,
    energy: FloatArray,
    peaks: tuple[tuple[float, float, float], ...],
    edge_eV: float,
) -> FloatArray:
    edge = ArctanStep("edge").evaluate(
        energy,
        {"edge.center": edge_eV, "edge.width": settings.edge_width_eV, "edge.height": 1.0},
    )
    white_line = 0.35 * np.exp(-4 * np.log(2) * ((energy - edge_eV - 4.5) / 6.0) ** 2)
    total = edge + white_line + _fine_structure(energy, edge_eV)
    for center, fwhm, area in peaks:
        component = Pearson7("peak")
        values = {
            "peak.center": center,
            "peak.fwhm": fwhm,
            "peak.height": 1.0,
            "peak.exponent": settings.exponent,
        }
        unit = trapezoid_area(Model((component,)), ("peak",), values, settings.area_window_eV)
        total += (area / unit) * component.evaluate(energy, values)
    return np.asarray(total, dtype=np.float64)


def _fine_structure(energy: FloatArray, edge_eV: float) -> FloatArray:
    k = np.sqrt(np.clip(energy - edge_eV, 0.0, None) / HBAR2_OVER_2M)
    damping = np.exp(-0.008 * k**2) * (1.0 - np.exp(-((k / 2.5) ** 4)))
    wave = 0.45 * np.sin(2.0 * 1.98 * k - 1.0) / np.clip(k, 1.0, None) ** 2
    return np.asarray(damping * wave, dtype=np.float64)


def _foil_curve(settings: XanesSimulation, energy: FloatArray) -> FloatArray:
    first = settings.foil_eV
    rows = ((first, 0.9, 0.42), (first + 8.0, 1.4, 0.38), (first + 18.0, 4.0, 0.20))
    total = np.zeros(energy.shape)
    for center, width, height in rows:
        t = (energy - center) / width
        total += height * (0.5 + np.arctan(t) / np.pi)
    return np.asarray(total + _fine_structure(energy, first + 8.0), dtype=np.float64)


def _grid(settings: XanesSimulation) -> FloatArray:
    """Return true energies: coarse below, fine over the pre-edge, in steps of k above."""
    edge = settings.foil_eV
    parts = [
        np.arange(edge - 115.0, edge - 20.0, 5.0),
        np.arange(edge - 20.0, edge - 6.0, 0.5),
        np.arange(edge - 6.0, edge + 11.0, settings.step_eV),
        np.arange(edge + 11.0, edge + 45.0, 0.4),
    ]
    k = np.arange(np.sqrt(46.0 / HBAR2_OVER_2M), np.sqrt(490.0 / HBAR2_OVER_2M), 0.08)
    parts.append(edge + HBAR2_OVER_2M * k**2)
    grid: FloatArray = np.concatenate(parts)
    return grid.round(3)


def simulated_scan(settings: XanesSimulation, seed: int, *, herfd: bool) -> str:
    """Return a scan as column text with Poisson counts; the header says that it is simulated.

    Parameters
    ----------
    settings : XanesSimulation
        What is simulated.
    seed : int
        Of the noise.
    herfd : bool
        Whether the header names an emission energy.

    Returns
    -------
    str

    Raises
    ------
    SettingsError
        For an emission energy that is missing or not wanted, or counts that are not positive.
    """
    if herfd != (settings.emission_eV is not None) and settings.scan == "sample":
        raise SettingsError(
            "a HERFD scan needs emission_eV and a XANES scan has none",
            where="simulate",
            do="set emission_eV, or use the other technique",
        )
    if min(settings.counts, settings.i0_counts) <= 0:
        raise SettingsError("counts must be positive", where="simulate")
    tabulated_edge(settings.element)
    rng = np.random.default_rng(seed)
    true = _grid(settings)
    curve = absorption_curve(settings, true)
    i0 = rng.poisson(settings.i0_counts * (1.0 - 1e-4 * (true - true[0])))
    below = 0.06 - 4e-5 * (true - settings.foil_eV)
    if settings.scan == "foil":
        mu = 0.9 * (curve + 5.0 * below)
        signal = rng.poisson(i0 * np.exp(-mu))
        second, formula = "I1", "mu = ln(I0/I1)"
    else:
        scale = settings.counts / settings.i0_counts
        signal = rng.poisson(i0 * scale * (curve + below))
        second, formula = "IF", "mu = IF/I0"
    lines = [
        "SIMULATED DATA, not a measurement",
        "Simulated: true",
        f"Program: spectrafit-suite, simulate {'herfd' if herfd else 'xanes'}, seed {seed}",
        f"Sample: {settings.label or f'{settings.element} {settings.scan}'}",
        f"Element: {settings.element}",
        f"Edge: K; {formula}",
    ]
    if settings.T_K is not None:
        lines.append(f"Temperature: {settings.T_K:.1f} K")
    if settings.emission_eV is not None:
        lines.append(f"Emission energy: {settings.emission_eV:.2f} eV")
    lines.append(f"energy (eV)    I0 (counts)    {second} (counts)")
    head = "".join(f"# {line}\n" for line in lines)
    recorded = true + settings.axis_offset_eV
    rows = "".join(
        f"{e:12.3f} {a:12d} {b:12d}\n" for e, a, b in zip(recorded, i0, signal, strict=True)
    )
    return head + rows


def example_recordings(*, herfd: bool) -> Mapping[str, Recording]:
    """Return a simulated scan as a recording.

    Parameters
    ----------
    herfd : bool
        Whether it is a HERFD scan.

    Returns
    -------
    mapping of str to Recording
        ``sample``.
    """
    from dataclasses import replace
    from pathlib import Path

    from spectrafit.table import ColumnsReader

    default = HerfdSimulation() if herfd else XanesSimulation()
    settings = replace(default, label="example", share_high=1.0, T_K=250.0)
    text = simulated_scan(settings, 1, herfd=herfd).encode("utf-8")
    name = "example_herfd.dat" if herfd else "example_xanes.dat"
    return {"sample": ColumnsReader().recording(text, Path(name))}
