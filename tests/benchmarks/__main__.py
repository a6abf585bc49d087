"""All measurements: ``python -m benchmarks [--write PAGE] [SECTION ...]``.

The tables are printed; with --write each takes the place of the one of its name in a page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.machine import machine, quiet
from benchmarks.sections import SECTIONS
from benchmarks.table import with_block


def main(arguments: Sequence[str]) -> None:
    """Print tables; with a page, write them into it, each when it is there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--write", type=Path, metavar="PAGE", help="page with a block for each")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are: {', '.join(SECTIONS)}")
    for name in asked.sections or SECTIONS:
        # asked for before measuring, which is a load too
        noise = quiet()
        text = f"{SECTIONS[name]()}\n*{date.today().isoformat()}, {machine()}; {noise}.*\n"
        print(f"## {name}\n\n{text}", flush=True)
        if asked.write is not None:
            page = asked.write.read_text(encoding="utf-8")
            asked.write.write_text(with_block(page, name, text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
