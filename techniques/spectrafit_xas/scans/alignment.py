"""The shift between two scans of one run, from the whole edge, and its check by another channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.smoothing import LocalCubic, local_cubic

__all__ = ["AlignmentCheck", "Shift", "aligned_shift", "alignment_check"]

REACH_EV = 40.0
FEWEST_POINTS = 12
STEPS = 30
SMALLEST_STEP_EV = 1e-6
LONGEST_STEP_EV = 1.0
DISAGREE_EV = 0.05
KERNEL_EV = 1.5
DISAGREE_SIGMA = 3.0


@dataclass(frozen=True)
class Shift:
    """How far a scan lies above another.

    Parameters
    ----------
    shift_eV : float
        To be added to the energies of the other scan so that it falls on the first.
    sigma_eV : float
        Standard uncertainty, from the residual of the comparison.
    rms : float
        Of that residual, in units of the first scan.
    """

    shift_eV: float
    sigma_eV: float
    rms: float


@dataclass(frozen=True)
class AlignmentCheck:
    """The shift of one scan seen in its foil channel and in its sample channel.

    Parameters
    ----------
    scan : str
        Name of the scan that is compared with the first of the run.
    foil, sample : Shift
        What the two channels say.
    """

    scan: str
    foil: Shift
    sample: Shift

    @property
    def difference_eV(self) -> float:
        """Shift of the foil channel minus that of the sample channel."""
        return self.foil.shift_eV - self.sample.shift_eV

    @property
    def agrees(self) -> bool:
        """Whether they agree within 0.05 eV and three standard errors."""
        error = float(np.hypot(self.foil.sigma_eV, self.sample.sigma_eV))
        apart = abs(self.difference_eV)
        return apart <= DISAGREE_EV and apart <= DISAGREE_SIGMA * error


def aligned_shift(
    one: Spectrum, other: Spectrum, edge_eV: float, *, reach_eV: float = REACH_EV
) -> Shift:
    """Return the shift that lays one scan on another over the whole edge.

    Parameters
    ----------
    one, other : Spectrum
        The same quantity of two scans, energy in eV.
    edge_eV : float
        Middle of the range compared.
    reach_eV : float
        Half its length.

    Returns
    -------
    Shift

    Raises
    ------
    SpectrafitError
        When the scans share fewer than twelve points there.

    Notes
    -----
    Gauss-Newton steps on the sum of w (y1(E) - [a y2(E - s) + b + c E])^2; the scale a and the line
    are solved for at every step. Both curves are smoothed by the same local cubic: to interpolate
    one of them only would draw the shift to where that lowers its noise most, half a step.
    """
    low = max(edge_eV - reach_eV, float(other.x[0]))
    high = min(edge_eV + reach_eV, float(other.x[-1]))
    near = (one.x >= low) & (one.x <= high)
    if near.sum() < FEWEST_POINTS:
        raise SpectrafitError(
            f"{int(near.sum())} points in common about {edge_eV:.1f} eV",
            where=f"{one.source.name}, {other.source.name}",
            do=f"an alignment needs at least {FEWEST_POINTS}",
        )
    x = one.x[near]
    first = local_cubic(one.x, x, KERNEL_EV)
    y = first.derivative(0, one.y)
    root = np.ones(x.size) if one.sigma is None else 1.0 / one.sigma[near]
    shift, scale = 0.0, 1.0
    for _ in range(STEPS):
        second = local_cubic(other.x, x - shift, KERNEL_EV)
        curve, slope = second.derivative(0, other.y), second.derivative(1, other.y)
        design = np.column_stack((curve, np.ones(x.size), x - edge_eV, slope)) * root[:, None]
        maps = np.linalg.pinv(design)
        solved = maps @ (root * y)
        scale = float(solved[0])
        step = float(np.clip(-solved[3] / scale, -LONGEST_STEP_EV, LONGEST_STEP_EV))
        shift += step
        if abs(step) < SMALLEST_STEP_EV:
            break
    rest = (root * y - design[:, :3] @ solved[:3]) / root
    rms = float(np.sqrt(np.mean(rest**2)))
    weights = maps[3] * root / scale
    gain = float(np.mean(np.sum(first.weights[0] ** 2, axis=1)))
    alike = rms / np.sqrt(gain * (1.0 + scale**2))
    variance = sum(
        _variance(weights, smoother, sigma=spectrum.sigma, otherwise=alike, size=len(spectrum)) * a
        for smoother, spectrum, a in ((first, one, 1.0), (second, other, scale**2))
    )
    return Shift(shift, float(np.sqrt(variance)), rms)


def _variance(
    weights: FloatArray,
    smoother: LocalCubic,
    *,
    sigma: FloatArray | None,
    otherwise: float,
    size: int,
) -> float:
    """Return the variance of a weighted sum over a smoothed curve from the errors of its points."""
    influence = np.zeros(size)
    np.add.at(influence, smoother.columns, weights[:, None] * smoother.weights[0])
    errors = np.full(size, otherwise) if sigma is None else sigma
    return float(np.sum((influence * errors) ** 2))


def alignment_check(
    foils: tuple[Spectrum, Spectrum], samples: tuple[Spectrum, Spectrum], edge_eV: float
) -> AlignmentCheck:
    """Return the shift of a scan against the first of its run in both channels.

    Parameters
    ----------
    foils, samples : tuple of Spectrum
        Foil and sample channel of the first scan and of the other one.
    edge_eV : float
        Tabulated edge.

    Returns
    -------
    AlignmentCheck
    """
    return AlignmentCheck(
        samples[1].source.name,
        aligned_shift(*foils, edge_eV),
        aligned_shift(*samples, edge_eV),
    )
