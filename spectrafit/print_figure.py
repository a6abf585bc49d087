"""A figure in print size that shows itself in a notebook."""

from __future__ import annotations

from matplotlib.figure import Figure

from spectrafit.style import figure_bytes

__all__ = ["PrintFigure"]


class PrintFigure(Figure):
    """A matplotlib figure without pyplot: nothing global holds it, a notebook shows it."""

    def _repr_svg_(self) -> str:
        return figure_bytes(self).decode("utf-8")
