"""Where a value comes from: checksums and steps, plain and read-only."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest

from spectrafit.history import HistoryEntry, Source, file_source, frozen_mapping


def test_a_source_keeps_the_name_and_checksum_but_no_folder():
    source = file_source(Path("some") / "folder" / "a.dat", b"1 2\n", simulated=True)
    assert source == Source("a.dat", hashlib.sha256(b"1 2\n").hexdigest(), True)


def test_settings_become_plain_and_read_only():
    entry = HistoryEntry("window", {"low": np.float64(1.5), "rows": np.arange(3), "n": np.int64(2)})
    assert dict(entry.settings) == {"low": 1.5, "rows": [0, 1, 2], "n": 2}
    assert type(entry.settings["low"]) is float
    with pytest.raises(TypeError):
        entry.settings["low"] = 2.0
    twin = pickle.loads(pickle.dumps(entry))
    assert twin == entry
    with pytest.raises(TypeError):
        twin.settings["low"] = 2.0


def test_a_sentence_travels_with_what_it_cites():
    entry = HistoryEntry("deglitch", {}, "Spikes were removed.", ("hampel1974",))
    assert pickle.loads(pickle.dumps(entry)) == entry
    assert HistoryEntry("deglitch").cites == ()


def test_what_has_no_plain_form_is_refused():
    with pytest.raises(TypeError, match="object"):
        HistoryEntry("window", {"low": object()})


def test_a_frozen_mapping_does_not_follow_its_origin():
    origin = {"T": 8.0}
    frozen = frozen_mapping(origin)
    origin["T"] = 9.0
    assert frozen["T"] == 8.0
    assert dict(frozen_mapping(None)) == {}
