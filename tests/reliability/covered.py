"""How often intervals hold the truth: one row a quantity of a regime, and the table of all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from benchmarks.table import table
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray

LEVEL = 0.683
HEAD = (
    "technique", "regime", "counts or noise", "quantity", "N", "68 % interval holds the truth",
    "95 % interval", "bias in sigma", "alert or withheld", "interval",
)  # fmt: skip
# of a coverage at 5,000 spectra; three Monte Carlo errors where that is more
_BAND = 0.02
_MANY = 1.959964


@dataclass(frozen=True)
class Told:
    """What the results of a regime say of one quantity, looked at through the product.

    Parameters
    ----------
    alerted, withheld : ndarray of bool, shape (n,)
        Whether a result carries an alert that its errors do not hold, or gives no interval at all,
        with the reason; of the first n spectra.
    """

    alerted: NDArray[np.bool_]
    withheld: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """Share of results with either."""
        return float((self.alerted | self.withheld).mean())


@dataclass(frozen=True)
class Covered:
    """How often the intervals of one quantity held the truth.

    Parameters
    ----------
    technique, regime, noise, quantity : str
        What was simulated and read off.
    cases : int
        Spectra.
    given : int
        Of those, with an interval.
    inside68, inside95 : float
        Shares of these that hold the truth; the latter may be not a number.
    bias : float
        Mean of (value - truth)/error.
    told : float
        Share of results with an alert on the interval or without one; not a number where the
        technique has no such alert.
    kind : str
        ``"linear"``, ``"profile"`` or ``"calibrated"``.
    """

    technique: str
    regime: str
    noise: str
    quantity: str
    cases: int
    given: int
    inside68: float
    inside95: float
    bias: float
    told: float
    kind: str = "linear"

    @property
    def error(self) -> float:
        """Monte Carlo error of a true coverage of 68.3 %."""
        return math.sqrt(LEVEL * (1.0 - LEVEL) / max(1, self.given))

    @property
    def band(self) -> float:
        """How far from 68.3 % counts as that: 2 %, or three Monte Carlo errors where that is more."""
        return max(_BAND, 3.0 * self.error)

    @property
    def holds(self) -> bool:
        """Whether the 68 % interval holds the truth as often as it says."""
        return abs(self.inside68 - LEVEL) <= self.band

    @property
    def is_short(self) -> bool:
        """Whether the 68 % interval holds the truth less often."""
        return self.inside68 < LEVEL - self.band

    @property
    def name(self) -> str:
        """Where it is, in words."""
        return f"{self.technique} {self.regime} {self.noise}, {self.quantity}"

    @property
    def row(self) -> tuple[str, ...]:
        """Of the table."""
        spread = math.sqrt(self.inside68 * (1.0 - self.inside68) / max(1, self.given))
        return (
            self.technique, self.regime, self.noise, self.quantity, f"{self.given:,}",
            f"{100 * self.inside68:.1f} ± {100 * spread:.1f} %" if self.given else "none given",
            "" if math.isnan(self.inside95) else f"{100 * self.inside95:.1f} %",
            "" if math.isnan(self.bias) else f"{self.bias:+.2f}",
            "" if math.isnan(self.told) else f"{100 * self.told:.0f} %",
            self.kind,
        )  # fmt: skip


def linear(
    where: tuple[str, str, str, str],
    value: FloatArray,
    sigma: FloatArray,
    truth: float | FloatArray,
    told: float = math.nan,
) -> Covered:
    """Return how often value ± error held the truth; an error that is no number is none given."""
    known = np.isfinite(sigma) & (sigma > 0.0) & np.isfinite(value)
    pull = ((value - truth) / np.where(known, sigma, 1.0))[known]
    size = np.abs(pull)
    return Covered(
        *where,
        cases=len(value),
        given=int(known.sum()),
        inside68=float((size < 1.0).mean()) if size.size else math.nan,
        inside95=float((size < _MANY).mean()) if size.size else math.nan,
        bias=float(pull.mean()) if size.size else math.nan,
        told=told,
    )


def coverage_table(rows: Sequence[Covered]) -> str:
    """Return the table of all rows in Markdown."""
    return table(HEAD, [one.row for one in rows])
