"""What `magnetism` did, in the sentences of a paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence, Stated

__all__ = ["MAGNETISM_CITATIONS", "MAGNETISM_METHODS"]


def _work(key: str, kind: str, **fields: str) -> Citation:
    return Citation(key, kind, fields)


MAGNETISM_CITATIONS: tuple[Citation, ...] = (
    _work(
        "bain2008", "article", author="Bain, G. A. and Berry, J. F.",
        title="Diamagnetic corrections and Pascal's constants",
        journal="Journal of Chemical Education", volume="85", pages="532–536", year="2008",
        doi="10.1021/ed085p532",
    ),
    _work(
        "bleaney1952", "article", author="Bleaney, B. and Bowers, K. D.",
        title="Anomalous paramagnetism of copper acetate",
        journal="Proceedings of the Royal Society of London A", volume="214", pages="451–465",
        year="1952", doi="10.1098/rspa.1952.0181",
    ),
    _work(
        "craven1978", "article", author="Craven, P. and Wahba, G.",
        title="Smoothing noisy data with spline functions", journal="Numerische Mathematik",
        volume="31", pages="377–403", year="1978", doi="10.1007/BF01404567",
    ),
    _work(
        "gasser1986", "article", author="Gasser, T. and Sroka, L. and Jennen-Steinmetz, C.",
        title="Residual variance and residual pattern in nonlinear regression",
        journal="Biometrika", volume="73", pages="625–633", year="1986",
        doi="10.1093/biomet/73.3.625",
    ),
)  # fmt: skip
"""Corrections, exchange, smoothing and scatter."""


def _pair_of(value: Any) -> tuple[float, float] | None:
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:
        return float(value[0]), float(value[1])
    return None


def _moment(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["moment"]
    return MethodsSentence(
        "Moments are those of the column {column}.", {"column": str(step["column"])}
    )


def _table(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence("χₘT was taken from a table as it stands there.")


def _molar(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps.get("molar susceptibility")
    if step is None:
        return None
    return MethodsSentence(
        "χₘ is MM_w/(Hm) with m = {mass} mg and M_w = {molar_mass} g mol⁻¹, in cm³ mol⁻¹ (emu).",
        {"mass": float(step["mass_mg"]), "molar_mass": float(step["molar_mass"])},
    )


def _field(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The field was {field} Oe.", {"field": float(facts.conventions["field_Oe"])}
    )


def _corrections(facts: MethodsFacts) -> MethodsSentence | None:
    given = facts.conventions
    names = [name for name in ("matrix", "holder", "diamagnetism") if name in given]
    if len(names) < 2 and "corrections" not in facts.steps:
        return None
    values: dict[str, Stated] = {name: str(given[name]) for name in names}
    text = "; ".join(f"{name}: {{{name}}}" for name in names)
    cites = ("bain2008",) if "rule of thumb" in str(given.get("diamagnetism", "")) else ()
    return MethodsSentence(f"Corrections of χₘ: {text}.", values, cites)


def _uncorrected(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence("Values that are called raw have no correction.")


def _dia_range(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "How far χₘT moves where the diamagnetic susceptibility is 20 % smaller or larger is given beside it."
    )


def _named(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "χₘT at a temperature is that of a straight line through the readings within {half} K.",
        {"half": float(facts.conventions["half_width_K"])},
    )


def _curve(facts: MethodsFacts) -> MethodsSentence:
    step = float(facts.steps["curve"]["curve_step_K"])
    if step:
        return MethodsSentence(
            "Readings were averaged in bins of {step} K, temperatures too.", {"step": step}
        )
    return MethodsSentence("Readings within 0.05 K of each other were averaged.")


def _common(facts: MethodsFacts) -> MethodsSentence | None:
    if facts.conventions["common"] == "none":
        return None
    return MethodsSentence(
        "The uncertainties by {common} are common to all points of a file.",
        {"common": str(facts.conventions["common"]).replace("chi_dia", "diamagnetism")},
    )


def _common_of_branch(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The uncertainty by the lag of the sample is common to a branch, of opposite sign on the other."
    )


def _sample_T(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "A joint fit takes that lag as a temperature of the sample, below that of the thermometer on "
        "heating and above it on cooling, with the susceptibility still multiplied by the latter."
    )


def _bins(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The uncertainty of a mean over readings holds half of the curve's bend times the variance "
        "of their temperatures."
    )


def _stat(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Statistical errors are those of the file, raised to the scatter from reading to reading where that "
        "is larger; where the file has none, or more than three times the scatter, they are the scatter.",
        cites=("gasser1986",),
    )


def _centre(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Half of the difference between free and fixed centre of the scans is a systematic error."
    )


def _branches(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Half of the difference between heating and cooling is a systematic error."
    )


def _branch(facts: MethodsFacts) -> MethodsSentence | None:
    if "way" in facts.conventions:
        return None
    return MethodsSentence(
        "Numbers of one branch are of {branch}.",
        {"branch": str(facts.conventions["branch"]).replace("_", " ")},
    )


def _transition(facts: MethodsFacts) -> MethodsSentence:
    way = str(facts.conventions["way"])
    if "half" in way:
        return MethodsSentence(
            "T½ by the half fraction is where the high-spin fraction between straight lines through both "
            "pure forms is one half."
        )
    return MethodsSentence(
        "T½ is the maximum of d(χₘT)/dT of a smoothing spline through each branch; it is not known better "
        "than the distance of readings.",
        cites=("craven1978",),
    )


def _windows(facts: MethodsFacts) -> MethodsSentence | None:
    pairs = [_pair_of(facts.conventions.get(name)) for name in ("low_spin_K", "high_spin_K")]
    if pairs[0] is None or pairs[1] is None:
        return None
    return MethodsSentence(
        "The pure forms are those from {a} K to {b} K and from {c} K to {d} K.",
        {"a": pairs[0][0], "b": pairs[0][1], "c": pairs[1][0], "d": pairs[1][1]},
    )


def _lag(facts: MethodsFacts) -> MethodsSentence:
    lag = facts.conventions["lag_K"]
    if isinstance(lag, str):
        return MethodsSentence(
            "The lag of the sample is not known, so the loop between heating and cooling is an upper limit."
        )
    return MethodsSentence(
        "A loop counts as resolved from twice the lag of the sample ({lag} K) and the distance of readings on.",
        {"lag": float(lag)},
    )


def _residual(facts: MethodsFacts) -> MethodsSentence:
    given = facts.conventions
    low = given["low_spins"]
    return MethodsSentence(
        "The share of high-spin molecules at {T:4} K is that of χₘT between the spin-only values of S = "
        "{high} (g = {g}) and of the low-temperature form ({low}).",
        {
            "T": float(given["T_K"]),
            "high": ", ".join(f"{one:g}" for one in given["high_spins"]),
            "g": float(given["g_high"]),
            "low": low if isinstance(low, str) else "S = " + ", ".join(f"{one:g}" for one in low),
        },
    )


def _pair(facts: MethodsFacts) -> MethodsSentence:
    given = facts.conventions
    return MethodsSentence(
        "A pair of spins {first} and {second} with isotropic exchange, {hamiltonian}, one g value and no "
        "zero-field splitting was fitted to χₘT, without and with a mean field between pairs; Akaike's "
        "weights decide, and a fit is rejected by its residuals.",
        {
            "first": float(given["spins"][0]),
            "second": float(given["spins"][1]),
            "hamiltonian": str(given["hamiltonian"]),
        },
        ("bleaney1952",),
    )


def _pair_range(facts: MethodsFacts) -> MethodsSentence | None:
    ends = _pair_of(facts.conventions["pair_K"])
    if ends is None:
        return None
    return MethodsSentence(
        "The pair was fitted from {low:4} K on, up to {high:4} K.",
        {"low": ends[0], "high": ends[1]},
    )


def _curie(facts: MethodsFacts) -> MethodsSentence | None:
    ends = _pair_of(facts.conventions["window_K"])
    if ends is None:
        return None
    law = "χₘ = C/(T − θ) + TIP" if facts.steps["curie-weiss"]["tip"] else "χₘ = C/(T − θ)"
    return MethodsSentence(
        "The law {law} was fitted from {low} K on, up to {high} K, unweighted and with weights 1/σ²; the "
        "difference is part of the errors.",
        {"law": law, "low": ends[0], "high": ends[1]},
    )


def _field_line(facts: MethodsFacts) -> MethodsSentence | None:
    ends = _pair_of(facts.conventions.get("field_window_Oe"))
    if ends is None:
        return None
    return MethodsSentence(
        "Susceptibilities of field sweeps are slopes of straight lines through M(H), |H| from {low} Oe on, up "
        "to {high} Oe.",
        {"low": ends[0], "high": ends[1]},
    )


def _slope(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The correction slope is the mean of corrected less raw χₘ: what the corrections add to d(χₘT)/dT."
    )


def _rise(_: MethodsFacts) -> MethodsSentence:
    return MethodsSentence("Rises of χₘT are differences of such lines, raw and corrected.")


MAGNETISM_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_moment, steps=("moment",), conventions=("moment",)),
    MethodsRule(_table, steps=("table",)),
    MethodsRule(_molar, steps=("molar susceptibility",), conventions=("mass_mg", "molar_mass")),
    MethodsRule(_field, conventions=("field_Oe",)),
    MethodsRule(
        _corrections, steps=("corrections",), conventions=("diamagnetism", "matrix", "holder")
    ),
    MethodsRule(_uncorrected, conventions=("corrections",)),
    MethodsRule(_dia_range, conventions=("dia_20_percent_less", "dia_20_percent_more")),
    MethodsRule(_curve, steps=("curve",)),
    MethodsRule(_named, steps=("named temperature",), conventions=("half_width_K",)),
    MethodsRule(_rise, steps=("rise",)),
    MethodsRule(_slope, steps=("correction slope",)),
    MethodsRule(_branch, conventions=("branch",)),
    MethodsRule(_transition, steps=("transition",), conventions=("way",)),
    MethodsRule(_windows, conventions=("low_spin_K", "high_spin_K")),
    MethodsRule(_lag, steps=("hysteresis",), conventions=("lag_K", "width_K")),
    MethodsRule(
        _residual,
        steps=("residual share",),
        conventions=("T_K", "high_spins", "low_spins", "g_high", "g_low"),
    ),
    MethodsRule(_pair, steps=("pair",), conventions=("hamiltonian", "spins", "model")),
    MethodsRule(_pair_range, conventions=("pair_K",)),
    MethodsRule(_curie, steps=("curie-weiss",), conventions=("window_K",)),
    MethodsRule(_field_line, steps=("field line",), conventions=("field_window_Oe",)),
    MethodsRule(_stat, budget=("stat",)),
    MethodsRule(_centre, budget=("centre",)),
    MethodsRule(_branches, budget=("branches",)),
    MethodsRule(_common, conventions=("common",)),
    MethodsRule(_common_of_branch, conventions=("common_of_branch",)),
    MethodsRule(_sample_T, conventions=("sample_T_off",)),
    MethodsRule(_bins, budget=("bins",)),
)
"""In reading order: moments, corrections, curve and named values, transition, laws, errors."""
