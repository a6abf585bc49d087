"""What populations make of a key, by the rule that its technique declares."""

from __future__ import annotations

import math
from collections.abc import Mapping

from spectrafit.errors import SpectrafitError
from spectrafit.observable import ObservableSpec

__all__ = ["mixed_value"]

SUM_TOLERANCE = 1e-3


def mixed_value(
    spec: ObservableSpec,
    populations: Mapping[str, float],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    temperature: float,
) -> float:
    """Return the value of a key for given populations.

    Parameters
    ----------
    spec : ObservableSpec
        Declares the mixing rule.
    populations : mapping of state to float
        Shares, which sum to 1 within 0.001 (tables print four digits); of a key `of_slopes` their
        derivatives by temperature, per K, which sum to 0.
    members : mapping of state to float
        Value of each pure state, in the unit of the key.
    nuisances : mapping of str to float
        Further numbers that the rule needs.
    temperature : float
        In K.

    Returns
    -------
    float
        In the unit of the key.

    Raises
    ------
    SpectrafitError
        When the key has no mixing rule, the shares are no shares of one whole, or the rule fails
        or gives no number.
    """
    if not spec.additive:
        raise SpectrafitError(
            "populations do not make this key: it does not add over states",
            where=spec.key,
            do="use an area or a first moment",
        )
    (_check_slopes if spec.of_slopes else _check_shares)(populations, spec.key)
    try:
        value = float(spec.mix(populations, members, nuisances, temperature))
    except SpectrafitError:
        raise
    except Exception as error:  # whatever the rule of a third party raises
        raise SpectrafitError(
            f"the mixing rule failed: {type(error).__name__}: {error}",
            where=spec.key,
            do="give every number that the rule needs, as a pure-state value or a nuisance",
        ) from error
    if not math.isfinite(value):
        raise SpectrafitError(
            "the mixing rule gives no finite number",
            where=spec.key,
            do="check pure-state values and nuisances",
        )
    return value


def _check_shares(populations: Mapping[str, float], where: str) -> None:
    total = math.fsum(populations.values())
    if not abs(total - 1.0) <= SUM_TOLERANCE:
        raise SpectrafitError(
            f"the populations sum to {total:.4f}", where=where, do="give shares of one whole"
        )
    negative = [state for state, share in populations.items() if share < 0]
    if negative:
        raise SpectrafitError(
            f"the population of {', '.join(negative)} is negative",
            where=where,
            do="give shares of one whole",
        )


def _check_slopes(slopes: Mapping[str, float], where: str) -> None:
    total = math.fsum(slopes.values())
    largest = max(map(abs, slopes.values()), default=0.0)
    # that which one state loses, others gain
    if not abs(total) <= SUM_TOLERANCE * max(largest, 1e-9):
        raise SpectrafitError(
            f"the slopes of the populations sum to {total:.4g} per K",
            where=where,
            do="give the derivatives of shares of one whole",
        )
