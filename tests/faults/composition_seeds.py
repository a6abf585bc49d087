"""Small analyses and mass spectra, made up or simulated by the technique itself."""

from __future__ import annotations

from collections.abc import Mapping

LINES = b"""# formula: C38H74N8O4F18P3FeCo
element;found %;su;calculated
C;36,41;0,1;36.2
H;5,94;;5.8
N;8,92(5);0.1;8.65
"""
COLUMNS = b"""sample,weight (mg),C %,H %,N %
1,1.234,36.41,5.94,8.92
2,1.402,36.35,5.90,
mean,,36.38,5.92,8.92
calc.,,36.32,5.94,8.92
"""


def elemental_analysis_seeds() -> Mapping[str, bytes]:
    """Return found percentages in lines, in columns, and as the simulation writes them."""
    from spectrafit_structure.composition import composition
    from spectrafit_structure.composition.simulate import CompositionSimulation

    return {
        "simulated.csv": composition.simulated_text(CompositionSimulation(), 1).encode(),
        "lines.csv": LINES,
        "columns.csv": COLUMNS,
        "bare.txt": b"C 36.41\nH 5.94\nN 8.92\n",
    }


def mass_spectrum_seeds() -> Mapping[str, bytes]:
    """Return lists of peaks and a profile."""
    from spectrafit_structure.composition import composition
    from spectrafit_structure.composition.simulate import CompositionSimulation

    return {
        "list.csv": composition.simulated_text(
            CompositionSimulation(kind="mass-spectrum"), 1
        ).encode(),
        "profile.txt": composition.simulated_text(
            CompositionSimulation(kind="mass-spectrum", fwhm_mz=0.2), 2
        ).encode(),
        "tabs.txt": b"m/z (Th)\trel. intensity\n1109.384\t6.3\n1111.379\t100\n1112.382\t47\n",
    }
