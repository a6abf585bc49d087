"""What of a typeface goes into a PDF: the letters, not all else that its file holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

__all__ = ["letters_alone"]

# ISO 32000-1:2008, 9.9: of a TrueType program in a composite font no other table is used; of an
# OpenType one "CFF " is.
_EMBEDDED = {"glyf", "head", "hhea", "hmtx", "loca", "maxp", "cvt ", "fpgm", "prep", "CFF "}


@contextmanager
def letters_alone() -> Iterator[None]:
    """Hold fontTools to the letters of a typeface while matplotlib writes a PDF.

    A PDF says where each letter stands. What a typeface says of pairs and of ligatures, of names
    and of character codes is most of the work when it is cut down to the letters in use.

    Yields
    ------
    None
    """
    from fontTools import subset

    whole = subset.load_font

    def letters(*given: Any, **named: Any) -> TTFont:
        font = whole(*given, **named)
        if "CFF " not in font:  # there the names are part of the letters
            font.setGlyphOrder([f"glyph{number:05d}" for number in range(font["maxp"].numGlyphs)])
        for table in set(font.keys()) - _EMBEDDED - {"GlyphOrder"}:
            del font[table]
        return font

    subset.load_font = letters
    try:
        yield
    finally:
        subset.load_font = whole
