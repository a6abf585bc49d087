"""Normalisation to an edge step of one, with every range recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.normalisation.edge_ranges import (
    default_degree,
    points_inside,
    post_range,
    pre_range,
)

__all__ = [
    "HIGHEST_POINT",
    "Normalization",
    "flattened",
    "normalization",
    "normalized",
    "scaling_to_the_highest_point",
]

SHORT_POST_EV = 40.0
HIGHEST_POINT = "highest point"
# of the signal: a smaller edge step is its rounding
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Normalization:
    """The lines below and above an edge, and the step between them.

    Parameters
    ----------
    e0_eV : float
        Energy at which the step is taken.
    pre_eV, post_eV : tuple of float
        Ranges, absolute.
    victoreen : int
        The line was fitted to mu E^v.
    degree : int
        Of the polynomial above the edge.
    range_rule : str
        ``closed`` or ``larch``.
    pre : tuple of float
        Intercept and slope of the line through mu E^v, about E0.
    post : tuple of float
        Coefficients of the polynomial through mu minus the line, about E0, constant first.
    step : float
        Edge step in units of mu.
    step_sigma : float or None
        Spread of the step over a 3 x 3 set of ranges and degrees 1 and 2; None where no second
        choice was possible.
    method : str
        ``lines``; ``MBACK`` where they were matched to tabulated absorption; ``highest point``
        where there is no range above the edge, and `step` is no edge step.
    """

    e0_eV: float
    pre_eV: tuple[float, float]
    post_eV: tuple[float, float]
    victoreen: int
    degree: int
    range_rule: str
    pre: tuple[float, float]
    post: tuple[float, ...]
    step: float
    step_sigma: float | None = None
    method: str = "lines"

    def pre_line(self, x: FloatArray) -> FloatArray:
        """Return the line below the edge.

        Parameters
        ----------
        x : ndarray
            Energies in eV.

        Returns
        -------
        ndarray
        """
        line = self.pre[0] + self.pre[1] * (x - self.e0_eV)
        return np.asarray(line * (x / self.e0_eV) ** (-self.victoreen), dtype=np.float64)

    def post_curve(self, x: FloatArray) -> FloatArray:
        """Return the polynomial above the edge.

        Parameters
        ----------
        x : ndarray
            Energies in eV.

        Returns
        -------
        ndarray
        """
        above = np.polynomial.polynomial.polyval(x - self.e0_eV, np.array(self.post))
        return np.asarray(self.pre_line(x) + above, dtype=np.float64)

    @property
    def has_step(self) -> bool:
        """Whether `step` is an edge step, so that areas can be told."""
        return self.method != HIGHEST_POINT

    @property
    def post_length_eV(self) -> float:
        """Length of the range above the edge."""
        return self.post_eV[1] - self.post_eV[0]


def normalization(
    spectrum: Spectrum,
    e0_eV: float,
    *,
    pre_eV: tuple[float, float] | None = None,
    post_eV: tuple[float, float] | None = None,
    degree: int | None = None,
    victoreen: int = 0,
    range_rule: str = "closed",
) -> Normalization:
    """Return the lines below and above an edge.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    e0_eV : float
        Where the step is taken.
    pre_eV, post_eV : tuple of float, optional
        Ranges relative to E0; [-150, -30] and [50, end] cut to the data when not given.
    degree : int, optional
        Of the post-edge polynomial; by the length of the range when not given.
    victoreen : int
        The line is fitted to mu E^v.
    range_rule : str
        ``closed``: both ends belong to the range. ``larch``: from the last point at or below the
        start up to, but without, the point nearest the end, and the step at the grid point
        nearest E0, as xraylarch does.

    Returns
    -------
    Normalization

    Raises
    ------
    SpectrafitError
        When a range holds too few points or the step is not positive.

    Notes
    -----
    step = post(E0) - pre(E0); normalised mu = (mu - pre)/step. The victoreen form follows
    J. A. Victoreen, J. Appl. Phys. 20 (1949) 1141 as used in pre-edge removal.
    """
    x, y, name = spectrum.x, spectrum.y, spectrum.source.name
    pre_eV = pre_range(spectrum, e0_eV) if pre_eV is None else pre_eV
    post_eV = post_range(spectrum, e0_eV) if post_eV is None else post_eV
    pre = points_inside(x, e0_eV + pre_eV[0], e0_eV + pre_eV[1], range_rule)
    post = points_inside(x, e0_eV + post_eV[0], e0_eV + post_eV[1], range_rule)
    degree = default_degree(post_eV[1] - post_eV[0]) if degree is None else degree
    for which, part, least in (("below", pre, 2), ("above", post, degree + 1)):
        count = len(x[part])
        if count < least:
            raise SpectrafitError(
                f"{count} points in the range {which} the edge",
                where=name,
                do=f"give {'pre_eV' if which == 'below' else 'post_eV'} so that it holds at least "
                f"{least}; the data run from {x[0] - e0_eV:.1f} to {x[-1] - e0_eV:.1f} eV about E0",
            )
    scaled = y[pre] * (x[pre] / e0_eV) ** victoreen
    line = np.polynomial.polynomial.polyfit(x[pre] - e0_eV, scaled, 1)
    found = Normalization(
        e0_eV,
        (e0_eV + pre_eV[0], e0_eV + pre_eV[1]),
        (e0_eV + post_eV[0], e0_eV + post_eV[1]),
        victoreen,
        degree,
        range_rule,
        (float(line[0]), float(line[1])),
        (0.0,),
        1.0,
    )
    above = y[post] - found.pre_line(x[post])
    curve = np.polynomial.polynomial.polyfit(x[post] - e0_eV, above, degree)
    found = replace(found, post=tuple(float(c) for c in curve))
    at = e0_eV if range_rule == "closed" else float(x[np.argmin(np.abs(x - e0_eV))])
    there = np.array([at])
    step = float((found.post_curve(there) - found.pre_line(there))[0])
    # a step that is the rounding of the signal is none
    if not step > _ROUNDING * float(np.abs(y).max()):
        raise SpectrafitError(
            f"the edge step is {step:.3g}",
            where=name,
            do="check the signal, E0 and the ranges: absorption must rise at the edge",
        )
    return replace(found, step=step)


def scaling_to_the_highest_point(
    spectrum: Spectrum,
    e0_eV: float,
    *,
    pre_eV: tuple[float, float] | None = None,
    victoreen: int = 0,
    range_rule: str = "closed",
) -> Normalization:
    """Return the line below an edge and the highest point above it, for a scan that ends there.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV, without a range above the edge.
    e0_eV : float
        Steepest point.
    pre_eV : tuple of float, optional
        Range relative to E0; [-150, -30] cut to the data when not given.
    victoreen : int
        The line is fitted to mu E^v.
    range_rule : str
        As of `normalization`.

    Returns
    -------
    Normalization
        Its `has_step` is False: energies and widths can be read off the scaled spectrum, no areas.

    Raises
    ------
    SpectrafitError
        As `normalization`.
    """
    last = float(spectrum.x[-1]) - e0_eV
    found = normalization(
        spectrum,
        e0_eV,
        pre_eV=pre_eV,
        post_eV=(min(0.0, last), last),
        degree=0,
        victoreen=victoreen,
        range_rule=range_rule,
    )
    highest = float(np.max(spectrum.y - found.pre_line(spectrum.x)))
    return replace(found, post=(highest,), step=highest, method=HIGHEST_POINT)


def normalized(spectrum: Spectrum, found: Normalization) -> Spectrum:
    """Return the spectrum with the pre-edge line at zero and the step at one.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    found : Normalization
        Lines and step.

    Returns
    -------
    Spectrum
        Its history names every range; without an edge step the entry is ``scale``.
    """
    entry = HistoryEntry(
        "normalise" if found.has_step else "scale",
        {
            "e0_eV": found.e0_eV,
            "pre_eV": found.pre_eV,
            "post_eV": found.post_eV,
            "post_degree": found.degree,
            "victoreen": found.victoreen,
            "range_rule": found.range_rule,
            "method": found.method,
            "edge_step": found.step,
            "edge_step_sigma": found.step_sigma,
        },
    )
    return spectrum.after(
        entry,
        y=(spectrum.y - found.pre_line(spectrum.x)) / found.step,
        sigma=None if spectrum.sigma is None else spectrum.sigma / found.step,
    )


def flattened(normalised: Spectrum, found: Normalization) -> Spectrum:
    """Return the normalised spectrum with the polynomial above the edge at one.

    Parameters
    ----------
    normalised : Spectrum
        From `normalized`.
    found : Normalization
        Lines and step.

    Returns
    -------
    Spectrum
        Unchanged up to E0; above, norm + 1 - (post - pre)/step. With the range rule of larch from
        the grid point nearest E0 on, as its ``flat``.
    """
    x, e0 = normalised.x, found.e0_eV
    above = x > e0
    if found.range_rule == "larch":
        above = np.arange(x.size) >= int(np.argmin(np.abs(x - e0)))
    rise = (found.post_curve(x) - found.pre_line(x)) / found.step
    entry = HistoryEntry("flatten", {"e0_eV": e0, "range_rule": found.range_rule})
    return normalised.after(entry, y=np.where(above, normalised.y + 1.0 - rise, normalised.y))
