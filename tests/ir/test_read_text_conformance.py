"""The text and Excel readers keep every rule for readers, on whole and on damaged files."""

from __future__ import annotations

from typing import ClassVar

from faults.infrared_text_seeds import (
    CONDITION_TABLE_SEEDS,
    SPECTRUM_TEXT_SEEDS,
    excel_seeds,
)

from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_ir.readers.condition_table import condition_table_reader
from spectrafit_ir.readers.excel import excel_reader
from spectrafit_ir.readers.spectrum_text import spectrum_reader


class TestSpectrumText(ReaderConformance):
    reader: ClassVar[Reader] = spectrum_reader
    samples: ClassVar = SPECTRUM_TEXT_SEEDS
    mutations: ClassVar[int] = 100


class TestConditionTable(ReaderConformance):
    reader: ClassVar[Reader] = condition_table_reader
    samples: ClassVar = CONDITION_TABLE_SEEDS
    mutations: ClassVar[int] = 100


class TestExcel(ReaderConformance):
    reader: ClassVar[Reader] = excel_reader
    samples: ClassVar = excel_seeds()
    mutations: ClassVar[int] = 100
