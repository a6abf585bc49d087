"""Settings of the technique `magnetism`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from spectrafit_magnetism.header_sample import HeaderConvention

__all__ = ["MagnetismSettings"]

Moment = Literal["", "free", "fixed", "vsm", "acms", "long"]


def _field(meaning: str, default: Any = None, unit: str = "1", *, matters: bool = False) -> Any:
    """Return a field; one that matters is spelt out in the first study of a folder."""
    metadata: dict[str, Any] = {"meaning": meaning, "unit": unit}
    if matters:
        metadata["matters"] = True
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class MagnetismSettings:
    """Settings of a magnetometer's run; every field has a meaning and a default.

    What only the user knows (diamagnetism, errors of masses, lag, spins) has no guess: its default
    leaves the quantity out, and an alert names the setting.
    """

    mass_mg: float = _field(
        "mass of the sample; 0 takes that of the header", 0.0, "mg", matters=True
    )
    mass_error_mg: float = _field(
        "standard uncertainty of the mass; 0 is not told, and chi T then has no uncertainty",
        0.0,
        "mg",
        matters=True,
    )
    molar_mass: float = _field(
        "molar mass of the unit that chi is given for; 0 takes that of the header",
        0.0,
        "g mol-1",
        matters=True,
    )
    molar_mass_error: float = _field(
        "standard uncertainty of the molar mass, as of solvent that may be lost", 0.0, "g mol-1"
    )
    scale_error: float = _field(
        "relative standard uncertainty of chi T as a whole, of a table that gives chi T", 0.0
    )
    chi_dia: float = _field(
        "diamagnetic susceptibility of the compound, below 0, which is subtracted; 0 is not known",
        0.0,
        "cm3 mol-1",
        matters=True,
    )
    chi_dia_source: str = _field("where chi_dia is from, as a citation", "")
    chi_dia_rule: bool = _field("whether chi_dia is -M/2 x 1e-6, the rule of thumb", False)
    chi_dia_share: float = _field("relative standard uncertainty of chi_dia", 0.2)
    header_convention: HeaderConvention = _field(
        "how SAMPLE_VOLUME and SAMPLE_SIZE of the header are meant: magnetopy takes mg of eicosane "
        "and chi_dia, none leaves them unread",
        "none",
        matters=True,
    )
    matrix_mg: float = _field(
        "mass of what the sample is fixed in; eicosane unless the two below are set",
        0.0,
        "mg",
        matters=True,
    )
    matrix_chi: float = _field("molar susceptibility of the matrix, below 0", 0.0, "cm3 mol-1")
    matrix_molar_mass: float = _field("molar mass of the matrix", 0.0, "g mol-1")
    moment: Moment = _field(
        "which moment is used; the first of these that the file has when empty", ""
    )
    most_left_out: float = _field(
        "largest share of rows without a temperature, field or moment that are left out", 0.05
    )
    field_Oe: float = _field(
        "field of the rows that are used, of a file with several; 0 takes all", 0.0, "Oe"
    )
    reversal_K: float = _field(
        "how far the temperature turns back before a new branch begins", 1.0, "K"
    )
    curve_step_K: float = _field(
        "width of the bins of the curve that is handed on; 0 takes single readings, or the narrowest "
        "bins that leave 300 points",
        0.0,
        "K",
    )
    named_K: tuple[float, ...] = _field(
        "temperatures at which chi T is given; of 100, 200 and 300 those measured when empty",
        (),
        "K",
    )
    rise_K: tuple[tuple[float, float], ...] = _field(
        "pairs of temperatures between which the rise of chi T is given, like [[120.0, 300.0]]",
        (),
        "K",
    )
    transition: Literal["auto", "yes", "no"] = _field(
        "whether a spin crossover is looked for; auto where chi T rises steeply somewhere between",
        "auto",
    )
    low_spin_K: tuple[float, float] | None = _field(
        "window of the pure low-temperature form, for the half fraction", None, "K", matters=True
    )
    high_spin_K: tuple[float, float] | None = _field(
        "window of the pure high-temperature form, for the half fraction", None, "K", matters=True
    )
    settle_s: float | None = _field(
        "time that the sample needs to follow the thermometer, for the lag", None, "s", matters=True
    )
    lag_K: float | None = _field("a measured lag of the sample", None, "K")
    most_chiT: float = _field(
        "largest chi T that can be: a larger one is refused, since a unit is wrong",
        400.0,
        "cm3 K mol-1",
    )
    high_spins: tuple[float, ...] = _field(
        "independent spins of the high-temperature form, for the residual share, spin-only lines and "
        "a check of units",
        (),
    )
    low_spins: tuple[float, ...] = _field(
        "independent spins of the low-temperature form; none where it is diamagnetic", ()
    )
    g_high: float = _field("g value of the high-temperature form", 2.0)
    g_low: float = _field("g value of the low-temperature form", 2.0)
    residual_K: float = _field(
        "temperature of the residual share; the lowest from 20 K on when 0", 0.0, "K"
    )
    S1: float = _field("first spin of a coupled pair that is fitted to chi T; 0 for no fit", 0.0)
    S2: float = _field("second spin of the pair", 0.0)
    pair_K: tuple[float, float] | None = _field(
        "temperatures that the pair is fitted to", None, "K"
    )
    pair_free: tuple[Literal["rho", "tip"], ...] = _field(
        "what is fitted besides g, J and a mean field: rho, a Curie impurity, or tip", ()
    )
    impurity_spin: float = _field("spin of the impurity", 0.5)
    curie_K: tuple[float, float] | None = _field(
        "window of a Curie-Weiss fit; none without", None, "K"
    )
    curie_tip: bool = _field(
        "whether a temperature-independent paramagnetism is free in the Curie-Weiss fit", False
    )
    field_window_Oe: tuple[float, float] | None = _field(
        "fields, by their size, that the line of M(H) goes through; all when left out", None, "Oe"
    )
