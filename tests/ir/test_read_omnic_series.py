"""OMNIC SRS: series in time, at the positions that spectrochempy-omnic documents.

No real SRS file was at hand: these are written here by those positions, and simulated. They show
that reader and library agree about the layout, not that instruments write it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from faults.infrared_seeds import SRS_MARKS, omnic_series, simulated_absorbance

from spectrafit.errors import ReadError
from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_ir.readers.omnic import omnic_reader

pytest.importorskip("spectrochempy_omnic")
X, Y = simulated_absorbance(16)
SPECTRA = [Y, 2 * Y, 3 * Y]
TITLES = [f"Linked spectrum at {time} min." for time in (0.0, 2.5, 5.0)]
SERIES = {kind: omnic_series(X, SPECTRA, TITLES, kind) for kind in SRS_MARKS}
RAPID = SERIES["rapid scan"]
HEADER = 512  # byte where the writer puts the header of the series
POINTS, KIND, AXIS, BACKGROUND = 4, 12, range(16, 24), 52
LAST_TIME, FIRST_TIME, COUNT = 1006, 1010, 1026
# what the format holds once and no other byte confirms: kind of y, ends of the axis, first and
# last time
HELD_ONCE = {HEADER + place for place in (KIND, *AXIS, *range(LAST_TIME, FIRST_TIME + 4))}


class TestConformance(ReaderConformance):
    reader: ClassVar[Reader] = omnic_reader
    samples: ClassVar[Mapping[str, bytes]] = {
        f"{kind}.srs": content for kind, content in SERIES.items()
    }
    mutations: ClassVar[int] = 100


def read(tmp_path, content, name="ramp.srs"):
    path = tmp_path / name
    path.write_bytes(content)
    return omnic_reader.read(path)


def changed(content, place, form, value):
    damaged = bytearray(content)
    struct.pack_into(form, damaged, HEADER + place, value)
    return bytes(damaged)


@pytest.mark.parametrize("kind", SERIES)
def test_every_spectrum_with_its_time(tmp_path, kind):
    rows = read(tmp_path, SERIES[kind])
    assert [row.name for row in rows] == ["ramp.srs#1", "ramp.srs#2", "ramp.srs#3"]
    assert [row.header["time"] for row in rows] == ["0 min", "2.5 min", "5 min"]
    assert [row.header["title"] for row in rows] == TITLES
    assert {row.header["series kind"] for row in rows} == {kind}
    for row, y in zip(rows, SPECTRA, strict=True):
        assert row.column("wavenumber").values == pytest.approx(X, abs=1e-4)
        assert np.array_equal(row.column("absorbance").values, y.astype("<f4"))
        assert row.roles == {"x": "wavenumber", "y": "absorbance"}
        assert row.conditions == {}
        assert row.source.simulated


def test_that_times_are_no_temperatures_is_said_once_with_what_to_give(tmp_path):
    rows = read(tmp_path, RAPID)
    said = [n for row in rows for n in row.notices if "no temperatures" in n.text]
    assert [n.code for n in said] == ["READ-002"]
    assert "a column file (ramp.srs#1, ramp.srs#2, ...) and T" in said[0].text


def test_that_the_order_of_the_numbers_is_not_in_the_file_is_said_once(tmp_path):
    rows = read(tmp_path, RAPID)
    assert sum("compare one spectrum with OMNIC" in n.text for r in rows for n in r.notices) == 1


@pytest.mark.parametrize(
    ("kind", "state"), [("rapid scan", 39), ("rapid scan", 15), ("high-speed real time", 39)]
)
def test_the_history_is_taken_from_its_place(tmp_path, kind, state):
    said = "Smart ATR\nResolution: 2.000"
    rows = read(tmp_path, omnic_series(X, SPECTRA, TITLES, kind, state=state, history=said))
    assert {row.header["history"] for row in rows} == {said}
    assert {row.header["resolution"] for row in rows} == {"2.000 cm-1"}
    assert {row.header["technique"] for row in rows} == {"ATR"}


def test_the_library_does_not_wait_for_the_end_of_a_history_that_has_none(tmp_path):
    # it looks at every second byte for a zero, and never at the end of the file
    content = omnic_series(X, SPECTRA, TITLES, state=15)
    rows = read(tmp_path, content[: content.rindex(b"\xff" * 16) + 16] + b"x" * 99)
    assert rows[0].header["history"] == "x" * 99


def test_titles_of_different_words_are_taken(tmp_path):
    rows = read(tmp_path, omnic_series(X, SPECTRA, ["dry", "7 min, wet", "end"]))
    assert [row.header["title"] for row in rows] == ["dry", "7 min, wet", "end"]


@pytest.mark.parametrize(("key", "kind"), [(16, "transmittance"), (15, "single beam")])
def test_the_kind_of_y_is_the_file_s(tmp_path, key, kind):
    rows = read(tmp_path, omnic_series(X, SPECTRA, TITLES, y_key=key))
    assert {row.header["y kind"] for row in rows} == {kind}


@pytest.mark.parametrize(("key", "name"), [(2, "data points"), (3, "nm"), (32, "Raman")])
def test_other_axes_are_refused(tmp_path, key, name):
    with pytest.raises(ReadError, match=name):
        read(tmp_path, omnic_series(X, SPECTRA, TITLES, x_key=key))


def test_a_series_of_another_kind_is_refused_with_what_to_export(tmp_path):
    with pytest.raises(ReadError, match="does not know") as caught:
        read(tmp_path, b"Spectral Exte File" + bytes(2000))
    assert "split the series into SPA files in OMNIC" in str(caught.value)


def test_an_axis_that_the_library_would_turn_round_is_refused(tmp_path):
    with pytest.raises(ReadError, match="no background was measured"):
        read(tmp_path, changed(RAPID, BACKGROUND, "<I", 0))


@pytest.mark.parametrize("points", [2, 15, 17, 18, 2**31])
@pytest.mark.parametrize("kind", SERIES)
def test_a_wrong_number_of_points_is_refused(tmp_path, kind, points):
    # bytes behind the spectra, so that their end alone does not tell
    with pytest.raises(ReadError, match=r"title|ends at byte|no series"):
        read(tmp_path, changed(SERIES[kind], POINTS, "<I", points) + bytes(5000))


def test_titles_a_letter_late_are_refused_where_they_are_not_padded_too(tmp_path):
    content = RAPID.replace(b" min.\0\0", b" min.\0~")
    assert len(read(tmp_path, content)) == 3
    with pytest.raises(ReadError, match="spectrum 2: no title"):
        read(tmp_path, changed(content, POINTS, "<I", 17) + bytes(5000))


@pytest.mark.parametrize("count", [0, 1, 2, 4, 2**31])
def test_a_wrong_number_of_spectra_is_refused(tmp_path, count):
    with pytest.raises(ReadError, match=r"title|ends at byte|no series|comes behind them"):
        read(tmp_path, changed(RAPID, COUNT, "<I", count) + bytes(5000 if count < 9 else 0))


@pytest.mark.parametrize("time", [-1.0, 0.0, float("nan"), float("inf")])
def test_times_that_do_not_rise_are_refused(tmp_path, time):
    with pytest.raises(ReadError, match=r"do not rise|no numbers"):
        read(tmp_path, changed(RAPID, LAST_TIME, "<f", time))


def test_numbers_that_the_library_reads_otherwise_are_refused(tmp_path, monkeypatch):
    from spectrochempy_omnic import OMNICReader

    whole = OMNICReader._read_srs_spectra

    def other(*args):
        names, data = whole(*args)
        data[1, 3] += 1e-6
        return names, data

    monkeypatch.setattr(OMNICReader, "_read_srs_spectra", other)
    with pytest.raises(ReadError, match="two ways of reading give different numbers"):
        read(tmp_path, RAPID)


@pytest.mark.parametrize("kind", SERIES)
def test_a_file_that_was_cut_is_refused_with_its_byte(tmp_path, kind):
    # behind the spectra of the high-speed kind lies its history, without which none is harmed
    content = SERIES[kind].partition(bytes.fromhex("0000000010000000000000000000ffff"))[0]
    for share in range(50):
        cut = content[: len(content) * share // 50]
        with pytest.raises(ReadError) as caught:
            read(tmp_path, cut)
        assert len(cut) < 18 or f"byte {len(cut)}" in str(caught.value)


@pytest.mark.parametrize("kind", SERIES)
def test_a_flipped_byte_is_refused_or_changes_one_number(tmp_path, kind):
    content = SERIES[kind]
    whole = read(tmp_path, content)
    refused = 0
    for place in sorted(set(range(0, len(content), 3)) | set(range(HEADER, HEADER + 80))):
        if place in HELD_ONCE:
            continue
        damaged = bytearray(content)
        damaged[place] ^= 0xFF if place % 2 else 1
        try:
            rows = read(tmp_path, bytes(damaged))
        except ReadError:
            refused += 1
            continue
        assert [row.name for row in rows] == [row.name for row in whole]
        assert [row.header["time"] for row in rows] == [row.header["time"] for row in whole]
        different = 0
        for row, before in zip(rows, whole, strict=True):
            assert [one.name for one in row.columns] == [one.name for one in before.columns]
            for one, other in zip(row.columns, before.columns, strict=True):
                different += int((one.values != other.values).sum())
        assert different <= 1, f"byte {place}"
    assert refused > 20
