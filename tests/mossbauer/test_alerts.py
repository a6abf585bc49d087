"""Every alert code of the technique, raised by what it is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from mossbauer_technique_case import IRON, ORIENTED, SAMPLE, at, codes, iron, recorded, series

from spectrafit.history import Source
from spectrafit.recording import Column, Recording
from spectrafit.technique import Observables
from spectrafit_mossbauer.alerts import MOSSBAUER_ALERTS
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.simulate import channel_velocity, expected_counts
from spectrafit_mossbauer.technique import mossbauer


def sample(**changed: object) -> Recording:
    return recorded(replace(SAMPLE, **changed), "120K.ws5")  # type: ignore[arg-type]


def seen(
    one: Recording | None = None, *irons: Recording, settings: MossbauerSettings = ORIENTED
) -> Observables:
    inputs = {"sample": sample() if one is None else one, "calibration": irons or (iron(),)}
    return mossbauer.observe(inputs, settings)


def asked(**changed: object) -> Observables:
    return seen(settings=replace(ORIENTED, **changed))  # type: ignore[arg-type]


def with_counts(one: Recording, counts: np.ndarray) -> Recording:
    columns = (
        replace(each, values=counts.astype(float)) if each.name == "counts" else each
        for each in one.columns
    )
    return replace(one, columns=tuple(columns))


def moved(one: Recording, channel: int, sigmas: float) -> Recording:
    counts = one.column("counts").values.copy()
    counts[channel] += np.round(sigmas * np.sqrt(counts[channel]))
    return with_counts(one, counts)


def dead(one: Recording, channel: int) -> Recording:
    counts = one.column("counts").values.copy()
    counts[channel] = 0.0
    return with_counts(one, counts)


def table(errors: float | None = None) -> Recording:
    """Return one branch of a simulated run against velocity, with errors so many times too large."""
    half = SAMPLE.channels // 2
    velocity = channel_velocity(SAMPLE)[half:]
    counts = np.random.default_rng(3).poisson(expected_counts(SAMPLE))[half:]
    columns = [Column("velocity", velocity, "mm/s"), Column("counts", counts.astype(float), "1")]
    if errors is not None:
        columns.append(Column("sigma", errors * np.sqrt(counts.astype(float)), "1"))
    roles = {"x": "velocity", "y": "counts"}
    return Recording("table.dat", tuple(columns), {}, roles, {"T": 120.0}, Source("table.dat"))


def magnet() -> Observables:
    return seen(recorded(replace(IRON, label="magnet"), "magnet.ws5", 5))


def mixed() -> Observables:
    """Return two overlapping doublets fitted as one."""
    one, other = (
        expected_counts(at(120.0, *state, counts=5e5)) for state in ((0.4, 1.4), (0.7, 2.2))
    )
    counts = np.random.default_rng(8).poisson(one + other)
    return seen(with_counts(sample(), counts))


def hopping(seed: int = 1) -> Recording:
    made = replace(
        SAMPLE, k_ex_per_s=1e9, populations=(0.5, 0.5), isomer_shifts_mm_s=(0.5, 1.1),
        splittings_mm_s=(1.0, 2.5),
    )  # fmt: skip
    return recorded(made, "hopping.ws5", seed)


def textured() -> Observables:
    """Return a doublet with a further line of a fifth of its area under the high one."""
    made = at(120.0, 0.7, 1.8)
    place = 2.0 * (channel_velocity(made) - 1.6) / made.width_mm_s
    missing = 0.2 * 0.5 * (made.counts - expected_counts(made)).max() / (1.0 + place**2)
    return seen(
        with_counts(sample(), np.random.default_rng(4).poisson(expected_counts(made) - missing))
    )


def warm_series(*temperatures: float, **changed: object) -> Observables:
    samples = [recorded(at(T, 0.69, 1.83), f"{T:g}K.ws5", int(T)) for T in temperatures]
    settings = replace(ORIENTED, **changed)  # type: ignore[arg-type]
    return series(samples, iron(), settings)[1]


def states(**changed: object) -> Observables:
    declared = {
        "IS_1": (0.45, 0.55), "IS_2": (1.05, 1.20), "QS_1": (1.0, 1.0), "QS_2": (2.1, 2.9),
        "states_T_K": 125.0, "theta_K": (120.0, 200.0), "T_ref_K": 125.0,
    }  # fmt: skip
    return warm_series(120.0, 125.0, **(declared | changed))


def states_that_hardly_differ() -> Observables:
    return states(IS_1=(0.67, 0.68), IS_2=(0.70, 0.71), QS_1=(1.82, 1.82), QS_2=(1.84, 1.84))


RAISED: dict[str, Callable[[], Observables]] = {
    "MOS-100": lambda: seen(settings=MossbauerSettings()),
    "MOS-101": lambda: seen(settings=MossbauerSettings(orientation=-1, source="57Co/Rh")),
    "MOS-102": lambda: seen(sample(area_mm_s=1e-5)),
    "MOS-103": lambda: seen(sample(splittings_mm_s=(0.0,))),
    "MOS-104": mixed,
    "MOS-105": magnet,
    "MOS-106": lambda: seen(sample(area_mm_s=0.3)),
    "MOS-107": lambda: seen(sample(date="2024-06-01T09:00:00")),
    "MOS-108": lambda: seen(None, iron(), recorded(replace(IRON, step_mm_s=0.0499), "b.ws5", 5)),
    "MOS-109": lambda: seen(dead(sample(), 300)),
    "MOS-110": lambda: seen(with_counts(sample(), sample().column("counts").values / 1e6)),
    "MOS-111": lambda: mossbauer.observe({"sample": table(2.0)}, ORIENTED),
    "MOS-112": lambda: seen(None, moved(iron(), 100, 9.0)),
    "MOS-113": textured,
    "MOS-114": lambda: seen(hopping()),
    "MOS-115": lambda: mossbauer.observe({"sample": table()}, ORIENTED),
    "MOS-116": lambda: asked(compare_sites=True),
    "MOS-117": states,
    "MOS-118": states_that_hardly_differ,
    "MOS-119": lambda: warm_series(80.0, 82.0, 84.0, series_IS="debye"),
    "MOS-120": lambda: states(theta_K=None),
    "MOS-121": lambda: steep(),
    "MOS-123": lambda: seen(recorded(at(120.0, -0.6, 1.4), "120K.ws5")),
    "MOS-122": seen,
}


def steep() -> Observables:
    """Return a series whose shift falls by its Doppler part, linked as if it were one value."""
    made = [replace(at(100.0, 0.69, 1.83), T_K=T) for T in (100.0, 200.0, 300.0)]
    samples = [recorded(one, f"{one.T_K:g}K.ws5", int(one.T_K)) for one in made]
    return series(samples, iron(), replace(ORIENTED, series_IS="shared"))[1]


def test_the_table_has_every_code() -> None:
    assert sorted(RAISED) == sorted(spec.code for spec in MOSSBAUER_ALERTS)


@pytest.mark.parametrize("code", RAISED)
def test_every_code_is_raised_by_what_it_is_for(code: str) -> None:
    assert code in codes(RAISED[code]())


def test_a_run_as_it_should_be_raises_nothing_but_what_the_checklist_lacks() -> None:
    assert codes(seen()) == {"MOS-122"}
    complete = replace(ORIENTED, source="57Co/Rh", source_T_K=295.0, thickness="30 mg/cm2 in BN")
    assert codes(seen(settings=complete)) <= {"MOS-122"}


@pytest.mark.parametrize("change", [{"width_mm_s": 0.4}, {"width_mm_s": 0.25}])
def test_broad_inner_lines_of_the_iron_are_told(change: dict[str, float]) -> None:
    found = seen(None, recorded(replace(IRON, **change), "b.ws5", 5))
    told = [alert.text for alert in found.alerts if "inner lines" in alert.text]
    assert bool(told) == (change["width_mm_s"] > 0.28)
