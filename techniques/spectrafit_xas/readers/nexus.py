"""The reader of HDF5 files: NXxas entries, and scans with detectors and one positioner.

NXxas: application definition of NeXus and its draft in XraySpectroscopy/pynxxas. Links are followed
inside the file only; nothing that lies in another file is opened.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spectrafit.alert import Alert
from spectrafit.encoding import file_content
from spectrafit.errors import ReadError
from spectrafit.labels import safe_unit
from spectrafit.recording import Column, Recording
from spectrafit.size_limits import ROWS, require_rows, row_limit
from spectrafit.units import unit
from spectrafit_xas.emission.energy import EMISSION_CONDITION
from spectrafit_xas.readers.detector_elements import with_element_sums
from spectrafit_xas.readers.hdf5_sizes import size_fault
from spectrafit_xas.readers.hdf5_texts import TEXT_LIMIT, StoredTexts
from spectrafit_xas.readers.scan_file import ScanFile, energy_name, notice
from spectrafit_xas.readers.xdi_header import ELEMENT_SYMBOLS

__all__ = ["NexusReader", "nexus_reader"]

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_DEEPEST = 12
_MOST_NODES = 20_000
VALUES_LIMIT = 8_000_000  # numbers a file may declare in all, unless more rows are allowed
_FEWEST = 10  # shorter arrays are vectors and indices, no columns
_DAMAGED = "the file is damaged or cut off: copy it again"


@dataclass(frozen=True)
class _Node:
    """A dataset, by its path below an entry."""

    path: str
    item: Any


class _Tree:
    """What can be reached inside one file, links to other files listed and not followed."""

    def __init__(self, root: Any, where: str, texts: StoredTexts) -> None:
        self.root, self.where, self.texts = root, where, texts
        self.outside: list[str] = []
        self.unread: list[str] = []
        self.seen = 0
        self.numbers = 0

    def child(self, group: Any, name: str, hops: int = 0) -> Any | None:
        """Return a member, or None where its link leaves the file or leads nowhere."""
        import h5py

        link = group.get(name, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            self.outside.append(f"{group.name.rstrip('/')}/{name}")
            return None
        if isinstance(link, h5py.SoftLink):
            if hops >= _DEEPEST:
                return None
            node = self.root if link.path.startswith("/") else group
            for part in link.path.strip("/").split("/"):
                if part in ("", "."):
                    continue
                if not isinstance(node, h5py.Group) or part not in node.keys():  # noqa: SIM118
                    return None
                node = self.child(node, part, hops + 1)
            return node
        return group[name]

    def datasets(
        self, group: Any, path: str = "", depth: int = 0, known: set[Any] | None = None
    ) -> Iterator[_Node]:
        """Give every dataset below a group, hard links and links inside the file followed.

        A group to which several links lead, also from inside itself, is gone through once.
        """
        import h5py

        known = set() if known is None else known
        if group.id in known:
            return
        known.add(group.id)
        self.seen += len(group)
        if self.seen > _MOST_NODES:
            raise ReadError(
                f"more than {_MOST_NODES} entries", where=self.where, do="split the file"
            )
        for name in list(group.keys()):
            item = self.child(group, name)
            place = f"{path}/{name}" if path else name
            if isinstance(item, h5py.Dataset):
                if self.texts.is_sound(item):
                    yield _Node(place, item)
                else:
                    self.unread.append(place)
            elif isinstance(item, h5py.Group) and depth < _DEEPEST:
                yield from self.datasets(item, place, depth + 1, known)

    def values(self, node: _Node) -> np.ndarray[Any, Any] | None:
        """Return a column of numbers, refusing what lies elsewhere or declares too much."""
        item = node.item
        if item.ndim != 1 or item.dtype.kind not in "fiu" or item.size < 2:
            return None
        if _lies_elsewhere(item):
            self.outside.append(item.name)
            return None
        self.numbers += int(item.size)
        most = max(VALUES_LIMIT, 4 * row_limit())
        if self.numbers > most:
            raise ReadError(
                f"{item.name} declares {item.size} numbers; more than {most} in all",
                where=self.where,
                do=f"split the file, or raise the limit: set {ROWS} in the environment",
            )
        require_rows(int(item.size), where=self.where, noun="numbers")
        fault = size_fault(item)
        if fault:
            raise ReadError(
                f"{item.name} {fault}", where=self.where, do="export it as columns of text"
            )
        values = np.array(item[()], dtype=np.float64, copy=None)
        values[~np.isfinite(values)] = np.nan
        return values


def _lies_elsewhere(item: Any) -> bool:
    """Return whether the numbers of a dataset are those of another file."""
    return bool(item.is_virtual or item.external)


def _text(item: Any) -> str:
    """Return a scalar dataset as text; empty for anything else."""
    if item.ndim or _lies_elsewhere(item) or item.dtype.itemsize > TEXT_LIMIT:
        return ""
    value = item[()]
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, np.generic):
        value = value.item()
    text = str(value)[:TEXT_LIMIT].strip() if isinstance(value, str | int | float) else ""
    return "".join(c for c in text if c.isprintable() or c in "\n\t")


def _unit_of(item: Any) -> str:
    if "units" not in item.attrs or item.attrs.get_id("units").get_storage_size() > TEXT_LIMIT:
        return ""
    written = item.attrs["units"]
    if isinstance(written, bytes):
        written = written.decode("utf-8", "replace")
    return safe_unit(written) if isinstance(written, str) and written else ""


def _entries(tree: _Tree) -> list[tuple[str, Any]]:
    """Return the entries of a file, or the file itself where it has none."""
    import h5py

    found = []
    for name in list(tree.root.keys()):
        item = tree.child(tree.root, name)
        if isinstance(item, h5py.Group):
            found.append((name, item))
    return found or [("", tree.root)]


def _column_name(path: str) -> str:
    """Return a short name: the detector rather than its ``data``."""
    parts = [part for part in path.split("/") if part not in ("data", "value")]
    return (parts or [path])[-1]


def _columns(tree: _Tree, nodes: Sequence[_Node]) -> tuple[list[Column], list[str]]:
    """Return the columns as long as the energy, each array once, and what is left out."""
    arrays: list[tuple[str, str, Any]] = []
    seen: set[Any] = set()
    for node in sorted(nodes, key=lambda one: one.path.count("/")):
        if node.item.id in seen:
            continue
        values = tree.values(node)
        if values is not None:
            seen.add(node.item.id)
            arrays.append((node.path, _unit_of(node.item), values))
    if not arrays:
        return [], []
    names = [_column_name(path) for path, _, _ in arrays]
    named = energy_name([Column(f"{n}", v) for n, (_, _, v) in _once(names, arrays).items()])
    lengths = [len(values) for _, _, values in arrays]
    length = (
        len(arrays[names.index(named)][2])
        if named
        else max(set(lengths), key=lambda each: (lengths.count(each), each))
    )
    columns, left_out = [], []
    for (path, written, values), name in zip(arrays, names, strict=True):
        if len(values) != length:
            if len(values) >= _FEWEST:
                left_out.append(f"{path} ({len(values)})")
            continue
        unique = name if names.count(name) == 1 else path.replace("/", ".")
        columns.append(Column(unique, values, written or "1"))
    return columns, left_out


def _once(
    names: Sequence[str], arrays: Sequence[tuple[str, str, Any]]
) -> Mapping[str, tuple[str, str, Any]]:
    return {
        name: array for name, array in zip(names, arrays, strict=True) if names.count(name) == 1
    }


def _header(nodes: Sequence[_Node]) -> dict[str, str]:
    header: dict[str, str] = {}
    for node in nodes:
        text = _text(node.item)
        if text:
            header[node.path.replace("/", ".")] = text
    return header


def _emission(header: Mapping[str, str], nodes: Sequence[_Node]) -> tuple[float | None, bool]:
    """Return the stated emission energy in eV, and whether the entry says it is HERFD."""
    mode = " ".join(text for key, text in header.items() if key.rpartition(".")[2] == "mode")
    high_resolution = bool(re.search(r"herfd|high.?energy.?resolution", mode, re.IGNORECASE))
    for node in nodes:
        key = node.path.lower().replace("/", "_")
        if re.search(r"emission.*energy|emission_e[vV]$", key) and not node.item.ndim:
            text = _text(node.item).split()
            try:
                value = float(text[0]) if text else float("nan")
            except ValueError:
                continue
            factor = 1000.0 if _unit_of(node.item) == "keV" else 1.0
            if np.isfinite(value) and value > 0:
                return value * factor, True
    return None, high_resolution


def _conditions(header: Mapping[str, str]) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    if header.get("sample.name"):
        found["sample"] = header["sample.name"][:60]
    for key, text in header.items():
        last = key.lower()
        if re.search(r"(^|\.)element(\.symbol)?$", last) and text.capitalize() in ELEMENT_SYMBOLS:
            found["element"] = text.capitalize()
        if re.search(r"(^|\.)edge(\.name)?$", last) and re.fullmatch(r"K|[LMN]\d?", text.upper()):
            found["edge"] = text.upper()
    return found


def _temperature(nodes: Sequence[_Node]) -> float | None:
    """Return the one sample temperature that has a unit, in K."""
    from spectrafit.units import converted

    found = []
    for node in nodes:
        written = _unit_of(node.item)
        if not re.search(r"(^|/)sample/temperature$", node.path) or node.item.ndim or not written:
            continue
        if _lies_elsewhere(node.item):
            continue
        if unit(written).quantity == "temperature" and node.item.dtype.kind in "fiu":
            found.append(float(converted(float(node.item[()]), written, "K")))
    return found[0] if len(found) == 1 and np.isfinite(found[0]) and found[0] > 0 else None


@dataclass(frozen=True)
class NexusReader:
    """The reader of HDF5 files with scans over an edge."""

    name: str = "hdf5"
    title: str = "HDF5: NXxas, and entries with an energy and detectors (needs h5py)"
    extensions: tuple[str, ...] = (".h5", ".nxs", ".hdf5", ".nx")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.6 for every HDF5 file, so that a reader of one kind of them goes before; else 0.

        Parameters
        ----------
        path : Path
            Not looked at.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        return 0.6 if head.startswith(_SIGNATURE) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return a recording for every entry that holds columns.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording

        Raises
        ------
        ReadError
            When h5py is not installed, or the file is damaged, too large or without columns.
        """
        content = file_content(path)
        if not content.startswith(_SIGNATURE):
            raise ReadError("no HDF5 file", where=path.name, do="name another reader")
        try:
            import h5py
        except ImportError as error:
            raise ReadError(
                "HDF5 files need h5py",
                where=path.name,
                do="pip install 'spectrafit-suite[formats]'",
            ) from error
        file = ScanFile(path, content, self.name)
        texts = StoredTexts(content)
        fault = texts.fault_of("units")
        if fault:
            raise ReadError(fault, where=path.name, do=_DAMAGED)
        try:
            with h5py.File(io.BytesIO(content), "r") as root:
                found = tuple(_recordings(_Tree(root, path.name, texts), file))
        except ReadError:
            raise
        # what HDF5 raises on damaged bytes is of many types
        except Exception as error:
            words = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
            raise ReadError(
                f"HDF5 cannot read it: {words}", where=path.name, do=_DAMAGED
            ) from error
        if not found:
            raise ReadError(
                "no entry holds columns of numbers", where=path.name, do="export it as columns"
            )
        return found


