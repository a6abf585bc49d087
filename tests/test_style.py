"""The one matplotlib style."""

from __future__ import annotations

import re

import matplotlib as mpl
import pytest

from spectrafit.errors import SettingsError
from spectrafit.style import (
    DASHES,
    DOUBLE_MM,
    MARKERS,
    PALETTE,
    SINGLE_MM,
    figure,
    figure_bytes,
    style,
)


def drawn():
    drawing = figure(SINGLE_MM, 50.0)
    with style():
        drawing.add_subplot().plot([1.0, 2.0], [3.0, 4.0])
    return drawing


def test_a_figure_has_the_size_of_a_column():
    width, height = figure(DOUBLE_MM, 80.0).get_size_inches()
    assert (width * 25.4, height * 25.4) == pytest.approx((183.0, 80.0))


def test_matplotlib_keeps_its_own_settings():
    before = dict(mpl.rcParams)
    figure_bytes(drawn())
    assert dict(mpl.rcParams) == before
    assert drawn().canvas.manager is None


def test_settings_of_a_file_beside_the_data_do_not_show():
    """A matplotlibrc is taken from the current folder, and may ask for LaTeX."""
    plain = figure_bytes(drawn())
    planted = {"text.usetex": True, "axes.grid": True, "lines.marker": "o", "svg.fonttype": "path"}
    with mpl.rc_context(planted):
        assert figure_bytes(drawn()) == plain
        assert mpl.rcParams["text.usetex"]


def test_the_svg_keeps_text_as_text_and_names_no_date():
    text = figure_bytes(drawn()).decode("utf-8")
    assert re.search(r"<text[^>]*>1\.0<", text)
    assert "<dc:date>" not in text


@pytest.mark.parametrize("file_format", ["svg", "pdf", "png"])
def test_equal_figures_are_equal_bytes(file_format):
    assert figure_bytes(drawn(), file_format) == figure_bytes(drawn(), file_format)


def test_the_pdf_holds_true_type_text():
    assert b"/CIDFontType2" in figure_bytes(drawn(), "pdf")


def test_another_format_is_refused_with_the_list():
    with pytest.raises(SettingsError, match="svg, pdf, png"):
        figure_bytes(drawn(), "eps")


def test_every_colour_has_a_dash_and_a_marker_of_its_own():
    assert len(set(PALETTE)) == len(set(DASHES)) == len(set(MARKERS)) == len(PALETTE)
