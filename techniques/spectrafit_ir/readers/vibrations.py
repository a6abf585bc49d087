"""The reader of calculated vibrations: a table, or a program's output through cclib."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import alert_spec
from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.history import file_source
from spectrafit.recording import Column, Recording
from spectrafit.table import says_simulated
from spectrafit_ir.readers.calculation_output import output_modes, says_program
from spectrafit_ir.readers.vibration_table import Modes, label_line, table_modes

__all__ = ["VibrationsReader", "vibrations_reader"]

_HEAD = 60
_HIGHEST = 5000.0  # cm-1: H2 has 4400; above, the unit is another one


@dataclass(frozen=True)
class VibrationsReader:
    """The reader of calculated vibrations."""

    name: str = "vibrations"
    title: str = (
        "calculated vibrations: a table of cm-1 and km/mol, or Gaussian, ORCA and other output"
    )
    extensions: tuple[str, ...] = (".csv", ".txt", ".log", ".out")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.85 for labels of a frequency and km/mol or a program's banner, else 0.

        Parameters
        ----------
        path : Path
            Not looked at.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        lines = [line for line in head_lines(head) if line.strip()]
        if not lines or lines[0].lstrip().startswith(("##", "{", "<")):
            return 0.0
        return 0.85 if label_line(lines) is not None or says_program(lines) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the vibrations of a file as one recording.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording
            Columns ``frequency`` (cm-1, imaginary modes negative) and ``intensity`` (km mol-1);
            the header has ``labels`` with one line a mode, ``state``, ``imaginary modes`` where
            there are some, and ``method`` where the file says it.

        Raises
        ------
        ReadError
            When the list is incomplete, has no intensities, or cannot be read without doubt.
        """
        content = file_content(path)
        text = decoded(content, path.name)
        # labels stand at the head of a table; an output may have a line like them anywhere
        is_output = says_program(text.lines) and label_line(text.lines[:_HEAD]) is None
        modes = (output_modes if is_output else table_modes)(text, path.name)
        _require_plausible(modes, path.name)
        header = {key: value for key, value in modes.header.items() if key != "labels"}
        header["state"] = _state(modes, path)
        if any(modes.labels):
            header["labels"] = "\n".join(modes.labels)
        below = sum(one < 0 for one in modes.frequencies)
        remarks = list(modes.remarks)
        if below:
            header["imaginary modes"] = str(below)
            noun = "mode is" if below == 1 else "modes are"
            remarks.append(f"{below} {noun} imaginary (negative here): no minimum of the energy")
        simulated = says_simulated(modes.header)
        notices = [*text.notices]
        notices += [alert_spec("READ-001").alert(where=path.name, text=words) for words in remarks]
        if simulated:
            notices.append(alert_spec("RUN-003").alert(where=path.name))
        return (
            Recording(
                path.name,
                (
                    Column("frequency", np.array(modes.frequencies), "cm-1"),
                    Column("intensity", np.array(modes.intensities), "km mol-1"),
                ),
                header,
                {"x": "frequency", "y": "intensity"},
                {},
                file_source(path, content, simulated=simulated),
                tuple(notices),
                self.name,
            ),
        )


def _state(modes: Modes, path: Path) -> str:
    """Return the state's name: as the file calls it, or the file's own name."""
    keys = {key.strip().lower(): value.strip() for key, value in modes.header.items()}
    return keys.get("state", "") or keys.get("title", "") or path.stem


def _require_plausible(modes: Modes, where: str) -> None:
    """Refuse what no vibration has, and fewer modes than the header's number of atoms asks for."""
    highest = max(abs(one) for one in modes.frequencies)
    if highest > _HIGHEST:
        raise ReadError(
            f"a frequency of {highest:g} cm-1 is no vibration",
            where=where,
            do="convert the frequencies to cm-1",
        )
    stated = modes.header.get("atoms", "").strip()
    if stated.isdecimal() and int(stated) > 2 and len(modes.frequencies) < 3 * int(stated) - 6:
        raise ReadError(
            f"{len(modes.frequencies)} frequencies where {stated} atoms have "
            f"{3 * int(stated) - 6}: the list is incomplete",
            where=where,
            do="list all modes, or leave the number of atoms out of the header",
        )


vibrations_reader = VibrationsReader()
