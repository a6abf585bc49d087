"""What the readers of counts share: columns become a recording with its temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.history import file_source
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray
from spectrafit.table import axis_notices, says_simulated
from spectrafit.written_temperature import sample_temperature
from spectrafit_mossbauer.readers.count_checks import notice
from spectrafit_mossbauer.readers.count_jumps import jump_notices

__all__ = ["CountedFile"]


@dataclass(frozen=True)
class CountedFile:
    """A file whose spectra become recordings.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        Its bytes, for the checksum.
    reader : str
        Name of the reader.
    notices : tuple of Alert
        Notices of the whole file.
    """

    path: Path
    content: bytes
    reader: str
    notices: tuple[Alert, ...] = ()

    @property
    def name(self) -> str:
        """File name, for messages."""
        return self.path.name

    def by_channel(
        self,
        counts: FloatArray,
        header: Mapping[str, str],
        *,
        scan: str = "",
        others: Sequence[Column] = (),
        notices: Sequence[Alert] = (),
    ) -> Recording:
        """Return one spectrum by channel number, counted from 0.

        Parameters
        ----------
        counts : ndarray, shape (n,)
            As measured, from `checked_counts`.
        header : mapping of str to str
            Word for word.
        scan : str, optional
            Number where the file holds several.
        others : sequence of Column, optional
            Further columns of the file.
        notices : sequence of Alert, optional
            Of this spectrum.

        Returns
        -------
        Recording
            Columns ``channel`` (x) and ``counts`` (y).
        """
        channel = Column(
            "channel", np.arange(counts.size, dtype=float), "1", "rows, counted from 0"
        )
        columns = (channel, Column("counts", counts), *others)
        roles = {"x": "channel", "y": "counts"}
        return self.recording(columns, header, roles, scan=scan, notices=notices)

    def recording(
        self,
        columns: Sequence[Column],
        header: Mapping[str, str],
        roles: Mapping[str, str],
        *,
        scan: str = "",
        notices: Sequence[Alert] = (),
    ) -> Recording:
        """Return one spectrum; its temperature is taken from the header or the file name.

        Parameters
        ----------
        columns : sequence of Column
            ``counts`` among them.
        header : mapping of str to str
            Word for word.
        roles : mapping of str to str
            Column names by role.
        scan : str, optional
            Number where the file holds several.
        notices : sequence of Alert, optional
            Of this spectrum.

        Returns
        -------
        Recording
        """
        conditions, of_temperature = sample_temperature(header, self.name)
        axis = next(column for column in columns if column.name == roles["x"])
        counts = next(column for column in columns if column.name == roles["y"]).values
        found = (*self.notices, *notices, *of_temperature, *axis_notices(axis, self.name))
        found += jump_notices(counts, self.name)
        if (counts != np.round(counts)).any():
            text = "counts are not whole numbers (scaled, folded or normalised): no Poisson errors"
            found += (notice(self.name, text, "READ-003"),)
        simulated = says_simulated(header)
        if simulated:
            found += (alert_spec("RUN-003").alert(where=self.name),)
        return Recording(
            f"{self.name}#{scan}" if scan else self.name,
            tuple(columns),
            header,
            roles,
            conditions,
            file_source(self.path, self.content, simulated=simulated),
            found,
            self.reader,
        )
