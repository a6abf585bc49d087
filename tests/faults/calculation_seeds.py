"""Outputs of quantum-chemistry programs, made up: what names the program, and its vibrations."""

from __future__ import annotations

from collections.abc import Mapping

VIBRATION_TABLE = """# state: high spin
# method: BP86/def2-TZVP
frequency (cm-1),intensity (km/mol),label
1402.5,120.5,"C-O stretch, sym."
1515.0,33.25,
1611.75,7,ring
"""
WATER = ((0.0, 0.0, 0.12), (0.0, 0.76, -0.48), (0.0, -0.76, -0.48))
CO2 = ((0.0, 0.0, 0.0), (0.0, 0.0, 1.16), (0.0, 0.0, -1.16))


def gaussian(frequencies, intensities, places=WATER, numbers=(8, 1, 1), symmetries=None):
    """Return what Gaussian writes of a frequency job, cut to what names it and to its results."""
    symmetries = symmetries or ["A"] * len(frequencies)
    lines = [
        " Entering Gaussian System, Link 0=g16",
        " Copyright (c) 1988-2017, Gaussian, Inc.  All Rights Reserved.",
        " ******************************************",
        " Gaussian 16:  ES64L-G16RevB.01 20-Dec-2017",
        "                 1-Jan-2020 ",
        " ******************************************",
        " ----------------------",
        " # B3LYP/6-31G* Freq",
        " ----------------------",
        f" NAtoms={len(numbers):5d} NActive={len(numbers):5d}",
        "                         Standard orientation:",
        " " + "-" * 69,
        " Center     Atomic      Atomic             Coordinates (Angstroms)",
        " Number     Number       Type             X           Y           Z",
        " " + "-" * 69,
    ]
    for k, (number, place) in enumerate(zip(numbers, places, strict=True), start=1):
        lines.append("{:7d}{:11d}{:12d}    {:12.6f}{:12.6f}{:12.6f}".format(k, number, 0, *place))
    lines += [" " + "-" * 69, "", " Harmonic frequencies (cm**-1), IR intensities (KM/Mole), Raman"]
    lines += [" activities (A**4/AMU), reduced masses (AMU), force constants (mDyne/A),"]
    lines += [" and normal coordinates:"]
    for start in range(0, len(frequencies), 3):
        part = slice(start, start + 3)
        numbers_of = range(start + 1, start + 1 + len(frequencies[part]))
        lines.append(" " * 15 + "".join(f"{n:7d}{'':16s}" for n in numbers_of))
        lines.append(" " * 15 + "".join(f"{s:>7s}{'':16s}" for s in symmetries[part]))
        lines.append(" Frequencies -- " + "".join(f"{f:10.4f}{'':13s}" for f in frequencies[part]))
        lines.append(" Red. masses -- " + "".join(f"{1.08:10.4f}{'':13s}" for _ in numbers_of))
        lines.append(" Frc consts  -- " + "".join(f"{1.6:10.4f}{'':13s}" for _ in numbers_of))
        lines.append(" IR Inten    -- " + "".join(f"{i:10.4f}{'':13s}" for i in intensities[part]))
    lines += ["", " Normal termination of Gaussian 16 at Wed Jan  1 00:00:00 2020."]
    return "\n".join(lines) + "\n"


def orca(frequencies, intensities, version="5.0.4", places=WATER, scaling="1.000000000"):
    """Return what ORCA writes of a frequency job, cut to what names it and to its results."""
    first = 3 * len(places) - len(frequencies)
    lines = [
        " " * 33 + "*" * 17,
        " " * 33 + "* O   R   C   A *",
        " " * 33 + "*" * 17,
        "",
        f"                         Program Version {version} -  RELEASE  -",
        "",
        "-" * 33,
        "CARTESIAN COORDINATES (ANGSTROEM)",
        "-" * 33,
    ]
    for name, place in zip(("O", "H", "H"), places, strict=True):
        lines.append("  {:2s} {:12.6f} {:12.6f} {:12.6f}".format(name, *place))
    lines += ["", "-" * 23, "VIBRATIONAL FREQUENCIES", "-" * 23, ""]
    if version > "4.1":
        lines += [f"Scaling factor for frequencies =  {scaling}  (already applied!)", ""]
    for k in range(first):
        lines.append(f"{k:4d}:         0.00 cm**-1")
    for k, value in enumerate(frequencies, start=first):
        lines.append(f"{k:4d}:   {value:10.2f} cm**-1{' ***imaginary mode***' * (value < 0)}")
    lines += ["", "", "-----------", "IR SPECTRUM", "-----------", ""]
    if version > "5":
        lines += [" Mode   freq       eps      Int      T**2         TX        TY        TZ"]
        lines += ["       cm**-1   L/(mol*cm) km/mol    a.u.", "-" * 76]
        row = "%3d:  %8.2f   0.012345  %7.2f  0.001941  ( 0.0 0.0 0.0)"
    else:
        lines += [" Mode    freq (cm**-1)   T**2         TX         TY         TZ", "-" * 67]
        row = "%4d:    %9.2f  %10.6f  (  0.0   0.0   0.0)"
    for k, (value, strength) in enumerate(zip(frequencies, intensities, strict=True), start=first):
        if value > 0:
            lines.append(row % (k, value, strength))
    lines += ["", "                             ****ORCA TERMINATED NORMALLY****"]
    return "\n".join(lines) + "\n"


VIBRATIONS_SEEDS: Mapping[str, bytes] = {
    "state.csv": VIBRATION_TABLE.encode(),
    "gaussian.log": gaussian(
        [1713.2, 3727.4, 3849.5], [75.9, 1.7, 19.3], symmetries=["A1", "A1", "B2"]
    ).encode(),
    "orca.out": orca([1639.47, 3825.36, 3937.6], [62.5, 3.25, 41.5]).encode(),
}
