"""What was done with a temperature series of infrared spectra, in the sentences of a paper."""

from __future__ import annotations

from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence, Stated

__all__ = ["SERIES_METHODS"]

_LAWS = {
    "linear": "linear in temperature",
    "constant": "one value for all temperatures",
    "free": "free in every spectrum",
    "auto": "linear in temperature where χ² asks for a slope, else one value",
}


def _linked(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps.get("linked bands", {})
    if not step:
        return None
    values: dict[str, Stated] = {"count": int(step.get("spectra", 0))}
    laws = ""
    for name, words in (("positions", "positions"), ("widths", "widths")):
        given = facts.conventions.get(name)
        if given is not None:
            laws += f", {words} {{{name}}}"
            values[name] = _LAWS.get(str(given), str(given))
    return MethodsSentence(
        f"The spectra of the series ({{count}}) were fitted as one problem{laws}; areas and baselines "
        "are free in every spectrum, and an area may be negative.",
        values,
    )


def _common(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The uncertainty by the baseline is common to a band in all spectra of the series: they "
        "share one family of baselines."
    )


def _presence(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Where a band appears or vanishes was tested on its areas at 95 %, over all spectra of a branch "
        "together.",
        {},
        ("currie1968",),
    )


def _regimes(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Regimes were told apart by BIC among constant, smooth and stepped laws over all gaps between "
        "temperatures; a step is accepted where its gain exceeds the 99 % quantile of series simulated "
        "without it, and is given as the interval between two temperatures."
    )


def _joint(facts: MethodsFacts) -> MethodsSentence:
    bands = facts.steps["joint step"].get("bands", ())
    return MethodsSentence(
        "The step that bands share ({bands}) is where the product of their likelihoods is largest.",
        {"bands": ", ".join(str(one) for one in bands)},
    )


def _hysteresis(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Hysteresis is the difference of the brackets on heating and on cooling."
    )


def _rank(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The number of species is at most that of singular values above 1.05 times the edge of the "
        "noise; vectors that derivatives of the mean spectrum explain count as shift or broadening, and "
        "two species are claimed only where crossings are isosbestic within their errors."
    )


def _progress(facts: MethodsFacts) -> MethodsSentence:
    zero, one = facts.conventions.get("zero_at_K"), facts.conventions.get("one_at_K")
    if zero is None or one is None:
        return MethodsSentence("Progress of a band is its area between those at two temperatures.")
    return MethodsSentence(
        "Progress of a band is its area between those at {zero} K and {one} K: a population up to two "
        "unknown numbers.",
        {"zero": float(zero), "one": float(one)},
    )


def _law(facts: MethodsFacts) -> MethodsSentence | None:
    said = facts.conventions
    if "verdict" not in said or "law_bands" not in said:
        return None
    anchors = said.get("anchors", ())
    return MethodsSentence(
        "A two-state van 't Hoff law was fitted to the areas of {bands} with one enthalpy and half "
        "temperature and with free end members, once constant and once linear in temperature; the "
        "enthalpy is given with its 95 % profile interval, and its verdict is {verdict} (anchors: "
        "{anchors}).",
        {
            "bands": " and ".join(str(one) for one in said["law_bands"]),
            "verdict": str(said["verdict"]).replace("_", " "),
            "anchors": "; ".join(str(one) for one in anchors) if anchors else "none",
        },
    )


def _bound(facts: MethodsFacts) -> MethodsSentence:
    said = facts.conventions
    return MethodsSentence(
        "The exchange rate is bounded by the growth of the width of {band} since {coldest} K, π c Δw, at a "
        "resolution of {resolution} cm⁻¹, if it and {partner} are one oscillator.",
        {
            "band": str(said.get("band", "the band")),
            "coldest": float(said.get("coldest_K", 0.0)),
            "resolution": float(said.get("resolution_cm", 0.0)),
            "partner": str(said.get("partner", "its partner")),
        },
    )


def _calculated(facts: MethodsFacts) -> MethodsSentence:
    said = facts.conventions
    values: dict[str, Stated] = {
        "fwhm": float(said.get("stick_fwhm_cm", 12.0)),
        "factor": float(said.get("scale_factor", 1.0)),
        "origin": str(said.get("scale_factor_from", "given")),
    }
    return MethodsSentence(
        "Calculated vibrations were broadened to Lorentzians of {fwhm} cm⁻¹ and multiplied by one scale "
        "factor, {factor:5} ({origin}); similarity is the cosine of spectra without their straight lines, "
        "held against the same with every mode shifted at random.",
        values,
    )


SERIES_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_linked, steps=("linked bands",), conventions=("positions", "widths", "T_ref_K")),
    MethodsRule(_common, conventions=("common",)),
    MethodsRule(_presence, steps=("presence",)),
    MethodsRule(_regimes, steps=("regimes",), conventions=("number",)),
    MethodsRule(_joint, steps=("joint step",)),
    MethodsRule(_hysteresis, steps=("hysteresis",), conventions=("low_K", "high_K")),
    MethodsRule(_rank, steps=("rank",), conventions=("p", "spread", "T_K")),
    MethodsRule(_progress, steps=("progress",), conventions=("zero_at_K", "one_at_K")),
    MethodsRule(
        _law,
        steps=("two-state law",),
        conventions=("ends", "anchors", "verdict", "law_bands", "T_K"),
    ),
    MethodsRule(
        _calculated,
        steps=("calculated",),
        conventions=(
            "scale_factor",
            "scale_factor_from",
            "stick_fwhm_cm",
            "states",
            "chance",
            "over",
        ),
    ),
    MethodsRule(
        _bound,
        steps=("width bound",),
        conventions=("partner", "coldest_K", "resolution_cm", "assumption", "band", "rate"),
    ),
)
"""In reading order: the linked fit, presence, steps, species, populations, rates."""
