"""How much a static mixture of two states blurs an atom along a bond."""

from __future__ import annotations

import math

from spectrafit.errors import SettingsError
from spectrafit_structure.uncertainty import Measured

__all__ = ["mixture_displacement"]


def mixture_displacement(share: float, change: Measured) -> Measured:
    """Return x(1-x)(dL)^2, the mean-square displacement that a mixture adds along a bond.

    Parameters
    ----------
    share : float
        x of one state, 0 to 1.
    change : Measured
        Å, dL between the two states.

    Returns
    -------
    Measured
        Å2, to be compared with the difference of the mean-square displacements of the two atoms
        along the bond: the variance of a length that is L with probability 1 - x and L + dL with
        probability x.

    Raises
    ------
    SettingsError
        When the share is not between 0 and 1.
    """
    if not (math.isfinite(share) and 0.0 <= share <= 1.0):
        raise SettingsError(f"a share of {share} is not between 0 and 1")
    weight = share * (1.0 - share)
    value = weight * change.value**2
    if change.su is None:
        return Measured(value, None, change.reason)
    su = 2.0 * weight * abs(change.value) * change.su
    return Measured(value, su) if su > 0 else Measured(value, None, "one state only, or no change")
