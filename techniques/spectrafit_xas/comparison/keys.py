"""Declared keys of comparisons of spectra."""

from __future__ import annotations

from spectrafit.observable import Kind, ObservableClass, ObservableSpec

__all__ = ["comparison_specs"]


def comparison_specs(technique: str, time_scale: float) -> tuple[ObservableSpec, ...]:
    """Return the declared keys of comparisons.

    Parameters
    ----------
    technique : str
        ``xanes`` or ``herfd``.
    time_scale : float
        In s.

    Returns
    -------
    tuple of ObservableSpec
    """
    pair, series = f"{technique}.{{element}}.difference.{{a}}.{{b}}", f"{technique}.{{element}}"

    def spec(
        key: str, unit: str, meaning: str, kind: Kind = Kind.VALUE, quoted: tuple[str, ...] = ()
    ) -> ObservableSpec:
        return ObservableSpec(
            key,
            unit,
            meaning,
            kind,
            ObservableClass.SNAPSHOT,
            time_scale,
            additive=False,
            quoted=quoted,
        )

    held = ("margin", "smallest_detectable")
    return (
        spec(pair, "1", "share of the high end member in a less that in b", quoted=("ends",)),
        spec(f"{pair}.verdict", "1", "the two spectra against their margins", Kind.CATEGORY),
        spec(f"{pair}.shift", "eV", "shift of the edge of a against that of b", quoted=held),
        spec(f"{pair}.area", "1", "pre-edge area of a less that of b, x 100", quoted=held),
        spec(f"{pair}.e_half", "eV", "half-height energy of a less that of b", quoted=held),
        spec(
            f"{pair}.rms",
            "1",
            "root mean square difference, noise taken off",
            Kind.INTERVAL,
            quoted=held,
        ),
        spec(f"{pair}.chi2.{{region}}", "1", "chi2 of the difference over a region", quoted=("p",)),
        spec(f"{series}.spectra.components", "1", "what changes along a series", Kind.CATEGORY),
        spec(
            f"{series}.spectra.isosbestic.{{number}}",
            "eV",
            "energy that all spectra of a series cross",
        ),
        spec(f"{series}.spectra.share.{{a}}", "1", "share of the high end member in a spectrum"),
    )
