"""The result of a fit: every value with a standard error or the named reason for its absence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import FitError, ReadError, SettingsError, nearest
from spectrafit.fit.problem import Noise
from spectrafit.fit.weak import weak_alert
from spectrafit.history import frozen_mapping
from spectrafit.spectrum import FloatArray, read_only

if TYPE_CHECKING:
    import pandas
    from lmfit.minimizer import MinimizerResult

__all__ = ["FitResult", "Flag", "Propagated"]

Values = Mapping[str, float]
Propagated = tuple[float, float | None, str]


class Flag(StrEnum):
    """What is to be known of a fit before its numbers are used."""

    CONVERGED = "converged"
    AT_BOUND = "at bound"
    OUTSIDE_BOUNDS = "tied outside its bounds"
    SINGULAR = "near singular"
    NOT_POSITIVE_DEFINITE = "not positive definite"
    NOT_AT_MINIMUM = "not at a minimum"
    CALL_LIMIT = "call limit"
    EQUALS_START = "equals start"
    NO_RESIDUAL = "no residual"
    NO_FREEDOM = "no degrees of freedom"
    NOT_FINITE = "not finite"


FIXED = "fixed"


@dataclass(frozen=True, eq=False)
class FitResult:
    """What a fit found.

    An error is a number or a named reason. Where a parameter ended on a bound it has no error, and
    the errors of the others are those with it held there; the flag says so. Rows of the covariance
    whose parameter has a reason are zero: ask `sigma`, `covariance_of` or `propagate`, which refuse
    them.

    Parameters
    ----------
    names : tuple of str
        Every parameter.
    values : array_like, shape (P,)
        In the units of `units`.
    free : tuple of bool
        Whether it was varied on its own (not fixed, not tied).
    covariance : array_like, shape (P, P)
        Of all parameters; tied ones propagated, fixed ones zero.
    reasons : tuple of str
        Why there is no error ("fixed", "at bound", "near singular", "call limit", "equals start",
        ...); empty where there is one.
    at_bound : tuple of str
        Names of the free parameters on a bound.
    flags : tuple of Flag
        In the order of `Flag`.
    chi2 : float
        Sum of squared weighted residuals.
    ndata, nvary : int
        Points, and free parameters.
    noise : str
        ``"known"``: sigma was given and the covariance is not scaled. ``"estimated"``: unit weights
        and the covariance is scaled by the reduced chi2.
    engine : str
        What found the minimum.
    evaluations : int
        Calls of the model.
    digest, data_digest : str
        Of the problem, and of its data alone.
    units : tuple of str
        Of the parameters, with the units of the spectrum's axes.
    starts : array_like, shape (P,)
        Start values as asked for.
    message : str
        The engine's own words.
    weak : tuple of str
        Heights or areas of peaks below ten of their standard errors (`spectrafit.fit.weak`).
    """

    names: tuple[str, ...]
    values: FloatArray
    free: tuple[bool, ...]
    covariance: FloatArray
    reasons: tuple[str, ...]
    at_bound: tuple[str, ...]
    flags: tuple[Flag, ...]
    chi2: float
    ndata: int
    nvary: int
    noise: Noise
    engine: str
    evaluations: int
    digest: str
    data_digest: str
    units: tuple[str, ...]
    starts: FloatArray
    message: str = ""
    weak: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        for name in ("values", "covariance", "starts"):
            put(self, name, read_only(getattr(self, name)))
        put(self, "flags", tuple(flag for flag in Flag if flag in self.flags))
        size = len(self.names)
        shapes = (self.values.shape, self.starts.shape, self.covariance.shape)
        lengths = {len(self.free), len(self.reasons), len(self.units)}
        if shapes != ((size,), (size,), (size, size)) or lengths != {size}:
            raise FitError("the parts of a fit result do not have one length")
        numbers = (self.values, self.starts, self.covariance, np.array([self.chi2]))
        if not all(np.isfinite(part).all() for part in numbers):
            raise FitError("a fit result has a number that is not finite")

    def __reduce__(self) -> tuple[object, ...]:
        return (FitResult, tuple(getattr(self, one.name) for one in fields(self)))

    @property
    def nfree(self) -> int:
        """Degrees of freedom, points less varied parameters (as lmfit calls it)."""
        return self.ndata - self.nvary

    @property
    def redchi(self) -> float:
        """Reduced chi2, chi2 / nfree; chi2 where nfree is 0 (as lmfit)."""
        return self.chi2 / max(1, self.nfree)

    @property
    def aic(self) -> float:
        """Akaike's criterion, ``N ln(chi2/N) + 2 k`` (lmfit's convention, for either noise)."""
        return self._log_misfit + 2.0 * self.nvary

    @property
    def aicc(self) -> float | None:
        """Akaike's criterion with its small-sample term; None where N - k - 1 is not positive."""
        room = self.ndata - self.nvary - 1
        return self.aic + 2.0 * self.nvary * (self.nvary + 1) / room if room > 0 else None

    @property
    def bic(self) -> float:
        """Bayes' criterion, ``N ln(chi2/N) + k ln N`` (lmfit's convention, for either noise)."""
        return self._log_misfit + self.nvary * math.log(self.ndata)

    @property
    def _log_misfit(self) -> float:
        return self.ndata * math.log(max(self.chi2 / self.ndata, 1e-250))

    @property
    def converged(self) -> bool:
        """Whether the engine reached a minimum."""
        return Flag.CONVERGED in self.flags

    @property
    def by_name(self) -> Values:
        """Values by name, for `Model.evaluate` and `Component.area`."""
        return frozen_mapping(dict(zip(self.names, map(float, self.values), strict=True)))

    def value(self, name: str) -> float:
        """Return a value.

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        float

        Raises
        ------
        SettingsError
            When there is no such parameter.
        """
        return float(self.values[self._place(name)])

    def sigma(self, name: str) -> float | None:
        """Return a standard error, None where there is none (see `sigma_reason`).

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        float or None
        """
        place = self._place(name)
        return None if self.reasons[place] else float(np.sqrt(self.covariance[place, place]))

    def sigma_reason(self, name: str) -> str:
        """Return why there is no standard error, empty where there is one.

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        str
        """
        return self.reasons[self._place(name)]

    def unit(self, name: str) -> str:
        """Return the unit of a parameter.

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        str
        """
        return self.units[self._place(name)]

    def covariance_of(self, names: Sequence[str]) -> FloatArray:
        """Return the covariance of some parameters; fixed ones have rows of zeros.

        Parameters
        ----------
        names : sequence of str
            Full names.

        Returns
        -------
        ndarray, shape (k, k)

        Raises
        ------
        FitError
            When one has no error, other than by being fixed.
        """
        places = [self._place(name) for name in names]
        for place in places:
            if self.reasons[place] not in ("", FIXED):
                raise FitError(
                    f"{self.names[place]} has no error: {self.reasons[place]}",
                    do="ask sigma_reason first",
                )
        return self.covariance[np.ix_(places, places)].copy()

    def gradient_of(self, function: Callable[[Values], float]) -> FloatArray:
        """Return the derivatives of a function of the values, by central differences.

        The step is a hundredth of a standard error; where there is none, a millionth of the value.

        Parameters
        ----------
        function : callable
            ``function(values by name) -> float``.

        Returns
        -------
        ndarray, shape (P,)
            Not finite where the function cannot be computed beside the value; 0 for what is fixed.
        """
        base = dict(self.by_name)
        gradient = np.zeros(len(self.names))
        for i, name in enumerate(self.names):
            if self.reasons[i] == FIXED:
                continue
            error = float(np.sqrt(self.covariance[i, i]))
            step = max(0.01 * error, 1e-9 * abs(base[name])) if error else 1e-6 * abs(base[name])
            step = step or 1e-6
            try:
                up = float(function({**base, name: base[name] + step}))
                down = float(function({**base, name: base[name] - step}))
                gradient[i] = (up - down) / (2.0 * step)
            except (ArithmeticError, ValueError):
                gradient[i] = np.nan
        return gradient

    def propagate(
        self, function: Callable[[Values], float], gradient: Mapping[str, float] | None = None
    ) -> Propagated:
        """Return a function of the values with its linearly propagated standard error.

        Parameters
        ----------
        function : callable
            ``function(values by name) -> float``.
        gradient : mapping of str to float, optional
            Its derivatives by name, 0 for names left out; central differences when None.

        Returns
        -------
        value : float
        sigma : float or None
        reason : str
            Why sigma is None: the parameter it depends on and the reason that has no error.

        Raises
        ------
        FitError
            When the value itself is not finite.
        """
        value = float(function(self.by_name))
        if not math.isfinite(value):
            raise FitError(f"the function of the fit's values is {value}")
        if gradient is None:
            slopes = self.gradient_of(function)
        else:
            slopes = np.zeros(len(self.names))
            for name, slope in gradient.items():
                slopes[self._place(name)] = slope
        for i, name in enumerate(self.names):
            if self.reasons[i] not in ("", FIXED) and slopes[i] != 0.0:
                return value, None, f"{name}: {self.reasons[i]}"
        if not np.isfinite(slopes).all():
            return value, None, "no derivative"
        variance = float(slopes @ self.covariance @ slopes)
        terms = float(np.abs(slopes) @ np.abs(self.covariance) @ np.abs(slopes))
        if terms == 0.0:
            return value, None, "depends on no free parameter"
        # far below this the terms cancel to rounding, as for a polynomial about a far origin
        if variance <= 1e-12 * terms:
            return value, None, "lost to rounding"
        return value, math.sqrt(variance), ""

    def alerts(self, where: str = "") -> tuple[Alert, ...]:
        """Return what to know before quoting, as alerts.

        Parameters
        ----------
        where : str, optional
            File, measurement or key.

        Returns
        -------
        tuple of Alert
        """
        found = [
            alert_spec("FIT-001").alert(where=where, name=name, bound=f"{self.value(name):.6g}")
            for name in self.at_bound
        ]
        if Flag.CALL_LIMIT in self.flags:
            found.append(alert_spec("FIT-002").alert(where=where))
        singular = self._names_with(Flag.SINGULAR)
        if singular:
            found.append(alert_spec("FIT-003").alert(where=where, names=", ".join(singular)))
        found += [
            alert_spec("FIT-004").alert(where=where, name=name)
            for name in self._names_with(Flag.EQUALS_START)
        ]
        if self.noise == "known" and self._is_misfit:
            found.append(alert_spec("FIT-005").alert(where=where, redchi=f"{self.redchi:.3g}"))
        if {Flag.NOT_AT_MINIMUM, Flag.NOT_POSITIVE_DEFINITE} & set(self.flags):
            found.append(alert_spec("FIT-006").alert(where=where))
        found += [
            alert_spec("FIT-007").alert(where=where, name=name)
            for name in self._names_with(Flag.OUTSIDE_BOUNDS)
        ]
        for flag in (Flag.NO_RESIDUAL, Flag.NO_FREEDOM):
            if flag in self.flags:
                found.append(alert_spec("FIT-008").alert(where=where, why=flag.value))
        for name in self.weak:
            ratio = abs(self.value(name)) / (self.sigma(name) or math.inf)
            found.append(weak_alert(name, ratio, where))
        return tuple(found)

    @property
    def _is_misfit(self) -> bool:
        """Reduced chi2 beyond chance (Wilson-Hilferty, 3.3 sigma) and off by half or more."""
        if self.nfree < 1:
            return False
        spread = 2.0 / (9.0 * self.nfree)
        z = (self.redchi ** (1.0 / 3.0) - (1.0 - spread)) / math.sqrt(spread)
        return abs(z) > 3.3 and not 0.5 <= self.redchi <= 1.5

    def _names_with(self, reason: Flag) -> tuple[str, ...]:
        """Free names of a reason."""
        rows = zip(self.names, self.free, self.reasons, strict=True)
        return tuple(name for name, free, why in rows if why == reason and free) or tuple(
            name for name, why in zip(self.names, self.reasons, strict=True) if why == reason
        )

    def _place(self, name: str) -> int:
        try:
            return self.names.index(name)
        except ValueError:
            raise SettingsError(
                f"no parameter {name!r} in the fit",
                do=nearest(name, self.names, noun="the parameters"),
            ) from None

    def to_json(self) -> str:
        """Return strict JSON text, read back by `from_json`.

        Returns
        -------
        str
        """
        from spectrafit.fit.result_json import result_text

        return result_text(self)

    @staticmethod
    def from_json(text: str) -> FitResult:
        """Return the result of a text that `to_json` wrote.

        Parameters
        ----------
        text : str
            Strict JSON.

        Returns
        -------
        FitResult

        Raises
        ------
        ReadError
            When the text is not such a result.
        """
        from spectrafit.fit.result_json import result_fields

        try:
            return FitResult(**result_fields(text))
        except (TypeError, ValueError, OverflowError, RecursionError, FitError) as error:
            raise ReadError(f"not a fit result: {error}", do="read what to_json wrote") from error

    def to_lmfit(self) -> MinimizerResult:
        """Return the result as lmfit's, with errors and correlations; dots become underscores.

        Returns
        -------
        lmfit.minimizer.MinimizerResult
        """
        from spectrafit.fit.peer import lmfit_result

        return lmfit_result(self)

    def to_frame(self) -> pandas.DataFrame:
        """Return a table, one row a parameter.

        Returns
        -------
        pandas.DataFrame
            Columns are name, value, sigma (not a number where there is a reason), sigma_reason,
            unit, free and at_bound; chi2, counts and flags are in ``frame.attrs``.
        """
        from spectrafit.notebook import SIGMA_NOTE, data_frame

        errors = [self.sigma(name) for name in self.names]
        return data_frame(
            {
                "name": self.names,
                "value": self.values,
                "sigma": np.array([np.nan if one is None else one for one in errors]),
                "sigma_reason": self.reasons,
                "unit": self.units,
                "free": self.free,
                "at_bound": [name in self.at_bound for name in self.names],
            },
            {},
            chi2=self.chi2,
            redchi=self.redchi,
            ndata=self.ndata,
            nvary=self.nvary,
            noise=self.noise,
            flags=[flag.value for flag in self.flags],
            engine=self.engine,
            note=SIGMA_NOTE,
        )

    def _repr_html_(self) -> str:
        from spectrafit.notebook import html_lines, html_table, unit_text
        from spectrafit.rounding import UNCERTAINTY_NOTE, number_text, value_text

        flags = ", ".join(flag.value for flag in self.flags) or "no flag"
        noise = "known" if self.noise == "known" else "estimated from the residual"
        lines = (
            f"{self.ndata} points, {self.nvary} free parameters, reduced chi2 "
            f"{number_text(self.redchi, 4)}",
            f"noise {noise}; {flags}",
        )
        rows = [
            (
                name,
                value_text(self.value(name), self.sigma(name), self.sigma_reason(name)),
                unit_text(self.unit(name)),
            )
            for name in self.names
        ]
        heads = ("parameter", "value", "unit")
        return html_lines("fit", lines) + html_table(heads, rows, note=UNCERTAINTY_NOTE)
