"""Changed fit parameters, given to the windows whose bands they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.parameters import ParameterChange
from spectrafit_ir.bands.band_model import BASELINE
from spectrafit_ir.bands.groups import BandGroup

__all__ = ["window_parameters"]


def window_parameters(
    groups: Sequence[BandGroup], parameters: Mapping[str, ParameterChange]
) -> tuple[Mapping[str, ParameterChange], ...]:
    """Return the changed parameters of each window: a band's go with its band.

    Parameters
    ----------
    groups : sequence of BandGroup
        The windows with their bands; none where no bands are named.
    parameters : mapping of str to ParameterChange
        By full name, like ``"1485.center"``.

    Returns
    -------
    tuple of mapping of str to ParameterChange
        As `groups`.

    Raises
    ------
    SettingsError
        For a parameter of no band, or of the baseline where there are several windows.
    """
    found: list[dict[str, ParameterChange]] = [{} for _ in groups]
    bands = {
        band.name: own for own, group in zip(found, groups, strict=True) for band in group.bands
    }
    owners = bands | {BASELINE: found[0]} if len(groups) == 1 else bands
    for name, change in parameters.items():
        owner = name.rpartition(".")[0]
        if not groups:
            raise SettingsError(
                f"no parameter {name!r}: no bands are named",
                where=name,
                do="name them in `bands`; a fit without them prints a table to paste",
            )
        if owner not in owners:
            near = nearest(owner or name, owners, noun="the bands")
            raise SettingsError(
                f"no parameter {name!r}",
                where=name,
                do=f"write BAND.center, .fwhm, .area or .fraction; {near}",
            )
        owners[owner][name] = change
    return tuple(found)
