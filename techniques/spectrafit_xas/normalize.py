"""Normalisation to an edge step of one, with every range recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.spectrum import FloatArray, Spectrum

__all__ = [
    "Normalization",
    "edge_step_scatter",
    "edge_step_spread",
    "flattened",
    "normalization",
    "normalized",
    "post_range",
    "pre_range",
]

PRE_EV = (-150.0, -30.0)
POST_START_EV = 50.0
SHORT_POST_EV = 40.0
LEAST_POST_EV = 15.0  # the end of a scan that stops nearer to E0 is still the white line
LONG_POST_EV = 300.0


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
        ``lines``, or ``MBACK`` where they were matched to tabulated absorption.
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
    def post_length_eV(self) -> float:
        """Length of the range above the edge."""
        return self.post_eV[1] - self.post_eV[0]


def _inside(x: FloatArray, low: float, high: float, rule: str) -> slice:
    if rule == "closed":
        return slice(int(np.searchsorted(x, low)), int(np.searchsorted(x, high, side="right")))
    start = max(int(np.searchsorted(x, low, side="right")) - 1, 0)
    stop = int(np.argmin(np.abs(x - high)))
    return slice(start, max(stop, start + 2))


def default_degree(length_eV: float) -> int:
    """Return the degree of the post-edge polynomial for a range of some length.

    Parameters
    ----------
    length_eV : float
        Length of the range.

    Returns
    -------
    int
        2 above 300 eV, 1 above 80 eV, else 0.
    """
    return 2 if length_eV > LONG_POST_EV else 1 if length_eV > 80 else 0


def pre_range(spectrum: Spectrum, e0_eV: float) -> tuple[float, float]:
    """Return the range of the line below the edge, as far as the data allow.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    e0_eV : float
        Where the step is taken.

    Returns
    -------
    tuple of float
        Relative to E0: [-150, -30], cut to the data; shorter scans have their lower half.
    """
    low, high = max(PRE_EV[0], float(spectrum.x[0]) - e0_eV), PRE_EV[1]
    return (low, low + 0.5 * abs(low + 10.0)) if low > high - 10.0 else (low, high)


def post_range(spectrum: Spectrum, e0_eV: float) -> tuple[float, float]:
    """Return the range of the polynomial above the edge, as far as the data allow.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    e0_eV : float
        Where the step is taken.

    Returns
    -------
    tuple of float
        Relative to E0: [50, end]; the upper half of a scan that ends before 80.

    Raises
    ------
    SpectrafitError
        When the scan ends within 15 eV of E0: there is no range above the edge.
    """
    last = float(spectrum.x[-1]) - e0_eV
    if last < LEAST_POST_EV:
        raise SpectrafitError(
            f"no range above the edge: the scan ends {last:.1f} eV above E0 at {e0_eV:.1f} eV, so "
            "that no edge step, and no area, is known",
            where=spectrum.source.name,
            do="measure to 100 eV above the edge, or set post_eV",
        )
    return (POST_START_EV if last > POST_START_EV + 30.0 else last / 2.0, last)


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
    pre = _inside(x, e0_eV + pre_eV[0], e0_eV + pre_eV[1], range_rule)
    post = _inside(x, e0_eV + post_eV[0], e0_eV + post_eV[1], range_rule)
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
    if not step > 0:
        raise SpectrafitError(
            f"the edge step is {step:.3g}",
            where=name,
            do="check the signal, E0 and the ranges: absorption must rise at the edge",
        )
    return replace(found, step=step)


def edge_step_spread(spectrum: Spectrum, found: Normalization) -> float | None:
    """Return the standard deviation of the edge step over other choices of ranges.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    found : Normalization
        The chosen one.

    Returns
    -------
    float or None
        In units of mu; None where fewer than three choices could be made.

    Notes
    -----
    Each range is taken whole, without its first and without its last fifth (3 x 3), with degree
    1 and 2 above the edge where that range is longer than 300 eV; a shorter one does not
    determine a curvature.
    """
    e0 = found.e0_eV
    long = found.post_length_eV > LONG_POST_EV
    degrees = (1, 2) if long and found.degree in (1, 2) else (found.degree,)

    def other(
        pre_eV: tuple[float, float], post_eV: tuple[float, float], degree: int
    ) -> Normalization:
        return normalization(
            spectrum,
            e0,
            pre_eV=pre_eV,
            post_eV=post_eV,
            degree=degree,
            victoreen=found.victoreen,
            range_rule=found.range_rule,
        )

    return edge_step_scatter(found, degrees, other)


def edge_step_scatter(
    found: Normalization,
    degrees: tuple[int, ...],
    other: Callable[[tuple[float, float], tuple[float, float], int], Normalization],
) -> float | None:
    """Return the standard deviation of the edge step over a 3 x 3 set of ranges.

    Parameters
    ----------
    found : Normalization
        The chosen one.
    degrees : tuple of int
        Of the polynomial above the edge.
    other : callable
        The normalisation for two ranges relative to E0 and a degree.

    Returns
    -------
    float or None
        In units of mu; None where fewer than three choices could be made.
    """
    e0, steps = found.e0_eV, []
    for pre in _variants(found.pre_eV):
        for post in _variants(found.post_eV):
            for degree in degrees:
                try:
                    made = other((pre[0] - e0, pre[1] - e0), (post[0] - e0, post[1] - e0), degree)
                except SpectrafitError:
                    continue
                steps.append(made.step)
    return float(np.std(steps, ddof=1)) if len(steps) >= 3 else None


def _variants(ends: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    fifth = (ends[1] - ends[0]) / 5.0
    return (ends, (ends[0] + fifth, ends[1]), (ends[0], ends[1] - fifth))


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
        Its history names every range.
    """
    entry = HistoryEntry(
        "normalise",
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
