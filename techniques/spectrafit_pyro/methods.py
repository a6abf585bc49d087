"""What `pyro` did, in the sentences of a paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence

__all__ = ["PYRO_CITATIONS", "PYRO_METHODS"]


def _article(
    key: str, author: str, title: str, journal: str, volume: str, pages: str, year: str, doi: str
) -> Citation:
    fields = {"author": author, "title": title, "journal": journal, "volume": volume}
    fields |= {"pages": pages, "year": year, "doi": doi}
    return Citation(key, "article", fields)


PYRO_CITATIONS: tuple[Citation, ...] = (
    _article(
        "lang2005",
        "Lang, S. B.",
        "Pyroelectricity: from ancient curiosity to modern imaging tool",
        "Physics Today",
        "58",
        "31–36",
        "2005",
        "10.1063/1.2062916",
    ),
    _article(
        "savitzky1964",
        "Savitzky, A. and Golay, M. J. E.",
        "Smoothing and differentiation of data by simplified least squares procedures",
        "Analytical Chemistry",
        "36",
        "1627–1639",
        "1964",
        "10.1021/ac60214a047",
    ),
    _article(
        "einstein1907",
        "Einstein, A.",
        "Die Plancksche Theorie der Strahlung und die Theorie der spezifischen Wärme",
        "Annalen der Physik",
        "327",
        "180–190",
        "1907",
        "10.1002/andp.19063270110",
    ),
)
"""The coefficient, the rate, the heat capacity of a model."""


def _ends(given: Any) -> tuple[float, float]:
    low, high = given
    return float(low), float(high)


@dataclass(frozen=True)
class _Window:
    """The sentence of a window of temperature."""

    name: str
    text: str

    def __call__(self, facts: MethodsFacts) -> MethodsSentence | None:
        given = facts.conventions.get(self.name)
        if given is None:
            return None
        low, high = _ends(given)
        return MethodsSentence(self.text, {"low": low, "high": high})


def _coefficient(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["pyroelectric coefficient"]
    rates = " and ".join(f"{float(rate):+.2f}" for rate in step["rates_K_min"])
    return MethodsSentence(
        "The pyroelectric coefficient is p = I/(A dT/dt), at rates of {rates} K/min; dT/dt is that of "
        "local quadratics in windows of {window} s.",
        {"rates": rates, "window": float(step["rate_window_s"])},
        ("lang2005", "savitzky1964"),
    )


def _branches(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["pyroelectric coefficient"]
    if step["branches"] != "both":
        return MethodsSentence(
            "Only {branch} was measured, so an offset of the current is not separated from p.",
            {"branch": str(step["branches"])},
        )
    return MethodsSentence(
        "Currents and rates of heating (h) and cooling (c) were averaged in bins of {grid} K and "
        "combined to p = (I_h − I_c)/[A(r_h − r_c)], which removes a current that does not follow "
        "the rate.",
        {"grid": float(step["grid_K"])},
    )


def _aligned(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps["pyroelectric coefficient"]
    if step["lag_from"] not in ("given", "peak"):
        return None
    if step["lag_from"] == "given":
        return MethodsSentence(
            "Temperatures were corrected for a lag of {lag} s, which was given.",
            {"lag": float(step["lag_s"])},
        )
    return MethodsSentence(
        "The branches were aligned by one lag time of {lag} s, which brings their peaks together; with "
        "one rate it is not told apart from a hysteresis.",
        {"lag": round(float(step["lag_s"]), 2)},
    )


def _area(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The electrode has an area of {area} mm².", {"area": float(facts.conventions["area_mm2"])}
    )


def _polarity(facts: MethodsFacts) -> MethodsSentence:
    if facts.conventions["polarity"] == "not told":
        return MethodsSentence("The polarity of the leads was not known: magnitudes are given.")
    return MethodsSentence(
        "Positive p is a polarisation along +u that grows on heating, with a polarity of the leads of "
        "{polarity}.",
        {"polarity": f"{int(facts.conventions['polarity']):+d}"},
    )


def _tilt(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Values were divided by the cosine of {tilt}°, the angle between electrode normal and polar "
        "axis.",
        {"tilt": float(facts.conventions["tilt_deg"])},
    )


def _limits(facts: MethodsFacts) -> MethodsSentence:
    low, high = _ends(facts.conventions["limits_K"])
    return MethodsSentence(
        "The area of the peak is that between the temperatures where p falls to {share} % of its "
        "height above the plateau line ({limits} K).",
        {
            "share": 100.0 * float(facts.steps["peak"]["share"]),
            "limits": f"{low:.1f}–{high:.1f}",
        },
    )


def _integral(facts: MethodsFacts) -> MethodsSentence | None:
    if "integral" not in facts.steps:
        return None
    return MethodsSentence(
        "The change of polarisation is the trapezoidal integral of p from T₀ = {T0} K.",
        {"T0": float(facts.conventions["T0_K"])},
    )


def _total(facts: MethodsFacts) -> MethodsSentence | None:
    if "integral" not in facts.steps:
        return None
    return MethodsSentence(
        "The total change is that up to {to} K.", {"to": float(facts.conventions["to_K"])}
    )


def _charge(facts: MethodsFacts) -> MethodsSentence:
    low, high = float(facts.conventions["T0_K"]), float(facts.conventions["to_K"])
    return MethodsSentence(
        "As a check that needs no rate, the current was integrated over time from {low} to {high} K.",
        {"low": low, "high": high},
    )


def _even(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The current that does not follow the rate is I₀ = (r_h I_c − r_c I_h)/(r_h − r_c)."
    )


def _zero_rate(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Hysteresis is the distance of the peaks carried to a rate of zero by a straight line over "
        "r_h − r_c."
    )


def _share(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The share of the reference crystal is p_ref/p, with a one-sided 95 % limit, where p exceeds "
        "three standard uncertainties; p_ref stands for the lattice part only if expansion and "
        "piezoelectric tensors of both crystals agree and the reference moves no charge."
    )


def _primary(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["primary part"]
    low, high = _ends(step["scale_range"])
    cites = ("einstein1907",) if "Einstein" in str(facts.conventions.get("secondary")) else ()
    return MethodsSentence(
        "The primary part is p − s p_sec with s = {scale}, and s from {low} to {high} as systematic "
        "uncertainty; p_sec is that of {secondary}.",
        {
            "scale": float(step["scale"]), "low": low, "high": high,
            "secondary": str(facts.conventions["secondary"]),
        },
        cites,
    )  # fmt: skip


def _compared(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["comparison"]
    return MethodsSentence(
        "|p| was compared in magnitude with {material} ({source}).",
        {"material": str(step["material"]), "source": str(step["source"])},
    )


def _common(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The uncertainties of {parts} are common to all points of a curve.",
        {"parts": str(facts.conventions["common"])},
    )


def _bins(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The uncertainty of the height of the peak holds what the mean over a bin falls short of it."
    )


def _largest(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The largest I₀ of the window is that at {at} K.", {"at": float(facts.conventions["at_K"])}
    )


PYRO_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_coefficient, steps=("pyroelectric coefficient",)),
    MethodsRule(_area, conventions=("area_mm2",)),
    MethodsRule(_polarity, conventions=("polarity",)),
    MethodsRule(_tilt, conventions=("tilt_deg",)),
    MethodsRule(_branches, steps=("pyroelectric coefficient",)),
    MethodsRule(_aligned, steps=("pyroelectric coefficient",)),
    MethodsRule(_even, steps=("even current",)),
    MethodsRule(_largest, conventions=("at_K",)),
    MethodsRule(
        _Window("peak_K", "The peak was looked for from {low} to {high} K."),
        steps=("peak", "lag"), conventions=("peak_K",),
    ),
    MethodsRule(_bins, budget=("bins",)),
    MethodsRule(_limits, conventions=("limits_K",)),
    MethodsRule(
        _Window("fixed_K", "A fixed area of the peak is that from {low} to {high} K."),
        conventions=("fixed_K",),
    ),
    MethodsRule(
        _Window("plateau_K", "The plateau is that from {low} to {high} K."),
        steps=("plateau",), conventions=("plateau_K",),
    ),
    MethodsRule(_integral, steps=("integral",), conventions=("T0_K",)),
    MethodsRule(_total, conventions=("to_K",)),
    MethodsRule(_charge, steps=("charge by time",)),
    MethodsRule(_zero_rate, steps=("zero rate",)),
    MethodsRule(_share, steps=("reference share",)),
    MethodsRule(_primary, steps=("primary part",), conventions=("secondary",)),
    MethodsRule(_compared, steps=("comparison",)),
    MethodsRule(_common, conventions=("common",)),
)  # fmt: skip
"""In reading order: coefficient, branches, peak, plateau, integral, reference."""
