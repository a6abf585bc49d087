r"""Patterns of the texts of a study, each with what is wrong without it.

`(?![\s\S])` is the end of the text both in Python and in ECMA; `$` also passes a line break.
"""

from __future__ import annotations

__all__ = ["CODE", "NAME", "NOT_EMPTY", "ONE_PLACE", "PATH", "SOURCE", "STATE"]

NOT_EMPTY = (r"\S", "is empty")
NAME = (
    r'^(?![\s\S]*[\x00-\x1f/\\:*?"<>|])\s*\S',
    'becomes a file name: no / \\ : * ? " < > | or line break, and not empty',
)
PATH = (
    r"^(?![\s\S]*[\x00-\x1f])\s*\S",
    "is empty or holds a line break or tab, which is what a backslash becomes in double quotes",
)
ONE_PLACE = (r"^[^{}]*\{\}[^{}]*(?![\s\S])", "needs exactly one {} where the number is")
CODE = (r"^[A-Z][A-Z0-9]*-[0-9]+(?![\s\S])", 'is no alert code; they look like "XAS-100"')
SOURCE = (
    r"^(assumed:[\s\S]*\S|(?!assumed(?![\s\S]))[A-Za-z0-9][A-Za-z0-9_.+/-]*(?![\s\S]))",
    'is neither a bibliography key nor "assumed: " and the reason',
)
STATE = (
    r"^[^.@\s]+(?![\s\S])",
    "is empty or holds a dot, @ or space: it is part of the names of parameters",
)
