"""JCAMP-DX: every form gives the same numbers, LINK gives each spectrum, damage is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from faults.infrared_seeds import jcamp, simulated_absorbance
from faults.infrared_sets import JCAMP_SEEDS, VALUES, link
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.errors import ReadError
from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_ir.readers.jcamp import jcamp_reader

FORMS = ("AFFN", "PAC", "SQZ", "SQZDUP", "DIF", "DIFDUP")
X, Y = simulated_absorbance()


class TestConformance(ReaderConformance):
    reader: ClassVar[Reader] = jcamp_reader
    samples: ClassVar[Mapping[str, bytes]] = JCAMP_SEEDS
    mutations: ClassVar[int] = 200


def read(tmp_path, content, name="feco_80K.jdx"):
    path = tmp_path / name
    path.write_bytes(content)
    return jcamp_reader.read(path)


def expected(values=VALUES, factor=1e-4):
    return np.asarray(values, dtype=float) * factor


@pytest.mark.parametrize("comment", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_numbers(tmp_path, form, comment):
    (recording,) = read(tmp_path, jcamp(VALUES, form, comment=comment))
    assert np.array_equal(recording.column("absorbance").values, expected())
    assert np.array_equal(recording.column("wavenumber").values, X)
    assert recording.roles == {"x": "wavenumber", "y": "absorbance"}
    assert recording.conditions == {"T": 80.0}
    assert recording.source.simulated


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.integers(-99_999, 99_999), min_size=8, max_size=80).map(
        lambda v: [max(abs(min(v)), abs(max(v)), 1) * 2, *v[1:], *v[1:2] * 12]
    ),
    form=st.sampled_from(FORMS),
)
def test_any_whole_numbers_come_back(tmp_path_factory, values, form):
    path = tmp_path_factory.mktemp("any") / "a.jdx"
    path.write_bytes(jcamp(values, form, factor=1e-5))
    (recording,) = jcamp_reader.read(path)
    assert np.array_equal(recording.columns[1].values, expected(values, 1e-5))


def test_pairs_and_links(tmp_path):
    first, second = read(tmp_path, link())
    assert (first.name, second.name) == ("feco_80K.jdx#1", "feco_80K.jdx#2")
    for recording in (first, second):
        assert np.array_equal(recording.column("absorbance").values, expected())
        assert recording.column("wavenumber").values == pytest.approx(X, abs=1e-9)


def test_a_link_that_lost_a_block_is_refused(tmp_path):
    with pytest.raises(ReadError, match="2 blocks where the header says 5"):
        read(tmp_path, link(5))


def test_transmittance_in_per_cent_is_known_by_its_words_only(tmp_path):
    (percent,) = read(tmp_path, jcamp(VALUES, factor=1e-2, units="% TRANSMITTANCE"))
    assert percent.columns[1].unit == "%"
    assert percent.header["y kind"] == "transmittance"
    with pytest.raises(ReadError, match="may be a percentage"):
        read(tmp_path, jcamp(VALUES, factor=1e-2, units="TRANSMITTANCE"))


def test_resolution_time_and_atr(tmp_path):
    more = (
        "##RESOLUTION=4.0\n##LONGDATE=2024/05/17 09:30:00 +0200\n"
        "##SAMPLING PROCEDURE=diamond ATR\n##TEMPERATURE=25 C\n"
    )
    (recording,) = read(tmp_path, jcamp(VALUES, more=more), "a.jdx")
    assert recording.header["resolution"] == "4.0 cm-1"
    assert recording.header["acquisition time"] == "2024-05-17T09:30:00+02:00"
    assert recording.header["technique"] == "ATR"
    assert recording.conditions["T"] == pytest.approx(298.15)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("##NPOINTS=64", "##NPOINTS=65", "values where the header says 65|begins at"),
        ("##NPOINTS=64", "##NPOINTS=63", "begins at|more than the 63"),
        ("##FIRSTX=1800.0", "##FIRSTX=1780.0", "begins at 1800"),
        ("##LASTX=1170.0", "##LASTX=1000.0", "begins at"),
        ("##XUNITS=1/CM", "##XUNITS=MICROMETERS", "not in wavenumbers"),
        ("INFRARED SPECTRUM", "RAMAN SPECTRUM", "no infrared spectrum"),
        ("##XYDATA=", "##PEAK TABLE=", "no spectrum"),
        ("##MAXY=0.", "##MAXY=9.", "largest y"),
        ("##FIRSTY=0.", "##FIRSTY=1.", "FIRSTY is 1"),
        ("##XFACTOR=1", "##XFACTOR=2", "begins at"),
        ("##YFACTOR=0.0001", "##YFACTOR=0,0001", "decimal sign"),
        ("##END=", "", "without ##END="),
    ],
)
def test_a_header_that_does_not_fit_its_table_is_refused(tmp_path, old, new, says):
    content = jcamp(VALUES).decode()
    assert old in content
    with pytest.raises(ReadError, match=says):
        read(tmp_path, content.replace(old, new).encode())


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_was_cut_is_refused(tmp_path, form):
    content = jcamp(VALUES, form)
    for share in range(50):
        with pytest.raises(ReadError):
            read(tmp_path, content[: len(content) * share // 50])


def test_the_byte_where_it_ends_is_named(tmp_path):
    content = jcamp(VALUES)[:-9]
    with pytest.raises(ReadError, match=f"ends at byte {len(content)} without"):
        read(tmp_path, content)


def test_no_changed_digit_of_differences_goes_unseen(tmp_path):
    content = jcamp(VALUES, "DIFDUP")
    start, end = content.index(b"(Y..Y))") + 8, content.index(b"##END")
    rng = np.random.default_rng(5)
    refused = 0
    for _ in range(300):
        damaged = bytearray(content)
        damaged[int(rng.integers(start, end))] ^= 1 << int(rng.integers(8))
        try:
            (recording,) = read(tmp_path, bytes(damaged))
        except ReadError:
            refused += 1
            continue
        assert np.array_equal(recording.column("absorbance").values, expected())
    assert refused > 200


def test_a_lost_line_of_any_form_is_refused(tmp_path):
    for form in FORMS:
        lines = jcamp(VALUES, form).splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if b"XYDATA" in line) + 3
        with pytest.raises(ReadError):
            read(tmp_path, b"".join(lines[:at] + lines[at + 1 :]))
