"""The one reader of delimited text: equal tables from every way to write them, or a refusal."""

from __future__ import annotations

import itertools
import pickle
from pathlib import Path

import numpy as np
import pytest
from faults.seed_files import COLUMNS_SEEDS
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.delimited import COLUMN_LIMIT
from spectrafit.errors import ReadError
from spectrafit.reader import Reader
from spectrafit.table import reader, says_simulated, text_table
from spectrafit.testing import ReaderConformance

VALUES = np.array(
    [[7110.0, 1234.5, -0.25], [7110.5, 12.125, 1.0], [7111.25, 0.5, 2e-05], [7112.0, 1.5, 12345.75]]
)
NAMES = ("energy", "I0", "mu")


class TestConformance(ReaderConformance):
    reader = reader
    samples = COLUMNS_SEEDS
    mutations = 60


def written(values, separator, decimal, end, names=NAMES, mark="# "):
    lines = [mark + separator.join(names)] if names else []
    lines += [separator.join(map(repr, row)).replace(".", decimal) for row in values.tolist()]
    return end.join(lines) + end


def encoded(text, coding):
    if coding == "cp1252":
        return "# Größe in °\n".encode("cp1252") + text.encode("cp1252")
    return text.encode(coding)


@pytest.mark.parametrize("decimal", [".", ","], ids=["point", "comma"])
@pytest.mark.parametrize(
    "separator",
    ["\t", ";", " ", ",", "   ", " ; "],
    ids=["tab", "semi", "blank", "comma", "blanks", "wide"],
)
def test_every_way_to_write_a_table_gives_equal_arrays_or_is_ambiguous(separator, decimal):
    for end, coding in itertools.product(
        ("\n", "\r\n", "\r"), ("utf-8", "utf-8-sig", "utf-16", "cp1252")
    ):
        content = encoded(written(VALUES, separator, decimal, end), coding)
        if separator == decimal == ",":
            with pytest.raises(ReadError, match="ambiguous"):
                text_table(content, "f.dat")
            continue
        table = text_table(content, "f.dat")
        assert table.names == NAMES
        np.testing.assert_array_equal(table.values, VALUES)


tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=width, max_size=width),
        min_size=2,
        max_size=6,
    )
)


