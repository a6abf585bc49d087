"""Declared keys of `composition`."""

from __future__ import annotations

from spectrafit.observable import Kind, ObservableSpec

__all__ = ["SPECS"]


def _spec(
    key: str,
    unit: str,
    meaning: str,
    *,
    kind: Kind = Kind.VALUE,
    quoted: tuple[str, ...] = (),
) -> ObservableSpec:
    return ObservableSpec(f"composition.{key}", unit, meaning, kind, additive=False, quoted=quoted)


SPECS: tuple[ObservableSpec, ...] = (
    _spec("{ratio}", "1", "ratio of the numbers of atoms of two elements, Co_Fe for Co/Fe; a mixture of compounds may have it too", quoted=("determinations",)),
    _spec("{element}.found", "%", "share of the mass, mean of the determinations", quoted=("determinations",)),
    _spec("{element}.expected", "%", "share of the mass by the formula", quoted=("formula",)),
    _spec("{element}.deviation", "%", "found minus expected, percent absolute", quoted=("formula",)),
    _spec("{element}.verdict", "1", "whether the deviation is within the limit", kind=Kind.CATEGORY, quoted=("limit_percent",)),
    _spec("formula.molar_mass", "g mol-1", "molar mass of the formula", quoted=("formula",)),
    _spec("mz.most_abundant", "1", "calculated m/z of the highest peak of the isotope pattern", quoted=("ion", "charge")),
    _spec("mz.average", "1", "calculated m/z of the average over all isotopes", quoted=("ion", "charge")),
    _spec("mz.observed", "1", "centroid of the highest peak of the ion in the spectrum", quoted=("ion", "charge")),
    _spec("mz.printed", "1", "m/z that a text prints", quoted=("ion", "charge")),
    _spec("mz.observed_match", "1", "which calculated mass the observed m/z is", kind=Kind.CATEGORY, quoted=("tolerance_mz",)),
    _spec("mz.printed_match", "1", "which calculated mass the printed m/z is", kind=Kind.CATEGORY, quoted=("tolerance_mz",)),
    _spec("mz.pattern_rms", "%", "rms difference of observed and calculated pattern, of the highest peak", quoted=("ion", "charge")),
    _spec("mz.{ion}.overlap", "1", "which peaks of the ion another ion lies on", kind=Kind.CATEGORY, quoted=("resolved_mz",)),
)  # fmt: skip
