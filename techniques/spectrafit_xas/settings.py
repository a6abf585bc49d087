"""Settings of the techniques `xanes` and `herfd`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Background", "HerfdSettings", "Shape", "XanesSettings"]

Shape = Literal["pearson7", "pseudo-voigt by height", "pseudo-voigt by area"]
Background = Literal[
    "line+lorentzian",
    "constant+arctan",
    "constant+erf",
    "constant+exponential",
    "line+arctan",
    "line+erf",
    "line+exponential",
    "exponential",
]


def _field(
    meaning: str,
    default: Any = None,
    unit: str = "1",
    *,
    factory: Any = None,
    matters: bool = False,
) -> Any:
    """Return a field; one that matters is spelt out in the first study of a folder."""
    metadata: dict[str, Any] = {"meaning": meaning, "unit": unit}
    if matters:
        metadata["matters"] = True
    if factory is not None:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class XanesSettings:
    """Settings of a K-edge XANES fit; every field has a meaning, a unit and a default.

    Ranges that end in ``_eV`` are on the calibrated axis where there is a foil, else on the
    recorded one; `pre_eV` and `post_eV` are relative to E0.
    """

    element: str = _field("absorber, like Fe; from the header or the energy range when empty", "")
    signal: Literal["auto", "transmission", "fluorescence", "mu"] = _field(
        "which columns make mu; auto refuses where more than one could", "auto", matters=True
    )
    columns: Mapping[str, str] = _field(
        "column names by role: energy, i0, transmitted, fluorescence, mu, dead_time, time; "
        'A + B is the sum of two, with weights like "vortDT + 0.8*vortDT2"',
        factory=dict,
    )
    dead_time_s: float | None = _field(
        "dead time of a pulse in each fluorescence channel, like 1.5e-6, to correct raw counts by "
        "their rate; needs the counting time, columns.time",
        None,
        "s",
    )
    counts: bool | None = _field(
        "whether detector columns are counts; taken from their unit when not given", matters=True
    )
    foil_signal: Literal["auto", "transmission", "fluorescence", "mu"] = _field(
        "which columns of a foil scan make mu", "auto"
    )
    foil_columns: Mapping[str, str] = _field(
        "column names of a foil scan by role, where they are unusual", factory=dict
    )
    foil_eV: float | None = _field(
        "energy that the foil's first inflection is given; needed with a calibration",
        None,
        "eV",
        matters=True,
    )
    kernel_eV: float = _field("half-width of the kernel that finds inflections", 1.5, "eV")
    shift_in: Literal["energy", "angle"] = _field(
        "whether the foil shifts all energies alike, or the Bragg angle, which shifts of more than "
        "5 eV ask for",
        "energy",
    )
    d_spacing_A: float | None = _field(
        "spacing of the monochromator's planes, for a shift of the angle; from the header when not "
        "given",
        None,
        "angstrom",
    )
    one_scan_errors: bool = _field(
        "whether the points of a scan without counts get errors from its third differences, where "
        "its steps are fine enough",
        False,
    )
    deglitch: bool = _field(
        "whether single points far from the curve of their neighbours are left out", True
    )
    glitch_limit: float = _field(
        "how far, in deviations of the points around it, makes a point a glitch", 10.0
    )
    align: bool = _field(
        "whether scans that hold a foil channel are aligned by it before they are merged; not where "
        "the sample channel contradicts it",
        False,
    )
    on_drift: Literal["keep leading", "keep all", "zero dose"] = _field(
        "what is merged where repeated scans drift: the leading ones, all, or a line through all, "
        "point by point, taken to the start of the first scan",
        "keep leading",
    )
    grid_eV: float | None = _field(
        "step of a coarser grid that scans are averaged on; as recorded when not given", None, "eV"
    )
    e0_eV: float | None = _field(
        "E0 of the normalisation; the steepest point above the pre-edge window when not given",
        None,
        "eV",
    )
    pre_eV: tuple[float, float] | None = _field(
        "range of the line below the edge, relative to E0; -150 to -30 where the data allow",
        None,
        "eV",
        matters=True,
    )
    post_eV: tuple[float, float] | None = _field(
        "range of the polynomial above the edge, relative to E0; 50 to the end",
        None,
        "eV",
        matters=True,
    )
    post_degree: int | None = _field(
        "degree of the polynomial above the edge; by the length of the range when not given"
    )
    victoreen: Literal[0, 3, 4] = _field("the pre-edge line is fitted to mu E^v with this v", 0)
    range_rule: Literal["closed", "larch"] = _field(
        "closed: both ends of a range belong to it; larch: as larch cuts ranges", "closed"
    )
    normalisation: Literal["lines", "mback"] = _field(
        "lines: a line below and a polynomial above the edge; mback: both matched to tabulated "
        "absorption, by xraylarch",
        "lines",
    )
    over_absorption: Literal["off", "composition", "ratio"] = _field(
        "whether the damping of fluorescence by a thick sample is taken off, and where its size "
        "comes from: composition, or over_absorption_ratio",
        "off",
    )
    composition: Mapping[str, float] = _field(
        'mass by formula of a thick sample, with what dilutes it, like { "Fe2O3" = 5, "BN" = 95 }',
        factory=dict,
    )
    angles_deg: tuple[float, float] = _field(
        "angle of the beam and of the detector to the sample's surface", (45.0, 45.0), "deg"
    )
    over_absorption_ratio: tuple[float, float] | None = _field(
        "what else absorbs over the jump of the edge, and its standard uncertainty, as a fit to a "
        "transmission spectrum gives them"
    )
    window_eV: tuple[float, float] | None = _field(
        "window of the pre-edge fit; 5 below to 7 above the tabulated edge when not given",
        None,
        "eV",
        matters=True,
    )
    peaks: int | None = _field("number of peaks; chosen by BIC when not given", matters=True)
    max_peaks: int = _field("most peaks that are tried", 4)
    bic_margin: float = _field("BIC must fall by this for one more peak", 10.0)
    shape: Shape = _field("line shape of the peaks", "pearson7", matters=True)
    exponent: float = _field(
        "Pearson VII exponent m; 1.91 is nearest to 50:50 by height, 2.38 to 50:50 by area", 1.91
    )
    fraction: float = _field("Lorentzian share of the pseudo-Voigt", 0.5)
    shared_width: bool = _field("whether all peaks have one FWHM", True)
    fwhm_eV: tuple[float, float] = _field("bounds of the FWHM", (1.0, 3.0), "eV", matters=True)
    center_reach_eV: float = _field("how far a centre may move from its start", 1.5, "eV")
    centers_eV: tuple[float, ...] = _field("start values of the centres", (), "eV")
    background: Background = _field(
        "form of the rising edge below the peaks", "line+lorentzian", matters=True
    )
    emphasis: float = _field(
        "weight of the second derivative in the fits, from 0 (none) to 1 (it alone), which damps "
        "what varies slowly, like the rising edge; the number of peaks rests on fits without",
        0.0,
    )
    method_spread: bool | None = _field(
        "whether the ensemble is fitted too (other windows, rising edges, shapes, numbers of peaks), "
        "for the mean and the error of the area; when not given, yes, but not for each scan of a "
        "long series (more than 20 files)",
        matters=True,
    )
    windows_eV: tuple[tuple[float, float], ...] = _field(
        "windows of the ensemble; the fit window, and it without a twentieth or a tenth at its ends, "
        "when not given",
        (),
        "eV",
    )
    backgrounds: tuple[Background, ...] = _field(
        "forms of the rising edge in the ensemble",
        (
            "line+lorentzian",
            "constant+arctan",
            "constant+erf",
            "constant+exponential",
            "line+exponential",
        ),
    )
    shapes: tuple[Shape, ...] = _field(
        "line shapes of the peaks in the ensemble",
        ("pearson7", "pseudo-voigt by height", "pseudo-voigt by area"),
    )
    weighing: Literal["equal", "bic"] = _field(
        "how the members of the ensemble that pass its screen count: alike, or by BIC inside a window",
        "equal",
    )
    resamples: int = _field(
        "new data sets of each member of the ensemble, from blocks of its residual; its errors come "
        "from the covariance of its fit when 0",
        0,
    )
    count_draws: int = _field(
        "spectra that are drawn to test one peak fewer under every shape and rising edge, at least "
        "100; 0: not tested, 200 takes minutes",
        0,
    )
    drop_deviating: bool = _field(
        "whether scans that deviate from the others are left out of a merged spectrum; they are "
        "named either way",
        False,
    )
    subtract_minimum: bool = _field("whether the window's minimum is subtracted first", False)
    weights: Literal["sigma", "none"] = _field(
        "none gives every point the same weight and takes the noise from the residual",
        "sigma",
        matters=True,
    )


@dataclass(frozen=True)
class HerfdSettings(XanesSettings):
    """Settings of a HERFD fit: those of XANES, sharper peaks, and the emission side."""

    signal: Literal["auto", "transmission", "fluorescence", "mu"] = _field(
        "which columns make mu", "fluorescence", matters=True
    )
    shared_width: bool = _field("whether all peaks have one FWHM", False)
    fwhm_eV: tuple[float, float] = _field(
        "bounds of the FWHM; the lifetime floor is 0.35 eV for Fe", (0.4, 2.5), "eV", matters=True
    )
    center_reach_eV: float = _field("how far a centre may move from its start", 1.0, "eV")
    emission_line: str = _field("emission line", "Ka1")
    emission_eV: float | None = _field(
        "emission energy; from the header when not given", None, "eV", matters=True
    )
    analyser: str = _field("analyser crystals and reflection", "")
    resolution_eV: float | None = _field("total energy resolution", None, "eV")
