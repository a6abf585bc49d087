"""The masses of an ion: calculated, printed, seen in a spectrum, and what overlaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spectrafit.errors import SettingsError
from spectrafit.history import HistoryEntry
from spectrafit.recording import Recording
from spectrafit.rounding import number_text
from spectrafit_structure.composition.formula import formula_counts
from spectrafit_structure.composition.found import FoundMass, MassMatch, compared_mass
from spectrafit_structure.composition.isotopes import (
    IsotopePattern,
    IsotopePeak,
    Overlap,
    isotope_pattern,
    overlaps,
)
from spectrafit_structure.composition.items import Found
from spectrafit_structure.composition.seen_pattern import SeenPattern, seen_pattern
from spectrafit_structure.composition.settings import CompositionSettings
from spectrafit_structure.composition.subject import Ion, header_value, ion_counts
from spectrafit_structure.uncertainty import Measured

__all__ = ["ION_STEP", "IonMasses", "add_ion"]

ION_STEP = "isotope pattern"
_CALCULATED = "calculated"
_NO_AXIS_ERROR = "the accuracy of the m/z axis is not told"
_NOT_LETTERS = set(".{} /")


@dataclass(frozen=True)
class IonMasses:
    """An ion with what was found of it.

    Parameters
    ----------
    ion : Ion
    pattern : IsotopePattern
    others : mapping of str to IsotopePattern
        Other ions, by name.
    seen : SeenPattern or None
        None without a spectrum.
    """

    ion: Ion
    pattern: IsotopePattern
    others: Mapping[str, IsotopePattern]
    seen: SeenPattern | None


def add_ion(found: Found, ion: Ion, settings: CompositionSettings, *, measured: bool) -> IonMasses:
    """Add the masses of an ion, and how a printed m/z and a spectrum agree with them.

    Parameters
    ----------
    found : Found
        Gets the items and alerts.
    ion : Ion
        What is looked for.
    settings : CompositionSettings
        Tolerance, printed m/z, other compounds.
    measured : bool
        Whether the file is a mass spectrum.

    Returns
    -------
    IonMasses

    Raises
    ------
    SettingsError
        When a setting is impossible.
    """
    pattern = isotope_pattern(ion.counts, ion.charge)
    others = _others(found.recording, ion, settings)
    history = HistoryEntry(
        ION_STEP,
        {
            "ion": pattern.formula,
            "charge": ion.charge,
            "smallest_percent": settings.smallest_percent,
            "tolerance_mz": settings.mz_tolerance,
        },
    )
    if settings.printed_mz:
        printed = Measured(settings.printed_mz, None, "printed without an error")
        _add_mass(found, "printed", printed, pattern, settings, history)
    seen = _add_spectrum(found, ion, pattern, settings, history) if measured else None
    hits = overlaps(pattern, others, width=settings.resolved_mz, smallest=settings.smallest_percent)
    for name in others:
        _add_overlap(
            found, name, pattern, [one for one in hits if one.other == name], settings, history
        )
    common: dict[str, Any] = {"ion": pattern.formula, "charge": ion.charge}
    for key, value in (("most_abundant", pattern.base.mz), ("average", pattern.average)):
        found.value(
            f"mz.{key}",
            "1",
            Measured(value, None, _CALCULATED),
            history,
            verdict=f"m/z {number_text(value, 7)}",
            **common,
        )
    return IonMasses(ion, pattern, others, seen)


def _others(
    recording: Recording, ion: Ion, settings: CompositionSettings
) -> dict[str, IsotopePattern]:
    lost = settings.lost.strip() or header_value(recording, "lost")
    gained = settings.gained.strip() or header_value(recording, "gained")
    patterns = {}
    for name, formula in settings.others.items():
        if not name.strip() or _NOT_LETTERS & set(name):
            raise SettingsError(
                f"{name!r} cannot name an ion", do="write letters and digits, like CoCo"
            )
        counts = ion_counts(formula_counts(formula), lost, gained)
        patterns[name] = isotope_pattern(counts, ion.charge)
    return patterns


def _add_mass(
    found: Found,
    which: str,
    mz: Measured,
    pattern: IsotopePattern,
    settings: CompositionSettings,
    history: HistoryEntry,
) -> None:
    mass = compared_mass(mz.value, pattern, tolerance=settings.mz_tolerance)
    common: dict[str, Any] = {
        "ion": pattern.formula,
        "charge": pattern.charge,
        "tolerance_mz": settings.mz_tolerance,
    }
    found.value(f"mz.{which}", "1", mz, history, verdict=mass.match.value, **common)
    found.word(f"mz.{which}_match", mass.match.value, history, **common)
    _raise_mass(found, which, mass, pattern)


def _raise_mass(found: Found, which: str, mass: FoundMass, pattern: IsotopePattern) -> None:
    if mass.match is MassMatch.AVERAGE:
        found.alert(
            "COMP-104", which=which, value=number_text(mass.observed, 7),
            base=number_text(pattern.base.mz, 7),
        )  # fmt: skip
    elif mass.match is MassMatch.NEITHER:
        found.alert(
            "COMP-105", which=which, value=number_text(mass.observed, 7),
            single=f"{mass.from_isotopologue:+.3f}", average=f"{mass.from_average:+.3f}",
            tolerance=number_text(mass.tolerance),
        )  # fmt: skip


def _add_spectrum(
    found: Found,
    ion: Ion,
    pattern: IsotopePattern,
    settings: CompositionSettings,
    history: HistoryEntry,
) -> SeenPattern:
    spectrum = found.recording.spectrum()
    seen = seen_pattern(
        spectrum.x, spectrum.y, pattern,
        tolerance=settings.mz_tolerance, smallest=settings.smallest_percent,
    )  # fmt: skip
    highest = seen.highest
    if highest is None or highest.mz is None:
        near = "" if seen.nearest is None else f"; the nearest peak is at {seen.nearest:.3f}"
        found.alert(
            "COMP-109", ion=ion.name, tolerance=number_text(settings.mz_tolerance), nearest=near
        )
        return seen
    observed = Measured(highest.mz, None, _NO_AXIS_ERROR)
    _add_mass(found, "observed", observed, pattern, settings, history)
    limit = settings.pattern_limit_percent
    worst = max(seen.peaks, key=lambda each: abs(each.of_base - each.peak.of_base))
    largest = worst.of_base - worst.peak.of_base
    differs = seen.rms > limit or abs(largest) > 2.0 * limit
    place = _place_of(worst.peak, pattern)
    told = f"{'differs' if differs else 'agrees'}; largest difference {largest:+.1f} % at {place}"
    found.value(
        "mz.pattern_rms", "%", Measured(seen.rms, None, "the noise of intensities is not told"),
        history, verdict=told, ion=pattern.formula,
        charge=pattern.charge, limit_percent_of_base=limit,
        heights="areas" if seen.profile else "peak list",
    )  # fmt: skip
    if differs:
        found.alert(
            "COMP-106", rms=number_text(seen.rms, 3), largest=f"{largest:+.1f}", place=place,
            limit=number_text(limit), twice=number_text(2.0 * limit),
        )  # fmt: skip
    if seen.outside:
        what = f"{seen.outside} of {seen.outside + len(seen.peaks)} calculated peaks"
        found.alert("COMP-110", what=what)
    return seen


def _add_overlap(
    found: Found,
    name: str,
    pattern: IsotopePattern,
    hits: Sequence[Overlap],
    settings: CompositionSettings,
    history: HistoryEntry,
) -> None:
    places = {}
    for one in hits:
        height = number_text(one.peak.of_base, 3)
        places[one.peak.nominal] = f"{_place_of(one.peak, pattern)} ({height} %)"
    told = ", ".join(places[nominal] for nominal in sorted(places))
    found.word(
        f"mz.{name}.overlap", f"on {told}" if told else "none", history,
        ion=pattern.formula, charge=pattern.charge, resolved_mz=settings.resolved_mz,
    )  # fmt: skip
    if told:
        found.alert("COMP-107", ion=name, what=f"{told} of {pattern.formula}")


def _place_of(peak: IsotopePeak, pattern: IsotopePattern) -> str:
    """Return a peak's place from the highest one on, like ``M+3``."""
    shift = peak.nominal - pattern.base.nominal
    return "M" if shift == 0 else f"M{shift:+d}".replace("-", "−")
