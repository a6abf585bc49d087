"""The verdict on radiation damage as an observable."""

from __future__ import annotations

from spectrafit.history import HistoryEntry
from spectrafit.observable import Kind, Observable
from spectrafit.spectrum import Spectrum
from spectrafit_xas.scans.damage import DamageVerdict

__all__ = ["damage_observable"]


def damage_observable(
    damage: DamageVerdict,
    *,
    prefix: str,
    spectrum: Spectrum,
    history: tuple[HistoryEntry, ...],
) -> Observable:
    """Return whether repeated scans drift, as a category with its sentence.

    Parameters
    ----------
    damage : DamageVerdict
        Of the scans.
    prefix : str
        ``technique.element``.
    spectrum : Spectrum
        For conditions and source.
    history : tuple of HistoryEntry
        Every step.

    Returns
    -------
    Observable
        Its verdict holds the sentence and, of every test, slope with interval and probability.
    """
    tests = [
        f"{test.name}: {test.trend.slope:.2g} ({test.trend.low:.2g} to {test.trend.high:.2g}) per "
        f"scan, p {test.p_holm:.2g}"
        for test in damage.tests
        if test.trend is not None
    ]
    return Observable(
        key=f"{prefix}.damage",
        unit="1",
        kind=Kind.CATEGORY,
        value=damage.verdict,
        verdict="; ".join((damage.words, *tests)),
        conditions=spectrum.conditions,
        source=spectrum.source,
        history=history,
    )
