"""What `ir` did, in the sentences of a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence, Stated
from spectrafit_ir.series_methods import SERIES_METHODS

__all__ = ["INFRARED_CITATIONS", "INFRARED_METHODS"]


def _article(
    key: str, author: str, title: str, journal: str, volume: str, pages: str, year: str, doi: str
) -> Citation:
    fields = {"author": author, "title": title, "journal": journal, "volume": volume}
    fields |= {"pages": pages, "year": year, "doi": doi}
    return Citation(key, "article", fields)


INFRARED_CITATIONS: tuple[Citation, ...] = (
    _article(
        "baek2015",
        "Baek, S.-J. and Park, A. and Ahn, Y.-J. and Choo, J.",
        "Baseline correction using asymmetrically reweighted penalized least squares smoothing",
        "Analyst",
        "140",
        "250–257",
        "2015",
        "10.1039/c4an01061b",
    ),
    _article(
        "currie1968",
        "Currie, L. A.",
        "Limits for qualitative detection and quantitative determination. Application to radiochemistry",
        "Analytical Chemistry",
        "40",
        "586–593",
        "1968",
        "10.1021/ac60259a007",
    ),
    _article(
        "noda2000",
        "Noda, I.",
        "Determination of two-dimensional correlation spectra using the Hilbert transform",
        "Applied Spectroscopy",
        "54",
        "994–999",
        "2000",
        "10.1366/0003702001950472",
    ),
    _article(
        "camp2019",
        "Camp, C. H., Jr.",
        "pyMCR: A Python library for multivariate curve resolution analysis with alternating regression (MCR-AR)",
        "Journal of Research of the National Institute of Standards and Technology",
        "124",
        "124018",
        "2019",
        "10.6028/jres.124.018",
    ),
)
"""Baselines, limits of detection, correlation and resolution."""

_SHAPES: Mapping[str, str] = {
    "pseudo-voigt": "pseudo-Voigt",
    "gaussian": "Gaussian",
    "lorentzian": "Lorentzian",
    "voigt": "Voigt",
}


def _numbers(given: Any) -> tuple[float, float] | None:
    if isinstance(given, Sequence) and not isinstance(given, str) and len(given) == 2:
        return float(given[0]), float(given[1])
    return None


def _absorbance(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps["absorbance"]
    if step.get("kind") == "transmittance":
        return MethodsSentence("Transmittance T was converted to decadic absorbance, −log₁₀ T.")
    return MethodsSentence("Spectra were used as decadic absorbance, as recorded.")


def _left_out(facts: MethodsFacts) -> MethodsSentence | None:
    left = facts.steps["absorbance"].get("left_out", ())
    if not left:
        return None
    return MethodsSentence(
        "Points that are padded with zeros, saturated or not above zero were left out."
    )


def _vapour(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["vapour"]
    return MethodsSentence(
        "A spectrum of the gas ({background}) times {factor}, fitted to the narrow lines, was taken off.",
        {
            "background": str(step["background"]),
            "factor": (float(step["factor"]), float(step["sigma"])),
        },
    )


def _window(facts: MethodsFacts) -> MethodsSentence | None:
    ends = _numbers(facts.conventions["window_cm"])
    if ends is None:
        return None
    return MethodsSentence(
        "Bands were fitted from {low} to {high} cm⁻¹.", {"low": ends[0], "high": ends[1]}
    )


def _bands(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps.get("linked bands") or facts.steps.get("bands") or {}
    named = step.get("bands") or dict.fromkeys(facts.conventions.get("bands", ()))
    if not named:
        return None
    values: dict[str, Stated] = {"bands": ", ".join(str(name) for name in named)}
    below = str(step.get("baseline", "")).replace("line", "a straight line")
    if not below:
        return MethodsSentence("The bands of the model are {bands}.", values)
    values["below"] = below.replace("offset", "a constant")
    return MethodsSentence(
        "The bands of the model are {bands}, with {below} below them in the same fit.", values
    )


def _line(facts: MethodsFacts) -> MethodsSentence:
    given = str(facts.conventions["line"])
    return MethodsSentence(
        "Bands are {line} profiles; widths are full widths at half maximum.",
        {"line": _SHAPES.get(given, given)},
    )


def _mixing(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The Lorentzian share by area is {share}, held.",
        {"share": float(facts.conventions["mixing"])},
    )


def _trace(facts: MethodsFacts) -> MethodsSentence | None:
    if "bias_percent" in facts.conventions:
        return MethodsSentence(
            "A trace counts as a population only where shift and width, by the fitted positions and "
            "widths, make less than half of its change."
        )
    return MethodsSentence(
        "Traces are the absorbance at the point nearest to a fixed wavenumber, above a baseline through "
        "the edges of the band's window; nothing is interpolated."
    )


def _window_area(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Window areas are integrals by the trapezoidal rule above the baseline of the band's window."
    )


def _peaks(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Bands were looked for at every place and width; listed are those above {limit}, which noise "
        "alone exceeds anywhere in 1 of 20 spectra.",
        {"limit": str(facts.conventions["limit_of_detection"])},
    )


def _sampling(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Spectra were taken by {sampling}.", {"sampling": str(facts.conventions["sampling"])}
    )


def _scale(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The scale of areas: {scale}.", {"scale": str(facts.conventions["scale"])}
    )


def _noise(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The noise of each spectrum was taken from second differences between bands; where neighbouring "
        "points are correlated, errors are those of the effective number of points."
    )


def _misfit(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Where reduced χ² exceeds 1.5, errors hold the noise times its root: a scale of the misfit, no "
        "measurement error."
    )


def _by_baseline(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps.get("linked bands") or facts.steps.get("bands") or {}
    methods = ", ".join(str(one) for one in step.get("baselines", ())) or "several"
    return MethodsSentence(
        "Errors of areas and traces hold the spread over baselines ({methods}), half the range over √3; "
        "one more than 20 % off the median is left out.",
        {"methods": methods},
        ("baek2015",) if "arpls" in methods else (),
    )


def _axis(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Errors of positions hold that of the wavenumber axis, a tenth of the distance of points unless "
        "declared."
    )


INFRARED_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_absorbance, steps=("absorbance",), conventions=("ordinate",)),
    MethodsRule(_left_out, steps=("absorbance",)),
    MethodsRule(_sampling, conventions=("sampling",)),
    MethodsRule(_vapour, steps=("vapour",)),
    MethodsRule(_window, steps=("window",), conventions=("window_cm",)),
    MethodsRule(_bands, steps=("bands", "linked bands"), conventions=("bands",)),
    MethodsRule(_line, conventions=("line",)),
    MethodsRule(_mixing, conventions=("mixing",)),
    MethodsRule(_peaks, conventions=("limit_of_detection", "kind", "together")),
    MethodsRule(_trace, conventions=("trace_cm", "bias_percent"), steps=("trace",)),
    MethodsRule(_window_area, conventions=("area_window_cm", "edge_points", "baselines_left_out")),
    MethodsRule(_scale, conventions=("scale",), budget=("scale",)),
    MethodsRule(_noise, budget=("noise",)),
    MethodsRule(_misfit, budget=("misfit",), conventions=("flags",)),
    MethodsRule(_by_baseline, budget=("baseline",), conventions=("baseline",)),
    MethodsRule(_axis, budget=("axis",)),
    *SERIES_METHODS,
)
"""In reading order: spectra, bands, traces and areas, errors, and the series."""
