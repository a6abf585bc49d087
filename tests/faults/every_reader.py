"""Seed files for every reader that is registered; a reader without them fails a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec

from faults.beamline_seeds import ATHENA_SEEDS, SPEC_SEEDS, SSRL_SEEDS, nxxas
from faults.calculation_seeds import VIBRATIONS_SEEDS
from faults.composition_seeds import elemental_analysis_seeds, mass_spectrum_seeds
from faults.infrared_sets import (
    JCAMP_SEEDS,
    OMNIC_SEEDS,
    OMNIC_SERIES_SEEDS,
    OPUS_SEEDS,
    SPC_SEEDS,
)
from faults.infrared_text_seeds import CONDITION_TABLE_SEEDS, SPECTRUM_TEXT_SEEDS, excel_seeds
from faults.magnetism_seeds import CHI_TABLE_SEEDS, QUANTUM_DESIGN_SEEDS
from faults.mossbauer_seeds import (
    COUNTS_SEEDS,
    VELOCITY_SEEDS,
    adt,
    mca,
    mcs,
    simulated_counts,
    velocity_table,
    wissel,
)
from faults.pyro_seeds import pyro_log_seeds
from faults.seed_files import COLUMNS_SEEDS, XDI_SEEDS
from faults.structure_seeds import BOND_TABLE_SEEDS, cif_seeds

Seeds = Mapping[str, bytes]
COUNTS = simulated_counts()
SEEDS: Mapping[str, Callable[[], Seeds]] = {
    "athena": lambda: ATHENA_SEEDS,
    "bond-table": lambda: BOND_TABLE_SEEDS,
    "chi-table": lambda: CHI_TABLE_SEEDS,
    "cif": cif_seeds,
    "columns": lambda: COLUMNS_SEEDS,
    "conditions": lambda: CONDITION_TABLE_SEEDS,
    "counts": lambda: COUNTS_SEEDS,
    "elemental-analysis": elemental_analysis_seeds,
    "excel": excel_seeds,
    "exp": lambda: {"foil.exp": velocity_table(COUNTS)},
    "hdf5": lambda: {"feo.h5": nxxas()},
    "jcamp": lambda: JCAMP_SEEDS,
    "mass-spectrum": mass_spectrum_seeds,
    "mca": lambda: {
        "foil.mca": mca(COUNTS, stated=len(COUNTS)),
        "foils.cmca": mca(COUNTS, simulated_counts(seed=8)),
    },
    "mcs": lambda: {"foil.mcs": mcs(COUNTS)},
    "moe": lambda: {"foil.moe": b"# a foil\n" + adt(COUNTS)},
    "omnic": lambda: {**OMNIC_SEEDS, **OMNIC_SERIES_SEEDS},
    "opus": lambda: OPUS_SEEDS,
    "pyro-log": pyro_log_seeds,
    "quantum-design": lambda: QUANTUM_DESIGN_SEEDS,
    "spc": lambda: SPC_SEEDS,
    "spec": lambda: SPEC_SEEDS,
    "spectrum": lambda: SPECTRUM_TEXT_SEEDS,
    "ssrl": lambda: SSRL_SEEDS,
    "velocity": lambda: VELOCITY_SEEDS,
    "vibrations": lambda: VIBRATIONS_SEEDS,
    "wissel": lambda: {"foil.ws5": wissel(COUNTS)},
    "xdi": lambda: XDI_SEEDS,
}
"""By the name that a reader is registered with; made when asked for, as some need a library."""

NEEDS: Mapping[str, str] = {
    "cif": "gemmi",
    "elemental-analysis": "periodictable",
    "excel": "openpyxl",
    "hdf5": "h5py",
    "mass-spectrum": "periodictable",
    "omnic": "spectrochempy_omnic",
    "opus": "brukeropus",
    "spc": "spc_io",
    "vibrations": "cclib",
}
"""Libraries of the extras that a reader is nothing without."""


@cache
def seeds_of(name: str) -> Seeds:
    """Return the seed files of a reader, by their names."""
    return SEEDS[name]()


def missing_library(name: str) -> str:
    """Return the library that a reader needs and that is not installed; empty for none."""
    needed = NEEDS.get(name, "")
    return needed if needed and find_spec(needed) is None else ""


@cache
def seeds_of_all() -> Seeds:
    """Return the seed files of all readers that can read here, named by reader and file."""
    return {
        f"{name}-{file}": content
        for name in SEEDS
        if not missing_library(name)
        for file, content in seeds_of(name).items()
    }
