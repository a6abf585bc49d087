"""What the joint fit is held against: one measured or typed number a datum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.history import frozen_mapping
from spectrafit.observable import ObservableSpec
from spectrafit.spectrum import FloatArray

__all__ = ["Datum", "JoinedData", "Quantity"]


class Quantity(StrEnum):
    """What of the curve of a key a number is."""

    VALUE = "value"
    CHANGE = "change"
    HIGHEST = "highest"
    LOWEST = "lowest"
    T_OF_HIGHEST = "T of highest"


@dataclass(frozen=True)
class Datum:
    """One number, or one limit, of one key.

    Parameters
    ----------
    key : str
        Key of the observable.
    T : float
        K; the upper end of a range.
    value : float or None
        None for a limit.
    sigma : float
        Standard uncertainty of what it shares with no other datum, in the unit of the spec; of a
        limit, how far beyond it costs one unit of chi2.
    low, high : float or None
        Limits, where there is no value.
    quantity : Quantity
        The value at T, or what of the curve from `from_T` to `T`: its change, highest or lowest
        value, or the temperature of the highest (in K).
    from_T : float or None
        Lower end of the range, K.
    branch : str
        ``heating`` or ``cooling``; empty or ``both`` where neither is told.
    shared : mapping of str to float
        Errors that it shares with others: the name of the systematic, and by how much one standard
        deviation of it moves this number (with sign).
    delays : mapping of str to float
        By how much one standard deviation of a systematic moves the temperature of the sample from
        `T`, K: of a thermometer that the sample lags behind. What it does beside that is in `shared`.
    technique : str
        The technique that it comes from.
    source : str
        Its file, or where it is printed.
    group : str
        Data of one group have a covariance (`JoinedData.covariances`).

    Raises
    ------
    SpectrafitError
        For a sigma that is not above 0, neither a value nor a limit, or a range that is none.
    """

    key: str
    T: float
    value: float | None
    sigma: float
    low: float | None = None
    high: float | None = None
    quantity: Quantity = Quantity.VALUE
    from_T: float | None = None
    branch: str = ""
    shared: Mapping[str, float] = field(default_factory=dict)
    delays: Mapping[str, float] = field(default_factory=dict)
    technique: str = ""
    source: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        for name in ("shared", "delays"):
            object.__setattr__(self, name, frozen_mapping(getattr(self, name)))
        if not (np.isfinite(self.sigma) and self.sigma > 0):
            raise SpectrafitError(
                "a datum without a standard uncertainty above 0",
                where=self.key,
                do="leave it out, or give its sigma",
            )
        if self.value is None and self.low is None and self.high is None:
            raise SpectrafitError(
                "neither a value nor a limit",
                where=self.key,
                do="give one of them, or leave it out",
            )
        numbers = [one for one in (self.value, self.low, self.high) if one is not None]
        if not np.isfinite(numbers).all():
            raise SpectrafitError(
                "a value or a limit that is no finite number", where=self.key, do="leave it out"
            )
        if not self.T > 0:
            raise SpectrafitError(
                "a temperature that is not above 0 K", where=self.key, do="give it in K"
            )
        whole = self.quantity is Quantity.VALUE
        if whole is not (self.from_T is None) or (
            self.from_T is not None and self.from_T >= self.T
        ):
            raise SpectrafitError(
                f"the {self.quantity.value} needs a range of temperatures" if not whole
                else "a value belongs to one temperature",
                where=self.key,
            )  # fmt: skip

    def __reduce__(self) -> tuple[object, ...]:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values |= {"shared": dict(self.shared), "delays": dict(self.delays)}
        return (Datum, tuple(values.values()))


@dataclass(frozen=True, eq=False)
class JoinedData:
    """All data of a joint fit.

    Parameters
    ----------
    data : tuple of Datum
        In any order.
    specs : mapping of str to ObservableSpec
        By key.
    covariances : mapping of str to ndarray
        By group, of the data of the group in their order, without what they share with others.

    Raises
    ------
    SpectrafitError
        For a key without a spec, one that populations do not make, or a covariance of another size.
    """

    data: tuple[Datum, ...]
    specs: Mapping[str, ObservableSpec]
    covariances: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in dict.fromkeys(datum.key for datum in self.data):
            spec = self.specs.get(key)
            if spec is None or not spec.additive:
                raise SpectrafitError(
                    "populations do not make this key", where=key, do="leave it out of the keys"
                )
        for group, matrix in self.covariances.items():
            count = sum(datum.group == group for datum in self.data)
            if np.shape(matrix) != (count, count):
                raise SpectrafitError(
                    f"a covariance of shape {np.shape(matrix)} for {count} data", where=group
                )

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys in the order of their first datum."""
        return tuple(dict.fromkeys(datum.key for datum in self.data))

    @property
    def techniques(self) -> tuple[str, ...]:
        """Techniques in the order of their first datum."""
        return tuple(dict.fromkeys(datum.technique for datum in self.data))

    def without(self, technique: str) -> JoinedData:
        """Return the data without those of a technique."""
        return self._those([datum for datum in self.data if datum.technique != technique])

    def only(self, technique: str) -> JoinedData:
        """Return the data of one technique."""
        return self._those([datum for datum in self.data if datum.technique == technique])

    def _those(self, kept: list[Datum]) -> JoinedData:
        groups = {datum.group for datum in kept}
        covariances = {g: m for g, m in self.covariances.items() if g in groups}
        return JoinedData(tuple(kept), self.specs, covariances)
