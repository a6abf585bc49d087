"""The one matplotlib style: sizes in mm, text kept as text, colours with a second cue."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "BLACK",
    "DASHES",
    "DOUBLE_MM",
    "FORMATS",
    "GREY",
    "MARKERS",
    "PALETTE",
    "SINGLE_MM",
    "figure",
    "figure_bytes",
    "style",
]

SINGLE_MM = 89.0
DOUBLE_MM = 183.0
FORMATS = ("svg", "pdf", "png")

BLACK = "#1a1a1a"
GREY = "#767676"

# Okabe & Ito, "Color Universal Design" (2008), as in Wong, Nat. Methods 8, 441 (2011);
# without the yellow, which a white page swallows.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")

# On and off lengths in points; the empty one is a full line.
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (4.0, 1.5),
    (1.2, 1.2),
    (5.0, 1.4, 1.2, 1.4),
    (7.0, 1.6),
    (5.0, 1.2, 1.2, 1.2, 1.2, 1.2),
)
MARKERS = ("o", "s", "^", "D", "v", "P")

_MM_PER_INCH = 25.4

# The first two are what journals ask for; the third has their widths, the last has every sign.
_TYPEFACES = ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans")

_RC: dict[Any, Any] = {
    "font.size": 7.0,
    "axes.labelsize": 7.0,
    "axes.titlesize": 8.0,
    "legend.fontsize": 7.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "axes.linewidth": 0.6,
    "axes.edgecolor": BLACK,
    "axes.labelcolor": BLACK,
    "axes.titlelocation": "left",
    "axes.formatter.useoffset": False,
    "axes.unicode_minus": True,
    "text.color": BLACK,
    "xtick.color": BLACK,
    "ytick.color": BLACK,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.top": True,
    "ytick.right": True,
    "lines.linewidth": 1.0,
    "lines.scale_dashes": False,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.handlelength": 2.2,
    "legend.borderaxespad": 0.35,
    "figure.facecolor": "white",
    "figure.constrained_layout.w_pad": 0.02,
    "figure.constrained_layout.h_pad": 0.045,
    "figure.constrained_layout.wspace": 0.0,
    "figure.constrained_layout.hspace": 0.0,
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "spectrafit",
    "pdf.fonttype": 42,
}

# What a notebook or a window sets for itself; looking at the backend would load one.
_OF_THE_SCREEN = frozenset(
    ("backend", "backend_fallback", "figure.dpi", "figure.max_open_warning", "interactive")
    + ("timezone", "toolbar", "tk.window_focus", "webagg.port", "webagg.address")
    + ("webagg.open_in_browser", "webagg.port_retries")
)

# Without dates and versions the same figure is the same bytes.
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


@cache
def _families() -> list[str]:
    """Return the journals' typeface or its twin, then one that has every sign."""
    from matplotlib.font_manager import get_font_names

    there = set(get_font_names())
    likes = [name for name in _TYPEFACES if name in there]
    return [*dict.fromkeys([*likes[:1], "DejaVu Sans"])]


def _changed_by_a_file() -> dict[Any, Any]:
    """Return matplotlib's own value of each setting that differs.

    A ``matplotlibrc`` in the current folder, which may have come with the data, could otherwise
    start LaTeX or change what a figure shows.
    """
    import matplotlib

    current, own = matplotlib.rcParams, matplotlib.rcParamsDefault
    return {
        name: own[name] for name in own if name not in _OF_THE_SCREEN and current[name] != own[name]
    }


@contextmanager
def style() -> Iterator[None]:
    """Hold the style while a figure is drawn or written; matplotlib's own settings come back.

    No settings of a file or of the caller show in a figure, apart from those of the screen.

    Yields
    ------
    None
    """
    import matplotlib

    settings = {**_changed_by_a_file(), **_RC, "font.family": _families()}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # A letter that this machine's font lacks is still text in the file.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


def figure(width_mm: float = SINGLE_MM, height_mm: float = 62.0) -> Figure:
    """Return an empty figure of a size in print; draw into it inside ``with style():``.

    Parameters
    ----------
    width_mm, height_mm : float
        In mm; a column is 89 mm wide, a page 183 mm.

    Returns
    -------
    matplotlib.figure.Figure
        Without pyplot, so nothing global holds it; a notebook shows it.
    """
    from spectrafit.print_figure import PrintFigure

    with style():
        return PrintFigure(
            figsize=(width_mm / _MM_PER_INCH, height_mm / _MM_PER_INCH),
            layout="constrained",
        )


def figure_bytes(drawing: Figure, file_format: str = "svg", *, dpi: float = 300.0) -> bytes:
    """Return the file of a figure; equal figures give equal bytes.

    Parameters
    ----------
    drawing : matplotlib.figure.Figure
        What to write.
    file_format : str
        ``"svg"``, ``"pdf"`` or ``"png"``.
    dpi : float
        Dots per inch of a png.

    Returns
    -------
    bytes

    Raises
    ------
    SettingsError
        For another format.
    """
    from spectrafit.errors import SettingsError
    from spectrafit.pdf_fonts import letters_alone

    if file_format not in FORMATS:
        raise SettingsError(
            f"no figure format {file_format!r}", do=f"the formats are: {', '.join(FORMATS)}"
        )
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    stream = io.BytesIO()
    metadata = _METADATA[file_format]
    before = drawing.canvas, drawing.dpi
    # the canvases themselves: Figure.savefig draws everything once more, to no use here
    canvas: Any
    try:
        with style():
            match file_format:
                case "svg":
                    canvas = FigureCanvasSVG(drawing)
                    canvas.print_svg(stream, metadata=metadata)
                case "pdf":
                    canvas = FigureCanvasPdf(drawing)
                    with letters_alone():
                        canvas.print_pdf(stream, metadata=metadata)
                case _:
                    drawing.set_dpi(dpi)
                    canvas = FigureCanvasAgg(drawing)
                    canvas.print_png(stream, metadata=metadata)
    finally:
        drawing.set_canvas(before[0])
        drawing.set_dpi(before[1])
    return _with_typefaces(stream.getvalue()) if file_format == "svg" else stream.getvalue()


def _with_typefaces(svg: bytes) -> bytes:
    """Name the journals' typefaces first, whichever of their twins this machine measured with."""
    found = ", ".join(f"'{name}'" for name in _families()).encode("ascii")
    every = ", ".join([*(f"'{name}'" for name in _TYPEFACES), "sans-serif"]).encode("ascii")
    pattern = rb'(style="[^"]*)' + re.escape(found) + rb"[^;\"]*"
    return re.sub(pattern, rb"\1" + every, svg)
