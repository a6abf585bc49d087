"""Spectra in the order of one condition, and their stack on a common grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry, Source
from spectrafit.spectrum import FloatArray, Spectrum, is_finite_number, read_only
from spectrafit.units import checked_unit

if TYPE_CHECKING:
    import pandas

__all__ = ["SpectrumSeries", "Stack"]


@dataclass(frozen=True, eq=False)
class Stack:
    """Curves on one grid, one a row.

    Parameters
    ----------
    x : array_like, shape (n,)
        The grid, strictly increasing, in `x_unit`.
    y : array_like, shape (N, n)
        A row a spectrum, in `y_unit`.
    sigma : array_like, shape (N, n), or None
        Standard uncertainties; None unless every spectrum has them.
    x_unit, y_unit : str
        Units of the table.
    condition : str
        Name of what orders the rows; empty for the order given.
    values : array_like, shape (N,)
        The condition of each row, in its base unit.
    sources : tuple of Source
        Of each row.
    history : tuple of HistoryEntry
        How the stack was made.
    """

    x: FloatArray
    y: FloatArray
    sigma: FloatArray | None
    x_unit: str
    y_unit: str
    condition: str
    values: FloatArray
    sources: tuple[Source, ...]
    history: tuple[HistoryEntry, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        for name in ("x", "y", "values", "sigma"):
            if getattr(self, name) is not None:
                put(self, name, read_only(getattr(self, name)))
        put(self, "x_unit", checked_unit(self.x_unit))
        put(self, "y_unit", checked_unit(self.y_unit))
        shape = (len(self.sources), self.x.size)
        if self.y.shape != shape or self.values.shape != shape[:1]:
            raise SpectrafitError(f"a stack of {shape} does not fit y of {self.y.shape}")
        if self.sigma is not None and self.sigma.shape != shape:
            raise SpectrafitError(f"a stack of {shape} does not fit sigma of {self.sigma.shape}")

    def __reduce__(self) -> tuple[object, ...]:
        return (Stack, tuple(getattr(self, row.name) for row in fields(self)))

    def __len__(self) -> int:
        return len(self.sources)


@dataclass(frozen=True, eq=False)
class SpectrumSeries:
    """Spectra in the order of one condition.

    Parameters
    ----------
    spectra : tuple of Spectrum
        In any order; they are put in order. All in the same units.
    condition : str, optional
        Name of the number that orders them, temperature unless told; empty for the order given.
    equal_allowed : bool, optional
        Whether several spectra may have the same condition (repeated scans, both branches of a
        loop); they keep the order given.

    Raises
    ------
    SpectrafitError
        When there is no spectrum, the units differ, or a condition is missing, is text, or is
        equal to another.
    """

    spectra: tuple[Spectrum, ...]
    condition: str = "T"
    equal_allowed: bool = False

    def __post_init__(self) -> None:
        given = tuple(self.spectra)
        if not given:
            raise SpectrafitError("a series needs at least one spectrum")
        for axis in ("x_unit", "y_unit"):
            units = [getattr(spectrum, axis) for spectrum in given]
            if len(set(units)) > 1:
                other = next(i for i, name in enumerate(units) if name != units[0])
                raise SpectrafitError(
                    f"{axis} is {units[other]}, but {units[0]} in {given[0].source.name}",
                    where=given[other].source.name,
                    do="convert them to one unit where they are read",
                )
        if self.condition:
            given = tuple(sorted(given, key=self._value))
            if not self.equal_allowed:
                self._refuse_equal(given)
        object.__setattr__(self, "spectra", given)

    def __len__(self) -> int:
        return len(self.spectra)

    def __iter__(self) -> Iterator[Spectrum]:
        return iter(self.spectra)

    def __getitem__(self, index: int) -> Spectrum:
        return self.spectra[index]

    def _value(self, spectrum: Spectrum) -> float:
        value = spectrum.conditions.get(self.condition)
        if not is_finite_number(value):
            found = "is missing" if value is None else f"is {value!r}, not a number"
            raise SpectrafitError(
                f"condition {self.condition} {found}",
                where=spectrum.source.name,
                do=f'give {self.condition} to every spectrum, or condition="" for the order given',
            )
        return float(value)  # type: ignore[arg-type]

    def _refuse_equal(self, ordered: tuple[Spectrum, ...]) -> None:
        for first, second in pairwise(ordered):
            if self._value(first) == self._value(second):
                raise SpectrafitError(
                    f"{first.source.name} and {second.source.name} both have "
                    f"{self.condition} = {self._value(first):g}",
                    do="merge them, part them into branches, or say equal_allowed=True",
                )

    @property
    def values(self) -> FloatArray:
        """The condition of each spectrum, or its number in the order given."""
        if not self.condition:
            return read_only(np.arange(len(self.spectra)))
        return read_only([self._value(spectrum) for spectrum in self.spectra])

    def to_frame(self) -> pandas.DataFrame:
        """Return a table, one row a point of each spectrum, spectra below each other.

        Returns
        -------
        pandas.DataFrame
            Columns are the condition (the place in the series where it has none), x, y, sigma
            where every spectrum has it, and source; units are in ``frame.attrs``.
        """
        from spectrafit.conditions import CONDITION_UNITS
        from spectrafit.notebook import SIGMA_NOTE, data_frame

        name = self.condition or "place"
        sizes = [len(one) for one in self.spectra]
        known = all(one.sigma is not None for one in self.spectra)
        first = self.spectra[0]
        columns: dict[str, Any] = {
            name: np.repeat(self.values, sizes),
            "x": np.concatenate([one.x for one in self.spectra]),
            "y": np.concatenate([one.y for one in self.spectra]),
        }
        if known:
            columns["sigma"] = np.concatenate(
                [one.sigma for one in self.spectra if one.sigma is not None]
            )
        columns["source"] = np.repeat([one.source.name for one in self.spectra], sizes)
        units = {"x": first.x_unit, "y": first.y_unit, **({"sigma": first.y_unit} if known else {})}
        own = {name: CONDITION_UNITS[name]} if name in CONDITION_UNITS else {}
        return data_frame(
            columns,
            {**own, **units},
            simulated=any(one.source.simulated for one in self.spectra),
            note=SIGMA_NOTE if known else "",
        )

    def _repr_html_(self) -> str:
        from spectrafit.conditions import conditions_text
        from spectrafit.notebook import html_lines, html_table, unit_text
        from spectrafit.rounding import number_text

        first = self.spectra[0]
        unit = unit_text(first.x_unit)
        rows = [
            (
                conditions_text({self.condition: value}) if self.condition else str(place),
                one.source.name,
                str(len(one)),
                f"{number_text(float(one.x[0]))} to {number_text(float(one.x[-1]))}"
                if len(one)
                else "",
                "known" if one.sigma is not None else "not known",
            )
            for place, (value, one) in enumerate(
                zip(self.values.tolist(), self.spectra, strict=True), 1
            )
        ]
        order = f"in the order of {self.condition}" if self.condition else "in the order given"
        heads = (self.condition or "place", "source", "points", f"x / {unit}" if unit else "x", "σ")
        title = html_lines(
            f"{len(self)} spectra {order}",
            [f"y in {first.y_unit}" if unit_text(first.y_unit) else ""],
            simulated=any(one.source.simulated for one in self.spectra),
        )
        return title + html_table(heads, rows)

    def stack(self) -> Stack:
        """Return all spectra on the common grid, by linear interpolation where they are not on it.

        The grid covers what all spectra cover, and everywhere it is as coarse as the coarsest of
        them: each of its steps holds at least one point of every spectrum, so that no point is
        made up. Spectra that share their points are not interpolated at all.

        Returns
        -------
        Stack

        Raises
        ------
        SpectrafitError
            When fewer than two points are common to all.
        """
        grid = _common_grid([spectrum.x for spectrum in self.spectra])
        if grid.size < 2:
            low = max(self.spectra, key=lambda s: float(s.x[0]) if len(s) else np.inf)
            high = min(self.spectra, key=lambda s: float(s.x[-1]) if len(s) else -np.inf)
            raise SpectrafitError(
                "the spectra have no common range",
                where=f"{low.source.name}, {high.source.name}",
                do="leave out the one that does not reach the others",
            )
        rows = [_on_grid(spectrum, grid) for spectrum in self.spectra]
        known = all(sigma is not None for _, sigma, _ in rows)
        settings = {
            "low": float(grid[0]),
            "high": float(grid[-1]),
            "points": int(grid.size),
            "points_of_each": [len(spectrum) for spectrum in self.spectra],
            "interpolated_points_of_each": [count for _, _, count in rows],
        }
        text = (
            "linear interpolation; errors of neighbouring interpolated points are correlated"
            if any(count for _, _, count in rows)
            else "the spectra share these points: nothing was interpolated"
        )
        return Stack(
            x=grid,
            y=np.array([y for y, _, _ in rows]),
            sigma=np.array([sigma for _, sigma, _ in rows]) if known else None,
            x_unit=self.spectra[0].x_unit,
            y_unit=self.spectra[0].y_unit,
            condition=self.condition,
            values=self.values,
            sources=tuple(spectrum.source for spectrum in self.spectra),
            history=(HistoryEntry("stack", settings, text),),
        )


def _common_grid(grids: list[FloatArray]) -> FloatArray:
    """Return the coarsest grid, each step of which holds a point of every given one."""
    different = list({grid.tobytes(): grid for grid in grids}.values())
    if len(different) == 1:
        return different[0]
    if any(grid.size == 0 for grid in different):
        return np.empty(0)
    end = min(float(grid[-1]) for grid in different)
    points = []
    current = max(float(grid[0]) for grid in different)
    while current <= end:
        points.append(current)
        places = [int(np.searchsorted(grid, current, side="right")) for grid in different]
        if any(place == grid.size for place, grid in zip(places, different, strict=True)):
            break
        current = max(float(grid[place]) for place, grid in zip(places, different, strict=True))
    return np.array(points)


def _on_grid(spectrum: Spectrum, grid: FloatArray) -> tuple[FloatArray, FloatArray | None, int]:
    """Return y and sigma on a grid inside the spectrum, and how many points were interpolated."""
    x, y, sigma = spectrum.x, spectrum.y, spectrum.sigma
    left = np.clip(np.searchsorted(x, grid, side="right") - 1, 0, x.size - 2)
    share = (grid - x[left]) / (x[left + 1] - x[left])
    values = np.where(share == 1.0, y[left + 1], (1.0 - share) * y[left] + share * y[left + 1])
    errors = None
    if sigma is not None:
        errors = np.hypot((1.0 - share) * sigma[left], share * sigma[left + 1])
    return values, errors, int(((share > 0.0) & (share < 1.0)).sum())
