"""The items of the reporting checklist, each as it is on record, or how to give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from spectrafit.rounding import number_text, range_text, value_text
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.drive.conventions import CONVENTIONS
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.settings import MossbauerSettings

__all__ = [
    "ChecklistRow",
    "Origin",
    "analysis_rows",
    "counts_row",
    "experiment_rows",
    "temperature_row",
    "velocity_rows",
]

Origin = Literal["settings", "file", "calibration", "fit", "program", ""]


@dataclass(frozen=True)
class ChecklistRow:
    """One item.

    Parameters
    ----------
    item : str
        What a reader asks.
    value : str
        What is known of it; empty where it is not given.
    origin : str
        ``"settings"``, ``"file"``, ``"calibration"``, ``"fit"`` or ``"program"``; empty where it is not
        given.
    do : str
        How to give it.
    """

    item: str
    value: str
    origin: Origin
    do: str = ""

    @property
    def is_given(self) -> bool:
        """Whether anything is known."""
        return bool(self.value)

    @property
    def text(self) -> str:
        """What is known, or ``not given:`` with how to give it."""
        return self.value or f"not given: {self.do}"


def experiment_rows(settings: MossbauerSettings) -> tuple[ChecklistRow, ...]:
    """Return what was declared of source and absorber.

    Parameters
    ----------
    settings : MossbauerSettings
        What was declared.

    Returns
    -------
    tuple of ChecklistRow
    """
    at = settings.source_T_K
    absorber = [settings.thickness] if settings.thickness else []
    absorber += [f"effective thickness {settings.t_a:g}"] if settings.t_a is not None else []
    return (
        _declared("source and matrix", settings.source, 'set source = "57Co/Rh"'),
        _declared("source temperature", "" if at is None else f"{at:g} K", "set source_T_K, in K"),
        _declared(
            "absorber and its thickness",
            ", ".join(absorber),
            'set thickness = "30 mg/cm2 of the complex in BN", and t_a where it is known',
        ),
        ChecklistRow("geometry", "transmission", "program"),
    )


def _declared(item: str, value: str, do: str) -> ChecklistRow:
    return ChecklistRow(item, value, "settings" if value else "", do)


def temperature_row(fits: Sequence[FittedSites]) -> ChecklistRow:
    """Return the temperatures of the sample.

    Parameters
    ----------
    fits : sequence of FittedSites
        The spectra.

    Returns
    -------
    ChecklistRow
        Not given where one of them has none.
    """
    item, do = "sample temperature", "name the file like 075K.ws5, or give T in the study"
    known = [one.axis.spectrum.conditions.get("T") for one in fits]
    numbers = sorted({float(T) for T in known if isinstance(T, int | float)})
    lacking = sum(not isinstance(T, int | float) for T in known)
    if not numbers or lacking:
        names = ", ".join(
            one.axis.source_name for one, T in zip(fits, known, strict=True) if not isinstance(T, int | float)
        )  # fmt: skip
        return ChecklistRow(item, "", "", f"{do} ({names})" if names else do)
    shown = ", ".join(f"{T:g}" for T in numbers)
    return ChecklistRow(item, f"{shown} K", "file", do)


def velocity_rows(
    fits: Sequence[FittedSites], scale: Calibration | None
) -> tuple[ChecklistRow, ...]:
    """Return what the velocities rest on.

    Parameters
    ----------
    fits : sequence of FittedSites
        The spectra.
    scale : Calibration or None
        Of their velocities.

    Returns
    -------
    tuple of ChecklistRow
    """
    give = "calibrate with a run of alpha-iron: --calibration alphaFe.ws5"
    if scale is None:
        rows: tuple[ChecklistRow, ...] = (
            ChecklistRow("isomer shift reference", "", "", give),
            ChecklistRow("velocity calibration", "", "", give),
            ChecklistRow("date of the calibration", "", "", give),
        )
    else:
        asked = CONVENTIONS[scale.convention]
        values = ", ".join(
            f"{name} {value_text(scale.value(name), scale.sigma(name))}" for name in scale.names
        )
        inner = f", inner lines {scale.widths[-1]:.3f} mm/s wide" if scale.widths else ""
        rows = (
            ChecklistRow(
                "isomer shift reference",
                "centroid of alpha-iron at room temperature",
                "calibration",
            ),
            ChecklistRow(
                "velocity calibration",
                f"alpha-iron ({scale.source.name}), convention {scale.convention}: "
                f"{_listed(asked.positions)} mm/s, {asked.field:g} T; {scale.drive}, {values}; "
                f"reduced chi2 {scale.reduced_chi2:.3f}{inner}",
                "calibration",
            ),
            ChecklistRow(
                "date of the calibration",
                scale.date,
                "calibration" if scale.date else "",
                "its file holds none: write it in the header",
            ),
        )
    return (*rows, _orientation(fits), _range(fits))


def _listed(positions: Sequence[float]) -> str:
    return ", ".join(f"{one:.4f}" for one in positions)


def _orientation(fits: Sequence[FittedSites]) -> ChecklistRow:
    item, do = "sign of velocity", "set orientation = 1 or orientation = -1"
    found = {one.axis.orientation for one in fits}
    if not found or None in found:
        return ChecklistRow(item, "", "", do)
    words = " and ".join(f"{one:+d}" for one in sorted(one for one in found if one is not None))
    return ChecklistRow(item, f"orientation {words}", "settings", do)


def _range(fits: Sequence[FittedSites]) -> ChecklistRow:
    if not fits:
        return ChecklistRow("range of velocity and channels", "", "", "fit a spectrum")
    low = min(float(one.axis.velocity[0]) for one in fits)
    high = max(float(one.axis.velocity[-1]) for one in fits)
    points = _between([float(one.axis.velocity.size) for one in fits])
    return ChecklistRow(
        "range of velocity and channels", f"{low:.2f} to {high:.2f} mm/s, {points} points", "file"
    )


def analysis_rows(
    fits: Sequence[FittedSites], settings: MossbauerSettings
) -> tuple[ChecklistRow, ...]:
    """Return how the spectra were fitted.

    Parameters
    ----------
    fits : sequence of FittedSites
        The spectra.
    settings : MossbauerSettings
        What was chosen.

    Returns
    -------
    tuple of ChecklistRow
    """
    if not fits:
        return (ChecklistRow("line shape and constraints", "", "", "fit a spectrum"),)
    sites = dict.fromkeys(" + ".join(one.kind for one in fitted.sites) for fitted in fits)
    tied = {
        "none": "lines of a doublet of equal area and width",
        "texture": "lines of a doublet of equal width, areas free",
        "relaxation": "lines of a doublet of equal area, widths free",
    }[settings.asymmetry]
    counted = all(not one.axis.not_counts for one in fits)
    reduced = [one.result.chi2 / max(1, one.result.nfree) for one in fits]
    worst = min(one.p_value for one in fits)
    parts = sorted(
        {name.rpartition(".")[2] for one in fits for name in one.names if "width" in name}
    )
    widths = [
        one.value(name) for one in fits for name in one.names if name.rpartition(".")[2] in parts
    ]
    return (
        ChecklistRow(
            "line shape and constraints",
            f"{settings.line}, {'; '.join(sites)}; {tied}; "
            f"{_between([float(one.result.nvary) for one in fits])} free parameters a spectrum",
            "fit",
        ),
        ChecklistRow("line widths", f"FWHM {_between(widths)} mm/s", "fit"),
        ChecklistRow(
            "errors",
            "one standard error from the covariance of the fit and that of the calibration; not scaled "
            "by chi2",
            "fit",
        ),
        ChecklistRow(
            "statistic",
            (
                "Poisson, both branches unfolded"
                if counted and all(one.axis.calibration is not None for one in fits)
                else "Poisson"
                if counted
                else "numbers that are no counts: chi2 says nothing"
            )
            + f"; reduced chi2 {_between(reduced)}, least probability {worst:.2g}",
            "fit",
        ),
    )


def counts_row(fits: Sequence[FittedSites]) -> ChecklistRow:
    """Return the counts off resonance.

    Parameters
    ----------
    fits : sequence of FittedSites
        The spectra.

    Returns
    -------
    ChecklistRow
    """
    if not fits:
        return ChecklistRow("counts", "", "", "fit a spectrum")
    levels = [one.value("b0") for one in fits]
    return ChecklistRow("counts", f"{_between(levels)} per channel off resonance", "fit")


def _between(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    if number_text(low, 4) == number_text(high, 4):
        return number_text(low, 4)
    return range_text(low, high, 4)
