"""Iron and its oxides from real files of others: what each is expected to show, and a study of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from data import shared_data

# Iron foils of other beamlines, as recorded: PROVENANCE of the XANES files, half-width 1.5 to 2 eV.
# Goethite: xraylarch on Hansel2001_goethite_xanes_003, its peer values. Fe2O3: PROVENANCE tells that
# the edge has two maxima of the derivative of nearly equal height.
_AXES = "assumed: energy axes as recorded, foils of several beamlines differ by 1 eV"
STATES = f"""
[state.alpha-Fe]
label = "α-Fe"
[state.alpha-Fe.expect]
"xanes.fe.edge.e_infl" = {{ low = 7110.84, high = 7111.65, width = 0.5, unit = "eV", source = "{_AXES}; PROVENANCE of four foils" }}
"mossbauer.B" = {{ value = 33.04, sigma = 0.05, unit = "T", T = 300.0, source = "SYNCmoss/Library/alfa_iron_test.mdl" }}
"mossbauer.IS" = {{ value = 0.0, sigma = 0.01, unit = "mm/s", T = 295.0, source = "assumed: isomer shifts are against it" }}

[state.hematite]
label = "hematite"
[state.hematite.expect]
"xanes.fe.edge.e_infl" = {{ low = 7123.15, high = 7127.60, width = 0.5, unit = "eV", source = "{_AXES}; PROVENANCE of two Fe2O3 files" }}
"mossbauer.B" = {{ low = 51.0, high = 53.0, unit = "T", T = 300.0, source = "SYNCmoss/Library/Hematite_mineral_test.mdl" }}
"mossbauer.IS" = {{ low = 0.35, high = 0.38, width = 0.02, unit = "mm/s", T = 300.0, source = "SYNCmoss/Library/Hematite_mineral_test.mdl" }}

[state.goethite]
label = "goethite"
[state.goethite.expect]
"xanes.fe.edge.e_infl" = {{ value = 7126.52, sigma = 0.5, unit = "eV", source = "{_AXES}; xraylarch on another goethite" }}

[state.magnetite]
label = "magnetite"
[state.magnetite.expect]
"xanes.fe.edge.e_infl" = {{ value = 7122.6, sigma = 1.0, unit = "eV", source = "{_AXES}; this program on another magnetite" }}

[state.ferrihydrite]
label = "2-line ferrihydrite"
[state.ferrihydrite.expect]
"mossbauer.IS" = {{ value = 0.4376, sigma = 0.0068, unit = "mm/s", T = 130.0, source = "assumed: peer value of the run at 130 K of the same sample" }}
"mossbauer.QS" = {{ value = 0.9026, sigma = 0.0109, unit = "mm/s", T = 130.0, source = "assumed: peer value of the run at 130 K of the same sample" }}
"""

XANES = """
[measurement.settings]
element = "Fe"
signal = "transmission"
window_eV = [7100.0, 7109.0]     # below every edge here: only the edge is asked for
peaks = 1
method_spread = false
"""
SEXTET = """
[measurement.settings]
orientation = 1
sites = ["sextet"]
"""
DOUBLET = """
[measurement.settings]
orientation = 1
"""
FOILS = "xas/parseq/Fe-foil_EXAFS_2314[78].dat"
BALDER = 'columns = { i0 = "albaem02_ch1", transmitted = "albaem02_ch3" }'
GOETHITE = "xas/araucaria/20K_GOE_Fe_K_240.0000[01].xdi"
P65 = 'columns = { energy = "enc_energy", i0 = "VFC01", transmitted = "VFC02" }'
MAGNETITE = "xas/xdi/Fe3O4_rt_01.xdi"
IRON = "mossbauer/grigg/2Lc_Fh/251104_v12.dat"
SCALE = "mossbauer/grigg/2L_Fh/250624_v12.dat"
FERRIHYDRITE = "mossbauer/grigg/2L_Fh/135.0K_0.0h30.0m.dat"

MERGED = 'merge_by = ["T"]'
CALIBRATED = 'uses = { calibration = "velocity" }'


def path_of(files: str, folder: Path) -> str:
    """Return where real files are, from the folder of a study; skip the test without them."""
    place, _, name = files.rpartition("/")
    return Path(os.path.relpath(shared_data(*place.split("/")) / name, folder)).as_posix()


def measured(
    name: str, sample: str, files: str, T: float, folder: Path, settings: str, head: str = ""
) -> str:
    """Return one measurement of a sample at one temperature."""
    technique = "xanes" if files.startswith("xas") else "mossbauer"
    return f"""
[[measurement]]
name = "{name}"
technique = "{technique}"
sample = "{sample}"
files = ["{path_of(files, folder)}"]
{head}
[measurement.conditions]
T = {{ value = {T}, unit = "K" }}
{settings}"""


def study_text(folder: Path, *, foils: str = FOILS, columns: str = BALDER, more: str = "") -> str:
    """Return the study of the real files.

    Parameters
    ----------
    folder : Path
        Of the study.
    foils, columns : str
        Scans that are said to be of alpha-iron, and their columns.
    more : str
        Tables that are added.
    """
    samples = "\n".join(
        f"[sample.{name}]" for name in ("alpha-Fe", "goethite", "magnetite", "ferrihydrite")
    )
    velocity = f"""
[[measurement]]
name = "velocity"
technique = "mossbauer"
role = "calibration"
files = ["{path_of(SCALE, folder)}"]
"""
    return "\n".join(
        (
            '[study]\nname = "iron"\ntitle = "Iron and its oxides"\nallow_outside = true\n',
            samples,
            velocity,
            measured("foils", "alpha-Fe", foils, 295.0, folder, XANES + columns, MERGED),
            measured("iron", "alpha-Fe", IRON, 295.0, folder, SEXTET, CALIBRATED),
            measured("goethite", "goethite", GOETHITE, 20.0, folder, XANES + P65, MERGED),
            measured("magnetite", "magnetite", MAGNETITE, 295.0, folder, XANES),
            measured(
                "ferrihydrite", "ferrihydrite", FERRIHYDRITE, 135.0, folder, DOUBLET, CALIBRATED
            ),
            STATES,
            more,
            '[report]\nfigures = "none"\n',
        )
    )


CHI_T = "spinner_d-nit2.exp"
GAP_J = 2 * 229.9 * 8.314462618
"""Energy of the triplet, J/mol: 2|J| of doi 10.1021/ja0305959, as PROVENANCE states it."""


def diradical_text(points: Sequence[tuple[float, ...]]) -> str:
    """Return a study of published points of chi T as typed numbers, with a step and two stories."""
    rows = "".join(
        f'[[typed]]\nkey = "magnetism.chiT"\nT = {T}\nvalue = {value}\nsigma = 0.002\n'
        'unit = "cm3 K mol-1"\nsource = "10.1021/ja0305959"\n'
        for T, value in points
    )
    return f"""
[study]
name = "diradical"

{rows}
[state.singlet]
[state.triplet]

[[step]]
name = "ST"
lower = "singlet"
upper = "triplet"

[joint]
keys = ["magnetism.chiT"]
report_T = [100, 200, 288]
replicas = 19
starts = 2

[[story]]
name = "free"
meaning = "what a pure state shows is not known"

[[story]]
name = "spins"
meaning = "no spin below, a spin of 1 above"

[story.parameters]
S1.singlet = {{ value = 0, fixed = true, source = "assumed: its spin" }}
S1.triplet = {{ value = 1, fixed = true, source = "assumed: its spin" }}
S.ST = {{ value = 9.134, fixed = true, source = "assumed: R ln 3, levels of a triplet" }}
"""
