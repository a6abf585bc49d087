"""How the gallery is made: the order of its pages, and figures that need no pyplot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

from spectrafit.style import figure_bytes

__all__ = ["ORDER", "NewcomerOrder", "figure_scraper"]

ORDER = (
    "plot_preedge_fit.py",
    "plot_foil_calibration.py",
    "plot_compare_spectra.py",
    "plot_count_peaks.py",
    "plot_preedge_ensemble.py",
    "plot_ensemble.py",
    "plot_profile_interval.py",
    "plot_shared_width.py",
    "plot_line_shapes.py",
    "plot_two_state_law.py",
    "plot_states.py",
    "plot_figures_for_print.py",
)


class NewcomerOrder:
    """Give each example its place in the gallery: as listed, others after by name."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, filename: str) -> tuple[int, str]:
        name = Path(filename).name
        return (ORDER.index(name) if name in ORDER else len(ORDER)), name


def figure_scraper(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Write each figure that a block of an example gave a name, and return the text that shows it.

    The suite makes figures without pyplot, so nothing global holds them; their names do.
    """
    written = block_vars.setdefault("written", [])
    paths = []
    for value in block_vars["example_globals"].values():
        if isinstance(value, Figure) and not any(value is one for one in written):
            written.append(value)
            path = Path(next(block_vars["image_path_iterator"]))
            path.write_bytes(figure_bytes(value, "png", dpi=200.0))
            paths.append(str(path))
    return figure_rst(paths, gallery_conf["src_dir"]) if paths else ""