def _recordings(tree: _Tree, file: ScanFile) -> Iterator[Recording]:
    entries = _entries(tree)
    for name, group in entries:
        tree.outside.clear()
        tree.unread.clear()
        nodes = list(tree.datasets(group))
        columns, left_out = _columns(tree, nodes)
        if not columns:
            continue
        yield _recording(
            file,
            name if len(entries) > 1 else "",
            nodes,
            columns,
            left_out,
            tuple(tree.outside),
            tuple(tree.unread),
        )


def _recording(
    file: ScanFile,
    label: str,
    nodes: Sequence[_Node],
    columns: Sequence[Column],
    left_out: Sequence[str],
    outside: Sequence[str],
    unread: Sequence[str],
) -> Recording:
    where = file.name
    notices: list[Alert] = []
    if outside:
        paths = ", ".join(dict.fromkeys(outside))
        text = f"left out, as it lies in another file: {paths}"
        notices.append(notice(where, text, "READ-002"))
    if unread:
        text = f"texts left out, as their length is damaged or not told: {', '.join(unread)}"
        notices.append(notice(where, text, "READ-002"))
    if left_out:
        notices.append(notice(where, f"of another length, left out: {', '.join(left_out)}"))
    header = _header(nodes)
    conditions = _conditions(header)
    T = _temperature(nodes)
    if T is not None:
        conditions["T"] = T
    emission, high_resolution = _emission(header, nodes)
    if emission is not None:
        conditions[EMISSION_CONDITION] = emission
    elif high_resolution:
        text = "mode says HERFD, but no emission energy is in the file: give emission_eV"
        notices.append(notice(where, text, "READ-003"))
    found, summed = with_element_sums(columns, where)
    energy = energy_name(found)
    found, said = _in_eV(found, energy, where)
    roles = {"x": energy} if energy else {}
    if energy and any(column.name == "intensity" for column in found):
        roles["y"] = "intensity"
    return file.recording(
        found,
        header,
        scan=re.sub(r"[^\w.+-]+", "_", label),
        roles=roles,
        conditions=conditions,
        notices=(*notices, *summed, *said),
    )


def _in_eV(
    columns: Sequence[Column], energy: str, where: str
) -> tuple[tuple[Column, ...], tuple[Alert, ...]]:
    """Return columns with the energy in eV where the file gives keV."""
    axis = next((column for column in columns if column.name == energy), None)
    if axis is not None and axis.unit == "1":
        said = notice(where, f"{energy} has no unit in the file: taken as in eV where it is used")
        return tuple(columns), (said,)
    if axis is None or axis.unit != "keV":
        return tuple(columns), ()
    new = Column(energy, 1000.0 * axis.values, "eV", f"1000 {energy} (keV in the file)")
    text = f"{energy} was converted from keV to eV"
    return tuple(new if one is axis else one for one in columns), (notice(where, text),)


nexus_reader = NexusReader()
