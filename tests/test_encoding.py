"""Bytes become lines: every coding and line end gives the same lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.size_limits import ROW_LIMIT

LINES = ("# Küche, 20 °C", "7110 1", "7111 2")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"], ids=["LF", "CRLF", "CR", "CRCRLF"])
@pytest.mark.parametrize(
    "coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-mark", "utf-32", "cp1252"]
)
def test_every_coding_and_line_end_gives_the_same_lines(coding, end):
    text = end.join(LINES) + end
    if coding == "utf-16-be-mark":
        content = ("\ufeff" + text).encode("utf-16-be")
    else:
        content = text.encode(coding)
    found = decoded(content, "f.dat")
    assert found.lines == LINES
    assert found.ended
    assert bool(found.notices) == (coding == "cp1252")


def test_a_cut_file_is_known_by_its_last_line():
    assert not decoded(b"a\nb", "f").ended
    assert decoded(b"a\nb\n", "f").ended


def test_what_cp1252_does_not_have_is_latin_1():
    found = decoded(b"# \x81\xb0\n1 2\n", "f")
    assert found.encoding == "latin-1"
    assert found.lines[0] == "# \x81°"
    assert "latin-1" in found.notices[0].text


@pytest.mark.parametrize("byte", [0x00, 0x07, 0x1B, 0x7F])
def test_control_bytes_are_refused_with_their_line(byte):
    with pytest.raises(ReadError, match=f"f:2: byte 0x{byte:02x} is no text"):
        decoded(b"1 2\n3" + bytes([byte]) + b" 4\n", "f")


def test_too_many_lines_are_refused_before_they_are_cut():
    with pytest.raises(ReadError, match=f"{ROW_LIMIT + 1} lines, the limit is {ROW_LIMIT}"):
        decoded(b"1\n" * (ROW_LIMIT + 1), "f")


def test_a_file_larger_than_the_limit_is_not_read(tmp_path: Path):
    path = tmp_path / "large.dat"
    with path.open("wb") as stream:
        stream.truncate(2_000_000_001)
    with pytest.raises(ReadError, match=r"large\.dat: the file has 2000000001 bytes"):
        file_content(path)


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(ReadError, match="No such file"):
        file_content(tmp_path / "nowhere.dat")


def test_head_lines_are_whole_lines_or_none():
    assert head_lines(b"# a\r\n1 2\r\n3 ") == ("# a", "1 2")
    assert head_lines("# a\n1 2\n3".encode("utf-16")[:-1]) == ("# a", "1 2")
    assert head_lines(b"\x89PNG\r\n\x1a\n\x00\x00") == ()
    assert head_lines("ä\n".encode()[:1]) == ("\ufffd",)
