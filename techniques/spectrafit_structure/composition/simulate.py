"""Simulated elemental analyses and mass spectra."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit_structure.composition.formula import formula_counts
from spectrafit_structure.composition.isotopes import isotope_pattern
from spectrafit_structure.composition.mass_fractions import mass_percentages
from spectrafit_structure.composition.subject import ion_counts

__all__ = ["CompositionSimulation", "example_recordings", "simulated_file"]


def _field(meaning: str, default: Any, unit: str = "1", **more: Any) -> Any:
    return field(default=default, metadata={"meaning": meaning, "unit": unit, **more})


@dataclass(frozen=True)
class CompositionSimulation:
    """What is simulated; the default is the salt of the worked example."""

    kind: Literal["analysis", "mass-spectrum"] = _field("which kind of file", "analysis")
    formula: str = _field("formula of the compound", "C38H74N8O4F18P3FeCo")
    lost: str = _field("part that is lost in the ion", "PF6")
    charge: int = _field("charge of the ion", 1)
    elements: tuple[str, ...] = _field("elements that are analysed", ("C", "H", "N", "Fe", "Co"))
    determinations: int = _field("rows of an analysis", 3)
    noise_percent: float = _field("scatter of one determination, absolute", 0.05, "%")
    admixture: str = _field(
        "formula of a second compound in a mass spectrum, with the same lost part", ""
    )
    admixture_share: float = _field("share of its ions", 0.0)
    noise_of_base_percent: float = _field("noise of intensities, of the highest peak", 0.5, "%")
    mz_offset: float = _field("error of the m/z axis", 0.0)
    fwhm_mz: float = _field("width of the peaks of a profile; 0 for a list of peaks", 0.0)


def simulated_file(settings: CompositionSimulation, seed: int) -> str:
    """Return the text of a simulated file.

    Parameters
    ----------
    settings : CompositionSimulation
        What is simulated.
    seed : int
        Of the noise.

    Returns
    -------
    str
        The first line says that it is simulated.

    Raises
    ------
    SettingsError
        When a setting is impossible.
    """
    head = [
        f"# simulated data, seed {seed}",
        f"# formula: {settings.formula}",
        f"# lost: {settings.lost}",
        f"# charge: {settings.charge}",
    ]
    rng = np.random.default_rng(seed)
    rows = _analysis(settings, rng) if settings.kind == "analysis" else _spectrum(settings, rng)
    return "\n".join([*(line for line in head if not line.endswith(": ")), *rows]) + "\n"


def _analysis(settings: CompositionSimulation, rng: np.random.Generator) -> list[str]:
    share = mass_percentages(formula_counts(settings.formula))
    lost = next((each for each in settings.elements if each not in share), None)
    if lost is not None or settings.determinations < 1:
        raise SettingsError(f"no analysis of {lost or 'no determination'} can be simulated")
    rows = ["element,found %"]
    for _ in range(settings.determinations):
        noise = rng.normal(0.0, settings.noise_percent, len(settings.elements))
        rows += [
            f"{element},{share[element] + each:.2f}"
            for element, each in zip(settings.elements, noise, strict=True)
        ]
    return rows


def _spectrum(settings: CompositionSimulation, rng: np.random.Generator) -> list[str]:
    if not 0 <= settings.admixture_share < 1:
        raise SettingsError(f"a share of {settings.admixture_share} is not from 0 to 1")
    peaks: list[tuple[float, float]] = []
    formulas = {settings.formula: 1.0 - settings.admixture_share}
    if settings.admixture:
        formulas[settings.admixture] = settings.admixture_share
    for formula, share in formulas.items():
        counts = ion_counts(formula_counts(formula), settings.lost, "")
        pattern = isotope_pattern(counts, settings.charge, smallest=0.1)
        peaks += [(each.mz + settings.mz_offset, share * each.share) for each in pattern.peaks]
    mz, height = np.array(sorted(peaks)).T
    if settings.fwhm_mz > 0:
        x = np.arange(mz[0] - 1.0, mz[-1] + 1.0, settings.fwhm_mz / 8.0)
        width = settings.fwhm_mz / np.sqrt(8.0 * np.log(2.0))
        height = np.exp(-0.5 * ((x[:, None] - mz) / width) ** 2) @ height
        mz = x
    top = float(height.max())
    noisy = 1e5 * (height / top + rng.normal(0.0, settings.noise_of_base_percent / 100.0, mz.size))
    kept = noisy if settings.fwhm_mz > 0 else np.maximum(noisy, 0.0)
    return ["m/z,intensity", *(f"{a:.4f},{b:.1f}" for a, b in zip(mz, kept, strict=True))]


def example_recordings() -> Mapping[str, Recording]:
    """Return a small simulated analysis.

    Returns
    -------
    mapping of str to Recording
        ``sample``.
    """
    from spectrafit_structure.composition.readers.elemental_analysis import (
        elemental_analysis_reader,
    )

    text = simulated_file(CompositionSimulation(), 1)
    name = Path("example_analysis.csv")
    return {"sample": elemental_analysis_reader.recording(text.encode(), name)}
