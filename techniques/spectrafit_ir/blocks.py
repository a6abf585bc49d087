"""Which column of an infrared recording is fitted, of what kind it is, and on which axis."""

from __future__ import annotations

from collections.abc import Mapping

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording

__all__ = ["axis_of_block", "block_kinds", "chosen_block", "kind_of_block"]

_FITTED = ("absorbance", "transmittance")


def _axis_names(recording: Recording) -> set[str]:
    taken = {"wavenumber", "point", recording.roles.get("x", "")}
    return taken | {one for one in recording.names if one.partition(" of ")[0] in taken}


def block_kinds(recording: Recording) -> dict[str, str]:
    """Return the kind of each ordinate by its name.

    Parameters
    ----------
    recording : Recording
        Of an infrared reader.

    Returns
    -------
    dict of str to str
    """
    axes = _axis_names(recording)
    names = [one for one in recording.names if one not in axes]
    only = recording.header.get("y kind", "unknown")
    return {
        one: recording.header.get(f"y kind of {one}", only if len(names) == 1 else "unknown")
        for one in names
    }


def chosen_block(recording: Recording, block: str) -> str:
    """Return the column that is fitted.

    Parameters
    ----------
    recording : Recording
        Of an infrared reader.
    block : str
        Its name; the reader's proposal when empty.

    Returns
    -------
    str

    Raises
    ------
    SettingsError
        When none is named where several are there; with the words to type.
    """
    blocks = block_kinds(recording)
    if block:
        # an exact or a closely written name; refused with the columns there are
        column = recording.column(block).name
        if column in blocks:
            return column
        words = f"{block!r} is an axis, not a block"
    elif "y" in recording.roles:
        return recording.roles["y"]
    else:
        words = "which block is fitted?"
    usable = [one for one, kind in blocks.items() if kind in _FITTED] or list(blocks)
    ask = f"name one with --set block={usable[0]}; " if usable else ""
    raise SettingsError(words, where=recording.name, do=f"{ask}it holds: {_listed(blocks)}")


def kind_of_block(recording: Recording, chosen: str, kind: str) -> str:
    """Return ``"absorbance"`` or ``"transmittance"``.

    Parameters
    ----------
    recording : Recording
        Of an infrared reader.
    chosen : str
        The column.
    kind : str
        What the user says where the file says nothing; may be empty.

    Returns
    -------
    str

    Raises
    ------
    SettingsError
        When it is neither, or file and user differ; the blocks found are named.
    """
    if kind and kind not in _FITTED:
        raise SettingsError(
            f"kind {kind!r}", where=recording.name, do="it is absorbance or transmittance"
        )
    blocks = block_kinds(recording)
    own = blocks.get(chosen, "unknown")
    if own == "unknown" and kind:
        return kind
    if own in _FITTED:
        if kind and kind != own:
            raise SettingsError(
                f"{chosen!r} is {own} by the file, {kind} by the settings",
                where=recording.name,
                do="leave the setting out, or mend the file",
            )
        return own
    words = "does not say of what kind it is" if own == "unknown" else f"is {own}"
    ask = (
        "name the column absorbance or transmittance in the line above the numbers"
        if own == "unknown"
        else "export the spectrum as absorbance"
    )
    raise SettingsError(
        f"{chosen!r} {words}; only absorbance and transmittance are fitted",
        where=recording.name,
        do=f"{ask}; the file holds: {_listed(blocks)}",
    )


def _listed(blocks: Mapping[str, str]) -> str:
    return (
        ", ".join(one if one == kind else f"{one} ({kind})" for one, kind in blocks.items())
        or "no block"
    )


def axis_of_block(recording: Recording, block: str) -> str:
    """Return the axis of a column: its own, or that of the file.

    Parameters
    ----------
    recording : Recording
        Of an infrared reader.
    block : str
        The column.

    Returns
    -------
    str
    """
    own = {f"wavenumber of {block}", f"point of {block}"} & set(recording.names)
    return own.pop() if own else recording.roles.get("x", "wavenumber")
