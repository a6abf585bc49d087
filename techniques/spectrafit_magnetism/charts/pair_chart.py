"""chi T with the fit of a coupled pair, without and with a mean field, and the residuals."""

from __future__ import annotations

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit_magnetism.charts.chi_chart import CHI_T_LABEL, TEMPERATURE
from spectrafit_magnetism.curve import MeasuredCurve
from spectrafit_magnetism.dimer_fit import DimerFit
from spectrafit_magnetism.pair_items import HAMILTONIAN, PairFit

__all__ = ["pair_chart"]

_FINE = 300


def pair_chart(curve: MeasuredCurve, made: PairFit) -> Chart:
    """Return the fit of a pair with its residuals.

    Parameters
    ----------
    curve : MeasuredCurve
        Of which it is.
    made : PairFit
        The fit.

    Returns
    -------
    Chart
    """
    chosen = made.chosen
    other = (
        made.comparison.without
        if chosen is made.comparison.with_theta
        else made.comparison.with_theta
    )
    T = np.linspace(made.T[0], made.T[-1], _FINE)
    names = {True: "with mean field", False: "without mean field"}
    rich = chosen is made.comparison.with_theta
    top = (
        Trace("measured", made.T, made.chiT, TraceKind.DATA, sigma=made.sigma),
        Trace(names[not rich], T, _model(other, T), TraceKind.REFERENCE),
        Trace(names[rich], T, _model(chosen, T), TraceKind.TOTAL),
    )
    rest = Trace(
        f"residual {names[rich]}", made.T, made.chiT - _model(chosen, made.T), TraceKind.RESIDUAL
    )
    return Chart(
        "pair", f"Pair of spins {chosen.S1:g} and {chosen.S2:g}", TEMPERATURE,
        (
            Panel(CHI_T_LABEL, top, height=3.0),
            Panel("residual / cm³ K mol⁻¹", (rest,), zero_line=True),
        ),
        caption=_caption(made), simulated=curve.source.simulated,
    )  # fmt: skip


def _model(fit: DimerFit, T: np.ndarray) -> np.ndarray:
    component = fit.problem.model[0].components[0]
    values = [fit.result.value(f"dimer.{name}") for name in ("g", "J", "rho", "tip", "theta")]
    return np.asarray(component.line.function(T, *values)[0])


def _caption(made: PairFit) -> str:
    chosen = made.chosen
    value = chosen.result.value
    if chosen.rejected:
        judged = f"Rejected: {chosen.rejected}. No g and J are given."
    elif chosen.gap_bound is not None:
        judged = f"g = {value('dimer.g'):.4g}, {chosen.gap_bound}."
    else:
        judged = f"g = {value('dimer.g'):.4g}, J = {value('dimer.J'):.4g} K."
    return (
        f"Isotropic exchange, {HAMILTONIAN}, one g, no zero-field splitting. {judged} "
        f"Root mean square residual {chosen.rms:.2g} cm³ K mol⁻¹."
    )
