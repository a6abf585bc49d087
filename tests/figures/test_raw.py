"""Raw columns as curves."""

from __future__ import annotations

import pytest

from spectrafit.errors import SettingsError
from spectrafit.figures.raw import raw_chart
from spectrafit.panel import TraceKind
from spectrafit.reader import read
from spectrafit.recording import Column, Recording
from spectrafit.reference import root

SCAN = root() / "feco" / "raw" / "xanes_fe_008K.dat"
FOIL = root() / "feco" / "raw" / "foil_co.dat"


def test_files_share_the_panels_of_equal_columns():
    recordings = [*read(SCAN), *read(FOIL)]
    chart = raw_chart(recordings)
    assert [panel.y_label for panel in chart.panels] == [
        "I0 / counts",
        "IF / counts",
        "I1 / counts",
    ]
    assert [len(panel.traces) for panel in chart.panels] == [2, 1, 1]


def test_an_axis_can_be_any_column():
    chart = raw_chart(read(SCAN), "I0", "IF")
    assert (chart.x_label, chart.panels[0].y_label) == ("I0 / counts", "IF / counts")


def test_files_without_a_common_axis_are_refused(tmp_path):
    other = tmp_path / "ir.dat"
    rows = "".join(f"{1400 + i} {0.1 * i}\n" for i in range(20))
    other.write_text(f"# wavenumber(cm-1) absorbance\n{rows}", encoding="utf-8")
    with pytest.raises(SettingsError, match="do not share an x axis") as caught:
        raw_chart([*read(SCAN), *read(other)])
    assert caught.value.do == "name the columns of x and y"


def test_too_many_columns_ask_for_one(tmp_path):
    file = tmp_path / "many.dat"
    names = " ".join(f"c{i}" for i in range(12))
    rows = [" ".join(str(i * j + 1) for i in range(12)) for j in range(1, 5)]
    file.write_text("\n".join([f"# {names}", *rows, ""]), encoding="utf-8")
    with pytest.raises(SettingsError, match="too many for one figure") as caught:
        raw_chart(read(file))
    assert "c11" in caught.value.do


def test_wavenumbers_run_from_high_to_low_with_a_printed_unit():
    columns = (Column("wavenumber", [1.0, 2.0], "cm-1"), Column("absorbance", [3.0, 4.0]))
    chart = raw_chart([Recording("ir", columns)])
    assert chart.reverse_x
    assert chart.x_label == "wavenumber / cm⁻¹"
    assert chart.title == "ir"
    assert chart.panels[0].traces[0].kind is TraceKind.CURVE


def test_a_recording_without_columns_is_refused():
    with pytest.raises(SettingsError, match="no column to draw"):
        raw_chart([Recording("empty", ())])
