"""Declared keys of `magnetism`."""

from __future__ import annotations

from spectrafit.observable import Kind, ObservableSpec
from spectrafit_magnetism.mixing import chiT_mix

__all__ = ["CHI_CONVENTIONS", "EXCHANGE", "SPECS"]

CHI_T = "cm3 K mol-1"
CHI_CONVENTIONS = ("diamagnetism", "matrix", "field_Oe")
"""What nobody should quote a chi T without."""
EXCHANGE = ("hamiltonian",)


def _chi(key: str, meaning: str, unit: str = CHI_T, *, additive: bool = False) -> ObservableSpec:
    return ObservableSpec(
        f"magnetism.{key}", unit, meaning, additive=additive, mix=chiT_mix, quoted=CHI_CONVENTIONS
    )


def _other(
    key: str, unit: str, meaning: str, kind: Kind = Kind.VALUE, quoted: tuple[str, ...] = ()
) -> ObservableSpec:
    return ObservableSpec(f"magnetism.{key}", unit, meaning, kind, additive=False, quoted=quoted)


SPECS: tuple[ObservableSpec, ...] = (
    _chi("chiT", "corrected chi T at a temperature of a branch", additive=True),
    _chi("{temperature}.chiT", "corrected chi T at a named temperature", additive=True),
    _chi("{temperature}.chiT_raw", "chi T at a named temperature without any correction"),
    _chi("{window}.rise", "rise of the corrected chi T between two temperatures"),
    _chi("{window}.rise_raw", "rise of chi T without any correction between two temperatures"),
    _chi("correction_slope", "what the corrections add to d(chi T)/dT", "cm3 mol-1"),
    _other("T_half", "K", "transition temperature: mean of the branches, by the steepest rise", quoted=("way",)),
    _other("{branch}.T_half", "K", "temperature of the steepest rise of chi T on a branch", quoted=("way",)),
    _other("{branch}.T_half_fraction", "K", "temperature of a high-spin fraction of one half on a branch", quoted=("way", "low_spin_K", "high_spin_K")),
    _other("{branch}.T_half_gap", "K", "half fraction less steepest rise on a branch", quoted=("way",)),
    _other("hysteresis", "K", "T1/2 on heating less T1/2 on cooling, by the steepest rise", quoted=("way", "lag_K")),
    _other("hysteresis_fraction", "K", "T1/2 on heating less T1/2 on cooling, by the half fraction", quoted=("way", "lag_K")),
    _other("residual", "1", "share of high-spin molecules at low temperature", quoted=("T_K", "high_spins")),
    _other("pair.g", "1", "common g value of a coupled pair", quoted=EXCHANGE),
    _other("pair.J", "K", "exchange constant over k of a coupled pair", quoted=EXCHANGE),
    _other("pair.J_cm", "cm-1", "exchange constant of a coupled pair", quoted=EXCHANGE),
    _other("pair.gap", "K", "first excited above ground level of a coupled pair", quoted=EXCHANGE),
    _other("pair.theta", "K", "mean field between pairs", quoted=EXCHANGE),
    _other("pair.rho", "1", "share of a Curie impurity", quoted=EXCHANGE),
    _other("pair.tip", "cm3 mol-1", "temperature-independent paramagnetism beside a pair", quoted=EXCHANGE),
    _other("pair.rms", CHI_T, "root mean square residual of the fit of a pair"),
    _other("pair.verdict", "1", "whether a pair describes the data", Kind.CATEGORY),
    _other("pair.model", "1", "whether a mean field between pairs is needed", Kind.CATEGORY),
    _other("curie.C", CHI_T, "Curie constant", quoted=("window_K",)),
    _other("curie.theta", "K", "Weiss temperature, chi = C/(T - theta)", quoted=("window_K",)),
    _other("curie.tip", "cm3 mol-1", "temperature-independent paramagnetism of the Curie-Weiss law", quoted=("window_K",)),
    _other("curie.moment", "1", "effective moment in Bohr magnetons, from the Curie constant", quoted=("window_K",)),
    _other("chi_g", "cm3 g-1", "slope of M(H) per gram, emu/(g Oe)", quoted=("field_window_Oe",)),
    _other("chi_m", "cm3 mol-1", "slope of M(H) per mole, emu/(mol Oe)", quoted=("field_window_Oe", "diamagnetism")),
    _other("linearity", "1", "whether M(H) is a straight line", Kind.CATEGORY),
)  # fmt: skip
