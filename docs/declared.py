"""The directive ``{declared} NAME``: a part of a page made of what the code declares."""

from __future__ import annotations

from typing import Any, ClassVar

from declarations import PARTS
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["setup"]


class Declared(SphinxDirective):
    """Insert one of `declarations.PARTS`."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if name not in PARTS:
            raise self.error(f"nothing is declared as {name!r}; there are: {', '.join(PARTS)}")
        source = f"<declared {name}>"
        holder = nodes.Element()
        holder.document = self.state.document
        content = StringList(PARTS[name]().splitlines(), source)
        self.state.nested_parse(content, self.content_offset, holder, match_titles=True)
        return holder.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("declared", Declared)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
