"""How many species: singular values over the noise, and the first vectors beside derivatives."""

from __future__ import annotations

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_ir.charts.series_axes import WAVENUMBER

__all__ = ["singular_values_chart", "vectors_chart"]

_MOST_VALUES = 25
_DERIVATIVES = ("mean spectrum", "first derivative", "second derivative")


def singular_values_chart(
    values: FloatArray,
    edge: float,
    *,
    rank: int | None = None,
    title: str = "Singular values of the series",
    simulated: bool,
) -> Chart:
    """Return the singular values of a series against their number, with the edge of the noise.

    Parameters
    ----------
    values : ndarray, shape (k,)
        Singular values, falling.
    edge : float
        What noise alone reaches, in the same unit.
    rank : int, optional
        Number of values above the edge as judged.
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
        When there is none, or the edge is not above zero.
    """
    shown = values[:_MOST_VALUES][values[:_MOST_VALUES] > 0.0]
    if not shown.size or not 0.0 < edge < np.inf:
        raise SettingsError("no singular value, or no edge of the noise, to draw")
    number = np.arange(1.0, shown.size + 1.0)
    ends = np.array([0.5, shown.size + 0.5])
    found = "" if rank is None else f" Above it: {rank}."
    rest = values.size - shown.size
    cut = f" The first {shown.size} of {values.size}." if rest else ""
    return Chart(
        "singular-values",
        title,
        "number",
        (
            Panel(
                "log₁₀ singular value",
                (
                    Trace("series", number, np.log10(shown), TraceKind.DATA),
                    Trace("edge of the noise", ends, np.full(2, np.log10(edge)), TraceKind.REFERENCE),
                ),
            ),
        ),
        f"The number above the edge is at most the number of species: bands that move or broaden raise "
        f"it.{found}{cut}",
        simulated,
        whole_x=True,
    )  # fmt: skip


def vectors_chart(
    x: FloatArray,
    vectors: FloatArray,
    mean: FloatArray,
    *,
    title: str = "First vectors of the series",
    simulated: bool,
) -> Chart:
    """Return the first singular vectors, each beside the mean spectrum or one of its derivatives.

    Bands that only move give a second vector like the first derivative of the mean, bands that
    broaden one like the second.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1, rising.
    vectors : ndarray, shape (k, n)
        Right singular vectors; three are drawn.
    mean : ndarray, shape (n,)
        Mean spectrum.
    title : str, optional
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
        The curve beside each vector is scaled to it by least squares; the label of its panel says how much of
        the vector's sum of squares it explains.

    Raises
    ------
    SettingsError
        When shapes disagree or the mean is flat.
    """
    if vectors.ndim != 2 or vectors.shape[1:] != x.shape or mean.shape != x.shape:
        raise SettingsError("vectors and mean spectrum are not as long as their axis")
    first = np.gradient(mean, x)
    beside = (mean, first, np.gradient(first, x))
    panels = []
    pairs = zip(vectors, beside, _DERIVATIVES, strict=False)
    for number, (vector, curve, name) in enumerate(pairs, 1):
        seen = np.isfinite(vector) & np.isfinite(curve)
        power = float(curve[seen] @ curve[seen])
        if not power > 0.0:
            raise SettingsError("the mean spectrum is flat: it has no derivative to compare with")
        scale = float(vector[seen] @ curve[seen]) / power
        sign = -1.0 if scale < 0.0 else 1.0  # that of a singular vector is arbitrary
        share = scale**2 * power / float(vector[seen] @ vector[seen])
        panels.append(
            Panel(
                f"vector {number} ({100 * share:.0f} % {name})",
                (
                    Trace("singular vector", x, sign * vector, TraceKind.CURVE),
                    Trace(f"{name}, scaled", x, abs(scale) * curve, TraceKind.REFERENCE),
                ),
                zero_line=True,
            )
        )
    return Chart(
        "vectors",
        title,
        WAVENUMBER,
        tuple(panels),
        "Beside each vector the mean spectrum or its derivative, scaled by least squares, with the "
        "share of the vector's sum of squares that it explains; the sign of a vector is arbitrary. A second vector like a derivative is "
        "a band that moves or broadens, no second species.",
        simulated,
        reverse_x=True,
    )
