"""What was done with a temperature series and with two declared states, in the sentences of a paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence, Stated

__all__ = ["SERIES_METHODS"]

_LAWS = {
    "shared": "one value for all temperatures",
    "linear": "a straight line in temperature",
    "debye": "the second-order Doppler shift of a Debye solid",
}
_QUANTITIES = {
    "IS": "the isomer shift",
    "QS": "the quadrupole splitting",
    "width": "the line width",
}


def _of(facts: MethodsFacts, *names: str) -> Any:
    """Return the first convention of these that is on record, else None."""
    return next((facts.conventions[name] for name in names if name in facts.conventions), None)


def _carried(facts: MethodsFacts) -> MethodsSentence | None:
    at, theta = _of(facts, "T_ref_K", "T_ref"), _of(facts, "theta_K", "theta")
    if at is None:
        return None
    values: dict[str, Stated] = {"at": float(at)}
    if theta is None or (isinstance(theta, Sequence) and not theta):
        return MethodsSentence("Isomer shifts are given for {at} K.", values)
    low, high = (theta, theta) if isinstance(theta, int | float) else (theta[0], theta[-1])
    values |= {"low": float(low), "high": float(high)}
    return MethodsSentence(
        "Isomer shifts were carried to {at} K by the second-order Doppler shift of a Debye solid with a "
        "Debye temperature of at least {low} K and at most {high} K, declared and not fitted.",
        values,
    )


def _theta_error(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The range of the Debye temperature is part of their errors, as the standard deviation of values "
        "that are equally likely in it."
    )


def _states(facts: MethodsFacts) -> MethodsSentence | None:
    names = [_of(facts, f"state_{i}") for i in (1, 2)]
    if None in names:
        return None
    values: dict[str, Stated] = {"first": str(names[0]), "second": str(names[1])}
    parts = []
    for i, name in enumerate(("first", "second"), 1):
        for quantity in ("IS", "QS"):
            ends = _of(facts, f"{quantity}_{i}")
            if ends:
                low, high = f"{name}_{quantity}_low", f"{name}_{quantity}_high"
                values |= {low: float(ends[0]), high: float(ends[-1])}
                parts.append(f"{quantity} of {{{name}}} {{{low}:4}} to {{{high}:4}} mm/s")
    at = _of(facts, "states_T_K")
    if at is not None:
        values["states_at"] = float(at)
    held = " (isomer shifts at {states_at} K)" if at is not None else ""
    ranges = f": {', '.join(parts)}{held}" if parts else ""
    return MethodsSentence(f"Two states were declared, {{first}} and {{second}}{ranges}.", values)


def _populations(facts: MethodsFacts) -> MethodsSentence | None:
    if _of(facts, "state_2") is None:
        return None
    return MethodsSentence(
        "In fast exchange isomer shifts average in proportion to the populations and splittings as "
        "tensors, so that the population of {second} from the splitting is a lower bound; intervals span "
        "the declared ranges and 95 % of the errors, and are not averaged where they disagree.",
        {"second": str(_of(facts, "state_2"))},
    )


def _joint(facts: MethodsFacts) -> MethodsSentence:
    laws = facts.steps["joint fit"].get("laws", {})
    told = [
        f"{_QUANTITIES.get(name.rpartition('.')[2], name)} follows {_LAWS.get(kind, kind)}"
        for name, kind in sorted(laws.items())
        if kind != "free"
    ]
    return MethodsSentence(
        "All spectra of the series were fitted at once, linked by laws: {laws}.",
        {"laws": "; ".join(told) or "none"},
    )


def _law(facts: MethodsFacts) -> MethodsSentence:
    kind = str(facts.conventions["law"])
    return MethodsSentence(
        "The isomer shift of the series follows {law}.", {"law": _LAWS.get(kind, kind)}
    )


def _listed(facts: MethodsFacts) -> MethodsSentence:
    missing = facts.steps["reporting checklist"].get("missing", ())
    if not missing:
        return MethodsSentence(
            "All items of the checklist for reporting of Mössbauer data are given.",
            {},
            ("iupac1976", "grandjean2021"),
        )
    return MethodsSentence(
        "Of the checklist for reporting of Mössbauer data, these items are not on record: {missing}.",
        {"missing": ", ".join(str(one) for one in missing)},
        ("iupac1976", "grandjean2021"),
    )


SERIES_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_joint, steps=("joint fit",)),
    MethodsRule(_law, conventions=("law",)),
    MethodsRule(_carried, conventions=("T_ref_K", "T_ref", "theta_K", "theta")),
    MethodsRule(_theta_error, budget=("theta",)),
    MethodsRule(
        _states,
        conventions=("state_1", "state_2", "IS_1", "IS_2", "QS_1", "QS_2", "states_T_K"),
    ),
    MethodsRule(_populations, conventions=("state_1", "state_2")),
    MethodsRule(_listed, steps=("reporting checklist",)),
)
"""In reading order: the joint fit, temperatures, states, what is not on record."""
