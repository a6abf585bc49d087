"""Settings of the technique `mossbauer`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["MossbauerSettings"]


def _field(meaning: str, default: Any = None, unit: str = "1", *, matters: bool = False) -> Any:
    """Return a field; one that matters is spelt out in the first study of a folder."""
    metadata: dict[str, Any] = {"meaning": meaning, "unit": unit}
    if matters:
        metadata["matters"] = True
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class MossbauerSettings:
    """Settings of a transmission spectrum of 57Fe; every field has a meaning, a unit and a default.

    Isomer shifts are against the centroid of alpha-iron at room temperature. Nothing about states is
    assumed: populations and rates need the declared shifts and splittings of two states.
    """

    orientation: int | None = _field(
        "1 where velocity rises with the channel in the second branch, -1 where it falls; the sign of "
        "an isomer shift is not determined without it",
        matters=True,
    )
    reference_IS: float | None = _field(
        "isomer shift of the input reference against alpha-iron, clearly not zero, which tells the "
        "orientation where it is not declared",
        None,
        "mm/s",
    )
    convention: Literal["A", "B"] = _field(
        "positions of the lines of alpha-iron: A 5.3123, 3.0760, 0.8397 mm/s (33.04 T); "
        "B 5.3285, 3.0835, 0.8385 mm/s (33.0 T)",
        "A",
        matters=True,
    )
    drive: Literal["auto", "triangle", "sine"] = _field(
        "form of the velocity; auto takes the one with the lower chi2", "auto"
    )
    edge: int = _field("channels left out at either end", 3)
    source: str = _field("source and its matrix, like 57Co/Rh; empty where it is not known", "")
    source_T_K: float | None = _field("temperature of the source", None, "K")
    thickness: str = _field(
        "absorber, like 30 mg/cm2 of the complex in BN; for the reporting checklist", ""
    )
    sites: tuple[Literal["singlet", "doublet", "sextet"], ...] = _field(
        'sites of iron that are fitted, like ["doublet"] or ["doublet", "doublet"]',
        ("doublet",),
        matters=True,
    )
    line: Literal["lorentzian", "voigt"] = _field(
        "shape of singlets and doublets; voigt for a Gaussian spread of isomer shifts", "lorentzian"
    )
    asymmetry: Literal["none", "texture", "relaxation"] = _field(
        "what may differ between the lines of a doublet: none, their areas (texture), or their widths "
        "(relaxation); both are fitted beside in any case",
        "none",
    )
    compare_sites: bool = _field(
        "whether other numbers of doublets and a singlet are fitted too and told by AICc and BIC",
        False,
    )
    t_a: float | None = _field(
        "effective thickness n57 sigma0 f of the absorber, where it is known; above 1 lines broaden"
    )
    non_resonant: float | None = _field(
        "share of the counted radiation that is not of the resonant line, 0 to 1, from a measurement; "
        "with it the transmission integral is fitted"
    )
    theta_K: tuple[float, float] | None = _field(
        "range of the Debye temperature of the iron for the second-order Doppler shift, needed to "
        "carry isomer shifts to T_ref_K",
        None,
        "K",
    )
    site_theta_K: tuple[float, ...] = _field(
        "Debye temperature of each site, in the order of sites, for shares of the iron: absorption "
        "divided by the recoil-free fraction",
        (),
        "K",
    )
    T_ref_K: float | None = _field("temperature that isomer shifts are carried to", None, "K")
    state_names: tuple[str, str] = _field(
        "names of two states between which iron may change", ("state 1", "state 2")
    )
    IS_1: tuple[float, float] | None = _field(
        "range of the isomer shift of state 1 at states_T_K, against alpha-iron", None, "mm/s"
    )
    IS_2: tuple[float, float] | None = _field(
        "range of the isomer shift of state 2 at states_T_K, against alpha-iron", None, "mm/s"
    )
    QS_1: tuple[float, float] | None = _field(
        "range of the quadrupole splitting of state 1, without sign", None, "mm/s"
    )
    QS_2: tuple[float, float] | None = _field(
        "range of the quadrupole splitting of state 2, without sign, the larger one", None, "mm/s"
    )
    states_T_K: float | None = _field(
        "temperature at which the isomer shifts of the states hold", None, "K"
    )
    states_from_K: float = _field(
        "lowest temperature at which both states are meant to be present, for populations and rates",
        0.0,
        "K",
    )
    series_IS: Literal["free", "shared", "linear", "debye"] = _field(
        "law of the isomer shift through a series, for a joint fit; debye is the second-order Doppler "
        "shift with a free Debye temperature",
        "free",
    )
    series_QS: Literal["free", "shared", "linear"] = _field(
        "law of the quadrupole splitting through a series, for a joint fit", "free"
    )
    series_width: Literal["free", "shared"] = _field(
        "law of the line width through a series, for a joint fit", "free"
    )
