"""Over-absorption in fluorescence: how much it damps a spectrum, and the spectrum without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spectrafit.errors import FitError, SettingsError, SpectrafitError
from spectrafit.history import HistoryEntry, frozen_mapping
from spectrafit.spectrum import FloatArray, Spectrum

__all__ = [
    "LEAST_RATIO",
    "FittedRatio",
    "OverAbsorption",
    "composition_ratio",
    "corrected",
    "fitted_ratio",
]

LEAST_RATIO = 0.3
EDGE_OFFSET_EV = 10.0
TABLE_SHARE = 0.05
ANGLE_SIGMA_DEG = 2.0
START = (1.0, 0.0)
ROUNDS = 4  # the weights follow the ratio to 1e-4 of it


@dataclass(frozen=True)
class OverAbsorption:
    """The ratio a of a thick sample: what else absorbs, over the jump of the edge.

    Parameters
    ----------
    ratio : float
        a = (mu_other(E) + g mu_total(E_fl)) / (edge jump), g = sin(angle in)/sin(angle out).
    sigma : float
        Its standard uncertainty.
    origin : str
        Where it comes from, in words.
    details : mapping
        What it was computed from; plain values.
    """

    ratio: float
    sigma: float
    origin: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "details", frozen_mapping(self.details))
        if not (np.isfinite(self.ratio) and np.isfinite(self.sigma) and self.sigma >= 0.0):
            raise SettingsError(
                f"over-absorption ratio {self.ratio:g} with error {self.sigma:g}",
                do="give a finite ratio and an error that is not negative",
            )
        if self.ratio < LEAST_RATIO:
            raise SettingsError(
                f"over-absorption ratio a = {self.ratio:.2f} is below {LEAST_RATIO:g}: hardly more "
                "than the white line's noise is left of such a spectrum",
                where=self.origin,
                do="measure in transmission, or dilute the sample",
            )

    @property
    def pre_edge_factor(self) -> float:
        """What small values are multiplied by: a/(1 + a)."""
        return self.ratio / (1.0 + self.ratio)

    @property
    def pre_edge_share(self) -> float:
        """Relative error of small values by that of a: sigma / (a (1 + a))."""
        return self.sigma / (self.ratio * (1.0 + self.ratio))


def composition_ratio(
    composition: Mapping[str, float],
    element: str,
    angles_deg: tuple[float, float] = (45.0, 45.0),
    *,
    line: str = "Ka1",
    table_share: float = TABLE_SHARE,
    angle_sigma_deg: float = ANGLE_SIGMA_DEG,
) -> OverAbsorption:
    """Return the ratio a of a thick sample of known composition.

    Parameters
    ----------
    composition : mapping of str to float
        Mass by formula, like ``{"Fe2O3": 5, "BN": 95}``; only shares matter.
    element : str
        Absorber.
    angles_deg : tuple of float
        Of the beam and of the detector to the surface, degrees.
    line : str
        Emission line that is detected.
    table_share : float
        Relative standard uncertainty assumed for each tabulated coefficient.
    angle_sigma_deg : float
        Standard uncertainty assumed for each angle, degrees.

    Returns
    -------
    OverAbsorption
        Its error joins those of the three coefficients and of the two angles.

    Raises
    ------
    SettingsError
        For a formula that cannot be read, one without the absorber, or a ratio below 0.3.

    Notes
    -----
    Coefficients 10 eV below and above the tabulated K edge: Elam, Ravel and Sieber (2002), by
    xraydb. The form for infinite thickness: D. Haskel, FLUO (1999), as in larch.
    """
    import xraydb

    for angle in angles_deg:
        if not 0.0 < angle <= 90.0:
            raise SettingsError(
                f"angle {angle:g} degrees", where="$.settings.angles_deg", do="give 0 < angle <= 90"
            )
    edge = float(xraydb.xray_edge(element, "K").energy)
    emission = float(xraydb.xray_line(element, line).energy)
    energies = np.array([emission, edge - EDGE_OFFSET_EV, edge + EDGE_OFFSET_EV])
    at_line, below, above = _mass_absorption(composition, element, energies)
    jump = float(above - below)
    theta, phi = np.deg2rad(angles_deg)
    g = float(np.sin(theta) / np.sin(phi))
    ratio = (below + g * at_line) / jump
    angle_part = g * at_line / jump * np.deg2rad(angle_sigma_deg)
    sigma = float(
        np.sqrt(
            (table_share * below / jump) ** 2
            + (table_share * g * at_line / jump) ** 2
            + (table_share * ratio) ** 2
            + (angle_part / np.tan(theta)) ** 2
            + (angle_part / np.tan(phi)) ** 2
        )
    )
    words = ", ".join(f"{formula} {mass:g}" for formula, mass in composition.items())
    return OverAbsorption(
        float(ratio),
        sigma,
        f"the composition ({words} by mass)",
        {
            "composition": dict(composition),
            "angles_deg": list(angles_deg),
            "emission_line": line,
            "table_share": table_share,
            "angle_sigma_deg": angle_sigma_deg,
        },
    )


def _mass_absorption(
    composition: Mapping[str, float], element: str, energies: FloatArray
) -> FloatArray:
    """Return mass absorption coefficients of a mixture in cm^2/g, refusing one without the absorber."""
    import xraydb

    place = "$.settings.composition"
    masses: dict[str, float] = {}
    for formula, mass in composition.items():
        try:
            atoms = xraydb.chemparse(formula)
        except Exception as error:  # the parser raises several kinds
            raise SettingsError(f"no formula: {formula!r}", where=place) from error
        if not (np.isfinite(mass) and mass > 0.0):
            raise SettingsError(f"{formula} has mass {mass:g}", where=place, do="give it above 0")
        weights = {symbol: n * float(xraydb.atomic_mass(symbol)) for symbol, n in atoms.items()}
        whole = sum(weights.values())
        for symbol, weight in weights.items():
            masses[symbol] = masses.get(symbol, 0.0) + mass * weight / whole
    if element not in masses:
        raise SettingsError(
            f"{element} is not in the composition",
            where=place,
            do=f'give mass by formula, the sample first, like {{ "{element}2O3" = 5, BN = 95 }}',
        )
    total = sum(masses.values())
    sums = sum(
        (mass / total) * np.asarray(xraydb.mu_elam(symbol, energies), dtype=np.float64)
        for symbol, mass in masses.items()
    )
    return np.asarray(sums, dtype=np.float64)


def corrected(normalised: Spectrum, found: OverAbsorption) -> Spectrum:
    """Return a normalised fluorescence spectrum as a thin sample would give it.

    Parameters
    ----------
    normalised : Spectrum
        Edge step one; flattened where it reaches far above the edge.
    found : OverAbsorption
        The ratio a.

    Returns
    -------
    Spectrum
        Point errors are propagated; the error of a is not in them, since it moves all points
        together: `OverAbsorption.pre_edge_share` is its part in an area.

    Raises
    ------
    SpectrafitError
        When the spectrum exceeds what a sample of this ratio can give, 1 + a.

    Notes
    -----
    Infinite thickness: mu = N a / (1 + a - N), from N = mu (1 + a) / (mu + a).
    """
    a, n = found.ratio, normalised.y
    rest = 1.0 + a - n
    if (rest <= 0.0).any():
        highest = float(n.max())
        raise SpectrafitError(
            f"the normalised absorption reaches {highest:.2f}, more than a sample of "
            f"a = {a:.2f} can give ({1.0 + a:.2f})",
            where=normalised.source.name,
            do="check the composition, the angles and the normalisation",
        )
    entry = HistoryEntry(
        "over-absorption",
        {"ratio": a, "ratio_sigma": found.sigma, "origin": found.origin, **found.details},
    )
    gain = a * (1.0 + a) / rest**2
    sigma = None if normalised.sigma is None else normalised.sigma * gain
    return normalised.after(entry, y=a * n / rest, sigma=sigma)


@dataclass(frozen=True)
class FittedRatio:
    """The ratio a that brings a fluorescence spectrum on one in transmission.

    Parameters
    ----------
    over_absorption : OverAbsorption
        The ratio with its error.
    shift_eV : float
        Added to the energies of the fluorescence spectrum.
    shift_sigma_eV : float
        Its standard uncertainty.
    rms : float
        Of the difference after both, at the height of the transmission spectrum.
    rms_uncorrected : float
        Of the difference after the best shift alone.
    """

    over_absorption: OverAbsorption
    shift_eV: float
    shift_sigma_eV: float
    rms: float
    rms_uncorrected: float


def fitted_ratio(
    fluorescence: Spectrum, transmission: Spectrum, range_eV: tuple[float, float]
) -> FittedRatio:
    """Return the ratio a, and the shift, that bring a fluorescence spectrum on one in transmission.

    Parameters
    ----------
    fluorescence, transmission : Spectrum
        Of one substance, normalised and flattened alike.
    range_eV : tuple of float
        Where they are compared, at the points of the fluorescence spectrum.

    Returns
    -------
    FittedRatio
        Errors: of least squares, widened by the correlation of the residual's neighbours.

    Raises
    ------
    SpectrafitError
        When fewer than 10 points lie in the range or the fit fails.
    """
    from scipy.interpolate import CubicSpline
    from scipy.optimize import least_squares

    inside = (fluorescence.x >= range_eV[0]) & (fluorescence.x <= range_eV[1])
    x, n = fluorescence.x[inside], fluorescence.y[inside]
    if x.size < 10:
        raise SpectrafitError(
            f"{x.size} points between {range_eV[0]:g} and {range_eV[1]:g} eV",
            where=fluorescence.source.name,
            do="give a range that holds the edge and a part above it",
        )

    # straight lines between its points would cut the edge's corners, which the ratio would mend
    curve = CubicSpline(transmission.x, transmission.y)

    def reference(shift: float) -> FloatArray:
        return np.asarray(curve(x + shift), dtype=np.float64)

    # The damped transmission is compared with the fluorescence as measured, each point weighing as
    # after the correction. A gain that were fitted along would prefer a ratio of little noise.
    gain = np.ones_like(n)

    def distance(point: FloatArray) -> FloatArray:
        a, mu = float(point[0]), reference(float(point[1]))
        return np.asarray(gain * (mu * (1.0 + a) / (mu + a) - n), dtype=np.float64)

    def shifted(point: FloatArray) -> FloatArray:
        return np.asarray(reference(float(point[0])) - n, dtype=np.float64)

    start = np.array(START)
    for _ in range(ROUNDS):
        done = least_squares(distance, start, bounds=([0.05, -10.0], [1e3, 10.0]))
        start = np.asarray(done.x, dtype=np.float64)
        a, mu = float(start[0]), reference(float(start[1]))
        gain = (mu + a) ** 2 / (a * (1.0 + a))
    alone = least_squares(shifted, [START[1]])
    if not done.success:
        raise FitError(
            f"the over-absorption ratio was not found: {done.message}",
            where=fluorescence.source.name,
        )
    residual = np.asarray(done.fun, dtype=np.float64)
    variance = float(residual @ residual) / (x.size - 2) * _correlation_length(residual)
    jacobian = np.asarray(done.jac, dtype=np.float64)
    covariance = np.linalg.inv(jacobian.T @ jacobian) * variance
    sigmas = np.sqrt(np.diag(covariance))
    ratio = OverAbsorption(
        float(done.x[0]),
        float(sigmas[0]),
        f"a fit to {transmission.source.name}",
        {"reference": transmission.source.name, "range_eV": list(range_eV)},
    )
    undone = ratio.ratio * n / (1.0 + ratio.ratio - n) - reference(float(done.x[1]))
    return FittedRatio(
        ratio,
        float(done.x[1]),
        float(sigmas[1]),
        float(np.sqrt(np.mean(undone**2))),
        float(np.sqrt(np.mean(alone.fun**2))),
    )


def _correlation_length(residual: FloatArray) -> float:
    """Return 1 + 2 sum of the autocorrelation up to its first value below 0.05."""
    centred = residual - residual.mean()
    full = float(centred @ centred)
    total = 1.0
    for lag in range(1, residual.size // 2):
        rho = float(centred[lag:] @ centred[:-lag]) / full if full > 0.0 else 0.0
        if rho < 0.05:
            break
        total += 2.0 * rho
    return total
