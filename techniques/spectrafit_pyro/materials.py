"""A coefficient beside that of a known material: magnitudes only, each value with its source."""

from __future__ import annotations

from dataclasses import dataclass

from spectrafit.errors import SettingsError
from spectrafit.units import converted

__all__ = ["Comparison", "KnownMaterial", "compared"]

_SAME_TEMPERATURE = 10.0  # K


@dataclass(frozen=True)
class KnownMaterial:
    """A published pyroelectric coefficient.

    Parameters
    ----------
    name : str
        Of the material.
    low, high : float
        Range of ``|p|`` in the unit, equal for one value.
    unit : str
        Such as ``nC cm-2 K-1`` or ``uC m-2 K-1``.
    T : float
        K, where it was measured.
    poling : str
        Poling state, as in the source.
    source : str
        Where it is published.

    Raises
    ------
    SettingsError
        Without a source or poling state, or for a range that does not rise from above 0.
    UnitError
        For a unit that is none of a pyroelectric coefficient.
    """

    name: str
    low: float
    high: float
    unit: str
    T: float
    poling: str
    source: str

    def __post_init__(self) -> None:
        for field in ("name", "poling", "source"):
            if not str(getattr(self, field)).strip():
                raise SettingsError(
                    f"a known material without {field}",
                    where=self.name,
                    do="state it, or leave the comparison out",
                )
        if not (0.0 < self.low <= self.high < float("inf") and 0.0 < self.T < float("inf")):
            raise SettingsError(
                f"|p| from {self.low:g} to {self.high:g} at {self.T:g} K",
                where=self.name,
                do="give 0 < low <= high, and T in K",
            )
        self.in_nanocoulomb()

    def in_nanocoulomb(self) -> tuple[float, float]:
        """Return the range in nC cm-2 K-1.

        Returns
        -------
        low, high : float
        """
        low, high = (converted(one, self.unit, "nC cm-2 K-1") for one in (self.low, self.high))
        return low, high


@dataclass(frozen=True)
class Comparison:
    """A measured ``|p|`` beside a published one.

    Parameters
    ----------
    low, high : float
        Measured over published, with the ends of the published range.
    verdict : str
        ``smaller``, ``comparable`` or ``larger``: by the ranges, with two standard errors.
    text : str
        The sentence with value, temperatures, poling state and source.
    """

    low: float
    high: float
    verdict: str
    text: str


def compared(p: float, sigma: float, T: float, material: KnownMaterial) -> Comparison:
    """Return a measured coefficient beside that of a known material.

    Parameters
    ----------
    p : float
        nC cm-2 K-1; its sign is not compared.
    sigma : float
        Standard error, nC cm-2 K-1, the area of the electrode included.
    T : float
        K.
    material : KnownMaterial
        What it is compared with.

    Returns
    -------
    Comparison
    """
    low, high = material.in_nanocoulomb()
    size = abs(p)
    if size + 2.0 * sigma < low:
        verdict = "smaller"
    elif size - 2.0 * sigma > high:
        verdict = "larger"
    else:
        verdict = "comparable"
    published = f"{low:.3g}" if low == high else f"{low:.3g}-{high:.3g}"
    text = (
        f"|p| of {size:.3g} nC cm-2 K-1 at {T:g} K is {verdict} in magnitude "
        f"{'to' if verdict == 'comparable' else 'than'} {published} nC cm-2 K-1 of {material.name} "
        f"at {material.T:g} K ({material.poling}; {material.source})"
    )
    if abs(T - material.T) > _SAME_TEMPERATURE:
        text += "; the temperatures differ"
    return Comparison(size / high, size / low, verdict, text)
