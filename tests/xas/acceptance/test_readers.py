"""Files of beamlines: every shared one opens, is refused with words, or is read as stated."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from data import shared_data
from xas_data import recording

from spectrafit.errors import ReadError
from spectrafit.reader import read
from spectrafit_xas import athena_reader, xanes
from spectrafit_xas.readers.made_columns import corrected_yield, dead_time_misfit
from spectrafit_xas.scans.absorption import absorption_spectrum
from spectrafit_xas.settings import XanesSettings


def folder(name: str) -> Path:
    return shared_data("xas", name)


def test_dead_time_of_every_lucia_file_is_reproduced():
    """Item 10: FY_c from FY and DeadTime, wherever there are counts."""
    checked = 0
    for path in sorted(folder("soleil_lucia").glob("*.dat")):
        (one,) = read(path)
        fy = one.column("FY").values
        if not fy.any():
            continue
        expected = corrected_yield(fy, one.column("DeadTime").values)
        given = one.column("FY_c").values
        assert np.abs(given / expected - 1.0).max() < 1e-5, path.name
        assert dead_time_misfit(one) < 1e-5
        checked += 1
    assert checked == 28


@pytest.mark.parametrize("name", ["calib_Fe_01.dat", "recalib_Fe_01.dat"])
def test_a_yield_of_zeros_is_read_as_transmission(name):
    """Item 10: no flat zero; electron yield, whose edge is the clearest, is proposed for a foil."""
    one = recording(f"soleil_lucia/{name}")
    spectrum, roles, _ = absorption_spectrum(one, XanesSettings())
    assert (roles.signal, roles.formula) == ("transmission", "ln(Io/It)")
    io, it = one.column("Io").values, one.column("It").values
    np.testing.assert_allclose(np.sort(spectrum.y), np.sort(np.log(io / it)), rtol=1e-12)
    assert "ln(Io/It)" in xanes.suits(one).why


def test_every_bad_xdi_file_gives_what_is_expected():
    """Item 11."""
    place = folder("xdi_baddata")
    with (place / "expected.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert len(rows) == 20
    for row in rows:
        path = place / row["file"]
        if row["outcome"].startswith("refused"):
            with pytest.raises(ReadError) as refusal:
                read(path, reader="xdi")
            assert refusal.value.do, row["file"]
            continue
        (one,) = read(path, reader="xdi")
        if "warning" in row["outcome"]:
            assert one.notices, row["file"]


def test_every_athena_project_opens():
    """Item 11: gzip, plain Perl and JSON."""
    counts = {
        path.name: len(athena_reader.read(path)) for path in sorted(folder("athena").glob("*.prj"))
    }
    assert counts == {
        "Fe-K-ALS-10.3.2.prj": 8,
        "FeFoil_QXAFS_Compare.prj": 4,
        "FeO.prj": 1,
        "FeS2.prj": 1,
        "fe_athena.prj": 3,
    }


def test_a_project_holds_the_numbers_of_its_file():
    """The record of fe2o3_rt1.xmu is that file."""
    (first, *_) = athena_reader.read(shared_data("xas", "athena", "fe_athena.prj"))
    text = recording("larch_examples/fe2o3_rt1.xmu")
    np.testing.assert_array_equal(first.column("energy").values, text.column("energy").values)
    np.testing.assert_array_equal(first.column("xmu").values, text.column("mu").values)


FOLDERS = (
    "athena",
    "larch_examples",
    "nxxas",
    "parseq",
    "xdi",
    "soleil_lucia",
    "araucaria",
)


@pytest.mark.accept
@pytest.mark.parametrize("name", FOLDERS)
def test_init_of_every_folder_drafts_a_study_or_says_what_is_missing(name, tmp_path):
    """No file of a folder is passed over in silence."""
    out = tmp_path / "study.toml"
    line = [sys.executable, "-m", "spectrafit.cli", "init", str(folder(name)), "--out", str(out)]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode in (0, 1), done.stderr
    text = out.read_text(encoding="utf-8")
    assert "[[measurement]]" in text
    assert "no reader knows" not in text.replace("README: no reader knows", "")
