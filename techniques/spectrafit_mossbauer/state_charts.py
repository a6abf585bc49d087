"""What two declared states say of a series: the IS-QS plane, both populations, the bound on a rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit_mossbauer.population import Population, Range
from spectrafit_mossbauer.rate_bound import RateBound
from spectrafit_mossbauer.tension import Agreement
from spectrafit_mossbauer.trend_chart import Measured, TrendRow

__all__ = ["StateBox", "plane_chart", "rate_chart", "tension_chart"]

# of the rise of chi2 at the bound: what is drawn, or the slow side would hide the bound
_DRAWN = 6.0
_NAMED = 3


@dataclass(frozen=True)
class StateBox:
    """Where a state may lie in the plane.

    Parameters
    ----------
    name : str
        Of the state.
    shift : Range
        Isomer shifts, mm/s, at the temperature that the chart is for.
    splitting : Range
        Splittings, mm/s.
    """

    name: str
    shift: Range
    splitting: Range


def plane_chart(
    rows: Sequence[TrendRow],
    states: Sequence[StateBox] = (),
    *,
    T_ref: float | None = None,
    convention: str = "",
    title: str = "⁵⁷Fe: splitting against isomer shift",
) -> Chart:
    """Return the measured path in the IS-QS plane, with the ranges that the states may have.

    Parameters
    ----------
    rows : sequence of TrendRow
        Of a series, in any order.
    states : sequence of StateBox, optional
        Declared ranges, drawn as boxes.
    T_ref : float, optional
        Draw the isomer shifts carried to this temperature, at which those of the states hold.
    convention : str, optional
        Of the alpha-iron positions.
    title : str, optional
        One line.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When no row has both values.
    """
    points = [
        (row.T, shift, row.QS)
        for row in sorted(rows, key=lambda row: row.T)
        if (shift := _shift(row, carried=T_ref is not None)) is not None and row.QS is not None
    ]
    if not points:
        raise SettingsError("no spectrum has both an isomer shift and a splitting")
    x = np.array([shift[0] for _, shift, _ in points])
    y = np.array([splitting[0] for *_, splitting in points])
    # a missing error is none drawn, not an error of zero: such points have no bar
    x_sigma = np.array([shift[1] or 0.0 for _, shift, _ in points])
    y_sigma = np.array([splitting[1] or 0.0 for *_, splitting in points])
    traces = [_box(one) for one in states]
    if len(points) > 1:
        traces.append(Trace("path with rising T", x, y, TraceKind.CURVE))
    named = sorted({0, len(points) // 2, len(points) - 1})
    between = [i for i in range(len(points)) if i not in named]
    for label, places in [(f"{points[i][0]:g} K", [i]) for i in named] + [("between", between)]:
        if places:
            traces.append(
                Trace(label, x[places], y[places], TraceKind.DATA, y_sigma[places],
                      x_sigma=x_sigma[places])
            )  # fmt: skip
    at = "at the T of each spectrum" if T_ref is None else f"carried to {T_ref:g} K"
    against = f" (α-Fe, {convention})" if convention else " (α-Fe)"
    boxes = "; boxes: declared ranges of the states" if states else ""
    return Chart(
        "IS-QS-path",
        title,
        f"isomer shift{against} {at} / mm s⁻¹",
        (Panel("quadrupole splitting / mm s⁻¹", tuple(traces), 1.0),),
        f"Bars are one standard error from the counts{boxes}. Isomer shifts {at}.",
        any(row.simulated for row in rows),
    )


def _shift(row: TrendRow, *, carried: bool) -> Measured | None:
    if not carried:
        return row.IS
    return None if row.carried is None else (row.carried.value, row.carried.sigma)


def _box(state: StateBox) -> Trace:
    x, y = state.shift, state.splitting
    return Trace(
        state.name,
        np.array([x.low, x.high, x.high, x.low, x.low]),
        np.array([y.low, y.low, y.high, y.high, y.low]),
        TraceKind.REFERENCE,
    )


def tension_chart(
    found: Sequence[tuple[float, Agreement]],
    *,
    state: str = "state 2",
    title: str = "Population from isomer shift and from splitting",
    simulated: bool,
) -> Chart:
    """Return x_QS_min against x_IS with their 95 % intervals, and where they cannot both hold.

    Parameters
    ----------
    found : sequence of (float, Agreement)
        Temperature in K, and both populations there.
    state : str, optional
        Name of the state whose population it is.
    title : str, optional
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When there is nothing to draw.
    """
    if not found:
        raise SettingsError("no populations to draw against each other")
    ordered = sorted(found, key=lambda one: one[0])
    ends = [0.0, 1.0]
    for _, one in ordered:
        ends += [one.shift.low, one.shift.high, one.splitting.low, one.splitting.high]
    low, high = min(ends), max(ends)
    line = np.array([low, high])
    traces = [
        Trace(
            "tension: more asked by QS than IS allows",
            line, np.full(2, high), TraceKind.COMPONENT, base=line,
        )
    ]  # fmt: skip
    traces += [_interval_box(one.shift, one.splitting) for _, one in ordered]
    for verdict in dict.fromkeys(one.verdict for _, one in ordered):
        own = [(T, one) for T, one in ordered if one.verdict == verdict]
        shown = ", ".join(f"{T:g}" for T, _ in own[:_NAMED])
        more = "" if len(own) <= _NAMED else f" and {len(own) - _NAMED} more"
        traces.append(
            Trace(
                f"{verdict}: {shown} K{more}",
                np.array([one.shift.value for _, one in own]),
                np.array([one.splitting.value for _, one in own]),
                TraceKind.DATA,
            )
        )
    return Chart(
        "populations",
        title,
        f"population of {state} from the isomer shift",
        (Panel("least population from QS", tuple(traces)),),
        "Boxes are 95 %: the ranges of the references and the errors of the fit. The splitting gives a "
        "lower bound for any axes and signs of the field gradients, so that both hold where a box "
        "reaches below the diagonal. "
        + "; ".join(f"{T:g} K: {one.sentence}" for T, one in ordered[:_NAMED])
        + ("" if len(ordered) <= _NAMED else f"; and {len(ordered) - _NAMED} more temperatures"),
        simulated,
    )


def _interval_box(shift: Population, splitting: Population) -> Trace:
    return Trace(
        "95 % with the reference ranges",
        np.array([shift.low, shift.high, shift.high, shift.low, shift.low]),
        np.array([splitting.low, splitting.low, splitting.high, splitting.high, splitting.low]),
        TraceKind.CURVE,
    )


def rate_chart(
    bound: RateBound, *, title: str = "Bound on the exchange rate", simulated: bool
) -> Chart | None:
    """Return the rise of chi2 along log10 k_ex, with the bound.

    Parameters
    ----------
    bound : RateBound
        What a spectrum says of the rate.
    title : str, optional
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart or None
        None where no profile was made.
    """
    along = bound.along
    if along is None:
        return None
    seen = np.isfinite(along.chi2)
    x, y = along.number[seen], along.chi2[seen] - along.chi2[seen].min()
    top = _DRAWN * along.rise
    # between places chi2 is read off a straight line: only the curve's end at the top needs it
    fine = np.unique(np.concatenate([x, np.linspace(x[0], x[-1], 401)]))
    curve = np.interp(fine, x, y)
    drawn = curve <= top
    traces = [
        Trace("all else refitted", fine[drawn], curve[drawn], TraceKind.CURVE),
        Trace("looked at", x[y <= top], y[y <= top], TraceKind.DATA),
        Trace(
            f"rise of {along.rise:.3g}: {100 * bound.level:g} %, one-sided",
            fine[drawn][[0, -1]], np.full(2, along.rise), TraceKind.REFERENCE,
        ),
    ]  # fmt: skip
    if bound.k_ex_min is not None:
        traces.append(
            Trace(
                f"log₁₀ k_ex > {math.log10(bound.k_ex_min):.2f}",
                np.full(2, math.log10(bound.k_ex_min)),
                np.array([0.0, top]),
                TraceKind.REFERENCE,
            )
        )
    notes = f" {'; '.join(bound.cautions)}." if bound.cautions else ""
    return Chart(
        "rate",
        title,
        "log₁₀(k_ex / s⁻¹), k_ex = k12 + k21",
        (Panel("χ² − least χ²", tuple(traces), 1.0, True),),
        f"{bound.sentence}. Drawn where χ² is less than {top:.3g} above its least.{notes}",
        simulated,
    )
