"""One file against a formula: observables, alerts and figures."""

from __future__ import annotations

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.recording import Recording, joint_notices
from spectrafit.technique import Observables
from spectrafit_structure.composition.analysis_items import add_analysis
from spectrafit_structure.composition.charts import deviation_chart, pattern_chart
from spectrafit_structure.composition.formula import formula_text
from spectrafit_structure.composition.ion_items import add_ion
from spectrafit_structure.composition.items import Found
from spectrafit_structure.composition.settings import CompositionSettings
from spectrafit_structure.composition.subject import ion_of, weighed_counts
from spectrafit_structure.composition.suitability import recording_kind

__all__ = ["observed_composition"]


def observed_composition(recording: Recording, settings: CompositionSettings) -> Observables:
    """Return what a file says of the formula.

    Parameters
    ----------
    recording : Recording
        An elemental analysis or a mass spectrum.
    settings : CompositionSettings
        Formula, ion and limits.

    Returns
    -------
    Observables

    Raises
    ------
    SettingsError
        When it is neither, or formula or charge are missing, with the line to type.
    """
    kind = recording_kind(recording)
    if not kind:
        raise SettingsError(
            "no percentages of elements and no m/z",
            where=recording.name,
            do="give an elemental analysis (element,found) or a mass spectrum (m/z,intensity)",
        )
    found = Found(recording)
    counts = weighed_counts(recording, settings)
    if kind == "analysis":
        lines = add_analysis(found, counts, settings)
        errors = [_sigma(found, line.element) for line in lines]
        found.charts.append(
            deviation_chart(lines, errors, formula_text(counts), settings, recording)
        )
        _add_ion_beside(found, settings)
    else:
        _add_spectrum(found, settings)
    return Observables(
        "composition",
        tuple(found.items),
        charts=tuple(found.charts),
        alerts=(*joint_notices([recording]), *found.alerts),
        spectrum=recording.spectrum() if kind == "mass spectrum" else None,
    )


def _sigma(found: Found, element: str) -> float | None:
    key = f"composition.{element}.found"
    return next(item.sigma for item in found.items if item.key == key)


def _add_spectrum(found: Found, settings: CompositionSettings) -> None:
    ion = ion_of(found.recording, settings)
    if ion is None:
        raise SettingsError(
            "the charge of the ion is missing",
            where=found.recording.name,
            do="type --set charge=1 with its sign, and what the compound lost or took up: "
            "--set lost=PF6, --set gained=H",
        )
    masses = add_ion(found, ion, settings, measured=True)
    found.charts.append(pattern_chart(masses, settings, found.recording))


def _add_ion_beside(found: Found, settings: CompositionSettings) -> None:
    """Add the masses of the ion to an analysis, which stands without them."""
    try:
        ion = ion_of(found.recording, settings)
        if ion is None:
            if settings.printed_mz or settings.others:
                found.alert("COMP-111", what="masses of the ion", why="type --set charge=1")
            return
        masses = add_ion(found, ion, settings, measured=False)
    except SpectrafitError as error:
        found.alert("COMP-111", what="masses of the ion", why=str(error))
        return
    found.charts.append(pattern_chart(masses, settings, found.recording))
