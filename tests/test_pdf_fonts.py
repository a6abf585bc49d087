"""What of a typeface goes into a PDF."""

from __future__ import annotations

import io
import re
import zlib

from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont

from spectrafit.pdf_fonts import letters_alone
from spectrafit.style import figure_bytes

FAMILY = "DejaVu Sans"
TEXT = "Energy (V), χT − 1.5×10⁻³ ∂µ"


def embedded(text: str) -> list[TTFont]:
    """Return the TrueType programs in the PDF of a text."""
    drawing = Figure(figsize=(3.0, 1.0))
    drawing.text(0.1, 0.5, text, family=FAMILY)
    pdf = figure_bytes(drawing, "pdf")
    streams = re.findall(rb"/Length1 \d+.*?stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return [TTFont(io.BytesIO(zlib.decompress(one))) for one in streams]


def outline(font: TTFont, name: str) -> tuple[tuple[int, int], ...]:
    glyphs = font["glyf"]
    return tuple(map(tuple, glyphs[name].getCoordinates(glyphs)[0]))


def test_every_letter_is_embedded_as_the_typeface_draws_it():
    typeface = TTFont(findfont(FontProperties(family=FAMILY)))
    names = typeface.getBestCmap()
    wanted = {outline(typeface, names[ord(sign)]) for sign in TEXT} - {()}
    found = {outline(font, name) for font in embedded(TEXT) for name in font.getGlyphOrder()}
    assert wanted <= found
    assert len(wanted) == len(set(TEXT) - {" "})


def test_nothing_but_letters_is_embedded():
    (font,) = embedded("a")
    allowed = {"glyf", "head", "hhea", "hmtx", "loca", "maxp", "cvt ", "fpgm", "prep"}
    assert set(font.keys()) - {"GlyphOrder"} <= allowed


def test_other_users_of_font_tools_keep_whole_typefaces():
    before = subset.load_font
    with letters_alone():
        assert subset.load_font is not before
    assert subset.load_font is before
