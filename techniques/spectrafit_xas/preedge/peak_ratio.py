"""The ratio of two pre-edge peaks, and whether it is that of octahedral high-spin Fe(III)."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["OCTAHEDRAL_FE3", "PeakRatio", "peak_ratio"]

OCTAHEDRAL_FE3 = 1.5
"""1s to t2g over 1s to eg of d5 high spin in an octahedron, 3:2 by the number of holes; final states
5T2 and 5E (Westre et al., J. Am. Chem. Soc. 119, 6297 (1997))."""
_TWO_SIDED = 1.96


@dataclass(frozen=True)
class PeakRatio:
    """A ratio of areas, low over high, whose logarithm is normal.

    Parameters
    ----------
    value : float
        The ratio.
    log_sigma : float
        Standard uncertainty of its logarithm.
    """

    value: float
    log_sigma: float

    @property
    def low(self) -> float:
        """Lower end of the 68 % interval."""
        return self.value * math.exp(-self.log_sigma)

    @property
    def high(self) -> float:
        """Upper end of the 68 % interval."""
        return self.value * math.exp(self.log_sigma)

    def distance(self, expected: float = OCTAHEDRAL_FE3) -> float:
        """Return how far the ratio lies from an expected one, in standard errors of the logarithm.

        Parameters
        ----------
        expected : float, optional
            3:2 when left out.

        Returns
        -------
        float
            Positive where the ratio is larger.
        """
        return math.log(self.value / expected) / self.log_sigma

    @property
    def verdict(self) -> str:
        """What the ratio says about 3:2, with the distance and what the errors would allow to see."""
        z = self.distance()
        factor = math.exp(_TWO_SIDED * self.log_sigma)
        words = "differs from" if abs(z) > _TWO_SIDED else "is not told from"
        return (
            f"{words} 3:2 of octahedral high-spin Fe(III) ({z:+.1f} standard errors of the "
            f"logarithm; a factor of {factor:.2f} would be seen)"
        )


def peak_ratio(value: float, sigma: float) -> PeakRatio | None:
    """Return a ratio with the error of its logarithm, None where it has none.

    Parameters
    ----------
    value, sigma : float
        Ratio and its standard uncertainty.

    Returns
    -------
    PeakRatio or None
    """
    if not (value > 0.0 and sigma > 0.0):
        return None
    return PeakRatio(value, sigma / value)
