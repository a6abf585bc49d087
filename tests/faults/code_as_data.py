"""Data that are code: what would run if anything took it for more than text or bytes."""

from __future__ import annotations

import io
import marshal
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


class Running:
    """What makes a file when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return open, (str(self.canary), "w")


@dataclass(frozen=True)
class Hostile:
    """A file, by its name, that would make the canary if it were run."""

    name: str
    content: bytes


def codes(canary: Path) -> tuple[str, ...]:
    """Return texts that make a file when Python, a shell, Perl, YAML or TeX runs them."""
    place = canary.as_posix()
    return (
        f"__import__('os').system('touch {place}')",
        f"open('{place}', 'w')",
        f"eval(\"open('{place}', 'w')\")",
        f"exec('import os; os.system(\"touch {place}\")')",
        f"().__class__.__bases__[0].__subclasses__()[0].__init__.__globals__['os'].system('{place}')",
        f"(lambda: open('{place}', 'w'))()",
        f"[open('{place}', 'w') for _ in (1,)]",
        f"{{{{ cycler.__init__.__globals__.os.popen('touch {place}').read() }}}}",
        f"{{% for x in ().__class__.__base__.__subclasses__() %}}{{{{ x }}}}{place}{{% endfor %}}",
        f"$(touch {place})",
        f"`touch {place}`",
        f"; touch {place} #",
        f"| touch {place}",
        f"!!python/object/apply:os.system ['touch {place}']",
        f'{{"py/reduce": [{{"py/function": "os.system"}}, {{"py/tuple": ["touch {place}"]}}]}}',
        f"\\immediate\\write18{{touch {place}}}",
        f"@import_module('os').system('touch {place}')",
        f"{{0.__class__.__init__.__globals__}}{place}",
        f"%(open('{place}', 'w'))s",
        f"=cmd|'/C copy nul {place}'!A0",
        f"javascript:fetch('file://{place}')",
        f"file://{place}",
    )


def packed_codes(canary: Path) -> Mapping[str, bytes]:
    """Return bytes that make a file when they are unpickled or run, by what they are."""
    found = {f"pickle{n}": pickle.dumps(Running(canary), n) for n in range(6)}
    stream = io.BytesIO()
    np.save(stream, np.array([Running(canary)] * 4, dtype=object), allow_pickle=True)
    archive = io.BytesIO()
    np.savez(archive, data=np.array([Running(canary)], dtype=object))
    code = compile(f"open({str(canary)!r}, 'w')", "hostile", "exec")
    place = canary.as_posix()
    found |= {
        "npy": stream.getvalue(),
        "npz": archive.getvalue(),
        "marshal": marshal.dumps(code),
        "yaml": f"!!python/object/apply:os.system ['touch {place}']\n".encode(),
        "yaml-new": f"a: !!python/object/new:builtins.open ['{place}', 'w']\n".encode(),
        "jsonpickle": f'{{"py/object": "builtins.open", "py/newargs": ["{place}", "w"]}}'.encode(),
        "perl": f"# Athena project file -- Demeter version 0.9\n$x = `touch {place}`;\n".encode(),
        "shell": f"#!/bin/sh\ntouch {place}\n".encode(),
        "lmfit": (
            '{"params": [["a", 1, true, "' + f"open('{place}', 'w')" + '", -1, 1, null]], '
            f'"unique_symbols": {{"f": {{"__class__": "Callable", "pyversion": "3.11", '
            f'"value": "{place}"}}}}}}'
        ).encode(),
    }
    return found


ENDINGS = (".dat", ".toml", ".json", ".csv", ".prj", ".xlsx", ".h5", ".cif", ".jdx", ".npy", "")


def hostile_files(canary: Path, seeds: Mapping[str, bytes]) -> Iterator[Hostile]:
    """Give files under every usual ending, and sound files with code in their lines."""
    for kind, content in packed_codes(canary).items():
        for ending in ENDINGS:
            yield Hostile(f"{kind}{ending}", content)
    texts = codes(canary)
    for number, (name, content) in enumerate(sorted(seeds.items())):
        for step in range(3):
            code = texts[(3 * number + step) % len(texts)].encode()
            lines = content.split(b"\n")
            place = (number + step * max(1, len(lines) // 3)) % len(lines)
            changed = [
                [*lines[:place], b"# " + code, *lines[place:]],
                [*lines[:place], lines[place] + b" " + code, *lines[place + 1 :]],
                [*lines[:place], code, *lines[place + 1 :]],
            ][step]
            yield Hostile(name, b"\n".join(changed))


def expressions(canary: Path) -> tuple[str, ...]:
    """Return texts for an arithmetic: code, and what takes for ever where it is not bounded."""
    place = canary.as_posix()
    return (
        *codes(canary),
        "9**9**9**9",
        "9^9^9^9^9",
        "9^9^-9^9",
        "(" * 100_000,
        "(" * 100_000 + "1" + ")" * 100_000,
        "-" * 100_000 + "1",
        "+".join(["1"] * 500_000),
        "9" * 1_000_000,
        "1e999999999",
        "a" * 1_000_000,
        "a." * 100_000,
        "0^-1",
        "(-1)^0.5",
        "1/0",
        "1//1",
        "1 if 1 else 2",
        "a := 1",
        "lambda: 0",
        "a[0]",
        "a.__class__",
        "a.__class__.__mro__",
        "__builtins__",
        "print(1)",
        "'text'",
        '"text"',
        f'f"{{open({place!r})}}"',
        "0x10",
        "1_000",
        "1j",
        "nan",
        "inf",
        "None",
        "True",
        "١+١",
        "a\0b",
        "1\n2",
        "a;b",
        "#1",
        "",
        " ",
        "$a",
        "@a",
        "\\x31",
        "1" + " " * 1_000_000,
        "a" + "\u202e" + "b",
        "((((((((((1))))))))))" * 40,
        "1^" * 300 + "1",
        "2^300^300",
        "*".join(["1e300"] * 10),
    )
