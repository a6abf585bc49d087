"""Promises and what is found of them: ``python -m reliability [--write PAGE] [SECTION ...]``.

What is found is printed. With --write it is kept beside the page, in the file of its name that ends
in .json, and the tables of the page are written anew from all that is kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.table import with_block
from reliability.promise import Kept, common_table, details, in_order, machines
from reliability.sections import NAMES, measured


def main(arguments: Sequence[str]) -> int:
    """Run sections; return 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m reliability", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(NAMES))
    parser.add_argument("--write", type=Path, metavar="PAGE", help="page with the tables")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.sections if name not in NAMES]
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    broken = False
    for name in asked.sections or NAMES:
        found = Kept(measured(name), date.today().isoformat(), machine())
        print(common_table({name: found}), details({name: found}), sep="\n", flush=True)
        broken |= not all(one.kept for one in found.section.promises)
        if asked.write is not None:
            _write(asked.write, name, found)
    return int(broken)


def kept_beside(page: Path) -> dict[str, Kept]:
    """Return what is kept beside a page, in the order of the sections."""
    path = page.with_suffix(".json")
    plain = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return in_order({name: Kept.of_plain(one) for name, one in plain.items()}, NAMES)


def page_of(page: str, every: dict[str, Kept]) -> str:
    """Return a page with the tables of what is kept."""
    page = with_block(page, "promises", f"{common_table(every)}\n{machines(every)}")
    return with_block(page, "details", details(every))


def _write(page: Path, name: str, found: Kept) -> None:
    every = in_order(kept_beside(page) | {name: found}, NAMES)
    plain = {name: one.as_plain() for name, one in every.items()}
    text = json.dumps(plain, indent=1, ensure_ascii=False)
    page.with_suffix(".json").write_text(f"{text}\n", encoding="utf-8")
    page.write_text(page_of(page.read_text(encoding="utf-8"), every), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
