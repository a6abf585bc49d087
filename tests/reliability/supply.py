"""What is installed with the core: no compiler, few packages, a quick first answer, no addresses."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from benchmarks.table import table
from reliability.promise import Promise, Section

ROOT = Path(__file__).parents[2]
MOST_DEPENDENCIES = 12
LARGEST_RATIO = 2.0
SECONDS = 0.25
COMPILED = (".so", ".pyd", ".dll", ".dylib", ".c", ".cpp", ".pyx", ".f", ".f90", ".rs", ".a", ".o")
BUILDERS = ("setuptools", "cython", "cffi", "meson", "scikit-build", "maturin", "pybind11", "cmake")
INDEXES = re.compile(
    r"(?:py" + r"pi\.org|pythonhosted\.org|anaconda\.org|conda\.anaconda|registry\.npmjs|npmjs\.org"
    r"|crates\.io|proxy\.golang|rubygems\.org|--(?:extra-)?index" + r"-url|--trusted" + r"-host"
    r"|--find" + r"-links)",
    re.IGNORECASE,
)
"""Hosts that packages come from, and the options that name one; written so as not to find itself."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def project() -> dict[str, object]:
    """Return what the project declares of itself."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def dependencies() -> tuple[str, ...]:
    """Return the names of the direct dependencies of the core."""
    declared = project()["project"]
    assert isinstance(declared, dict)
    return tuple(match[0] for row in declared["dependencies"] if (match := _NAME.match(row)))


def committed() -> list[Path]:
    """Return the files of the project under version control; every file without git."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [ROOT / name for name in done.stdout.decode().split("\0") if name]
    return [path for path in ROOT.rglob("*") if path.is_file() and ".git" not in path.parts]


def named_indexes(paths: Sequence[Path]) -> list[str]:
    """Return where files name a host that packages come from."""
    found = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue  # no text, or gone since it was listed
        found += [f"{path.name}: {match[0]}" for match in INDEXES.finditer(text)]
    return found


def compiled_parts() -> list[str]:
    """Return files of what is installed that need a compiler or were made by one."""
    return [
        path.relative_to(ROOT).as_posix()
        for folder in ("spectrafit", "techniques", "reference_spectra")
        for path in (ROOT / folder).rglob("*")
        if path.suffix.lower() in COMPILED
    ]


def builders() -> list[str]:
    """Return what the project needs to be built and could compile with."""
    system = project()["build-system"]
    assert isinstance(system, dict)
    return [row for row in system["requires"] if row.lower().startswith(BUILDERS)]


def wheel_tag(folder: Path) -> str:
    """Return the tag in the name of a wheel that is built here; empty where none can be built."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    done = subprocess.run([*command, str(folder), str(ROOT)], capture_output=True, check=False)
    built = sorted(folder.glob("*.whl"))
    return "-".join(built[0].stem.split("-")[2:]) if done.returncode == 0 and built else ""


@dataclass(frozen=True)
class Quick:
    """Medians of times in s, of commands that were run in turn."""

    helped: float
    numpy: float

    @property
    def ratio(self) -> float:
        """How many times as long the first answer takes as importing NumPy."""
        return self.helped / self.numpy


def quick(runs: int) -> Quick:
    """Return how long ``spectrafit --help`` takes, beside importing NumPy."""
    commands = (["-m", "spectrafit.cli", "--help"], ["-c", "import numpy"])
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for command, spent in zip(commands, times, strict=True):
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], capture_output=True, check=True)
            spent.append(time.perf_counter() - start)
    return Quick(statistics.median(times[0]), statistics.median(times[1]))


def licences() -> Iterator[tuple[str, str, str]]:
    """Give name, version and licence of each direct dependency, as its metadata say."""
    for name in dependencies():
        found = metadata.metadata(name)
        given = found.get("License-Expression") or ""
        classified = [
            row.rpartition(" :: ")[2]
            for row in found.get_all("Classifier") or ()
            if row.startswith("License")
        ]
        lines = (found.get("License") or "").strip().splitlines()
        licence = given or ", ".join(classified) or (lines[0][:60] if lines else "not said")
        yield name, found["Version"], licence


def section() -> Section:
    """Build the wheel, time the first answer, and list what is installed with the core."""
    with tempfile.TemporaryDirectory() as name:
        tag = wheel_tag(Path(name))
    parts, tools, direct = compiled_parts(), builders(), dependencies()
    spent = quick(15)
    named = named_indexes(committed())
    rows = [tuple(row) for row in licences()]
    return Section(
        (
            Promise(
                "supply chain",
                "core wheel: no compiler, at most a dozen direct dependencies",
                f"{f'wheel {tag}' if tag else 'no wheel built here'}, {len(parts) + len(tools)} "
                f"parts to compile, {len(direct)} dependencies",
                1,
                tag in ("py3-none-any", "")
                and not parts
                and not tools
                and len(direct) <= MOST_DEPENDENCIES,
                "; ".join((*parts, *tools)[:3]),
            ),
            Promise(
                "supply chain",
                "`spectrafit --help` at most 2 times `import numpy`, under 0.25 s",
                f"{spent.ratio:.2f} times, {spent.helped:.3f} s beside {spent.numpy:.3f} s (medians)",
                15,
                spent.ratio <= LARGEST_RATIO and spent.helped < SECONDS,
                "" if spent.helped < SECONDS else "the machine was busy" * (spent.numpy > SECONDS),
            ),
            Promise(
                "supply chain",
                "no file names a host that packages come from",
                f"{len(named)} places",
                len(committed()),
                not named,
                "; ".join(named[:3]),
            ),
        ),
        "### What the core installs\n\nLicences as the metadata of the versions say that were "
        f"installed for the run.\n\n{table(('package', 'version', 'licence'), rows)}",
    )
