"""Calls that run what they are given: found in the source by its syntax tree, never by running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MODULES = frozenset(
    ("pickle", "cPickle", "_pickle", "pickletools", "dill", "cloudpickle", "joblib", "shelve")
    + ("marshal", "copyreg", "yaml", "ruamel", "jsonpickle", "sympy", "asteval", "numexpr", "code")
    + ("codeop", "runpy", "imp", "pty", "subprocess", "pdb", "cffi", "ctypes", "dbm", "pandas.io")
)
"""Modules that no module of ours may import."""
BUILTINS = frozenset(("eval", "exec", "compile", "__import__", "execfile", "breakpoint", "input"))
FUNCTIONS: Mapping[str, frozenset[str]] = {
    "os": frozenset(
        ("system", "popen", "startfile", "posix_spawn", "posix_spawnp")
        + tuple(f"exec{end}" for end in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe"))
        + tuple(f"spawn{end}" for end in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe"))
    ),
    "webbrowser": frozenset(("open", "open_new", "open_new_tab")),
}
"""Functions of modules that may be imported for others."""
METHODS = frozenset(
    ("eval", "query", "read_pickle", "to_pickle", "read_hdf", "load_model", "load_modelresult")
    + ("sympify", "parse_expr", "lambdify", "loads_model", "from_string", "extractall", "extract")
    + ("unpack_archive", "literal_eval", "unsafe_load", "full_load", "load_workspace", "read_sql")
)
"""Methods that no object of ours has a use for, whatever it is called on."""
OWN = "spectrafit"


@dataclass(frozen=True, order=True)
class Found:
    """One such place.

    Parameters
    ----------
    file : str
        Path below the root.
    what : str
        What stands there.
    line : int
        Its number.
    """

    file: str
    what: str
    line: int = 0


EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("spectrafit/testing/judgement.py", "import pickle"): (
        "a test of plugins sends an object that it has made itself to another process and back; "
        "nothing that was read"
    ),
    ("spectrafit/testing/judgement.py", "pickle.loads"): "the same",
    ("spectrafit/fit/single.py", "import_module(module)"): (
        "the module stands in a table of that file, by the name of an engine"
    ),
    ("techniques/spectrafit_xas/optional_larch.py", "import_module(name)"): (
        "every caller gives a word of its own, which a test holds"
    ),
}
"""What is allowed, and why; each must be there, or the list is too long."""


def running_calls(text: str, file: str) -> Iterator[Found]:
    """Give every call in a source text that could run what it is given.

    Parameters
    ----------
    text : str
        Python.
    file : str
        Its name, for what is given.

    Yields
    ------
    Found
    """
    for node in ast.walk(ast.parse(text)):
        words = ""
        if isinstance(node, ast.Import):
            for name in node.names:
                if _is_forbidden(name.name):
                    yield Found(file, f"import {name.name}", node.lineno)
        elif isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                yield from _imported(node, file)
        elif isinstance(node, ast.Call):
            words = _call(node)
        elif isinstance(node, ast.Name) and node.id in BUILTINS:
            words = node.id  # also one that is only handed on
        if words:
            assert isinstance(node, ast.Call | ast.Name)
            yield Found(file, words, node.lineno)


def _is_forbidden(module: str) -> bool:
    return module in MODULES or module.partition(".")[0] in MODULES


def _imported(node: ast.ImportFrom, file: str) -> Iterator[Found]:
    module = node.module or ""
    if _is_forbidden(module):
        yield Found(file, f"import {module}", node.lineno)
    for name in node.names:
        if name.name in FUNCTIONS.get(module, ()) or name.name in METHODS:
            yield Found(file, f"from {module} import {name.name}", node.lineno)


def _call(node: ast.Call) -> str:
    """Return what a call is, where it is one that runs things; empty for any other."""
    called = node.func
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    owner = ast.unparse(called.value) if isinstance(called, ast.Attribute) else ""
    if name == "import_module":
        return "" if _is_of_ours(node.args[0]) else f"import_module({ast.unparse(node.args[0])})"
    if owner and (name in METHODS or name in FUNCTIONS.get(owner, ())):
        return f"{owner}.{name}"
    if (owner in ("pickle", "marshal", "yaml") and name in ("load", "loads", "Unpickler")) or (
        owner == "lmfit.Parameters" and name == "loads"
    ):
        return f"{owner}.{name}"
    if owner in ("np", "numpy") and name == "load" and not _is(keywords, "allow_pickle", False):
        return f"{owner}.load without allow_pickle=False"
    if _is(keywords, "allow_pickle", True):
        return f"{name} with allow_pickle"
    if "shell" in keywords and not _is(keywords, "shell", False):
        return f"{name} with shell"
    # lmfit evaluates this argument as Python
    return f"{name} with expr" if name == "add" and "expr" in keywords else ""


def _is(keywords: Mapping[str | None, ast.expr], name: str, value: object) -> bool:
    given = keywords.get(name)
    return isinstance(given, ast.Constant) and given.value is value


def _is_of_ours(argument: ast.expr) -> bool:
    """Return whether a name of a module is written out, or begins with a package of ours."""
    if isinstance(argument, ast.Constant):
        return True
    if not isinstance(argument, ast.JoinedStr) or not argument.values:
        return False
    first = argument.values[0]
    return (
        isinstance(first, ast.Constant)
        and str(first.value).startswith(OWN)
        and str(first.value).endswith(".")
    )


def sources(root: Path) -> list[Path]:
    """Return every Python file that is installed, and the script of the pages."""
    return [
        path
        for folder in ("spectrafit", "techniques")
        for path in sorted((root / folder).rglob("*.py"))
        if "__pycache__" not in path.parts
    ]


def calls_of_source(root: Path) -> list[Found]:
    """Return every such call in the source of the project."""
    return [
        one
        for path in sources(root)
        for one in running_calls(
            path.read_text(encoding="utf-8"), path.relative_to(root).as_posix()
        )
    ]


def unexplained(found: list[Found]) -> list[Found]:
    """Return those that the list of exceptions does not have."""
    return [one for one in found if (one.file, one.what) not in EXCEPTIONS]
