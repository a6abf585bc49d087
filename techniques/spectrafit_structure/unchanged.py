"""Whether bond lengths changed between two structures: z, chi2, and the limit of a change.

A large p-value alone is no evidence that nothing changed: the claim "unchanged" needs a limit X
that the change stays below with 95 % confidence, and X smaller than what would matter (two
one-sided tests: D. J. Schuirmann, J. Pharmacokinet. Biopharm. 15, 657 (1987)).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from spectrafit.errors import SettingsError
from spectrafit_structure.uncertainty import Measured, difference, weighted_mean

__all__ = [
    "DEFAULT_LIMIT",
    "ONE_SIDED_95",
    "SIGNIFICANCE",
    "BondChange",
    "Change",
    "ChangeVerdict",
    "change_of_bonds",
    "change_of_means",
]

ONE_SIDED_95 = 1.6448536269514722
"""Standard normal quantile of 0.95."""
DEFAULT_LIMIT = 0.02
"""Å; a change below it counts as none where the user sets no other limit."""
SIGNIFICANCE = 0.05
"""A chi2 less probable than this is a change."""


class ChangeVerdict(StrEnum):
    """What two sets of lengths say about a change."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    SMALL = "changed, by less than the limit on average"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class BondChange:
    """The change of one bond.

    Parameters
    ----------
    bond : str
        Its name.
    change : Measured
        Å, later minus earlier.
    z : float or None
        Change over its s.u.; None without s.u.
    """

    bond: str
    change: Measured
    z: float | None


@dataclass(frozen=True)
class Change:
    """The change of a group of lengths between two structures.

    Parameters
    ----------
    bonds : tuple of BondChange
        Bond by bond; empty where only means are compared.
    mean : Measured
        Å, mean change; its s.u. is scaled by sqrt(max(1, chi2_red)) of the scatter.
    z : float or None
        Mean change over its s.u.
    chi2 : float or None
        Against no change at all.
    freedom : int
        Degrees of freedom of chi2.
    p_value : float or None
        Probability of a larger chi2 if nothing changed.
    below : float or None
        Å, the X of "``|dL|`` < X Å (95 %)": ``|mean change|`` + 1.645 s.u.
    limit : float
        Å, below which a change counts as none.
    verdict : ChangeVerdict
    reason : str
        Why the verdict is "cannot tell", else empty.
    """

    bonds: tuple[BondChange, ...]
    mean: Measured
    z: float | None
    chi2: float | None
    freedom: int
    p_value: float | None
    below: float | None
    limit: float
    verdict: ChangeVerdict
    reason: str

    @property
    def statement(self) -> str:
        """The equivalence statement, its limit rounded up: ``|dL| < 0.0073 Å (95 %)``."""
        if self.below is None:
            return f"no limit of |dL|: {self.reason}"
        return f"|dL| < {math.ceil(self.below * 1e4 - 1e-6) / 1e4:.4f} Å (95 %)"

    def excludes(self, expected: float) -> bool | None:
        """Return whether a change of an expected size is excluded at 95 %.

        Parameters
        ----------
        expected : float
            Å, like the change of a spin or oxidation state, from a cited source; either sign.

        Returns
        -------
        bool or None
            None where there is no limit.
        """
        return None if self.below is None else self.below < abs(expected)


def change_of_bonds(
    earlier: Mapping[str, Measured],
    later: Mapping[str, Measured],
    *,
    limit: float = DEFAULT_LIMIT,
) -> Change:
    """Return the change of bonds that have the same names in both structures.

    Parameters
    ----------
    earlier, later : mapping of str to Measured
        Å, by bond.
    limit : float
        Å, below which a change counts as none.

    Returns
    -------
    Change

    Raises
    ------
    SettingsError
        When the names differ, there are none, or the limit is not above 0.
    """
    if set(earlier) != set(later):
        odd = ", ".join(sorted(set(earlier) ^ set(later)))
        raise SettingsError(
            f"these bonds are in one structure only: {odd}",
            do="match the labels first, or compare means",
        )
    changes = {name: difference(later[name], earlier[name]) for name in earlier}
    bonds = tuple(BondChange(name, each, _z(each)) for name, each in changes.items())
    scores = [each.z for each in bonds if each.z is not None]
    chi2 = math.fsum(z**2 for z in scores) if len(scores) == len(bonds) else None
    mean = weighted_mean(tuple(changes.values())).mean
    return _judged(bonds, mean, chi2, len(bonds), limit)


def change_of_means(
    earlier: Sequence[Measured], later: Sequence[Measured], *, limit: float = DEFAULT_LIMIT
) -> Change:
    """Return the change of the mean of lengths whose number or names differ.

    Parameters
    ----------
    earlier, later : sequence of Measured
        Å, of one kind of bond.
    limit : float
        Å, below which a change counts as none.

    Returns
    -------
    Change
        With one degree of freedom and no single bonds.

    Raises
    ------
    SettingsError
        When one is empty, or the limit is not above 0.
    """
    mean = difference(weighted_mean(later).mean, weighted_mean(earlier).mean)
    z = _z(mean)
    return _judged((), mean, None if z is None else z**2, 1, limit)


def _z(change: Measured) -> float | None:
    return None if change.su is None else change.value / change.su


def _judged(
    bonds: tuple[BondChange, ...],
    mean: Measured,
    chi2: float | None,
    freedom: int,
    limit: float,
) -> Change:
    if not (math.isfinite(limit) and limit > 0):
        raise SettingsError(f"a limit of {limit} Å is not above 0")
    if mean.su is None or chi2 is None:
        verdict, reason = ChangeVerdict.CANNOT_TELL, mean.reason
        return Change(bonds, mean, None, None, freedom, None, None, limit, verdict, reason)
    from scipy.special import gammaincc

    p_value = float(gammaincc(freedom / 2.0, chi2 / 2.0))
    below = abs(mean.value) + ONE_SIDED_95 * mean.su
    reason = ""
    if below < limit:
        verdict = ChangeVerdict.SMALL if p_value < SIGNIFICANCE else ChangeVerdict.UNCHANGED
    elif p_value < SIGNIFICANCE:
        verdict = ChangeVerdict.CHANGED
    else:
        verdict = ChangeVerdict.CANNOT_TELL
        reason = f"no significant change, but it may be as large as {below:.4f} Å"
    return Change(bonds, mean, _z(mean), chi2, freedom, p_value, below, limit, verdict, reason)
