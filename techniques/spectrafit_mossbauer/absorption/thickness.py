"""Thick absorbers: the transmission integral, and warnings where the thin model is doubtful.

``T(v) = 1 - f + f Int L(E - v) exp(-t A(E)) dE`` with f the resonant share of the counts, L the source
line and A the absorber's cross section, 1 at the maximum of an unsplit line of natural width. S. Margulies,
J. R. Ehrman, Nucl. Instrum. Methods 12, 131 (1961).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FitResult
from spectrafit.lines.asymmetric_doublet import asymmetric_doublet
from spectrafit.lines.line import Component, Line, LineParameter
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.baseline import LEVEL, baseline
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.absorption.unfolded import Unfolded
from spectrafit_mossbauer.constants import NATURAL_FWHM

__all__ = ["ThickDoublet", "fit_thick", "thick_absorption", "thickness_warnings"]

DEPTH_LIMIT: Final = 0.10
WIDTH_LIMIT: Final = 0.35
THICKNESS_LIMIT: Final = 1.0

# the trapezium rule errs by exp(-pi G/h) for lines of width G: at this share of it by 1e-9
_STEP = 0.15
# mm/s beyond the data: what absorbs there moves T by less than 1e-4 of the deepest absorption
_MARGIN = 12.0


@dataclass(frozen=True, eq=False)
class ThickDoublet:
    """The share of resonant counts that a thick doublet takes out, times a height, and derivatives.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Velocities, in mm/s.
    source_fwhm : float
        Of the source line, in mm/s.
    """

    x: FloatArray
    source_fwhm: float = NATURAL_FWHM

    def __post_init__(self) -> None:
        step = _STEP * min(self.source_fwhm, NATURAL_FWHM)
        energy = np.arange(self.x.min() - _MARGIN, self.x.max() + _MARGIN + step, step)
        away = 2.0 * (energy - np.asarray(self.x)[:, None]) / self.source_fwhm
        kernel = step * 2.0 / (math.pi * self.source_fwhm) / (1.0 + away * away)
        object.__setattr__(self, "_energy", energy)
        object.__setattr__(self, "_kernel", kernel)

    def __call__(
        self, x: FloatArray, center: float, splitting: float, fwhm: float, thickness: float,
        height: float,
    ) -> tuple[FloatArray, ...]:  # fmt: skip
        """Return ``height Int L(E - v) [1 - exp(-t A(E))] dE`` and its derivatives.

        Parameters
        ----------
        x : ndarray, shape (n,)
            The points it was made for.
        center, splitting, fwhm : float
            Of the absorber's lines, in mm/s.
        thickness : float
            t, effective.
        height : float
            In units of y.

        Returns
        -------
        tuple of ndarray
        """
        kernel: FloatArray = self._kernel  # type: ignore[attr-defined]
        # a line of natural width and of this area has a maximum of 1
        unit = 0.5 * math.pi * NATURAL_FWHM
        energy: FloatArray = self._energy  # type: ignore[attr-defined]
        section, by_center, by_splitting, by_low, by_high, *_ = asymmetric_doublet(
            energy, center, splitting, fwhm, fwhm, unit, 1.0
        )
        left = np.exp(-thickness * section)
        moved = np.stack([
            -np.expm1(-thickness * section), left * by_center, left * by_splitting,
            left * (by_low + by_high), left * section,
        ])  # fmt: skip
        out = moved @ kernel.T
        slope = height * thickness
        return (
            height * out[0], slope * out[1], slope * out[2], slope * out[3], height * out[4], out[0]
        )  # fmt: skip


def _component(axis: Unfolded, source_fwhm: float) -> Component:
    low, high = float(axis.velocity[0]), float(axis.velocity[-1])
    line = Line(
        name="thick_doublet",
        meaning="doublet of a thick absorber, natural source line folded in",
        function=ThickDoublet(axis.velocity, source_fwhm),
        parameters=(
            LineParameter("center", "x", 0.0, low, high, "isomer shift"),
            LineParameter("splitting", "x", 1.0, 0.0, high - low, "quadrupole splitting"),
            LineParameter("fwhm", "x", 0.2, NATURAL_FWHM, high - low, "absorber's line width"),
            LineParameter("thickness", "1", 1.0, 0.0, 1e3, "effective thickness"),
            LineParameter("height", "y", -1.0, meaning="resonant counts, negative", linear=True),
        ),
        constants=(("source_fwhm", source_fwhm),),
    )
    return Component(line, "site1")


def thick_absorption(
    v: FloatArray, thickness: float, fwhm: float = NATURAL_FWHM, splitting: float = 0.0,
    source_fwhm: float = NATURAL_FWHM,
) -> FloatArray:  # fmt: skip
    """Return the share of resonant counts that a thick absorber takes out.

    Parameters
    ----------
    v : ndarray, shape (n,)
        Velocities from the isomer shift, in mm/s.
    thickness : float
        Effective: nuclei of 57Fe per area times the cross section times the recoil-free fraction.
    fwhm, splitting : float, optional
        Of the absorber, in mm/s.
    source_fwhm : float, optional
        Of the source, in mm/s.

    Returns
    -------
    ndarray, shape (n,)
        0 to 1.
    """
    points = np.asarray(v, dtype=float)
    return ThickDoublet(points, source_fwhm)(points, 0.0, splitting, fwhm, thickness, 1.0)[0]


def fit_thick(
    fitted: FittedSites, non_resonant: float | None, *, source_fwhm: float = NATURAL_FWHM
) -> FitResult:
    """Return the fit of one doublet by the transmission integral.

    Parameters
    ----------
    fitted : FittedSites
        The thin fit of one doublet, from which this starts.
    non_resonant : float or None
        Share of the counts off resonance that no absorber can take out: recoil, other lines,
        background. It has to be measured: without it thickness and width are degenerate.
    source_fwhm : float, optional
        Of the source line, in mm/s.

    Returns
    -------
    FitResult
        ``site1.center``, ``site1.splitting``, ``site1.fwhm``, ``site1.thickness`` and the baseline.

    Raises
    ------
    SettingsError
        When the share is not given or not between 0 and 1, or the thin fit is not one doublet.
    """
    if non_resonant is None:
        raise SettingsError(
            "thickness and line width are degenerate without the non-resonant share of the counts",
            where=fitted.axis.source_name,
            do="measure it (a thick filter of iron, pulse heights) and give it, or stay thin",
        )
    if not 0.0 <= non_resonant < 1.0:
        raise SettingsError(f"a non-resonant share of {non_resonant:g}", do="give 0 to below 1")
    if [site.kind for site in fitted.sites] != ["doublet"] or fitted.sites[0].shape == "voigt":
        raise SettingsError("the transmission integral is offered for one doublet of Lorentzians")
    axis, site = fitted.axis, fitted.sites[0]
    model = baseline(axis) + _component(axis, source_fwhm)
    share = 1.0 - non_resonant
    width = max(fitted.value(site.name("width_low")) - source_fwhm, 1.05 * NATURAL_FWHM)
    thin = fitted.value(site.name("area")) / (share * 0.5 * math.pi * NATURAL_FWHM)
    start = {
        "site1.center": fitted.value(site.name("IS")),
        "site1.splitting": fitted.value(site.name("QS")),
        "site1.fwhm": width,
        "site1.thickness": max(1.2 * thin, 1e-3),
        **{name: fitted.result.value(name) for name in fitted.result.names if "scale" in name},
    }
    tie = ParameterChange(equals=f"{-share!r}*{LEVEL}")
    problem = Problem(axis.spectrum, model, start=start, parameters={"site1.height": tie})
    sigma = axis.spectrum.sigma
    stack = fit_many(
        problem, axis.counts[None, :], sigma=sigma, counts=sigma is None, engine="batch"
    )
    return stack.result(0)


def thickness_warnings(
    fitted: FittedSites, declared_thickness: float | None = None
) -> tuple[str, ...]:
    """Return why the thin model is doubtful.

    Parameters
    ----------
    fitted : FittedSites
        The thin fit.
    declared_thickness : float, optional
        t, where the user knows it.

    Returns
    -------
    tuple of str
        Empty where nothing speaks against it.
    """
    found = []
    absorbed = np.zeros(fitted.axis.velocity.size)
    for site in fitted.sites:
        absorbed -= site.component.evaluate(fitted.axis.velocity, fitted.result.by_name)
    depth = float(np.max(absorbed / (fitted.expected + absorbed)))
    if depth > DEPTH_LIMIT:
        found.append(f"the deepest absorption is {depth:.1%}, above {DEPTH_LIMIT:.0%}")
    for one in fitted.readings:
        part = one.name.rpartition(".")[2]
        if part.startswith("width") and one.value > WIDTH_LIMIT:
            found.append(f"{one.name} is {one.value:.3f} mm/s, above {WIDTH_LIMIT} mm/s")
    if declared_thickness is not None and declared_thickness > THICKNESS_LIMIT:
        found.append(f"the declared thickness is {declared_thickness:g}, above {THICKNESS_LIMIT:g}")
    return tuple(found)
