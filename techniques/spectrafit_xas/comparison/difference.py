"""The difference of two normalised spectra on one axis, with its covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.comparison.linear_combination import NoisyCurve
from spectrafit_xas.smoothing import local_cubic

__all__ = [
    "ComparedSpectrum",
    "Difference",
    "RegionTest",
    "aligned_difference",
    "common_grid",
    "noisy_curve",
    "region_test",
]

ROUNDS = 8
SETTLED_EV = 1e-5
SLOPE_KERNEL_EV = 1.5
MARGIN_POINTS = 2
FEWEST = 20
MISFIT_P = 0.01
WIDE_EV = 3.0


@dataclass(frozen=True, eq=False)
class ComparedSpectrum:
    """A normalised spectrum with the errors that all its points share.

    Parameters
    ----------
    spectrum : Spectrum
        Edge step one, energy in eV, with a sigma at every point.
    scale_sigma : float
        Relative standard uncertainty of its edge step against the other's.
    axis_sigma_eV : float
        Standard uncertainty of its energy axis against the other's.
    name : str
        As in keys and words, like ``"135K"``.
    together : ndarray, shape (n, k), or None
        Directions in which the noise of the normalisation's lines moves all points together.

    Raises
    ------
    SpectrafitError
        For a spectrum that is not normalised, or has no sigma.
    """

    spectrum: Spectrum
    scale_sigma: float
    axis_sigma_eV: float
    name: str = ""
    together: FloatArray | None = None

    def __post_init__(self) -> None:
        place = self.name or self.spectrum.source.name
        if not any(entry.step == "normalise" for entry in self.spectrum.history):
            raise SpectrafitError(
                "the spectrum is not normalised",
                where=place,
                do="compare spectra whose edge step is one; raw ones differ by their thickness",
            )
        if self.spectrum.sigma is None:
            raise SpectrafitError(
                f"no point errors ({self.spectrum.sigma_origin or 'none in the file'}): whether two "
                "spectra are equal cannot be judged without them",
                where=place,
                do="say that the columns are counts (counts = true), or give repeats",
            )

    def around(self, grid: FloatArray) -> tuple[Spectrum, FloatArray]:
        """Return the points that a spline over a grid depends on, and their covariance.

        Parameters
        ----------
        grid : ndarray, shape (n,)
            Energies in eV.

        Returns
        -------
        near : Spectrum
            Some eV wider than the grid.
        covariance : ndarray
            Of its points and of the lines of the normalisation.
        """
        low, high = float(grid[0]) - 5 * WIDE_EV, float(grid[-1]) + 5 * WIDE_EV
        near = self.spectrum.window(low, high)
        assert near.sigma is not None
        covariance: FloatArray = np.diag(near.sigma**2)
        if self.together is not None:
            inside = (self.spectrum.x >= low) & (self.spectrum.x <= high)
            covariance = covariance + self.together[inside] @ self.together[inside].T
        return near, covariance


@dataclass(frozen=True, eq=False)
class Difference:
    """D = y_a - f y_b(E - s) with what is known of it.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Energies in eV.
    y : ndarray, shape (n,)
        D with the fitted f and s.
    covariance : ndarray, shape (n, n)
        Of D: points, lines of the normalisation, and what is left open in f and s.
    raw : ndarray, shape (n,)
        y_a - y_b with f = 1 and s = 0, linear about the fitted ones.
    raw_covariance : ndarray, shape (n, n)
        Of `raw`: points, lines, edge step and axis.
    point_covariance : ndarray, shape (n, n)
        Of points and lines alone.
    scale, shift_eV : float
        f and s, drawn to 1 and 0 by what is known of step and axis.
    free_shift_eV, free_shift_sigma_eV : float
        s from the spectra alone, step free, with the error of the points; wider where spectra
        differ by more than a shift.
    axis_sigma_eV : float
        Standard uncertainty of one axis against the other.
    chi2 : float
        Of D, steps and axis counted.
    """

    x: FloatArray
    y: FloatArray
    covariance: FloatArray
    raw: FloatArray
    raw_covariance: FloatArray
    point_covariance: FloatArray
    scale: float
    shift_eV: float
    free_shift_eV: float
    free_shift_sigma_eV: float
    axis_sigma_eV: float
    chi2: float

    @property
    def sigma(self) -> FloatArray:
        """Standard uncertainty of each point of D, shape (n,)."""
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True)
class RegionTest:
    """Whether two spectra agree over a region.

    Parameters
    ----------
    name : str
        Of the region.
    low_eV, high_eV : float
        Its ends.
    chi2 : float
        Of the difference there, edge steps and axes counted.
    points : int
        Degrees of freedom.
    """

    name: str
    low_eV: float
    high_eV: float
    chi2: float
    points: int

    @property
    def p(self) -> float:
        """Chance of so large a difference between equal spectra."""
        from scipy.special import chdtrc

        return float(chdtrc(self.points, self.chi2))


def common_grid(spectra: list[Spectrum], low_eV: float, high_eV: float) -> FloatArray:
    """Return the energies that spectra are compared at: those of the coarsest one.

    Parameters
    ----------
    spectra : list of Spectrum
        At least one.
    low_eV, high_eV : float
        Where they are compared.

    Returns
    -------
    ndarray, shape (n,)
        Two points inside the ends of every spectrum.

    Raises
    ------
    SpectrafitError
        When fewer than 20 points are left.
    """
    start = max(low_eV, *(float(one.x[min(MARGIN_POINTS, len(one) - 1)]) for one in spectra))
    stop = min(high_eV, *(float(one.x[-1 - min(MARGIN_POINTS, len(one) - 1)]) for one in spectra))
    inside = [one.x[(one.x >= start) & (one.x <= stop)] for one in spectra]
    coarsest = min(inside, key=lambda x: x.size)
    if coarsest.size < FEWEST:
        raise SpectrafitError(
            f"{coarsest.size} common points between {low_eV:.1f} and {high_eV:.1f} eV",
            where=" and ".join(one.source.name for one in spectra[:2]),
            do=f"a comparison needs {FEWEST} at least",
        )
    return coarsest


def _spline(x: FloatArray, at: FloatArray) -> FloatArray:
    """Return the matrix of a cubic spline: it is linear in the values, so errors go with it."""
    from scipy.interpolate import make_interp_spline

    if x.size == at.size and np.array_equal(x, at):
        return np.eye(x.size)
    return np.asarray(make_interp_spline(x, np.eye(x.size), k=3)(at), dtype=np.float64)


def noisy_curve(one: ComparedSpectrum, grid: FloatArray) -> NoisyCurve:
    """Return a spectrum on a grid with the covariance of points, edge step and axis.

    Parameters
    ----------
    one : ComparedSpectrum
        What is put on the grid.
    grid : ndarray, shape (n,)
        Energies in eV.

    Returns
    -------
    NoisyCurve
    """
    near, noise = one.around(grid)
    maps = _spline(near.x, grid)
    y = maps @ near.y
    slope = local_cubic(near.x, grid, SLOPE_KERNEL_EV).derivative(1, near.y)
    points = maps @ noise @ maps.T
    shared = one.scale_sigma**2 * np.outer(y, y) + one.axis_sigma_eV**2 * np.outer(slope, slope)
    return NoisyCurve(y, points + shared, one.name)


def aligned_difference(a: ComparedSpectrum, b: ComparedSpectrum, grid: FloatArray) -> Difference:
    """Return y_a - f y_b(E - s) with f free within the edge steps and s within the axes.

    Parameters
    ----------
    a, b : ComparedSpectrum
        Normalised spectra.
    grid : ndarray, shape (n,)
        Energies in eV.

    Returns
    -------
    Difference

    Notes
    -----
    f and s are found by Gauss-Newton on r' V^-1 r + ((f - 1)/sigma_f)^2 + (s/sigma_s)^2, V that of
    the points. Letting them free within their errors and putting those errors into the covariance
    of the plain difference is the same thing, so a region's chi2 uses the latter. The slope comes
    from a local cubic of half-width 1.5 eV: that of noisy points would draw s to zero.
    """
    near_a, points_a = a.around(grid)
    near_b = b.around(grid)
    maps = _spline(near_a.x, grid)
    y_a, noise_a = maps @ near_a.y, maps @ points_a @ maps.T
    scale_sigma = float(np.hypot(a.scale_sigma, b.scale_sigma))
    axis_sigma = float(np.hypot(a.axis_sigma_eV, b.axis_sigma_eV))
    prior = np.array([scale_sigma, axis_sigma])
    found, inverse, state = _settled(y_a, noise_a, near_b, grid, prior)
    free, free_inverse, free_state = _settled(y_a, noise_a, near_b, grid, None)
    y, directions, points = state
    gain = inverse @ directions.T @ np.linalg.inv(points)
    rest = np.eye(grid.size) - directions @ gain
    marginal = points + (directions * prior**2) @ directions.T
    raw = y + directions @ (found - [1.0, 0.0])
    chi2 = float(y @ np.linalg.solve(points, y)) + float(
        (((found - [1.0, 0.0]) / prior) ** 2).sum()
    )
    widened = _misfit(free_state[0], free_state[2])
    return Difference(
        grid,
        y,
        rest @ marginal @ rest.T,
        raw,
        marginal,
        points,
        float(found[0]),
        float(found[1]),
        float(free[1]),
        float(np.sqrt(free_inverse[1, 1])) * widened,
        axis_sigma,
        chi2,
    )


_State = tuple[FloatArray, FloatArray, FloatArray]
_Around = tuple[Spectrum, FloatArray]


def _settled(
    y_a: FloatArray,
    noise_a: FloatArray,
    near_b: _Around,
    grid: FloatArray,
    prior: FloatArray | None,
) -> tuple[FloatArray, FloatArray, _State]:
    """Return f and s, their covariance, and (residual, its directions, its point covariance)."""
    held = np.zeros((2, 2)) if prior is None else np.diag(prior**-2.0)
    centre, found = np.array([1.0, 0.0]), np.array([1.0, 0.0])
    for _ in range(ROUNDS):
        y_b, slope, points = _moved(near_b, grid, float(found[1]), noise_a, float(found[0]))
        residual = y_a - found[0] * y_b
        # r falls by y_b for each unit of f and rises by f y_b' for each eV of s
        directions = np.column_stack((y_b, -found[0] * slope))
        weighted = np.linalg.solve(points, directions)
        inverse: FloatArray = np.asarray(np.linalg.inv(directions.T @ weighted + held), np.float64)
        step = inverse @ (weighted.T @ residual - held @ (found - centre))
        step[1] = float(np.clip(step[1], -WIDE_EV, WIDE_EV))
        last = bool(abs(step[1]) < SETTLED_EV and abs(step[0]) < SETTLED_EV)
        if last:
            break
        found = found + step
        found[1] = float(np.clip(found[1], -2 * WIDE_EV, 2 * WIDE_EV))
    y_b, slope, points = _moved(near_b, grid, float(found[1]), noise_a, float(found[0]))
    directions = np.column_stack((y_b, -found[0] * slope))
    return found, inverse, (y_a - found[0] * y_b, directions, points)


def _moved(
    around: _Around, grid: FloatArray, shift_eV: float, noise_a: FloatArray, scale: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return y_b(E - s), its slope there, and the point covariance of the difference."""
    near, noise_b = around
    at = grid - shift_eV
    maps = _spline(near.x, at)
    slope = local_cubic(near.x, at, SLOPE_KERNEL_EV).derivative(1, near.y)
    noise = noise_a + scale**2 * maps @ noise_b @ maps.T
    return maps @ near.y, slope, noise


def _misfit(residual: FloatArray, points: FloatArray) -> float:
    """Return what the error of a shift grows by where shifted spectra still differ."""
    from scipy.special import chdtrc

    degrees = residual.size - 2
    value = float(residual @ np.linalg.solve(points, residual))
    return float(np.sqrt(value / degrees)) if chdtrc(degrees, value) < MISFIT_P else 1.0


def region_test(found: Difference, name: str, low_eV: float, high_eV: float) -> RegionTest | None:
    """Return chi2 of a difference over a region.

    Parameters
    ----------
    found : Difference
        From `aligned_difference`.
    name : str
        Of the region.
    low_eV, high_eV : float
        Its ends.

    Returns
    -------
    RegionTest or None
        None where no point lies inside.
    """
    inside = np.flatnonzero((found.x >= low_eV) & (found.x <= high_eV))
    if not inside.size:
        return None
    part = found.raw[inside]
    chi2 = float(part @ np.linalg.solve(found.raw_covariance[np.ix_(inside, inside)], part))
    return RegionTest(name, low_eV, high_eV, chi2, int(inside.size))
