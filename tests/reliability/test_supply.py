"""The core needs no compiler and few packages, and no file says where packages come from."""

from __future__ import annotations

from reliability.supply import (
    MOST_DEPENDENCIES,
    Quick,
    builders,
    committed,
    compiled_parts,
    dependencies,
    licences,
    named_indexes,
    quick,
)


def test_the_core_is_plain_python_with_few_direct_dependencies():
    assert 0 < len(dependencies()) <= MOST_DEPENDENCIES
    assert compiled_parts() == []
    assert builders() == []
    found = list(licences())
    assert [name for name, _, _ in found] == list(dependencies())
    assert all(version and licence for _, version, licence in found)


def test_no_file_names_a_host_that_packages_come_from(tmp_path):
    files = committed()
    assert len(files) > 500
    assert named_indexes(files) == []
    place = tmp_path / "a.toml"
    place.write_text("x = 'https://files.python" + "hosted.org/x'", encoding="utf-8")
    assert len(named_indexes([place])) == 1


def test_the_times_are_taken_in_turn():
    """Whether the ratio is kept is a test of start-up; here, that there is one."""
    found = quick(1)
    assert found.helped > 0 < found.numpy
    assert Quick(0.3, 0.1).ratio > 2 > Quick(0.1, 0.1).ratio
