"""A crystal structure as a recording: what readers of structures return."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.history import file_source
from spectrafit.recording import Column, Recording
from spectrafit.rounding import number_text, value_text
from spectrafit_structure.crystal import Crystal, Temperature
from spectrafit_structure.uncertainty import Measured

__all__ = ["CrystalRecording", "crystal_recording"]

_NOTHING = Crystal("in memory", Temperature(None, "nothing was read"))


@dataclass(frozen=True, eq=False)
class CrystalRecording(Recording):
    """A recording that holds a crystal structure.

    Its columns are the listed bond lengths and their s.u. (Å); of a file that lists none, the
    fractional coordinates; of one without atoms, the volume of the cell. They are there to be
    seen; everything is computed from `crystal`.

    Parameters
    ----------
    crystal : Crystal
        Cell, symmetry, atoms and bonds.
    """

    crystal: Crystal = _NOTHING

    def __reduce__(self) -> tuple[object, ...]:
        _, values = super().__reduce__()[:2]
        assert isinstance(values, tuple)
        return CrystalRecording, (*values, self.crystal)


NUMBER = "bond"
"""Column that counts the listed bonds; their names are in the header."""


def crystal_recording(
    crystal: Crystal,
    path: Path,
    content: bytes,
    reader: str,
    *,
    label: str = "",
    simulated: bool = False,
    notices: tuple[Alert, ...] = (),
) -> CrystalRecording:
    """Return the recording of a structure.

    Parameters
    ----------
    crystal : Crystal
    path : Path
        The file; its name becomes that of the source.
    content : bytes
        Of the file, for the checksum.
    reader : str
        Name of the reader.
    label : str
        Which structure of a file that holds several.
    simulated : bool
        Whether the file says that it is simulated.
    notices : tuple of Alert
        Of the text as a whole.

    Returns
    -------
    CrystalRecording
    """
    words = [*crystal.notices]
    if crystal.temperature.kelvin is None:
        words.append(f"no temperature: {crystal.temperature.reason}")
    own = [alert_spec("READ-001").alert(where=crystal.name, text=text) for text in words]
    if simulated:
        own.append(alert_spec("RUN-003").alert(where=path.name))
    kelvin = crystal.temperature.kelvin
    columns = _columns(crystal)
    return CrystalRecording(
        f"{path.name}#{label}" if label else path.name,
        columns,
        _header(crystal),
        {"x": NUMBER, "y": "length"} if columns[-1].name == NUMBER else {},
        {} if kelvin is None else {"T": kelvin.value},
        file_source(path, content, simulated=simulated),
        (*notices, *own),
        reader,
        crystal=crystal,
    )


def _columns(crystal: Crystal) -> tuple[Column, ...]:
    if crystal.bonds:
        lengths = [bond.length for bond in crystal.bonds]
        values = np.array([each.value for each in lengths])
        errors = [np.nan if each.su is None else each.su for each in lengths]
        number = Column(NUMBER, np.arange(1.0, values.size + 1.0), made_from="order in the file")
        return Column("length", values, "A"), Column("s.u.", np.array(errors), "A"), number
    places = [atom.position for atom in crystal.atoms if atom.position is not None]
    if places:
        table = np.array([[each.value for each in place] for place in places])
        return tuple(Column(name, table[:, k]) for k, name in enumerate("xyz"))
    volume = None if crystal.cell is None else crystal.cell.volume
    return (Column("volume", np.array([np.nan if volume is None else volume.value]), "A3"),)


def _header(crystal: Crystal) -> dict[str, str]:
    def text(value: Measured | None) -> str:
        return "" if value is None else value_text(value.value, value.su, value.reason)

    shown = "; ".join(_bond_text(crystal)[:_SHOWN])
    more = len(crystal.bonds) - _SHOWN
    header = {
        "structure": crystal.name,
        "formula": crystal.formula,
        "space group": crystal.group,
        "Z": "" if crystal.formula_units is None else number_text(crystal.formula_units),
        "temperature": text(crystal.temperature.kelvin),
        "volume": text(None if crystal.cell is None else crystal.cell.volume),
        "Flack parameter": text(crystal.flack),
        "bonds": f"{shown}; and {more} more" if more > 0 else shown,
    }
    return {name: value for name, value in header.items() if value}


_SHOWN = 12


def _bond_text(crystal: Crystal) -> list[str]:
    return [
        f"{bond.first}-{bond.second} {value_text(bond.length.value, bond.length.su, 'no s.u.')}"
        for bond in crystal.bonds
    ]
