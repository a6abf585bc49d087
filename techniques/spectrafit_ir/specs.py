"""Declared keys of `ir`."""

from __future__ import annotations

import math

from spectrafit.constants import LIGHT_SPEED
from spectrafit.observable import Kind, ObservableClass, ObservableSpec

__all__ = ["CONVENTIONS", "SPECS", "resolving_time"]

CONVENTIONS = ("window_cm", "line", "baseline")
"""What nobody should quote an area without."""


def resolving_time(distance_cm: float) -> float:
    """Return the lifetime above which two bands are resolved, ``1/(pi c dnu)``.

    Parameters
    ----------
    distance_cm : float
        Distance of the bands, cm-1.

    Returns
    -------
    float
        s; 1.5e-13 for 71 cm-1.
    """
    return 1.0 / (math.pi * LIGHT_SPEED * 100.0 * distance_cm)


TIME_SCALE = resolving_time(71.0)


def _band(
    quantity: str,
    unit: str,
    meaning: str,
    *,
    kind: Kind = Kind.VALUE,
    additive: bool = False,
    quoted: tuple[str, ...] = (),
    owner: str = "band",
) -> ObservableSpec:
    return ObservableSpec(
        f"ir.{{{owner}}}.{quantity}",
        unit,
        meaning,
        kind,
        ObservableClass.SNAPSHOT,
        TIME_SCALE,
        additive=additive,
        quoted=quoted,
    )


def _series(quantity: str, unit: str, meaning: str, *, kind: Kind = Kind.VALUE) -> ObservableSpec:
    return ObservableSpec(
        f"ir.{quantity}", unit, meaning, kind, ObservableClass.THERMODYNAMIC, None, additive=False
    )


SPECS: tuple[ObservableSpec, ...] = (
    _band(
        "trace", "1",
        "absorbance at one wavenumber above the baseline; shift and width change it as populations do",
        additive=True, quoted=("trace_cm", "baseline"),
    ),
    _band(
        "window_area", "cm-1", "area above the baseline of the band's window", additive=True,
        quoted=("area_window_cm", "baseline"),
    ),
    _band("area", "cm-1", "area of the profile fitted to this spectrum", additive=True, quoted=CONVENTIONS),
    _band("position", "cm-1", "centre of the fitted profile", quoted=("line",)),
    _band("width", "cm-1", "full width at half maximum of the fitted profile", quoted=("line",)),
    _band("height", "1", "height of the fitted profile", quoted=("line",)),
    _band(
        "linked_area", "cm-1",
        "area of the profile in the fit of the whole series: the estimator for populations",
        additive=True, quoted=CONVENTIONS,
    ),
    _band("linked_position", "cm-1", "centre of the profile in the fit of the whole series", quoted=("line",)),
    _band("linked_width", "cm-1", "full width at half maximum in the fit of the whole series", quoted=("line",)),
    _band("linked_height", "1", "height of the profile in the fit of the whole series", quoted=("line",)),
    _band("ratio", "1", "ratio of two linked areas, free of the scale of the sample", owner="bands"),
    _band(
        "progress", "1", "linked area between those at two declared temperatures, 0 at the lower and 1 "
        "at the higher: a population up to an affine map", additive=False,
    ),
    _band("trace_verdict", "1", "whether shift and width leave the trace a population", kind=Kind.CATEGORY),
    _band("presence", "1", "where in the series the band is", kind=Kind.CATEGORY),
    _band("regime", "1", "how the linked area goes with temperature", kind=Kind.CATEGORY),
    _band("step", "K", "bracket of the abrupt change of the linked area", kind=Kind.INTERVAL),
    _band("detection_limit", "cm-1", "area that would be found in 95 of 100 series where it is absent", kind=Kind.UPPER_LIMIT),
    _series("step", "K", "bracket of the abrupt change that the bands have in common", kind=Kind.INTERVAL),
    _series("hysteresis", "1", "whether heating and cooling change at different temperatures", kind=Kind.CATEGORY),
    _series("dH", "kJ mol-1", "enthalpy of the two-state change", kind=Kind.INTERVAL),
    _series("T_half", "K", "temperature of equal populations of the two-state change", kind=Kind.INTERVAL),
    _series("population_verdict", "1", "whether the series identifies a two-state law", kind=Kind.CATEGORY),
    _series("rank", "1", "spectra that the series is made of, at most: a shift counts as one more"),
    _series("species", "1", "whether the series shows several species or one that moves", kind=Kind.CATEGORY),
    _series("{window}.rank", "1", "spectra that a window is made of, at most: a shift counts as one more"),
    _series("{window}.species", "1", "whether a window shows several species or one that moves", kind=Kind.CATEGORY),
    _series("{point}.isosbestic", "cm-1", "wavenumber of equal absorbance at all temperatures"),
    _series("k_max", "s-1", "95 % upper bound of the rate out of a state, from the growth of a width", kind=Kind.UPPER_LIMIT),
    _series("match.{state}", "1", "similarity of a calculated spectrum"),
    _series("leads.{states}", "1", "whether one calculated state is more similar than another", kind=Kind.CATEGORY),
    _series("change_match", "1", "whether the measured change is that between two calculated states", kind=Kind.CATEGORY),
    _series("scale_factor", "1", "factor on calculated wavenumbers"),
)  # fmt: skip