@settings(max_examples=120)
@given(
    values=tables.map(np.array),
    separator=st.sampled_from(["\t", ";", ",", " ", "  ", "; ", ", "]),
    decimal=st.sampled_from([".", ","]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    coding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    mark=st.sampled_from(["", "# ", "% ", None]),
)
def test_tables_come_back_or_are_ambiguous(values, separator, decimal, end, coding, mark):
    names = None if mark is None else ("a", "b", "c", "d")[: values.shape[1]]
    content = written(values, separator, decimal, end, names, mark or "").encode(coding)
    try:
        table = text_table(content, "f.dat")
    except ReadError as error:
        refusal = error
        table = None
    if table is None:
        assert "ambiguous" in refusal.what
        assert decimal == "," or (separator.strip() == "," and names is None)
        return
    np.testing.assert_array_equal(table.values, values)
    assert table.names == (names or tuple(f"col{j}" for j in range(values.shape[1])))


FORMATS = ["{:.3f}", "{:12.4f}", "{:.6e}", "{:14.6E}"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("exponent", ["E", "D", "d"])
def test_exponents_of_every_program_are_read(form, exponent):
    rows = [[form.format(v) for v in row] for row in VALUES.tolist()]
    text = "\n".join(" ".join(row) for row in rows).upper().replace("E", exponent) + "\n"
    expected = [[float(cell) for cell in row] for row in rows]
    np.testing.assert_array_equal(text_table(text.encode(), "f").values, expected)


@pytest.mark.parametrize("mark", ["#", "%", ";", "!", "//", "##", "#%"])
def test_comment_marks(mark):
    text = f"{mark} Sample: a b\n{mark} just words\n{mark} E mu\n1 2\n3 4\n"
    table = text_table(text.encode(), "f")
    assert table.names == ("E", "mu")
    assert dict(table.header) == {"Sample": "a b", "comments": "just words"}
    assert table.lines.tolist() == [4, 5]


def test_header_is_kept_word_for_word():
    content = "# Größe : 5 µm  (x)\r\n# M1 = 2.0 mrad\r\n# M1 = 3.0 mrad\r\n# free text\r\n".encode(
        "latin-1"
    )
    table = text_table(content + b"# E\tmu\r\n1\t2\r\n3\t4\r\n", "f")
    assert table.header["Größe"] == "5 µm  (x)"
    assert table.header["M1"] == "2.0 mrad\n3.0 mrad"
    assert table.header["comments"] == "free text"
    assert "cp1252" in table.notices[0].text


def test_conditions_are_never_guessed(tmp_path: Path):
    path = tmp_path / "FeCo_008K.dat"
    path.write_bytes(b"# T: 8 K\n# E mu\n1 2\n3 4\n")
    (recording,) = reader.read(path)
    assert dict(recording.conditions) == {}
    assert recording.header["T"] == "8 K"


@pytest.mark.parametrize(
    ("header", "simulated"),
    [
        ("# Simulated: true", True),
        ("# simulated = yes, with noise", True),
        ("# SIMULATED DATA, not a measurement", True),
        ("# note: these are simulated data", True),
        ("# Simulated: no", False),
        ("# not simulated data", False),
        ("# similar", False),
    ],
)
def test_a_file_that_says_that_it_is_simulated(header, simulated, tmp_path: Path):
    path = tmp_path / "a.dat"
    path.write_text(f"{header}\n# E mu\n1 2\n3 4\n", encoding="utf-8")
    (recording,) = reader.read(path)
    assert recording.source.simulated is simulated
    assert any(notice.code == "RUN-003" for notice in recording.notices) is simulated


def test_a_header_denies_nothing_by_other_keys():
    assert says_simulated({"a": "1", "Data.simulated": "1"})
    assert not says_simulated({"a": "1"})


def test_two_line_headers_and_units():
    table = text_table(b"Energy\tI0\tT\neV\tcounts\tK\n7110\t1\t8\n7111\t2\t8\n", "f")
    assert [(c.name, c.unit) for c in table.columns] == [
        ("Energy", "eV"),
        ("I0", "counts"),
        ("T", "K"),
    ]
    table = text_table(b"# Energy (eV) mu\n# 348 points\n7110 1\n7111 2\n", "f")
    assert [(c.name, c.unit) for c in table.columns] == [("Energy", "eV"), ("mu", "1")]
    assert table.header["comments"] == "348 points"


def test_labels_may_be_numbers_below_a_word():
    table = text_table(b"E\t8\t250\n7110\t1\t2\n7111\t3\t4\n", "f")
    assert table.names == ("E", "8", "250")


@pytest.mark.parametrize(
    ("content", "roles"),
    [
        (b"E mu\n1 5\n2 3\n3 9\n", {"x": "E", "y": "mu"}),
        (b"E mu\n3 5\n2 3\n1 9\n", {"x": "E", "y": "mu"}),
        (b"mu E\n5 1\n3 2\n9 3\n2 4\n", {}),
        (b"E a b\n1 5 6\n2 3 6\n", {}),
        (b"t;E;mu\n12:00;1;5\n12:01;2;3\n", {}),
        (b"E mu\n1 5\n1 3\n", {}),
        (b"y x\n1 5\n2 6\n", {"x": "x", "y": "y"}),
        (b"Data:   y     x\n1 5\n2 6\n", {}),
        (b"Observations: 154\n1 5\n2 6\n", {}),
    ],
)
def test_roles_are_proposed_for_two_columns_only(content, roles):
    assert dict(reader.recording(content, Path("f")).roles) == roles


def test_sniff():
    def confidence(content):
        return reader.sniff(Path("f"), content)

    assert isinstance(reader, Reader)
    assert confidence(b"1 2\n3 4\n") == 0.3
    assert confidence(b"# E mu\r\n1,5;2\r\n") == 0.3
    assert confidence("# a\n1 2\n".encode("utf-16")) == 0.3
    assert confidence(b"# only\n# comments so far\n") == 0.2
    assert confidence(b"Dear colleague,\nno numbers here\n") == 0.0
    assert confidence(b"##TITLE=x\n400 1 2\n") == 0.0
    assert confidence(b"\x1f\x8b\x08\x001 2\n3 4\n") == 0.0
    assert confidence(b"") == 0.0


def test_a_doubled_tab_is_no_column_and_a_single_one_is():
    aligned = text_table(b"E\tI\t\tF\n1\t\t2\t\t3\n4\t\t5\t\t6\n", "f")
    assert aligned.names == ("E", "I", "F")
    gaps = text_table(b"E\tI\tF\n1\t\t3\n4\t5\t\n", "f")
    np.testing.assert_array_equal(gaps.values, [[1, np.nan, 3], [4, 5, np.nan]])
    named = text_table(b"E\tI\tF\n1\t\t3\n4\t\t6\n", "f")
    assert named.names == ("E", "I", "F")
    assert np.isnan(named.columns[1].values).all()


def test_a_table_travels_read_only():
    table = text_table(b"E mu\n1 2\n3 4\n", "f")
    again = pickle.loads(pickle.dumps(table.columns))
    for column in (*table.columns, *again):
        assert not column.values.flags.writeable


def test_too_many_columns_are_refused():
    row = b"1 " * (COLUMN_LIMIT + 1) + b"\n"
    with pytest.raises(ReadError, match=f"{COLUMN_LIMIT + 1} cells, the limit is {COLUMN_LIMIT}"):
        text_table(row + row, "f")


def test_a_large_table_is_read_in_parts():
    rows = 45_000
    content = b"".join(b"%d %d.5 -%d\n" % (n, n, n) for n in range(rows))
    table = text_table(content.replace(b"\n30000 ", b"\n*** "), "f")
    expected = np.arange(rows, dtype=float)
    np.testing.assert_array_equal(table.values[:, 1], expected + 0.5)
    np.testing.assert_array_equal(table.values[:, 2], -expected)
    assert np.flatnonzero(np.isnan(table.values[:, 0])).tolist() == [30000]
    assert any(
        "f:30001" in str(notice) and "1 cell holds" in notice.text for notice in table.notices
    )


REAL = {
    "araucaria/20K_GOE_Fe_K_240.00000.xdi": (1942, 16),
    "araucaria/20K_GOE_Fe_K_240.00001.xdi": (1936, 16),
    "araucaria/20K_GOE_Fe_K_240.00002.xdi": (1945, 16),
    "araucaria/dnd_glitchfile.dat": (342, 57),
    "araucaria/dnd_testfile1.dat": (223, 27),
    "araucaria/p65_testfile.xdi": (1447, 16),
    "araucaria/xmu_testfile.xmu": (705, 3),
    "larch_examples/fe2o3_rt1.xmu": (412, 3),
    "larch_examples/feo_xafs.dat": (412, 2),
    "parseq/Co-foil_EXAFS_23107.dat": (4096, 8),
    "parseq/Co-foil_EXAFS_23108.dat": (4096, 8),
    "parseq/Fe-foil_EXAFS_23147.dat": (4096, 8),
    "parseq/Fe-foil_EXAFS_23148.dat": (4096, 8),
    "parseq/fe2o3_15_35.mu": (679, 2),
    "parseq/fe2o3_tr2.mu": (680, 2),
    "soleil_lucia/Andradite_pt1_01.dat": (555, 8),
    "soleil_lucia/DR08-02_Fe-pt1_01.dat": (344, 8),
    "soleil_lucia/Diopside_pt1_01.dat": (555, 8),
    "soleil_lucia/Enstatite_pt1_01.dat": (555, 8),
    "soleil_lucia/GFL_PL_780_11_07_CORE_pt10_01.dat": (344, 8),
    **{f"soleil_lucia/GFL_PL_780_11_07_test100prct2_{n:02d}.dat": (7, 8) for n in range(1, 11)},
    "soleil_lucia/Gillepsite_pt1_01.dat": (555, 8),
    "soleil_lucia/Grandidierite_pt1_01.dat": (555, 8),
    "soleil_lucia/Hedenbergite_pt1_01.dat": (555, 8),
    "soleil_lucia/Hematite_pt1_01.dat": (555, 8),
    "soleil_lucia/Hematite_pt2_01.dat": (555, 8),
    "soleil_lucia/Hematite_pt3_01.dat": (344, 8),
    "soleil_lucia/PyNa1200_pt1_01.dat": (555, 8),
    "soleil_lucia/PyNa17R_pt1_01.dat": (555, 8),
    "soleil_lucia/PyNa5R_pt1_01.dat": (555, 8),
    "soleil_lucia/PyNa5R_pt3_01.dat": (555, 8),
    "soleil_lucia/PyNa750_pt1_01.dat": (555, 8),
    "soleil_lucia/Staurolite_pt1_01.dat": (555, 8),
    "soleil_lucia/Staurolite_pt2_01.dat": (555, 8),
    "soleil_lucia/calib_Fe_01.dat": (39, 8),
    "soleil_lucia/recalib_Fe_01.dat": (89, 8),
    "soleil_lucia/published_fits.csv": (2, 9),
}
LUCIA = ("Energy", "Io", "FY", "DeadTime", "FY_c", "TEY", "It", "Ctr4")


@pytest.mark.parametrize("name", REAL)
def test_real_files(name, real_data):
    path = real_data("xas", *name.split("/"))
    (recording,) = reader.read(path)
    assert (len(recording), len(recording.columns)) == REAL[name]
    for column in recording.columns:
        assert np.isfinite(column.values).all()
    if name.startswith("soleil_lucia") and name.endswith(".dat"):
        assert recording.names == LUCIA
    if recording.roles:
        assert len(recording.spectrum()) > 600 or name == "larch_examples/feo_xafs.dat"


def test_real_numbers(real_data):
    """Cells copied by eye from the files."""
    (p65,) = reader.read(real_data("xas", "araucaria", "20K_GOE_Fe_K_240.00000.xdi"))
    assert p65.column("enc_energy").values[0] == 6963.888129970617
    assert p65.column("T2").values[0] == 51.99
    assert p65.header["DCM Crystal"] == "Si111"
    (dnd,) = reader.read(real_data("xas", "araucaria", "dnd_glitchfile.dat"))
    assert dnd.column("col17").values[0] == -0.018132803
    assert dnd.names[-1] == "col56"
    (andradite,) = reader.read(real_data("xas", "soleil_lucia", "Andradite_pt1_01.dat"))
    assert andradite.column("FY_c").values[:2].tolist() == [1063.43, 1106.29]
    assert andradite.header["TARGET"] == "Andradite_pt1"
    (foil,) = reader.read(real_data("xas", "parseq", "Co-foil_EXAFS_23107.dat"))
    assert foil.column("albaem02_ch1").values[0] == 5.218674011230468e-07
    assert foil.column("mono1_energy_acs").values[-1] == 8829.0


def test_dead_time_columns_agree_in_every_real_file(real_data):
    """FY_c = FY / (1 - DeadTime/100) ties three columns of each row together."""
    for path in sorted(real_data("xas", "soleil_lucia").glob("*.dat")):
        (recording,) = reader.read(path)
        raw, dead, corrected = (
            recording.column(name).values for name in ("FY", "DeadTime", "FY_c")
        )
        np.testing.assert_allclose(raw / (1 - dead / 100), corrected, rtol=1e-5)
