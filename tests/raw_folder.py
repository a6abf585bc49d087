"""Folders of simulated raw files, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from spectrafit.registry import technique


@cache
def scan_text(name: str = "xanes", seed: int = 1, **settings: Any) -> str:
    """Return the text of a simulated scan."""
    found = technique(name)
    return str(found.simulated_text(found.simulation(**settings), seed))  # type: ignore[attr-defined]


def foil_text(element: str = "Fe") -> str:
    """Return the text of a simulated foil."""
    first = {"Fe": 7111.2, "Co": 7708.9}[element]
    return scan_text(scan="foil", element=element, foil_eV=first)


def cobalt_text(seed: int = 1) -> str:
    """Return the text of a simulated scan over the Co edge."""
    return scan_text(
        element="Co",
        low_peaks=((7709.8, 2.0, 5.0),),
        low_edge_eV=7719.0,
        area_window_eV=(7704.0, 7716.0),
        foil_eV=7708.9,
        seed=seed,
    )


def without(text: str, *words: str) -> str:
    """Return a text without the lines that hold one of some words."""
    return "".join(
        line for line in text.splitlines(keepends=True) if not any(word in line for word in words)
    )


def write_folder(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write files below a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def mixed_folder(folder: Path) -> Path:
    """Write a folder as users have it: two techniques, two elements, foils, junk, a broken scan."""
    return write_folder(
        folder,
        {
            **{f"herfd/{T}K.dat": scan_text("herfd", seed=T, T_K=float(T)) for T in (8, 20, 100)},
            "herfd/foil_Fe.dat": foil_text(),
            **{
                f"xanes/FeCo_{T}K_1.dat": without(scan_text(seed=T), "Sample", "Temperature")
                for T in (8, 250)
            },
            "xanes/FeCo_20K_1.dat": scan_text(seed=9)[:2500],
            "xanes/Co/a 1 [8.5K].dat": cobalt_text(1),
            "xanes/Co/a 2 [12.5K].dat": cobalt_text(2),
            "foils/Fe.dat": without(foil_text(), "Sample"),
            "notes.md": "what we did\n",
            "empty.dat": "",
            ".hidden/scan.dat": scan_text(),
            "old-results/results.json": "{}",
            "old-results/scan.dat": scan_text(),
        },
    )
