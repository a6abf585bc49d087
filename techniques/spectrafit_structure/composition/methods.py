"""What `composition` did, in the sentences of a paper."""

from __future__ import annotations

from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence
from spectrafit_structure.composition.analysis_items import ANALYSIS_STEP
from spectrafit_structure.composition.ion_items import ION_STEP

__all__ = ["COMPOSITION_CITATIONS", "COMPOSITION_METHODS"]

COMPOSITION_CITATIONS: tuple[Citation, ...] = (
    Citation(
        "prohaska2022",
        "article",
        {
            "author": "Prohaska, T. and Irrgeher, J. and Benefield, J. and others",
            "title": "Standard atomic weights of the elements 2021 (IUPAC Technical Report)",
            "journal": "Pure and Applied Chemistry",
            "volume": "94",
            "pages": "573–600",
            "year": "2022",
            "doi": "10.1515/pac-2019-0603",
        },
    ),
    Citation(
        "wang2021",
        "article",
        {
            "author": "Wang, M. and Huang, W. J. and Kondev, F. G. and Audi, G. and Naimi, S.",
            "title": "The AME 2020 atomic mass evaluation (II). Tables, graphs and references",
            "journal": "Chinese Physics C",
            "volume": "45",
            "pages": "030003",
            "year": "2021",
            "doi": "10.1088/1674-1137/abddaf",
        },
    ),
)
"""Atomic weights and isotope masses."""


def _analysis(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Elemental analyses were compared with {formula}, with standard atomic weights.",
        {"formula": str(facts.steps[ANALYSIS_STEP]["formula"])},
        ("prohaska2022",),
    )


def _determinations(facts: MethodsFacts) -> MethodsSentence | None:
    errors = set(facts.budget)
    if "scatter" in errors:
        return MethodsSentence(
            "Percentages are means of several determinations; their standard uncertainty is that of "
            "the mean, by scatter, times Student's factor for 68 %."
        )
    if "of the file" in errors:
        return MethodsSentence(
            "Percentages are inverse-variance means of the determinations with the standard "
            "uncertainties of the analysis, taken as independent."
        )
    if "as told" in errors:
        return MethodsSentence(
            "The standard uncertainty of percentages is that of the laboratory, common to its "
            "determinations."
        )
    return MethodsSentence("Percentages are means of the determinations.")


def _limit(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Deviations up to {limit} % absolute were accepted, a custom of journals.",
        {"limit": float(facts.conventions["limit_percent"])},
    )


def _ratio(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Ratios of atoms are those of percentages over atomic weights; an analysis of the whole sample "
        "does not tell a compound from a mixture of the same overall composition."
    )


def _pattern(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The isotope pattern of {ion}, charge {charge}, was calculated by convolution of natural "
        "abundances, one centroid for each nominal mass, less the mass of an electron for each "
        "positive charge.",
        {
            "ion": str(facts.steps[ION_STEP]["ion"]),
            "charge": f"{int(facts.steps[ION_STEP]['charge']):+d}",
        },
        ("wang2021",),
    )


def _tolerance(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "An m/z within {tolerance} of a calculated one agrees with it; the most abundant isotopologue "
        "and the average mass were both tried.",
        {"tolerance": float(facts.conventions["tolerance_mz"])},
    )


def _heights(facts: MethodsFacts) -> MethodsSentence:
    how = (
        "areas of peaks of the profile, one FWHM to each side"
        if facts.conventions["heights"] == "areas"
        else "intensities of a list of peaks"
    )
    return MethodsSentence(
        "Observed patterns are {how}, scaled as a whole to the calculated pattern, which they "
        "differ from where the rms difference exceeds {limit} % of the highest peak, or one peak's "
        "twice that.",
        {"how": how, "limit": float(facts.conventions["limit_percent_of_base"])},
    )


def _overlap(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Ions overlap where calculated peaks are closer than {distance} in m/z.",
        {"distance": float(facts.conventions["resolved_mz"])},
    )


COMPOSITION_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_analysis, steps=(ANALYSIS_STEP,), conventions=("formula",)),
    MethodsRule(_determinations, conventions=("determinations",), budget=("scatter", "of the file", "as told")),
    MethodsRule(_limit, conventions=("limit_percent",)),
    MethodsRule(_ratio, conventions=("expected",)),
    MethodsRule(_pattern, steps=(ION_STEP,), conventions=("ion", "charge")),
    MethodsRule(_tolerance, conventions=("tolerance_mz",)),
    MethodsRule(_heights, conventions=("heights", "limit_percent_of_base")),
    MethodsRule(_overlap, conventions=("resolved_mz",)),
)  # fmt: skip
"""In reading order: analyses, ratios, ions, spectra."""
