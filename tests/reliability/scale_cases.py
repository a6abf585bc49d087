"""Files whose unit, element, axis or sample is wrong or not told, made from simulated whole ones."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from faults.infrared_seeds import jcamp
from faults.mossbauer_seeds import named_csv
from reliability.fitted_files import Asked, simulated

CELSIUS = 273.15


@dataclass(frozen=True)
class Wrong:
    """A file with one thing wrong.

    Parameters
    ----------
    kind : str
        What is wrong.
    whole : Asked
        The file without it.
    asked : Asked
        The file with it.
    """

    kind: str
    whole: Asked
    asked: Asked

    @property
    def technique(self) -> str:
        return self.asked.technique


Maker = Callable[[random.Random], Wrong]


def changed(
    asked: Asked, column: int, law: Callable[[float], float], text: str = "{:.8g}", **labels: str
) -> Asked:
    """Return a file with the numbers of one column exchanged, and words of its header.

    Parameters
    ----------
    asked : Asked
        A text table of commas or blanks.
    column : int
        Counted from 0.
    law : callable
        New number of an old one.
    text : str
        How it is written.
    **labels : str
        ``old`` and ``new`` words.
    """
    lines = asked.content.decode().splitlines()
    comma = "," in lines[-1]
    made = []
    for line in lines:
        cells = line.split(",") if comma else line.split()
        try:
            value = float(cells[column])
            is_row = len(cells) > 1 and all(re.fullmatch(r"[-+.\deE]*", cell) for cell in cells)
        except (ValueError, IndexError):
            is_row = False
        if is_row:
            cells[column] = text.format(law(value))
            line = ("," if comma else "  ").join(cells)
        made.append(line)
    whole = "\n".join(made) + "\n"
    if labels:
        assert labels["old"] in whole, labels
        whole = whole.replace(labels["old"], labels["new"], 1)
    return replace(asked, content=whole.encode())


# X-ray absorption --------------------------------------------------------------------------------

_EDGES = {"Fe": 7112.0, "Co": 7709.0}
_QUICK: Mapping[str, Any] = {"peaks": 1, "method_spread": False}


def _scan(rng: random.Random) -> tuple[str, Asked]:
    """Return a scan over the edge of Fe, or the same numbers over that of Co."""
    element = rng.choice(("Fe", "Co"))
    settings = {**_QUICK, "element": element}
    asked = Asked("xanes", "scan.dat", simulated("xanes", rng.randrange(3)), settings)
    shift = _EDGES[element] - _EDGES["Fe"]
    labels = {"old": "# Element: Fe", "new": f"# Element: {element}"}
    return element, changed(asked, 0, lambda e: e + shift, "{:.3f}", **labels)


def _energies_off(rng: random.Random) -> Wrong:
    _, whole = _scan(rng)
    off = rng.choice((-1, 1)) * rng.uniform(50.0, 250.0)
    return Wrong("energies off by 50 to 250 eV", whole, changed(whole, 0, lambda e: e + off))


def _keV_called_eV(rng: random.Random) -> Wrong:
    _, whole = _scan(rng)
    return Wrong("keV called eV", whole, changed(whole, 0, lambda e: e / 1000.0, "{:.6f}"))


def _keV_without_unit(rng: random.Random) -> Wrong:
    _, whole = _scan(rng)
    labels = {"old": "energy (eV)", "new": "energy"}
    asked = changed(whole, 0, lambda e: e / 1000.0, "{:.6f}", **labels)
    return Wrong("keV, no unit told", whole, asked)


def _eV_called_keV(rng: random.Random) -> Wrong:
    _, whole = _scan(rng)
    asked = changed(whole, 0, lambda e: e, old="energy (eV)", new="energy (keV)")
    return Wrong("eV called keV", whole, asked)


def _angle_called_eV(rng: random.Random) -> Wrong:
    _, whole = _scan(rng)
    law = lambda e: float(np.rad2deg(np.arcsin(12398.42 / (2 * 3.1356 * e))))  # noqa: E731
    return Wrong("angle called eV", whole, changed(whole, 0, law, "{:.6f}"))


def _other_element(rng: random.Random) -> Wrong:
    element, whole = _scan(rng)
    other = rng.choice([one for one in ("Fe", "Co", "Mn", "Ni", "Cr") if one != element])
    return Wrong(
        "another element asked", whole, replace(whole, settings={**_QUICK, "element": other})
    )


def _other_element_in_header(rng: random.Random) -> Wrong:
    element, whole = _scan(rng)
    other = "Co" if element == "Fe" else "Fe"
    content = whole.content.replace(
        f"# Element: {element}".encode(), f"# Element: {other}".encode()
    )
    return Wrong("another element in the header", whole, replace(whole, content=content))


# infrared ----------------------------------------------------------------------------------------


def _bands(rng: random.Random, low: float = 1200.0, high: float = 1800.0) -> tuple[Any, Any]:
    x = np.linspace(low, high, rng.choice((301, 401)))
    centre = rng.uniform(0.3, 0.7) * (high - low) + low
    y = 0.05 + 0.4 / (1 + ((x - centre) / 8.0) ** 2)
    return x, y + np.random.default_rng(rng.randrange(1000)).normal(0.0, 0.001, x.size)


def _infrared(x: Any, y: Any, label: str) -> Asked:
    rows = "".join(f"{a:.6g}\t{b:.5f}\n" for a, b in zip(x, y, strict=True))
    text = f"# simulated data\n{label}\tabsorbance\n{rows}" if label else rows
    return Asked("ir", "band.csv", text.encode(), reader="spectrum")


def _axis(rng: random.Random, kind: str, factor: float, label: str, *, wide: bool = False) -> Wrong:
    x, y = _bands(rng, 650.0, 3900.0) if wide else _bands(rng)
    whole = _infrared(x, y, "wavenumber (cm-1)")
    return Wrong(kind, whole, _infrared(factor / x, y, label))


def _wrong_jcamp(rng: random.Random) -> Wrong:
    x, y = _bands(rng)
    counts = [int(value) for value in np.round(y * 1e4)]
    right = jcamp(counts, "AFFN", first=x[0], last=x[-1])
    unit = rng.choice((b"MICROMETERS", b"NANOMETERS", b"SECONDS", b"ARBITRARY UNITS", b""))
    whole = Asked("ir", "band.jdx", right)
    content = right.replace(b"##XUNITS=1/CM", b"##XUNITS=" + unit)
    return Wrong("JCAMP-DX in another unit or none", whole, replace(whole, content=content))


# Mössbauer ---------------------------------------------------------------------------------------


_DOUBLETS = ((0.7, 1.8, 295.0), (1.25, 2.7, 80.0), (0.5, 0.8, 120.0), (0.25, 2.1, 80.0))
"""Isomer shift, splitting (mm/s) and T (K): iron(II) and (III) of high spin, and iron(III) of low spin."""


def _run(rng: random.Random) -> Asked:
    shift, splitting, T = rng.choice(_DOUBLETS)
    content = simulated(
        "mossbauer", 1, T_K=T, isomer_shifts_mm_s=(shift,), splittings_mm_s=(splitting,)
    )
    iron = simulated("mossbauer", 90, absorber="alpha-Fe")
    return Asked("mossbauer", "sample.ws5", content, {"orientation": 1}, iron, "iron.ws5")


def _undeclared(rng: random.Random) -> Wrong:
    whole = _run(rng)
    return Wrong("orientation not declared", whole, replace(whole, settings={}))


def _flipped(rng: random.Random) -> Wrong:
    whole = _run(rng)
    return Wrong(
        "orientation declared the other way", whole, replace(whole, settings={"orientation": -1})
    )


def _uncalibrated(rng: random.Random) -> Wrong:
    whole = _run(rng)
    return Wrong("channels without a velocity", whole, replace(whole, calibration=None))


def _velocities(rng: random.Random) -> tuple[Any, Any]:
    v = np.linspace(-4.0, 4.0, 256)
    dips = sum(0.08 / (1 + ((v - c) / 0.15) ** 2) for c in (-0.4, 1.2))
    return v, np.random.default_rng(rng.randrange(1000)).poisson(40_000 * (1 - dips))


def _velocity(rng: random.Random, kind: str, factor: float, label: str) -> Wrong:
    v, counts = _velocities(rng)
    whole = Asked("mossbauer", "sample.csv", b"# simulated data\n" + named_csv(counts))
    rows = "".join(f"{factor * a:.8g},{c}\n" for a, c in zip(v, counts, strict=True))
    text = f"# simulated data\n{label},counts\n{rows}"
    return Wrong(kind, whole, replace(whole, content=text.encode()))


# magnetism ---------------------------------------------------------------------------------------


def _moments(rng: random.Random) -> Asked:
    field, mass = rng.choice(((1000.0, 9.84), (5000.0, 4.2), (5000.0, 9.84), (10_000.0, 2.6)))
    content = simulated("magnetism", 1, field_Oe=field, mass_mg=mass)
    return Asked("magnetism", "run.dat", content)


def _column(rng: random.Random, kind: str, column: int, factor: float, **labels: str) -> Wrong:
    whole = _moments(rng)
    return Wrong(kind, whole, changed(whole, column, lambda value: factor * value, **labels))


def _moment(rng: random.Random, kind: str, factor: float, **labels: str) -> Wrong:
    whole = _moments(rng)
    asked = changed(changed(whole, 10, lambda m: factor * m), 12, lambda m: factor * m, **labels)
    return Wrong(kind, whole, asked)


def _mass(rng: random.Random, kind: str, text: Callable[[float], str]) -> Wrong:
    whole = _moments(rng)
    found = re.search(rb"INFO,([\d.]+),SAMPLE_MASS", whole.content)
    assert found is not None
    line = f"INFO,{text(float(found[1]))},SAMPLE_MASS".encode()
    return Wrong(kind, whole, replace(whole, content=whole.content.replace(found[0], line)))


def _celsius_run(rng: random.Random) -> Wrong:
    whole = _moments(rng)
    return Wrong("magnetometer: C called K", whole, changed(whole, 2, lambda T: T - CELSIUS))


def _chi_table(rng: random.Random) -> Asked:
    T = np.linspace(10.0, 300.0, 100)
    chiT = 3.0 + 3.0 / (1.0 + np.exp(-(T - 150.0) / 8.0))
    chiT += np.random.default_rng(rng.randrange(1000)).normal(0.0, 0.005, T.size)
    rows = "".join(f"{a:.2f},{b:.4f}\n" for a, b in zip(T, chiT, strict=True))
    text = f"T (K),chiT (cm3 K/mol)\n{rows}"
    return Asked("magnetism", "curve.csv", text.encode(), {"scale_error": 0.01}, reader="chi-table")


def _chi(
    rng: random.Random, kind: str, column: int, law: Callable[[float], float], **labels: str
) -> Wrong:
    whole = _chi_table(rng)
    return Wrong(kind, whole, changed(whole, column, law, **labels))


# pyroelectricity ---------------------------------------------------------------------------------


def _log(rng: random.Random) -> Asked:
    content = simulated("pyro", rng.randrange(3), interval_s=6.0)
    return Asked("pyro", "run.csv", content, {"area_error_mm2": 0.01})


def _current(
    rng: random.Random,
    kind: str,
    column: int,
    law: Callable[[float], float],
    text: str,
    **labels: str,
) -> Wrong:
    whole = _log(rng)
    return Wrong(kind, whole, changed(whole, column, law, text, **labels))


def _header(rng: random.Random, kind: str, old: str, new: str) -> Wrong:
    whole = _log(rng)
    assert old.encode() in whole.content
    return Wrong(
        kind, whole, replace(whole, content=whole.content.replace(old.encode(), new.encode()))
    )


def _same(value: float) -> float:
    return value


MAKERS: Mapping[str, tuple[Maker, ...]] = {
    "xanes": (
        _energies_off, _keV_called_eV, _keV_without_unit, _eV_called_keV, _angle_called_eV,
        _other_element, _other_element_in_header,
    ),
    "ir": (
        lambda r: _axis(r, "nm, labelled", 1e7, "wavelength (nm)"),
        lambda r: _axis(r, "micrometres, labelled", 1e4, "wavelength (um)"),
        lambda r: _axis(r, "nm called cm-1", 1e7, "wavenumber (cm-1)"),
        lambda r: _axis(r, "micrometres called cm-1", 1e4, "wavenumber (cm-1)"),
        lambda r: _axis(r, "nm, no label", 1e7, ""),
        lambda r: _axis(r, "micrometres, no label", 1e4, ""),
        lambda r: _axis(r, "nm called cm-1, mid infrared whole", 1e7, "wavenumber (cm-1)", wide=True),
        lambda r: _axis(r, "THz called cm-1", 1e7 / 29.979, "wavenumber (cm-1)"),
        _wrong_jcamp,
    ),
    "mossbauer": (
        _undeclared, _flipped, _uncalibrated,
        lambda r: _velocity(r, "cm/s, labelled", 0.1, "velocity (cm/s)"),
        lambda r: _velocity(r, "m/s called mm/s", 1e-3, "velocity (mm/s)"),
        lambda r: _velocity(r, "um/s called mm/s", 1e3, "velocity (mm/s)"),
        lambda r: _velocity(r, "cm/s called mm/s", 0.1, "velocity (mm/s)"),
        lambda r: _velocity(r, "channels called mm/s", 32.0, "velocity (mm/s)"),
        lambda r: _velocity(r, "velocity turned over", -1.0, "velocity (mm/s)"),
    ),
    "magnetism": (
        lambda r: _column(r, "T called Oe", 3, 1e-4),
        lambda r: _column(r, "field in T, labelled", 3, 1e-4, old="Magnetic Field (Oe)", new="Magnetic Field (T)"),
        lambda r: _column(r, "A/m called Oe", 3, 79.577),
        lambda r: _moment(r, "memu called emu", 1e3),
        lambda r: _moment(r, "A m2 called emu", 1e-3),
        lambda r: _mass(r, "g given for mg", lambda mg: f"{mg / 1000:.6f}"),
        lambda r: _mass(r, "ug given for mg", lambda mg: f"{mg * 1000:g}"),
        lambda r: _mass(r, "no mass", lambda mg: ""),
        _celsius_run,
        lambda r: _chi(r, "chi T: C called K", 0, lambda T: T - CELSIUS),
        lambda r: _chi(r, "chi T in SI, no unit", 1, lambda y: 1.2566e-5 * y, old=" (cm3 K/mol)", new=""),
        lambda r: _chi(r, "chi T in memu called emu", 1, lambda y: 1e3 * y),
        lambda r: _chi(r, "chi, not chi T", 1, _same, old="chiT (cm3 K/mol)", new="chi (cm3/mol)"),
    ),
    "pyro": (
        lambda r: _current(r, "no unit of the current", 2, _same, "{:.6e}", old="Current (A)", new="Current"),
        lambda r: _current(r, "pA called A", 2, lambda a: 1e12 * a, "{:.6e}"),
        lambda r: _current(r, "nA called A", 2, lambda a: 1e9 * a, "{:.6e}"),
        lambda r: _current(r, "A called pA", 2, _same, "{:.6e}", old="Current (A)", new="Current (pA)"),
        lambda r: _current(r, "C called K", 1, lambda T: T - CELSIUS, "{:.4f}"),
        lambda r: _current(r, "K called C", 1, _same, "{:.4f}", old="Temperature (K)", new="Temperature (degC)"),
        lambda r: _current(r, "min called s", 0, lambda t: t / 60.0, "{:.6f}"),
        lambda r: _current(r, "s called min", 0, _same, "{:.3f}", old="Time (s)", new="Time (min)"),
        lambda r: _header(r, "area not told", "# Electrode area (mm2): 0.3036\n", ""),
        lambda r: _header(r, "area in cm2 called mm2", "(mm2): 0.3036", "(mm2): 0.003036"),
        lambda r: _header(r, "polarity not told", "# Polarity: +1\n", ""),
    ),
}  # fmt: skip
"""What can be wrong, by technique."""
